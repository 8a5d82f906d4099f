"""Who has a record's page open: told to others who open it, forgotten a minute after the page is gone."""

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from office.models import Editing


def come(record, user, *, at=None):
    """Notes that a user has the record's page open now; returns [Editing] of the others who have, the first to come first."""
    at = at or timezone.now()
    key = {"content_type": ContentType.objects.get_for_model(record), "object_id": record.pk}
    Editing.objects.filter(**key, seen_at__lt=at - Editing.FORGOTTEN_AFTER).delete()
    Editing.objects.update_or_create(**key, user=user, defaults={"seen_at": at}, create_defaults={"seen_at": at, "since": at})
    return list(Editing.objects.filter(**key).exclude(user=user).select_related("user").order_by("since", "pk"))


def leave(record, user):
    """Forgets that a user has the record's page open."""
    Editing.objects.filter(content_type=ContentType.objects.get_for_model(record), object_id=record.pk, user=user).delete()


def sweep():
    """Forgets the pages that were left without a word; a chore of the worker."""
    Editing.objects.filter(seen_at__lt=timezone.now() - Editing.FORGOTTEN_AFTER).delete()
