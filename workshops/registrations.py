"""Registrations: how an official comes to hold a seat, waits for one, leaves it, or is replaced.

Every change of state goes through here: under the workshop's lock, along MOVES, with its row of history.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Position
from workshops import links, notices, seats, terms
from workshops.models import MOVES, ActBatch, AttendanceMark, Certificate, Link, Receipt, Registration, State, StateChange, Submission, Via
from workshops.models.registration import HOLDING, LIVE, REASON_DUE


@dataclass
class Outcome:
    """What registering led to. `created` is False where the person was registered already; `because` says why they wait."""

    registration: Registration
    created: bool
    waitlisted: bool = False
    because: ValidationError | None = None


@dataclass
class Step:
    """One registration's change inside an act on several."""

    registration: Registration
    from_state: str
    to_state: str


@dataclass
class Result:
    """What an act on several registrations did, or would do: `batch` is None for a preview or where nothing changed."""

    batch: ActBatch | None = None
    done: list[Step] = field(default_factory=list)
    refused: list[tuple[Registration, ValidationError]] = field(default_factory=list)
    unchanged: list[Registration] = field(default_factory=list)
    told: list[Registration] = field(default_factory=list)


# Coming in ----------------------------------------------------------------------------------------------------


@transaction.atomic
def register(workshop, person, *, by, request_key=None, batch=None, quiet=False, **details):
    """Registers a person: see `register_many` for the details. Returns an Outcome.

    The same request sent twice, or a person with a live registration, gets the first answer again. Refuses a closed
    workshop ("closed") and a person who is a tombstone or made anonymous ("no_person").
    """
    workshop = seats.lock(workshop)
    if request_key is not None:
        earlier = Registration.objects.filter(workshop=workshop, request_key=request_key).first()
        if earlier is not None:
            return Outcome(earlier, created=False, waitlisted=earlier.state == State.WAITLISTED)
    entry = {"person": person, "request_key": request_key, **details}
    return _register_all(workshop, [entry], by=by, batch=batch, quiet=quiet)[0]


@transaction.atomic
def register_many(workshop, entries, *, by, batch=None, quiet=False):
    """Registers people in their order, in few queries. Returns a list of Outcomes in the same order.

    Each entry is {"person": Person} and may have: become (a state, default confirmed), via, organisation, job_title,
    department, rank, level, province, role, is_alternate, over_reason, import_row, note, request_key. What is not given is taken from the
    person's open main position. Where no seat is free the person is put on the waiting list, unless `over_reason` says why
    they hold a seat all the same. The letters that follow are written with it, unless it is `quiet`.
    """
    return _register_all(seats.lock(workshop), entries, by=by, batch=batch, quiet=quiet)


def _register_all(workshop, entries, *, by, batch, quiet):
    if not workshop.is_open:
        raise ValidationError(
            _("Nobody can be registered: the workshop is %(status)s."),
            code="closed",
            params={"status": workshop.get_status_display().lower()},
        )
    people = [entry["person"] for entry in entries]
    for person in people:
        if person.merged_into_id or person.anonymised_at:
            raise ValidationError(_("This record no longer stands for a person."), code="no_person")
    positions = {
        position.person_id: position
        for position in Position.objects.filter(person__in=people, is_main=True, valid_to=None)
    }
    known = {}
    for registration in Registration.objects.filter(workshop=workshop, person__in=people).order_by("pk"):
        before = known.get(registration.person_id)
        if before is None or not before.is_live:
            known[registration.person_id] = registration
    places = seats.Places.of(workshop)
    rank = _last_waiting_rank(workshop)
    outcomes, fresh, changes = [], [], []
    for entry in entries:
        person = entry["person"]
        before = known.get(person.pk)
        if before is not None and before.is_live:
            outcomes.append(Outcome(before, created=False, waitlisted=before.state == State.WAITLISTED))
            continue
        registration = _from_entry(workshop, entry, positions.get(person.pk), by=by)
        become, over_reason = State(entry.get("become") or State.CONFIRMED), (entry.get("over_reason") or "").strip()
        because = None
        if become in HOLDING and registration.counts:
            because = places.refusal(registration.organisation_id)
            if because is not None and over_reason:
                registration.over_seats, registration.override_reason = True, over_reason
                because = None
            if because is None:
                places.take(registration.organisation_id)
            else:
                become = State.WAITLISTED
        if become == State.WAITLISTED:
            rank += 1
            registration.waiting_rank = rank
        if before is not None and _way(State(before.state), become):
            registration = _take_up_again(before, registration)
        outcome = Outcome(registration, created=True, waitlisted=become == State.WAITLISTED, because=because)
        if registration.pk:
            changes.append(_walk(registration, become, by=by, via=entry.get("via", Via.STAFF), batch=batch))
        else:
            registration.state = become
            if become == State.INVITED:
                registration.offer_expires_at = terms.answer_until(workshop)
            fresh.append((registration, entry.get("via", Via.STAFF)))
        known[person.pk] = registration
        outcomes.append(outcome)
    Registration.objects.bulk_create([registration for registration, _via in fresh])
    changes += StateChange.objects.bulk_create(
        [
            StateChange(
                registration=registration,
                to_state=registration.state,
                via=via,
                by=by,
                override_reason=registration.override_reason,
                batch=batch,
            )
            for registration, via in fresh
        ]
    )
    if not quiet:
        notices.follow(changes, workshop)
    return outcomes


