"""How institutions answer: whom they name becomes registrations, changes follow, and the same person is never there twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connections

from contacts.models import Decision, ImportBatch, ImportRow, Person, Verdict
from tests import people
from tests.workshops.test_requests import FOCAL, code
from workshops import commitments, nominations, registrations, replies, requests
from workshops.models import Letter, NominationRequest, Nominee, Registration, SeatAllocation, State, StateChange, Via

pytestmark = pytest.mark.django_db


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# Naming -------------------------------------------------------------------------------------------------------


def test_whoever_is_named_is_registered_at_once_as_nominated():
    asked = people.request()
    principal, alternate = people.name(
        asked, people.entry(level="specialist", province=""), people.entry(is_alternate=True, job_title="Ахлах мэргэжилтэн")
    )
    one, other = fresh(principal).registration, fresh(alternate).registration
    assert (one.state, one.is_alternate, one.organisation, one.level) == (State.NOMINATED, False, asked.organisation, "specialist")
    assert (other.state, other.is_alternate, other.job_title) == (State.NOMINATED, True, "Ахлах мэргэжилтэн")
    change = one.changes.get()
    assert (change.to_state, change.via, change.by) == (State.NOMINATED, Via.NOMINATOR, None)
    assert one.person.emails.get().address == principal.email
    assert one.person.positions.get().organisation == asked.organisation


def test_somebody_known_is_recognised_and_nobody_new_comes_into_the_directory():
    body = people.organisation()
    known = people.person(organisation=body, email="known@ministry.example", given_name="Тэмүүлэн", patronymic="Батын", sex="m")
    named = people.name(people.request(organisation=body), people.entry(given_name="Тэмүүлэн", patronymic="Б.", email="known@ministry.example"))[0]
    assert fresh(named).registration.person == known
    assert Person.objects.count() == 1


def test_who_may_be_somebody_known_waits_for_staff_and_is_registered_by_their_word():
    known = people.person(given_name="Тэмүүлэн", patronymic="Батын", sex="m")
    asked = people.request()
    named = people.name(asked, people.entry(given_name="Тэмүүлэн", patronymic="Батын", is_alternate=True))[0]
    row = fresh(named).import_row
    assert (fresh(named).registration, row.verdict, Registration.objects.count()) == (None, Verdict.POSSIBLE, 0)
    by, listed = people.organiser(), row.batch.nomination_list
    nominations.edit(listed, row, None, by=by, decision=Decision.MATCH, person=known)
    commitments.commit(listed, by=by)
    registration = fresh(named).registration
    assert (registration.person, registration.is_alternate) == (known, True)
    assert (registration.changes.get().via, registration.changes.get().by) == (Via.NOMINATOR, by)


def test_what_staff_called_another_person_goes_along_with_the_next_name():
    """Staff said "another person" and pressed nothing more; the focal point's next name commits the row with nobody signed in."""
    people.person(given_name="Тэмүүлэн", patronymic="Батын", sex="m")
    asked = people.request()
    named = people.name(asked, people.entry(given_name="Тэмүүлэн", patronymic="Батын"))[0]
    row = fresh(named).import_row
    nominations.edit(row.batch.nomination_list, row, None, by=people.organiser(), decision=Decision.CREATE)
    people.name(asked, people.entry())
    assert fresh(named).registration is not None
    assert Person.objects.filter(given_name="Тэмүүлэн").count() == 2


def test_somebody_registered_already_for_the_institution_is_tied_to_it():
    body, at = people.organisation(), people.workshop()
    known = people.person(organisation=body, email="known@ministry.example", given_name="Тэмүүлэн", patronymic="Батын", sex="m")
    here = people.registration(workshop=at, person=known, organisation=body, become=State.NOMINATED)
    named = people.name(people.request(workshop=at, organisation=body), people.entry(given_name="Тэмүүлэн", patronymic="Батын", email="known@ministry.example"))[0]
    assert fresh(named).registration == here
    assert Registration.objects.count() == 1


def test_somebody_whom_another_institution_named_first_stays_theirs():
    at = people.workshop()
    entry = people.entry(phone="99112233")
    theirs = people.name(people.request(workshop=at), entry)[0]
    ours = people.name(people.request(workshop=at), entry)[0]
    assert (fresh(ours).registration, Registration.objects.get()) == (None, fresh(theirs).registration)
    # Taking ours out takes nothing from them.
    replies.take_out(ours, **FOCAL)
    assert Registration.objects.get().state == State.NOMINATED


