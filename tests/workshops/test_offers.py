"""Freed seats: to whom they are offered, how long an offer holds, and that it is made once."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from tests.people import organisation, organiser, person, workshop
from workshops import offers, registrations, seats, terms
from workshops.models import Letter, Registration, State, Via, Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return organiser()


def register(at, by, *, become=State.CONFIRMED, **details):
    return registrations.register(at, person(), by=by, become=become, **details).registration


def set_of(at, **values):
    Workshop.objects.filter(pk=at.pk).update(**values)
    at.refresh_from_db()


def run_out(registration):
    Registration.objects.filter(pk=registration.pk).update(offer_expires_at=timezone.now() - timedelta(minutes=1))


def next_at(at):
    at.refresh_from_db()
    return keys(offers.next_in_line(at))


def line_at(at):
    at.refresh_from_db()
    return offers.line(at)


def keys(candidates):
    return [candidate.registration.pk for candidate in candidates]


def test_the_same_institutions_alternate_comes_before_the_waiting_list(by):
    ours, theirs = organisation(), organisation()
    at = workshop(capacity=2)
    leaving = register(at, by, organisation=ours)
    register(at, by, organisation=theirs)
    waiting = register(at, by, organisation=theirs)
    second, first = (register(at, by, become=State.NOMINATED, organisation=ours, is_alternate=True) for _ in range(2))
    for order, row in enumerate((first, second)):
        _named_as(row, order)
    assert next_at(at) == []
    registrations.withdraw(leaving, by=by, reason="Ill")
    assert next_at(at) == [first.pk]
    in_line = line_at(at)
    assert keys(in_line) == [first.pk, waiting.pk]
    assert [(one.gets, one.is_alternate) for one in in_line] == [(True, True), (False, False)]
    # One seat was given up: once an alternate has it, the next freed seat is for who waits.
    offers.offer(at, [first], by=by)
    set_of(at, capacity=3)
    assert next_at(at) == [waiting.pk]


def _named_as(registration, order):
    from workshops.models import NominationRequest, Nominee

    asked, _made = NominationRequest.objects.get_or_create(workshop=registration.workshop, organisation=registration.organisation)
    Nominee.objects.create(request=asked, registration=registration, order=order, is_alternate=True, given_name="Б")


def test_an_institution_without_room_is_passed_over_with_the_reason(by):
    ours, theirs = organisation(), organisation()
    at = workshop(capacity=3)
    seats.allocate(at, [{"organisation": ours, "guaranteed": 0, "maximum": 1}], by=by)
    register(at, by, organisation=ours)
    blocked = register(at, by, organisation=ours)
    waiting = register(at, by, organisation=theirs, become=State.WAITLISTED)
    in_line = line_at(at)
    assert keys(in_line) == [blocked.pk, waiting.pk]
    assert (in_line[0].refusal.code, in_line[0].is_blocked, in_line[1].gets) == ("institution_full", True, True)


def test_an_offer_holds_its_seat_and_runs_out_by_itself(by):
    at = workshop(capacity=1)
    leaving = register(at, by)
    first, second = register(at, by), register(at, by)
    registrations.withdraw(leaving, by=by, reason="Ill")
    result = offers.offer_next(at, by=by)
    assert [step.registration.pk for step in result.done] == [first.pk]
    first.refresh_from_db()
    at.refresh_from_db()
    assert (first.state, at.seats_held) == (State.INVITED, 1)
    assert timedelta(hours=47) < first.offer_expires_at - timezone.now() <= timedelta(hours=48)
    assert next_at(at) == []
    run_out(first)
    assert offers.expire_due() == 1
    first.refresh_from_db()
    at.refresh_from_db()
    last = first.changes.last()
    assert (first.state, last.via, last.by, at.seats_held) == (State.EXPIRED, Via.SYSTEM, None, 0)
    assert next_at(at) == [second.pk]
    assert offers.expire_due() == 0


def test_whoever_asks_for_a_seat_finds_the_one_that_ran_out(by):
    at = workshop(capacity=1)
    silent = register(at, by, become=State.INVITED)
    run_out(silent)
    assert register(at, by).state == State.CONFIRMED
    silent.refresh_from_db()
    assert silent.state == State.EXPIRED


def test_nobody_runs_out_of_time_while_the_workshop_is_put_off(by):
    at = workshop(capacity=1, status=Workshop.Status.POSTPONED)
    silent = register(at, by, become=State.INVITED)
    run_out(silent)
    assert offers.expire_due() == 0
    assert register(at, by).state == State.WAITLISTED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"list_frozen_at": timezone.now() - timedelta(hours=1)}, "frozen"),
        ({"starts_on": timezone.localdate() - timedelta(days=1)}, "begun"),
        ({"status": Workshop.Status.POSTPONED}, "closed"),
        ({"status": Workshop.Status.CANCELLED}, "closed"),
        ({"status": Workshop.Status.COMPLETED}, "closed"),
    ],
)
def test_nothing_is_offered_once_it_is_too_late(by, change, code):
    at = workshop(capacity=1)
    held = register(at, by)
    waiting = register(at, by)
    registrations.withdraw(held, by=by, reason="Ill")
    set_of(at, offers_itself=True, **change)
    with pytest.raises(ValidationError) as refusal:
        offers.offer(at, [waiting], by=by)
    assert refusal.value.error_list[0].code == code
    assert next_at(at) == [] and offers.offer_itself(at) == 0
    waiting.refresh_from_db()
    assert waiting.state == State.WAITLISTED


def test_an_offer_never_lasts_beyond_the_freezing_and_the_start():
    now = timezone.now()
    at = workshop(starts_in=1, offer_hours=48)
    assert terms.answer_until(at, offered=True) == terms.begins_at(at) - timedelta(minutes=1)
    at = workshop(starts_in=30, offer_hours=48, list_frozen_at=now + timedelta(hours=3))
    assert terms.answer_until(at, offered=True) == at.list_frozen_at
    at = workshop(starts_in=30, answer_deadline=now + timedelta(days=5))
    assert terms.answer_until(at) == at.answer_deadline
    assert terms.answer_until(workshop(starts_in=30)) == terms.begins_at(workshop(starts_in=30)) - timedelta(minutes=1)
    assert terms.answer_until(workshop(starts_on=None)) is None


def test_pressing_twice_offers_once_and_who_is_not_next_is_refused(by):
    at = workshop(capacity=1)
    held = register(at, by)
    first, second = register(at, by), register(at, by)
    registrations.withdraw(held, by=by, reason="Ill")
    offers.offer(at, [first], by=by)
    again = offers.offer(at, [first], by=by)
    assert (again.done, [row.pk for row in again.unchanged]) == ([], [first.pk])
    refused = offers.offer(at, [second], by=by).refused
    assert [(row.pk, refusal.code) for row, refusal in refused] == [(second.pk, "not_next")]
    assert Letter.objects.filter(kind="official-offer").count() == 1


def test_it_offers_by_itself_where_it_is_told_to_but_lets_staff_undo_first(by):
    at = workshop(capacity=2, offers_itself=True)
    one, other = register(at, by), register(at, by)
    first, second = register(at, by), register(at, by)
    registrations.move(one, State.WITHDRAWN, by=None, via=Via.SELF, reason="Ill")
    assert offers.offer_due() == 1
    first.refresh_from_db()
    assert (first.state, first.changes.last().via) == (State.INVITED, Via.SYSTEM)
    registrations.withdraw(other, by=by, reason="Ill")
    assert offers.offer_due() == 0
    second.refresh_from_db()
    assert second.state == State.WAITLISTED
    set_of(at, offers_itself=False)
    assert offers.offer_itself(at) == 0


def test_several_freed_seats_go_to_several_in_one_press(by):
    at = workshop(capacity=3)
    held = [register(at, by) for _ in range(3)]
    waiting = [register(at, by) for _ in range(4)]
    for row in held[:2]:
        registrations.withdraw(row, by=by, reason="Ill")
    result = offers.offer_next(at, by=by, number=9)
    assert [step.registration.pk for step in result.done] == [row.pk for row in waiting[:2]]
    registrations.undo(result.batch, by=by)
    assert list(Registration.objects.waiting()) == waiting


@pytest.mark.django_db(transaction=True)
def test_a_freed_seat_is_offered_once_however_many_press_at_the_same_moment():
    by, at = organiser(), workshop(capacity=2)
    held = [register(at, by) for _ in range(2)]
    waiting = [register(at, by) for _ in range(8)]
    registrations.withdraw(held[0], by=by, reason="Ill")
    start, failed = threading.Barrier(8), []

    def press():
        try:
            start.wait()
            offers.offer_next(at, by=by)
        except Exception as problem:
            failed.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at.refresh_from_db()
    assert failed == []
    assert list(Registration.objects.filter(workshop=at, state=State.INVITED)) == waiting[:1]
    assert at.seats_held == 2
