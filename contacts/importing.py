"""One row of somebody's list read into a person's details; what is not sure is said, and nothing is thrown away unsaid."""

import re
import unicodedata
from dataclasses import dataclass, field

from contacts import headings
from contacts.headings import FORGOTTEN, SEVERAL, SEXES
from contacts.remarks import remark
from core import emails, names, phones

# What a row is read into, with the most characters that the tables take.
DETAILS = {
    "given_name": 100, "patronymic": 100, "clan_name": 100, "given_name_latin": 100, "patronymic_latin": 100, "sex": 7,
    "organisation": 500, "department": 200, "job_title": 200, "rank": 100, "phone": 300, "email": 300, "note": 2000,
}  # fmt: skip
NOTE_KEPT = 300  # characters of the note that a registration takes


@dataclass
class Reading:
    """`details` (keys of DETAILS) as text, with remarks in `notes` and `errors`."""

    details: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    def note(self, code, about="", /, **params):
        self.notes.append(remark(code, about, **params))

    def error(self, code, about="", /, **params):
        self.errors.append(remark(code, about, **params))

    def add_to_note(self, text):
        if text:
            self.details["note"] = "; ".join(filter(None, [self.details.get("note", ""), text]))


# Before anything is stored ------------------------------------------------------------------------------------


def without_secrets(cells, columns=()):
    """The cells without registration numbers, and without what stands in columns that are never kept; how many went."""
    kept, dropped = [], 0
    for column, cell in enumerate(cells):
        if column in columns:
            dropped += bool(cell)
            kept.append("")
            continue
        text, count = names.drop_registration_numbers(cell)
        kept.append(text)
        dropped += count
    return kept, dropped


# What a row is ------------------------------------------------------------------------------------------------

_TOTAL = re.compile(r"(?:нийт|бүгд|дүн|niit|total|all|sum)\b(?!\s+[^\W\d_]+\s+[^\W\d_]+\s+[^\W\d_]+)", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"(?:жагсаалт(?:ыг)?\s+(?:гаргасан|гаргав|нэгтгэсэн|үйлдсэн)|гаргасан|хянасан|баталсан|батлав|зөвшөөрсөн|танилцсан|хүлээн авсан|"
    r"тамга|гарын үсэг|prepared by|approved by|compiled by|signed|signature|stamp)\b",
    re.IGNORECASE,
)
_ONLY_NUMBER = re.compile(r"№?\s*\d{1,4}\s*[.)]?(?:\.0)?")


def kind_of(cells, columns, institutions=None):
    """ "person", or why a row names nobody: nearly_empty, total, signature, section, text_only."""
    by_field = _by_field(cells, columns)
    filled = list(dict.fromkeys(cell for cell in cells if cell))
    telling = [cell for cell in filled if not _ONLY_NUMBER.fullmatch(cell)]
    if not telling:
        return "nearly_empty" if len(filled) < 3 else "text_only"
    reachable = any(headings.looks_like_address(cell) or headings.looks_like_phone(cell) for cell in filled)
    if _TOTAL.match(telling[0]) and not reachable:
        return "total"
    if any(map(_SIGNATURE.match, telling)) and not reachable:
        return "signature"
    if not any(map(str.isalpha, "".join(telling))) and not reachable:
        return "text_only"
    name = next((by_field[key] for key in headings.NAME_FIELDS if by_field.get(key)), "")
    if len(telling) == 1 and not reachable:
        text = telling[0]
        found = institutions.find(text) if institutions else None
        if found and (found.organisation or found.candidates) and found.how in {"name", "acronym"}:
            return "section"
        if found and found.how == "part" and not headings.looks_like_job(text) and not re.search(r"[,;]", text):
            return "section"
        if headings.looks_like_name(names.drop_registration_numbers(text)[0]) and name:
            return "person"
        if headings.looks_like_body(text):
            return "section"
        if name and headings.begins_with_name(text):
            return "person"
        if name and "=" not in text[:1] and ":" not in text and len(text) <= 60 and len(text.split()) <= 4 and any(map(str.isupper, text)):
            return "person"
        return "text_only"
    if not name and not reachable and not by_field.get("job_title"):
        return "text_only"
    return "person"


