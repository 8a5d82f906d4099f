"""Until when somebody who was asked may answer, from when on nothing is offered any more, and whether
whoever has a question finds somebody to ask."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.dates import Precision
from office.models import CountryOffice
from workshops.models import Workshop

Status = Workshop.Status
# Within this time the same person who asks for the same has pressed the button twice.
PRESSED_TWICE = timedelta(seconds=15)


def begins_at(workshop):
    """The first moment of the first day, there; None where it is not known to the day."""
    if workshop.starts_on is None or workshop.precision != Precision.DAY:
        return None
    return datetime.combine(workshop.starts_on, time(), ZoneInfo(workshop.time_zone))


def has_begun(workshop, now=None):
    begins = begins_at(workshop)
    return begins is not None and begins <= (now or timezone.now())


def is_over(workshop, now=None):
    """Whether its last day is behind us, there, or it was closed."""
    last = workshop.ends_on or workshop.starts_on
    if workshop.status == Status.COMPLETED:
        return True
    return workshop.precision == Precision.DAY and last is not None and last < timezone.localdate(now, ZoneInfo(workshop.time_zone))


def answer_until(workshop, *, offered=False, now=None):
    """Until when an invitation of now waits for the answer; None where nothing limits it.

    An invitation waits until the workshop's deadline, else until the evening before the first day; an offer to somebody from the waiting list,
    and an invitation after the deadline, for `offer_hours`. An offer ends with the list's freezing, both on that evening.
    """
    now = now or timezone.now()
    begins, deadline = begins_at(workshop), workshop.answer_deadline
    # The evening before, and not midnight of the first day, which many read as the end of that day.
    ends = [begins - timedelta(minutes=1) if begins else None]
    if offered:
        ends.append(workshop.list_frozen_at)
    if offered or (deadline and deadline <= now):
        ends.append(now + timedelta(hours=workshop.offer_hours))
    else:
        ends.append(deadline)
    # What is over already limits nothing: staff who invite then know why.
    return min((end for end in ends if end and end > now), default=None)


def why_no_offer(workshop, now=None):
    """Why nobody comes up from the waiting list any more, as a ValidationError; None while seats may be offered."""
    if not workshop.is_open or workshop.status == Status.POSTPONED:
        return ValidationError(
            _("Nothing is offered: the workshop is %(status)s."), code="closed", params={"status": workshop.get_status_display().lower()}
        )
    if has_begun(workshop, now):
        return ValidationError(_("The workshop has begun: no freed seat is offered any more."), code="begun")
    if workshop.is_frozen:
        return ValidationError(_("The list is frozen: no freed seat is offered any more. One who holds a seat can still be replaced."), code="frozen")
    return None


def has_contact(workshop):
    """Whether whoever reads a letter or a secret page finds a telephone number or an address for questions: the workshop's,
    else the office's."""
    if workshop.contact_phone or workshop.contact_email:
        return True
    return CountryOffice.objects.exclude(phone="", email="").exists()