def test_registration_numbers_are_left_out_and_said():
    asked = people.request()
    received = replies.receive(asked, [people.entry(given_name="Дорж", patronymic="Бат", job_title="УБ88112233 Мэргэжилтэн")], **FOCAL)
    assert received.numbers_dropped == 1
    kept = [*Nominee.objects.values_list("job_title", flat=True), *map(str, ImportRow.objects.values_list("raw", flat=True))]
    assert (kept[0], "88112233" in "".join(kept)) == ("Мэргэжилтэн", False)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"given_name": ""}, "given_name"),
        ({"given_name": "Бат1"}, "given_name"),
        ({"email": "bat@minisтry.example"}, "email"),
        ({"phone": "call him"}, "phone"),
        ({"job_title": "х" * 201}, "job_title"),
        ({"sex": "x"}, "sex"),
    ],
)
def test_an_entry_that_cannot_be_kept_is_refused_with_its_field_and_holds_up_no_other(details, field):
    asked = people.request()
    received = replies.receive(asked, [people.entry(**details), people.entry()], **FOCAL)
    ((place, refusal),) = received.refused
    assert (place, list(refusal.error_dict)) == (0, [field])
    assert Nominee.objects.count() == Registration.objects.count() == 1


def test_the_same_person_named_twice_is_caught():
    asked, entry = people.request(), people.entry(phone="99112233")
    one = people.name(asked, entry)[0]
    # The very same, sent once more, is no error.
    assert people.name(asked, entry) == [one]
    received = replies.receive(asked, [{**entry, "job_title": "Дарга"}, {**entry, "is_alternate": True}], **FOCAL)
    assert [refusal.code for _place, refusal in received.refused] == ["repeated", "repeated"]
    assert Nominee.objects.count() == Registration.objects.count() == 1
    # In one list too.
    twins = people.entry()
    received = replies.receive(people.request(), [twins, {**twins, "email": ""}], **FOCAL)
    assert [place for place, _refusal in received.refused] == [1]


def test_namesakes_with_other_addresses_are_two_people():
    asked = people.request()
    people.name(asked, people.entry(given_name="Батбаяр", patronymic="Б.", email="a@ministry.example", phone="99112233"))
    received = replies.receive(asked, [people.entry(given_name="Батбаяр", patronymic="Б.", email="b@ministry.example", phone="99445566")], **FOCAL)
    assert (received.refused, Nominee.objects.count()) == ([], 2)


def test_principals_beyond_the_maximum_are_refused_or_become_alternates():
    asked = people.request(seats=(1, 2))
    received = replies.receive(asked, [people.entry() for _ in range(3)], **FOCAL)
    assert [(place, refusal.code) for place, refusal in received.refused] == [(2, "too_many")]
    people.name(asked, people.entry(), rest_as_alternates=True)
    assert list(asked.nominees.values_list("is_alternate", "order")) == [(False, 1), (False, 2), (True, 1)]


def test_a_principal_who_declined_leaves_room_for_another():
    asked = people.request(seats=(1, 1))
    one = fresh(people.name(asked, people.entry())[0])
    by = people.organiser()
    registrations.move(registrations.invite(one.registration, by=by), State.DECLINED, by=None, via=Via.SELF)
    assert people.name(asked, people.entry())


# The state that follows ---------------------------------------------------------------------------------------


def test_the_state_follows_from_the_numbers():
    asked = people.request(seats=(1, 2))
    assert fresh(asked).state == "sent"
    one, _other = people.name(asked, people.entry(), people.entry(is_alternate=True))
    assert fresh(asked).state == "partly"
    people.name(asked, people.entry())
    assert fresh(asked).state == "complete"
    replies.take_out(one, **FOCAL)
    assert fresh(asked).state == "partly"


def test_without_a_maximum_the_guaranteed_seats_are_what_was_asked():
    asked = people.request(seats=(1, None))
    people.name(asked, people.entry())
    assert fresh(asked).state == "complete"
    open_end = people.request(seats=(0, None))
    people.name(open_end, people.entry(), people.entry())
    assert fresh(open_end).state == "partly"


