"""Dates that may be known only to the month or the year, shown as far as they are known."""

import calendar

from django.db import models
from django.utils import formats
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    DAY = "day", _("to the day")
    MONTH = "month", _("to the month")
    YEAR = "year", _("to the year")


def last_day(date, precision=Precision.DAY):
    """The last day that a date may mean, as far as it is known."""
    if precision == Precision.YEAR:
        return date.replace(month=12, day=31)
    if precision == Precision.MONTH:
        return date.replace(day=calendar.monthrange(date.year, date.month)[1])
    return date


def show(date, precision=Precision.DAY):
    """The date in the active language, no more exact than it is known: "15 September 2014", "September 2014", "2014"."""
    if not date:
        return ""
    if precision == Precision.YEAR:
        return str(date.year)
    if precision == Precision.MONTH:
        return formats.date_format(date, "YEAR_MONTH_FORMAT")
    return formats.date_format(date, "DATE_FORMAT")


def show_range(start, end, precision=Precision.DAY):
    """Two dates as one phrase without saying the same month or year twice."""
    if not start:
        return ""
    if not end or end == start or precision != Precision.DAY:
        return show(start, precision)
    from django.utils.translation import get_language

    mongolian = get_language() == "mn"
    if start.year != end.year:
        return f"{show(start)} – {show(end)}"
    if start.month != end.month:
        if mongolian:
            return f"{show(start)} – {formats.date_format(end, 'MONTH_DAY_FORMAT')}"
        return f"{formats.date_format(start, 'MONTH_DAY_FORMAT')} – {show(end)}"
    if mongolian:
        return f"{show(start)}–{end.day}"
    return f"{start.day}–{show(end)}"


def iso(date, precision=Precision.DAY):
    """For <time datetime>: as much of the ISO date as is known."""
    if not date:
        return ""
    return {Precision.YEAR: f"{date:%Y}", Precision.MONTH: f"{date:%Y-%m}"}.get(precision, f"{date:%Y-%m-%d}")
