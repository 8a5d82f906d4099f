"""What an official answers: comes or does not, what they need, what they agree to, and whom they propose in their place.

The same acts serve the official's own link (`by=None`, via SELF) and staff who write down what came by telephone or letter.
The letters follow from the changes of state (see notices).
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from contacts import importing, matching, people
from contacts.institutions import Institutions
from contacts.models import Person, Sex
from core import names
from workshops import judgements, letters, links, offers, registrations, seats, terms
from workshops.models import Call, Consent, Deputy, Letter, Link, Needs, Registration, State, Via
from workshops.models.registration import HOLDING

# Raised with every change of the notice's text (templates/answer/notice.html): a consent names the text it was given to.
NOTICE_VERSION = "2026-11"
NEEDS = ("diet", "access", "interpretation", "other")
# What hangs on an official's own page, below the answer: dotted names of functions (registration, language) → None, or
# (template, context). The template finds in the page's context also `token` and `registration`; it is shown to whoever holds a seat.
ANSWER_SECTIONS = ["workshops.certificates.section", "workshops.learning.section", "workshops.agendas.section", "workshops.materials.section"]
# A reminder goes at most once in this time.
REMINDED_FOR = timedelta(hours=24)

Kind = Consent.Kind


# Asking -------------------------------------------------------------------------------------------------------


def invite(registration, *, by, via=Via.STAFF, over_reason="", batch=None):
    """Invites somebody: the seat is held until the time to answer is over, and the letter is written. Returns it fresh.

    Refuses as `registrations.move` does.
    """
    return registrations.move(registration, State.INVITED, by=by, via=via, over_reason=over_reason, batch=batch)


def invite_many(rows, *, by, via=Via.STAFF, over_reason=""):
    """Invites several of one workshop, each judged by itself. Returns a registrations.Result whose batch can be undone."""
    return registrations.move_many(rows, State.INVITED, by=by, via=via, over_reason=over_reason)


@transaction.atomic
def remind(rows, *, by):
    """Writes a reminder to those of one workshop who are invited and have not answered. Returns a registrations.Result: `done`
    holds the registrations.

    Each is judged by itself: refused is who is not invited any more ("not_asked"), whose time is over ("late"), and who was
    reminded within a day ("reminded"). Whether it still holds is looked at once more when the letter is sent.
    """
    result = registrations.Result()
    rows = list(rows)
    if not rows:
        return result
    workshop = seats.lock(rows[0].workshop)
    fresh = list(Registration.objects.filter(workshop=workshop, pk__in=[row.pk for row in rows]).select_related("person", "organisation").order_by("sort_key", "pk"))
    since = timezone.now() - REMINDED_FOR
    reminded = set(
        Letter.objects.filter(kind="official-reminder", registration__in=fresh, created_at__gt=since)
        .exclude(state=Letter.State.CANCELLED)
        .values_list("registration", flat=True)
    )
    own = links.issue_many(Link.Kind.ANSWER, [row for row in fresh if row.state == State.INVITED], by=by)
    for row in fresh:
        row.workshop = workshop
        refusal = _why_no_reminder(row, reminded)
        if refusal is not None:
            result.refused.append((row, refusal))
            continue
        letters.write("official-reminder", registration=row, by=by, occasion=timezone.now().isoformat(timespec="seconds"), link=own[row.pk])
        result.done.append(row)
    return result


def _why_no_reminder(registration, reminded):
    if registration.state != State.INVITED:
        return ValidationError(_("Has answered, or is not invited any more."), code="not_asked")
    if registration.is_out_of_time:
        return ValidationError(_("The time to answer is over."), code="late")
    if registration.pk in reminded:
        return ValidationError(_("Was reminded within the last day."), code="reminded")
    return None


# Answering ----------------------------------------------------------------------------------------------------


@transaction.atomic
def accept(registration, *, by, via, needs=None, consents=None, language="mn", batch=None):
    """The invited official comes: the seat is confirmed. Returns the registration fresh; saying so twice changes nothing.

    By the own link the privacy notice must have been read ("notice_due"). Refuses who is not invited ("not_asked"), whose
    time is over ("late"), and as `registrations.move` does.
    """
    registration = _locked(registration)
    if registration.state != State.CONFIRMED:
        _refuse_unasked(registration)
        if via == Via.SELF and not ((consents or {}).get(Kind.NOTICE) or _has_read_the_notice(registration)):
            raise ValidationError(_("Please say that you have read how your details are used."), code="notice_due")
        registration = registrations.move(registration, State.CONFIRMED, by=by, via=via, batch=batch)
    _keep(registration, by=by, via=via, needs=needs, consents=consents, language=language)
    return registration


@transaction.atomic
def decline(registration, *, by, via, reason="", batch=None):
    """The invited official does not come: the seat is free. Returns the registration fresh; saying so twice changes nothing.

    Refuses as `accept` does; who has said that they come withdraws instead.
    """
    registration = _locked(registration)
    if registration.state == State.DECLINED:
        return registration
    _refuse_unasked(registration)
    registration = registrations.move(registration, State.DECLINED, by=by, via=via, reason=reason, batch=batch)
    _pass_on(registration)
    return registration


@transaction.atomic
def withdraw(registration, *, by, via, reason):
    """Somebody who said that they come, or who waits, does not after all. Returns the registration fresh.

    Refuses a missing reason ("reason_due"), a workshop that is over ("over"), and as `registrations.move` does.
    """
    registration = _locked(registration)
    if registration.state == State.WITHDRAWN:
        return registration
    if terms.is_over(registration.workshop):
        raise ValidationError(_("The workshop is over."), code="over")
    registration = registrations.move(registration, State.WITHDRAWN, by=by, via=via, reason=reason)
    _pass_on(registration)
    return registration


@transaction.atomic
def come_back(registration, *, by, via):
    """Somebody who declined, withdrew or let the time pass would come after all, and waits for a seat. Returns the
    registration fresh; saying so twice changes nothing.

    Refuses when nothing is offered any more ("closed", "begun", "frozen"), by the own link also whom the office or the
    institution took off the list ("not_yours"), and as `registrations.move` does.
    """
    registration = _locked(registration)
    if registration.state in {State.WAITLISTED, *HOLDING}:
        return registration
    if (refusal := why_not_back(registration, via=via)) is not None:
        raise refusal
    registration = registrations.move(registration, State.WAITLISTED, by=by, via=via)
    _pass_on(registration)
    registration.refresh_from_db()
    return registration


# Who left in one of these ways may come back alone; the office's and the institution's word is not taken back by the person.
OWN_WAYS = (Via.SELF, Via.PHONE, Via.LETTER, Via.SYSTEM)


def why_not_back(registration, *, via):
    """Why somebody cannot put themselves on the waiting list again, as a ValidationError; None where they can."""
    ended = registration.is_out_of_time or registration.state in {State.DECLINED, State.EXPIRED, State.WITHDRAWN}
    if not ended:
        return ValidationError(_("Only somebody who gave the seat up can be put on the waiting list again."), code="not_possible")
    if (refusal := terms.why_no_offer(registration.workshop)) is not None:
        return refusal
    last = registration.changes.order_by("-pk").first()
    if via == Via.SELF and not registration.is_out_of_time and (last is None or last.via not in OWN_WAYS):
        return ValidationError(_("The office or your institution took you off the list. Please call the office."), code="not_yours")
    return None


@transaction.atomic
def keep(registration, *, by, via, needs=None, consents=None, language="mn"):
    """Keeps what an official needs and agrees to; what is as it was leaves no row. Consents may be changed at any time, needs
    while the registration stands ("ended")."""
    registration = _locked(registration)
    if needs is not None and not registration.is_live:
        raise ValidationError(_("The registration has ended."), code="ended")
    _keep(registration, by=by, via=via, needs=needs, consents=consents, language=language)
    return registration


@transaction.atomic
def not_reached(registration, *, by, note=""):
    """Keeps that somebody was called and not reached. Returns the Call; the one of a moment ago where the same is said twice."""
    registration, details = _locked(registration), {"by": by, "note": note.strip()[:300]}
    just_now = registration.calls.filter(at__gt=timezone.now() - terms.PRESSED_TWICE, **details).first()
    if just_now is not None:
        return just_now
    return Call.objects.create(registration=registration, **details)


def _locked(registration):
    workshop = seats.lock(registration.workshop)
    fresh = Registration.objects.select_related("person", "organisation").get(pk=registration.pk)
    fresh.workshop = workshop
    return fresh


def _refuse_unasked(registration):
    if registration.state == State.EXPIRED or registration.is_out_of_time:
        raise ValidationError(_("The time to answer is over and the seat is free for others. Please call the office."), code="late")
    if registration.state != State.INVITED:
        raise ValidationError(
            _("%(name)s is %(state)s: there is no invitation to answer."),
            code="not_asked",
            params={"name": registration.short_name, "state": registration.get_state_display().lower()},
        )


def _pass_on(registration):
    """The seat that the official gave back goes on where the workshop offers seats by itself."""
    if registration.workshop.offers_itself and registration.counts:
        offers.offer_itself(registration.workshop)


def _has_read_the_notice(registration):
    return consents_of(registration).get(Kind.NOTICE, False)


def consents_of(registration):
    """What holds now: {kind: given} of the kinds that were ever asked; the notice only in today's text. One query."""
    found = {}
    for consent in registration.consents.order_by("-at", "-pk"):
        if consent.kind not in found:
            found[consent.kind] = consent.given and (consent.kind != Kind.NOTICE or consent.notice_version == NOTICE_VERSION)
    return found


