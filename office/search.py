"""Search over what is public, in the language of the page: words, "phrases in quotation marks" and -words to leave out.

English is stemmed by PostgreSQL. Mongolian is met by its stems, by the key that Cyrillic, Latin and usual mistypings
share, and by beginnings: "shiljilt" finds шилжилтийн. A word that stands nowhere is taken for the nearest that does,
and it is said. Words are kept in `office.word_index`; what is public the database says anew at every search.
"""

import re
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, Func, IntegerField, OuterRef, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Concat, ExtractYear
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.mongolian import repair
from core.pages import LANGUAGES, plain
from core.richtext import RichTextField
from office.models import ActionLink, CompactObjective, Goal, Indicator, NewsItem, Opportunity, Page, Quote, Resource, Target, WorkArea
from office.word_index import BEGINS_AT_LEAST, FORM, WORD, Index, rarity

LONGEST_QUERY = 200
MOST_WORDS = 12
MOST_RESULTS = 500
# Where so few or fewer are found, a word that many texts hold may have been meant.
FEW, MANY = 2, 5
EXCERPT_WORDS, WORDS_BEFORE = 36, 8


@dataclass(frozen=True)
class Source:
    """One kind of thing that can be found: which rows, which of their words count, and where a row is read."""

    kind: str
    label: Any
    model: type
    # Rows that are public in a language.
    rows: Any
    # Where a row is read.
    address: Any
    # Translated fields by weight: the name first.
    fields: tuple = ("title", "summary", "body")
    # The name where it is more than the first field, as an expression for a language.
    name: Any = None
    # More words, as an expression for a language; `borrowed` where they stand in rows of others.
    more: Any = None
    borrowed: bool = False
    shows_more: bool = True
    # The day to show beside a result, as (date, precision), and the year as an expression.
    day: Any = None
    year: Any = None
    # Whether rows name the areas of work that they belong to.
    has_areas: bool = False
    # Standing pages are more often what is looked for than one news item among many.
    weight: float = 1

    def version(self, language):
        """What changes whenever a row is written, and so tells whether its words were read already."""
        table = self.model._meta.db_table
        own = RawSQL(f'"{table}".xmin::text || "{table}".ctid::text', [], output_field=TextField())
        if not self.borrowed:
            return own
        return Concat(own, Func(self.more(language), function="md5", output_field=TextField()), output_field=TextField())

    def pieces(self, language):
        """Expressions for its words: the name, the summary, the text, all else."""
        name, second, *rest = self.fields + ("",) * (2 - len(self.fields))
        texts = [part for other in rest for part in (F(f"{other}_{language}"), Value(" "))]
        return [
            _text(self.name(language) if self.name else F(f"{name}_{language}")),
            _text(F(f"{second}_{language}") if second else Value("")),
            _text(Concat(Value(""), Value(""), *texts, output_field=TextField())),
            _text(self.more(language) if self.more else Value("")),
        ]

    def plain(self, piece):
        """A piece of its words without tags, where its fields are rich texts."""
        rich = any(isinstance(self.model._meta.get_field(f"{name}_en"), RichTextField) for name in self.fields[1:])
        return plain(piece) if rich else " ".join((piece or "").split())


def _text(expression):
    return Coalesce(Cast(expression, TextField()), Value(""), output_field=TextField())


@dataclass
class Result:
    source: Source
    title: Any
    excerpt: Any
    url: str
    day: tuple


@dataclass
class Hit:
    kind: str
    key: int
    rank: float
    year: int | None
    areas: tuple = ()


@dataclass
class Found:
    """What a search gave."""

    # The best first; of one kind, year and area where they were asked for.
    hits: list
    # [(source, how many)], [(year, how many)], [(area, how many)]: each by what the other choices leave.
    counts: list = field(default_factory=list)
    years: list = field(default_factory=list)
    areas: list = field(default_factory=list)
    # The choices that were kept: one that leaves nothing is not.
    chosen: dict = field(default_factory=dict)
    # Whether they hold only some of the words, as nothing holds them all.
    partly: bool = False
    # The query as it was taken, where a word stands nowhere; as it may have been meant, where little was found.
    corrected: str = ""
    suggested: str = ""
    # {language: how many} the same words find in other languages.
    elsewhere: dict = field(default_factory=dict)
    sources: dict = field(default_factory=dict)
    language: str = ""
    marks: Any = None

    def results(self, hits):
        """Results for some of the hits, such as those of one page."""
        return _results(hits, self.sources, self.language, self.marks)


# What the office has ---------------------------------------------------------------------------------------


