"""How workshops stand: what is there and what is missing, read for many at once in a number of queries that does not grow.

What is due, the issues, the stages of a workshop's life and the ticks of its checklist are all worked out from this.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from contacts.models import ImportRow, Verdict
from core.dates import Precision
from office.models import NewsItem
from workshops import attendance
from workshops.models import (
    AgendaItem,
    AgendaVersion,
    AttendanceMark,
    Certificate,
    ChecklistItem,
    Deputy,
    Form,
    Letter,
    NominationRequest,
    Registration,
    SeatAllocation,
    State,
    Workshop,
    WorkshopDay,
)
from workshops.models.registration import HOLDING, LIVE
from workshops.seats import Places

Status = Workshop.Status
Asked = NominationRequest.State
# Letters about a workshop that does not take place are due even when nothing else is.
ABOUT_ITS_END = ("workshop-postponed", "workshop-cancelled")
# For so long after its last day a workshop is still looked after.
LOOKED_AFTER = 366
# So many days after the last one it is worked out who may still have a certificate; later they are thought to be issued.
CERTIFIED_WITHIN = 90


@dataclass
class Standing:
    """One workshop as it stands on a day. Numbers of officials count those who take a place."""

    workshop: Workshop
    today: object
    now: object
    states: Counter = field(default_factory=Counter)
    live: Counter = field(default_factory=Counter)  # by institution
    women: Counter = field(default_factory=Counter)  # by institution, of those who are live
    allocations: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    reserve: int = 0  # alternates who were named and wait, not told of anything, until one of their institution cannot come
    seatable: int = 0
    offers_end: object = None
    offers_ending: int = 0
    doubtful: list = field(default_factory=list)  # (batch, rows, read in at)
    letters: dict = field(default_factory=dict)
    days: list = field(default_factory=list)
    forms: dict = field(default_factory=dict)
    attended: int = 0
    certifiable: int | None = None  # without a certificate though the attendance rule holds; None where it was not worked out
    checklist: list = field(default_factory=list)

    # Time

    @property
    def is_dated(self):
        return bool(self.workshop.starts_on and self.workshop.precision == Precision.DAY)

    @property
    def to_start(self):
        """Days to the first one, negative after it; None where it is not known to the day."""
        return (self.workshop.starts_on - self.today).days if self.is_dated else None

    @property
    def ends_on(self):
        return self.workshop.ends_on or self.workshop.starts_on

    @property
    def since_end(self):
        """Days since the last one, negative before it; None where it is not known to the day."""
        return (self.today - self.ends_on).days if self.is_dated else None

    @property
    def has_begun(self):
        return self.is_dated and self.to_start <= 0

    @property
    def is_over(self):
        return self.is_dated and self.since_end > 0

    # Officials and seats

    @property
    def undecided(self):
        """Nominations that wait for the office; an alternate stays nominated until a seat of their institution is given up."""
        return self.states[State.NOMINATED] - self.reserve

    @property
    def waiting(self):
        return self.states[State.WAITLISTED]

    @property
    def invited(self):
        return self.states[State.INVITED]

    @property
    def confirmed(self):
        return self.states[State.CONFIRMED]

    @property
    def held(self):
        return sum(self.states[state] for state in HOLDING)

    @property
    def registered(self):
        return sum(self.states[state] for state in LIVE)

    @property
    def free(self):
        return self.workshop.seats_free

    @cached_property
    def short_of_women(self):
        """[(allocation, how many women fewer than sought)] of institutions that have named somebody."""
        return [
            (row, row.women_sought - self.women[row.organisation_id])
            for row in self.allocations
            if row.women_sought and self.live[row.organisation_id] and self.women[row.organisation_id] < row.women_sought
        ]

    # Institutions

    @cached_property
    def not_asked(self):
        """Institutions with seats that have no letter and named nobody, not even on paper."""
        asked = {request.organisation_id for request in self.requests if request.state != Asked.DRAFT}
        return [row.organisation for row in self.allocations if row.organisation_id not in asked and not self.live[row.organisation_id]]

    @cached_property
    def open_requests(self):
        """Those that were asked and have not answered, or only in part, with the moment until which they may."""
        found = [
            (request, request.deadline or self.workshop.nomination_deadline)
            for request in self.requests
            if request.state in {Asked.SENT, Asked.PARTLY}
        ]
        return [(request, until) for request, until in found if request.state == Asked.SENT or until is None or until > self.now]

    @cached_property
    def late_requests(self):
        return [request for request, until in self.open_requests if until and until <= self.now]

    @cached_property
    def kept_for_nobody(self):
        """[(institution, seats)] that are still kept for institutions that send nobody, where no day releases them by itself."""
        nobody = {request.organisation_id for request in self.requests if request.state == Asked.DECLINED}
        if self.workshop.release_on is not None:
            return []
        return [(row.organisation, row.kept) for row in self.allocations if row.organisation_id in nobody and row.kept]

    # Days, forms, papers

    @cached_property
    def days_without_attendance(self):
        return [day for day in self.days if day.on < self.today and not day.present]

    @property
    def is_marked(self):
        """Whether attendance was taken on every day, the last one included."""
        return bool(self.days) and all(day.on <= self.today and day.present for day in self.days)

    @property
    def has_venue(self):
        return bool(self.workshop.venue_en or self.workshop.venue_mn)

    def form(self, kind):
        return self.forms.get(kind)

    def is_ready(self, kind):
        form = self.forms.get(kind)
        return form is not None and (form.state != Form.State.DRAFT or form.opens_at is not None)

    @property
    def certificates_due(self):
        """How many may have a certificate and have none. Of workshops that are long over only whether any was issued is asked."""
        if self.certifiable is not None:
            return self.certifiable
        return 0 if self.workshop.certified else self.attended

    # The checklist's facts

    def sees(self, fact):
        """Whether the portal can see a thing done that the checklist names by a fact."""
        return self.facts[fact]

    @cached_property
    def facts(self):
        """{fact: whether it is so}"""
        workshop, facts = self.workshop, ChecklistItem.Fact
        return {
            facts.DATES: self.is_dated and workshop.status != Status.POSTPONED,
            facts.VENUE: self.has_venue,
            facts.SEATS: bool(self.allocations),
            facts.ASKED: bool(self.allocations) and not self.not_asked,
            facts.ANSWERED: bool(self.requests or self.registered) and not self.open_requests and not self.not_asked,
            facts.JOINING: bool(self.confirmed) and self.letters.get("joining", 0) >= self.confirmed,
            facts.PROGRAMME: workshop.has_version,
            facts.TESTS: self.is_ready(Form.Kind.PRE) and self.is_ready(Form.Kind.EVALUATION),
            facts.ATTENDANCE: self.is_over and bool(self.days) and not self.days_without_attendance,
            facts.CERTIFICATES: self.is_over and bool(workshop.certified) and not self.certificates_due,
            facts.NEWS: workshop.has_news,
            facts.REPORT: workshop.reported_at is not None,
        }

    def is_done(self, item):
        return item.done_at is not None or bool(item.fact and self.sees(item.fact))

    def was_due_before(self, item):
        """Whether the day of an item lay before the workshop stood in the portal: nobody could keep it, so nothing is late."""
        return self.is_dated and self.due_on(item) < timezone.localdate(self.workshop.created_at)

    def due_on(self, item):
        return self.workshop.starts_on + timedelta(days=item.offset_days) if self.is_dated else None


def at_hand(today=None):
    """Workshops that somebody has to look after: those to come or under way, and those that are over whose report is not
    sent, as far as officials are registered there; and one that was called off as long as letters about it wait."""
    today = today or timezone.localdate()
    recent = today - timedelta(days=LOOKED_AFTER)
    live = Registration.objects.live().filter(workshop=OuterRef("pk"))
    to_be_told = Letter.objects.filter(workshop=OuterRef("pk"), kind__in=ABOUT_ITS_END, state=Letter.State.DRAFT)
    return Workshop.objects.filter(
        (~Q(status__in=[Status.COMPLETED, Status.CANCELLED]) & (Q(starts_on=None) | Q(starts_on__gte=recent)))
        | (Q(status=Status.COMPLETED, reported_at=None, starts_on__gte=recent) & Exists(live))
        | (Q(status=Status.CANCELLED) & Exists(to_be_told))
    )


def of(workshops, *, today=None):
    """{primary key: Standing} of a queryset of workshops, in eleven queries at most."""
    today, now = today or timezone.localdate(), timezone.now()
    found = {row.pk: Standing(row, today, now) for row in _with_counts(workshops)}
    if not found:
        return found
    _read_registrations(found, now)
    for row in SeatAllocation.objects.filter(workshop__in=found).select_related("organisation"):
        found[row.workshop_id].allocations.append(row)
    _read_who_could_sit(found)
    for request in NominationRequest.objects.filter(workshop__in=found).select_related("organisation").defer("note"):
        found[request.workshop_id].requests.append(request)
    _read_doubtful_rows(found)
    _read_letters(found)
    _read_attendance(found)
    forms = Form.objects.filter(workshop__in=found).annotate(
        submitted=Count("submissions", distinct=True), receipted=Count("receipts", distinct=True)
    )
    for form in forms:
        form.answered = form.receipted if form.is_anonymous else form.submitted
        found[form.workshop_id].forms[form.kind] = form
    for item in ChecklistItem.objects.filter(workshop__in=found).select_related("done_by"):
        found[item.workshop_id].checklist.append(item)
    return found


def of_one(workshop, *, today=None):
    """The Standing of one workshop."""
    return of(Workshop.objects.filter(pk=workshop.pk), today=today)[workshop.pk]


def _number(rows):
    """The number of rows of a subquery about the workshop at hand."""
    return Coalesce(Subquery(rows.order_by().values("n")[:1], output_field=IntegerField()), 0)


def _with_counts(workshops):
    deputies = Deputy.objects.filter(outcome="", registration__workshop=OuterRef("pk")).values("registration__workshop")
    certified = Certificate.objects.filter(status=Certificate.Status.ISSUED, registration__workshop=OuterRef("pk"))
    news = NewsItem.objects.published("en") | NewsItem.objects.published("mn")
    return workshops.annotate(
        has_items=Exists(AgendaItem.objects.filter(day__workshop=OuterRef("pk"), is_cancelled=False)),
        has_version=Exists(AgendaVersion.objects.filter(workshop=OuterRef("pk"))),
        has_news=Exists(news.filter(workshops=OuterRef("pk"))),
        open_deputies=_number(deputies.annotate(n=Count("pk"))),
        first_deputy=Subquery(deputies.order_by("pk").values("registration")[:1]),
        certified=_number(certified.values("registration__workshop").annotate(n=Count("pk"))),
    ).defer("description_en", "description_mn")


def _read_registrations(found, now):
    rows = (
        Registration.objects.filter(workshop__in=found, counts=True)
        .order_by()
        .values("workshop", "organisation", "state", "is_alternate", "person__sex")
        .annotate(
            number=Count("pk"),
            first=Min("offer_expires_at"),
            ending=Count("pk", filter=Q(offer_expires_at__lte=now + timedelta(days=1))),
        )
    )
    for row in rows:
        standing, state, number = found[row["workshop"]], row["state"], row["number"]
        standing.states[state] += number
        if state in LIVE:
            standing.live[row["organisation"]] += number
            if row["person__sex"] == "f":
                standing.women[row["organisation"]] += number
        if state == State.NOMINATED and row["is_alternate"]:
            standing.reserve += number
        if state == State.INVITED and row["first"]:
            standing.offers_end = min(filter(None, [standing.offers_end, row["first"]]))
            standing.offers_ending += row["ending"]


def _read_who_could_sit(found):
    """How many of those who wait could have a seat now, their institution's maximum and seats kept for others considered."""
    asked = {key: one for key, one in found.items() if one.waiting and not one.workshop.is_frozen and one.workshop.is_open}
    if not asked:
        return
    places = {
        key: Places(one.workshop.capacity, one.workshop.seats_held, {row.organisation_id: row for row in one.allocations})
        for key, one in asked.items()
    }
    held = {(key, row.organisation_id): row.held for key, one in asked.items() for row in one.allocations}
    waiting = Registration.objects.filter(workshop__in=asked, counts=True).waiting().values_list("workshop", "organisation")
    for workshop, organisation in waiting:
        if places[workshop].free(organisation) != 0:
            places[workshop].take(organisation)
            asked[workshop].seatable += 1
    # The numbers were counted down in the rows themselves.
    for key, one in asked.items():
        for row in one.allocations:
            row.held = held[key, row.organisation_id]