def _keep(registration, *, by, via, needs, consents, language):
    if needs is not None:
        _keep_needs(registration, {name: (needs.get(name) or "").strip() for name in NEEDS})
    before = consents_of(registration) if consents else {}
    for kind, given in (consents or {}).items():
        if given is not None and before.get(kind) != given and (given or kind != Kind.NOTICE):
            Consent.objects.create(
                registration=registration, person=registration.person, kind=kind, given=given, notice_version=NOTICE_VERSION,
                language=language, via=via, by=by,
            )  # fmt: skip


def _keep_needs(registration, said):
    """No needs, no row."""
    if not any(said.values()):
        Needs.objects.filter(registration=registration).delete()
        return
    needs = Needs.objects.filter(registration=registration).first() or Needs(registration=registration)
    if needs.pk is None or any(getattr(needs, name) != text for name, text in said.items()):
        for name, text in said.items():
            setattr(needs, name, text)
        needs.full_clean(exclude=["registration"])
        needs.save()


# A deputy -----------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_deputy(registration, *, by, via, given_name, patronymic="", job_title="", email="", phone="", note=""):
    """Keeps whom an official proposes in their own place; staff decide. Returns the Deputy; another proposal before that
    takes the place of the first. Refuses who holds no seat ("no_seat"), and a workshop that has begun ("begun")."""
    registration = _locked(registration)
    if registration.state not in HOLDING or registration.is_out_of_time:
        raise ValidationError(_("Only somebody who holds a seat can propose a deputy."), code="no_seat")
    if terms.has_begun(registration.workshop) or not registration.workshop.is_open:
        raise ValidationError(_("The workshop has begun. Please call the office."), code="begun")
    deputy = registration.deputies.filter(outcome="").first() or Deputy(registration=registration)
    said = {"given_name": given_name, "patronymic": patronymic, "job_title": job_title, "email": email, "phone": phone, "note": note}
    for name, text in said.items():
        setattr(deputy, name, names.drop_registration_numbers(" ".join(text.split()))[0])
    deputy.full_clean(exclude=["registration", "decided_by"])
    deputy.save()
    return deputy


