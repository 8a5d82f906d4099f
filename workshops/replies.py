"""How an institution answers: whom it names and in which order, that it sends nobody, that this is all, and its letter.

The same acts serve the focal point by the secret link (`by=None, via=Via.NOMINATOR`) and staff who hold a paper or a telephone.
Whoever is named becomes a row of the request's list and, where it is clear who is meant, a registration at once.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from contacts import importing, matching, people
from contacts.models import Decision, ImportBatch, ImportRow, PersonEmail, PersonPhone, Sex
from contacts.remarks import say
from core import names, phones
from workshops import commitments, judgements, letters, links, registrations, seats, snapshots
from workshops.models import Link, NominationList, Nominee, SeatAllocation, Via
from workshops.models import State as RegistrationState
from workshops.requests import State, hold, refuse_closed, worked_out

MOST_NAMES = 100
NAMES = ("given_name", "patronymic", "given_name_latin", "patronymic_latin")
# What an institution says of somebody whom it names.
DETAILS = (*NAMES, "sex", "job_title", "department", "level", "province", "email", "phone")
# What of it a registration keeps as of the event.
SNAPSHOT = (*NAMES, "job_title", "department", "level", "province")


@dataclass
class Received:
    """What naming several led to: those named, and (place in the list, ValidationError) of those refused."""

    named: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    numbers_dropped: int = 0  # registration numbers that were left out


# Whom it names ------------------------------------------------------------------------------------------------


@transaction.atomic
def receive(request, entries, *, by, via, rest_as_alternates=False):
    """Takes over whom an institution names. Returns Received; each entry is judged by itself.

    An entry is {"given_name": …, the other DETAILS, "is_alternate": bool}. Somebody named already with the same details is no
    error and nobody new. Refused are an entry without a name ("no_name"), somebody named already ("repeated"), and principals
    beyond the institution's maximum ("too_many"), who become alternates where `rest_as_alternates` says so. The whole is
    refused after the deadline ("late", only for the focal point), before the request was sent ("not_sent"), after the
    institution said that it sends nobody ("declined"), and at a closed workshop ("closed").
    """
    request = _taking_names(request, via)
    listed = _list_of(request, by=by)
    allocation = _allocation(request)
    present = list(_named(request))
    received, fresh = Received(), []
    for place, entry in enumerate(entries):
        details, dropped = _clean(entry)
        received.numbers_dropped += dropped
        wants_seat = not entry.get("is_alternate")
        try:
            _check(details)
            twin = _named_already(details, wants_seat, present)
            if twin is not None:
                received.named.append(twin)
                continue
            if wants_seat and _is_full(allocation, present):
                if not rest_as_alternates:
                    raise _too_many(allocation)
                wants_seat = False
            if len(present) >= MOST_NAMES:
                raise ValidationError(_("More than %(most)d names are too many."), code="too_many_names", params={"most": MOST_NAMES})
            nominee = Nominee(request=request, is_alternate=not wants_seat, via=via, **details)
            nominee.full_clean(exclude=["request", "import_row", "registration"], validate_unique=False)
        except ValidationError as refusal:
            received.refused.append((place, refusal))
            continue
        nominee.order = 1 + max((other.order for other in present if other.is_alternate == nominee.is_alternate), default=0)
        present.append(nominee)
        fresh.append(nominee)
        received.named.append(nominee)
    if fresh:
        Nominee.objects.bulk_create(fresh)
        _make_rows(listed, fresh)
        _commit(listed, request, by=by)
        _settle(request, allocation)
    return received


@transaction.atomic
def change(nominee, *, by, via, **details):
    """Changes what is known of somebody named (DETAILS, `is_alternate`), and their registration with it. Returns the nominee fresh.

    Where the name becomes another person's, the first one's registration is withdrawn and the second is registered. Refuses
    as `receive` does, who was taken out ("gone"), and once staff have decided about the registration ("decided").
    """
    request, nominee = _still_open(nominee, via)
    if nominee.withdrawn_at:
        raise ValidationError(_("%(name)s was taken out in the meantime."), code="gone", params={"name": str(nominee)})
    changed, _dropped = _clean({**{name: getattr(nominee, name) for name in DETAILS}, **details})
    is_alternate = details.get("is_alternate", nominee.is_alternate)
    before = {name: getattr(nominee, name) for name in DETAILS}
    if changed == before and is_alternate == nominee.is_alternate:
        return nominee
    _check(changed)
    others = [other for other in _named(request) if other.pk != nominee.pk]
    allocation = _allocation(request)
    twin = _twin(changed, others)
    if twin is not None:
        raise _repeated(twin)
    if nominee.is_alternate and not is_alternate and _is_full(allocation, others):
        raise _too_many(allocation)
    if is_alternate != nominee.is_alternate:
        nominee.is_alternate = is_alternate
        nominee.order = 1 + max((other.order for other in others if other.is_alternate == is_alternate), default=0)
    for name, value in changed.items():
        setattr(nominee, name, value)
    nominee.full_clean(exclude=["request", "import_row", "registration"], validate_unique=False)
    listed = _list_of(request, by=by)
    row = nominee.import_row
    if row is not None and row.batch_id != listed.batch_id:
        row = None  # the list was undone, or another stood there before
    if nominee.registration is not None and not _same_person(nominee, before):
        registrations.withdraw(nominee.registration, by=by, via=via, reason=str(_("Another was named instead.")))
        nominee.registration = None
        _leave_out(row)
        row = None
    if nominee.registration is not None:
        people.set_keys(nominee)
        told = {name: changed[name] for name in SNAPSHOT if changed[name] != before[name]}
        snapshots.edit(nominee.registration, by=by, is_alternate=is_alternate, sort_key=nominee.sort_key, **told)
        _mend_person(nominee, row, before)
        nominee.save()
        if row is not None:
            _fill(row, nominee, listed)
            judgements.store([row])
    else:
        nominee.save()
        if row is None or row.committed_at:
            _make_rows(listed, [nominee])
        else:
            _fill(row, nominee, listed)
            if changed != before:
                row.decision, row.person = "", None
            judgements.store([row])
        _commit(listed, request, by=by)
    _settle(request, allocation, lost=is_alternate)
    nominee.refresh_from_db()
    return nominee


@transaction.atomic
def take_out(nominee, *, by, via, reason=""):
    """Takes back that somebody was named; the registration that came of it is withdrawn. Returns the nominee fresh.

    Somebody taken out before stays so. Refuses as `receive` does, and once staff have decided ("decided").
    """
    request, nominee = _still_open(nominee, via)
    if nominee.withdrawn_at:
        return nominee
    _withdraw(nominee, by=by, via=via, reason=reason.strip() or str(_("Taken out by the institution.")))
    _settle(request, _allocation(request), lost=True)
    return nominee


@transaction.atomic
def move(nominee, *, up, by, via):
    """One place up or down among the principals, or among the alternates. At the end nothing happens. Refuses as `receive` does."""
    request = _taking_names(nominee.request, via)
    rows = [row for row in _named(request) if row.is_alternate == nominee.is_alternate]
    place = next((place for place, row in enumerate(rows) if row.pk == nominee.pk), None)
    other = None if place is None else place - 1 if up else place + 1
    if other is None or not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for order, row in enumerate(rows, 1):
        if row.order != order:
            row.order = order
            row.save(update_fields=["order", "updated_at"])


# Its answer as a whole ----------------------------------------------------------------------------------------


@transaction.atomic
def complete(request, *, by, via):
    """The institution says that these are all. Returns the request fresh; a complete one stays so.

    Refuses as `receive` does, and where nobody is named ("nobody").
    """
    request = _taking_names(request, via)
    if request.state == State.COMPLETE:
        return request
    if not any(nominee.counts for nominee in _named(request)):
        raise ValidationError(_("Nobody is named yet. If you send nobody, say so instead."), code="nobody")
    _answered(request, State.COMPLETE, by=by)
    return request


@transaction.atomic
def decline(request, *, by, via, reason):
    """The institution sends nobody: those whom it named are taken out. Returns the request fresh; declined twice is once.

    Refuses as `receive` does, a missing reason ("reason_due"), and once staff have decided about somebody ("decided").
    """
    request = hold(request)
    _refuse(request, via)
    if request.state == State.DECLINED:
        return request
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Give a reason."), code="reason_due")})
    _lock_list(request)
    for nominee in _named(request):
        if nominee.registration is not None and nominee.registration.is_live:
            _refuse_decided(nominee, via)
        _withdraw(nominee, by=by, via=via, reason=reason.strip())
    request.decline_reason = reason.strip()
    _answered(request, State.DECLINED, by=by)
    return request


@transaction.atomic
def reopen(request, *, by, via):
    """Takes a final answer or a refusal back; what is named stays. Returns the request fresh.

    Refuses after the deadline, before sending and at a closed workshop, as `receive` does.
    """
    request = hold(request)
    _refuse(request, via)
    if request.state not in {State.COMPLETE, State.DECLINED}:
        return request
    named = [nominee for nominee in _named(request) if nominee.counts]
    request.state = State.PARTLY if named else State.SENT
    request.decline_reason = ""
    request.save()
    return request


@transaction.atomic
def keep_letter(request, *, by, via, file=None, number=None, on=None):
    """Keeps the institution's letter: its number, its day and a scan that was judged (core.uploads). Returns the request fresh.

    A new scan takes the place of the one before, whose file goes. Refuses as `reopen` does.
    """
    request = hold(request)
    _refuse(request, via)
    if number is not None:
        request.reply_number = number
    if on is not None:
        request.reply_on = on
    if file is not None:
        if request.reply_file:
            storage, name = request.reply_file.storage, request.reply_file.name
            transaction.on_commit(lambda: storage.delete(name))
        request.reply_file = file
    request.full_clean(exclude=["workshop", "organisation"], validate_unique=False)
    request.save()
    return request


# Parts of it --------------------------------------------------------------------------------------------------


def _refuse(request, via):
    refuse_closed(request.workshop)
    if request.state == State.DRAFT:
        raise ValidationError(_("The request has not been sent yet. Send it, or say that it went on paper."), code="not_sent")
    if via == Via.NOMINATOR and request.is_late:
        raise ValidationError(_("The deadline is over. Please call the office."), code="late")


def _taking_names(request, via):
    """The request, locked with its list, if names may be changed now."""
    request = hold(request)
    _refuse(request, via)
    if request.state == State.DECLINED:
        raise ValidationError(_("The institution said that it sends nobody. Take that back first."), code="declined")
    _lock_list(request)
    return request


def _still_open(nominee, via):
    """The request and the nominee, locked; refuses where staff have decided already."""
    request = _taking_names(nominee.request, via)
    nominee = Nominee.objects.select_related("registration__person", "registration__workshop", "import_row").get(pk=nominee.pk)
    nominee.request = request
    if not nominee.withdrawn_at:
        _refuse_decided(nominee, via)
    return request, nominee


def _refuse_decided(nominee, via):
    if nominee.registration is not None and nominee.registration.state != RegistrationState.NOMINATED:
        raise ValidationError(
            _("The office has decided about %(name)s already. Please call the office.")
            if via == Via.NOMINATOR
            else _("%(name)s is past the nomination. Change the registration itself."),
            code="decided",
            params={"name": str(nominee)},
        )


def _named(request):
    """Those who are not taken out, principals in their order and then alternates."""
    return request.nominees.filter(withdrawn_at=None).select_related("registration__person", "registration__workshop", "import_row")


def _allocation(request):
    return SeatAllocation.objects.filter(workshop=request.workshop_id, organisation=request.organisation_id).first()


def _is_full(allocation, present):
    principals = sum(nominee.counts and not nominee.is_alternate for nominee in present)
    return allocation is not None and allocation.maximum is not None and principals >= allocation.maximum


def _too_many(allocation):
    return ValidationError(
        ngettext_lazy(
            "Your institution may send at most %(maximum)d participant. Name the others as alternates.",
            "Your institution may send at most %(maximum)d participants. Name the others as alternates.",
            "maximum",
        ),
        code="too_many",
        params={"maximum": allocation.maximum},
    )


def _clean(entry):
    """The details of an entry as they are kept, without registration numbers, and how many of those were left out."""
    details, dropped = {}, 0
    for name in DETAILS:
        text = str(entry.get(name) or "")
        if name in {"sex", "level", "province"}:
            details[name] = text or (Sex.UNKNOWN if name == "sex" else "")
            continue
        text, count = names.drop_registration_numbers(text)
        dropped += count
        if name in {"email", "phone"}:
            details[name] = " ".join(text.split())
        else:
            details[name] = names.repair(" ".join(text.split()))[0]
    if not details["given_name"] and not details["given_name_latin"]:
        return details, dropped
    if details["given_name"] and names.is_latin(details["given_name"]) and not details["given_name_latin"]:
        for name in ("given_name", "patronymic"):
            details[f"{name}_latin"], details[name] = details[f"{name}_latin"] or details[name], ""
    return details, dropped


def _wanted(details):
    wanted = judgements.wanted_of({name: str(value or "") for name, value in details.items()})
    wanted.organisation = 0
    return wanted


def _twin(details, present):
    """The one among those named who is the same person, by the rules by which a list is judged; else None."""
    lines = []
    for nominee in present:
        wanted = _wanted({name: getattr(nominee, name) for name in DETAILS})
        lines.append(
            matching.Known(
                nominee, wanted.given, wanted.patronymic, (nominee.given_name_latin, nominee.patronymic_latin), emails=dict.fromkeys(wanted.emails, False),
                phones=wanted.phones, organisation=0, title=wanted.title,
            )
        )  # fmt: skip
    match = matching.judge(_wanted(details), lines, lambda one, other: True)
    return match.person.key if match.verdict == "known" else None


def _check(details):
    """Refuses what a list would have to be mended for, field by field; an address and numbers are put into their usual form."""
    problems = {}
    for error in importing.check({name: details[name] for name in importing.DETAILS if name in details}).errors:
        if error["field"] != "email":
            problems.setdefault(error["field"], ValidationError(say(error).text, code=error["code"]))
    for name, read in (("email", people.read_email), ("phone", people.read_phones)):
        try:
            found = read(details[name]) if details[name] else ""
        except ValidationError as refusal:
            problems[name] = refusal
        else:
            details[name] = found if name == "email" else ", ".join(map(phones.display, found))
    if problems:
        raise ValidationError(problems)


def _named_already(details, wants_seat, present):
    """The nominee who is this very entry, sent once more; None for a new one. Refuses the same person with other details."""
    twin = _twin(details, present)
    if twin is None:
        return None
    if twin.is_alternate != wants_seat and all(getattr(twin, name) == details[name] for name in DETAILS):
        return twin
    raise _repeated(twin)


def _repeated(twin):
    return ValidationError(
        _("%(name)s is named already. If this is somebody else of the same name, give the phone or e-mail of both."),
        code="repeated",
        params={"name": twin.full_name},
    )


def _same_person(nominee, before):
    """Whether a nominee whose details were changed still is who was named before."""
    now, then = _wanted({name: getattr(nominee, name) for name in DETAILS}), _wanted(before)
    if matching.agreement(now.given, now.patronymic, then.given, then.patronymic):
        return True
    # A misspelt name put right: the same address or number shows it.
    return bool(now.emails & then.emails or now.phones & then.phones)


# The list behind it -------------------------------------------------------------------------------------------


def _batches(request):
    return ImportBatch.objects.filter(
        source_kind=ImportBatch.NOMINEES, undone_at=None, nomination_list__workshop=request.workshop_id,
        nomination_list__organisation=request.organisation_id,
    )  # fmt: skip


def _lock_list(request):
    """Locks the list before anything else, in the order in which staff lock it when they commit it; then the seats."""
    list(_batches(request).select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
    seats.lock(request.workshop)


def _list_of(request, *, by):
    """The list in which those whom the institution names are judged; made with the first of them."""
    batch = _batches(request).select_related("nomination_list").order_by("-pk").first()
    if batch is not None:
        listed = batch.nomination_list
        listed.batch, listed.workshop, listed.organisation = batch, request.workshop, request.organisation
        return listed
    batch = ImportBatch.objects.create(
        source_kind=ImportBatch.NOMINEES, created_by=by, is_demo=request.workshop.is_demo,
        columns={str(column): name for column, name in enumerate(_COLUMNS)},
        options={"heading_rows": [], "headings": {}, "width": len(_COLUMNS), "institutions": {}, "acts": []},
    )  # fmt: skip
    return NominationList.objects.create(batch=batch, workshop=request.workshop, organisation=request.organisation)


# The columns of such a list: what a row of any list has of what an institution says.
_COLUMNS = ("patronymic", "given_name", "patronymic_latin", "given_name_latin", "sex", "department", "job_title", "phone", "email")


def _make_rows(listed, nominees):
    """A row of the list for each nominee, not judged yet."""
    last = listed.batch.rows.order_by("-number").values_list("number", flat=True).first() or 0
    rows = []
    for number, nominee in enumerate(nominees, last + 1):
        rows.append(ImportRow(batch=listed.batch, number=number, edited=True))
        _fill(rows[-1], nominee, listed)
    ImportRow.objects.bulk_create(rows)
    for nominee, row in zip(nominees, rows, strict=True):
        nominee.import_row = row
    Nominee.objects.bulk_update(nominees, ["import_row"])


def _fill(row, nominee, listed):
    details = {name: getattr(nominee, name) for name in _COLUMNS}
    details["sex"] = "" if nominee.sex == Sex.UNKNOWN else nominee.sex
    row.raw = [details[name] for name in _COLUMNS]
    row.parsed = {name: text for name, text in details.items() if text} | {"organisation_id": str(listed.organisation_id)}
    row.organisation = listed.organisation


def _commit(listed, request, *, by):
    """Registers whom the rules or staff have recognised; the others wait on the list. Somebody whom the institution named
    before, took out and names again is no doubt."""
    commitments.commit(listed, by=by)
    taken_out = set(request.nominees.exclude(withdrawn_at=None).exclude(registration=None).values_list("registration", flat=True))
    again = []
    if taken_out:
        for row in listed.batch.rows.filter(committed_at=None, decision="", nominees__withdrawn_at=None):
            here = row.record.get("here") or {}
            if row.person_id and not here.get("live") and here.get("registration") in taken_out:
                row.decision = Decision.MATCH
                again.append(row)
    if again:
        judgements.store(again)
        commitments.commit(listed, by=by)


def _leave_out(row):
    """A row of somebody who is not named any more is compared with nobody."""
    if row is not None:
        row.decision = Decision.SKIP
        row.save(update_fields=["decision"])


def _withdraw(nominee, *, by, via, reason):
    if nominee.registration is not None and nominee.registration.state == RegistrationState.NOMINATED:
        registrations.withdraw(nominee.registration, by=by, via=via, reason=reason[:300])
    _leave_out(nominee.import_row)
    nominee.withdrawn_at = timezone.now()
    nominee.save(update_fields=["withdrawn_at", "updated_at"])


def _mend_person(nominee, row, before):
    """What was put right reaches the directory where this very row brought the person in; of others only gaps are filled."""
    person = nominee.registration.person
    if row is None or not row.created_person or row.person_id != person.pk:
        return
    mended = {
        name: getattr(nominee, name) for name in (*NAMES, "sex") if getattr(person, name) == before[name] != getattr(nominee, name)
    }
    if mended:
        people.edit(person, by=None, **mended)
    _mend_addresses(person, nominee, before)


def _mend_addresses(person, nominee, before):
    """The new address or number takes the place of the one that the institution gave before."""
    if nominee.email != before["email"]:
        old = {address.lower() for address in importing.addresses_in(before["email"])}
        kept = [(email.address, email.is_shared) for email in person.emails.all() if email.address.lower() not in old]
        fresh = importing.addresses_in(nominee.email)
        others = PersonEmail.objects.exclude(person=person).annotate(low=Lower("address"))
        taken = set(others.filter(low__in=[address.lower() for address in fresh]).values_list("low", flat=True))
        people.edit(person, by=None, emails=[*((address, address.lower() in taken) for address in fresh), *kept])
    if nominee.phone != before["phone"]:
        old = set(importing.numbers_in(before["phone"]))
        person.phones.filter(number__in=old).delete()
        fresh = set(importing.numbers_in(nominee.phone)) - set(person.phones.values_list("number", flat=True))
        PersonPhone.objects.bulk_create(PersonPhone(person=person, number=number) for number in sorted(fresh))
        people.index(person)


def _settle(request, allocation, *, lost=False):
    """The state that follows from who is named now. What was said to be all stays so unless somebody was taken away."""
    named = [nominee for nominee in _named(request) if nominee.counts]
    principals = sum(not nominee.is_alternate for nominee in named)
    state = worked_out(request, allocation, principals, len(named))
    if request.state == State.COMPLETE and not lost:
        state = State.COMPLETE
    if state == request.state:
        return
    if state == State.COMPLETE:
        _answered(request, state, by=None)
    else:
        request.state = state
        request.save()


def _answered(request, state, *, by):
    """The institution has answered: a receipt goes to the focal point, one a day."""
    request.state, request.answered_at = state, timezone.now()
    request.save()
    link = links.issue(Link.Kind.NOMINATE, request=request, by=by)
    occasion = f"{state}:{timezone.localdate().isoformat()}"
    letters.write("request-received", request=request, link=link, occasion=occasion, by=by)
