"""The outbox: of one workshop, and over all; one letter; staff's own words to many."""

import uuid
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.access import organiser_required
from contacts.models import Organisation
from core.mongolian import tidy
from workshops import letter_documents, letter_kinds, letter_post
from workshops import letters as acts
from workshops.letter_forms import BounceForm, EditForm, WriteForm
from workshops.letter_html import on_the_page
from workshops.models import Letter, Workshop
from workshops.views.workspace import add_refusal, find

A_PAGE_HOLDS = 50
SHOWN_BEFORE_SENDING = 30
States = Letter.State
# What the lists are sorted out by: key → (words, condition).
FILTERS = {
    "draft": (gettext_lazy("Drafts"), Q(state=States.DRAFT) & ~Q(to_address="")),
    "no-address": (gettext_lazy("No address"), Q(state=States.DRAFT, to_address="")),
    "queued": (gettext_lazy("Waiting"), Q(state__in=[States.QUEUED, States.SENDING])),
    "failed": (gettext_lazy("Failed"), Q(state=States.FAILED)),
    "bounced": (gettext_lazy("Came back"), Q(bounced_at__isnull=False, settled_at=None)),
    "settled": (gettext_lazy("Told in another way"), Q(bounced_at__isnull=False, settled_at__isnull=False)),
    "sent": (gettext_lazy("Sent"), Q(state=States.SENT, bounced_at=None)),
    "cancelled": (gettext_lazy("Discarded"), Q(state=States.CANCELLED)),
}
ACTS = {"send": acts.queue_many, "discard": acts.discard_many}


# The lists ----------------------------------------------------------------------------------------------------


@organiser_required
def letters(request, slug):
    return _list(request, find(request, slug))


@organiser_required
def letter_outbox(request):
    return _list(request, None)


def _list(request, workshop):
    everything = workshop.letters.all() if workshop else Letter.objects.filter(Q(workshop=None) | Q(workshop__in=Workshop.objects.visible_to(request.user)))
    numbers = everything.order_by().aggregate(all=Count("pk"), **{key.replace("-", "_"): Count("pk", filter=condition) for key, (_words, condition) in FILTERS.items()})
    rows, chosen = _filtered(everything, request.GET)
    page = Paginator(rows, A_PAGE_HOLDS).get_page(request.GET.get("page"))
    for row in page:
        _prepare(row)
    kinds = set(everything.order_by().values_list("kind", flat=True).distinct())
    institutions = Organisation.objects.filter(
        Q(registrations__letters__workshop=workshop) | Q(nomination_requests__letters__workshop=workshop)
    ).distinct() if workshop else []  # fmt: skip
    kept = [(name, value) for name, value in chosen.items() if value and name != "state"]
    context = {
        "workshop": workshop,
        "layout": "staff/workspace.html" if workshop else "staff/base.html",
        "page": page,
        "number": numbers["all"],
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "filters": [
            {"label": words, "count": numbers[key.replace("-", "_")] if key else numbers["all"], "current": chosen["state"] == key, "url": "?" + urlencode([("state", key), *kept] if key else kept)}
            for key, words in (("", _("All")), *((key, words) for key, (words, _condition) in FILTERS.items()))
            if not key or numbers[key.replace("-", "_")] or chosen["state"] == key
        ],
        "kinds": [(name, kind.title) for name, kind in letter_kinds.KINDS.items() if name in kinds],
        "institutions": sorted(institutions, key=lambda body: body.short_name),
        "back": request.GET.urlencode(),
        "act_url": reverse("staff:letters_act", args=[workshop.slug]) if workshop else reverse("staff:letter_outbox_act"),
        "trouble": letter_post.trouble(),
        "folder": letter_post.folder(),
    }
    return render(request, "staff/letters/letters.html#live" if request.htmx and not request.htmx.boosted else "staff/letters/letters.html", context)


def _filtered(rows, asked):
    """The letters that the address asks for, the newest first, and what of it was understood."""
    rows = rows.select_related("workshop", "registration__organisation", "request__organisation", "person")
    chosen = {"state": asked.get("state", ""), "kind": asked.get("kind", ""), "institution": asked.get("institution", ""), "q": tidy(asked.get("q", ""))[:100]}
    if chosen["state"] in FILTERS:
        rows = rows.filter(FILTERS[chosen["state"]][1])
    else:
        chosen["state"] = ""
    if chosen["kind"] in letter_kinds.KINDS:
        rows = rows.filter(kind=chosen["kind"])
    else:
        chosen["kind"] = ""
    institution = chosen["institution"]
    if institution.isascii() and institution.isdigit() and len(institution) < 19:
        rows = rows.filter(Q(registration__organisation=int(institution)) | Q(request__organisation=int(institution)))
    else:
        chosen["institution"] = ""
    for word in chosen["q"].split()[:6]:
        rows = rows.filter(Q(to_name__icontains=word) | Q(to_address__icontains=word) | Q(subject__icontains=word))
    return rows.order_by("-created_at", "-pk").defer("body", "calendar"), chosen


