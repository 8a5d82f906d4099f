"""Secret links: made, renewed, taken back, and found by the token in an address."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from workshops.models import Link

# Why a link leads nowhere any more.
REASONS = ("unknown", "revoked", "expired", "over")


class Dead(Exception):
    """The link leads nowhere; `reason` is one of REASONS, `link` the row where there is one."""

    def __init__(self, reason, link=None):
        super().__init__(reason)
        self.reason, self.link = reason, link


@transaction.atomic
def issue(kind, *, request=None, registration=None, by=None):
    """The active link of a kind to a request or a registration; one is made where there is none."""
    active = {"kind": kind, "request": request, "registration": registration, "revoked_at": None}
    link = Link.objects.filter(**active).first()
    if link is None:
        try:
            with transaction.atomic():
                link = Link.objects.create(created_by=by, **active)
        except IntegrityError:  # made by somebody else at this very moment
            link = Link.objects.get(**active)
    return link


@transaction.atomic
def revoke(link, *, by):
    """Takes a link back: it leads nowhere from now on. One that was taken back before stays as it is."""
    Link.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    link.refresh_from_db()
    return link


@transaction.atomic
def renew(link, *, by):
    """Takes a link back and returns a fresh one to the same thing."""
    revoke(link, by=by)
    return issue(link.kind, request=link.request, registration=link.registration, by=by)


def resolve(token, kind):
    """The link whose token this is. Raises Dead where there is none, or where it does not lead anywhere any more."""
    link = (
        Link.objects.select_related("request__workshop", "request__organisation", "registration__workshop")
        .filter(kind=kind)
        .by_token(token)
    )
    if link is None:
        raise Dead("unknown")
    if link.revoked_at:
        raise Dead("revoked", link)
    if link.expires_at and link.expires_at <= timezone.now():
        raise Dead("expired", link)
    workshop = (link.request or link.registration).workshop
    if not workshop.is_open:
        raise Dead("over", link)
    return link
