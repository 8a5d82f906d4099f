"""The institutions of a workshop: who was asked, who has answered, whom they named; and one request with all that belongs to it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import organiser_required
from contacts.models import Sex
from core import uploads
from core.addresses import address_of
from core.changes import changes_of
from workshops import judgements, letter_documents, links, replies, requests, terms
from workshops.models import Link, NominationRequest, Nominee, SeatAllocation, Via
from workshops.models.registration import LIVE
from workshops.institution_forms import DeclineByForm, RequestForm
from workshops.nominate_forms import StaffNomineeForm, StaffReplyForm
from workshops.views.nominate import Named, _by_key, key_of, list_page
from workshops.views.workspace import add_refusal, find

State = NominationRequest.State
# State of a request → (tone, shape) of its chip.
LOOKS = {
    State.DRAFT: ("past", "edit"),
    State.SENT: ("held", "mail"),
    State.PARTLY: ("wait", "people"),
    State.COMPLETE: ("ok", "confirmed"),
    State.DECLINED: ("stop", "cross"),
}


def chip_of(request):
    """Tone, shape and word of a request's state: a silent one is sent, reminded or late."""
    if request is None:
        return "past", "dot", _("Not prepared")
    tone, shape = LOOKS[State(request.state)]
    label = request.get_state_display()
    if request.state == State.SENT and request.is_late:
        return "stop", "warning", _("Late")
    if request.state == State.SENT and request.reminders:
        return "wait", "clock", _("Reminded")
    return tone, shape, label


# The board ----------------------------------------------------------------------------------------------------


class Row:
    """An institution on the board: its seats, its request, and whom it named."""

    def __init__(self, workshop, organisation, allocation, request, numbers):
        self.organisation, self.allocation, self.request = organisation, allocation, request
        if request is not None:
            request.workshop = workshop
        self.tone, self.shape, self.label = chip_of(request)
        self.principals, self.alternates = numbers.get("principals", 0), numbers.get("alternates", 0)
        self.women, self.waiting = numbers.get("women", 0), numbers.get("waiting", 0)
        self.unfilled = request is not None and request.waits and request.is_late
        self.to_remind = request is not None and requests.to_remind(request)
        self.to_send = request is not None and request.state == State.DRAFT
        self.named = self.principals + self.alternates


def _numbers(workshop):
    """{request: who of those it named counts: principals, alternates, women, and who waits for staff}; one query."""
    counts = Q(registration=None) | Q(registration__state__in=LIVE)
    rows = (
        Nominee.objects.filter(request__workshop=workshop, withdrawn_at=None)
        .order_by()
        .values("request")
        .annotate(
            principals=Count("pk", filter=counts & Q(is_alternate=False)),
            alternates=Count("pk", filter=counts & Q(is_alternate=True)),
            women=Count("pk", filter=counts & Q(sex=Sex.FEMALE)),
            waiting=Count("pk", filter=Q(registration=None)),
        )
    )
    return {row["request"]: row for row in rows}


def board(workshop):
    """The rows of the board, institutions with seats first in their order: six queries however many there are."""
    allocations = list(SeatAllocation.objects.filter(workshop=workshop).select_related("organisation"))
    asked = {
        request.organisation_id: request
        for request in NominationRequest.objects.filter(workshop=workshop)
        .select_related("organisation", "focal_point")
        .prefetch_related("focal_point__emails", "focal_point__phones")
    }
    numbers = _numbers(workshop)
    rows = [
        Row(workshop, allocation.organisation, allocation, request, numbers.get(request.pk, {}) if request else {})
        for allocation in allocations
        for request in [asked.pop(allocation.organisation_id, None)]
    ]
    return rows + [Row(workshop, request.organisation, None, request, numbers.get(request.pk, {})) for request in asked.values()]