def _from_entry(workshop, entry, position, *, by):
    """An unsaved registration with the person's names and job as they are today."""
    registration = Registration(
        workshop=workshop,
        person=entry["person"],
        role=entry.get("role") or Registration.Role.PARTICIPANT,
        organisation=entry.get("organisation"),
        is_alternate=entry.get("is_alternate", False),
        import_row=entry.get("import_row"),
        request_key=entry.get("request_key"),
        note=entry.get("note", ""),
        created_by=by,
        is_demo=entry.get("is_demo", False),
    )
    registration.counts = registration.role == Registration.Role.PARTICIPANT
    # A position elsewhere says nothing about the job at the institution that nominates.
    if position is not None and registration.organisation_id not in {None, position.organisation_id}:
        position = None
    registration.snapshot(position)
    for detail in ("job_title", "department", "rank", "level", "province"):
        if entry.get(detail):
            setattr(registration, detail, entry[detail])
    return registration


def _take_up_again(before, fresh):
    """The ended registration of the same person with the new details, so that one row keeps the whole story."""
    for detail in (
        "role", "counts", "organisation_id", "is_alternate", "import_row_id", "request_key", "given_name", "patronymic",
        "given_name_latin", "patronymic_latin", "sort_key", "job_title", "department", "rank", "level", "province",
    ):  # fmt: skip
        setattr(before, detail, getattr(fresh, detail))
    before.note = fresh.note or before.note
    before.over_seats, before.override_reason = fresh.over_seats, fresh.override_reason
    before.waiting_rank = fresh.waiting_rank or before.waiting_rank
    return before


def _walk(registration, to, *, by, via, batch):
    """Leads an ended registration to a state by the shortest way that MOVES allows, with history for each step. Returns the last."""
    way = _way(State(registration.state), State(to))
    for state in way:
        override = registration.override_reason if registration.over_seats and state == way[-1] else ""
        change = _store(registration, state, by=by, via=via, override_reason=override, batch=batch)
    return change


def way_to(registration, goal):
    """The states to go through from where a registration is to a goal, by the shortest way; [] where there is none."""
    return _way(State(registration.state), State(goal))


def _way(start, goal):
    """The states to go through from an ended state to a goal, or [] where MOVES knows no way.

    The waiting list is no stage on the way to a seat.
    """
    ways = [[start]]
    while ways:
        way = ways.pop(0)
        for step in (state for state in State if state in MOVES[way[-1]] and state not in way):
            if step == goal:
                return [*way[1:], step]
            if step in LIVE and step != State.WAITLISTED:
                ways.append([*way, step])
    return []


# Changing state -----------------------------------------------------------------------------------------------


@transaction.atomic
def move(registration, to, *, by, via=Via.STAFF, reason="", over_reason="", batch=None, at_the_door=False, quiet=False):
    """Leads a registration to another state and returns it fresh; the state it is in already is no error and no change.

    The letter that the change causes is written with it, unless it is a `quiet` part of something that tells of itself.
    Refuses what MOVES does not allow ("not_possible"), a missing reason ("reason_due"), somebody from the waiting list once
    the list is frozen ("frozen"), and a seat that is not free
    ("no_places", "institution_full", "kept_for_others") unless `over_reason` is given. Somebody who stands `at_the_door` is
    offered nothing and is let in from a frozen list too.
    """
    workshop = seats.lock(registration.workshop)
    registration = Registration.objects.select_related("person").get(pk=registration.pk)
    change = _move(
        registration, State(to), workshop, seats.Places.of(workshop),
        by=by, via=via, reason=reason, over_reason=over_reason, batch=batch, at_the_door=at_the_door,
    )  # fmt: skip
    if change is not None and not quiet and not at_the_door:
        notices.follow([change], workshop)
    return registration


