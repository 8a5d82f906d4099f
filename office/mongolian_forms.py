"""Mongolian words by their stems: case endings, plurals and the reflexive taken off.

PostgreSQL has no stemmer for Mongolian, and no dictionary can be had without an extension. What stands here is a table
of endings and a few rules of spelling. A word in Cyrillic is cut as it is written, where long vowels still tell an
ending from the end of a word (хотоор, but хотгор); one in Latin letters is cut by its search key (`core.mongolian.fold`).
Either way the stems are search keys, so that both meet. A stem is a means to compare; it need not be a word.
"""

import re
from functools import lru_cache

from core.mongolian import fold

# No ending is taken off where fewer letters would be left.
SHORTEST = 3

REFLEXIVE = "ийнхаа ийнхээ ийнхоо ийнхөө аа ээ оо өө"
CASES = (
    "ийн ын ний ны гийн гын ийг ыг гийг г "  # genitive, accusative
    "аас ээс оос өөс наас нээс ноос нөөс гаас гээс гоос гөөс иас иос "  # ablative
    "аар ээр оор өөр гаар гээр гоор гөөр иар иор "  # instrumental
    "тай тэй той төй руу рүү луу лүү гүй "  # with, towards, without
    "ад эд од өд ид нд"  # dative with its vowel
)
PLURALS = "ууд үүд нууд нүүд чууд чүүд ид"


def _longest_first(endings):
    return tuple(sorted(set(endings), key=len, reverse=True))


class _Spelling:
    """The rules for words in one spelling: `vowels` of it, and the letters after which short endings stand."""

    def __init__(self, spell, vowels, after_t, after_d):
        self.reflexive, self.cases, self.plurals = (
            _longest_first(spell(ending) for ending in endings.split()) for endings in (REFLEXIVE, CASES, PLURALS)
        )
        self.dative_t = re.compile(f"(?<=[{after_t}]){spell('т')}$")
        self.dative_d = re.compile(f"(?<=[{after_d}]){spell('д')}$")
        # The genitive after н is a single letter: хөдөлгөөн-ий, ажилтн-ы.
        self.genitive = re.compile(f"(?<={spell('н')})(?:ий|ы|i)$")
        # иргэн, иргэд: the last н gives way to the plural, and is hidden in some cases (албан, алба).
        self.hidden_n = re.compile(f"(?<=[{vowels}]){spell('н')}$")
        self.short_end = re.compile(f"(?<=[^{vowels}])[{vowels}]$")
        # газар, газрын: a short vowel before the last consonant goes when an ending follows.
        self.fleeting = re.compile(f"(?<=[^{vowels}])[{vowels}](?=[^{vowels}йьъ][ьъ]?$)")

    def stems(self, word):
        whole = {word}
        # A reflexive of two letters is also how many words end (гэрээ is a contract, not a home): only longer ones lose it.
        whole |= {cut for cut in self._without(word, self.reflexive) if len(cut) > SHORTEST}
        for form in tuple(whole):
            whole |= self._without(form, self.cases) | self._by_letter(form, self.dative_t, self.dative_d, self.genitive)
        for form in tuple(whole):
            whole |= self._without(form, self.plurals) | self._by_letter(form, self.dative_d)
        for form in tuple(whole):
            whole |= {cut for cut in self._by_letter(form, self.hidden_n) if len(cut) > SHORTEST}
        return whole

    def normal(self, stem):
        """A stem without the short vowels that come and go before endings."""
        if len(stem) > SHORTEST + 1:
            stem = self.short_end.sub("", stem)
        return self.fleeting.sub("", stem) if len(stem) > SHORTEST else stem

    @staticmethod
    def _without(word, endings):
        return {word[: -len(end)] for end in endings if word.endswith(end) and len(word) - len(end) >= SHORTEST}

    @staticmethod
    def _by_letter(word, *patterns):
        return {cut for pattern in patterns if (cut := pattern.sub("", word)) != word and len(cut) >= SHORTEST}


_WRITTEN = _Spelling(str, vowels="аэоөуүиыеёюя", after_t="вгрс", after_d="аэоөуүиыеёюяймнлрч")
_KEYS = _Spelling(fold, vowels="aeiu", after_t="vgrs", after_d="aeiumnlr1")
_CYRILLIC = re.compile(r"[а-яёөү]+")


@lru_cache(maxsize=100_000)
def stems(word):
    """The search keys of all stems that a small word may have, its own among them; empty for what has no letters."""
    if _CYRILLIC.fullmatch(word):
        return frozenset(fold(_WRITTEN.normal(stem)) for stem in _WRITTEN.stems(word))
    key = fold(word)
    if not key:
        return frozenset()
    # A key does not tell which vowels are short: both are tried.
    found = _KEYS.stems(key)
    return frozenset(found | {fold(_KEYS.normal(stem)) for stem in found})
