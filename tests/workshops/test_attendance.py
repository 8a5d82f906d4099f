"""Acts of attendance: marks that are kept once, corrected by further ones, and counted for the rule."""

import threading
import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from tests import people
from workshops import attendance, registrations
from workshops.attendance import Kind, Method
from workshops.models import AgendaItem, AttendanceMark, Link, Registration, State, Workshop

pytestmark = pytest.mark.django_db


def under_way(*, days=2, began=0, **details):
    """A workshop that began so many days ago, and its days."""
    details = {"status": Workshop.Status.CONFIRMED, **details}
    at = people.workshop(starts_in=-began, days=days, **details)
    return at, list(at.meeting_days.all())


def session(day, starts, ends, **details):
    return AgendaItem.objects.create(day=day, starts_at=time(starts), ends_at=time(ends), title_en=f"At {starts}", **{"takes_attendance": True, **details})


def refused(act, *arguments, **details):
    """The code with which an act refuses; the act left nothing behind."""
    before = AttendanceMark.objects.count(), Registration.objects.count()
    with pytest.raises(ValidationError) as refusal:
        act(*arguments, **details)
    assert (AttendanceMark.objects.count(), Registration.objects.count()) == before
    return refusal.value.code if hasattr(refusal.value, "code") else {error.code for error in refusal.value.error_list}


# Marking ------------------------------------------------------------------------------------------------------


def test_a_mark_keeps_both_times_and_who_made_it():
    at, (day, _) = under_way()
    official, desk, seen = people.registration(workshop=at), people.desk(), timezone.now() - timedelta(minutes=7)
    made = attendance.mark(official, day, by=desk, method=Method.SCAN, device_time=seen)
    assert (made.created, made.corrected, made.confirmed) == (True, None, False)
    row = AttendanceMark.objects.get()
    assert (row.registration, row.day, row.kind, row.method, row.device_time, row.by) == (official, day, "present", "scan", seen, desk)
    assert row.received_at > seen


def test_a_repeated_scan_is_a_success_that_changes_nothing():
    at, (day, _) = under_way()
    official, by = people.registration(workshop=at), people.desk()
    first = attendance.mark(official, day, by=by)
    again = attendance.mark(official, day, by=by)
    assert not again.created and again.mark == first.mark
    assert AttendanceMark.objects.count() == 1


def test_the_same_key_twice_is_kept_once_and_stays_taken_back():
    at, (day, _) = under_way()
    official, by, key = people.registration(workshop=at), people.desk(), uuid.uuid4()
    made = attendance.mark(official, day, by=by, client_uuid=key)
    attendance.void(made.mark, by=by)
    again = attendance.mark(official, day, by=by, client_uuid=key)
    assert not again.created and again.mark == made.mark
    assert attendance.mark_of(official, attendance.Unit(day)) is None
    assert refused(attendance.mark, people.registration(workshop=at), day, by=by, client_uuid=key) == "key_used"


def test_another_kind_takes_the_standing_mark_back_and_adds_one():
    at, (day, _) = under_way()
    official, by = people.registration(workshop=at), people.organiser()
    attendance.mark(official, day, by=by, kind=Kind.ABSENT)
    made = attendance.mark(official, day, by=by, kind=Kind.PRESENT, reason="Sat at the back.")
    assert made.corrected.kind == Kind.ABSENT
    assert [(mark.kind, mark.voids_id) for mark in AttendanceMark.objects.order_by("pk")] == [
        ("absent", None), ("void", made.corrected.pk), ("present", None),
    ]  # fmt: skip
    assert attendance.mark_of(official, attendance.Unit(day)) == made.mark


def test_taking_back_twice_is_no_error_and_a_taking_back_is_not_taken_back():
    at, (day, _) = under_way()
    by = people.desk()
    made = attendance.mark(people.registration(workshop=at), day, by=by).mark
    first = attendance.void(made, by=by, reason="The wrong person.")
    assert attendance.void(made, by=by) == first
    assert (first.voids, first.reason, AttendanceMark.objects.count()) == (made, "The wrong person.", 2)
    assert refused(attendance.void, first, by=by) == "not_possible"


def test_marks_cannot_be_altered_and_a_second_one_cannot_stand():
    at, (day, _) = under_way()
    official = people.registration(workshop=at)
    row = attendance.mark(official, day, by=None).mark
    with pytest.raises(DatabaseError), transaction.atomic():
        AttendanceMark.objects.filter(pk=row.pk).update(kind="absent")
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceMark.objects.create(
            client_uuid=uuid.uuid4(), workshop=at, registration=official, day=day, kind="absent", device_time=timezone.now()
        )


