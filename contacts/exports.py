"""All that is kept about one person, as a file for that person: tables for machines, and a page in both languages to read.

The tables are found by walking the relations, so that none is forgotten; what opens something (the secret of a link) is left
out, and of other people nothing is told but a number.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from contacts import belongings, keeping
from contacts.models import Person, PersonExport
from core.changes import label_of
from core.secrets import Secret

SECRET = ("nonce", "digest")


@dataclass
class Export:
    """A file to be handed over, and the row that says that it was."""

    name: str
    content: bytes
    record: PersonExport


def tables_of(kept):
    """{model: rows} of everything about a person, in the order in which the tables hang on each other."""
    tables = {Person: set(kept.people)}
    for relation in belongings.tree():
        known = belongings.RULES.get(relation.name)
        if known is None or known.own or known.erase != belongings.LEAVE:
            tables.setdefault(relation.model, set()).update(kept.touching[relation.name])
    return {model: model._base_manager.filter(pk__in=keys).order_by("pk") for model, keys in tables.items() if keys}


def history_of(kept):
    """{event model: rows} of the history of the person's own rows."""
    return {
        event: event._base_manager.filter(pgh_obj_id__in=keys).order_by("pgh_id")
        for model, keys in kept.own.items()
        if keys
        for event in getattr(model, "pgh_event_models", {}).values()
    }


def columns_of(model):
    """The columns that are told: none that opens something, none that is worked out for searching."""
    hidden = SECRET if issubclass(model, Secret) or issubclass(getattr(model, "pgh_tracked_model", model), Secret) else ()
    return [each for each in model._meta.concrete_fields if each.name not in hidden and each.name != "search"]


@transaction.atomic
def export(person, *, by, purpose, recipient):
    """Everything kept about a person as a zip, with the row that says who gave it to whom and what for. Returns an Export.

    Refuses a missing purpose or recipient ("purpose_due", "recipient_due") and who is no longer in the directory ("gone").
    """
    problems = {}
    if not purpose.strip():
        problems["purpose"] = ValidationError(_("Say what the export is for."), code="purpose_due")
    if not recipient.strip():
        problems["recipient"] = ValidationError(_("Say who receives it."), code="recipient_due")
    if problems:
        raise ValidationError(problems)
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.merged_into_id or person.anonymised_at:
        raise ValidationError(_("This person is not in the directory any more."), code="gone")
    kept = keeping.about(person)
    tables = {model: list(rows) for model, rows in tables_of(kept).items()}
    content = _packed(person, tables, history_of(kept))
    record = PersonExport.objects.create(
        person=person,
        by=by,
        purpose=purpose.strip()[:300],
        recipient=recipient.strip()[:200],
        tables={model._meta.label: len(rows) for model, rows in tables.items()},
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return Export(f"person-{person.pk}-{timezone.localdate():%Y-%m-%d}.zip", content, record)


def _packed(person, tables, history):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("summary.html", _page(person, tables))
        for model, rows in tables.items():
            archive.writestr(f"data/{model._meta.label}.json", _json([_told(row) for row in rows]))
            for row in rows:
                for each in columns_of(model):
                    if isinstance(each, models.FileField) and getattr(row, each.name) and _belongs(model):
                        archive.writestr(f"files/{model._meta.model_name}-{row.pk}/{_last(getattr(row, each.name).name)}", _read(getattr(row, each.name)))
        for event, rows in history.items():
            told = [_told(row) for row in rows]
            if told:
                archive.writestr(f"history/{event._meta.label}.json", _json(told))
    return package.getvalue()


def _belongs(model):
    """Whether rows of a table are a person's own, files included: an institution's reply is not."""
    return any(relation.model is model and belongings.RULES[relation.name].own for relation in belongings.tree())


def _last(name):
    return name.rsplit("/", 1)[-1]


def _read(file):
    with file.open("rb") as opened:
        return opened.read()


def _told(row):
    return {
        each.attname: str(value) if isinstance(value := getattr(row, each.attname), models.fields.files.FieldFile) else value
        for each in columns_of(type(row))
    }


def _json(rows):
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


# The page to read ---------------------------------------------------------------------------------------------


def _page(person, tables):
    """One page with each table in words, Mongolian and English beside each other; it needs nothing but a browser."""
    told = [_Table(model, rows) for model, rows in tables.items()]
    with translation.override("mn"):
        name = person.full_name
    return render_to_string(
        "staff/people/export.html",
        {"person": person, "name": name, "latin": person.full_name_in("en"), "tables": [table for table in told if table.rows], "now": timezone.now()},
    )


class _Table:
    """A table as the page shows it: title in both languages, rows of (label, text)."""

    def __init__(self, model, rows):
        self.title = _both(lambda: capfirst(str(model._meta.verbose_name_plural)))
        shown = [each for each in columns_of(model) if _is_told(each)]
        labels = {each: _both(lambda each=each: label_of(each)) for each in shown}
        self.rows = []
        for row in rows:
            lines = [(labels[each], text) for each in shown if (text := _text(row, each)) not in {"", None}]
            if lines:
                self.rows.append(lines)


def _both(word):
    said = []
    for code in ("mn", "en"):
        with translation.override(code):
            said.append(str(word()))
    return said[0] if said[0] == said[1] else f"{said[0]} / {said[1]}"


# Rows of these tables are named; of other people and of the office's own none is.
NAMED = {"Organisation", "Workshop", "Form", "Question", "Option", "WorkshopDay", "AgendaItem"}


def _is_told(each):
    if each.primary_key or each.name.endswith("_key") or each.name in {"arrival", "is_demo", "client_uuid", "sha256", "fingerprint_a", "fingerprint_b"}:
        return False
    return not each.remote_field or each.related_model.__name__ in NAMED


def _text(row, each):
    value = getattr(row, each.attname)
    if value is None or value == "" or value in ([], {}):
        return ""
    if each.remote_field:
        return _both(lambda: getattr(row, each.name))
    if each.choices:
        return _both(lambda: dict(each.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _both(lambda: _("yes") if value else _("no"))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if hasattr(value, "hour") and hasattr(value, "year"):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)