def test_a_final_answer_stays_final_while_names_are_added_and_not_when_one_goes():
    asked = people.request(seats=(2, 5))
    one = people.name(asked, people.entry())[0]
    replies.complete(asked, **FOCAL)
    people.name(asked, people.entry(is_alternate=True))
    assert fresh(asked).state == "complete"
    replies.take_out(one, **FOCAL)
    assert fresh(asked).state == "partly"


def test_a_complete_answer_is_received_with_a_letter_once():
    asked = people.request(seats=(1, 2))
    people.name(asked, people.entry())
    for _ in range(2):
        replies.complete(asked, **FOCAL)
    assert Letter.objects.filter(kind="request-received", request=asked).count() == 1
    assert fresh(asked).answered_at is not None


# Changing and taking out --------------------------------------------------------------------------------------


def test_taking_out_withdraws_the_registration_with_its_reason():
    asked = people.request()
    named = people.name(asked, people.entry())[0]
    replies.take_out(named, **FOCAL)
    replies.take_out(named, **FOCAL)
    registration = Registration.objects.get()
    assert (registration.state, fresh(named).withdrawn_at is not None) == (State.WITHDRAWN, True)
    last = registration.changes.last()
    assert (last.via, last.by, last.reason) == (Via.NOMINATOR, None, "Taken out by the institution.")
    assert StateChange.objects.count() == 2


def test_somebody_taken_out_may_be_named_again():
    asked, entry = people.request(), people.entry(phone="99112233")
    replies.take_out(people.name(asked, entry)[0], **FOCAL)
    again = fresh(people.name(asked, entry)[0])
    assert (again.registration.state, again.registration.is_live) == (State.NOMINATED, True)
    assert Person.objects.count() == 1


def test_whom_staff_rejected_does_not_come_back_by_being_named_again():
    asked, entry = people.request(), people.entry(phone="99112233")
    one = fresh(people.name(asked, entry)[0])
    registrations.reject(one.registration, by=people.organiser(), reason="Came last year.")
    assert code(replies.take_out, one, **FOCAL) == "decided"
    assert Registration.objects.get().state == State.REJECTED
    received = replies.receive(asked, [{**entry, "job_title": "Дарга"}], **FOCAL)
    assert received.refused[0][1].code == "repeated"


def test_a_change_reaches_the_registration_and_the_person_whom_the_institution_brought():
    asked = people.request()
    named = people.name(asked, people.entry(given_name="Батбаяр", email="old@ministry.example", phone="99112233"))[0]
    replies.change(named, job_title="Хэлтсийн дарга", given_name="Батбаясгалан", email="new@ministry.example", **FOCAL)
    registration = Registration.objects.get()
    assert (registration.state, registration.job_title, registration.given_name) == (State.NOMINATED, "Хэлтсийн дарга", "Батбаясгалан")
    person = registration.person
    assert (person.given_name, [email.address for email in person.emails.all()]) == ("Батбаясгалан", ["new@ministry.example"])
    assert Person.objects.count() == 1


def test_a_change_never_rewrites_somebody_who_was_known_before():
    body = people.organisation()
    known = people.person(organisation=body, email="known@ministry.example", given_name="Тэмүүлэн", patronymic="Батын", given_name_latin="Temuulen", sex="m")
    named = people.name(people.request(organisation=body), people.entry(given_name="Тэмүүлэн", patronymic="Батын", email="known@ministry.example"))[0]
    replies.change(named, email="thief@elsewhere.example", given_name="Тэмүүлин", **FOCAL)
    known.refresh_from_db()
    assert (known.given_name, known.given_name_latin) == ("Тэмүүлэн", "Temuulen")
    assert [email.address for email in known.emails.all()] == ["known@ministry.example"]


def test_another_name_withdraws_the_first_and_registers_the_second():
    asked = people.request()
    named = people.name(asked, people.entry(given_name="Сарангэрэл", patronymic="Дорж", email="a@ministry.example"))[0]
    first = fresh(named).registration
    replies.change(named, given_name="Ганзориг", patronymic="Пүрэв", email="b@ministry.example", **FOCAL)
    second = fresh(named).registration
    assert (fresh(first).state, second.state, second.given_name) == (State.WITHDRAWN, State.NOMINATED, "Ганзориг")
    assert Nominee.objects.count() == 1


