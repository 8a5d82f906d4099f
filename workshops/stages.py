"""The stages of a workshop's life, what is done of each, and the one thing to do next.

For somebody who knows workshops but not this portal: each step says what it is for, and leads to the page where it is done.
"""

from dataclasses import dataclass, field

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from workshops import due, terms
from workshops.models import Form, Workshop

Status = Workshop.Status


class Stage(models.TextChoices):
    PLAN = "plan", pgettext_lazy("stage", "Plan")
    NOMINATE = "nominate", pgettext_lazy("stage", "Nominate")
    INVITE = "invite", pgettext_lazy("stage", "Invite")
    PREPARE = "prepare", pgettext_lazy("stage", "Prepare")
    RUN = "run", pgettext_lazy("stage", "Run")
    CLOSE = "close", pgettext_lazy("stage", "Close")
    REPORT = "report", pgettext_lazy("stage", "Report")


@dataclass
class Step:
    """One thing of a stage: a verb, what it is for, whether it is done, and where; `post` is a status that a press sets.

    One that is `optional` does not hold the stage up. `amount` is how far it is, in words.
    """

    text: str
    why: str
    done: bool
    url: str = ""
    post: str = ""
    optional: bool = False
    amount: str = ""


@dataclass
class Part:
    """A stage with its steps. `place`: done, open (behind us with something left), current, to-come."""

    stage: Stage
    steps: list
    place: str = "to-come"

    @property
    def is_done(self):
        return all(step.done or step.optional for step in self.steps)

    @property
    def next(self):
        """The first step that is not done, those that hold the stage up before the others."""
        waiting = [step for step in self.steps if not step.done]
        return next((step for step in waiting if not step.optional), next(iter(waiting), None))


@dataclass
class Life:
    """`current` is the stage at hand and `next` its next step; both None where the workshop is over and done, put off or
    called off. `ready`: all that can be done before the first day is done."""

    parts: list = field(default_factory=list)
    current: Part | None = None
    ready: bool = False

    @property
    def next(self):
        return self.current.next if self.current else None


STEPS = {}


def life(stands):
    """The stages of a workshop as it stands."""
    parts = [Part(stage, [step for step in STEPS[stage](stands) if step]) for stage in Stage]
    if stands.workshop.status in {Status.POSTPONED, Status.CANCELLED}:
        return Life(parts)
    by = {part.stage: part for part in parts}
    open_parts = [part for part in parts if not part.is_done]
    current = open_parts[0] if open_parts else None
    ready = False
    # The calendar decides as well: on its days a workshop runs, whatever was left open, and after them it is closed.
    if stands.is_over and stands.workshop.status != Status.COMPLETED:
        current = by[Stage.CLOSE]
    elif stands.workshop.status == Status.COMPLETED or stands.is_over:
        after = [part for part in (by[Stage.CLOSE], by[Stage.REPORT]) if not part.is_done]
        current = after[0] if after else None
    elif stands.workshop.status == Status.RUNNING or (stands.has_begun and stands.workshop.status != Status.DRAFT):
        current = by[Stage.RUN]
        if stands.is_marked and current.next is None:
            # The last day is marked and nobody is left to be asked: what follows need not wait for tomorrow.
            current = by[Stage.CLOSE]
    elif current and list(Stage).index(current.stage) >= list(Stage).index(Stage.RUN):
        ready, current = True, by[Stage.RUN]
    passed = True
    for part in parts:
        if part is current:
            part.place, passed = "current", False
        elif passed:
            part.place = "done" if part.is_done else "open"
    return Life(parts, current, ready)


def steps_of(stage):
    def keep(function):
        STEPS[stage] = function
        return function

    return keep


def _page(stands, name, query=""):
    url = due.address(name, stands.workshop.slug)
    return url + query if url else ""


@steps_of(Stage.PLAN)
def _plan(stands):
    workshop = stands.workshop
    edit = _page(stands, "workshop_edit")
    yield Step(_("Fix the days"), _("The first and the last day: deadlines and letters hang on them."), stands.is_dated, edit)
    yield Step(_("Name the venue"), _("House and room, as they stand in letters and calendars. It may follow until the joining instructions."), stands.has_venue, edit, optional=True)
    yield Step(_("Say how many places there are"), _("So that no seat is given twice."), workshop.capacity is not None, edit)
    yield Step(_("Share out the seats"), _("Which institutions are invited, and how many seats each has for sure and at most."), bool(stands.allocations), _page(stands, "seats_edit"))
    yield Step(
        _("Name who answers questions"), _("A telephone number or an e-mail address: it stands in letters and on the pages of those invited."),
        terms.has_contact(workshop), f"{edit}#id_contact_name" if edit else "", optional=True,
    )  # fmt: skip
    yield Step(_("Open the nominations"), _("The workshop leaves the draft: letters can go out, and its page is public if it may be."), workshop.status != Status.DRAFT, post=Status.NOMINATING)


