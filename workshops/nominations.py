"""Nomination lists: taken in, judged row by row for a workshop, committed in one go, and undone in one go."""

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import headings, importing, matching, people
from contacts.institutions import Institutions
from contacts.models import (
    Decision,
    ImportBatch,
    ImportRow,
    NotDuplicate,
    Organisation,
    Person,
    PersonEmail,
    PersonPhone,
    Position,
    Sex,
    Verdict,
)
from contacts.remarks import both, remark
from core import names
from workshops import registrations, seats
from workshops.models import ActBatch, NominationList, Registration, State, Via
from workshops.models.registration import LIVE

# Lists are committed one at a time, so that two of them never add the same person.
COMMIT_LOCK = 4712
# Mailboxes of an office, whoever's name they stand beside.
OFFICE_MAILBOXES = {"info", "office", "contact", "mail", "post", "admin", "secretariat", "tamga", "tamgyngazar", "pr", "press"}


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
        if row.number not in layout.heading_rows and not _above(row.number, layout.heading_rows):
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


def _above(number, heading_rows):
    return bool(heading_rows) and number < heading_rows[0]


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


# Judging ------------------------------------------------------------------------------------------------------


@dataclass
class _Work:
    """One row while it is judged."""

    row: ImportRow
    reading: importing.Reading
    wanted: matching.Wanted | None = None
    chosen: str | None = None  # the institution chosen by hand: a key, or "" for none
    institution: str = ""
    whence: str = ""
    above: int | None = None  # the institution that the heading above names


def judge(listed, rows=None):
    """Judges every row that is not committed anew: the same few queries for 5 rows and for 500. Returns all rows."""
    batch, workshop = listed.batch, listed.workshop
    rows = sorted(rows if rows is not None else batch.rows.all(), key=lambda row: row.number)
    options = batch.options
    invited = set(workshop.allocations.values_list("organisation", flat=True))
    institutions = Institutions(on=workshop.starts_on, preferred=invited)
    columns = {int(column): name for column, name in batch.columns.items() if name}
    own_column = [column for column, name in columns.items() if name == "organisation"]
    institutions.learn({row.raw[column] for row in rows for column in own_column if column < len(row.raw) and row.raw[column]})
    given_names = matching.known_given_names(_keys_of_names(rows, columns))
    layout = headings.Layout(
        options.get("heading_rows", []), columns, {int(key): text for key, text in options.get("headings", {}).items()}
    )
    work = [each for each in _read_all(listed, rows, layout, institutions, given_names) if each is not None]
    people_rows = [each for each in work if each.wanted is not None]
    for each in people_rows:
        if not each.row.committed_at:
            _settle_institution(each, listed, institutions, invited)
    _mark_shared(people_rows)
    open_rows = [each for each in people_rows if not each.row.committed_at]
    directory = matching.Directory([each.wanted for each in open_rows])
    chosen = {each.row.person_id for each in open_rows if each.row.decision == Decision.MATCH and each.row.person_id}
    living = set(Person.objects.living().filter(pk__in=chosen).values_list("pk", flat=True)) if chosen else set()
    _compare(people_rows, directory, institutions, living)
    _look_up_registrations(open_rows, workshop, directory, institutions)
    for each in open_rows:
        _give_verdict(each)
    _store([row for row in rows if not row.committed_at])
    _remark_on_list(batch, rows)
    return rows


