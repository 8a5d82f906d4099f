"""Letters: written in the transaction of the act that causes them, one an occasion, and sent by the worker."""

import hashlib
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import PersonEmail
from workshops import letter_kinds, links
from workshops.letter_html import LINK
from workshops.letter_kinds import PLACEHOLDER
from workshops.letter_words import Known, fill, fill_subject, values_of
from workshops.models import Letter, LetterStep, LetterTemplate, Link, Workshop

State, What = Letter.State, LetterStep.What
# States of those that are not out: they can be changed, sent and discarded.
OPEN = tuple(state for state in State if State.CANCELLED in Letter.MOVES[state])

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
        documents=documents, words={language: (subject or "", body or "") for language in ("en", "mn")} if subject or body else None,
    )  # fmt: skip
    return letter


@transaction.atomic
def write_many(
    kind, entries, *, workshop=None, by=None, occasion="", draft=None, send_after=None, calendar_method="", documents=(), words=None,
):  # fmt: skip
    """Writes letters of one kind, as `write` does, in few queries however many they are. Returns the Letters in that order.

    Each entry is {"registration": …} or {"request": …} or {"person": …} or {"certificate": …} and may have: context,
    calendar, link, occasion. `words` are {language: (subject, text)} in the place of the template's; where they are in one
    language alone, all get it.
    """
    entries = [{"occasion": occasion, **entry} for entry in entries]
    keys = [_key(kind, entry) for entry in entries]
    written = {letter.dedupe_key: letter for letter in Letter.objects.filter(dedupe_key__in=keys)}
    fresh = {key: entry for key, entry in zip(keys, entries, strict=True) if key not in written}
    if fresh:
        desk = _Desk(kind, fresh.values(), workshop=workshop, words=words)
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

    def __init__(self, kind, entries, *, workshop=None, words=None):
        """Reads the templates of the workshops and the addresses of all recipients, in one query each."""
        self.name, self.kind = kind, letter_kinds.of(kind)
        self.workshop, self.given = workshop, words
        self.known = Known()
        workshops, people = set(), {}
        for entry in entries:
            registration, request, certificate = entry.get("registration"), entry.get("request"), entry.get("certificate")
            if certificate and not registration:
                entry["registration"] = registration = certificate.registration
            workshop = self.workshop or (registration or request).workshop if (registration or request) else self.workshop
            if workshop is not None:
                workshops.add(workshop.pk)
            if registration is not None:
                people[registration.person_id] = registration.person
            elif request is not None and request.focal_point_id:
                people[request.focal_point_id] = request.focal_point
            elif entry.get("person"):
                people[entry["person"].pk] = entry["person"]
        # What the caller has read for the calendar's sake is not read again.
        unread = {key for key, person in people.items() if "emails" not in getattr(person, "_prefetched_objects_cache", {})}
        self.emails = emails_of(unread) if unread else {}
        for key, person in people.items():
            if key not in unread and (known := list(person.emails.all())):
                self.emails[key] = min(known, key=lambda email: (not email.is_primary, email.pk))
        self.templates = templates_of(self.name, workshops)

    def letter(self, entry, *, dedupe_key="", by=None, draft=None, send_after=None, calendar_method="", documents=()):
        registration, request, person = entry.get("registration"), entry.get("request"), entry.get("person")
        workshop = self.workshop or getattr(registration or request, "workshop", None)
        person = person or (registration.person if registration else request.focal_point if request else None)
        link, language = entry.get("link"), self.language(request, person)
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
        return address_of(request, person, self.emails)

    def language(self, request, person):
        """The recipient's, unless the words are given in another one alone."""
        own = (request.language if request is not None else person.preferred_language if person is not None else "mn") or "mn"
        return own if not self.given or own in self.given else next(iter(self.given))

    def words(self, workshop, language):
        own_subject, own_body = self.kind.words(language)
        if self.given:
            subject, body = self.given[language]
            return subject or own_subject, body or own_body
        template = self.templates.get(workshop.pk if workshop else None) or self.templates.get(None)
        if template is None:
            return own_subject, own_body
        return getattr(template, f"subject_{language}") or own_subject, getattr(template, f"body_{language}") or own_body


