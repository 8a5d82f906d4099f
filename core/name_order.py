"""Which part of a name is whose: reads a cell that holds given name and father's name."""

import re
from collections.abc import Set
from dataclasses import dataclass

from core.mongolian import fold, is_cyrillic, repair
from core.patronymics import is_clear_genitive


@dataclass(frozen=True)
class ParsedName:
    """A name taken apart; letters repaired, casing as typed.

    `initial`: the patronymic is only 'Б.' or 'Ts.'. `order_certain`: an initial, a genitive,
    the e-mail or (in Cyrillic) plain custom says which part is whose. `capitals`: a part is
    written all in capitals.
    """

    given: str
    patronymic: str = ""
    initial: bool = False
    clan: str = ""
    order_certain: bool = True
    capitals: bool = False


HONORIFICS = frozenset(
    "гуай эрхэм ноён хатагтай доктор др дарга профессор проф "
    "mr mrs ms miss dr prof professor hon honourable guai".split()
)
CLANS = frozenset(
    fold(clan)
    for clan in (
        "Боржигин Бэсүд Тайчууд Хатагин Салжиуд Жалайр Мэргэд Найман Хэрэйд Олхонууд Горлос "
        "Хиад Дөрвөд Баяд Урианхай Шарнууд Онгуд Сартуул Өөлд Цорос Хорчин Халх Хотгойд "
        "Сансар Цагаан"
    ).split()
)
# "Боржигин овогт Болдын Батбаяр": of the clan.
_CLAN_WORDS = frozenset({"овогт", "овогтой", "овгийн"})
_VOWELS = frozenset("аэиоуөүеёюяыйaeiouöüy")
_NUMBERING = re.compile(r"^(?:№\s*)?\d{1,3}(?!\d)\s*[.)\-–:]*\s*")
_HYPHEN = re.compile(r"(?<=\w)\s*(?:[‐‑]\s*|(?<=\s)[-–]\s*|[-–]\s+)(?=\w)")
# A stop between two letters ends the first word: Б.Батбаяр, Batbayar.B
_STOP = re.compile(r"(?<=[^\W\d_])\s*\.\s*(?=[^\W\d_])")


def is_initial(text: str) -> bool:
    """'Б', 'Б.', 'Ts.', 'Ts', 'Лх.'; with a stop any two letters, without one no vowel among two."""
    word = text.strip()
    letters = word.rstrip(".").strip()
    if not letters.isalpha():
        return False
    if len(letters) == 1:
        return True
    consonants = _VOWELS.isdisjoint(letters.lower())
    if word.endswith("."):
        return len(letters) == 2 or (len(letters) == 3 and consonants)
    return len(letters) <= 3 and consonants and (len(letters) == 2 or letters.lower() == "lkh")


def parse(text: str, *, email: str = "", given_names: Set[str] = frozenset()) -> ParsedName:
    """Takes apart 'Б. Батбаяр', 'Болдын Батбаяр', 'BATBAYAR Bold', 'Tumurbaatar L.' and the like.

    What decides, strongest first: an initial or a genitive ending is the father's; the part
    that the e-mail's local part repeats is the given name; then, without certainty, a part
    known as a given name (`given_names`: search keys), a part alone in capitals (in Latin, as
    in UN lists), a comma (it turns the usual order round), and the custom of the script:
    father first in Cyrillic, given name first in Latin.
    """
    cell, clan = _without_clan(_words(text))
    words = [word for word in cell if word != ","]
    capitals = any(_is_capitals(word) for word in words)
    name = _by_initial(words) or _by_genitive(words) or _by_hints(cell, email, given_names)
    given, patronymic, own_clan, certain = name
    initial = is_initial(patronymic) and bool(patronymic)
    return ParsedName(
        given=given,
        patronymic=f"{patronymic.rstrip('.')}." if initial else patronymic,
        initial=initial,
        clan=clan or own_clan,
        order_certain=certain,
        capitals=capitals,
    )


