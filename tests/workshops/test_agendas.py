"""The programme: what is odd, versions with what is new, moved or cancelled, and letters to those concerned alone."""

from datetime import time

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from tests import people
from workshops import agendas
from workshops.models import AgendaItem, AgendaVersion, Letter, Registration, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return people.organiser()


@pytest.fixture
def workshop():
    return people.workshop(slug="policy")


def item_of(**details):
    """An item from ten to eleven, unless told otherwise."""
    return people.agenda_item(**{"starts_at": "10:00", "ends_at": "11:00", **details})


def day(workshop, number=0):
    return list(workshop.meeting_days.all())[number]


def texts(workshop):
    return [(str(oddity.item), str(oddity.text)) for oddity in agendas.oddities(agendas.days_with_items(workshop))]


# What is odd --------------------------------------------------------------------------------------------------


def test_two_things_at_once_in_one_room_are_odd_and_in_two_rooms_are_not(workshop):
    item_of(day=day(workshop), title_en="One", room_en="Hall")
    other = item_of(day=day(workshop), title_en="Other", room_en="hall", starts_at="10:30", ends_at="11:30")
    assert texts(workshop) == [("Other", "“One” is in the same room at the same time.")]
    AgendaItem.objects.filter(pk=other.pk).update(room_en="Library")
    assert texts(workshop) == []
    AgendaItem.objects.filter(pk=other.pk).update(room_en="Hall", starts_at=time(11))
    assert texts(workshop) == []


def test_one_speaker_in_two_rooms_at_once_is_odd(workshop, by):
    speaker = people.registration(workshop=workshop, role=Registration.Role.SPEAKER)
    for room, start in (("Hall", "10:00"), ("Library", "10:30")):
        made = item_of(day=day(workshop), title_en=room, room_en=room, starts_at=start, ends_at="11:30")
        agendas.edit_item(made, by=by, speakers=[speaker])
    assert texts(workshop) == [("Library", f"{speaker.short_name} speaks at “Hall” at the same time.")]


def test_outside_the_hours_of_the_day_and_in_one_language_is_odd(workshop, by):
    agendas.set_hours(day(workshop), by=by, starts_at=time(9), ends_at=time(17))
    item_of(day=day(workshop), title_en="Dinner", title_mn="", starts_at="18:00", ends_at="20:00")
    assert texts(workshop) == [("Dinner", "It lies outside the hours of the day."), ("Dinner", "The Mongolian title is missing.")]


def test_what_is_cancelled_is_in_nobodys_way(workshop):
    item_of(day=day(workshop))
    item_of(day=day(workshop), is_cancelled=True)
    assert texts(workshop) == []


# Items --------------------------------------------------------------------------------------------------------


def test_an_item_that_readers_know_is_cancelled_and_another_goes(workshop, by):
    known = item_of(day=day(workshop))
    agendas.publish(workshop, by=by)
    fresh = item_of(day=day(workshop), starts_at="14:00", ends_at="15:00")
    assert agendas.remove_item(fresh, by=by) is True
    assert agendas.remove_item(known, by=by) is False
    assert list(AgendaItem.objects.values_list("pk", "is_cancelled")) == [(known.pk, True)]


def test_a_speaker_of_another_workshop_is_refused_and_nothing_changes(workshop, by):
    item = item_of(day=day(workshop), title_en="Before")
    with pytest.raises(ValidationError) as refusal:
        agendas.edit_item(item, by=by, title_en="After", speakers=[people.registration()])
    assert refusal.value.code == "other_workshop"
    item.refresh_from_db()
    assert item.title_en == "Before"


def test_it_cannot_end_before_it_begins(workshop, by):
    with pytest.raises(ValidationError) as refusal:
        agendas.add_item(day(workshop), by=by, title_en="Backwards", starts_at=time(12), ends_at=time(11))
    assert refusal.value.messages == ["It cannot end before it begins."]


# Versions -----------------------------------------------------------------------------------------------------


