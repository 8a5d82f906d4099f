"""What merging and erasing do with the tables of this layer that hang on a person.

Two records of one person may both be registered for one workshop. The registration that is further stays, the other is
cancelled by the portal with its history, and its seat is free. Where both were present, hold a certificate or answered a
test, a person has to say first which of the two is true.
"""

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Concat, Lower
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from contacts import belongings
from core.secrets import digest_of, fresh_nonce
from workshops import registrations, seats
from workshops.models import (
    ActBatch,
    AgendaVersion,
    AttendanceMark,
    Certificate,
    Consent,
    Deputy,
    Letter,
    NominationRequest,
    Nominee,
    Receipt,
    Registration,
    State,
    Submission,
    Via,
    Workshop,
)
from workshops.models.registration import LIVE

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
        for rows in (AttendanceMark.objects.standing(), Certificate.objects.filter(status=Certificate.Status.ISSUED), Submission.objects, Receipt.objects):
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
            leaving, by=merging.by, via=Via.SYSTEM, batch=batch, quiet=True,
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


# Erasing ------------------------------------------------------------------------------------------------------


def _still_to_come(rows):
    """A person who is expected somewhere is withdrawn there first, so that the seat and the list are right."""
    today = timezone.localdate()
    expected = (
        rows.filter(state__in=LIVE)
        .exclude(workshop__status__in=[Workshop.Status.CANCELLED, Workshop.Status.COMPLETED])
        .filter(Q(workshop__starts_on=None) | Q(workshop__ends_on__gte=today) | Q(workshop__ends_on=None, workshop__starts_on__gte=today))
        .select_related("workshop")
        .order_by("workshop__starts_on", "pk")
    )
    return [
        belongings.Clash(
            _("%(name)s is %(state)s at “%(workshop)s”, which is still to come. Withdraw the registration first.")
            % {"name": row.short_name, "state": row.get_state_display().lower(), "workshop": row.workshop},
            reverse("staff:registration", args=[row.workshop.slug, row.pk]),
        )
        for row in expected
    ]


def _nominees(kept):
    """Nominees who were never matched with anybody, but have the person's own address, or the number and the name."""
    loose = Nominee.objects.filter(registration=None, import_row=None).exclude(email="", phone="")
    columns = ("pk", "given_name", "patronymic", "given_name_latin", "patronymic_latin", "email", "phone")
    return Nominee.objects.filter(pk__in=[row[0] for row in loose.values_list(*columns) if _is_meant(kept, row[1:5], *row[5:])])


def _deputies(kept):
    """Deputies whom somebody proposed in their own place: the person, by address, or by number and name."""
    columns = ("pk", "given_name", "patronymic", "email", "phone")
    rows = Deputy.objects.exclude(email="", phone="").values_list(*columns)
    return Deputy.objects.filter(pk__in=[row[0] for row in rows if _is_meant(kept, (*row[1:3], "", ""), *row[3:])])


def _is_meant(kept, name, email, phone):
    given, patronymic = name[:2] if name[0] else name[2:]
    return kept.is_meant(given=given, patronymic=patronymic, email=email, phone=phone)


def _written_to(kept):
    """Letters to the person of which no key says so: to an own address, or to the focal point of an institution's request."""
    to = Letter.objects.annotate(low=Lower("to_address"), focal=Lower("request__focal_email"))
    return to.filter(Q(low__in=kept.addresses) | Q(request__focal_point__in=kept.people, low=F("focal")) & ~Q(low=""))


def _letters(erasing, rows):
    """What was written and to whom goes; that a letter was written, and what became of it, is counted on."""
    unsent = rows.filter(state__in=[Letter.State.DRAFT, Letter.State.QUEUED, Letter.State.SENDING, Letter.State.FAILED])
    unsent.update(state=Letter.State.CANCELLED, next_try_at=None, lease_until=None)
    # A sent letter must have an address, and its key must be its own.
    erasing.clear(
        rows, belongings.Clear(keeps=("kind", "language", "calendar_method"), sets={"to_address": "–", "dedupe_key": Concat(Value("erased:"), Cast("pk", CharField()))})
    )


def _certificates(erasing, rows):
    """The serial number and the status stay; the page for verification no longer knows the certificate."""
    for key in rows.values_list("pk", flat=True):
        nonce = fresh_nonce()
        rows.filter(pk=key).update(nonce=nonce, digest=digest_of(nonce))
    erasing.clear(
        rows,
        belongings.Clear(
            keeps=("nonce", "digest"),
            sets={"revoke_reason": Case(When(status=Certificate.Status.REVOKED, then=Value("–")), default=Value(""))},
        ),
    )


