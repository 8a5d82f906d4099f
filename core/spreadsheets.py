"""Lists as people send them: read from Excel files, CSV or pasted text into plain rows, and written so that Excel keeps them.

What comes in is judged by its content, never by its name. Nothing is lost or changed in silence: what a reader should know
(a guessed encoding, hidden rows, formulas, sheets that were not read) stands in notes on the table and its rows. What cannot
be read is refused with a sentence that says what to do. Letters stay as they are; mending them is the work of `core.names`.
"""

import csv
import functools
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import spreadsheet_reader as reader

MAX_BYTES = 5 * 1024 * 1024
CHILD_MEMORY = 512 * 1024 * 1024  # bytes of address space
CHILD_CPU = 10  # seconds
CHILD_WALL = 20  # seconds
MAX_LINES = 50_000  # lines of a text, empty ones included


class UnreadableList(ValidationError):
    """A file or text that cannot be read as a list; the message says what to do.

    Codes: too_big, not_a_spreadsheet, encrypted, too_many_rows, too_many_columns, damaged, bomb, timeout, empty, no_such_sheet.
    """


@dataclass(frozen=True)
class Note:
    """Something the reader of a list should be told; as text it is a sentence in the active language."""

    code: str
    params: dict = field(default_factory=dict)

    def __str__(self):
        shown = {
            key: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value for key, value in self.params.items()
        }
        return str(NOTES[self.code]) % shown


@dataclass(frozen=True)
class Row:
    """One row that holds something; `number` is the one seen in the file, from 1."""

    number: int
    cells: list[str]
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """The rows of a list, all equally wide; `source` is 'xlsx', 'csv' or 'text', `sheets` the names of those that hold data."""

    rows: list[Row]
    notes: list[Note]
    source: str
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""

    @property
    def width(self) -> int:
        return len(self.rows[0].cells)


# What the notes say. On a row, `columns` are letters as a spreadsheet shows them; on the table, `count` counts cells or rows.
NOTES = {
    "encoding": _("The text is not UTF-8; it was read as %(encoding)s. Look closely at letters such as Ө and Ү."),
    "encoding_doubtful": _("The text looks unusual when read as %(encoding)s. Compare a few names with the original."),
    "other_sheets": _("The sheet “%(sheet)s” was read. Other sheets that hold data were not: %(others)s."),
    "hidden_sheets": _("Hidden sheets that hold data were not read: %(sheets)s."),
    "hidden_sheet_read": _("The sheet “%(sheet)s” is hidden in the file; it was read."),
    "hidden_rows": _("Rows that are hidden in the file were read too: %(count)s."),
    "hidden_row": _("This row is hidden in the file."),
    "hidden_columns": _("Columns that are hidden in the file were read too: %(columns)s."),
    "merged": _("Merged cells: the value of the first cell was repeated in the others."),
    "merged_not_filled": _("The file has too many merged cells; after %(limit)s the rest were left empty."),
    "formula": _("Some cells hold formulas; the last results saved in the file were read."),
    "formula_without_value": _("Some formulas have no result saved in the file; the formula itself is shown."),
    "error_value": _("Some cells hold an error of the spreadsheet, such as #REF!."),
    "cut": _("Very long text was cut after %(limit)s characters."),
    "control_characters": _("Characters that cannot be shown were left out."),
    "quote_kept": _("A quotation mark is opened and never closed; it was kept as a character."),
}

