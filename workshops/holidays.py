"""Public holidays of Mongolia: on which days hardly anybody from a ministry can come.

Six have a fixed date. Three follow the moon, and the Government moves days off at short notice: such a day is never worked
out, only known where it was announced, and else there is a season in which staff are asked to look.
Source: the law on public holidays and days of observance; dates announced, as the news agency Montsame reported them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NEW_YEAR = gettext_lazy("New Year")
WOMENS_DAY = gettext_lazy("International Women's Day")
CHILDRENS_DAY = gettext_lazy("Children's Day")
NAADAM = gettext_lazy("National Festival Naadam")
REPUBLIC = gettext_lazy("Proclamation of the Republic")
FREEDOM = gettext_lazy("National Freedom and Independence")

# (month, day) of those with a fixed date.
FIXED = {
    (1, 1): NEW_YEAR,
    (3, 8): WOMENS_DAY,
    (6, 1): CHILDRENS_DAY,
    **{(7, day): NAADAM for day in range(11, 16)},
    (11, 26): REPUBLIC,
    (12, 29): FREEDOM,
}


@dataclass(frozen=True)
class ByTheMoon:
    """A holiday that follows the moon: the season in which it falls, as (month, day), and days that were announced."""

    name: str
    begins: tuple
    ends: tuple
    announced: tuple = ()


BY_THE_MOON = [
    ByTheMoon(gettext_lazy("Tsagaan Sar"), (1, 21), (3, 6), (date(2019, 2, 5), date(2019, 2, 6), date(2019, 2, 7))),
    ByTheMoon(gettext_lazy("Buddha Day"), (5, 6), (6, 18), (date(2021, 5, 26),)),
    ByTheMoon(
        gettext_lazy("Chinggis Khaan's birthday"), (10, 27), (11, 28),
        (date(2016, 10, 31), date(2018, 11, 8), date(2019, 11, 27), date(2020, 11, 16), date(2021, 11, 5), date(2022, 11, 24),
         date(2025, 11, 21)),
    ),
]  # fmt: skip


def holiday(day):
    """The name of the public holiday that a day is known to be; "" where it is none."""
    if name := FIXED.get((day.month, day.day)):
        return str(name)
    return next((str(each.name) for each in BY_THE_MOON if day in each.announced), "")


def remarks(starts_on, ends_on=None):
    """What speaks against meeting from one day to another, each a sentence: weekends, holidays, and holidays that follow
    the moon and may fall then. An empty list: nothing is known against these days."""
    if not starts_on:
        return []
    # A year of days tells as much as a longer row that somebody mistyped.
    length = min(((ends_on or starts_on) - starts_on).days, 366)
    days = [starts_on + timedelta(days=number) for number in range(length + 1)]
    found = []
    for day in days[:31]:
        if name := holiday(day):
            found.append(_("%(day)s is a public holiday: %(holiday)s.") % {"day": _said(day), "holiday": name})
        elif day.weekday() >= 5:
            found.append(_("%(day)s is a weekend.") % {"day": _said(day)})
    for each in BY_THE_MOON:
        years = {day.year for day in days} - {day.year for day in each.announced}
        if any(day.year in years and each.begins <= (day.month, day.day) <= each.ends for day in days):
            found.append(_("%(holiday)s may fall on these days: its date is announced each year.") % {"holiday": each.name})
    return found


def remark_on(day):
    """What speaks against a deadline on a day, as a word or two; "" for a working day."""
    return holiday(day) or (_("weekend") if day.weekday() >= 5 else "")


def _said(day):
    return f"{date_format(day, 'l')}, {date_format(day, 'MONTH_DAY_FORMAT')}"