def quotes_of_news(language):
    """What was said in an item, and who said it."""
    said = [F(f"text_{language}"), Value(" "), F(f"speaker_{language}")]
    words = Quote.objects.filter(item=OuterRef("pk")).values_list(Concat(*said, output_field=TextField()))
    return Func(ArraySubquery(words), Value(" "), function="array_to_string", output_field=TextField())


def kind_and_number(language):
    """Of a vacancy, tender or call: what it is, in a word, and its reference number."""
    with override(language):
        words = [When(kind=kind.value, then=Value(str(kind.label))) for kind in Opportunity.Kind]
    return Concat(Case(*words, output_field=TextField()), Value(" "), F("reference"), output_field=TextField())


# Kinds of ways to act that stand on a page of their own.
WAYS_ON = {
    "hotline": "office:help", "report": "office:report_misconduct", "work": "office:vacancies", "supply": "office:tenders",
    "volunteer": "office:volunteering",
}  # fmt: skip


def way_on_page(row):
    return f"{reverse(WAYS_ON.get(row.kind, 'office:take_action'))}#way-{row.slug}"


# How goals, targets and objectives are called where their numbers are looked for.
NUMBERED = {"en": "Goal", "mn": "Зорилго"}
TARGET = {"en": "Target", "mn": "Зорилт"}
OBJECTIVE = {"en": "Objective", "mn": "Зорилт"}


def all_named(model, name):
    """All rows that say something in a language: goals, targets and objectives are hidden from nobody."""
    return lambda language: model.objects.exclude(**{f"{name}_{language}": ""})


def target_on_page(row):
    return f"{reverse('office:goal', args=[row.goal_id])}#target-{row.code}"


def objective_on_page(row):
    return f"{reverse('office:agenda_2030')}#objective-{row.number}"


SOURCES = (
    Source(
        "news", _("News"), NewsItem, NewsItem.objects.published, NewsItem.get_absolute_url,
        fields=("title", "lead", "body"), more=quotes_of_news, borrowed=True, day=lambda row: (row.published_on, row.precision),
        year=ExtractYear("published_on"), has_areas=True,
    ),
    Source(
        "areas", _("Areas of work"), WorkArea, WorkArea.objects.public, WorkArea.get_absolute_url,
        fields=("name", "summary", "body"), weight=1.25,
    ),
    Source("pages", _("Pages"), Page, Page.objects.published, Page.get_absolute_url, fields=("title", "lead", "body"), weight=1.2),
    Source(
        "help", _("Ways to act"), ActionLink, ActionLink.objects.public, way_on_page,
        fields=("title", "text"), more=lambda language: F("phone"), weight=1.2,
    ),
    Source(
        "opportunities", _("Vacancies and tenders"), Opportunity, Opportunity.objects.open, Opportunity.get_absolute_url,
        fields=("title", "summary", "body"), more=kind_and_number,
    ),
    Source(
        "figures", _("Figures"), Indicator, Indicator.objects.public, Indicator.get_absolute_url,
        fields=("title", "unit", "note", "source"), has_areas=True,
    ),
    Source(
        "resources", _("Publications and data"), Resource, Resource.objects.public, Resource.get_absolute_url,
        fields=("title", "summary", "description"), more=lambda language: Concat("publisher", Value(" "), "authors", output_field=TextField()),
        year=F("year"), has_areas=True,
    ),
    Source(
        "goals", _("Goals of the 2030 Agenda"), Goal, all_named(Goal, "name"), Goal.get_absolute_url, fields=("name",),
        name=lambda language: Concat(Value(NUMBERED[language] + " "), "number", Value(": "), F(f"name_{language}"), output_field=TextField()),
        more=lambda language: Value("SDG"), shows_more=False,
    ),
    Source(
        "targets", _("Targets of the 2030 Agenda"), Target, all_named(Target, "text"), target_on_page, fields=("text",),
        name=lambda language: Concat(Value(TARGET[language] + " "), "code", Value(". "), F(f"text_{language}"), output_field=TextField()),
        more=lambda language: Value("SDG"), shows_more=False,
    ),
    Source(
        "objectives", _("Objectives of the Global Compact"), CompactObjective, all_named(CompactObjective, "text"), objective_on_page, fields=("text",),
        name=lambda language: Concat(Value(OBJECTIVE[language] + " "), "number", Value(". "), F(f"text_{language}"), output_field=TextField()),
    ),
)  # fmt: skip


# Searching -------------------------------------------------------------------------------------------------


@dataclass
class Query:
    """What was typed: words and phrases that must be there, and those that must not. A phrase is a tuple of words."""

    wanted: list
    unwanted: list