@transaction.atomic
def take_deputy(deputy, *, by, person=None, is_new=False, reason="", batch=None):
    """The proposed deputy comes instead: found in the directory or added to it, and put in the place of the other. Returns the
    deputy's registration.

    Refuses a proposal that was decided ("decided"); where people of the directory are similar, one of them must be given as
    `person`, or `is_new` said ("alike"); and as `registrations.replace` does.
    """
    registration = _locked(deputy.registration)
    deputy = Deputy.objects.select_for_update(no_key=True).get(pk=deputy.pk)
    if deputy.outcome:
        raise ValidationError(_("This proposal was decided already."), code="decided")
    reason = reason.strip() or str(_("Proposed by the official."))
    coming = substitute(
        registration, by=by, reason=reason, person=person, is_new=is_new, batch=batch, given_name=deputy.given_name, patronymic=deputy.patronymic,
        job_title=deputy.job_title, email=deputy.email, phones=importing.numbers_in(deputy.phone),
    )  # fmt: skip
    _decide(deputy, Deputy.Outcome.TAKEN, by=by)
    return coming


@transaction.atomic
def refuse_deputy(deputy, *, by):
    """The proposal is not taken; the official keeps the seat. Twice is no error, one that was taken is refused ("decided")."""
    deputy = Deputy.objects.select_for_update(no_key=True).get(pk=deputy.pk)
    if deputy.outcome == Deputy.Outcome.TAKEN:
        raise ValidationError(_("This proposal was decided already."), code="decided")
    if not deputy.outcome:
        _decide(deputy, Deputy.Outcome.REFUSED, by=by)
    return deputy


def _decide(deputy, outcome, *, by):
    deputy.outcome, deputy.decided_at, deputy.decided_by = outcome, timezone.now(), by
    deputy.save()


