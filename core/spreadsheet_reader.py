"""Reads one .xlsx file in a process of its own, under tight limits, and answers with JSON.

Started by `core.spreadsheets` as

    python -I -S core/spreadsheet_reader.py '{"memory": 536870912, "cpu": 10, "sheet": null}' < list.xlsx

so that a file made to exhaust memory or time takes down this process and never the web server. It knows the standard library
and nothing else: it starts in 0.05 s, and no third-party parser meets a stranger's file. The sheet is read as a stream of the
cells that are really there, so a lone cell in the last row of a sheet costs one row, whatever size the file claims to have.
"""

import io
import json
import posixpath
import re
import sys
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from xml.parsers import expat

MAX_PARTS = 200
MAX_UNPACKED = 50 * 1024 * 1024  # bytes, all parts together
MAX_ROWS = 5_000
MAX_COLUMNS = 100
MAX_CELL = 500  # characters; the rest is cut and the row says so
MAX_CHARACTERS = 10_000_000  # in all cells together, after merged cells are filled
MAX_MERGES = 5_000
MAX_FILLED = 50_000  # cells filled from merged ones

SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384  # what the format itself allows


class Refusal(Exception):
    """The file cannot be read; `code` and `params` say why, without words."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


# -- Rows, however they came in ---------------------------------------------------------------------------------------------

# Control characters and halves of surrogate pairs: no database column and no page can carry them.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_OUTER_SPACE = (
    " \t\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000\ufeff\u200b\u200e\u200f\u2060"
)


def column_letter(column):
    """The name of a column as a spreadsheet shows it: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Grid:
    """Collects the rows that hold something, tidies their cells and refuses more than a list of people can need."""

    def __init__(self):
        self.rows = []  # (number, {column: text}, {code of a note: {column, …}})
        self.width = 0
        self.characters = 0
        self.notes = []

    def add(self, number, cells, marks):
        """Keep one row; `cells` maps columns (from 1) to raw text, `marks` maps a note's code to the columns it is about."""
        kept = {}
        for column, raw in cells.items():
            text = _LINE_ENDS.sub("\n", raw)
            clean = _UNWANTED.sub("", text)
            if clean != text:
                marks.setdefault("control_characters", set()).add(column)
            clean = clean.strip(_OUTER_SPACE)
            if len(clean) > MAX_CELL:
                clean = clean[:MAX_CELL]
                marks.setdefault("cut", set()).add(column)
            if clean:
                kept[column] = clean
                self.characters += len(clean)
        if not kept:
            return
        widest = max(kept)
        if widest > MAX_COLUMNS:
            raise Refusal("too_many_columns", column=column_letter(widest), limit=MAX_COLUMNS)
        if len(self.rows) == MAX_ROWS:
            raise Refusal("too_many_rows", limit=MAX_ROWS)
        if self.characters > MAX_CHARACTERS:
            raise Refusal("bomb")
        self.width = max(self.width, widest)
        self.rows.append((number, kept, marks))

    def fill_merged(self, ranges):
        """Give the empty cells of each merged range (top, left, bottom, right) the value of its first cell.

        Only rows that hold something of their own and columns inside the table are filled: a title merged over a whole
        sheet makes no new rows or columns.
        """
        place = {}
        for position, (number, _cells, _marks) in enumerate(self.rows):
            place.setdefault(number, position)
        filled = 0
        for top, left, bottom, right in ranges:
            first = place.get(top)
            value = self.rows[first][1].get(left) if first is not None else None
            if value is None:
                continue
            for position in range(first, len(self.rows)):
                number, cells, marks = self.rows[position]
                if not top <= number <= bottom:
                    break
                for column in range(left, min(right, self.width) + 1):
                    filled += 1
                    if filled > MAX_FILLED:
                        self.notes.append(["merged_not_filled", {"limit": MAX_FILLED}])
                        return
                    if column not in cells:
                        cells[column] = value
                        self.characters += len(value)
                        marks.setdefault("merged", {}).setdefault(f"{column_letter(left)}{top}", set()).add(column)
            if self.characters > MAX_CHARACTERS:
                raise Refusal("bomb")

    def answer(self):
        """The rows, all equally wide, and what there is to say about them: plain data, ready for JSON."""
        if not self.rows:
            raise Refusal("empty")
        counts = {}
        rows = []
        for number, cells, marks in self.rows:
            notes = []
            for code, columns in marks.items():
                if code == "merged":
                    for start, covered in columns.items():
                        notes.append([code, {"columns": _letters(covered), "start": start}])
                        counts[code] = counts.get(code, 0) + len(covered)
                    continue
                if code == "hidden_row":
                    notes.append([code, {}])
                    counts["hidden_rows"] = counts.get("hidden_rows", 0) + 1
                    continue
                notes.append([code, {"columns": _letters(columns), **({"limit": MAX_CELL} if code == "cut" else {})}])
                counts[code] = counts.get(code, 0) + len(columns)
            rows.append(
                {"number": number, "cells": [cells.get(column, "") for column in range(1, self.width + 1)], "notes": notes}
            )
        notes = self.notes + [
            [code, {"count": count, **({"limit": MAX_CELL} if code == "cut" else {})}] for code, count in counts.items()
        ]
        return {"rows": rows, "notes": notes}


