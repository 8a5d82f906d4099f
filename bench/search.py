"""Search among 5,000 news items in both languages, beside the plainest look through their texts, and the first of a process."""

import random
import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from office import search
from office.models import NewsItem
from workshops import search as workshop_search

ITEMS, WORDS, TIMES = 5_000, 200, 9
ENGLISH = "migration labour policy border health trafficking office workshop training ministry climate data return worker family child".split()
MONGOLIAN = "шилжилт хөдөлгөөн хөдөлмөр бодлого хил эрүүл мэнд хүн худалдаалах сургалт яам уур амьсгал мэдээлэл буцалт ажилтан гэр".split()
ENDINGS = ["", "", "ийн", "ыг", "ээс", "аар", "тай", "ууд", "д"]
QUERIES = [
    ("en", "migration"), ("en", "labour migration policy"), ("en", "migratoin"), ("en", '"labour policy" -border'), ("en", "word4711en"), ("en", "nobodywrotethis"),
    ("mn", "шилжилт"), ("mn", "шилжилтийн хөдөлгөөн"), ("mn", "shiljilt hudulguun"), ("mn", "шлижилт"), ("mn", "хүн -хил"), ("mn", "нэгчбичээгүй"),
]  # fmt: skip


def measure():
    chance = random.Random(2013)
    begun = timezone.now() - timedelta(days=1)

    def text(words, tail):
        return " ".join(
            chance.choice(words) if chance.random() < 0.2 else f"word{min(int(chance.paretovariate(0.7)) * 7, 20_000)}{tail}" for _word in range(WORDS)
        )

    NewsItem.objects.bulk_create(
        (
            NewsItem(
                slug=f"n{number}", publish_at_en=begun, publish_at_mn=begun, published_on=(begun - timedelta(days=number)).date(),
                title_en=f"{chance.choice(ENGLISH)} {number}", title_mn=f"{chance.choice(MONGOLIAN)} {number}",
                body_en=f"<p>{text(ENGLISH, 'en')}</p>", body_mn=f"<p>{text([word + end for word in MONGOLIAN for end in ENDINGS], 'х')}</p>",
            )
            for number in range(ITEMS)
        ),
        batch_size=1000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    started = time.perf_counter()
    _search("en", "migration")
    print(f"  the first search of a process reads {ITEMS} items in two languages in {time.perf_counter() - started:.1f} s")
    plain, _own = _best(lambda: list(NewsItem.objects.published("en").filter(body_en__icontains="migration")[:20]))
    print(f"  {ITEMS} items; a plain body__icontains takes {plain:.0f} ms")
    for language, query in QUERIES:
        took, own = _best(lambda language=language, query=query: _search(language, query))
        print(f"  {query!r:28} {took:4.0f} ms, {own:4.0f} of them Python's; {took / plain:4.2f} times as long{'' if took < 150 else '   OVER 150 ms'}")


def _search(language, query):
    found = search.search(query, language, (*search.SOURCES, *workshop_search.SOURCES))
    return found.results(found.hits[:20])


def _best(act):
    """Milliseconds on the clock and of the processor, the best of several after one that warms up: what else the machine does is not measured."""
    act()
    clock, own = [], []
    for _time in range(TIMES):
        started, worked = time.perf_counter(), time.process_time()
        act()
        clock.append((time.perf_counter() - started) * 1000)
        own.append((time.process_time() - worked) * 1000)
    return min(clock), min(own)
