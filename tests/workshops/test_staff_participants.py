"""Registering and moving officials through the pages: what a press of a button does, refuses and can take back."""

import datetime
import uuid

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from contacts.models import Person
from tests.people import organisation, organiser, person, registration, signed_in, workshop
from workshops import registrations, seats
from workshops.models import ActBatch, Registration, State, StateChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    return signed_in(client, organiser())


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def register(client, at, somebody, **data):
    return client.post(reverse("staff:register", args=[at.slug]), {"person": somebody.pk, **data})


def move(client, at, *rows, **data):
    return client.post(reverse("staff:participants_move", args=[at.slug]), {"selected": [row.pk for row in rows], **data})


def states(at):
    return list(at.registrations.order_by("arrival").values_list("state", flat=True))


# Registering --------------------------------------------------------------------------------------------------


def test_a_press_registers_and_leads_back_to_the_empty_box(staff):
    at, somebody = workshop(), person(organisation=organisation())
    answer = register(staff, at, somebody, request_key=uuid.uuid4())
    assert (answer.status_code, answer["Location"]) == (302, reverse("staff:participant_add", args=[at.slug]))
    row = at.registrations.get()
    assert (row.person, row.state, row.job_title) == (somebody, State.CONFIRMED, "Мэргэжилтэн")


def test_what_was_chosen_for_the_last_one_is_kept_for_the_next(staff):
    at = workshop()
    answer = register(staff, at, person(), become="nominated", via="phone")
    assert answer["Location"] == reverse("staff:participant_add", args=[at.slug]) + "?become=nominated&via=phone"
    row = at.registrations.get()
    assert (row.state, row.changes.get().via) == (State.NOMINATED, "phone")


def test_the_same_request_twice_registers_once_and_leaves_one_act(staff):
    at, somebody, key = workshop(), person(), uuid.uuid4()
    for _time in range(2):
        assert register(staff, at, somebody, request_key=key).status_code == 302
    assert (at.registrations.count(), ActBatch.objects.count(), StateChange.objects.count()) == (1, 1, 1)


def test_a_page_that_the_browser_kept_registers_the_person_who_was_chosen(staff):
    at, first, second, key = workshop(), person(), person(), uuid.uuid4()
    register(staff, at, first, request_key=key)
    register(staff, at, second, request_key=key)
    assert set(at.registrations.values_list("person", flat=True)) == {first.pk, second.pk}


def test_without_a_free_seat_one_waits_and_is_told_why(staff):
    at = workshop(capacity=1)
    register(staff, at, person())
    answer = register(staff, at, person())
    assert states(at) == [State.CONFIRMED, State.WAITLISTED]
    assert "The only place is taken." in said(answer)[-1]


def test_over_the_seats_with_a_reason_that_stays_visible(staff):
    at = workshop(capacity=1)
    register(staff, at, person())
    register(staff, at, person(), over_reason="Asked by the Vice Minister")
    assert states(at) == [State.CONFIRMED, State.CONFIRMED]
    assert "Asked by the Vice Minister" in staff.get(reverse("staff:participants", args=[at.slug])).content.decode()


@pytest.mark.parametrize("wrong", ["", "0", "-1", "x", "9" * 30, "²", "999999"])
def test_a_person_who_does_not_exist_is_refused_in_words(staff, wrong):
    at = workshop()
    answer = staff.post(reverse("staff:register", args=[at.slug]), {"person": wrong, "request_key": "no key", "become": "king"})
    assert (answer.status_code, len(said(answer)), at.registrations.count()) == (302, 1, 0)


def test_a_closed_workshop_refuses_in_words(staff):
    at = workshop(status="completed")
    assert said(register(staff, at, person())) == ["Nobody can be registered: the workshop is completed."]


def test_registering_costs_the_same_whoever_is_there_already(staff, django_assert_num_queries):
    empty, full = workshop(capacity=200), workshop(capacity=200)
    for _number in range(30):
        registration(workshop=full, by=organiser())
    for at in (empty, full):
        somebody = person()
        # Session, user, workshop and person; the lock (2) and what the act reads under it (5) and stores (3); its batch;
        # the transaction's savepoints; the session with its message (3).
        with django_assert_num_queries(38):
            register(staff, at, somebody)