def _letters(columns):
    return [column_letter(column) for column in sorted(columns)]


# -- The archive --------------------------------------------------------------------------------------------------------------

_FORBIDDEN = [word for text in (b"<!DOCTYPE", b"<!ENTITY") for word in (text, b"\0".join(bytes([byte]) for byte in text))]
_OVERLAP = max(map(len, _FORBIDDEN))  # a forbidden word may lie across two chunks
_PICTURE = re.compile(r"xl/media/[^/]+\.(png|jpe?g|gif|bmp|tiff?|emf|wmf|wdp|svg)", re.IGNORECASE)


class Archive:
    """The parts of an .xlsx, opened only after every one of them was looked through."""

    def __init__(self, data):
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(data))
        except Exception as broken:  # zipfile has no one word for it
            raise Refusal("damaged") from broken
        parts = self.zip.infolist()
        if len(parts) > MAX_PARTS:
            raise Refusal("bomb")
        self.names = {}
        for part in parts:
            name = part.orig_filename
            if part.flag_bits & 0x1:
                raise Refusal("encrypted")
            if name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/"):
                raise Refusal("damaged")
            # Others than these two could ask for gigabytes of dictionary, and no spreadsheet program writes them.
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refusal("damaged")
            if name.lower() in self.names:
                raise Refusal("damaged")
            self.names[name.lower()] = part
        self._look_through(parts)
        if "[content_types].xml" not in self.names or not any(
            re.fullmatch(r"xl/workbook\d*\.xml", name) for name in self.names
        ):
            raise Refusal("not_a_spreadsheet", kind=self._kind())

    def _look_through(self, parts):
        """Unpack every part once, believing no size that the file states, and look for document type declarations."""
        unpacked = 0
        for part in parts:
            picture = _PICTURE.fullmatch(part.filename)
            tail = b""
            with self.zip.open(part) as stream:
                while chunk := stream.read(65_536):
                    unpacked += len(chunk)
                    if unpacked > MAX_UNPACKED:
                        raise Refusal("bomb")
                    if picture:
                        continue
                    window = tail + chunk
                    if any(word in window for word in _FORBIDDEN):
                        raise Refusal("damaged")
                    tail = window[-_OVERLAP:]

    def _kind(self):
        """What the archive is when it is no .xlsx."""
        first = {name.split("/")[0] for name in self.names}
        if "xl/workbook.bin" in self.names:
            return "xlsb"
        if "word" in first:
            return "document"
        if "ppt" in first:
            return "slides"
        if "mimetype" in self.names or "index" in first:
            return "other_spreadsheet"
        return "archive"

    def walk(self, name, begin, finish=None, text=None):
        """Send the elements of one XML part to `begin(name, attributes)`, `finish(name)` and `text(characters)`."""

        def refuse(*_):
            raise Refusal("damaged")

        local = {}

        def plain(name):
            if name not in local:
                local[name] = name.rpartition("}")[2]
            return local[name]

        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        # Once more, for a declaration in an encoding that hides it from the eye that looked through the bytes.
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
        parser.StartElementHandler = lambda name, attributes: begin(plain(name), attributes)
        if finish:
            parser.EndElementHandler = lambda name: finish(plain(name))
        if text:
            parser.CharacterDataHandler = text
        if name.lower() not in self.names:
            raise Refusal("damaged")
        with self.zip.open(self.names[name.lower()]) as stream:
            while chunk := stream.read(65_536):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)

    def relationships(self, name):
        """Id and kind → part, of what the part `name` ('' for the whole package) refers to inside the file."""
        folder, base = posixpath.split(name)
        found = {}

        def begin(element, attributes):
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, attributes.get("Target", ""))).lstrip("/")
                found[attributes.get("Id")] = (attributes.get("Type", "").rpartition("/")[2], target)

        path = posixpath.join(folder, "_rels", base + ".rels")
        if path.lower() in self.names:
            self.walk(path, begin)
        return found


