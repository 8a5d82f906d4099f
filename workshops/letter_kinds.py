"""The kinds of letters: to whom, with which words, what goes with them, and whether one that waits may still be sent.

The portal's own words are text files, templates/letters/<kind>.<language>.txt: the subject in the first line, then the text,
a paragraph a line. Staff may put others in their place (LetterTemplate).
"""

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops import terms
from workshops.models import Certificate, Link, NominationRequest, State, Workshop
from workshops.models.registration import HOLDING, LIVE

INSTITUTION, OFFICIAL = "institution", "official"
Status = Workshop.Status
Asked = NominationRequest.State

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

# What may stand in a text between braces, and what comes in its place.
PLACEHOLDERS = {
    "greeting": _("the greeting with the name, for example “Dear Batbayar,”"),
    "name": _("the given name"),
    "full_name": _("the name with the father’s name"),
    "workshop": _("the title of the workshop"),
    "dates": _("its dates"),
    "place": _("town or province"),
    "venue": _("house and room"),
    "begins": _("when the first day begins"),
    "institution": _("the institution"),
    "seats": _("the institution’s seats, guaranteed and at most"),
    "deadline": _("until when an answer is asked for, day and hour"),
    "by_day": _("the same short, for subjects: “by 12 May”; nothing once it is over"),
    "contact": _("who answers questions at the office, with phone and e-mail"),
    "signatory": _("who signs"),
    "office": _("the name of the office"),
    "link": _("the recipient’s own link"),
    "programme": _("the address of the public programme"),
    "reason": _("the reason that was given"),
    "changes": _("what has changed, a line each"),
    "dates_before": _("the dates before the change"),
    "place_before": _("town or province before the change"),
    "venue_before": _("house and room before the change"),
    "deputy": _("who comes instead"),
    "form": _("the title of the test or evaluation"),
    "serial": _("the number of the certificate"),
}
COMMON = ("greeting", "name", "full_name", "workshop", "dates", "place", "venue", "begins", "institution", "contact", "signatory", "office", "programme")

# What the outbox says of a letter that was not sent, by the code that is stored in Letter.problem. What the mail server
# said stands there in its own words.
PROBLEMS = {
    "no-address": _("No e-mail address is known: call instead."),
    "workshop-cancelled": _("Not sent: the workshop was cancelled meanwhile."),
    "workshop-postponed": _("Not sent: the workshop was postponed meanwhile."),
    "workshop-over": _("Not sent: the workshop is over."),
    "workshop-takes-place": _("Not sent: the workshop takes place after all."),
    "plan-changed": _("Not sent: the dates or the place have changed since it was written."),
    "state": _("Not sent: the official’s registration stands differently now."),
    "answered": _("Not sent: the institution has answered meanwhile."),
    "not-asked": _("Not sent: the request to the institution is not open."),
    "late": _("Not sent: the deadline that it speaks of is over."),
    "link-dead": _("Not sent: its link was taken back or has run out."),
    "link-missing": _("Not sent: it needs a link and has none."),
    "certificate": _("Not sent: the certificate stands differently now."),
    "nobody": _("Not sent: the recipient’s record was removed."),
    "key": _("The link cannot be made any more because the server’s key has changed. Renew the link and write anew."),
    "document": _("A document that goes with it could not be made. The server’s log says why."),
    "address": _("The mail server cannot use this address."),
    "gave-up": _("Given up after many tries."),
}


@dataclass(frozen=True)
class Kind:
    """One kind of letter. `states` are those of a registration (of a request: `asked`) in which it may still be sent;
    `answers` means that it asks for something until a deadline; `own` are placeholders beyond those of all letters."""

    name: str
    title: str
    about: str
    to: tuple = (OFFICIAL,)
    states: tuple = ()
    asked: tuple = ()
    statuses: tuple = ()  # of the workshop; empty: any in which it is neither cancelled nor postponed
    own: tuple = ()
    link: str = ""  # kind of the link without which it is never written
    may_link: str = ""  # kind of the link that it may have
    button: tuple = ("", "")
    documents: tuple = ()
    calendar: str = ""  # method of the calendar part that it usually has
    draft: bool = False
    answers: bool = False
    after_the_end: bool = False

    @property
    def placeholders(self):
        extra = ("link",) if self.link or self.may_link else ()
        return (*COMMON, *self.own, *extra)

    @property
    def compulsory(self):
        """Placeholders without which a template or an edited letter is refused."""
        return ("link",) if self.link else ()

    def words(self, language):
        """The portal's own (subject, text) in a language."""
        return _own_words(self.name, language)

    def button_in(self, language):
        """The words on the link."""
        return self.button[0 if language == "en" else 1]


