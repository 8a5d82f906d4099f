"""What is kept for a time only: diet and access needs go 30 days after the event, and a row of the register says so."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from contacts.models import Purge
from workshops.models import Needs

NEEDS_KEPT = timedelta(days=30)
NEEDS = "needs"


def needs_over(on=None):
    """Needs of people at workshops that ended more than 30 days ago."""
    last = (on or timezone.localdate()) - NEEDS_KEPT
    return Needs.objects.annotate(last=Coalesce("registration__workshop__ends_on", "registration__workshop__starts_on")).filter(last__lt=last)


@transaction.atomic
def purge_needs(on=None):
    """Deletes them and writes into the register how many of which workshop. Returns the Purge, or None where nothing is due.

    Done twice at once it is done once: who comes second finds nothing.
    """
    due = list(needs_over(on).select_for_update(of=("self",), skip_locked=True).select_related("registration__workshop"))
    if not due:
        return None
    counts = {}
    for needs in due:
        counts[needs.registration.workshop.slug] = counts.get(needs.registration.workshop.slug, 0) + 1
    Needs.objects.filter(pk__in=[needs.pk for needs in due]).delete()
    return Purge.objects.create(duty=NEEDS, number=len(due), detail=counts)
