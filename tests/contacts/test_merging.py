"""Two records of one person: merged field by field with all that hangs on them, and taken apart again."""

import threading
import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contacts import belongings, duplicates, merging, people
from contacts.merging import merge, unmerge
from contacts.models import NotDuplicate, Person, PersonEmail, PersonMerge, PersonPhone, Position
from tests.contacts.rows import all_rows, differences
from tests.contacts.whole_life import plant
from tests.people import organisation, organiser, person, registration, workshop
from workshops import registrations
from workshops.models import AttendanceMark, Registration, State, StateChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return organiser()


def refusal(act, *args, **details):
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        act(*args, **details)
    return refused.value


# Field by field -----------------------------------------------------------------------------------------------


def test_the_fields_are_those_chosen_and_the_one_that_goes_is_a_tombstone(by):
    kept = person(given_name="Мөнхбат", patronymic="Г.", sex="m", note="Speaks English.", preferred_language="mn")
    gone = person(given_name="Мөнх-Бат", patronymic="Гомбын", sex="unknown", note="Vegetarian.", preferred_language="en")
    choices = {"given_name": "gone", "patronymic": "gone", "sex": "kept", "note": "both", "preferred_language": "kept"}
    done = merge(kept, gone, by=by, choices=choices, reason=" Same phone ")
    kept.refresh_from_db(), gone.refresh_from_db()
    assert (kept.given_name, kept.patronymic, kept.sex, kept.note, kept.preferred_language) == (
        "Мөнх-Бат", "Гомбын", "m", "Speaks English.\nVegetarian.", "mn",
    )  # fmt: skip
    assert (gone.merged_into, gone.given_name, gone.note) == (kept, "Мөнх-Бат", "Vegetarian.")
    assert (done.kept, done.gone, done.by, done.reason) == (kept, gone, by, "Same phone")
    assert list(Person.objects.living()) == [kept]


def test_what_nobody_chose_is_the_fuller_value(by):
    kept = person(given_name="Мөнхбат", patronymic="Г.", sex="unknown", given_name_latin="", name_mong="")
    gone = person(given_name="Мөнхбат", patronymic="Гомбын", sex="m", given_name_latin="Munkhbat", patronymic_latin="Gombo", name_mong="ᠮᠥᠩᠬᠡ")
    merge(kept, gone, by=by)
    kept.refresh_from_db()
    assert (kept.patronymic, kept.sex, kept.given_name_latin, kept.patronymic_latin, kept.name_mong) == ("Гомбын", "m", "Munkhbat", "Gombo", "ᠮᠥᠩᠬᠡ")


def test_merged_they_are_found_under_all_addresses_and_the_tombstone_is_not_found(by):
    kept = person(given_name="Мөнхбат", patronymic="Гомбын", phone="+97688001122")
    gone = person(given_name="", given_name_latin="Monkhbat", phone="+97688003344", email="m@gov.example")
    merge(kept, gone, by=by)
    for query in ("88001122", "88003344", "m@gov.example", "munkhbat"):
        assert [found.person for found in people.find(query)] == [kept]


# What hangs on them -------------------------------------------------------------------------------------------


def test_no_relation_to_a_person_is_without_a_rule():
    assert belongings.without_a_rule(belongings.of(Person)) == []


def test_all_that_hangs_on_the_one_comes_to_the_other(by):
    kept, gone = person(), plant()[0]
    relations = [relation for relation in belongings.of(Person) if belongings.RULES[relation.name].merge is not belongings.stay]
    count = lambda of: {each.name: each.model._base_manager.filter(**{each.key.name: of}).count() for each in relations}  # noqa: E731
    before = count(gone)
    assert [name for name, number in before.items() if number == 0 and "NotDuplicate" not in name] == []
    done = merge(kept, gone, by=by)
    after = count(kept)
    dropped = {name for name in before if "NotDuplicate" in name}
    assert {name: number for name, number in after.items() if name not in dropped} == {
        name: number for name, number in before.items() if name not in dropped
    }
    assert set(count(gone).values()) == {0}
    assert done.moved["workshops.Registration"] == 1


def test_a_relation_without_a_rule_makes_it_refuse(by, monkeypatch):
    kept, gone = person(), person()
    monkeypatch.delitem(belongings.RULES, "workshops.Letter.person")
    refused = refusal(merge, kept, gone, by=by)
    assert refused.code == "unknown_relation" and "workshops.Letter.person" in refused.messages[0]
    assert (PersonMerge.objects.count(), Person.objects.living().count()) == (0, 2)


