"""Mongolian letters: repair of look-alikes, romanisation, search keys and alphabetical order."""

import re
import unicodedata
from typing import NamedTuple

# The 35 letters in the order of the Mongolian alphabet, each with its form in the
# national romanisation MNS 5217:2012 (и й ь ъ all give i, ш and щ both give sh).
MNS_5217 = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "ye", "ё": "yo",
    "ж": "j", "з": "z", "и": "i", "й": "i", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "ө": "ö", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ү": "ü", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "sh", "ъ": "i", "ы": "y", "ь": "i", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
ALPHABET = "".join(MNS_5217)

# Kazakh letters met in names from Bayan-Ölgii; the standard does not name them.
KAZAKH_LATIN = {"ә": "a", "ғ": "g", "қ": "k", "ң": "n", "һ": "h", "і": "i", "ұ": "u"}
KAZAKH_ONLY = frozenset("әғқңһіӘҒҚҢҺІ")
UKRAINIAN_ONLY = frozenset("іґІҐ")

# Old CP1251 fonts drew ө and ү on Ukrainian positions; theta and barred o come from
# typists who looked for the shape.
LOOK_ALIKES = {
    "є": "ө", "Є": "Ө", "ї": "ү", "Ї": "Ү", "ѳ": "ө", "Ѳ": "Ө", "θ": "ө", "Θ": "Ө",
    "ϴ": "Ө", "ɵ": "ө", "Ɵ": "Ө", "ӧ": "ө", "Ӧ": "Ө", "ӱ": "ү", "Ӱ": "Ү", "ұ": "ү", "Ұ": "Ү",
}  # fmt: skip

_TWINS = dict(zip("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху", strict=True))
# One way only: italic и is drawn as u, and ö ü are what a German layout offers for ө ү.
LATIN_TO_CYRILLIC = _TWINS | {"u": "и", "k": "к", "ö": "ө", "Ö": "Ө", "ü": "ү", "Ü": "Ү"}
CYRILLIC_TO_LATIN = {cyrillic: latin for latin, cyrillic in _TWINS.items()} | {
    "і": "i", "І": "I", "ѕ": "s", "Ѕ": "S", "ј": "j", "Ј": "J",
}  # fmt: skip

_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u052f\u1c80-\u1c8f]")
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]")
# Byte-order mark, zero-width and direction marks, soft hyphen, control characters and
# lone surrogates: unseen on the page, and PostgreSQL refuses some of them.
_UNSEEN = re.compile(
    r"[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]"
)
_WITHOUT_FAULT = re.compile(r"[A-Za-z0-9 .,'-]*|[А-Яа-яЁёӨөҮү0-9 .,'-]*")


class Repair(NamedTuple):
    """A word as it came and as it reads with the right letters."""

    before: str
    after: str