def test_an_empty_programme_and_one_without_changes_are_not_published(workshop, by):
    with pytest.raises(ValidationError) as refusal:
        agendas.publish(workshop, by=by)
    assert refusal.value.code == "empty"
    item_of(day=day(workshop))
    assert agendas.publish(workshop, by=by).version.number == 1
    with pytest.raises(ValidationError) as refusal:
        agendas.publish(workshop, by=by)
    assert refusal.value.code == "no_change"
    assert AgendaVersion.objects.count() == 1


def test_what_is_new_moved_cancelled_and_reworded_is_told_apart(workshop, by):
    moved, cancelled, reworded, same = (
        item_of(day=day(workshop), title_en=title, starts_at=start, ends_at=end)
        for title, start, end in (("Moved", "09:00", "10:00"), ("Off", "10:00", "11:00"), ("Worded", "11:00", "12:00"), ("Same", "13:00", "14:00"))
    )
    agendas.publish(workshop, by=by)
    agendas.edit_item(moved, by=by, day=day(workshop, 1), starts_at=time(15), ends_at=time(16))
    agendas.remove_item(cancelled, by=by)
    agendas.edit_item(reworded, by=by, title_en="Worded better")
    item_of(day=day(workshop), title_en="Fresh", starts_at="16:00", ends_at="17:00")
    made = agendas.publish(workshop, by=by).changes
    assert [(change.kind, change.title) for change in made] == [
        ("cancelled", "Off"), ("reworded", "Worded better"), ("new", "Fresh"), ("moved", "Moved"),
    ]  # fmt: skip
    first, second = workshop.starts_on, workshop.ends_on
    assert str(made[-1]) == f"Moved: “Moved”, now {second.day} {second:%B %Y}, 15:00–16:00 (was {first.day} {first:%B %Y}, 09:00–10:00)."


def test_a_version_is_never_altered(workshop, by):
    item_of(day=day(workshop))
    version = agendas.publish(workshop, by=by).version
    from django.db import InternalError

    with pytest.raises(InternalError, match="Cannot update"):
        AgendaVersion.objects.filter(pk=version.pk).update(content={})


def test_letters_go_to_those_concerned_and_once(workshop, by):
    item = item_of(day=day(workshop), title_en="Law")
    coffee = item_of(day=day(workshop), title_en="Coffee", kind="break", starts_at="11:00", ends_at="11:30")
    speaker = people.registration(workshop=workshop, role=Registration.Role.SPEAKER, person=people.person(email="speaker@x.example", preferred_language="en"))
    other_speaker = people.registration(workshop=workshop, role=Registration.Role.SPEAKER)
    official = people.registration(workshop=workshop, person=people.person(email="official@x.example"))
    people.registration(workshop=workshop, become=State.NOMINATED)
    agendas.edit_item(item, by=by, speakers=[speaker])
    agendas.publish(workshop, by=by)
    assert Letter.objects.filter(kind="programme-changed").count() == 0
    agendas.edit_item(coffee, by=by, starts_at=time(11, 15))
    assert agendas.publish(workshop, by=by).letters == 0
    agendas.edit_item(item, by=by, title_en="Labour law")
    assert agendas.publish(workshop, by=by).letters == 1
    assert list(Letter.objects.filter(kind="programme-changed").values_list("registration", flat=True)) == [speaker.pk]
    agendas.edit_item(item, by=by, starts_at=time(9))
    assert agendas.publish(workshop, by=by).letters == 2
    assert set(Letter.objects.filter(kind="programme-changed").values_list("registration", flat=True)) == {speaker.pk, official.pk}
    assert other_speaker.pk not in set(Letter.objects.filter(kind="programme-changed").values_list("registration", flat=True))


def test_the_letter_leads_to_the_officials_own_page(by):
    at = people.workshop(visibility="internal")
    row = people.registration(workshop=at)
    item_of(workshop=at)
    agendas.publish(at, by=by)
    item_of(workshop=at, day=1)
    agendas.publish(at, by=by)
    letter = Letter.objects.get(kind="programme-changed")
    assert (letter.link.registration, "{link}" in letter.body) == (row, True)


