"""Planning: how a workshop comes to be, changes, is taken as the pattern of another, and goes from draft to completed."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core import names
from workshops import days, seats
from workshops.models import Registration, SeatAllocation, Workshop

Status = Workshop.Status

# From each status, those that staff may set next, the usual one first.
NEXT = {
    Status.DRAFT: (Status.NOMINATING, Status.CANCELLED),
    Status.NOMINATING: (Status.CONFIRMED, Status.POSTPONED, Status.CANCELLED, Status.DRAFT),
    Status.CONFIRMED: (Status.RUNNING, Status.NOMINATING, Status.POSTPONED, Status.CANCELLED),
    Status.RUNNING: (Status.COMPLETED, Status.CONFIRMED, Status.CANCELLED),
    Status.COMPLETED: (Status.RUNNING,),
    Status.POSTPONED: (Status.NOMINATING, Status.CONFIRMED, Status.CANCELLED),
    Status.CANCELLED: (Status.DRAFT,),
}
# Words that stand in an address where a workshop's slug could.
TAKEN_SLUGS = {"new"}
MAKING_LOCK = 4713
# Within this time the same person asking for the same copy has pressed the button twice.
PRESSED_TWICE = timedelta(seconds=15)
# What a workshop of the same kind has again. Dates, deadlines, people and reports are its own.
COPIED = (
    "kind", "summary_en", "summary_mn", "description_en", "description_mn", "project", "funder", "visibility", "place_en",
    "place_mn", "venue_en", "venue_mn", "time_zone", "capacity",
)  # fmt: skip


@transaction.atomic
def create(*, by, work_areas=(), **details):
    """A new workshop, a draft unless `status` says otherwise. Its address is made from the title."""
    _one_at_a_time()
    workshop = Workshop(created_by=by, **details)
    workshop.slug = details.get("slug") or free_slug(workshop.title_en or workshop.title_mn)
    workshop.full_clean()
    workshop.save()
    days.settle(workshop)
    workshop.work_areas.set(work_areas)
    return workshop


@transaction.atomic
def edit(workshop, *, by, work_areas=None, **details):
    """Changes a workshop's details and returns it fresh; refuses fewer places than are held or promised.

    What the form had not shown stays as it is in the database.
    """
    workshop = seats.lock(workshop)
    if "capacity" in details and details["capacity"] != workshop.capacity:
        try:
            seats.check_capacity(workshop, details["capacity"])
        except ValidationError as refusal:
            raise ValidationError({"capacity": refusal}) from refusal
    for name, value in details.items():
        setattr(workshop, name, value)
    workshop.full_clean()
    workshop.save()
    days.settle(workshop)
    if work_areas is not None:
        workshop.work_areas.set(work_areas)
    return workshop


@transaction.atomic
def clone(workshop, *, by, **details):
    """A draft with the texts, work areas and shared seats of another workshop, and nobody registered.

    `details` are the titles and dates of the new one. Institutions that have been dissolved since get no seats.
    The same request sent twice gets the first answer again.
    """
    _one_at_a_time()
    just_now = timezone.now() - PRESSED_TWICE
    twin = Workshop.objects.filter(cloned_from=workshop, created_by=by, status=Status.DRAFT, created_at__gt=just_now, **details).first()
    if twin is not None:
        return twin
    details = {**{name: getattr(workshop, name) for name in COPIED}, **details}
    fresh = create(by=by, cloned_from=workshop, work_areas=workshop.work_areas.all(), is_demo=workshop.is_demo, **details)
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
    return fresh


@transaction.atomic
def set_status(workshop, to, *, by):
    """Leads a workshop to another status and returns it fresh; the one that it has already is no change.

    Refuses what NEXT does not allow ("not_possible"), a draft again while officials are registered ("in_use"), and
    under way or completed before its first day ("too_early").
    """
    workshop = seats.lock(workshop)
    before, to = Status(workshop.status), Status(to)
    if before == to:
        return workshop
    if to not in NEXT[before]:
        raise ValidationError(
            _("A workshop that is %(before)s cannot become %(to)s."),
            code="not_possible",
            params={"before": before.label.lower(), "to": to.label.lower()},
        )
    if to == Status.DRAFT and before != Status.CANCELLED and Registration.objects.live().filter(workshop=workshop).exists():
        raise ValidationError(_("Officials are registered: it cannot be a draft again."), code="in_use")
    if to in {Status.RUNNING, Status.COMPLETED} and workshop.starts_on and workshop.starts_on > timezone.localdate():
        raise ValidationError(_("Its first day has not come yet."), code="too_early")
    workshop.status = to
    workshop.save()
    return workshop


def _one_at_a_time():
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
