"""Erasing a person: names, addresses and free texts go for good, the numbers that they are counted in stay.

What stays: sex; and of each registration its workshop, institution, level, province, role, states with their dates, attendance,
points and whether a certificate was issued. All else that hangs on the person is emptied or deleted by the rules of the
layers (contacts.belongings), with the records that were merged into it, what merges remember, and the history.

The history (event tables) is append-only, and so are some tables: triggers of the database refuse changes there. This act is
the one place that lets itself past them, for the rows of this person and until the end of its transaction, with
pgtrigger.ignore; each such trigger is named by the rule of its table (`ignores`) or is the "append_only" of an event table.

An erasure is remembered without the person: a digest of the record's key and date goes into the table of erasures and, past
the database, into a file (settings.ERASURE_LEDGER). After a backup was restored `manage.py replay_erasures` erases again
whoever had been erased.
"""

import hashlib
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pgtrigger
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from contacts import belongings, keeping
from contacts.models import Erasure, Person
from contacts.people_rules import PERSON
from core import names


@dataclass
class Erasing:
    """An erasure under way: what the rules of the tables do with it."""

    kept: keeping.Kept
    tables: Counter = field(default_factory=Counter)
    files: list = field(default_factory=list)

    def clear(self, rows, rule):
        """Takes the words out of rows: see belongings.Clear."""
        model, values = rows.model, dict(rule.sets)
        for each in model._meta.concrete_fields:
            if each.name in rule.keeps or each.attname in values or each.name in values:
                continue
            if isinstance(each, models.FileField):
                self.files += [(each.storage, name) for name in rows.exclude(**{each.name: ""}).values_list(each.name, flat=True) if name]
                values[each.name] = ""
            elif isinstance(each, SearchVectorField):
                values[each.name] = None
            elif keeping.is_text(each):
                values[each.name] = _empty(each)
        if values:
            self.tables[model._meta.label] += rows.update(**values)

    def delete(self, rows):
        self.tables[rows.model._meta.label] += rows.count()
        rows.delete()

    def forget_words_of_history(self, model, keys, columns):
        """Empties columns in the history of rows that are not the person's own."""
        for event in model.pgh_event_models.values():
            event._base_manager.filter(pgh_obj_id__in=keys).update(**dict.fromkeys(columns, ""))


def _empty(each):
    if each.null:
        return None
    if isinstance(each, models.JSONField):
        return each.get_default() if each.has_default() else {}
    return ""


@dataclass
class Preview:
    """What erasing would do: `clashes` stand in its way, `tables` are (what, how many), `mentions` stay and are for staff."""

    clashes: list
    tables: list
    mentions: list


def preview(person):
    kept = keeping.about(person)
    tables = Counter()
    for relation in belongings.tree():
        known = belongings.RULES.get(relation.name)
        if known is None or known.erase != belongings.LEAVE:
            keys = kept.touching[relation.name]
            tables[relation.model] = max(tables[relation.model], len(kept.own.get(relation.model, keys)))
    return Preview(
        clashes=_clashes(kept),
        tables=[(capfirst(str(model._meta.verbose_name_plural)), number) for model, number in tables.items() if number],
        mentions=keeping.mentions(kept),
    )


def _clashes(kept):
    return [
        clash
        for relation in belongings.tree()
        if (known := belongings.RULES.get(relation.name)) is not None and known.holds_up is not None
        for clash in known.holds_up(kept.rows(relation))
    ]


@transaction.atomic
def erase(person, *, by, reason, reference=""):
    """Erases a person and the records merged into them. It cannot be undone. Returns the Erasure.

    `reason`: one of Erasure.Ground. `reference`: number and date of the letter, at most; no name. Erased already is no error.
    Refuses a missing reason ("reason_due"), a reference that names the person ("names_in_reference"), a tombstone
    ("merged"), a live registration at a workshop still to come ("clash"), and a relation that has no rule
    ("unknown_relation").
    """
    if reason not in Erasure.Ground.values:
        raise ValidationError(_("Say on what ground the person is erased."), code="reason_due")
    relations = belongings.tree()
    if missing := belongings.without_a_rule(relations):
        raise ValidationError(
            _("The portal does not know how to erase %(tables)s. Nothing was changed; tell whoever looks after it."),
            code="unknown_relation",
            params={"tables": ", ".join(missing)},
        )
    everyone = keeping.tombstones(person)
    held = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=everyone).order_by("pk")}
    person = held[person.pk]
    if person.merged_into_id:
        raise ValidationError(_("This record was merged into another one: erase that."), code="merged")
    if person.anonymised_at:
        return Erasure.objects.filter(digest=digest_of(person)).first()
    kept = keeping.about(person)
    reference = " ".join(reference.split())[:60]
    if _names_somebody(reference, kept):
        raise ValidationError(
            _("The reference is kept: it must not name the person. Give the number and date of the letter alone."), code="names_in_reference"
        )
    if reason != Erasure.Ground.REPLAY and (clashes := _clashes(kept)):
        raise ValidationError([ValidationError(clash.text, code="clash") for clash in clashes])
    erasing = Erasing(kept)
    # Read before the rows that say them are gone.
    kept.addresses, kept.numbers, kept.names  # noqa: B018
    # The savepoint, so that a fault inside is told as it is.
    with pgtrigger.ignore(*_guards(relations)), transaction.atomic():
        for relation in reversed(relations):
            _apply(erasing, relation)
        erasing.clear(Person.objects.filter(pk__in=kept.people), PERSON)
        _forget_history(kept)
    done = [
        Erasure(digest=digest_of(row), by=by, ground=reason, reference=reference, tables=erasing.tables if row == person else {})
        for row in held.values()
        if not row.anonymised_at
    ]
    Erasure.objects.bulk_create(done)
    transaction.on_commit(lambda: _after(done, erasing.files))
    return next(one for one in done if one.digest == digest_of(person))