def templates_of(kind, workshops):
    """Staff's own words for a kind: {workshop's key or None for all: LetterTemplate}. One query."""
    rows = LetterTemplate.objects.filter(Q(workshop=None) | Q(workshop__in=workshops), kind=kind)
    return {row.workshop_id: row for row in rows}


def unsaved(kind, targets, *, workshop, words):
    """The letters that `words` would become, for a look before they are written: nothing is stored and no link is made."""
    entries = [{"registration" if target._meta.model_name == "registration" else "request": target} for target in targets]
    desk = _Desk(kind, entries, workshop=workshop, words=words)
    linked = any(LINK in body for _subject, body in words.values())
    return [desk.letter({**entry, "link": Link() if linked else None}) for entry in entries]


def emails_of(people):
    """{person's key: their primary PersonEmail, or another where none is}. One query."""
    emails = {}
    for email in PersonEmail.objects.filter(person__in=people).order_by("-is_primary", "pk"):
        emails.setdefault(email.person_id, email)
    return emails


def address_of(request, person, emails):
    """(address, whether several people read it) as known today; ("", False) where none is."""
    if request is not None and request.focal_email:
        return request.focal_email, False
    email = emails.get(person.pk) if person is not None else None
    return (email.address, email.is_shared) if email else ("", False)


# Where staff's own words go in the frame that they are given.
DOTS = "…"

# Staff's own words to many ------------------------------------------------------------------------------------


def check_free_words(words):
    """Staff's own words by language, {language: (subject, text)}, tidied; a language in which nothing was written is left
    out, also where the frame with the dots stands there untouched.

    Refuses what `check_words` does, naming the fields subject_en and so on, dots that were left in ("dots"), and nothing at
    all ("empty").
    """
    kept, errors = {}, {}
    for language, (subject, body) in words.items():
        text = "\n".join(line.strip() for line in body.strip().splitlines())
        if not text and not subject.strip() or text == letter_kinds.KINDS["free"].words(language)[1]:
            continue
        if DOTS in text.split("\n"):
            errors[f"body_{language}"] = ValidationError(_("Put your words in the place of the dots."), code="dots")
            continue
        try:
            kept[language] = check_words(letter_kinds.KINDS["free"], subject, body)
        except ValidationError as refusal:
            errors |= {f"{name}_{language}": found for name, found in refusal.error_dict.items()}
    if errors:
        raise ValidationError(errors)
    if not kept:
        raise ValidationError({"body_mn": ValidationError(_("Write something, in one language at least."), code="empty")})
    return kept


@transaction.atomic
def write_freely(workshop, targets, *, by, words, key, queue=False):
    """Writes staff's own words, with placeholders, to registrations or requests of a workshop. Returns the Letters.

    `words` as for `check_free_words`, whose refusals it has; `key` (one of the form) makes a double press harmless. The
    letters are drafts, or, with `queue`, go out. Refuses where nobody is meant ("nobody").
    """
    targets, words = list(targets), check_free_words(words)
    if not targets:
        raise ValidationError(_("Nobody fits: choose whom to write to."), code="nobody")
    linked = any(LINK in body for _subject, body in words.values())
    entries = []
    for target in targets:
        is_request = target._meta.model_name != "registration"
        entry = {"request" if is_request else "registration": target}
        if linked:
            entry["link"] = links.issue(Link.Kind.NOMINATE if is_request else Link.Kind.ANSWER, by=by, **entry)
        entries.append(entry)
    return write_many("free", entries, workshop=workshop, by=by, occasion=str(key), draft=not queue, words=words)