# Somebody new ---------------------------------------------------------------------------------------------------


def test_the_name_is_split_into_its_parts(staff):
    at = workshop()
    page = staff.get(reverse("staff:participant_add", args=[at.slug]), {"new": "Дамбын Пүрэвсүрэн"})
    initial = page.context["form"].initial
    assert (initial["given_name"], initial["patronymic"]) == ("Пүрэвсүрэн", "Дамбын")


def test_a_name_typed_without_capitals_gets_them(staff):
    page = staff.get(reverse("staff:participant_add", args=[workshop().slug]), {"new": "д.цэнд-аюуш"})
    initial = page.context["form"].initial
    assert (initial["given_name"], initial["patronymic"]) == ("Цэнд-Аюуш", "Д.")


def test_an_institution_that_has_ended_since_can_still_fill_its_seats(staff):
    at, ended = workshop(), organisation(valid_to=datetime.date(2015, 1, 1))
    page = reverse("staff:participant_add", args=[at.slug])
    option = f'<option value="{ended.pk}">'
    assert option not in staff.get(page, {"new": "Хулан"}).content.decode()
    seats.allocate(at, [{"organisation": ended, "guaranteed": 1, "maximum": 2, "women_sought": None}], by=organiser())
    assert option in staff.get(page, {"new": "Хулан"}).content.decode()


def test_a_new_person_is_added_and_registered_in_one_press(staff):
    at, ministry = workshop(), organisation()
    answer = staff.post(
        reverse("staff:participant_add", args=[at.slug]),
        {"given_name": "Пүрэвсүрэн", "patronymic": "Дамбын", "organisation": ministry.pk, "job_title": "Зөвлөх", "phones": "9911 2233", "email": "pur@gov.example"},
    )
    assert answer.status_code == 302
    row = at.registrations.get()
    assert (row.short_name, row.organisation, row.job_title) == ("D. Pürevsüren", ministry, "Зөвлөх")
    assert [str(phone) for phone in row.person.phones.all()] == ["+976 9911 2233"]


def test_somebody_of_the_same_name_is_shown_before_another_is_added(staff):
    at, known = workshop(), person(given_name="Пүрэвсүрэн", patronymic="Дамбын")
    address, typed = reverse("staff:participant_add", args=[at.slug]), {"given_name": "Purevsuren", "patronymic": "Д."}
    answer = staff.post(address, typed)
    assert (answer.status_code, [found.person for found in answer.context["alike"]], Person.objects.count()) == (200, [known], 1)
    assert staff.post(address, {**typed, "different": "1"}).status_code == 302
    assert Person.objects.count() == 2


def test_an_address_that_somebody_has_is_refused_beside_the_field_and_nothing_is_stored(staff):
    at = workshop()
    person(email="a@gov.example")
    answer = staff.post(reverse("staff:participant_add", args=[at.slug]), {"given_name": "Хулан", "job_title": "Зөвлөх", "email": "A@gov.example"})
    assert (answer.status_code, list(answer.context["form"].errors), answer.context["form"]["job_title"].value()) == (422, ["email"], "Зөвлөх")
    assert (Person.objects.count(), at.registrations.count()) == (1, 0)


def test_without_scripts_the_search_comes_as_a_page(staff):
    at, known = workshop(), person(given_name="Мөнхбат", patronymic="Болдын")
    page = staff.get(reverse("staff:participant_add", args=[at.slug]), {"q": "munkhbat"}).content.decode()
    assert f'form="register" name="person" value="{known.pk}"' in page
    assert "Add «munkhbat»" in page