@cache
def _own_words(name, language):
    path = settings.BASE_DIR / "templates" / "letters" / f"{name}.{language}.txt"
    subject, _blank, body = path.read_text(encoding="utf-8").partition("\n\n")
    return subject.strip(), body.strip()


ANSWER = ("Answer on your page", "Хуудсандаа хариу өгөх")
OPEN_PAGE = ("Open your page", "Хуудсаа нээх")
ON_THE_PLAN = {"to": (OFFICIAL, INSTITUTION), "states": LIVE, "asked": (Asked.SENT, Asked.PARTLY, Asked.COMPLETE), "draft": True}

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "request-invitation", _("Invitation to an institution"), _("Asks an institution’s focal point to name officials."),
            to=(INSTITUTION,), asked=(Asked.SENT, Asked.PARTLY), own=("seats", "deadline", "by_day"),
            link=Link.Kind.NOMINATE, button=("Name your officials", "Албан хаагчдаа нэрлэх"), documents=("invitation",), answers=True,
        ),
        Kind(
            "request-reminder", _("Reminder to an institution"), _("Goes where the answer is late or nearly so."),
            to=(INSTITUTION,), asked=(Asked.SENT, Asked.PARTLY), own=("seats", "deadline", "by_day"),
            link=Link.Kind.NOMINATE, button=("Name your officials", "Албан хаагчдаа нэрлэх"), answers=True,
        ),
        Kind(
            "request-received", _("Receipt to an institution"), _("Says that the institution’s answer has arrived."),
            to=(INSTITUTION,), asked=(Asked.PARTLY, Asked.COMPLETE, Asked.DECLINED), own=("seats", "deadline", "by_day"),
            link=Link.Kind.NOMINATE, button=OPEN_PAGE,
        ),
        Kind(
            "official-invitation", _("Invitation to an official"), _("Asks an official who holds a seat whether they come."),
            states=(State.INVITED,), own=("deadline", "by_day"), link=Link.Kind.ANSWER, button=ANSWER, answers=True,
        ),
        Kind(
            "official-reminder", _("Reminder to an official"), _("Goes to invited officials who have not answered."),
            states=(State.INVITED,), own=("deadline", "by_day"), link=Link.Kind.ANSWER, button=ANSWER, answers=True,
        ),
        Kind(
            "official-offer", _("Offer of a free seat"), _("Offers a freed seat to somebody from the waiting list."),
            states=(State.INVITED,), own=("deadline", "by_day"), link=Link.Kind.ANSWER, button=ANSWER, answers=True,
        ),
        Kind(
            "official-confirmed", _("Joining instructions"), _("Goes to officials whose seat is confirmed, with the days for the calendar."),
            states=(State.CONFIRMED,), may_link=Link.Kind.ANSWER, button=OPEN_PAGE, calendar="REQUEST",
        ),
        Kind("official-waiting", _("On the waiting list"), _("Tells an official that all seats are taken."), states=(State.WAITLISTED,), may_link=Link.Kind.ANSWER, button=OPEN_PAGE),
        Kind(
            "official-withdrawn", _("No longer on the list"), _("Says that a withdrawal was noted."),
            states=(State.WITHDRAWN, State.DECLINED), own=("reason",), calendar="CANCEL",
        ),
        Kind(
            "official-expired", _("No answer in time"), _("Tells an official that the seat which was kept is free for others now."),
            states=(State.EXPIRED,), may_link=Link.Kind.ANSWER, button=OPEN_PAGE,
        ),
        Kind(
            "official-cancelled", _("Registration ended"), _("Tells an official that their registration has ended."),
            states=(State.CANCELLED, State.REJECTED), statuses=tuple(Status), own=("reason",), calendar="CANCEL",
        ),
        Kind("official-replaced", _("Replaced by somebody else"), _("Tells an official that somebody else comes instead."), states=(State.REPLACED,), own=("reason", "deputy"), calendar="CANCEL"),
        Kind(
            "workshop-moved", _("New dates or place"), _("Drafted when the dates or the place of a workshop change."),
            own=("reason", "dates_before", "place_before", "venue_before"), calendar="REQUEST", **ON_THE_PLAN,
        ),
        Kind(
            "workshop-postponed", _("Postponed"), _("Drafted when a workshop is postponed."),
            statuses=(Status.POSTPONED,), own=("reason", "dates_before"), calendar="CANCEL", **ON_THE_PLAN,
        ),
        Kind(
            "workshop-cancelled", _("Workshop cancelled"), _("Drafted when a workshop is cancelled."),
            statuses=(Status.CANCELLED,), own=("reason",), calendar="CANCEL", **{**ON_THE_PLAN, "states": (*LIVE, State.CANCELLED)},
        ),
        Kind("programme-changed", _("Programme changed"), _("Goes to those whom a new version of the programme concerns."), states=HOLDING, own=("changes",), may_link=Link.Kind.ANSWER, button=OPEN_PAGE),
        Kind(
            "form-open", _("Test or evaluation open"), _("Asks a participant to fill in a test or an evaluation."),
            states=HOLDING, own=("form", "deadline", "by_day"), link=Link.Kind.ANSWER, button=("Fill it in", "Бөглөх"), after_the_end=True,
        ),
        Kind(
            "certificate", _("Certificate"), _("Brings the certificate."), statuses=tuple(Status), own=("serial",),
            link="certificate", button=("Verify the certificate", "Гэрчилгээг шалгах"), documents=("certificate",), after_the_end=True,
        ),
        Kind("certificate-revoked", _("Certificate revoked"), _("Tells somebody that their certificate is no longer valid."), statuses=tuple(Status), own=("serial", "reason"), after_the_end=True),
        Kind(
            "free", _("In your own words"), _("What staff write themselves."), to=(OFFICIAL, INSTITUTION), statuses=tuple(Status),
            own=("seats", "deadline", "by_day"), may_link=Link.Kind.ANSWER, button=OPEN_PAGE, draft=True, after_the_end=True,
        ),
    )
}  # fmt: skip