def _read_doubtful_rows(found):
    """Lists that were read in and have rows on which somebody must still decide."""
    rows = (
        ImportRow.objects.filter(
            Q(verdict=Verdict.TO_MEND) | Q(verdict=Verdict.POSSIBLE), decision="", committed_at=None, batch__undone_at=None,
            batch__nomination_list__workshop__in=found,
        )
        .order_by()
        .values("batch", "batch__nomination_list__workshop", "batch__created_at")
        .annotate(number=Count("pk"))
    )  # fmt: skip
    for row in rows:
        found[row["batch__nomination_list__workshop"]].doubtful.append((row["batch"], row["number"], row["batch__created_at"]))


def _read_letters(found):
    states = Letter.State
    addressless = Q(state=states.DRAFT, to_address="")
    joining = Q(kind="official-confirmed", registration__state=State.CONFIRMED)
    waiting = Letter.objects.filter(kind="official-confirmed", registration=OuterRef("registration")).exclude(state__in=[states.SENT, states.CANCELLED])
    rows = (
        Letter.objects.filter(workshop__in=found)
        .order_by()
        .values("workshop")
        .annotate(
            drafts=Count("pk", filter=Q(state=states.DRAFT) & ~Q(to_address="")),
            # Somebody may wait for several letters: people are looked for, not letters.
            no_address=Count("registration", distinct=True, filter=addressless)
            + Count("request", distinct=True, filter=addressless & Q(registration=None))
            + Count("pk", filter=addressless & Q(registration=None, request=None)),
            failed=Count("pk", filter=Q(state=states.FAILED)),
            bounced=Count("pk", filter=Q(bounced_at__isnull=False, settled_at=None)),
            # Discarding a letter, say one without an address, tells that its news was brought otherwise.
            joining=Count("registration", distinct=True, filter=joining & (Q(state=states.SENT) | Q(state=states.CANCELLED) & ~Exists(waiting))),
        )
    )  # fmt: skip
    for row in rows:
        found[row.pop("workshop")].letters = row


