"""The staff pages about answers: the call list, the waiting list, what came by telephone, links, deputies, substitution."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Person
from tests.people import organisation, organiser, person, signed_in, workshop
from tests.people import registration as registered
from workshops import answers, links, registrations
from workshops.models import Link, Registration, State, Via, Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return organiser()


@pytest.fixture
def staff(client, by):
    return signed_in(client, by)


def page(name, at, *more):
    return reverse(f"staff:{name}", args=[at.slug, *more])


def cost(staff, address):
    staff.get(address)
    with CaptureQueriesContext(connection) as done:
        assert staff.get(address).status_code == 200
    return len(done)


def test_the_lists_cost_the_same_with_one_row_and_with_more(staff, by):
    costs = {"call_list": [], "waiting_list": []}
    for number in (1, 3):
        at = workshop(capacity=number)
        for _ in range(number):
            row = registered(workshop=at, become=State.INVITED, person=person(phone="+97699112233"), organisation=organisation())
            answers.not_reached(row, by=by)
            registered(workshop=at, become=State.WAITLISTED, organisation=organisation())
        for name, found in costs.items():
            found.append(cost(staff, page(name, at)))
    assert {name: len(set(found)) for name, found in costs.items()} == {"call_list": 1, "waiting_list": 1}


def test_what_is_said_on_the_telephone_is_kept_with_one_press(staff, by):
    at = workshop()
    comes, declines, silent = (registered(workshop=at, become=State.INVITED, person=person(phone="+97699112233")) for _ in range(3))
    text = staff.get(page("call_list", at)).content.decode()
    assert text.count('href="tel:+97699112233"') == 3
    for row, says in ((comes, "comes"), (declines, "declines"), (silent, "not_reached"), (comes, "comes")):
        assert staff.post(page("call_answer", at, row.pk), {"says": says, "note": "On leave"}).url == page("call_list", at)
    states = [(row.state, row.changes.last().via) for row in Registration.objects.order_by("pk")]
    assert states == [(State.CONFIRMED, Via.PHONE), (State.DECLINED, Via.PHONE), (State.INVITED, Via.STAFF)]
    assert silent.calls.get().note == "On leave"
    assert "On leave" in staff.get(page("call_list", at)).content.decode()


def test_an_answer_by_letter_has_needs_and_consents(staff):
    at = workshop()
    row = registered(workshop=at, become=State.INVITED)
    here = page("registration_answer", at, row.pk)
    assert staff.post(here, {"via": "letter"}).status_code == 422
    assert staff.post(here, {"says": "comes", "via": "letter", "diet": "No pork", "photo": "no"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.changes.last().via, row.needs.diet, answers.consents_of(row)) == (State.CONFIRMED, Via.LETTER, "No pork", {"photo": False})
    text = staff.get(page("registration", at, row.pk)).content.decode()
    assert "No pork" in text and "Photographs" in text


def test_reminders_go_out_by_one_press(staff):
    at = workshop()
    registered(workshop=at, become=State.INVITED, person=person(email="a@gov.example"))
    assert "Remind 1 by letter" in staff.get(page("call_list", at)).content.decode()
    staff.post(page("call_remind", at))
    staff.post(page("call_remind", at))
    assert at.letters.filter(kind="official-reminder").count() == 1
    assert "1 to call" in staff.get(page("call_list", at)).content.decode()


def test_the_waiting_list_says_who_is_next_and_why(staff, by):
    at = workshop(capacity=1)
    held = registered(workshop=at)
    first, second = (registered(workshop=at, become=State.WAITLISTED) for _ in range(2))
    assert "can be offered" not in staff.get(page("waiting_list", at)).content.decode()
    registrations.withdraw(held, by=by, reason="Ill")
    text = staff.get(page("waiting_list", at)).content.decode()
    assert f"Offer to the next: {first.short_name}" in text and "holds the seat until" in text
    for _ in range(2):
        staff.post(page("waiting_offer", at), {"to": first.pk})
    staff.post(page("waiting_offer", at), {"to": second.pk})
    assert list(Registration.objects.filter(state=State.INVITED)) == [first]
    assert first.changes.filter(to_state=State.INVITED).count() == 1
    Workshop.objects.update(list_frozen_at=timezone.now() - timedelta(hours=1))
    assert "The list is frozen" in staff.get(page("waiting_list", at)).content.decode()


def test_a_link_is_made_shown_renewed_and_taken_back(staff):
    at = workshop()
    row = registered(workshop=at, become=State.NOMINATED)
    here, act = page("registration", at, row.pk), page("registration_link", at, row.pk)
    assert "There is no link" in staff.get(here).content.decode()
    assert not Link.objects.exists()
    staff.post(act, {"act": "issue"})
    first = Link.objects.get()
    assert links.path_of(first, "mn") in staff.get(here).content.decode()
    staff.post(act, {"act": "renew"})
    first.refresh_from_db()
    assert first.revoked_at and Link.objects.filter(revoked_at=None).count() == 1
    staff.post(act, {"act": "revoke"})
    assert not Link.objects.filter(revoked_at=None).exists()


def test_a_proposed_deputy_is_decided_about(staff):
    at = workshop()
    row, other = (registered(workshop=at, organisation=organisation()) for _ in range(2))
    known = person(given_name="Болормаа", patronymic="Ганболдын")
    for each in (row, other):
        answers.propose_deputy(each, by=None, via=Via.SELF, given_name="Болормаа", patronymic="Г.", phone="99112233")
    assert "proposes a deputy" in staff.get(page("participants", at)).content.decode()
    here = page("registration_deputy", at, row.pk)
    assert "Take this one" in staff.get(here).content.decode()
    assert staff.post(here).status_code == 422
    assert staff.post(here, {"person": known.pk}).status_code == 302
    assert Registration.objects.get(replaces=row).person == known
    staff.post(page("registration_deputy", at, other.pk), {"act": "refuse"})
    other.refresh_from_db()
    assert (other.state, other.deputies.get().outcome) == (State.CONFIRMED, "refused")


def test_somebody_typed_in_takes_the_seat_in_one_step_also_when_the_list_is_frozen(staff):
    ministry = organisation()
    at = workshop(capacity=1, list_frozen_at=timezone.now() - timedelta(hours=1), starts_in=1)
    row = registered(workshop=at, organisation=ministry)
    here = page("registration_replace", at, row.pk)
    typed = {"given_name": "Наранцэцэг", "patronymic": "Батын", "sex": "f", "job_title": "Мэргэжилтэн", "phones": "9911 2233", "email": ""}
    lost = staff.post(here, typed)
    assert lost.status_code == 422 and 'value="Наранцэцэг"' in lost.content.decode()
    assert staff.post(here, {**typed, "reason": "Ill"}).status_code == 302
    coming = Registration.objects.get(replaces=row)
    assert (coming.state, coming.given_name, coming.job_title, coming.organisation) == (State.CONFIRMED, "Наранцэцэг", "Мэргэжилтэн", ministry)
    assert coming.person.sex == "f"


def test_somebody_similar_is_asked_about_before_anybody_is_added(staff):
    at = workshop()
    row = registered(workshop=at, organisation=organisation())
    known = person(given_name="Болормаа", patronymic="Ганболдын", organisation=organisation())
    here, typed = page("registration_replace", at, row.pk), {"given_name": "Болормаа", "patronymic": "Г", "phones": "99112233", "reason": "Ill"}
    asked = staff.post(here, typed)
    assert asked.status_code == 422 and known.full_name in asked.content.decode() and 'value="Ill"' in asked.content.decode()
    assert Person.objects.count() == 2
    assert staff.post(here, {**typed, "different": "1"}).status_code == 302
    assert Registration.objects.get(replaces=row).person != known


def test_undoing_says_to_whom_a_letter_had_gone(staff, by):
    from workshops.models import Letter

    at = workshop()
    row = registered(workshop=at, become=State.NOMINATED, person=person(email="a@gov.example"))
    batch = answers.invite_many([row], by=by).batch
    Letter.objects.update(state=Letter.State.SENT, sent_at=timezone.now())
    text = staff.post(reverse("staff:undo", args=[batch.pk]), follow=True).content.decode()
    assert f"A letter about it had gone already: {row.short_name}" in text
