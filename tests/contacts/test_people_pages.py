"""The directory of people through its pages: found, added, changed, and given positions."""

import re
import threading
from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts import directory
from contacts.models import ImportBatch, ImportRow, NotDuplicate, Person, PersonEmail, PersonPhone, Position
from tests.people import administrator, desk, editor, organisation, organiser, person, registration, signed_in, workshop
from workshops.models import NominationList

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    return signed_in(client, organiser())


def address(name, *arguments):
    return reverse(f"staff:{name}", args=arguments)


def text(answer):
    return answer.content.decode()


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def lines(prefix, field, values):
    """What a browser sends for lines that are typed one below the other."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(values)), f"{prefix}-INITIAL_FORMS": "0"}
    return data | {f"{prefix}-{place}-{field}": value for place, value in enumerate(values)}


def typed(*, emails=(), phones=(), **fields):
    names = {"given_name": "Болормаа", "patronymic": "Ганболдын", "sex": "f", "preferred_language": "mn"}
    return names | lines("emails", "address", list(emails)) | lines("phones", "numbers", list(phones)) | fields


def create(client, **fields):
    return client.post(address("person_create"), typed(**fields))


def change(client, somebody, **fields):
    return client.post(address("person_edit", somebody.pk), typed(**fields))


def queries(client, where, data=None):
    with CaptureQueriesContext(connection) as made:
        assert client.get(where, data).status_code == 200
    return len(made)


# Who may ------------------------------------------------------------------------------------------------------

PAGES = ["people", "person_create", "person", "person_edit"]


def one(name):
    return address(name, *([person().pk] if name in {"person", "person_edit"} else []))


@pytest.mark.parametrize("name", PAGES)
def test_organisers_and_administrators_see_it_and_nobody_else(client, name):
    where = one(name)
    seen = [signed_in(client, make()).get(where).status_code for make in (organiser, administrator, desk, editor)]
    assert seen == [200, 200, 403, 403]


@pytest.mark.parametrize("name", PAGES)
def test_a_visitor_is_asked_to_sign_in(client, name):
    answer = client.get(one(name))
    assert (answer.status_code, "/accounts/login/" in answer["Location"]) == (302, True)


@pytest.mark.parametrize("make", [desk, editor])
def test_who_may_not_read_may_not_write(client, make):
    known = person(organisation=organisation())
    signed_in(client, make())
    position = known.positions.get()
    assert [
        create(client).status_code,
        change(client, known).status_code,
        client.post(address("person", known.pk), {"act": "end", "position": position.pk, "on": "2026-01-01"}).status_code,
    ] == [403, 403, 403]
    position.refresh_from_db()
    assert (Person.objects.count(), position.valid_to) == (1, None)


# The list -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["munkhbat", "Монхбат", "Г.Мөнх", "munkhbat@ministry.example", "9911 2233", "ХЯ"])
def test_somebody_is_found_in_either_script_by_address_number_and_institution(staff, query):
    labour = organisation(name_en="Ministry of Labour", name_mn="Хөдөлмөрийн яам", acronym_mn="ХЯ")
    wanted = person(
        given_name="Мөнхбат", patronymic="Гомбын", organisation=labour, email="munkhbat@ministry.example", phone="+97699112233"
    )
    person(given_name="Ариунаа", patronymic="Дорж", organisation=organisation())
    answer = staff.get(address("people"), {"q": query})
    assert [found.person for found in answer.context["found"]] == [wanted]


def test_a_row_tells_both_scripts_the_position_and_the_last_workshop(staff):
    body = organisation(name_en="Ministry of Labour")
    known = person(given_name="Мөнхбат", patronymic="Гомбын", organisation=body, job_title="Head of division")
    registration(workshop=workshop(title_en="The old one", starts_in=-400), person=known)
    row = registration(workshop=workshop(title_en="The new one", starts_in=-20), person=known)
    page = text(staff.get(address("people")))
    shown = ["G. Mönkhbat", "Гомбын Мөнхбат", "Head of division", "Ministry of Labour", "The new one", address("registration", row.workshop.slug, row.pk)]
    assert [words for words in [*shown, "The old one"] if words not in page] == ["The old one"]


def test_the_list_of_one_institution_holds_those_who_work_there_now(staff):
    here, there = organisation(), organisation()
    stays, left = person(organisation=here), person(organisation=here)
    left.positions.update(valid_to=date(2020, 1, 1))
    moved = person(organisation=there)
    nowhere = person()

    def found(institution):
        return {one.person for one in staff.get(address("people"), {"institution": institution}).context["found"]}

    assert [found(here.pk), found(there.pk), found("none")] == [{stays}, {moved}, {left, nowhere}]


def test_who_only_sounds_alike_is_named_as_such_and_only_where_nobody_fits(staff):
    exact = person(given_name="Батбаяр")
    person(given_name="Битбуур")
    answer = staff.get(address("people"), {"q": "Batbayar"})
    assert ([found.person for found in answer.context["found"]], answer.context["close_only"]) == ([exact], False)


def test_merged_and_anonymous_people_are_not_in_the_list(staff):
    stays = person()
    person(merged_into=stays)
    person(anonymised_at=timezone.now())
    assert [found.person for found in staff.get(address("people")).context["found"]] == [stays]


def test_fifty_stand_on_a_page(staff):
    for _number in range(51):
        person()
    sizes = [len(staff.get(address("people"), {"page": page}).context["found"]) for page in (1, 2)]
    assert sizes == [50, 1]


def test_nobody_found_leads_to_adding_that_person(staff):
    page = text(staff.get(address("people"), {"q": "Qwrtpsd Болд"}))
    assert f"{address('person_create')}?name=Qwrtpsd%20%D0%91%D0%BE%D0%BB%D0%B4" in page
    answer = staff.get(address("person_create"), {"name": "Болдын Батбаяр"})
    form = answer.context["entry"].form
    assert (form["given_name"].value(), form["patronymic"].value()) == ("Батбаяр", "Болдын")


def test_while_typing_only_the_rows_are_sent(staff):
    person(given_name="Мөнхбат")
    page = text(staff.get(address("people"), {"q": "munkhbat"}, headers={"HX-Request": "true"}))
    assert ("<html" in page, "Mönkhbat" in page) == (False, True)


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "abc"}, {"page": "-1"}, {"page": "9" * 30}, {"q": "б" * 5000}, {"q": "a\tb\u202e'\\:*&|!()"}, {"q": "@"},
        {"institution": "9" * 30}, {"institution": "٣"}, {"institution": "none", "q": "%"},
    ],
)  # fmt: skip
def test_wild_words_in_the_address_break_nothing(staff, asked):
    person(organisation=organisation())
    assert staff.get(address("people"), asked).status_code == 200


def test_the_list_asks_no_more_of_the_database_for_fifty_than_for_three(staff):
    body, at = organisation(), workshop()
    by = organiser()

    def add(number):
        for _each in range(number):
            registration(workshop=at, person=person(given_name="Батбаяр", organisation=body), by=by, become="nominated")

    add(3)
    few = queries(staff, address("people")), queries(staff, address("people"), {"q": "batbayar"})
    add(47)
    many = queries(staff, address("people")), queries(staff, address("people"), {"q": "batbayar"})
    assert (few, many) == ((7, 9), (7, 9))


# One person ---------------------------------------------------------------------------------------------------


def test_the_page_of_a_person_tells_all_that_is_known(staff):
    body = organisation(name_en="Ministry of Labour")
    known = person(
        given_name="Мөнхбат", patronymic="Гомбын", given_name_latin="Munkhbat", patronymic_latin="Gombo", sex="m", organisation=body,
        job_title="Officer", email="munkhbat@ministry.example", shared_email="office@ministry.example", phone="+97699112233",
    )  # fmt: skip
    Position.objects.create(
        person=known, organisation=organisation(name_en="Police"), title_en="Inspector", valid_from=date(2010, 3, 1), valid_to=date(2014, 9, 15)
    )
    row = registration(workshop=workshop(title_en="Migration figures"), person=known)
    batch = ImportBatch.objects.create(created_by=organiser(), source_name="nominations.xlsx")
    listed = NominationList.objects.create(batch=batch, workshop=row.workshop)
    ImportRow.objects.create(batch=batch, number=7, person=known)
    page = text(staff.get(address("person", known.pk)))
    wanted = [
        "Gombo Munkhbat", "Гомбын Мөнхбат", "Male", "Mongolian", "munkhbat@ministry.example", "office@ministry.example", "shared mailbox",
        "+976 9911 2233", "Officer", "Ministry of Labour", "Inspector", "1 March 2010 – 15 September 2014", "Migration figures",
        address("registration", row.workshop.slug, row.pk), "Confirmed", "nominations.xlsx", "row 7",
        address("list_show", row.workshop.slug, listed.batch_id), "Person «Мөнхбат»: added",
    ]  # fmt: skip
    assert [words for words in wanted if words not in page] == []


def test_who_changed_what_stands_in_the_history(client):
    by, known = organiser(full_name="Michid Tulga"), person(given_name="Мөнхбат", patronymic="Гомбо")
    signed_in(client, by)
    change(client, known, given_name="Мөнхбат", patronymic="Гомбын")
    latest = client.get(address("person", known.pk)).context["changes"][0]
    assert (latest.who, [parts for _label, parts in latest.fields if ("ins", "Гомбын") in parts]) == (
        "Michid Tulga", [[("del", "Гомбо"), ("ins", "Гомбын")]],
    )  # fmt: skip


def test_who_was_merged_leads_on_to_the_one_who_stands_for_both(staff):
    stays = person()
    middle = person(merged_into=stays)
    first = person(merged_into=middle)
    answer = staff.get(address("person", first.pk))
    assert answer["Location"] == f"{address('person', stays.pk)}?was={first.pk}"
    assert staff.get(address("person_edit", first.pk))["Location"] == address("person", first.pk)
    middle_page = staff.get(f"{address('person', stays.pk)}?was={middle.pk}")
    assert "was merged into this one" in text(middle_page)
    assert "was merged into this one" not in text(staff.get(f"{address('person', stays.pk)}?was=999999"))


def test_who_was_made_anonymous_is_told_without_a_trace_of_the_name(staff):
    known = person(given_name="Мөнхбат", email="munkhbat@ministry.example")
    change(staff, known, given_name="Мөнхбаяр")
    Person.objects.filter(pk=known.pk).update(anonymised_at=timezone.now(), given_name="", patronymic="", given_name_latin="")
    page = text(staff.get(address("person", known.pk)))
    assert "were removed on" in page
    assert [word for word in ("Мөнхбат", "Мөнхбаяр", "munkhbat@") if word in page] == []
    assert staff.get(address("person_edit", known.pk)).status_code == 302
    assert staff.post(address("person", known.pk), {"act": "open", "organisation": organisation().pk}).status_code == 200
    assert known.positions.count() == 0


@pytest.mark.parametrize("number", [10**9, 10**30])
def test_nobody_has_a_wild_number(staff, number):
    assert [staff.get(address(name, number)).status_code for name in ("person", "person_edit")] == [404, 404]


def test_a_person_with_fifty_of_everything_costs_no_more_queries_than_with_three(staff):
    known, by = person(), organiser()
    batch = ImportBatch.objects.create(created_by=by)
    NominationList.objects.create(batch=batch, workshop=workshop())

    def add(numbers):
        for number in numbers:
            Position.objects.create(person=known, organisation=organisation(), title_en="Officer", is_main=False)
            registration(workshop=workshop(starts_in=number + 1), person=known, organisation=organisation(), by=by)
            ImportRow.objects.create(batch=batch, number=number + 1, person=known)
            PersonEmail.objects.create(person=known, address=f"a{number}@iom.example")
            PersonPhone.objects.create(person=known, number=f"+9768800{number:04}")

    add(range(3))
    few = queries(staff, address("person", known.pk))
    add(range(3, 50))
    assert (few, queries(staff, address("person", known.pk))) == (20, 20)


# Positions ----------------------------------------------------------------------------------------------------


def press(client, known, **data):
    return client.post(address("person", known.pk), data)


def test_a_new_position_ends_the_present_one_that_day(staff):
    before, after = organisation(), organisation()
    known = person(organisation=before)
    answer = press(staff, known, act="open", organisation=after.pk, job_title="Хэлтсийн дарга", department="Бодлогын газар", on="2026-02-01")
    assert (answer.status_code, said(answer)) == (302, ["The position was added."])
    rows = known.positions.order_by("pk").values_list("organisation", "title_mn", "title_en", "department", "valid_from", "valid_to", "is_main")
    assert list(rows) == [
        (before.pk, "Мэргэжилтэн", "Officer", "", None, date(2026, 2, 1), True),
        (after.pk, "Хэлтсийн дарга", "", "Бодлогын газар", date(2026, 2, 1), None, True),
    ]


def test_a_second_position_leaves_the_present_one_and_is_added_once(staff):
    known, second = person(organisation=organisation()), organisation()
    for _time in range(2):
        press(staff, known, act="open", organisation=second.pk, job_title="Adviser", besides="on")
    assert list(known.positions.order_by("pk").values_list("is_main", "valid_to")) == [(True, None), (False, None)]


def test_a_position_that_is_refused_keeps_what_was_typed(staff):
    known = person(organisation=organisation())
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    late = press(staff, known, act="open", organisation=organisation().pk, job_title="Adviser", on=tomorrow)
    nowhere = press(staff, known, act="open", organisation="", job_title="Adviser")
    assert [answer.status_code for answer in (late, nowhere)] == [422, 422]
    assert [answer.context["position_form"].errors for answer in (late, nowhere)] == [
        {"on": ["This day is still to come."]},
        {"organisation": ["Choose the institution."]},
    ]
    assert 'value="Adviser"' in text(late)
    assert known.positions.count() == 1


def test_a_position_ends_on_a_day_and_the_same_day_again_is_no_change(staff):
    known = person(organisation=organisation())
    position = known.positions.get()
    for _time in range(2):
        assert press(staff, known, act="end", position=position.pk, on="2026-03-01").status_code == 302
    position.refresh_from_db()
    assert position.valid_to == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("on", "refusal"),
    [
        ("2019-12-31", "The position began later, on 1 January 2020."),
        ("2999-01-01", "This day is still to come."),
        ("yesterday", "Enter a valid date."),
        ("", "This field is required."),
    ],
)
def test_an_end_that_cannot_be_is_refused_beside_its_position(staff, on, refusal):
    known = person(organisation=organisation())
    position = known.positions.get()
    Position.objects.filter(pk=position.pk).update(valid_from=date(2020, 1, 1))
    answer = press(staff, known, act="end", position=position.pk, on=on)
    assert (answer.status_code, answer.context["ending"].errors) == (422, {"on": [refusal]})
    position.refresh_from_db()
    assert position.valid_to is None


def test_a_position_that_ended_on_another_day_is_not_ended_again():
    position = person(organisation=organisation()).positions.get()
    directory.end_position(position, by=organiser(), on=date(2026, 3, 1))
    with pytest.raises(ValidationError) as refusal:
        directory.end_position(position, by=organiser(), on=date(2026, 3, 2))
    assert refusal.value.code == "ended"


def test_nobody_ends_the_position_of_another_person(staff):
    other = person(organisation=organisation()).positions.get()
    wild = [press(staff, person(), act="end", position=key, on="2026-03-01").status_code for key in (other.pk, "", "9" * 30, "x")]
    other.refresh_from_db()
    assert (wild, other.valid_to) == ([404] * 4, None)


# Adding -------------------------------------------------------------------------------------------------------


def test_somebody_new_comes_in_with_position_addresses_and_numbers(staff):
    body = organisation()
    answer = create(
        staff, organisation=body.pk, job_title="Senior officer", emails=["bolormaa@ministry.example", "", "office@ministry.example"],
        phones=["9911 2233, 88112233", "011-323232"], primary="2", **{"emails-2-is_shared": "on"},
    )  # fmt: skip
    new = Person.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, address("person", new.pk))
    assert (new.given_name, new.patronymic, new.sex) == ("Болормаа", "Ганболдын", "f")
    assert list(new.positions.values_list("organisation", "title_en", "is_main")) == [(body.pk, "Senior officer", True)]
    assert set(new.emails.values_list("address", "is_shared", "is_primary")) == {
        ("bolormaa@ministry.example", False, False),
        ("office@ministry.example", True, True),
    }
    assert set(new.phones.values_list("number", flat=True)) == {"+97699112233", "+97688112233", "+97611323232"}
    assert [found.person for found in staff.get(address("people"), {"q": "88112233"}).context["found"]] == [new]


def test_a_name_in_latin_letters_is_enough_and_none_is_not(staff):
    create(staff, given_name="", patronymic="", given_name_latin="Anna", patronymic_latin="Keller")
    assert Person.objects.get().given_name_latin == "Anna"
    nobody = create(staff, given_name="", patronymic="")
    digits = create(staff, given_name="123")
    assert [answer.context["entry"].form.errors for answer in (nobody, digits)] == [
        {"given_name": ["Give the given name in Cyrillic or in Latin."]},
        {"given_name": ["There is no name here."]},
    ]
    assert Person.objects.count() == 1


def test_what_cannot_be_read_is_refused_beside_its_line_with_a_suggestion(staff):
    answer = create(staff, emails=["good@ministry.example", "bad@@ministry.example"], phones=["12"], job_title="Officer")
    entry = answer.context["entry"]
    assert answer.status_code == 422
    assert entry.emails.errors == [{}, {"address": ["More than one @. Perhaps bad@ministry.example?"]}]
    assert entry.phones.errors == [{"numbers": ["This is no telephone number: 12"]}]
    assert entry.job.errors == {"organisation": ["Choose the institution."]}
    assert [words for words in ("bad@@ministry.example", 'value="12"', 'value="Болормаа"') if words not in text(answer)] == []
    assert Person.objects.count() == 0


def test_a_civil_registration_number_is_kept_nowhere(staff):
    refused = [create(staff, **{field: f"Болд УБ90{number}"}).status_code for field in ("note", "given_name") for number in ("010112",)]
    known = person(organisation=organisation())
    refused.append(press(staff, known, act="open", organisation=organisation().pk, job_title="УБ90010112").status_code)
    assert (refused, Person.objects.count(), Position.objects.count()) == ([422, 422, 422], 1, 1)


def test_an_address_of_somebody_else_is_refused_and_leads_there_unless_it_is_shared(staff):
    other = person(given_name="Ариунаа", email="office@ministry.example")
    answer = create(staff, emails=["Office@ministry.example"])
    assert answer.status_code == 422
    assert "is the address of" in answer.context["entry"].emails.errors[0]["address"][0]
    assert f'href="{address("person", other.pk)}"' in text(answer)
    assert create(staff, emails=["Office@ministry.example"], **{"emails-0-is_shared": "on"}).status_code == 302


def test_another_line_keeps_all_that_was_typed_and_judges_nothing(staff):
    answer = create(staff, emails=["half@"], phones=["12"], given_name="", add_email="1")
    entry = answer.context["entry"]
    assert (answer.status_code, len(entry.emails.forms), len(entry.phones.forms), entry.errors()) == (200, 2, 1, [])
    assert [words for words in ("half@", 'value="12"', "Ганболдын") if words not in text(answer)] == []
    assert "error-summary" not in text(answer)


def test_lines_whose_count_was_tampered_with_are_refused(staff):
    for wild in ({"emails-TOTAL_FORMS": "x"}, {"phones-TOTAL_FORMS": "9" * 30}, {"emails-INITIAL_FORMS": ""}):
        assert create(staff, **wild).status_code == 422
        assert create(staff, add_email="1", **wild).status_code == 200
    assert Person.objects.count() == 0


def test_somebody_similar_is_shown_beside_before_anything_is_saved(staff):
    body = organisation(name_en="Ministry of Labour")
    known = person(given_name="Болормаа", patronymic="Ганболд", organisation=body, phone="+97699112233")
    answer = create(staff, phones=["99112233"], job_title="", given_name="Bolormaa", patronymic="Ganbold")
    assert (answer.status_code, Person.objects.count()) == (422, 1)
    [beside] = answer.context["similar"]
    compared = {str(label): (ours, theirs, how) for label, ours, theirs, how in beside.lines}
    assert (beside.person, compared["Name"], compared["Phone"], compared["Institution"]) == (
        known,
        (["Ganbold Bolormaa"], ["Ганболд Болормаа"], "agrees"),
        (["+976 9911 2233"], ["+976 9911 2233"], "agrees"),
        ([], ["Ministry of Labour"], ""),
    )
    assert address("person", known.pk) in text(answer)


def test_one_press_says_another_person_and_that_is_remembered(staff):
    known = person(given_name="Болормаа", patronymic="Ганболд")
    assert create(staff).status_code == 422
    answer = create(staff, different="1", seen=known.pk)
    new = Person.objects.exclude(pk=known.pk).get()
    assert answer["Location"] == address("person", new.pk)
    assert list(NotDuplicate.objects.values_list("person_a", "person_b")) == [(known.pk, new.pk)]
    # The same press sent once more finds the one that it added.
    assert create(staff, different="1", seen=known.pk).status_code == 422
    assert Person.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_adds_one_person():
    by, answers = organiser(), []
    start = threading.Barrier(4)

    def send():
        start.wait()
        try:
            answers.append(directory.add(by=by, given_name="Болормаа", patronymic="Ганболд", phones=["+97699112233"]))
        except ValidationError as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers.count("similar"), Person.objects.count()) == (3, 1)


def test_only_those_who_were_shown_can_be_called_others(staff):
    seen = person(given_name="Болормаа", patronymic="Ганболд")
    came_since = person(given_name="Болормаа", patronymic="Ганболд")
    answer = create(staff, different="1", seen=seen.pk)
    assert answer.status_code == 422
    assert {beside.person for beside in answer.context["similar"]} == {seen, came_since}
    assert create(staff, different="1", seen=["x", "9" * 30]).status_code == 422
    assert Person.objects.count() == 2


def test_the_answer_about_similar_people_outlives_another_refusal(staff):
    known = person(given_name="Болормаа", patronymic="Ганболд")
    person(given_name="Ариунаа", email="office@ministry.example")
    answer = create(staff, different="1", seen=known.pk, emails=["office@ministry.example"])
    assert f'<input type="hidden" name="seen" value="{known.pk}">' in text(answer)
    assert "similar" not in answer.context


def test_a_namesake_with_another_fathers_name_asks_nothing(staff):
    person(given_name="Болормаа", patronymic="Дорж")
    assert create(staff).status_code == 302


# Changing -----------------------------------------------------------------------------------------------------


def test_what_is_changed_is_saved_and_an_emptied_line_is_taken_away(staff):
    known = person(email="old@ministry.example", shared_email="office@ministry.example", phone="+97699112233")
    answer = change(
        staff, known, sex="m", preferred_language="en", note="Speaks English.", emails=["", "office@ministry.example", "new@ministry.example"],
        phones=["+976 8811 2233"], primary="2", **{"emails-1-is_shared": "on"},
    )  # fmt: skip
    assert (answer.status_code, said(answer)) == (302, ["The changes are saved."])
    known.refresh_from_db()
    assert (known.given_name, known.sex, known.preferred_language, known.note) == ("Болормаа", "m", "en", "Speaks English.")
    assert list(known.emails.order_by("-is_primary").values_list("address", "is_shared", "is_primary")) == [
        ("new@ministry.example", False, True),
        ("office@ministry.example", True, False),
    ]
    assert list(known.phones.values_list("number", flat=True)) == ["+97688112233"]


def test_the_page_shows_what_is_kept_and_saving_it_unchanged_changes_nothing(staff):
    known = person(given_name="Мөнхбат", patronymic="Гомбын", phone="+8613800138000")
    # From a time before addresses were judged.
    PersonEmail.objects.create(person=known, address="мөнхбат@ministry.example")
    entry = staff.get(address("person_edit", known.pk)).context["entry"]
    data = {form[name].html_name: form[name].value() or "" for form in (entry.form, *entry.emails, *entry.phones) for name in form.fields}
    for part in (entry.emails, entry.phones):
        data |= {part.management_form[name].html_name: part.management_form[name].value() for name in part.management_form.fields}
    before = Person.objects.filter(pk=known.pk).values("given_name", "patronymic", "sex", "note", "emails__address", "phones__number").get()
    data = {name: value for name, value in data.items() if not (name.endswith("is_shared") and not value)}
    assert staff.post(address("person_edit", known.pk), data).status_code == 302
    assert Person.objects.filter(pk=known.pk).values(*before).get() == before


def test_a_refused_change_changes_nothing_and_keeps_the_heading(staff):
    person(given_name="Ариунаа", email="taken@ministry.example")
    known = person(given_name="Мөнхбат", patronymic="Гомбын", email="own@ministry.example")
    answer = change(staff, known, given_name="Өөр", emails=["taken@ministry.example"])
    assert (answer.status_code, str(answer.context["person"])) == (422, "G. Mönkhbat")
    assert 'value="Өөр"' in text(answer)
    known.refresh_from_db()
    assert (known.given_name, known.emails.get().address) == ("Мөнхбат", "own@ministry.example")


def test_who_was_merged_meanwhile_is_not_changed():
    known = person()
    Person.objects.filter(pk=known.pk).update(merged_into=person())
    with pytest.raises(ValidationError) as refusal:
        directory.change(known, by=organiser(), emails=[], phones=[], given_name="Өөр")
    assert refusal.value.code == "gone"


def test_the_enter_key_saves_instead_of_adding_a_line(staff):
    page = text(staff.get(address("person_create")))
    form = page[page.index('<form method="post" novalidate>') :]
    assert "name=" not in re.search(r"<button[^>]*>", form)[0]
