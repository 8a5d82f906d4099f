"""Which column of a list holds what: from its headings, in Mongolian or English, and from what stands below them."""

import re
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from core import names

# What a column may hold, in the order in which it is offered.
FIELDS = {
    "full_name": _("Father's name and given name in one"),
    "given_name": _("Given name"),
    "patronymic": _("Father's name"),
    "clan_name": _("Clan name"),
    "name_latin": _("Name in Latin, in one"),
    "given_name_latin": _("Given name in Latin"),
    "patronymic_latin": _("Father's name in Latin"),
    "sex": _("Sex"),
    "organisation": _("Institution"),
    "department": _("Department"),
    "job_title": _("Job title"),
    "workplace": _("Institution and job in one"),
    "rank": _("Rank"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "note": _("Note"),
    "mixed": _("Everything in one"),
    "number": _("Number of the row"),
    "registration": _("Registration number (never kept)"),
    "not_kept": _("Not kept: birth date, diet, access needs"),
}
NAME_FIELDS = {"full_name", "given_name", "patronymic", "clan_name", "name_latin", "given_name_latin", "patronymic_latin", "mixed"}
# What must not stay anywhere once it is recognised.
FORGOTTEN = frozenset({"registration", "not_kept"})
SEVERAL = {"phone", "email", "note", "job_title", "department", "organisation", "mixed", "registration", "not_kept"}

# First fitting pattern wins; tried on the whole heading, then on its parts (Утас / Phone).
_PATTERNS = [
    ("name_latin", r"латин|latin|галиг|romani[sz]ed|англи(?:ар| үсг)|in english|passport name|паспортын дагуу"),
    ("registration", r"регистр|\bрд\b|иргэний үнэмлэх|registration n|register n|national id|\bid n|\bид дугаар|civil (?:id|reg)"),
    ("not_kept", r"паспорт|passport|төрсөн|\bнас\b|birth|\bage\b|хоол|diet|\bmeal|тусгай хэрэгцээ|access need|special need|бэрхшээл|disabilit|харшил|allerg|цусны"),
    ("email", r"\be ?-?mails?\b|\bи ?-?мэйл|имэйл|\bмэйл|\bмайл|э ?-?шуудан|цахим шуудан|цахим хаяг|шуудан"),
    ("phone", r"утас|phone|mobile|\btel\b|\bcell\b|холбоо барих|холбогдох|contact (?:no|num|det|info)|^contacts?$"),
    ("sex", r"хүйс|^хүйх$|\bsex\b|gender"),
    ("number", r"^(?:№|no|nr|num|number|n|#|д д|дд|д|дэс|дэс дугаар|дугаар|р н|ddugaar|row)$"),
    ("rank", r"\bцол|албаны зэрэг|зэрэг дэв|^зэрэг$|\bдэв\b|\branks?\b"),
    ("note", r"тайлбар|тэмдэглэл|нэмэлт|remark|\bnotes?\b|comment|аймаг|дүүрэг|\bсум\b|province|district|хэлний мэдлэг|хэлний түвшин|language|англи хэл"),
    ("workplace", r"(?:байгууллаг|ажлын газар|ажилладаг|organi[sz]ation|institution).*(?:тушаал|position|title)|(?:тушаал|position|title).*(?:байгууллаг|ажлын газар|organi[sz]ation|institution)"),
    ("job_title", r"тушаал|position|\bjob\b|\btitle\b|\bpost\b|designation|мэргэжил|^ажил$|ажил үүрэг|occupation"),
    ("organisation", r"байгууллаг|ажлын газар|ажилладаг|organi[sz]ation|institution|employer|work ?place|affiliation|^яам\b|^агентлаг|\bministry\b|\bagency\b"),
    ("department", r"хэлтэс|\bалба\b|нэгж|тасаг|^газар\b|department|division|\bunit\b|section|bureau"),
]
_PATTERNS = [(field, re.compile(pattern)) for field, pattern in _PATTERNS]
_FATHER_PHRASE = re.compile(r"эцэг ?(?:эхийн|ба эхийн)? нэр|эцгийн(?: эхийн)? нэр|эхийн нэр|father'?s?(?: mother'?s?)? name|mother'?s? name|family name|last name|surname|patronymic|овог|эцэг|эцгийн")
_GIVEN_PHRASE = re.compile(r"\bнэрс?\b|\bnames?\b|\bgiven\b|\bfirst\b|нэрс|өөрийн")
_CLAN_PHRASE = re.compile(r"ургийн|\bclan\b")

# Headings are made of these words alone; "Хөдөлмөрийн яам" and "Consular Department" are not.
_WORDS = frozenset(
    """№ # n no nr num number numbers row д р н дд дэс дугаар дугаарын овог нэр нэрс нэрийн эцэг эцгийн эх эхийн өөрийн ургийн бүтэн
    латин латинаар латины галиг галигаар англи англиар үсгээр үсгийн үсэг кирилл кириллээр монгол монголоор гадаад паспортын паспорт дагуу
    хүйс байгууллага байгууллагын яам яамны агентлаг агентлагийн газар газрын ажлын ажилладаг ажил үүрэг алба албан албаны тушаал тушаалын
    мэргэжил хэлтэс хэлтсийн нэгж тасаг цол зэрэг дэв утас утасны гар холбоо барих холбогдох и э мэйл мэйлийн имэйл майл шуудан цахим хаяг
    регистр регистрийн регистрын рд оролцогч оролцогчийн оролцогчдын оролцох хаагч хаагчийн хаагчдын ажилтан ажилтны тайлбар тэмдэглэл нэмэлт мэдээлэл аймаг
    дүүрэг сум хот хэл хэлний мэдлэг түвшин тусгай хэрэгцээ хоол хоолны гарын төрсөн он сар өдөр огноо нас ба болон мн en mn эрхэлсэн иргэний үнэмлэхний
    name names full given first last family surname father fathers father's mother mother's mothers s patronymic clan sex gender m f position job title post designation
    organisation organization institution institutions ministry agency employer workplace work place affiliation department division unit section
    bureau rank ranks phone phones telephone tel mobile cell contact contacts details info e mail email emails mails address of the and or in latin as passport per
    official officials official's participant participants participant's nominee nominees person persons remark remarks note notes comment comments
    province district city aimag language languages english skills diet dietary meal access needs need special allergies signature date birth age
    registration register id national civil current office government sending nominating your""".split()
)
_SENTENCE = re.compile(r"[^\w№#']+")


def _normal(text):
    return " ".join(_SENTENCE.sub(" ", names.repair(text)[0].lower().replace("’", "'")).replace("_", " ").split())


def field_of(text):
    """(field, certain) of a heading; ("", False) where it says nothing. Certain: made of nothing but words of headings."""
    if not text or len(text) > 90:
        return "", False
    whole = _normal(text)
    if not whole:
        return ("number", True) if text.strip() in {"№", "#"} else ("", False)
    certain = all(word in _WORDS or word.isdigit() for word in whole.split())
    found = _match(whole)
    if not found:
        for part in re.split(r"[/\n|()]", text):
            found = _match(_normal(part))
            if found:
                break
    return (found, certain) if found else ("", False)


def _match(text):
    for name, pattern in _PATTERNS[:1]:
        if pattern.search(text):
            if _FATHER_PHRASE.search(text) and not _GIVEN_PHRASE.search(_FATHER_PHRASE.sub(" ", text)):
                return "patronymic_latin"
            return "given_name_latin" if re.search(r"given|first|өөрийн", text) and not _FATHER_PHRASE.search(text) else name
    if _CLAN_PHRASE.search(text):
        return "clan_name"
    for name, pattern in _PATTERNS[1:]:
        if pattern.search(text):
            return name
    rest = _FATHER_PHRASE.sub(" ", text)
    father, given = rest != text, _GIVEN_PHRASE.search(rest)
    if father:
        return "full_name" if given else "patronymic"
    if given:
        return "full_name" if re.search(r"\bfull\b|бүтэн", text) else "given_name"
    return ""


@dataclass
class Layout:
    """Where things stand: row numbers of the headings, column → field, and what remains to be asked or said."""

    heading_rows: list[int] = field(default_factory=list)
    columns: dict[int, str] = field(default_factory=dict)
    headings: dict[int, str] = field(default_factory=dict)
    # «Овог» alone may mean the father's name, the clan, or a column that holds both names.
    ask_ovog: int | None = None
    second_table: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)