def _keys_of_names(rows, columns):
    wanted = [column for column, name in columns.items() if name in headings.NAME_FIELDS]
    keys = set()
    for row in rows:
        for column in wanted:
            if column < len(row.raw):
                keys |= {names.fold(word) for word in re.findall(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*", row.raw[column][:100])}
    return keys


def _read_all(listed, rows, layout, institutions, given_names):
    """Reads the rows in their order; headings of sections and the letterhead name the institution of what follows."""
    options = listed.batch.options
    section, above_it, headed = "", None, {column for column, text in layout.headings.items() if text} | set(options.get("second_table", []))
    for row in rows:
        row.record.pop("here", None)
        row.record.pop("gaps", None)
        if row.committed_at:
            yield _committed(row)
            continue
        if row.edited:
            reading = importing.check(row.parsed)
            yield _as_person(row, reading, section, above_it)
            continue
        cells = row.raw
        row.parsed, row.errors, row.candidates = {}, [], []
        above = _above(row.number, layout.heading_rows)
        if row.number in layout.heading_rows or (layout.heading_rows and not above and headings.is_heading_again(cells, layout)):
            _nobody(row, "headings")
            continue
        kind = importing.kind_of(cells, layout.columns, institutions)
        if above and kind == "person" and not _certainly_a_person(cells, layout.columns):
            kind = "above_headings"
        if kind == "person":
            reading = importing.read(
                cells, layout.columns, options=options, institutions=institutions, given_names=given_names, headed=headed
            )
            yield _as_person(row, reading, section, above_it)
            continue
        notes = [remark("above_headings" if above else kind)]
        if kind in {"section", "above_headings", "text_only"}:
            text = next((cell for cell in cells if cell and not cell.isdigit()), "")
            found = institutions.find(text)
            named = found.organisation or (found.candidates[0] if kind == "section" and found.candidates else None)
            host = named is not None and named.kind in {Organisation.Kind.UN, Organisation.Kind.DONOR}
            if (named and not host and found.how in {"name", "acronym"}) or (named and not host and kind == "section"):
                section, above_it = text, named.pk
                notes.append(remark("section_institution", name=both(named)))
            elif kind == "section":
                section, above_it = text, None
                notes.append(remark("section_institution", name=text))
        row.organisation = None
        _nobody(row, notes=notes)
        yield None


def _certainly_a_person(cells, columns):
    filled = list(dict.fromkeys(cell for cell in cells if cell))
    return len(filled) > 2 and any(headings.looks_like_address(cell) or headings.looks_like_phone(cell) for cell in filled)


def _nobody(row, code="", notes=None):
    row.verdict, row.person = Verdict.NO_PERSON, None
    row.notes = [*row.record.get("said", []), *(notes or [remark(code)])]
    row.errors, row.candidates = [], []
    if row.decision == Decision.MATCH:
        row.decision = ""


def _committed(row):
    work = _Work(row, importing.Reading(details=dict(row.parsed)))
    if row.verdict != Verdict.NO_PERSON:
        work.wanted = _wanted(row.parsed)
        work.wanted.organisation = row.organisation_id
    return work


def _as_person(row, reading, section, above_it):
    work = _Work(row, reading, above=above_it)
    work.institution = reading.details.get("organisation", "")
    if not work.institution and section:
        work.institution, work.whence = section, "institution_heading"
    if row.edited and "organisation_id" in row.parsed:
        work.chosen = row.parsed["organisation_id"]
    work.wanted = _wanted(reading.details)
    return work


def _wanted(details):
    given = details.get("given_name") or details.get("given_name_latin") or ""
    patronymic = (details.get("patronymic") if details.get("given_name") else "") or details.get("patronymic_latin") or details.get("patronymic") or ""
    return matching.Wanted(
        given,
        patronymic,
        emails={address.lower() for address in importing.addresses_in(details.get("email"))},
        phones=set(importing.numbers_in(details.get("phone"))),
        title=details.get("job_title") or "",
    )


def institution_key(text):
    """Under which an institution that was chosen for a text is remembered within its list."""
    return names.fold(text) or text.strip().lower()


def _settle_institution(work, listed, institutions, invited):
    row, reading, text = work.row, work.reading, work.institution
    row.organisation = None
    remembered = listed.batch.options.get("institutions", {})
    if work.chosen is not None:
        row.organisation = institutions.all.get(int(work.chosen)) if work.chosen else None
    elif text and institution_key(text) in remembered:
        key = remembered[institution_key(text)]
        row.organisation = institutions.all.get(key) if key else None
    elif text:
        _recognise(work, text, institutions, invited, listed.organisation_id)
    elif listed.organisation_id:
        row.organisation, work.whence = institutions.all.get(listed.organisation_id), "institution_default"
    if work.whence and row.organisation is not None:
        reading.note(work.whence, "organisation", text=text)
    organisation = row.organisation
    if organisation is None:
        if not text:
            reading.note("institution_missing", "organisation")
    elif invited and organisation.pk not in invited:
        reading.note("institution_not_invited", "organisation", name=both(organisation))
    work.wanted.organisation = organisation.pk if organisation else None


def _recognise(work, text, institutions, invited, sender):
    reading, found = work.reading, institutions.find(text, near=work.above or sender)
    if found.organisation is None:
        code = "institution_unclear" if len(found.candidates) > 1 and found.how != "nothing" else "institution_unknown"
        reading.error(
            code, "organisation", text=text, candidates=[organisation.pk for organisation in found.candidates],
            names=[both(organisation) for organisation in found.candidates],
        )  # fmt: skip
        return
    organisation = work.row.organisation = found.organisation
    if found.chosen:
        reading.note(
            f"institution_chosen_{found.chosen}", "organisation", text=text, name=both(organisation),
            others=[both(other) for other in found.candidates],
        )  # fmt: skip
    elif text not in {organisation.name_mn, organisation.name_en} and not work.whence:
        reading.note("institution_read", "organisation", text=text)
    if found.successors and organisation.pk not in invited:
        reading.note(
            "institution_ended", "organisation", name=both(organisation), others=[both(heir) for heir in found.successors],
            text=text, successors=[heir.pk for heir in found.successors],
        )  # fmt: skip
    if found.rest and not work.whence:
        if not reading.details.get("department") and len(found.rest) <= importing.DETAILS["department"]:
            reading.details["department"] = found.rest
            reading.note("department_read", "department", text=found.rest)
        elif names.fold(found.rest) not in names.fold(reading.details.get("department", "")):
            reading.add_to_note(found.rest)


def _mark_shared(work):
    """An address that stands beside different names is a shared mailbox."""
    holders = {}
    for each in work:
        for address in each.wanted.emails:
            holders.setdefault(address, []).append(each.wanted)
    shared = set()
    for address, wanted in holders.items():
        first = wanted[0]
        if any(not matching.agreement(first.given, first.patronymic, other.given, other.patronymic) for other in wanted[1:]):
            shared.add(address)
    for each in work:
        each.wanted.shared = {
            address for address in each.wanted.emails if address in shared or address.partition("@")[0] in OFFICE_MAILBOXES
        }
        if each.row.committed_at:
            continue
        for address in sorted(each.wanted.shared):
            each.reading.note("shared_mailbox" if address in shared else "office_mailbox", "email", address=address)


def _compare(work, directory, institutions, living):
    """Against the directory and against the rows above; an earlier row is somebody known, only not yet added."""
    above, by_person, by_cells = _Above(), {}, {}
    for each in work:
        row, wanted = each.row, each.wanted
        each.match, each.earlier = matching.Match(), None
        if not row.committed_at:
            each.match = matching.judge(wanted, directory.candidates(wanted), institutions.same) if wanted.given else each.match
            if row.decision == Decision.MATCH and row.person_id not in living:
                each.reading.note("candidate_gone", "given_name")
                row.decision, row.person = "", None
            for address, known in each.match.elsewhere.items():
                if address not in wanted.shared:
                    each.reading.note("email_of_another", "email", address=address, name=names.display(known.given, known.patronymic))
                    wanted.shared.add(address)
            each.earlier = _earlier(each, above, by_person, by_cells, institutions)
        if row.decision == Decision.SKIP or each.earlier is not None or not wanted.given:
            continue
        line = matching.Known(
            row.number, wanted.given, wanted.patronymic, organisation=wanted.organisation, title=wanted.title, phones=wanted.phones,
            emails={address: address in wanted.shared for address in wanted.emails},
        )  # fmt: skip
        above.add(line)
        by_cells.setdefault(_telling(row), line)
        person = row.person_id if row.committed_at else each.match.person.key if each.match.person else None
        if person and row.decision != Decision.CREATE:
            by_person.setdefault(person, line)


class _Above:
    """The rows above, found by number, address and name; of many namesakes only some, so that no list is judged for ever."""

    MOST = 25

    def __init__(self):
        self.by_contact, self.by_name = {}, {}

    def add(self, line):
        for contact in {*line.phones, *line.emails}:
            self._keep(self.by_contact, contact, line)
        for key in {names.fold(line.given), names.fold(line.patronymic)} - {""}:
            self._keep(self.by_name, key, line)
            self._keep(self.by_name, (key, line.organisation), line)

    def _keep(self, where, key, line):
        lines = where.setdefault(key, [])
        if len(lines) < self.MOST:
            lines.append(line)

    def like(self, wanted):
        keys = {names.fold(wanted.given), *names.genitive_stem_keys(wanted.patronymic)} - {""}
        found = {line.key: line for contact in {*wanted.phones, *wanted.emails} for line in self.by_contact.get(contact, ())}
        for key in keys:
            found |= {line.key: line for line in [*self.by_name.get(key, ()), *self.by_name.get((key, wanted.organisation), ())]}
        return found.values()


def _telling(row):
    return "|".join(sorted(names.fold(cell) + re.sub(r"\D", "", cell) for cell in row.raw if not re.fullmatch(r"\d{1,4}[.)]?", cell) and cell)) or str(row.pk)


def _earlier(each, above, by_person, by_cells, institutions):
    """The earlier row that names the same person, if any; namesakes with other details are only told."""
    wanted = each.wanted
    if not wanted.given:
        return None
    found = by_cells.get(_telling(each.row)) if not each.row.edited else None
    if found is None and each.match.person is not None:
        found = by_person.get(each.match.person.key)
    if found is None:
        match = matching.judge(wanted, above.like(wanted), institutions.same)
        found = match.person if match.verdict == "known" else None
        if match.verdict == "possible":
            full = [line.key for line, reasons in match.candidates if "name_initial" not in reasons or "institution" in reasons]
            if full:
                each.reading.note("namesake", "given_name", rows=full[:5])
    if found is None:
        return None
    each.reading.note(
        *(("repeated_elsewhere",) if not institutions.same(found.organisation, wanted.organisation) and found.organisation else ("repeated",)),
        row=found.key,
        name=both(institutions.all[found.organisation]) if found.organisation in institutions.all else "",
    )
    return found


def _look_up_registrations(work, workshop, directory, institutions):
    found = {each.match.person.key for each in work if each.match.person} | {each.row.person_id for each in work if each.row.person_id}
    here = {}
    if found:
        for person, state, pk in (
            Registration.objects.filter(workshop=workshop, person__in=found).order_by("pk").values_list("person", "state", "pk")
        ):
            if person not in here or here[person][0] not in LIVE:
                here[person] = (state, pk)
    for each in work:
        row = each.row
        known = each.match.person
        if row.decision == Decision.MATCH and row.person_id:
            known = directory.people.get(row.person_id, known if known and known.key == row.person_id else None)
            each.person = row.person_id
        else:
            each.person = known.key if known else None
        each.here = here.get(each.person)
        if each.person is None or row.decision == Decision.CREATE:
            continue
        if each.here:
            live = each.here[0] in LIVE
            row.record["here"] = {"state": each.here[0], "live": live, "registration": each.here[1]}
            each.reading.note("registered" if live else "ended", state=both(State(each.here[0]).label))
        if known is None:
            continue
        details = each.reading.details
        gaps = _gaps(known, details, each.wanted)
        if gaps:
            row.record["gaps"] = gaps
            each.reading.note("completes", fields=[both(headings.FIELDS[name]) for name in gaps])
        if details.get("sex") and known.sex != Sex.UNKNOWN and known.sex != details["sex"]:
            each.reading.note("sex_differs", "sex")
        elsewhere = row.organisation_id and known.organisation and not institutions.same(row.organisation_id, known.organisation)
        other_job = wanted_differs(details.get("job_title"), known.title)
        if known.position and (elsewhere or other_job):
            body = institutions.all.get(known.organisation)
            each.reading.note(
                "position_changed", "job_title",
                position={language: ", ".join(filter(None, [known.title, name])) for language, name in both(body or "").items()},
            )  # fmt: skip


def wanted_differs(title, known):
    """Whether a job title says something else than the one that is known (in the same script)."""
    return bool(title and known) and names.is_cyrillic(title) == names.is_cyrillic(known) and names.fold(title) != names.fold(known)


def _give_verdict(each):
    row, reading, match = each.row, each.reading, each.match
    row.candidates = [{"person": known.key, "why": why} for known, why in match.candidates]
    here = row.record.get("here") or {}
    errors = reading.errors
    if here.get("live") and errors and all(error["field"] in {"email", "organisation"} for error in errors):
        # The person is registered: what cannot be read changes nothing and holds up nobody.
        for error in errors:
            if error["field"] == "email":
                reading.notes.append(remark("email_unread", "email", reason=error["params"].get("reason", ""), code=error["params"].get("code")))
        errors = []
    row.errors = errors
    if not row.edited:
        row.parsed = {key: value for key, value in reading.details.items() if value}
    if each.wanted.shared:
        row.record["shared"] = sorted(each.wanted.shared)
    else:
        row.record.pop("shared", None)
    row.notes = [*row.record.get("said", []), *reading.notes]
    if errors:
        row.verdict = Verdict.TO_MEND
    elif each.earlier is not None:
        row.verdict = Verdict.REPEATED
    elif row.decision == Decision.MATCH and each.person:
        row.verdict = Verdict.KNOWN
    else:
        row.verdict = {"known": Verdict.KNOWN, "possible": Verdict.POSSIBLE}.get(match.verdict, Verdict.NEW)
    if row.decision == Decision.CREATE and row.verdict == Verdict.KNOWN:
        row.verdict = Verdict.POSSIBLE
    row.person_id = each.person if row.decision == Decision.MATCH or row.verdict == Verdict.KNOWN else None


_COLUMNS = {
    "parsed": "jsonb", "edited": "boolean", "verdict": "text", "decision": "text", "person_id": "bigint", "organisation_id": "bigint",
    "errors": "jsonb", "notes": "jsonb", "candidates": "jsonb", "record": "jsonb", "created_person": "boolean", "committed_at": "timestamptz",
}  # fmt: skip


def _store(rows):
    """Writes judged rows in one statement: as many CASEs as Django writes for 500 rows would take longer than judging them."""
    if not rows:
        return
    data = [
        {"id": row.pk, **{name: value.isoformat() if hasattr(value := getattr(row, name), "isoformat") else value for name in _COLUMNS}}
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {ImportRow._meta.db_table} AS row SET {', '.join(f'{name} = new.{name}' for name in _COLUMNS)}"
            f" FROM jsonb_to_recordset(%s::jsonb) AS new(id bigint, {', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
            " WHERE row.id = new.id",
            [json.dumps(data, default=str)],
        )


def _remark_on_list(batch, rows):
    """What is to be said about the whole list, from its rows as they are now."""
    said = [note for note in batch.notes if note["code"].startswith("file:")]
    titles = {int(column): text for column, text in batch.options.get("headings", {}).items()}
    fields = {int(column): name for column, name in batch.columns.items()}
    second = batch.options.get("second_table", [])
    body = [row for row in rows if row.verdict != Verdict.NO_PERSON and not row.edited]
    unread = [
        titles.get(column) or column_letter(column)
        for column in range(batch.options.get("width", 0))
        if not fields.get(column) and column not in second and titles.get(column) and any(column < len(row.raw) and row.raw[column] for row in body)
    ]
    if unread:
        said.append(remark("columns_left_out", columns=unread))
    if second:
        said.append(remark("second_table", columns=[column_letter(second[0]), column_letter(second[-1])]))
    dropped = sum(any(note["code"] == "registration_number" for note in row.record.get("said", [])) for row in rows)
    if dropped:
        said.append(remark("numbers_dropped", count=dropped))
    gone = [titles.get(column) or column_letter(column) for column, name in sorted(fields.items()) if name == "not_kept"]
    if gone:
        said.append(remark("forgotten_columns", columns=gone))
    if said != batch.notes:
        batch.notes = said
        batch.save(update_fields=["notes"])


def column_letter(column):
    """The name of a column (from 0) as a spreadsheet shows it."""
    from core.spreadsheet_reader import column_letter as letter

    return letter(column + 1)


# What will happen ---------------------------------------------------------------------------------------------


def plan(row):
    """What a commit will do with a row: register, complete (registered already, but the list knows more), registered,
    left_out, decide, mend, done."""
    if row.committed_at:
        return "done"
    if row.decision == Decision.SKIP:
        return "left_out"
    if row.verdict == Verdict.TO_MEND:
        return "mend"
    if row.verdict == Verdict.NO_PERSON:
        return "left_out"
    if row.decision == Decision.CREATE:
        return "register"
    if row.verdict == Verdict.REPEATED:
        return "register" if row.decision == Decision.MATCH else "left_out"
    if row.verdict == Verdict.POSSIBLE:
        return "decide"
    if row.verdict == Verdict.KNOWN:
        here = row.record.get("here")
        if here and here["live"]:
            return "complete" if row.record.get("gaps") else "registered"
        if here and not row.decision:
            return "left_out"
    return "register"


def adds_person(row):
    """Whether a row that will be registered makes a new person."""
    return row.decision == Decision.CREATE or (row.decision != Decision.MATCH and row.verdict == Verdict.NEW)


@dataclass
class Forecast:
    """What one press would do. `held` and `waiting` are counted where the officials become confirmed."""

    register: int = 0
    new: int = 0
    known: int = 0
    complete: int = 0
    registered: int = 0
    left_out: int = 0
    decide: int = 0
    mend: int = 0
    done: int = 0
    held: int = 0
    waiting: int = 0


def forecast(listed, rows):
    """Counts the plans of all rows; and the seats, as they are free now. One query, or none."""
    found = Forecast()
    counts = Counter(map(plan, rows))
    for name, number in counts.items():
        setattr(found, name, number)
    going = [row for row in rows if plan(row) == "register"]
    found.new = sum(map(adds_person, going))
    found.known = len(going) - found.new
    if listed.become == NominationList.Become.CONFIRMED and going:
        places = seats.Places.of(listed.workshop)
        for row in going:
            if places.refusal(row.organisation_id) is None:
                places.take(row.organisation_id)
                found.held += 1
            else:
                found.waiting += 1
    return found


# Changing what was read ---------------------------------------------------------------------------------------


def _open(listed):
    """The batch, locked and still open to changes."""
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=listed.batch_id)
    if batch.undone_at:
        raise ValidationError(_("This list was undone. Read it in again to use it."), code="undone")
    listed.batch = batch
    return batch


@transaction.atomic
def change(listed, *, by, columns=None, ovog=None, order=None, institutions=None, organisation=..., become=None, remember=False):
    """Changes how the list is read and judges it anew; rows that were edited by hand keep what was typed.

    `columns`: column → field. `institutions`: text → Organisation or None. `remember`: keep the texts as other names of
    those organisations.
    """
    batch = _open(listed)
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
    _open(listed)
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
    _store([row])
    judge(listed)
    return ImportRow.objects.get(pk=row.pk)


def swap_names(details):
    """The details with given name and father's name exchanged."""
    swapped = dict(details)
    for one, other in (("given_name", "patronymic"), ("given_name_latin", "patronymic_latin")):
        swapped[one], swapped[other] = details.get(other, ""), details.get(one, "")
    return {name: text for name, text in swapped.items() if text or name == "organisation_id"}


@transaction.atomic
def split_off(listed, *, by):
    """Reads the second table beside the first as a list of its own. Returns the new NominationList."""
    from core.spreadsheets import Row, Table

    batch = _open(listed)
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


# Committing ---------------------------------------------------------------------------------------------------


@dataclass
class Committed:
    """What one press did; nothing where there was nothing left to do."""

    new: list = field(default_factory=list)
    known: list = field(default_factory=list)
    completed: list = field(default_factory=list)
    held: int = 0
    waiting: int = 0
    act: ActBatch | None = None

    @property
    def number(self):
        return len(self.new) + len(self.known)


@transaction.atomic
def commit(listed, *, by):
    """Registers everybody who is ready, in the order of the list; rows to mend or to decide stay for later.

    The rows are judged once more under the locks, so two presses, or two people, double nobody. Refuses a list that was
    undone ("undone") and a workshop that is closed ("closed").
    """
    _open(listed)
    workshop = seats.lock(listed.workshop)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [COMMIT_LOCK])
    listed.workshop = workshop
    rows = judge(listed)
    going = [row for row in rows if plan(row) == "register"]
    result = Committed(completed=[row for row in rows if plan(row) == "complete"])
    touched = [*going, *result.completed]
    if not touched:
        return result
    added = {row.pk: {} for row in touched}
    result.new = [row for row in going if adds_person(row)]
    result.known = [row for row in going if not adds_person(row)]
    persons = _add_people(result.new, listed)
    persons |= _complete_people([*result.known, *result.completed], added)
    _add_addresses(touched, persons, added)
    _add_positions(going, persons, added)
    people.index_all(list({person.pk: person for person in persons.values()}.values()))
    _remember_differences(result.new, persons, by)
    entries = [_entry(row, persons[row.pk], listed) for row in going]
    if going:
        result.act = ActBatch.objects.create(workshop=workshop, act="list", by=by)
    outcomes = registrations.register_many(workshop, entries, by=by, batch=result.act) if going else []
    now = timezone.now()
    for row in result.completed:
        row.committed_at, row.record["added"] = now, added[row.pk]
    for row, outcome in zip(going, outcomes, strict=True):
        person = persons[row.pk]
        row.created_person = adds_person(row)
        row.decision = Decision.CREATE if row.created_person else Decision.MATCH
        row.person_id = person.pk
        row.committed_at = now
        row.record["added"] = added[row.pk] | {"registration": outcome.registration.pk}
        if outcome.waitlisted:
            result.waiting += 1
        elif outcome.registration.holds_a_seat:
            result.held += 1
    _store(touched)
    batch = listed.batch
    batch.committed_at = batch.committed_at or now
    if result.act:
        batch.options.setdefault("acts", []).append(str(result.act.pk))
    batch.save(update_fields=["committed_at", "options"])
    return result


