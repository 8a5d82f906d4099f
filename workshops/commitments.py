"""A judged list taken over into the directory and the workshop in one go, and taken back in one go."""

from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import duplicates, importing, people
from contacts.models import (
    Decision,
    ImportBatch,
    ImportRow,
    NotDuplicate,
    Person,
    PersonEmail,
    PersonPhone,
    Position,
    Sex,
)
from contacts.remarks import both
from core import names
from workshops import registrations, seats
from workshops.judgements import NAME_FIELDS, adds_person, in_order_of, judge, plan, refuse_if_undone, store
from workshops.models import ActBatch, Nominee, Registration, Via

# Lists are committed one at a time, so that two of them never add the same person.
COMMIT_LOCK = 4712


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
    refuse_if_undone(listed)
    workshop = seats.lock(listed.workshop)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [COMMIT_LOCK])
    listed.workshop = workshop
    rows = judge(listed)
    going = [row for row in rows if plan(row) == "register"]
    result = Committed(completed=[row for row in rows if plan(row) == "complete"])
    touched = [*going, *result.completed]
    nominees = _nominees_of(listed)
    if not touched:
        _lead_to_registrations(nominees, rows, listed)
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
    entries = [_entry(row, persons[row.pk], listed, nominees.get(row.pk)) for row in going]
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
    store(touched)
    _lead_to_registrations(nominees, rows, listed)
    batch = listed.batch
    batch.committed_at = batch.committed_at or now
    if result.act:
        batch.options.setdefault("acts", []).append(str(result.act.pk))
    batch.save(update_fields=["committed_at", "options"])
    return result


def _entry(row, person, listed, nominee=None):
    details = row.parsed
    note = details.get("note", "")
    # Of somebody whom an institution named, more is known than a list has columns for.
    named = {} if nominee is None else {name: getattr(nominee, name) for name in ("via", "is_alternate", "level", "province")}
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
        **named,
    }


def _nominees_of(listed):
    """Row → the nominee of whom it was made, where the list is what an institution named by itself."""
    if listed.batch.source_kind != ImportBatch.NOMINEES:
        return {}
    return {nominee.import_row_id: nominee for nominee in Nominee.objects.filter(import_row__batch=listed.batch, withdrawn_at=None)}


def _lead_to_registrations(nominees, rows, listed):
    """Ties nominees to what became of them: the registration made of their row, or one that the person has already for the
    same institution. One that belongs to another nominee is left alone."""
    waiting = {}
    for row in rows:
        nominee = nominees.get(row.pk)
        if nominee is None or nominee.registration_id:
            continue
        here = row.record.get("here") or {}
        key = (row.record.get("added") or {}).get("registration") or (here.get("registration") if here.get("live") else None)
        if key and plan(row) in {"done", "registered"}:
            waiting[key] = nominee
    if not waiting:
        return
    fitting = Registration.objects.filter(pk__in=waiting, organisation=listed.organisation_id, nominee=None)
    tied = []
    for registration in fitting:
        waiting[registration.pk].registration = registration
        tied.append(waiting[registration.pk])
    Nominee.objects.bulk_update(tied, ["registration"])


def _add_people(rows, listed):
    made = []
    for row in rows:
        person = Person(
            **{name: row.parsed.get(name, "") for name in NAME_FIELDS}, sex=row.parsed.get("sex") or Sex.UNKNOWN, is_demo=listed.batch.is_demo
        )
        people.set_keys(person)
        made.append(person)
    Person.objects.bulk_create(made, batch_size=1000)
    return {row.pk: person for row, person in zip(rows, made, strict=True)}


def _complete_people(rows, added):
    """Fills what is empty at people who are known; what is there is never overwritten."""
    found = Person.objects.in_bulk([row.person_id for row in rows])
    changed = set()
    for row in rows:
        person, filled = found[row.person_id], {}
        details = in_order_of(row.parsed, person.given_name or person.given_name_latin, person.patronymic or person.patronymic_latin)
        for name in NAME_FIELDS:
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
        [found[key] for key in changed], [*NAME_FIELDS, "sex", "name_key", "patronymic_key", "sort_key"], batch_size=500
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
    if by is None:  # a focal point's next name brings along what staff had decided: nobody is there to sign for it
        return
    pairs = {
        tuple(sorted((persons[row.pk].pk, candidate["person"])))
        for row in rows
        for candidate in row.candidates
        if row.decision == Decision.CREATE
    }
    living = set(Person.objects.filter(pk__in={key for pair in pairs for key in pair}).values_list("pk", flat=True)) if pairs else set()
    duplicates.remember_apart([pair for pair in pairs if set(pair) <= living], by=by)


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
    store(rows)
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
