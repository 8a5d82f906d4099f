"""What this layer tells on a person's page: workshops, letters, consents, requests to a focal point, lists."""

from django.db.models import F, Prefetch, Q

from contacts.person_sections import section
from workshops import attendance
from workshops.models import Certificate, Consent, Letter, NominationRequest

LETTERS_SHOWN = LISTS_SHOWN = 20


@section("workshops", order=20)
def workshops(person):
    """Registrations, the latest workshop first, each with its attendance and the certificate that is valid or was revoked."""
    certificates = Certificate.objects.exclude(status=Certificate.Status.SUPERSEDED).order_by("pk")
    rows = list(
        person.registrations.select_related("workshop", "organisation")
        .prefetch_related(Prefetch("certificates", certificates, to_attr="standing_certificates"))
        .order_by(F("workshop__starts_on").desc(nulls_last=True), "-pk")
    )
    shares = attendance.rules({row.workshop_id: row.workshop for row in rows}.values()) if rows else {}
    for row in rows:
        share = shares[row.workshop_id].get(row.pk)
        # What is still to come says nothing of presence.
        row.share = share if share is not None and share.of and share.ahead < share.of else None
        row.certificate = row.standing_certificates[-1] if row.standing_certificates else None
    return {"registrations": rows}


@section("letters", order=30)
def letters(person):
    """The latest letters to the person, whatever became of them."""
    rows = Letter.objects.filter(Q(person=person) | Q(registration__person=person)).select_related("workshop")
    rows = rows.defer("body", "calendar").order_by("-created_at", "-pk")[: LETTERS_SHOWN + 1]
    found = list(rows)
    return {"letters": found[:LETTERS_SHOWN], "more": len(found) > LETTERS_SHOWN} if found else None


@section("consents", order=20, aside=True)
def consents(person):
    """What the person agreed to or refused last, for each workshop and kind."""
    latest = {}
    rows = Consent.objects.filter(person=person).select_related("registration__workshop").order_by("-at", "-pk")
    for row in rows:
        latest.setdefault((row.registration_id, row.kind), row)
    # Those of one workshop stand together, the latest workshop first.
    rows = sorted(latest.values(), key=lambda row: (-(row.registration_id or 0), row.kind))
    return {"consents": rows} if rows else None


@section("requests", order=30, aside=True)
def requests(person):
    """Where the person answers for an institution."""
    rows = list(
        NominationRequest.objects.filter(focal_point=person).select_related("workshop", "organisation").order_by("-workshop__starts_on", "-pk")
    )
    return {"requests": rows} if rows else None


@section("lists", order=40, aside=True)
def lists(person):
    rows = list(person.import_rows.select_related("batch__nomination_list__workshop").order_by("-batch__created_at", "-pk")[:LISTS_SHOWN])
    return {"import_rows": rows} if rows else None
