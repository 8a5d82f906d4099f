"""The board of languages: every item of the office with the state and the age of its English and its Mongolian."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, CharField, DateTimeField, F, Q, Value, When
from django.db.models.functions import Cast, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.pages import LANGUAGES
from office import languages
from office.dated_words import DatedWords
from office.models import ActionLink, Indicator, NewsItem, Opportunity, Page, Resource, Version, WorkArea
from office.publishing import Publishable

KINDS = {model._meta.model_name: model for model in (NewsItem, Page, WorkArea, Resource, Indicator, Opportunity, ActionLink)}
A_PAGE_HOLDS = 30
# Of the union below: where one kind has no such column, it has nothing in its place.
COLUMNS = ["board_kind", "pk", "state_en", "state_mn", "board_lags", "age_en", "age_mn", "newest"]


class State(models.TextChoices):
    PUBLIC = "public", _("public")
    SCHEDULED = "scheduled", _("scheduled")
    DRAFT = "draft", _("draft")
    HIDDEN = "hidden", _("hidden")
    ENDED = "ended", _("withdrawn")
    MISSING = "missing", _("missing")


ICONS = {
    State.PUBLIC: "confirmed", State.SCHEDULED: "clock", State.DRAFT: "edit", State.HIDDEN: "minus", State.ENDED: "stop", State.MISSING: "cross",
}  # fmt: skip
# Not a state but what is asked for most: the Mongolian is there and behind.
LAGS = "lags"
STATES = [(LAGS, _("Mongolian older than English")), *((each.value, capfirst(each.label)) for each in State)]
SORTS = [("newest", _("changed last")), ("oldest", _("unchanged for longest")), ("mongolian", _("oldest Mongolian"))]
_ORDER = {
    "newest": [F("newest").desc(nulls_last=True), "board_kind", "pk"],
    "oldest": [F("newest").asc(nulls_last=True), "board_kind", "pk"],
    "mongolian": [F("age_mn").asc(nulls_last=True), "board_kind", "pk"],
}


@dataclass
class Cell:
    """One language of one item."""

    code: str
    state: State
    moment: datetime | None = None
    ends: datetime | None = None
    changed_at: datetime | None = None
    lags: bool = False

    @property
    def icon(self):
        return ICONS[self.state]


@dataclass
class Row:
    item: Any
    kind: str
    cells: list = field(default_factory=list)
    waits: Version | None = None
    # Addresses in the admin; `desk` is empty of what has none.
    edit: str = ""
    desk: str = ""
    same: str = ""


def _state(model, code, now):
    """An expression: in what state a language of a row is."""
    missing = When(**{f"{languages.called_by(model)}_{code}": ""}, then=Value(State.MISSING.value))
    if issubclass(model, Publishable):
        rest = [
            When(**{f"publish_at_{code}": None}, then=Value(State.DRAFT.value)),
            When(**{f"unpublish_at_{code}__lte": now}, then=Value(State.ENDED.value)),
            When(**{f"publish_at_{code}__gt": now}, then=Value(State.SCHEDULED.value)),
        ]
    else:
        rest = [When(is_public=False, then=Value(State.HIDDEN.value))]
        if model is Opportunity:
            rest.append(When(opens_at__gt=now, then=Value(State.SCHEDULED.value)))
    return Case(missing, *rest, default=Value(State.PUBLIC.value), output_field=CharField())


def _rows_of(model, state, now):
    rows = model._base_manager.order_by().annotate(
        board_kind=Value(model._meta.model_name, output_field=CharField()), **{f"state_{code}": _state(model, code, now) for code in LANGUAGES}
    )
    if issubclass(model, DatedWords):
        rows = languages.with_lag(rows).annotate(
            board_lags=F("lags"), age_en=F("changed_at_en"), age_mn=F("changed_at_mn"), newest=Greatest("changed_at_en", "changed_at_mn")
        )
    else:
        nothing = Cast(Value(None), DateTimeField())
        rows = rows.annotate(board_lags=Value(False), age_en=nothing, age_mn=nothing, newest=nothing)
    if state == LAGS:
        rows = rows.filter(board_lags=True)
    elif state:
        rows = rows.filter(Q(state_en=state) | Q(state_mn=state))
    return rows.values_list(*COLUMNS)


def listed(*, kind="", state="", sort="newest", at=None):
    """All rows of the board as one query, to be cut into pages; `filled` makes of a page what is shown."""
    now = at or timezone.now()
    first, *others = [_rows_of(model, state, now) for name, model in KINDS.items() if kind in {"", name}]
    return (first.union(*others, all=True) if others else first).order_by(*_ORDER[sort])


def filled(rows):
    """[Row] of a page of `listed`; a query for each kind on it, and one for what waits."""
    rows = list(rows)
    items = {name: model._base_manager.in_bulk([row[1] for row in rows if row[0] == name]) for name, model in KINDS.items() if any(row[0] == name for row in rows)}
    waiting = _waiting(items)
    shown = []
    for name, pk, *states, lags, age_en, age_mn, _newest in rows:
        if (item := items[name].get(pk)) is None:
            continue
        row = Row(item, capfirst(item._meta.verbose_name), waits=waiting.get((name, pk)), edit=reverse(f"admin:office_{name}_change", args=[pk]))
        if isinstance(item, Publishable):
            row.desk = reverse(f"admin:office_{name}_desk", args=[pk])
        if lags:
            row.same = reverse(f"admin:office_{name}_same", args=[pk])
        for code, state, changed_at in zip(LANGUAGES, states, (age_en, age_mn), strict=True):
            row.cells.append(_cell(item, code, State(state), changed_at, lags=lags and code == "mn"))
        shown.append(row)
    return shown


def _cell(item, code, state, changed_at, *, lags):
    begins, ends = getattr(item, f"publish_at_{code}", None), getattr(item, f"unpublish_at_{code}", None)
    if isinstance(item, Opportunity):
        begins = item.opens_at
    moment = {State.PUBLIC: begins, State.SCHEDULED: begins, State.ENDED: ends}.get(state)
    return Cell(code, state, moment, ends if state in {State.PUBLIC, State.SCHEDULED} else None, changed_at, lags)


def _waiting(items):
    """{(kind, key): Version} of the open versions of items."""
    types = {ContentType.objects.get_for_model(KINDS[name]).pk: name for name in items if issubclass(KINDS[name], Publishable)}
    keys = {pk for name in types.values() for pk in items[name]}
    rows = Version.objects.open().filter(content_type__in=types, object_id__in=keys).defer("data") if keys else []
    return {(types[row.content_type_id], row.object_id): row for row in rows if row.object_id in items[types[row.content_type_id]]}