def test_an_address_and_a_number_stand_there_once(by):
    kept = person(shared_email="tuya@gov.example", phone="+97688001122")
    gone = person(email="Tuya@gov.example", phone="+97688001122")
    PersonEmail.objects.create(person=gone, address="tuya@mail.example")
    PersonPhone.objects.create(person=gone, number="+97699001122")
    merge(kept, gone, by=by)
    assert list(kept.emails.order_by("pk").values_list("address", "is_shared", "is_primary")) == [
        ("tuya@gov.example", False, True),
        ("tuya@mail.example", False, False),
    ]
    assert sorted(kept.phones.values_list("number", flat=True)) == ["+97688001122", "+97699001122"]


def test_letters_go_to_the_address_that_was_chosen(by):
    kept, gone = person(email="old@gov.example"), person(email="new@gov.example")
    merge(kept, gone, by=by, choices={"primary_email": gone.emails.get().pk})
    assert list(kept.emails.filter(is_primary=True).values_list("address", flat=True)) == ["new@gov.example"]


def test_one_post_stands_there_once_with_all_that_is_known(by):
    body = organisation()
    kept, gone = person(), person()
    Position.objects.create(person=kept, organisation=body, title_mn="Мэргэжилтэн")
    Position.objects.create(person=gone, organisation=body, title_mn="мэргэжилтэн", title_en="Officer", department="Legal", valid_from=date(2024, 1, 1), level="specialist")
    merge(kept, gone, by=by)
    position = kept.positions.get()
    assert (position.title_mn, position.title_en, position.department, position.valid_from, position.level, position.valid_to) == (
        "Мэргэжилтэн", "Officer", "Legal", date(2024, 1, 1), "specialist", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("choices", "main", "other"),
    [
        ({}, "kept", "ended"),
        ({"position": "gone"}, "gone", "ended"),
        ({"position": "gone", "other_position": "besides"}, "gone", "besides"),
    ],
)
def test_of_two_present_posts_one_is_the_main_one(by, choices, main, other):
    kept, gone = person(organisation=organisation()), person(organisation=organisation())
    posts = {"kept": kept.positions.get(), "gone": gone.positions.get()}
    merge(kept, gone, by=by, choices=choices)
    for row in posts.values():
        row.refresh_from_db()
    rest = posts["gone" if main == "kept" else "kept"]
    assert {row.person for row in posts.values()} == {kept}
    assert (posts[main].is_main, posts[main].valid_to) == (True, None)
    assert (rest.is_main, rest.valid_to) == ((True, timezone.localdate()) if other == "ended" else (False, None))


def test_the_later_post_is_the_main_one_where_nobody_chose(by):
    kept, gone = person(organisation=organisation()), person(organisation=organisation())
    gone.positions.update(valid_from=date(2025, 5, 1))
    merge(kept, gone, by=by)
    assert kept.positions.get(valid_to=None).organisation == gone.merged_as.get().kept.positions.get(valid_from=date(2025, 5, 1)).organisation


def test_who_was_told_apart_from_the_one_is_compared_with_the_other_again(by):
    kept, gone, third = person(), person(), person()
    duplicates.tell_apart(gone, third, by=by)
    duplicates.tell_apart(kept, gone, by=by)
    merge(kept, gone, by=by)
    assert NotDuplicate.objects.count() == 0


# Registered twice ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_registrations_the_further_one_stays_and_the_other_is_cancelled_with_its_history(by, turned):
    at = workshop(capacity=2)
    one, other = person(), person()
    confirmed = registration(workshop=at, person=one)
    nominated = registration(workshop=at, person=other, become=State.NOMINATED)
    kept, gone = (other, one) if turned else (one, other)
    assert [str(said) for said in merging.preview(kept, gone).decides] == [
        f"Both are registered for “{at}”: the one that is confirmed stays, the other (nominated) is cancelled."
    ]
    merge(kept, gone, by=by)
    rows = {row.pk: (row.person, row.state) for row in Registration.objects.all()}
    assert rows == {confirmed.pk: (kept, State.CONFIRMED), nominated.pk: (kept, State.CANCELLED)}
    change = StateChange.objects.filter(registration=nominated).latest("pk")
    assert (change.from_state, change.to_state, change.via, change.by, change.reason) == (
        "nominated", "cancelled", "system", by, "Registered twice: two records of one person were merged.",
    )  # fmt: skip


def test_a_seat_that_was_held_twice_is_free_again_and_taken_again_when_taken_apart(by):
    at = workshop(capacity=2)
    first, second = registration(workshop=at), registration(workshop=at)
    done = merge(first.person, second.person, by=by)
    at.refresh_from_db()
    assert at.seats_held == 1
    assert unmerge(done, by=by).left == []
    at.refresh_from_db()
    assert (at.seats_held, Registration.objects.get(pk=second.pk).state) == (2, State.CONFIRMED)
    assert Registration.objects.get(pk=second.pk).person == second.person


