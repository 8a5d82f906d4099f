"""A list of 500 officials judged and committed against 20,000 people, beside a plain loop that inserts the same rows."""

import time

from django.db import connection, transaction

from contacts import people
from contacts.models import ImportBatch, ImportRow, Person, PersonEmail, PersonPhone, Position
from core import spreadsheets
from tests.people import organisation, organiser, workshop
from workshops import commitments, judgements, nominations
from workshops.models import Registration, StateChange

PEOPLE, ROWS = 20_000, 500
GIVEN = ["Бат", "Мөнх", "Энх", "Ган", "Өлзий", "Сайн", "Цэцэг", "Алтан", "Болор", "Нар", "Оюун", "Пүрэв", "Лхагва", "Түвшин", "Дэлгэр", "Хүрэл", "Сүх", "Эрдэнэ", "Уянга", "Ням"]  # fmt: skip
ENDS = ["баяр", "бат", "болд", "туяа", "чимэг", "зул", "жаргал", "дорж", "сүрэн", "маа", "гэрэл", "цэцэг", "эрдэнэ", "сайхан", "тулга", "зориг", "хуяг", "мөнх", "наран", "од"]  # fmt: skip


def _name(number):
    return GIVEN[number % 20] + ENDS[number // 20 % 20], GIVEN[number // 400 % 20] + ENDS[number // 8000 % 20] + "ын"


def measure():
    bodies = [organisation(name_mn=f"{number}-р салбарын яам", name_en=f"Ministry of Branch {number}", acronym_mn=f"С{number}Я") for number in range(60)]
    made = []
    for number in range(PEOPLE):
        given, father = _name(number)
        made.append(Person(given_name=given, patronymic=father))
        people.set_keys(made[-1])
    made = Person.objects.bulk_create(made, batch_size=2000)
    Position.objects.bulk_create((Position(person=row, organisation=bodies[place % 60], title_mn="Мэргэжилтэн") for place, row in enumerate(made)), batch_size=2000)
    PersonPhone.objects.bulk_create((PersonPhone(person=row, number=f"+9768{place:07}") for place, row in enumerate(made)), batch_size=2000)
    PersonEmail.objects.bulk_create((PersonEmail(person=row, address=f"p{place}@gov.example") for place, row in enumerate(made[::3])), batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    by, at = organiser(), workshop(capacity=400, seats={body: (1, 20) for body in bodies[:20]})
    lines = ["№\tОвог\tНэр\tАлбан тушаал\tБайгууллага\tУтас\tИ-мэйл"]
    for number in range(ROWS):
        known = number % 2 == 0
        given, father = _name(number * 37) if known else (_name(number * 37)[0], f"{GIVEN[number % 20]}сүх{ENDS[number % 19]}ын")
        phone = f"8{number * 37:07}" if known else f"99{number:06}"
        address = f"new{number}@gov.example" if not known else ""
        lines.append(f"{number + 1}\t{father}\t{given}\tМэргэжилтэн\t{number * 37 % 60}-р салбарын яам\t{phone}\t{address}")
    table = spreadsheets.read_text("\n".join(lines))
    plain = _seconds(lambda: _plain_loop(table, bodies, by, at))
    print(f"  a plain loop inserts {ROWS} rows in {plain:.2f} s")
    # The first of a process fills the caches of names; the second is what a working server takes.
    _seconds(lambda: _rolled_back(lambda: nominations.take_in(at, table, by=by, become="confirmed")))
    listed = []
    _show("taken in and judged", _seconds(lambda: listed.append(nominations.take_in(at, table, by=by, become="confirmed"))), plain)
    _show("judged anew", _seconds(lambda: judgements.judge(listed[0])), plain)
    _show("foretold", _seconds(lambda: judgements.forecast(listed[0], list(listed[0].batch.rows.all()))), plain)
    done = []
    _show("committed", _seconds(lambda: done.append(commitments.commit(listed[0], by=by))), plain)
    print(f"  {len(done[0].new)} new, {len(done[0].known)} known, {done[0].held} hold a seat, {done[0].waiting} wait")
    _show("undone", _seconds(lambda: commitments.undo(listed[0], by=by)), plain)


def _plain_loop(table, bodies, by, at):
    """What nobody could do with fewer statements without thinking: one insert after the other, nothing judged."""
    with transaction.atomic():
        batch = ImportBatch.objects.create(created_by=by)
        for row in table.rows[1:]:
            _number, father, given, title, _body, phone, address = row.cells
            line = ImportRow.objects.create(batch=batch, number=row.number, raw=row.cells)
            person = Person.objects.create(given_name=given, patronymic=father)
            PersonPhone.objects.create(person=person, number=phone)
            if address:
                PersonEmail.objects.create(person=person, address=address)
            Position.objects.create(person=person, organisation=bodies[0], title_mn=title)
            registration = Registration.objects.create(workshop=at, person=person, state="nominated", import_row=line, created_by=by)
            StateChange.objects.create(registration=registration, to_state="nominated", by=by)
        transaction.set_rollback(True)


def _rolled_back(act):
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def _seconds(act):
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _show(what, took, plain):
    print(f"  {what:20} {took:5.2f} s, {took / plain:4.2f} times the plain loop{'' if took < 3 else '   OVER 3 s'}")
