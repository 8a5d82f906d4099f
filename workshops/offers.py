"""Offers: whom a freed seat goes to, and how it comes back when nobody answers.

An offer is an invitation with a time limit: it holds its seat until then, and afterwards the seat is free by itself. First
come alternates of the institution whose official gave the seat up, then those on the waiting list whose institution has room.
"""

from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops import registrations, seats, terms
from workshops.models import ActBatch, Registration, State, StateChange, Via, Workshop
from workshops.models.registration import HOLDING
from workshops.notices import GRACE

Status = Workshop.Status
GIVEN_UP = (State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.CANCELLED)
# A refusal that says only that there is no free seat: whoever is refused so is next as soon as there is one.
NO_SEAT = "no_places"


@dataclass
class Candidate:
    """Somebody in line. `gets` one of the free seats now, else `refusal` says why not; `is_alternate`: comes for an official
    of the same institution."""

    registration: Registration
    is_alternate: bool
    refusal: ValidationError | None = None

    @property
    def gets(self):
        return self.refusal is None

    @property
    def is_blocked(self):
        """Passed over although a seat is free: their institution has no room."""
        return self.refusal is not None and self.refusal.code != NO_SEAT


# Who is next --------------------------------------------------------------------------------------------------


def line(workshop, places=None):
    """All who wait for a seat, in the order in which freed seats are offered to them: a list of Candidates. Four queries.

    Alternates come only as often as officials of their institution gave up seats that no alternate has taken yet.
    """
    if places is None:
        places = seats.Places.of(workshop)
    rows = list(
        Registration.objects.filter(workshop=workshop, counts=True)
        .filter(Q(state=State.WAITLISTED) | Q(state=State.NOMINATED, is_alternate=True))
        .select_related("organisation", "person", "nominee")
        .order_by("waiting_rank", "arrival")
    )
    given_up = _given_up(workshop) if any(row.is_alternate for row in rows) else {}
    alternates = [row for row in rows if row.is_alternate and row.organisation_id in given_up]
    alternates.sort(key=lambda row: (list(given_up).index(row.organisation_id), _place(row)))
    first, left = [], Counter(given_up)
    for row in alternates:
        if left[row.organisation_id]:
            left[row.organisation_id] -= 1
            first.append(row)
    ahead = {row.pk for row in first}
    waiting = [row for row in rows if row.state == State.WAITLISTED and row.pk not in ahead]
    found = []
    for row, is_alternate in [(row, True) for row in first] + [(row, False) for row in waiting]:
        refusal = places.refusal(row.organisation_id)
        if refusal is None:
            places.take(row.organisation_id)
        found.append(Candidate(row, is_alternate, refusal))
    return found


def _given_up(workshop):
    """Seats that officials of each institution gave up and no alternate of it took: {institution: number}, the first freed first."""
    held = StateChange.objects.filter(registration=OuterRef("pk"), from_state__in=HOLDING, to_state__in=GIVEN_UP, undone_by=None)
    gone = (
        Registration.objects.filter(workshop=workshop, counts=True, state__in=GIVEN_UP)
        .exclude(organisation=None)
        .filter(Exists(held))
        .order_by("updated_at", "pk")
        .values_list("organisation", flat=True)
    )
    gone = list(gone)
    came_up = Counter(
        Registration.objects.filter(workshop=workshop, counts=True, is_alternate=True, state__in=HOLDING, replaces=None, organisation__in=gone)
        .order_by()
        .values_list("organisation", flat=True)
    )
    number = Counter(gone)
    return {key: number[key] - came_up[key] for key in dict.fromkeys(gone) if number[key] > came_up[key]}


def _place(row):
    """Where an alternate stands among those of the institution: as it named them, else as they came."""
    nominee = getattr(row, "nominee", None)
    return (nominee.order if nominee is not None else 10_000, row.waiting_rank or 1_000_000, row.arrival)


def next_in_line(workshop):
    """Those to whom a free seat can be offered now, in their order; [] once nothing is offered any more."""
    return [] if terms.why_no_offer(workshop) else [candidate for candidate in line(workshop) if candidate.gets]


# Offering -----------------------------------------------------------------------------------------------------