def test_the_seat_that_somebody_took_since_is_named_when_taken_apart(by):
    at = workshop(capacity=2)
    first, second = registration(workshop=at), registration(workshop=at)
    done = merge(first.person, second.person, by=by)
    registration(workshop=at)
    left = unmerge(done, by=by).left
    assert len(left) == 1 and f"at “{at}”: All 2 places are taken." in str(left[0])
    assert Registration.objects.get(pk=second.pk).state == State.CANCELLED


def mark(row, by):
    at = row.workshop
    return AttendanceMark.objects.create(
        client_uuid=uuid.uuid4(), workshop=at, registration=row, day=at.meeting_days.first(), kind="present", device_time=timezone.now(), by=by
    )


def test_the_one_that_was_present_stays(by):
    at = workshop()
    first, second = registration(workshop=at), registration(workshop=at)
    mark(second, by)
    merge(first.person, second.person, by=by)
    assert {row.pk: row.state for row in Registration.objects.all()} == {first.pk: State.CANCELLED, second.pk: State.CONFIRMED}


def test_where_both_were_present_somebody_has_to_say_first_which_is_true(by):
    at = workshop()
    first, second = registration(workshop=at), registration(workshop=at)
    mark(first, by)
    wrong = mark(second, by)
    refused = refusal(merge, first.person, second.person, by=by)
    assert [error.code for error in refused.error_list] == ["clash"]
    assert f"Both are registered for “{at}”, and both were present there" in refused.messages[0]
    assert Person.objects.living().count() == 2
    AttendanceMark.objects.create(
        client_uuid=uuid.uuid4(), workshop=at, registration=second, day=wrong.day, kind="void", voids=wrong, device_time=timezone.now(), by=by
    )
    merge(first.person, second.person, by=by)
    assert Person.objects.living().count() == 1


def test_an_ended_registration_stands_beside_the_live_one(by):
    at = workshop()
    first, second = registration(workshop=at), registration(workshop=at)
    registrations.withdraw(second, by=by, reason="Travels.")
    merge(first.person, second.person, by=by)
    assert sorted(first.person.registrations.values_list("state", flat=True)) == ["confirmed", "withdrawn"]


# Refused ------------------------------------------------------------------------------------------------------


def test_one_record_is_not_merged_with_itself(by):
    one = person()
    assert refusal(merge, one, one, by=by).code == "same_person"


def test_a_tombstone_and_somebody_anonymous_are_refused(by):
    kept, gone, third = person(), person(), person()
    merge(kept, gone, by=by)
    assert refusal(merge, third, gone, by=by).code == "gone"
    assert refusal(merge, gone, third, by=by).code == "gone"
    Person.objects.filter(pk=third.pk).update(anonymised_at=timezone.now())
    assert refusal(merge, kept, third, by=by).code == "gone"


def test_merged_already_is_no_error_and_no_second_merge(by):
    kept, gone = person(), person()
    first = merge(kept, gone, by=by)
    assert merge(kept, gone, by=by) == first
    assert PersonMerge.objects.count() == 1


GUARDED = ["contacts.PersonEmail.person", "contacts.PersonPhone.person", "contacts.Position.person", "contacts.ImportRow.person",
           "workshops.Registration.person", "workshops.Consent.person", "workshops.Letter.person", "workshops.NominationRequest.focal_point"]  # fmt: skip


def test_the_database_itself_puts_no_row_under_a_tombstone(by):
    """Every relation that a merge moves is guarded, and a row that moves there is refused by the table itself."""
    planted, kept, gone = plant()[0], person(), person()
    merge(kept, gone, by=by)
    guarded = []
    for relation in belongings.of(Person):
        row = relation.model._base_manager.filter(**{relation.key.name: planted}).first()
        if row is None or belongings.RULES[relation.name].merge is belongings.stay:
            continue
        for tombstone in (gone,):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                relation.model._base_manager.filter(pk=row.pk).update(**{relation.key.name: tombstone})
            assert refused.value.__cause__.diag.constraint_name == "person_stands_for_somebody", relation.name
        guarded.append(relation.name)
    assert set(GUARDED) <= set(guarded)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonPhone.objects.create(person=gone, number="+97688001122")


# Taken apart --------------------------------------------------------------------------------------------------