def test_telling_many_costs_as_much_as_telling_one(by):
    asked = []
    for number in (1, 4):
        at = people.workshop()
        for _each in range(number):
            people.registration(workshop=at, organisation=people.organisation())
        item_of(workshop=at)
        agendas.publish(at, by=by)
        item_of(workshop=at, day=1)
        with CaptureQueriesContext(connection) as queries:
            assert agendas.publish(at, by=by).letters == number
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_publishing_without_letters_writes_none(workshop, by):
    item = item_of(day=day(workshop))
    people.registration(workshop=workshop)
    agendas.publish(workshop, by=by)
    agendas.edit_item(item, by=by, starts_at=time(9))
    assert (agendas.publish(workshop, by=by, tell=False).letters, Letter.objects.filter(kind="programme-changed").count()) == (0, 0)


# Pages --------------------------------------------------------------------------------------------------------


def staff(name, *arguments):
    return reverse(f"staff:{name}", args=arguments)


def test_the_public_reads_the_last_version_and_nothing_newer(client, workshop, by):
    item = item_of(day=day(workshop), title_en="Opening words", title_mn="Нээлтийн үг", room_en="Great hall", room_mn="Их танхим")
    assert "Opening words" not in client.get("/en/workshops/policy/").text
    agendas.publish(workshop, by=by)
    agendas.edit_item(item, by=by, title_en="Not yet public")
    page = client.get("/en/workshops/policy/").text
    assert "Opening words" in page and "Great hall" in page and "Not yet public" not in page
    assert "Нээлтийн үг" in client.get("/mn/workshops/policy/").text


def test_an_item_is_added_changed_and_published_by_hand(client, workshop):
    people.signed_in(client, people.organiser())
    typed = {
        "day": day(workshop).pk, "kind": "session", "starts_at": "09:00", "ends_at": "10:30", "title_en": "Policy", "title_mn": "Бодлого",
        "room_en": "", "room_mn": "", "description_en": "", "description_mn": "", "others": "Jane Doe, ILO | Жейн Доу, ОУХБ\n\nB. Bold",
    }  # fmt: skip
    assert client.post(staff("programme_add", "policy"), typed).status_code == 302
    item = AgendaItem.objects.get()
    assert [(speaker.name_en, speaker.name_mn) for speaker in item.speakers.all()] == [("Jane Doe, ILO", "Жейн Доу, ОУХБ"), ("B. Bold", "")]
    answer = client.post(staff("programme_item", "policy", item.pk), {**typed, "ends_at": "08:00"})
    assert answer.status_code == 422 and "It cannot end before it begins." in answer.text and "Jane Doe" in answer.text
    client.post(staff("programme_publish", "policy"))
    assert "Jane Doe, ILO" in client.get("/en/workshops/policy/").text
    with override("mn"):
        assert "Жейн Доу, ОУХБ" in client.get("/mn/workshops/policy/").text


def test_the_page_costs_the_same_with_many_items(client, workshop, by, django_assert_max_num_queries):
    people.signed_in(client, by)
    for number in range(3):
        item = item_of(day=day(workshop, number % 2), starts_at=f"{9 + number}:00".zfill(5), ends_at=f"{10 + number}:00")
        agendas.edit_item(item, by=by, speakers=[people.registration(workshop=workshop, role="speaker")])
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(staff("programme", "policy"))
    for number in range(6):
        item = item_of(day=day(workshop, number % 2), starts_at=f"{12 + number}:00", ends_at=f"{13 + number}:00")
        agendas.edit_item(item, by=by, speakers=[people.registration(workshop=workshop, role="speaker")])
    with CaptureQueriesContext(connection) as many:
        client.get(staff("programme", "policy"))
    assert len(many) == len(few)
