"""Attendance: who was seen on which day or at which session, and whether that is enough for a certificate.

Marks are added and never altered: a correction takes the standing mark back and adds another. A mark carries the key that
the device gave it, so that it is kept once, however often it arrives. For each person and each day or session one mark
stands at most; the database refuses a second.

How attendance is counted, in one place:
- A day counts as one, unless sessions of it take attendance: then each of them counts as one, and a mark of the whole day
  stands for those of its sessions that have no mark of their own.
- Present is attended. Absent, and no mark at all, is missed. Excused is neither: it is taken out of the count, so that who
  was sent away for a morning loses nothing by it; but who attended nothing at all has no attendance to show.
- The rule holds where what was attended is at least `Workshop.attendance_required` per cent of what counts.
"""

import uuid
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import uploads
from core.secrets import digest_of
from workshops import registrations, seats
from workshops.models import AgendaItem, AttendanceMark, Link, Registration, SignedSheet, State, Via, Workshop, WorkshopDay
from workshops.models.registration import HOLDING

Kind, Method = AttendanceMark.Kind, AttendanceMark.Method
SEEN = (Kind.PRESENT, Kind.ABSENT, Kind.EXCUSED)
# States of a workshop in which nobody can have been seen there.
NOT_HELD = {Workshop.Status.DRAFT, Workshop.Status.POSTPONED, Workshop.Status.CANCELLED}
# Who ended in these states was turned away by the office: only an organiser lets them in.
TURNED_AWAY = {State.REJECTED, State.CANCELLED}


# What counts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """What attendance is counted by: a day (`item` is None) or a session of it."""

    day: WorkshopDay
    item: AgendaItem | None = None

    @property
    def key(self):
        return self.day.pk, self.item.pk if self.item else None

    @property
    def title(self):
        """The session's title; "" for a whole day, which its date names."""
        return str(self.item) if self.item else ""

    @property
    def label(self):
        """The day, and the session where it is one, in the reader's language."""
        return f"{self.day.label}: {self.item}" if self.item else self.day.label


@dataclass
class Cell:
    """What is known of one person at one unit: a kind of mark or "", and the mark that says so."""

    kind: str = ""
    mark: AttendanceMark | None = None


