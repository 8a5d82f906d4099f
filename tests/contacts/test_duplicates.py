"""Duplicates: found across scripts and spellings, with reasons, and told apart until something changes."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts import directory, duplicates
from contacts import people as known_people
from contacts.models import NotDuplicate, Person, Succession
from tests.people import organisation, organiser, person, signed_in

pytestmark = pytest.mark.django_db


def named(given, father="", **details):
    return person(given_name=given, patronymic=father, **details)


def latin(given, father="", **details):
    return person(given_name="", given_name_latin=given, patronymic_latin=father, **details)


def found():
    return {(pair.first, pair.second): pair for pair in duplicates.find()}


def reasons_of(one, other):
    pair = found().get((min(one.pk, other.pk), max(one.pk, other.pk)))
    return pair and (pair.band, pair.reasons)


# Found --------------------------------------------------------------------------------------------------------


def test_one_person_in_two_scripts_at_one_institution():
    body = organisation()
    one, other = named("Мөнхбат", "Гомбын", organisation=body), latin("Munkhbat", "Gombo", organisation=body)
    named("Ариунаа", "Дорж", organisation=body)
    assert found().keys() == {(one.pk, other.pk)}
    assert reasons_of(one, other) == ("sure", ("name_spelling", "institution", "title"))


@pytest.mark.parametrize(
    ("spelling", "father"),
    [("Мөнхбат", "Гомбо"), ("Monkhbat", "Gomboo"), ("Munhbat", "Gombyn"), ("Mönkhbat", "GOMBO"), ("Мөнх-Бат", "Гомбын"), ("Мєнхбат", "Гомбын")],
)
def test_usual_spellings_and_the_genitive_are_one_name(spelling, father):
    one = named("Мөнхбат", "Гомбын")
    other = named(spelling, father) if spelling[0] == "М" else latin(spelling, father)
    assert found().keys() == {(one.pk, other.pk)}


def test_names_in_the_other_order():
    body = organisation()
    one, other = named("Батбаяр", "Болд", organisation=body), named("Болд", "Батбаяр", organisation=body)
    assert reasons_of(one, other) == ("probable", ("name_turned", "institution", "title"))


def test_an_initial_needs_something_beside_it():
    body = organisation()
    full = named("Батбаяр", "Болдын", organisation=body, phone="+97699110000")
    initial = named("Батбаяр", "Б.", organisation=body, phone="+97699110000")
    elsewhere = named("Батбаяр", "Б.")
    wrong = named("Батбаяр", "Д.", organisation=body, phone="+97699110000")
    assert reasons_of(full, initial) == ("sure", ("name_initial", "phone", "institution", "title"))
    assert {key for key in found() if elsewhere.pk in key or wrong.pk in key} == set()


def test_a_missing_fathers_name_needs_a_number_or_the_same_post():
    one, other = named("Сарангэрэл", "Батбаярын", phone="+97688001122"), named("Сарангэрэл", phone="+97688001122")
    named("Сарангэрэл")
    assert found().keys() == {(one.pk, other.pk)}
    assert reasons_of(one, other) == ("perhaps", ("name_missing", "phone"))


def test_a_slip_of_the_pen_with_the_same_number():
    one, other = named("Уранчимэг", "Ганболдын", phone="+97688001122"), named("Уранчмиэг", "Ганболд", phone="+97688001122")
    assert reasons_of(one, other) == ("probable", ("name_alike", "phone"))


def test_a_mailbox_that_is_personal_for_one_says_more_than_a_shared_one():
    one, other = latin("Enkhtuya", "B.", email="tuya@gov.example"), named("Энхтуяа", "Батын", shared_email="tuya@gov.example")
    third, fourth = latin("Ganzorig", "B.", shared_email="office@gov.example"), named("Ганзориг", "Батын", shared_email="office@gov.example")
    assert reasons_of(one, other) == ("perhaps", ("name_initial", "email"))
    assert reasons_of(third, fourth) is None


def test_a_reformed_ministry_is_the_same_institution():
    before, after = organisation(), organisation()
    Succession.objects.create(predecessor=before, successor=after, relation=Succession.Relation.RENAMED)
    one, other = named("Мөнхбат", "Гомбын", organisation=before), named("Мөнхбат", "Гомбын", organisation=after)
    assert reasons_of(one, other) == ("sure", ("name_same", "institution_line", "title"))


def test_what_speaks_against_it_is_weighed():
    one = named("Мөнхбат", "Гомбын", organisation=organisation(), phone="+97688001122", sex="m")
    other = named("Мөнхбат", "Гомбын", organisation=organisation(), phone="+97688003344", sex="m")
    assert reasons_of(one, other) is None
    Person.objects.filter(pk=other.pk).update(sex="f")
    other.phones.all().delete()
    assert reasons_of(one, other) is None
    Person.objects.filter(pk=other.pk).update(sex="unknown")
    assert reasons_of(one, other) == ("perhaps", ("name_same", "other_institution"))


def test_two_fathers_are_two_people():
    body = organisation()
    named("Батбаяр", "Болдын", organisation=body, phone="+97699110000")
    named("Батбаяр", "Доржийн", organisation=body, phone="+97699110000")
    assert found() == {}


def test_an_offices_line_brings_nobody_near():
    one, other, *_rest = [named("Сарангэрэл", father, phone="+97611320000") for father in ("Батбаярын", "", "Дорж", "Лхагва", "Цэрэн")]
    assert reasons_of(one, other) is None


def test_tombstones_and_people_made_anonymous_are_passed_over():
    one, other = named("Мөнхбат", "Гомбын"), named("Мөнхбат", "Гомбын")
    Person.objects.filter(pk=other.pk).update(merged_into=one)
    assert found() == {}


def test_a_crowd_of_namesakes_is_not_compared_one_by_one():
    crowd = [Person(given_name="Бат", patronymic="Болд") for _number in range(300)]
    for each in crowd:
        known_people.set_keys(each)
    Person.objects.bulk_create(crowd)
    assert len(duplicates.find()) < 300 * duplicates.NEXT


def test_finding_takes_as_many_queries_for_many_as_for_few():
    def asked():
        with CaptureQueriesContext(connection) as queries:
            duplicates.find()
        return len(queries)

    body = organisation()
    named("Мөнхбат", "Гомбын", organisation=body), named("Мөнхбат", "Гомбын", organisation=body)
    few = asked()
    for _number in range(5):
        named("Мөнхбат", "Гомбын", organisation=body, phone="+97688001122")
    assert (asked(), few) == (few, few)
    assert few <= 10


def test_what_was_found_is_remembered_until_the_directory_changes():
    one = named("Мөнхбат", "Гомбын")
    named("Мөнхбат", "Гомбын")
    first = duplicates.found()
    with CaptureQueriesContext(connection) as queries:
        assert duplicates.found() == first
    assert [query["sql"] for query in queries if "contacts_person" in query["sql"] and "md5" not in query["sql"]] == []
    one.patronymic = "Доржийн"
    one.save()
    assert duplicates.found() == []


# Told apart ---------------------------------------------------------------------------------------------------


def test_told_apart_they_are_not_shown_any_more():
    one, other = named("Мөнхбат", "Гомбын"), named("Мөнхбат", "Гомбын")
    by = organiser()
    review = duplicates.tell_apart(other, one, by=by)
    assert (review.person_a, review.person_b, review.reviewed_by) == (one, other, by)
    assert found() == {}
    assert duplicates.tell_apart(one, other, by=by) == review


CHANGES = {
    "name": lambda somebody: Person.objects.filter(pk=somebody.pk).update(given_name_latin="Munkhbat"),
    "father": lambda somebody: Person.objects.filter(pk=somebody.pk).update(patronymic="Гомбо"),
    "email": lambda somebody: somebody.emails.create(address="new@gov.example"),
    "phone": lambda somebody: somebody.phones.create(number="+97688001122"),
    "position": lambda somebody: directory.open_position(somebody, organisation(), by=None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_holds_until_something_that_matters_changes(change):
    one, other = named("Мөнхбат", "Гомбын"), named("Мөнхбат", "Гомбын")
    review = duplicates.tell_apart(one, other, by=organiser())
    assert duplicates.still_apart([review]) == [review]
    CHANGES[change](other)
    assert duplicates.still_apart([review]) == []
    assert found().keys() == {(one.pk, other.pk)}
    again = duplicates.tell_apart(one, other, by=organiser())
    assert (found(), again.pk) == ({}, review.pk)


def test_a_note_or_the_language_changes_nothing():
    one, other = named("Мөнхбат", "Гомбын"), named("Мөнхбат", "Гомбын")
    duplicates.tell_apart(one, other, by=organiser())
    Person.objects.filter(pk=one.pk).update(note="Writes in English.", preferred_language="en")
    assert found() == {}


def test_looked_at_again_they_come_back():
    one, other = named("Мөнхбат", "Гомбын"), named("Мөнхбат", "Гомбын")
    review = duplicates.tell_apart(one, other, by=organiser())
    duplicates.look_again(review, by=organiser())
    duplicates.look_again(review, by=organiser())
    assert found().keys() == {(one.pk, other.pk)}


def test_telling_apart_is_refused_for_one_record_and_for_who_is_gone():
    one, other = named("Мөнхбат", "Гомбын"), named("Мөнхбат", "Гомбын")
    with pytest.raises(ValidationError) as refusal:
        duplicates.tell_apart(one, one, by=organiser())
    assert refusal.value.code == "same_person"
    Person.objects.filter(pk=other.pk).update(merged_into=one)
    with pytest.raises(ValidationError) as refusal:
        duplicates.tell_apart(one, other, by=organiser())
    assert (refusal.value.code, NotDuplicate.objects.count()) == ("gone", 0)


def test_who_was_added_beside_somebody_similar_is_told_apart():
    body = organisation()
    known = named("Мөнхбат", "Гомбын", organisation=body)
    directory.add(by=organiser(), organisation=body, different_from=[known], given_name="Мөнхбат", patronymic="Гомбын", phones=["+97688001122"])
    assert found() == {}


# The page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(client):
    return signed_in(client, organiser(full_name="Oyun"))


PAGE = "staff:duplicates"


def test_the_page_shows_both_records_with_the_reasons(staff):
    body = organisation(name_en="Ministry of Labour")
    named("Мөнхбат", "Гомбын", organisation=body, phone="+97688001122")
    latin("Munkhbat", "G.", organisation=body, phone="+97688003344")
    (each,) = staff.get(reverse(PAGE)).context["shown"]
    assert (str(each.band), list(map(str, each.reasons)), list(map(str, each.against))) == (
        "Perhaps one person",
        ["same name, and the initial fits", "same institution", "same job title"],
        ["different phone numbers"],
    )
    assert [(str(line.label), line.one, line.other, line.how) for line in each.lines] == [
        ("Name", ("Гомбын Мөнхбат",), (), ""),
        ("Name in Latin", (), ("G. Munkhbat",), ""),
        ("Institution", ("Ministry of Labour",), ("Ministry of Labour",), "agrees"),
        ("Job title", ("Officer",), ("Officer",), "agrees"),
        ("Phone", ("+976 8800 1122",), ("+976 8800 3344",), "differs"),
    ]


def test_the_bands_and_one_person_narrow_the_list(staff):
    body = organisation()
    one, other = named("Мөнхбат", "Гомбын", organisation=body), latin("Munkhbat", "Gombo", organisation=body)
    third = named("Мөнхбат", "Гомбын")
    shown = lambda **query: [(each.pair.first, each.pair.second) for each in staff.get(reverse(PAGE), query).context["shown"]]  # noqa: E731
    assert shown() == [(one.pk, other.pk), (one.pk, third.pk), (other.pk, third.pk)]
    assert shown(band="sure") == [(one.pk, other.pk)]
    assert shown(person=other.pk) == [(one.pk, other.pk), (other.pk, third.pk)]
    assert shown(band="nonsense", page="99") == shown()


def test_one_press_tells_them_apart_and_one_takes_it_back(staff):
    one, other = named("Мөнхбат", "Гомбын"), named("Мөнхбат", "Гомбын")
    data = {"one": one.pk, "other": other.pk, "next": reverse(PAGE) + "?band=perhaps"}
    answer = staff.post(reverse("staff:duplicate_apart"), data, follow=True)
    assert answer.redirect_chain == [(reverse(PAGE) + "?band=perhaps", 302)]
    assert answer.context["shown"] == []
    review = NotDuplicate.objects.get()
    undo = reverse("staff:duplicate_again", args=[review.pk])
    assert f'action="{undo}"' in answer.content.decode()
    listed = staff.get(reverse(PAGE), {"band": "apart"}).content.decode()
    assert "Oyun" in listed and f'action="{undo}"' in listed
    again = staff.post(undo, follow=True)
    assert len(again.context["shown"]) == 1
    assert staff.post(undo).status_code == 302


def test_pressed_for_somebody_who_is_gone_it_says_so(staff):
    one, other = named("Мөнхбат", "Гомбын"), named("Мөнхбат", "Гомбын")
    Person.objects.filter(pk=other.pk).update(merged_into=one)
    answer = staff.post(reverse("staff:duplicate_apart"), {"one": one.pk, "other": other.pk, "next": "https://elsewhere.example/"}, follow=True)
    assert answer.redirect_chain == [(reverse(PAGE), 302)]
    assert "One of the two is not in the directory any more." in answer.content.decode()


@pytest.mark.parametrize("band", ["", "apart"])
def test_the_page_takes_as_many_queries_for_three_pairs_as_for_one(staff, band):
    def asked():
        staff.get(reverse(PAGE), {"band": band})
        with CaptureQueriesContext(connection) as queries:
            staff.get(reverse(PAGE), {"band": band})
        return len(queries)

    def pair(given, father):
        body = organisation()
        one, other = named(given, father, organisation=body, phone="+97688001122"), named(given, father, organisation=body, email=f"{given}@gov.example")
        if band:
            duplicates.tell_apart(one, other, by=organiser())

    pair("Bat", "Bold")
    one = asked()
    pair("Dorj", "Tsend")
    pair("Lkhagva", "Ochir")
    assert asked() == one