def check_words(kind, subject, body, *, allowed=None):
    """The words of a template or of staff's own letter, tidied. Refuses empty ones ("empty"), a placeholder that the kind
    does not know ("unknown_placeholder"), a missing compulsory one ("link_missing"), and a link in the subject
    ("link_in_subject"), where it would show in lists of mail. Errors name the field."""
    subject = " ".join(subject.split())
    body = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    allowed = kind.placeholders if allowed is None else allowed
    errors = {}
    for name, text in (("subject", subject), ("body", body)):
        if not text:
            errors[name] = ValidationError(_("This cannot be empty."), code="empty")
        elif unknown := [word for word in dict.fromkeys(PLACEHOLDER.findall(text)) if word not in allowed]:
            errors[name] = ValidationError(
                _("This letter does not know %(words)s."), code="unknown_placeholder", params={"words": ", ".join(f"{{{word}}}" for word in unknown)}
            )
    if "subject" not in errors and LINK in subject:
        errors["subject"] = ValidationError(_("The link cannot stand in the subject."), code="link_in_subject")
    if "body" not in errors and "link" in kind.compulsory and LINK not in body:
        errors["body"] = ValidationError(_("Leave {link} in the text: without it nobody can answer."), code="link_missing")
    if errors:
        raise ValidationError(errors)
    return subject, body


def check_words_in(language, kind, subject, body):
    """As `check_words`, with errors at the fields of a language (subject_en, …)."""
    try:
        return check_words(kind, subject, body)
    except ValidationError as refusal:
        raise ValidationError({f"{name}_{language}": found for name, found in refusal.error_dict.items()}) from None


# What is done with a letter -----------------------------------------------------------------------------------


@dataclass
class Result:
    """What an act on several letters did: those done, those refused with the reason, and those that were so already."""

    done: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    unchanged: list = field(default_factory=list)


def _lock(letters):
    """The letters as they are now, in the order given, with what the check before sending needs; nobody else changes them meanwhile."""
    keys = [letter.pk for letter in letters]
    # In one order for all, so that two acts on the same letters do not wait for each other.
    held = Letter.objects.select_for_update(no_key=True, of=("self",)).order_by("pk").select_related(
        "workshop", "registration__person", "registration__organisation", "request__organisation", "request__workshop", "request__focal_point",
        "person", "certificate", "link",
    ).in_bulk(keys)  # fmt: skip
    return [held[key] for key in dict.fromkeys(keys) if key in held]


def _refuse_other_than(letter, states):
    if letter.state in states:
        return
    raise ValidationError(
        {
            State.DRAFT: _("It is still a draft."),
            State.QUEUED: _("It waits to be sent."),
            State.SENDING: _("It is being sent at this very moment."),
            State.SENT: _("It was sent already."),
            State.FAILED: _("The mail server refused it."),
            State.CANCELLED: _("It was discarded."),
        }[State(letter.state)],
        code="not_now",
    )


@transaction.atomic
def edit(letter, *, by, subject, body):
    """Changes the words of a letter that is not out yet and returns it fresh; the same words again are no change.

    Refuses one that is out or discarded ("not_now") and words as `check_words` says; but for the link, values stand in the
    text already.
    """
    [letter] = _lock([letter])
    _refuse_other_than(letter, OPEN)
    kind = letter_kinds.of(letter.kind)
    has_link = letter.link_id is not None or kind.link == "certificate"
    subject, body = check_words(kind, subject, body, allowed=("link",) if has_link else ())
    if len(subject) > 250:
        raise ValidationError({"subject": ValidationError(_("A subject has at most 250 characters."), code="too_long")})
    if (subject, body) != (letter.subject, letter.body):
        letter.subject, letter.body = subject, body
        letter.edited_at, letter.edited_by = timezone.now(), by
        letter.save(update_fields=["subject", "body", "edited_at", "edited_by"])
        LetterStep.objects.create(letter=letter, what=What.EDITED, by=by)
    return letter


def queue(letter, *, by):
    """Lets a draft go out, or one at once that waits for Undo; see `queue_many`. Returns the letter fresh, or raises why not."""
    return _one(queue_many([letter], by=by))


def discard(letter, *, by):
    return _one(discard_many([letter], by=by))


def send_again(letter, *, by):
    """Puts a letter that failed or came back into the queue, to the address that is known today."""
    return _one(queue_many([letter], by=by, bounced_too=True))


def _one(result):
    for _letter, refusal in result.refused:
        raise refusal
    return (result.done + result.unchanged)[0]


