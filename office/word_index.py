"""The words of everything public in one language, kept by each process, and the documents in which each word stands.

The database says at every search which rows are public, and which version of each; only versions not read before are
read. So nothing has to be kept up to date, and what was published or withdrawn a second ago is found or not found. A
word that stands in no public row is as good as unknown: it is neither found nor proposed.
"""

import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from math import log
from threading import RLock

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from core.mongolian import fold, fold_prefixes, is_cyrillic
from office.mongolian_forms import stems

# 10.7 and 10.c are one word; a hyphen or an apostrophe parts words.
WORD = re.compile(r"\d+\.(?:\d+|[a-z])(?![^\W_])|[^\W_]+", re.IGNORECASE)
# What a word counts by where it stands: in the name, in the summary, in the text, elsewhere.
WEIGHTS = (100, 50, 30, 15)
# How well a word of the texts stands for a word of the query.
SAME, FORM, SHORT_FORM, BEGINNING = 1.0, 0.85, 0.5, 0.35
# A shorter beginning counts only where nothing else is found: сар must not find сараана.
BEGINS, BEGINS_AT_LEAST = 4, 2
MOST_BEGUN = 200
# Other names of the same thing.
ALIKE = (
    {"iom", "оушхб"}, {"un", "нүб"}, {"sdg", "sdgs", "тхз"}, {"hotline", "helpline"}, {"gcm", "compact"}, {"usa", "ану"},
)  # fmt: skip
# British and American spellings that stemming does not bring together.
_SPELLINGS = (("iz", "is"), ("is", "iz"), ("or", "our"), ("our", "or"))

# A stem of fewer letters is taken as it was typed.
SHORT_STEM = 5


def tokens(text):
    return [match[0] for match in WORD.finditer(text)]


@dataclass(slots=True)
class Document:
    kind: str
    key: int
    year: int | None
    # Its words in their order, by number; those of the name come first.
    words: array
    in_name: int


