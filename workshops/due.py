"""What is due: the lines of the first staff page, worked out from the workshops that are not over."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import ImportRow, Verdict
from workshops.models import Registration, SeatAllocation, State, Workshop
from workshops.seats import Places

# Days before the first day from which a missing venue, and the workshop itself, call for somebody.
VENUE_DUE = 30
SOON = 14
LATE, TODAY, LATER = range(3)

Status = Workshop.Status


@dataclass
class Line:
    """One thing to do: a verb with its link. `when` is how late it is or how soon, in words."""

    urgency: int
    days: int
    text: str
    url: str
    workshop: Workshop
    icon: str
    when: str = ""

    @property
    def css(self):
        return {LATE: "late", TODAY: "soon"}.get(self.urgency, "")


def lines(user):
    """What needs doing, the most urgent first; four queries for an organiser, one for the desk, none for an editor."""
    today = timezone.localdate()
    if not user.works_at_the_desk:
        return []
    if not user.runs_workshops:
        near = Workshop.objects.upcoming(today).filter(starts_on__lte=today + timedelta(days=SOON), status__in=[Status.CONFIRMED, Status.RUNNING, Status.NOMINATING])
        return [_open_list(workshop, today) for workshop in near.order_by("starts_on")]
    counted = Q(registrations__counts=True)
    open_workshops = (
        Workshop.objects.exclude(status__in=[Status.COMPLETED, Status.CANCELLED])
        .filter(Q(starts_on=None) | Q(starts_on__gte=today - timedelta(days=366)))
        .annotate(
            undecided=Count("registrations", filter=Q(registrations__state=State.NOMINATED) & counted),
            waiting=Count("registrations", filter=Q(registrations__state=State.WAITLISTED) & counted),
            has_seats_shared=Exists(SeatAllocation.objects.filter(workshop=OuterRef("pk"))),
        )
        .defer("description_en", "description_mn", "summary_en", "summary_mn")
    )
    open_workshops = list(open_workshops)
    seatable = _seatable([workshop for workshop in open_workshops if workshop.waiting and not workshop.is_frozen])
    found = [line for workshop in open_workshops for line in _lines_of(workshop, today, seatable.get(workshop.pk, 0))]
    found += _lists_to_mend(today)
    return sorted(found, key=lambda line: (line.urgency, line.days, str(line.workshop)))


def _seatable(workshops):
    """How many of those who wait could have a seat now, their institution's maximum and seats kept for others considered:
    {workshop: number}. Two queries."""
    if not workshops:
        return {}
    allocations = {}
    for row in SeatAllocation.objects.filter(workshop__in=workshops):
        allocations.setdefault(row.workshop_id, {})[row.organisation_id] = row
    places = {workshop.pk: Places(workshop.capacity, workshop.seats_held, allocations.get(workshop.pk, {})) for workshop in workshops}
    found = {}
    waiting = Registration.objects.filter(workshop__in=workshops, counts=True).waiting().values_list("workshop", "organisation")
    for workshop, organisation in waiting:
        if places[workshop].free(organisation) != 0:
            places[workshop].take(organisation)
            found[workshop] = found.get(workshop, 0) + 1
    return found


def _lines_of(workshop, today, seatable):
    slug = workshop.slug
    to_start = (workshop.starts_on - today).days if workshop.starts_on and workshop.precision == "day" else None
    ends_on = workshop.ends_on or workshop.starts_on
    participants = reverse("staff:participants", args=[slug])
    if workshop.status == Status.POSTPONED:
        yield Line(LATER, 400, _("Set new dates"), reverse("staff:workshop_edit", args=[slug]), workshop, "calendar")
        return
    if workshop.precision == "day" and ends_on and ends_on < today:
        days = (today - ends_on).days
        yield Line(TODAY, -days, _("Close the workshop: its last day is over"), workshop.workspace_url, workshop, "check", days_late(days))
        return
    if workshop.undecided:
        text = ngettext("Decide about %(number)d nomination", "Decide about %(number)d nominations", workshop.undecided) % {"number": workshop.undecided}
        address = f"{participants}?state=nominated"
        deadline = workshop.nomination_deadline
        if deadline and deadline <= timezone.now():
            days = (today - timezone.localdate(deadline)).days
            yield Line(LATE, -days, text, address, workshop, "warning", days_late(days))
        else:
            days = (timezone.localdate(deadline) - today).days if deadline else 365
            yield Line(LATER, days, text, address, workshop, "people", in_days(days) if deadline else "")
    if seatable:
        text = ngettext("Give %(number)d free seat to the waiting list", "Give %(number)d free seats to the waiting list", seatable) % {"number": seatable}
        yield Line(TODAY, to_start or 0, text, f"{participants}?state=waitlisted", workshop, "waiting", in_days(to_start))
    if to_start is not None and to_start <= VENUE_DUE and not (workshop.venue_en or workshop.venue_mn):
        urgency = LATE if to_start <= 7 else TODAY
        yield Line(urgency, to_start, _("Name the venue"), reverse("staff:workshop_edit", args=[slug]), workshop, "place", in_days(to_start))
    if workshop.capacity is None and workshop.status != Status.DRAFT:
        yield Line(TODAY, to_start or 0, _("Say how many places there are"), reverse("staff:workshop_edit", args=[slug]), workshop, "seat", in_days(to_start))
    if not workshop.has_seats_shared and workshop.status != Status.RUNNING:
        urgency = TODAY if workshop.status == Status.NOMINATING else LATER
        yield Line(urgency, to_start or 0, _("Share out the seats"), reverse("staff:seats_edit", args=[slug]), workshop, "seat", in_days(to_start))
    if workshop.status == Status.DRAFT and to_start is not None and to_start <= 60:
        yield Line(LATER, to_start, _("Open the nominations"), workshop.workspace_url, workshop, "people", in_days(to_start))
    if to_start is not None and to_start <= SOON and workshop.status in {Status.NOMINATING, Status.CONFIRMED, Status.RUNNING}:
        yield _open_list(workshop, today)


def _open_list(workshop, today):
    days = (workshop.starts_on - today).days
    text = _("Open the list of participants") if days <= 0 else _("Check the list of participants")
    return Line(TODAY if days <= 3 else LATER, days, text, reverse("staff:participants", args=[workshop.slug]), workshop, "list", in_days(days))


def _lists_to_mend(today):
    """Lists that were read in and have rows on which somebody must still decide."""
    rows = (
        ImportRow.objects.filter(
            Q(verdict=Verdict.TO_MEND) | Q(verdict=Verdict.POSSIBLE), decision="", committed_at=None, batch__undone_at=None,
            batch__nomination_list__isnull=False,
        )
        .order_by()
        .values("batch", "batch__nomination_list__workshop", "batch__nomination_list__workshop__slug", "batch__nomination_list__workshop__title_en",
                "batch__nomination_list__workshop__title_mn", "batch__created_at")
        .annotate(number=Count("pk"))
    )  # fmt: skip
    for row in rows:
        before = "batch__nomination_list__workshop"
        workshop = Workshop(
            pk=row[before], slug=row[f"{before}__slug"], title_en=row[f"{before}__title_en"], title_mn=row[f"{before}__title_mn"]
        )
        text = ngettext("Mend %(number)d row of a list", "Mend %(number)d rows of a list", row["number"]) % {"number": row["number"]}
        days = (today - timezone.localdate(row["batch__created_at"])).days
        yield Line(TODAY, -days, text, reverse("staff:list_show", args=[workshop.slug, row["batch"]]), workshop, "list")


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
