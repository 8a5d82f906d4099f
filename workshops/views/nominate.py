"""The focal point's page: reached by a secret link, without an account. It shows what this institution was asked and sent,
and nothing of anybody else; whether somebody is known to the office is never told. Reading changes nothing."""

from functools import wraps

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.secrets import secret_page
from core.throttle import throttled
from workshops import letter_documents, links, nominee_lists, replies
from workshops.models import Link, NominationRequest, SeatAllocation, Via, Workshop
from workshops.models import State as RegistrationState
from workshops.nominate_forms import DeclineForm, LineFormSet, NomineeForm, NomineeListForm, ReplyForm

State = NominationRequest.State
FOCAL = {"by": None, "via": Via.NOMINATOR}
FORMS = "lines"


def by_link(view):
    """Decorator: the view gets the request to the institution; a link that leads nowhere gets a page that says what to do."""

    @secret_page
    @throttled("nominate", times=180, seconds=60)
    @wraps(view)
    def guarded(request, token, **arguments):
        try:
            link = links.resolve(token, Link.Kind.NOMINATE)
        except links.Dead as dead:
            return gone(request, dead.reason)
        asked = (
            NominationRequest.objects.select_related("workshop__funder", "organisation", "focal_point")
            .prefetch_related("focal_point__emails", "focal_point__phones")
            .get(pk=link.request_id)
        )
        request.token = token
        return view(request, asked, **arguments)

    return guarded


def gone(request, reason):
    return render(request, "nominate/gone.html", {"reason": reason}, status=404 if reason == "unknown" else 410)


def key_of(nominee):
    """Under which the page names somebody: it says nothing and leads to nobody without the link."""
    return salted_hmac("workshops.nominate", f"{nominee.request_id}:{nominee.pk}", algorithm="sha256").hexdigest()[:20]


def _by_key(asked, key):
    return next((nominee for nominee in asked.nominees.all() if constant_time_compare(key_of(nominee), key or "")), None)


class Named:
    """Somebody named, as the page shows them."""

    def __init__(self, nominee, number, last):
        self.nominee, self.number, self.key = nominee, number, key_of(nominee)
        self.first, self.last = number == 1, number == last
        registration = nominee.registration
        # The office has decided: only it can change something.
        self.fixed = registration is not None and registration.state != RegistrationState.NOMINATED
        self.ended = registration is not None and not registration.is_live


def named_by(asked):
    """(principals, alternates) as Named, in their order."""
    nominees = list(asked.nominees.filter(withdrawn_at=None).select_related("registration"))
    groups = []
    for alternate in (False, True):
        rows = [nominee for nominee in nominees if nominee.is_alternate == alternate]
        groups.append([Named(nominee, number, len(rows)) for number, nominee in enumerate(rows, 1)])
    return groups


def time_left(until):
    """How long there is still time, in words; nothing where no deadline is set or it is over."""
    if until is None or until <= timezone.now():
        return ""
    left = until - timezone.now()
    if left.days:
        return ngettext("%(days)d day left", "%(days)d days left", left.days) % {"days": left.days}
    hours = left.seconds // 3600
    if hours:
        return ngettext("%(hours)d hour left", "%(hours)d hours left", hours) % {"hours": hours}
    return _("less than an hour left")


# What was done, said on the page that follows; the page keeps no session.
def said(request):
    number = request.GET.get("n", "")
    number = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1
    done = {
        "named": ngettext("%(number)d name was added.", "%(number)d names were added.", number) % {"number": number},
        "changed": _("The details were changed."),
        "out": _("The name was taken out."),
        "moved": _("The order was changed."),
        "letter": _("Your letter was received."),
        "final": _("Thank you: your answer is complete."),
        "declined": _("Thank you: the office knows that nobody comes."),
        "reopened": _("You can change your answer again."),
    }
    text = done.get(request.GET.get("done", ""), "")
    if text and request.GET.get("numbers"):
        text += " " + _("Civil registration numbers were left out. They are kept nowhere.")
    return text


PRIVACY_NOTICE = "2026-11"


def notice():
    """The privacy notice in both languages, that of the reader first: [(language, heading, sentences)]."""
    found = []
    for language in sorted(("en", "mn"), key=lambda code: code != translation.get_language()):
        with translation.override(language):
            found.append(
                (
                    language,
                    _("How these names are used"),
                    [
                        _("The office keeps the names, posts, e-mail addresses and telephone numbers that you send, to invite the officials, to prepare the workshop, and to count participants for its reports. Reports hold numbers, not names."),
                        _("Please tell each official that you pass their name on. Each may ask what is kept, have it corrected and have it erased."),
                        _("Do not send civil registration numbers, dates of birth or copies of passports. Registration numbers are left out before anything is stored."),
                    ],
                )
            )
    return found


def _to_page(request, done="", anchor="", **more):
    query = "&".join(f"{name}={value}" for name, value in {"done": done, **more}.items() if value)
    return redirect(reverse("nominate:page", args=[request.token]) + (f"?{query}" if query else "") + (f"#{anchor}" if anchor else ""))


