"""Planning: how a workshop comes to be, changes, moves, is put off or called off, and goes from draft to completed.

Whatever way other dates or another place come in, `_carry_through` follows: calendars get a newer word and those concerned
a letter, which waits as a draft until staff have read it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from contacts.models import PersonEmail
from core import names
from core.dates import Precision
from workshops import agendas, calendars, checklists, days, holidays, letters, notices, registrations, seats
from workshops.models import ActBatch, Letter, NominationRequest, Registration, State, StateChange, Workshop
from workshops.models.registration import LIVE

Status = Workshop.Status

# From each status, those that staff may set next, the usual one first.
NEXT = {
    Status.DRAFT: (Status.NOMINATING, Status.CANCELLED),
    Status.NOMINATING: (Status.CONFIRMED, Status.POSTPONED, Status.CANCELLED, Status.DRAFT),
    # Completed also where nobody said on the first morning that it had begun.
    Status.CONFIRMED: (Status.RUNNING, Status.NOMINATING, Status.COMPLETED, Status.POSTPONED, Status.CANCELLED),
    Status.RUNNING: (Status.COMPLETED, Status.CONFIRMED, Status.CANCELLED),
    Status.COMPLETED: (Status.RUNNING,),
    Status.POSTPONED: (Status.NOMINATING, Status.CONFIRMED, Status.CANCELLED),
    Status.CANCELLED: (Status.DRAFT,),
}
# Words that stand in an address where a workshop's slug could.
TAKEN_SLUGS = {"new"}
MAKING_LOCK = 4713
# What a calendar shows of a workshop.
WHEN = ("starts_on", "ends_on", "precision", "time_zone")
WHERE = ("place_en", "place_mn", "venue_en", "venue_mn")
# Those who count on the workshop: they learn of it when it moves or does not take place.
COUNT_ON_IT = (State.CONFIRMED, State.INVITED, State.WAITLISTED)
ASKED = (NominationRequest.State.SENT, NominationRequest.State.PARTLY, NominationRequest.State.COMPLETE)
# A workshop in one of these has been told of outside.
KNOWN_OUTSIDE = {Status.NOMINATING, Status.CONFIRMED, Status.RUNNING}
# A newer letter of these makes an older one that was not sent untrue.
ABOUT_THE_PLAN = ("workshop-moved", "workshop-postponed", "workshop-cancelled")
# Letters of these kinds that wait are written anew when the plan changes.
WRITTEN_ANEW = (*ABOUT_THE_PLAN, "official-confirmed")
CALLED_OFF = "call-off:"
# The history of a registration holds so much; the letters say it whole, each in its language.
LONGEST_REASON = StateChange._meta.get_field("reason").max_length


@transaction.atomic
def create(*, by, work_areas=(), checklist=True, **details):
    """A new workshop with the usual checklist, a draft unless `status` says otherwise. Its address is made from the title."""
    one_at_a_time()
    workshop = Workshop(created_by=by, **details)
    workshop.slug = details.get("slug") or free_slug(workshop.title_en or workshop.title_mn)
    workshop.full_clean()
    workshop.save()
    days.settle(workshop)
    workshop.work_areas.set(work_areas)
    if checklist:
        checklists.begin(workshop, by=by)
    return workshop


@transaction.atomic
def edit(workshop, *, by, work_areas=None, reason=None, **details):
    """Changes a workshop's details and returns it fresh, with `letters_drafted`; refuses fewer places than are held or promised.

    What the form had not shown stays as it is in the database. Other dates or another place are a move: see `move`.
    Where letters about it follow they state `reason`; one that was asked for and is empty is refused ("reason_due"), None was not asked for.
    """
    workshop = seats.lock(workshop)
    before = plan_of(workshop)
    if "capacity" in details and details["capacity"] != workshop.capacity:
        try:
            seats.check_capacity(workshop, details["capacity"])
        except ValidationError as refusal:
            raise ValidationError({"capacity": refusal}) from refusal
    for name, value in details.items():
        setattr(workshop, name, value)
    workshop.full_clean()
    workshop.save()
    given = reason and any((text or "").strip() for text in (reason.values() if isinstance(reason, dict) else [reason]))
    workshop.letters_drafted = carry_through(workshop, before, by=by, reason=_in_both(reason) if given else "")
    if workshop.letters_drafted and reason is not None and not given:
        raise ValidationError(_("Say why the days or the place change: it stands in the letters."), code="reason_due")
    if work_areas is not None:
        workshop.work_areas.set(work_areas)
    return workshop


@transaction.atomic
def set_status(workshop, to, *, by, reason=""):
    """Leads a workshop to another status and returns it fresh; the one that it has already is no change.

    Refuses what NEXT does not allow ("not_possible"), a draft again while officials are registered ("in_use"), under way or
    completed before its first day ("too_early"), and taking up one that was put off without new dates ("dates_due"): that is
    `move`. Putting off and calling off are acts of their own and need a reason.
    """
    workshop = seats.lock(workshop)
    before, to = Status(workshop.status), Status(to)
    if before == to:
        return workshop
    _check_next(before, to)
    if to == Status.POSTPONED:
        return postpone(workshop, by=by, reason=reason).workshop
    if to == Status.CANCELLED:
        return cancel(workshop, by=by, reason=reason).workshop
    if before == Status.POSTPONED:
        raise ValidationError(_("Set the new dates: with them the workshop is taken up again."), code="dates_due")
    if to == Status.DRAFT and before != Status.CANCELLED and Registration.objects.live().filter(workshop=workshop).exists():
        raise ValidationError(_("Officials are registered: it cannot be a draft again."), code="in_use")
    if to in {Status.RUNNING, Status.COMPLETED} and workshop.starts_on and workshop.starts_on > timezone.localdate():
        raise ValidationError(_("Its first day has not come yet."), code="too_early")
    workshop.status = to
    workshop.save()
    return workshop


def _check_next(before, to):
    if to not in NEXT[before]:
        raise ValidationError(
            _("A workshop that is %(before)s cannot become %(to)s."),
            code="not_possible",
            params={"before": before.label.lower(), "to": to.label.lower()},
        )


# Moving, putting off, calling off ------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What moving, putting off or calling off did, or would do. `changes`: (what, before, after) in words; `remarks`:
    sentences about what somebody may have overlooked."""

    workshop: Workshop
    changes: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    letters: list = field(default_factory=list)
    batch: ActBatch | None = None
    offers_stopped: int = 0

    @property
    def without_address(self):
        return [letter for letter in self.letters if not letter.to_address]