@transaction.atomic
def offer(workshop, chosen, *, by, via=Via.STAFF):
    """Offers seats to those who were shown as next. Returns a registrations.Result; its batch can be undone.

    Refuses all when nothing is offered any more ("closed", "begun", "frozen"), and each by itself who is not next any more
    ("not_next"). Who has the offer already is no error and gets no second letter.
    """
    workshop = seats.lock(workshop)
    if (refusal := terms.why_no_offer(workshop)) is not None:
        raise refusal
    result = registrations.Result()
    in_turn = {candidate.registration.pk: candidate for candidate in line(workshop) if candidate.gets}
    fresh = Registration.objects.filter(workshop=workshop, pk__in=[row.pk for row in chosen]).in_bulk()
    going = [row for row in in_turn.values() if row.registration.pk in fresh]
    for row in chosen:
        now = fresh.get(row.pk)
        if now is not None and now.state in HOLDING:
            result.unchanged.append(now)
        elif row.pk not in in_turn:
            result.refused.append((now or row, ValidationError(_("Somebody else is next meanwhile, or no seat is free."), code="not_next")))
    if not going:
        return result
    batch = ActBatch.objects.create(workshop=workshop, act="offer", by=by)
    for candidate in going:
        came_from = candidate.registration.state
        row = registrations.move(candidate.registration, State.INVITED, by=by, via=via, batch=batch)
        result.done.append(registrations.Step(row, came_from, row.state))
    result.batch = batch
    return result


def offer_next(workshop, *, by, number=1, via=Via.STAFF):
    """Offers free seats to the next in line, as many as asked for and free."""
    with transaction.atomic():
        workshop = seats.lock(workshop)
        return offer(workshop, [candidate.registration for candidate in next_in_line(workshop)[:number]], by=by, via=via)


# By itself ----------------------------------------------------------------------------------------------------


def expire(workshop):
    """Frees the seats of invitations that ran out without an answer; only under the lock of the workshop's seats, which does
    so before anybody is given a seat. Returns the registrations."""
    late = Registration.objects.out_of_time().filter(workshop=workshop).select_related("person", "organisation").order_by("arrival")
    return registrations.let_expire(list(late), workshop)


def expire_due():
    """The chore: frees the seats of all whose time to answer is over. Returns how many."""
    freed = 0
    for workshop in Workshop.objects.filter(pk__in=Registration.objects.out_of_time().values("workshop")):
        with transaction.atomic():
            before = Registration.objects.out_of_time().filter(workshop=workshop).count()
            seats.lock(workshop)
            freed += before
    return freed


def offer_due():
    """The chore: where a workshop offers freed seats by itself, they are offered. Returns how many were."""
    waiting = Registration.objects.filter(workshop=OuterRef("pk"), counts=True).filter(
        Q(state=State.WAITLISTED) | Q(state=State.NOMINATED, is_alternate=True)
    )
    room = Q(capacity=None) | Q(seats_held__lt=F("capacity"))
    workshops = Workshop.objects.filter(room, Exists(waiting), offers_itself=True, status__in=[Status.NOMINATING, Status.CONFIRMED, Status.RUNNING])
    return sum(offer_itself(workshop) for workshop in workshops)


def offer_itself(workshop):
    """Offers what is free where the workshop does so by itself; returns how many seats.

    What staff have just freed waits a little, so that Undo still finds the seat.
    """
    with transaction.atomic():
        workshop = seats.lock(workshop)
        if not workshop.offers_itself or terms.why_no_offer(workshop) or _just_freed_by_staff(workshop):
            return 0
        chosen = [candidate.registration for candidate in line(workshop) if candidate.gets]
        return len(offer(workshop, chosen, by=None, via=Via.SYSTEM).done) if chosen else 0


def _just_freed_by_staff(workshop):
    return StateChange.objects.filter(
        registration__workshop=workshop, registration__counts=True, from_state__in=HOLDING, by__isnull=False,
        at__gt=timezone.now() - GRACE, undone_by=None, batch__undone_at=None,
    ).exclude(to_state__in=[*HOLDING, State.REPLACED]).exists()  # fmt: skip