@dataclass
class Term:
    """A word or a phrase of the query with what it found."""

    word: Any
    # {number of a word of the texts: how well it fits}; of a phrase the words of each place.
    found: dict
    places: list
    # {number of a document: weight}
    documents: dict


_PARTS = re.compile(rf"""(?P<minus>(?<!\S)[-−–])?(?:["«“„](?P<phrase>[^"«»“”„]*)["»”“]|(?P<word>{WORD.pattern}))""", re.IGNORECASE)
_indexes = {language: Index(language) for language in LANGUAGES}


def words_of(text):
    """The query in a text of at most 200 letters and 12 words, each once."""
    wanted, unwanted = {}, {}
    for part in _PARTS.finditer(repair(text[:LONGEST_QUERY])[0].lower()):
        words = tuple(WORD.findall(part["phrase"] if part["phrase"] is not None else part["word"]))
        if words:
            (unwanted if part["minus"] else wanted)[words[0] if len(words) == 1 else words] = True
    return Query(list(wanted)[:MOST_WORDS], list(unwanted)[:MOST_WORDS])


def search(text, language, sources=SOURCES, *, kind="", year=None, area="", exact=False):
    """What the words of `text` find in a language; `exact`: a word that stands nowhere is not taken for another."""
    sources = {source.kind: source for source in sources}
    nothing = Found([], sources=sources, language=language)
    query = words_of(text)
    if not query.wanted:
        return nothing
    elsewhere, written, known = {}, set(), set()
    for other in LANGUAGES:
        if other != language:
            # Nobody may forget what was read before it is asked.
            with _indexes[other].lock:
                index, live = _read(other, sources)
                terms = _terms(index, query, live)
                written |= {term.word for term in terms if index.numbers.get(term.word) in term.found and term.documents}
                known |= {term.word for term in terms if term.documents}
                elsewhere[other] = len(_together(terms, _without(index, query, live)))
    with _indexes[language].lock:
        index, live = _read(language, sources)
        terms, instead = _terms(index, query, live), {}
        if not exact:
            terms, instead = _corrected(index, terms, live, written, known)
        unwanted = _without(index, query, live)
        numbers, partly = _together(terms, unwanted), False
        # Where nothing holds all the words, what holds some of them is better than nothing, if it is said.
        if not numbers and len(terms) > 1:
            numbers = set().union(*(term.documents for term in terms)) - unwanted
            partly = bool(numbers)
        hits = _ranked(index, numbers, terms, live, sources)
        suggested = ""
        if not exact and not instead and len(numbers) <= FEW:
            suggested = _rewritten(text, _suggestions(index, terms, live))
        marks = _Marks(index, terms)
    found = Found(
        hits, partly=partly, corrected=_rewritten(text, instead) if hits else "", suggested=suggested,
        elsewhere={code: count for code, count in elsewhere.items() if count}, sources=sources, language=language, marks=marks,
    )  # fmt: skip
    if hits:
        _choose(found, kind=kind, year=year, area=area)
    return found


def _read(language, sources):
    """The index of a language, with what it did not know, and the numbers of what is public now."""
    index = _indexes[language]
    kinds = [
        source.rows(language).order_by()
        .annotate(found_kind=Value(source.kind), found_version=source.version(language))
        .values_list("found_kind", "pk", "found_version")
        for source in sources.values()
    ]  # fmt: skip
    rows = list(kinds[0].union(*kinds[1:], all=True).order_by())
    with index.lock:
        unread = index.unread(rows)
        if unread:
            index.take_in(_texts(unread, language, sources))
        return index, index.live(rows)


def _texts(unread, language, sources):
    kinds = []
    for kind in dict.fromkeys(row[0] for row in unread):
        source = sources[kind]
        pieces = dict(zip(("piece_a", "piece_b", "piece_c", "piece_d"), source.pieces(language), strict=True))
        year = Cast(source.year or Value(None), IntegerField())
        kinds.append(
            source.rows(language).order_by()
            .filter(pk__in=[row[1] for row in unread if row[0] == kind])
            .annotate(found_kind=Value(kind), found_version=source.version(language), found_year=year, **pieces)
            .values_list("found_kind", "pk", "found_version", "found_year", *pieces)
        )  # fmt: skip
    for kind, key, version, year, name, *texts in kinds[0].union(*kinds[1:], all=True).order_by():
        # The year is a word too: "2013" finds what was in that year.
        yield kind, key, version, year, [
            name, f"{sources[kind].plain(texts[0])} {year or ''}", sources[kind].plain(texts[1]), texts[2]
        ]  # fmt: skip