def test_a_registered_person_is_offered_as_such(staff):
    row = registration(person=person(given_name="Мөнхбат"))
    options = staff.get(reverse("staff:people_find", args=[row.workshop.slug]), {"q": "munkhbat"}).content.decode()
    assert f'href="{reverse("staff:registration", args=[row.workshop.slug, row.pk])}"' in options
    assert 'name="person"' not in options


def test_the_type_ahead_needs_as_many_queries_for_one_as_for_many(staff, django_assert_num_queries):
    at, ministry = workshop(), organisation()
    address = reverse("staff:people_find", args=[at.slug])
    for count in (1, 20):
        for _number in range(count):
            person(given_name="Мөнхбат", organisation=ministry)
        # Session, user, workshop; institutions, people, positions, registrations.
        with django_assert_num_queries(7):
            staff.get(address, {"q": "munkhbat"})


# The list -----------------------------------------------------------------------------------------------------


def test_the_list_needs_as_many_queries_with_fifty_rows_as_with_three(staff, django_assert_num_queries):
    by, ministry = organiser(), organisation()
    small, large = workshop(), workshop(capacity=100)
    for at, count in ((small, 3), (large, 50)):
        for _number in range(count):
            registrations.register(at, person(organisation=ministry), by=by)
    for at, count in ((small, 3), (large, 50)):
        # Session, user, workshop, how many in each state, who propose a deputy, institutions, number of rows, rows.
        with django_assert_num_queries(8):
            page = staff.get(reverse("staff:participants", args=[at.slug]))
        assert len(page.context["page"].object_list) == count


def names(page):
    return [row.given_name for row in page.context["page"]]


def test_filters_find_by_state_institution_role_and_words_in_either_script(staff):
    at, ministry, agency = workshop(), organisation(acronym_mn="ГХЯ"), organisation()
    registration(workshop=at, person=person(given_name="Мөнхбат", patronymic="Болдын", organisation=ministry, job_title="Дарга"))
    registration(workshop=at, person=person(given_name="Хулан", patronymic="Доржийн", organisation=agency), become=State.NOMINATED)
    registration(workshop=at, person=person(given_name="Болор", patronymic="Очирын"), role=Registration.Role.SPEAKER)
    address = reverse("staff:participants", args=[at.slug])
    for query, found in [
        ({"state": "nominated"}, ["Хулан"]),
        ({"institution": ministry.pk}, ["Мөнхбат"]),
        ({"institution": "none"}, ["Болор"]),
        ({"role": "speaker"}, ["Болор"]),
        ({"q": "munkhbat"}, ["Мөнхбат"]),
        ({"q": "Монхбат"}, ["Мөнхбат"]),
        ({"q": "дарга"}, ["Мөнхбат"]),
        ({"q": "ГХЯ"}, ["Мөнхбат"]),
        ({"q": "khulan", "state": "confirmed"}, []),
    ]:
        assert names(staff.get(address, query)) == found, query


@pytest.mark.parametrize(
    "query", [{"state": "x"}, {"institution": "²"}, {"institution": "9" * 40}, {"page": "x"}, {"page": "-3"}, {"role": "%00"}, {"q": "'\\:*&|!("}, {"q": "(" * 300}]
)
def test_what_nobody_understands_shows_the_list(staff, query):
    row = registration()
    assert staff.get(reverse("staff:participants", args=[row.workshop.slug]), query).status_code == 200


def test_a_script_gets_the_rows_alone_with_the_seats(staff):
    row = registration()
    page = staff.get(reverse("staff:participants", args=[row.workshop.slug]), headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in page, "<table" in page, 'id="workspace-head" data-hx-swap-oob="true"' in page) == (False, True, True)


# Moving -------------------------------------------------------------------------------------------------------


def test_a_preview_stores_nothing(staff):
    at = workshop(capacity=1)
    rows = [registration(workshop=at, become=State.NOMINATED) for _number in range(2)]
    before = (StateChange.objects.count(), ActBatch.objects.count())
    page = move(staff, at, *rows, to="confirmed")
    assert ([step.registration for step in page.context["preview"].done], [row for row, _why in page.context["preview"].refused]) == ([rows[0]], [rows[1]])
    assert (StateChange.objects.count(), ActBatch.objects.count(), states(at)) == (*before, [State.NOMINATED] * 2)