@transaction.atomic
def substitute(registration, *, by, reason, person=None, is_new=False, batch=None, organisation=None, **typed):
    """Puts B in the place of A in one step: B is a `person` of the directory, or typed in (given_name, patronymic, sex,
    job_title, email, phones) and found there or added. Returns B's registration.

    Where people of the directory are similar, one of them must be given, or `is_new` said ("alike": the refusal's params hold
    the `people`). `organisation` is B's where it is not A's. Refuses as `registrations.replace` and `people.add` do.
    """
    registration = _locked(registration)
    organisation = organisation or registration.organisation
    job_title = typed.get("job_title", "")
    if person is None:
        person = _typed_in(registration, organisation, typed, is_new=is_new, by=by)
    details = {"job_title": job_title} if job_title else {}
    return registrations.replace(registration, person, by=by, reason=reason, batch=batch, organisation=organisation, **details)


def _typed_in(registration, organisation, typed, *, is_new, by):
    given = {name: typed.get(name, "") for name in ("given_name", "patronymic", "given_name_latin", "patronymic_latin")}
    if not given["given_name_latin"] and names.is_latin(given["given_name"]):
        given |= {"given_name_latin": given["given_name"], "patronymic_latin": given["patronymic"], "given_name": "", "patronymic": ""}
    phones, email = list(typed.get("phones", ())), typed.get("email", "")
    if not is_new:
        match = match_of({**given, "email": email, "phone": ", ".join(phones), "job_title": typed.get("job_title", "")}, organisation)
        alike = [known.key for known, _reasons in match.candidates if known.key != registration.person_id]
        if match.verdict == "known" and alike:
            return Person.objects.get(pk=match.person.key)
        if alike:
            raise ValidationError(
                _("The directory knows somebody similar. Choose who is meant, or say that this is another person."),
                code="alike",
                params={"people": alike},
            )
    return people.add(
        by=by, organisation=organisation, job_title=typed.get("job_title", ""), email=email,
        email_is_shared=typed.get("email_is_shared", False), phones=phones, sex=typed.get("sex", Sex.UNKNOWN), **given,
    )  # fmt: skip


def match_of(details, organisation):
    """Whom of the directory somebody typed in may be, by the rules by which a list is judged: a matching.Match."""
    wanted = judgements.wanted_of(details)
    wanted.organisation = organisation.pk if organisation else None
    return matching.judge(wanted, matching.Directory([wanted]).candidates(wanted), Institutions().same)


# What is due --------------------------------------------------------------------------------------------------


def sections(registration, language):
    """What other parts of the portal hang on an official's own page: [(template, context)]."""
    found = (import_string(name)(registration, language) for name in ANSWER_SECTIONS)
    return [section for section in found if section is not None]


def silent(workshop):
    """Invited officials who have not answered, with what is known of the attempts: a list of Silent, those to call first. Four queries."""
    rows = Registration.objects.filter(workshop=workshop, state=State.INVITED).select_related("person", "organisation").prefetch_related(
        "person__emails", "person__phones", "calls__by"
    )  # fmt: skip
    rows = list(rows.order_by("offer_expires_at", "sort_key", "pk"))
    told = {}
    kinds = ["official-invitation", "official-offer", "official-reminder"]
    for letter in Letter.objects.filter(registration__in=rows, kind__in=kinds).exclude(state=Letter.State.CANCELLED).defer("body", "calendar"):
        told.setdefault(letter.registration_id, []).append(letter)
    found = [Silent(row, told.get(row.pk, [])) for row in rows]
    return sorted(found, key=lambda one: not one.to_call)


class Silent:
    """Somebody invited who has not answered."""

    SOON = timedelta(hours=36)

    def __init__(self, registration, written):
        self.registration = registration
        self.reminders = [letter for letter in written if letter.kind == "official-reminder"]
        self.failed = any(letter.state == Letter.State.FAILED or letter.bounced_at for letter in written)
        self.emails = list(registration.person.emails.all())
        self.phones = list(registration.person.phones.all())
        self.calls = sorted(registration.calls.all(), key=lambda call: call.at, reverse=True)

    @property
    def reminded_at(self):
        return max((letter.created_at for letter in self.reminders), default=None)

    @property
    def has_no_address(self):
        return not self.emails

    @property
    def ends_soon(self):
        until = self.registration.offer_expires_at
        return until is not None and until <= timezone.now() + self.SOON

    @property
    def to_call(self):
        """Letters do not help any more: no address, one that failed, reminded in vain, or hardly any time left."""
        return self.has_no_address or self.failed or bool(self.reminders) or self.ends_soon

    @property
    def can_be_reminded(self):
        return (
            not self.has_no_address
            and not self.registration.is_out_of_time
            and (self.reminded_at is None or self.reminded_at <= timezone.now() - REMINDED_FOR)
        )