class Index:
    """Read and added to under its lock, one search at a time: it takes a few milliseconds."""

    def __init__(self, language):
        self.language = language
        self.lock = RLock()
        self._forget()

    def _forget(self):
        self.documents, self.versions = [], {}
        self.numbers, self.words = {}, []
        self.where, self.weights = [], []
        # Words by their search key, and by their stems.
        self.keys, self.forms = {}, {}
        self._alphabet, self._close = [], []

    # Taking in -------------------------------------------------------------------------------------------------

    def unread(self, rows):
        """Those of (kind, key, version) that it does not know; starts anew where most of what it knows is gone."""
        if len(self.documents) > 2 * len(rows) + 1000:
            self._forget()
        return [row for row in rows if self.versions.get(row[:2], ("",))[0] != row[2]]

    def take_in(self, rows):
        """Rows as (kind, key, version, year, pieces of text by weight)."""
        first_new = len(self.words)
        for kind, key, version, year, pieces in rows:
            number = len(self.documents)
            words, in_name, weights = array("I"), 0, {}
            for weight, piece in zip(WEIGHTS, pieces, strict=True):
                for token in tokens(piece or ""):
                    word = self._number(token)
                    words.append(word)
                    weights.setdefault(word, weight)
                in_name = in_name or len(words)
            self.documents.append(Document(kind, key, year, words, in_name))
            self.versions[kind, key] = (version, number)
            for word, weight in weights.items():
                self.where[word].append(number)
                self.weights[word].append(weight)
        self._find_forms(first_new)

    def _number(self, token):
        small = token.lower()
        number = self.numbers.get(small)
        if number is None:
            number = self.numbers[small] = len(self.words)
            self.words.append(small)
            self.where.append(array("I"))
            self.weights.append(bytearray())
        return number

    def _find_forms(self, first):
        new = self.words[first:]
        if not new:
            return
        for number, word in enumerate(new, first):
            if key := fold(word):
                self.keys.setdefault(key, []).append(number)
        found = english_stems(new) if self.language == "en" else {word: stems(word) for word in new}
        for number, word in enumerate(new, first):
            for stem in found[word]:
                self.forms.setdefault(stem, []).append(number)
        if self.language == "en":
            self._alphabet = sorted((word, number) for number, word in enumerate(self.words))
            self._close = [word for word in self.words if word.isalpha()]
        else:
            self._alphabet = sorted((key, number) for key, numbers in self.keys.items() for number in numbers)
            self._close = list({*self.keys, *self.forms})

    # Looking up ------------------------------------------------------------------------------------------------

    def live(self, rows):
        """Numbers of the documents that are public now. A row that was withdrawn before its words could be read has none."""
        return {self.versions[row[:2]][1] for row in rows if row[:2] in self.versions}

    def lookup(self, word, *, begins=BEGINS):
        """{number of a word of the texts: how well it stands for a word of the query}."""
        found = {}

        def add(numbers, quality):
            for number in numbers:
                if quality > found.get(number, 0):
                    found[number] = quality

        for same in next((group for group in ALIKE if word in group), {word}):
            if same in self.numbers:
                add([self.numbers[same]], SAME)
        letters = not any(character.isdigit() for character in word)
        if not letters:
            if len(word) > BEGINS:
                add(self._begun([word]), BEGINNING)
            return found
        key = fold(word)
        # A row of one letter is no other way to write that letter.
        if len(word) > 3 * len(key) + 3:
            return found
        if self.language == "mn":
            add(self.keys.get(key, ()), SAME)
            for stem in stems(word):
                add(self.forms.get(stem, ()), FORM if len(stem) > 3 else SHORT_FORM)
            if len(key) >= begins:
                add(self._begun(fold_prefixes(word)), BEGINNING)
        elif is_cyrillic(word):
            add(self.keys.get(key, ()), SAME)
            for stem in stems(word):
                add(self.keys.get(stem, ()), FORM)
        else:
            for stem in english_stems(_spellings(word)).values():
                for part in stem:
                    add(self.forms.get(part, ()), FORM)
            if len(word) >= begins:
                add(self._begun([word]), BEGINNING)
        return found

    def means_something(self, word):
        """Whether a word asks for something: "the" does not."""
        return self.language != "en" or bool(english_stems([word])[word])

    def _begun(self, beginnings):
        for beginning in beginnings:
            place = bisect_left(self._alphabet, (beginning,))
            for key, number in self._alphabet[place : place + MOST_BEGUN]:
                if not key.startswith(beginning):
                    break
                yield number

    def documents_with(self, found, live):
        """{number of a document: weight} of the public ones that hold one of the words."""
        best = {}
        for word, quality in found.items():
            for number, weight in zip(self.where[word], self.weights[word], strict=True):
                if weight * quality > best.get(number, 0):
                    best[number] = weight * quality
        return {number: weight for number, weight in best.items() if number in live}

    def documents_with_phrase(self, words, live):
        """The same for words that must follow each other as they were typed; in Mongolian with any endings."""
        if self.language == "mn":
            alike = [{number for number, quality in self.lookup(word).items() if quality >= FORM} for word in words]
        else:
            alike = [{self.numbers[word]} if word in self.numbers else set() for word in words]
        if not all(alike):
            return {}, alike
        weights = [self.documents_with(dict.fromkeys(allowed, SAME), live) for allowed in alike]
        first, following = alike[0], list(enumerate(alike[1:], 1))
        found = {}
        for number in set.intersection(*map(set, weights)):
            words = self.documents[number].words
            last = len(words) - len(following)
            for place, word in enumerate(words[:last]):
                if word in first and all(words[place + step] in allowed for step, allowed in following):
                    found[number] = weights[0][number]
                    break
        return found, alike

    def nearest(self, word, live, *, at_most=2, but=()):
        """The word of the public texts that was most likely meant, or None: a letter or two are missing, doubled, swapped or wrong."""
        if not word.isalpha() or len(word) > 40:
            return None
        typed = {word} if self.language == "en" else {key for key in {fold(word), *stems(word)} if len(key) >= BEGINS}
        near = {}
        whole_key = word if self.language == "en" else fold(word)
        for key in typed:
            # What is left of a short word without its ending is like too many others.
            allowed = min(at_most, 0 if len(key) < (BEGINS if key == whole_key else SHORT_STEM) else 1 if len(key) < 8 else 2)
            if not allowed:
                continue
            for close, distance, _place in process.extract(
                key, self._close, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=30
            ):
                if len(close) > 2:
                    near[close] = min(distance, near.get(close, 9))
        options = []
        for close, distance in near.items():
            for number in self._spelt(close):
                if number in but or not (holding := sum(place in live for place in self.where[number])):
                    continue
                own = self.words[number] if self.language == "en" else fold(self.words[number])
                whole = min(DamerauLevenshtein.distance(key, own) for key in typed)
                first_differs = not any(own[:1] == key[:1] for key in typed)
                options.append((distance, first_differs, whole, -holding, number))
        return min(options)[-1] if options else None

    def _spelt(self, close):
        if self.language == "en":
            return [self.numbers[close]]
        return [*self.keys.get(close, ()), *self.forms.get(close, ())]


def rarity(holding, live):
    return log(1 + len(live) / max(1, len(holding)))


def _spellings(word):
    """The word, and as others may spell it; a spelling that is no word finds nothing."""
    if len(word) < 5:
        return [word]
    others = [word.replace(a, b) for a, b in _SPELLINGS if a in word]
    return [word, *others, *([word[:-2] + word[-2:][::-1]] if word.endswith(("er", "re")) else [])]


_english = {}


def english_stems(words):
    """{word: its stems} by PostgreSQL's English dictionary; a word such as "the" has none. Asks for new words only."""
    new = list({word for word in words if word not in _english})
    if new:
        if len(_english) > 200_000:
            _english.clear()
            new = list(set(words))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, tsvector_to_array(to_tsvector('english', word)) FROM unnest(%s::text[]) AS word", [new]
            )
            _english.update(cursor.fetchall())
    return {word: _english[word] for word in words}
