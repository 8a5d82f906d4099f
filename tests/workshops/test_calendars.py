"""Calendar files, read back by a parser of calendars."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from icalendar import Calendar

from tests import people
from workshops import calendars
from workshops.models import State, WorkshopDay

pytestmark = pytest.mark.django_db
ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")


def events(text):
    return Calendar.from_ical(text).walk("VEVENT")


def workshop(**details):
    return people.workshop(
        title_en="Labour migration", title_mn="Хөдөлмөрийн шилжилт", starts_on=date(2027, 1, 12), venue_en="UN House, room 2", **details
    )


def test_each_day_is_an_entry_with_the_hours_of_the_place():
    at = workshop()
    WorkshopDay.objects.filter(workshop=at).update(starts_at=time(9), ends_at=time(17, 30))
    text = calendars.calendar_of(at, address="https://portal.example/en/workshops/x/")
    first, second = events(text)
    assert first["DTSTART"].dt == datetime(2027, 1, 12, 9, tzinfo=ULAANBAATAR)
    assert first["DTSTART"].params["TZID"] == "Asia/Ulaanbaatar"
    assert first["DTEND"].dt.utcoffset().total_seconds() == 8 * 3600
    assert second["DTEND"].dt == datetime(2027, 1, 13, 17, 30, tzinfo=ULAANBAATAR)
    assert [str(event["SUMMARY"]) for event in (first, second)] == ["Labour migration, day 1 of 2", "Labour migration, day 2 of 2"]
    assert str(first["LOCATION"]) == "UN House, room 2, Ulaanbaatar"
    assert (str(first["URL"]), str(first["STATUS"])) == ("https://portal.example/en/workshops/x/", "CONFIRMED")
    assert [str(zone["TZID"]) for zone in Calendar.from_ical(text).walk("VTIMEZONE")] == ["Asia/Ulaanbaatar"]


def test_a_day_without_hours_is_a_whole_day():
    first, _second = events(calendars.calendar_of(workshop()))
    assert (first["DTSTART"].dt, first["DTEND"].dt) == (date(2027, 1, 12), date(2027, 1, 13))


def test_a_moved_day_keeps_its_uid_and_a_newer_word_has_a_higher_number():
    at = workshop()
    before = events(calendars.calendar_of(at))
    at.starts_on, at.ends_on, at.ics_sequence = date(2027, 2, 2), date(2027, 2, 3), 1
    at.save()
    from workshops.days import settle

    settle(at)
    after = events(calendars.calendar_of(at))
    assert [str(event["UID"]) for event in after] == [str(event["UID"]) for event in before]
    assert [(event["SEQUENCE"], event["DTSTART"].dt) for event in after] == [(1, date(2027, 2, 2)), (1, date(2027, 2, 3))]


def test_an_invitation_names_the_person_and_is_taken_back():
    at = workshop(contact_email="office@iom.example", contact_name="The office")
    row = people.registration(workshop=at, person=people.person(email="bold@gov.example"), become=State.CONFIRMED)
    invitation = Calendar.from_ical(calendars.calendar_of(at, registration=row, method="REQUEST"))
    assert invitation["METHOD"] == "REQUEST"
    first = invitation.walk("VEVENT")[0]
    assert (str(first["ATTENDEE"]), str(first["ORGANIZER"])) == ("MAILTO:bold@gov.example", "MAILTO:office@iom.example")
    taken_back = Calendar.from_ical(calendars.calendar_of(at, registration=row, method="CANCEL"))
    assert (taken_back["METHOD"], str(taken_back.walk("VEVENT")[0]["STATUS"])) == ("CANCEL", "CANCELLED")
    assert str(taken_back.walk("VEVENT")[0]["UID"]) == str(first["UID"])


def test_it_speaks_the_readers_language():
    with override("mn"):
        assert str(events(calendars.calendar_of(workshop()))[0]["SUMMARY"]) == "Хөдөлмөрийн шилжилт, 2 өдрийн 1-р өдөр"


def test_a_feed_has_all_workshops_in_two_queries(django_assert_num_queries):
    several = [workshop(), workshop(), people.workshop(starts_on=None)]
    with django_assert_num_queries(2):
        text = calendars.feed_of(several, addresses={})
    assert len(events(text)) == 4