def test_an_alternate_becomes_a_principal_where_there_is_room():
    asked = people.request(seats=(1, 1))
    one, other = people.name(asked, people.entry(), people.entry(is_alternate=True))
    assert code(replies.change, other, is_alternate=False, **FOCAL) == "too_many"
    replies.change(one, is_alternate=True, **FOCAL)
    replies.change(other, is_alternate=False, **FOCAL)
    assert (fresh(other).registration.is_alternate, fresh(one).registration.is_alternate) == (False, True)
    assert fresh(asked).state == "complete"


def test_once_staff_have_decided_the_institution_is_told_to_call():
    asked = people.request()
    named = people.name(asked, people.entry())[0]
    registrations.invite(fresh(named).registration, by=people.organiser())
    assert code(replies.change, named, job_title="Дарга", **FOCAL) == "decided"
    assert code(replies.take_out, named, **FOCAL) == "decided"
    assert code(replies.decline, asked, reason="No.", **FOCAL) == "decided"
    assert (fresh(named).job_title, fresh(named).registration.state) == ("Мэргэжилтэн", State.INVITED)
    assert fresh(asked).state == "partly"


def test_declining_takes_out_everybody_who_was_named():
    asked = people.request()
    people.name(asked, people.entry(), people.entry(is_alternate=True))
    assert code(replies.decline, asked, reason=" ", **FOCAL) == "reason_due"
    replies.decline(asked, reason="On mission.", **FOCAL)
    assert set(Registration.objects.values_list("state", flat=True)) == {State.WITHDRAWN}
    assert (fresh(asked).decline_reason, asked.nominees.filter(withdrawn_at=None).count()) == ("On mission.", 0)
    assert fresh(replies.reopen(asked, **FOCAL)).decline_reason == ""


def test_order_is_changed_one_place_at_a_time():
    asked = people.request(seats=(2, 5))
    a, b, c = people.name(asked, people.entry(), people.entry(), people.entry())
    replies.move(c, up=True, **FOCAL)
    replies.move(a, up=True, **FOCAL)  # stands first already
    assert list(asked.nominees.values_list("pk", flat=True)) == [a.pk, c.pk, b.pk]
    replies.move(a, up=False, **FOCAL)
    assert list(asked.nominees.values_list("pk", flat=True)) == [c.pk, a.pk, b.pk]


def test_a_list_that_staff_undid_is_begun_anew():
    asked, by = people.request(), people.organiser()
    named = people.name(asked, people.entry())[0]
    commitments.undo(fresh(named).import_row.batch.nomination_list, by=by)
    assert (fresh(named).registration, Registration.objects.count()) == (None, 0)
    replies.change(named, job_title="Дарга", **FOCAL)
    assert fresh(named).registration.job_title == "Дарга"
    assert ImportBatch.objects.count() == 2


# The letter ---------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def files_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_the_letter_is_kept_and_a_new_one_takes_its_place(django_capture_on_commit_callbacks):
    asked = people.request()
    replies.keep_letter(asked, number="2/117", on=date(2026, 5, 4), file=ContentFile(b"%PDF-1", name="one.pdf"), **FOCAL)
    first = fresh(asked).reply_file
    assert (fresh(asked).reply_number, fresh(asked).reply_on) == ("2/117", date(2026, 5, 4))
    with django_capture_on_commit_callbacks(execute=True):
        replies.keep_letter(asked, file=ContentFile(b"%PDF-2", name="two.pdf"), **FOCAL)
    assert fresh(asked).reply_file.read() == b"%PDF-2"
    assert not first.storage.exists(first.name)


# All at once --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_sixty_four_times_the_same_press_names_one():
    asked = people.request()
    entry = people.entry()

    def press(_number):
        try:
            replies.receive(asked, [entry], **FOCAL)
            requests.send(asked, by=None)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(64) as threads:
        list(threads.map(press, range(64)))
    assert (Nominee.objects.count(), Registration.objects.count(), StateChange.objects.count()) == (1, 1, 1)
    assert Letter.objects.filter(kind="request-invitation").count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_more_principals_than_the_maximum_however_many_are_named_at_once():
    asked = people.request(seats=(1, 3))
    entries = [people.entry() for _ in range(16)]

    def press(entry):
        try:
            return len(replies.receive(asked, [entry], **FOCAL).named)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(press, entries)) == 3
    assert (Nominee.objects.count(), Registration.objects.count()) == (3, 3)
    assert NominationRequest.objects.get().state == "complete"
    assert SeatAllocation.objects.get().held == 0
