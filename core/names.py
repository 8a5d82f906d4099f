"""Mongolian personal names: read from one cell, compared, shown and searched.

A person has a given name, by which he or she is called, and before it the father's (or
mother's) name, often in the genitive: Болдын Батбаяр, Б. Батбаяр. There is no family name.
Sources put the two parts in either order. Letters, keys and sorting are in core.mongolian.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from core.mongolian import (
    Repair,
    fold,
    fold_prefixes,
    is_cyrillic,
    is_latin,
    repair,
    romanise,
    skeleton,
    sort_key,
)
from core.name_order import ParsedName, is_initial, parse
from core.patronymics import genitive_stem_keys
from core.registration_numbers import drop_registration_numbers, find_registration_numbers

__all__ = [
    "ParsedName",
    "QueryName",
    "Repair",
    "display",
    "drop_registration_numbers",
    "find_registration_numbers",
    "fold",
    "fold_prefixes",
    "genitive_stem_keys",
    "initial_of",
    "is_cyrillic",
    "is_initial",
    "is_latin",
    "parse",
    "parse_query",
    "repair",
    "romanise",
    "same_person_names",
    "skeleton",
    "sort_key",
]

# Whoever compares many people asks for the same names again and again.
_key = lru_cache(maxsize=100_000)(fold)
_stems = lru_cache(maxsize=100_000)(genitive_stem_keys)

# Latin forms of single Cyrillic letters; an initial keeps both (Ts. Khurelsukh).
_DIGRAPH = re.compile(r"(?:kh|ts|ch|sh|zh|dz|y[aeou])", re.IGNORECASE)


def initial_of(patronymic: str) -> str:
    """'Б.' for Болд, 'Ts.' for Tseren, empty for nothing; casing as typed."""
    patronymic = patronymic.strip()
    if not patronymic:
        return ""
    if is_initial(patronymic):
        return patronymic.rstrip(".") + "."
    digraph = _DIGRAPH.match(patronymic)
    return (digraph[0] if digraph else patronymic[0]) + "."


def display(given: str, patronymic: str, *, initial: bool = True) -> str:
    """'Б. Батбаяр', or both names in full (father's name first, as stored) with initial=False."""
    before = initial_of(patronymic) if initial or is_initial(patronymic) else patronymic
    return f"{before} {given}".strip()


def same_person_names(a: tuple[str, str], b: tuple[str, str]) -> str:
    """How two (given name, father's name) pairs agree: "same", "compatible" or "different".

    "same": both names in full agree, each in its place, whatever script, spelling or genitive.
    "compatible": the given names agree and a father's name is missing or only an initial that
    fits; or both names agree the other way round. Namesakes exist, so even "same" is no proof.
    "different": all else; two different fathers' names in full outweigh equal given names.
    """
    (given_a, father_a), (given_b, father_b) = a, b
    key_a, key_b = _key(given_a), _key(given_b)
    if not key_a or not key_b:
        return "different"
    if key_a == key_b:
        agreement = _fathers_agree(father_a, father_b)
        if agreement != "different":
            return agreement
    if (
        father_a.strip()
        and father_b.strip()
        and _fathers_agree(given_a, father_b) != "different"
        and _fathers_agree(father_a, given_b) != "different"
    ):
        return "compatible"
    return "different"


def _fathers_agree(a: str, b: str) -> str:
    if not _key(a) or not _key(b):
        return "compatible"
    if is_initial(a) or is_initial(b):
        short, long = (a, b) if is_initial(a) else (b, a)
        starts = fold_prefixes(short)
        ends = fold_prefixes(long) if is_initial(long) else {_key(long)}
        fits = any(end.startswith(start) or start.startswith(end) for start in starts for end in ends)
        return "compatible" if fits else "different"
    return "same" if _stems(a) & _stems(b) else "different"


@dataclass(frozen=True)
class QueryName:
    """One word typed into a search box; a name fits when its fold key starts with a prefix."""

    text: str
    prefixes: frozenset[str]
    # Typed as "Б.": the father's name begins so; otherwise either name may be meant.
    initial: bool


_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑–'’][^\W\d_]+)*\.?")


def parse_query(text: str) -> list[QueryName]:
    """Words of a query, each of which must fit one of a person's names, in any order.

    'Б.Бат' is an initial and a prefix, 'болд бат' two prefixes. What holds no letters
    (digits of a telephone number) is left out, and so are e-mail addresses.
    """
    words = " ".join(word for word in repair(text)[0].split(" ") if "@" not in word)
    return [
        QueryName(
            text=word,
            prefixes=frozenset(fold_prefixes(word)),
            initial=word.endswith(".") and is_initial(word),
        )
        for word in _WORD.findall(words)
        if fold(word)
    ]