@steps_of(Stage.NOMINATE)
def _nominate(stands):
    institutions = _page(stands, "institutions")
    every, missing, still = len(stands.allocations), len(stands.not_asked), len(stands.open_requests)
    asked = every - missing
    yield Step(
        _("Send the letters to the institutions"), _("Each gets its letter with the seats, the deadline and a link on which the focal point names officials."),
        bool(every) and not missing, institutions, amount=_of(asked, every) if every else "",
    )  # fmt: skip
    yield Step(
        _("Receive the nominations"), _("They come in by the link; what comes on paper or by telephone you type or read in. Remind those who are late."),
        bool(stands.registered or stands.requests) and not still and not missing, institutions,
        amount=ngettext("%(number)d institution has not answered in full", "%(number)d institutions have not answered in full", still) % {"number": still} if still else "",
    )  # fmt: skip
    if every and not missing and not still and not stands.registered:
        yield Step(
            _("Find other officials"), _("All institutions have answered and nobody is named: share out the seats anew, or register officials yourself."),
            False, _page(stands, "seats_edit"),
        )  # fmt: skip
    if stands.doubtful:
        batch, number, _at = stands.doubtful[0]
        yield Step(
            _("Say who is meant on a list"), _("Somebody on it may be in the directory already, or a row must be mended."),
            False, reverse("staff:list_show", args=[stands.workshop.slug, batch]),
            amount=ngettext("%(number)d row", "%(number)d rows", number) % {"number": number},
        )  # fmt: skip
    yield Step(
        _("Decide about the nominations"), _("Invite, confirm or put on the waiting list; the portal watches the seats."),
        bool(stands.registered) and not stands.undecided,
        _page(stands, "participants", "?state=nominated" if stands.undecided else ""),
        amount=ngettext("%(number)d undecided", "%(number)d undecided", stands.undecided) % {"number": stands.undecided} if stands.undecided else "",
    )  # fmt: skip


@steps_of(Stage.INVITE)
def _invite(stands):
    workshop = stands.workshop
    if not stands.held:
        yield Step(
            _("Invite officials"), _("Nobody holds a seat yet: tick those who shall come, and invite or confirm them."), False,
            _page(stands, "waiting_list") if stands.seatable else _page(stands, "participants", "?state=live"),
        )  # fmt: skip
    yield Step(
        _("Have the answers of those invited"), _("Each has a link of their own and says yes or no; whom it does not reach, you call."),
        bool(stands.held) and not stands.invited, _page(stands, "call_list") or _page(stands, "participants", "?state=invited"),
        amount=ngettext("%(number)d has not answered", "%(number)d have not answered", stands.invited) % {"number": stands.invited} if stands.invited else "",
    )  # fmt: skip
    yield Step(
        _("Fill the free seats"), _("First alternates of the same institution, then the waiting list in its order."),
        stands.free == 0 or workshop.is_frozen or workshop.status in {Status.CONFIRMED, Status.RUNNING, Status.COMPLETED} and not stands.seatable,
        _page(stands, "waiting_list" if stands.waiting or stands.reserve else "institutions"),
        optional=not stands.seatable, amount=ngettext("%(number)d seat is free", "%(number)d seats are free", stands.free) % {"number": stands.free} if stands.free else "",
    )  # fmt: skip
    yield _confirm(workshop)


def _confirm(workshop):
    return Step(
        _("Confirm the workshop"), _("It takes place with those who have said yes."),
        workshop.status in {Status.CONFIRMED, Status.RUNNING, Status.COMPLETED}, post=Status.CONFIRMED,
    )  # fmt: skip


@steps_of(Stage.PREPARE)
def _prepare(stands):
    joined = stands.letters.get("joining", 0)
    if not stands.has_venue:
        yield Step(_("Name the venue"), _("House and room stand in the joining instructions."), False, _page(stands, "workshop_edit"))
    if url := _page(stands, "programme"):
        yield Step(_("Publish the programme"), _("Days, sessions and speakers; participants see it by their link and in their calendar."), stands.workshop.has_version, url)
    if url := _page(stands, "letters"):
        yield Step(
            _("Send the joining instructions"), _("Where, when, what to bring, and the days for the calendar, to all who come."),
            bool(stands.confirmed) and joined >= stands.confirmed, url, amount=_of(joined, stands.confirmed) if stands.confirmed else "",
        )  # fmt: skip
    if url := _page(stands, "learning"):
        ready = stands.is_ready(Form.Kind.PRE) and stands.is_ready(Form.Kind.EVALUATION)
        yield Step(_("Prepare test and evaluation"), _("Answered on the phone; they show what was learnt."), ready, url, optional=True)
    if url := _page(stands, "badges"):
        yield Step(_("Print badges and name tents"), _("With the code that the desk reads at the door."), stands.has_begun, url, optional=True)
    if url := _page(stands, "attendance"):
        yield Step(_("Print the sign-in sheets"), _("A list for signatures for each day; it also serves should the network fail."), stands.has_begun, url, optional=True)


