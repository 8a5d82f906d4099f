"""Civil registration numbers: found in what people send, so that they are never kept.

The number (регистрийн дугаар) is two Cyrillic letters and eight digits and tells birth date,
sex and province. Typists put Latin letters of the same shape.
"""

import re

from core.mongolian import CYRILLIC_TO_LATIN, LATIN_TO_CYRILLIC, without_unseen

_LATIN_SHAPES = "".join(
    sorted({shape.lower() for shape in LATIN_TO_CYRILLIC} | set(CYRILLIC_TO_LATIN.values()))
)
_LETTER = f"[а-яёөүєїѳұ{_LATIN_SHAPES}]"
_NUMBER = re.compile(
    rf"(?<![\w@.+-])(?P<letters>{_LETTER}{{2}})(?P<gap>[ \u00a0]?[-–]?[ \u00a0]?)\d{{8}}(?![\w@])",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:\b(?:РД|RD|регистр\w*(?:\s+дугаар)?)\s*[:.№-]*\s*)$", re.IGNORECASE)
# The civil identification number of recent years; elsewhere twelve digits may be an account.
_ALONE = re.compile(r"\d{12}(?:\.0)?")
_ADDRESS = re.compile(r"\S*(?:@|://)\S*")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")
# Small words that stand before a telephone number.
_WORDS = frozenset({"нь", "ба", "ут"})


def _matches(text: str) -> list[re.Match]:
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    return [
        match
        for match in _NUMBER.finditer(text)
        if not (match["gap"] and match["letters"] in _WORDS)
        and not any(start <= match.start() < end for start, end in addresses)
    ]


def find_registration_numbers(text: str) -> list[str]:
    """Registration numbers as they stand in the text; a cell of just twelve digits is one too.

    Telephone numbers and e-mail addresses are none.
    """
    text = without_unseen(text)
    if _ALONE.fullmatch(text.strip()):
        return [text.strip()]
    return [match[0] for match in _matches(text)]


def drop_registration_numbers(text: str) -> tuple[str, int]:
    """The text without registration numbers and their label, and how many were dropped.

    Without any, the text comes back unchanged to the letter. Tabs and line ends stay, so a
    whole pasted list may be given.
    """
    clean = without_unseen(text)
    if _ALONE.fullmatch(clean.strip()):
        return "", 1
    matches = _matches(clean)
    if not matches:
        return text, 0
    kept, position = [], 0
    for match in matches:
        kept.append(_LABEL.sub("", clean[position : match.start()]))
        position = match.end()
    kept.append(clean[position:])
    rest = _EMPTY_BRACKETS.sub("", "".join(kept))
    return re.sub(r" {2,}", " ", re.sub(r" +([,;.])", r"\1", rest)).strip(" ,;/|-"), len(matches)
