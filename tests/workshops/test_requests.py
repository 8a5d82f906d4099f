"""What institutions are asked: drafts, the letter, reminders, and the day on which unused seats are free again."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests import people
from workshops import replies, requests
from workshops.models import Letter, Link, NominationRequest, SeatAllocation, Via, Workshop

pytestmark = pytest.mark.django_db

State = NominationRequest.State


def code(act, *arguments, **details):
    """The code of the refusal, or None where the act was done."""
    try:
        act(*arguments, **details)
    except ValidationError as refusal:
        if hasattr(refusal, "error_dict"):
            return next(iter(refusal.error_dict.values()))[0].code
        return refusal.error_list[0].code
    return None


# Preparing and editing ----------------------------------------------------------------------------------------


def test_preparing_makes_a_draft_for_each_institution_with_seats_and_none_twice():
    by, one, other = people.organiser(), people.organisation(), people.organisation()
    at = people.workshop(seats={one: (2, 3), other: (1, 1)})
    assert [row.organisation for row in requests.prepare(at, by=by)] == [one, other]
    assert requests.prepare(at, by=by) == []
    assert set(at.nomination_requests.values_list("state", flat=True)) == {State.DRAFT}
    assert Letter.objects.count() == 0


def test_the_next_request_knows_the_focal_point_of_the_last():
    body, by = people.organisation(), people.organiser()
    people.request(organisation=body, focal_name="Д. Болор", focal_email="bolor@ministry.example", addressee_mn="Төрийн нарийн бичгийн дарга")
    fresh = requests.prepare(people.workshop(seats={body: (1, 2)}), by=by)[0]
    assert (fresh.focal_name, fresh.focal_email, fresh.addressee_mn) == ("Д. Болор", "bolor@ministry.example", "Төрийн нарийн бичгийн дарга")
    assert (fresh.letter_number, fresh.reply_number, fresh.state) == ("", "", State.DRAFT)


def test_the_contact_is_as_typed_or_as_the_directory_says():
    official = people.person(email="official@ministry.example", phone="+97699001122")
    known = people.request(focal_point=official, focal_name="", focal_email="", focal_phone="")
    assert (known.contact_name, known.contact_address, known.contact_phone) == (official.full_name, "official@ministry.example", "+976 9900 1122")
    typed = people.request(focal_point=official, focal_email="other@ministry.example", focal_name="Other", focal_phone="11 22")
    assert (typed.contact_name, typed.contact_address, typed.contact_phone) == ("Other", "other@ministry.example", "11 22")
    assert people.request(focal_name="", focal_email="", focal_phone="").contact_address == ""


def test_a_deadline_after_the_first_day_is_refused():
    asked, by = people.request(), people.organiser()
    late = timezone.now() + timedelta(days=60)
    assert code(requests.edit, asked, by=by, deadline=late) == "after_the_start"
    edited = requests.edit(asked, by=by, deadline=timezone.now() + timedelta(days=10), letter_number="12/345", letter_on=date(2026, 5, 4))
    assert (edited.letter_number, edited.letter_on) == ("12/345", date(2026, 5, 4))


# Sending ------------------------------------------------------------------------------------------------------


def test_sending_writes_one_letter_with_the_invitation_and_issues_the_link():
    by, asked = people.organiser(), people.request(sent=False)
    sent = requests.send(asked, by=by)
    assert (sent.state, sent.letter_on) == (State.SENT, timezone.localdate())
    letter = Letter.objects.get(request=asked)
    link = Link.objects.get(request=asked)
    assert (letter.kind, letter.documents, letter.link, letter.created_by) == ("request-invitation", ["invitation"], link, by)
    assert link.kind == Link.Kind.NOMINATE
    again = requests.send(asked, by=by)
    assert (again.sent_at, Letter.objects.count(), Link.objects.count()) == (sent.sent_at, 1, 1)


def test_by_hand_no_letter_is_written_but_the_link_is_there_for_the_paper():
    asked = requests.send(people.request(sent=False, focal_email=""), by=people.organiser(), by_hand=True)
    assert asked.state == State.SENT
    assert (Letter.objects.count(), Link.objects.filter(request=asked).count()) == (0, 1)


@pytest.mark.parametrize(
    ("status", "expected"),
    [("draft", "not_open"), ("postponed", "not_open"), ("completed", "closed"), ("cancelled", "closed"), ("nominating", None), ("confirmed", None), ("running", None)],
)
def test_sending_needs_open_nominations(status, expected):
    asked, by = people.request(sent=False, workshop=people.workshop(status=status)), people.organiser()
    assert code(requests.send, asked, by=by) == expected
    asked.refresh_from_db()
    assert (asked.state == State.SENT, Letter.objects.exists(), Link.objects.exists()) == ((expected is None,) * 3)


def test_sending_needs_a_deadline_to_come_and_seats():
    by = people.organiser()
    assert code(requests.send, people.request(sent=False, deadline=timezone.now() - timedelta(hours=1)), by=by) == "late"
    without = people.request(sent=False)
    SeatAllocation.objects.filter(workshop=without.workshop).delete()
    assert code(requests.send, without, by=by) == "no_seats"


def test_sending_many_is_not_held_up_by_one_that_is_refused():
    at, by = people.workshop(), people.organiser()
    good, late = people.request(workshop=at, sent=False), people.request(workshop=at, sent=False, deadline=timezone.now() - timedelta(hours=1))
    other = people.request(workshop=at, sent=False)
    result = requests.send_many([other, late, good], by=by)
    assert [row.pk for row in result.done] == [good.pk, other.pk]
    assert [(row.pk, refusal.code) for row, refusal in result.refused] == [(late.pk, "late")]


# Reminding ----------------------------------------------------------------------------------------------------


def test_a_reminder_goes_once_a_day():
    by, asked = people.organiser(), people.request(sent_days_ago=4)
    first = requests.remind(asked, by=by)
    again = requests.remind(asked, by=by)
    assert (first.reminders, again.reminders, again.reminded_at) == (1, 1, first.reminded_at)
    assert Letter.objects.filter(kind="request-reminder").count() == 1
    NominationRequest.objects.update(reminded_at=timezone.now() - timedelta(days=1))
    assert requests.remind(asked, by=by).reminders == 2


def test_who_is_reminded():
    now = timezone.now()
    day = timedelta(days=1)
    at = people.workshop(nomination_deadline=now + 20 * day)
    early = people.request(workshop=at, sent_days_ago=5)
    near = people.request(workshop=at, sent_days_ago=5, deadline=now + 2 * day)
    late = people.request(workshop=at, sent_days_ago=5, deadline=now + day)
    late.deadline = now - day
    late.save()
    people.request(workshop=at, deadline=now + day)  # sent today
    people.request(workshop=at, sent_days_ago=5, deadline=now + day, focal_email="")
    people.request(workshop=at, sent=False)
    done = people.request(workshop=at, sent_days_ago=5, deadline=now + 2 * day)
    replies.decline(done, by=None, via=Via.NOMINATOR, reason="Nobody has time.")
    assert {row.pk for row in requests.late_ones(at)} == {near.pk, late.pk}
    result = requests.remind_late(at, by=people.organiser())
    assert {row.pk for row in result.done} == {near.pk, late.pk}
    assert requests.late_ones(at) == []
    assert early.reminders == 0


def test_without_a_deadline_a_silent_week_is_long_enough():
    at = people.workshop(nomination_deadline=None)
    people.request(workshop=at, sent_days_ago=6)
    silent = people.request(workshop=at, sent_days_ago=8)
    assert [row.pk for row in requests.late_ones(at)] == [silent.pk]


def test_what_is_refused_when_reminding():
    by = people.organiser()
    assert code(requests.remind, people.request(sent=False), by=by) == "not_sent"
    assert code(requests.remind, people.request(), by=by) == "too_soon"
    assert code(requests.remind, people.request(sent_days_ago=2, focal_email=""), by=by) == "no_address"
    over = people.request(sent_days_ago=2)
    Workshop.objects.filter(pk=over.workshop_id).update(status="cancelled")
    assert code(requests.remind, over, by=by) == "closed"
    assert Letter.objects.filter(kind="request-reminder").count() == 0


# Every state × every act --------------------------------------------------------------------------------------


def in_state(state):
    asked = people.request(sent=state != State.DRAFT, sent_days_ago=0 if state == State.DRAFT else 3)
    if state in {State.PARTLY, State.COMPLETE}:
        people.name(asked, people.entry())
    if state == State.COMPLETE:
        asked = replies.complete(asked, by=None, via=Via.NOMINATOR)
    if state == State.DECLINED:
        asked = replies.decline(asked, by=None, via=Via.NOMINATOR, reason="On mission.")
    asked.refresh_from_db()
    assert asked.state == state
    return asked


FOCAL = {"by": None, "via": Via.NOMINATOR}
ACTS = {
    "send": lambda asked: requests.send(asked, by=people.organiser()),
    "remind": lambda asked: requests.remind(asked, by=people.organiser()),
    "edit": lambda asked: requests.edit(asked, by=people.organiser(), note="Called."),
    "name": lambda asked: replies.receive(asked, [people.entry()], **FOCAL),
    "complete": lambda asked: replies.complete(asked, **FOCAL),
    "decline": lambda asked: replies.decline(asked, reason="Nobody has time.", **FOCAL),
    "reopen": lambda asked: replies.reopen(asked, **FOCAL),
    "keep_letter": lambda asked: replies.keep_letter(asked, number="1/23", **FOCAL),
}
# State → act → the state after it, or the code of the refusal.
EXPECTED = {
    State.DRAFT: {
        "send": State.SENT, "remind": "not_sent", "edit": State.DRAFT, "name": "not_sent", "complete": "not_sent", "decline": "not_sent",
        "reopen": "not_sent", "keep_letter": "not_sent",
    },
    State.SENT: {
        "send": State.SENT, "remind": State.SENT, "edit": State.SENT, "name": State.PARTLY, "complete": "nobody", "decline": State.DECLINED,
        "reopen": State.SENT, "keep_letter": State.SENT,
    },
    State.PARTLY: {
        "send": State.PARTLY, "remind": State.PARTLY, "edit": State.PARTLY, "name": State.PARTLY, "complete": State.COMPLETE,
        "decline": State.DECLINED, "reopen": State.PARTLY, "keep_letter": State.PARTLY,
    },
    State.COMPLETE: {
        "send": State.COMPLETE, "remind": "answered", "edit": State.COMPLETE, "name": State.COMPLETE, "complete": State.COMPLETE,
        "decline": State.DECLINED, "reopen": State.PARTLY, "keep_letter": State.COMPLETE,
    },
    State.DECLINED: {
        "send": State.DECLINED, "remind": "answered", "edit": State.DECLINED, "name": "declined", "complete": "declined",
        "decline": State.DECLINED, "reopen": State.SENT, "keep_letter": State.DECLINED,
    },
}  # fmt: skip


@pytest.mark.parametrize("state", list(State))
def test_every_act_in_every_state(state):
    found = {}
    for act in ACTS:
        asked = in_state(state)
        refusal = code(ACTS[act], asked)
        asked.refresh_from_db()
        assert refusal is None or asked.state == state
        found[act] = refusal or asked.state
    assert found == EXPECTED[state]


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_nothing_is_done_at_a_closed_workshop(status):
    asked = in_state(State.PARTLY)
    Workshop.objects.filter(pk=asked.workshop_id).update(status=status)
    # What was sent before stays as it is: asking for it again is no error.
    assert {act: code(ACTS[act], asked) for act in ACTS if act != "send"} == dict.fromkeys(set(ACTS) - {"send"}, "closed")
    assert code(requests.prepare, asked.workshop.__class__.objects.get(pk=asked.workshop_id), by=people.organiser()) == "closed"


def test_after_the_deadline_the_link_takes_nothing_and_the_office_still_does():
    asked = in_state(State.PARTLY)
    asked.deadline = timezone.now() - timedelta(minutes=1)
    asked.save()
    for act in ("name", "complete", "decline", "reopen", "keep_letter"):
        assert code(ACTS[act], asked) == "late", act
    assert people.name(asked, people.entry(), by=people.organiser(), via=Via.PHONE)


# Unused seats -------------------------------------------------------------------------------------------------


def test_unused_seats_are_released_on_their_day_and_once():
    body, today = people.organisation(), timezone.localdate()
    due = people.workshop(seats={body: (3, 5), people.organisation(): (2, 2)})
    people.registration(workshop=due, organisation=body)
    Workshop.objects.filter(pk=due.pk).update(release_on=today)
    later = people.workshop(seats={body: (3, 5)}, release_on=today + timedelta(days=1))
    by_hand = people.workshop(seats={body: (3, 5)})
    over = people.workshop(seats={body: (3, 5)}, release_on=today, status="cancelled")
    assert requests.release_due() == {due: 4}
    assert requests.release_due() == {}
    assert due.allocations.exclude(released_at=None).count() == 2
    for other in (later, by_hand, over):
        assert other.allocations.filter(released_at=None).count() == 1
    assert sum(row.kept for row in due.allocations.all()) == 0
    # The database keeps a record of it.
    events = SeatAllocation.pgh_event_model.objects.filter(workshop_id=due.pk, pgh_label="update", released_at__isnull=False)
    assert events.count() == 2


def test_from_that_day_on_they_are_free_even_while_no_worker_runs():
    guest, body = people.organisation(), people.organisation()
    at = people.workshop(seats={body: (3, 5)}, capacity=3, release_on=timezone.localdate())
    assert people.registration(workshop=at, organisation=guest).state == "confirmed"
    assert at.allocations.get().released_at is not None


def test_the_worker_releases_them():
    from iom_mongolia.worker import CHORES

    assert "workshops.requests.release_due" in dict(CHORES)