def _entry(row, person, listed):
    details = row.parsed
    note = details.get("note", "")
    return {
        "person": person,
        "become": listed.become,
        "via": Via.IMPORT,
        "organisation": row.organisation,
        "job_title": details.get("job_title", ""),
        "department": details.get("department", ""),
        "rank": details.get("rank", ""),
        "note": note if len(note) <= importing.NOTE_KEPT else note[: importing.NOTE_KEPT - 1] + "…",
        "import_row": row,
        "is_demo": listed.batch.is_demo,
    }


_NAMES = ("given_name", "patronymic", "clan_name", "given_name_latin", "patronymic_latin")


def _add_people(rows, listed):
    made = []
    for row in rows:
        person = Person(
            **{name: row.parsed.get(name, "") for name in _NAMES}, sex=row.parsed.get("sex") or Sex.UNKNOWN, is_demo=listed.batch.is_demo
        )
        people.set_keys(person)
        made.append(person)
    Person.objects.bulk_create(made, batch_size=1000)
    return {row.pk: person for row, person in zip(rows, made, strict=True)}


def _in_order_of(details, given, patronymic):
    """The details with the two names in the order in which they are known; without names where they do not agree."""
    wanted = _wanted(details)
    agreement = matching.agreement(wanted.given, wanted.patronymic, given, patronymic)
    if agreement == "turned":
        return swap_names(details)
    return details if agreement else {name: text for name, text in details.items() if name not in _NAMES}


