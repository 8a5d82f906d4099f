"""Duplicates among 20,000 people, a twentieth of them planted, against folding each name once; found ones are counted."""

import random
import time

from django.db import connection

from bench.type_ahead import ENDS, GIVEN
from contacts import duplicates, people
from contacts.models import Person, PersonEmail, PersonPhone, Position
from core import names
from tests.people import organisation

PEOPLE, PLANTED = 20_000, 1_000


def measure():
    chance = random.Random(7)
    bodies = [organisation(acronym_mn=f"ХЯ{number}") for number in range(60)]
    given = [start + end for end in ENDS for start in GIVEN]
    # As in life, few names are many people's.
    weights = [1 / (place + 10) for place in range(len(given))]
    said = [(one, other + "ын") for one, other in zip(chance.choices(given, weights, k=PEOPLE), chance.choices(given, weights, k=PEOPLE), strict=True)]
    where = [chance.choice(bodies) for _one in said]
    twice = chance.sample(range(PEOPLE), PLANTED)
    for place, number in enumerate(twice):
        name, father = said[number]
        said.append([(names.romanise(name), names.romanise(father)), (name, father[0] + "."), (father.removesuffix("ын"), name), (name, father)][place % 4])
        where.append(where[number])
    made = []
    for name, father in said:
        script = "" if names.is_cyrillic(name) else "_latin"
        made.append(Person(**{f"given_name{script}": name, f"patronymic{script}": father}))
        people.set_keys(made[-1])
    made = Person.objects.bulk_create(made, batch_size=2000)
    Position.objects.bulk_create((Position(person=row, organisation=body, title_mn="Мэргэжилтэн") for row, body in zip(made, where, strict=True)), batch_size=2000)
    PersonEmail.objects.bulk_create((PersonEmail(person=row, address=f"p{row.pk}@gov.example") for row in made[:PEOPLE:3]), batch_size=2000)
    numbers = [f"+9769{place:07}" for place in range(PEOPLE)] + [f"+9769{number:07}" for number in twice]
    PersonPhone.objects.bulk_create((PersonPhone(person=row, number=number) for row, number in zip(made, numbers, strict=True)), batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    started = time.perf_counter()
    for name, father in said:
        names.fold(name), names.genitive_stem_keys(father)
    plain = time.perf_counter() - started
    print(f"  {len(made)} people; folding every name once takes {plain:.2f} s")
    wanted = {tuple(sorted((made[number].pk, made[PEOPLE + place].pk))) for place, number in enumerate(twice)}
    for what in ("found first", "found again"):
        started = time.perf_counter()
        pairs = duplicates.find()
        took = time.perf_counter() - started
        print(f"  {what:12} {took:5.2f} s, {took / plain:4.1f} times as long{'' if took < 2.5 else '   OVER 2.5 s'}")
    bands = {band: sum(pair.band == band for pair in pairs) for band in duplicates.BANDS}
    hit = {(pair.first, pair.second) for pair in pairs} & wanted
    print(f"  {len(hit)} of {len(wanted)} planted ones found; {bands}")
    started = time.perf_counter()
    duplicates.found()
    duplicates.found()
    started = time.perf_counter()
    duplicates.found()
    print(f"  remembered   {time.perf_counter() - started:5.3f} s")
