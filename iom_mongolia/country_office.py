"""The country office's real facts, brought from the files in `facts` into the tables.

A row is added where it is missing, and brought up to date while nobody has edited it since. What an editor has changed,
added under the same name or deleted stays as the editor left it. A fact that leaves the files stays in the tables.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pghistory
from django.db import models, transaction

from contacts.models import Organisation, PressContact, Succession
from core.dates import Precision
from office.models import (
    ActionLink,
    CompactObjective,
    Comparison,
    CountryOffice,
    Goal,
    Indicator,
    LoadedFact,
    NewsItem,
    Page,
    Redirect,
    Resource,
    Target,
    WorkArea,
)
from workshops.models import Project, Workshop

FACTS = Path(__file__).parent / "facts"
ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")

# By which field the facts name a row of another table.
NAMED_BY = {
    CompactObjective: "number",
    Goal: "number",
    Indicator: "slug",
    NewsItem: "slug",
    Organisation: "slug",
    PressContact: "name",
    Project: "code",
    Target: "code",
    WorkArea: "slug",
}
# Date field → the field that says how far the date is known; the facts say it by the length of the date.
PRECISION_OF = {
    "valid_from": "valid_from_precision",
    "valid_to": "valid_to_precision",
    "on": "precision",
    "starts_on": "precision",
    "published_on": "precision",
}
# What stands in the files for their readers alone.
NOT_STORED = {"sources"}


@dataclass
class Sort:
    """One sort of facts: the table, the file, by what a row is named, and which lists in it are rows of their own."""

    model: type[models.Model]
    file: str
    named_by: tuple[str, ...]
    part: str | None = None
    children: tuple[str, ...] = ()
    ready: Callable[[dict], dict] = field(default=lambda item: item)

    @property
    def label(self):
        return self.model._meta.label_lower

    def items(self):
        """The facts of this sort, by key, in their order."""
        said = json.loads((FACTS / self.file).read_text(encoding="utf-8"))
        items = [self.ready(item) for item in (said[self.part] if self.part else said)]
        return {" ".join(str(item[name]) for name in self.named_by): item for item in items}


def _office_hours_begin(day):
    return datetime.combine(day, time(9), ULAANBAATAR).isoformat()


def _news(item):
    """Public from the morning of its day, in each language that has a title."""
    opening = _office_hours_begin(parse_date(item["published_on"])[0])
    contacts = [{"contact": name, "order": order} for order, name in enumerate(item.pop("press_contacts", []))]
    quotes = [{**quote, "order": order} for order, quote in enumerate(item.pop("quotes", []))]
    return {**item, "publish_at_en": opening, "publish_at_mn": opening, "quotes": quotes, "newscontact_set": contacts}


def _workshop(item):
    """Over; its institutions were there, how many seats each had is not known."""
    invited = [{"organisation": slug, "guaranteed": 0, "order": order} for order, slug in enumerate(item.pop("institutions", []))]
    return {
        **item,
        "status": Workshop.Status.COMPLETED,
        "visibility": Workshop.Visibility.PUBLIC,
        "allocations": invited,
    }


def _indicator(item):
    points = []
    for order, point in enumerate(item.pop("points")):
        points.append({"label_mn": point["label_en"], "order": order, **point})
    return {**item, "points": points}


def _page(item):
    opening = _office_hours_begin(date(2025, 1, 2))
    return {**item, "publish_at_en": opening, "publish_at_mn": opening}


# In an order in which whatever a row names is there before it.
SORTS = [
    Sort(CountryOffice, "country_office.json", ("id",)),
    Sort(Goal, "agenda_2030.json", ("number",), part="goals"),
    Sort(Target, "agenda_2030.json", ("code",), part="targets"),
    Sort(CompactObjective, "agenda_2030.json", ("number",), part="objectives"),
    Sort(WorkArea, "work_areas.json", ("slug",)),
    Sort(Organisation, "organisations.json", ("slug",), part="organisations"),
    Sort(Succession, "organisations.json", ("predecessor", "successor"), part="successions"),
    Sort(PressContact, "press_contacts.json", ("name",)),
    Sort(Project, "projects.json", ("code",)),
    Sort(NewsItem, "news.json", ("slug",), children=("quotes", "newscontact_set"), ready=_news),
    Sort(Workshop, "past_workshops.json", ("slug",), children=("allocations",), ready=_workshop),
    Sort(Indicator, "indicators.json", ("slug",), children=("points",), ready=_indicator),
    Sort(Comparison, "comparisons.json", ("indicator", "other")),
    Sort(Resource, "resources.json", ("slug",)),
    Sort(ActionLink, "action_links.json", ("slug",)),
    Sort(Page, "pages.json", ("key",), ready=_page),
    Sort(Redirect, "redirects.json", ("old_path",)),
]


def is_up_to_date():
    """Whether the tables have heard all that the files say; one query, however many facts."""
    heard = {(fact.sort, fact.key): fact.said for fact in LoadedFact.objects.all()}
    return all(heard.get((sort.label, key)) == _fingerprint(item) for sort in SORTS for key, item in sort.items().items())


@transaction.atomic
def load():
    """Brings all facts in. Returns a Counter of "added", "brought up to date", "left as edited", "unchanged"."""
    outcome = Counter()
    with pghistory.context(command="load_country_office"):
        for sort in SORTS:
            _load_sort(sort, outcome)
    return outcome


def _load_sort(sort, outcome):
    known = {fact.key: fact for fact in LoadedFact.objects.filter(sort=sort.label)}
    for key, item in sort.items().items():
        said, fact = _fingerprint(item), known.get(key)
        if fact is not None and fact.said == said:
            outcome["unchanged"] += 1
            continue
        row = _find(sort, item) if fact is None else sort.model._default_manager.filter(pk=fact.object_id).first()
        theirs = row is not None if fact is None else row is None or _stored(sort, row, fact.names) != fact.stored
        if theirs:
            outcome["left as edited"] += 1
            fact = fact or LoadedFact(sort=sort.label, key=key, object_id=row.pk)
            fact.said = said
            fact.save()
            continue
        outcome["added" if row is None else "brought up to date"] += 1
        row, names = _write(sort, row, item)
        LoadedFact.objects.update_or_create(
            sort=sort.label,
            key=key,
            defaults={"object_id": row.pk, "said": said, "names": names, "stored": _stored(sort, row, names)},
        )


def _find(sort, item):
    """A row of that name which the facts did not bring."""
    lookup = {}
    for name in sort.named_by:
        target = sort.model._meta.get_field(name).remote_field
        lookup[f"{name}__{NAMED_BY[target.model]}" if target else name] = item[name]
    return sort.model._default_manager.filter(**lookup).first()


def _write(sort, row, item):
    """Stores one fact. Returns the row and the names of what was filled."""
    row = row or sort.model()
    values, lists, children = {}, {}, {}
    for name, value in item.items():
        if name in NOT_STORED:
            continue
        if name in sort.children:
            children[name] = value
        elif sort.model._meta.get_field(name).many_to_many:
            lists[name] = value
        else:
            values.update(_values(sort.model, name, value))
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    for name, keys in lists.items():
        target = sort.model._meta.get_field(name).related_model
        getattr(row, name).set(target._default_manager.filter(**{f"{NAMED_BY[target]}__in": keys}))
    for name, rows in children.items():
        manager = getattr(row, name)
        manager.all().delete()
        for child in rows:
            details = {}
            for part, value in child.items():
                details.update(_values(manager.model, part, value))
            manager.create(**details)
    return row, [*values, *lists, *children]


def _values(model, name, value):
    """One value of the facts as attributes of a row: a reference by name is looked up, a date brings its precision."""
    column = model._meta.get_field(name)
    if column.remote_field:
        target = column.remote_field.model
        return {name: target._default_manager.filter(**{NAMED_BY[target]: value}).first()}
    if isinstance(column, models.DateTimeField):
        return {name: datetime.fromisoformat(value)}
    if isinstance(column, models.DateField):
        day, precision = parse_date(value)
        known = PRECISION_OF.get(name)
        return {name: day, known: precision} if known and hasattr(model, known) else {name: day}
    return {name: value}


def parse_date(text):
    """ "2013", "2013-09" or "2013-09-15" as its first day and how far it is known."""
    parts = [int(part) for part in text.split("-")]
    precision = {1: Precision.YEAR, 2: Precision.MONTH, 3: Precision.DAY}[len(parts)]
    return date(*parts, *[1] * (3 - len(parts))), precision


def _stored(sort, row, names):
    """Fingerprint of a row's fields as the database has them."""
    row = sort.model._default_manager.get(pk=row.pk)
    state = {}
    for name in names:
        if name in sort.children:
            manager = getattr(row, name)
            columns = [column.attname for column in manager.model._meta.concrete_fields if not column.primary_key]
            state[name] = [{part: str(child[part]) for part in columns} for child in manager.order_by("pk").values(*columns)]
        elif sort.model._meta.get_field(name).many_to_many:
            state[name] = sorted(getattr(row, name).values_list("pk", flat=True))
        else:
            state[name] = str(getattr(row, sort.model._meta.get_field(name).attname))
    return _fingerprint(state)


def _fingerprint(value):
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
