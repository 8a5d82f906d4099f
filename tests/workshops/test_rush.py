"""Many at once for the last places, through HTTP: nobody too many, nobody twice, nobody lost, no error."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.people import organisation, organiser, person, workshop
from workshops import registrations, seats
from workshops.models import Registration, SeatAllocation, State

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 64
TOKEN = "a" * 32


@pytest.fixture
def server():
    """The web server as it runs for real, two processes with eight threads each, on the tests' database. Its address."""
    given = connection.settings_dict
    who = quote(given["USER"] or "", safe="") + (f":{quote(given['PASSWORD'], safe='')}" if given["PASSWORD"] else "")
    where = f"{given['HOST']}:{given['PORT']}" if given["PORT"] else ""
    folder = f"?host={quote(given['HOST'], safe='')}" if given["HOST"].startswith("/") else ""
    url = f"postgresql://{who}@{'' if folder else where or given['HOST']}/{given['NAME']}{folder}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-W", "ignore", "-m", "gunicorn", "iom_mongolia.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "2", "--threads", "8", "--log-level", "error", "--no-control-socket"),
        ],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PORTAL_MODE": "test", "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "iom_mongolia.settings"},
    )
    try:
        for _ in range(150):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def rush(address, by, at, people, *, times=1):
    """Each person's registration sent by a client of its own, all at once; `times` sends every request again beside it.

    Returns the status codes counted.
    """
    browser = Client()
    browser.force_login(by)
    session = browser.cookies["sessionid"].value
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


def test_thirty_of_sixty_four_hold_a_seat_and_the_others_wait_in_order(server):
    by, at = organiser(), workshop(capacity=30)
    people = [person() for _ in range(CLIENTS)]
    assert rush(server, by, at, people) == {302: CLIENTS}
    at.refresh_from_db()
    held = Registration.objects.filter(workshop=at, state=State.CONFIRMED).order_by("arrival")
    waiting = Registration.objects.filter(workshop=at).waiting()
    assert (held.count(), at.seats_held, waiting.count()) == (30, 30, CLIENTS - 30)
    assert Registration.objects.values("person").distinct().count() == CLIENTS
    assert [row.arrival for row in held] == list(range(1, 31))
    assert [row.arrival for row in waiting] == list(range(31, CLIENTS + 1))
    assert [row.waiting_rank for row in waiting] == list(range(1, CLIENTS - 30 + 1))


def test_a_maximum_for_each_institution_holds_and_every_request_twice_doubles_nobody(server):
    by, at = organiser(), workshop(capacity=30)
    ministries = [organisation() for _ in range(4)]
    seats.allocate(at, [{"organisation": each, "guaranteed": 3, "maximum": 6} for each in ministries], by=by)
    people = [person(organisation=ministries[number % 4], job_title="Officer") for number in range(CLIENTS // 2)]
    assert rush(server, by, at, people, times=2) == {302: CLIENTS}
    assert Registration.objects.count() == len(people)
    assert Registration.objects.values("person").distinct().count() == len(people)
    for allocation in SeatAllocation.objects.filter(workshop=at):
        ours = Registration.objects.filter(workshop=at, organisation=allocation.organisation)
        assert ours.holding().count() == allocation.held == 6
        assert ours.waiting().count() == len(people) // 4 - 6


def test_without_the_lock_the_database_still_refuses_one_too_many(monkeypatch):
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
