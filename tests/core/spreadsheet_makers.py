"""Makes the files that the tests of core.spreadsheets read: good ones, strange ones and hostile ones."""

import io
import random
import struct
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def parts(sheet_data="", *, after="", before="", strings=None, styles=None, workbook=None):
    """The parts of a workbook with one sheet, named "List"; `sheet_data` is XML inside <sheetData>."""
    related = f'<Relationship Id="r1" Type="{RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
    found = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": workbook
        or f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets><sheet name="List" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{before}<sheetData>{sheet_data}</sheetData>{after}</worksheet>',
    }
    if strings is not None:
        found["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
        related += f'<Relationship Id="r2" Type="{RELATED}/sharedStrings" Target="sharedStrings.xml"/>'
    if styles is not None:
        found["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
        related += f'<Relationship Id="r3" Type="{RELATED}/styles" Target="/xl/styles.xml"/>'
    found["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'
    return found


def pack(contents, method=zipfile.ZIP_DEFLATED):
    """An archive of the parts, given by name or as (name, content) pairs; content is text or bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        for name, content in contents.items() if isinstance(contents, dict) else contents:
            archive.writestr(name, content)
    return out.getvalue()


def workbook(sheet_data="", **details):
    return pack(parts(sheet_data, **details))


def with_part(name, content, sheet_data=None, **details):
    """A good workbook in which one part is another, or one more."""
    return pack(parts(text_row(1, "Нэр") if sheet_data is None else sheet_data, **details) | {name: content})


def text_row(number, *texts):
    """One row of cells that carry their text themselves."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    cells = "".join(
        f'<c r="{letters[column]}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for column, text in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'


def encrypted_flag():
    """A good workbook whose directory says that its parts are encrypted."""
    data = bytearray(workbook(text_row(1, "Нэр")))
    at = 0
    while (at := data.find(b"PK\1\2", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def lying_size():
    """A part of 60 MB whose headers state 1,000 bytes."""
    data = bytearray(with_part("xl/extra.xml", b" " * 60_000_000))
    for sign, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = 0
        while (at := data.find(sign, at)) >= 0:
            if struct.unpack_from("<I", data, at + place)[0] == 60_000_000:
                struct.pack_into("<I", data, at + place, 1000)
            at += 4
    return bytes(data)


def office_97(entry):
    """The container of Office 97 with one entry of that name in its directory."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + entry.encode("utf-16-le") + bytes(1000)


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>{{}}</sheetData></worksheet>'


def hostile():
    """Name → (maker of the bytes, the code of the refusal or the number of rows that a harmless reading gives)."""
    sheet, strings = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    one = text_row(1, "Нэр")
    padding = " " * (65_536 - len("<!DOC"))
    noise = random.Random(7).randbytes
    return {
        "rows without end": (lambda: workbook("<row><c><v>1</v></c></row>" * 2_100_000), "bomb"),
        "a million rows": (lambda: workbook("<row><c><v>1</v></c></row>" * 1_000_000), "too_many_rows"),
        "a million empty rows": (lambda: workbook(one + "<row/>" * 1_000_000), 1),
        "a cell of 60 MB": (lambda: workbook(text_row(1, "x" * 60_000_000)), "bomb"),
        "a cell of 40 MB": (lambda: workbook(text_row(1, "x" * 40_000_000)), 1),
        "a picture of 60 MB": (lambda: with_part("xl/media/image1.png", bytes(60_000_000)), "bomb"),
        "a size that lies": (lambda: lying_size(), "damaged"),
        "a cell in the last corner": (
            lambda: workbook(one + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
            "too_many_columns",
        ),
        "a cell in the last row": (lambda: workbook(one + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), 2),
        "a cell past the last row": (lambda: workbook(one + '<row r="1048577"><c r="A1048577"><v>1</v></c></row>'), "damaged"),
        "a row past all numbers": (lambda: workbook(f'<row r="{"9" * 5000}"><c><v>1</v></c></row>'), "damaged"),
        "everything merged": (lambda: workbook(one, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'), 1),
        "merged a hundred thousand times": (
            lambda: workbook(
                "".join(text_row(number, "x", "", "z") for number in range(1, 1001)),
                after=f"<mergeCells>{'<mergeCell ref="A1:C1000"/>' * 100_000}</mergeCells>",
            ),
            1000,
        ),
        "one long text in every cell": (
            lambda: workbook(f"<row>{'<c t="s"><v>0</v></c>' * 100}</row>" * 4000, strings=f"<si><t>{'ү' * 500}</t></si>"),
            "bomb",
        ),
        "an outside entity": (
            lambda: with_part(
                sheet, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + SHEET.format(text_row(1, "&e;"))
            ),
            "damaged",
        ),
        "entities in entities": (
            lambda: with_part(strings, ENTITIES + "<sst><si><t>&c;</t></si></sst>", strings=""),
            "damaged",
        ),
        "entities in UTF-16": (lambda: with_part("xl/unused.xml", ENTITIES.encode("utf-16")), "damaged"),
        "entities in UTF-16 of the other order": (
            lambda: with_part("xl/unused.xml", b"\xfe\xff" + ENTITIES.encode("utf-16-be")),
            "damaged",
        ),
        "a document type across two chunks": (lambda: with_part("xl/unused.xml", padding + "<!DOCTYPE x><x/>"), "damaged"),
        "entities in an encoding of mainframes": (
            lambda: with_part(
                sheet, b'<?xml version="1.0" encoding="cp037"?>' + (ENTITIES + SHEET.format(text_row(1, "a"))).encode("cp037")
            ),
            "damaged",
        ),
        "entities in a picture that is the sheet": (
            lambda: pack(
                {name: content.replace("worksheets/sheet1.xml", "media/a.svg") for name, content in parts(one).items()}
                | {"xl/media/a.svg": ENTITIES + SHEET.format(text_row(1, "&c;"))}
            ),
            "damaged",
        ),
        "a path upwards": (lambda: with_part("../../etc/cron.d/x", "x"), "damaged"),
        "a path from the root": (lambda: with_part("/etc/passwd", "x"), "damaged"),
        "a path of Windows": (lambda: with_part("xl\\..\\x", "x"), "damaged"),
        "a part twice": (lambda: pack([*parts(one).items(), (sheet.upper(), SHEET.format(""))]), "damaged"),
        "two hundred parts": (lambda: pack(parts(one) | {f"xl/extra{number}.xml": "" for number in range(200)}), "bomb"),
        "another compression": (lambda: pack(parts(one), zipfile.ZIP_LZMA), "damaged"),
        "encrypted parts": (lambda: encrypted_flag(), "encrypted"),
        "an encrypted workbook": (lambda: office_97("EncryptedPackage"), "encrypted"),
        "half a file": (lambda: workbook(one)[:700], "damaged"),
        "no list of contents": (
            lambda: pack({name: content for name, content in parts(one).items() if "Types" not in name}),
            "not_a_spreadsheet",
        ),
        "no workbook": (
            lambda: pack({name: content for name, content in parts(one).items() if "workbook.xml" not in name}),
            "not_a_spreadsheet",
        ),
        "no sheet": (lambda: pack({name: content for name, content in parts(one).items() if "sheet1" not in name}), "damaged"),
        "a sheet outside": (
            lambda: with_part(
                "xl/_rels/workbook.xml.rels",
                f'<Relationships xmlns="{PACKAGE}/relationships">'
                f'<Relationship Id="r1" Type="{RELATED}/worksheet" Target="../../../../etc/passwd"/></Relationships>',
            ),
            "damaged",
        ),
        "a text document": (lambda: pack({"[Content_Types].xml": "", "word/document.xml": ""}), "not_a_spreadsheet"),
        "a binary workbook": (lambda: pack({"[Content_Types].xml": "", "xl/workbook.bin": ""}), "not_a_spreadsheet"),
        "an open document": (
            lambda: pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}),
            "not_a_spreadsheet",
        ),
        "an empty archive": (lambda: pack({}), "not_a_spreadsheet"),
        "a string that is not there": (
            lambda: workbook('<row><c t="s"><v>7</v></c></row>', strings="<si><t>a</t></si>"),
            "damaged",
        ),
        "a string before the first": (
            lambda: workbook('<row><c t="s"><v>-1</v></c></row>', strings="<si><t>a</t></si>"),
            "damaged",
        ),
        "a cell nowhere": (lambda: workbook('<row><c r="1A"><v>1</v></c></row>'), "damaged"),
        "two cells in one place": (lambda: workbook('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'), "damaged"),
        "numbers that are none": (
            lambda: workbook("<row><c><v>1e999</v></c><c><v>nan</v></c><c><v>--1</v></c><c s='x'><v>1</v></c></row>"),
            1,
        ),
        "a day after all days": (
            lambda: workbook("<row><c s='0'><v>99112233</v></c></row>", styles="<cellXfs><xf numFmtId='14'/></cellXfs>"),
            1,
        ),
        "nested without end": (lambda: with_part(sheet, SHEET.format("<a>" * 300_000)), "damaged"),
        "cut XML": (lambda: with_part(sheet, SHEET.format(one)[:-20]), "damaged"),
        "an old workbook": (lambda: office_97("Workbook"), "not_a_spreadsheet"),
        "an old text": (lambda: office_97("WordDocument"), "not_a_spreadsheet"),
        "a PDF": (lambda: b"%PDF-1.7\n" + noise(500), "not_a_spreadsheet"),
        "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + noise(500), "not_a_spreadsheet"),
        "noise": (lambda: noise(5000), "not_a_spreadsheet"),
        "a web page": (lambda: "\ufeff  <!-- x --><TABLE><tr><td>Нэр</td></tr></TABLE>".encode(), "not_a_spreadsheet"),
        "a workbook of 2003": (lambda: b'<?xml version="1.0"?><Workbook/>', "not_a_spreadsheet"),
        "text with NUL": (lambda: "Нэр;Овог\0\n".encode(), "not_a_spreadsheet"),
        "more than 5 MB": (lambda: b"a" * (5 * 1024 * 1024 + 1), "too_big"),
        "nothing": (lambda: b"", "empty"),
        "space": (lambda: b"\xef\xbb\xbf \r\n\t\r\n", "empty"),
        "an empty sheet": (lambda: workbook(""), "empty"),
        "five thousand and one lines": (lambda: b"a;b\n" * 5001, "too_many_rows"),
        "lines without end": (lambda: b"a" + b"\n" * 5_000_000, 1),
        "lines without end before the last": (lambda: b"\n" * 5_000_000 + b"a", "too_many_rows"),
        "a hundred and one columns": (lambda: b";".join([b"x"] * 101), "too_many_columns"),
        "delimiters without end": (lambda: b"," * 5_000_000, "too_many_columns"),
        "one quotation mark": (lambda: b'"' + b"a,b\n" * 1000, 1000),
        "quotation marks without end": (lambda: b'"a,' * 1_600_000, "too_many_columns"),
        "quotation marks on every line": (lambda: b'"a,"b,"c\n' * 4000, 4000),
        "only quotation marks": (lambda: b'"' * 5_000_000, 1),
        "damaged UTF-8": (lambda: "Нэр;Овог\n".encode() * 50 + b"\xd0\n", "damaged"),
        "half a character of UTF-16": (lambda: b"\xff\xfe" + "Нэр".encode("utf-16-le") + b"\x04", "damaged"),
        "half a pair of UTF-16": (lambda: b"\xff\xfe" + "Нэр".encode("utf-16-le") + b"\x00\xd8", "damaged"),
    }


def flipped(data, seed):
    """A copy with some bits changed: in the file itself (sometimes cut), or one in a part that is packed anew, so that no
    checksum shows it."""
    chance = random.Random(seed)
    if seed % 2:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            contents = {name: archive.read(name) for name in archive.namelist() if "theme" not in name}
        name = chance.choice([name for name in contents if name.startswith("xl/")])
        return pack(contents | {name: flipped(contents[name], 1000 + seed * 2)})
    copy = bytearray(data)
    for _ in range(chance.randint(1, 8) if seed < 1000 else 1):
        copy[chance.randrange(len(copy))] ^= 1 << chance.randrange(8)
    return bytes(copy[: chance.randrange(len(copy))] if chance.random() < 0.1 else copy)