def test_several_are_moved_and_taken_back(staff):
    at = workshop()
    rows = [registration(workshop=at, become=State.NOMINATED) for _number in range(3)]
    answer = move(staff, at, *rows, to="confirmed", commit="1", back="state=nominated&page=1&evil=1")
    assert answer["Location"] == reverse("staff:participants", args=[at.slug]) + "?state=nominated&page=1"
    assert states(at) == [State.CONFIRMED] * 3
    assert staff.post(reverse("staff:undo", args=[ActBatch.objects.latest("at").pk])).status_code == 302
    assert states(at) == [State.NOMINATED] * 3


def test_all_that_the_filter_finds_can_be_chosen_at_once(staff):
    at = workshop()
    rows = [registration(workshop=at, become=State.NOMINATED) for _number in range(3)]
    registration(workshop=at, become=State.WAITLISTED)
    move(staff, at, rows[0], to="rejected", reason="Too many", commit="1", everyone="1", back="state=nominated")
    assert states(at) == [State.REJECTED] * 3 + [State.WAITLISTED]


def test_a_reason_is_due_and_what_is_missing_is_said_beside_the_field(staff):
    row = registration()
    answer = move(staff, row.workshop, row, to="withdrawn", commit="1")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason"])
    move(staff, row.workshop, row, to="withdrawn", commit="1", reason="On mission")
    assert row.changes.latest("at").reason == "On mission"


def test_without_a_seat_the_page_offers_the_waiting_list_or_a_reason(staff):
    at = workshop(capacity=1)
    registration(workshop=at)
    row = registration(workshop=at, become=State.NOMINATED)
    page = move(staff, at, row, to="confirmed", commit="1")
    assert (page.status_code, page.context["no_seat"], page.context["can_wait"]) == (200, [row], True)
    assert move(staff, at, row, to="confirmed", commit="over").status_code == 422
    move(staff, at, row, to="confirmed", commit="over", over_reason="Head of delegation")
    row.refresh_from_db()
    assert (row.state, row.over_seats, row.override_reason) == (State.CONFIRMED, True, "Head of delegation")


@pytest.mark.parametrize(
    ("selected", "to"), [([], "confirmed"), (["x", "9" * 40, "²"], "confirmed"), (["all"], "x"), (["all"], ""), (["all"], "replaced")]
)
def test_nobody_ticked_and_nothing_chosen_are_answered_in_words(staff, selected, to):
    row = registration()
    selected = [row.pk if key == "all" else key for key in selected]
    answer = staff.post(reverse("staff:participants_move", args=[row.workshop.slug]), {"to": to, "selected": selected, "commit": "1"})
    assert (answer.status_code, len(said(answer)), states(row.workshop)) == (302, 1, [State.CONFIRMED])


def test_a_registration_of_another_workshop_cannot_be_moved_from_here(staff):
    row, other = registration(), workshop()
    move(staff, other, row, to="cancelled", reason="x", commit="1")
    row.refresh_from_db()
    assert row.state == State.CONFIRMED


# One registration ---------------------------------------------------------------------------------------------


def test_the_history_shows_who_when_why(staff):
    row = registration(by=organiser(full_name="Номин Ганбат"))
    registrations.withdraw(row, by=organiser(full_name="Болд Дорж"), reason="On mission abroad")
    page = staff.get(reverse("staff:registration", args=[row.workshop.slug, row.pk])).content.decode()
    assert [words in page for words in ("Номин Ганбат", "Болд Дорж", "On mission abroad")] == [True, True, True]


def test_details_are_mended_for_this_workshop_alone(staff):
    somebody = person(organisation=organisation(), job_title="Officer")
    row = registration(person=somebody)
    staff.post(reverse("staff:registration_edit", args=[row.workshop.slug, row.pk]), {"job_title": "Director", "role": "participant", "organisation": row.organisation_id})
    row.refresh_from_db()
    assert (row.job_title, somebody.positions.get().title_en) == ("Director", "Officer")