@dataclass
class Concerned:
    """Who gets a letter: officials who count on the workshop and institutions that were asked for names.

    Each has `has_address`: whether the letter can go by e-mail.
    """

    officials: list
    institutions: list

    def __len__(self):
        return len(self.officials) + len(self.institutions)

    @property
    def without_address(self):
        return [one for one in [*self.officials, *self.institutions] if not one.has_address]


def concerned(workshop):
    """Who is written to when the workshop moves or does not take place. Two queries."""
    mailbox = PersonEmail.objects.filter(person=OuterRef("person"))
    focal = PersonEmail.objects.filter(person=OuterRef("focal_point"))
    return Concerned(
        list(
            Registration.objects.filter(workshop=workshop, state__in=COUNT_ON_IT)
            .select_related("person", "organisation")
            .annotate(has_address=Exists(mailbox))
        ),
        list(
            NominationRequest.objects.filter(workshop=workshop, state__in=ASKED)
            .select_related("organisation", "focal_point")
            .annotate(has_address=Q(~Q(focal_email="") | Exists(focal)))
        ),
    )


def to_be_told(workshop):
    """The same, but of a draft nobody has heard, nor of one that is over or called off anything new."""
    return concerned(workshop) if workshop.status in {*KNOWN_OUTSIDE, Status.POSTPONED} else Concerned([], [])


@transaction.atomic
def move(workshop, *, by, reason, shift_deadlines=True, become=None, **plan):
    """Gives a workshop other dates or another place and drafts the letters about it. Returns an Outcome.

    `plan`: any of starts_on, ends_on, place_en/mn, venue_en/mn. With `shift_deadlines` the deadlines, those of the letters
    to institutions and the times of the forms keep their distance from the first day. One that was put off is taken up
    again and is then nominating, or what `become` says. `reason`: a text, or {"en": …, "mn": …}, as in all acts here. Refuses one that is over ("not_possible"), a missing reason
    ("reason_due"), no first day ("dates_due"), and a plan that is the present one ("nothing_changes").
    """
    return _move(seats.lock(workshop), by=by, reason=reason, shift_deadlines=shift_deadlines, become=become, write=True, **plan)


