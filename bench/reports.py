"""A report over 200 workshops and 10,000 participations, beside a plain query that only counts the same rows."""

import time
import uuid

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts import people
from contacts.models import Person
from tests.people import organisation, organiser, workshop
from workshops import reports
from workshops.models import AttendanceMark, Registration, State, StateChange, Workshop

WORKSHOPS, EACH, PEOPLE = 200, 50, 4_000


def measure():
    with transaction.atomic():
        _measure()
        transaction.set_rollback(True)


def _measure():
    bodies = [organisation() for _number in range(40)]
    made = []
    for number in range(PEOPLE):
        made.append(Person(given_name=f"Нэр{number}", sex="fm"[number % 2]))
        people.set_keys(made[-1])
    made = Person.objects.bulk_create(made, batch_size=2000)
    by = organiser()
    held = [workshop(starts_in=-10 - number, capacity=None) for number in range(WORKSHOPS)]
    rows = Registration.objects.bulk_create(
        [
            Registration(workshop=at, person=made[(place * EACH + number * 7) % PEOPLE], state=State.CONFIRMED, organisation=bodies[number % 40], province="1")
            for place, at in enumerate(held)
            for number in range(EACH)
        ],
        batch_size=2000,
    )
    days = {at.pk: list(at.meeting_days.all()) for at in held}
    now = timezone.now()
    AttendanceMark.objects.bulk_create(
        (
            AttendanceMark(client_uuid=uuid.uuid4(), workshop_id=row.workshop_id, registration=row, day=day, kind="present", device_time=now, by=by)
            for row in rows
            for day in days[row.workshop_id]
        ),
        batch_size=2000,
    )
    StateChange.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    fresh = Workshop.objects.filter(pk__in=[at.pk for at in held])
    best = min(_timed(lambda: _whole(fresh)) for _turn in range(3))
    plain = min(_timed(lambda: _plain(held)) for _turn in range(3))
    with CaptureQueriesContext(connection) as asked:
        report = _whole(fresh)
    print(f"  {report.total.participations:,} participations of {report.total.people:,} people at {len(report.workshops)} workshops")
    print(f"  the whole report in {best:.2f} s (target 1.00), {len(asked)} queries (target below 15)")
    print(f"  {best / plain:.1f} × a plain reading of the same registrations and marks")


def _timed(do):
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _whole(workshops):
    report = reports.report_on(workshops)
    report.breakdowns()
    return report


def _plain(workshops):
    keys = [row.pk for row in workshops]
    list(Registration.objects.filter(workshop__in=keys).values_list("pk", "person", "organisation", "level", "province", "state"))
    list(AttendanceMark.objects.filter(workshop__in=keys).values_list("registration", "day", "kind"))