def test_who_is_only_invited_is_confirmed_by_coming():
    at, (day, _) = under_way()
    official, by = people.registration(workshop=at, become=State.INVITED), people.desk()
    assert attendance.mark(official, day, by=by).confirmed
    change = official.changes.latest("pk")
    assert (change.from_state, change.to_state, change.by) == (State.INVITED, State.CONFIRMED, by)


@pytest.mark.parametrize("state", [State.NOMINATED, State.WAITLISTED])
def test_without_a_seat_nobody_is_marked_present_but_from_a_signed_sheet(state):
    at, (day, _) = under_way()
    official, by = people.registration(workshop=at, become=state), people.organiser()
    assert refused(attendance.mark, official, day, by=by) == "no_seat"
    assert attendance.mark(official, day, by=by, method=Method.SHEET).created


@pytest.mark.parametrize("status", sorted(attendance.NOT_HELD))
def test_where_no_workshop_is_held_nobody_is_marked(status):
    at, (day, _) = under_way()
    official = people.registration(workshop=at)
    Workshop.objects.filter(pk=at.pk).update(status=status)
    official.refresh_from_db()
    assert refused(attendance.mark, official, day, by=people.organiser()) == "not_held"


def test_a_day_of_another_workshop_is_refused():
    at, _days = under_way()
    _elsewhere, (day, _) = under_way()
    assert refused(attendance.mark, people.registration(workshop=at), day, by=people.organiser()) == "elsewhere"


def test_the_desk_marks_on_the_day_itself_and_organisers_afterwards_too():
    at, (yesterday, today, tomorrow) = under_way(days=3, began=1)
    official, desk, organiser = people.registration(workshop=at), people.desk(), people.organiser()
    assert attendance.mark(official, today, by=desk).created
    assert refused(attendance.mark, official, yesterday, by=desk) == "other_day"
    # A mark that waited on the device over night was made on its day.
    assert attendance.mark(official, yesterday, by=desk, device_time=timezone.now() - timedelta(days=1)).created
    for by in (desk, organiser):
        assert refused(attendance.mark, official, tomorrow, by=by) == "not_yet"
    assert attendance.mark(official, tomorrow, by=organiser, kind=Kind.EXCUSED).created
    other = people.registration(workshop=at)
    assert attendance.mark(other, yesterday, by=organiser).created
    made = attendance.mark(people.registration(workshop=at), yesterday, by=desk, method=Method.SHEET)
    assert made.created, "the desk types signed sheets in"
    assert refused(attendance.void, attendance.mark_of(other, attendance.Unit(yesterday)), by=desk) == "other_day"


def test_the_day_is_that_of_the_place():
    """At half past midnight in Ulaanbaatar it is still the day before in Khovd."""
    at, _days = under_way(time_zone="Asia/Hovd")
    moment = datetime(2026, 6, 2, 0, 30, tzinfo=ZoneInfo("Asia/Ulaanbaatar"))
    assert attendance.today_at(at, moment).isoformat() == "2026-06-01"


# Badges -------------------------------------------------------------------------------------------------------


def badge(registration):
    return Link.objects.create(kind=Link.Kind.BADGE, registration=registration)


def test_a_scan_finds_the_person_by_token_or_digest():
    at, (day, _) = under_way()
    official, by = people.registration(workshop=at), people.desk()
    code = badge(official)
    assert attendance.scan(at, day, by=by, token=code.token).mark.registration == official
    again = attendance.scan(at, day, by=by, digest=code.digest)
    assert not again.created and again.mark.method == Method.SCAN


def test_an_unknown_code_is_kept_once_and_not_as_it_was_read():
    at, (day, _) = under_way()
    by = people.desk()
    made = attendance.scan(at, day, by=by, token="A" * 22)
    assert made.created and made.mark.registration is None
    assert len(made.mark.unknown_code) == 12 and "AAAA" not in made.mark.unknown_code
    assert not attendance.scan(at, day, by=by, token="A" * 22).created
    assert [mark.unknown_code for mark in attendance.matrix(at).unknown] == [made.mark.unknown_code]
    attendance.void(made.mark, by=by)
    assert attendance.matrix(at).unknown == []


def test_a_badge_of_another_workshop_is_an_unknown_code_here():
    at, (day, _) = under_way()
    code = badge(people.registration())
    assert attendance.scan(at, day, by=people.desk(), token=code.token).mark.registration is None