def _speaks(erasing, rows):
    """The name in the programme, and in the programmes that were published."""
    said = set()
    for row in rows.select_related("registration", "item__day"):
        registration = row.registration
        for language in ("en", "mn"):
            with translation.override(language):
                said |= {registration.full_name, registration.short_name}
        said |= {row.name_en, row.name_mn, f"{registration.patronymic} {registration.given_name}".strip()}
    said -= {""}
    workshops = set(rows.values_list("item__day__workshop", flat=True))
    for version in AgendaVersion.objects.filter(workshop__in=workshops):
        content = _without(version.content, said)
        if content != version.content:
            AgendaVersion.objects.filter(pk=version.pk).update(content=content)
    erasing.clear(rows, belongings.Clear())


def _without(content, said):
    """The content with the names taken out of its texts, wherever they stand."""
    if isinstance(content, dict):
        return {key: _without(value, said) for key, value in content.items()}
    if isinstance(content, list):
        return [_without(value, said) for value in content]
    if isinstance(content, str):
        for name in sorted(said, key=len, reverse=True):
            content = content.replace(name, "–")
    return content


FOCAL = ("focal_name", "focal_email", "focal_phone")


def _focal_point(erasing, rows):
    """The request is the institution's and stays; who answered for it goes."""
    keys = list(rows.values_list("pk", flat=True))
    erasing.tables[NominationRequest._meta.label] += rows.update(focal_point=None, **dict.fromkeys(FOCAL, ""))
    erasing.forget_words_of_history(NominationRequest, keys, FOCAL)


def register():
    rule, clear, delete, leave = belongings.rule, belongings.Clear, belongings.DELETE, belongings.LEAVE
    over = Case(When(over_seats=True, then=Value("–")), default=Value(""))
    rule(
        "workshops.Registration.person", merge=_registrations, clashes=_clashes, tells=_tells, prepare=_lock_seats,
        erase=clear(sets={"override_reason": over}), holds_up=_still_to_come,
    )  # fmt: skip
    rule("workshops.Consent.person", merge=_move(Consent, "person"), erase=clear(keeps=("notice_version", "language")), ignores=("consents_stay",))
    rule("workshops.Letter.person", merge=_move(Letter, "person"), erase=_letters, also=_written_to)
    rule(
        "workshops.NominationRequest.focal_point", merge=_move(NominationRequest, "focal_point"), erase=_focal_point, own=False,
    )  # fmt: skip
    belongings.UNDO["workshops.cancelled_twin"] = _live_again

    # What hangs on a registration. Other people's registrations, and rows that are reached already, are left.
    rule("workshops.Registration.import_row", erase=leave, own=False)
    rule("workshops.Registration.replaces", erase=leave, own=False)
    rule("workshops.StateChange.registration", erase=clear(), ignores=("changes_stay",))
    rule("workshops.StateChange.undoes", erase=leave, own=False)
    rule("workshops.Link.registration", erase=delete)
    rule("workshops.Needs.registration", erase=delete)
    rule("workshops.Consent.registration", erase=clear(keeps=("notice_version", "language")))
    rule("workshops.Deputy.registration", erase=clear(sets={"given_name": "–"}), also=_deputies)
    rule("workshops.Call.registration", erase=clear())
    rule("workshops.AgendaSpeaker.registration", erase=_speaks, ignores=("workshops.AgendaVersion:versions_stay",))
    rule("workshops.AttendanceMark.registration", erase=clear(), ignores=("marks_stay",))
    rule("workshops.AttendanceMark.voids", erase=leave, own=False)
    rule("workshops.Certificate.registration", erase=_certificates, ignores=("certified_facts_stay",))
    rule("workshops.Certificate.supersedes", erase=leave, own=False)
    rule("workshops.Submission.registration", erase=clear(keeps=("language",)))
    rule("workshops.Receipt.registration", erase=leave)
    rule("workshops.Answer.submission", erase=clear())
    rule("workshops.Answer_options.answer", erase=leave)
    rule("workshops.Letter.registration", erase=_letters)
    rule("workshops.Letter.certificate", erase=_letters)
    rule("workshops.Letter.link", erase=_letters)
    rule("workshops.LetterStep.letter", erase=clear(), ignores=("letter_steps_stay",))
    # A nominee must have a name.
    nominee = clear(sets={"given_name": "–"})
    rule("workshops.Nominee.registration", erase=nominee, also=_nominees)
    rule("workshops.Nominee.import_row", erase=nominee)
