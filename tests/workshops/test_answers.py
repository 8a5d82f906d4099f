"""What officials answer, by their own link or through staff: the acts, their letters, and the page that changes nothing when read."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import Person
from tests.people import organisation, organiser, person, workshop
from workshops import answers, links, registrations
from workshops.models import Consent, Deputy, Letter, Link, Needs, Registration, State, StateChange, Via, Workshop

pytestmark = pytest.mark.django_db

SAID = {"diet": "No pork", "access": "", "interpretation": "mn", "other": "", "photo": "no", "contact_list": "yes", "notice": "on"}
SELF = {"by": None, "via": Via.SELF}


@pytest.fixture
def by():
    return organiser()


def invited(by, *, at=None, become=State.INVITED, **details):
    made = registrations.register(at or workshop(), details.pop("person", None) or person(email="bat@gov.example"), by=by, become=become, **details)
    return made.registration


def address(registration, language="en"):
    return links.path_of(links.issue(Link.Kind.ANSWER, registration=registration), language)


def codes(refusal):
    return [error.code for error in refusal.value.error_list]


def kinds_of_letters(registration):
    return list(Letter.objects.filter(registration=registration).order_by("pk").values_list("kind", flat=True))


# Letters follow from states -------------------------------------------------------------------------------------


def test_each_change_of_state_writes_its_letter_once(by):
    at = workshop(answer_deadline=timezone.now() + timedelta(days=3))
    row = invited(by, at=at, become=State.NOMINATED)
    assert kinds_of_letters(row) == []
    row = answers.invite(row, by=by)
    assert row.offer_expires_at == at.answer_deadline
    answers.invite(row, by=by)
    assert kinds_of_letters(row) == ["official-invitation"]
    [letter] = row.letters.all()
    assert letter.link == Link.objects.get(registration=row, kind=Link.Kind.ANSWER)
    assert letter.send_after > timezone.now()
    row = answers.accept(row, consents={Consent.Kind.NOTICE: True}, **SELF)
    answers.accept(row, consents={Consent.Kind.NOTICE: True}, **SELF)
    assert kinds_of_letters(row) == ["official-invitation", "official-confirmed"]
    confirmed = row.letters.get(kind="official-confirmed")
    assert confirmed.send_after is None
    assert confirmed.calendar_method == "REQUEST" and "BEGIN:VEVENT" in confirmed.calendar
    answers.withdraw(row, reason="Ill", **SELF)
    gone = row.letters.get(kind="official-withdrawn")
    assert gone.calendar_method == "CANCEL"


@pytest.mark.parametrize(
    ("start", "goal", "kind"),
    [
        (State.NOMINATED, State.CONFIRMED, "official-confirmed"),
        (State.NOMINATED, State.WAITLISTED, "official-waiting"),
        (State.WAITLISTED, State.INVITED, "official-offer"),
        (State.INVITED, State.DECLINED, "official-withdrawn"),
        (State.INVITED, State.EXPIRED, "official-expired"),
        (State.CONFIRMED, State.CANCELLED, "official-cancelled"),
        (State.WAITLISTED, State.REJECTED, "official-cancelled"),
        # They have not heard of it: the institution has named them, and that was all.
        (State.NOMINATED, State.REJECTED, None),
        (State.NOMINATED, State.WITHDRAWN, None),
    ],
)
def test_which_letter_a_move_causes(by, start, goal, kind):
    row = invited(by, become=start)
    before = kinds_of_letters(row)
    registrations.move(row, goal, by=by, reason="Because")
    assert kinds_of_letters(row)[len(before) :] == ([kind] if kind else [])


@pytest.mark.parametrize("status", [Workshop.Status.DRAFT, Workshop.Status.POSTPONED])
def test_nothing_is_written_while_it_is_a_draft_or_put_off(by, status):
    assert kinds_of_letters(invited(by, at=workshop(status=status))) == []


def test_undo_discards_what_has_not_gone_and_says_who_was_told(by):
    row, told = invited(by, become=State.NOMINATED), None
    result = answers.invite_many([row], by=by)
    undone = registrations.undo(result.batch, by=by)
    assert [letter.state for letter in row.letters.all()] == [Letter.State.CANCELLED]
    assert undone.told == []
    told = invited(by, person=person(email="saraa@gov.example"))
    result = registrations.move_many([told], State.WITHDRAWN, by=by, reason="By mistake")
    Letter.objects.filter(registration=told, kind="official-withdrawn").update(state=Letter.State.SENT, sent_at=timezone.now(), to_address="a@b.mn")
    assert registrations.undo(result.batch, by=by).told == [told]
    assert kinds_of_letters(told) == ["official-invitation", "official-withdrawn", "official-invitation"]


def test_a_preview_writes_nothing(by):
    row = invited(by, become=State.NOMINATED)
    registrations.preview_many([row], State.INVITED, by=by)
    assert not Letter.objects.exists() and not Link.objects.exists()


# Answering ------------------------------------------------------------------------------------------------------


def test_by_the_own_link_the_notice_must_have_been_read(by):
    row = invited(by)
    with pytest.raises(ValidationError) as refusal:
        answers.accept(row, **SELF)
    assert codes(refusal) == ["notice_due"]
    row.refresh_from_db()
    assert row.state == State.INVITED
    assert answers.accept(row, by=by, via=Via.PHONE).state == State.CONFIRMED
    assert row.changes.last().via == Via.PHONE


def test_consents_are_added_only_where_something_changed(by):
    row = invited(by)
    given = {Consent.Kind.NOTICE: True, Consent.Kind.PHOTO: False}
    answers.accept(row, consents=given, language="mn", **SELF)
    answers.keep(row, consents=given, **SELF)
    assert Consent.objects.count() == 2
    answers.keep(row, consents={Consent.Kind.PHOTO: True}, **SELF)
    latest = row.consents.filter(kind=Consent.Kind.PHOTO).first()
    assert (latest.given, latest.notice_version, row.consents.filter(kind=Consent.Kind.PHOTO).count()) == (True, answers.NOTICE_VERSION, 2)


def test_the_notice_is_asked_anew_when_its_text_has_changed(by, monkeypatch):
    row = invited(by)
    answers.accept(row, consents={Consent.Kind.NOTICE: True}, **SELF)
    monkeypatch.setattr(answers, "NOTICE_VERSION", "2099-01")
    assert answers.consents_of(row)[Consent.Kind.NOTICE] is False


def test_who_is_late_or_not_asked_is_refused_with_the_reason(by):
    late = invited(by)
    Registration.objects.filter(pk=late.pk).update(offer_expires_at=timezone.now() - timedelta(minutes=1))
    nominated = invited(by, become=State.NOMINATED, person=person())
    for act in (lambda row: answers.accept(row, consents={"notice": True}, **SELF), lambda row: answers.decline(row, **SELF)):
        for row, code in ((late, "late"), (nominated, "not_asked")):
            with pytest.raises(ValidationError) as refusal:
                act(row)
            assert codes(refusal) == [code]


def test_reminders_go_to_those_who_are_silent_once_a_day(by):
    at = workshop()
    silent, answered = invited(by, at=at), invited(by, at=at, person=person(), become=State.CONFIRMED)
    result = answers.remind([silent, answered], by=by)
    assert (result.done, [(row, refusal.code) for row, refusal in result.refused]) == ([silent], [(answered, "not_asked")])
    assert [refusal.code for _row, refusal in answers.remind([silent], by=by).refused] == ["reminded"]
    Letter.objects.filter(kind="official-reminder").update(created_at=timezone.now() - timedelta(hours=25))
    assert answers.remind([silent], by=by).done == [silent]


def test_the_call_list_puts_first_whom_letters_do_not_reach(by):
    at = workshop()
    written = invited(by, at=at)
    without = invited(by, at=at, person=person(phone="+97699112233"))
    assert [(one.registration, one.to_call, one.can_be_reminded) for one in answers.silent(at)] == [(without, True, False), (written, False, True)]
    answers.remind([written], by=by)
    answers.not_reached(without, by=by, note="On leave until Monday")
    answers.not_reached(without, by=by, note=" On leave until Monday")  # pressed twice
    found = {one.registration.pk: one for one in answers.silent(at)}
    assert found[written.pk].to_call and not found[written.pk].can_be_reminded
    assert [call.note for call in found[without.pk].calls] == ["On leave until Monday"]


# A deputy ---------------------------------------------------------------------------------------------------------


def test_a_proposed_deputy_is_added_and_takes_the_seat(by):
    ministry = organisation()
    row = invited(by, organisation=ministry, become=State.CONFIRMED)
    own = links.issue(Link.Kind.ANSWER, registration=row)
    badge = links.issue(Link.Kind.BADGE, registration=row)
    answers.propose_deputy(row, given_name="Номин", phone="9911 2233", **SELF)
    deputy = answers.propose_deputy(row, given_name="Номин-Эрдэнэ", patronymic="Батын", phone="9911 2233", **SELF)
    assert Deputy.objects.count() == 1
    coming = answers.take_deputy(deputy, by=by)
    row.refresh_from_db()
    deputy.refresh_from_db()
    assert (row.state, coming.state, coming.given_name, coming.organisation, coming.replaces) == (State.REPLACED, State.CONFIRMED, "Номин-Эрдэнэ", ministry, row)
    assert [phone.number for phone in coming.person.phones.all()] == ["+97699112233"]
    assert (deputy.outcome, deputy.decided_by) == (Deputy.Outcome.TAKEN, by)
    for link in (own, badge):
        with pytest.raises(links.Dead) as dead:
            links.resolve(link.token, link.kind)
        assert dead.value.reason == "revoked"
    assert coming.links.filter(kind=Link.Kind.ANSWER, revoked_at=None).exists()
    assert kinds_of_letters(row)[-1] == "official-replaced" and kinds_of_letters(coming) == ["official-confirmed"]
    with pytest.raises(ValidationError) as refusal:
        answers.refuse_deputy(deputy, by=by)
    assert codes(refusal) == ["decided"]


def test_a_deputy_whom_the_directory_may_know_is_asked_about(by):
    row = invited(by, organisation=organisation(), become=State.CONFIRMED)
    known = person(given_name="Болормаа", patronymic="Ганболдын", organisation=organisation())
    deputy = answers.propose_deputy(row, given_name="Болормаа", patronymic="Г.", phone="99112233", **SELF)
    with pytest.raises(ValidationError) as refusal:
        answers.take_deputy(deputy, by=by)
    assert (codes(refusal), refusal.value.params["people"]) == (["alike"], [known.pk])
    assert Person.objects.count() == 2 and Registration.objects.get().state == State.CONFIRMED
    assert answers.take_deputy(deputy, by=by, person=known).person == known


def test_a_deputy_with_the_same_number_is_the_person_of_the_directory(by):
    row = invited(by, organisation=organisation(), become=State.CONFIRMED)
    known = person(given_name="Болормаа", patronymic="Ганболдын", phone="+97699112233")
    assert answers.substitute(row, by=by, reason="Ill", given_name="Bolormaa", patronymic="G.", phones=["+97699112233"]).person == known


def test_taking_a_substitution_back_gives_the_links_back(by):
    row = invited(by, organisation=organisation(), become=State.CONFIRMED)
    token = links.issue(Link.Kind.ANSWER, registration=row).token
    coming = answers.substitute(row, by=by, reason="Ill", given_name="Нарантуяа")
    registrations.undo(coming.changes.get().batch, by=by)
    assert links.resolve(token, Link.Kind.ANSWER).registration == row
    assert not Registration.objects.filter(pk=coming.pk).exists()
    assert row.letters.get(kind="official-replaced").state == Letter.State.CANCELLED
    assert not Letter.objects.filter(kind="official-confirmed", registration=None).exists()


# The page ---------------------------------------------------------------------------------------------------------


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Registration, StateChange, Link, Needs, Consent, Deputy, Letter)]


@pytest.mark.parametrize("state", [State.INVITED, State.CONFIRMED, State.WAITLISTED, State.NOMINATED, State.DECLINED, State.WITHDRAWN])
def test_a_mail_scanner_that_opens_everything_changes_nothing(by, state):
    way = {State.DECLINED: State.INVITED, State.WITHDRAWN: State.CONFIRMED}
    row = invited(by, become=way.get(state, state))
    if state in way:
        registrations.move(row, state, by=by, reason="Ill")
    here = address(row)
    before = everything()
    scanner = Client(enforce_csrf_checks=True)
    for path in (here, here + "?done=comes", here + "?act=decline", here + "calendar.ics", here.replace("/en/", "/mn/")):
        for method in (scanner.get, scanner.head):
            assert method(path).status_code in {200, 302}
    for act in ("accept", "decline", "withdraw", "keep", "deputy"):
        assert Client(enforce_csrf_checks=True).post(here, {"act": act, **SAID}).status_code == 403
    assert everything() == before


def test_the_page_is_kept_by_nobody_and_tells_its_address_to_nobody(client, by):
    answer = client.get(address(invited(by)))
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("strict-origin", "noindex, nofollow")


def test_an_official_accepts_with_needs_and_consents(client, by):
    row = invited(by)
    here = address(row)
    page = client.get(here).content.decode()
    assert "Do you come?" in page and 'type="radio" name="photo"' in page and "checked" not in page
    assert client.post(here, {"act": "accept", **SAID}).url == here + "?done=comes"
    assert client.post(here, {"act": "accept", **SAID}).status_code == 302
    row.refresh_from_db()
    change = row.changes.last()
    assert (row.state, change.via, change.by, row.changes.count()) == (State.CONFIRMED, Via.SELF, None, 2)
    assert (row.needs.diet, row.needs.interpretation) == ("No pork", "mn")
    assert answers.consents_of(row) == {"notice": True, "photo": False, "contact-list": True}
    assert "You said that you come" in client.get(here).content.decode()
    client.post(here, {"act": "keep", **SAID, "diet": "", "interpretation": ""})
    assert not Needs.objects.exists()


def test_what_is_left_open_is_asked_for_and_nothing_typed_is_lost(client, by):
    row = invited(by)
    answer = client.post(address(row), {"act": "accept", "diet": "No pork", "photo": "yes"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Please read how your details are used" in page and 'value="No pork"' in page and "Say yes or no" in page
    assert Registration.objects.get().state == State.INVITED


def test_an_official_declines_and_withdraws(client, by):
    row = invited(by)
    here = address(row)
    assert client.post(here, {"act": "decline", "reason": "On mission"}).status_code == 302
    assert client.post(here, {"act": "decline"}).status_code == 302
    assert [(change.to_state, change.reason) for change in row.changes.all()][1:] == [(State.DECLINED, "On mission")]
    other = invited(by, person=person(), become=State.CONFIRMED)
    there = address(other)
    assert client.post(there, {"act": "withdraw"}).status_code == 422
    assert client.post(there, {"act": "withdraw", "reason": "Ill"}).status_code == 302
    other.refresh_from_db()
    assert other.state == State.WITHDRAWN


def test_who_gave_the_seat_up_puts_themselves_on_the_waiting_list(client, by):
    row = invited(by)
    here = address(row)
    client.post(here, {"act": "decline", "reason": "On mission"})
    page = client.get(here).content.decode()
    assert "You said that you do not come." in page and 'value="back"' in page
    for _twice in range(2):
        assert client.post(here, {"act": "back"})["Location"] == here + "?done=back"
    row.refresh_from_db()
    assert (row.state, kinds_of_letters(row)[-1]) == (State.WAITLISTED, "official-waiting")
    assert list(row.changes.values_list("to_state", "via"))[-1] == ("waitlisted", "self")
    assert "You are on the waiting list." in client.get(here).content.decode()


def test_who_let_the_time_pass_may_wait_and_gets_a_free_seat_where_it_is_offered_by_itself(client, by):
    row = invited(by, at=workshop(capacity=1, offers_itself=True))
    Registration.objects.filter(pk=row.pk).update(offer_expires_at=timezone.now() - timedelta(minutes=1))
    here = address(row)
    assert 'value="back"' in client.get(here).content.decode()
    client.post(here, {"act": "back"})
    assert list(StateChange.objects.filter(registration=row).order_by("pk").values_list("to_state", flat=True)) == ["invited", "expired", "waitlisted", "invited"]
    assert "Do you come?" in client.get(here).content.decode()


@pytest.mark.parametrize("why", ["institution", "office", "frozen", "cancelled", "confirmed"])
def test_who_cannot_come_back_alone_is_told_whom_to_call(client, by, why):
    row = invited(by, become=State.CONFIRMED)
    via = {"institution": Via.NOMINATOR, "office": Via.STAFF}.get(why, Via.SELF)
    if why != "confirmed":
        registrations.move(row, State.WITHDRAWN, by=None if via != Via.STAFF else by, via=via, reason="Somebody else goes")
    changes = {"frozen": {"list_frozen_at": timezone.now()}, "cancelled": {"status": Workshop.Status.CANCELLED}}
    Workshop.objects.update(**changes.get(why, {"venue_en": "UN House"}))
    here = address(row)
    assert 'value="back"' not in client.get(here).content.decode()
    before = row.changes.count()
    assert client.post(here, {"act": "back"}).status_code == (302 if why == "confirmed" else 422)
    assert row.changes.count() == before


def test_an_answer_that_comes_too_late_says_what_to_do(client, by):
    row = invited(by, at=workshop(contact_phone="7011-0000"))
    here = address(row)
    Registration.objects.filter(pk=row.pk).update(offer_expires_at=timezone.now() - timedelta(minutes=1))
    answer = client.post(here, {"act": "accept", **SAID})
    assert answer.status_code == 422
    assert "The time to answer is over" in answer.content.decode() and "7011-0000" in answer.content.decode()


def test_a_deputy_is_proposed_on_the_page(client, by):
    row = invited(by, become=State.CONFIRMED)
    here = address(row)
    assert client.post(here, {"act": "deputy", "given_name": "Номин"}).status_code == 422
    assert client.post(here, {"act": "deputy", "given_name": "Номин", "phone": "99112233"}).status_code == 302
    assert "You proposed Номин" in client.get(here).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": Workshop.Status.CANCELLED}, "It does not take place"),
        ({"status": Workshop.Status.POSTPONED}, "This workshop was postponed"),
        ({"status": Workshop.Status.COMPLETED}, "The workshop is over"),
    ],
)
def test_the_page_says_what_became_of_the_workshop(client, by, change, words):
    row = invited(by)
    Workshop.objects.update(**change)
    page = client.get(address(row)).content.decode()
    assert words in page and 'value="accept"' not in page


def test_who_was_told_of_new_dates_reads_of_them_on_the_page(client, by):
    row = invited(by, become=State.CONFIRMED)
    letter = Letter.objects.create(kind="workshop-moved", language="en", workshop=row.workshop, registration=row, subject="S", body="B", state="draft", to_address="a@gov.example", dedupe_key="moved")
    assert "The dates or the place have changed" not in client.get(address(row)).content.decode()
    Letter.objects.filter(pk=letter.pk).update(state="sent", sent_at=timezone.now())
    assert "The dates or the place have changed" in client.get(address(row)).content.decode()


def test_links_die_with_a_page_that_says_what_to_do(client, by):
    row = invited(by, at=workshop(contact_phone="7011-0000"))
    link = links.issue(Link.Kind.ANSWER, registration=row)
    here = links.path_of(link, "en")
    unknown = client.get(reverse("answer:page", args=["A" * 22]))
    assert (unknown.status_code, unknown["X-Robots-Tag"]) == (404, "noindex, nofollow")
    fresh = links.renew(link, by=by)
    gone = client.get(here)
    assert gone.status_code == 410 and "This link was replaced" in gone.content.decode() and "7011-0000" in gone.content.decode()
    assert client.get(links.path_of(fresh, "mn")).status_code == 200
    Link.objects.filter(pk=fresh.pk).update(expires_at=timezone.now())
    assert "This link has run out" in client.get(links.path_of(fresh, "en")).content.decode()
    Link.objects.filter(pk=fresh.pk).update(expires_at=None)
    Workshop.objects.update(starts_on=timezone.localdate() - timedelta(days=400), ends_on=timezone.localdate() - timedelta(days=399))
    assert client.get(links.path_of(fresh, "en")).status_code == 410


def test_the_calendar_file_has_an_entry_a_day(client, by):
    from icalendar import Calendar

    row = invited(by, at=workshop(days=3))
    answer = client.get(address(row) + "calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 3


def test_other_parts_hang_their_sections_here(client, by, monkeypatch):
    row = invited(by, become=State.CONFIRMED)
    monkeypatch.setattr(answers, "ANSWER_SECTIONS", ["tests.workshops.test_answers.section", "tests.workshops.test_answers.no_section"])
    assert "What belongs to it stays here" in client.get(address(row)).content.decode()


def section(registration, language):
    return "answer/stands.html", {"language": language, "stands": "over"}


def no_section(registration, language):
    return None