def _move(registration, to, workshop, places, *, by, via, reason, over_reason, batch, at_the_door=False):
    """The StateChange, or None where there was nothing to change."""
    came_from = State(registration.state)
    registration.workshop = workshop
    if came_from == to:
        return None
    if to not in MOVES[came_from] or to == State.REPLACED:
        raise ValidationError(
            _("%(name)s is %(state)s and cannot become %(goal)s."),
            code="not_possible",
            params={
                "name": registration.short_name,
                "state": came_from.label.lower(),
                "goal": to.label.lower(),
            },
        )
    if to in REASON_DUE and not reason.strip():
        raise ValidationError(_("Give a reason."), code="reason_due")
    if to in LIVE and not workshop.is_open:
        raise _closed(workshop)
    if came_from == State.WAITLISTED and to in HOLDING and workshop.is_frozen and not at_the_door:
        raise ValidationError(
            _("The list is frozen: nobody comes up from the waiting list any more. One who holds a seat can still be replaced."),
            code="frozen",
        )
    enters, leaves = to in HOLDING and came_from not in HOLDING, came_from in HOLDING and to not in HOLDING
    override = ""
    if enters and registration.counts:
        refusal = places.refusal(registration.organisation_id)
        if refusal is not None:
            if not over_reason.strip():
                raise refusal
            override = over_reason.strip()
        registration.over_seats, registration.override_reason = bool(override), override
        places.take(registration.organisation_id)
    if leaves and registration.counts:
        places.take(registration.organisation_id, -1)
    if to == State.WAITLISTED:
        registration.waiting_rank = _last_waiting_rank(workshop) + 1
    return _store(registration, to, by=by, via=via, reason=reason.strip(), override_reason=override, batch=batch)


def _closed(workshop):
    return ValidationError(
        _("Nothing can be promised any more: the workshop is %(status)s."),
        code="closed",
        params={"status": workshop.get_status_display().lower()},
    )


def _store(registration, to, *, by, via, reason="", override_reason="", batch=None, undoes=None):
    came_from, registration.state = registration.state, to
    if to == State.INVITED and not (undoes and registration.offer_expires_at and registration.offer_expires_at > timezone.now()):
        registration.offer_expires_at = terms.answer_until(registration.workshop, offered=came_from == State.WAITLISTED)
    registration.save()
    return StateChange.objects.create(
        registration=registration,
        from_state=came_from,
        to_state=to,
        via=via,
        by=by,
        reason=reason,
        override_reason=override_reason,
        batch=batch,
        undoes=undoes,
    )


def let_expire(rows, workshop):
    """Ends invitations whose time to answer is over; for `offers.expire`, under the lock of the seats. Returns them."""
    changes = []
    for registration in rows:
        registration.workshop = workshop
        changes.append(_store(registration, State.EXPIRED, by=None, via=Via.SYSTEM))
    notices.follow(changes, workshop)
    return rows


def _last_waiting_rank(workshop):
    """Ranks are never given twice, so that undoing can put somebody back where they stood."""
    return Registration.objects.filter(workshop=workshop).aggregate(last=Max("waiting_rank"))["last"] or 0


def invite(registration, **details):
    return move(registration, State.INVITED, **details)


def confirm(registration, **details):
    return move(registration, State.CONFIRMED, **details)


def wait(registration, **details):
    return move(registration, State.WAITLISTED, **details)


def withdraw(registration, **details):
    return move(registration, State.WITHDRAWN, **details)


def reject(registration, **details):
    return move(registration, State.REJECTED, **details)


def cancel(registration, **details):
    return move(registration, State.CANCELLED, **details)