def _read_attendance(found):
    seen = Q(marks__kind=AttendanceMark.Kind.PRESENT, marks__voided_by=None)
    days = WorkshopDay.objects.filter(workshop__in=found).annotate(present=Count("marks__registration", filter=seen, distinct=True))
    for day in days:
        found[day.workshop_id].days.append(day)
    begun = [key for key, one in found.items() if one.has_begun]
    if begun:
        marks = AttendanceMark.objects.filter(workshop__in=begun, kind=AttendanceMark.Kind.PRESENT, voided_by=None)
        who = marks.order_by().values("workshop").annotate(number=Count("registration", distinct=True, filter=Q(registration__counts=True)))
        for row in who:
            found[row["workshop"]].attended = row["number"]
    _read_certifiable(found)


def _read_certifiable(found):
    """Six queries more where a workshop that ended lately has somebody without a certificate."""
    ended = [one.workshop for one in found.values() if one.is_over and one.since_end <= CERTIFIED_WITHIN and one.attended > one.workshop.certified]
    if not ended:
        return
    shares = attendance.rules(ended)
    # Whose certificate was revoked gets no other one by the same press.
    has_one = Exists(Certificate.objects.filter(registration=OuterRef("pk")).exclude(status=Certificate.Status.SUPERSEDED))
    without = Registration.objects.filter(~has_one, workshop__in=ended, person__anonymised_at=None, role=Registration.Role.PARTICIPANT, state=State.CONFIRMED)
    for workshop in ended:
        found[workshop.pk].certifiable = 0
    for key, registration in without.values_list("workshop", "pk"):
        share = shares[key].get(registration)
        found[key].certifiable += bool(share and share.holds)
