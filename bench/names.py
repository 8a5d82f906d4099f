"""Keys of names against the plainest thing that one can do with text."""

import time

from core import names

SPELLINGS = ["Мөнхбаяр", "Munkhbayar", "Цэцэгмаа", "Өлзий-Орших", "Khürelsükh", "Лхагвасүрэн", "Biambadorj", "Оюун-Эрдэнэ"]


def measure():
    many = SPELLINGS * 2_500
    plain = _seconds(str.casefold, many)
    print(f"  casefold() of {len(many):,} names: {plain * 1000:.0f} ms")
    for work in (names.fold, names.skeleton, names.sort_key, names.romanise):
        taken = _seconds(work, many)
        print(f"  {work.__name__}() of the same: {taken * 1000:.0f} ms, {taken / plain:.0f} times as long")
    long = _seconds(names.fold, ["g" * 50_000]) / _seconds(names.fold, ["g" * 5_000])
    print(f"  fold() of a cell ten times as long: {long:.0f} times as long (more than ten were no straight line)")


def _seconds(work, texts):
    began = time.perf_counter()
    for text in texts:
        work(text)
    return time.perf_counter() - began
