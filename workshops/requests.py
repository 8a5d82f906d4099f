"""What institutions are asked: the request to each, its letter, its reminders, and the day on which unused seats are free again.

How an institution answers is in replies.py. The state of a request follows from both and is set nowhere else.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops import letters, links, seats
from workshops.models import Link, NominationRequest, SeatAllocation, Workshop

State = NominationRequest.State

# Reminders go out from this long before the deadline on; where there is none, this long after the request or the last reminder.
NEAR = timedelta(days=3)
SILENT = timedelta(days=7)
# What staff may change in a request.
DETAILS = (
    "letter_number", "letter_on", "language", "addressee_en", "addressee_mn", "focal_point", "focal_name", "focal_email", "focal_phone",
    "deadline", "note",
)  # fmt: skip
# What an institution's next request takes over from its last one.
REMEMBERED = ("language", "addressee_en", "addressee_mn", "focal_point_id", "focal_name", "focal_email", "focal_phone")


@dataclass
class Result:
    """What an act on several requests did: each is judged by itself, so one refusal holds up no other."""

    done: list = field(default_factory=list)
    refused: list = field(default_factory=list)  # (request, ValidationError)


def hold(request):
    """The request as it is now, locked until the transaction ends."""
    NominationRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    return (
        NominationRequest.objects.select_related("workshop", "organisation", "focal_point")
        .prefetch_related("focal_point__emails", "focal_point__phones")
        .get(pk=request.pk)
    )


def refuse_closed(workshop):
    if not workshop.is_open:
        raise ValidationError(
            _("Nothing can be asked any more: the workshop is %(status)s."),
            code="closed",
            params={"status": workshop.get_status_display().lower()},
        )


# The state ----------------------------------------------------------------------------------------------------


def asked_for(allocation):
    """How many principals make an answer complete: the maximum, else the guaranteed seats; None where no number was said."""
    if allocation is None:
        return None
    return allocation.maximum if allocation.maximum is not None else allocation.guaranteed or None


def worked_out(request, allocation, principals, named):
    """The state that follows from the numbers: `principals` who count, `named` all who count."""
    if request.sent_at is None:
        return State.DRAFT
    wanted = asked_for(allocation)
    if wanted and principals >= wanted:
        return State.COMPLETE
    return State.PARTLY if named else State.SENT


# Asking -------------------------------------------------------------------------------------------------------


@transaction.atomic
def prepare(workshop, *, by):
    """A draft of a request to each institution that has seats and was not asked yet. Returns those that are new.

    Addressee and focal point are taken over from the institution's last request. Refuses a closed workshop ("closed").
    """
    refuse_closed(workshop)
    seats.lock(workshop)
    asked = set(NominationRequest.objects.filter(workshop=workshop).values_list("organisation", flat=True))
    missing = [row.organisation_id for row in workshop.allocations.all() if row.organisation_id not in asked]
    before = {}
    for request in NominationRequest.objects.filter(organisation__in=missing).order_by("pk"):
        before[request.organisation_id] = {name: getattr(request, name) for name in REMEMBERED}
    return NominationRequest.objects.bulk_create(
        NominationRequest(workshop=workshop, organisation_id=key, **before.get(key, {})) for key in missing
    )


@transaction.atomic
def edit(request, *, by, **details):
    """Changes what a request says (the names in DETAILS) and returns it fresh, whether it was sent or not.

    Refuses a closed workshop ("closed") and a deadline that is later than the workshop's first day ("after_the_start").
    """
    request = hold(request)
    refuse_closed(request.workshop)
    for name in DETAILS:
        if name in details:
            setattr(request, name, details[name])
    starts_on = request.workshop.starts_on
    if request.deadline and starts_on and timezone.localdate(request.deadline) > starts_on:
        raise ValidationError({"deadline": ValidationError(_("By then the workshop has begun."), code="after_the_start")})
    request.full_clean(exclude=["workshop", "organisation"], validate_unique=False)
    request.save()
    return request


@transaction.atomic
def send(request, *, by, by_hand=False):
    """Asks the institution: the letter with the invitation is queued, or, `by_hand`, goes on paper and none is written.

    Returns the request fresh. One that was sent already stays as it is, with no second letter. Refuses a workshop whose
    nominations are not open ("closed", "not_open"), a deadline that is over ("late"), and an institution without seats ("no_seats").
    """
    request = hold(request)
    workshop = request.workshop
    if request.state != State.DRAFT:
        return request
    refuse_closed(workshop)
    if workshop.status in {Workshop.Status.DRAFT, Workshop.Status.POSTPONED}:
        raise ValidationError(_("Open the nominations first."), code="not_open")
    if request.is_late:
        raise ValidationError(_("The deadline is over. Set a later one first."), code="late")
    if not SeatAllocation.objects.filter(workshop=workshop, organisation=request.organisation_id).exists():
        raise ValidationError(_("No seats are shared out to this institution."), code="no_seats")
    now = timezone.now()
    request.state, request.sent_at = State.SENT, now
    request.letter_on = request.letter_on or timezone.localdate(now)
    request.save()
    link = links.issue(Link.Kind.NOMINATE, request=request, by=by)
    if not by_hand:
        letters.write("request-invitation", request=request, link=link, documents=["invitation"], by=by)
    return request


def send_many(requests, *, by):
    """Sends requests one after the other. Returns a Result."""
    return _each(requests, lambda request: send(request, by=by))


def _each(requests, act):
    result = Result()
    for request in sorted(requests, key=lambda request: request.pk):
        try:
            result.done.append(act(request))
        except ValidationError as refusal:
            result.refused.append((request, refusal))
    return result


@transaction.atomic
def renew_link(request, *, by):
    """Takes the institution's link back, makes another, and writes to the focal point where an address is known. Returns the link.

    Refuses a request that was not sent ("not_sent") and a closed workshop ("closed").
    """
    request = hold(request)
    refuse_closed(request.workshop)
    if request.state == State.DRAFT:
        raise ValidationError(_("It has not been sent yet."), code="not_sent")
    link = links.issue(Link.Kind.NOMINATE, request=request, by=by)
    link = links.renew(link, by=by)
    if request.waits and request.contact_address:
        letters.write("request-invitation", request=request, link=link, documents=["invitation"], occasion=f"link:{link.pk}", by=by)
    return link


# Reminding ----------------------------------------------------------------------------------------------------


def to_remind(request, now=None):
    """Whether a reminder is due: the answer is late or nearly so, an address is known, and today nothing was sent yet."""
    now = now or timezone.now()
    if not request.waits or not request.contact_address:
        return False
    last = max(moment for moment in (request.sent_at, request.reminded_at) if moment)
    if timezone.localdate(last) >= timezone.localdate(now):
        return False
    until = request.answer_until
    return now >= until - NEAR if until else now - last >= SILENT


@transaction.atomic
def remind(request, *, by):
    """Reminds an institution that has not answered, or not in full. Returns the request fresh.

    Not twice a day: pressed again, nothing more happens. Refuses a request that was not sent ("not_sent"), one that is
    answered ("answered"), one that was sent today ("too_soon"), and where no address is known ("no_address").
    """
    request = hold(request)
    refuse_closed(request.workshop)
    if request.state == State.DRAFT:
        raise ValidationError(_("It has not been sent yet."), code="not_sent")
    if not request.waits:
        raise ValidationError(_("The institution has answered: %(state)s."), code="answered", params={"state": request.get_state_display().lower()})
    now = timezone.now()
    today = timezone.localdate(now)
    if request.reminded_at and timezone.localdate(request.reminded_at) == today:
        return request
    if timezone.localdate(request.sent_at) == today:
        raise ValidationError(_("It was sent today."), code="too_soon")
    if not request.contact_address:
        raise ValidationError(_("No e-mail address is known. Call the focal point."), code="no_address")
    request.reminded_at, request.reminders = now, request.reminders + 1
    request.save()
    link = links.issue(Link.Kind.NOMINATE, request=request, by=by)
    letters.write("request-reminder", request=request, link=link, occasion=today.isoformat(), by=by)
    return request


def late_ones(workshop):
    """Requests of a workshop to which a reminder is due, in three queries."""
    rows = (
        workshop.nomination_requests.filter(state__in=[State.SENT, State.PARTLY])
        .select_related("workshop", "organisation", "focal_point")
        .prefetch_related("focal_point__emails", "focal_point__phones")
    )
    return [row for row in rows if to_remind(row)]


def remind_many(requests, *, by):
    """Reminds those to whom a reminder is still due; each is looked at once more under its lock. Returns a Result."""
    due = [request for request in requests if to_remind(request)]
    return _each(due, lambda request: remind(request, by=by))


def remind_late(workshop, *, by):
    """Reminds all institutions whose answer is late or nearly so. Returns a Result."""
    return remind_many(late_ones(workshop), by=by)


# Unused seats -------------------------------------------------------------------------------------------------


def release_due():
    """Frees guaranteed seats that are still unused on the day that the workshop names (Workshop.release_on), and on any later one.

    Returns {workshop: how many became free}. The worker calls it; twice does no harm.
    """
    freed = {}
    due = Workshop.objects.filter(release_on__lte=timezone.localdate(), allocations__released_at=None, allocations__guaranteed__gt=0)
    for workshop in due.distinct():
        if workshop.is_open and (number := seats.release(workshop, by=None, at=timezone.now())):
            freed[workshop] = number
    return freed