def test_a_badge_of_somebody_who_was_replaced_says_who_came():
    at, (day, _) = under_way()
    official, by = people.registration(workshop=at), people.organiser()
    code = badge(official)
    deputy = registrations.replace(official, people.person(), by=by, reason="Ill.")
    with pytest.raises(ValidationError) as refusal:
        attendance.scan(at, day, by=by, token=code.token)
    assert refusal.value.code == "replaced" and deputy.short_name in refusal.value.messages[0]
    assert AttendanceMark.objects.count() == 0


# Walk-ins and those who come after all ------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.NOMINATED, State.WAITLISTED, State.DECLINED, State.WITHDRAWN, State.EXPIRED])
def test_whoever_comes_after_all_is_let_in_where_a_seat_is_free(state):
    at, (day, _) = under_way(list_frozen_at=timezone.now() - timedelta(days=1))
    start = State.NOMINATED if state == State.WITHDRAWN else State.INVITED if state in {State.DECLINED, State.EXPIRED} else state
    official, desk = people.registration(workshop=at, become=start), people.desk()
    if state != start:
        official = registrations.move(official, state, by=None, reason="Said so.")
    assert attendance.readmit(official, day, by=desk).created
    official.refresh_from_db()
    assert official.state == State.CONFIRMED
    assert official.changes.latest("pk").by == desk


def test_whom_the_office_turned_away_only_an_organiser_lets_in():
    at, (day, _) = under_way()
    official = people.registration(workshop=at, become=State.NOMINATED)
    official = registrations.reject(official, by=None, reason="Too many.")
    assert refused(attendance.readmit, official, day, by=people.desk()) == "organiser_needed"
    assert attendance.readmit(official, day, by=people.organiser()).created


def test_over_the_seats_an_organiser_lets_in_with_a_reason():
    at, (day, _) = under_way(capacity=1)
    people.registration(workshop=at)
    waiting, desk, organiser = people.registration(workshop=at, become=State.WAITLISTED), people.desk(), people.organiser()
    assert refused(attendance.readmit, waiting, day, by=desk) == "no_places"
    assert refused(attendance.readmit, waiting, day, by=desk, over_reason="A chair was found.") == "organiser_needed"
    assert refused(attendance.readmit, waiting, day, by=organiser) == "no_places"
    assert attendance.readmit(waiting, day, by=organiser, over_reason="A chair was found.").created
    waiting.refresh_from_db()
    assert (waiting.state, waiting.over_seats, waiting.override_reason) == (State.CONFIRMED, True, "A chair was found.")


def test_nobody_is_let_in_for_somebody_who_was_replaced():
    at, (day, _) = under_way()
    official = people.registration(workshop=at)
    registrations.replace(official, people.person(), by=None, reason="Ill.")
    official.refresh_from_db()
    assert refused(attendance.readmit, official, day, by=people.organiser()) == "replaced"


def test_a_walk_in_takes_a_free_seat_and_is_kept_once():
    at, (day, _) = under_way(capacity=1)
    ministry, desk, key = people.organisation(), people.desk(), uuid.uuid4()
    somebody = people.person()
    made = attendance.walk_in(at, somebody, day, by=desk, client_uuid=key, organisation=ministry)
    assert (made.mark.method, made.mark.registration.organisation, made.mark.registration.state) == (Method.WALK_IN, ministry, State.CONFIRMED)
    assert attendance.walk_in(at, somebody, day, by=desk, client_uuid=key).mark == made.mark
    assert refused(attendance.walk_in, at, people.person(), day, by=desk) == "no_places"
    assert refused(attendance.walk_in, at, people.person(), day, by=desk, over_reason="A chair.") == "organiser_needed"
    over = attendance.walk_in(at, people.person(), day, by=people.organiser(), over_reason="A chair was found.")
    assert over.mark.registration.over_seats
    assert Registration.objects.filter(state=State.WAITLISTED).count() == 0


def test_a_walk_in_who_is_registered_already_is_marked_or_let_in():
    at, (day, _) = under_way()
    here, declined = people.registration(workshop=at), people.registration(workshop=at, become=State.INVITED)
    declined = registrations.move(declined, State.DECLINED, by=None)
    by = people.desk()
    assert attendance.walk_in(at, here.person, day, by=by).mark.registration == here
    assert attendance.walk_in(at, declined.person, day, by=by).mark.registration == declined
    assert Registration.objects.filter(workshop=at).count() == 2


# Several at once ----------------------------------------------------------------------------------------------


