"""The programme: its days and items, what is odd about it, and its published versions with what is new, moved or cancelled.

Staff work on the items; the public, the participants and the calendars read the version that was published last.
"""

from dataclasses import dataclass, field
from datetime import date, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.dates import show
from workshops import letters, links
from workshops.models import AgendaItem, AgendaSpeaker, AgendaVersion, Link, Registration, State, Workshop, WorkshopDay
from workshops.models.registration import HOLDING

TEXTS = ("title_en", "title_mn", "description_en", "description_mn", "room_en", "room_mn")
# What everybody sits through alike: a change of these alone is told to nobody.
PAUSES = {AgendaItem.Kind.BREAK, AgendaItem.Kind.MEAL}


# Reading ------------------------------------------------------------------------------------------------------


def days_with_items(workshop):
    """The days in their order, each with its items and their speakers: four queries at most."""
    speakers = Prefetch("speakers", AgendaSpeaker.objects.select_related("registration"))
    items = Prefetch("items", AgendaItem.objects.order_by("starts_at", "ends_at", "pk").prefetch_related(speakers))
    return list(WorkshopDay.objects.filter(workshop=workshop).prefetch_related(items))


@dataclass
class Oddity:
    """Something that staff should look at before they publish; nothing is forbidden by it."""

    item: AgendaItem
    text: str


def oddities(days):
    """What is odd about a programme: two things at once in one room or with one speaker, an item outside the hours of its
    day, a title that is missing in one language. A list of Oddity in the order of the items."""
    found = []
    for day in days:
        items = [item for item in day.items.all() if not item.is_cancelled]
        for number, item in enumerate(items):
            if (day.starts_at and item.starts_at < day.starts_at) or (day.ends_at and item.ends_at > day.ends_at):
                found.append(Oddity(item, _("It lies outside the hours of the day.")))
            if not item.title_en or not item.title_mn:
                found.append(Oddity(item, _("The English title is missing.") if not item.title_en else _("The Mongolian title is missing.")))
            for other in items[number + 1 :]:
                if other.starts_at >= item.ends_at or item.starts_at >= other.ends_at:
                    continue
                shared = _speakers(item) & _speakers(other)
                if shared:
                    found.append(
                        Oddity(other, _("%(speaker)s speaks at “%(other)s” at the same time.") % {"speaker": _name_of(other, shared), "other": item})
                    )
                if _room(item) == _room(other):
                    text = _("“%(other)s” is in the same room at the same time.") if _room(item) else _("It overlaps with “%(other)s”; name the rooms where both are meant.")
                    found.append(Oddity(other, text % {"other": item}))
    return found


def _speakers(item):
    return {speaker.registration_id or (speaker.name_en or speaker.name_mn).casefold() for speaker in item.speakers.all()}


def _name_of(item, keys):
    return next(
        str(speaker) if not speaker.registration_id else speaker.registration.short_name
        for speaker in item.speakers.all()
        if (speaker.registration_id or (speaker.name_en or speaker.name_mn).casefold()) in keys
    )


def _room(item):
    return (item.room_en or item.room_mn).strip().casefold()


# Changing -----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_item(day, *, by, speakers=(), **details):
    """A new item on a day. `speakers`: registrations, or {"name_en", "name_mn"}, in their order."""
    item = AgendaItem(day=day, **details)
    item.full_clean()
    item.save()
    _set_speakers(item, speakers)
    return item


@transaction.atomic
def edit_item(item, *, by, speakers=None, **details):
    """Changes an item and returns it fresh. An item at which attendance was taken stays on its day ("day_in_use")."""
    item = AgendaItem.objects.select_for_update(no_key=True, of=("self",)).select_related("day").get(pk=item.pk)
    day = details.get("day", item.day)
    if day.workshop_id != item.day.workshop_id:
        raise ValidationError(_("That day is of another workshop."), code="other_workshop")
    if day.pk != item.day_id and item.marks.exists():
        raise ValidationError(_("Attendance was taken at it: it stays on its day."), code="day_in_use")
    for name, value in details.items():
        setattr(item, name, value)
    item.full_clean()
    item.save()
    if speakers is not None:
        _set_speakers(item, speakers)
    return item


@transaction.atomic
def remove_item(item, *, by):
    """Takes an item out. One that was published or at which attendance was taken is cancelled instead, so that readers see
    that it does not take place. Returns True where it is gone, False where it was cancelled."""
    item = AgendaItem.objects.select_for_update(no_key=True, of=("self",)).select_related("day").get(pk=item.pk)
    latest = published(item.day.workshop_id)
    known = latest is not None and any(row["key"] == str(item.key) for row in _rows(latest.content).values())
    if known or item.marks.exists():
        item.is_cancelled = True
        item.save()
        return False
    item.delete()
    return True


