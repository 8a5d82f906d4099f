"""The board of institutions, one request's page, and names that staff enter from paper or telephone."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import people
from tests.workshops.test_nominate_page import PASTED, PDF, lines_of, page_of
from tests.workshops.test_replies import files_of_their_own, fresh  # noqa: F401 (a fixture)
from workshops import registrations, replies, requests, snapshots
from workshops.models import Letter, NominationRequest, Nominee, Registration, Via
from workshops.views.institutions import board
from workshops.views.nominate import key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    return people.signed_in(client, people.organiser())


def address(asked, name="institution", *arguments):
    return reverse(f"staff:{name}", args=[asked.workshop.slug, asked.pk, *arguments])


def of(at, name="institutions"):
    return reverse(f"staff:{name}", args=[at.slug])


def words(answer):
    return " ".join(answer.content.decode().split())


# The board ----------------------------------------------------------------------------------------------------


def test_the_board_shows_how_each_institution_stands():
    at = people.workshop(nomination_deadline=timezone.now() + timedelta(days=10))
    people.request(workshop=at, sent=False)
    people.request(workshop=at)
    reminded = people.request(workshop=at, sent_days_ago=3)
    requests.remind(reminded, by=people.organiser())
    late = people.request(workshop=at, sent_days_ago=3)
    NominationRequest.objects.filter(pk=late.pk).update(deadline=timezone.now() - timedelta(days=1))
    partly = people.request(workshop=at, seats=(2, 3))
    people.name(partly, people.entry(sex="f"), people.entry(sex="m"), people.entry(sex="f", is_alternate=True))
    full = people.request(workshop=at, seats=(1, 1))
    people.name(full, people.entry())
    replies.decline(people.request(workshop=at), by=None, via=Via.NOMINATOR, reason="No time.")
    bare = people.organisation()
    at.allocations.create(organisation=bare, guaranteed=1, order=32_767)
    rows = board(at)
    assert [row.label for row in rows] == [
        "Not sent", "Sent", "Reminded", "Late", "Partly answered", "Complete", "Sends nobody", "Not prepared"
    ]  # fmt: skip
    assert [(row.principals, row.alternates, row.women) for row in rows][4:6] == [(2, 1, 2), (1, 0, rows[5].women)]
    assert [row.to_remind for row in rows] == [False, False, False, True, False, False, False, False]


def test_who_waits_for_staff_and_who_ended_is_told_apart():
    at = people.workshop()
    asked = people.request(workshop=at, seats=(2, 5))
    people.person(given_name="Тэмүүлэн", patronymic="Батын", sex="m")
    people.name(asked, people.entry(given_name="Тэмүүлэн", patronymic="Батын"), people.entry())
    gone = people.name(asked, people.entry())[0]
    registrations.reject(fresh(gone).registration, by=people.organiser(), reason="Came last year.")
    row = board(at)[0]
    assert (row.principals, row.waiting) == (2, 1)


def test_the_board_asks_as_often_for_three_as_for_one(staff):
    counts = []
    at = people.workshop()
    for number in (1, 2):
        for _ in range(number):
            asked = people.request(workshop=at, focal_point=people.person(email=f"f{at.nomination_requests.count()}@gov.example"), focal_email="")
            people.name(asked, people.entry(), people.entry(is_alternate=True))
        staff.get(of(at))
        with CaptureQueriesContext(connection) as done:
            assert staff.get(of(at)).status_code == 200
        counts.append(len(done))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["institution", "institution_names"])
def test_a_requests_pages_ask_as_often_for_three_names_as_for_one(staff, name):
    asked, counts = people.request(seats=(2, 5)), []
    for entries in ([people.entry()], [people.entry(), people.entry(is_alternate=True)]):
        people.name(asked, *entries)
        staff.get(address(asked, name))
        with CaptureQueriesContext(connection) as done:
            assert staff.get(address(asked, name)).status_code == 200
        counts.append(len(done))
    assert counts[0] == counts[1]


def test_an_empty_board_says_what_to_do_first(staff):
    assert "No institution is invited yet" in words(staff.get(of(people.workshop())))


def test_requests_are_prepared_looked_over_and_sent(staff):
    bodies = [people.organisation(), people.organisation(), people.organisation()]
    at = people.workshop(seats=dict.fromkeys(bodies, (1, 2)))
    assert "Prepare 3 requests" in words(staff.get(of(at)))
    staff.post(of(at, "institutions_prepare"))
    with_address = at.nomination_requests.exclude(organisation=bodies[0])
    with_address.update(focal_email="focal@ministry.example")
    assert "Send 2; 1 lacks an address" in words(staff.get(of(at)))
    page = staff.get(of(at, "institutions_send"))
    assert ("Send 2 letters" in words(page), "Without an e-mail address" in words(page)) == (True, True)
    assert Letter.objects.count() == 0
    # One came in since the page was read: it is not sent unseen.
    seen = [str(row.pk) for row in with_address]
    at.nomination_requests.update(focal_email="focal@ministry.example")
    staff.post(of(at, "institutions_send"), {"request": seen})
    assert {str(row.pk) for row in at.nomination_requests.filter(state="sent")} == set(seen)
    assert Letter.objects.count() == 2
    staff.post(of(at, "institutions_send"), {"request": seen})
    assert Letter.objects.count() == 2


def test_those_who_are_late_are_reminded_by_one_button(staff):
    at = people.workshop(nomination_deadline=timezone.now() + timedelta(days=1))
    late = [people.request(workshop=at, sent_days_ago=4) for _ in range(2)]
    people.request(workshop=at)
    page = staff.get(of(at, "institutions_remind"))
    assert "Send 2 reminders" in words(page)
    ids = [str(row.pk) for row in late]
    replies.decline(late[0], by=None, via=Via.NOMINATOR, reason="No time.")
    for _ in range(2):
        staff.post(of(at, "institutions_remind"), {"request": ids})
    assert list(Letter.objects.filter(kind="request-reminder").values_list("request", flat=True)) == [late[1].pk]
    assert "Nobody has to be reminded now" in words(staff.get(of(at, "institutions_remind")))


# One request --------------------------------------------------------------------------------------------------


def test_a_requests_page_shows_all_that_belongs_to_it(staff):
    asked = people.request(letter_number="26/114", seats=(2, 4))
    people.person(given_name="Тэмүүлэн", patronymic="Батын", sex="m")
    known, clear = people.name(asked, people.entry(given_name="Тэмүүлэн", patronymic="Батын"), people.entry(given_name="Сарангэрэл"))
    text = words(staff.get(address(asked)))
    for piece in ("26/114", "Сарангэрэл", "Waits for you", asked.focal_name, reverse("staff:registration", args=[asked.workshop.slug, fresh(clear).registration.pk])):
        assert piece in text, piece
    row = fresh(known).import_row
    assert reverse("staff:list_row", args=[asked.workshop.slug, row.batch_id, row.pk]) in text
    # The secret address is not there until somebody asks for it.
    assert asked.links.get().token not in text


def test_a_request_of_another_workshop_is_not_found_under_this_one(staff):
    asked, other = people.request(), people.workshop()
    assert staff.get(reverse("staff:institution", args=[other.slug, asked.pk])).status_code == 404


def test_staff_change_a_request(staff):
    asked = people.request(sent=False)
    data = {"letter_number": "26/115", "language": "en", "focal_name": "D. Bolor", "focal_email": "bolor@ministry.example", "focal_phone": "70111111", "addressee_en": "State Secretary"}
    assert staff.post(address(asked, "institution_edit"), data).status_code == 302
    assert (fresh(asked).letter_number, fresh(asked).addressee_en, fresh(asked).focal_email) == ("26/115", "State Secretary", "bolor@ministry.example")
    wrong = staff.post(address(asked, "institution_edit"), {**data, "focal_email": "bolor@ministry", "letter_number": "26/116"})
    assert (wrong.status_code, "26/116" in words(wrong), fresh(asked).letter_number) == (422, True, "26/115")
    late = staff.post(address(asked, "institution_edit"), {**data, "deadline": "2199-01-01T10:00"})
    assert (late.status_code, "By then the workshop has begun." in words(late)) == (422, True)


def test_each_button_does_its_act_and_a_refusal_is_said(staff):
    asked = people.request(sent=False)
    post = lambda **data: staff.post(address(asked, "institution_act"), data, follow=True)  # noqa: E731
    assert "has not been sent yet" in words(post(act="complete"))
    post(act="send")
    assert fresh(asked).state == "sent"
    assert "It was sent today." in words(post(act="remind"))
    assert post(act="decline", reason="", via="phone").status_code == 422
    post(act="decline", reason="On mission.", via="phone")
    assert fresh(asked).state == "declined"
    post(act="reopen")
    assert fresh(asked).state == "sent"
    assert "That is not possible." in words(post(act="fly"))
    paper = people.request(sent=False, focal_email="")
    staff.post(address(paper, "institution_act"), {"act": "paper", "back": "board"})
    assert (fresh(paper).state, Letter.objects.filter(request=paper).count()) == ("sent", 0)


def test_the_link_is_shown_on_demand_renewed_and_taken_back(staff, client):
    asked = people.request()
    token = asked.links.get().token
    post = lambda act: staff.post(address(asked, "institution_link"), {"act": act})  # noqa: E731
    shown = post("show")
    assert (shown.status_code, f"/nominate/{token}/" in words(shown), "no-store" in shown["Cache-Control"]) == (200, True, True)
    post("renew")
    assert page_of(asked).split("/")[-2] != token
    # A fresh letter brings the new link.
    assert Letter.objects.filter(request=asked, kind="request-invitation").count() == 2
    post("revoke")
    assert asked.links.filter(revoked_at=None).count() == 0
    assert "it was taken back" in words(staff.get(address(asked)))


def test_the_letter_as_pdf_bears_the_address_once_it_is_sent(staff):
    asked = people.request(sent=False)
    for _ in range(2):
        answer = staff.get(address(asked, "institution_letter"))
        assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert asked.links.count() == 0


def test_the_institutions_letter_is_handed_out_to_organisers_alone(staff, client):
    asked = people.request(organisation=people.organisation(name_en="Ministry", name_mn="Яам"))
    assert staff.get(address(asked, "institution_reply")).status_code == 404
    staff.post(address(asked, "institution_names"), {"act": "letter", "reply_number": "2/117", "reply_file": SimpleUploadedFile("x.pdf", PDF)})
    answer = staff.get(address(asked, "institution_reply"))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["Content-Security-Policy"], b"".join(answer.streaming_content)) == ("sandbox; default-src 'none'", PDF)
    client.logout()
    assert client.get(address(asked, "institution_reply")).status_code == 302
    # Nor is it served as a file of the site.
    assert client.get(f"/media/{fresh(asked).reply_file.name}").status_code == 404


# From paper and telephone -------------------------------------------------------------------------------------


def test_staff_enter_names_by_the_same_acts_and_the_way_is_kept(staff):
    asked = people.request(seats=(1, 2), deadline=timezone.now() + timedelta(days=1))
    NominationRequest.objects.update(deadline=timezone.now() - timedelta(days=1))  # the office may still
    page = address(asked, "institution_names")
    entry = people.entry(given_name="Сарангэрэл")
    assert staff.post(page, {"act": "add", "place": "principal", "via": "phone", **entry}).status_code == 302
    named = Nominee.objects.get()
    assert (named.via, named.registration.changes.get().via, named.registration.changes.get().by is not None) == ("phone", "phone", True)
    wrong = staff.post(page, {"act": "add", "place": "principal", "via": "letter", **people.entry(email="x@y")})
    assert (wrong.status_code, Nominee.objects.count()) == (422, 1)
    change = address(asked, "institution_name", key_of(named))
    assert "Сарангэрэл" in words(staff.get(change))
    staff.post(change, {**entry, "job_title": "Дарга", "place": "principal", "via": "letter"})
    assert fresh(named).registration.job_title == "Дарга"
    staff.post(page, {"act": "out", "key": key_of(named)})
    assert Registration.objects.get().state == "withdrawn"
    assert staff.get(change).status_code == 302


def test_staff_are_told_where_a_decided_registration_is_changed(staff):
    asked = people.request()
    named = people.name(asked, people.entry())[0]
    registrations.invite(fresh(named).registration, by=people.organiser())
    answer = staff.post(address(asked, "institution_names"), {"act": "out", "key": key_of(named)}, follow=True)
    assert "Change the registration itself." in words(answer)


def test_staff_paste_a_list_that_came_by_e_mail(staff):
    asked = people.request(seats=(1, 3))
    page = address(asked, "institution_list")
    data = lines_of(staff.post(page, {"text": PASTED}))
    done = staff.post(page, {**data, "lines-1-email": "sarnai@ministry.example"})
    assert done.status_code == 302
    assert set(Nominee.objects.values_list("via", flat=True)) == {"letter"}
    assert Registration.objects.filter(is_alternate=True).count() == 1


def test_names_are_not_taken_before_the_request_is_sent(staff):
    asked = people.request(sent=False)
    assert "has not been sent yet" in words(staff.get(address(asked, "institution_names")))
    answer = staff.post(address(asked, "institution_names"), {"act": "add", "place": "principal", "via": "letter", **people.entry()})
    assert ("has not been sent yet" in words(answer), Nominee.objects.count()) == (True, 0)


def test_what_staff_typed_comes_back_with_a_refusal(staff):
    asked = people.request()
    replies.decline(asked, reason="On mission.", by=None, via="nominator")  # in another tab, or by the institution itself
    answer = staff.post(address(asked, "institution_names"), {"act": "add", "place": "principal", "via": "phone", **people.entry(given_name="Номинцэцэг")})
    assert (answer.status_code, "Take that back first" in words(answer), "Номинцэцэг" in words(answer)) == (422, True, True)
    one = people.request()
    named = people.name(one, people.entry())[0]
    registrations.invite(fresh(named).registration, by=people.organiser())
    answer = staff.post(address(one, "institution_act"), {"act": "decline", "via": "phone", "reason": "All are at a meeting."})
    assert (answer.status_code, "All are at a meeting." in words(answer)) == (422, True)


def test_what_staff_mend_in_a_registration_shows_on_the_institutions_page(staff):
    asked = people.request(seats=(1, 2))
    people.name(asked, people.entry(given_name="Сарангэрэл", is_alternate=True, email="a@ministry.example"))
    named = people.name(asked, people.entry(given_name="Номинцэцэг", patronymic="Дорж", email="b@ministry.example", job_title="Мэргэжилтэн"))[0]
    snapshots.edit(fresh(named).registration, by=people.organiser(), job_title="Ахлах мэргэжилтэн", is_alternate=True)
    named = fresh(named)
    assert (named.job_title, named.is_alternate, named.order) == ("Ахлах мэргэжилтэн", True, 2)
    # And the institution's next change does not turn it back.
    replies.change(named, by=None, via="nominator", department="Гадаад харилцаа")
    assert (fresh(named).registration.job_title, fresh(named).registration.is_alternate) == ("Ахлах мэргэжилтэн", True)


def test_the_list_behind_the_names_and_the_registration_say_where_they_came_from(staff):
    asked = people.request()
    named = fresh(people.name(asked)[0])
    shown = words(staff.get(reverse("staff:list_show", args=[asked.workshop.slug, named.import_row.batch_id])))
    assert ("by focal point" in shown, "by None" in shown) == (True, False)
    for name in ("list_new", "workshop_history"):
        assert "None" not in words(staff.get(of(asked.workshop, name)))
    page = words(staff.get(reverse("staff:registration", args=[asked.workshop.slug, named.registration_id])))
    assert address(asked) in page


def test_the_history_tells_who_it_was_and_nothing_idle(staff, client):
    asked = people.request()
    client.logout()
    client.post(page_of(asked), {"act": "add", "place": "principal", **people.entry(given_name="Сарангэрэл")})
    people.signed_in(client, people.organiser(full_name="O. Organiser"))
    staff.post(address(asked, "institution_edit"), {"letter_number": "26/115", "language": "mn", "focal_name": "D. Bolor"})
    text = words(staff.get(address(asked)))
    assert ("whoever had the secret link" in text, "O. Organiser" in text, "Row of the list" in text) == (True, True, False)


# What a newcomer looks for ------------------------------------------------------------------------------------


def test_the_board_leads_to_naming_a_focal_point_that_nobody_named(staff):
    asked = people.request(sent=False)
    NominationRequest.objects.filter(pk=asked.pk).update(focal_point=None, focal_name="", focal_email="")
    page = words(staff.get(of(asked.workshop)))
    assert f'<a href="{address(asked, "institution_edit")}">Name the focal point' in page


def test_letters_without_a_deadline_are_pointed_out_before_they_go(staff):
    at = people.workshop(nomination_deadline=None)
    people.request(workshop=at, sent=False)
    assert "names no day until which nominations are accepted" in words(staff.get(of(at, "institutions_send")))
    at.nomination_deadline = timezone.now() + timedelta(days=9)
    at.save()
    assert "names no day until which" not in words(staff.get(of(at, "institutions_send")))


def test_who_sends_nobody_is_shown_with_the_seats_that_are_still_kept(staff):
    asked = people.request(seats=(2, 3))
    assert "still kept for it" not in words(staff.get(address(asked)))
    replies.decline(asked, by=None, via=Via.NOMINATOR, reason="On mission.")
    page = words(staff.get(address(asked)))
    assert "2 guaranteed seats are still kept for it." in page
    assert of(asked.workshop, "seats_edit") in page


def test_before_letters_go_out_it_is_said_that_nobody_answers_questions(staff):
    at = people.workshop()
    people.request(workshop=at, sent=False)
    assert "finds nobody to ask" in words(staff.get(of(at, "institutions_send")))
    at.contact_phone = "7010 0000"
    at.save()
    assert "finds nobody to ask" not in words(staff.get(of(at, "institutions_send")))