# The page -----------------------------------------------------------------------------------------------------


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def page(request, asked):
    if request.method == "POST":
        return _act(request, asked)
    return _show(request, asked)


def _show(request, asked, *, status=200, refusal=None, **forms):
    allocation = SeatAllocation.objects.filter(workshop=asked.workshop_id, organisation=asked.organisation_id).first()
    principals, alternates = named_by(asked)
    counted = [row.nominee for row in (*principals, *alternates) if not row.ended]
    workshop = asked.workshop
    open_now = not asked.is_late and asked.state != State.DRAFT
    context = {
        "asked": asked,
        "workshop": workshop,
        "allocation": allocation,
        "principals": principals,
        "alternates": alternates,
        "number_of_principals": sum(not nominee.is_alternate for nominee in counted),
        "women": sum(nominee.sex == "f" for nominee in counted),
        "room": allocation is None or allocation.maximum is None or allocation.maximum - sum(not nominee.is_alternate for nominee in counted) > 0,
        "open": open_now,
        "takes_names": open_now and asked.state != State.DECLINED,
        "time_left": time_left(asked.answer_until),
        "said": said(request) if refusal is None and request.method != "POST" else "",
        "refusal": refusal,
        "postponed": workshop.status == Workshop.Status.POSTPONED,
        "notice": notice(),
        "token": request.token,
        "form": forms.get("form") or NomineeForm(),
        "reply": forms.get("reply") or ReplyForm(initial={"reply_number": asked.reply_number, "reply_on": asked.reply_on}, auto_id="reply_%s"),
        "decline": forms.get("decline") or DeclineForm(auto_id="decline_%s"),
        "wrong": next((form for form in forms.values() if form is not None and form.errors), None),
    }
    if refusal is not None and not hasattr(refusal, "error_dict") and refusal.code == "late":
        context |= {"open": False, "takes_names": False}
    # Where the form is not offered any more, what was typed into it stays to be read out or copied.
    shown = {"form": context["takes_names"], "decline": context["takes_names"], "reply": context["open"]}
    context["typed"] = [line for name, form in forms.items() if form is not None and form.is_bound and not shown[name] for line in typed_into(form)]
    return render(request, "nominate/page.html", context, status=status)


def typed_into(form):
    """[(label, words)] of what somebody typed or chose in a form that cannot be sent."""
    lines = []
    for field in form:
        value = field.value()
        choices = dict(getattr(field.field, "choices", ()) or ())
        if isinstance(value, str) and value.strip():
            lines.append((field.label, choices.get(value, value)))
    return lines


def _bound(request):
    """The form that was sent, as the page names it, so that a refused act loses nothing that was typed."""
    return {
        "add": lambda: {"form": NomineeForm(request.POST)},
        "letter": lambda: {"reply": ReplyForm(request.POST, request.FILES, auto_id="reply_%s")},
        "decline": lambda: {"decline": DeclineForm(request.POST, auto_id="decline_%s")},
    }.get(request.POST.get("act", ""), dict)()


def _act(request, asked):
    acts = {
        "add": _add, "final": _final, "decline": _decline, "reopen": _reopen, "letter": _letter, "up": _one, "down": _one, "out": _one,
        "alternate": _one, "principal": _one,
    }  # fmt: skip
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        return _to_page(request)
    try:
        return act(request, asked)
    except ValidationError as refusal:
        asked.refresh_from_db()
        return _show(request, asked, status=422, refusal=refusal, **_bound(request))


def _add(request, asked):
    form = NomineeForm(request.POST)
    if form.is_valid():
        received = replies.receive(asked, [form.entry], **FOCAL)
        if not received.refused:
            return _to_page(request, "named", "names", numbers=received.numbers_dropped)
        form.refuse(received.refused[0][1])
    return _show(request, asked, status=422, form=form)


def _one(request, asked):
    """One of those named: up, down, out, or to the other group. Who is not there any more needs nothing done."""
    act, nominee = request.POST["act"], _by_key(asked, request.POST.get("key"))
    if nominee is None:
        return _to_page(request)
    if act == "out":
        replies.take_out(nominee, **FOCAL)
        return _to_page(request, "out", "names")
    if nominee.withdrawn_at:
        return _to_page(request)
    if act in {"up", "down"}:
        replies.move(nominee, up=act == "up", **FOCAL)
        return _to_page(request, "moved", key_of(nominee))
    replies.change(nominee, is_alternate=act == "alternate", **FOCAL)
    return _to_page(request, "changed", key_of(nominee))


def _final(request, asked):
    replies.complete(asked, **FOCAL)
    return _to_page(request, "final")


def _reopen(request, asked):
    replies.reopen(asked, **FOCAL)
    return _to_page(request, "reopened")