def test_marks_that_waited_are_judged_one_by_one():
    at, (day, _) = under_way()
    here, nominated, by = people.registration(workshop=at), people.registration(workshop=at, become=State.NOMINATED), people.desk()
    keys = [uuid.uuid4() for _ in range(6)]
    entries = [
        {"client_uuid": keys[0], "registration": here.pk, "day": day.pk, "device_time": timezone.now()},
        {"client_uuid": keys[1], "registration": nominated.pk, "day": day.pk},
        {"client_uuid": keys[2], "digest": "f" * 64, "day": day.pk},
        {"client_uuid": keys[3], "registration": here.pk, "day": 0},
        {"client_uuid": keys[4], "registration": 0, "day": day.pk},
        {"client_uuid": keys[5], "voids": keys[0]},
    ]
    for _again in range(2):
        results = attendance.mark_many(at, entries, by=by)
        assert [getattr(result, "code", "") for result in results] == ["", "no_seat", "", "elsewhere", "elsewhere", ""]
    assert AttendanceMark.objects.count() == 3
    assert attendance.mark_of(here, attendance.Unit(day)) is None


def test_a_sheet_changes_only_what_differs():
    at, (day, _) = under_way()
    first, second, third = (people.registration(workshop=at) for _ in range(3))
    by = people.desk()
    at_the_door = attendance.mark(first, day, by=by).mark
    attendance.mark(third, day, by=by)
    ticked = attendance.tick_sheet(at, day, {first.pk: "present", second.pk: "absent", third.pk: ""}, by=by)
    assert (ticked.added, ticked.taken_back) == (1, 1)
    stands = {mark.registration: (mark.kind, mark.method) for mark in AttendanceMark.objects.standing()}
    assert stands == {first: ("present", "list"), second: ("absent", "sheet")}
    assert attendance.mark_of(first, attendance.Unit(day)) == at_the_door


def test_a_sheet_leaves_what_somebody_else_did_since_and_says_where_it_differs():
    at, (day, _) = under_way()
    first, second = people.registration(workshop=at), people.registration(workshop=at)
    by, seen = people.organiser(), {first.pk: "", second.pk: ""}
    attendance.mark(first, day, by=by)
    attendance.tick_sheet(at, day, {first.pk: "", second.pk: "present"}, by=by, seen=seen)
    assert AttendanceMark.objects.standing().count() == 2
    with pytest.raises(ValidationError) as refusal:
        attendance.tick_sheet(at, day, {first.pk: "absent", second.pk: "excused"}, by=by, seen={first.pk: "", second.pk: "present"})
    (problem,) = refusal.value.error_list
    assert (problem.code, problem.params["registration"]) == ("changed_since", first.pk)
    assert {mark.kind for mark in AttendanceMark.objects.standing()} == {"present"}, "all or nothing"


def test_a_sheet_takes_as_many_queries_for_thirty_as_for_three(django_assert_num_queries):
    at, (day, _) = under_way()
    by, everyone = people.organiser(), [people.registration(workshop=at) for _ in range(30)]
    counts = []
    for rows in (everyone[:3], everyone):
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            attendance.tick_sheet(at, day, {row.pk: "absent" if len(rows) == 3 else "present" for row in rows}, by=by)
        counts.append(len(asked))
    assert counts[0] <= counts[1] <= counts[0] + 1  # the second one takes marks back as well


# The rule -----------------------------------------------------------------------------------------------------


def test_by_days_the_share_is_what_was_attended_of_what_was_held():
    at, days = under_way(days=3, began=5)
    official, absent, by = people.registration(workshop=at), people.registration(workshop=at), people.organiser()
    for day in days[:2]:
        attendance.mark(official, day, by=by)
    attendance.mark(absent, days[0], by=by, kind=Kind.ABSENT)
    rule = attendance.rule(at)
    share = rule[official.pk]
    assert (share.attended, share.of, share.percent, share.needed, share.holds) == (2, 3, 66, 3, False)
    assert share.lacking == "2 of 3 days attended, 3 needed."
    attendance.mark(official, days[2], by=by)
    share = attendance.rule(at)[official.pk]
    assert (share.percent, share.holds, share.lacking) == (100, True, "")
    assert rule[absent.pk].attended == 0 and not rule[absent.pk].holds


def test_an_excused_day_counts_neither_way():
    at, days = under_way(days=3, began=5)
    official, away, by = people.registration(workshop=at), people.registration(workshop=at), people.organiser()
    attendance.mark(official, days[0], by=by)
    attendance.mark(official, days[1], by=by)
    attendance.mark(official, days[2], by=by, kind=Kind.EXCUSED)
    for day in days:
        attendance.mark(away, day, by=by, kind=Kind.EXCUSED)
    rule = attendance.rule(at)
    assert (rule[official.pk].attended, rule[official.pk].of, rule[official.pk].excused, rule[official.pk].holds) == (2, 2, 1, True)
    assert (rule[away.pk].of, rule[away.pk].percent, rule[away.pk].holds, rule[away.pk].lacking) == (0, None, False, "no attendance was taken.")