# -- The workbook -------------------------------------------------------------------------------------------------------------

_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # built in, ECMA-376 part 1, 18.8.30
_PERCENT_FORMATS = {9, 10}
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,3})?|-?\.\d+([eE][+-]?\d{1,3})?")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Workbook:
    """What a cell's meaning depends on: the sheets, the shared strings, the number formats and the first day."""

    def __init__(self, archive):
        self.archive = archive
        main = next((part for kind, part in archive.relationships("").values() if kind == "officeDocument"), "xl/workbook.xml")
        related = archive.relationships(main)
        self.sheets = []  # (name, is_visible, part)
        self.from_1904 = False
        self.strings = []
        self.formats = []

        def begin(element, attributes):
            if element == "workbookPr":
                self.from_1904 = attributes.get("date1904") in ("1", "true")
            elif element == "sheet":
                reference = next((value for key, value in attributes.items() if key.endswith("}id")), None)
                kind, part = related.get(reference, ("missing", ""))
                if kind == "missing":
                    raise Refusal("damaged")
                if kind == "worksheet":
                    self.sheets.append((attributes.get("name", ""), attributes.get("state", "visible") == "visible", part))

        archive.walk(main, begin)
        for kind, part in related.values():
            if kind == "sharedStrings":
                self._read_strings(part)
            elif kind == "styles":
                self._read_formats(part)

    def _read_strings(self, part):
        pieces, collecting, phonetic = [], False, False

        def begin(element, _attributes):
            nonlocal collecting, phonetic
            if element == "si":
                pieces.clear()
            elif element == "rPh":  # how to pronounce the text, not the text
                phonetic = True
            elif element == "t":
                collecting = not phonetic

        def finish(element):
            nonlocal collecting, phonetic
            if element == "si":
                self.strings.append(unescape("".join(pieces)))
            elif element == "rPh":
                phonetic = False
            elif element == "t":
                collecting = False

        self.archive.walk(part, begin, finish, lambda text: pieces.append(text) if collecting else None)

    def _read_formats(self, part):
        codes, in_cells = {}, False

        def begin(element, attributes):
            nonlocal in_cells
            if element == "numFmt":
                codes[attributes.get("numFmtId")] = attributes.get("formatCode", "")
            elif element == "cellXfs":
                in_cells = True
            elif element == "xf" and in_cells:
                self.formats.append(kind_of_format(attributes.get("numFmtId", "0"), codes))

        def finish(element):
            nonlocal in_cells
            if element == "cellXfs":
                in_cells = False

        self.archive.walk(part, begin, finish)

    def text_of(self, kind, raw, style):
        """The text of a cell from its type, its stored value and the index of its style."""
        if kind == "s":
            if not re.fullmatch(r"\s*[0-9]{1,9}\s*", raw) or int(raw) >= len(self.strings):
                raise Refusal("damaged")
            return self.strings[int(raw)]
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(raw.strip(), raw)
        if kind in ("str", "inlineStr"):
            return unescape(raw)
        if kind in ("e", "d"):
            return raw
        shape = self.formats[style] if 0 <= style < len(self.formats) else ("",)
        return number_text(raw.strip(), shape, from_1904=self.from_1904)


