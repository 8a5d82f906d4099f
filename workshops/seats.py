"""Seats: who may still take one, which are kept for whom, and how they are shared among institutions.

The counters are the database's: triggers of Registration keep them and CHECK constraints refuse one too many. What is
here decides beforehand, under the same lock, so that people get a sentence instead of an error.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from contacts.models import Organisation
from workshops.models import NominationRequest, Registration, SeatAllocation, State, Workshop

# First key of the advisory lock; the second is the workshop. The lock queues in order of arrival, which row locks do not.
LOCK = 4711
LOCK_TIMEOUT = "10s"


def lock(workshop, *, release=True):
    """The workshop as it is now, with its seats locked until the transaction ends.

    Whoever asks first goes first. From the workshop's day on, seats that are still unused are released first, unless
    `release` is False, and seats whose invitation ran out without an answer are freed. Raises OperationalError (lock not available) after ten seconds.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Seats are locked inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = %s", [LOCK_TIMEOUT])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, workshop.pk])
    late = Registration.objects.out_of_time().filter(workshop=OuterRef("pk"))
    workshop = Workshop.objects.annotate(has_offers_out_of_time=Exists(late)).get(pk=workshop.pk)
    if workshop.has_offers_out_of_time:
        # The offers stand on the seats; only here do the seats need them.
        from workshops import offers

        offers.expire(workshop)
        workshop.refresh_from_db()
    if release and workshop.release_on and workshop.release_on <= timezone.localdate() and workshop.is_open:
        _free_unused(workshop, at=timezone.now())
    return workshop


def _free_unused(workshop, *, at, silent=False):
    rows = workshop.allocations.filter(released_at=None)
    if silent:
        rows = rows.filter(organisation__in=silent_ones(workshop))
    unused = [row for row in rows if row.kept]
    SeatAllocation.objects.filter(pk__in=[row.pk for row in unused]).update(released_at=at)
    return sum(row.kept for row in unused)


@dataclass
class Places:
    """The seats of a locked workshop as numbers that an act may count down while it works."""

    capacity: int | None
    held: int
    allocations: dict[int, SeatAllocation] = field(default_factory=dict)

    @classmethod
    def of(cls, workshop):
        rows = SeatAllocation.objects.filter(workshop=workshop).select_related("organisation")
        return cls(workshop.capacity, workshop.seats_held, {row.organisation_id: row for row in rows})

    def kept_for_others(self, organisation_id):
        """Seats guaranteed to other institutions and neither used nor released."""
        return sum(row.kept for key, row in self.allocations.items() if key != organisation_id)

    def refusal(self, organisation_id):
        """Why no seat is free for an institution (None: for somebody of none), or None where one is."""
        row = self.allocations.get(organisation_id)
        if row is not None and row.maximum is not None and row.held >= row.maximum:
            return ValidationError(
                ngettext_lazy(
                    "%(institution)s may hold %(maximum)d seat and holds it.",
                    "%(institution)s may hold %(maximum)d seats and holds them all.",
                    "maximum",
                ),
                code="institution_full",
                params={"institution": row.organisation.short_name, "maximum": row.maximum},
            )
        if self.capacity is None:
            return None
        if self.held >= self.capacity:
            return ValidationError(
                ngettext_lazy("The only place is taken.", "All %(places)d places are taken.", "places"),
                code="no_places",
                params={"places": self.capacity},
            )
        kept = self.kept_for_others(organisation_id)
        if self.held + kept >= self.capacity:
            return ValidationError(
                ngettext_lazy(
                    "The last free seat is kept for another institution.",
                    "The last %(kept)d free seats are kept for other institutions.",
                    "kept",
                ),
                code="kept_for_others",
                params={"kept": self.capacity - self.held},
            )
        return None

    def free(self, organisation_id):
        """How many seats an institution could still take; None where nothing limits it."""
        row = self.allocations.get(organisation_id)
        limits = []
        if row is not None and row.maximum is not None:
            limits.append(row.maximum - row.held)
        if self.capacity is not None:
            limits.append(self.capacity - self.held - self.kept_for_others(organisation_id))
        return max(min(limits), 0) if limits else None

    def take(self, organisation_id, seats=1):
        """Counts a seat taken (or, with -1, given back) in these numbers; the database counts for itself."""
        self.held += seats
        row = self.allocations.get(organisation_id)
        if row is not None:
            row.held += seats


def why_none(workshop, organisation):
    """Why the institution could not take a seat now, as a ValidationError; None where one is free."""
    return Places.of(workshop).refusal(organisation.pk if organisation else None)


@dataclass
class MatrixRow:
    """One institution's seats. `free` is None where nothing limits it."""

    organisation: Organisation | None
    allocation: SeatAllocation | None = None
    guaranteed: int = 0
    maximum: int | None = None
    nominated: int = 0
    invited: int = 0
    confirmed: int = 0
    waiting: int = 0
    over: int = 0
    free: int | None = None

    @property
    def held(self):
        return self.invited + self.confirmed


@dataclass
class Matrix:
    rows: list[MatrixRow]
    total: MatrixRow
    kept: int


_COLUMN = {
    State.NOMINATED: "nominated",
    State.INVITED: "invited",
    State.CONFIRMED: "confirmed",
    State.WAITLISTED: "waiting",
}