def test_where_sessions_take_attendance_they_count_instead_of_their_day():
    at, days = under_way(days=2, began=5)
    first, second = session(days[0], 9, 11), session(days[0], 11, 13)
    session(days[0], 14, 15, takes_attendance=False)
    session(days[0], 15, 16, is_cancelled=True)
    assert [unit.key for unit in attendance.units(at)] == [(days[0].pk, first.pk), (days[0].pk, second.pk), (days[1].pk, None)]
    official, signed, by = people.registration(workshop=at), people.registration(workshop=at), people.organiser()
    attendance.mark(official, days[0], item=first, by=by)
    attendance.mark(signed, days[0], by=by, method=Method.SHEET)
    attendance.mark(signed, days[0], item=second, kind=Kind.ABSENT, by=by)
    table = attendance.matrix(at)
    kinds = {row.registration: [cell.kind for cell in row.cells] for row in table.rows}
    assert kinds == {official: ["present", "", ""], signed: ["present", "absent", ""]}
    assert [(total["present"], total["absent"]) for total in table.totals] == [(2, 0), (0, 1), (0, 0)]
    assert attendance.rule(at)[official.pk].lacking == "1 of 3 sessions attended, 3 needed."
    AgendaItem.objects.update(takes_attendance=False)
    rule = attendance.rule(at)
    assert (rule[official.pk].attended, rule[official.pk].of) == (1, 2), "a session that is not counted any more still says that one was there"


def test_where_none_is_required_the_rule_holds_for_everybody():
    at, _days = under_way(began=5, attendance_required=0)
    official = people.registration(workshop=at)
    assert attendance.rule(at)[official.pk].holds


def test_what_is_still_to_come_is_not_lost_yet():
    at, days = under_way(days=2)
    official = people.registration(workshop=at)
    attendance.mark(official, days[0], by=people.desk())
    share = attendance.rule(at)[official.pk]
    assert (share.attended, share.ahead, share.holds, share.can_still_hold) == (1, 1, False, True)


def test_many_workshops_take_as_many_queries_as_one(django_assert_num_queries):
    made = [under_way()[0] for _ in range(3)]
    for at in made:
        attendance.mark(people.registration(workshop=at), at.meeting_days.first(), by=None)
    with django_assert_num_queries(4):
        assert {key: len(rule) for key, rule in attendance.rules(made).items()} == {at.pk: 1 for at in made}
    with django_assert_num_queries(4):
        attendance.rule(made[0])


def test_the_door_means_the_session_that_is_on_or_comes_next():
    at, days = under_way(days=2)
    early, late = session(days[0], 9, 11), session(days[0], 14, 16)
    counted = attendance.units(at)

    def at_hour(hour, day=0):
        return datetime.combine(days[0].on + timedelta(days=day), time(hour), ZoneInfo(at.time_zone))

    assert [attendance.unit_now(at, counted, at_hour(hour)).item for hour in (8, 10, 12, 15, 20)] == [early, early, late, late, late]
    assert attendance.unit_now(at, counted, at_hour(8, day=1)).day == days[1]
    assert attendance.unit_now(at, counted, at_hour(8, day=-1)).item == early
    assert attendance.unit_now(at, counted, at_hour(8, day=9)).day == days[1]
    assert attendance.unit_now(at, []) is None


# At the same moment -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_key", [True, False])
def test_many_devices_at_once_make_one_mark(same_key):
    at, (day, _) = under_way()
    official, by, key = people.registration(workshop=at, become=State.INVITED), people.desk(), uuid.uuid4()
    start, outcomes, faults = threading.Barrier(8), [], []

    def press():
        try:
            start.wait()
            outcomes.append(attendance.mark(official, day, by=by, client_uuid=key if same_key else None))
        except Exception as fault:  # noqa: BLE001 (told below)
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sum(outcome.created for outcome in outcomes) == 1
    assert len({outcome.mark.pk for outcome in outcomes}) == AttendanceMark.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_database_lets_one_mark_stand_even_without_the_act():
    at, (day, _) = under_way()
    official = people.registration(workshop=at)
    start, refusals = threading.Barrier(6), []

    def insert():
        try:
            start.wait()
            AttendanceMark.objects.create(
                client_uuid=uuid.uuid4(), workshop=at, registration=official, day=day, kind="present", device_time=timezone.now()
            )
        except IntegrityError as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=insert) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (AttendanceMark.objects.count(), len(refusals)) == (1, 5)
