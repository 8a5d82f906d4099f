"""One workshop's plan: another like it, other dates or place, putting off and calling off, the checklist."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import organiser_required
from workshops import checklists, clones, holidays, planning
from workshops.forms import ChecklistItemForm, CloneForm, ReasonForm, WorkshopMoveForm
from workshops.models import ChecklistItem, Workshop
from workshops.views.workspace import add_refusal, find


@organiser_required
def workshop_clone(request, slug):
    workshop = find(request, slug)
    contents = clones.contents(workshop)
    usual = {"title_en": workshop.title_en, "title_mn": workshop.title_mn, "materials": True}
    form = CloneForm(request.POST or None, initial=usual, has_materials=bool(contents.links or contents.files))
    if request.method == "POST" and form.is_valid():
        try:
            fresh = clones.clone(workshop, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("This is the new workshop: nobody is registered yet."))
            for remark in holidays.remarks(fresh.starts_on, fresh.ends_on):
                messages.warning(request, remark)
            return redirect("staff:workshop", fresh.slug)
    contents.deadlines = [(Workshop._meta.get_field(name).verbose_name, days, abs(days)) for name, days in contents.deadlines]
    context = {"workshop": workshop, "form": form, "contents": contents}
    return render(request, "staff/workshop_clone.html", context, status=422 if form.errors else 200)


# Moving, putting off, calling off ------------------------------------------------------------------------------


@organiser_required
def workshop_move(request, slug):
    """Asks for other dates or another place, shows what would follow, and does it when that was seen."""
    workshop = find(request, slug)
    if workshop.status in {Workshop.Status.COMPLETED, Workshop.Status.CANCELLED}:
        messages.error(request, _("It cannot be moved: the workshop is %(status)s.") % {"status": workshop.get_status_display().lower()})
        return redirect("staff:workshop", slug)
    form = WorkshopMoveForm(request.POST or None, workshop=workshop)
    outcome = None
    if request.method == "POST" and form.is_valid():
        seen = "commit" in request.POST and form.cleaned_data["seen"] == form.signature()
        try:
            if seen:
                outcome = planning.move(workshop, by=request.user, **form.act())
            else:
                outcome = planning.preview_move(workshop, by=request.user, **form.act())
        except ValidationError as refusal:
            add_refusal(form, refusal, reason_due="reason_en", dates_due="starts_on", day_in_use="starts_on")
        else:
            if seen:
                _tell_of_letters(request, _("The workshop was moved."), outcome)
                return redirect("staff:workshop", slug)
    context = {
        "workshop": workshop,
        "form": form,
        "outcome": outcome,
        "seen": form.signature() if outcome else "",
        "concerned": planning.to_be_told(workshop),
        "stale": _letters_with_old_plan(workshop) if outcome else 0,
    }
    return render(request, "staff/workshop_move.html", context, status=422 if form.errors else 200)


@organiser_required
def workshop_postpone(request, slug):
    return _stop(request, slug, Workshop.Status.POSTPONED, planning.postpone, _("The workshop was put off."))


@organiser_required
def workshop_cancel(request, slug):
    return _stop(request, slug, Workshop.Status.CANCELLED, planning.cancel, _("The workshop was called off."))


def _stop(request, slug, to, act, done):
    """Shows who would be told and what would end; with a reason, does it."""
    workshop = find(request, slug)
    if to not in planning.NEXT[Workshop.Status(workshop.status)]:
        words = {"before": workshop.get_status_display().lower(), "to": to.label.lower()}
        if workshop.status != to:
            messages.error(request, _("A workshop that is %(before)s cannot become %(to)s.") % words)
        return redirect("staff:workshop", slug)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = act(workshop, by=request.user, reason=form.reason)
        except ValidationError as refusal:
            add_refusal(form, refusal, reason_due="reason_en")
        else:
            tags = f"undo:{reverse('staff:undo', args=[outcome.batch.pk])}" if outcome.batch else ""
            _tell_of_letters(request, done, outcome, tags)
            return redirect("staff:workshop", slug)
    context = {
        "workshop": workshop,
        "form": form,
        "calling_off": to == Workshop.Status.CANCELLED,
        "concerned": planning.to_be_told(workshop),
        "live": workshop.registrations.live().count(),
    }
    return render(request, "staff/workshop_stop.html", context, status=422 if form.errors else 200)


def _letters_with_old_plan(workshop):
    """How many letters wait that were written with the dates and the place of today."""
    return workshop.letters.filter(state__in=["draft", "queued"]).exclude(kind__in=planning.WRITTEN_ANEW).count()


def _tell_of_letters(request, done, outcome, tags=""):
    number = len(outcome.letters)
    words = ngettext("%(number)d letter waits to be read and sent.", "%(number)d letters wait to be read and sent.", number)
    messages.success(request, f"{done} {words % {'number': number}}" if number else done, extra_tags=tags)
    if missing := len(outcome.without_address):
        words = ngettext("For %(number)d of them no address is known: call.", "For %(number)d of them no address is known: call.", missing)
        messages.warning(request, words % {"number": missing})


# The checklist ------------------------------------------------------------------------------------------------


@organiser_required
def checklist(request, slug):
    """The items in the order in which they are due, and the form for one more."""
    workshop = find(request, slug)
    form = ChecklistItemForm(request.POST or None, initial={"days": 7, "side": "before"})
    if request.method == "POST" and form.is_valid():
        try:
            checklists.add(workshop, by=request.user, **form.details())
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("It stands in the list."))
            return redirect("staff:checklist", slug)
    context = {"workshop": workshop, "form": form, "rows": checklists.rows(workshop), "today": timezone.localdate()}
    context["done"] = sum(row.is_done for row in context["rows"])
    return render(request, "staff/checklist.html", context, status=422 if form.errors else 200)


@organiser_required
@require_POST
def checklist_begin(request, slug):
    checklists.begin(find(request, slug), by=request.user)
    return redirect("staff:checklist", slug)


def _item(request, slug, pk):
    return get_object_or_404(ChecklistItem.objects.select_related("workshop"), workshop=find(request, slug), pk=pk)


@organiser_required
def checklist_item(request, slug, pk):
    item = _item(request, slug, pk)
    form = ChecklistItemForm(request.POST or None, instance=item)
    if request.method == "POST" and form.is_valid():
        try:
            checklists.edit(item, by=request.user, **form.details())
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The item was changed."))
            return redirect("staff:checklist", slug)
    return render(request, "staff/checklist_item.html", {"workshop": item.workshop, "item": item, "form": form}, status=422 if form.errors else 200)


@organiser_required
@require_POST
def checklist_tick(request, slug, pk):
    """Ticks, or with `untick` takes the tick back; leads back to where it was pressed."""
    item = _item(request, slug, pk)
    if "untick" in request.POST:
        checklists.untick(item, by=request.user)
    else:
        checklists.tick(item, by=request.user)
    if request.POST.get("back") == "overview":
        return redirect("staff:workshop", slug)
    return redirect(f"{reverse('staff:checklist', args=[slug])}#item-{pk}")


@organiser_required
@require_POST
def checklist_remove(request, slug, pk):
    try:
        checklists.remove(_item(request, slug, pk), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The item was taken off the list."))
    return redirect("staff:checklist", slug)