def _prepare(letter):
    """What templates show of a letter."""
    letter.kind_title = letter_kinds.of(letter.kind).title
    letter.chip, letter.chip_label = _chip(letter)
    letter.problem_words = letter_kinds.words_of(letter.problem)
    letter.institution = letter.registration.organisation if letter.registration_id else letter.request.organisation if letter.request_id else None
    letter.can_send = letter.state == States.DRAFT and bool(letter.to_address)
    letter.can_send_now = acts.waits(letter, timezone.now())
    letter.can_try_again = letter.state == States.FAILED
    letter.can_discard = letter.state in acts.OPEN


def _chip(letter):
    if letter.bounced_at:
        return ("settled", _("Told in another way")) if letter.settled_at else ("bounced", _("Came back"))
    if letter.state == States.DRAFT and not letter.to_address:
        return "no-address", _("No address")
    if letter.state == States.CANCELLED:
        return "discarded", _("Not sent") if letter.problem else _("Discarded")
    return letter.state, letter.get_state_display()


# Several at once ----------------------------------------------------------------------------------------------


@organiser_required
@require_POST
def letters_act(request, slug):
    return _act(request, find(request, slug))


@organiser_required
@require_POST
def letter_outbox_act(request):
    return _act(request, None)


def _act(request, workshop):
    """Sends or discards those that were ticked, or all that the list shows. First what would happen is shown, with its
    number; the second press brings that number along and is refused where it is another by then."""
    asked = QueryDict(request.POST.get("back", ""))
    back = (reverse("staff:letters", args=[workshop.slug]) if workshop else reverse("staff:letter_outbox")) + (f"?{urlencode(parse_qsl(asked.urlencode()))}" if asked else "")
    act = request.POST.get("act", "")
    if act not in ACTS:
        messages.error(request, _("Choose what to do."))
        return redirect(back)
    rows = workshop.letters.all() if workshop else Letter.objects.all()
    everyone = request.POST.get("everyone") == "1"
    if everyone:
        chosen = list(_filtered(rows, asked)[0])
    else:
        ticked = {int(key) for key in request.POST.getlist("selected") if key.isascii() and key.isdigit() and len(key) < 19}
        chosen = list(rows.filter(pk__in=ticked).select_related("workshop", "registration__organisation", "request__organisation", "person").defer("body", "calendar"))
    if not chosen:
        messages.error(request, _("Tick at least one letter."))
        return redirect(back)
    seen = request.POST.get("seen", "")
    if seen.isascii() and seen.isdigit() and len(seen) < 9:
        try:
            result = ACTS[act](chosen, by=request.user, seen=int(seen))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            _say(request, act, result)
        return redirect(back)
    preview = acts.preview_many(ACTS[act], chosen)
    for letter in [*preview.done, *preview.unchanged, *(letter for letter, _refusal in preview.refused)]:
        _prepare(letter)
    context = {
        "workshop": workshop,
        "layout": "staff/workspace.html" if workshop else "staff/base.html",
        "act": act,
        "preview": preview,
        "shown": preview.done[:SHOWN_BEFORE_SENDING],
        "more": max(len(preview.done) - SHOWN_BEFORE_SENDING, 0),
        "selected": [] if everyone else [letter.pk for letter in preview.done],
        "seen": len(chosen) if everyone else len(preview.done),
        "everyone": everyone,
        "back": asked.urlencode(),
        "back_url": back,
    }
    return render(request, "staff/letters/letters_act.html", context)


def _say(request, act, result):
    number = len(result.done)
    if number and act == "send":
        text = ngettext("%(number)d letter is on its way.", "%(number)d letters are on their way.", number)
        messages.success(request, text % {"number": number})
    elif number:
        text = ngettext("%(number)d letter was discarded.", "%(number)d letters were discarded.", number)
        messages.success(request, text % {"number": number})
    if result.refused:
        reasons = dict.fromkeys(" ".join(refusal.messages) for _letter, refusal in result.refused)
        text = ngettext("%(number)d letter stays as it is: %(reasons)s", "%(number)d letters stay as they are: %(reasons)s", len(result.refused))
        messages.warning(request, text % {"number": len(result.refused), "reasons": " ".join(reasons)})
    if not number and not result.refused:
        messages.info(request, _("Nothing was left to do."))


