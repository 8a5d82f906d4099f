"""Letters: written in the transaction of the act that causes them, one an occasion, and sent by the worker."""

import hashlib

from django.db import transaction

from workshops import letter_kinds
from workshops.letter_words import Known, fill, fill_subject, harmless, values_of
from workshops.models import Letter, LetterTemplate

State = Letter.State

# Writing ------------------------------------------------------------------------------------------------------


def write(
    kind, *, registration=None, request=None, person=None, certificate=None, workshop=None, by=None, occasion="", draft=None,
    send_after=None, context=None, calendar="", calendar_method="", documents=(), link=None, subject=None, body=None,
):  # fmt: skip
    """Writes a letter of a kind to an official (`registration`), an institution (`request`) or a `person`, in their language.

    Returns the Letter; where this occasion had its letter already, that one. `occasion` tells letters of one kind to one
    recipient apart. It is queued, or, as a `draft`, waits in the outbox for staff; where `draft` is not said the kind
    decides. Where no address is known it stays a draft and says so. `context` are values of placeholders that only the act
    knows (see letter_words.values_of); `subject` and `body` are words with placeholders in the place of the template's.
    """
    entry = {
        "registration": registration, "request": request, "person": person, "certificate": certificate, "context": context,
        "calendar": calendar, "link": link, "occasion": occasion,
    }  # fmt: skip
    [letter] = write_many(
        kind, [entry], workshop=workshop, by=by, draft=draft, send_after=send_after, calendar_method=calendar_method,
        documents=documents, subject=subject, body=body,
    )  # fmt: skip
    return letter


@transaction.atomic
def write_many(
    kind, entries, *, workshop=None, by=None, occasion="", draft=None, send_after=None, calendar_method="", documents=(),
    subject=None, body=None,
):  # fmt: skip
    """Writes letters of one kind, as `write` does, in few queries however many they are. Returns the Letters in that order.

    Each entry is {"registration": …} or {"request": …} or {"person": …} or {"certificate": …} and may have: context,
    calendar, link, occasion.
    """
    entries = [{"occasion": occasion, **entry} for entry in entries]
    keys = [_key(kind, entry) for entry in entries]
    written = {letter.dedupe_key: letter for letter in Letter.objects.filter(dedupe_key__in=keys)}
    fresh = {key: entry for key, entry in zip(keys, entries, strict=True) if key not in written}
    if fresh:
        desk = _Desk(kind, workshop=workshop, subject=subject, body=body)
        desk.look_up(fresh.values())
        letters = [
            desk.letter(entry, dedupe_key=key, by=by, draft=draft, send_after=send_after, calendar_method=calendar_method, documents=documents)
            for key, entry in fresh.items()
        ]
        # Another one may write the same at this very moment: the first stays.
        Letter.objects.bulk_create(letters, ignore_conflicts=True)
        written |= {letter.dedupe_key: letter for letter in Letter.objects.filter(dedupe_key__in=list(fresh))}
    return [written[key] for key in keys]


def _key(kind, entry):
    target = entry.get("registration") or entry.get("request") or entry.get("certificate") or entry["person"]
    key = f"{kind}:{target._meta.model_name}:{target.pk}:{entry.get('occasion', '')}"
    return key if len(key) <= 200 else f"{key[:150]}#{hashlib.sha256(key.encode()).hexdigest()[:40]}"


class _Desk:
    """What writing some letters of one kind needs: the words, and what they share."""

    def __init__(self, kind, *, workshop=None, subject=None, body=None):
        self.name, self.kind = kind, letter_kinds.of(kind)
        self.workshop, self.subject, self.body = workshop, subject, body
        self.known = Known()
        self.templates = {}

    def look_up(self, entries):
        """Reads the templates of the workshops and, in one query each, the addresses of all recipients."""
        from contacts.models import PersonEmail

        workshops, people = set(), set()
        for entry in entries:
            registration, request, certificate = entry.get("registration"), entry.get("request"), entry.get("certificate")
            if certificate and not registration:
                entry["registration"] = registration = certificate.registration
            workshop = self.workshop or (registration or request).workshop if (registration or request) else self.workshop
            if workshop is not None:
                workshops.add(workshop.pk)
            if registration is not None:
                people.add(registration.person_id)
            elif request is not None and request.focal_point_id:
                people.add(request.focal_point_id)
            elif entry.get("person"):
                people.add(entry["person"].pk)
        self.emails = {}
        for email in PersonEmail.objects.filter(person__in=people).order_by("-is_primary", "pk"):
            self.emails.setdefault(email.person_id, email)
        self.templates = templates_of(self.name, workshops)

    def letter(self, entry, *, dedupe_key, by, draft, send_after, calendar_method, documents):
        registration, request, person = entry.get("registration"), entry.get("request"), entry.get("person")
        workshop = self.workshop or getattr(registration or request, "workshop", None)
        person = person or (registration.person if registration else request.focal_point if request else None)
        link, language = entry.get("link"), _language(request, person)
        address, is_shared = self.address(request, person)
        values = values_of(
            self.kind, language=language, workshop=workshop, registration=registration, request=request, person=person,
            certificate=entry.get("certificate"), context=entry.get("context"), is_shared=is_shared, known=self.known,
        )  # fmt: skip
        if link is not None or self.kind.link == "certificate":
            values["link"] = "{link}"
        subject, body = self.words(workshop, language)
        subject = fill_subject(subject, values)
        if is_shared and values["full_name"]:
            subject = f"{values['full_name']} танаа: {subject}" if language == "mn" else f"For {values['full_name']}: {subject}"
        draft = self.kind.draft if draft is None else draft
        problem = "" if address else "no-address"
        return Letter(
            kind=self.name,
            language=language,
            workshop=workshop,
            registration=registration,
            request=request,
            person=person,
            certificate=entry.get("certificate"),
            link=link,
            to_name=values["full_name"] or values["institution"][:250],
            to_address=address,
            subject=subject[:250],
            body=fill(body, values),
            calendar=entry.get("calendar") or "",
            calendar_method=(calendar_method or "REQUEST") if entry.get("calendar") else "",
            documents=list(documents),
            state=State.DRAFT if draft or problem else State.QUEUED,
            send_after=send_after,
            next_try_at=send_after,
            problem=problem,
            dedupe_key=dedupe_key,
            created_by=by,
        )

    def address(self, request, person):
        """(address, whether several people read it): of an institution's request the focal point's, else the person's primary one."""
        if request is not None and request.focal_email:
            return request.focal_email, False
        email = self.emails.get(person.pk) if person else None
        return (email.address, email.is_shared) if email else ("", False)

    def words(self, workshop, language):
        own_subject, own_body = self.kind.words(language)
        if self.subject is not None or self.body is not None:
            return self.subject or own_subject, self.body or own_body
        template = self.templates.get(workshop.pk if workshop else None) or self.templates.get(None)
        if template is None:
            return own_subject, own_body
        return getattr(template, f"subject_{language}") or own_subject, getattr(template, f"body_{language}") or own_body


def _language(request, person):
    return (request.language if request is not None else person.preferred_language if person is not None else "mn") or "mn"


def templates_of(kind, workshops):
    """Staff's own words for a kind: {workshop's key or None for all: LetterTemplate}. One query."""
    from django.db.models import Q

    rows = LetterTemplate.objects.filter(Q(workshop=None) | Q(workshop__in=workshops), kind=kind)
    return {row.workshop_id: row for row in rows}