def refuse_if_changed(number, seen):
    """The form says how many it showed: refuses ("number_changed") where it is another number by now."""
    if number != seen:
        raise ValidationError(
            _("There are %(number)d letters now and not %(seen)d. Look at the list once more."),
            code="number_changed",
            params={"number": number, "seen": seen},
        )


@transaction.atomic
def queue_many(letters, *, by, seen=None, bounced_too=False):
    """Lets drafts, and letters that failed, go out; those that came back where `bounced_too`. Returns a Result; each is
    judged by itself.

    One that only waits until nobody can undo it goes at once; one that is out or on its way stays as it is. The address is looked up anew. Refused: a discarded letter
    ("not_now"), one without an address ("no_address"), and one that is no longer right (the codes of PROBLEMS).
    """
    letters = _lock(letters)
    if seen is not None:
        refuse_if_changed(len(letters), seen)
    result = Result()
    emails = emails_of({person.pk for letter in letters if (person := _person_of(letter)) is not None})
    now = timezone.now()
    for letter in letters:
        again = bounced_too and letter.state == State.SENT and letter.bounced_at
        if letter.state in {State.QUEUED, State.SENDING, State.SENT} and not again and not waits(letter, now):
            result.unchanged.append(letter)
            continue
        try:
            _refuse_other_than(letter, (State.SENT,) if again else OPEN)
            if waits(letter, now):
                letter.send_after = None
            letter.to_address = address_of(letter.request, _person_of(letter), emails)[0] or letter.to_address
            if not letter.to_address:
                raise ValidationError(letter_kinds.PROBLEMS["no-address"], code="no_address")
            if wrong := letter_kinds.still_right(letter, now):
                raise ValidationError(letter_kinds.PROBLEMS[wrong], code=wrong)
        except ValidationError as refusal:
            result.refused.append((letter, refusal))
            continue
        letter.state, letter.problem, letter.attempts, letter.lease_until = State.QUEUED, "", 0, None
        letter.sent_at = letter.bounced_at = letter.settled_at = None
        letter.bounce_note = ""
        letter.next_try_at = letter.send_after if letter.send_after and letter.send_after > now else None
        result.done.append(letter)
    Letter.objects.bulk_update(result.done, ["state", "to_address", "problem", "attempts", "lease_until", "send_after", "next_try_at", "sent_at", "bounced_at", "settled_at", "bounce_note"])
    _note(result.done, What.QUEUED, by)
    return result


def waits(letter, now):
    """Whether a letter is in the queue and leaves only later, so that what caused it can still be undone."""
    return letter.state == State.QUEUED and bool(letter.send_after) and letter.send_after > now


def _person_of(letter):
    return letter.person or (letter.registration.person if letter.registration_id else letter.request.focal_point if letter.request_id else None)


@transaction.atomic
def discard_many(letters, *, by, seen=None):
    """Discards letters that are not out. Returns a Result; one that is out or on its way is refused ("not_now")."""
    letters = _lock(letters)
    if seen is not None:
        refuse_if_changed(len(letters), seen)
    result = Result()
    for letter in letters:
        if letter.state == State.CANCELLED:
            result.unchanged.append(letter)
        elif letter.state in OPEN:
            letter.state, letter.next_try_at = State.CANCELLED, None
            result.done.append(letter)
        else:
            try:
                _refuse_other_than(letter, OPEN)
            except ValidationError as refusal:
                result.refused.append((letter, refusal))
    Letter.objects.bulk_update(result.done, ["state", "next_try_at"])
    _note(result.done, What.DISCARDED, by)
    return result


@transaction.atomic
def restore(letter, *, by):
    """Makes a discarded letter a draft again; refuses one that is not discarded ("not_now")."""
    [letter] = _lock([letter])
    if letter.state == State.DRAFT:
        return letter
    _refuse_other_than(letter, (State.CANCELLED,))
    letter.state, letter.problem = State.DRAFT, "" if letter.to_address else "no-address"
    letter.save(update_fields=["state", "problem"])
    _note([letter], What.RESTORED, by)
    return letter