@organiser_required
@require_GET
def institutions(request, slug):
    workshop = find(request, slug)
    rows = board(workshop)
    context = {
        "workshop": workshop,
        "rows": rows,
        "unprepared": sum(row.request is None for row in rows),
        "unsent": [row for row in rows if row.to_send],
        "send_label": _send_label([row for row in rows if row.to_send]),
        "late": [row for row in rows if row.to_remind],
        "unused": sum(row.allocation.kept for row in rows if row.allocation),
        "released": [row for row in rows if row.allocation and row.allocation.released_at],
        "total": {
            name: sum(getattr(row, name) for row in rows) for name in ("principals", "alternates", "women", "waiting")
        } | {
            "held": sum(row.allocation.held for row in rows if row.allocation),
            "guaranteed": sum(row.allocation.guaranteed for row in rows if row.allocation),
            "sought": sum(row.allocation.women_sought or 0 for row in rows if row.allocation),
        },
        "answered": sum(row.request is not None and row.request.state in {State.COMPLETE, State.DECLINED} for row in rows),
    }  # fmt: skip
    return render(request, "staff/institutions/board.html", context)


@organiser_required
@require_POST
def institutions_prepare(request, slug):
    workshop = find(request, slug)
    try:
        fresh = requests.prepare(workshop, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        if fresh:
            text = ngettext("%(number)d request is prepared. Name its focal point, then send it.", "%(number)d requests are prepared. Name their focal points, then send them.", len(fresh))
            messages.success(request, text % {"number": len(fresh)})
        else:
            messages.info(request, _("Every institution with seats has its request."))
    return redirect("staff:institutions", slug)


def _send_label(unsent):
    """What the button says: how many letters can go, and how many lack an address."""
    lacking = sum(not row.request.contact_address for row in unsent)
    sent = len(unsent) - lacking
    if not lacking:
        return ngettext("Send %(number)d that is not sent", "Send %(number)d that are not sent", sent) % {"number": sent}
    lack = ngettext("%(number)d lacks an address", "%(number)d lack an address", lacking) % {"number": lacking}
    if not sent:
        return lack
    return _("Send %(number)d; %(lack)s") % {"number": sent, "lack": lack}


def _chosen(request, rows):
    """Those of the rows that were on the page when the button was pressed: who came in since is not sent unseen."""
    seen = set(request.POST.getlist("request"))
    return [row.request for row in rows if str(row.request.pk) in seen]


@organiser_required
@require_http_methods(["GET", "POST"])
def institutions_send(request, slug):
    """All that are not sent yet: looked over and counted first, then sent."""
    workshop = find(request, slug)
    unsent = [row for row in board(workshop) if row.to_send]
    reachable = [row for row in unsent if row.request.contact_address]
    if request.method == "POST":
        result = requests.send_many(_chosen(request, reachable), by=request.user)
        if result.done:
            text = ngettext("%(number)d letter is on its way.", "%(number)d letters are on their way.", len(result.done))
            messages.success(request, text % {"number": len(result.done)})
        _say_refused(request, result)
        return redirect("staff:institutions", slug)
    context = {
        "workshop": workshop, "rows": reachable, "without": [row for row in unsent if not row.request.contact_address],
        "no_contact": not terms.has_contact(workshop), "no_deadline": any(row.request.answer_until is None for row in reachable),
    }  # fmt: skip
    return render(request, "staff/institutions/send.html", context)


@organiser_required
@require_http_methods(["GET", "POST"])
def institutions_remind(request, slug):
    """All whose answer is late or nearly so: looked over and counted first, then reminded."""
    workshop = find(request, slug)
    late = [row for row in board(workshop) if row.to_remind]
    if request.method == "POST":
        result = requests.remind_many(_chosen(request, late), by=request.user)
        if result.done:
            text = ngettext("%(number)d reminder is on its way.", "%(number)d reminders are on their way.", len(result.done))
            messages.success(request, text % {"number": len(result.done)})
        elif not result.refused:
            messages.info(request, _("Nobody had to be reminded."))
        _say_refused(request, result)
        return redirect("staff:institutions", slug)
    return render(request, "staff/institutions/remind.html", {"workshop": workshop, "rows": late})


def _say_refused(request, result):
    for asked, refusal in result.refused:
        messages.error(request, f"{asked.organisation}: {' '.join(refusal.messages)}")


# One request --------------------------------------------------------------------------------------------------


def _asked(workshop, pk):
    asked = get_object_or_404(
        NominationRequest.objects.select_related("organisation", "focal_point").prefetch_related("focal_point__emails", "focal_point__phones"),
        workshop=workshop, pk=pk,
    )  # fmt: skip
    asked.workshop = workshop
    return asked


def _back(slug, pk, anchor=""):
    return redirect(reverse("staff:institution", args=[slug, pk]) + (f"#{anchor}" if anchor else ""))


class NomineeRow:
    """Somebody named as staff see them: with the registration that came of it, or why there is none yet."""

    def __init__(self, nominee):
        self.nominee, self.registration, self.row = nominee, nominee.registration, nominee.import_row
        self.plan = judgements.plan(self.row) if self.row and not self.registration else ""
        self.why = {
            "decide": _("May be somebody in the directory: say who."),
            "mend": _("Something must be mended first."),
            "left_out": _("Left out of the list, or registered and ended before."),
            "registered": _("Registered already, for another institution or by other hands."),
            "complete": _("Registered already, for another institution or by other hands."),
            "done": _("Registered already, for another institution or by other hands."),
        }.get(self.plan, "")


@organiser_required
@require_GET
def institution(request, slug, pk):
    workshop = find(request, slug)
    return _show(request, workshop, _asked(workshop, pk))


def _show(request, workshop, asked, *, address="", decline=None, status=200):
    nominees = list(asked.nominees.select_related("registration__person", "import_row__batch"))
    link = asked.links.filter(revoked_at=None).first()
    tone, shape, label = chip_of(asked)
    rows = [NomineeRow(nominee) for nominee in nominees if not nominee.withdrawn_at]
    context = {
        "workshop": workshop,
        "asked": asked,
        "tone": tone,
        "shape": shape,
        "label": label,
        "allocation": SeatAllocation.objects.filter(workshop=workshop, organisation=asked.organisation_id).first(),
        "principals": [row for row in rows if not row.nominee.is_alternate],
        "alternates": [row for row in rows if row.nominee.is_alternate],
        "taken_out": [nominee for nominee in nominees if nominee.withdrawn_at],
        "waiting": [row for row in rows if not row.registration],
        "letters": asked.letters.order_by("-created_at", "-pk")[:20],
        "link": link,
        "address": address,
        "to_remind": asked.waits,
        "decline": decline or DeclineByForm(),
        "changes": changes_of(asked, hanging=[(Nominee, "request")], limit=30, unsaid=("import_row_id", "order")),
    }
    return render(request, "staff/institutions/institution.html", context, status=status)


@organiser_required
@require_http_methods(["GET", "POST"])
def institution_edit(request, slug, pk):
    workshop = find(request, slug)
    asked = _asked(workshop, pk)
    form = RequestForm(request.POST if request.method == "POST" else None, request=asked)
    if request.method == "POST" and form.is_valid():
        try:
            requests.edit(asked, by=request.user, **form.details())
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The request was changed."))
            return _back(slug, pk)
    return render(request, "staff/institutions/edit.html", {"workshop": workshop, "asked": asked, "form": form}, status=422 if form.errors else 200)


@organiser_required
@require_POST
def institution_act(request, slug, pk):
    """Send, send on paper, remind, complete, decline, reopen: from the board or from the request's own page."""
    workshop = find(request, slug)
    asked = _asked(workshop, pk)
    by, act = request.user, request.POST.get("act", "")
    decline = DeclineByForm(request.POST) if act == "decline" else None
    if decline is not None and not decline.is_valid():
        return _show(request, workshop, asked, decline=decline, status=422)
    acts = {
        "send": (lambda: requests.send(asked, by=by), _("The letter is on its way.")),
        "paper": (lambda: requests.send(asked, by=by, by_hand=True), _("Noted as sent on paper. Print the letter: it bears the address on which to answer.")),
        "remind": (lambda: requests.remind(asked, by=by), _("The reminder is on its way.")),
        "complete": (lambda: replies.complete(asked, by=by, via=Via.STAFF), _("The answer is complete.")),
        "reopen": (lambda: replies.reopen(asked, by=by, via=Via.STAFF), _("The answer is open again.")),
        "decline": (lambda: replies.decline(asked, by=by, **decline.cleaned_data), _("Noted: the institution sends nobody.")),
    }
    if act not in acts:
        messages.error(request, _("That is not possible."))
        return _back(slug, pk)
    do, words = acts[act]
    try:
        do()
    except ValidationError as refusal:
        messages.error(request, f"{asked.organisation}: {' '.join(refusal.messages)}")
        if decline is not None:
            return _show(request, workshop, _asked(workshop, pk), decline=decline, status=422)
    else:
        if act == "send" and not asked.contact_address:
            words = _("Noted as sent. No e-mail address is known: the letter waits among the letters.")
        messages.success(request, f"{asked.organisation}: {words}")
    return redirect("staff:institutions", slug) if request.POST.get("back") == "board" else _back(slug, pk)


@organiser_required
@require_POST
def institution_link(request, slug, pk):
    """Shows the secret address, makes another in its place, or takes it back."""
    workshop = find(request, slug)
    asked = _asked(workshop, pk)
    act = request.POST.get("act", "")
    link = asked.links.filter(revoked_at=None).first()
    try:
        if act == "renew":
            requests.renew_link(asked, by=request.user)
            messages.success(request, _("There is a new link; the old one leads nowhere any more.") + (" " + _("A letter brings it to the focal point.") if asked.waits and asked.contact_address else ""))
        elif act == "revoke" and link is not None:
            links.revoke(link, by=request.user)
            messages.success(request, _("The link leads nowhere any more."))
        elif act == "show" and link is not None:
            return _show(request, workshop, asked, address=address_of("nominate:page", link.token, language=asked.language))
    except LookupError:
        messages.error(request, _("The key that made this link is gone. Make a new one."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return _back(slug, pk, "link")


@organiser_required
@require_GET
def institution_letter(request, slug, pk):
    """The letter of invitation as PDF; before it is sent it bears no address on which to answer."""
    filename, content, kind = letter_documents.invitation_of(_asked(find(request, slug), pk))
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'inline; filename="{filename}"'
    return answer


@organiser_required
@require_GET
def institution_reply(request, slug, pk):
    """The institution's letter, as it was sent."""
    asked = _asked(find(request, slug), pk)
    return uploads.hand_out(asked.reply_file, title=f"{asked.organisation} {asked.reply_number}".strip())


# Names from paper or telephone --------------------------------------------------------------------------------


@organiser_required
@require_http_methods(["GET", "POST"])
def institution_names(request, slug, pk):
    """What the institution said on paper or by telephone, entered by staff: the same acts as behind the link."""
    workshop = find(request, slug)
    asked = _asked(workshop, pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    via = request.POST.get("via") if request.POST.get("via") in {Via.LETTER, Via.PHONE, Via.STAFF} else Via.STAFF
    form = StaffNomineeForm(request.POST) if act == "add" else StaffNomineeForm(initial={"via": request.GET.get("via") or Via.LETTER})
    reply = StaffReplyForm(
        *((request.POST, request.FILES) if act == "letter" else ()), initial={"reply_number": asked.reply_number, "reply_on": asked.reply_on}, auto_id="reply_%s"
    )
    address, refused = reverse("staff:institution_names", args=[slug, pk]), False
    try:
        if act == "add" and form.is_valid():
            received = replies.receive(asked, [form.entry], by=request.user, via=form.cleaned_data["via"])
            if not received.refused:
                _say_named(request, 1, received.numbers_dropped)
                return redirect(f"{address}?{urlencode({'via': form.cleaned_data['via']})}")
            form.refuse(received.refused[0][1])
        elif act == "letter" and reply.is_valid():
            replies.keep_letter(asked, by=request.user, via=Via.LETTER, **reply.kept())
            messages.success(request, _("The institution’s letter is kept."))
            return redirect(address)
        elif act in {"up", "down", "out", "alternate", "principal"}:
            _act_on_one(request, asked, act, via)
            return redirect(address)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        if act not in {"add", "letter"}:
            return redirect(address)
        asked.refresh_from_db()
        refused = True
    wrong = next((each for each in (form, reply) if each.errors), None)
    nominees = list(asked.nominees.filter(withdrawn_at=None).select_related("registration"))
    allocation = SeatAllocation.objects.filter(workshop=workshop, organisation=asked.organisation_id).first()
    principals = sum(nominee.counts and not nominee.is_alternate for nominee in nominees)
    groups = []
    for alternate in (False, True):
        rows = [nominee for nominee in nominees if nominee.is_alternate == alternate]
        groups.append([Named(nominee, number, len(rows)) for number, nominee in enumerate(rows, 1)])
    context = {
        "workshop": workshop, "asked": asked, "form": form, "reply": reply, "wrong": wrong, "principals": groups[0], "alternates": groups[1],
        "allocation": allocation, "number_of_principals": principals, "address": address,
        "room": allocation is None or allocation.maximum is None or principals < allocation.maximum,
        "takes_names": refused or asked.state not in {State.DRAFT, State.DECLINED},
        "closed_for": asked.state if asked.state in {State.DRAFT, State.DECLINED} else "",
    }  # fmt: skip
    return render(request, "staff/institutions/names.html", context, status=422 if wrong or refused else 200)


def _act_on_one(request, asked, act, via):
    nominee = _by_key(asked, request.POST.get("key"))
    if nominee is None or nominee.withdrawn_at:
        return
    if act == "out":
        replies.take_out(nominee, by=request.user, via=via)
    elif act in {"up", "down"}:
        replies.move(nominee, up=act == "up", by=request.user, via=via)
    else:
        replies.change(nominee, by=request.user, via=via, is_alternate=act == "alternate")


def _say_named(request, number, dropped):
    text = ngettext("%(number)d name was added.", "%(number)d names were added.", number) % {"number": number}
    if dropped:
        text += " " + _("Civil registration numbers were left out. They are kept nowhere.")
    messages.success(request, text)


@organiser_required
@require_http_methods(["GET", "POST"])
def institution_name(request, slug, pk, key):
    workshop = find(request, slug)
    asked = _asked(workshop, pk)
    nominee = _by_key(asked, key)
    if nominee is None or (nominee.withdrawn_at and request.method != "POST"):
        return redirect("staff:institution_names", slug, pk)
    form = StaffNomineeForm.of(nominee, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            replies.change(nominee, by=request.user, via=form.cleaned_data["via"], **form.entry)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The details were changed."))
            return redirect(reverse("staff:institution_names", args=[slug, pk]) + f"#{key_of(nominee)}")
    context = {"workshop": workshop, "asked": asked, "nominee": nominee, "form": form}
    return render(request, "staff/institutions/name.html", context, status=422 if form.errors else 200)


@organiser_required
@require_http_methods(["GET", "POST"])
def institution_list(request, slug, pk):
    """A list that came on paper or by e-mail, pasted or uploaded: looked over, then taken over as by letter."""
    workshop = find(request, slug)
    asked = _asked(workshop, pk)

    def receive(entries, rest):
        return replies.receive(asked, entries, by=request.user, via=Via.LETTER, rest_as_alternates=rest)

    def done(number, dropped):
        _say_named(request, number, dropped)
        return redirect("staff:institution_names", slug, pk)

    return list_page(request, asked, "staff/institutions/list.html", receive, done, {})