def preview_move(workshop, **details):
    """What `move` would do now, with nothing stored and no letter written: see `concerned` for who would get one."""
    with transaction.atomic():
        outcome = _move(seats.lock(workshop), write=False, **details)
        transaction.set_rollback(True)
    return outcome


def _move(workshop, *, by, reason, shift_deadlines, become, write, **plan):
    before, was = plan_of(workshop), Status(workshop.status)
    if was in {Status.COMPLETED, Status.CANCELLED}:
        raise ValidationError(
            _("It cannot be moved: the workshop is %(status)s."), code="not_possible", params={"status": was.label.lower()}
        )
    reason = _in_both(reason)
    if not plan.get("starts_on", workshop.starts_on):
        raise ValidationError(_("Give the first day."), code="dates_due")
    old = {name: getattr(workshop, name) for name in days.DEADLINES}
    by_days = days.between(workshop.starts_on, plan.get("starts_on")) if workshop.precision == Precision.DAY else None
    for name, value in plan.items():
        setattr(workshop, name, value)
    if "starts_on" in plan:
        workshop.precision = Precision.DAY
    if was == Status.POSTPONED:
        to = Status(become or Status.NOMINATING)
        _check_next(was, to)
        workshop.status = to
    elif plan_of(workshop) == before:
        raise ValidationError(_("These are the dates and the place that it has."), code="nothing_changes")
    requests = 0
    if shift_deadlines and by_days:
        for name, value in days.shifted_deadlines(workshop, by_days).items():
            setattr(workshop, name, value)
        requests = _shift_what_hangs_on_it(workshop, by_days)
    workshop.full_clean()
    workshop.save()
    outcome = Outcome(workshop, changes=_differences(workshop, before, old))
    outcome.remarks = [*holidays.remarks(workshop.starts_on, workshop.ends_on), *_in_the_past(workshop, old), *_said_in_one_language(before, plan_of(workshop))]
    if requests:
        outcome.changes.append((_("Deadlines of single institutions"), "", _("shifted by %(days)s days") % {"days": f"{by_days:+d}"}))
    outcome.letters = carry_through(
        workshop, before, by=by, reason=reason, write=write, resumed=was == Status.POSTPONED
    )
    return outcome


def _shift_what_hangs_on_it(workshop, by_days):
    """Shifts the institutions' own deadlines and the times of the forms; returns how many institutions have one."""
    zone = ZoneInfo(workshop.time_zone)
    own = list(workshop.nomination_requests.exclude(deadline=None))
    for request in own:
        request.deadline = days.shift(request.deadline, by_days, zone)
        request.save(update_fields=["deadline", "updated_at"])
    for form in workshop.forms.filter(Q(opens_at__isnull=False) | Q(closes_at__isnull=False)):
        form.opens_at, form.closes_at = days.shift(form.opens_at, by_days, zone), days.shift(form.closes_at, by_days, zone)
        form.save(update_fields=["opens_at", "closes_at"])
    return len(own)


def _differences(workshop, before, old):
    """(what, before, after) of what a move changed, in words."""
    past = Workshop(**before)
    rows = [(_("Days"), past.dates, workshop.dates)]
    for label, name in ((_("Place"), "place"), (_("Venue"), "venue")):
        rows.append((label, _words(before, name), _words(plan_of(workshop), name)))
    rows += [
        (Workshop._meta.get_field(name).verbose_name, _moment(old[name], workshop), _moment(getattr(workshop, name), workshop))
        for name in days.DEADLINES
    ]
    return [row for row in rows if row[1] != row[2]]


def _in_the_past(workshop, old):
    """What is said of deadlines that a move would put where they are over."""
    found = []
    for name in days.DEADLINES:
        value = getattr(workshop, name)
        if not value or value == old[name]:
            continue
        if value <= timezone.now() if isinstance(value, datetime) else value < timezone.localdate():
            found.append(_("%(what)s: it would lie in the past.") % {"what": capfirst(Workshop._meta.get_field(name).verbose_name)})
    return found


def _said_in_one_language(before, now):
    """Where a place has a new name in one language and keeps its old one in the other."""
    found = []
    for label, name in ((_("Place"), "place"), (_("Venue"), "venue")):
        changed = [before[f"{name}_{code}"] != now[f"{name}_{code}"] for code in ("en", "mn")]
        if any(changed) and not all(changed) and now[f"{name}_en"] and now[f"{name}_mn"]:
            found.append(_("%(what)s: changed in one language alone. Letters in the other name the old one.") % {"what": label})
    return found