@transaction.atomic
def record_bounce(letter, *, by, note=""):
    """Notes that a sent letter came back, with what the mail said; noted again, the newer words stand. Refuses one that was
    not sent ("not_now")."""
    [letter] = _lock([letter])
    _refuse_other_than(letter, (State.SENT,))
    letter.bounced_at, letter.bounce_note = letter.bounced_at or timezone.now(), " ".join(note.split())[:300]
    letter.settled_at = None
    letter.save(update_fields=["bounced_at", "bounce_note", "settled_at"])
    LetterStep.objects.create(letter=letter, what=What.BOUNCED, by=by, words=letter.bounce_note)
    return letter


@transaction.atomic
def settle(letter, *, by):
    """Notes that the reader of a letter that came back was told in another way, such as by telephone; twice is no error.
    Refuses one that did not come back ("not_now")."""
    [letter] = _lock([letter])
    if not letter.bounced_at:
        raise ValidationError(_("It did not come back."), code="not_now")
    if letter.settled_at is None:
        letter.settled_at = timezone.now()
        letter.save(update_fields=["settled_at"])
        _note([letter], What.SETTLED, by)
    return letter


def preview_many(act, letters):
    """What an act on several letters (`queue_many`, `discard_many`) would do now, with nothing stored."""
    with transaction.atomic():
        result = act(letters, by=None)
        transaction.set_rollback(True)
    return result


def _note(letters, what, by):
    LetterStep.objects.bulk_create([LetterStep(letter=letter, what=what, by=by) for letter in letters])


# Templates ----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_template(kind, *, by, workshop=None, **words):
    """Puts staff's own words for a kind of letter, for one workshop or for all; returns the LetterTemplate, or None where the
    words are those that stand without it.

    `words`: subject_en, subject_mn, body_en, body_mn; an empty one leaves what stands without it. Letters that are written
    already stay as they are. Refuses words as `check_words` says, for each language.
    """
    if workshop is not None:
        Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    kind, errors, kept = letter_kinds.KINDS[kind], {}, {}
    for language in ("en", "mn"):
        own = dict(zip(("subject", "body"), standing_words(kind, language, but_for=workshop), strict=True))
        typed = {name: words.get(f"{name}_{language}", "") for name in own}
        try:
            subject, body = check_words(kind, typed["subject"].strip() or own["subject"], typed["body"].strip() or own["body"])
            if len(subject) > 200:
                raise ValidationError({"subject": ValidationError(_("A subject has at most 200 characters."), code="too_long")})
        except ValidationError as refusal:
            errors |= {f"{name}_{language}": messages for name, messages in refusal.error_dict.items()}
            continue
        kept |= {f"{name}_{language}": "" if said == own[name] else said for name, said in (("subject", subject), ("body", body))}
    if errors:
        raise ValidationError(errors)
    if not any(kept.values()):
        restore_default(kind.name, workshop=workshop, by=by)
        return None
    template, _created = LetterTemplate.objects.update_or_create(kind=kind.name, workshop=workshop, defaults={**kept, "updated_by": by})
    return template


def all_templates(workshop=None):
    """Staff's own words: {(kind, workshop's key or None): LetterTemplate}, of all workshops and of one. One query."""
    rows = LetterTemplate.objects.filter(Q(workshop=None) | Q(workshop=workshop)).select_related("updated_by")
    return {(row.kind, row.workshop_id): row for row in rows}


def restore_default(kind, *, by, workshop=None):
    """Lets the words stand that stand without staff's own: the portal's, or for a workshop those for all."""
    LetterTemplate.objects.filter(kind=kind, workshop=workshop).delete()


def standing_words(kind, language, *, but_for=None):
    """(subject, text) that stand for a kind in a language where a workshop (or, for None, all of them) has no words of its own."""
    subject, body = kind.words(language)
    if but_for is not None and (general := LetterTemplate.objects.filter(kind=kind.name, workshop=None).first()):
        subject = getattr(general, f"subject_{language}") or subject
        body = getattr(general, f"body_{language}") or body
    return subject, body
