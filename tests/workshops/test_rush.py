"""Many at once for the last places, through HTTP: nobody too many, nobody twice, nobody lost, no error."""

import http.client
import threading
import uuid
from collections import Counter
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.people import organisation, organiser, person, workshop
from workshops import registrations, seats
from workshops.models import Registration, SeatAllocation, State

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 64
TOKEN = "a" * 32


def rush(live_server, by, at, people, *, times=1):
    """Each person's registration sent by a client of its own, all at once; `times` sends every request again beside it.

    Returns the status codes counted.
    """
    browser = Client()
    browser.force_login(by)
    session = browser.cookies["sessionid"].value
    address = urlsplit(live_server.url).netloc
    path = reverse("staff:register", args=[at.slug])
    requests = [
        urlencode(
            {"person": somebody.pk, "become": "confirmed", "request_key": uuid.uuid4(), "csrfmiddlewaretoken": TOKEN}
        )
        for somebody in people
    ]
    start, answers = threading.Barrier(len(requests) * times), []

    def send(body):
        connection = http.client.HTTPConnection(address, timeout=60)
        start.wait()
        connection.request(
            "POST",
            path,
            body,
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            },
        )
        answers.append(connection.getresponse().status)
        connection.close()

    threads = [threading.Thread(target=send, args=[body]) for body in requests for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


def test_thirty_of_sixty_four_hold_a_seat_and_the_others_wait_in_order(live_server):
    by, at = organiser(), workshop(capacity=30)
    people = [person() for _ in range(CLIENTS)]
    assert rush(live_server, by, at, people) == {302: CLIENTS}
    at.refresh_from_db()
    held = Registration.objects.filter(workshop=at, state=State.CONFIRMED).order_by("arrival")
    waiting = Registration.objects.filter(workshop=at).waiting()
    assert (held.count(), at.seats_held, waiting.count()) == (30, 30, CLIENTS - 30)
    assert Registration.objects.values("person").distinct().count() == CLIENTS
    assert [row.arrival for row in held] == list(range(1, 31))
    assert [row.arrival for row in waiting] == list(range(31, CLIENTS + 1))
    assert [row.waiting_rank for row in waiting] == list(range(1, CLIENTS - 30 + 1))


def test_a_maximum_for_each_institution_holds_and_every_request_twice_doubles_nobody(live_server):
    by, at = organiser(), workshop(capacity=30)
    ministries = [organisation() for _ in range(4)]
    seats.allocate(at, [{"organisation": each, "guaranteed": 3, "maximum": 6} for each in ministries], by=by)
    people = [person(organisation=ministries[number % 4], job_title="Officer") for number in range(CLIENTS // 2)]
    assert rush(live_server, by, at, people, times=2) == {302: CLIENTS}
    assert Registration.objects.count() == len(people)
    assert Registration.objects.values("person").distinct().count() == len(people)
    for allocation in SeatAllocation.objects.filter(workshop=at):
        ours = Registration.objects.filter(workshop=at, organisation=allocation.organisation)
        assert ours.holding().count() == allocation.held == 6
        assert ours.waiting().count() == len(people) // 4 - 6


def test_without_the_lock_the_database_still_refuses_one_too_many(live_server, monkeypatch):
    """The control: with the queue taken away, requests collide, and still nobody holds a seat that is not there."""
    monkeypatch.setattr(seats, "lock", lambda workshop: type(workshop).objects.get(pk=workshop.pk))
    by, at = organiser(), workshop(capacity=5)
    collisions = []

    def register(somebody):
        from django.db import DatabaseError, connection

        try:
            registrations.register(at, somebody, by=by)
        except DatabaseError as refusal:
            collisions.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=register, args=[person()]) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at.refresh_from_db()
    assert at.seats_held == Registration.objects.holding().count() <= 5
    assert collisions, "nothing collided: this control proves nothing"
