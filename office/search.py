"""Search over what is public in one language: PostgreSQL's full text, with no extension and nothing to keep up to date.

English is stemmed. For Mongolian PostgreSQL has no stemmer: each word of the query is matched with the words that the
texts really hold, by the key that Cyrillic, Latin and usual mistypings share (`core.names.fold`), as beginnings, and
with case endings taken off. So "shiljilt" finds шилжилтийн, and "Монгол" typed without ө finds what was meant.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector
from django.db import connection
from django.db.models import Case, F, Func, OuterRef, TextField, Value, When
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.mongolian import repair
from core.names import fold, fold_prefixes
from office.models import ActionLink, Indicator, NewsItem, Opportunity, Page, Quote, Resource, WorkArea

LONGEST_QUERY = 200
MOST_WORDS = 12
MOST_RESULTS = 500
# Words of the texts that one typed beginning may stand for.
MOST_ALTERNATIVES = 150
CONFIGURATIONS = {"en": "english", "mn": "simple"}
# Letters of the private use area: no text holds them, so they cannot be taken for the text's own.
BEGIN, END = "\ue000", "\ue001"


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
    # More words, as an expression for a language.
    more: Any = None
    # The day to show beside a result, as (date, precision).
    day: Any = None

    def vector(self, language):
        configuration = CONFIGURATIONS[language]
        # Of one configuration all along: what is found by an ending must be marked by it too.
        vector = None
        for name, weight in zip(self.fields, "ABCC", strict=False):
            part = SearchVector(f"{name}_{language}", weight=weight, config=configuration)
            vector = part if vector is None else vector + part
        if self.more:
            vector = vector + SearchVector(self.more(language), weight="D", config=configuration)
        return vector

    def text(self, language):
        """All words but the name, without tags: what an excerpt is cut from."""
        parts = [piece for name in self.fields[1:] for piece in (F(f"{name}_{language}"), Value(" "))]
        return Func(
            Concat(Value(""), *parts, output_field=TextField()),
            Value("<[^>]*>"), Value(" "), Value("g"),
            function="regexp_replace", output_field=TextField(),
        )  # fmt: skip

    def columns(self, language):
        """The columns with its words, for the list of all words."""
        columns = [self.model._meta.get_field(f"{name}_{language}").column for name in self.fields]
        quote = connection.ops.quote_name
        joined = " || ' ' || ".join(f"coalesce({quote(column)}, '')" for column in columns)
        return f"SELECT to_tsvector('simple', {joined}) FROM {quote(self.model._meta.db_table)}"


@dataclass
class Result:
    source: Source
    title: Any
    excerpt: Any
    url: str
    day: tuple


@dataclass
class Found:
    """What a search gave."""

    # (kind, key, rank) of all that was found, the best first; of one kind where one was asked for.
    hits: list
    # [(source, how many)] of all kinds.
    counts: list
    # Whether they hold only some of the words, as nothing holds them all.
    partly: bool
    sources: dict
    language: str
    query: Any = None

    def results(self, hits):
        """Results for some of the hits, such as those of one page."""
        return _results(hits, self.sources, self.language, self.query)


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


SOURCES = (
    Source(
        "news", _("News"), NewsItem, NewsItem.objects.published, NewsItem.get_absolute_url,
        fields=("title", "lead", "body"), more=quotes_of_news, day=lambda row: (row.published_on, row.precision),
    ),
    Source("areas", _("Areas of work"), WorkArea, WorkArea.objects.public, WorkArea.get_absolute_url, fields=("name", "summary", "body")),
    Source("pages", _("Pages"), Page, Page.objects.published, Page.get_absolute_url, fields=("title", "lead", "body")),
    Source(
        "help", _("Ways to act"), ActionLink, ActionLink.objects.public, way_on_page,
        fields=("title", "text"), more=lambda language: F("phone"),
    ),
    Source(
        "opportunities", _("Vacancies and tenders"), Opportunity, Opportunity.objects.open, Opportunity.get_absolute_url,
        fields=("title", "summary", "body"), more=kind_and_number,
    ),
    Source(
        "figures", _("Figures"), Indicator, Indicator.objects.public, Indicator.get_absolute_url,
        fields=("title", "unit", "note", "source"),
    ),
    Source(
        "resources", _("Publications and data"), Resource, Resource.objects.public, Resource.get_absolute_url,
        fields=("title", "summary", "description"), more=lambda language: Concat("publisher", Value(" "), "authors", output_field=TextField()),
    ),
)  # fmt: skip


# Searching -------------------------------------------------------------------------------------------------


def search(text, language, sources=SOURCES, *, kind=""):
    """What the words of `text` find. A text longer than 200 letters is cut; one without words finds nothing."""
    sources = {source.kind: source for source in sources}
    groups = word_groups(words_of(text), language, sources.values())
    if not groups:
        return Found([], [], partly=False, sources=sources, language=language)
    # Where nothing holds all the words, what holds some of them is better than nothing, if it is said.
    for together in (" & ", " | ") if len(groups) > 1 else (" & ",):
        query = Lexemes(together.join(groups), search_type="raw")
        hits = _hits(sources.values(), language, query)
        if hits:
            break
    counts = {name: sum(hit[0] == name for hit in hits) for name in sources}
    return Found(
        [hit for hit in hits if hit[0] == kind] if counts.get(kind) else hits,
        [(sources[name], count) for name, count in counts.items() if count],
        partly=together == " | ",
        sources=sources,
        language=language,
        query=query,
    )


_WORD = re.compile(r"\w+")


def words_of(text):
    """The words of a query, small, each once, and no more than can be meant."""
    text = repair(text[:LONGEST_QUERY])[0].lower()
    return list(dict.fromkeys(_WORD.findall(text)))[:MOST_WORDS]


def word_groups(words, language, sources):
    """For each word that counts: the lexemes of which one must be there, as the text of a tsquery."""
    if not words:
        return []
    return (_english if language == "en" else _mongolian)(words, sources)


# British and American spellings that stemming does not bring together.
_SPELLINGS = (("iz", "is"), ("is", "iz"), ("or", "our"), ("our", "or"), ("er", "re"), ("re", "er"))


def _spellings(word):
    """The word, and as others may spell it; a spelling that is no word finds nothing."""
    if len(word) < 5:
        return [word]
    return [word, *(word.replace(a, b) for a, b in _SPELLINGS[:4] if a in word), *(
        [word[:-2] + word[-2:][::-1]] if word.endswith(("er", "re")) else []
    )]  # fmt: skip


def _english(words, sources):
    spelt = {word: _spellings(word) for word in words}
    everything = list(dict.fromkeys(spelling for spellings in spelt.values() for spelling in spellings))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, tsvector_to_array(to_tsvector('english', word)) FROM unnest(%s::text[]) AS word", [everything]
        )
        stems = dict(cursor.fetchall())
    groups = []
    for word in words:
        # A word such as "the" has no stem and asks for nothing.
        if not stems[word]:
            continue
        lexemes = [_lexeme(stem) for spelling in spelt[word] for stem in stems[spelling]]
        if len(word) >= 3:
            lexemes.append(_lexeme(word) + ":*")
        groups.append(_either(lexemes))
    return groups


# Endings of Mongolian words as search keys: -ийн, -ын; -ний; -ийг, -ыг; -аас …; -аар …; -тай …; -ууд …
_ENDINGS = re.compile(r"(?<=.{3})(?:ni|in|ig|[aeu]s|[aeu]r|t[aeu]i|(?:n|1)?ud|r?lu|[dt])$")


def stem_of(key):
    """A search key without its case endings, at most two (-уудын); never shorter than three letters."""
    for _turn in range(2):
        key = _ENDINGS.sub("", key)
    return key


def _mongolian(words, sources):
    with connection.cursor() as cursor:
        texts = " UNION ALL ".join(source.columns("mn") for source in sources)
        cursor.execute("SELECT word FROM ts_stat(%s) ORDER BY nentry DESC, word", [texts])
        vocabulary = [word for (word,) in cursor.fetchall()]
    groups = []
    for word in words:
        lexemes = [_lexeme(word) + ":*"]
        key = fold(word) if not word.isdigit() else ""
        if len(key) >= 3:
            starts = tuple({stem_of(key), *fold_prefixes(word)})
            lexemes += [_lexeme(known) for known in vocabulary if _key(known).startswith(starts)][:MOST_ALTERNATIVES]
        elif key:
            lexemes += [_lexeme(known) for known in vocabulary if _key(known) == key]
            # A letter or two begins too many words.
            lexemes[0] = _lexeme(word)
        groups.append(_either(lexemes))
    return groups


@lru_cache(maxsize=50_000)
def _key(word):
    return fold(word)


def _lexeme(word):
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _either(lexemes):
    return "(" + " | ".join(dict.fromkeys(lexemes)) + ")"


class Lexemes(SearchQuery):
    """A query of lexemes as they stand in the texts: nothing is stemmed or split again."""

    template = "(%(expressions)s)::tsquery"


def _hits(sources, language, query):
    """(kind, key) of all that is found, the best first."""
    kinds = []
    for source in sources:
        vector = source.vector(language)
        kinds.append(
            source.rows(language)
            .order_by()
            .annotate(found_kind=Value(source.kind), found_in=vector)
            .filter(found_in=query)
            .annotate(relevance=SearchRank(vector, query))
            .values_list("found_kind", "pk", "relevance")
        )
    first, *others = kinds
    found = first.union(*others, all=True).order_by()
    return sorted(found, key=lambda hit: (-hit[2], hit[0], -hit[1]))[:MOST_RESULTS]


def _results(hits, sources, language, query):
    rows = {}
    configuration = CONFIGURATIONS[language]
    marks = {"start_sel": BEGIN, "stop_sel": END}
    for kind in {hit[0] for hit in hits}:
        source = sources[kind]
        found = (
            source.rows(language)
            .filter(pk__in=[hit[1] for hit in hits if hit[0] == kind])
            .annotate(
                marked_title=SearchHeadline(
                    f"{source.fields[0]}_{language}", query, config=configuration, highlight_all=True, **marks
                ),
                excerpt=SearchHeadline(
                    source.text(language), query, config=configuration, min_words=24, max_words=42, **marks
                ),
            )
        )
        rows.update({(kind, row.pk): row for row in found})
    results = []
    for kind, key, _rank in hits:
        # A row may have gone between the two questions.
        if row := rows.get((kind, key)):
            source = sources[kind]
            results.append(Result(
                source, marked(row.marked_title), excerpt(row.excerpt), source.address(row),
                source.day(row) if source.day else (None, None),
            ))  # fmt: skip
    return results


def marked(text):
    """HTML with what was found in <mark>; all else is escaped, whatever a text holds."""
    pieces = re.split(f"{BEGIN}(.*?){END}", text or "", flags=re.DOTALL)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", _clean(piece)) if place % 2 else _clean(piece),)
            for place, piece in enumerate(pieces)
        ),
    )


def excerpt(text):
    """Marked words out of a text; three dots say that it went on, and that it had begun before."""
    text = (text or "").strip()
    if not text:
        return ""
    begins_inside = text.lstrip(BEGIN)[:1].islower()
    ends_inside = text.rstrip(END)[-1:] not in ".!?…"
    return format_html("{}{}{}", "… " if begins_inside else "", marked(text), " …" if ends_inside else "")


def _clean(piece):
    """An excerpt may begin or end inside of a tag that was cut, and bears entities of the rich text."""
    return unescape(piece.replace(BEGIN, "").replace(END, ""))