_ADDRESS = re.compile(r"\S@|@\S")
_PHONE = re.compile(r"(?:\+?976[\s-]?)?\(?\d(?:[\s().-]?\d){5,15}")
_JOB = re.compile(
    r"дарга|мэргэжилтэн|зөвлөх|ахлах|нарийн бичиг|захирал|менежер|ажилтан|референт|атташе|байцаагч|эрхлэгч|хуульч|судлаач|нягтлан|"
    r"director|officer|specialist|head\b|advis[eo]r|secretary|attach|manager|expert|chief|minister\b|consultant|analyst|coordinator|lawyer|"
    r"inspector|economist|assistant|deputy",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:яам|агентлаг|газар|төв|хороо|зөвлөл|сургууль|тамгын газар|холбоо|нийгэмлэг|сан|яамны|газрын)\b|"
    r"\bministry|\bagency|\bauthority|\bcouncil|\bcommittee|\buniversity|\bassociation|\bfederation|\bcommission",
    re.IGNORECASE,
)
_DEPARTMENT = re.compile(r"хэлтэс|тасаг|\bалба\b|department|division|\bunit\b|section", re.IGNORECASE)
_ACRONYM = re.compile(r"[А-ЯЁӨҮЇЄA-Z]{2,9}")
_NAME_WORD = r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*\.?"
_NAME = re.compile(rf"(?:\d+\s*[.)]\s*)?{_NAME_WORD}(?:[\s.,]+{_NAME_WORD}){{0,3}}")
SEXES = {
    "эр": "m", "эрэгтэй": "m", "э": "", "эм": "f", "эмэгтэй": "f", "m": "m", "male": "m", "м": "m", "man": "m", "mr": "m",
    "f": "f", "female": "f", "ф": "f", "ж": "f", "woman": "f", "w": "f", "ms": "f", "mrs": "f", "er": "m", "em": "f",
}  # fmt: skip


