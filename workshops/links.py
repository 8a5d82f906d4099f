"""Secret links: made, renewed, taken back, and found by the token in an address."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.addresses import absolute
from workshops.models import Link

# The page behind each kind of link; letters take it from here too.
PAGES = {Link.Kind.NOMINATE: "nominate:page", Link.Kind.ANSWER: "answer:page", Link.Kind.BADGE: "badges:badge"}
# So long after the last day an official's own page still stands, for materials, the evaluation and the certificate.
AFTER_THE_END = timedelta(days=365)

# Why a link leads nowhere any more.
REASONS = ("unknown", "revoked", "expired", "over")


class Dead(Exception):
    """The link leads nowhere; `reason` is one of REASONS, `link` the row where there is one."""

    def __init__(self, reason, link=None):
        super().__init__(reason)
        self.reason, self.link = reason, link


@transaction.atomic
def issue(kind, *, request=None, registration=None, by=None, expires_at=None):
    """The active link of a kind to a request or a registration; one is made, until `expires_at`, where there is none."""
    active = {"kind": kind, "request": request, "registration": registration, "revoked_at": None}
    link = Link.objects.filter(**active).first()
    if link is None:
        try:
            with transaction.atomic():
                link = Link.objects.create(created_by=by, expires_at=expires_at, **active)
        except IntegrityError:  # made by somebody else at this very moment
            link = Link.objects.get(**active)
    return link


@transaction.atomic
def issue_many(kind, registrations, *, by=None):
    """The active links of a kind to registrations: {registration's key: Link}. Two queries, three where some are made."""
    keys = [registration.pk for registration in registrations]
    active = Link.objects.filter(kind=kind, registration__in=keys, revoked_at=None)
    found = {link.registration_id: link for link in active}
    missing = [key for key in keys if key not in found]
    if missing:
        fresh = [Link(kind=kind, registration_id=key, created_by=by) for key in missing]
        for link in fresh:
            link.seal()
        # Where somebody else made one at this very moment, that one stands.
        Link.objects.bulk_create(fresh, ignore_conflicts=True)
        found = {link.registration_id: link for link in active.all()}
    return found


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


@transaction.atomic
def revoke_all(registration, *, by):
    """Takes all links of a registration back, also the one on the badge. Returns how many there were."""
    return Link.objects.filter(registration=registration, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)


@transaction.atomic
def restore(registration, *, since):
    """Gives back the links that an act revoked at or after a moment, once that act is undone; a newer link stands instead."""
    for link in registration.links.filter(revoked_at__gte=since).order_by("-revoked_at", "-pk"):
        if not registration.links.filter(kind=link.kind, revoked_at=None).exists():
            link.revoked_at = link.revoked_by = None
            link.save(update_fields=["revoked_at", "revoked_by"])


def path_of(link, language):
    """The path of the page behind a link in a language, with the token: for letters, QR codes and staff who ask for it."""
    with override(language):
        return reverse(PAGES[Link.Kind(link.kind)], args=[link.token])


def address_of(link, language):
    """The same in full."""
    return absolute(path_of(link, language))


def resolve(token, kind):
    """The link whose token this is. Raises Dead where there is none, or where it does not lead anywhere any more."""
    link = (
        Link.objects.select_related("request__workshop", "request__organisation", "registration__workshop", "registration__person", "registration__organisation")
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
    if link.kind == Link.Kind.ANSWER:
        # It says also that a workshop is called off, and stands for a while after its end.
        last = workshop.ends_on or workshop.starts_on
        if last is not None and last + AFTER_THE_END < timezone.localdate():
            raise Dead("over", link)
    elif not workshop.is_open:
        raise Dead("over", link)
    return link