def _gaps(known, details, wanted):
    """Which details of somebody known a row would fill in; the same as `_complete_people` and `_add_addresses` fill."""
    details = _in_order_of(details, known.given, known.patronymic)
    here = {
        "given_name": known.given_cyrillic, "patronymic": known.patronymic_cyrillic, "clan_name": known.clan_name,
        "given_name_latin": known.given_latin, "patronymic_latin": known.patronymic_latin,
    }  # fmt: skip
    gaps = [name for name in _NAMES if details.get(name) and not here[name]]
    if details.get("sex") and known.sex == Sex.UNKNOWN:
        gaps.append("sex")
    if wanted.emails - set(known.emails):
        gaps.append("email")
    if wanted.phones - known.phones:
        gaps.append("phone")
    return gaps


def _complete_people(rows, added):
    """Fills what is empty at people who are known; what is there is never overwritten."""
    found = Person.objects.in_bulk([row.person_id for row in rows])
    changed = set()
    for row in rows:
        person, filled = found[row.person_id], {}
        details = _in_order_of(row.parsed, person.given_name or person.given_name_latin, person.patronymic or person.patronymic_latin)
        for name in _NAMES:
            if details.get(name) and not getattr(person, name):
                setattr(person, name, details[name])
                filled[name] = details[name]
        if details.get("sex") and person.sex == Sex.UNKNOWN:
            person.sex = filled["sex"] = details["sex"]
        if filled:
            people.set_keys(person)
            added[row.pk]["filled"] = filled
            changed.add(person.pk)
    Person.objects.bulk_update(
        [found[key] for key in changed], [*_NAMES, "sex", "name_key", "patronymic_key", "sort_key"], batch_size=500
    )
    return {row.pk: found[row.person_id] for row in rows}


