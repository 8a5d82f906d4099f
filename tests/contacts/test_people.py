"""People: found in either script and any usual spelling, added without doubles of an address, given other posts."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from contacts import people
from contacts.models import Person, Position
from tests.people import organisation, organiser, person, registration, workshop

pytestmark = pytest.mark.django_db


def found(query, **details):
    return [match.person.given_name or match.person.given_name_latin for match in people.find(query, **details)]


# Finding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "munkhbat", "Munhbat", "Mönkhbat", "монхбат", "МӨНХБАТ", "мєнхбат", "мөнх", "mun", "Б.Мөн", "b. munkhbat", "Мөнхбат Болд", "bold munkhbat",
        "munkhbat@", "m.munkhbat@mfa.example", "9911", "99112233", "9911 2233", "+976 99112233", "2233", "munkhbat 9911", "ГХЯ", "гхя", "MFA",
        "Foreign Affairs", "гадаад харилцаа", "ГХЯ мөнхбат", "MFA bold",
    ],
)  # fmt: skip
def test_a_person_is_found_by(query):
    ministry = organisation(name_en="Ministry of Foreign Affairs", name_mn="Гадаад харилцааны яам", acronym_en="MFA", acronym_mn="ГХЯ")
    person(given_name="Мөнхбат", patronymic="Болдын", organisation=ministry, email="m.munkhbat@mfa.example" if "m." in query else "munkhbat@mfa.example", phone="+97699112233")
    person(given_name="Хулан", patronymic="Доржийн", organisation=organisation(acronym_mn="ХЗДХЯ"), phone="+97688007766")
    assert found(query) == ["Мөнхбат"]


@pytest.mark.parametrize("query", ["", "  ", None, "'", "\\", "' | g:* :*", "&|!()", "@", "%", "__", "x" * 5000, "۱۲۳", "北京", "a' b' c' d' e' f' g' h'"])
def test_what_means_nobody_finds_nobody(query):
    person(given_name="Мөнхбат", patronymic="Болдын")
    assert found(query) == []


def test_every_word_must_fit():
    person(given_name="Мөнхбат", patronymic="Болдын")
    assert (found("Болд Мөнхбат"), found("Дорж Мөнхбат"), found("Д. Мөнхбат")) == (["Мөнхбат"], [], [])


def test_exact_given_names_come_first_then_beginnings_then_fathers_names():
    for given, patronymic in [("Номин", "Батын"), ("Батбаяр", "Доржийн"), ("Бат", "Очирын")]:
        person(given_name=given, patronymic=patronymic)
    assert found("бат") == ["Бат", "Батбаяр", "Номин"]


def test_people_of_the_invited_institutions_come_before_others_of_the_same_name():
    invited = organisation()
    at = workshop(seats={invited: (1, 1)})
    person(given_name="Бат", patronymic="Аюушийн", organisation=organisation())
    there = person(given_name="Бат", patronymic="Ягаанын", organisation=invited)
    assert people.find("бат", workshop=at)[0].person == there
    assert people.find("бат")[0].person != there


def test_where_nobody_fits_those_who_sound_alike_are_offered():
    person(given_name="Мөнхбат")
    [match] = people.find("Minhbat")
    assert match.is_close
    person(given_name="Минхбат")
    assert [match.is_close for match in people.find("Minhbat")] == [False]


def test_a_match_tells_position_workshops_and_whether_one_is_registered():
    ministry, earlier, at = organisation(), workshop(starts_in=-100), workshop()
    somebody = person(given_name="Мөнхбат", organisation=ministry)
    registration(workshop=earlier, person=somebody)
    [match] = people.find("munkhbat", workshop=at)
    assert (match.position.organisation, [row.workshop for row in match.earlier], match.registration) == (ministry, [earlier], None)
    row = registration(workshop=at, person=somebody)
    assert people.find("munkhbat", workshop=at)[0].registration == row


def test_tombstones_and_people_made_anonymous_are_not_found():
    kept, gone = person(given_name="Мөнхбат"), person(given_name="Мөнхбат")
    Person.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert [match.person for match in people.find("munkhbat")] == [kept]


@pytest.mark.parametrize("query", ["munkhbat", "MFA munkhbat", "Minhbat"])
def test_finding_takes_four_queries_at_most(query, django_assert_max_num_queries):
    ministry = organisation(acronym_en="MFA")
    for _number in range(12):
        person(given_name="Мөнхбат", organisation=ministry)
    at = workshop()
    with django_assert_max_num_queries(4):
        assert len(people.find(query, workshop=at)) == 10


# Adding and changing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("Болдын Батбаяр", {"given_name": "Батбаяр", "patronymic": "Болдын"}),
        ("Б.Батбаяр", {"given_name": "Батбаяр", "patronymic": "Б."}),
        ("Боржигин овогт Болдын Батбаяр", {"given_name": "Батбаяр", "patronymic": "Болдын", "clan_name": "Боржигин"}),
        ("B. Batbayar", {"given_name_latin": "Batbayar", "patronymic_latin": "B."}),
        ("Батбаяр", {"given_name": "Батбаяр"}),
        ("99", {}),
    ],
)
def test_a_name_typed_in_one_box_is_split(typed, parts):
    assert people.split(typed) == parts


def test_an_added_person_has_a_post_an_address_and_is_found_at_once():
    ministry = organisation()
    made = people.add(by=organiser(), given_name="Мєнхбат", patronymic="Болдын", organisation=ministry, job_title="Дарга", email="m@mfa.example", phones=["+97699112233"])
    assert (made.given_name, made.positions.get().title_mn, made.positions.get().title_en) == ("Мөнхбат", "Дарга", "")
    assert [found(query) for query in ("munkhbat", "m@mfa", "9911")] == [["Мөнхбат"]] * 3


def test_nobody_is_added_without_a_name_or_with_somebodys_address():
    person(email="a@mfa.example")
    for details, code in [({"given_name": " "}, None), ({"given_name": "Хулан", "email": "A@mfa.example"}, "email_taken")]:
        with pytest.raises(ValidationError) as refusal:
            people.add(by=organiser(), **details)
        if code:
            assert refusal.value.code == code
    assert Person.objects.count() == 1
    people.add(by=organiser(), given_name="Хулан", email="a@mfa.example", email_is_shared=True)


def test_addresses_and_phones_are_replaced_and_findable():
    somebody = person(given_name="Хулан", email="old@mfa.example", phone="+97699112233")
    people.edit(somebody, by=organiser(), given_name="Хулан", emails=[("new@mfa.example", False), ("office@mfa.example", True)], phones=["+97688007766"])
    assert list(somebody.emails.order_by("pk").values_list("address", "is_shared", "is_primary")) == [("new@mfa.example", False, True), ("office@mfa.example", True, False)]
    assert [found(query) for query in ("new@", "old@", "8800", "9911")] == [["Хулан"], [], ["Хулан"], []]


def test_another_post_ends_the_one_before():
    old, new = organisation(), organisation()
    somebody = person(organisation=old)
    people.take_position(somebody, new, by=organiser(), job_title="Director", on=date(2026, 3, 1))
    assert list(somebody.positions.order_by("pk").values_list("organisation", "valid_to")) == [(old.pk, date(2026, 3, 1)), (new.pk, None)]


def test_the_same_post_again_is_no_change_and_one_before_the_present_is_refused():
    ministry = organisation()
    somebody = person()
    first = people.take_position(somebody, ministry, by=organiser(), job_title="Director", on=date(2026, 3, 1))
    assert people.take_position(somebody, ministry, by=organiser(), job_title="Director") == first
    with pytest.raises(ValidationError) as refusal:
        people.take_position(somebody, organisation(), by=organiser(), on=date(2025, 1, 1))
    assert (refusal.value.code, Position.objects.count()) == ("before_the_present", 1)


@pytest.mark.parametrize("wrong", ["12", "call me", "9911 22"])
def test_what_is_no_number_is_refused_in_words(wrong):
    with pytest.raises(ValidationError):
        people.read_phones(wrong)


def test_a_mistyped_address_is_refused_with_what_was_probably_meant():
    with pytest.raises(ValidationError) as refusal:
        people.read_email("bold@@mfa.gov.mn")
    assert "bold@mfa.gov.mn" in refusal.value.messages[0]
