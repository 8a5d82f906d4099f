"""The pages at the door: check-in, badges, what the script asks for, attendance as a table, and signed sheets."""

import io
import json
import re
import uuid
from datetime import time, timedelta
from unittest.mock import patch

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Person
from tests import people
from workshops import attendance, badges, links, registrations
from workshops.attendance import Kind, Unit
from workshops.models import AgendaItem, AttendanceMark, Link, Registration, SignedSheet, State, Workshop

pytestmark = pytest.mark.django_db

FRAME_BYTES = 100_000


@pytest.fixture
def at():
    """Goes on today for two days."""
    return people.workshop(starts_in=0, days=2, capacity=40, status=Workshop.Status.CONFIRMED)


@pytest.fixture
def day(at):
    return at.meeting_days.first()


@pytest.fixture
def desk(client):
    return people.signed_in(client, people.desk())


def go(name, at, *more):
    return reverse(f"staff:{name}", args=[at.slug, *more])


def official(at, **details):
    become = details.pop("become", State.CONFIRMED)
    return people.registration(workshop=at, person=people.person(**details), become=become)


def standing(registration):
    return AttendanceMark.objects.standing().filter(registration=registration)


def read(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# The check-in page --------------------------------------------------------------------------------------------


def test_a_press_marks_and_the_page_says_so_and_undo_takes_it_back(desk, at, day):
    row = official(at)
    page = desk.get(go("door", at))
    assert "0 of 1 in" in read(page)
    answer = desk.post(go("door_mark", at), {"person": row.pk, "unit": day.pk}, follow=True)
    assert "verdict-go" in answer.content.decode() and row.full_name in read(answer) and "1 of 1 in" in read(answer)
    mark = standing(row).get()
    assert (mark.method, mark.day) == ("list", day)
    again = desk.post(go("door_mark", at), {"person": row.pk, "unit": day.pk}, follow=True)
    seen = f"{attendance.at(mark, at):%H:%M}"
    assert "Already in" in read(again) and f"at {seen}" in read(again)
    assert AttendanceMark.objects.count() == 1
    desk.post(go("door_undo", at), {"person": row.pk, "unit": day.pk})
    assert not standing(row).exists() and AttendanceMark.objects.count() == 2


def test_reading_the_door_changes_nothing(desk, at):
    row = official(at, become=State.INVITED)
    code = links.issue(Link.Kind.BADGE, registration=row).token
    addresses = [
        go("door", at) + f"?person={row.pk}&new=1&q=a", go("door_list", at), go("door_shell", at), go("door_worker", at),
        go("door_let_in", at, row.pk), go("door_walk_in", at) + "?q=bat&new=1", go("attendance", at), go("badges", at),
        go("badges_print", at), go("badges_tents", at), reverse("badges:badge", args=[code]), reverse("badges:badge", args=["A" * 22]),
    ]  # fmt: skip
    before = list(AttendanceMark.objects.values()), list(Registration.objects.values()), list(Link.objects.values())
    assert {desk.get(address).status_code for address in addresses} == {200, 404}
    assert (list(AttendanceMark.objects.values()), list(Registration.objects.values()), list(Link.objects.values())) == before
    assert desk.get(go("door_mark", at)).status_code == 405 == desk.get(go("door_send", at)).status_code


@pytest.mark.parametrize("name", ["door", "door_list", "attendance", "badges", "sheet"])
def test_a_page_takes_as_many_queries_for_thirty_as_for_three(desk, at, day, name):
    by, ministries = people.organiser(), [people.organisation() for _ in range(3)]

    def come(number):
        entries = [{"person": people.person(), "organisation": ministries[place % 3]} for place in range(number)]
        for outcome in registrations.register_many(at, entries, by=by):
            links.issue(Link.Kind.BADGE, registration=outcome.registration)
            attendance.mark(outcome.registration, day, by=by)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(go(name, at, *([day.pk] if name == "sheet" else []))).status_code == 200
        return len(queries)

    come(3)
    desk.get(go("door", at))
    few = asked()
    come(27)
    assert asked() == few


def test_the_page_and_the_list_of_three_hundred_are_light(desk, at):
    Workshop.objects.filter(pk=at.pk).update(capacity=400)
    at.refresh_from_db()
    ministry = people.organisation()
    entries = [{"person": people.person(), "organisation": ministry} for _ in range(300)]
    for outcome in registrations.register_many(at, entries, by=people.organiser()):
        links.issue(Link.Kind.BADGE, registration=outcome.registration)
    for name in ("door", "door_list"):
        assert len(desk.get(go(name, at)).content) < FRAME_BYTES, name


def test_the_search_finds_everybody_in_either_script(desk, at):
    here = official(at, given_name="Өлзийбат", patronymic="Цэрэндоржийн")
    gone = official(at, given_name="Өлзийхутаг", patronymic="Болдын", become=State.NOMINATED)
    other = official(at, given_name="Ганзориг", patronymic="Дашийн")
    for query in ("ulzii", "Өлзий", "olzii"):
        found = read(desk.get(go("door", at) + f"?q={query}"))
        assert here.full_name in found and gone.full_name in found and other.full_name not in found, query
    assert here.full_name in read(desk.get(go("door", at) + "?q=tserendorj ulz"))
    listed = read(desk.get(go("door", at)))
    assert here.full_name in listed and gone.full_name not in listed, "the list itself has those who hold a seat"


def test_the_desk_is_told_why_another_day_is_refused(desk, at):
    row, tomorrow = official(at), at.meeting_days.last()
    answer = desk.post(go("door_mark", at), {"person": row.pk, "unit": tomorrow.pk}, follow=True)
    assert "This day has not come yet." in read(answer) and not AttendanceMark.objects.exists()


def test_a_session_is_chosen_and_marked_by_itself(desk, at, day):
    session = AgendaItem.objects.create(day=day, starts_at=time(0), ends_at=time(23, 59), title_en="Opening", takes_attendance=True)
    row, here = official(at), f"{day.pk}-{session.pk}"
    assert f'value="{here}" selected' in desk.get(go("door", at)).content.decode()
    desk.post(go("door_mark", at), {"person": row.pk, "unit": here})
    assert standing(row).get().item == session


def test_a_workshop_without_days_says_what_is_missing(desk):
    without = people.workshop(starts_on=None)
    assert "The days are not known yet" in read(desk.get(go("door", without)))
    assert "The days are not known yet" in read(desk.get(go("attendance", without)))


def test_where_nobody_is_to_be_marked_the_page_says_it(desk, at, day):
    row = official(at)
    Workshop.objects.filter(pk=at.pk).update(status=Workshop.Status.CANCELLED)
    answer = desk.post(go("door_mark", at), {"person": row.pk, "unit": day.pk}, follow=True)
    assert "nobody can be marked" in read(answer) and not AttendanceMark.objects.exists()


# Those without a seat -----------------------------------------------------------------------------------------


def test_who_had_declined_is_let_in_from_the_page(desk, at, day):
    row = registrations.move(official(at, become=State.INVITED), State.DECLINED, by=None)
    answer = desk.post(go("door_mark", at), {"person": row.pk, "unit": day.pk}, follow=True)
    page = answer.content.decode()
    assert "verdict-wait" in page and go("door_let_in", at, row.pk) in page and not AttendanceMark.objects.exists()
    answer = desk.post(go("door_let_in", at, row.pk), {"unit": day.pk}, follow=True)
    assert "verdict-go" in answer.content.decode() and standing(row).exists()
    row.refresh_from_db()
    assert row.state == State.CONFIRMED


def test_over_the_seats_the_desk_is_refused_and_an_organiser_gives_a_reason(client, at, day):
    Workshop.objects.filter(pk=at.pk).update(capacity=1)
    official(at)
    row = official(at, become=State.WAITLISTED)
    address = go("door_let_in", at, row.pk)
    answer = people.signed_in(client, people.desk()).post(address, {"unit": day.pk})
    assert answer.status_code == 422 and "Only an organiser" in read(answer)
    people.signed_in(client, people.organiser())
    answer = client.post(address, {"unit": day.pk})
    assert answer.status_code == 422 and "The only place is taken." in read(answer) and 'name="over_reason"' in answer.content.decode()
    assert client.post(address, {"unit": day.pk, "over_reason": "A chair was found."}).status_code == 302
    row.refresh_from_db()
    assert (row.over_seats, standing(row).count()) == (True, 1)


def test_who_was_replaced_is_red_and_the_page_leads_to_who_came(desk, at, day):
    row = official(at)
    deputy = registrations.replace(row, people.person(), by=None, reason="Ill.")
    page = desk.get(go("door", at) + f"?person={row.pk}").content.decode()
    assert "verdict-stop" in page and deputy.full_name in page and f"person={deputy.pk}" in page
    desk.post(go("door_mark", at), {"person": row.pk, "unit": day.pk})
    assert not AttendanceMark.objects.exists()


def test_a_walk_in_is_found_in_the_directory(desk, at, day):
    somebody = people.person(given_name="Болормаа", organisation=people.organisation())
    page = desk.get(go("door_walk_in", at) + "?q=bolormaa")
    assert somebody.full_name in read(page)
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    for _twice in range(2):
        answer = desk.post(go("door_walk_in", at), {"person": somebody.pk, "unit": day.pk, "key": key}, follow=True)
        assert "verdict-go" in answer.content.decode()
    row = Registration.objects.get(workshop=at)
    assert (row.person, row.state, standing(row).get().method) == (somebody, State.CONFIRMED, "walk-in")


def test_a_walk_in_who_is_not_known_is_added_once(desk, at, day):
    ministry, key = people.organisation(), uuid.uuid4()
    typed = {
        "unit": day.pk, "key": key, "given_name": "Bolor", "patronymic": "Dorj", "organisation": ministry.pk, "job_title": "Officer",
        "phones": "9911 2233", "sex": "f",
    }  # fmt: skip
    answer = desk.post(go("door_walk_in", at), {**typed, "phones": "12"})
    assert answer.status_code == 422 and 'value="Bolor"' in answer.content.decode() and not Person.objects.filter(given_name_latin="Bolor").exists()
    for _twice in range(2):
        assert desk.post(go("door_walk_in", at), typed).status_code == 302
    row = Registration.objects.get(workshop=at)
    assert (row.person.given_name_latin, row.organisation, row.job_title) == ("Bolor", ministry, "Officer")
    assert Person.objects.filter(given_name_latin="Bolor").count() == 1 == standing(row).count()


def test_a_walk_in_without_a_free_seat_is_for_an_organiser(client, at, day):
    Workshop.objects.filter(pk=at.pk).update(capacity=1)
    official(at)
    typed = {"unit": day.pk, "key": uuid.uuid4(), "given_name": "Bolor"}
    desk = people.signed_in(client, people.desk())
    before = Person.objects.count()
    answer = desk.post(go("door_walk_in", at), {**typed, "over_reason": "Please."})
    assert answer.status_code == 422 and "The only place is taken." in read(answer) and Person.objects.count() == before
    people.signed_in(client, people.organiser())
    answer = client.post(go("door_walk_in", at), typed)
    assert answer.status_code == 422 and "write the reason here" in read(answer)
    for page in (read(answer), read(client.get(go("door_walk_in", at), {"unit": day.pk, "new": 1, "q": "Bolor"}))):
        assert "Reason for going over the seats (optional)" not in page and "Phone (optional)" in page
    assert client.post(go("door_walk_in", at), {**typed, "over_reason": "A chair was found."}).status_code == 302
    assert Registration.objects.get(person__given_name_latin="Bolor").over_seats


def test_all_that_was_typed_of_a_walk_in_comes_back_where_there_is_no_seat(client, at, day):
    ministry = people.organisation()
    Workshop.objects.filter(pk=at.pk).update(capacity=1)
    official(at)
    typed = {
        "given_name": "Болор", "patronymic": "Доржийн", "organisation": str(ministry.pk), "job_title": "Мэргэжилтэн", "phones": "9911 2233",
        "sex": "f", "over_reason": "",
    }  # fmt: skip
    people.signed_in(client, people.organiser())
    answer = client.post(go("door_walk_in", at), {**typed, "unit": day.pk, "key": uuid.uuid4(), "q": "болор"})
    assert (answer.status_code, answer.context["query"]) == (422, "болор")
    form = answer.context["form"]
    assert {name: form[name].value() for name in typed} == typed
    for value in ("Болор", "Доржийн", "Мэргэжилтэн", "9911 2233"):
        assert f'value="{value}"' in answer.content.decode()


def test_somebody_who_left_the_directory_meanwhile_is_said_and_the_search_stays(desk, at, day):
    other = people.person(given_name="Болормаа")
    answer = desk.post(go("door_walk_in", at), {"person": 987654, "unit": day.pk, "key": uuid.uuid4(), "q": "болор"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This person is not in the directory any more." in page and 'value="болор"' in page and other.full_name in page


# What the script asks for -------------------------------------------------------------------------------------


def test_the_list_has_names_institutions_and_beginnings_of_digests(desk, at, day):
    ministry = people.organisation(name_en="Ministry of Labour", acronym_en="MoL")
    row = people.registration(workshop=at, person=people.person(given_name="Болор", patronymic="Доржийн", email="bolor@gov.example", phone="+97699112233"), organisation=ministry)
    official(at, become=State.NOMINATED)
    link = links.issue(Link.Kind.BADGE, registration=row)
    mark = attendance.mark(row, day, by=None).mark
    answer = desk.get(go("door_list", at))
    told = answer.json()
    assert told["people"] == [
        {
            "i": row.pk, "g": "Bolor", "p": "Dorjiin", "o": "MoL", "k": "bulur durjin", "d": [link.digest[:16]],
            "m": {"u": str(mark.client_uuid), "k": "present", "t": f"{attendance.at(mark, at):%H:%M}"},
        }
    ]  # fmt: skip
    assert (told["inside"], told["expected"], told["unit"], answer["Cache-Control"]) == (1, 1, str(day.pk), "no-store")
    text = answer.content.decode()
    assert link.token not in text and link.digest not in text and "gov.example" not in text and "99112233" not in text


def sent(browser, at, *marks, **headers):
    return browser.post(go("door_send", at), json.dumps({"marks": marks}), content_type="application/json", **headers)


def one(day, **details):
    return {"uuid": str(uuid.uuid4()), "time": timezone.now().timestamp() * 1000, "day": day.pk, **details}


def test_what_a_device_sends_is_answered_one_by_one_and_kept_once(desk, at, day):
    here, nominated = official(at), official(at, become=State.NOMINATED)
    link = links.issue(Link.Kind.BADGE, registration=here)
    batch = [
        one(day, digest=link.digest, scanned=True), one(day, person=nominated.pk), one(day, digest="f" * 64), one(day, person=here.pk),
    ]  # fmt: skip
    first = sent(desk, at, *batch).json()["results"]
    assert [(told["ok"], told["tone"], told["word"]) for told in first] == [
        (True, "go", "In"), (False, "wait", "Nominated"), (True, "wait", "Unknown badge"), (True, "go", "Already in"),
    ]  # fmt: skip
    assert (first[0]["name"], first[1]["letIn"]) == (here.full_name, go("door_let_in", at, nominated.pk))
    assert "holds no seat" in first[1]["text"]
    sent(desk, at, *batch)
    assert AttendanceMark.objects.count() == 2
    (undone,) = sent(desk, at, one(day, voids=batch[0]["uuid"])).json()["results"]
    assert undone["ok"] and not standing(here).exists()


def test_a_mark_of_yesterday_that_waited_over_night_arrives(client):
    began = people.workshop(starts_in=-1, days=2, status=Workshop.Status.CONFIRMED)
    row, yesterday = official(began), began.meeting_days.first()
    moment = timezone.now() - timedelta(days=1)
    browser = people.signed_in(client, people.desk())
    (late,) = sent(browser, began, one(yesterday, person=row.pk)).json()["results"]
    assert (late["ok"], late["code"]) == (False, "other_day")
    (waited,) = sent(browser, began, one(yesterday, person=row.pk, time=moment.timestamp() * 1000)).json()["results"]
    assert waited["ok"]
    mark = standing(row).get()
    assert abs(mark.device_time - moment) < timedelta(seconds=1) and mark.received_at - mark.device_time > timedelta(hours=23)


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", '{"marks": 1}', '{"marks": [{}]}', '{"marks": [1]}', '{"marks": [{"uuid": "x", "time": 1, "day": 1, "person": 1}]}',
     '{"marks": ' + "[" * 100_000 + "]" * 100_000 + "}",
     json.dumps({"marks": [{"uuid": "e36af50c-7cec-4549-94bd-bd3c187624b2", "time": 1e12, "day": 1, "person": 1}] * 101})],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_as_a_whole(desk, at, body):
    answer = desk.post(go("door_send", at), body, content_type="application/json")
    assert answer.status_code == 400 and not AttendanceMark.objects.exists()


@pytest.mark.parametrize("wrong", [{"time": 1e99}, {"time": "NaN"}, {"digest": "zz"}, {"day": 2**70}, {"person": None}, {"voids": "x"}])
def test_a_mark_that_cannot_be_read_holds_up_no_other(desk, at, day, wrong):
    """A device sends what waits, the oldest first: one bad mark would keep all the others from ever arriving."""
    row = official(at)
    bad = one(day, person=row.pk) | wrong
    fine, refused = sent(desk, at, bad, one(day, person=row.pk)).json()["results"]
    assert fine["ok"] and (refused["uuid"], refused["ok"], refused["code"]) == (bad["uuid"], False, "unreadable")
    assert standing(row).count() == 1


def test_a_device_whose_clock_began_anew_is_believed_in_all_but_the_time(desk, at, day):
    row = official(at)
    (told,) = sent(desk, at, one(day, person=row.pk, time=86_400_000)).json()["results"]
    assert told["ok"] and abs(standing(row).get().device_time - timezone.now()) < timedelta(minutes=1)


def test_sending_needs_the_key_against_forged_requests(at, day):
    browser = people.signed_in(Client(enforce_csrf_checks=True), people.desk())
    row = official(at)
    assert sent(browser, at, one(day, person=row.pk)).status_code == 403
    token = browser.get(go("door_list", at)).json()["csrf"]
    assert sent(browser, at, one(day, person=row.pk), HTTP_X_CSRFTOKEN=token).status_code == 200


def test_the_service_worker_keeps_the_shell_alone_and_reaches_no_further(desk, at):
    row = official(at)
    answer = desk.get(go("door_worker", at))
    assert (answer["Content-Type"], answer["Service-Worker-Allowed"]) == ("text/javascript", go("door", at))
    told = json.loads(re.search(r"const told = (.*);", answer.content.decode())[1])
    assert (told["page"], told["shell"]) == (go("door", at), go("door_shell", at))
    assert all(asset.startswith("/static/") for asset in told["assets"]) and len(told["assets"]) > 8
    shell = desk.get(go("door_shell", at))
    assert row.given_name not in shell.content.decode() and row.full_name not in shell.content.decode()
    assert "csrfmiddlewaretoken" not in shell.content.decode().split('id="door"')[1]
    for name in ("door", "door_shell", "door_worker"):
        assert "worker-src 'self'" in desk.get(go(name, at))["Content-Security-Policy"]
    assert "worker-src" not in desk.get(go("attendance", at))["Content-Security-Policy"]
    assert "camera=(self)" in desk.get(go("door", at))["Permissions-Policy"]


# The badge's own page -----------------------------------------------------------------------------------------


def badge_page(registration, language="en"):
    link = links.issue(Link.Kind.BADGE, registration=registration)
    return reverse("badges:badge", args=[link.token]).replace("/en/", f"/{language}/")


@pytest.mark.parametrize("who", [None, people.editor])
@pytest.mark.parametrize("language", ["en", "mn"])
def test_a_stranger_reads_that_it_is_a_badge_and_nothing_about_the_person(client, at, who, language):
    ministry = people.organisation(name_en="Ministry of Secrets", name_mn="Нууцын яам")
    row = people.registration(workshop=at, person=people.person(given_name="Болор", patronymic="Доржийн"), organisation=ministry)
    address = badge_page(row, language)
    desk = people.signed_in(Client(), people.desk())
    told = ("Болор", "Bolor", "Дорж", "Dorj", "Secrets", "Нууцын", "verdict")
    assert any(word in desk.get(address).content.decode() for word in told), "the words could be there"
    if who:
        people.signed_in(client, who())
    for method in (client.get, client.post):
        page = method(address).content.decode()
        assert not [word for word in told if word in page]
    assert at.title_en in page or at.title_mn in page
    answer = client.get(address)
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex, nofollow", "strict-origin")
    assert not AttendanceMark.objects.exists()
    registrations.withdraw(row, by=None, reason="Ill.")
    assert bare(client.get(address)) == bare(answer), "the same page, whatever became of the person"
    assert client.get(reverse("badges:badge", args=["A" * 22])).status_code == 404


def bare(answer):
    """The main part of a page without what differs by the request."""
    return re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)[0]


def test_for_the_desk_the_badge_is_the_check_in(desk, at, day):
    row = official(at, become=State.INVITED)
    address = badge_page(row)
    page = desk.get(address).content.decode()
    assert row.full_name in page and "verdict-ready" in page and not AttendanceMark.objects.exists()
    answer = desk.post(address, {"unit": day.pk}, follow=True)
    assert "verdict-go" in answer.content.decode() and "Already" not in read(answer)
    assert standing(row).get().method == "scan"
    assert "Already in" in read(desk.get(address))
    desk.post(address, {"unit": day.pk, "undo": "1"})
    assert not standing(row).exists()


def test_a_badge_that_was_made_void_says_to_the_desk_who_came(desk, at, day):
    row = official(at)
    address = badge_page(row)
    deputy = registrations.replace(row, people.person(), by=None, reason="Ill.")
    page = desk.get(address).content.decode()
    assert "verdict-stop" in page and deputy.full_name in page
    desk.post(address, {"unit": day.pk})
    assert not AttendanceMark.objects.exists()
    assert deputy.full_name not in Client().get(address).content.decode()


def test_an_old_badge_is_known_again_with_a_warning(desk, at, day):
    row = official(at)
    address = badge_page(row)
    desk.post(go("badge_renew", at, row.pk))
    assert Link.objects.filter(registration=row, revoked_at=None).count() == 1
    page = desk.get(address)
    assert "verdict-wait" in page.content.decode() and "replaced by a newer one" in read(page)
    assert "verdict-ready" in desk.get(badge_page(row)).content.decode()
    desk.post(address, {"unit": day.pk})
    assert standing(row).exists()
    registrations.withdraw(row, by=None, reason="Ill.")
    assert "holds no seat" in read(desk.post(go("badge_renew", at, row.pk), follow=True))


def test_an_unknown_badge_is_kept_where_the_desk_says(desk, at, day):
    address = reverse("badges:badge", args=["A" * 22])
    page = desk.get(address)
    assert page.status_code == 404 and str(at) in read(page)
    assert desk.post(address, {"day": "0"}).status_code == 302 and not AttendanceMark.objects.exists()
    assert desk.post(address, {"day": day.pk})["Location"] == go("door", at)
    mark = AttendanceMark.objects.get()
    assert (mark.registration, mark.workshop, len(mark.unknown_code)) == (None, at, 12)


def test_strangers_who_ask_too_often_are_slowed_down_and_keep_the_desk_from_nothing(desk, at, day):
    """At a venue all phones come from one address."""
    address = badge_page(official(at))
    with patch("core.throttle.allowed", return_value=False):
        assert Client().get(address).status_code == 429
        assert desk.get(address).status_code == 200


# Badges, tents, sheets as PDF ---------------------------------------------------------------------------------


def text_of(answer):
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages).split())