def _add_addresses(rows, persons, added):
    """E-mails and phones that a person has not yet; an address that somebody else has is kept as shared."""
    wanted = {row.pk: (importing.addresses_in(row.parsed.get("email")), importing.numbers_in(row.parsed.get("phone"))) for row in rows}
    every = {address.lower() for addresses, _numbers in wanted.values() for address in addresses}
    holders, owned = {}, {}
    from django.db.models.functions import Lower

    for person, address in PersonEmail.objects.annotate(low=Lower("address")).filter(low__in=every).values_list("person", "low"):
        holders.setdefault(address, set()).add(person)
    for person, address in PersonEmail.objects.filter(person__in=[person.pk for person in persons.values()]).values_list("person", "address"):
        owned.setdefault(person, set()).add(address.lower())
    numbers_owned = set(PersonPhone.objects.filter(person__in=[person.pk for person in persons.values()]).values_list("person", "number"))
    emails, phones = [], []
    for row in rows:
        person = persons[row.pk]
        for address in wanted[row.pk][0]:
            low = address.lower()
            mine = owned.setdefault(person.pk, set())
            if low in mine:
                continue
            shared = low in row.record.get("shared", []) or bool(holders.get(low, set()) - {person.pk})
            emails.append((row, PersonEmail(person=person, address=address, is_shared=shared, is_primary=not mine)))
            mine.add(low)
            holders.setdefault(low, set()).add(person.pk)
        for number in wanted[row.pk][1]:
            if (person.pk, number) not in numbers_owned:
                numbers_owned.add((person.pk, number))
                phones.append((row, PersonPhone(person=person, number=number)))
    PersonEmail.objects.bulk_create([email for _row, email in emails], batch_size=1000)
    PersonPhone.objects.bulk_create([phone for _row, phone in phones], batch_size=1000)
    for row, email in emails:
        added[row.pk].setdefault("emails", []).append(email.pk)
    for row, phone in phones:
        added[row.pk].setdefault("phones", []).append(phone.pk)


