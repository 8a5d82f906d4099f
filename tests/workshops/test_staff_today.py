"""The first staff page: what is due, to whom it is shown, and in which order."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts import duplicates
from contacts.models import ImportBatch, ImportRow, Verdict
from iom_mongolia.worker import CHORES
from tests.people import desk, editor, nomination_request, organisation, organiser, person, registration, signed_in, workshop
from workshops import due, seats
from workshops.models import NominationList, State, Workshop

pytestmark = pytest.mark.django_db


def texts(user=None):
    return [line.text for line in due.lines(user or organiser())]


def quiet(**details):
    """A workshop that lacks nothing: its venue is named, its institutions have answered."""
    at = workshop(**{"venue_en": "UN House", "seats": {organisation(): (1, 3)}, **details})
    for allocation in at.allocations.all():
        nomination_request(workshop=at, organisation=allocation.organisation, state="complete")
    return at


def test_a_workshop_that_lacks_nothing_gives_no_line():
    quiet()
    assert texts() == []


def test_what_is_late_comes_first():
    late = quiet(nomination_deadline=timezone.now() - timedelta(days=3))
    registration(workshop=late, become=State.NOMINATED)
    quiet(starts_in=20, venue_en="")
    assert texts() == ["Decide about 1 nomination", "Name the venue"]
    line = due.lines(organiser())[0]
    assert (line.css, line.when, line.url) == ("late", "3 days late", reverse("staff:participants", args=[late.slug]) + "?state=nominated")


def test_those_who_wait_are_due_only_where_a_seat_is_free_for_them():
    ministry, other = organisation(), organisation()
    at = quiet(capacity=2, seats={ministry: (1, 1)})
    registration(workshop=at, organisation=other)
    registration(workshop=at, organisation=other)
    assert at.registrations.filter(state=State.WAITLISTED).count() == 1
    assert texts() == []
    seats.release(at, by=organiser(), at=timezone.now())
    assert texts() == ["Give 1 free seat to the waiting list"]


def test_no_seats_shared_no_places_known_and_a_draft_that_comes_near():
    quiet(seats=None)
    quiet(capacity=None, seats={organisation(): (0, None)})
    quiet(status="draft", starts_in=30)
    assert sorted(texts()) == ["Open the nominations", "Say how many places there are", "Share out the seats"]


def test_what_is_over_is_to_be_closed_and_what_is_closed_is_not_due():
    quiet(starts_in=-10)
    quiet(starts_in=-10, status="completed")
    quiet(starts_in=5, status="cancelled")
    assert texts() == ["Close the workshop: its last day is over"]


def test_rows_of_a_list_that_need_mending_are_due():
    at = quiet()
    batch = ImportBatch.objects.create(created_by=organiser())
    NominationList.objects.create(batch=batch, workshop=at)
    for number, verdict in enumerate([Verdict.TO_MEND, Verdict.POSSIBLE, Verdict.NEW], 1):
        ImportRow.objects.create(batch=batch, number=number, verdict=verdict)
    [line] = due.lines(organiser())
    assert (line.text, line.url) == ("Mend 2 rows of a list", reverse("staff:list_show", args=[at.slug, batch.pk]))


def test_the_desk_sees_the_lists_it_will_open_and_an_editor_the_content(client):
    soon = workshop(starts_in=3)
    workshop(starts_in=40)
    assert [(line.text, line.workshop) for line in due.lines(desk())] == [("Check the list of participants", soon)]
    assert due.lines(editor()) == []
    page = signed_in(client, editor()).get(reverse("staff:today")).content.decode()
    assert [reverse("admin:office_newsitem_add") in page, "What needs doing" in page, str(soon) in page] == [True, False, False]


def test_the_first_page_costs_the_same_with_many_workshops(client, django_assert_num_queries):
    client = signed_in(client, organiser())
    for count in (3, 20):
        for _number in range(count):
            at = workshop(starts_in=5, capacity=1)
            registration(workshop=at)
            registration(workshop=at)
        Workshop.objects.filter(pk__in=Workshop.objects.values("pk")).update(capacity=2)
        # Session, user; workshops, who is registered, allocations, who waits, requests, lists, letters, days, forms, checklists;
        # how many duplicates; the next five.
        with django_assert_num_queries(14):
            client.get(reverse("staff:today"))


def test_organisers_are_told_how_many_duplicates_the_last_search_found_and_the_page_searches_nothing(client):
    for _number in range(2):
        person(given_name="Мөнхбат", patronymic="Гомбын", phone="+97688001122")
    address, words = reverse("staff:today"), "Look at 1 possible duplicate"
    staff = signed_in(client, organiser())
    assert words not in staff.get(address).content.decode()
    duplicates.look()
    assert words in staff.get(address).content.decode()
    assert words not in signed_in(Client(), desk()).get(address).content.decode()
    assert "contacts.duplicates.look" in dict(CHORES)