@dataclass
class Share:
    """How much of a workshop one person attended.

    `attended` of `of` units; `excused` ones are not in `of`, `ahead` are those of `of` that are still to come. `percent` is
    rounded down, None where nothing counts. `required`: the workshop's per cent. In a workshop that asks for none the rule
    holds for everybody.
    """

    attended: int = 0
    of: int = 0
    excused: int = 0
    ahead: int = 0
    required: int = 0
    by_sessions: bool = False

    @property
    def percent(self):
        return self.attended * 100 // self.of if self.of else None

    @property
    def needed(self):
        """How many units must be attended: the per cent required, rounded up, and one at least where any is required."""
        return max(-(-self.required * self.of // 100), 1) if self.required else 0

    @property
    def holds(self):
        return self.attended >= self.needed

    @property
    def can_still_hold(self):
        """Whether it holds, or can once what is still to come is attended."""
        return self.attended + self.ahead >= self.needed

    @property
    def lacking(self):
        """What is lacking as a sentence in the reader's language; "" where the rule holds."""
        if self.holds:
            return ""
        if not self.of:
            return say("no attendance was taken.")
        if self.by_sessions:
            text = ngettext(
                "%(attended)d of %(number)d session attended, %(needed)d needed.",
                "%(attended)d of %(number)d sessions attended, %(needed)d needed.",
                self.of,
            )
        else:
            text = ngettext(
                "%(attended)d of %(number)d day attended, %(needed)d needed.",
                "%(attended)d of %(number)d days attended, %(needed)d needed.",
                self.of,
            )
        return text % {"attended": self.attended, "number": self.of, "needed": self.needed}


@dataclass
class Row:
    """One registration with a Cell for each unit of its workshop, in their order, and its Share."""

    registration: Registration
    cells: list[Cell]
    share: Share


@dataclass
class Matrix:
    """A workshop's attendance. `totals` has for each unit {kind: number}; `unknown` are marks of codes that mean nobody."""

    workshop: Workshop
    units: list[Unit]
    rows: list[Row]
    unknown: list[AttendanceMark] = field(default_factory=list)

    @property
    def totals(self):
        return [
            {str(kind): sum(row.cells[place].kind == kind for row in self.rows) for kind in SEEN} for place in range(len(self.units))
        ]


def units(workshop):
    """What the workshop's attendance is counted by, in order: see the head of this module. Two queries."""
    return units_of([workshop])[workshop.pk]


def matrix(workshop):
    """Attendance of one workshop: whoever holds a seat or has a mark, in the order of names. Four queries."""
    return matrices([workshop])[workshop.pk]


def matrices(workshops):
    """The same for many workshops, as {workshop's key: Matrix}; four queries, however many there are."""
    workshops = list(workshops)
    counted = units_of(workshops)
    marks = {}
    for mark in AttendanceMark.objects.standing().filter(workshop__in=workshops).order_by("pk"):
        marks.setdefault(mark.workshop_id, []).append(mark)
    known = {mark.registration_id for found in marks.values() for mark in found}
    people = {}
    everyone = Registration.objects.filter(workshop__in=workshops).select_related("organisation").order_by("sort_key", "pk")
    for registration in everyone:
        if registration.state in HOLDING or registration.pk in known:
            people.setdefault(registration.workshop_id, []).append(registration)
    return {
        workshop.pk: _matrix(workshop, counted[workshop.pk], people.get(workshop.pk, []), marks.get(workshop.pk, []))
        for workshop in workshops
    }


def rule(workshop):
    """Whether the attendance rule holds, as {registration's key: Share}, of whoever holds a seat or has a mark. Four queries.

    Whoever is not in it has no attendance at all.
    """
    return rules([workshop])[workshop.pk]


def rules(workshops):
    """The same for many workshops, as {workshop's key: {registration's key: Share}}; four queries."""
    return {
        key: {row.registration.pk: row.share for row in table.rows} for key, table in matrices(workshops).items()
    }


def units_of(workshops):
    """The same for many workshops, as {workshop's key: [Unit]}; two queries."""
    days = list(WorkshopDay.objects.filter(workshop__in=workshops).order_by("on"))
    sessions = {}
    items = AgendaItem.objects.filter(day__in=days, takes_attendance=True, is_cancelled=False).order_by("starts_at", "ends_at", "pk")
    for item in items:
        sessions.setdefault(item.day_id, []).append(item)
    found = {workshop.pk: [] for workshop in workshops}
    for day in days:
        found[day.workshop_id] += [Unit(day, item) for item in sessions.get(day.pk, [None])]
    return found


def _matrix(workshop, counted, people, marks):
    today = today_at(workshop)
    by_sessions = any(unit.item for unit in counted)
    said, unknown = {}, []
    for mark in marks:
        if mark.registration_id is None:
            unknown.append(mark)
        else:
            said.setdefault(mark.registration_id, {})[mark.day_id, mark.item_id] = mark
    rows = []
    for registration in people:
        cells = [_cell(unit, said.get(registration.pk, {})) for unit in counted]
        share = Share(required=workshop.attendance_required, by_sessions=by_sessions)
        for unit, cell in zip(counted, cells, strict=True):
            share.attended += cell.kind == Kind.PRESENT
            share.excused += cell.kind == Kind.EXCUSED
            share.of += cell.kind != Kind.EXCUSED
            share.ahead += not cell.kind and unit.day.on >= today
        rows.append(Row(registration, cells, share))
    return Matrix(workshop, counted, rows, unknown)


def _cell(unit, said):
    """What somebody's standing marks, {(day, item): mark}, say of a unit."""
    mark = said.get(place_of(unit, {place: mark.kind for place, mark in said.items()}))
    return Cell(mark.kind, mark) if mark else Cell()


def place_of(unit, kinds):
    """Of somebody's standing marks, {(day, item): kind}, the place of the one that says how they stand at a unit; None for none."""
    if unit.key in kinds:
        return unit.key
    if unit.item is not None:
        whole_day = (unit.day.pk, None)
        return whole_day if whole_day in kinds else None
    # Marks of sessions that are no longer counted still say that somebody was there.
    of_the_day = [place for place in kinds if place[0] == unit.day.pk]
    return next((place for place in of_the_day if kinds[place] == Kind.PRESENT), None) or next(iter(of_the_day), None)


def today_at(workshop, now=None):
    """The date of today by the clock of the workshop's place."""
    return (now or timezone.now()).astimezone(ZoneInfo(workshop.time_zone)).date()


# The door -----------------------------------------------------------------------------------------------------


def unit_now(workshop, counted, now=None):
    """Which of the units somebody at the door most likely means: the session that is on or comes next today, else today,
    else the next day to come, else the last. None where no day is known."""
    here = (now or timezone.now()).astimezone(ZoneInfo(workshop.time_zone))
    todays = [unit for unit in counted if unit.day.on == here.date()]
    for unit in todays:
        if unit.item is None or here.time() <= unit.item.ends_at:
            return unit
    if todays:
        return todays[-1]
    ahead = [unit for unit in counted if unit.day.on > here.date()]
    return ahead[0] if ahead else counted[-1] if counted else None


def people_at(workshop, unit):
    """Those who hold a seat, in the order of names, each with `.mark`: the mark that stands for them at the unit, or None;
    and whoever else was marked there. Two queries."""
    marks = {}
    for mark in AttendanceMark.objects.standing().filter(workshop=workshop, day=unit.day, registration__isnull=False):
        marks.setdefault(mark.registration_id, {})[mark.day_id, mark.item_id] = mark
    rows = []
    everyone = Registration.objects.filter(workshop=workshop).select_related("organisation").order_by("sort_key", "pk")
    for registration in everyone:
        if registration.state in HOLDING or registration.pk in marks:
            registration.workshop = workshop
            registration.mark = _cell(unit, marks.get(registration.pk, {})).mark
            rows.append(registration)
    return rows


def mark_of(registration, unit):
    """The mark that stands for somebody at a unit, or None. One query."""
    marks = AttendanceMark.objects.standing().filter(registration=registration, day=unit.day)
    return _cell(unit, {(mark.day_id, mark.item_id): mark for mark in marks}).mark


# Acts ---------------------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What marking led to: the mark that stands for it, whether it was made now, the one that it corrected, and whether
    somebody who was only invited is confirmed by coming."""

    mark: AttendanceMark
    created: bool
    corrected: AttendanceMark | None = None
    confirmed: bool = False


@transaction.atomic
def mark(registration, day, *, by, kind=Kind.PRESENT, item=None, method=Method.LIST, client_uuid=None, device_time=None, reason=""):
    """Marks somebody present, absent or excused on a day, or at a session of it. Returns an Outcome.

    The same `client_uuid` again, and a mark that stands already, is a success that changes nothing. Another kind takes the
    standing mark back and adds a new one. Somebody who is only invited is confirmed by coming. `by=None` is the portal itself.

    Refuses a workshop that is not held ("not_held"), a day or a session that is not of it ("elsewhere"), presence and absence
    on a day that has not come ("not_yet"), another day than the one it is from the desk unless from a signed sheet
    ("other_day"), somebody without a seat ("no_seat") unless from a signed sheet, and a key that was used for
    another mark ("key_used").
    """
    kind, method, client_uuid = Kind(kind), Method(method), client_uuid or uuid.uuid4()
    workshop = _workshop(registration, day, item)
    device_time = device_time or timezone.now()
    before = AttendanceMark.objects.filter(client_uuid=client_uuid).first()
    if before is not None:
        return _arrived_before(before, registration, day, item, kind)
    _refuse(workshop, day, kind, method, device_time, by=by)
    confirmed = False
    if kind == Kind.PRESENT and registration.state != State.CONFIRMED:
        registration, confirmed = _confirm_who_came(workshop, registration, method, by=by)
    # One at a time for each person: the second of two that come at once finds the first.
    registration = Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)
    if kind == Kind.PRESENT and method != Method.SHEET and registration.state not in HOLDING:
        raise _no_seat(registration)
    before = AttendanceMark.objects.filter(client_uuid=client_uuid).first()
    if before is not None:
        return _arrived_before(before, registration, day, item, kind)
    standing = AttendanceMark.objects.standing().filter(registration=registration, day=day, item=item).first()
    if standing is not None and standing.kind == kind:
        return Outcome(standing, created=False, confirmed=confirmed)
    if standing is not None:
        _take_back(standing, by=by, device_time=device_time, method=method, reason=reason)
    made = _store(
        workshop, client_uuid=client_uuid, registration=registration, day=day, item=item, kind=kind, method=method,
        device_time=device_time, reason=reason.strip()[:300], by=by,
    )  # fmt: skip
    return Outcome(made, created=True, corrected=standing, confirmed=confirmed)


@transaction.atomic
def void(mark, *, by, reason="", client_uuid=None, device_time=None):
    """Takes a mark back by a further one, which is returned; one that was taken back already is no error.

    Refuses to take back what itself takes back ("not_possible"), and, from the desk, a mark of another day ("other_day").
    """
    if mark.kind == Kind.VOID:
        raise ValidationError(_("This mark takes another one back; make a new mark instead."), code="not_possible")
    if mark.registration_id:
        Registration.objects.select_for_update(no_key=True).get(pk=mark.registration_id)
    already = AttendanceMark.objects.filter(voids=mark).first()
    if already is not None:
        return already
    device_time = device_time or timezone.now()
    if mark.method != Method.SHEET:
        _refuse_another_day(mark.workshop, mark.day, mark.method, device_time, by=by)
    return _take_back(mark, by=by, device_time=device_time, method=mark.method, reason=reason, client_uuid=client_uuid)


@transaction.atomic
def unknown(workshop, day, code, *, by, item=None, client_uuid=None, device_time=None):
    """Keeps a scanned code that means nobody here: `code` is what was read, or a digest of it. Returns an Outcome.

    Only the beginning of a digest is kept. The same code again on the same day is kept once.
    """
    device_time, client_uuid = device_time or timezone.now(), client_uuid or uuid.uuid4()
    if day.workshop_id != workshop.pk or (item is not None and item.day_id != day.pk):
        raise ValidationError(_("This day is not one of this workshop."), code="elsewhere")
    _refuse(workshop, day, Kind.PRESENT, Method.SCAN, device_time, by=by)
    short = _short(code)
    before = AttendanceMark.objects.filter(client_uuid=client_uuid).first() or (
        AttendanceMark.objects.standing().filter(workshop=workshop, day=day, item=item, unknown_code=short).first()
    )
    if before is not None:
        return Outcome(before, created=False)
    made = _store(
        workshop, client_uuid=client_uuid, day=day, item=item, kind=Kind.PRESENT, method=Method.SCAN, device_time=device_time,
        unknown_code=short, by=by,
    )  # fmt: skip
    return Outcome(made, created=True)


@transaction.atomic
def readmit(registration, day, *, by, item=None, over_reason="", client_uuid=None, device_time=None):
    """Lets somebody in who has a registration but no seat (declined, withdrawn, expired, waiting, nominated): confirms them
    through `registrations.move`, and marks them present. Returns an Outcome.

    Refuses where no seat is free ("no_places", "institution_full", "kept_for_others") unless an organiser gives an
    `over_reason`; the desk may not give one, nor let in whom the office turned away ("organiser_needed"); somebody in whose
    place another one came ("replaced").
    """
    workshop = _workshop(registration, day, item)
    if client_uuid is not None and (before := AttendanceMark.objects.filter(client_uuid=client_uuid).first()) is not None:
        return _arrived_before(before, registration, day, item, Kind.PRESENT)
    workshop = seats.lock(workshop)
    registration = Registration.objects.get(pk=registration.pk)
    came_from = State(registration.state)
    if came_from == State.REPLACED:
        raise ValidationError(
            _("%(deputy)s came instead of %(name)s."),
            code="replaced",
            params={"name": registration.short_name, "deputy": _deputy(registration)},
        )
    _organiser_for(by, over_reason=over_reason, turned_away=came_from in TURNED_AWAY)
    if came_from not in HOLDING:
        for state in registrations.way_to(registration, State.CONFIRMED):
            registration = registrations.move(
                registration, state, by=by, via=Via.STAFF, reason=say("Came to the door."), over_reason=over_reason, at_the_door=True
            )
    return mark(registration, day, by=by, item=item, method=Method.LIST, client_uuid=client_uuid, device_time=device_time)


@transaction.atomic
def walk_in(workshop, person, day, *, by, item=None, over_reason="", client_uuid=None, device_time=None, **details):
    """Registers somebody who came without a registration, and marks them present. Returns an Outcome.

    `details` as for `registrations.register_many` (organisation, job_title, …). Who is registered already is let in as by
    `mark` or `readmit`. Refuses as `readmit` does: over the seats only an organiser lets people in, with a reason; nobody is put on
    the waiting list here.
    """
    client_uuid = client_uuid or uuid.uuid4()
    known = Registration.objects.filter(workshop=workshop, person=person).exclude(state=State.REPLACED).order_by("-pk")
    known = next((row for row in known if row.is_live), None) or known.first()
    if known is not None and known.state in HOLDING:
        return mark(known, day, by=by, item=item, method=Method.LIST, client_uuid=client_uuid, device_time=device_time)
    if known is not None:
        return readmit(known, day, by=by, item=item, over_reason=over_reason, client_uuid=client_uuid, device_time=device_time)
    _organiser_for(by, over_reason=over_reason)
    outcome = registrations.register(
        workshop, person, by=by, become=State.CONFIRMED, via=Via.STAFF, over_reason=over_reason, request_key=client_uuid, **details
    )
    if outcome.waitlisted:
        raise outcome.because
    return mark(
        outcome.registration, day, by=by, item=item, method=Method.WALK_IN, client_uuid=client_uuid, device_time=device_time
    )


def scan(workshop, day, *, by, token="", digest="", item=None, client_uuid=None, device_time=None):
    """Marks whoever a badge is of, by its token or the token's SHA-256 digest. Returns an Outcome; its mark has no
    registration where the code means nobody here: it is kept as unknown.

    Refuses as `mark` does, and a badge in whose owner's place somebody else came ("replaced").
    """
    link = find_badge(token=token, digest=digest)
    details = {"by": by, "item": item, "client_uuid": client_uuid, "device_time": device_time}
    if link is None or link.registration.workshop_id != workshop.pk:
        return unknown(workshop, day, token or digest, **details)
    if link.registration.state == State.REPLACED:
        raise ValidationError(
            _("%(deputy)s came instead of %(name)s."),
            code="replaced",
            params={"name": link.registration.short_name, "deputy": _deputy(link.registration)},
        )
    return mark(link.registration, day, method=Method.SCAN, **details)


def find_badge(*, token="", digest=""):
    """The link of a badge, current or revoked, by its token or the token's digest; None where there is none."""
    badges = Link.objects.filter(kind=Link.Kind.BADGE).select_related("registration__organisation", "registration__workshop")
    return badges.by_token(token) if token else badges.filter(digest=digest).first() if digest else None


def mark_many(workshop, entries, *, by):
    """Marks that waited on a device, in their order. Returns for each an Outcome or the ValidationError that refused it:
    one that is refused does not hold up the others.

    An entry has client_uuid, day, and of item, kind, method, device_time what differs from `mark`'s defaults; and one of
    registration, digest (of a badge's token), voids (the client_uuid of the mark to take back).
    Days, sessions and registrations are keys.
    """
    days = {day.pk: day for day in WorkshopDay.objects.filter(workshop=workshop)}
    items = {item.pk: item for item in AgendaItem.objects.filter(day__workshop=workshop)}
    people = Registration.objects.filter(workshop=workshop).in_bulk([entry["registration"] for entry in entries if entry.get("registration")])
    for registration in people.values():
        registration.workshop = workshop
    results = []
    for entry in entries:
        try:
            results.append(_one_of_many(workshop, entry, days, items, people, by=by))
        except ValidationError as refusal:
            results.append(refusal)
    return results


@transaction.atomic
def _one_of_many(workshop, entry, days, items, people, *, by):
    details = {"by": by, "client_uuid": entry["client_uuid"], "device_time": entry.get("device_time")}
    if entry.get("voids"):
        mark_there = AttendanceMark.objects.select_related("workshop", "day").filter(workshop=workshop, client_uuid=entry["voids"]).first()
        if mark_there is None:
            raise ValidationError(_("What is to be taken back never arrived here."), code="elsewhere")
        return Outcome(void(mark_there, **details), created=True)
    day, item = days.get(entry.get("day")), items.get(entry.get("item"))
    if day is None or (entry.get("item") and item is None):
        raise ValidationError(_("This day is not one of this workshop."), code="elsewhere")
    if entry.get("digest"):
        return scan(workshop, day, digest=entry["digest"], item=item, **details)
    registration = people.get(entry.get("registration"))
    if registration is None:
        raise ValidationError(_("This person is not on the list any more."), code="elsewhere")
    return mark(registration, day, item=item, kind=entry.get("kind", Kind.PRESENT), method=entry.get("method", Method.LIST), **details)


@dataclass
class Ticked:
    """What typing in a sheet did: how many marks were added and how many taken back."""

    added: int = 0
    taken_back: int = 0


@transaction.atomic
def tick_sheet(workshop, day, ticks, *, by, item=None, seen=None):
    """Saves a signed sheet as it was ticked: `ticks` is {registration's key: kind, or "" for nothing known}. Returns Ticked.

    All at once or nothing. Only what differs from the marks that stand is changed: by a mark of method SHEET, with the one
    before taken back. `seen` is the same dictionary as it was when the page was shown: a row that somebody
    else changed since, and that was ticked to another value too, is refused ("changed_since"), with the registration's
    key in params["registration"]. Refuses as `mark` does, and a key that is not of this workshop ("elsewhere").
    """
    if day.workshop_id != workshop.pk or (item is not None and item.day_id != day.pk):
        raise ValidationError(_("This day is not one of this workshop."), code="elsewhere")
    now, seen = timezone.now(), seen or {}
    workshop = seats.lock(workshop)
    people = {
        row.pk: row for row in Registration.objects.select_for_update(no_key=True).filter(workshop=workshop, pk__in=ticks).order_by("pk")
    }
    standing = {
        mark.registration_id: mark for mark in AttendanceMark.objects.standing().filter(registration__in=people, day=day, item=item)
    }
    problems, voids, marks = [], [], []
    for key, kind in ticks.items():
        before = standing.get(key)
        known = str(before.kind) if before else ""
        if key not in people:
            problems.append(ValidationError(_("This person is not on the list any more."), code="elsewhere", params={"registration": key}))
        elif key in seen and kind == seen[key]:
            continue  # not touched: what somebody else did since stays
        elif kind == known:
            continue
        elif key in seen and known != seen[key]:
            problems.append(
                ValidationError(
                    _("%(name)s was marked by somebody else meanwhile: %(kind)s."),
                    code="changed_since",
                    params={"name": people[key].short_name, "kind": before.get_kind_display().lower() if before else say("nothing"), "registration": key},
                )
            )
        else:
            if kind:
                _refuse(workshop, day, Kind(kind), Method.SHEET, now, by=by)
                marks.append((people[key], Kind(kind)))
            if before:
                voids.append(before)
    if problems:
        raise ValidationError(problems)
    given = {"workshop": workshop, "day": day, "item": item, "method": Method.SHEET, "device_time": now, "by": by}
    AttendanceMark.objects.bulk_create(
        AttendanceMark(client_uuid=uuid.uuid4(), registration_id=old.registration_id, kind=Kind.VOID, voids=old, **given) for old in voids
    )
    AttendanceMark.objects.bulk_create(
        AttendanceMark(client_uuid=uuid.uuid4(), registration=registration, kind=kind, **given) for registration, kind in marks
    )
    if workshop.is_open:
        for registration, kind in marks:
            if kind == Kind.PRESENT and registration.state == State.INVITED:
                registrations.confirm(registration, by=by)
    return Ticked(len(marks), len(voids))


@transaction.atomic
def attach_sheet(day, file, *, by, note=""):
    """Keeps the scan of a day's signed sheet under a name of our own. Returns the SignedSheet.

    Refuses what `uploads.judge` refuses: an empty or too large file, and what is neither PDF, JPG nor PNG by its content.
    """
    judged = uploads.judge(file)
    file.name = judged.name
    return SignedSheet.objects.create(day=day, file=file, note=note.strip()[:200], added_by=by)


# Refusals -----------------------------------------------------------------------------------------------------


def _workshop(registration, day, item):
    if registration.workshop_id != day.workshop_id or (item is not None and item.day_id != day.pk):
        raise ValidationError(_("This day is not one of this workshop."), code="elsewhere")
    return registration.workshop


def _refuse(workshop, day, kind, method, device_time, *, by):
    if workshop.status in NOT_HELD:
        raise ValidationError(
            _("The workshop is %(status)s: nobody can be marked."), code="not_held", params={"status": workshop.get_status_display().lower()}
        )
    if kind != Kind.EXCUSED and day.on > today_at(workshop):
        raise ValidationError(_("This day has not come yet."), code="not_yet")
    _refuse_another_day(workshop, day, method, device_time, by=by)


def _refuse_another_day(workshop, day, method, device_time, *, by):
    """The desk works on the day itself: by the clock here, or by the device's for marks that waited for a connection."""
    if by is None or by.runs_workshops or method == Method.SHEET:
        return
    if day.on not in {today_at(workshop), today_at(workshop, device_time)}:
        raise ValidationError(_("On another day than the one it is, only an organiser marks at the door."), code="other_day")


def _confirm_who_came(workshop, registration, method, *, by):
    """Whoever is invited and comes has said yes. Returns the registration as it is now, and whether it was confirmed here."""
    if not workshop.is_open:
        return registration, False
    seats.lock(workshop)
    registration = Registration.objects.select_related("organisation").get(pk=registration.pk)
    if registration.state != State.INVITED:
        return registration, False
    return registrations.confirm(registration, by=by), True


def _no_seat(registration):
    if registration.state == State.REPLACED:
        return ValidationError(
            _("%(deputy)s came instead of %(name)s."),
            code="replaced",
            params={"name": registration.short_name, "deputy": _deputy(registration)},
        )
    return ValidationError(
        _("%(name)s is %(state)s and holds no seat."),
        code="no_seat",
        params={"name": registration.short_name, "state": registration.get_state_display().lower()},
    )


def _organiser_for(by, *, over_reason="", turned_away=False):
    if by is not None and not by.runs_workshops and (over_reason.strip() or turned_away):
        raise ValidationError(_("This needs an organiser."), code="organiser_needed")


def _deputy(registration):
    """Who came in somebody's place, by name."""
    deputy = Registration.objects.filter(replaces=registration).first()
    return deputy.short_name if deputy else say("somebody else")


# Storing ------------------------------------------------------------------------------------------------------


def _arrived_before(mark, registration, day, item, kind):
    same = (mark.registration_id, mark.day_id, mark.item_id, mark.kind) == (registration.pk, day.pk, item.pk if item else None, kind)
    if not same:
        raise ValidationError(_("This key belongs to another mark."), code="key_used")
    return Outcome(mark, created=False)


def _take_back(mark, *, by, device_time, method, reason="", client_uuid=None):
    return _store(
        mark.workshop, client_uuid=client_uuid or uuid.uuid4(), registration_id=mark.registration_id, day_id=mark.day_id,
        item_id=mark.item_id, kind=Kind.VOID, voids=mark, method=method, device_time=device_time, reason=reason.strip()[:300],
        unknown_code=mark.unknown_code, by=by,
    )  # fmt: skip


def _store(workshop, *, client_uuid, **details):
    """Adds a mark; where another request with the same key was faster, gives that one."""
    try:
        with transaction.atomic():
            return AttendanceMark.objects.create(workshop=workshop, client_uuid=client_uuid, **details)
    except IntegrityError:
        there = AttendanceMark.objects.filter(client_uuid=client_uuid).first()
        if there is None:
            raise
        return there


def _short(code):
    """The beginning of a code's digest; a digest is taken as it is."""
    is_digest = len(code) == 64 and all(letter in "0123456789abcdef" for letter in code)
    return (code if is_digest else digest_of(code))[:12]


def at(mark, workshop):
    """When somebody was seen, by the clock of the place, as a datetime: by the device's clock, but never after the mark arrived."""
    return min(mark.device_time, mark.received_at).astimezone(ZoneInfo(workshop.time_zone))