def _words(text: str) -> list[str]:
    """Words of the cell without numbering and honorifics; an inner comma is a word of its own."""
    text = _NUMBERING.sub("", repair(text)[0])
    text = _HYPHEN.sub("-", _STOP.sub(". ", text).replace("H. E.", " "))
    words = re.sub(r"[,;]", " , ", text).split()
    plain = [word for word in words if word.rstrip(".").lower() not in HONORIFICS]
    # A cell with nothing but such a word holds it as a name.
    words = plain if any(word != "," for word in plain) else words
    words = [word if is_initial(word) else word.rstrip(".") for word in words]
    words = [word for word in words if word]
    while words and words[0] == ",":
        words.pop(0)
    while words and words[-1] == ",":
        words.pop()
    return words


def _without_clan(words: list[str]) -> tuple[list[str], str]:
    for place, word in enumerate(words):
        if word.lower() in _CLAN_WORDS and 0 < place < len(words) - 1:
            return words[place + 1 :], " ".join(words[:place])
    names = [word for word in words if word != ","]
    if len(names) > 2 and fold(names[0]) in CLANS and words[0] == names[0]:
        rest = words[1:]
        return (rest[1:] if rest[0] == "," else rest), names[0]
    return words, ""


def _is_capitals(word: str) -> bool:
    return word.isupper() and not is_initial(word) and len(word) > 1


def _by_initial(words: list[str]) -> tuple[str, str, str, bool] | None:
    if len(words) < 2:
        return None
    if is_initial(words[0]):
        if len(words) > 2 and is_initial(words[1]):  # clan and father both shortened: Б.О.Бат
            return " ".join(words[2:]), words[1], words[0], True
        return " ".join(words[1:]), words[0], "", True
    if is_initial(words[-1]):
        return " ".join(words[:-1]), words[-1], "", True
    if len(words) == 3 and is_initial(words[1]):
        if is_cyrillic(words[2]):
            return words[2], words[1], words[0], True
        return f"{words[0]} {words[1]}", words[2], "", False  # John M. Smith
    return None


def _by_genitive(words: list[str]) -> tuple[str, str, str, bool] | None:
    marked = [place for place, word in enumerate(words) if is_clear_genitive(word)]
    if len(words) < 2 or len(marked) != 1:
        return None
    place = marked[0]
    if place == len(words) - 1:
        return " ".join(words[:-1]), words[-1], "", True
    return " ".join(words[place + 1 :]), words[place], " ".join(words[:place]), True


def _by_hints(
    cell: list[str], email: str, given_names: Set[str]
) -> tuple[str, str, str, bool]:
    words = [word for word in cell if word != ","]
    if len(words) < 2:
        return " ".join(words), "", "", True
    splits = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    if "," in cell:
        comma = cell.index(",")
        splits = [(" ".join(words[:comma]), " ".join(words[comma:]))]
    orders = [order for first, second in splits for order in ((first, second), (second, first))]

    by_email = {order for order in orders if _email_says(email, *order)}
    if len(by_email) == 1:
        return *by_email.pop(), "", True

    cyrillic = is_cyrillic(" ".join(words))
    # Three parts: Болд Бат Эрдэнэ, but John Michael Smith.
    first, second = splits[0] if cyrillic else splits[-1]
    default = (second, first) if cyrillic != ("," in cell) else (first, second)
    known = {
        (given, father)
        for given, father in orders
        if fold(given) in given_names and fold(father) not in given_names
    }
    if len(known) == 1:
        order = known.pop()
        return *order, "", cyrillic and order == default and len(words) == 2 and "," not in cell
    capitals = {order for order in orders if _is_capitals(order[0]) and not _any_capitals(order[1])}
    if len(capitals) == 1 and not cyrillic:
        return *capitals.pop(), "", False
    certain = cyrillic and len(words) == 2 and "," not in cell
    certain = certain and (not capitals or capitals == {default})
    return *default, "", certain


def _any_capitals(words: str) -> bool:
    return any(_is_capitals(word) for word in words.split())


def _email_says(email: str, given: str, father: str) -> bool:
    """Whether the e-mail's local part is the given name, alone or with the father's initial."""
    local = email.partition("@")[0]
    key, father_key, whole = fold(given), fold(father), fold(local)
    if not key or not whole or key == father_key:
        return False
    initials = {father_key[:1], fold(father[:1])} - {""}
    if whole == key or any(whole in (start + key, key + start) for start in initials):
        return True
    pieces = [fold(piece) for piece in re.split(r"[._+\-\d]+", local) if fold(piece)]
    return key in pieces and father_key not in pieces
