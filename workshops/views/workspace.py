"""One workshop's workspace: overview, plan, status, seats and history."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import desk_required, organiser_required
from contacts.models import Organisation
from core.changes import changes_of
from workshops import checklists, days, due, holidays, planning, stages
from workshops import seats as shares
from workshops.forms import ReasonOfLettersForm, SeatFormSet, StatusForm, WorkshopForm, institution_choices
from workshops.models import ActBatch, SeatAllocation, State, StateChange, Workshop

A_PAGE_HOLDS = 50
SHOWN_OF_THE_CHECKLIST = 4
# A workshop has seats for about so many institutions; lines that stay empty are left out.
BLANK_LINES = 8


def find(request, slug):
    """The workshop of an address, as far as the user may see it; else 404."""
    return get_object_or_404(Workshop.objects.visible_to(request.user), slug=slug)


@desk_required
def workshop(request, slug):
    workshop = get_object_or_404(
        Workshop.objects.visible_to(request.user).select_related("project", "funder", "cloned_from"), slug=slug
    )
    found = due.find(Workshop.objects.filter(pk=workshop.pk))
    stands = found.standings[workshop.pk]
    context = {
        "workshop": workshop,
        "areas": workshop.work_areas.all(),
        "lines": [line for line in found.lines if request.user.runs_workshops or line.turn == due.Turn.DESK],
        "deadlines": _deadlines(workshop),
        "remarks": [] if stands.has_begun or not stands.is_dated else holidays.remarks(workshop.starts_on, workshop.ends_on),
    }
    if request.user.runs_workshops:
        context |= _what_comes_next(stands, found.lines)
        context |= {
            "next": [Workshop.Status(status) for status in planning.NEXT[Workshop.Status(workshop.status)] if not _page_of_status(workshop, status)],
            "stops": _stops(workshop),
            "changes": changes_of(workshop, limit=5, unsaid=("ics_sequence",)),
            "public_page": workshop.visibility != Workshop.Visibility.INTERNAL and workshop.status != Workshop.Status.DRAFT,
        }
    return render(request, "staff/workshop.html", context)


def _what_comes_next(stands, lines):
    """The stages with the next step, the due lines that say something else, and what the checklist names next."""
    life = stages.life(stands)
    rows = checklists.rows_of(stands)
    undone = [row for row in rows if not row.is_done]
    said = life.next.text if life.next else ""
    return {
        "life": life,
        "heading": stages.HEADINGS[life.current.stage] if life.current else "",
        "lines": [line for line in lines if line.text != said],
        "checklist": undone[:SHOWN_OF_THE_CHECKLIST],
        "checklist_all": len(rows),
        "checklist_done": len(rows) - len(undone),
    }


def _deadlines(workshop):
    """(label, date or moment, whether it has an hour) of those that are set, and of the nominations'."""
    found = []
    for name in days.DEADLINES:
        moment = getattr(workshop, name)
        if moment or name == "nomination_deadline":
            found.append((Workshop._meta.get_field(name).verbose_name, moment, hasattr(moment, "hour")))
    return found


def _stops(workshop):
    """(icon, words, address) of what can be done when things come otherwise than planned."""
    status = Workshop.Status(workshop.status)
    found = []
    if status not in {Workshop.Status.COMPLETED, Workshop.Status.CANCELLED, Workshop.Status.DRAFT}:
        words = _("Set new dates") if status == Workshop.Status.POSTPONED else _("Move to other days or another place")
        found.append(("calendar", words, reverse("staff:workshop_move", args=[workshop.slug])))
    if Workshop.Status.POSTPONED in planning.NEXT[status]:
        found.append(("clock", _("Put it off"), reverse("staff:workshop_postpone", args=[workshop.slug])))
    if Workshop.Status.CANCELLED in planning.NEXT[status]:
        found.append(("cross", _("Call it off"), reverse("staff:workshop_cancel", args=[workshop.slug])))
    return found