def looks_like_address(text):
    return bool(_ADDRESS.search(text))


_DATE = re.compile(r"\d{4}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{1,2}|\d{1,2}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{4}")


def looks_like_phone(text):
    match = _PHONE.search(text)
    return bool(match) and not _DATE.search(text) and len(re.sub(r"[^\W\d_]", "", text)) > len(text) / 2 and len(re.findall(r"\d", text)) >= 6


def looks_like_job(text):
    return bool(_JOB.search(text)) and not looks_like_address(text)


def looks_like_body(text):
    """Whether it reads like an institution: ends or begins as one, or is an acronym alone."""
    return bool(_BODY.search(text)) or bool(_ACRONYM.fullmatch(text.strip()))


def looks_like_name(text):
    """One to four words, each with a capital, and none that belongs to a job or an institution."""
    text = names.repair(text)[0].strip()
    if not _NAME.fullmatch(text) or _JOB.search(text) or _BODY.search(text) or len(text) > 80:
        return False
    words = re.findall(_NAME_WORD, text)
    return bool(words) and all(word[0].isupper() for word in words) and len(text) > 1 and not (len(words) == 1 and text.isupper() and len(text) < 7)


def looks_like_sex(text):
    return text.strip().lower().rstrip(".") in SEXES


def guess(rows, width):
    """The layout of a list: `rows` are (number, cells) as read."""
    found = _heading_rows(rows[:60])
    layout = Layout(heading_rows=[number for number, _cells in found])
    body = [cells for number, cells in rows if not found or number > found[-1][0]][:300]
    if found:
        _from_headings(layout, found, width)
    _from_content(layout, body, width, headed=bool(found))
    _mend_names(layout, body)
    layout.left_out = [
        column
        for column in range(width)
        if not layout.columns.get(column) and column not in layout.second_table and any(cells[column] for cells in body)
    ]
    return layout


