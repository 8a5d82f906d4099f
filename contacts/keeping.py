"""What is kept about one person: every row of every table that hangs on them, found by walking the relations."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from contacts import belongings
from contacts.models import Person, PersonEmail, PersonPhone
from core import names

# Tables that hold no words of people: sessions and such, and the rows of history, which follow their rows.
PASSED_OVER = {"sessions", "pghistory", "contenttypes", "auth", "mfa", "account", "django_tasks_db", "accounts"}


@dataclass
class Kept:
    """The rows about a person (and about the records that were merged into them), as keys.

    `own`: {model: keys} of the person's own rows; `touching`: {relation's name: keys} of each relation, own or not.
    """

    person: Person
    own: dict = field(default_factory=dict)
    touching: dict = field(default_factory=dict)

    def rows(self, relation):
        return relation.model._base_manager.filter(pk__in=self.touching.get(relation.name, ()))

    @property
    def people(self):
        return self.own[Person]

    @cached_property
    def addresses(self):
        """The person's own addresses, without mailboxes that others read too."""
        return {address.lower() for address in PersonEmail.objects.filter(person__in=self.people, is_shared=False).values_list("address", flat=True)}

    @cached_property
    def numbers(self):
        """Phones as digits without the country's code."""
        numbers = PersonPhone.objects.filter(person__in=self.people).values_list("number", flat=True)
        return {re.sub(r"\D", "", number.removeprefix("+976")) for number in numbers}

    @cached_property
    def names(self):
        """(given, father's) in each script of each record."""
        rows = Person.objects.filter(pk__in=self.people).values_list("given_name", "patronymic", "given_name_latin", "patronymic_latin")
        return {form for row in rows for form in (row[:2], row[2:]) if form[0]}

    def is_named(self, given, patronymic):
        """Whether a name that stands somewhere may be the person's."""
        return any(names.same_person_names(form, (given, patronymic)) != "different" for form in self.names)

    def is_meant(self, *, given="", patronymic="", email="", phone=""):
        """Whether a name with an address or number is the person's: the own address alone says so, a number with the name."""
        if email and email.strip().lower() in self.addresses:
            return True
        digits = re.sub(r"\D", "", phone)
        return any(number and number in digits for number in self.numbers) and self.is_named(given, patronymic)


def tombstones(person):
    """Keys of the person and of all records that were merged into them, in a chain or not."""
    found, new = {person.pk}, {person.pk}
    while new:
        new = set(Person.objects.filter(merged_into__in=new).values_list("pk", flat=True)) - found
        found |= new
    return found


def about(person):
    """Everything that is kept about a person, as Kept; one query for each relation, some twice."""
    kept = Kept(person, own={Person: tombstones(person)})
    relations = belongings.tree()
    asked = {}
    grows = True
    while grows:
        grows = False
        for relation in relations:
            above = frozenset(kept.own.get(relation.target, ()))
            if asked.get(relation.name) == above:
                continue
            asked[relation.name] = above
            known = belongings.RULES.get(relation.name)
            keys = set(relation.model._base_manager.filter(**{f"{relation.key.name}__in": above}).values_list("pk", flat=True)) if above else set()
            if known is not None and known.also is not None:
                keys |= set(known.also(kept).values_list("pk", flat=True))
            kept.touching[relation.name] = keys
            if known is None or known.own:
                there = kept.own.setdefault(relation.model, set())
                grows |= not keys <= there
                there |= keys
    return kept


# Elsewhere ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mention:
    """A table where the name, an address or a number stands in a text that belongs to nobody in particular."""

    model: type
    keys: tuple

    @property
    def number(self):
        return len(self.keys)

    @property
    def what(self):
        return capfirst(str(self.model._meta.verbose_name_plural))

    @property
    def links(self):
        """[(key, address in the admin or "")] of the first few."""
        name = f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_change"
        found = []
        for key in self.keys[:10]:
            try:
                found.append((key, reverse(name, args=[key])))
            except NoReverseMatch:
                found.append((key, ""))
        return found


def mentions(kept):
    """Where else the person's own addresses, numbers and full names stand in texts: for staff to look at, never changed by itself."""
    patterns = [*kept.addresses, *(number for number in kept.numbers if len(number) > 7), *_full_names(kept)]
    if not patterns:
        return []
    found = []
    for model in apps.get_models():
        if model._meta.app_label in PASSED_OVER or hasattr(model, "pgh_tracked_model") or not model._meta.managed:
            continue
        columns = [each.name for each in model._meta.concrete_fields if is_text(each)]
        if not columns:
            continue
        anywhere = Q()
        for column in columns:
            for pattern in patterns:
                anywhere |= Q(**{f"{column}__icontains": pattern})
        rows = model._base_manager.filter(anywhere).exclude(pk__in=kept.own.get(model, ()))
        for relation in belongings.tree():
            if relation.model is model:
                rows = rows.exclude(pk__in=kept.touching.get(relation.name, ()))
        keys = tuple(rows.values_list("pk", flat=True)[:50])
        if keys:
            found.append(Mention(model, keys))
    return found


def _full_names(kept):
    for given, father in kept.names:
        if len(father.rstrip(".")) > 2:
            yield from (f"{father} {given}", f"{given} {father}")


def is_text(each):
    """Whether words of somebody's can stand in a column: no key, no choice, no number, no date."""
    return not each.choices and isinstance(each, models.CharField | models.TextField | models.JSONField) and not each.primary_key
