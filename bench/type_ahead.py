"""Finding people while somebody types, among 20,000, against the plainest query that a directory could make."""

import statistics
import time

from django.db import connection

from contacts import people
from contacts.models import Person, PersonEmail, PersonPhone, Position
from tests.people import organisation, workshop

PEOPLE = 20_000
TIMES = 15
GIVEN = ["Бат", "Мөнх", "Энх", "Ган", "Өлзий", "Сайн", "Цэцэг", "Алтан", "Болор", "Нар", "Оюун", "Пүрэв", "Лхагва", "Түвшин", "Дэлгэр", "Хүрэл", "Сүх", "Эрдэнэ", "Уянга", "Ням"]  # fmt: skip
ENDS = ["баяр", "бат", "болд", "туяа", "чимэг", "зул", "жаргал", "дорж", "сүрэн", "маа", "гэрэл", "цэцэг", "эрдэнэ", "сайхан", "тулга", "зориг", "хуяг", "мөнх", "наран", "бат-эрдэнэ"]  # fmt: skip
QUERIES = ["munkhbat", "Монхбат", "Б.Бат", "бат", "b", "болд бат", "9911", "p123@", "Ministry", "ХЯ1", "ХЯ1 бат", "mnhbd", "nobody"]


def measure():
    bodies = [organisation(acronym_mn=f"ХЯ{number}") for number in range(60)]
    made = []
    for number in range(PEOPLE):
        given = GIVEN[number % 20] + ENDS[number // 20 % 20]
        father = GIVEN[number // 400 % 20] + ENDS[number // 8000 % 20] + "ын"
        made.append(Person(given_name=given, patronymic=father))
        people.set_keys(made[-1])
    made = Person.objects.bulk_create(made, batch_size=2000)
    Position.objects.bulk_create((Position(person=row, organisation=bodies[row.pk % 60], title_mn="Мэргэжилтэн") for row in made), batch_size=2000)
    PersonEmail.objects.bulk_create((PersonEmail(person=row, address=f"p{row.pk}@gov.example") for row in made[::3]), batch_size=2000)
    PersonPhone.objects.bulk_create((PersonPhone(person=row, number=f"+9769{row.pk % 10_000_000:07}") for row in made[::2]), batch_size=2000)
    for start in range(0, PEOPLE, 2000):
        people.index_all(made[start : start + 2000])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    at = workshop(seats={body: (1, 3) for body in bodies[:7]})
    plain = _median(lambda: list(Person.objects.filter(given_name__istartswith="Мөнхбат")[:8]))
    print(f"  {PEOPLE} people; a plain given_name__istartswith takes {plain:.1f} ms")
    for query in QUERIES:
        took = _median(lambda query=query: people.find(query, limit=8, workshop=at))
        print(f"  {query!r:14} {took:5.1f} ms, {took / plain:4.1f} times as long{'' if took < 50 else '   OVER 50 ms'}")


def _median(act):
    """Milliseconds, the median of several after one that warms up."""
    act()
    times = []
    for _time in range(TIMES):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