_REFUSALS = {
    "too_big": _(
        "This is larger than %(limit)s MB. Keep only the list itself, without pictures or other sheets, and try again."
    ),
    "encrypted": _("This file is protected by a password. Open it, remove the password, save it and upload it again."),
    "too_many_rows": _("This has more than %(limit)s rows. Split the list and upload the parts one after another."),
    "too_many_columns": _(
        "This has something in more than %(limit)s columns. Copy the columns of the list into a new file and upload that."
    ),
    "damaged": _(
        "This file is damaged or was not saved by a spreadsheet program. Open it in Excel, save it again as .xlsx and upload that."
    ),
    "bomb": _(
        "This file unpacks to far more than a list of people can need. Copy the rows of the list into a new file and upload that."
    ),
    "timeout": _("Reading this file took too long. Copy the rows of the list into a new file and upload that."),
    "empty": _("There is nothing in this list. Check that the right file was chosen and that it was saved."),
    "no_such_sheet": _("This file has no sheet named “%(sheet)s”."),
}

_NOT_A_SPREADSHEET = {
    "xls": _(
        "This is an old Excel file (.xls). Open it in Excel, choose “Save as”, then “Excel workbook (.xlsx)”, and upload that."
    ),
    "xlsb": _(
        "This is a binary Excel file (.xlsb). Open it in Excel, choose “Save as”, then “Excel workbook (.xlsx)”, and upload that."
    ),
    "other_spreadsheet": _(
        "This file comes from another spreadsheet program. Open it there, save it as .xlsx or .csv and upload that."
    ),
    "document": _(
        "This is a text document. Copy the table in it and paste it as text, or paste it into Excel and save it as .xlsx."
    ),
    "slides": _(
        "This is a presentation. Copy the table in it and paste it as text, or paste it into Excel and save it as .xlsx."
    ),
    "pdf": _("This is a PDF. Ask the sender for the list in Excel, or copy the rows from the PDF and paste them as text."),
    "picture": _("This is a picture. Ask the sender for the list in Excel, or type the rows in."),
    "web_page": _("This is a web page, whatever its name says. Open it in Excel, save it as .xlsx and upload that."),
    "archive": _("This is an archive (.zip). Unpack it and upload the list inside."),
    "other": _("This is not a list that can be read. Upload an Excel file (.xlsx) or a .csv file, or paste the rows as text."),
}


def _refusal(code, **params):
    if code == "not_a_spreadsheet":
        message = _NOT_A_SPREADSHEET.get(params.get("kind"), _NOT_A_SPREADSHEET["other"])
    else:
        message = _REFUSALS[code]
    return UnreadableList(message, code=code, params=params)


# -- Reading ------------------------------------------------------------------------------------------------------------------


