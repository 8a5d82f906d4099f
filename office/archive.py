"""The archive of news: narrowed by year, kind and area, each choice with how many items it would leave."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import ExtractYear

from contacts.models import Organisation
from office.models import NewsItem, Target, WorkArea


@dataclass
class Option:
    """One choice of a facet: its word, how many items it leaves beside the other choices, where it leads."""

    label: Any
    count: int
    query: str
    is_chosen: bool


@dataclass
class Facet:
    name: str
    options: list
    # The query without this facet.
    without: str

    @property
    def chosen(self):
        return next((option for option in self.options if option.is_chosen), None)


@dataclass
class Archive:
    """What an address asks of the archive in one language: the rows, the choices made, the choices left."""

    rows: Any
    chosen: dict = field(default_factory=dict)
    facets: list = field(default_factory=list)

    @property
    def query(self):
        """The choices as the pairs of an address, always in the same order: one list has one address."""
        return query_of(self.chosen)

    @property
    def address(self):
        """The choices as the tail of an address: "?area=…&year=2014", or nothing."""
        return f"?{urlencode(self.query)}" if self.chosen else ""


def read(asked):
    """The Archive for the parameters of an address. A word that it does not know chooses nothing. Four queries at most,
    however many items there are; the rows themselves are not yet asked for."""
    rows, chosen = NewsItem.objects.published(), {}
    # Other pages link to these two: the news of a target or of an institution.
    if (code := asked.get("target", "")) and (target := Target.objects.filter(code=code[:5]).first()):
        rows, chosen["target"] = rows.filter(targets=target), target
    if (slug := asked.get("institution", "")) and (
        institution := Organisation.objects.filter(slug=slug[:80], news__in=rows).distinct().first()
    ):
        rows, chosen["institution"] = rows.filter(institutions=institution), institution
    areas = {area.slug: area for area in WorkArea.objects.public()}
    by_year = rows.order_by().annotate(year=ExtractYear("published_on"))
    # An item may belong to several areas: what is counted by area cannot be added up.
    of_all = list(by_year.values_list("year", "kind").annotate(number=Count("pk", distinct=True)))
    of_areas = list(
        by_year.filter(work_areas__slug__in=areas).values_list("year", "kind", "work_areas__slug").annotate(number=Count("pk", distinct=True))
    )
    years = sorted({year for year, _kind, _number in of_all}, reverse=True)
    areas = {slug: area for slug, area in areas.items() if any(slug == row[2] for row in of_areas)}
    kinds = [kind for kind in NewsItem.Kind if any(kind == row[1] for row in of_all)]
    if (slug := asked.get("area", "")) in areas:
        rows, chosen["area"] = rows.filter(work_areas=areas[slug]), areas[slug]
    if asked.get("kind") in NewsItem.Kind.values:
        chosen["kind"] = NewsItem.Kind(asked["kind"])
        rows = rows.filter(kind=chosen["kind"])
    if (year := next((year for year in years if str(year) == asked.get("year")), None)) is not None:
        rows, chosen["year"] = rows.filter(published_on__year=year), year

    def left_by(year=None, kind=None, area=None):
        table = [(*row[:2], None, row[2]) for row in of_all] if area is None else of_areas
        return sum(
            number for of_year, of_kind, of_area, number in table if year in {None, of_year} and kind in {None, of_kind} and area == of_area
        )

    beside = {"year": chosen.get("year"), "kind": chosen.get("kind"), "area": chosen["area"].slug if "area" in chosen else None}

    def facet(name, choices):
        return Facet(name, [
            Option(label, left_by(**{**beside, name: value}), _tail({**chosen, name: row}), chosen.get(name) == row)
            for value, row, label in choices
        ], _tail({key: value for key, value in chosen.items() if key != name}))  # fmt: skip

    facets = [
        facet("area", [(slug, area, area.name) for slug, area in areas.items()]),
        facet("kind", [(kind, kind, kind.label) for kind in kinds]),
        facet("year", [(year, year, str(year)) for year in years]),
    ]
    return Archive(rows, chosen, facets)


ORDER = ("target", "institution", "area", "kind", "year")


def query_of(chosen):
    """[(name, word)] of choices, in the order of ORDER."""
    words = {"target": "code", "institution": "slug", "area": "slug", "kind": "value"}
    return [(name, str(getattr(chosen[name], words[name]) if name in words else chosen[name])) for name in ORDER if name in chosen]


def _tail(chosen):
    return f"?{urlencode(query_of(chosen))}" if chosen else "?"


def exists_in(language, query):
    """Whether the archive of a language has items for the choices of an address."""
    rows = NewsItem.objects.published(language)
    fields = {"target": "targets__code", "institution": "institutions__slug", "area": "work_areas__slug", "kind": "kind", "year": "published_on__year"}
    for name, word in query:
        rows = rows.filter(**{fields[name]: word})
    return rows.exists()
