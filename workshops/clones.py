"""Another workshop like one that there is: its texts, programme, checklist, seats, letters, forms and materials, and nobody of its
people."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from core.dates import Precision
from workshops import checklists, days, planning, terms
from workshops.models import (
    AgendaItem,
    AgendaSpeaker,
    ChecklistItem,
    Form,
    LetterTemplate,
    Material,
    Option,
    Question,
    SeatAllocation,
    Workshop,
    WorkshopDay,
)

# What a workshop of the same kind has again. People and what was reported are its own.
COPIED = (
    "kind", "summary_en", "summary_mn", "description_en", "description_mn", "project", "funder", "visibility", "place_en",
    "place_mn", "venue_en", "venue_mn", "time_zone", "capacity", "offers_itself", "offer_hours", "attendance_required", "hours",
    "contact_name", "contact_email", "contact_phone", "signatory_en", "signatory_mn",
)  # fmt: skip


@transaction.atomic
def clone(workshop, *, by, materials=False, **details):
    """A draft like another workshop, with nobody registered. `details` are the titles and dates of the new one; `materials` says
    whether what is for everybody and for participants comes along.

    Dates and deadlines keep their distance from the first day. Institutions that have been dissolved since get no seats;
    speakers come along where they are a name, not somebody registered; of the programme, what lies within the new days.
    The same request sent twice gets the first answer again.
    """
    planning.one_at_a_time()
    just_now = timezone.now() - terms.PRESSED_TWICE
    twin = Workshop.objects.filter(
        cloned_from=workshop, created_by=by, status=Workshop.Status.DRAFT, created_at__gt=just_now, **details
    ).first()
    if twin is not None:
        return twin
    shift = days.between(workshop.starts_on, details.get("starts_on")) if workshop.precision == Precision.DAY else None
    details = {
        **{name: getattr(workshop, name) for name in COPIED},
        **({} if shift is None else days.shifted_deadlines(workshop, shift)),
        **details,
    }
    fresh = planning.create(
        by=by, cloned_from=workshop, work_areas=workshop.work_areas.all(), is_demo=workshop.is_demo, checklist=False, **details
    )
    _seats(workshop, fresh)
    items = _programme(workshop, fresh, shift) if shift is not None else {}
    if materials:
        _materials(workshop, fresh, items, by=by)
    _checklist(workshop, fresh, by=by)
    _letters(workshop, fresh, by=by)
    _forms(workshop, fresh, shift)
    return fresh


def _seats(workshop, fresh):
    ended = Q(organisation__valid_to__lte=fresh.starts_on or timezone.localdate())
    SeatAllocation.objects.bulk_create(
        SeatAllocation(
            workshop=fresh,
            organisation_id=row.organisation_id,
            guaranteed=row.guaranteed,
            maximum=row.maximum,
            women_sought=row.women_sought,
            order=row.order,
        )
        for row in workshop.allocations.exclude(ended)
    )


def _programme(workshop, fresh, shift):
    """The hours of the days and their items, as many days as the new workshop has. Returns {key of an item: its copy}."""
    before = {day.on + timedelta(days=shift): day for day in workshop.meeting_days.all()}
    after = {day.on: day for day in fresh.meeting_days.all()}
    if before and len(days.span(workshop)) == len(days.span(fresh)):
        # A day that is left out between the first and the last stays out.
        left_out = [day for on, day in after.items() if on not in before]
        WorkshopDay.objects.filter(pk__in=[day.pk for day in left_out]).delete()
    pairs = {day.pk: after[on] for on, day in before.items() if on in after}
    for on, day in before.items():
        if on in after and (day.starts_at or day.ends_at):
            after[on].starts_at, after[on].ends_at = day.starts_at, day.ends_at
            after[on].save()
    items = {}
    for item in AgendaItem.objects.filter(day__in=pairs, is_cancelled=False).order_by("day__on", "starts_at", "pk"):
        copy = _copy(item, "day", "key", day=pairs[item.day_id], key=uuid.uuid4())
        items[item.pk] = copy
    AgendaItem.objects.bulk_create(items.values())
    AgendaSpeaker.objects.bulk_create(
        _copy(speaker, "item", item=items[speaker.item_id])
        for speaker in AgendaSpeaker.objects.filter(item__in=items, registration=None)
    )
    return items


def _materials(workshop, fresh, items, *, by):
    """Links and files but those for staff only. Each file is stored again: taken out of one workshop it stays in the other."""
    for row in _handed_out(workshop):
        copy = _copy(row, "workshop", "item", "file", "added_by", workshop=fresh, item=items.get(row.item_id), added_by=by)
        if row.file:
            try:
                with row.file.open() as stored:
                    copy.file.save(row.file.name.rpartition("/")[2], File(stored), save=False)
            except FileNotFoundError:
                continue  # nothing to take over
        copy.save()


def _handed_out(workshop):
    return workshop.materials.exclude(visible_to=Material.For.STAFF)


def _checklist(workshop, fresh, *, by):
    rows = list(workshop.checklist.all())
    if not rows:
        checklists.begin(fresh, by=by)
    ChecklistItem.objects.bulk_create(_copy(row, "workshop", "done_at", "done_by", workshop=fresh) for row in rows)


def _letters(workshop, fresh, *, by):
    LetterTemplate.objects.bulk_create(
        _copy(row, "workshop", "updated_by", workshop=fresh, updated_by=by) for row in workshop.letter_templates.all()
    )


def _forms(workshop, fresh, shift):
    """The tests and the evaluation with their questions, in preparation; a question keeps the key by which the test after
    knows it from the test before."""
    zone = ZoneInfo(workshop.time_zone)
    forms = {}
    for form in workshop.forms.all():
        forms[form.pk] = _copy(
            form, "workshop", "state", "opens_at", "closes_at",
            workshop=fresh,
            opens_at=None if shift is None else days.shift(form.opens_at, shift, zone),
            closes_at=None if shift is None else days.shift(form.closes_at, shift, zone),
        )  # fmt: skip
    Form.objects.bulk_create(forms.values())
    questions = {
        question.pk: _copy(question, "form", form=forms[question.form_id]) for question in Question.objects.filter(form__in=forms)
    }
    Question.objects.bulk_create(questions.values())
    Option.objects.bulk_create(
        _copy(option, "question", question=questions[option.question_id]) for option in Option.objects.filter(question__in=questions)
    )


def _copy(row, *own, **details):
    """An unsaved row with the fields of another but its key and those that are its `own`."""
    model = type(row)
    values = {
        column.attname: getattr(row, column.attname)
        for column in model._meta.concrete_fields
        if not column.primary_key and column.name not in own and not getattr(column, "auto_now", False) and not getattr(column, "auto_now_add", False)
    }
    return model(**values, **details)


# What would come along, for the page that asks -----------------------------------------------------------------


@dataclass
class Contents:
    """What a clone of a workshop takes over, as numbers. `deadlines`: (field, days before the first day)."""

    institutions: int
    dissolved: int
    items: int
    days_with_items: int
    speakers_left_out: int
    checklist: int
    templates: int
    forms: int
    questions: int
    links: int
    files: int
    deadlines: list


def contents(workshop, *, on=None):
    """What `clone` would take over. Seven queries."""
    allocations = workshop.allocations.aggregate(
        every=Count("pk"), dissolved=Count("pk", filter=Q(organisation__valid_to__lte=on or timezone.localdate()))
    )
    items = AgendaItem.objects.filter(day__workshop=workshop, is_cancelled=False).aggregate(
        every=Count("pk", distinct=True), days=Count("day", distinct=True), first=Min("day__on"), last=Max("day__on"),
        people=Count("speakers", filter=Q(speakers__registration__isnull=False), distinct=True),
    )  # fmt: skip
    forms = workshop.forms.aggregate(every=Count("pk", distinct=True), questions=Count("questions"))
    handed_out = _handed_out(workshop).aggregate(links=Count("pk", filter=Q(file="")), files=Count("pk", filter=~Q(file="")))
    dated = workshop.precision == Precision.DAY and workshop.starts_on
    return Contents(
        institutions=allocations["every"] - allocations["dissolved"],
        dissolved=allocations["dissolved"],
        items=items["every"] if dated else 0,
        days_with_items=items["days"] if dated else 0,
        speakers_left_out=items["people"],
        checklist=workshop.checklist.count(),
        templates=workshop.letter_templates.count(),
        forms=forms["every"],
        questions=forms["questions"],
        **handed_out,
        deadlines=days.distances(workshop) if dated else [],
    )
