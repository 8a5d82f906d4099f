"""Calendar files: the days of a workshop as other people's calendars read them (RFC 5545, and RFC 5546 for REQUEST and CANCEL).

A day keeps its UID for life; Workshop.ics_sequence rises with each change of date or place, so that a calendar knows the
newer word from the older one.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from workshops.models import Workshop, WorkshopDay

PRODUCT = "-//IOM Mongolia//Workshops//EN"
DOMAIN = "workshops.iom-mongolia"


def calendar_of(workshop, *, registration=None, method="PUBLISH", address=""):
    """The text of a calendar file with one entry a day, in the active language.

    `method`: PUBLISH for a file to take away, REQUEST for an invitation (or its newer version) to the person of
    `registration`, CANCEL to take it back. `address` is the page that the entries lead to. Without days known to the day
    it has no entries.
    """
    return _calendar([workshop], {workshop.pk: _days(workshop)}, method=method, addresses={workshop.pk: address}, registration=registration)


def for_each(registrations, workshop, *, method):
    """A calendar file for each of some registrations of one workshop, in the language of each: {registration's key: text}.
    The days and the addresses of all are read once."""
    registrations = list(registrations)
    prefetch_related_objects(registrations, "person__emails")
    days, files = {workshop.pk: _days(workshop)}, {}
    for registration in registrations:
        with override(registration.person.preferred_language or "mn"):
            files[registration.pk] = _calendar([workshop], days, method=method, addresses={}, registration=registration)
    return files


def feed_of(workshops, *, addresses, name=""):
    """The text of a calendar with the days of several workshops; `addresses` are their pages, {key: address}; `name` is
    what other calendars call it. One query."""
    workshops = list(workshops)
    days = {}
    for day in WorkshopDay.objects.filter(workshop__in=workshops).prefetch_related("items"):
        days.setdefault(day.workshop_id, []).append(day)
    return _calendar(workshops, days, method="PUBLISH", addresses=addresses, name=name)


def _days(workshop):
    return list(WorkshopDay.objects.filter(workshop=workshop).prefetch_related("items"))


def _calendar(workshops, days, *, method, addresses, registration=None, name=""):
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("x-published-ttl", "PT12H")
    for workshop in workshops:
        meets = days.get(workshop.pk, [])
        for number, day in enumerate(meets, 1):
            calendar.add_component(
                _event(workshop, day, number, len(meets), method=method, address=addresses.get(workshop.pk, ""), registration=registration)
            )
    calendar.add_missing_timezones()
    return calendar.to_ical().decode()


def _event(workshop, day, number, of, *, method, address, registration):
    event = Event()
    event.add("uid", f"{day.key}@{DOMAIN}")
    event.add("sequence", workshop.ics_sequence)
    event.add("dtstamp", timezone.now())
    starts, ends = hours_of(day)
    if starts is None:
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))
    else:
        zone = ZoneInfo(workshop.time_zone)
        event.add("dtstart", datetime.combine(day.on, starts, zone))
        event.add("dtend", datetime.combine(day.on, ends, zone))
    title = getattr(workshop, f"title_{get_language()}") or str(workshop)
    if of > 1:
        title = _("%(title)s, day %(number)d of %(of)d") % {"title": title, "number": number, "of": of}
    event.add("summary", title)
    place = ", ".join(filter(None, [_text(workshop, "venue"), _text(workshop, "place")]))
    if place:
        event.add("location", place)
    if summary := _text(workshop, "summary"):
        event.add("description", summary)
    if address:
        event.add("url", address)
    off = method == "CANCEL" or workshop.status in {Workshop.Status.CANCELLED, Workshop.Status.POSTPONED}
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    if workshop.contact_email:
        organizer = vCalAddress(f"MAILTO:{workshop.contact_email}")
        if workshop.contact_name:
            organizer.params["cn"] = vText(workshop.contact_name)
        event["organizer"] = organizer
    if registration is not None and method in {"REQUEST", "CANCEL"}:
        email = next((email for email in registration.person.emails.all() if email.is_primary), None)
        if email is not None:
            attendee = vCalAddress(f"MAILTO:{email.address}")
            attendee.params["cn"] = vText(registration.full_name)
            attendee.params["rsvp"] = vText("FALSE")
            event.add("attendee", attendee, encode=0)
    return event


def hours_of(day):
    """(begins, ends) of a day: as stated, else from the first item to the last; (None, None) where neither is known."""
    items = [item for item in day.items.all() if not item.is_cancelled]
    starts = day.starts_at or min((item.starts_at for item in items), default=None)
    ends = day.ends_at or max((item.ends_at for item in items), default=None)
    return (starts, ends) if starts is not None and ends is not None and ends > starts else (None, None)


def _text(workshop, field):
    return getattr(workshop, f"{field}_{get_language()}") or getattr(workshop, f"{field}_en") or getattr(workshop, f"{field}_mn")