def test_taken_apart_every_table_is_as_it_was(by):
    """All rows of all tables, but for the merge itself and the history, which only grows."""
    kept, _words = plant()
    gone, _words = plant()
    body = organisation()
    for one in (kept, gone):
        one.positions.update(organisation=body, title_mn="Мэргэжилтэн", department="")
        PersonPhone.objects.create(person=one, number="+97688001122")
        PersonEmail.objects.create(person=one, address="office@gov.example", is_shared=True)
        Position.objects.create(person=one, organisation=organisation(), title_mn="Зөвлөх", is_main=False)
    gone.positions.filter(organisation=body).update(department="Legal")
    people.index_all([kept, gone])
    before = all_rows(but=["contacts.PersonMerge"])
    choices = dict.fromkeys(merging.FIELDS, "gone") | {"primary_email": gone.emails.first().pk, "note": "both"}
    done = merge(kept, gone, by=by, choices=choices)
    changed = differences(before, all_rows(but=["contacts.PersonMerge"]))
    assert {"contacts.Person", "contacts.PersonEmail", "contacts.PersonPhone", "contacts.Position", "workshops.Registration"} <= set(changed)
    assert unmerge(done, by=by).left == []
    assert differences(before, all_rows(but=["contacts.PersonMerge"])) == {}
    done.refresh_from_db()
    assert (done.undone_by, unmerge(done, by=by).left) == (by, [])


def test_what_was_changed_since_stays_and_is_named(by):
    kept = person(given_name="Мөнхбат", patronymic="Г.", sex="unknown")
    gone = person(given_name="Мөнхбат", patronymic="Гомбын", sex="m", phone="+97688001122", email="m@gov.example", organisation=organisation())
    done = merge(kept, gone, by=by)
    kept.refresh_from_db()
    kept.patronymic = "Гомбодоржийн"
    kept.save()
    kept.phones.all().delete()
    third = person()
    kept.positions.update(person=third)
    left = [str(said) for said in unmerge(done, by=by).left]
    kept.refresh_from_db(), gone.refresh_from_db()
    assert (kept.patronymic, kept.sex, kept.name_key, gone.merged_into) == ("Гомбодоржийн", "unknown", "munhbat", None)
    assert [row.address for row in gone.emails.all()] == ["m@gov.example"]
    assert third.positions.count() == 1
    assert sorted(left) == sorted([
        "Father's or mother's name of G. Mönkhbat was changed since and stays.",
        "Phone is not there any more.",
        f"Position “{third.positions.get()}” was changed since and stays.",
    ])  # fmt: skip


def test_an_address_that_somebody_else_has_since_cannot_go_back(by):
    kept, gone = person(shared_email="tuya@gov.example"), person(email="tuya@gov.example")
    done = merge(kept, gone, by=by)
    kept.emails.all().delete()
    person(email="tuya@gov.example")
    left = [str(said) for said in unmerge(done, by=by).left]
    assert left == ["E-mail is not there any more.", "E-mail “tuya@gov.example” cannot go back: something else stands in its place."]


def test_after_30_days_it_is_too_late_and_nothing_is_remembered(by):
    done = merge(person(), person(note="Speaks English.", phone="+97688001122"), by=by)
    PersonMerge.objects.update(at=timezone.now() - timedelta(days=29, hours=23))
    assert merging.forget_old() == 0
    PersonMerge.objects.update(at=timezone.now() - timedelta(days=30, minutes=1))
    done.refresh_from_db()
    assert (refusal(unmerge, done, by=by).code, done.can_be_undone) == ("too_late", False)
    assert merging.forget_old() == 1
    done.refresh_from_db()
    assert (done.values, done.steps, merging.forget_old()) == ({}, [], 0)


def test_a_chain_is_taken_apart_from_its_end(by):
    first, middle, last = person(phone="+97688000001"), person(), person()
    before = all_rows(but=["contacts.PersonMerge"])
    one = merge(middle, first, by=by)
    two = merge(last, middle, by=by)
    assert list(last.phones.values_list("number", flat=True)) == ["+97688000001"]
    refused = refusal(unmerge, one, by=by)
    assert refused.code == "gone"
    assert unmerge(two, by=by).left == [] and unmerge(one, by=by).left == []
    assert differences(before, all_rows(but=["contacts.PersonMerge"])) == {}
    assert merge(first, middle, by=by).kept == first


# At the same moment -------------------------------------------------------------------------------------------


def at_once(*acts):
    """Runs acts in threads of their own, let loose together; returns what each gave or raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            gate.wait()
            results[place] = act()
        except Exception as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_merges_the_opposite_way_at_once_are_one():
    by, one, other = organiser(), person(), person()
    done = at_once(lambda: merge(one, other, by=by), lambda: merge(other, one, by=by))
    assert sorted(type(each).__name__ for each in done) == ["PersonMerge", "ValidationError"]
    assert Person.objects.living().count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_slips_under_a_record_that_is_being_merged():
    by, kept, gone = organiser(), person(), person()
    at_once(
        lambda: merge(kept, gone, by=by),
        *[lambda number=number: PersonPhone.objects.create(person=gone, number=f"+9768800{number:04}") for number in range(4)],
    )
    assert gone.phones.count() == 0