def matrix(workshop):
    """Institution by institution, what is guaranteed, used and free; institutions without an allocation follow.

    Three queries at most, however many registrations there are.
    """
    places = Places.of(workshop)
    rows = {
        key: MatrixRow(row.organisation, row, row.guaranteed, row.maximum, over=row.held_over, free=places.free(key))
        for key, row in places.allocations.items()
    }
    counted = (
        Registration.objects.filter(workshop=workshop, counts=True, state__in=_COLUMN)
        .order_by()
        .values("organisation", "state", "over_seats")
        .annotate(number=Count("pk"))
    )
    counted = list(counted)
    missing = {line["organisation"] for line in counted} - set(rows)
    others = Organisation.objects.in_bulk([key for key in missing if key]) if missing else {}
    for key in sorted(missing, key=lambda key: (key is None, str(others.get(key, "")))):
        rows[key] = MatrixRow(others.get(key), free=places.free(key))
    total = MatrixRow(None, guaranteed=sum(row.guaranteed for row in rows.values()), maximum=workshop.capacity)
    for line in counted:
        row, column = rows[line["organisation"]], _COLUMN[State(line["state"])]
        for each in (row, total):
            setattr(each, column, getattr(each, column) + line["number"])
        if line["over_seats"] and column in {"invited", "confirmed"}:
            total.over += line["number"]
            if row.allocation is None:
                row.over += line["number"]
    total.free = workshop.seats_free
    return Matrix(list(rows.values()), total, places.kept_for_others(None))


def check_capacity(workshop, capacity):
    """Refuses a number of places below the seats that are held or promised; None (not known) is refused while any is held."""
    if capacity is None:
        if workshop.seats_held:
            raise ValidationError(_("Say how many places there are: seats are held already."), code="capacity_needed")
        return
    regular = workshop.seats_held - workshop.seats_over
    if capacity < regular:
        raise ValidationError(
            ngettext_lazy(
                "%(held)d seat is held: the number of places cannot be lower.",
                "%(held)d seats are held: the number of places cannot be lower.",
                "held",
            ),
            code="capacity_below_held",
            params={"held": regular},
        )
    promised = workshop.seats_held + Places.of(workshop).kept_for_others(None)
    if workshop.capacity is not None and capacity < workshop.capacity and capacity < promised:
        raise ValidationError(
            _("%(promised)d seats are held or guaranteed: the number of places cannot be lower."),
            code="capacity_below_promised",
            params={"promised": promised},
        )


@transaction.atomic
def allocate(workshop, rows, *, by):
    """Shares the seats anew: `rows` are {"organisation", "guaranteed", "maximum", "women_sought"} in their order.

    Institutions that are not named lose their allocation; refused while they have live registrations. Refuses a maximum
    below what the institution holds, and more guaranteed seats than there are places left.
    """
    workshop = lock(workshop)
    present = {row.organisation_id: row for row in workshop.allocations.select_related("organisation")}
    named = [row["organisation"].pk for row in rows]
    problems = []
    if len(set(named)) != len(named):
        problems.append(ValidationError(_("An institution stands in the list twice."), code="repeated"))
    gone = [row for key, row in present.items() if key not in named]
    live = dict(
        Registration.objects.live()
        .filter(workshop=workshop, organisation__in=[row.organisation_id for row in gone])
        .order_by()
        .values_list("organisation")
        .annotate(Count("pk"))
    )
    for row in gone:
        if live.get(row.organisation_id):
            problems.append(
                ValidationError(
                    ngettext_lazy(
                        "%(institution)s has %(number)d official registered and cannot be taken out.",
                        "%(institution)s has %(number)d officials registered and cannot be taken out.",
                        "number",
                    ),
                    code="in_use",
                    params={"institution": str(row.organisation), "number": live[row.organisation_id]},
                )
            )
    kept = 0
    for row in rows:
        before = present.get(row["organisation"].pk)
        held = before.held if before else Registration.objects.holding().filter(workshop=workshop, organisation=row["organisation"]).count()
        over = before.held_over if before else 0
        maximum, guaranteed = row.get("maximum"), row.get("guaranteed") or 0
        if maximum is not None and maximum < guaranteed:
            problems.append(
                ValidationError(
                    _("%(institution)s: the maximum cannot be below the guaranteed seats."),
                    code="maximum_below_guaranteed",
                    params={"institution": str(row["organisation"])},
                )
            )
        if maximum is not None and maximum < held - over:
            problems.append(
                ValidationError(
                    ngettext_lazy(
                        "%(institution)s holds %(held)d seat: the maximum cannot be lower.",
                        "%(institution)s holds %(held)d seats: the maximum cannot be lower.",
                        "held",
                    ),
                    code="maximum_below_held",
                    params={"institution": str(row["organisation"]), "held": held - over},
                )
            )
        if not (before and before.released_at):
            kept += max(guaranteed - held, 0)
    if workshop.capacity is not None and kept and workshop.seats_held + kept > workshop.capacity:
        problems.append(
            ValidationError(
                _("%(held)d seats are held and %(kept)d more would be guaranteed, but there are %(places)d places."),
                code="too_much_promised",
                params={"held": workshop.seats_held, "kept": kept, "places": workshop.capacity},
            )
        )
    if problems:
        raise ValidationError(problems)
    SeatAllocation.objects.filter(pk__in=[row.pk for row in gone]).delete()
    for order, row in enumerate(rows):
        allocation = present.get(row["organisation"].pk) or SeatAllocation(workshop=workshop, organisation=row["organisation"])
        allocation.guaranteed = row.get("guaranteed") or 0
        allocation.maximum = row.get("maximum")
        allocation.women_sought = row.get("women_sought")
        allocation.order = order
        allocation.save()


def silent_ones(workshop):
    """The keys of the institutions that have said that they send nobody."""
    asked = NominationRequest.objects.filter(workshop=workshop, state=NominationRequest.State.DECLINED)
    return asked.order_by().values_list("organisation", flat=True)


@transaction.atomic
def release(workshop, *, by, at, silent=False):
    """Gives the guaranteed seats that are still unused to everybody; with `silent` only those of institutions that have said
    that they send nobody. Returns how many became free."""
    return _free_unused(lock(workshop, release=False), at=at, silent=silent)