@organiser_required
def workshop_edit(request, slug):
    workshop = find(request, slug)
    form = WorkshopForm(request.POST or None, instance=workshop)
    why = ReasonOfLettersForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and why.is_valid():
        try:
            changed = planning.edit(workshop, by=request.user, reason=why.reason, **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(why if getattr(refusal, "code", "") == "reason_due" else form, refusal, reason_due="reason_en")
        else:
            drafted = len(changed.letters_drafted)
            words = ngettext(
                "%(number)d letter about it waits to be read and sent.", "%(number)d letters about it wait to be read and sent.", drafted
            ) % {"number": drafted}
            messages.success(request, f"{_('The workshop was changed.')} {words if drafted else ''}".strip())
            return redirect("staff:workshop", slug)
    # The head shows what is stored, not what was typed.
    stored = find(request, slug) if form.errors or why.errors else workshop
    told = len(planning.concerned(stored)) if stored.status in planning.KNOWN_OUTSIDE else 0
    context = {"workshop": stored, "form": form, "why": why, "told": told}
    return render(request, "staff/workshop_form.html", context, status=422 if form.errors or why.errors else 200)


@organiser_required
@require_POST
def workshop_status(request, slug):
    workshop = find(request, slug)
    form = StatusForm(request.POST)
    if form.is_valid() and (page := _page_of_status(workshop, form.cleaned_data["to"])):
        return redirect(page, slug)
    if form.is_valid():
        try:
            workshop = planning.set_status(workshop, form.cleaned_data["to"], by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("The workshop is now: %(status)s.") % {"status": workshop.get_status_display()})
    else:
        messages.error(request, _("Choose what the workshop shall become."))
    return redirect("staff:workshop", slug)


def _page_of_status(workshop, to):
    """The page where a status is reached by more than a press: a reason is due, or new dates."""
    if to not in planning.NEXT[Workshop.Status(workshop.status)]:
        return ""
    if workshop.status == Workshop.Status.POSTPONED and to != Workshop.Status.CANCELLED:
        return "staff:workshop_move"
    return {Workshop.Status.POSTPONED: "staff:workshop_postpone", Workshop.Status.CANCELLED: "staff:workshop_cancel"}.get(to, "")


def add_refusal(form, refusal, **fields):
    """A refusal beside the field that it names, or that `fields` gives for its code; else above the form."""
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return
    for error in refusal.error_list:
        form.add_error(fields.get(error.code), error)


# Seats --------------------------------------------------------------------------------------------------------


@organiser_required
def seats(request, slug):
    workshop = find(request, slug)
    matrix = shares.matrix(workshop)
    unused = sum(row.allocation.kept for row in matrix.rows if row.allocation)
    silent = set(shares.silent_ones(workshop)) if unused else set()
    of_silent = [row.allocation for row in matrix.rows if row.allocation and row.allocation.kept and row.allocation.organisation_id in silent]
    context = {
        "workshop": workshop, "matrix": matrix, "unused": unused, "of_silent": of_silent, "silent": sum(row.kept for row in of_silent),
    }  # fmt: skip
    return render(request, "staff/seats.html", context)


@organiser_required
def seats_edit(request, slug):
    workshop = find(request, slug)
    allocations = list(SeatAllocation.objects.filter(workshop=workshop).select_related("organisation"))
    choices = institution_choices(government_first=True)
    held = {row.organisation_id: row.held for row in allocations}
    present = {row.organisation_id: row.organisation for row in allocations}
    known = present | _new_ones(request, present)
    arguments = {"form_kwargs": {"institutions": known, "choices": choices}}
    initial = [
        {"organisation": row.organisation_id, "guaranteed": row.guaranteed, "maximum": row.maximum, "women_sought": row.women_sought}
        for row in allocations
    ]
    status = 200
    if request.method == "POST" and "add_row" in request.POST:
        formset = SeatFormSet(_one_more(request.POST), initial=initial, **arguments)
        formset.fresh_row = True
        _forget_errors(formset)
    elif request.method == "POST":
        formset = SeatFormSet(request.POST, initial=initial, **arguments)
        if formset.is_valid():
            rows = [row for row in (form.row() for form in formset) if row]
            try:
                shares.allocate(workshop, rows, by=request.user)
            except ValidationError as refusal:
                formset._non_form_errors = formset.error_class(refusal.messages)
            else:
                messages.success(request, _("The seats are shared out as you see here."))
                return redirect("staff:seats", slug)
        status = 422
    else:
        blank = [{}] * (1 if initial else BLANK_LINES)
        formset = SeatFormSet(initial=initial + blank, **arguments)
    for form in formset:
        form.held = held.get(form.initial.get("organisation"))
    return render(request, "staff/seats_edit.html", {"workshop": workshop, "formset": formset}, status=status)


def _new_ones(request, present):
    """Institutions chosen in the lines that are new, {id: Organisation}."""
    chosen = {value for name, value in request.POST.items() if name.endswith("-organisation") and value.isascii() and value.isdigit() and len(value) < 19}
    chosen = {int(value) for value in chosen} - set(present)
    return Organisation.objects.in_bulk(chosen) if chosen else {}


def _one_more(posted):
    posted = posted.copy()
    total = posted.get("form-TOTAL_FORMS", "")
    if total.isascii() and total.isdigit() and int(total) < 299:
        posted["form-TOTAL_FORMS"] = str(int(total) + 1)
    return posted


def _forget_errors(formset):
    """Somebody who asks for another line has not finished typing: nothing is judged yet, all is kept."""
    formset.is_valid()
    formset._non_form_errors = formset.error_class()
    for form in formset:
        form._errors = type(form.errors)()
    formset._errors = [form._errors for form in formset]


@organiser_required
@require_POST
def seats_release(request, slug):
    workshop = find(request, slug)
    freed = shares.release(workshop, by=request.user, at=timezone.now(), silent="silent" in request.POST)
    if freed:
        text = ngettext("%(number)d seat is free for everybody now.", "%(number)d seats are free for everybody now.", freed)
        messages.success(request, text % {"number": freed})
    else:
        messages.info(request, _("No guaranteed seat was unused."))
    return redirect("staff:seats", slug)


# History ------------------------------------------------------------------------------------------------------


@organiser_required
def workshop_history(request, slug):
    """What was done with the registrations, the latest first, with Undo where one press did several; and changes of the plan."""
    workshop = find(request, slug)
    made = (
        StateChange.objects.filter(registration__workshop=workshop)
        .select_related("registration__organisation", "by", "batch__by", "batch__undone_by")
        .order_by("-at", "-pk")
    )
    page = Paginator(made, A_PAGE_HOLDS).get_page(request.GET.get("page"))
    batches = (
        ActBatch.objects.filter(workshop=workshop)
        .select_related("by", "undone_by")
        .annotate(number=Count("changes__registration", distinct=True), people=Count("changes", filter=Q(changes__from_state="")))
        .order_by("-at")[:10]
    )
    states = dict(State.choices)
    for batch in batches:
        batch.label = states.get(batch.act) or {"register": _("Registered"), "replace": _("Replaced"), "list": _("List taken over"), "offer": _("Seats offered")}.get(batch.act, batch.act)
        if batch.act.startswith(planning.CALLED_OFF):
            batch.label = _("Called off")
    context = {"workshop": workshop, "page": page, "batches": batches, "changes": _changes(workshop)}
    return render(request, "staff/workshop_history.html", context)


def _changes(workshop):
    return changes_of(workshop, hanging=[(SeatAllocation, "workshop")], limit=50, unsaid=("ics_sequence",))