def read_upload(name: str, data: bytes, sheet: str | None = None) -> Table:
    """The rows of an uploaded list, at most 5 MB; `sheet` chooses one of an Excel file by name. Raises `UnreadableList`."""
    if len(data) > MAX_BYTES:
        raise _refusal("too_big", limit=MAX_BYTES // 2**20)
    if not data.strip(b"\0 \t\r\n"):
        raise _refusal("empty")
    if data.startswith(b"PK\3\4"):
        return _read_xlsx(data, sheet)
    kind = _other_kind(data)
    if kind == "encrypted":
        raise _refusal("encrypted")
    if kind:
        raise _refusal("not_a_spreadsheet", kind=kind)
    text, notes = _decode(data)
    return _read_delimited(text, notes, "text" if name.lower().endswith(".txt") else "csv")


def read_text(text: str) -> Table:
    """The rows of a list that was pasted or typed, one a line. Raises `UnreadableList`."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise _refusal("too_big", limit=MAX_BYTES // 2**20)
    return _read_delimited(text, [], "text")


def _read_xlsx(data, sheet):
    """Ask a process of its own, which may die of the file, for the rows."""
    order = json.dumps({"memory": CHILD_MEMORY, "cpu": CHILD_CPU, "sheet": sheet})
    try:
        # Isolated and without site-packages; and the file's reader has no business with the secrets in the environment.
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(Path(reader.__file__).resolve()), order],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CHILD_WALL,
            cwd="/",
            env={name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
        )
    except subprocess.TimeoutExpired:
        raise _refusal("timeout") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        # No answer: the system ended the process, for time by a signal, or for memory in the midst of its own reporting.
        raise _refusal("timeout" if done.returncode in (-9, -24) else "bomb") from None
    if "refusal" in answer:
        raise _refusal(answer["refusal"], **answer["params"])
    return _table(answer, [], "xlsx", sheets=answer["sheets"], sheet=answer["sheet"])


def _table(answer, notes, source, **details):
    rows = [Row(row["number"], row["cells"], [Note(code, params) for code, params in row["notes"]]) for row in answer["rows"]]
    return Table(rows, notes + [Note(code, params) for code, params in answer["notes"]], source, **details)


_MAGIC = {
    b"%PDF-": "pdf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF87a": "picture",
    b"GIF89a": "picture",
    b"II*\0": "picture",
    b"MM\0*": "picture",
    b"{\\rtf": "document",
    b"PK\5\6": "archive",
    b"PK\7\x08": "archive",
    b"Rar!\x1a": "archive",
    b"7z\xbc\xaf\x27\x1c": "archive",
    b"\x1f\x8b": "archive",
}
_WEB_PAGE = re.compile(
    r"\s*(<!--.*?-->\s*)*(<!doctype\s|<\?xml\s|<(html|head|meta|body|table|style|div|tr|workbook|svg)\b|mime-version:)",
    re.IGNORECASE | re.DOTALL,
)


def _other_kind(data):
    """What the bytes are if they are a well-known kind of file that holds no plain text, else None."""
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):  # the container of Office 97, and of encrypted newer files
        for entry, kind in {
            "EncryptedPackage": "encrypted",
            "WordDocument": "document",
            "PowerPoint Document": "slides",
        }.items():
            if entry.encode("utf-16-le") in data:
                return kind
        return "xls"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" or data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return "picture"
    if b"%PDF-" in data[:1024] and b"\0" in data:
        return "pdf"
    return next((kind for start, kind in _MAGIC.items() if data.startswith(start)), None)


# -- Encodings ----------------------------------------------------------------------------------------------------------------

# In Windows-1251, as old files have it: є and ї stand for ө and ү.
_LETTERS = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюяөүєї")
_VOWELS = set("аоуөүэиыеёюяйєї")


def _decode(data):
    """The text of the bytes and notes on how it was found; refuses what is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            try:
                text = data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                raise _refusal("damaged") from None
            return text, _encoding_note(encoding) if encoding != "utf-8" else []
    if b"\0" in data:
        encoding = _guess_utf_16(data)
        if encoding is None:
            raise _refusal("not_a_spreadsheet", kind="other")
        return data.decode(encoding), _encoding_note(encoding)
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        pass
    # Mostly pairs of UTF-8 bytes, but not all: a damaged or cut file, which no other encoding would make better.
    high = len(re.findall(rb"[\x80-\xff]", data))
    if 2 * len(re.findall(rb"[\xd0-\xd3][\x80-\xbf]", data)) > 0.8 * high:
        raise _refusal("damaged")
    encoding = "windows-1252" if _is_western(data) else "windows-1251"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise _refusal("not_a_spreadsheet", kind="other") from None
    notes = _encoding_note(encoding)
    letters = [letter.lower() for letter in text if letter > "\x7f" and letter.isalpha()]
    if encoding == "windows-1251" and len(letters) >= 20:
        strange = sum(letter not in _LETTERS for letter in letters) / len(letters)
        vowels = sum(letter in _VOWELS for letter in letters) / len(letters)
        turned_about = len(re.findall(r"\b[а-яё][А-ЯЁ]", text)) / len(letters)
        # Other encodings read as this one show letters of other languages, few vowels, or wORDS LIKE tHESE.
        if strange > 0.02 or not 0.2 < vowels < 0.65 or turned_about > 0.05:
            notes.append(Note("encoding_doubtful", {"encoding": encoding}))
    return text, notes


def _encoding_note(encoding):
    return [Note("encoding", {"encoding": encoding})]


def _guess_utf_16(data):
    """UTF-16 without its mark: every second byte says "Latin" or "Cyrillic", and no character is NUL."""
    if len(data) % 2:
        return None
    for encoding, blocks in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if sum(blocks.count(block) for block in (0x00, 0x04, 0x20, 0x21)) > 0.9 * len(blocks):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text and re.search(r"[\w\s]", text):
                return encoding
    return None


def _is_western(data):
    """Whether letters beyond ASCII stand alone between Latin ones (Attaché), which no Cyrillic text does."""
    runs = re.findall(rb"[A-Za-z]?[\xc0-\xff]+[A-Za-z]?", data)
    alone = sum(len(re.sub(rb"[A-Za-z]", b"", run)) == 1 and len(run) > 1 for run in runs)
    return bool(runs) and alone > 0.7 * len(runs)


# -- Delimited text -----------------------------------------------------------------------------------------------------------

_DELIMITERS = "\t;|,"  # where two would do, the earlier one
_LONGEST_QUOTED = 40_000  # characters; a spreadsheet's cell holds 32,767


def _read_delimited(text, notes, source):
    text = text.removeprefix("\ufeff").rstrip("\x1a \t\r\n")  # the first is the end mark of DOS
    if "\0" in text:
        raise _refusal("not_a_spreadsheet", kind="other")
    if not text.strip():
        raise _refusal("empty")
    if _WEB_PAGE.match(text[:5000]):
        raise _refusal("not_a_spreadsheet", kind="web_page")
    if len(re.findall("[\x01-\x08\x0e-\x1f\x7f]", text)) > 0.02 * len(text) + 5:
        raise _refusal("not_a_spreadsheet", kind="other")
    # Excel's own way to say which delimiter follows; it shows no such row.
    said = re.match(r"sep=([^\r\n\"])(\r\n|\r|\n|$)", text, re.IGNORECASE)
    if said:
        text = text[said.end() :]
    grid = reader.Grid()
    try:
        delimiter = said[1] if said else _sniff(text)
        for number, (cells, stray) in enumerate(_records(text, delimiter), start=1):
            if number > MAX_LINES:
                raise _refusal("too_many_rows", limit=reader.MAX_ROWS)
            grid.add(number, dict(enumerate(map(_without_guard, cells), start=1)), {"quote_kept": stray} if stray else {})
        return _table(grid.answer(), notes, source)
    except reader.Refusal as refusal:
        raise _refusal(refusal.code, **refusal.params) from None


def _without_guard(cell):
    """A cell without the apostrophe that keeps Excel from calculating it, as `write_csv` sets it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _DANGEROUS else cell


def _sniff(text):
    """The delimiter that divides most lines into equally many cells; None for one column of lines."""
    sample = text[:100_000]
    best, best_score = None, (0, 0)
    for delimiter in _DELIMITERS:
        widths = []
        for cells, _stray in _records(sample, delimiter):
            if any(cell.strip() for cell in cells):
                widths.append(len(cells))
            if len(widths) == 200:
                break
        divided = Counter(width for width in widths if width > 1)
        if not divided:
            continue
        # A tab is hardly ever part of a text; a comma often is.
        if delimiter == "\t" and divided.total() >= len(widths) / 3:
            return delimiter
        width, lines = max(divided.items(), key=lambda item: (item[1], item[0]))
        if divided.total() < len(widths) / 2:
            continue
        score = (round(lines / len(widths), 1), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


@functools.cache
def _plain_cell(delimiter):
    return re.compile(f"[^{re.escape(delimiter or '')}\r\n]*")


def _records(text: str, delimiter: str | None) -> Iterator[tuple[list[str], set[int]]]:
    """The cells of each line, and the columns whose quotation mark is opened and never closed.

    A quoted cell may hold delimiters, doubled quotation marks and line ends. A mark that is not closed rightly is a character
    like any other: it must not swallow the rows that follow, as the usual readers let it.
    """
    plain = _plain_cell(delimiter)
    at, size = 0, len(text)
    patience = 2_000_000  # steps spent on quotation marks in vain; then they are characters
    cells, stray = [], set()
    while at < size or cells:
        cell = None
        if text.startswith('"', at) and patience > 0:
            cell, end, spent = _quoted(text, at, delimiter)
            patience -= spent
        if cell is None:
            end = plain.match(text, at).end()
            cell = text[at:end]
            if cell.startswith('"') and cell.count('"') % 2:
                stray.add(len(cells) + 1)
        cells.append(cell)
        if len(cells) > reader.SHEET_COLUMNS:
            raise reader.Refusal("too_many_columns", limit=reader.MAX_COLUMNS)
        at = end
        if at < size and text[at] == delimiter:
            at += 1
            if at < size:
                continue
        yield cells, stray
        cells, stray = [], set()
        at += 2 if text.startswith("\r\n", at) else 1


def _quoted(text, at, delimiter):
    """The content of the quoted cell that opens at `at`, where it ends, and the steps it took; content None if it is none."""
    look, limit, steps, broken = at + 1, at + _LONGEST_QUOTED, 1, False
    while True:
        quote = text.find('"', look, limit)
        if quote < 0:
            return None, at, steps + (min(limit, len(text)) - at) // 100
        after = text[quote + 1 : quote + 2]
        if after != '"' and (after in ("", "\r", "\n") or after == delimiter):
            return text[at + 1 : quote].replace('""', '"'), quote + 1, 0
        broken = broken or "\n" in text[look:quote] or "\r" in text[look:quote]
        if after != '"':
            # `"Мөнх" ХХК` on one line is somebody's way of writing; past a line's end it would be another row.
            if broken:
                return None, at, steps + (quote - at) // 100
            look = quote + 1
        else:
            look = quote + 2
        steps += 1


# -- Writing ------------------------------------------------------------------------------------------------------------------

# A cell that begins so is calculated by spreadsheet programs, some of which take the wide letters of East Asia for the same.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_xlsx(header: Iterable, rows: Iterable[Iterable]) -> bytes:
    """An Excel file with one sheet. Numbers stay numbers; everything else is text, whatever it begins with."""
    return write_workbook([("List", header, rows)])


def write_workbook(sheets: Iterable[tuple[str, Iterable, Iterable[Iterable]]]) -> bytes:
    """An Excel file of sheets, each (name of 31 letters at most, header, rows), written as `write_xlsx` writes one."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    for name, header, rows in sheets:
        _write_sheet(workbook.create_sheet(name), [list(header), *map(list, rows)])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _write_sheet(sheet, lines):
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for column in range(max(map(len, lines))):
        longest = max((len(str(line[column])) for line in lines if column < len(line)), default=0)
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(max(longest + 2, 8), 60)
    for number, line in enumerate(lines):
        cells = []
        for value in line:
            if isinstance(value, int | float) and not isinstance(value, bool):
                cells.append(value)
                continue
            text = "" if value is None else _NOT_IN_XML.sub("", str(value))
            cell = WriteOnlyCell(sheet, value=text)
            # Set after the value, which alone would make a formula of "=1+1" and an error of "#N/A".
            cell.data_type = "s"
            cell.number_format = "@"
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)


def _harmless(text):
    return "'" + text if text.startswith(_DANGEROUS) else text


def write_csv(header: Iterable, rows: Iterable[Iterable]) -> str:
    """Comma-separated text with a byte-order mark, so that Excel reads its letters, and no cell that would be calculated.

    A number is none, so that -5 stays one.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    for line in [header, *rows]:
        writer.writerow([
            value if isinstance(value, int | float | Decimal) else _harmless("" if value is None else str(value)) for value in line
        ])
    return out.getvalue()
