"""A list as an institution sends it, read into entries that its focal point looks over before they are sent.

Nothing of it is stored, and nothing is compared with the directory: what the page says must not tell who is known there.
"""

import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts import headings, importing
from contacts.remarks import remark, say
from workshops.replies import MOST_NAMES

# What begins the part of a list, or stands beside a name, where alternates are named.
_ALTERNATES = re.compile(r"\b(?:нөөц|орлон оролц|alternates?|reserves?|substitutes?|stand-?by)", re.IGNORECASE)
_PRINCIPALS = re.compile(r"\b(?:үндсэн|principals?|main)\b", re.IGNORECASE)


@dataclass
class Line:
    """One row that names somebody: what replies.receive takes, and what is to be said beside it."""

    number: int
    entry: dict
    said: list = field(default_factory=list)


@dataclass
class Lines:
    lines: list = field(default_factory=list)
    left: list = field(default_factory=list)  # (number, text) of rows that name nobody
    said: list = field(default_factory=list)  # on the whole list
    dropped: int = 0  # rows out of which a registration number was left


def read(table):
    """Reads a table (core.spreadsheets.Table) into Lines. Refuses one that names nobody ("nobody") or more than a request takes
    ("too_many_names")."""
    cleaned = [(row, *importing.without_secrets(row.cells)) for row in table.rows]
    layout = headings.guess([(row.number, cells) for row, cells, _dropped in cleaned], table.width)
    secret = importing.forgotten(layout.columns)
    headed = {column for column, text in layout.headings.items() if text} | set(layout.second_table)
    found, alternates = Lines(said=[note for note in map(str, table.notes)]), False
    for row, cells, dropped in cleaned:
        above = bool(layout.heading_rows) and row.number < layout.heading_rows[0]
        if row.number in layout.heading_rows or (layout.heading_rows and not above and headings.is_heading_again(cells, layout)):
            continue
        cells, more = importing.without_secrets(cells, secret)
        found.dropped += bool(dropped or any(row.cells[column] for column, name in layout.columns.items() if name == "registration"))
        if above or importing.kind_of(cells, layout.columns) != "person":
            text = " ".join(dict.fromkeys(cell for cell in cells if cell))
            if text and not re.fullmatch(r"[\d\s.]*", text):
                alternates = bool(_ALTERNATES.search(text)) or (alternates and not _PRINCIPALS.search(text))
                found.left.append((row.number, text))
            continue
        found.lines.append(_line(row.number, importing.read(cells, layout.columns, headed=headed), alternates))
    if layout.ask_ovog is not None:
        found.said.append(str(_("The column «Овог» was read as the father’s or mother’s name.")))
    if not found.lines:
        raise ValidationError(_("No names were found in it. Check that the right rows were pasted, or type them one by one."), code="nobody")
    if len(found.lines) > MOST_NAMES:
        raise ValidationError(
            _("This list has %(number)d names; at most %(most)d can be sent."), code="too_many_names",
            params={"number": len(found.lines), "most": MOST_NAMES},
        )  # fmt: skip
    return found


def _line(number, reading, alternate):
    details, notes = reading.details, reading.notes
    note = details.get("note", "")
    entry = {name: details.get(name, "") for name in (
        "given_name", "patronymic", "given_name_latin", "patronymic_latin", "sex", "job_title", "department", "email", "phone"
    )}  # fmt: skip
    if details.get("rank"):
        entry["job_title"] = ", ".join(filter(None, [entry["job_title"], details["rank"]]))
    entry["is_alternate"] = alternate or bool(_ALTERNATES.search(note))
    said = [say(each).text for each in notes if each["code"] not in {"extra_cells", "in_brackets", "clan"}]
    if note:
        said.append(str(_("Not kept: %(text)s") % {"text": note}))
    if details.get("clan_name"):
        said.append(str(say(remark("clan", name=details["clan_name"]))))
    return Line(number, entry, said)