@transaction.atomic
def replace(registration, person, *, by, reason, via=Via.STAFF, batch=None, **details):
    """Puts another person in the place of one who holds a seat; both histories stay. Returns the new registration.

    The seat goes over, also one that was given over the seats; the leaver's links and badge open nothing any more. Refuses who holds no seat ("not_possible"), a missing
    reason ("reason_due"), and a deputy who holds a seat already ("already_here"). `details` as for `register_many`.
    """
    workshop = seats.lock(registration.workshop)
    leaving = Registration.objects.get(pk=registration.pk)
    held = State(leaving.state)
    if State.REPLACED not in MOVES[held]:
        raise ValidationError(
            _("%(name)s is %(state)s: only somebody who holds a seat can be replaced."),
            code="not_possible",
            params={"name": leaving.short_name, "state": held.label.lower()},
        )
    if not workshop.is_open:
        raise _closed(workshop)
    if not reason.strip():
        raise ValidationError(_("Give a reason."), code="reason_due")
    if person.pk == leaving.person_id:
        raise ValidationError(_("A person cannot replace themselves."), code="same_person")
    if person.merged_into_id or person.anonymised_at:
        raise ValidationError(_("This record no longer stands for a person."), code="no_person")
    coming = Registration.objects.filter(workshop=workshop, person=person).order_by("-pk").first()
    if coming is not None and coming.state in HOLDING:
        raise ValidationError(
            _("%(name)s holds a seat already."), code="already_here", params={"name": coming.short_name}
        )
    batch = batch or ActBatch.objects.create(workshop=workshop, act="replace", by=by)
    changes = [_store(leaving, State.REPLACED, by=by, via=via, reason=reason.strip(), batch=batch)]
    links.revoke_all(leaving, by=by)
    workshop.refresh_from_db()
    entry = {"person": person, "organisation": leaving.organisation, "role": leaving.role, **details}
    position = Position.objects.filter(person=person, is_main=True, valid_to=None).first()
    fresh = _from_entry(workshop, entry, position, by=by)
    if coming is None or coming.state == State.REPLACED:
        coming = fresh
    elif not coming.is_live:
        coming = _take_up_again(coming, fresh) if _way(State(coming.state), held) else fresh
    elif coming.organisation_id is None:
        coming.organisation = leaving.organisation
    coming.counts = leaving.counts
    coming.replaces = leaving
    coming.over_seats, coming.override_reason = leaving.over_seats, leaving.override_reason
    if coming.counts and not coming.over_seats:
        # Where the deputy comes from elsewhere, the leaver's seat may be guaranteed to the leaver's institution.
        refusal = seats.Places.of(workshop).refusal(coming.organisation_id)
        if refusal is not None:
            raise refusal
    if coming.pk:
        changes.append(_walk(coming, held, by=by, via=via, batch=batch))
    else:
        coming.state = held
        if held == State.INVITED:
            coming.offer_expires_at = terms.answer_until(workshop)
        coming.save()
        changes.append(StateChange.objects.create(registration=coming, to_state=held, via=via, by=by, batch=batch))
    links.issue(Link.Kind.ANSWER, registration=coming, by=by)
    notices.follow(changes, workshop)
    return coming


# Several at once ----------------------------------------------------------------------------------------------


@transaction.atomic
def move_many(registrations, to, *, by, via=Via.STAFF, reason="", over_reason="", batch=None, quiet=False):
    """Moves registrations of one workshop, in the order in which they wait or came in. Returns a Result.

    Each is judged by itself: who is refused does not hold up the others. One batch can be undone as a whole; it is `batch`
    where the moves are part of a larger act. `quiet` as for `move`.
    """
    return _move_all(registrations, State(to), by=by, via=via, reason=reason, over_reason=over_reason, batch=batch, quiet=quiet)


def preview_many(registrations, to, *, by, via=Via.STAFF, reason="", over_reason=""):
    """What `move_many` would do now, with nothing stored."""
    with transaction.atomic():
        result = _move_all(registrations, State(to), by=by, via=via, reason=reason, over_reason=over_reason, quiet=True)
        transaction.set_rollback(True)
    result.batch = None
    return result


