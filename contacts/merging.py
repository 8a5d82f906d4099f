"""Two records of one person become one: field by field, with all that hangs on them, and apart again for 30 days.

What a merge does is written down step by step, so that taking it apart restores exactly what was; what somebody changed
since is left as it is and named.
"""

import hashlib
import json
import logging
from collections import Counter
from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from contacts import belongings, duplicates, people
from contacts.models import Person, PersonMerge, Purge

logger = logging.getLogger(__name__)

# What is chosen field by field; all else of the record that stays is worked out or its own.
FIELDS = (
    "given_name", "patronymic", "clan_name", "given_name_latin", "patronymic_latin", "name_mong", "sex", "preferred_language", "note",
)  # fmt: skip
KEPT, GONE, BOTH = "kept", "gone", "both"


# Values as they are written down ------------------------------------------------------------------------------


def packed(row, columns=None):
    """{column: value} of a row, fit for JSON and exact; without columns that are worked out."""
    return {
        each.attname: _pack(each, row)
        for each in row._meta.concrete_fields
        if (columns is None or each.attname in columns) and each.get_internal_type() != "SearchVectorField" and each.attname != "search"
    }


def _pack(each, row):
    value = getattr(row, each.attname)
    if value is None or isinstance(value, bool | int | str):
        return value
    return each.value_to_string(row)


def _unpack(model, attname, value):
    return next(each for each in model._meta.concrete_fields if each.attname == attname).to_python(value)


# Merging ------------------------------------------------------------------------------------------------------


@dataclass
class Merging:
    """A merge under way: what rules do with it is done and written down."""

    kept: Person
    gone: Person
    by: object
    choices: dict
    steps: list = field(default_factory=list)
    moved: Counter = field(default_factory=Counter)

    def rows(self, model, key, of=None):
        """The rows of a table under the record that goes (or `of` another), held until the end of the transaction."""
        return list(
            model._base_manager.select_for_update(of=("self",)).filter(**{key: of or self.gone}).order_by("pk")
        )

    def change(self, row, **columns):
        """Gives columns of a row other values, past save() and its dates."""
        before = packed(row, set(columns))
        for column, value in columns.items():
            setattr(row, column, value)
        after = packed(row, set(columns))
        if before == after:
            return
        type(row)._base_manager.filter(pk=row.pk).update(**columns)
        self.steps.append(
            {
                "do": "change",
                "model": row._meta.label,
                "pk": str(row.pk),
                "columns": {column: [before[column], after[column]] for column in columns},
            }
        )

    def move(self, rows, key):
        """Brings rows under the record that stays."""
        for row in rows:
            self.change(row, **{row._meta.get_field(key).attname: self.kept.pk})
            self.moved[row._meta.label] += 1

    def delete(self, row):
        """Takes a row away that would stand there twice."""
        self.steps.append({"do": "delete", "model": row._meta.label, "values": packed(row)})
        type(row)._base_manager.filter(pk=row.pk).delete()

    def act(self, name, **payload):
        """Writes down what a layer's own act did; `belongings.UNDO[name]` takes it back."""
        self.steps.append({"do": "act", "act": name, "payload": payload})


@dataclass
class Preview:
    """What a merge would do. `clashes` stand in its way (Clash); `decides` are sentences; `moves` are (what, how many)."""

    clashes: list = field(default_factory=list)
    decides: list = field(default_factory=list)
    moves: list = field(default_factory=list)


def preview(kept, gone):
    """What merging would bring over, decide and stumble over, with nothing stored."""
    shown = Preview()
    for relation in belongings.of(Person):
        known = belongings.RULES.get(relation.name)
        if known is None:
            continue
        if known.clashes:
            shown.clashes += known.clashes(kept, gone)
        if known.tells:
            shown.decides += known.tells(kept, gone)
        if known.own and known.merge is not belongings.stay:
            number = relation.model._base_manager.filter(**{relation.key.name: gone}).count()
            if number:
                shown.moves.append((capfirst(str(relation.model._meta.verbose_name_plural)), number))
    return shown


