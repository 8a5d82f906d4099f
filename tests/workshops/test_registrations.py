"""Registering, moving, replacing and undoing: what each act does, what it refuses and what it leaves behind."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from tests.people import organisation, organiser, person, signed_in, workshop
from workshops import attendance, certificates, registrations, seats
from workshops.models import MOVES, ActBatch, Form, Registration, SeatAllocation, State, StateChange, Submission, Workshop
from workshops.models.registration import HOLDING, REASON_DUE

pytestmark = pytest.mark.django_db


def codes(refusal):
    return [error.code for error in refusal.value.error_list]


@pytest.fixture
def by():
    return organiser()


def in_state(state, *, by, at=None):
    """A registration led to a state by acts alone."""
    at = at or workshop(capacity=30)
    registration = registrations.register(at, person(), by=by, become=State.NOMINATED).registration
    ways = {
        State.NOMINATED: [],
        State.WAITLISTED: [State.WAITLISTED],
        State.INVITED: [State.INVITED],
        State.CONFIRMED: [State.CONFIRMED],
        State.DECLINED: [State.INVITED, State.DECLINED],
        State.EXPIRED: [State.INVITED, State.EXPIRED],
        State.REJECTED: [State.REJECTED],
        State.WITHDRAWN: [State.WITHDRAWN],
        State.CANCELLED: [State.CANCELLED],
    }
    if state == State.REPLACED:
        registrations.confirm(registration, by=by)
        registrations.replace(registration, person(), by=by, reason="Ill")
        registration.refresh_from_db()
        return registration
    for step in ways[state]:
        registration = registrations.move(registration, step, by=by, reason="Because")
    return registration


def test_a_free_seat_is_held_and_the_history_says_by_whom(by):
    ministry = organisation()
    outcome = registrations.register(workshop(capacity=2), person(given_name="Болд"), by=by, organisation=ministry)
    assert (outcome.created, outcome.waitlisted, outcome.because) == (True, False, None)
    held = Registration.objects.get()
    assert (held.state, held.organisation, held.given_name, held.counts) == (State.CONFIRMED, ministry, "Болд", True)
    change = held.changes.get()
    assert (change.from_state, change.to_state, change.by) == ("", State.CONFIRMED, by)


def test_who_finds_no_seat_waits_in_the_order_of_arrival(by):
    full = workshop(capacity=1)
    first = registrations.register(full, person(), by=by)
    waiting = [registrations.register(full, person(), by=by) for _ in range(3)]
    assert not first.waitlisted
    assert [outcome.waitlisted for outcome in waiting] == [True, True, True]
    assert waiting[0].because.code == "no_places"
    assert list(Registration.objects.waiting()) == [outcome.registration for outcome in waiting]
    assert list(Registration.objects.order_by("arrival").values_list("arrival", flat=True)) == [1, 2, 3, 4]


def test_over_the_seats_needs_a_reason_that_stays(by):
    full = workshop(capacity=1)
    registrations.register(full, person(), by=by)
    outcome = registrations.register(full, person(), by=by, over_reason="The minister asks for it")
    assert (outcome.registration.state, outcome.registration.over_seats) == (State.CONFIRMED, True)
    assert outcome.registration.changes.get().override_reason == "The minister asks for it"
    full.refresh_from_db()
    assert (full.seats_held, full.seats_over, full.seats_free) == (2, 1, 0)


def test_guaranteed_seats_are_kept_for_their_institution(by):
    ours, theirs = organisation(), organisation()
    shared = workshop(capacity=3)
    seats.allocate(shared, [{"organisation": theirs, "guaranteed": 2, "maximum": 2}], by=by)
    assert not registrations.register(shared, person(), by=by, organisation=ours).waitlisted
    second = registrations.register(shared, person(), by=by, organisation=ours)
    assert (second.waitlisted, second.because.code) == (True, "kept_for_others")
    assert not registrations.register(shared, person(), by=by, organisation=theirs).waitlisted
    assert not registrations.register(shared, person(), by=by, organisation=theirs).waitlisted
    third = registrations.register(shared, person(), by=by, organisation=theirs)
    assert third.because.code == "institution_full"


def test_a_released_guarantee_is_free_for_all(by):
    from django.utils import timezone

    ours, theirs = organisation(), organisation()
    shared = workshop(capacity=1)
    seats.allocate(shared, [{"organisation": theirs, "guaranteed": 1, "maximum": 1}], by=by)
    assert seats.why_none(shared, ours).code == "kept_for_others"
    assert seats.release(shared, by=by, at=timezone.now()) == 1
    assert not registrations.register(shared, person(), by=by, organisation=ours).waitlisted


def test_the_same_person_and_the_same_request_are_registered_once(by):
    at, official, key = workshop(capacity=5), person(), uuid.uuid4()
    first = registrations.register(at, official, by=by, request_key=key)
    again = registrations.register(at, official, by=by, request_key=key)
    other_tab = registrations.register(at, official, by=by, request_key=uuid.uuid4())
    assert [first.created, again.created, other_tab.created] == [True, False, False]
    assert {first.registration.pk, again.registration.pk, other_tab.registration.pk} == {first.registration.pk}
    assert StateChange.objects.count() == 1


@pytest.mark.parametrize("status", [Workshop.Status.COMPLETED, Workshop.Status.CANCELLED])
def test_nobody_is_registered_for_a_closed_workshop(by, status):
    with pytest.raises(ValidationError) as refusal:
        registrations.register(workshop(status=status), person(), by=by)
    assert codes(refusal) == ["closed"]
    assert not Registration.objects.exists()


@pytest.mark.parametrize("goal", list(State))
@pytest.mark.parametrize("start", list(State))
def test_every_state_and_every_move(by, start, goal):
    """What MOVES allows works and leaves its history; everything else is refused and leaves nothing."""
    registration = in_state(start, by=by)
    before = registration.changes.count()
    if start == goal:
        assert registrations.move(registration, goal, by=by, reason="Because").state == goal
        assert registration.changes.count() == before
        return
    if goal in MOVES[start] and goal != State.REPLACED:
        registrations.move(registration, goal, by=by, reason="Because")
        registration.refresh_from_db()
        assert registration.state == goal
        last = registration.changes.last()
        assert (last.from_state, last.to_state, last.by, last.reason) == (start, goal, by, "Because")
        return
    with pytest.raises(ValidationError) as refusal:
        registrations.move(registration, goal, by=by, reason="Because")
    assert codes(refusal) == ["not_possible"]
    registration.refresh_from_db()
    assert (registration.state, registration.changes.count()) == (start, before)


@pytest.mark.parametrize("goal", sorted(REASON_DUE - {State.REPLACED}))
def test_taking_something_away_needs_a_reason(by, goal):
    registration = in_state(State.NOMINATED, by=by)
    with pytest.raises(ValidationError) as refusal:
        registrations.move(registration, goal, by=by, reason="  ")
    assert codes(refusal) == ["reason_due"]


def test_a_withdrawn_official_comes_back_in_the_same_row(by):
    at, official = workshop(capacity=2), person()
    registration = registrations.register(at, official, by=by).registration
    registrations.withdraw(registration, by=by, reason="On leave")
    outcome = registrations.register(at, official, by=by)
    assert (outcome.created, outcome.registration.pk) == (True, registration.pk)
    assert [change.to_state for change in registration.changes.all()] == [
        State.CONFIRMED, State.WITHDRAWN, State.INVITED, State.CONFIRMED
    ]  # fmt: skip


@pytest.mark.parametrize("ended", [State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.REJECTED, State.CANCELLED, State.REPLACED])
@pytest.mark.parametrize("become", [State.NOMINATED, State.WAITLISTED, State.INVITED, State.CONFIRMED])
def test_an_ended_official_can_always_be_registered_anew(by, ended, become):
    before = in_state(ended, by=by)
    outcome = registrations.register(before.workshop, before.person, by=by, become=become)
    assert (outcome.created, outcome.registration.state) == (True, become)
    assert Registration.objects.live().filter(person=before.person).count() == 1


def test_a_deputy_takes_the_seat_and_both_histories_stay(by):
    ministry = organisation()
    at = workshop(capacity=1)
    leaving = registrations.register(at, person(), by=by, organisation=ministry).registration
    coming = registrations.replace(leaving, person(), by=by, reason="Sent on a mission")
    leaving.refresh_from_db()
    at.refresh_from_db()
    assert (leaving.state, coming.state, coming.replaces, coming.organisation) == (
        State.REPLACED, State.CONFIRMED, leaving, ministry
    )  # fmt: skip
    assert at.seats_held == 1
    assert leaving.changes.last().reason == "Sent on a mission"


def test_a_waiting_deputy_is_taken_from_the_waiting_list(by):
    at = workshop(capacity=1)
    leaving = registrations.register(at, person(), by=by).registration
    waiting = registrations.register(at, person(), by=by).registration
    coming = registrations.replace(leaving, waiting.person, by=by, reason="Ill")
    assert (coming.pk, coming.state, coming.replaces_id) == (waiting.pk, State.CONFIRMED, leaving.pk)


def test_replacing_is_refused_where_there_is_no_seat_to_hand_over(by):
    waiting = in_state(State.WAITLISTED, by=by)
    with pytest.raises(ValidationError) as refusal:
        registrations.replace(waiting, person(), by=by, reason="Ill")
    assert codes(refusal) == ["not_possible"]


def test_a_deputy_who_holds_a_seat_is_refused_and_nothing_changes(by):
    at = workshop(capacity=2)
    one, two = (registrations.register(at, person(), by=by).registration for _ in range(2))
    with pytest.raises(ValidationError) as refusal:
        registrations.replace(one, two.person, by=by, reason="Ill")
    assert codes(refusal) == ["already_here"]
    one.refresh_from_db()
    assert one.state == State.CONFIRMED


@pytest.mark.parametrize("status", [Workshop.Status.COMPLETED, Workshop.Status.CANCELLED])
def test_nobody_is_replaced_at_a_closed_workshop(by, status):
    at = workshop(capacity=2)
    held = registrations.register(at, person(), by=by).registration
    Workshop.objects.filter(pk=at.pk).update(status=status)
    with pytest.raises(ValidationError) as refusal:
        registrations.replace(held, person(), by=by, reason="Ill")
    assert codes(refusal) == ["closed"]
    assert Registration.objects.get().state == State.CONFIRMED


def test_a_frozen_list_gives_no_seat_to_who_waits_but_lets_one_replace_another(by):
    from django.utils import timezone

    at = workshop(capacity=2)
    held = registrations.register(at, person(), by=by).registration
    waiting = registrations.register(at, person(), by=by, become=State.WAITLISTED).registration
    Workshop.objects.filter(pk=at.pk).update(list_frozen_at=timezone.now())
    with pytest.raises(ValidationError) as refusal:
        registrations.confirm(waiting, by=by)
    assert codes(refusal) == ["frozen"]
    assert registrations.replace(held, waiting.person, by=by, reason="Ill").state == State.CONFIRMED


def test_an_override_for_one_who_comes_back_stays_in_the_history(by):
    at = workshop(capacity=1)
    leaving = registrations.register(at, person(), by=by).registration
    registrations.withdraw(leaving, by=by, reason="On leave")
    registrations.register(at, person(), by=by)
    back = registrations.register(at, leaving.person, by=by, over_reason="  The minister asks for it ").registration
    assert (back.pk, back.over_seats) == (leaving.pk, True)
    assert [change.override_reason for change in back.changes.all()][-1] == "The minister asks for it"
    assert registrations.register(at, person(), by=by, over_reason="  ").waitlisted


def test_several_at_once_are_judged_each_by_itself_and_a_preview_stores_nothing(by):
    at = workshop(capacity=2)
    rows = [registrations.register(at, person(), by=by, become=State.NOMINATED).registration for _ in range(3)]
    preview = registrations.preview_many(rows, State.CONFIRMED, by=by)
    assert [len(preview.done), len(preview.refused)] == [2, 1]
    assert not Registration.objects.exclude(state=State.NOMINATED).exists()
    result = registrations.move_many(rows, State.CONFIRMED, by=by)
    assert [step.registration for step in result.done] == rows[:2]
    assert [(row, refusal.code) for row, refusal in result.refused] == [(rows[2], "no_places")]
    assert result.batch.changes.count() == 2


def test_undo_takes_a_batch_back(by):
    at = workshop(capacity=3)
    rows = [registrations.register(at, person(), by=by, become=State.NOMINATED).registration for _ in range(3)]
    result = registrations.move_many(rows, State.CONFIRMED, by=by)
    undone = registrations.undo(result.batch, by=by)
    assert len(undone.done) == 3 and not undone.refused
    assert set(Registration.objects.values_list("state", flat=True)) == {State.NOMINATED}
    at.refresh_from_db()
    assert at.seats_held == 0
    assert registrations.undo(result.batch, by=by).done == []


def test_undo_puts_somebody_back_to_their_place_on_the_waiting_list(by):
    at = workshop(capacity=1)
    registrations.register(at, person(), by=by)
    first, second = (registrations.register(at, person(), by=by).registration for _ in range(2))
    result = registrations.move_many([first], State.WITHDRAWN, by=by, reason="By mistake")
    registrations.undo(result.batch, by=by)
    assert list(Registration.objects.waiting()) == [first, second]


@pytest.mark.parametrize("what", ["attendance", "certificate", "answers"])
def test_undo_removes_nobody_of_whom_something_was_recorded(by, client, what):
    at = workshop(starts_in=-1, status="running", attendance_required=0)
    batch = ActBatch.objects.create(workshop=at, act="register", by=by)
    row, _other = (registrations.register(at, person(), by=by, batch=batch).registration for _ in range(2))
    if what == "attendance":
        attendance.mark(row, at.meeting_days.first(), by=by)
    elif what == "certificate":
        certificates.issue(row, by=by)
    else:
        Submission.objects.create(form=Form.objects.create(workshop=at, kind="pre"), registration=row, language="mn", on=at.starts_on, points=1, points_possible=1)
    signed_in(client, by)
    answer = client.post(reverse("staff:undo", args=[batch.pk]), follow=True)
    assert "withdraw it instead" in answer.content.decode()
    assert list(Registration.objects.all()) == [row]


@pytest.mark.parametrize("status", ["cancelled", "completed"])
def test_undo_promises_nothing_once_the_workshop_is_closed(by, status):
    at = workshop(status="confirmed")
    row = registrations.register(at, person(), by=by).registration
    result = registrations.move_many([row], State.WITHDRAWN, by=by, reason="By mistake")
    Workshop.objects.filter(pk=at.pk).update(status=status)
    assert [refusal.code for _row, refusal in registrations.undo(result.batch, by=by).refused] == ["closed"]
    row.refresh_from_db()
    assert row.state == State.WITHDRAWN


def test_undo_leaves_what_changed_since_and_a_seat_that_is_taken(by):
    at = workshop(capacity=1)
    held = registrations.register(at, person(), by=by).registration
    result = registrations.move_many([held], State.WITHDRAWN, by=by, reason="Ill")
    registrations.register(at, person(), by=by)
    refused = registrations.undo(result.batch, by=by).refused
    assert [(row.pk, refusal.code) for row, refusal in refused] == [(held.pk, "no_places")]
    held.refresh_from_db()
    assert held.state == State.WITHDRAWN


def test_undo_of_a_replacement_gives_the_seat_back(by):
    at = workshop(capacity=1)
    leaving = registrations.register(at, person(), by=by).registration
    coming = registrations.replace(leaving, person(), by=by, reason="Ill")
    registrations.undo(coming.changes.last().batch, by=by)
    leaving.refresh_from_db()
    at.refresh_from_db()
    assert (leaving.state, at.seats_held) == (State.CONFIRMED, 1)
    assert not Registration.objects.filter(pk=coming.pk).exists()


# What the database refuses, whichever way one writes -----------------------------------------------------------


def refused_by_the_database(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_no_way_of_writing_takes_a_seat_too_many(by):
    at = workshop(capacity=1)
    registrations.register(at, person(), by=by)
    waiting = registrations.register(at, person(), by=by).registration
    newcomer = person()
    refused_by_the_database(lambda: Registration.objects.filter(pk=waiting.pk).update(state=State.CONFIRMED))
    refused_by_the_database(
        lambda: Registration.objects.bulk_create([Registration(workshop=at, person=newcomer, state=State.INVITED)])
    )
    refused_by_the_database(lambda: Workshop.objects.filter(pk=at.pk).update(capacity=0))

    def raw():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE workshops_registration SET state = 'confirmed' WHERE id = %s", [waiting.pk])

    refused_by_the_database(raw)


def test_the_database_keeps_the_maximum_and_the_guarantee(by):
    full, other = organisation(), organisation()
    at = workshop(capacity=3)
    seats.allocate(
        at,
        [{"organisation": full, "guaranteed": 0, "maximum": 1}, {"organisation": other, "guaranteed": 2, "maximum": 2}],
        by=by,
    )
    registrations.register(at, person(), by=by, organisation=full)
    for institution in (full, None, organisation()):
        one_more = Registration(workshop=at, person=person(), organisation=institution, state=State.CONFIRMED)
        refused_by_the_database(one_more.save)


def test_a_row_saved_from_an_old_copy_does_not_set_the_counters_back(by):
    at = workshop(capacity=5)
    registrations.register(at, person(), by=by)
    at.save()  # read before the registration
    at.refresh_from_db()
    assert (at.seats_held, at.arrivals) == (1, 1)


def test_counters_equal_what_a_second_way_of_counting_finds(by):
    ministries = [organisation() for _ in range(3)]
    at = workshop(capacity=6)
    seats.allocate(at, [{"organisation": each, "guaranteed": 1, "maximum": 3} for each in ministries], by=by)
    for number in range(12):
        registrations.register(at, person(), by=by, organisation=ministries[number % 3])
    for number, row in enumerate(Registration.objects.filter(state=State.CONFIRMED)[:4]):
        registrations.withdraw(row, by=by, reason="Test") if number % 2 else registrations.replace(row, person(), by=by, reason="Test")
    Registration.objects.filter(state=State.WITHDRAWN).first().delete()
    at.refresh_from_db()
    assert at.seats_held == Registration.objects.filter(workshop=at, state__in=HOLDING, counts=True).count()
    for allocation in SeatAllocation.objects.filter(workshop=at):
        assert allocation.held == Registration.objects.filter(
            workshop=at, organisation=allocation.organisation, state__in=HOLDING
        ).count()


def test_history_cannot_be_altered(by):
    registration = in_state(State.CONFIRMED, by=by)
    from django.db import InternalError

    with pytest.raises(InternalError), transaction.atomic():
        registration.changes.update(reason="Something else")


# Sharing the seats -----------------------------------------------------------------------------------------------


def test_the_matrix_counts_each_institution_and_adds_up(by):
    ours, theirs = organisation(), organisation()
    at = workshop(capacity=4)
    seats.allocate(
        at,
        [{"organisation": ours, "guaranteed": 2, "maximum": 2}, {"organisation": theirs, "guaranteed": 1, "maximum": None}],
        by=by,
    )
    for become in (State.CONFIRMED, State.INVITED, State.CONFIRMED, State.NOMINATED):
        registrations.register(at, person(), by=by, organisation=ours, become=become)
    registrations.register(at, person(), by=by, organisation=organisation(), become=State.CONFIRMED)
    matrix = seats.matrix(Workshop.objects.get(pk=at.pk))
    first, second, third = matrix.rows
    assert (first.guaranteed, first.maximum, first.nominated, first.invited, first.confirmed, first.waiting, first.free) == (2, 2, 1, 1, 1, 1, 0)
    assert (second.held, second.free) == (0, 1)
    assert (third.allocation, third.confirmed, third.free) == (None, 1, 0)
    assert (matrix.total.confirmed, matrix.total.invited, matrix.total.nominated, matrix.total.free) == (2, 1, 1, 1)


def test_sharing_refuses_what_cannot_be_kept(by):
    ministry, other = organisation(), organisation()
    at = workshop(capacity=2)
    for _ in range(2):
        registrations.register(at, person(), by=by, organisation=ministry)
    for rows, code in [
        ([{"organisation": ministry, "guaranteed": 0, "maximum": 1}], "maximum_below_held"),
        ([{"organisation": ministry, "guaranteed": 3, "maximum": 2}], "maximum_below_guaranteed"),
        ([{"organisation": other, "guaranteed": 1, "maximum": 1}], "too_much_promised"),
        ([{"organisation": other}, {"organisation": other}], "repeated"),
    ]:
        with pytest.raises(ValidationError) as refusal:
            seats.allocate(at, rows, by=by)
        assert codes(refusal)[0] == code
    seats.allocate(at, [{"organisation": ministry, "guaranteed": 2, "maximum": 2}], by=by)
    with pytest.raises(ValidationError) as refusal:
        seats.allocate(at, [], by=by)
    assert codes(refusal) == ["in_use"]


def test_fewer_places_than_seats_held_are_refused_with_the_number(by):
    at = workshop(capacity=3)
    for _ in range(2):
        registrations.register(at, person(), by=by)
    at.refresh_from_db()
    with pytest.raises(ValidationError) as refusal:
        seats.check_capacity(at, 1)
    assert refusal.value.messages == ["2 seats are held: the number of places cannot be lower."]
    seats.check_capacity(at, 2)
