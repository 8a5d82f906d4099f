"""Certificates: issued where the attendance rule holds, revoked with a reason, issued anew after a misspelling.

What is certified is frozen on the day of issue; a correction is a new certificate that supersedes the old one.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from contacts import people
from core.dates import show_range
from office.models import CountryOffice
from workshops import attendance, letters
from workshops.models import Certificate, Registration, State, Workshop

# First key of the advisory lock under which serial numbers are given; the second is the year.
SERIAL_LOCK = 4714
NAMES = ("given_name", "patronymic", "given_name_latin", "patronymic_latin")


@dataclass
class Candidate:
    """A participant and whether they may have a certificate: `share` as `attendance.rule` gives it, `certificate` the
    one that is valid or was revoked last, `refusal` why none can be issued now (None: it can)."""

    registration: Registration
    share: object
    certificate: Certificate | None
    refusal: ValidationError | None

    @property
    def is_due(self):
        return self.refusal is None and (self.certificate is None)


def candidates(workshop):
    """The confirmed participants in the order of the list, and whoever has a certificate; five queries at most."""
    rule = attendance.rule(workshop)
    latest = {}
    for certificate in Certificate.objects.filter(registration__workshop=workshop).order_by("pk"):
        if certificate.status != Certificate.Status.SUPERSEDED:
            latest[certificate.registration_id] = certificate
    rows = Registration.objects.filter(workshop=workshop, role=Registration.Role.PARTICIPANT).select_related("organisation", "person")
    found = []
    for row in rows:
        certificate = latest.get(row.pk)
        if row.state == State.CONFIRMED or certificate is not None:
            row.workshop = workshop
            share = rule.get(row.pk)
            found.append(Candidate(row, share, certificate, _refusal(workshop, row, share)))
    return found


def _refusal(workshop, registration, share):
    """Why no certificate can be issued, whatever was issued before; None where it can."""
    if workshop.status in {Workshop.Status.CANCELLED, Workshop.Status.POSTPONED, Workshop.Status.DRAFT}:
        return ValidationError(
            _("The workshop is %(status)s: nothing is certified."), code="not_held", params={"status": workshop.get_status_display().lower()}
        )
    if registration.person.anonymised_at:
        return ValidationError(_("This record no longer stands for a person."), code="no_person")
    if registration.role != Registration.Role.PARTICIPANT:
        return ValidationError(_("Certificates of participation are for participants."), code="no_participant")
    if registration.state != State.CONFIRMED:
        return ValidationError(
            _("%(name)s is %(state)s, not confirmed."),
            code="not_confirmed",
            params={"name": registration.short_name, "state": registration.get_state_display().lower()},
        )
    last = workshop.ends_on or workshop.starts_on
    if last is None or last > timezone.localdate():
        return ValidationError(_("The last day has not come yet."), code="too_early")
    share = share or attendance.Share(required=workshop.attendance_required)
    if not share.holds:
        return ValidationError(
            _("Attendance falls short: %(lacking)s"), code="falls_short", params={"lacking": share.lacking or _("no attendance was taken.")}
        )
    return None


@transaction.atomic
def issue(registration, *, by):
    """Issues one certificate with its letter and returns it; the valid one where there is one already.

    Refuses before the last day ("too_early"), who is not a confirmed participant ("not_confirmed", "no_participant"),
    whose attendance falls short ("falls_short"), and a workshop that was not held ("not_held").
    """
    workshop = Workshop.objects.get(pk=registration.workshop_id)
    registration = _locked(registration)
    refusal = _refusal(workshop, registration, attendance.rule(workshop).get(registration.pk))
    if refusal is not None:
        raise refusal
    valid, _fresh = _issue(workshop, [registration], by=by)
    return valid[registration.pk]


@transaction.atomic
def issue_all(workshop, *, by):
    """Issues every certificate that is due, in the order of the list, and returns those issued now."""
    workshop = Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    due = [candidate.registration for candidate in candidates(workshop) if candidate.is_due]
    return _issue(workshop, due, by=by)[1]


def _locked(registration):
    return Registration.objects.select_for_update(no_key=True, of=("self",)).select_related("person", "organisation").get(pk=registration.pk)


def _issue(workshop, rows, *, by, supersedes=None, facts=None):
    """Gives each of some registrations a certificate with its letter, in their order and in few queries.

    Returns (the valid certificate of each, by the registration's key; the new ones among them).
    """
    year = timezone.localdate().year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SERIAL_LOCK, year])
    # Looked at under the lock: one colleague may issue all while another issues this one.
    issued = Certificate.objects.filter(registration__in=rows, status=Certificate.Status.ISSUED)
    valid = {certificate.registration_id: certificate for certificate in issued}
    last = Certificate.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    office, fresh = CountryOffice.objects.first() or CountryOffice(), []
    for number, row in enumerate((row for row in rows if row.pk not in valid), last + 1):
        row.workshop = workshop
        certificate = Certificate(
            registration=row, year=year, number=number, facts=facts or facts_of(workshop, row, office=office), issued_by=by, supersedes=supersedes
        )
        certificate.seal()
        fresh.append(certificate)
    Certificate.objects.bulk_create(fresh)
    entries = [{"registration": each.registration, "certificate": each, "occasion": each.serial} for each in fresh]
    letters.write_many("certificate", entries, by=by, documents=["certificate"])
    return valid | {certificate.registration_id: certificate for certificate in fresh}, fresh


def facts_of(workshop, registration, *, office=None):
    """What a certificate states, as it is today: text by language, dates as ISO, nothing that is looked up later. `office`:
    the row of the country office, where the caller has read it."""
    office = office or CountryOffice.objects.first()
    facts = {
        **{name: getattr(registration, name) for name in NAMES},
        "name_mong": registration.person.name_mong,
        "starts_on": workshop.starts_on.isoformat() if workshop.starts_on else "",
        "ends_on": (workshop.ends_on or workshop.starts_on).isoformat() if workshop.starts_on else "",
        "days": workshop.days,
        "hours": str(workshop.hours) if workshop.hours is not None else "",
    }
    for code in ("en", "mn"):
        with override(code):
            facts[code] = {
                "name": _full_name(registration, code),
                "title": getattr(workshop, f"title_{code}") or str(workshop),
                "kind": str(workshop.get_kind_display()),
                "dates": str(show_range(workshop.starts_on, workshop.ends_on, workshop.precision)) if workshop.starts_on else "",
                "place": getattr(workshop, f"place_{code}") or workshop.place_en or workshop.place_mn,
                "institution": str(registration.organisation) if registration.organisation else "",
                "signatory": getattr(workshop, f"signatory_{code}") or workshop.signatory_en or workshop.signatory_mn,
                "issuer": getattr(office, f"organisation_name_{code}", ""),
                "office": getattr(office, f"name_{code}", ""),
            }
    return facts


def _full_name(registration, code):
    with override(code):
        return registration.full_name


@transaction.atomic
def revoke(certificate, *, by, reason):
    """Takes a certificate back and returns it fresh; one that is revoked already stays as it is.

    Refuses a missing reason ("reason_due") and one that a newer one has replaced ("not_valid").
    """
    certificate = Certificate.objects.select_for_update(no_key=True, of=("self",)).select_related("registration").get(pk=certificate.pk)
    if certificate.status == Certificate.Status.REVOKED:
        return certificate
    if certificate.status != Certificate.Status.ISSUED:
        raise ValidationError(_("A newer certificate has replaced this one already."), code="not_valid")
    if not reason.strip():
        raise ValidationError(_("Give a reason."), code="reason_due")
    certificate.status = Certificate.Status.REVOKED
    certificate.revoked_at, certificate.revoked_by, certificate.revoke_reason = timezone.now(), by, reason.strip()[:300]
    certificate.save()
    letters.write(
        "certificate-revoked", registration=certificate.registration, certificate=certificate, by=by, occasion=certificate.serial,
        context={"reason": certificate.revoke_reason},
    )  # fmt: skip
    return certificate


@transaction.atomic
def reissue(certificate, *, by, also_the_person=False, **names):
    """A new certificate in the place of a valid one, with the names corrected; returns it.

    `names`: given_name, patronymic, given_name_latin, patronymic_latin, name_mong, as they shall stand. They go into the
    registration, which is as of the event, and with `also_the_person` into the directory. Refuses one that is not valid
    ("not_valid"), names that leave nothing to print ("no_name") and no change at all ("no_change").
    """
    certificate = Certificate.objects.select_for_update(no_key=True).get(pk=certificate.pk)
    registration = _locked(certificate.registration)
    if certificate.status != Certificate.Status.ISSUED:
        raise ValidationError(_("Only a valid certificate can be issued anew."), code="not_valid")
    if not (names.get("given_name", registration.given_name) or names.get("given_name_latin", registration.given_name_latin)):
        raise ValidationError(_("Give the given name in Cyrillic or in Latin."), code="no_name")
    for name in NAMES:
        if name in names:
            setattr(registration, name, names[name])
    person = registration.person
    if "name_mong" in names:
        person.name_mong = names["name_mong"]
    people.set_keys(registration)
    facts = facts_of(registration.workshop, registration)
    if facts == certificate.facts:
        raise ValidationError(_("Nothing is different from the certificate that is valid."), code="no_change")
    if also_the_person:
        for name in NAMES:
            setattr(person, name, getattr(registration, name))
    if also_the_person or "name_mong" in names:
        person.save()
    registration.save()
    certificate.status = Certificate.Status.SUPERSEDED
    certificate.save()
    _valid, [fresh] = _issue(registration.workshop, [registration], by=by, supersedes=certificate, facts=facts)
    return fresh


def find(token):
    """The certificate of a token with the newer one that replaced it, if any; None for an unknown token."""
    certificate = Certificate.objects.by_token(token)
    if certificate is not None:
        certificate.newer = Certificate.objects.filter(supersedes=certificate).first()
    return certificate


def valid_of(registration):
    """The valid certificate of a registration; None where none was issued or it was revoked."""
    return Certificate.objects.filter(registration=registration, status=Certificate.Status.ISSUED).first()


def section(registration, language):
    """For the official's own page: their valid certificate; None where there is none."""
    certificate = valid_of(registration)
    return ("answer/certificate.html", {"certificate": certificate}) if certificate else None