def _by_field(cells, columns):
    """Field → text of its columns; those that may stand several times are joined."""
    found = {}
    for column in sorted(columns):
        name, cell = columns[column], cells[column] if column < len(cells) else ""
        if not name or not cell:
            continue
        if name in found and name in SEVERAL:
            if cell not in found[name]:
                found[name] += f", {cell}" if name != "note" else f"; {cell}"
        elif name not in found:
            found[name] = cell
    return found


# Reading ------------------------------------------------------------------------------------------------------


def read(cells, columns, *, options=None, institutions=None, given_names=frozenset(), headed=None):
    """A row that names somebody, read by `columns` (column → field). `options`: ovog {father, clan, both}, order {father, given}.

    `given_names`: search keys known as given names. `headed`: columns that have a heading; what stands outside all
    columns and headings goes into the note.
    """
    options, headed = options or {}, headed or set()
    reading = Reading()
    mended = _slipped_back(cells, columns)
    if mended is not None:
        cells = mended
        reading.error("shifted")
    columns = dict(columns)
    if options.get("ovog") in {"clan", "both"}:
        for column, name in columns.items():
            if name == "patronymic":
                columns[column] = "clan_name" if options["ovog"] == "clan" else "full_name"
                break
    by_field = _by_field(cells, columns)
    for column, cell in enumerate(cells):
        if cell and column not in columns and column not in headed:
            reading.add_to_note(cell)
            reading.note("extra_cells", "note", text=cell)
    if "mixed" in by_field:
        _take_apart(by_field, institutions, reading)
    if "workplace" in by_field:
        _split_workplace(by_field, institutions)
    letters = {}
    for name in ("organisation", "department", "job_title", "rank", "note"):
        if by_field.get(name):
            text, repairs = names.repair(by_field[name].replace("\n", " "))
            letters |= {repair.before: repair.after for repair in repairs}
            if name == "note":
                reading.add_to_note(text)
            else:
                reading.details[name] = text
    _read_email(by_field.get("email", ""), reading)
    _read_names(by_field, options, given_names, letters, reading)
    _read_phone(by_field.get("phone", ""), reading)
    _read_sex(by_field.get("sex", ""), reading)
    if letters:
        reading.note("letters", changes=[f"{before} → {after}" for before, after in letters.items()])
    if (place := _REPLACEMENT.search(reading.details.get("note", ""))) and not any(note["code"] == "in_place_of" for note in reading.notes):
        reading.note("in_place_of", "note", name=place["old"].strip(" ,;:-–") or reading.details["note"])
    for name, limit in DETAILS.items():
        if len(reading.details.get(name, "")) > limit:
            reading.error("too_long", name, limit=limit)
    return reading


_TESTS = {
    "email": headings.looks_like_address,
    "phone": headings.looks_like_phone,
    "sex": headings.looks_like_sex,
    "job_title": headings.looks_like_job,
    "organisation": headings.looks_like_body,
    "given_name": headings.looks_like_name,
    "patronymic": headings.looks_like_name,
    "full_name": headings.looks_like_name,
}


def _misplaced(cells, columns):
    """(cells surely in a wrong column, cells surely in the right one)."""
    wrong = right = 0
    for column, name in columns.items():
        cell = cells[column] if column < len(cells) else ""
        if not cell or name in {"note", "mixed", ""}:
            continue
        address = headings.looks_like_address(cell)
        phone = not address and headings.looks_like_phone(cell)
        if (address and name != "email") or (phone and name not in {"phone", "number", "email"}):
            wrong += 1
        elif name in {"full_name", "given_name"} and re.fullmatch(r"\d{1,4}[.)]?", cell):
            wrong += 1
        elif test := _TESTS.get(name):
            right += bool(test(cell))
    return wrong, right