@transaction.atomic
def merge(kept, gone, *, by, choices=None, reason="", seen=None):
    """`gone` becomes a tombstone of `kept`, with all that hangs on it. Returns the PersonMerge.

    `choices`: for each of FIELDS which record's value is right ("kept", "gone"; for the note also "both"), where nothing is
    said the kept one's if it has one; "position" (whose present main position is the main one) and "other_position" ("ended",
    "besides"); "primary_email" (the key of the address that letters go to). `seen`: the `state_of` both when they were chosen.

    Merged already is no error. Refuses one and the same record ("same_person"), one that is a tombstone or anonymous
    ("gone"), what was changed since it was seen ("changed"), what a rule refuses ("clash"), choices that leave no name
    (Django's own codes), and a relation that has no rule ("unknown_relation").
    """
    if kept.pk == gone.pk:
        raise ValidationError(_("These are one and the same record."), code="same_person")
    relations = belongings.of(Person)
    if missing := belongings.without_a_rule(relations):
        logger.error("No rule says what merging does with %s.", ", ".join(missing))
        raise ValidationError(
            _("The portal does not know how to merge %(tables)s. Nothing was changed; tell whoever looks after it."),
            code="unknown_relation",
            params={"tables": ", ".join(missing)},
        )
    rules = [belongings.RULES[relation.name] for relation in relations]
    for known in rules:
        if known.prepare:
            known.prepare(kept, gone)
    kept, gone = hold(kept, gone)
    if gone.merged_into_id == kept.pk:
        return PersonMerge.objects.get(gone=gone, undone_at=None)
    if any(one.merged_into_id or one.anonymised_at for one in (kept, gone)):
        raise ValidationError(_("One of the two is not in the directory any more."), code="gone")
    if seen is not None and seen != state_of(kept, gone):
        raise ValidationError(_("One of the two records was changed meanwhile. Look at them again."), code="changed")
    clashes = [clash for known in rules if known.clashes for clash in known.clashes(kept, gone)]
    if clashes:
        raise ValidationError([ValidationError(clash.text, code="clash") for clash in clashes])
    merging = Merging(kept, gone, by, dict(choices or {}))
    before = packed(kept)
    for known in rules:
        known.merge(merging)
    _choose(merging)
    kept.full_clean(validate_unique=False)
    kept.save()
    after = packed(kept)
    Person.objects.filter(pk=gone.pk).update(merged_into=kept, search=None)
    changed = {column for column in after if before[column] != after[column]}
    return PersonMerge.objects.create(
        kept=kept,
        gone=gone,
        by=by,
        reason=reason.strip()[:300],
        values={
            "before": {column: before[column] for column in changed},
            "after": {column: after[column] for column in changed},
        },
        steps=merging.steps,
        moved=merging.moved,
    )


def hold(*persons):
    """The people as they are now, their rows locked in the order of their keys, so that two merges never wait for each other.

    Also who is just putting a row under one of them is waited for: see `only_for_somebody`.
    """
    found = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[one.pk for one in persons]).order_by("pk")}
    if len(found) < len({one.pk for one in persons}):
        raise ValidationError(_("One of the two is not in the directory any more."), code="gone")
    return [found[one.pk] for one in persons]


def state_of(*persons):
    """Changes whenever one of the records, its addresses, numbers or main position does."""
    records = duplicates.read([one.pk for one in persons])
    said = [[packed(one), records[one.pk].fingerprint()] for one in persons]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def suggested(kept, gone, name):
    """Which record's value of a field is the better one by itself: the fuller, else the kept one's."""
    ours, theirs = getattr(kept, name), getattr(gone, name)
    if name == "sex":
        return GONE if ours == "unknown" and theirs != "unknown" else KEPT
    if name == "note" and ours and theirs and ours != theirs:
        return BOTH
    if name == "preferred_language" or not theirs:
        return KEPT
    if not ours:
        return GONE
    # An initial says less than the name in full.
    return GONE if ours.endswith(".") and len(theirs) > len(ours) and not theirs.endswith(".") else KEPT


def _choose(merging):
    for name in FIELDS:
        choice = merging.choices.get(name) or suggested(merging.kept, merging.gone, name)
        ours, theirs = getattr(merging.kept, name), getattr(merging.gone, name)
        if choice == GONE:
            setattr(merging.kept, name, theirs)
        elif choice == BOTH and name == "note" and theirs not in ours:
            setattr(merging.kept, name, f"{ours}\n{theirs}".strip())


