"""What merging and erasing do with the tables of this layer that hang on a person.

Two records of one person may both be registered for one workshop. The registration that is further stays, the other is
cancelled by the portal with its history, and its seat is free. Where both were present, hold a certificate or answered a
test, a person has to say first which of the two is true.
"""

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts import belongings
from workshops import registrations, seats
from workshops.models import (
    ActBatch,
    AttendanceMark,
    Certificate,
    Consent,
    Letter,
    NominationRequest,
    Receipt,
    Registration,
    State,
    Submission,
    Via,
)

# The further one first.
FURTHER = (State.CONFIRMED, State.INVITED, State.WAITLISTED, State.NOMINATED)
ACT = "merge"


def _move(model, key):
    return lambda merging: merging.move(merging.rows(model, key), key)


# Registered twice ---------------------------------------------------------------------------------------------


def twice(kept, gone):
    """Where both have a live registration: pairs, the one that stays first; with what ties each to the workshop."""
    live = Registration.objects.live().filter(person__in=[kept, gone]).select_related("workshop").order_by("workshop", "pk")
    at = {}
    for row in live:
        at.setdefault(row.workshop_id, []).append(row)
    pairs = [pair for pair in at.values() if len(pair) > 1]
    tied = _tied([row.pk for pair in pairs for row in pair])
    for pair in pairs:
        for row in pair:
            row.is_tied = row.pk in tied
        pair.sort(key=lambda row: (not row.is_tied, FURTHER.index(row.state), row.arrival))
    return pairs


def _tied(keys):
    """Registrations on which something hangs that cannot go over to another: presence, a certificate, answers."""
    found = set()
    if keys:
        voided = AttendanceMark.objects.filter(voids__isnull=False).values("voids")
        marks = AttendanceMark.objects.exclude(kind=AttendanceMark.Kind.VOID).exclude(pk__in=voided)
        for rows in (marks, Certificate.objects.filter(status=Certificate.Status.ISSUED), Submission.objects, Receipt.objects):
            found |= set(rows.filter(registration__in=keys).values_list("registration", flat=True))
    return found


def _clashes(kept, gone):
    return [
        belongings.Clash(
            _("Both are registered for “%(workshop)s”, and both were present there, hold a certificate or answered a test. "
              "Take back one of the two first.") % {"workshop": pair[0].workshop},
            reverse("staff:registration", args=[pair[1].workshop.slug, pair[1].pk]),
        )  # fmt: skip
        for pair in twice(kept, gone)
        if all(row.is_tied for row in pair)
    ]


def _tells(kept, gone):
    return [
        _("Both are registered for “%(workshop)s”: the one that is %(state)s stays, the other (%(other)s) is cancelled.")
        % {
            "workshop": pair[0].workshop,
            "state": pair[0].get_state_display().lower(),
            "other": pair[1].get_state_display().lower(),
        }
        for pair in twice(kept, gone)
        if not all(row.is_tied for row in pair)
    ]


def _lock_seats(kept, gone):
    """Whoever registers takes the workshop's lock before the person's: so does a merge."""
    for pair in twice(kept, gone):
        seats.lock(pair[0].workshop)


def _registrations(merging):
    for staying, leaving in twice(merging.kept, merging.gone):
        batch = ActBatch.objects.create(workshop=staying.workshop, act=ACT, by=merging.by)
        registrations.cancel(
            leaving, by=merging.by, via=Via.SYSTEM, batch=batch,
            reason=str(_("Registered twice: two records of one person were merged.")),
        )  # fmt: skip
        merging.act("workshops.cancelled_twin", batch=str(batch.pk))
    merging.move(merging.rows(Registration, "person"), "person")


def _live_again(payload, *, by):
    """Takes the cancelling back, if the seat is still free."""
    batch = ActBatch.objects.filter(pk=payload["batch"]).first()
    if batch is None:
        return [_("A workshop where both were registered is not there any more.")]
    result = registrations.undo(batch, by=by)
    return [
        _("%(name)s at “%(workshop)s”: %(reason)s")
        % {"name": registration.short_name, "workshop": batch.workshop, "reason": " ".join(ValidationError(reason).messages)}
        for registration, reason in result.refused
    ]


def register():
    rule, clear = belongings.rule, belongings.Clear
    rule(
        "workshops.Registration.person", merge=_registrations, clashes=_clashes, tells=_tells, prepare=_lock_seats, erase=clear(),
    )  # fmt: skip
    rule("workshops.Consent.person", merge=_move(Consent, "person"), erase=clear())
    rule("workshops.Letter.person", merge=_move(Letter, "person"), erase=clear())
    rule("workshops.NominationRequest.focal_point", merge=_move(NominationRequest, "focal_point"), erase=clear(), own=False)
    belongings.UNDO["workshops.cancelled_twin"] = _live_again
