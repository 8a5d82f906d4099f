"""What comes next: through its whole life a workshop says at each point which stage it is in and the one thing to do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.people import desk, nomination_request, organisation, organiser, registration, signed_in, workshop
from workshops import due, planning, registrations, seats, stages, standing
from workshops.models import AgendaVersion, AttendanceMark, Certificate, Letter, State, Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_page(monkeypatch):
    """The stages are tested with all their pages, whether other parts have brought these yet or not."""
    known = due.address
    monkeypatch.setattr(due, "address", lambda name, slug: known(name, slug) or f"/{name}/{slug}/")


def at_stage(at, today=None):
    life = stages.life(standing.of_one(at, today=today))
    return (life.current and str(life.current.stage), life.next and life.next.text)


def places(at):
    return [part.place for part in stages.life(standing.of_one(at)).parts]


def test_the_whole_life_from_the_first_plan_to_the_report():
    by, ministry = organiser(), organisation()
    at = planning.create(by=by, title_en="Fair recruitment")
    assert at_stage(at) == ("plan", "Fix the days")
    assert places(at) == ["current"] + ["to-come"] * 6
    first = timezone.localdate() + timedelta(days=40)
    planning.edit(at, by=by, starts_on=first, ends_on=first)
    assert at_stage(at) == ("plan", "Say how many places there are")
    planning.edit(at, by=by, capacity=1)
    assert at_stage(at) == ("plan", "Share out the seats")
    seats.allocate(at, [{"organisation": ministry, "guaranteed": 1, "maximum": 1}], by=by)
    assert at_stage(at) == ("plan", "Open the nominations")
    planning.set_status(at, "nominating", by=by)
    assert at_stage(at) == ("nominate", "Send the letters to the institutions")
    request = nomination_request(workshop=at, organisation=ministry)
    assert at_stage(at) == ("nominate", "Receive the nominations")
    official = registration(workshop=at, organisation=ministry, become=State.NOMINATED, by=by)
    request.state = "complete"
    request.save()
    assert at_stage(at) == ("nominate", "Decide about the nominations")
    registrations.invite(official, by=by)
    assert at_stage(at) == ("invite", "Have the answers of those invited")
    registrations.confirm(official, by=by)
    assert at_stage(at) == ("invite", "Confirm the workshop")
    planning.set_status(at, "confirmed", by=by)
    assert at_stage(at) == ("prepare", "Name the venue")
    planning.edit(at, by=by, venue_en="UN House")
    assert at_stage(at) == ("prepare", "Publish the programme")
    AgendaVersion.objects.create(workshop=at, number=1, content={})
    assert at_stage(at) == ("prepare", "Send the joining instructions")
    Letter.objects.create(
        kind="official-confirmed", language="mn", workshop=at, registration=official, subject="S", body="B", to_address="a@gov.example",
        state="sent", sent_at=timezone.now(), dedupe_key="1",
    )  # fmt: skip
    assert stages.life(standing.of_one(at)).ready
    assert at_stage(at) == ("run", "Begin the workshop")
    assert places(at) == ["done"] * 4 + ["current"] + ["to-come"] * 2

    planning.edit(at, by=by, starts_on=timezone.localdate(), ends_on=timezone.localdate())
    planning.set_status(at, "running", by=by)
    assert at_stage(at) == ("run", "Take attendance each day")
    AttendanceMark.objects.create(
        client_uuid="8f6f1a5e-0000-4000-8000-000000000001", workshop=at, registration=official, day=at.meeting_days.get(), kind="present",
        device_time=timezone.now(),
    )  # fmt: skip
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert at_stage(at, today=tomorrow) == ("close", "Close the workshop")
    planning.set_status(at, "completed", by=by)
    assert at_stage(at, today=tomorrow) == ("close", "Issue the certificates")
    Certificate.objects.create(registration=official, year=2026, number=1, facts={})
    assert at_stage(at, today=tomorrow) == ("report", "Send the report to the donor")
    Workshop.objects.filter(pk=at.pk).update(reported_at=timezone.now())
    assert at_stage(at, today=tomorrow) == (None, None)


def test_on_its_days_a_workshop_runs_whatever_was_left_open():
    at = workshop(status="confirmed", starts_in=0)
    assert at_stage(at) == ("run", "Begin the workshop")
    assert places(at) == ["open", "open", "open", "open", "current", "to-come", "to-come"]


def test_what_is_over_is_closed_before_anything_else():
    at = workshop(status="confirmed", starts_in=-5)
    assert at_stage(at) == ("close", "Close the workshop")


@pytest.mark.parametrize("status", ["postponed", "cancelled"])
def test_what_does_not_take_place_has_no_stage(status):
    assert at_stage(workshop(status=status)) == (None, None)


# The overview -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Workshop.Status)
@pytest.mark.parametrize("starts_in", [None, -3, 0, 20])
def test_the_overview_names_the_next_thing_in_every_state(client, status, starts_in):
    at = workshop(status=status, **({"starts_on": None} if starts_in is None else {"starts_in": starts_in}))
    page = signed_in(client, organiser()).get(reverse("staff:workshop", args=[at.slug]))
    assert page.status_code == 200
    html = page.content.decode()
    life = page.context["life"]
    if status == "cancelled":
        assert "This workshop was called off" in html
    elif status == "postponed":
        assert f'href="{reverse("staff:workshop_move", args=[at.slug])}"' in html
    elif life.next:
        assert html.count(f"{life.next.text}") >= 2 and (life.next.url or life.next.post)


def test_a_step_that_is_a_state_is_one_press(client):
    at = workshop(status="draft", seats={organisation(): (1, 2)})
    staff = signed_in(client, organiser())
    page = staff.get(reverse("staff:workshop", args=[at.slug]))
    assert '<button class="button" name="to" value="nominating">' in page.content.decode()
    staff.post(reverse("staff:workshop_status", args=[at.slug]), {"to": "nominating"})
    assert Workshop.objects.get(pk=at.pk).status == "nominating"


def test_the_desk_sees_its_own_lines_and_no_stages(client):
    at = workshop(starts_in=3, status="confirmed")
    page = signed_in(client, desk()).get(reverse("staff:workshop", args=[at.slug]))
    assert ([line.text for line in page.context["lines"]], "life" in page.context) == (["Check the list of participants"], False)


def test_the_overview_costs_the_same_with_many(client, django_assert_max_num_queries):
    staff, costs = signed_in(client, organiser()), []
    for count in (1, 4):
        at = workshop(capacity=100, seats={organisation(): (1, 3) for _number in range(count)})
        for allocation in at.allocations.all():
            registration(workshop=at, organisation=allocation.organisation)
            nomination_request(workshop=at, organisation=allocation.organisation)
        with django_assert_max_num_queries(21) as asked:
            staff.get(reverse("staff:workshop", args=[at.slug]))
        costs.append(len(asked))
    assert costs[0] == costs[1]
