"""What is due: what there is to do for the workshops at hand, each line a verb with its link, and whose turn it is."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workshops import standing
from workshops.models import Form, Workshop

# Days before the first day from which a missing venue, and the workshop itself, call for somebody.
VENUE_DUE = 30
SOON = 14
NEAR = 7
# An evaluation is asked for until so many days after the last day; under this share of answers it says little.
ASK_FOR_EVALUATION = 14
ENOUGH_ANSWERS = 0.5
# A report whose day nobody has set is expected so many days after the last one.
REPORT_AFTER = 30
LATE, TODAY, LATER = range(3)

Status = Workshop.Status


class Turn(models.TextChoices):
    """Whose turn it is: who has to act before anything goes on."""

    OFFICE = "office", gettext_lazy("the office")
    INSTITUTION = "institution", gettext_lazy("institutions")
    OFFICIAL = "official", gettext_lazy("officials")
    DESK = "desk", gettext_lazy("the desk at the door")
    REPORT = "report", gettext_lazy("who writes the report")


@dataclass
class Line:
    """One thing to do. `when` is how late it is or how soon, in words; `who` names those whose turn it is."""

    urgency: int
    days: int
    text: str
    url: str
    workshop: Workshop
    icon: str
    when: str = ""
    turn: Turn = Turn.OFFICE
    who: str = ""

    @property
    def css(self):
        return {LATE: "late", TODAY: "soon"}.get(self.urgency, "")

    @property
    def waits_for(self):
        """Whose turn it is, by name where somebody outside is waited for."""
        return self.who if self.who and self.turn != Turn.OFFICE else self.turn.label


@dataclass
class Found:
    """All lines, the most urgent first, and how workshops stand from which they were worked out."""

    lines: list = field(default_factory=list)
    standings: dict = field(default_factory=dict)


def find(workshops=None, *, today=None):
    """What is due for the workshops at hand, or for those of a queryset; as many queries as `standing.of` needs."""
    today = today or timezone.localdate()
    standings = standing.of(standing.at_hand(today) if workshops is None else workshops, today=today)
    lines = [line for one in standings.values() for line in lines_of(one)]
    return Found(sorted(lines, key=lambda line: (line.urgency, line.days, str(line.workshop))), standings)


def lines(user):
    """What a user has to do: an organiser all of it, the desk what is at the door, an editor nothing."""
    if not user.works_at_the_desk:
        return []
    found = find().lines
    return found if user.runs_workshops else [line for line in found if line.turn == Turn.DESK]


def issues(turn="", *, today=None):
    """(lines, {turn: how many}) of all workshops at hand; only those of one turn where it is given."""
    found = find(today=today).lines
    numbers = {each: sum(line.turn == each for line in found) for each in Turn}
    return [line for line in found if not turn or line.turn == turn], numbers


# Line by line, in the order of a workshop's life ------------------------------------------------------------------


def lines_of(stands):
    """The lines of one workshop as it stands."""
    status = stands.workshop.status
    yield from _letters(stands)
    if status == Status.CANCELLED:
        return
    if status == Status.POSTPONED:
        yield _line(stands, LATER, 400, _("Set new dates"), "workshop_move", icon="calendar")
        return
    if stands.is_over:
        yield from _after(stands)
    else:
        yield from _plan(stands)
        yield from _nomination(stands)
        yield from _answers(stands)
        yield from _preparation(stands)
    yield from _attendance(stands)
    yield from _checklist(stands)


def _plan(stands):
    workshop, to_start = stands.workshop, stands.to_start
    if not stands.is_dated:
        yield _line(stands, LATER, 380, _("Fix the days"), "workshop_edit", icon="calendar")
    if to_start is not None and to_start <= VENUE_DUE and not stands.has_venue:
        yield _line(stands, LATE if to_start <= NEAR else TODAY, to_start, _("Name the venue"), "workshop_edit", icon="place", when=in_days(to_start))
    if workshop.capacity is None and workshop.status != Status.DRAFT:
        yield _line(stands, TODAY, to_start or 0, _("Say how many places there are"), "workshop_edit", icon="seat", when=in_days(to_start))
    if not stands.allocations and workshop.status != Status.RUNNING:
        urgency = TODAY if workshop.status == Status.NOMINATING else LATER
        yield _line(stands, urgency, to_start or 0, _("Share out the seats"), "seats_edit", icon="seat", when=in_days(to_start))
    if workshop.status == Status.DRAFT and to_start is not None and to_start <= 60:
        yield _line(stands, LATER, to_start, _("Open the nominations"), "workshop", icon="people", when=in_days(to_start))


def _nomination(stands):
    workshop, now, to_start = stands.workshop, stands.now, stands.to_start
    if workshop.status == Status.DRAFT:
        return
    deadline = workshop.nomination_deadline
    if missing := stands.not_asked:
        urgency = LATE if deadline and deadline <= now + timedelta(days=NEAR) else TODAY
        one, many = _("Send %(who)s the letter of invitation"), ngettext("Send %(number)d institution its letter of invitation", "Send %(number)d institutions their letters of invitation", len(missing))
        yield _line(stands, urgency, to_start or 0, _one_or_many(missing, one, many), "institutions", icon="mail", who=_names(missing))
    late = stands.late_requests
    if late:
        since = min(request.deadline or deadline for request in late)
        days = (stands.today - timezone.localdate(since)).days
        who = [request.organisation for request in late]
        text = _one_or_many(who, _("Remind %(who)s of its nominations"), ngettext("Remind %(number)d institution of its nominations", "Remind %(number)d institutions of their nominations", len(late)))
        yield _line(stands, LATE, -days, text, "institutions", icon="institution", when=days_late(days), turn=Turn.INSTITUTION, who=_names(who))
    if (empty := stands.kept_for_nobody) and workshop.is_open:
        number, who = sum(kept for _body, kept in empty), [body for body, _kept in empty]
        text = _("Release %(number)s of %(who)s, which sends nobody") if len(who) == 1 else _("Release %(number)s of %(who)s, which send nobody")
        seats = ngettext("%(number)d seat", "%(number)d seats", number) % {"number": number}
        yield _line(stands, TODAY, to_start or 0, text % {"number": seats, "who": _names(who)}, "seats", "#release", icon="seat", when=in_days(to_start))
    coming = [(request.organisation, until) for request, until in stands.open_requests if request not in late]
    if coming:
        untils = [timezone.localdate(until) for _who, until in coming if until]
        days = (min(untils) - stands.today).days if untils else None
        who = [organisation for organisation, _until in coming]
        text = _one_or_many(who, _("Wait for the names from %(who)s"), ngettext("Wait for the names from %(number)d institution", "Wait for the names from %(number)d institutions", len(who)))
        urgency = TODAY if days is not None and days <= 3 else LATER
        yield _line(stands, urgency, 300 if days is None else days, text, "institutions", icon="institution", when=in_days(days), turn=Turn.INSTITUTION, who=_names(who))
    for batch, number, read_in_at in stands.doubtful:
        text = ngettext("Mend %(number)d row of a list", "Mend %(number)d rows of a list", number) % {"number": number}
        days = (stands.today - timezone.localdate(read_in_at)).days
        yield Line(TODAY, -days, text, reverse("staff:list_show", args=[workshop.slug, batch]), workshop, "list")
    if stands.undecided:
        text = ngettext("Decide about %(number)d nomination", "Decide about %(number)d nominations", stands.undecided) % {"number": stands.undecided}
        late_by = (stands.today - timezone.localdate(deadline)).days if deadline else None
        if deadline and deadline <= now:
            yield _line(stands, LATE, -late_by, text, "participants", "?state=nominated", icon="warning", when=days_late(late_by))
        else:
            yield _line(stands, LATER, 365 if late_by is None else -late_by, text, "participants", "?state=nominated", icon="people", when="" if late_by is None else in_days(-late_by))
    if workshop.open_deputies:
        text = ngettext("Decide about %(number)d proposed deputy", "Decide about %(number)d proposed deputies", workshop.open_deputies) % {"number": workshop.open_deputies}
        if workshop.open_deputies == 1:
            url = reverse("staff:registration_deputy", args=[workshop.slug, workshop.first_deputy])
            yield Line(TODAY, to_start or 0, text, url, workshop, "swap", in_days(to_start))
        else:
            yield _line(stands, TODAY, to_start or 0, text, "participants", "?state=deputy", icon="swap", when=in_days(to_start))
    # Who may still name somebody is not asked for more, and nobody is once the days have begun.
    still_naming = {organisation.pk for organisation, _until in coming}
    short = [(row, number) for row, number in stands.short_of_women if row.organisation_id not in still_naming]
    if short and (to_start is None or to_start > 0):
        missing = sum(number for _row, number in short)
        who = [row.organisation for row, _number in short]
        text = ngettext("Ask for %(number)d woman more", "Ask for %(number)d women more", missing) % {"number": missing}
        yield _line(stands, LATER, to_start or 0, text, "institutions", icon="people", when=in_days(to_start), turn=Turn.INSTITUTION, who=_names(who))


def _answers(stands):
    workshop, now, to_start = stands.workshop, stands.now, stands.to_start
    if stands.offers_ending:
        late = stands.offers_end <= now
        text = ngettext("Call %(number)d official whose offer ends within a day", "Call %(number)d officials whose offers end within a day", stands.offers_ending) % {"number": stands.offers_ending}
        yield _line(stands, LATE if late else TODAY, -1, text, "call_list", fallback=("participants", "?state=invited"), icon="phone", when=_("today"), turn=Turn.OFFICIAL)
    silent = stands.invited - stands.offers_ending
    if silent > 0:
        until = workshop.answer_deadline
        days = (timezone.localdate(until) - stands.today).days if until else to_start
        text = ngettext("Call %(number)d invited official who has not answered", "Call %(number)d invited officials who have not answered", silent) % {"number": silent}
        passed = until is not None and until <= now
        urgency = LATE if passed else TODAY if days is not None and days <= (3 if until else SOON) else LATER
        when = days_late(-days) if passed else in_days(days)
        yield _line(stands, urgency, 300 if days is None else days, text, "call_list", fallback=("participants", "?state=invited"), icon="phone", when=when, turn=Turn.OFFICIAL)
    if stands.seatable:
        text = ngettext("Give %(number)d free seat to the waiting list", "Give %(number)d free seats to the waiting list", stands.seatable) % {"number": stands.seatable}
        yield _line(stands, TODAY, to_start or 0, text, "waiting_list", fallback=("participants", "?state=waitlisted"), icon="waiting", when=in_days(to_start))
    elif stands.free and to_start is not None and 0 <= to_start <= SOON and workshop.status != Status.DRAFT and not workshop.is_frozen:
        text = ngettext("Fill %(number)d free seat", "Fill %(number)d free seats", stands.free) % {"number": stands.free}
        yield _line(stands, TODAY if to_start <= NEAR else LATER, to_start, text, "institutions", icon="seat", when=in_days(to_start))


def _preparation(stands):
    workshop, to_start = stands.workshop, stands.to_start
    if to_start is None or to_start > SOON or workshop.status == Status.DRAFT:
        return
    urgency = TODAY if to_start <= NEAR else LATER
    if not workshop.has_version and has_page("programme"):
        text = _("Publish the programme") if workshop.has_items else _("Write the programme")
        yield _line(stands, urgency, to_start, text, "programme", icon="calendar", when=in_days(to_start))
    if to_start <= NEAR and has_page("learning"):
        if not stands.is_ready(Form.Kind.PRE):
            yield _line(stands, TODAY if to_start <= 2 else LATER, to_start, _("Prepare the test before"), "learning", icon="document", when=in_days(to_start))
        if not stands.is_ready(Form.Kind.EVALUATION):
            yield _line(stands, LATER, to_start, _("Prepare the evaluation"), "learning", icon="document", when=in_days(to_start))
    if workshop.status in {Status.NOMINATING, Status.CONFIRMED, Status.RUNNING}:
        text = _("Open the list of participants") if to_start <= 0 else _("Check the list of participants")
        page = "door" if to_start <= 0 else "participants"
        yield _line(stands, TODAY if to_start <= 3 else LATER, to_start, text, page, fallback=("participants", ""), icon="list", when=in_days(to_start), turn=Turn.DESK)


def _attendance(stands):
    missing = stands.days_without_attendance
    if not stands.confirmed or not missing:
        return
    if len(missing) == 1:
        text = _("Type in the attendance of %(day)s") % {"day": date_format(missing[0].on, "MONTH_DAY_FORMAT")}
    else:
        text = ngettext("Type in the attendance of %(number)d day", "Type in the attendance of %(number)d days", len(missing)) % {"number": len(missing)}
    days = (stands.today - missing[0].on).days
    yield _line(stands, LATE, -days, text, "attendance", icon="check", when=days_late(days), turn=Turn.DESK)


def _after(stands):
    workshop, days = stands.workshop, stands.since_end
    if workshop.status == Status.DRAFT:
        yield _line(stands, TODAY, -days, _("Set new dates"), "workshop_edit", icon="calendar", when=days_late(days))
    elif workshop.status != Status.COMPLETED:
        yield _line(stands, TODAY, -days, _("Close the workshop: its last day is over"), "workshop", icon="check", when=days_late(days))
    evaluation = stands.form(Form.Kind.EVALUATION)
    if evaluation and evaluation.state != Form.State.DRAFT and days <= ASK_FOR_EVALUATION and stands.attended:
        if evaluation.answered < stands.attended * ENOUGH_ANSWERS:
            text = _("Ask for the evaluation: %(answered)d of %(all)d have answered") % {"answered": evaluation.answered, "all": stands.attended}
            yield _line(stands, TODAY, -days, text, "learning", icon="document", turn=Turn.OFFICIAL)
    if stands.certificates_due and has_page("certificates") and not stands.days_without_attendance:
        text = ngettext("Issue %(number)d certificate that is due", "Issue %(number)d certificates that are due", stands.certificates_due) % {"number": stands.certificates_due}
        # What falls short of the attendance required stays without one; somebody has to look, but nothing burns.
        yield _line(stands, TODAY if not workshop.certified else LATER, -days, text, "certificates", icon="document")
    if workshop.reported_at is None and (workshop.report_due_on or workshop.funder_id or workshop.project_id) and stands.registered:
        due_on = workshop.report_due_on or stands.ends_on + timedelta(days=REPORT_AFTER)
        left = (due_on - stands.today).days
        urgency = LATE if left < 0 else TODAY if left <= SOON else LATER
        when = days_late(-left) if left < 0 else in_days(left)
        yield _line(stands, urgency, left, _("Send the report to the donor"), "report", fallback=("workshop", ""), icon="document", when=when, turn=Turn.REPORT)


def _letters(stands):
    if not has_page("letters"):
        return
    failed, bounced, no_address, drafts = (stands.letters.get(name, 0) for name in ("failed", "bounced", "no_address", "drafts"))
    if failed:
        text = ngettext("Look after %(number)d letter that failed", "Look after %(number)d letters that failed", failed) % {"number": failed}
        yield _line(stands, LATE, 0, text, "letters", "?state=failed", icon="warning")
    if bounced:
        text = ngettext("Reach the reader of %(number)d letter that came back", "Reach the readers of %(number)d letters that came back", bounced) % {"number": bounced}
        yield _line(stands, LATE, 0, text, "letters", "?state=bounced", icon="warning")
    if drafts:
        text = ngettext("Read and send %(number)d letter", "Read and send %(number)d letters", drafts) % {"number": drafts}
        yield _line(stands, TODAY, 0, text, "letters", "?state=draft", icon="mail")
    if no_address:
        text = ngettext("Find the address of %(number)d reader, or call", "Find the addresses of %(number)d readers, or call", no_address) % {"number": no_address}
        yield _line(stands, TODAY, 1, text, "letters", "?state=no-address", icon="phone")


def _checklist(stands):
    """What is late; when the workshop is over, nobody prepares it any more."""
    late = [
        item for item in stands.checklist
        if stands.is_dated and stands.due_on(item) < stands.today and not stands.is_done(item) and (item.offset_days >= 0 or not stands.is_over)
    ]  # fmt: skip
    if not late:
        return
    # What was due before the workshop was created is due now.
    days = max(((stands.today - stands.due_on(item)).days for item in late if not stands.was_due_before(item)), default=0)
    if len(late) == 1:
        text = _("Tick off: %(what)s") % {"what": late[0]}
    else:
        text = ngettext("See to %(number)d overdue thing of the checklist", "See to %(number)d overdue things of the checklist", len(late)) % {"number": len(late)}
    yield _line(stands, LATE if stands.to_start is not None and 0 <= stands.to_start <= NEAR else TODAY, -days, text, "checklist", icon="list", when=days_late(days) if days else _("as soon as possible"))


# Words and addresses ----------------------------------------------------------------------------------------------


def _line(stands, urgency, days, text, page, query="", *, icon, when="", turn=Turn.OFFICE, who="", fallback=None):
    url = address(page, stands.workshop.slug)
    if url:
        url += query
    else:
        name, query = fallback or ("workshop", "")
        url = address(name, stands.workshop.slug) + query
    return Line(urgency, days, text, url, stands.workshop, icon, when, turn, who)


@cache
def _exists(name):
    try:
        return bool(reverse(f"staff:{name}", args=["x"]))
    except NoReverseMatch:
        return False


def address(name, slug):
    """The address of a page of a workshop's workspace; "" where there is no such page."""
    return reverse(f"staff:{name}", args=[slug]) if _exists(name) else ""


def has_page(name):
    return bool(address(name, "x"))


def _one_or_many(organisations, one, many):
    if len(organisations) == 1:
        return one % {"who": organisations[0]}
    return many % {"number": len(organisations)}


def _names(organisations, most=3):
    """"MFA, MoF, NSO and 4 more"."""
    short = [organisation.short_name for organisation in organisations]
    shown = ", ".join(short[:most])
    more = len(short) - most
    return _("%(names)s and %(number)d more") % {"names": shown, "number": more} if more > 0 else shown


def days_late(days):
    if days <= 0:
        return _("today")
    return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}


def in_days(days):
    if days is None:
        return ""
    if days < 0:
        return _("under way")
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