def without_unseen(text: str) -> str:
    """NFC without byte-order marks, zero-width and control characters; whitespace stays."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))


def tidy(text: str) -> str:
    """NFC, without unseen characters, runs of whitespace as one space; letters stay as they are."""
    return " ".join(without_unseen(text).split())


def repair(text: str) -> tuple[str, list[Repair]]:
    """The text with the right letters, and each word whose letters changed.

    Casing is never touched. Unseen characters and spaces are removed without mention.
    Left alone: ұ where other Kazakh letters stand in the text, є and ї in a word with
    Ukrainian letters, and a mixed word that would stay mixed.
    """
    text = tidy(text)
    if _WITHOUT_FAULT.fullmatch(text):
        return text, []
    kazakh = not KAZAKH_ONLY.isdisjoint(text)
    words, repairs = [], []
    for word in text.split(" "):
        after = _LETTERS.sub(lambda run: _repair_letters(run[0], kazakh=kazakh), word)
        if after != word:
            repairs.append(Repair(word.strip(".,;:()«»\"'"), after.strip(".,;:()«»\"'")))
        words.append(after)
    return " ".join(words), repairs


def _repair_letters(run: str, *, kazakh: bool) -> str:
    cyrillic = _CYRILLIC.findall(run)
    if not cyrillic:
        return run
    ukrainian = not UKRAINIAN_ONLY.isdisjoint(run)
    run = "".join(
        letter
        if (letter in "ұҰ" and kazakh) or (letter in "єЄїЇ" and ukrainian)
        else LOOK_ALIKES.get(letter, letter)
        for letter in run
    )
    latin = _LATIN.findall(run)
    if not latin:
        return run
    cyrillic = _CYRILLIC.findall(run)
    # A letter without a twin in the other script shows which script was meant.
    latin_meant = any(letter not in LATIN_TO_CYRILLIC for letter in latin)
    cyrillic_meant = any(letter not in CYRILLIC_TO_LATIN for letter in cyrillic)
    if latin_meant and cyrillic_meant:
        return run
    if latin_meant or (not cyrillic_meant and len(latin) > len(cyrillic)):
        return "".join(CYRILLIC_TO_LATIN.get(letter, letter) for letter in run)
    return "".join(LATIN_TO_CYRILLIC.get(letter, letter) for letter in run)


def is_cyrillic(text: str) -> bool:
    """Whether more of its letters are Cyrillic than Latin."""
    return len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text))


def is_latin(text: str) -> bool:
    """Whether more of its letters are Latin than Cyrillic."""
    return len(_LATIN.findall(text)) > len(_CYRILLIC.findall(text))


_ROMAN = {
    **MNS_5217,
    **KAZAKH_LATIN,
    **{letter: MNS_5217[good] for letter, good in LOOK_ALIKES.items() if good in MNS_5217},
    "ұ": "u",
}


def romanise(cyrillic: str) -> str:
    """Latin form by MNS 5217:2012; what is not Cyrillic stays.

    A digraph takes one capital (Khürel, Ts.), and two inside a word all in capitals.
    The way back does not exist: several letters share one Latin form.
    """
    return _LETTERS.sub(_romanise_word, unicodedata.normalize("NFC", cyrillic))


def _romanise_word(run: re.Match) -> str:
    word = run[0]
    capitals = len(word) > 1 and word.isupper()
    parts = []
    for letter in word:
        latin = _ROMAN.get(letter.lower())
        if latin is None:
            parts.append(letter)
        elif letter.isupper():
            parts.append(latin.upper() if capitals else latin.capitalize())
        else:
            parts.append(latin)
    return "".join(parts)


# Search keys ------------------------------------------------------------------------------

_KEY_LETTERS = str.maketrans(
    _ROMAN
    | {"č": "ch", "š": "sh", "ž": "zh", "ø": "o", "œ": "o", "ł": "l", "đ": "d", "æ": "e", "ı": "i"}
    | {"θ": "o", "ɵ": "o", "w": "v", "q": "k"}
)
_NOT_A_TO_Z = re.compile(r"[^a-z]+")
_NOT_A_LETTER = re.compile(r"[\W\d_]+")
_DOUBLES = re.compile(r"(.)\1+")
# The look back keeps long runs of one letter from costing the square of their length.
_H_SOUNDS = re.compile(r"(?<![gk])[gk]+h|x")
_T_BEFORE_TS = re.compile(r"(?<!t)t+c")
_VOWELS = re.compile(r"[aeiou]")
# Chat spelling writes ү as v: vv after no vowel is үв before ш (Tvvshin), otherwise үү (Bilgvvn).
_VV_TUVSHIN = re.compile(r"(?<![aeiouy])vv(?=sh)")
_VV = re.compile(r"(?<![aeiouy])vv")


def fold(text: str) -> str:
    """Search key that Cyrillic, any usual Latin spelling and usual mistypings share.

    Small a–z letters with c for ц (ts), 1 for ч and 2 for ш; hyphens, spaces, dots and
    digits are gone. Мөнхбат, Munkhbat, Monkhbat and Munhbat give "munhbat". It finds and
    warns; it never proves that two names are one. A name in another script (Chinese, Greek)
    gives its own letters, so that such names are not all alike.
    """
    if not text.isascii():
        text = repair(text)[0]
    letters = text.lower().translate(_KEY_LETTERS)
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters)
    key = _NOT_A_TO_Z.sub("", letters)
    if not key:
        return _NOT_A_LETTER.sub("", letters)
    if "vv" in key:
        key = _VV.sub("u", _VV_TUVSHIN.sub("uv", key))
    key = _H_SOUNDS.sub("h", key)
    key = key.replace("zh", "j").replace("dj", "j").replace("dz", "z").replace("tz", "ts")
    key = key.replace("ch", "1").replace("sh", "2").replace("ts", "c")
    key = _T_BEFORE_TS.sub("c", key).replace("y", "i")
    key = _DOUBLES.sub(r"\1", key).replace("ie", "e").replace("o", "u")
    return _DOUBLES.sub(r"\1", key)


def skeleton(text: str) -> str:
    """The search key without vowels after its first letter: gathers candidates, proves nothing."""
    key = fold(text)
    return key[:1] + _VOWELS.sub("", key[1:])


# What may follow and change the sound of the letter before it: kh, ts, dz, tz, dj, ye, vv;
# in Cyrillic т+с, т+з, с+х, д+з and д+ж meet across the parts of a compound.
_MAY_FOLLOW_LATIN = "hszjev"
_MAY_FOLLOW_CYRILLIC = "хсзжцэ"


def fold_prefixes(text: str) -> set[str]:
    """Search keys under which a name begun with this text may be stored.

    While "ts" is typed, "t" must already find ц, so unfinished letter groups give
    alternatives: "k" → {"k", "h"}, "s" → {"s", "2"}, "c" → {"c", "1"}, "y" → {"i", "e"}.
    """
    key = fold(text)
    if not key:
        return set()
    prefixes = {key}
    for letter in _MAY_FOLLOW_CYRILLIC if is_cyrillic(text) else _MAY_FOLLOW_LATIN:
        longer = fold(text + letter)
        if longer != key + fold(letter):
            prefixes.add(longer)
    return prefixes


# Alphabetical order -----------------------------------------------------------------------

_PLACES = {"0123456789"[place]: f"{place + 1:02}" for place in range(10)}
_PLACES |= {letter: f"{place:02}" for place, letter in enumerate(ALPHABET, start=11)}
_PLACES |= {letter: f"{place:02}" for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz", 50)}
_PLACES |= {
    kazakh: _PLACES[near] for kazakh, near in zip("әғқңһіұ", "агкнхиу", strict=True)
}
_JOINS_A_WORD = frozenset("-‐‑–'’ʼ`ʹ\"«»“”")
_OTHER_SCRIPT = "99"


def sort_key(text: str) -> str:
    """Key in plain digits that sorts in Mongolian order under every collation of a database.

    Two digits a letter: 00 between words, 01–10 for 0–9, 11–45 for А–Я (Ё after Е, Ө after О,
    Ү after У), 50–75 for a–z. Latin names stand after the Cyrillic ones in their own order:
    one spelling may stand for several Cyrillic ones (u for у, ү and ө), and a list all in
    Latin must read A to Z. Hyphens, apostrophes, accents and casing do not count; other
    scripts come last by code point.
    """
    key, gap = [], False
    for character in repair(text)[0].lower():
        place = _PLACES.get(character)
        if place is None:
            if character in _JOINS_A_WORD:
                continue
            if not character.isalnum():
                gap = bool(key)
                continue
            base = unicodedata.normalize("NFKD", character)[0]
            place = _PLACES.get(base) or f"{_OTHER_SCRIPT}{ord(character):07}"
        if gap:
            key.append("00")
            gap = False
        key.append(place)
    return "".join(key)