def of(name):
    """The kind of a name; one that is not known (a letter of an older portal) is treated as staff's own words."""
    return KINDS.get(name) or KINDS["free"]


def words_of(problem):
    """What to show for Letter.problem: our own sentence, or the mail server's words."""
    return PROBLEMS.get(problem, problem)


# Whether it may still be sent ---------------------------------------------------------------------------------


def deadline_of(*, registration=None, request=None, workshop=None):
    """Until when the recipient is asked to answer; None where nobody has said."""
    if request is not None:
        return request.deadline or workshop.nomination_deadline
    if registration is not None:
        return registration.offer_expires_at or workshop.answer_deadline
    return None


def still_right(letter, now=None):
    """"" where the letter may be sent, else the code (in PROBLEMS) of what has changed since it was written.

    Looks at the rows as they are now; give it a letter with its relations freshly read.
    """
    now = now or timezone.now()
    kind = of(letter.kind)
    return (
        _recipient_is_wrong(letter)
        or (_workshop_is_wrong(letter, kind, now) if letter.workshop_id else "")
        or (_state_is_wrong(letter, kind, now))
        or _link_is_wrong(letter, kind, now)
    )


def _recipient_is_wrong(letter):
    # A record that was removed leaves the letter without its person, request and registration.
    person = letter.person or (letter.registration.person if letter.registration_id else None)
    if person is not None and person.anonymised_at:
        return "nobody"
    if not (letter.registration_id or letter.request_id or letter.person_id or letter.certificate_id):
        return "nobody"
    return ""


def _workshop_is_wrong(letter, kind, now):
    workshop = letter.workshop
    status = Status(workshop.status)
    if kind.statuses:
        if status not in kind.statuses:
            return "workshop-takes-place"
    elif status == Status.CANCELLED:
        return "workshop-cancelled"
    elif status == Status.POSTPONED:
        return "workshop-postponed"
    if terms.is_over(workshop, now) and not kind.after_the_end and status != Status.CANCELLED:
        return "workshop-over"
    sequence = re.search(r"^SEQUENCE:(\d+)\s*$", letter.calendar, re.MULTILINE)
    if sequence and int(sequence[1]) < workshop.ics_sequence:
        return "plan-changed"
    return ""


def _state_is_wrong(letter, kind, now):
    registration, request, certificate = letter.registration, letter.request, letter.certificate
    if letter.kind == "certificate" and (certificate is None or certificate.status != Certificate.Status.ISSUED):
        return "certificate"
    if letter.kind == "certificate-revoked" and (certificate is None or certificate.status != Certificate.Status.REVOKED):
        return "certificate"
    if registration is not None and kind.states and registration.state not in kind.states:
        return "state"
    if request is not None and kind.asked and request.state not in kind.asked:
        return "not-asked" if request.state == Asked.DRAFT else "answered"
    if kind.answers:
        until = deadline_of(registration=registration, request=request, workshop=letter.workshop)
        # What was late already when it was written speaks of it so.
        if until and letter.created_at < until <= now:
            return "late"
    return ""


def _link_is_wrong(letter, kind, now):
    if kind.link == "certificate":
        return ""
    if letter.link_id is None:
        return "link-missing" if kind.link else ""
    link = letter.link
    if link.revoked_at or (link.expires_at and link.expires_at <= now):
        return "link-dead"
    return ""