def _decline(request, asked):
    form = DeclineForm(request.POST, auto_id="decline_%s")
    if form.is_valid():
        replies.decline(asked, reason=form.cleaned_data["reason"], **FOCAL)
        return _to_page(request, "declined")
    return _show(request, asked, status=422, decline=form)


def _letter(request, asked):
    form = ReplyForm(request.POST, request.FILES, auto_id="reply_%s")
    if form.is_valid():
        replies.keep_letter(asked, **form.kept(), **FOCAL)
        return _to_page(request, "letter", "letter")
    return _show(request, asked, status=422, reply=form)


# One of those named -------------------------------------------------------------------------------------------


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def name(request, asked, key):
    nominee = _by_key(asked, key)
    if nominee is None or nominee.withdrawn_at or asked.is_late or asked.state == State.DECLINED:
        if request.method != "POST":
            return _to_page(request)
        refusal = ValidationError(_("Not changed: the name was taken out, or the answer closed, in the meantime. What you typed stands below."))
        return _show(request, asked, status=422, refusal=refusal, form=NomineeForm(request.POST))
    form = NomineeForm.of(nominee, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            replies.change(nominee, **form.entry, **FOCAL)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            return _to_page(request, "changed", key)
    context = {"asked": asked, "workshop": asked.workshop, "nominee": nominee, "form": form, "token": request.token}
    return render(request, "nominate/name.html", context, status=422 if form.errors else 200)


# A list -------------------------------------------------------------------------------------------------------


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def name_list(request, asked):
    """A list pasted or uploaded: read first, looked over row by row, then sent. What is refused stays on the page."""
    # A list that was sent is refused by the act, and stays on the page.
    if request.method != "POST" and (asked.is_late or asked.state in {State.DRAFT, State.DECLINED}):
        return _to_page(request)
    return list_page(
        request, asked, "nominate/list.html", lambda entries, rest: replies.receive(asked, entries, rest_as_alternates=rest, **FOCAL),
        lambda number, dropped: _to_page(request, "named", "names", n=number, numbers=dropped), {"token": request.token},
    )  # fmt: skip


def list_page(request, asked, template, receive, done, context):
    """The steps of a list, for the focal point and for staff: `receive` takes the entries over, `done` answers when all is sent."""
    context = {**context, "asked": asked, "workshop": asked.workshop}
    if request.method != "POST":
        return render(request, template, {**context, "form": NomineeListForm()})
    if "lines-TOTAL_FORMS" not in request.POST:
        form = NomineeListForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                found = nominee_lists.read(form.table)
            except ValidationError as refusal:
                form.add_error("file" if request.FILES.get("file") else "text", refusal)
            else:
                return render(request, template, {**context, **_looked_over(found)})
        return render(request, template, {**context, "form": form}, status=422)
    lines = LineFormSet(request.POST, prefix=FORMS)
    if not lines.management_form.is_valid():
        return render(request, template, {**context, "form": NomineeListForm()}, status=422)
    lines.is_valid()
    chosen = [line for line in lines if line.is_valid() and not line.cleaned_data.get("leave_out")]
    received = None
    try:
        if chosen:
            received = receive([line.entry for line in chosen], bool(request.POST.get("rest_as_alternates")))
    except ValidationError as refusal:
        return render(request, template, {**context, "lines": lines, "refusal": refusal}, status=422)
    refused = {chosen[place]: refusal for place, refusal in received.refused} if received else {}
    for line, refusal in refused.items():
        line.refuse(refusal)
    left = [line for line in lines if line in refused or not line.is_valid()]
    named = len(chosen) - len(refused)
    if not left and named:
        return done(named, received.numbers_dropped)
    if not left:
        return render(request, template, {**context, "form": NomineeListForm()})
    too_many = any(not hasattr(refusal, "error_dict") and refusal.code == "too_many" for refusal in refused.values())
    # What was taken over is gone from the page: the rows that stay are numbered anew, with what was typed and their errors.
    again = LineFormSet(initial=[_typed(line) for line in left], prefix=FORMS)
    for fresh, line in zip(again, left, strict=True):
        fresh.wrong = line.errors
    return render(
        request, template, {**context, "lines": again, "named": named, "too_many": too_many, "numbers_dropped": received.numbers_dropped if received else 0},
        status=422,
    )  # fmt: skip


def _typed(line):
    return {name: line[name].value() for name in line.fields if name != "leave_out"}


def _looked_over(found):
    initial = [
        {**line.entry, "place": "alternate" if line.entry["is_alternate"] else "principal", "number": line.number, "said": "\n".join(line.said)}
        for line in found.lines
    ]
    return {"lines": LineFormSet(initial=initial, prefix=FORMS), "left": found.left, "list_said": found.said, "numbers_dropped": found.dropped}


# The letter that asked ----------------------------------------------------------------------------------------


@by_link
@require_http_methods(["GET", "HEAD"])
def letter(request, asked):
    """The invitation as PDF."""
    filename, content, kind = letter_documents.invitation_of(asked)
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'inline; filename="{filename}"'
    return answer