def _slipped_back(cells, columns):
    """The cells moved back to where they belong, where an address or a number shows that they slipped; else None."""
    wrong, right = _misplaced(cells, columns)
    if not wrong:
        return None
    best, best_right = None, right
    for start in range(len(cells)):
        tries = []
        if not cells[start]:
            tries.append([*cells[:start], *cells[start + 1 :], ""])
        if not cells[-1]:
            tries.append([*cells[:start], "", *cells[start:-1]])
        for moved in tries:
            now_wrong, now_right = _misplaced(moved, columns)
            if now_wrong == 0 and now_right > best_right:
                best, best_right = moved, now_right
    return best


# Names

_REPLACEMENT = re.compile(r"(?P<old>[^();,]*?)\s*\b(?:ы?н)?\s*оронд(?:\s+нь)?\b[\s:,–-]*|\bin place of\s+(?P<old_en>[^();,]+)", re.IGNORECASE)
_OROND = re.compile(r"\bоронд(?:\s+нь)?\b", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


def _clean_name(text, about, reading):
    """The name without numbering, brackets and symbols, each said in a note; "" and an error where it cannot be one."""
    text = text.replace("\n", " ").strip()
    if text.startswith("="):
        reading.error("name_formula", about)
        return ""
    for inside in _BRACKETS.findall(text):
        if _OROND.search(inside):
            reading.note("in_place_of", "note", name=_OROND.split(inside)[0].strip(" ,:-–") or inside)
            reading.add_to_note(inside)
        elif inside.strip():
            reading.note("in_brackets", "note", text=inside.strip())
            reading.add_to_note(inside.strip())
    text = _BRACKETS.sub(" ", text).strip()
    if _OROND.search(text):
        before, after = (part.strip(" ,;:-–—") for part in _OROND.split(text, maxsplit=1))
        pieces = [piece.strip() for piece in re.split(r"[,;]|\s[-–—]\s", before) if piece.strip()]
        if after:
            reading.note("in_place_of", "note", name=before or "—")
            reading.add_to_note(text)
            text = after
        elif len(pieces) == 2:
            reading.note("in_place_of", "note", name=pieces[1])
            reading.add_to_note(text)
            text = pieces[0]
        else:
            reading.error("replacement", about, text=text)
            reading.add_to_note(text)
            return text
    without_number = headings.without_number(text)
    if without_number != text:
        reading.note("numbered", about)
        text = without_number
    symbols = "".join(
        letter for letter in text if unicodedata.category(letter)[0] in "SCP" and letter not in ".-‐‑–—'’`ʼ\",;/&" or unicodedata.category(letter) in {"So", "Sk"}
    )
    if symbols := "".join(dict.fromkeys(symbols.replace("​", ""))):
        visible = "".join(letter for letter in symbols if unicodedata.category(letter)[0] != "C")
        text = "".join(" " if letter in symbols and letter in visible else letter for letter in text)
        text = "".join(letter for letter in text if letter not in symbols)
        if visible.strip("️"):
            reading.note("symbols", about, text=visible)
    text = " ".join(text.split())
    if re.search(r"\d", text):
        suggestion = " ".join(re.sub(r"\d+", " ", text).split()).strip(" .,-")
        reading.error("name_digits", about, suggestion=suggestion)
    return text


def _read_names(by_field, options, given_names, letters, reading):
    details = reading.details
    email = details.get("email", "").split(",")[0] or (by_field.get("email", "") if "@" in by_field.get("email", "") else "")
    cleaned = {}
    for name in ("full_name", "given_name", "patronymic", "clan_name", "name_latin", "given_name_latin", "patronymic_latin"):
        if by_field.get(name):
            clean = _clean_name(by_field[name], "given_name" if name in {"full_name", "name_latin"} else name, reading)
            text, repairs = names.repair(clean)
            letters |= {repair.before: repair.after for repair in repairs}
            cleaned[name] = text
    whole = cleaned.get("full_name", "")
    given, patronymic, clan = cleaned.get("given_name", ""), cleaned.get("patronymic", ""), cleaned.get("clan_name", "")
    capitals = False
    if whole and given:  # "Овог, нэр" beside "Нэр": the second says which part is the given name
        parsed = _parse(whole, email, given_names, options)
        if names.fold(parsed.given) == names.fold(given) or not parsed.patronymic:
            patronymic = patronymic or parsed.patronymic or (parsed.given if names.fold(parsed.given) != names.fold(given) else "")
        else:
            patronymic = patronymic or (parsed.given if names.fold(parsed.patronymic) == names.fold(given) else whole)
    elif whole or (given and not patronymic and len(given.replace(".", ". ").split()) > 1):
        whole = whole or given
        if len(re.findall(r"(?<![^\W\d_])[^\W\d_]{1,2}\.\s*[^\W\d_]{3,}", whole)) > 1:
            reading.error("several_people", "given_name")
        elif headings.looks_like_body(whole) and not re.search(r"\.", whole) and len(whole.split()) > 1 or headings.looks_like_job(whole):
            reading.error("name_is_body", "given_name")
        parsed = _parse(whole, email, given_names, options)
        given, patronymic, clan, capitals = parsed.given, parsed.patronymic, clan or parsed.clan, parsed.capitals
        if not parsed.order_certain and patronymic:
            reading.note("order_guessed", "given_name")
    elif given:
        parsed = names.parse(given)
        if parsed.initial and parsed.given:  # "Б.Батбаяр" although the father's name has a column of its own
            given, patronymic = parsed.given, patronymic or parsed.patronymic
        if names.is_initial(given) and not names.is_initial(patronymic) and patronymic:
            given, patronymic = patronymic, given
    capitals = capitals or any(len(part) > 3 and part.isupper() for part in (given, patronymic))
    if capitals:
        reading.note("capitals", "given_name", suggestion=[sentence_case(given), sentence_case(patronymic)])
    if clan:
        reading.note("clan", "clan_name", name=clan)
        details["clan_name"] = clan
    latin = cleaned.get("name_latin", "")
    if latin:
        parsed = _parse(latin, email, given_names, {})
        latin_given, latin_father = parsed.given, parsed.patronymic
        # The Cyrillic name says which is whose.
        if given and latin_father and names.fold(latin_father) == names.fold(given) != names.fold(latin_given):
            latin_given, latin_father = latin_father, latin_given
        details["given_name_latin"], details["patronymic_latin"] = latin_given, latin_father
    for name in ("given_name_latin", "patronymic_latin"):
        if cleaned.get(name):
            details[name] = cleaned[name]
    if names.is_latin(given):
        for name, text in (("given_name_latin", given), ("patronymic_latin", patronymic)):
            if text and not details.get(name):
                details[name] = text
            elif text and names.fold(text) != names.fold(details[name]):
                reading.add_to_note(text)
    else:
        details["given_name"], details["patronymic"] = given, patronymic
    if not given and not details.get("given_name_latin") and not any(error["field"] == "given_name" for error in reading.errors):
        reading.error("name_missing", "given_name")


def _parse(text, email, given_names, options):
    parsed = names.parse(text, email=email, given_names=given_names)
    if options.get("order") in {"father", "given"} and parsed.patronymic and not parsed.initial:
        words = text.replace(",", " ").split()
        if len(words) == 2:
            given, father = (words[1], words[0]) if options["order"] == "father" else (words[0], words[1])
            return names.ParsedName(given, father, capitals=parsed.capitals, clan=parsed.clan)
    return parsed


def sentence_case(name):
    """How a name in capitals would usually be written; offered, never done unasked."""
    return re.sub(r"[^\W\d_]+", lambda word: word[0][0] + word[0][1:].lower() if len(word[0]) > 2 and word[0].isupper() else word[0], name)


# The other cells


def _read_email(text, reading):
    if not text.strip():
        return
    pieces = [text]
    if len(re.findall(r"[^@\s]@[^@\s]", text)) > 1:
        pieces = [piece for piece in re.split(r"[\s,;/]+", text) if piece]
    addresses = []
    for piece in pieces:
        answer = emails.check(piece)
        if answer.error_code:
            reading.error("email", "email", code=answer.error_code, reason=answer.note, suggestion=_suggested(text, piece, answer.suggestion))
        elif len(answer.address) > 254:  # the longest that can be delivered to, RFC 5321
            reading.error("too_long", "email", limit=254)
        elif answer.address:
            addresses.append(answer.address)
            if answer.note and len(pieces) == 1:
                reading.note("email_read", "email", note=answer.note)
    # As typed while something is wrong, so that it can be mended where it stands.
    reading.details["email"] = ", ".join(dict.fromkeys(addresses)) if addresses and not reading.errors else text.strip()
    if not addresses and not any(error["code"] == "email" for error in reading.errors):
        reading.details["email"] = ""


def _suggested(text, piece, suggestion):
    return text.replace(piece, suggestion) if suggestion and piece != text else suggestion


def addresses_in(text):
    """The addresses of a detail that was read or typed, in small letters where they are compared."""
    return [answer.address for piece in re.split(r"[\s,;]+", text or "") if (answer := emails.check(piece)).address]


def _read_phone(text, reading):
    if not text.strip():
        return
    found = phones.parse(text)
    reading.details["phone"] = ", ".join(phones.display(number) for number in found.numbers)
    if found.unread:
        unread = ", ".join(found.unread)
        reading.note("phone_unread", "phone", text=unread)
        reading.add_to_note(unread)


def numbers_in(text):
    """Telephone numbers of a detail, in E.164."""
    return phones.parse(text or "").numbers


def _read_sex(text, reading):
    if not text.strip():
        return
    sex = SEXES.get(text.strip().lower().rstrip("."), "")
    if sex:
        reading.details["sex"] = sex
    else:
        reading.note("sex_unread", "sex", text=text.strip())


_MAIL_IN_TEXT = re.compile(r"[^\s,;<>()]+@+[^\s,;<>()]+")
_PHONE_IN_TEXT = re.compile(r"(?:(?:утас|phone|tel|mob)\w*\.?:?\s*)?(?:\+?976[\s-]?)?\(?\+?\d(?:[\s().-]?\d){5,13}", re.IGNORECASE)


def _take_apart(by_field, institutions, reading):
    """One cell that holds everything: address and number by their form, the rest piece by piece."""
    text = by_field.pop("mixed")
    reading.note("from_one_cell")
    found_mails = _MAIL_IN_TEXT.findall(text)
    if found_mails:
        by_field.setdefault("email", ", ".join(mail.strip(".") for mail in found_mails))
        text = _MAIL_IN_TEXT.sub(" , ", text)
    text = headings.without_number(text)
    found_phones = _PHONE_IN_TEXT.findall(text)
    if found_phones:
        by_field.setdefault("phone", ", ".join(found_phones))
        text = _PHONE_IN_TEXT.sub(" , ", text)
    pieces = [piece.strip(" .:") if not names.is_initial(piece.strip()) else piece.strip() for piece in re.split(r"[,;|\n\t]|\s[-–—]\s", text)]
    pieces = [piece for piece in pieces if piece]
    rest = []
    for piece in pieces:
        found = institutions.find(piece) if institutions else None
        if headings.looks_like_sex(piece) and "sex" not in by_field:
            by_field["sex"] = piece
        elif not by_field.get("full_name") and headings.looks_like_name(piece):
            by_field["full_name"] = piece
        elif found and found.how in {"name", "acronym"} and "organisation" not in by_field:
            by_field["organisation"] = piece
        elif not by_field.get("full_name") and (split := _name_at_start(piece)):
            by_field["full_name"], remaining = split
            _place(remaining, by_field, institutions, rest)
        else:
            _place(piece, by_field, institutions, rest)
    for piece in rest:
        by_field["note"] = "; ".join(filter(None, [by_field.get("note", ""), piece]))


def _name_at_start(piece):
    """("Б.Батбаяр", the rest) of a piece without commas; None where it begins with no name."""
    match = re.match(r"(?P<name>[^\W\d_]{1,2}\.\s*[^\W\d_]+(?:-[^\W\d_]+)*)\s+(?P<rest>.+)", piece)
    if not match:
        match = re.match(r"(?P<name>[^\W\d_]+(?:-[^\W\d_]+)*\s+[^\W\d_]+(?:-[^\W\d_]+)*)\s+(?P<rest>.+)", piece)
    if match and headings.looks_like_name(match["name"]):
        return match["name"], match["rest"]
    return None


def _place(piece, by_field, institutions, rest):
    found = institutions.find(piece) if institutions else None
    if found and found.how == "part" and "organisation" not in by_field and (found.organisation or found.candidates):
        body, beside = found.organisation or found.candidates[0], found.rest
        by_field["organisation"] = body.name_mn if names.is_cyrillic(piece) and body.name_mn else body.name_en or body.name_mn
        if beside:
            key = "job_title" if headings.looks_like_job(beside) else "department"
            if key in by_field:
                rest.append(beside)
            else:
                by_field[key] = beside
    elif headings.looks_like_job(piece) and "job_title" not in by_field:
        by_field["job_title"] = piece
    elif headings.looks_like_body(piece) and "organisation" not in by_field:
        by_field["organisation"] = piece
    elif "job_title" in by_field and "department" not in by_field and headings._DEPARTMENT.search(piece):
        by_field["department"] = piece
    elif piece:
        rest.append(piece)


def _split_workplace(by_field, institutions):
    text = by_field.pop("workplace")
    found = institutions.find(text) if institutions else None
    if found and found.organisation and found.how == "part" and found.rest:
        body = found.organisation
        by_field.setdefault("organisation", body.name_mn if names.is_cyrillic(text) and body.name_mn else body.name_en or body.name_mn)
        by_field.setdefault("job_title", found.rest)
    elif found and (found.organisation or found.candidates):
        by_field.setdefault("organisation", text)
    else:
        pieces = re.split(r"[,;]\s*", text, maxsplit=1)
        by_field.setdefault("organisation", pieces[0])
        if len(pieces) > 1:
            by_field.setdefault("job_title", pieces[1])


# What staff typed ---------------------------------------------------------------------------------------------


def check(details):
    """Remarks on details that were typed or kept from before: the same rules as for cells, nothing rewritten."""
    reading = Reading(details=dict(details))
    given = details.get("given_name") or details.get("given_name_latin") or ""
    if not given.strip():
        reading.error("name_missing", "given_name")
    for name in ("given_name", "patronymic", "given_name_latin", "patronymic_latin"):
        if re.search(r"\d", details.get(name, "")):
            suggestion = " ".join(re.sub(r"\d+", " ", details[name]).split())
            reading.error("name_digits", name, suggestion=suggestion)
    if details.get("email"):
        typed = details["email"]
        _read_email(typed, reading)
        reading.notes = [note for note in reading.notes if note["code"] != "email_read"]
    for name, limit in DETAILS.items():
        if len(details.get(name, "")) > limit:
            reading.error("too_long", name, limit=limit)
    return reading


def forgotten(columns):
    """Columns of which nothing may stay."""
    return {column for column, name in columns.items() if name in FORGOTTEN}
