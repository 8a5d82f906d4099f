"""Lists are read exactly, whatever program made them; what cannot be read is refused in a sentence, and nothing breaks."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from core import spreadsheet_reader, spreadsheets
from core.spreadsheets import Note, UnreadableList, read_text, read_upload, write_csv, write_xlsx
from tests.core import spreadsheet_makers as make

HOSTILE = make.hostile()


def cells(table):
    return [row.cells for row in table.rows]


def numbers(table):
    return [row.number for row in table.rows]


def codes(notes):
    return [note.code for note in notes]


def saved(workbook):
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def refused(data, name="list.xlsx", **details):
    with pytest.raises(UnreadableList) as caught:
        read_upload(name, data, **details)
    assert caught.value.messages[0].endswith((".", "”."))
    return caught.value.code


# -- Excel --------------------------------------------------------------------------------------------------------------------


def ministry_list():
    """Two letterhead rows, merged cells, an empty row, a total: as ministries send them."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Жагсаалт"
    sheet["A1"] = "ХӨДӨЛМӨРИЙН ЯАМ"
    sheet["A2"] = "Сургалтад оролцох албан хаагчдын нэрс"
    for column, heading in enumerate(["№", "Овог, нэр", "Албан тушаал", "Газар, хэлтэс", "Утас"], start=1):
        sheet.cell(4, column, heading)
    sheet.append([1, "Б. Батбаяр", "Газрын дарга", "Бодлогын газар", 99113344])
    sheet.append([2, "Болдын Энхтуяа", "Мэргэжилтэн", None, "8801-5566"])
    sheet.append([3, "Ц.Нарантуяа", "Ахлах мэргэжилтэн", "Хэлтэс", 9.9087766e7])
    sheet["B10"] = "Нийт: 3"
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("D5:D6")
    return workbook


def test_a_ministry_list_is_read_as_it_stands():
    table = read_upload("list.xlsx", saved(ministry_list()))
    assert table.source == "xlsx"
    assert (table.sheet, table.sheets) == ("Жагсаалт", ["Жагсаалт"])
    assert [(row.number, row.cells) for row in table.rows] == [
        (1, ["ХӨДӨЛМӨРИЙН ЯАМ"] * 5),
        (2, ["Сургалтад оролцох албан хаагчдын нэрс", "", "", "", ""]),
        (4, ["№", "Овог, нэр", "Албан тушаал", "Газар, хэлтэс", "Утас"]),
        (5, ["1", "Б. Батбаяр", "Газрын дарга", "Бодлогын газар", "99113344"]),
        (6, ["2", "Болдын Энхтуяа", "Мэргэжилтэн", "Бодлогын газар", "8801-5566"]),
        (7, ["3", "Ц.Нарантуяа", "Ахлах мэргэжилтэн", "Хэлтэс", "99087766"]),
        (10, ["", "Нийт: 3", "", "", ""]),
    ]
    assert {row.number: row.notes for row in table.rows if row.notes} == {
        1: [Note("merged", {"columns": ["B", "C", "D", "E"], "start": "A1"})],
        6: [Note("merged", {"columns": ["D"], "start": "D5"})],
    }
    assert table.notes == [Note("merged", {"count": 5})]