def _terms(index, query, live):
    words = [word for word in query.wanted if isinstance(word, tuple) or index.means_something(word)] or query.wanted
    return [_term(index, word, live) for word in words]


def _term(index, word, live):
    if isinstance(word, tuple):
        documents, places = index.documents_with_phrase(word, live)
        return Term(word, {}, places, documents)
    for found in (index.lookup(word), index.lookup(word, begins=BEGINS_AT_LEAST)):
        if documents := index.documents_with(found, live):
            break
    return Term(word, found, [], documents)


def _corrected(index, terms, live, written, known):
    """The terms with the nearest word where one stands nowhere, and {word: taken for}.

    What is `written` so in another language is no mistake; what is `known` there by its sound is one only where a single
    letter is wrong: ulanbaatar is meant for Ulaanbaatar, shiljilt is not meant for any English word.
    """
    instead = {}
    for place, term in enumerate(terms):
        if term.documents or isinstance(term.word, tuple) or term.word in written:
            continue
        near = index.nearest(term.word, live, at_most=1 if term.word in known else 2)
        if near is not None:
            instead[term.word] = index.words[near]
            terms[place] = _term(index, index.words[near], live)
    return terms, instead


def _suggestions(index, terms, live):
    """{word: another} where many texts hold a word that is one letter away."""
    meant = {}
    for term in terms:
        if isinstance(term.word, str) and len(term.word) > 4 and len(term.documents) <= FEW:
            near = index.nearest(term.word, live, at_most=1, but=term.found)
            if near is not None and sum(number in live for number in index.where[near]) >= MANY:
                meant[term.word] = index.words[near]
    return meant


def _rewritten(text, instead):
    """The text with words put in the place of others, with a capital where one was typed; empty where there are none."""
    if not instead:
        return ""

    def other(match):
        word = instead.get(match[0].lower(), match[0])
        return word.capitalize() if match[0][:1].isupper() else word

    return WORD.sub(other, repair(text[:LONGEST_QUERY])[0])


def _without(index, query, live):
    """Numbers of the documents that hold what must not be there."""
    numbers = set()
    for word in query.unwanted:
        if isinstance(word, tuple):
            numbers |= set(index.documents_with_phrase(word, live)[0])
        else:
            found = {number: quality for number, quality in index.lookup(word).items() if quality >= FORM}
            numbers |= set(index.documents_with(found, live))
    return numbers


def _together(terms, unwanted):
    return set.intersection(*(set(term.documents) for term in terms)) - unwanted


def _ranked(index, numbers, terms, live, sources):
    """Hits, the best first: rare words count more, words of the name most, a name that is nothing else most of all."""
    rare = [rarity(term.documents, live) / 100 for term in terms]
    sizes = [len(term.word) if isinstance(term.word, tuple) else 1 for term in terms]
    ranked = []
    for number in numbers:
        document, rank, holds, named = index.documents[number], 0.0, 0, 0
        for term, counts, size in zip(terms, rare, sizes, strict=True):
            if weight := term.documents.get(number):
                rank += weight * counts
                holds += 1
                named += size if weight > 50 else 0
        rank = (rank + 2 * named / max(document.in_name, named, 1)) * sources[document.kind].weight * holds
        year = document.year or 0
        ranked.append((-rank, -year, document.kind, -document.key if year else document.key, number))
    hits = []
    for rank, *_others, number in nsmallest(MOST_RESULTS, ranked):
        document = index.documents[number]
        hits.append(Hit(document.kind, document.key, -rank, document.year))
    return hits


def _choose(found, **choices):
    """Keeps of the hits what was chosen, and counts for each choice what it would give beside the others."""
    names = _name_areas(found)
    # A choice that alone leaves nothing is no choice; nor is one that leaves nothing beside those before it.
    asked = {
        "kind": lambda hit: hit.kind == choices["kind"],
        "year": lambda hit: hit.year == choices["year"],
        "area": lambda hit: choices["area"] in hit.areas,
    }
    chosen, left = {}, found.hits
    for name, fits in asked.items():
        if choices[name] and (fewer := [hit for hit in left if fits(hit)]):
            chosen[name], left = fits, fewer

    def beside(name):
        return [hit for hit in found.hits if all(fits(hit) for other, fits in chosen.items() if other != name)]

    kinds = [hit.kind for hit in beside("kind")]
    found.counts = [(source, kinds.count(kind)) for kind, source in found.sources.items() if kind in kinds]
    years = sorted((hit.year for hit in beside("year") if hit.year), reverse=True)
    found.years = [(year, len(list(same))) for year, same in groupby(years)]
    slugs = [slug for hit in beside("area") for slug in hit.areas]
    found.areas = [(area, slugs.count(area.slug)) for area in names if area.slug in slugs]
    found.chosen = {name: choices[name] for name in chosen}
    found.hits = left