def test_a_move_to_an_institution_that_is_full_needs_a_reason(staff):
    full = organisation()
    at = workshop(seats={full: (0, 1)})
    registration(workshop=at, person=person(organisation=full))
    row = registration(workshop=at, person=person(organisation=organisation()))
    address = reverse("staff:registration_edit", args=[at.slug, row.pk])
    answer = staff.post(address, {"organisation": full.pk, "role": "participant"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["over_reason"])
    assert staff.post(address, {"organisation": full.pk, "role": "participant", "over_reason": "Agreed"}).status_code == 302
    row.refresh_from_db()
    assert (row.organisation, row.over_seats) == (full, True)


def test_one_comes_in_the_place_of_another(staff):
    row, coming = registration(), person()
    address = reverse("staff:registration_replace", args=[row.workshop.slug, row.pk])
    assert staff.post(address, {"person": coming.pk}).status_code == 422
    assert staff.post(address, {"person": coming.pk, "reason": "Ill"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.replaced_by.person, row.replaced_by.state) == (State.REPLACED, coming, State.CONFIRMED)


def test_replacing_that_is_refused_leaves_no_trace(staff):
    row = registration()
    here = registration(workshop=row.workshop)
    answer = staff.post(reverse("staff:registration_replace", args=[row.workshop.slug, row.pk]), {"person": here.person_id, "reason": "Ill"})
    row.refresh_from_db()
    assert (answer.status_code, row.state, ActBatch.objects.count()) == (422, State.CONFIRMED, 0)


# Taking back --------------------------------------------------------------------------------------------------


def test_taking_back_a_registering_removes_it_and_twice_is_no_harm(staff):
    at = workshop()
    register(staff, at, person())
    address = reverse("staff:undo", args=[ActBatch.objects.get().pk])
    staff.post(address)
    assert at.registrations.count() == 0
    assert "This was taken back already." in said(staff.post(address))


@pytest.mark.parametrize(("came", "goes"), [("participants/add/?become=nominated", "participants/add/?become=nominated"), ("participants/7/", "participants/"), ("https://evil.example/en/staff/", "participants/")])
def test_after_taking_back_one_is_where_one_was_if_that_is_still_there(staff, came, goes):
    at = workshop()
    register(staff, at, person())
    base = f"/en/staff/workshops/{at.slug}/"
    referer = came if came.startswith("http") else f"http://testserver{base}{came}"
    answer = staff.post(reverse("staff:undo", args=[ActBatch.objects.get().pk]), headers={"Referer": referer})
    assert answer["Location"] == base + goes


def test_a_list_that_cannot_be_read_from_the_form_moves_nobody_else(staff):
    at = workshop()
    row = registration(workshop=at)
    for back in ("q=%00", "q=%ED%A0%80", "institution=9999999999999999999", "state=%00"):
        answer = staff.post(
            reverse("staff:participants_move", args=[at.slug]), {"everyone": "1", "back": back, "to": "withdrawn", "reason": "x"}
        )
        assert answer.status_code in {200, 302}
    row.refresh_from_db()
    assert row.state == State.CONFIRMED


def test_what_somebody_without_an_account_did_is_told_without_a_dash_for_a_name(client):
    row = registration()
    registrations.withdraw(row, by=None, via="self", reason="Ill")
    page = signed_in(client, organiser()).get(reverse("staff:registration", args=[row.workshop.slug, row.pk])).content.decode()
    assert "by way of: the person" in page and "–, by way of" not in page


def test_who_is_only_nominated_is_invited_first(client):
    row = registration(become=State.NOMINATED)
    signed_in(client, organiser())
    answer = client.get(reverse("staff:participants", args=[row.workshop.slug]))
    assert [state for state, _verb in answer.context["page"][0].acts["quick"]] == ["invited"]
    assert [state for state, _verb in answer.context["bulk"]][:2] == ["invited", "confirmed"]
