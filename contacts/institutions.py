"""Institutions as lists name them: in full or shortened, in either script, under old names, with a department behind."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils import timezone

from contacts.models import Organisation, Succession
from core import names

# Says only which country's; names are compared without it on both sides.
_COUNTRY = re.compile(r"\bмонгол улсын\b|\bмонголын\b|\bof mongolia\b|\bmongolian?\b|\bthe\b|\bgovernment of\b")
_GENITIVE = {
    "яамны": "яам", "яамд": "яам", "газрын": "газар", "агентлагийн": "агентлаг", "төвийн": "төв", "хорооны": "хороо",
    "зөвлөлийн": "зөвлөл", "хурлын": "хурал", "labor": "labour", "organisation": "organization", "dept": "department",
}  # fmt: skip
_SMALL = {"ба", "болон", "and", "of", "for", "нь"}
_SUFFIX = re.compile(r"[-–](?:ны|ний|ийн|ын|н|д|т|аас|ээс|оос|гийн)$", re.IGNORECASE)
_LEAST_SCORE = 78  # of 100, for a suggestion


@dataclass
class Found:
    """What a text may mean. `organisation` is None where it is not known or not clear; then `candidates` are proposed.

    how: name, acronym, part (more stood beside the name: `rest`), near (only similar), nothing.
    chosen: why it was taken among several: invited, named, existing. successors: who took over from a body that has ended.
    """

    organisation: Organisation | None = None
    how: str = "nothing"
    chosen: str = ""
    rest: str = ""
    candidates: list = field(default_factory=list)
    successors: list = field(default_factory=list)


@lru_cache(maxsize=4096)
def _words(text):
    """Folded words of a name without the country and small words."""
    text = _COUNTRY.sub(" ", names.repair(text)[0].lower())
    words = [_GENITIVE.get(word, word) for word in re.findall(r"[^\W_]+", text)]
    return tuple(key for word in words if word not in _SMALL and (key := names.fold(word) or word))


def _acronym(text):
    return re.sub(r"[\s.\"«»“”]", "", names.repair(text)[0]).upper()


class Institutions:
    """All organisations at once, in two queries; then texts are looked up without any."""

    def __init__(self, *, on=None, preferred=()):
        self.on = on or timezone.localdate()
        self.preferred = set(preferred)
        self.all = {
            organisation.pk: organisation
            for organisation in Organisation.objects.exclude(kind=Organisation.Kind.PLACEHOLDER)
        }
        self.successors, self.linked = {}, {}
        for before, after in Succession.objects.values_list("predecessor", "successor"):
            self.successors.setdefault(before, []).append(after)
        self.names, self.acronyms = {}, {}
        for organisation in self.all.values():
            for text in self._names_of(organisation):
                if key := _words(text):
                    self.names.setdefault(key, set()).add(organisation.pk)
            for text in self._acronyms_of(organisation):
                self.acronyms.setdefault(_acronym(text), set()).add(organisation.pk)
        self.named = set()
        self._found = {}

    @staticmethod
    def _names_of(organisation):
        for text in [organisation.name_en, organisation.name_mn, *organisation.also_known_as]:
            yield text
            outside = re.sub(r"\([^)]*\)", " ", text)
            if outside.strip() and outside != text:
                yield outside
        for text in [organisation.name_en, organisation.name_mn]:
            for inside in re.findall(r"\(([^)]*)\)", text):
                if not re.search(r"\d", inside):
                    yield inside

    @staticmethod
    def _acronyms_of(organisation):
        for text in [organisation.acronym_en, organisation.acronym_mn, *organisation.also_known_as]:
            if text and re.fullmatch(r"[^\W\d_]{2,10}", text) and sum(map(str.isupper, text)) > 1:
                yield text

    def learn(self, texts):
        """Tells which institutions a list names beyond doubt, so that its shorter names are read accordingly."""
        for text in texts:
            found = self.names.get(_words(text), ())
            if len(found) == 1:
                self.named |= set(found)
        self._found.clear()

    def find(self, text, *, near=None):
        """What a text means; the same text is worked out once. `near`: the institution named above it, if any."""
        key = " ".join(text.split())
        if near is not None:
            found = self.find(text)
            among = {found.organisation.pk: found.organisation} if found.organisation else {}
            among |= {body.pk: body for body in found.candidates}
            if near in among and len(among) > 1 and found.how != "nothing" and found.chosen != "invited":
                others = [body for key, body in among.items() if key != near]
                return self._told(among[near], found.how, "named", found.rest, others)
            return found
        if key not in self._found:
            self._found[key] = self._find(key)
        return self._found[key]

    def _find(self, text):
        if not text:
            return Found()
        exact = self._exact(text)
        if exact:
            return self._choose(*exact)
        outside, inside = re.sub(r"\([^)]*\)", " ", text).strip(), re.findall(r"\(([^)]*)\)", text)
        for part in [outside, *inside] if inside else []:
            if part and (exact := self._exact(part)):
                return self._choose(*exact)
        part = self._part(text)
        if part:
            return part
        return Found(candidates=self._near(text))

    def _exact(self, text):
        if ids := self.names.get(_words(text)):
            return ids, "name"
        if len(text) <= 14 and (ids := self.acronyms.get(_acronym(text))):
            return ids, "acronym"
        return None

    def _part(self, text):
        """The longest name inside the text; what stands beside it may be the department."""
        pieces = re.findall(r"[^\W_]+(?:[-–][^\W\d_]+)?|[^\w\s]", text)
        words = [(place, key[0]) for place, piece in enumerate(pieces) if len(key := _words(piece)) == 1]
        keys = [key for _place, key in words]
        best = None
        for start in range(len(keys)):
            for end in range(len(keys), start + 1, -1):
                ids = self.names.get(tuple(keys[start:end]))
                if ids and (best is None or end - start > best[1] - best[0]):
                    best = (start, end, ids)
                    break
        if best:
            start, end, ids = best
            used = range(words[start][0], words[end - 1][0] + 1)
            rest = " ".join(piece for place, piece in enumerate(pieces) if place not in used)
            return self._choose(ids, "part", rest=_tidy(_COUNTRY_TYPED.sub(" ", rest)))
        for place, piece in enumerate(pieces):
            bare = _SUFFIX.sub("", piece)
            if len(bare) > 1 and bare.isupper() and (ids := self.acronyms.get(_acronym(bare))):
                rest = " ".join(piece for other, piece in enumerate(pieces) if other != place)
                return self._choose(ids, "part", rest=_tidy(rest))
        return None

    def _choose(self, ids, how, rest=""):
        chosen = ""
        ids = set(ids)
        if len(ids) > 1:
            existing = {key for key in ids if self._exists(self.all[key])}
            for chosen, among in (("invited", self.preferred), ("named", self.named), ("existing", existing)):
                if len(ids & among) == 1:
                    others = [self.all[key] for key in sorted(ids - among)]
                    return self._told(self.all[(ids & among).pop()], how, chosen, rest, others)
            candidates = sorted((self.all[key] for key in ids), key=lambda body: (not self._exists(body), str(body)))
            return Found(how=how, rest=rest, candidates=candidates)
        return self._told(self.all[ids.pop()], how, "", rest, [])

    def _told(self, organisation, how, chosen, rest, others):
        successors = [] if self._exists(organisation) else self.heirs(organisation)
        return Found(organisation, how, chosen, rest, others, successors)

    def _exists(self, organisation):
        return (organisation.valid_from is None or organisation.valid_from <= self.on) and (
            organisation.valid_to is None or organisation.valid_to > self.on
        )

    def heirs(self, organisation):
        """The bodies of today that took over from one that has ended, through all reforms."""
        found, todo, seen = [], [organisation.pk], set()
        while todo:
            key = todo.pop(0)
            for after in self.successors.get(key, ()):
                if after in seen or after not in self.all:
                    continue
                seen.add(after)
                if self._exists(self.all[after]):
                    found.append(self.all[after])
                else:
                    todo.append(after)
        return found

    def same(self, one, other):
        """Whether two organisations (by key) are one body, be it under an older name."""
        if one is None or other is None:
            return False
        return one == other or other in self._line(one) or one in self._line(other)

    def _line(self, key):
        if key not in self.linked:
            line, todo = set(), [key]
            while todo:
                for after in self.successors.get(todo.pop(), ()):
                    if after not in line:
                        line.add(after)
                        todo.append(after)
            self.linked[key] = line
        return self.linked[key]

    def _near(self, text):
        from rapidfuzz import fuzz, process

        wanted = " ".join(_words(text))
        if len(wanted) < 4:
            return []
        choices = {key: " ".join(key) for key in self.names}
        found = process.extract(wanted, choices, scorer=fuzz.token_sort_ratio, score_cutoff=_LEAST_SCORE, limit=5)
        seen = {}
        for _text, _score, key in found:
            for organisation in self.names[key]:
                seen.setdefault(organisation, self.all[organisation])
        return sorted(seen.values(), key=lambda body: (body.pk not in self.preferred, not self._exists(body)))[:3]


_COUNTRY_TYPED = re.compile(r"Монгол Улсын|of Mongolia|Mongolia", re.IGNORECASE)


def _tidy(text):
    return re.sub(r"\s+([,;.)])", r"\1", re.sub(r"\(\s*\)", " ", text)).strip(" ,;:.-–/")