def _name_areas(found):
    """Gives each hit the areas of work that it belongs to; returns all that are public."""
    names = list(WorkArea.objects.public(found.language))
    slugs = {area.pk: area.slug for area in names}
    belongs = {("areas", key): [slug] for key, slug in slugs.items()}
    links = []
    for kind, source in found.sources.items():
        if source.has_areas:
            through, column = source.model.work_areas.through, f"{source.model._meta.model_name}_id"
            keys = [hit.key for hit in found.hits if hit.kind == kind]
            links.append(
                through.objects.filter(**{f"{column}__in": keys})
                .annotate(found_kind=Value(kind))
                .values_list("found_kind", column, "workarea_id")
            )
    if links:
        for kind, key, area in links[0].union(*links[1:], all=True).order_by():
            if area in slugs:
                belongs.setdefault((kind, key), []).append(slugs[area])
    for hit in found.hits:
        hit.areas = tuple(belongs.get((hit.kind, hit.key), ()))
    return names


# Showing ---------------------------------------------------------------------------------------------------


class _Marks:
    """Which words of a text are marked: those that stood for a word of the query, however it was typed."""

    def __init__(self, index, terms):
        self.words = {index.words[number] for term in terms for number in term.found}
        self.phrases = [[{index.words[number] for number in place} for place in term.places] for term in terms if term.places]

    def of(self, text):
        """(matches of all words, places of the marked ones)."""
        matches = list(WORD.finditer(text))
        small = [match[0].lower() for match in matches]
        places = {place for place, word in enumerate(small) if word in self.words}
        for phrase in self.phrases:
            for start in range(len(small) - len(phrase) + 1):
                if all(small[start + step] in allowed for step, allowed in enumerate(phrase)):
                    places |= set(range(start, start + len(phrase)))
        return matches, places


def marked(text, marks):
    """HTML with what was found in <mark>; all else is escaped, whatever a text holds."""
    matches, places = marks.of(text)
    return _html(text, matches, places, 0, len(text))


def _html(text, matches, places, begin, end):
    pieces, done = [], begin
    for place in sorted(places):
        match = matches[place]
        if begin <= match.start() and match.end() <= end:
            pieces += [("{}", text[done : match.start()]), ("<mark>{}</mark>", match[0])]
            done = match.end()
    pieces.append(("{}", text[done:end]))
    return format_html_join("", "{}", ((format_html(pattern, piece),) for pattern, piece in pieces))


def excerpt(text, marks):
    """The words of a text around most of what was found; three dots say that it goes on, and that it had begun before."""
    matches, places = marks.of(text)
    if not matches:
        return format_html("{}", text)
    begin = 0
    if places and min(places) >= EXCERPT_WORDS - WORDS_BEFORE:
        inside = {place: {matches[other][0].lower() for other in places if place <= other < place + EXCERPT_WORDS - WORDS_BEFORE} for place in places}
        begin = max(0, min(places, key=lambda place: (-len(inside[place]), place)) - WORDS_BEFORE)
    end = min(begin + EXCERPT_WORDS, len(matches)) - 1
    start, stop = (matches[begin].start() if begin else 0), (matches[end].end() if end < len(matches) - 1 else len(text))
    return format_html(
        "{}{}{}", "… " if begin else "", _html(text, matches, places, start, stop), " …" if stop < len(text) else ""
    )


def _results(hits, sources, language, marks):
    rows = {}
    for kind in {hit.kind for hit in hits}:
        source = sources[kind]
        name, *texts = source.pieces(language)
        found = (
            source.rows(language)
            .filter(pk__in=[hit.key for hit in hits if hit.kind == kind])
            .annotate(found_name=name, piece_b=texts[0], piece_c=texts[1], piece_d=texts[2])
        )
        rows.update({(kind, row.pk): row for row in found})
    results = []
    for hit in hits:
        # A row may have gone between the two questions.
        if row := rows.get((hit.kind, hit.key)):
            source = sources[hit.kind]
            texts = [source.plain(row.piece_b), source.plain(row.piece_c), row.piece_d.strip() if source.shows_more else ""]
            text = " ".join(text for text in texts if text)
            results.append(Result(
                source, marked(row.found_name, marks), excerpt(text, marks), source.address(row),
                source.day(row) if source.day else (None, None),
            ))  # fmt: skip
    return results