def _words(plan, name):
    return " / ".join(filter(None, dict.fromkeys([plan[f"{name}_en"], plan[f"{name}_mn"]])))


def _moment(value, workshop):
    """A date or a moment in words; a weekend or a holiday is said."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(workshop.time_zone))
        words, day = date_format(value, "DATETIME_FORMAT"), value.date()
    else:
        words, day = date_format(value, "DATE_FORMAT"), value
    remark = holidays.remark_on(day)
    return f"{words} ({remark})" if remark else words


def _in_both(reason):
    """A reason as {language: text}, for letters in both; given as one text or in one language alone, both say the same."""
    given = reason if isinstance(reason, dict) else {"en": reason}
    en, mn = (given.get(language, "").strip() for language in ("en", "mn"))
    if not (en or mn):
        raise ValidationError(_("Give a reason."), code="reason_due")
    return {"en": en or mn, "mn": mn or en}


@transaction.atomic
def postpone(workshop, *, by, reason):
    """Puts a workshop off without new dates. Registrations stay as they are; time limits of open offers stop, so that
    nobody loses a seat by the clock. Returns an Outcome; refuses what NEXT does not allow and a missing reason."""
    workshop = seats.lock(workshop)
    if workshop.status == Status.POSTPONED:
        return Outcome(workshop)
    _check_next(Status(workshop.status), Status.POSTPONED)
    reason = _in_both(reason)
    told = concerned(workshop)
    workshop.status = Status.POSTPONED
    workshop.ics_sequence += 1
    workshop.save()
    outcome = Outcome(workshop, offers_stopped=_stop_offers(workshop))
    outcome.letters = _write(workshop, "workshop-postponed", told, by=by, method="CANCEL", context={"reason": reason, "dates_before": lambda: workshop.dates})
    return outcome


@transaction.atomic
def cancel(workshop, *, by, reason):
    """Calls a workshop off: all who are registered become cancelled in one batch that can be taken back. Returns an Outcome;
    refuses what NEXT does not allow and a missing reason."""
    workshop = seats.lock(workshop)
    was = Status(workshop.status)
    if was == Status.CANCELLED:
        return Outcome(workshop)
    _check_next(was, Status.CANCELLED)
    reason = _in_both(reason)
    told = to_be_told(workshop)
    batch = ActBatch.objects.create(workshop=workshop, act=f"{CALLED_OFF}{was}", by=by)
    stopped = _stop_offers(workshop)
    live = list(Registration.objects.filter(workshop=workshop, state__in=LIVE))
    in_history = " / ".join(dict.fromkeys(reason.values()))[:LONGEST_REASON]
    registrations.move_many(live, State.CANCELLED, by=by, reason=in_history, batch=batch, quiet=True)
    workshop = Workshop.objects.get(pk=workshop.pk)
    workshop.status = Status.CANCELLED
    workshop.ics_sequence += 1
    workshop.save()
    outcome = Outcome(workshop, batch=batch, offers_stopped=stopped)
    outcome.letters = _write(workshop, "workshop-cancelled", told, by=by, method="CANCEL", context={"reason": reason})
    return outcome


@transaction.atomic
def take_back_cancelling(batch, *, by):
    """Undoes `cancel`: the workshop is what it was, and those who were cancelled with it are registered again.

    Returns (registrations.Result, how many letters about it had been sent); letters not sent yet are discarded.
    """
    workshop = seats.lock(batch.workshop)
    batch.refresh_from_db()
    if batch.undone_at is None and workshop.status == Status.CANCELLED:
        workshop.status = Status(batch.act.removeprefix(CALLED_OFF))
        workshop.ics_sequence += 1
        workshop.save()
    sent = workshop.letters.filter(kind="workshop-cancelled", state=Letter.State.SENT, created_at__gte=batch.at).count()
    _discard(workshop, ("workshop-cancelled",))
    return registrations.undo(batch, by=by), sent


def _stop_offers(workshop):
    """No open offer runs out any more; returns how many there were."""
    return Registration.objects.filter(workshop=workshop, state=State.INVITED, offer_expires_at__isnull=False).update(
        offer_expires_at=None
    )


def plan_of(workshop):
    """The dates and the place of a workshop as they are now: {field: value}."""
    return {name: getattr(workshop, name) for name in (*WHEN, *WHERE)}


def carry_through(workshop, before, *, by, reason="", write=True, resumed=False):
    """What follows from other dates or another place, inside the transaction of the act that stored them: the days settle,
    calendars get a newer word, and those concerned a letter as a draft. `before` is the plan as `plan_of` gave it.

    Returns the letters. A place that was named for the first time moves nobody: it stands in the joining instructions.
    """
    now = plan_of(workshop)
    days.settle(workshop)
    agendas.redate(workshop, by=by)
    if now == before and not resumed:
        return []
    workshop.ics_sequence += 1
    workshop.save(update_fields=["ics_sequence", "updated_at"])
    elsewhere = any(before[name] and before[name] != now[name] for name in WHERE)
    at_other_times = any(before[name] != now[name] for name in WHEN)
    last = workshop.ends_on or workshop.starts_on
    to_come = last is None or workshop.precision != Precision.DAY or last >= timezone.localdate()
    told = workshop.status in KNOWN_OUTSIDE and to_come
    if not write or not told or not (elsewhere or at_other_times or resumed):
        return []
    context = {"reason": reason}
    if at_other_times:
        context["dates_before"] = lambda: Workshop(**before).dates
    for name in ("place", "venue"):
        one, other = f"{name}_en", f"{name}_mn"
        if (before[one], before[other]) != (now[one], now[other]):
            context[f"{name}_before"] = {"en": before[one] or before[other], "mn": before[other] or before[one]}
    return _write(workshop, "workshop-moved", concerned(workshop), by=by, method="REQUEST", context=context)


def _write(workshop, kind, told, *, by, method, context):
    """Drafts a letter to each of those concerned; older ones about the plan that were not sent are no longer true.

    Whoever has not had the joining instructions yet gets those, as they are now, in place of a letter about a change.
    """
    occasion = str(workshop.ics_sequence)
    anew, officials = [], told.officials
    if kind == "workshop-moved":
        unsent = workshop.letters.filter(kind="official-confirmed", state__in=notices.UNSENT)
        waiting = set(unsent.values_list("registration", flat=True))
        anew = [registration for registration in officials if registration.pk in waiting and registration.state == State.CONFIRMED]
        officials = [registration for registration in officials if registration not in anew]
        unsent.filter(registration__in=anew).update(state=Letter.State.CANCELLED)
    _discard(workshop, ABOUT_THE_PLAN)
    entries = []
    for registration in officials:
        registration.workshop = workshop
        calendar = _calendar(workshop, registration, method) if registration.state != State.WAITLISTED else ""
        entries.append({"registration": registration, "context": context, "calendar": calendar})
    for request in told.institutions:
        request.workshop = workshop
        entries.append({"request": request, "context": context})
    written = letters.write_many(kind, entries, workshop=workshop, by=by, occasion=occasion, draft=True, calendar_method=method)
    return written + notices.confirm_anew(anew, workshop, by=by, occasion=f"moved:{occasion}")


def _discard(workshop, kinds):
    workshop.letters.filter(kind__in=kinds, state__in=notices.UNSENT).update(state=Letter.State.CANCELLED)


def _calendar(workshop, registration, method):
    """The calendar part in the official's language."""
    with override(registration.person.preferred_language or "mn"):
        return calendars.calendar_of(workshop, registration=registration, method=method)


# The report ---------------------------------------------------------------------------------------------------


@transaction.atomic
def report_sent(workshop, *, by, sent=True):
    """Remembers since when the donor has the report, or, with `sent=False`, that it was not sent after all. Returns the
    workshop fresh; said twice nothing changes."""
    workshop = Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    if sent != bool(workshop.reported_at):
        workshop.reported_at = timezone.now() if sent else None
        workshop.save(update_fields=["reported_at", "updated_at"])
    return workshop


# Addresses ----------------------------------------------------------------------------------------------------


def one_at_a_time():
    """Until the transaction ends nobody else makes a workshop: two of one title need two addresses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [MAKING_LOCK])


def free_slug(title):
    """An address made from a title in either script, that no other workshop has."""
    wanted = slugify(names.romanise(title))[:100].strip("-") or "workshop"
    taken = set(Workshop.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)) | TAKEN_SLUGS
    if wanted not in taken:
        return wanted
    return next(slug for slug in (f"{wanted}-{number}" for number in range(2, 10_000)) if slug not in taken)
