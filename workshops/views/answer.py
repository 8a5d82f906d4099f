"""The official's own page: reached by a secret link, without an account, on a phone and without scripts.

Reading it changes nothing, for a mail scanner opens every link; what is said is posted, with the token against forged forms.
"""

from functools import wraps

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import uploads
from core.secrets import secret_page
from core.throttle import throttled
from workshops import answers, calendars, certificate_documents, certificates, links, materials, terms
from workshops.answer_forms import DeclineForm, DeputyForm, NeedsForm, WithdrawForm
from workshops.models import Deputy, Letter, Link, State, Via, Workshop
from workshops.models.registration import HOLDING
from workshops.views.nominate import time_left

# A whole hall that fills in the evaluation at once comes from one address; a token is guessed at no speed.
A_HALL = {"times": 1200, "seconds": 60}
BY_THEMSELVES = {"by": None, "via": Via.SELF}
Status = Workshop.Status


def by_own_link(view):
    """Decorator: the view gets the registration; a link that leads nowhere gets a page that says what to do."""

    @secret_page
    @throttled("answer", **A_HALL)
    @wraps(view)
    def guarded(request, token, **arguments):
        try:
            link = links.resolve(token, Link.Kind.ANSWER)
        except links.Dead as dead:
            return link_dead(request, dead)
        request.token = token
        return view(request, link.registration, **arguments)

    return guarded


def link_dead(request, dead):
    """404 for an address that never was, 410 for one that led somewhere; with whom to call."""
    registration = dead.link.registration if dead.link is not None else None
    context = {
        "reason": dead.reason,
        "workshop": registration.workshop if registration else None,
        "replaced": dead.reason == "revoked" and registration is not None and registration.state == State.REPLACED,
    }
    return render(request, "workshops/link_dead.html", context, status=404 if dead.reason == "unknown" else 410)


@by_own_link
@require_http_methods(["GET", "HEAD", "POST"])
def page(request, registration):
    return _act(request, registration) if request.method == "POST" else _show(request, registration)


@by_own_link
@require_http_methods(["GET", "HEAD"])
def calendar(request, registration):
    """The days as a file for the calendar of a phone; for whoever comes, or may still say so."""
    if registration.state not in HOLDING:
        return redirect("answer:page", request.token)
    address = request.build_absolute_uri(reverse("workshops:detail", args=[registration.workshop.slug]))
    public = registration.workshop.visibility == Workshop.Visibility.PUBLIC and registration.workshop.status != Status.DRAFT
    text = calendars.calendar_of(registration.workshop, address=address if public else "")
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{registration.workshop.slug}.ics"'
    return response


@by_own_link
@require_http_methods(["GET", "HEAD"])
def material(request, registration, pk):
    """A hand-out that is for participants, or for everybody."""
    row = get_object_or_404(materials.visible_to_participant(registration), pk=pk)
    return uploads.hand_out(row.file, title=str(row))