def _add_positions(rows, persons, added):
    """A position for who has none; for who has another one only where staff ticked it."""
    today = timezone.localdate()
    held = {
        position.person_id: position
        for position in Position.objects.filter(person__in=[person.pk for person in persons.values()], is_main=True, valid_to=None)
    }
    fresh = []
    for row in rows:
        person, details, before = persons[row.pk], row.parsed, held.get(persons[row.pk].pk)
        if row.organisation_id is None or (before is not None and not details.get("new_position")):
            continue
        title = details.get("job_title", "")
        position = Position(
            person=person, organisation_id=row.organisation_id, department=details.get("department", ""), rank=details.get("rank", ""),
            **{"title_mn" if names.is_cyrillic(title) else "title_en": title},
        )  # fmt: skip
        if before is not None:
            if before.pk is None:
                continue
            before.valid_to = max(today, before.valid_from or today)
            before.save(update_fields=["valid_to"])
            position.valid_from = today
            added[row.pk]["closed_position"] = before.pk
        held[person.pk] = position
        fresh.append((row, position))
    Position.objects.bulk_create([position for _row, position in fresh], batch_size=1000)
    for row, position in fresh:
        added[row.pk]["position"] = position.pk


def _remember_differences(rows, persons, by):
    """Whom staff called another person is not proposed again as a duplicate of the one beside whom they were shown."""
    pairs = {
        tuple(sorted((persons[row.pk].pk, candidate["person"])))
        for row in rows
        for candidate in row.candidates
        if row.decision == Decision.CREATE
    }
    living = set(Person.objects.filter(pk__in={key for pair in pairs for key in pair}).values_list("pk", flat=True)) if pairs else set()
    NotDuplicate.objects.bulk_create(
        [NotDuplicate(person_a_id=a, person_b_id=b, reviewed_by=by) for a, b in pairs if {a, b} <= living and a != b], ignore_conflicts=True
    )