def unescape(text):
    """Text with the format's own escapes (`_x000A_`) resolved."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if plain != text:
        # Halves of one character, escaped one by one, become whole again.
        plain = plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return plain


def kind_of_format(number, codes):
    """What a number format makes of a number: ("date",), ("duration",), ("percent",), ("zeros", width) or ("",)."""
    if number not in codes:
        built_in = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
        if built_in == 46:
            return ("duration",)
        if built_in in _DATE_FORMATS:
            return ("date",)
        return ("percent",) if built_in in _PERCENT_FORMATS else ("",)
    code = codes[number][:255]
    code = re.sub(r'"[^"]*"?|\\.|_.|\*.', "", code).split(";")[0]
    if re.search(r"\[[hms]+\]", code, re.IGNORECASE):
        return ("duration",)
    code = re.sub(r"\[[^\]]*\]?", "", code)
    if code.strip().lower() in ("general", "standard", "@", ""):
        return ("",)
    if re.search("[dmyhs]", code, re.IGNORECASE):
        return ("date",)
    if "%" in code:
        return ("percent",)
    if re.fullmatch("0{2,30}", code):
        return ("zeros", len(code))
    return ("",)


def number_text(raw, shape, *, from_1904):
    """A stored number as people mean it: 9.9112222E7 → 99112222, a date as ISO; what is no number stays as it is."""
    if not _NUMBER.fullmatch(raw):
        return raw
    value = float(raw)
    if not abs(value) < 1e300:
        return raw
    if shape[0] == "date":
        return date_text(value, from_1904=from_1904) or plain_number(raw)
    if shape[0] == "duration" and 0 <= value < 1e6:
        return clock(round(value * 86_400))
    if shape[0] == "percent":
        return plain_number(str(Decimal(f"{value:.15g}") * 100)) + "%"
    if shape[0] == "zeros" and re.fullmatch(r"\d+(\.0*)?", raw):
        return raw.split(".")[0].zfill(shape[1])
    return plain_number(raw)


def plain_number(raw):
    """A number without exponent, without ".0", and with the 15 digits that a spreadsheet shows; whole numbers untouched."""
    if re.fullmatch(r"-?\d+", raw):
        return raw
    if abs(Decimal(raw).adjusted()) > 20:
        return raw
    text = format(Decimal(f"{float(raw):.15g}"), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def date_text(serial, *, from_1904):
    """Days since the workbook's first day as an ISO date, with the time where there is one; None for what is no date."""
    if not 0 <= serial < 2_958_466:
        return None
    days, seconds = divmod(round(serial * 86_400), 86_400)
    if days == 0 and not from_1904:
        return clock(seconds)
    # The other calendar believes in a 29 February 1900: up to there it is one day behind.
    first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if days < 60 else 30)
    try:
        day = (first + timedelta(days=days)).date().isoformat()
    except OverflowError:
        return None
    return f"{day} {clock(seconds)}" if seconds else day