def _move_all(registrations, to, *, by, via, reason, over_reason, batch=None, quiet=False):
    result, changes = Result(), []
    registrations = list(registrations)
    if not registrations:
        return result
    workshop = seats.lock(registrations[0].workshop)
    places = seats.Places.of(workshop)
    fresh = list(
        Registration.objects.filter(workshop=workshop, pk__in=[row.pk for row in registrations]).select_related(
            "person", "organisation"
        )
    )
    fresh.sort(key=lambda row: (row.state != State.WAITLISTED, row.waiting_rank or 0, row.arrival))
    own = batch is None
    if own:
        batch = ActBatch.objects.create(workshop=workshop, act=to, by=by)
    for registration in fresh:
        came_from = registration.state
        try:
            change = _move(
                registration, to, workshop, places, by=by, via=via, reason=reason, over_reason=over_reason, batch=batch
            )
        except ValidationError as refusal:
            result.refused.append((registration, refusal))
            continue
        if change is not None:
            changes.append(change)
            result.done.append(Step(registration, came_from, to))
        else:
            result.unchanged.append(registration)
    if not quiet:
        notices.follow(changes, workshop)
    if result.done:
        result.batch = batch
    elif own:
        batch.delete()
    return result


@transaction.atomic
def undo(batch, *, by, keep=()):
    """Takes back what one press of a button did, registration by registration. Returns a Result.

    `keep`: keys of registrations whose details were edited since; they are refused like those that changed state.

    What somebody changed since, and a seat that another person took meanwhile, is left as it is and refused with the
    reason. A registration that the batch created is removed, unless somebody was marked at the door, certified or has
    answered a form by it. Letters that have not gone yet are discarded; `told` of the
    Result are those whose letter had gone. Undoing twice does nothing more.
    """
    workshop = seats.lock(batch.workshop)
    batch = ActBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    result = Result(batch=batch)
    if batch.undone_at:
        return result
    changes = {}
    for change in batch.changes.select_related("registration__organisation").order_by("pk"):
        changes.setdefault(change.registration_id, []).append(change)
    latest = dict(
        StateChange.objects.filter(registration__in=changes).order_by().values_list("registration").annotate(Max("pk"))
    )
    used = _used([made[0].registration for made in changes.values() if not made[0].from_state])
    places = seats.Places.of(workshop)
    # First those that give a seat back, so that those who get theirs again find it free.
    back = []
    order = sorted(changes.values(), key=lambda made: (made[0].from_state in HOLDING, made[0].pk))
    for made in order:
        registration = made[0].registration
        if registration.pk in keep:
            result.refused.append((registration, ValidationError(_("It was edited since."), code="edited_since")))
            continue
        if latest[registration.pk] != made[-1].pk:
            result.refused.append(
                (registration, ValidationError(_("It was changed again since."), code="changed_since"))
            )
            continue
        if registration.pk in used:
            result.refused.append(
                (registration, ValidationError(_("Attendance, a certificate or answers hang on it by now: withdraw it instead."), code="in_use"))
            )
            continue
        came_from, back_to = registration.state, made[0].from_state
        if back_to in LIVE and came_from not in LIVE and not workshop.is_open:
            result.refused.append((registration, _closed(workshop)))
            continue
        if back_to in LIVE and _another_live(registration):
            result.refused.append(
                (registration, ValidationError(_("The person is registered anew since."), code="changed_since"))
            )
            continue
        if registration.counts and came_from in HOLDING and back_to not in HOLDING:
            places.take(registration.organisation_id, -1)
        if registration.counts and back_to in HOLDING and came_from not in HOLDING:
            refusal = None if registration.over_seats else places.refusal(registration.organisation_id)
            if refusal is not None:
                result.refused.append((registration, refusal))
                continue
            places.take(registration.organisation_id)
        if not back_to:
            result.told += notices.take_back([(made, None)], workshop)
            registration.delete()
        else:
            if back_to not in HOLDING:
                registration.replaces = None
            if came_from == State.REPLACED:
                links.restore(registration, since=batch.at)
            registration.workshop = workshop
            back.append((made, _store(registration, back_to, by=by, via=Via.STAFF, undoes=made[-1])))
        result.done.append(Step(registration, came_from, back_to))
    result.told += notices.take_back(back, workshop)
    batch.undone_at, batch.undone_by = timezone.now(), by
    batch.save(update_fields=["undone_at", "undone_by"])
    return result


def _used(registrations):
    """Keys of those on which something hangs that must not go with them."""
    tables = (AttendanceMark, Certificate, Submission, Receipt)
    return {key for table in tables for key in table.objects.filter(registration__in=registrations).values_list("registration", flat=True)}


def _another_live(registration):
    return (
        Registration.objects.live()
        .filter(workshop=registration.workshop_id, person=registration.person_id)
        .exclude(pk=registration.pk)
        .exists()
    )
