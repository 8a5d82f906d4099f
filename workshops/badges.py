"""Badges, name tents and sign-in sheets of a workshop: who is on them, and the codes that badges carry."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from workshops import documents, links, seats
from workshops.documents import Both
from workshops.letter_documents import letterhead
from workshops.models import Link, Registration
from workshops.models.registration import HOLDING

# Whom the papers are made for: word of the address → what it says.
WHO = {
    "all": _("Everybody who holds a seat"),
    "participants": _("Participants"),
    "others": _("Speakers, facilitators and other roles"),
    "new": _("Those without a badge yet"),
}
KEPT_FOR = Both(
    "Kept by IOM as evidence of who took part.", "Оролцоог нотлох баримт болгон ОУШХБ хадгална.",
)  # fmt: skip


@dataclass
class Bearer:
    """Somebody who has a badge or gets one; `link` is the current one, or None."""

    registration: Registration
    link: Link | None

    @property
    def token(self):
        """What the badge's code says; "" where there is none, or where the key that made it is gone."""
        try:
            return self.link.token if self.link else ""
        except LookupError:
            return ""


def bearers(workshop, who="all", *, only=None):
    """Those who hold a seat, in the order of names, with their current badges; `only` is one registration's key. Two queries."""
    rows = Registration.objects.filter(workshop=workshop, state__in=HOLDING).select_related("organisation").order_by("sort_key", "pk")
    if only is not None:
        rows = rows.filter(pk=only)
    elif who == "participants":
        rows = rows.filter(role=Registration.Role.PARTICIPANT)
    elif who == "others":
        rows = rows.exclude(role=Registration.Role.PARTICIPANT)
    current = Link.objects.filter(kind=Link.Kind.BADGE, registration__workshop=workshop, revoked_at=None)
    current = {link.registration_id: link for link in current}
    found = [Bearer(row, current.get(row.pk)) for row in rows]
    return [bearer for bearer in found if bearer.link is None] if who == "new" and only is None else found


@transaction.atomic
def issue(workshop, *, by, who="all", only=None):
    """Gives a code to each of those who have none that can be printed. Returns how many were made; pressed twice it makes none twice."""
    workshop = seats.lock(workshop)
    without = [bearer for bearer in bearers(workshop, who, only=only) if not bearer.token]
    for bearer in without:
        if bearer.link is not None:
            links.revoke(bearer.link, by=by)
        links.issue(Link.Kind.BADGE, registration=bearer.registration, by=by)
    return len(without)


@transaction.atomic
def renew(registration, *, by):
    """A new code in the place of one whose badge was lost; the old one is known again at the door, with a warning. Returns the link.

    Refuses somebody who holds no seat ("no_seat").
    """
    seats.lock(registration.workshop)
    registration.refresh_from_db()
    if registration.state not in HOLDING:
        raise ValidationError(
            _("%(name)s is %(state)s and holds no seat."),
            code="no_seat",
            params={"name": registration.short_name, "state": registration.get_state_display().lower()},
        )
    current = Link.objects.filter(kind=Link.Kind.BADGE, registration=registration, revoked_at=None).first()
    if current is None:
        return links.issue(Link.Kind.BADGE, registration=registration, by=by)
    return links.renew(current, by=by)


# Papers -------------------------------------------------------------------------------------------------------


def badges(workshop, found, *, absolute):
    """The PDF of badges for Bearers; `absolute` makes a full address of a path. One without a code is printed without."""
    return documents.badges([_on_paper(bearer, absolute) for bearer in found], workshop=title(workshop), letterhead=letterhead())


def name_tents(workshop, found):
    return documents.name_tents([_on_paper(bearer) for bearer in found], workshop=title(workshop), letterhead=letterhead())


def sign_in_sheet(workshop, day, counted):
    """The sheet of a day, with everybody who holds a seat and room for those who come unannounced; one signature for each of
    the first three sessions that take attendance, else for morning and afternoon. `counted`: the workshop's units."""
    days = list({unit.day.pk: unit.day for unit in counted}.values())
    number = [each.pk for each in days].index(day.pk) + 1
    sessions = [unit.item for unit in counted if unit.day.pk == day.pk and unit.item][:3]
    signatures = [_signature(item) for item in sessions] or (documents.MORNING, documents.AFTERNOON)
    named = documents.day_of(number, day.on) if len(days) > 1 else documents.days(day.on)
    return documents.sign_in_sheet(
        [_on_paper(bearer) for bearer in bearers(workshop)],
        workshop=title(workshop), day=named, letterhead=letterhead(), place=Both.of(workshop, "place"), blank_rows=blank_rows(workshop),
        signatures=signatures, note=KEPT_FOR,
    )  # fmt: skip


def _signature(item):
    title, hour = Both.of(item, "title").data, f"{item.starts_at:%H:%M}"
    return Both(f"{hour} {title['en']}", f"{hour} {title['mn']}")


def blank_rows(workshop):
    """As many as seats are free, four at least and twelve at most."""
    return min(max(workshop.seats_free or 0, 4), 12)


def title(workshop):
    return Both.of(workshop, "title")


def _on_paper(bearer, absolute=None):
    row = bearer.registration
    body = row.organisation
    return documents.Participant(
        name=documents.Name.of(row),
        institution=Both.of(body, "name") if body else Both(),
        job_title=Both(row.job_title, row.job_title),
        role=documents.in_both(row.get_role_display) if row.role != Registration.Role.PARTICIPANT else Both(),
        address=absolute(address(bearer.token)) if absolute and bearer.token else "",
    )


def address(token):
    """The path to which a badge's code leads: in Mongolian, which most of those who scan it read."""
    with override("mn"):
        return reverse("badges:badge", args=[token])