def _set_speakers(item, speakers):
    item.speakers.all().delete()
    rows = []
    for order, speaker in enumerate(speakers):
        if isinstance(speaker, Registration):
            if speaker.workshop_id != item.day.workshop_id:
                raise ValidationError(_("%(name)s is not registered for this workshop."), code="other_workshop", params={"name": speaker.short_name})
            rows.append(AgendaSpeaker(item=item, registration=speaker, order=order))
        else:
            rows.append(AgendaSpeaker(item=item, order=order, **speaker))
    AgendaSpeaker.objects.bulk_create(rows)


@transaction.atomic
def set_hours(day, *, by, starts_at, ends_at):
    day = WorkshopDay.objects.select_for_update(no_key=True).get(pk=day.pk)
    day.starts_at, day.ends_at = starts_at, ends_at
    day.full_clean(exclude=["workshop"])
    day.save()
    return day


# Versions -----------------------------------------------------------------------------------------------------


def content_of(workshop):
    """The programme as it would be published now: {"days": [{"on", "key", "starts_at", "ends_at", "items": […]}]}, times as
    HH:MM, texts in both languages, speakers as {"en", "mn", "registration"} with the names of their day."""
    days = []
    for day in days_with_items(workshop):
        items = []
        for item in day.items.all():
            items.append(
                {
                    "key": str(item.key),
                    "kind": item.kind,
                    "starts_at": _clock(item.starts_at),
                    "ends_at": _clock(item.ends_at),
                    "cancelled": item.is_cancelled,
                    **{name: getattr(item, name) for name in TEXTS},
                    "speakers": [_speaker(speaker) for speaker in item.speakers.all()],
                }
            )
        days.append({"key": str(day.key), "on": day.on.isoformat(), "starts_at": _clock(day.starts_at), "ends_at": _clock(day.ends_at), "items": items})
    return {"days": days}


def _clock(moment):
    return moment.strftime("%H:%M") if moment else ""


def _speaker(speaker):
    if speaker.registration is None:
        return {"en": speaker.name_en or speaker.name_mn, "mn": speaker.name_mn or speaker.name_en, "registration": None}
    row = speaker.registration
    names = {}
    for code in ("en", "mn"):
        with override(code):
            names[code] = ", ".join(filter(None, [row.full_name, row.job_title]))
    return {**names, "registration": row.pk}


def published(workshop):
    """The version that was published last, or None. Takes a workshop or its key."""
    key = workshop.pk if isinstance(workshop, Workshop) else workshop
    return AgendaVersion.objects.filter(workshop=key).order_by("-number").first()


@dataclass
class Change:
    """What is different about one item between two versions. `kind`: new, moved (time, day or room), cancelled, gone or
    reworded; `before` and `after` are its rows of the versions, each with its day as "on", or None."""

    kind: str
    before: dict | None
    after: dict | None

    @property
    def row(self):
        return self.after or self.before

    @property
    def title(self):
        row = self.row
        return row[f"title_{get_language()}"] or row["title_en"] or row["title_mn"]

    def __str__(self):
        return _SENTENCES[self.kind] % {"title": self.title, "when": when(self.row), "was": when(self.before) if self.before else ""}


_SENTENCES = {
    "new": _("New: “%(title)s”, %(when)s."),
    "moved": _("Moved: “%(title)s”, now %(when)s (was %(was)s)."),
    "cancelled": _("Cancelled: “%(title)s”, %(when)s."),
    "gone": _("Cancelled: “%(title)s”, %(when)s."),
    "reworded": _("Changed: “%(title)s”, %(when)s."),
}


def when(row):
    """Day, hours and room of an item's row, in words."""
    room = row[f"room_{get_language()}"] or row["room_en"] or row["room_mn"]
    return ", ".join(filter(None, [show(date.fromisoformat(row["on"])), f"{row['starts_at']}–{row['ends_at']}", room]))


def _rows(content):
    return {row["key"]: {**row, "on": day["on"]} for day in content["days"] for row in day["items"]}


def changes(before, after):
    """What is different between two contents, in the order of the newer one, what is gone last: a list of Change."""
    old, new = _rows(before), _rows(after)
    found = []
    for key, row in new.items():
        was = old.get(key)
        if was is None:
            if not row["cancelled"]:
                found.append(Change("new", None, row))
        elif row["cancelled"] and not was["cancelled"]:
            found.append(Change("cancelled", was, row))
        elif was["cancelled"] and not row["cancelled"]:
            found.append(Change("new", was, row))
        elif row["cancelled"]:
            continue
        elif any(row[name] != was[name] for name in ("on", "starts_at", "ends_at", "room_en", "room_mn")):
            found.append(Change("moved", was, row))
        elif any(row[name] != was[name] for name in (*TEXTS, "kind")) or row["speakers"] != was["speakers"]:
            found.append(Change("reworded", was, row))
    found += [Change("gone", was, None) for key, was in old.items() if key not in new and not was["cancelled"]]
    return found


