"""Registering one by one, each in its own transaction under the workshop's lock, against plain inserts of the same rows."""

import time

from django.db import transaction

from tests.people import organiser, person, workshop
from workshops import registrations
from workshops.models import Registration, State

ROWS = 200


def measure():
    by = organiser()
    officials = [person() for _ in range(ROWS)]
    plain, acted = workshop(capacity=ROWS), workshop(capacity=ROWS)
    started = time.perf_counter()
    for official in officials:
        with transaction.atomic():
            Registration.objects.create(workshop=plain, person=official, state=State.CONFIRMED)
    inserts = time.perf_counter() - started
    started = time.perf_counter()
    for official in officials:
        registrations.register(acted, official, by=by)
    acts = time.perf_counter() - started
    print(f"  {ROWS} plain inserts, a transaction each: {inserts / ROWS * 1000:.1f} ms a row")
    print(f"  {ROWS} registrations by the act:          {acts / ROWS * 1000:.1f} ms a row, {acts / inserts:.1f} times as long")
