"""A button pressed twice at the same moment: two requests side by side make one of everything and no error."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from contacts.models import Person
from tests.people import organisation, organiser, signed_in, workshop
from workshops.models import Registration, Workshop

pytestmark = pytest.mark.django_db(transaction=True)

PRESSES = 3


def press(address, data):
    """The same form sent by one person from several threads at once; the answers."""
    user = organiser()
    clients = [signed_in(Client(), user) for _ in range(PRESSES)]
    together = threading.Barrier(PRESSES)

    def send(client):
        try:
            together.wait()
            return client.post(address, data)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PRESSES) as threads:
        return list(threads.map(send, clients))


def test_one_copy_of_a_workshop():
    at = workshop(seats={organisation(): (2, 3)})
    answers = press(
        reverse("staff:workshop_clone", args=[at.slug]),
        {"title_en": "Again", "title_mn": "", "starts_on": "2027-05-01", "ends_on": "2027-05-02"},
    )
    fresh = Workshop.objects.get(cloned_from=at)
    assert {answer["Location"] for answer in answers} == {reverse("staff:workshop", args=[fresh.slug])}
    assert fresh.allocations.count() == 1


def test_two_new_workshops_of_one_title_have_two_addresses():
    answers = press(
        reverse("staff:workshop_create"),
        {"title_en": "Once more", "kind": "workshop", "precision": "day", "visibility": "public", "time_zone": "Asia/Ulaanbaatar"},
    )
    assert [answer.status_code for answer in answers] == [302] * PRESSES
    assert len(set(Workshop.objects.filter(title_en="Once more").values_list("slug", flat=True))) == PRESSES


def test_one_person_who_is_new():
    at = workshop()
    data = {"given_name": "Сарангэрэл", "patronymic": "Батын", "sex": "f", "request_key": uuid.uuid4(), "become": "confirmed", "via": "staff"}
    answers = press(reverse("staff:participant_add", args=[at.slug]), data)
    assert [answer.status_code for answer in answers] == [302] * PRESSES
    assert Registration.objects.get(workshop=at).person == Person.objects.get(given_name="Сарангэрэл")


def test_sent_again_later_it_asks_nothing_about_the_one_just_added(client):
    at = workshop()
    signed_in(client, organiser())
    data = {"given_name": "Сарангэрэл", "patronymic": "Батын", "sex": "f", "request_key": uuid.uuid4(), "become": "confirmed", "via": "staff"}
    for _ in range(2):
        assert client.post(reverse("staff:participant_add", args=[at.slug]), data).status_code == 302
    assert Person.objects.filter(given_name="Сарангэрэл").count() == 1