# Undoing ------------------------------------------------------------------------------------------------------


@dataclass
class Undone:
    """What undoing did. `kept`: rows that stay, each with the reason."""

    registrations: int = 0
    people: int = 0
    kept: list = field(default_factory=list)


@transaction.atomic
def undo(listed, *, by):
    """Takes the whole list back: its registrations, the people it added, what it filled in at others.

    What others did meanwhile stays, and the row says why. Undoing twice is no error.
    """
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=listed.batch_id)
    listed.batch = batch
    result = Undone()
    if batch.undone_at:
        return result
    workshop = seats.lock(listed.workshop)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [COMMIT_LOCK])
    refused = {}
    rows = list(batch.rows.exclude(committed_at=None))
    edited = _edited_since(rows)
    for act in ActBatch.objects.filter(pk__in=batch.options.get("acts", []), workshop=workshop).order_by("-at"):
        done = registrations.undo(act, by=by, keep=edited)
        result.registrations += len(done.done)
        refused |= {registration.pk: reason for registration, reason in done.refused}
    going = []
    for row in rows:
        reason = refused.get(row.record.get("added", {}).get("registration"))
        if reason is None:
            going.append(row)
        else:
            row.record["kept"] = both(" ".join(reason.messages))
            result.kept.append(row)
    _take_back_details(going)
    traces = _traces_of({row.person_id for row in going if row.created_person and row.person_id}, going)
    removable = {row.person_id for row in going if row.created_person and row.person_id and row.person_id not in traces}
    for row in going:
        if row.created_person and row.person_id in traces:
            row.record["kept"] = traces[row.person_id]
            result.kept.append(row)
        elif row.created_person:
            row.person_id = None
        row.committed_at, row.created_person = None, False
        row.record.pop("added", None)
        row.decision = "" if not row.edited else row.decision
        if row.person_id is None and row.decision == Decision.MATCH:
            row.decision = ""
    _store(rows)
    Person.objects.filter(pk__in=removable).delete()
    result.people = len(removable)
    people.index_all(list(Person.objects.filter(pk__in={row.person_id for row in going if row.person_id})))
    batch.undone_at, batch.undone_by = timezone.now(), by
    batch.save(update_fields=["undone_at", "undone_by"])
    return result