# Taking apart -------------------------------------------------------------------------------------------------


@transaction.atomic
def unmerge(merge, *, by):
    """Takes a merge apart and restores what it changed. Returns the PersonMerge with `left`: sentences about what stays.

    What was changed since the merge is left as it is. Taken apart already is no error. Refuses after 30 days ("too_late"),
    what was erased ("forgotten"), and a record that was itself merged or erased since ("gone").
    """
    merge = PersonMerge.objects.select_for_update(no_key=True).get(pk=merge.pk)
    merge.left = []
    if merge.undone_at:
        return merge
    if timezone.now() >= merge.until:
        raise ValidationError(_("A merge can be taken apart for 30 days; this one is older."), code="too_late")
    if merge.forgotten_at:
        raise ValidationError(_("What this merge did is not kept any more; it cannot be taken apart."), code="forgotten")
    kept, gone = hold(merge.kept, merge.gone)
    if kept.merged_into_id or kept.anonymised_at or gone.merged_into_id != kept.pk:
        raise ValidationError(
            _("%(name)s was itself merged into another record since. Take that apart first."), code="gone", params={"name": kept.full_name}
        )
    Person.objects.filter(pk=gone.pk).update(merged_into=None)
    for step in reversed(merge.steps):
        merge.left += _UNDOING[step["do"]](step, by)
    merge.left += _give_back(kept, merge.values)
    people.index_all(list(Person.objects.filter(pk__in=[kept.pk, gone.pk])))
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    return merge


def _give_back(kept, values):
    """The kept record's own fields as they were before, but for those that somebody changed since."""
    now, left, back = packed(kept), [], {}
    for column, after in values["after"].items():
        if now[column] == after:
            back[column] = _unpack(Person, column, values["before"][column])
        elif column in FIELDS:
            left.append(
                _("%(field)s of %(name)s was changed since and stays.")
                % {"field": capfirst(str(Person._meta.get_field(column).verbose_name)), "name": kept.short_name}
            )
    if left:  # the keys belong to the names that stand there now
        for name, value in back.items():
            setattr(kept, name, value)
        kept.save()
    else:
        Person.objects.filter(pk=kept.pk).update(**back)
    return left


def _change_back(step, by):
    model = apps.get_model(step["model"])
    row = model._base_manager.select_for_update(of=("self",)).filter(pk=step["pk"]).first()
    if row is None:
        return [_("%(what)s is not there any more.") % {"what": _named(model)}]
    now = packed(row)
    if any(now[column] != after for column, (_before, after) in step["columns"].items()):
        return [_("%(what)s “%(row)s” was changed since and stays.") % {"what": _named(model), "row": row}]
    back = {column: _unpack(model, column, before) for column, (before, _after) in step["columns"].items()}
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=row.pk).update(**back)
    except IntegrityError:
        return [_("%(what)s “%(row)s” cannot go back: something else stands in its place.") % {"what": _named(model), "row": row}]
    return []


def _put_back(step, by):
    model = apps.get_model(step["model"])
    row = model(**{column: _unpack(model, column, value) for column, value in step["values"].items()})
    try:
        with transaction.atomic():
            row.save_base(raw=True, force_insert=True)
    except IntegrityError:
        return [_("%(what)s “%(row)s” cannot go back: something else stands in its place.") % {"what": _named(model), "row": row}]
    return []


def _act_back(step, by):
    return belongings.UNDO[step["act"]](step["payload"], by=by)


def _named(model):
    return capfirst(str(model._meta.verbose_name))


_UNDOING = {"change": _change_back, "delete": _put_back, "act": _act_back}


MERGES = "merges"


@transaction.atomic
def forget_old(now=None):
    """Merges that can no longer be undone keep nothing of what the records said; the register says how many. Returns the number."""
    old = PersonMerge.objects.filter(at__lt=(now or timezone.now()) - PersonMerge.UNDONE_WITHIN, forgotten_at=None)
    number = old.update(values={}, steps=[], forgotten_at=timezone.now())
    if number:
        Purge.objects.create(duty=MERGES, number=number)
    return number