@steps_of(Stage.RUN)
def _run(stands):
    workshop = stands.workshop
    begun = workshop.status in {Status.RUNNING, Status.COMPLETED}
    if workshop.status == Status.NOMINATING and stands.has_begun:
        yield _confirm(workshop)
    yield Step(_("Begin the workshop"), _("On the first morning: the desk can check people in."), begun, post=Status.RUNNING if stands.has_begun else "", url="" if stands.has_begun else _page(stands, "participants"))
    past = [day for day in stands.days if day.on <= stands.today]
    taken = sum(bool(day.present) for day in past)
    yield Step(
        _("Take attendance each day"), _("By badge or from the list at the door; certificates and the report rest on it."),
        bool(past) and taken == len(past) and (stands.is_over or stands.is_marked), _page(stands, "door") or _page(stands, "participants"),
        amount=_("%(number)d of %(all)d days") % {"number": taken, "all": len(stands.days)} if past else "",
    )  # fmt: skip
    evaluation = stands.form(Form.Kind.EVALUATION)
    if url := _page(stands, "learning"):
        yield Step(
            _("Ask for test after and evaluation"), _("Before people leave the room: later few answer."), bool(evaluation and evaluation.answered), url,
            optional=True, amount=_("%(number)d answers") % {"number": evaluation.answered} if evaluation else "",
        )  # fmt: skip


@steps_of(Stage.CLOSE)
def _close(stands):
    workshop, missing = stands.workshop, len(stands.days_without_attendance)
    if workshop.status == Status.DRAFT and stands.is_over:
        yield Step(_("Set new dates"), _("Its days are over and it is still a draft: give it other days, or call it off."), False, _page(stands, "workshop_edit"))
        return
    if stands.days and stands.confirmed:
        yield Step(
            _("Complete the attendance"), _("Type in the signed sheets; attach their scans."),
            (stands.is_over or stands.is_marked or workshop.status == Status.COMPLETED) and not missing, _page(stands, "attendance"),
            amount=ngettext("%(number)d day is missing", "%(number)d days are missing", missing) % {"number": missing} if missing else "",
        )  # fmt: skip
    if workshop.status == Status.NOMINATING and stands.is_over:
        yield _confirm(workshop)
    yield Step(_("Close the workshop"), _("Its last day is over: nobody is registered any more."), workshop.status == Status.COMPLETED, post=Status.COMPLETED)
    if url := _page(stands, "certificates"):
        waits = stands.attended and not workshop.certified and stands.is_over and not missing
        if waits and not stands.certificates_due:
            # All fall short of the attendance that is asked: no press can issue one.
            return
        yield Step(
            _("Issue the certificates"), _("To those who attended enough; the page says who falls short and by what."),
            bool(workshop.certified) or not stands.attended and stands.is_over and not missing, url,
            amount=_of(workshop.certified, stands.attended) if stands.attended else "",
        )  # fmt: skip


@steps_of(Stage.REPORT)
def _report(stands):
    if url := _page(stands, "press"):
        yield Step(_("Publish a news item"), _("The portal drafts it in both languages from what it knows."), stands.workshop.has_news, url, optional=True)
    yield Step(
        _("Send the report to the donor"), _("Participants, attendance, what was learnt and how it was judged, ready to be checked."),
        stands.workshop.reported_at is not None, _page(stands, "report"),
    )  # fmt: skip


def _of(number, every):
    return _("%(number)d of %(all)d") % {"number": min(number, every), "all": every}


HEADINGS = {
    Stage.PLAN: gettext_lazy("The plan is being made"),
    Stage.NOMINATE: gettext_lazy("Institutions name their officials"),
    Stage.INVITE: gettext_lazy("Officials are invited and answer"),
    Stage.PREPARE: gettext_lazy("All is made ready for the first day"),
    Stage.RUN: gettext_lazy("The days of the workshop"),
    Stage.CLOSE: gettext_lazy("What is left after the last day"),
    Stage.REPORT: gettext_lazy("The donor and the public are told"),
}