def test_printing_badges_makes_each_code_once(desk, at):
    first, second = official(at), official(at)
    official(at, become=State.NOMINATED)
    for _twice in range(2):
        answer = desk.post(go("badges", at), {"who": "all"})
        assert answer["Location"] == go("badges_print", at) + "?who=all"
    assert Link.objects.filter(kind=Link.Kind.BADGE, revoked_at=None).count() == 2
    with patch("workshops.documents.qr.drawing", return_value="") as drawn:
        text = text_of(desk.get(answer["Location"]))
    tokens = [Link.objects.get(registration=row).token for row in badge_order(first, second)]
    assert [call.args[0] for call in drawn.call_args_list] == [f"http://testserver/mn/badge/{token}/" for token in tokens]
    assert first.given_name in text and second.given_name in text
    assert desk.post(go("badges", at), {"only": first.pk})["Location"] == go("badges_print", at) + f"?only={first.pk}"
    assert len(pypdf.PdfReader(io.BytesIO(desk.get(go("badges_print", at) + f"?only={first.pk}").content)).pages) == 1


def badge_order(*rows):
    return Registration.objects.filter(pk__in=[row.pk for row in rows]).order_by("sort_key", "pk")


def test_badges_are_for_whom_they_are_asked(at):
    speaker = people.registration(workshop=at, role="speaker")
    participant = official(at)
    links.issue(Link.Kind.BADGE, registration=speaker)
    chosen = {who: [bearer.registration for bearer in badges.bearers(at, who)] for who in badges.WHO}
    assert chosen == {"all": list(badge_order(speaker, participant)), "participants": [participant], "others": [speaker], "new": [participant]}


