"""The father's name under the forms in which it is met: bare and in the genitive."""

import re

from core.mongolian import fold, is_cyrillic, repair

# After a long vowel or diphthong -гийн (Цахиагийн), back stems -ын, front stems and after
# ж ч ш г ь и -ийн, stems in н also -ы and -ий (Дамдины), after -й only -н (Намсрайн).
_CLEAR_GENITIVE = re.compile(
    r".{2,}(?:гийн|ийн|ын|н(?:ы|ий)|[аэоөуү]йн)|.{2,}(?:giin|gyn|iin|yn)", re.IGNORECASE
)
# Names of foreigners that only look so.
_NO_GENITIVE = frozenset(
    "carolyn evelyn gwendolyn jacquelyn jocelyn katelyn kathryn madelyn marilyn martyn robyn".split()
)
_CYRILLIC_ENDINGS = ("гийн", "ийн", "ын")
_LATIN_ENDINGS = ("giin", "gyn", "iin", "yn", "in")
_VOWELS = "aeiou"
# These seven (м н г л б в р) never end a word after another consonant: where the ending has
# left them so, a vowel was dropped after or before (Дамбын ← Дамба, Төмрийн ← Төмөр).
_NEED_A_VOWEL = "mnglbvr"


def is_clear_genitive(name: str) -> bool:
    """Whether the form alone shows a father's name; -in and -n do not (Номин, Энхжин)."""
    name = name.rstrip(".")
    return _CLEAR_GENITIVE.fullmatch(name) is not None and name.lower() not in _NO_GENITIVE


def genitive_stem_keys(patronymic: str) -> set[str]:
    """Search keys under which this father's name may be met elsewhere.

    Always its own key; besides, for a form that may be a genitive, the keys of the names it
    may come from: Болдын → Болд, Дамбын → Дамба, Tsakhiagiin → Цахиа. They are alternatives
    for comparing, never replacements: Энхжин stays Энхжин.
    """
    name = repair(patronymic)[0].lower().strip(" .")
    own = fold(name)
    if not own:
        return set()
    stems = set()
    if is_cyrillic(name):
        for ending in _CYRILLIC_ENDINGS:
            if name.endswith(ending):
                stems |= _bare(name.removesuffix(ending))
        if name.endswith(("ны", "ний")):
            stems.add(fold(re.sub("(?:ы|ий)$", "", name)))
        if name.endswith("йн"):
            stems.add(fold(name[:-1]))
    else:
        for ending in _LATIN_ENDINGS:
            if name.endswith(ending):
                stems |= _bare(name.removesuffix(ending))
        if name.endswith(("ny", "nii")):
            stems.add(fold(re.sub("(?:y|ii)$", "", name)))
        if re.search("[aeiouöü][iy]n$|[^aeiouöüy]in$", name):
            stems.add(fold(name[:-1]))
    return {own} | {stem for stem in stems if len(stem) > 1}


def _bare(stem: str) -> set[str]:
    """Keys of the stem and, where its end cannot stand, of the stem with its lost vowel."""
    key = fold(stem)
    keys = {key}
    if len(key) < 3 or key[-1] not in _NEED_A_VOWEL:
        return keys
    after_consonant = key[-2] not in _VOWELS
    if after_consonant or key[-1] == "n":
        keys |= {key + vowel for vowel in "aeu"}
    if after_consonant:
        keys |= {key[:-1] + vowel + key[-1] for vowel in "aeiu"}
    return keys