def clock(seconds):
    """Seconds as hours and minutes, with seconds where there are any."""
    minutes, seconds = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def position(reference):
    """Column and row, from 1, of a reference such as B7 or $B$7."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise Refusal("damaged")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    if not (1 <= column <= SHEET_COLUMNS and 1 <= row <= SHEET_ROWS):
        raise Refusal("damaged")
    return column, row


class _Found(Exception):
    """Ends a walk early with an answer."""


def has_data(book, part):
    """Whether a sheet holds any value or formula; reads no further than the first."""
    collecting = False

    def begin(element, _attributes):
        nonlocal collecting
        if element == "f":
            raise _Found(True)
        collecting = element in ("v", "t")

    def text(characters):
        if collecting and characters.strip():
            raise _Found(True)

    def finish(element):
        nonlocal collecting
        collecting = False
        if element == "sheetData":
            raise _Found(False)

    try:
        book.archive.walk(part, begin, finish, text)
    except _Found as found:
        return found.args[0]
    return False


def read_sheet(book, part):
    """One sheet as a Grid: its cells, in one pass, with formulas, hidden rows and columns and merged ranges."""
    grid = Grid()
    hidden_columns, ranges = [], []
    in_data = in_phonetic = False
    row = column = 0
    hidden = False
    cells, marks = {}, {}
    kind, style, value, formula, inline = "n", 0, None, None, []
    collected = None

    def begin(element, attributes):
        nonlocal in_data, in_phonetic, row, column, hidden, cells, marks, kind, style, value, formula, inline, collected
        if in_data:
            if element == "c":
                if "r" in attributes:
                    column, _ = position(attributes["r"])
                else:
                    column += 1
                kind = attributes.get("t", "n")
                style = attributes.get("s", "0")
                style = int(style) if style.isascii() and style.isdigit() and len(style) < 9 else -1
                value, formula, inline = None, None, []
            elif element in ("v", "f"):
                collected = []
            elif element == "t":
                collected = None if in_phonetic else []
            elif element == "row":
                number = attributes.get("r")
                if number is None:
                    row += 1
                elif number.isascii() and number.isdigit() and 0 < len(number) < 8 and 1 <= int(number) <= SHEET_ROWS:
                    row = int(number)
                else:
                    raise Refusal("damaged")
                column, cells, marks = 0, {}, {}
                hidden = attributes.get("hidden") in ("1", "true")
            elif element == "rPh":
                in_phonetic = True
        elif element == "sheetData":
            in_data = True
        elif element == "mergeCell":
            if len(ranges) < MAX_MERGES:
                start, _, end = attributes.get("ref", "").partition(":")
                (left, top), (right, bottom) = position(start), position(end or start)
                ranges.append((min(top, bottom), min(left, right), max(top, bottom), max(left, right)))
            elif len(ranges) == MAX_MERGES:
                ranges.append(None)
        elif element == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if (
                all(number.isascii() and number.isdigit() and len(number) < 6 for number in (first, last))
                and len(hidden_columns) < 200
            ):
                hidden_columns.append((int(first), int(last)))

    def text(characters):
        if collected is not None:
            collected.append(characters)

    def finish(element):
        nonlocal in_data, in_phonetic, value, formula, collected
        if not in_data:
            return
        if element == "v":
            value, collected = "".join(collected or ()), None
        elif element == "f":
            formula, collected = "".join(collected or ()), None
        elif element == "t":
            inline.extend(collected or ())
            collected = None
        elif element == "rPh":
            in_phonetic = False
        elif element == "c":
            keep()
        elif element == "row":
            if hidden:
                marks["hidden_row"] = set()
            grid.add(row, cells, marks)
        elif element == "sheetData":
            in_data = False

    def keep():
        raw = "".join(inline) if inline else value
        if column in cells or column > SHEET_COLUMNS:
            raise Refusal("damaged")
        if raw is None or (raw == "" and kind not in ("s", "str")):
            if formula is None:
                return
            # Written by a program that does not calculate: the formula itself is all there is.
            cells[column] = "=" + formula if formula else ""
            marks.setdefault("formula_without_value", set()).add(column)
            return
        cells[column] = book.text_of("inlineStr" if inline else kind, raw, style)
        if formula is not None:
            marks.setdefault("formula", set()).add(column)
        if kind == "e":
            marks.setdefault("error_value", set()).add(column)

    book.archive.walk(part, begin, finish, text)
    if ranges and ranges[-1] is None:
        ranges.pop()
        grid.notes.append(["merged_not_filled", {"limit": MAX_MERGES}])
    grid.fill_merged(ranges)
    used = {column for _number, row_cells, _marks in grid.rows for column in row_cells}
    unseen = {column for first, last in hidden_columns for column in used if first <= column <= last}
    if unseen:
        grid.notes.append(["hidden_columns", {"columns": _letters(unseen)}])
    return grid


def read_workbook(data, sheet=None):
    """The rows of one sheet of an .xlsx, as plain data: the sheet of that name, else the first visible one that holds data."""
    book = Workbook(Archive(data))
    filled = [(name, is_visible, part) for name, is_visible, part in book.sheets if has_data(book, part)]
    if sheet is not None:
        candidates = [entry for entry in book.sheets if entry[0] == sheet][:1]
        if not candidates:
            raise Refusal("no_such_sheet", sheet=sheet[:MAX_CELL])
    else:
        candidates = sorted(filled, key=lambda entry: not entry[1])
    for chosen in candidates:
        grid = read_sheet(book, chosen[2])
        if grid.rows:  # formulas alone may all come to nothing
            break
    else:
        raise Refusal("empty")
    name, is_visible, _part = chosen
    answer = grid.answer()
    others = [entry[0] for entry in filled if entry[1] and entry is not chosen]
    unseen = [entry[0] for entry in filled if not entry[1] and entry is not chosen]
    notes = []
    if others:
        notes.append(["other_sheets", {"sheet": name, "others": others}])
    if unseen:
        notes.append(["hidden_sheets", {"sheets": unseen}])
    if not is_visible:
        notes.append(["hidden_sheet_read", {"sheet": name}])
    return {**answer, "notes": notes + answer["notes"], "sheets": [entry[0] for entry in filled], "sheet": name}


# -- The process --------------------------------------------------------------------------------------------------------------


def limit_self(*, memory, cpu):
    """Ask the system to end this process when it takes more than `memory` bytes or `cpu` seconds, or writes any file."""
    import resource

    limits = {"RLIMIT_AS": (memory, memory), "RLIMIT_CPU": (cpu, cpu + 1), "RLIMIT_FSIZE": (0, 0), "RLIMIT_CORE": (0, 0)}
    for name, limit in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), limit)
        except (ValueError, OSError):  # macOS refuses a limit on the address space
            pass


def main():
    order = json.loads(sys.argv[1])
    limit_self(memory=order["memory"], cpu=order["cpu"])
    try:
        answer = read_workbook(sys.stdin.buffer.read(), order["sheet"])
    except Refusal as refusal:
        answer = {"refusal": refusal.code, "params": refusal.params}
    except MemoryError:
        answer = {"refusal": "bomb", "params": {}}
    except Exception:  # whatever a broken file may raise: there is nothing to tell but that it is broken
        answer = {"refusal": "damaged", "params": {}}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