def test_a_badge_whose_key_is_gone_gets_a_new_code(desk, at, settings):
    row = official(at)
    links.issue(Link.Kind.BADGE, registration=row)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-than-before", []
    (bearer,) = badges.bearers(at)
    assert bearer.token == ""
    assert badges.issue(at, by=None) == 1 and badges.issue(at, by=None) == 0
    assert Link.objects.filter(registration=row, revoked_at=None).count() == 1


def test_the_sign_in_sheet_and_the_tents_name_everybody_in_both_scripts(desk, at, day):
    row = official(at, given_name="Болор", patronymic="Доржийн")
    for address in (go("sheet_print", at, day.pk), go("badges_tents", at)):
        text = text_of(desk.get(address))
        assert "Болор" in text and "Bolor" in text, address
    assert row.workshop.title_mn in text_of(desk.get(go("sheet_print", at, day.pk)))
    assert desk.get(go("sheet_print", at, people.workshop().meeting_days.first().pk)).status_code == 404
    assert desk.get(go("badges_print", people.workshop())).status_code == 404


# Attendance as a table ----------------------------------------------------------------------------------------


def test_the_table_shows_who_was_there_and_who_falls_short(client):
    at = people.workshop(starts_in=-3, days=2, status=Workshop.Status.CONFIRMED)
    first, second = at.meeting_days.all()
    here, short = official(at, given_name="Ариунаа"), official(at, given_name="Ганзориг")
    by = people.organiser()
    attendance.mark(here, first, by=by)
    attendance.mark(here, second, by=by)
    attendance.mark(short, first, by=by, kind=Kind.ABSENT)
    made = attendance.unknown(at, first, "somebody's ticket", by=by).mark
    browser = people.signed_in(client, by)
    page = read(browser.get(go("attendance", at)))
    assert here.full_name in page and "2/2 (100 %)" in page and "0/2 (0 %)" in page and made.unknown_code in page
    only = read(browser.get(go("attendance", at) + "?show=short"))
    assert short.full_name in only and here.full_name not in only
    browser.post(go("attendance_drop", at), {"mark": made.pk})
    assert made.unknown_code not in read(browser.get(go("attendance", at)))
    assert AttendanceMark.objects.filter(pk=made.pk).exists()