@by_own_link
@throttled("answer-certificate", times=200, seconds=300)
@require_http_methods(["GET", "HEAD"])
def certificate(request, registration):
    """The valid certificate of this person at this workshop as a PDF; where there is none, their page."""
    valid = certificates.valid_of(registration)
    if valid is None:
        return redirect("answer:page", request.token)
    response = HttpResponse(certificate_documents.certificates_pdf([valid]), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{valid.serial}.pdf"'
    return response


def standing_of(registration):
    """Under which heading the page stands: a word for what holds for this person at this workshop now."""
    workshop = registration.workshop
    if workshop.status == Status.CANCELLED:
        return "called_off"
    if terms.is_over(workshop):
        return "over"
    if workshop.status == Status.POSTPONED and registration.is_live:
        return "put_off"
    if registration.is_out_of_time:
        return "expired"
    return str(registration.state)


def notice():
    """The privacy notice in both languages, that of the reader first: [(language, heading, sentences)]."""
    found = []
    for language in sorted(("en", "mn"), key=lambda code: code != get_language()):
        with override(language):
            sentences = [
                _("IOM Mongolia keeps your name, post, institution, e-mail and telephone number to invite you, to prepare the workshop and the certificate, and to count participants for its reports. Reports hold numbers, not names."),
                _("What you say about food, access and language is read only by those who prepare the days, and erased 30 days after them."),
                _("Photographs and the list for participants are your choice, each by itself. You may change your mind on this page at any time."),
                _("Nothing is passed on to others without your consent. You may ask what is kept, have it corrected and have it erased: write to the office."),
            ]
            found.append((language, _("How your details are used"), sentences))
    return found


def said(request):
    """What was done, said on the page that follows; the page keeps no session."""
    done = {
        "comes": _("Thank you. You said that you come; your seat is confirmed."),
        "declined": _("Thank you for telling us. You said that you do not come."),
        "withdrawn": _("Thank you for telling us. Your seat goes to somebody else."),
        "kept": _("Your details were saved."),
        "back": _("Thank you. You are on the waiting list."),
        "deputy": _("Your proposal is with the office. You hold the seat until the office answers."),
    }
    return done.get(request.GET.get("done", ""), "")


def _show(request, registration, *, status=200, refusal=None, **forms):
    stands = standing_of(registration)
    workshop = registration.workshop
    open_now = stands in {State.INVITED, State.CONFIRMED}
    consents = answers.consents_of(registration)
    asks = stands in {State.INVITED, State.CONFIRMED, "put_off"} or (stands == "over" and registration.state in HOLDING)
    hang_here = answers.sections(registration, get_language()) if registration.state in HOLDING and stands != "called_off" else []
    own = {"registration": registration, "workshop": workshop, "token": request.token}
    context = {
        **own,
        "stands": stands,
        "said": said(request) if refusal is None and request.method != "POST" else "",
        "refusal": refusal,
        "notice": notice(),
        "version": answers.NOTICE_VERSION,
        "time_left": time_left(registration.offer_expires_at),
        "needs": (forms.get("needs") or NeedsForm(registration=registration, consents=consents)) if asks else None,
        "is_over": stands == "over",
        "can_withdraw": stands in {State.CONFIRMED, State.WAITLISTED} or (stands == "put_off" and registration.state in {State.CONFIRMED, State.WAITLISTED}),
        "can_propose": open_now and not terms.has_begun(workshop),
        "can_come_back": answers.why_not_back(registration, via=Via.SELF) is None,
        "has_days": open_now and workshop.meeting_days.exists(),
        "deputy": registration.deputies.first() if open_now or stands == "put_off" else None,
        "has_moved": open_now and registration.letters.filter(kind="workshop-moved", state=Letter.State.SENT).exists(),
        "deputy_refused": Deputy.Outcome.REFUSED,
        "decline": forms.get("decline") or DeclineForm(auto_id="decline_%s"),
        "withdraw": forms.get("withdraw") or WithdrawForm(auto_id="withdraw_%s"),
        "propose": forms.get("propose") or DeputyForm(auto_id="deputy_%s"),
        "wrong": next((form for form in forms.values() if form is not None and form.errors), None),
        "sections": [render_to_string(template, {**own, **section}, request) for template, section in hang_here],
    }
    return render(request, "answer/page.html", context, status=status)


def _act(request, registration):
    acts = {"accept": _accept, "keep": _keep, "decline": _decline, "withdraw": _withdraw, "deputy": _propose, "back": _come_back}
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        return _to_page(request)
    try:
        return act(request, registration)
    except ValidationError as refusal:
        registration.refresh_from_db()
        return _show(request, registration, status=422, refusal=refusal)


def _to_page(request, done="", anchor=""):
    address = reverse("answer:page", args=[request.token])
    return redirect(address + (f"?done={done}" if done else "") + (f"#{anchor}" if anchor else ""))


def _accept(request, registration):
    form = NeedsForm(request.POST, registration=registration, consents=answers.consents_of(registration))
    if not form.is_valid():
        return _show(request, registration, status=422, needs=form)
    answers.accept(registration, needs=form.needs, consents=form.consents, language=get_language(), **BY_THEMSELVES)
    return _to_page(request, "comes")


def _keep(request, registration):
    """Needs only while the registration stands; consents also afterwards."""
    form = NeedsForm(request.POST, registration=registration, consents=answers.consents_of(registration))
    if not form.is_valid():
        return _show(request, registration, status=422, needs=form)
    needs = None if terms.is_over(registration.workshop) else form.needs
    answers.keep(registration, needs=needs, consents=form.consents, language=get_language(), **BY_THEMSELVES)
    return _to_page(request, "kept")


def _decline(request, registration):
    form = DeclineForm(request.POST, auto_id="decline_%s")
    if not form.is_valid():
        return _show(request, registration, status=422, decline=form)
    answers.decline(registration, reason=form.cleaned_data["reason"], **BY_THEMSELVES)
    return _to_page(request, "declined")


def _withdraw(request, registration):
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")
    if registration.state == State.WITHDRAWN:
        return _to_page(request, "withdrawn")
    if not form.is_valid():
        return _show(request, registration, status=422, withdraw=form)
    answers.withdraw(registration, reason=form.cleaned_data["reason"], **BY_THEMSELVES)
    return _to_page(request, "withdrawn")


def _come_back(request, registration):
    answers.come_back(registration, **BY_THEMSELVES)
    return _to_page(request, "back")


def _propose(request, registration):
    form = DeputyForm(request.POST, auto_id="deputy_%s")
    if not form.is_valid():
        return _show(request, registration, status=422, propose=form)
    answers.propose_deputy(registration, **form.cleaned_data, **BY_THEMSELVES)
    return _to_page(request, "deputy", "deputy")
