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
    rf"(?<![^\W_])(?:(?P<letters>{_LETTER}{{2}})(?P<gap>[ \u00a0]?[-–№_]?[ \u00a0]?)|{_LETTER}[ .]{_LETTER}\.?)\d{{8}}(?![\d@])",
    re.IGNORECASE,
)
# Behind a word that says what follows, digits may stand in groups and the twelve of recent years among other words.
_LABELLED = re.compile(
    rf"\b(?:РД|RD|регистр\w*(?:\s+дугаар\w*)?)[\s:.№-]*"
    rf"(?P<number>{_LETTER}[ .]?{_LETTER}[ .№-]*\d(?:[ .-]?\d){{7}}|\d{{12}})(?!\d)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:\b(?:РД|RD|регистр\w*(?:\s+дугаар)?)\s*[:.№-]*\s*)$", re.IGNORECASE)
# The civil identification number of recent years; elsewhere twelve digits may be an account.
_ALONE = re.compile(r"\d{12}(?:\.0)?")
_ADDRESS = re.compile(r"\S*(?:@|://)\S*")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")
# Small words that stand before a telephone number.
_WORDS = frozenset({"нь", "ба", "ут"})


def _spans(text: str) -> list[tuple[int, int]]:
    """Where registration numbers stand in the text, in their order, none over another."""
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    found = [match.span("number") for match in _LABELLED.finditer(text)]
    found += [match.span() for match in _NUMBER.finditer(text) if not (match["gap"] and match["letters"].lower() in _WORDS)]
    kept = []
    for start, end in sorted(found):
        if not any(first <= start < last for first, last in [*addresses, *kept]):
            kept.append((start, end))
    return kept


def find_registration_numbers(text: str) -> list[str]:
    """Registration numbers as they stand in the text; a cell of just twelve digits is one too.

    Telephone numbers and e-mail addresses are none.
    """
    text = without_unseen(text)
    if _ALONE.fullmatch(text.strip()):
        return [text.strip()]
    return [text[start:end] for start, end in _spans(text)]


def drop_registration_numbers(text: str) -> tuple[str, int]:
    """The text without registration numbers and their label, and how many were dropped.

    Without any, the text comes back unchanged to the letter. Tabs and line ends stay, so a
    whole pasted list may be given.
    """
    clean = without_unseen(text)
    if _ALONE.fullmatch(clean.strip()):
        return "", 1
    spans = _spans(clean)
    if not spans:
        return text, 0
    kept, position = [], 0
    for start, end in spans:
        kept.append(_LABEL.sub("", clean[position:start]))
        position = end
    kept.append(clean[position:])
    rest = _EMPTY_BRACKETS.sub("", "".join(kept))
    return re.sub(r" {2,}", " ", re.sub(r" +([,;.])", r"\1", rest)).strip(" ,;/|-"), len(spans)