def _apply(erasing, relation):
    known, rows = belongings.RULES[relation.name], erasing.kept.rows(relation)
    if known.erase == belongings.LEAVE:
        return
    if known.erase == belongings.DELETE:
        erasing.delete(rows)
    elif isinstance(known.erase, belongings.Clear):
        erasing.clear(rows, known.erase)
    else:
        known.erase(erasing, rows)


def _guards(relations):
    """The triggers that let this act pass, as pgtrigger names them."""
    for model in {Person, *(relation.model for relation in relations)}:
        for event in getattr(model, "pgh_event_models", {}).values():
            yield f"{event._meta.label}:append_only"
    for relation in relations:
        known = belongings.RULES[relation.name]
        yield from (name if ":" in name else f"{relation.model._meta.label}:{name}" for name in known.ignores)


def _forget_history(kept):
    """The events of the person's own rows, and what the admin wrote about them."""
    for model, keys in kept.own.items():
        for event in getattr(model, "pgh_event_models", {}).values():
            event._base_manager.filter(pgh_obj_id__in=keys).delete()
    kinds = ContentType.objects.get_for_models(*kept.own)
    for model, keys in kept.own.items():
        LogEntry.objects.filter(content_type=kinds[model], object_id__in=[str(key) for key in keys]).update(object_repr="", change_message="")


def _names_somebody(text, kept):
    words = {names.fold(word) for word in text.replace(".", " ").split()} - {""}
    told = {names.fold(name) for form in kept.names for name in form if len(name) > 2}
    digits = "".join(letter for letter in text if letter.isdigit())
    return bool(words & told) or "@" in text or any(len(number) > 5 and number in digits for number in kept.numbers)


# What outlives a restored backup ------------------------------------------------------------------------------


def digest_of(person):
    """Which record it was: by its key and the moment of its making, so that a later record with that key is another."""
    return hashlib.sha256(f"person:{person.pk}:{person.created_at.isoformat()}".encode()).hexdigest()


def _after(done, files):
    write_down(done)
    for storage, name in files:
        storage.delete(name)


def ledger():
    return Path(settings.ERASURE_LEDGER)


def write_down(erasures):
    """Adds erasures to the file, one line each (time, digest), and has the disk keep them."""
    path = ledger()
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{one.at.isoformat()} {one.digest}\n" for one in erasures)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, lines.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def written_down():
    """The digests in the file; lines that a full disk or an editor spoiled are passed over."""
    path = ledger()
    if not path.exists():
        return set()
    lines = (line.split() for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
    return {words[1] for words in lines if len(words) == 2 and len(words[1]) == 64}


def keep_the_ledger():
    """Writes down what the table knows and the file does not: a server that died between the two, or a file that was lost."""
    there = written_down()
    missing = [one for one in Erasure.objects.order_by("at", "pk") if one.digest not in there]
    if missing:
        write_down(missing)
    return len(missing)


def replay():
    """Erases again whoever was erased and is back with a restored backup. Returns how many."""
    keep_the_ledger()
    erased = written_down()
    back = [row for row in Person.objects.filter(anonymised_at=None).order_by("pk") if digest_of(row) in erased]
    done = 0
    for row in back:
        row.refresh_from_db()
        if row.merged_into_id:
            # The record that it was merged into may not have been erased: it stands alone again, and goes alone.
            Person.objects.filter(pk=row.pk).update(merged_into=None)
            row.refresh_from_db()
        if not row.anonymised_at:
            erase(row, by=None, reason=Erasure.Ground.REPLAY)
            done += 1
    return done