def test_every_type_of_cell_becomes_the_text_people_see():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    expected = []

    def cell(value, text, number_format=None):
        place = sheet.cell(len(expected) + 1, 1, value)
        if number_format:
            place.number_format = number_format
        expected.append([text])

    cell(99112222.0, "99112222")
    cell(9.9112222e7, "99112222")
    cell("0099", "0099")
    cell("99112222", "99112222", "@")
    cell(99, "0099", "0000")
    cell(0.1 + 0.2, "0.3")
    cell(1.5, "1.5")
    cell(-3, "-3")
    cell(0, "0")
    cell(1e15, "1000000000000000")
    cell(1e-7, "0.0000001")
    cell(0.25, "25%", "0%")
    cell(0.125, "12.5%", "0.00%")
    cell(date(2026, 9, 15), "2026-09-15")
    cell(datetime(2026, 9, 15, 9, 30), "2026-09-15 09:30")
    cell(date(2014, 9, 15), "2014-09-15", 'yyyy" оны "m" сарын "d')
    cell(date(1900, 2, 28), "1900-02-28")
    cell(timedelta(hours=26, minutes=30), "26:30", "[h]:mm")
    cell(0.5, "12:00", "h:mm")
    cell(45000, "45000", '#,##0" дугаар"')
    cell(99112233, "99112233", "dd/mm/yyyy")  # a telephone number in a column of dates
    cell(True, "TRUE")
    cell("#REF!", "#REF!")
    cell("  Мөнхбат\u00a0", "Мөнхбат")
    cell("Мөнх\nбат", "Мөнх\nбат")
    cell("a_x0041_b", "aAb")
    cell(CellRichText("Мөнх", TextBlock(InlineFont(b=True), "бат")), "Мөнхбат")
    table = read_upload("list.xlsx", saved(workbook))
    assert cells(table) == expected
    assert codes(table.notes) == ["error_value"]


def test_whole_numbers_keep_every_digit():
    row = "<row><c><v>0099</v></c><c><v>12345678901234567890</v></c><c><v>9.9112222E7</v></c><c><v>99112222.0</v></c></row>"
    assert cells(read_upload("list.xlsx", make.workbook(row))) == [["0099", "12345678901234567890", "99112222", "99112222"]]


def test_the_texts_of_a_file_agree_with_another_reader():
    workbook = ministry_list()
    other = [
        (number, [str(cell.value or "") for cell in line])
        for number, line in enumerate(workbook.active.iter_rows(), start=1)
        if any(cell.value is not None for cell in line)
    ]
    workbook.active.unmerge_cells("A1:E1")
    workbook.active.unmerge_cells("D5:D6")
    table = read_upload("list.xlsx", saved(workbook))
    assert [(row.number, row.cells) for row in table.rows] == [
        (number, [text.removesuffix(".0") for text in line]) for number, line in other
    ]


def test_shared_strings_keep_runs_and_spaces_but_not_how_they_are_said():
    strings = (
        '<si><r><t xml:space="preserve">Бат-</t></r><r><rPr><b/></rPr><t>Эрдэнэ</t></r></si>'
        '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si><si/>'
    )
    row = '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v> 1 </v></c><c r="C3" t="s"><v>2</v></c></row>'
    table = read_upload("list.xlsx", make.workbook(row, strings=strings))
    assert [(row.number, row.cells) for row in table.rows] == [(3, ["Бат-Эрдэнэ", "東京"])]


def test_cells_and_rows_without_addresses_follow_one_another():
    sheet = '<row><c><v>1</v></c><c/><c r="D1"><v>2</v></c><c><v>3</v></c></row><row/><row><c t="str"><v>x</v></c></row>'
    table = read_upload("list.xlsx", make.workbook(sheet))
    assert [(row.number, row.cells) for row in table.rows] == [(1, ["1", "", "", "2", "3"]), (3, ["x", "", "", "", ""])]