# Signed sheets ------------------------------------------------------------------------------------------------


def ticked(row, tick, seen=""):
    return {f"tick-{row.pk}": tick, f"seen-{row.pk}": seen}


def test_a_sheet_is_typed_in_by_the_desk(desk, at, day):
    first, second, third = official(at), official(at), official(at)
    mark = attendance.mark(third, day, by=None).mark
    answer = desk.post(go("sheet", at, day.pk), {**ticked(first, "present"), **ticked(second, "excused"), **ticked(third, "present", "present")}, follow=True)
    assert "The sheet is saved: 2 rows changed." in read(answer)
    stands = {row.registration: (row.kind, row.method) for row in AttendanceMark.objects.standing()}
    assert stands == {first: ("present", "sheet"), second: ("excused", "sheet"), third: ("present", "list")}
    assert attendance.mark_of(third, Unit(day)) == mark
    again = {**ticked(first, "present", "present"), **ticked(second, "absent", "excused"), **ticked(third, "", "present")}
    desk.post(go("sheet", at, day.pk), again)
    assert {row.registration: row.kind for row in AttendanceMark.objects.standing()} == {first: "present", second: "absent"}
    assert AttendanceMark.objects.filter(kind="void").count() == 2


def test_what_was_ticked_is_kept_where_a_row_changed_meanwhile(desk, at, day):
    first, second = official(at), official(at)
    attendance.mark(first, day, by=None)
    answer = desk.post(go("sheet", at, day.pk), {**ticked(first, "absent"), **ticked(second, "excused")})
    page = answer.content.decode()
    assert answer.status_code == 422 and "marked by somebody else meanwhile: present" in read(answer)
    for row, tick in ((first, "absent"), (second, "excused")):
        assert re.search(rf'name="tick-{row.pk}" value="{tick}" checked', page)
    assert AttendanceMark.objects.count() == 1
    answer = desk.post(go("sheet", at, day.pk), {**ticked(first, "nonsense"), **ticked(second, "excused")})
    assert answer.status_code == 422 and "Choose one of the four." in read(answer) and AttendanceMark.objects.count() == 1


