"""Rows of a nomination list judged each by itself for a workshop, and what would happen if the list were committed."""

import json
import re
from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from contacts import headings, importing, matching
from contacts.institutions import Institutions
from contacts.models import (
    Decision,
    ImportBatch,
    ImportRow,
    Organisation,
    Person,
    Sex,
    Verdict,
)
from contacts.remarks import both, remark
from core import names
from workshops import seats
from workshops.models import NominationList, Registration, State
from workshops.models.registration import LIVE

NAME_FIELDS = ("given_name", "patronymic", "clan_name", "given_name_latin", "patronymic_latin")
# Mailboxes of an office, whoever's name they stand beside.
OFFICE_MAILBOXES = {"info", "office", "contact", "mail", "post", "admin", "secretariat", "tamga", "tamgyngazar", "pr", "press"}

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
    store([row for row in rows if not row.committed_at])
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
        above = stands_above(row.number, layout.heading_rows)
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
        work.wanted = wanted_of(row.parsed)
        work.wanted.organisation = row.organisation_id
    return work


def _as_person(row, reading, section, above_it):
    work = _Work(row, reading, above=above_it)
    work.institution = reading.details.get("organisation", "")
    if not work.institution and section:
        work.institution, work.whence = section, "institution_heading"
    if row.edited and "organisation_id" in row.parsed:
        work.chosen = row.parsed["organisation_id"]
    work.wanted = wanted_of(reading.details)
    return work


def wanted_of(details):
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
        gaps = gaps_of(known, details, each.wanted)
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


def store(rows):
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


# Shared with what is done to a list afterwards -----------------------------------------------------------------


def stands_above(number, heading_rows):
    return bool(heading_rows) and number < heading_rows[0]


def refuse_if_undone(listed):
    """The batch, locked and still open to changes."""
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=listed.batch_id)
    if batch.undone_at:
        raise ValidationError(_("This list was undone. Read it in again to use it."), code="undone")
    listed.batch = batch
    return batch


def swap_names(details):
    """The details with given name and father's name exchanged."""
    swapped = dict(details)
    for one, other in (("given_name", "patronymic"), ("given_name_latin", "patronymic_latin")):
        swapped[one], swapped[other] = details.get(other, ""), details.get(one, "")
    return {name: text for name, text in swapped.items() if text or name == "organisation_id"}


def gaps_of(known, details, wanted):
    """Which details of somebody known a row would fill in; the same as `_complete_people` and `_add_addresses` fill."""
    details = in_order_of(details, known.given, known.patronymic)
    here = {
        "given_name": known.given_cyrillic, "patronymic": known.patronymic_cyrillic, "clan_name": known.clan_name,
        "given_name_latin": known.given_latin, "patronymic_latin": known.patronymic_latin,
    }  # fmt: skip
    gaps = [name for name in NAME_FIELDS if details.get(name) and not here[name]]
    if details.get("sex") and known.sex == Sex.UNKNOWN:
        gaps.append("sex")
    if wanted.emails - set(known.emails):
        gaps.append("email")
    if wanted.phones - known.phones:
        gaps.append("phone")
    return gaps


def in_order_of(details, given, patronymic):
    """The details with the two names in the order in which they are known; without names where they do not agree."""
    wanted = wanted_of(details)
    agreement = matching.agreement(wanted.given, wanted.patronymic, given, patronymic)
    if agreement == "turned":
        return swap_names(details)
    return details if agreement else {name: text for name, text in details.items() if name not in NAME_FIELDS}