def test_prefixed_and_utf_16_parts_are_read():
    sheet = (
        f'<x:worksheet xmlns:x="{make.MAIN}"><x:sheetData><x:row><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    data = make.with_part("xl/worksheets/sheet1.xml", ('<?xml version="1.0" encoding="UTF-16"?>' + sheet).encode("utf-16"))
    assert cells(read_upload("list.xlsx", data)) == [["7"]]


def test_a_size_that_the_sheet_claims_is_not_believed():
    data = make.workbook(make.text_row(1, "a", "b") + make.text_row(2, "c", "d"), before='<dimension ref="A1"/>')
    assert cells(read_upload("list.xlsx", data)) == [["a", "b"], ["c", "d"]]


def test_dates_count_from_1904_where_the_workbook_says_so():
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    workbook.active["A1"] = date(2026, 9, 15)
    assert cells(read_upload("list.xlsx", saved(workbook))) == [["2026-09-15"]]


def test_formulas_give_their_saved_result_and_a_note():
    sheet = (
        '<row r="1"><c r="A1" t="str"><f>B1&amp;C1</f><v>Бат</v></c><c r="B1"><f>1+1</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f>HYPERLINK("mailto:a@b.example")</f></c><c r="B2"><f>1+1</f><v></v></c></row>'
        '<row r="3"><c r="A3"><v>1</v></c><c r="B3" t="str"><f>IF(A3=1,"")</f><v></v></c></row>'
        '<row r="4"><c r="A4" t="e"><f>A9/0</f><v>#DIV/0!</v></c></row>'
    )
    table = read_upload("list.xlsx", make.workbook(sheet))
    assert cells(table) == [["Бат", "2"], ['=HYPERLINK("mailto:a@b.example")', "=1+1"], ["1", ""], ["#DIV/0!", ""]]
    assert [row.notes for row in table.rows] == [
        [Note("formula", {"columns": ["A", "B"]})],
        [Note("formula_without_value", {"columns": ["A", "B"]})],
        [Note("formula", {"columns": ["B"]})],
        [Note("formula", {"columns": ["A"]}), Note("error_value", {"columns": ["A"]})],
    ]
    assert table.notes == [
        Note("formula", {"count": 4}),
        Note("formula_without_value", {"count": 2}),
        Note("error_value", {"count": 1}),
    ]


def test_hidden_rows_and_columns_are_read_and_named():
    workbook = ministry_list()
    sheet = workbook.active
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions["Z"].hidden = True
    table = read_upload("list.xlsx", saved(workbook))
    assert [row.number for row in table.rows if "hidden_row" in codes(row.notes)] == [6]
    assert table.notes == [
        Note("hidden_columns", {"columns": ["C"]}),
        Note("merged", {"count": 5}),
        Note("hidden_rows", {"count": 1}),
    ]


def several_sheets():
    workbook = openpyxl.Workbook()
    workbook.active.title = "Empty"
    for name, state in (("Secret", "hidden"), ("First", "visible"), ("Second", "visible"), ("Deep", "veryHidden")):
        sheet = workbook.create_sheet(name)
        sheet["A1"] = name
        sheet.sheet_state = state
    return saved(workbook)


def test_the_first_visible_sheet_with_data_is_read_and_the_others_are_named():
    table = read_upload("list.xlsx", several_sheets())
    assert cells(table) == [["First"]]
    assert (table.sheet, table.sheets) == ("First", ["Secret", "First", "Second", "Deep"])
    assert table.notes == [
        Note("other_sheets", {"sheet": "First", "others": ["Second"]}),
        Note("hidden_sheets", {"sheets": ["Secret", "Deep"]}),
    ]
    assert str(table.notes[0]) == "The sheet “First” was read. Other sheets that hold data were not: Second."


def test_a_sheet_can_be_chosen_by_name():
    table = read_upload("list.xlsx", several_sheets(), sheet="Deep")
    assert cells(table) == [["Deep"]]
    assert codes(table.notes) == ["other_sheets", "hidden_sheets", "hidden_sheet_read"]
    assert refused(several_sheets(), sheet="Missing") == "no_such_sheet"
    assert refused(several_sheets(), sheet="Empty") == "empty"


def test_a_sheet_whose_formulas_come_to_nothing_gives_way_to_the_next():
    workbook = openpyxl.Workbook()
    workbook.create_sheet("List")["A1"] = "Нэр"
    data = saved(workbook)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["xl/worksheets/sheet1.xml"] = make.SHEET.format('<row><c t="str"><f>IF(1,"")</f><v></v></c></row>')
    assert cells(read_upload("list.xlsx", make.pack(contents))) == [["Нэр"]]


def test_merged_cells_fill_both_ways_but_overwrite_nothing_and_add_no_rows():
    sheet = (
        make.text_row(1, "Байгууллага", "Нэр", "Утас")
        + make.text_row(2, "ГИХАЭГ", "Бат", "1")
        + make.text_row(3, "", "Дорж", "2")
        + make.text_row(4, "Өөр", "Сүх", "3")
    )
    ranges = '<mergeCell ref="A2:A9"/><mergeCell ref="$C$4:$XFD$4"/><mergeCell ref="B1"/><mergeCell ref="B20:C30"/>'
    table = read_upload("list.xlsx", make.workbook(sheet, after=f"<mergeCells>{ranges}</mergeCells>"))
    assert cells(table) == [
        ["Байгууллага", "Нэр", "Утас"],
        ["ГИХАЭГ", "Бат", "1"],
        ["ГИХАЭГ", "Дорж", "2"],
        ["Өөр", "Сүх", "3"],
    ]
    assert [row.notes for row in table.rows] == [[], [], [Note("merged", {"columns": ["A"], "start": "A2"})], []]


def test_merged_cells_without_end_are_filled_to_a_limit_and_said_so():
    maker, _rows = HOSTILE["merged a hundred thousand times"]
    table = read_upload("list.xlsx", maker())
    assert [note for note in table.notes if note.code == "merged_not_filled"] == [
        Note("merged_not_filled", {"limit": 5_000}),
        Note("merged_not_filled", {"limit": 50_000}),
    ]


def test_long_text_is_cut_and_said_so():
    table = read_upload("list.xlsx", make.workbook(make.text_row(2, "Нэр", "ү" * 501)))
    assert cells(table) == [["Нэр", "ү" * 500]]
    assert table.rows[0].notes == [Note("cut", {"columns": ["B"], "limit": 500})]
    assert table.notes == [Note("cut", {"count": 1, "limit": 500})]


def test_characters_no_database_can_hold_are_left_out_and_said_so():
    table = read_upload("list.xlsx", make.workbook(make.text_row(1, "Б_x0000_ат", "_x0007_", "_xD83D__xDE00_", "_xD83D_x")))
    assert cells(table) == [["Бат", "", "😀", "\ufffdx"]]
    assert table.rows[0].notes == [Note("control_characters", {"columns": ["A", "B"]})]


def test_as_many_rows_and_columns_as_allowed_are_read():
    table = read_upload("list.xlsx", write_xlsx(["x"] * 100, [["x"] * 100] * 20))
    assert (len(table.rows), table.width) == (21, 100)
    assert refused(write_xlsx(["x"] * 101, [])) == "too_many_columns"
    assert len(read_upload("list.xlsx", write_xlsx(["x"], [["y"]] * 4999)).rows) == 5000
    assert refused(write_xlsx(["x"], [["y"]] * 5000)) == "too_many_rows"


# -- The process that reads ---------------------------------------------------------------------------------------------------


def test_the_reader_runs_alone_from_anywhere_and_knows_no_django(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('a stranger’s module was imported')")
    script = Path(spreadsheet_reader.__file__).resolve()
    done = subprocess.run(
        [sys.executable, "-I", "-X", "importtime", str(script), '{"memory": 536870912, "cpu": 10, "sheet": null}'],
        input=make.workbook(make.text_row(1, "Нэр")),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["rows"] == [{"number": 1, "cells": ["Нэр"], "notes": []}]
    assert b"django" not in done.stderr
    assert b"openpyxl" not in done.stderr


def test_the_reader_gets_no_secrets(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    seen = {}

    def run(*args, **details):
        seen.update(details)
        return subprocess.CompletedProcess(args, 0, stdout=b'{"refusal": "empty", "params": {}}')

    monkeypatch.setattr(subprocess, "run", run)
    assert refused(make.workbook("")) == "empty"
    assert "DATABASE_URL" not in seen["env"]


def test_a_file_that_takes_too_much_time_is_given_up(monkeypatch):
    endless = make.with_part("xl/sharedStrings.xml", "<sst>" + "<si/>" * 9_000_000 + "</sst>", strings="")
    monkeypatch.setattr(spreadsheets, "CHILD_CPU", 1)
    assert refused(endless) == "timeout"
    monkeypatch.setattr(spreadsheets, "CHILD_CPU", 10)
    monkeypatch.setattr(spreadsheets, "CHILD_WALL", 0.3)
    assert refused(endless) == "timeout"


def test_a_file_that_takes_too_much_memory_is_given_up(monkeypatch):
    if sys.platform == "darwin":
        pytest.skip("macOS does not limit the address space of a process")
    monkeypatch.setattr(spreadsheets, "CHILD_MEMORY", 96 * 1024 * 1024)
    assert refused(make.workbook(make.text_row(1, "ү" * 20_000_000))) == "bomb"


# -- Hostile files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence_or_read_without_harm(name):
    maker, expected = HOSTILE[name]
    data = maker()
    if isinstance(expected, int):
        assert len(read_upload("list.xlsx", data).rows) == expected
    else:
        assert refused(data) == expected


def read_flipped(seeds):
    good = saved(ministry_list())
    found = {"read": 0}
    for seed in seeds:
        try:
            read_upload("list.xlsx", make.flipped(good, seed))
            found["read"] += 1
        except UnreadableList as refusal:
            assert refusal.messages[0]
            found[refusal.code] = found.get(refusal.code, 0) + 1
    return found


def test_a_hundred_damaged_copies_are_read_or_refused():
    found = read_flipped(range(100))
    assert sum(found.values()) == 100
    assert found["damaged"] > 40
    assert found["read"] > 5


@pytest.mark.slow
def test_three_hundred_more_damaged_copies_are_read_or_refused():
    assert sum(read_flipped(range(100, 400)).values()) == 300


# -- Text and CSV -------------------------------------------------------------------------------------------------------------

FINANCE = (
    "№;Овог;Нэр;Албан тушаал;Утас\r\n"
    "1;Лувсан;Ганхїї;Мэргэжилтэн;99001122\r\n"
    "2;Дамба;Цэцэгмаа;Ахлах мэргэжилтэн;88002233\r\n"
    "3;Пїрэв;Єлзий;Хэлтсийн дарга;\r\n"
)
FINANCE_CELLS = [line.split(";") for line in FINANCE.splitlines()]


def test_windows_1251_is_recognised_and_its_letters_stay_as_they_are():
    table = read_upload("list.csv", FINANCE.encode("windows-1251"))
    assert table.source == "csv"
    assert cells(table) == FINANCE_CELLS
    assert table.notes == [Note("encoding", {"encoding": "windows-1251"})]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (FINANCE.encode(), None),
        (FINANCE.encode("utf-8-sig"), None),
        (b"\xff\xfe" + FINANCE.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + FINANCE.encode("utf-16-be"), "utf-16-be"),
        (FINANCE.encode("utf-16-le"), "utf-16-le"),
        (FINANCE.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_unicode_is_recognised_with_and_without_its_mark(data, encoding):
    table = read_upload("list.csv", data)
    assert cells(table) == FINANCE_CELLS
    assert [note.params["encoding"] for note in table.notes] == ([encoding] if encoding else [])


def test_a_western_file_keeps_its_accents():
    table = read_upload("list.csv", "No,Name,Post\n1,José,Attaché\n2,François,Chargé\n".encode("windows-1252"))
    assert cells(table)[1:] == [["1", "José", "Attaché"], ["2", "François", "Chargé"]]
    assert table.notes == [Note("encoding", {"encoding": "windows-1252"})]


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866", "mac-cyrillic"])
def test_an_encoding_that_cannot_be_told_is_doubted_aloud(encoding):
    data = FINANCE.replace("ї", "у").replace("Є", "Е").replace("№", "N").encode(encoding)
    try:
        assert "encoding_doubtful" in codes(read_upload("list.csv", data).notes)
    except UnreadableList as refusal:
        assert refusal.code in ("damaged", "not_a_spreadsheet")


@pytest.mark.parametrize("delimiter", ["\t", ";", ",", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_recognised(delimiter, line_end):
    text = line_end.join(delimiter.join(line) for line in FINANCE_CELLS)
    table = read_text(text)
    assert table.source == "text"
    assert cells(table) == FINANCE_CELLS
    assert table.notes == []


def test_the_delimiter_that_divides_evenly_wins():
    assert cells(read_text("Дорж, Бат;дарга\nДулам;ахлах, зөвлөх, нарийн бичиг\nСүх;жолооч")) == [
        ["Дорж, Бат", "дарга"],
        ["Дулам", "ахлах, зөвлөх, нарийн бичиг"],
        ["Сүх", "жолооч"],
    ]
    assert cells(read_text("1;a, b;x\n2;c, d;y")) == [["1", "a, b", "x"], ["2", "c, d", "y"]]


def test_letterhead_over_a_pasted_table_does_not_hide_its_delimiter():
    table = read_text("ЯАМ\nНэрс, овог\n\nНэр\tУтас\nБат\t1\nДорж\t2")
    assert cells(table) == [["ЯАМ", ""], ["Нэрс, овог", ""], ["Нэр", "Утас"], ["Бат", "1"], ["Дорж", "2"]]
    assert numbers(table) == [1, 2, 4, 5, 6]


def test_lines_without_a_delimiter_are_one_column():
    assert cells(read_text("Б. Батбаяр\nБолдын Энхтуяа\n\nЦ.Нарантуяа\n")) == [
        ["Б. Батбаяр"],
        ["Болдын Энхтуяа"],
        ["Ц.Нарантуяа"],
    ]
    assert cells(read_text("Б. Батбаяр")) == [["Б. Батбаяр"]]


def test_the_line_with_which_excel_names_its_delimiter_is_no_row():
    table = read_upload("list.csv", b"sep=|\r\na|b;c,d\r\ne|f\r\n")
    assert [(row.number, row.cells) for row in table.rows] == [(1, ["a", "b;c,d"]), (2, ["e", "f"])]


def test_ragged_and_empty_rows_and_mixed_line_ends():
    table = read_text("a;b;c\r\nd\n;;\r\re;f;;;\n")
    assert [(row.number, row.cells) for row in table.rows] == [(1, ["a", "b", "c"]), (2, ["d", "", ""]), (5, ["e", "f", ""])]


def test_quoted_cells_may_hold_delimiters_quotation_marks_and_lines():
    table = read_text('Нэр,Тушаал\n"Дорж, Бат","Дарга\r\nзөвлөх"\n"Б ""Болд"" Х",""\nСүх,x')
    assert [(row.number, row.cells) for row in table.rows] == [
        (1, ["Нэр", "Тушаал"]),
        (2, ["Дорж, Бат", "Дарга\nзөвлөх"]),
        (3, ['Б "Болд" Х', ""]),
        (4, ["Сүх", "x"]),
    ]


def test_a_quotation_mark_that_is_never_closed_swallows_no_row():
    table = read_text('Нэр;Байгууллага\nБат;"Мөнх ХХК\nДорж;"Өнө" ХХК\nСүх;"Тэс"\nДулам;5" дэлгэц')
    assert cells(table) == [
        ["Нэр", "Байгууллага"],
        ["Бат", '"Мөнх ХХК'],
        ["Дорж", '"Өнө" ХХК'],
        ["Сүх", "Тэс"],
        ["Дулам", '5" дэлгэц'],
    ]
    assert {row.number: row.notes for row in table.rows if row.notes} == {2: [Note("quote_kept", {"columns": ["B"]})]}


def test_content_decides_not_the_name():
    assert read_upload("list.csv", saved(ministry_list())).source == "xlsx"
    assert read_upload("list.xlsx", FINANCE.encode()).source == "csv"
    assert read_upload("list.TXT", FINANCE.encode()).source == "text"
    assert cells(read_upload("PK.csv", b"PK;Name\n1;Bat")) == [["PK", "Name"], ["1", "Bat"]]


def test_a_web_page_or_nothing_pasted_is_refused():
    for text, code in (
        ("<table><tr><td>a</td></tr></table>", "not_a_spreadsheet"),
        (" \n\t", "empty"),
        ("a\0b", "not_a_spreadsheet"),
    ):
        with pytest.raises(UnreadableList) as caught:
            read_text(text)
        assert caught.value.code == code
    with pytest.raises(UnreadableList) as caught:
        read_text("ү" * 2_700_000)
    assert caught.value.code == "too_big"
    assert cells(read_text("<bat@mfa.example>;a\n<dorj@mfa.example>;b")) == [
        ["<bat@mfa.example>", "a"],
        ["<dorj@mfa.example>", "b"],
    ]


def test_damaged_text_is_read_or_refused():
    found = set()
    for seed in range(0, 400, 2):
        for data in (FINANCE.encode(), FINANCE.encode("utf-16"), FINANCE.encode("windows-1251")):
            try:
                found.add(read_upload("list.csv", make.flipped(data, seed)).source)
            except UnreadableList as refusal:
                found.add(refusal.code)
    assert {"csv", "damaged"} <= found <= {"csv", "damaged", "not_a_spreadsheet", "empty"}


def test_half_characters_in_pasted_text_are_left_out_and_said_so():
    table = read_text("Б\ud800ат;1\nДорж;2")
    assert cells(table) == [["Бат", "1"], ["Дорж", "2"]]
    assert table.rows[0].notes == [Note("control_characters", {"columns": ["A"]})]


def test_every_note_and_refusal_has_its_words():
    params = {
        "encoding": "x",
        "sheet": "x",
        "others": ["x", "y"],
        "sheets": ["x"],
        "count": 1,
        "columns": ["A"],
        "limit": 5,
        "start": "A1",
    }
    for code in spreadsheets.NOTES:
        assert "%(" not in str(Note(code, params))
    for code in spreadsheets._REFUSALS:
        assert "%(" not in spreadsheets._refusal(code, **params).messages[0]
    kinds = {spreadsheets._refusal("not_a_spreadsheet", kind=kind).messages[0] for kind in spreadsheets._NOT_A_SPREADSHEET}
    assert len(kinds) == len(spreadsheets._NOT_A_SPREADSHEET)


# -- Writing ------------------------------------------------------------------------------------------------------------------

DANGEROUS = ["＝1+1", "=1+1", "+976 99112233", "-1", "@SUM(A1)", "#N/A", "\t=1+1", "0099", "=cmd|' /C calc'!A0", "'=x", "a=b", ""]


def test_an_excel_file_written_holds_no_formula_and_comes_back_the_same():
    data = write_xlsx(["Нэр", "№"], [[text, 7] for text in DANGEROUS] + [[None, 1.5], ["a\x00\x0bb", 2]])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert {cell.data_type for line in sheet.iter_rows(max_col=1) for cell in line if cell.value is not None} == {"s"}
    assert [line[1].value for line in sheet.iter_rows(min_row=2)] == [7] * len(DANGEROUS) + [1.5, 2]
    table = read_upload("mended.xlsx", data)
    assert cells(table) == [["Нэр", "№"]] + [[text.strip(), "7"] for text in DANGEROUS] + [["", "1.5"], ["ab", "2"]]
    assert table.notes == []


def test_a_csv_file_written_holds_no_formula_and_comes_back_the_same():
    text = write_csv(["Нэр", "№"], [[text, 7] for text in DANGEROUS] + [['Дорж, "Бат"\nх', None]])
    assert text.startswith("\ufeffНэр,№\r\n")
    for line in csv.reader(io.StringIO(text.removeprefix("\ufeff"))):
        assert not line[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    table = read_upload("mended.csv", text.encode())
    # An apostrophe before "=" is the guard itself, in whosever file it stands.
    expected = [[{"'=x": "=x"}.get(text, text.strip()), "7"] for text in DANGEROUS]
    assert cells(table) == [["Нэр", "№"], *expected, ['Дорж, "Бат"\nх', ""]]
    assert table.notes == []