# One letter ---------------------------------------------------------------------------------------------------


def _letter(request, pk):
    rows = Letter.objects.filter(Q(workshop=None) | Q(workshop__in=Workshop.objects.visible_to(request.user))).select_related(
        "workshop", "registration__person", "registration__organisation", "request__organisation", "person", "certificate", "link", "created_by", "edited_by"
    )
    letter = get_object_or_404(rows, pk=pk)
    _prepare(letter)
    return letter


def _of_a_letter(letter, **more):
    return {"letter": letter, "workshop": letter.workshop, "layout": "staff/workspace.html" if letter.workshop else "staff/base.html", **more}


@organiser_required
def letter(request, pk):
    return _show(request, _letter(request, pk), BounceForm())


def _show(request, letter, bounce_form, status=200):
    kind = letter_kinds.of(letter.kind)
    person = letter.person or (letter.registration.person if letter.registration_id else None)
    with translation.override(letter.language):
        paper = on_the_page(letter.body)
    context = _of_a_letter(
        letter,
        kind=kind,
        paper=paper,
        wrong=letter_kinds.PROBLEMS.get(letter_kinds.still_right(letter)) if letter.can_send or letter.can_try_again else "",
        steps=letter.steps.select_related("by"),
        person=person,
        phones=_phones(letter, person) if not letter.to_address or letter.bounced_at or letter.state == States.FAILED else [],
        attached=[(name, DOCUMENT_TITLES.get(name, name)) for name in letter.documents] + ([("calendar", _("Calendar file"))] if letter.calendar else []),
        bounce_form=bounce_form,
        address_now=acts.address_of(letter.request, person, acts.emails_of([person.pk] if person else []))[0] if letter.bounced_at else "",
        trouble=letter_post.trouble() if letter.state == States.QUEUED else None,
    )
    return render(request, "staff/letters/letter.html", context, status=status)


DOCUMENT_TITLES = {"invitation": gettext_lazy("Letter of invitation (PDF)"), "certificate": gettext_lazy("Certificate (PDF)")}


def _phones(letter, person):
    """Numbers to call, where a letter does not reach somebody."""
    from core import phones

    if letter.request_id and letter.request.focal_phone:
        return [letter.request.focal_phone]
    return [phones.display(phone.number) for phone in person.phones.all()] if person else []