def test_attaching_a_scan_saves_the_ticks_too(desk, at, day, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    row = official(at)
    scan = SimpleUploadedFile("sheet.pdf", b"%PDF-1.7\n%%EOF\n")
    answer = desk.post(go("sheet", at, day.pk), {**ticked(row, "present"), "attach": "1", "file": scan, "note": "Morning"}, follow=True)
    assert "The scan is attached." in read(answer) and "The sheet is saved: 1 row changed." in read(answer)
    assert (SignedSheet.objects.get().note, AttendanceMark.objects.get().kind) == ("Morning", "present")
    # Without a file the ticks are saved all the same, and the page asks for the file.
    answer = desk.post(go("sheet", at, day.pk), {**ticked(row, "absent", "present"), "attach": "1", "note": "Noon"})
    assert answer.status_code == 422 and "Choose a file." in read(answer) and 'value="Noon"' in answer.content.decode()
    assert (AttendanceMark.objects.standing().get().kind, SignedSheet.objects.count()) == ("absent", 1)
    assert f'name="seen-{row.pk}" value="absent"' in answer.content.decode()


def test_a_number_without_end_is_nobodys_key(desk, at):
    endless = "9" * 5000
    assert desk.get(go("door", at), {"person": endless}).status_code == 200
    assert "not on the list any more" in read(desk.post(go("door_mark", at), {"person": endless}, follow=True))
    assert desk.get(go("badges_tents", at), {"only": endless}).status_code == 404
    assert people.signed_in(desk, people.organiser()).post(go("attendance_drop", at), {"mark": endless}).status_code == 302


def test_a_day_to_come_takes_excuses_alone(desk, at):
    tomorrow, row = at.meeting_days.last(), official(at)
    people.signed_in(desk, people.organiser())
    answer = desk.post(go("sheet", at, tomorrow.pk), ticked(row, "present"))
    assert answer.status_code == 422 and "This day has not come yet." in read(answer) and not AttendanceMark.objects.exists()
    assert desk.post(go("sheet", at, tomorrow.pk), ticked(row, "excused")).status_code == 302


def test_the_scan_is_judged_by_its_content_and_given_to_staff_as_a_file(desk, at, day, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer = desk.post(go("sheet_add", at, day.pk), {"file": SimpleUploadedFile("sheet.pdf", b"<html><script>alert(1)</script>")}, follow=True)
    assert "What counts is what is in the file" in read(answer) and not SignedSheet.objects.exists()
    desk.post(go("sheet_add", at, day.pk), {"file": SimpleUploadedFile("../x.html", b"%PDF-1.7\n%%EOF\n"), "note": "Morning"})
    sheet = SignedSheet.objects.get()
    assert re.fullmatch(r"sheets/\d{4}/[0-9a-f]{32}\.pdf", sheet.file.name) and sheet.note == "Morning"
    given = desk.get(go("sheet_scan", at, sheet.pk))
    assert given["Content-Disposition"].startswith("attachment") and given["Content-Security-Policy"].startswith("sandbox")
    assert desk.get(go("sheet_scan", people.workshop(), sheet.pk)).status_code == 404
    sheet.file.storage.delete(sheet.file.name)
    assert desk.get(go("sheet_scan", at, sheet.pk)).status_code == 404
    assert "Signed sheet 1" in read(desk.get(go("attendance", at)))
