"""Where a record is used: by rows that point to it, by ties to many, and by whatever finds it otherwise (links in texts).

What a row takes along when it goes (its own parts) is no use of it; a tie to many is one, though the database would cut it
without a word. Everything is read from the models, so a new table needs no word here.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import admin
from django.db import models
from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

# Of one kind, for one record; the rest is counted.
SHOWN = 20
# Functions (list of records of one model) → iterable of (key of the record, Use), for what no relation tells.
FINDERS = []


@dataclass(frozen=True)
class Use:
    """One row that needs a record: `how` it is tied to it, and how many rows are tied so."""

    row: models.Model
    how: str
    of_kind: int = 1

    @property
    def model(self):
        return type(self.row)

    @property
    def address(self):
        """Of its page in the admin; empty where it has none."""
        try:
            return reverse(f"admin:{self.row._meta.app_label}_{self.row._meta.model_name}_change", args=[self.row.pk])
        except NoReverseMatch:
            return ""


@dataclass
class Group:
    """Uses of one kind: `uses` may be empty where they may not be seen, `number` is right all the same."""

    name: str
    how: str
    uses: list
    number: int

    @property
    def more(self):
        return self.number - len(self.uses) if self.uses else 0


def uses_of(record):
    """[Use] of a record; as many queries as its model has relations, however many rows there are."""
    return uses_of_all([record])[record.pk]


def uses_of_all(records):
    """{key: [Use]} of records of one model, with as many queries as for one."""
    found = {record.pk: {} for record in records}
    if records:
        ways = [_rows(records, relation) for relation in relations_of(type(records[0]))] + [find(records) for find in FINDERS]
        for way in ways:
            for key, use in way:
                if not (use.model is type(records[0]) and use.row.pk in found):
                    # One row that is tied in two ways by the same words is one use.
                    found[key].setdefault((use.model, use.row.pk, use.how), use)
    return {key: list(uses.values()) for key, uses in found.items()}


def grouped(uses, request):
    """[Group] of uses; who may not see rows of a kind learns only how many there are."""
    groups = defaultdict(list)
    for use in uses:
        groups[use.model, use.how].append(use)
    return [
        Group(
            capfirst(model._meta.verbose_name_plural),
            how,
            each if _may_see(model, request) else [],
            max(len(each), max(use.of_kind for use in each)),
        )
        for (model, how), each in groups.items()
    ]


def _may_see(model, request):
    return admin.site.is_registered(model) and admin.site.get_model_admin(model).has_view_permission(request)


# Relations ----------------------------------------------------------------------------------------------------


def relations_of(model):
    """The relations to a model that are uses of its rows."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or not relation.is_relation:
            continue
        if isinstance(relation, models.ManyToManyRel):
            if not relation.field.remote_field.through._meta.auto_created:
                continue  # its rows are a model of their own and are found as such
            yield relation
        elif relation.on_delete in {models.PROTECT, models.RESTRICT}:
            yield relation
        elif relation.on_delete is models.CASCADE and not relation.hidden and _owner_ties(relation.related_model, relation.field):
            yield relation


def _owner_ties(model, leave_out):
    """By what a row without a page of its own belongs to a record that has one."""
    if admin.site.is_registered(model):
        return []
    return [
        field
        for field in model._meta.concrete_fields
        if field.many_to_one and field is not leave_out and field.remote_field.on_delete is models.CASCADE and admin.site.is_registered(field.related_model)
    ]


def _rows(records, relation):
    if isinstance(relation, models.ManyToManyRel):
        yield from _tied_rows(records, relation)
        return
    field, model = relation.field, relation.related_model
    owners = _owner_ties(model, field)
    for row in _some(model, field, records):
        owner = next((owner for tie in owners if (owner := getattr(row, tie.name)) is not None), None)
        key = getattr(row, field.attname)
        if owner is not None and type(owner) is type(records[0]) and owner.pk == key:
            continue
        if owner is None and relation.on_delete is models.CASCADE:
            continue
        how = model._meta.verbose_name if owner is not None else field.verbose_name
        yield key, Use(owner if owner is not None else row, capfirst(how), row.rows_of_this_kind)


def _tied_rows(records, relation):
    field = relation.field
    here = field.remote_field.through._meta.get_field(field.m2m_reverse_field_name())
    for tie in _some(field.remote_field.through, here, records):
        yield getattr(tie, here.attname), Use(getattr(tie, field.m2m_field_name()), capfirst(field.verbose_name), tie.rows_of_this_kind)


def _some(model, field, records):
    """The newest rows that point to each record, with what they point to, and how many there are in all."""
    own = {"partition_by": F(field.attname)}
    ties = [each.name for each in model._meta.concrete_fields if each.is_relation and each.many_to_one]
    return (
        model._base_manager.filter(**{f"{field.name}__in": records})
        .select_related(*ties)
        .annotate(
            place_of_this_kind=Window(RowNumber(), order_by=F("pk").desc(), **own), rows_of_this_kind=Window(Count("*"), **own)
        )
        .filter(place_of_this_kind__lte=SHOWN)
        .order_by("-pk")
    )
