"""Nomination lists: taken in for a workshop, and what staff change in them before they are committed."""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contacts import headings, importing
from contacts.models import (
    Decision,
    ImportBatch,
    ImportRow,
)
from contacts.remarks import remark
from core import names
from workshops.judgements import column_letter, institution_key, judge, refuse_if_undone, stands_above, store
from workshops.models import NominationList

# Taking in ----------------------------------------------------------------------------------------------------


@transaction.atomic
def take_in(workshop, table, *, by, source_name="", organisation=None, become=NominationList.Become.NOMINATED):
    """Stores a list that was read (a `core.spreadsheets.Table`), guesses its columns and judges its rows. Nobody is added.

    Registration numbers, and columns that must not be kept, are left out before anything is stored.
    """
    cleaned = [(row, *importing.without_secrets(row.cells)) for row in table.rows]
    layout = headings.guess([(row.number, cells) for row, cells, _dropped in cleaned], table.width)
    secret = importing.forgotten(layout.columns)
    lines = []
    for row, cells, dropped in cleaned:
        if row.number not in layout.heading_rows and not stands_above(row.number, layout.heading_rows):
            cells, more = importing.without_secrets(cells, secret)
            dropped_number = dropped or any(
                row.cells[column] for column, name in layout.columns.items() if name == "registration"
            )
        else:
            more, dropped_number = 0, dropped
        lines.append((row, cells, dropped_number, more))
    source_name = names.drop_registration_numbers(source_name)[0][:200]
    batch = ImportBatch.objects.create(
        source_name=source_name,
        source_kind=table.source,
        fingerprint=_fingerprint([cells for _row, cells, *_rest in lines]),
        columns={str(column): name for column, name in layout.columns.items()},
        header_row=layout.heading_rows[-1] if layout.heading_rows else None,
        notes=[remark(f"file:{note.code}", **note.params) for note in table.notes],
        options={
            "heading_rows": layout.heading_rows,
            "headings": {str(column): text for column, text in layout.headings.items()},
            "width": table.width,
            "ask_ovog": layout.ask_ovog,
            "second_table": layout.second_table,
            "ovog": "father",
            "order": "",
            "institutions": {},
            "acts": [],
        },
        created_by=by,
        is_demo=workshop.is_demo,
    )
    rows = []
    for row, cells, dropped, _more in lines:
        said = [remark(f"file:{note.code}", **note.params) for note in row.notes]
        if dropped:
            said.append(remark("registration_number"))
        rows.append(ImportRow(batch=batch, number=row.number, raw=cells, record={"said": said} if said else {}))
    listed = NominationList.objects.create(batch=batch, workshop=workshop, organisation=organisation, become=become)
    ImportRow.objects.bulk_create(rows, batch_size=1000)
    judge(listed, rows=rows)
    return listed


def _fingerprint(lines):
    plain = [[" ".join(cell.lower().split()) for cell in cells] for cells in lines]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def earlier_readings(batch):
    """When and by whom the same list was read before; lists that were undone do not count."""
    if not batch.fingerprint:
        return ImportBatch.objects.none()
    return (
        ImportBatch.objects.filter(fingerprint=batch.fingerprint, undone_at=None, nomination_list__workshop=batch.nomination_list.workshop_id)
        .exclude(pk=batch.pk)
        .filter(pk__lt=batch.pk)
        .select_related("created_by", "nomination_list")
    )


# Changing what was read ---------------------------------------------------------------------------------------


@transaction.atomic
def change(listed, *, by, columns=None, ovog=None, order=None, institutions=None, organisation=..., become=None, remember=False):
    """Changes how the list is read and judges it anew; rows that were edited by hand keep what was typed.

    `columns`: column → field. `institutions`: text → Organisation or None. `remember`: keep the texts as other names of
    those organisations.
    """
    batch = refuse_if_undone(listed)
    if columns is not None:
        batch.columns = {str(column): name for column, name in columns.items() if name}
        secret = importing.forgotten(columns)
        if secret:
            _forget(batch, secret, columns)
        second = [column for column in batch.options.get("second_table", []) if not columns.get(column)]
        batch.options["second_table"] = second
    if ovog in {"father", "clan", "both"}:
        batch.options["ovog"] = ovog
        batch.options["ovog_answered"] = True
    if order in {"", "father", "given"}:
        batch.options["order"] = order
    for text, chosen in (institutions or {}).items():
        batch.options.setdefault("institutions", {})[institution_key(text)] = chosen.pk if chosen else None
        if remember and chosen and text not in chosen.also_known_as and len(text) <= 250:
            chosen.also_known_as = [*chosen.also_known_as, text]
            chosen.save(update_fields=["also_known_as"])
    batch.save(update_fields=["columns", "options"])
    if organisation is not ...:
        listed.organisation = organisation
    if become:
        listed.become = become
    listed.save(update_fields=["organisation", "become"])
    return judge(listed)


def _forget(batch, secret, columns):
    rows = list(batch.rows.all())
    for row in rows:
        if row.number in batch.options.get("heading_rows", []):
            continue
        before = list(row.raw)
        row.raw, count = importing.without_secrets(row.raw, secret)
        if count and any(before[column] for column in secret if columns.get(column) == "registration" and column < len(before)):
            said = row.record.setdefault("said", [])
            if not any(note["code"] == "registration_number" for note in said):
                said.append(remark("registration_number"))
    ImportRow.objects.bulk_update(rows, ["raw", "record"], batch_size=500)


@transaction.atomic
def edit(listed, row, details, *, by, decision=None, person=None):
    """Takes over what staff typed for a row (keys of importing.DETAILS, organisation_id, new_position) and judges anew.

    Registration numbers in what was typed are left out. Refuses a row that is committed ("committed").
    """
    refuse_if_undone(listed)
    row = ImportRow.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.committed_at:
        raise ValidationError(_("This row is registered already; change the registration instead."), code="committed")
    if details is not None:
        kept = {}
        for name, text in details.items():
            clean, count = names.drop_registration_numbers(text) if name in importing.DETAILS else (text, 0)
            if count and not any(note["code"] == "registration_number" for note in row.record.get("said", [])):
                row.record.setdefault("said", []).append(remark("registration_number"))
            if clean or name == "organisation_id":
                kept[name] = clean
        row.parsed, row.edited = kept, True
    if decision is not None:
        row.decision = decision
        row.person = person if decision == Decision.MATCH else None
    store([row])
    judge(listed)
    return ImportRow.objects.get(pk=row.pk)


@transaction.atomic
def split_off(listed, *, by):
    """Reads the second table beside the first as a list of its own. Returns the new NominationList."""
    from core.spreadsheets import Row, Table

    batch = refuse_if_undone(listed)
    columns = batch.options.get("second_table") or []
    if not columns:
        raise ValidationError(_("There is no second table in this list."), code="no_second_table")
    rows = [
        Row(row.number, cells) for row in batch.rows.order_by("number") if any(cells := [row.raw[column] for column in columns])
    ]
    second = take_in(
        listed.workshop, Table(rows, [], batch.source_kind), by=by, organisation=listed.organisation, become=listed.become,
        source_name=f"{batch.source_name} ({column_letter(columns[0])}–{column_letter(columns[-1])})",
    )  # fmt: skip
    batch.options["second_table"] = []
    batch.options["split_off"] = columns
    batch.save(update_fields=["options"])
    judge(listed)
    return second