def _heading_rows(rows):
    """The first row that reads as headings, and those right below it that belong to it."""
    for place, (_number, cells) in enumerate(rows):
        if _is_heading(cells):
            found = [rows[place]]
            for below in rows[place + 1 : place + 3]:
                filled = [cell for cell in below[1] if cell]
                above = found[-1][1]
                counted = [cell for cell in filled if re.fullmatch(r"\(?\d{1,2}[.)]?", cell)]
                second = sum(field_of(cell)[1] for cell in filled)
                if len(filled) > 1 and len(counted) == len(filled) and int(re.sub(r"\D", "", filled[0])) in {0, 1}:
                    # "1 2 3 4 …" under the headings; a row of people never consists of small numbers only.
                    found.append(below)
                elif second and all(field_of(cell)[1] or cell in above for cell in filled) and _no_data(filled):
                    found.append(below)
                else:
                    break
            return found
    # A single column with a heading of its own.
    for place, (_number, cells) in enumerate(rows[:5]):
        filled = [cell for cell in cells if cell]
        if len(filled) == 1 and field_of(filled[0])[1] and field_of(filled[0])[0] in NAME_FIELDS and len(rows) > place + 1:
            return [rows[place]]
    return []


def _no_data(cells):
    return not any(looks_like_address(cell) or len(re.findall(r"\d", cell)) > 4 for cell in cells)


def _is_heading(cells):
    filled = [cell for cell in cells if cell]
    distinct = list(dict.fromkeys(filled))
    if len(distinct) < 2 or not _no_data(filled):
        return False
    certain = {field_of(cell)[0] for cell in distinct if field_of(cell)[1]}
    known = sum(bool(field_of(cell)[0]) for cell in distinct)
    people = certain & (NAME_FIELDS | {"phone", "email", "organisation", "job_title"})
    return len(certain) >= 2 and bool(people) and 2 * known >= len(distinct)


def is_heading_again(cells, layout):
    """Whether a row further down repeats the headings, as it does on every page of a printed list."""
    filled = {_normal(cell) for cell in cells if cell}
    own = {_normal(text) for text in layout.headings.values() if text}
    return len(filled) >= 2 and (_is_heading(cells) or filled <= own)


def _from_headings(layout, found, width):
    for column in range(width):
        texts = [cells[column] for _number, cells in found if cells[column] and not cells[column].isdigit()]
        layout.headings[column] = " / ".join(dict.fromkeys(texts))
    fields = {}
    for column in range(width):
        for _number, cells in reversed(found):  # the lower heading says more than the one over several columns
            name, _certain = field_of(cells[column])
            if name:
                fields[column] = name
                break
    # The same headings once more to the right: another table.
    order = [column for column in sorted(fields) if fields[column]]
    names_at = [column for column in order if fields[column] in {"full_name", "given_name", "name_latin"}]
    if len(names_at) >= 2:
        first = order.index(names_at[0])
        for start in order[first + 1 :]:
            right = [fields[column] for column in order if column >= start]
            left = [fields[column] for column in order if column < start]
            if len(right) >= 2 and right == left[: len(right)] and len(right) >= len(left) - 1:
                layout.second_table = list(range(start, width))
                break
    taken = Counter()
    for column in order:
        if column in layout.second_table:
            continue
        name = fields[column]
        if taken[name] and name not in SEVERAL:
            continue
        taken[name] += 1
        layout.columns[column] = name
        if name == "patronymic" and re.fullmatch(r"овог", _normal(layout.headings[column])):
            layout.ask_ovog = column


def _share(cells, test):
    filled = [cell for cell in cells if cell]
    return sum(map(test, filled)) / len(filled) if filled else 0