@organiser_required
def letter_edit(request, pk):
    letter = _letter(request, pk)
    form = EditForm(request.POST or None, initial={"subject": letter.subject, "body": letter.body})
    if request.method == "POST" and form.is_valid():
        try:
            acts.edit(letter, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The letter was changed."))
            return redirect("staff:letter", pk)
    if letter.state not in acts.OPEN and not form.errors:
        messages.error(request, _("This letter can no longer be changed."))
        return redirect("staff:letter", pk)
    has_link = letter.link_id is not None or letter_kinds.of(letter.kind).link == "certificate"
    return render(request, "staff/letters/letter_edit.html", _of_a_letter(letter, form=form, has_link=has_link), status=422 if form.errors else 200)


@organiser_required
@require_POST
def letter_act(request, pk):
    letter = _letter(request, pk)
    act = request.POST.get("act", "")
    try:
        if act == "send":
            letter = acts.queue(letter, by=request.user)
            said = _("The letter is on its way.") if letter.state == States.QUEUED else _("It was sent already.")
        elif act == "again":
            letter = acts.send_again(letter, by=request.user)
            said = _("The letter is on its way.")
        elif act == "settle":
            acts.settle(letter, by=request.user)
            said = _("It is noted that the reader was told in another way.")
        elif act == "discard":
            acts.discard(letter, by=request.user)
            said = _("The letter was discarded.")
        elif act == "restore":
            acts.restore(letter, by=request.user)
            said = _("The letter is a draft again.")
        elif act == "bounce":
            form = BounceForm(request.POST)
            if not form.is_valid():
                return _show(request, letter, form, status=422)
            acts.record_bounce(letter, by=request.user, note=form.cleaned_data["note"])
            said = _("It is noted that the letter came back.")
        else:
            raise ValidationError(_("Choose what to do."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, said)
    return redirect("staff:letter", pk)


@organiser_required
def letter_attached(request, pk, name):
    """A document as it would go along now."""
    letter = _letter(request, pk)
    if name == "calendar" and letter.calendar:
        response = HttpResponse(letter.calendar, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="invite.ics"'
        return response
    if name not in letter.documents or name not in letter_documents.DOCUMENTS:
        raise Http404
    try:
        filename, content, kind = letter_documents.DOCUMENTS[name](letter)
    except LookupError as gone:
        raise Http404 from gone
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    return response


# Staff's own words to many ------------------------------------------------------------------------------------


@organiser_required
def letters_write(request, slug):
    """Written, then looked at with the number of letters, then put among the drafts or sent."""
    workshop = find(request, slug)
    bodies = Organisation.objects.filter(Q(registrations__workshop=workshop) | Q(nomination_requests__workshop=workshop)).distinct()
    institutions = sorted(bodies, key=lambda body: body.short_name)
    form = WriteForm(request.POST or None, institutions=institutions, initial=_first_words(request))
    context = {"workshop": workshop, "form": form, "placeholders": placeholders_of(letter_kinds.KINDS["free"]), "key": request.POST.get("key") or uuid.uuid4()}
    if request.method == "POST" and form.is_valid() and "change" not in request.POST:
        targets = list(form.targets(workshop))
        try:
            words = acts.check_free_words(form.words)
            if not targets:
                raise ValidationError(_("Nobody fits: choose whom to write to."), code="nobody")
            seen = request.POST.get("seen", "")
            if seen.isascii() and seen.isdigit() and len(seen) < 9:
                acts.refuse_if_changed(len(targets), int(seen))
                return _write(request, workshop, targets, words)
        except ValidationError as refusal:
            add_refusal(form, refusal, nobody="audience")
        else:
            return render(request, "staff/letters/write_preview.html", {**context, **_preview(workshop, targets, words)})
    status = 422 if form.errors and "change" not in request.POST else 200
    return render(request, "staff/letters/write.html", context, status=status)


def _first_words(request):
    subject_en, body_en = letter_kinds.KINDS["free"].words("en")
    subject_mn, body_mn = letter_kinds.KINDS["free"].words("mn")
    chosen = {name: request.GET[name] for name in ("audience", "institution") if name in request.GET}
    return {"subject_en": subject_en, "body_en": body_en, "subject_mn": subject_mn, "body_mn": body_mn, **chosen}


def _write(request, workshop, targets, words):
    queue = request.POST.get("then") == "send"
    written = acts.write_freely(workshop, targets, by=request.user, words=words, key=request.POST.get("key", "")[:60], queue=queue)
    number, waiting = len(written), sum(not letter.to_address for letter in written)
    if queue and number > waiting:
        text = ngettext("%(number)d letter is on its way.", "%(number)d letters are on their way.", number - waiting)
        messages.success(request, text % {"number": number - waiting})
    elif not queue:
        text = ngettext("%(number)d letter is among the drafts.", "%(number)d letters are among the drafts.", number)
        messages.success(request, text % {"number": number})
    if waiting:
        text = ngettext("%(number)d has no address: call instead.", "%(number)d have no address: call instead.", waiting)
        messages.warning(request, text % {"number": waiting})
    return redirect(reverse("staff:letters", args=[workshop.slug]) + ("?kind=free" if queue else "?state=draft&kind=free"))


def _preview(workshop, targets, words):
    """The first letter in each language as it would read, and who gets one, with nothing stored."""
    made = acts.unsaved("free", targets, workshop=workshop, words=words)
    samples = {}
    for letter in made:
        samples.setdefault(letter.language, letter)
    for letter in samples.values():
        with translation.override(letter.language):
            letter.paper = on_the_page(letter.body)
    names = translation.get_language_info
    return {
        "number": len(made),
        "silent": [letter for letter in made if not letter.to_address],
        "shown": made[:SHOWN_BEFORE_SENDING],
        "more": max(len(made) - SHOWN_BEFORE_SENDING, 0),
        "samples": [(names(language)["name_translated"], letter, sum(other.language == language for other in made)) for language, letter in samples.items()],
    }


def placeholders_of(kind):
    """[(placeholder, what comes in its place)] of a kind, the compulsory ones first."""
    names = sorted(kind.placeholders, key=lambda name: name not in kind.compulsory)
    return [(f"{{{name}}}", letter_kinds.PLACEHOLDERS[name], name in kind.compulsory) for name in names]

