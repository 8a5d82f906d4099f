"""The days on which a workshop meets: they follow its dates, and what hangs on a day moves with it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.dates import Precision
from workshops.models import AttendanceMark, WorkshopDay


def span(workshop):
    """The dates from the first to the last day; [] where they are not known to the day."""
    if workshop.precision != Precision.DAY or workshop.starts_on is None:
        return []
    ends_on = workshop.ends_on or workshop.starts_on
    return [workshop.starts_on + timedelta(days=number) for number in range((ends_on - workshop.starts_on).days + 1)]


def settle(workshop):
    """Makes the workshop's days fit its dates, inside the transaction of the act that changed them. Returns the days.

    A workshop of the same length on other dates, or on dates that have no day in common with those before, takes its days,
    with programme and hours, along. Else days outside the dates go and new ones come; a day that was left out inside the
    dates stays out. Refuses ("day_in_use") to let a day go
    on which the programme has items or attendance was taken, and to move days on which attendance was taken.
    """
    wanted = span(workshop)
    days = list(WorkshopDay.objects.filter(workshop=workshop))
    if not wanted or [day.on for day in days] == wanted:
        return days
    if not days:
        return WorkshopDay.objects.bulk_create([WorkshopDay(workshop=workshop, on=on) for on in wanted])
    first, last = days[0].on, days[-1].on
    same_length = last - first == wanted[-1] - wanted[0]
    if first != wanted[0] and (same_length or last < wanted[0] or first > wanted[-1]):
        if AttendanceMark.objects.filter(day__in=days).exists():
            raise ValidationError(_("Attendance was taken already: the days cannot be moved."), code="day_in_use")
        for day in days:
            day.on += wanted[0] - first
            day.save()
        if same_length:
            return days
        first, last = days[0].on, days[-1].on
    for day in days:
        if day.on not in wanted:
            if day.items.exists() or day.marks.exists() or day.sheets.exists():
                raise ValidationError(
                    _("%(day)s has a programme or attendance: move that first."), code="day_in_use", params={"day": str(day)}
                )
            day.delete()
    WorkshopDay.objects.bulk_create(
        [WorkshopDay(workshop=workshop, on=on) for on in wanted if not first <= on <= last]
    )
    return list(WorkshopDay.objects.filter(workshop=workshop))


# Deadlines, which keep their distance from the first day ---------------------------------------------------------

# The dates of a workshop that hang on its first day, in the order of its life.
DEADLINES = ("nomination_deadline", "answer_deadline", "release_on", "list_frozen_at", "report_due_on")


def between(before, after):
    """Days from one date to another; None where one of them is not known."""
    return None if before is None or after is None else (after - before).days


def shift(moment, days, zone):
    """A date or a moment so many days later (or, negative, earlier), at the same hour by the clock of the place."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment.astimezone(zone) + timedelta(days=days)
    return moment + timedelta(days=days)


def shifted_deadlines(workshop, days):
    """The deadlines of a workshop so many days later: {field: date or moment}; those that are not set stay out."""
    zone = ZoneInfo(workshop.time_zone)
    return {name: shift(getattr(workshop, name), days, zone) for name in DEADLINES if getattr(workshop, name)}


def distances(workshop):
    """[(field, days from the first day, negative before it)] of the deadlines that are set; [] without a first day."""
    if workshop.starts_on is None:
        return []
    zone = ZoneInfo(workshop.time_zone)
    found = []
    for name in DEADLINES:
        if moment := getattr(workshop, name):
            day = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
            found.append((name, (day - workshop.starts_on).days))
    return found
