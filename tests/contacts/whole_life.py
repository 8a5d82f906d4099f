"""A person of whom the portal keeps something in every table that hangs on people, each text of it unmistakable.

A relation of which nothing is planted here makes tests/contacts/test_belongings.py fail: plant it, and say in the layer's
people_rules what merging and erasing do with it.
"""

import itertools
import uuid
from datetime import date

from django.core.files.base import ContentFile
from django.utils import timezone

from contacts import duplicates
from contacts.models import ImportBatch, ImportRow, Person, PersonExport, PersonMerge, Position
from tests import people
from workshops import registrations
from workshops.models import (
    AgendaItem,
    AgendaSpeaker,
    Answer,
    AttendanceMark,
    Call,
    Certificate,
    Consent,
    Deputy,
    Form,
    Letter,
    LetterStep,
    Link,
    Needs,
    NominationRequest,
    Nominee,
    Option,
    Question,
    Receipt,
    Registration,
    State,
    Submission,
)

_CONSONANTS, _VOWELS = "bdflmnrv", "aeu"
_count = itertools.count(4711)


class Words:
    """Unmistakable words, which stay the same when names are folded for the search."""

    def __init__(self):
        self.said = []

    def __call__(self, longest=14):
        number, word = next(_count) * 7919, ""
        for _syllable in range(7):
            number, digit = divmod(number, 24)
            word += _CONSONANTS[digit // 3] + _VOWELS[digit % 3]
        self.said.append(word[:longest])
        return word[:longest]

    def email(self):
        return f"{self()}@gov.example"

    def phone(self):
        number = f"+9768{next(_count):07}"
        self.said.append(number.removeprefix("+976"))
        return number


def plant(*, at=None, by=None):
    """(person, words): somebody with rows in every table, confirmed at a past workshop, present, certified."""
    words, by, earlier = Words(), by or people.organiser(), people.person()
    body = people.organisation()
    at = at or people.workshop(starts_in=-60, capacity=30)
    somebody = Person(
        given_name=words(), patronymic=words(), clan_name=words(), given_name_latin=words(), patronymic_latin=words(), name_mong=words(),
        note=words(), sex="f", preferred_language="en",
    )  # fmt: skip
    somebody.save()
    somebody.emails.create(address=words.email())
    somebody.phones.create(number=words.phone())
    Position.objects.create(
        person=somebody, organisation=body, title_en=words(), title_mn=words(), department=words(), rank=words(), level="specialist", province="1"
    )
    somebody.save()
    row = _from_a_list(somebody, words, by)
    registration = _registered(somebody, at, body, row, words, by)
    _asked_as_focal_point(somebody, at, registration, row, words)
    _learnt(registration, words)
    _written_to(somebody, registration, at, words, by)
    PersonExport.objects.create(person=somebody, by=by, purpose=words(), recipient=words(), sha256="0" * 64)
    for other in (earlier, people.person()):
        duplicates.tell_apart(somebody, other, by=by)
    _merged_before(somebody, words, by)
    return somebody, words.said


def _from_a_list(somebody, words, by):
    batch = ImportBatch.objects.create(created_by=by)
    return ImportRow.objects.create(
        batch=batch, number=1, raw=[words(), words()], parsed={"given_name": words()}, person=somebody, record={"said": [words()]},
        errors=[{"code": "x", "params": {"text": words()}}], notes=[{"code": "y", "params": {"text": words()}}], candidates=[{"why": [words()]}],
    )  # fmt: skip


def _registered(somebody, at, body, row, words, by):
    registration = registrations.register(
        at, somebody, by=by, become=State.CONFIRMED, organisation=body, job_title=words(), department=words(), rank=words(), note=words(),
        import_row=row, over_reason="" if at.seats_held < (at.capacity or 99) else words(),
    ).registration  # fmt: skip
    Registration.objects.filter(pk=registration.pk).update(level="specialist", province="1")
    leaving = registrations.register(at, people.person(), by=by).registration
    deputy = registrations.register(at, people.person(), by=by).registration
    Registration.objects.filter(pk=registration.pk).update(replaces=leaving, override_reason=words())
    Registration.objects.filter(pk=deputy.pk).update(replaces=registration)
    registrations.StateChange.objects.create(
        registration=registration, from_state=State.CONFIRMED, to_state=State.CONFIRMED, by=by, reason=words(), override_reason=words(),
        undoes=registration.changes.first(),
    )  # fmt: skip
    Needs.objects.create(registration=registration, diet=words(), access=words(), other=words(), interpretation="en")
    Deputy.objects.create(
        registration=registration, given_name=words(), patronymic=words(), job_title=words(), email=words.email(), phone=words.phone(), note=words()
    )
    Call.objects.create(registration=registration, note=words(), by=by)
    Consent.objects.create(person=somebody, registration=registration, kind="photo", given=True, notice_version="1", language="mn")
    day = at.meeting_days.first()
    first = AttendanceMark.objects.create(
        client_uuid=uuid.uuid4(), workshop=at, registration=registration, day=day, kind="present", device_time=timezone.now(), by=by, reason=words()
    )
    AttendanceMark.objects.create(
        client_uuid=uuid.uuid4(), workshop=at, registration=registration, day=day, kind="void", voids=first, device_time=timezone.now(), reason=words(),
        unknown_code=words(12),
    )  # fmt: skip
    item = AgendaItem.objects.create(day=day, starts_at="09:00", ends_at="10:00", title_en="Opening")
    AgendaSpeaker.objects.create(item=item, registration=registration, name_en=words(), name_mn=words())
    return registration


def _asked_as_focal_point(somebody, at, registration, row, words):
    request = NominationRequest.objects.create(
        workshop=at, organisation=people.organisation(), focal_point=somebody, focal_name=words(), focal_email=words.email(), focal_phone=words.phone()
    )
    letter = Letter.objects.create(
        kind="request", language="mn", workshop=at, request=request, to_address=request.focal_email, to_name=words(), subject=words(), body=words(),
        dedupe_key=words(),
    )  # fmt: skip
    LetterStep.objects.create(letter=letter, what="bounced", words=words())
    request.reply_file.save("reply.pdf", ContentFile(b"%PDF-"), save=True)
    Nominee.objects.create(
        request=NominationRequest.objects.create(workshop=at, organisation=people.organisation()),
        given_name=words(), patronymic=words(), given_name_latin=words(), patronymic_latin=words(), job_title=words(), department=words(),
        email=words.email(), phone=words.phone(), import_row=row, registration=registration,
    )  # fmt: skip


def _learnt(registration, words):
    form, _made = Form.objects.get_or_create(workshop=registration.workshop, kind="pre", title_en="Before")
    question, _made = Question.objects.get_or_create(form=form, kind="text", text_en="What?")
    answer = Answer.objects.create(
        submission=Submission.objects.create(form=form, registration=registration, language="mn", on=date(2026, 3, 2)), question=question, text=words()
    )
    answer.options.add(Option.objects.create(question=question, text_en="This"))
    evaluation, _made = Form.objects.get_or_create(workshop=registration.workshop, kind="evaluation", is_anonymous=True)
    Receipt.objects.create(form=evaluation, registration=registration)


def _written_to(somebody, registration, at, words, by):
    older = Certificate.objects.create(
        registration=registration, year=2026, number=next(_count), facts={"name": words(), "name_mn": words()}, status="superseded", issued_by=by
    )
    certificate = Certificate.objects.create(
        registration=registration, year=2026, number=next(_count), facts={"name": words()}, status="revoked", revoked_at=timezone.now(),
        revoke_reason=words(), supersedes=older,
    )  # fmt: skip
    link = Link.objects.create(kind="answer", registration=registration)
    text = lambda: dict(  # noqa: E731
        kind="invitation", language="mn", workshop=at, to_name=words(), to_address=words.email(), subject=words(), body=words(),
        calendar=words(), problem=words(), bounce_note=words(), dedupe_key=words(), documents=[words()],
    )  # fmt: skip
    for owner in ({"person": somebody}, {"registration": registration}, {"certificate": certificate}, {"link": link}):
        LetterStep.objects.create(letter=Letter.objects.create(**text(), **owner), what="edited", by=by, words=words())


def _merged_before(somebody, words, by):
    """Merges in which the record stayed and went, with all they remember."""
    twin = people.person()
    details = {"by": by, "reason": words(), "values": {"before": {"note": words()}, "after": {}}, "steps": [{"do": "delete", "values": words()}]}
    PersonMerge.objects.create(kept=somebody, gone=twin, undone_at=timezone.now(), **details)
    PersonMerge.objects.create(kept=twin, gone=somebody, undone_at=timezone.now(), **details)
    tombstone = people.person(given_name=words(), patronymic=words())
    Person.objects.filter(pk=tombstone.pk).update(merged_into=somebody)