def _from_content(layout, body, width, *, headed):
    """Fills what the headings left open; mends what they say against all that stands below."""
    columns = {column: [cells[column] for cells in body] for column in range(width)}
    present = set(layout.columns.values())
    free = [
        column for column in range(width) if column not in layout.columns and column not in layout.second_table and any(columns[column])
    ]
    by_heading = {column: name for column, name in layout.columns.items()}
    for column, name in by_heading.items():
        if name not in FORGOTTEN | {"note", "email", "mixed"} and "email" not in present and _share(columns[column], _is_one_address) > 0.6:
            layout.columns[column] = "email"
            present.add("email")
    if headed and not free:
        return
    if not headed:
        filled = [column for column in range(width) if any(columns[column])]
        most = max(filled, key=lambda column: sum(map(bool, columns[column])), default=None)
        if most is not None and len(filled) == 1 and _share(columns[most], looks_like_name) < 0.6:
            layout.columns[most] = "mixed"
            return
        if filled and _is_ragged(body, filled) and _share(columns[filled[0]], begins_with_name) > 0.5 > _share(columns[filled[0]], looks_like_name) - 0.3:
            # Lines that somebody typed, each cut at other places: every line is read as a whole.
            layout.columns.update(dict.fromkeys(filled, "mixed"))
            return
    tests = [
        ("email", looks_like_address, 0.5),
        ("sex", looks_like_sex, 0.7),
        ("number", lambda cell: re.fullmatch(r"№?\s*\d{1,4}[.)]?(?:\.0)?", cell) is not None, 0.8),
        ("phone", looks_like_phone, 0.5),
        ("job_title", looks_like_job, 0.4),
        ("organisation", looks_like_body, 0.5),
        ("department", lambda cell: bool(_DEPARTMENT.search(cell)), 0.4),
    ]
    for name, test, least in tests:
        best = [(share, -column) for column in free if (share := _share(columns[column], test)) >= least]
        if not best or name in present:
            continue
        column = -max(best)[1]
        layout.columns[column] = name
        free.remove(column)
        present.add(name)
    if present & NAME_FIELDS:
        return
    people = [column for column in free if _share(columns[column], looks_like_name) >= 0.5]
    if len(people) >= 2 and people[1] == people[0] + 1 and _share(columns[people[0]], _one_word) > 0.7 and _share(columns[people[1]], _one_word) > 0.7:
        first, second = people[:2]
        cyrillic = _share(columns[first], names.is_cyrillic) > 0.5
        short = _share(columns[second], names.is_initial) > 0.5
        order = ("patronymic", "given_name") if cyrillic and not short else ("given_name", "patronymic")
        layout.columns[first], layout.columns[second] = order
    elif people:
        layout.columns[people[0]] = "full_name"
    elif free:
        # Better some column of words than none: the rows then say what is wrong.
        wordy = max(free, key=lambda column: (_share(columns[column], lambda cell: any(map(str.isalpha, cell))), -column))
        several = sum(1 for column in columns if any(columns[column])) > 1
        layout.columns[wordy] = "full_name" if several else "mixed"


def _is_ragged(body, filled):
    widths = Counter(sum(bool(cells[column]) for column in filled) for cells in body)
    return len(filled) > 1 and max(widths.values(), default=0) < 0.7 * sum(widths.values())


_NUMBERED = re.compile(r"^\s*(?:№\s*)?\d{1,4}\s*[.)\]:-]\s*|^\s*№?\s*\d{1,4}\s+(?=[^\W\d_])")


def without_number(text):
    """A line without the number that stands before it."""
    return _NUMBERED.sub("", text)


def begins_with_name(text):
    """Whether a line begins with a name: initial and name, or two capitalised words that are no institution."""
    text = without_number(text)
    head = re.split(r"[,;|(]|\s[-–—]\s", text)[0].strip()
    return looks_like_name(head) or re.match(r"[^\W\d_]{1,2}\.\s*[^\W\d_]{2,}", head) is not None


def _is_one_address(cell):
    return re.fullmatch(r"\S+@\S+", cell.strip()) is not None


def _one_word(cell):
    return len(cell.split()) == 1 and "." not in cell.strip(".")


def _mend_names(layout, body):
    """"Нэр" over whole names is a column of whole names; "Овог" over clans is the clan."""
    where = {name: column for column, name in layout.columns.items()}
    if "given_name" in where and "patronymic" not in where:
        layout.columns[where["given_name"]] = "full_name"
    if "patronymic" in where and not {"given_name", "full_name"} & set(where):
        layout.columns[where["patronymic"]] = "full_name"
        layout.ask_ovog = None
    for name in ("full_name", "given_name"):
        column = where.get(name)
        if column is not None and layout.columns[column] == "full_name" and _share([cells[column] for cells in body], _holds_everything) > 0.5:
            layout.columns[column] = "mixed"


def _holds_everything(cell):
    return looks_like_address(cell) or looks_like_phone(cell) or (cell.count(",") + cell.count(";") >= 2)