def concerned(workshop, made):
    """Who is told of changes: {registration: [Change]}. Participants are told what is new, moved or cancelled beside pauses;
    who only speaks is told of their own items, also where those are reworded or are theirs no longer. One query."""
    telling = [change for change in made if change.kind != "reworded" and change.row["kind"] not in PAUSES]
    told = {}
    rows = Registration.objects.filter(workshop=workshop, state__in=HOLDING).select_related("person", "organisation")
    for registration in rows:
        own = [change for change in made if registration.pk in _speakers_of(change)]
        theirs = own if registration.role != Registration.Role.PARTICIPANT else [change for change in made if change in telling or change in own]
        if registration.role in {Registration.Role.INTERPRETER, Registration.Role.ORGANISER, Registration.Role.OBSERVER}:
            theirs = [change for change in made if change in telling or change in own]
        if theirs and registration.state == State.CONFIRMED:
            told[registration] = theirs
    return told


def _speakers_of(change):
    return {speaker["registration"] for row in (change.before, change.after) if row for speaker in row["speakers"]}


@dataclass
class Published:
    version: AgendaVersion
    changes: list = field(default_factory=list)
    letters: int = 0


@transaction.atomic
def publish(workshop, *, by, tell=True):
    """Publishes the programme as it is now and writes letters to those whom the changes concern. Returns Published.

    Refuses an empty programme ("empty") and one that is as it was published last ("no_change"). The first version is news
    to nobody: who is invited reads it with the invitation.
    """
    workshop = Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    content = content_of(workshop)
    if not any(day["items"] for day in content["days"]):
        raise ValidationError(_("The programme has no items yet."), code="empty")
    latest = published(workshop)
    if latest is not None and latest.content == content:
        raise ValidationError(_("Nothing is different from version %(number)d."), code="no_change", params={"number": latest.number})
    version = AgendaVersion.objects.create(workshop=workshop, number=latest.number + 1 if latest else 1, content=content, published_by=by)
    made = changes(latest.content, content) if latest else []
    result = Published(version, made)
    if latest is not None and tell:
        entries, told = [], concerned(workshop, made)
        own_links = links.issue_many(Link.Kind.ANSWER, told, by=by)
        for registration, theirs in told.items():
            registration.workshop = workshop
            with override(registration.person.preferred_language):
                lines = "\n".join(f"– {change}" for change in theirs)
            entries.append({"registration": registration, "link": own_links[registration.pk], "context": {"changes": lines}})
        result.letters = len(letters.write_many("programme-changed", entries, workshop=workshop, by=by, occasion=f"v{version.number}"))
    return result


@transaction.atomic
def redate(workshop, *, by):
    """Publishes the last version anew under the dates that its days have now, for the act that moved them: what staff have
    changed since is not published by it, and the letters are those about the move. Returns the version, or None."""
    latest = published(workshop)
    if latest is None:
        return None
    dates = {str(day.key): day.on.isoformat() for day in WorkshopDay.objects.filter(workshop=workshop)}
    days = [{**day, "on": dates[day["key"]]} for day in latest.content.get("days", []) if day["key"] in dates]
    if days == latest.content.get("days", []):
        return latest
    return AgendaVersion.objects.create(workshop=workshop, number=latest.number + 1, content={**latest.content, "days": days}, published_by=by)


def programme(content, language=None):
    """A published content for a page or a document in one language: [(date, [{"starts_at", "ends_at", "title",
    "description", "room", "kind", "cancelled", "speakers"}])]; where a text is missing in it, the other's stands with its
    code in "lang"."""
    language = language or get_language()
    other = "mn" if language == "en" else "en"
    days = []
    for day in content["days"]:
        rows = []
        for row in day["items"]:
            rows.append(
                {
                    "key": row["key"],
                    "kind": row["kind"],
                    "starts_at": time.fromisoformat(row["starts_at"]),
                    "ends_at": time.fromisoformat(row["ends_at"]),
                    "cancelled": row["cancelled"],
                    "title": row[f"title_{language}"] or row[f"title_{other}"],
                    "lang": language if row[f"title_{language}"] else other,
                    "description": row[f"description_{language}"],
                    "room": row[f"room_{language}"] or row[f"room_{other}"],
                    "speakers": [speaker[language] for speaker in row["speakers"]],
                }
            )
        if rows:
            days.append((date.fromisoformat(day["on"]), rows))
    return days


def section(registration, language):
    """For the official's own page: the programme as it was published last; None where none was, or new days are still to be set."""
    version = published(registration.workshop_id)
    if version is None or registration.workshop.status == Workshop.Status.POSTPONED:
        return None
    return "answer/programme.html", {"programme": programme(version.content, language), "version": version}
