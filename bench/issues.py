"""What is due for 200 workshops with 10,000 registrations: the first staff page and the page of issues stand on it."""

import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Person
from tests.people import organisation, organiser, workshop
from workshops import checklists, due
from workshops.models import NominationRequest, Registration, State

WORKSHOPS, EACH = 200, 50
STATES = [State.CONFIRMED, State.CONFIRMED, State.INVITED, State.WAITLISTED, State.NOMINATED]


def measure():
    by, bodies = organiser(), [organisation() for _number in range(10)]
    people = Person.objects.bulk_create(Person(given_name="Бат", patronymic=f"{number}-ын", sex="fm"[number % 2]) for number in range(EACH))
    made = []
    for number in range(WORKSHOPS):
        at = workshop(capacity=40, starts_in=number % 60, seats={body: (2, 5) for body in bodies})
        checklists.begin(at, by=by)
        for body in bodies:
            made.append(NominationRequest(workshop=at, organisation=body, state="draft"))
        Registration.objects.bulk_create(
            Registration(
                workshop=at, person=person, organisation=bodies[place % 10], state=STATES[place % 5], waiting_rank=place if STATES[place % 5] == State.WAITLISTED else None,
                override_reason="", over_seats=False,
            )
            for place, person in enumerate(people)
        )  # fmt: skip
    NominationRequest.objects.bulk_create(made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    due.find()
    started, worked = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as asked:
        found = due.find()
    took, worked = time.perf_counter() - started, time.process_time() - worked
    in_database = sum(float(query["time"]) for query in asked)
    print(f"  {len(found.lines)} lines of {len(found.standings)} workshops in {took:.2f} s ({worked:.2f} s at work), {in_database:.2f} s of it in {len(asked)} queries{'' if worked < 1 else '   OVER 1 s'}")
