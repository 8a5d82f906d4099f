"""Snapshots: what a registration says of its person as of the event, mended without touching the directory."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from workshops import seats
from workshops.models import Nominee, Registration


@transaction.atomic
def edit(registration, *, by, over_reason="", **details):
    """Changes institution, job title, department, rank, role, alternate or note of a registration and returns it fresh.

    Who holds a seat and moves to another institution, or becomes a participant, takes a seat there: refused where none
    is free ("no_places", "institution_full", "kept_for_others") unless `over_reason` is given.
    """
    workshop = seats.lock(registration.workshop)
    registration = Registration.objects.get(pk=registration.pk)
    before = (registration.holds_a_seat, registration.organisation_id)
    for name, value in details.items():
        setattr(registration, name, value)
    if "role" in details:
        registration.counts = registration.role == Registration.Role.PARTICIPANT
    after = (registration.holds_a_seat, registration.organisation_id)
    if after[0] and after != before:
        places = seats.Places.of(workshop)
        if before[0]:
            places.take(before[1], -1)
        refusal = places.refusal(after[1])
        if refusal is not None and not over_reason.strip():
            raise refusal
        registration.over_seats = refusal is not None
        registration.override_reason = over_reason.strip() if refusal is not None else ""
    if not registration.counts:
        registration.over_seats, registration.override_reason = False, ""
    registration.full_clean(exclude=["person", "workshop"], validate_unique=False, validate_constraints=False)
    registration.save()
    _tell_the_nominee(registration, details)
    return registration


def _tell_the_nominee(registration, details):
    """What the office mends shows on the institution's own page too, so that its next change does not turn it back."""
    nominee = Nominee.objects.filter(registration=registration, withdrawn_at=None).first()
    if nominee is None:
        return
    mended = {name: getattr(registration, name) for name in ("job_title", "department", "is_alternate") if name in details}
    mended = {name: value for name, value in mended.items() if getattr(nominee, name) != value}
    if not mended:
        return
    if "is_alternate" in mended:
        group = Nominee.objects.filter(request=nominee.request_id, is_alternate=mended["is_alternate"], withdrawn_at=None)
        nominee.order = 1 + (group.aggregate(last=Max("order"))["last"] or 0)
    for name, value in mended.items():
        setattr(nominee, name, value)
    nominee.save()


# Kept apart from ValidationError's own codes: the refusals that a reason for going over the seats can answer.
SEAT_REFUSALS = frozenset({"no_places", "institution_full", "kept_for_others"})


def asks_for_a_seat(refusal: ValidationError):
    """Whether staff may answer this refusal with the waiting list or with a reason for going over the seats."""
    return bool({error.code for error in refusal.error_list} & SEAT_REFUSALS)