def _edited_since(rows):
    """Registrations whose job title, note and the like somebody changed after the list was committed."""
    made = {row.record["added"]["registration"]: row.committed_at for row in rows if row.record.get("added", {}).get("registration")}
    times = Registration.objects.filter(pk__in=made).values_list("pk", "updated_at")
    return {pk for pk, at in times if (at - made[pk]).total_seconds() > 1}


def _take_back_details(rows):
    """What was filled in at people who were known before, where it is still as it was filled in."""
    known = [row for row in rows if not row.created_person and row.person_id]
    parts = {name: [key for row in known for key in row.record.get("added", {}).get(name, [])] for name in ("emails", "phones")}
    PersonEmail.objects.filter(pk__in=parts["emails"]).delete()
    PersonPhone.objects.filter(pk__in=parts["phones"]).delete()
    opened = {row.record["added"]["position"]: row for row in known if row.record.get("added", {}).get("position")}
    Position.objects.filter(pk__in=opened, valid_to=None).delete()
    closed = [row.record["added"]["closed_position"] for row in known if row.record.get("added", {}).get("closed_position")]
    for position in Position.objects.filter(pk__in=closed):
        if not Position.objects.filter(person=position.person_id, is_main=True, valid_to=None).exists():
            position.valid_to = None
            position.save(update_fields=["valid_to"])
    filled = {row.person_id: row.record["added"]["filled"] for row in known if row.record.get("added", {}).get("filled")}
    for person in Person.objects.filter(pk__in=filled):
        for name, value in filled[person.pk].items():
            if getattr(person, name) == value:
                setattr(person, name, Sex.UNKNOWN if name == "sex" else "")
        if person.given_name or person.given_name_latin:
            person.save()


def _traces_of(persons, rows):
    """Person → why they stay: everything that refers to them and was not made by these rows."""
    if not persons:
        return {}
    own = {
        PersonEmail: {key for row in rows for key in row.record.get("added", {}).get("emails", [])},
        PersonPhone: {key for row in rows for key in row.record.get("added", {}).get("phones", [])},
        Position: {row.record.get("added", {}).get("position") for row in rows} - {None},
    }
    traces = {}
    for relation in Person._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        model, name = relation.related_model, relation.field.attname
        if hasattr(model, "pgh_tracked_model") or model is NotDuplicate:
            continue
        found = model._base_manager.filter(**{f"{name}__in": persons})
        if model is ImportRow:
            found = found.exclude(pk__in=[row.pk for row in rows]).exclude(committed_at=None)
        elif model in own:
            found = found.exclude(pk__in=own[model])
        for person in found.values_list(name, flat=True):
            traces.setdefault(person, both(model._meta.verbose_name))
    for person in Person.objects.filter(pk__in=persons - set(traces)):
        if (person.updated_at - person.created_at).total_seconds() > 1:
            traces[person.pk] = both(_("edited since"))
    return traces
