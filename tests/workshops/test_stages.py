"""What comes next: through its whole life a workshop says at each point which stage it is in and the one thing to do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.people import agenda_item, desk, entry, name, nomination_request, organisation, organiser, registration, signed_in, workshop
from workshops import agendas, answers, attendance, certificates, due, letters, planning, registrations, replies, requests, seats, stages, standing
from workshops.forms import WorkshopForm
from workshops.models import AgendaVersion, AttendanceMark, Certificate, Form, Letter, Receipt, State, Workshop

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
    # The last day is marked: what is left is to ask, and then to close, without waiting for tomorrow.
    assert at_stage(at) == ("run", "Ask for test after and evaluation")
    asked = Form.objects.create(workshop=at, kind="evaluation", is_anonymous=True, state="open")
    Receipt.objects.create(form=asked, registration=official)
    assert at_stage(at) == ("close", "Close the workshop")
    assert at_stage(at, today=tomorrow) == ("close", "Close the workshop")
    planning.set_status(at, "completed", by=by)
    assert at_stage(at, today=tomorrow) == ("close", "Issue the certificates")
    Certificate.objects.create(registration=official, year=2026, number=1, facts={})
    assert at_stage(at, today=tomorrow) == ("report", "Send the report to the donor")
    Workshop.objects.filter(pk=at.pk).update(reported_at=timezone.now())
    assert at_stage(at, today=tomorrow) == (None, None)


def next_page(staff, at, text, holds=None):
    """The next step that the overview names must be `text`, and can be done where it leads: pressed, or on a page that `holds` what it takes."""
    life = staff.get(reverse("staff:workshop", args=[at.slug])).context["life"]
    assert (life.next and life.next.text) == text
    if life.next.post:
        staff.post(reverse("staff:workshop_status", args=[at.slug]), {"to": life.next.post})
        assert Workshop.objects.get(pk=at.pk).status == life.next.post
        return None
    page = staff.get(life.next.url)
    html = page.content.decode()
    assert page.status_code == 200 and holds in html, (text, life.next.url)
    return html


def a_day_earlier(at):
    """Time goes on: the workshop's days come a day nearer, or are a day longer over."""
    for row in (at, *at.meeting_days.all()):
        moved = {name: getattr(row, name) - timedelta(days=1) for name in ("on", "starts_on", "ends_on") if getattr(row, name, None)}
        type(row).objects.filter(pk=row.pk).update(**moved)
    at.refresh_from_db()


def test_through_the_whole_life_the_next_step_leads_to_where_it_is_done(client):
    by, ministry = organiser(), organisation(name_en="Ministry of Justice")
    staff = signed_in(client, by)
    at = planning.create(by=by, title_en="Fair recruitment")
    first = timezone.localdate() + timedelta(days=1)
    next_page(staff, at, "Fix the days", 'name="starts_on"')
    planning.edit(at, by=by, starts_on=first, ends_on=first)
    next_page(staff, at, "Say how many places there are", 'name="capacity"')
    planning.edit(at, by=by, capacity=2)
    next_page(staff, at, "Share out the seats", 'name="form-0-guaranteed"')
    seats.allocate(at, [{"organisation": ministry, "guaranteed": 1, "maximum": 2}], by=by)
    next_page(staff, at, "Open the nominations")
    at.refresh_from_db()
    next_page(staff, at, "Send the letters to the institutions", reverse("staff:institutions_prepare", args=[at.slug]))
    [asked] = requests.prepare(at, by=by)
    requests.edit(asked, by=by, focal_name="Focal point", focal_email="focal@moj.example")
    next_page(staff, at, "Send the letters to the institutions", reverse("staff:institutions_send", args=[at.slug]))
    asked = requests.send(asked, by=by)
    next_page(staff, at, "Receive the nominations", reverse("staff:institution", args=[at.slug, asked.pk]))
    [named, other] = name(asked, entry(), entry())
    replies.receive(asked, [{**entry(), "is_alternate": True}], by=None, via="nominator")
    html = next_page(staff, at, "Decide about the nominations", reverse("staff:participants_move", args=[at.slug]))
    assert all(reverse("staff:registration", args=[at.slug, row.pk]) in html for row in at.registrations.all())
    for nominee in (named, other):
        nominee.refresh_from_db()
    official = registrations.invite(named.registration, by=by)
    registrations.reject(other.registration, by=by, reason="No seat")
    next_page(staff, at, "Have the answers of those invited", reverse("staff:call_answer", args=[at.slug, official.pk]))
    answers.accept(official, by=by, via="phone")
    next_page(staff, at, "Confirm the workshop")
    at.refresh_from_db()
    next_page(staff, at, "Name the venue", 'name="venue_en"')
    planning.edit(at, by=by, venue_en="UN House")
    next_page(staff, at, "Publish the programme", reverse("staff:programme_add", args=[at.slug]))
    agenda_item(workshop=at)
    next_page(staff, at, "Publish the programme", reverse("staff:programme_publish", args=[at.slug]))
    agendas.publish(at, by=by)
    next_page(staff, at, "Send the joining instructions", reverse("staff:letters_act", args=[at.slug]))
    letters.discard(official.letters.get(kind="official-confirmed"), by=by)
    life = staff.get(reverse("staff:workshop", args=[at.slug])).context["life"]
    assert (life.ready, life.next.text) == (True, "Begin the workshop")
    a_day_earlier(at)
    next_page(staff, at, "Begin the workshop")
    next_page(staff, at, "Take attendance each day", reverse("staff:door_mark", args=[at.slug]))
    a_day_earlier(at)
    day = at.meeting_days.get()
    next_page(staff, at, "Complete the attendance", reverse("staff:sheet", args=[at.slug, day.pk]))
    attendance.mark(official, day, by=by, method="sheet")
    next_page(staff, at, "Close the workshop")
    next_page(staff, at, "Issue the certificates", reverse("staff:certificates_issue", args=[at.slug]))
    certificates.issue_all(at, by=by)
    next_page(staff, at, "Send the report to the donor", reverse("staff:report_sent", args=[at.slug]))
    staff.post(reverse("staff:report_sent", args=[at.slug]))
    page = staff.get(reverse("staff:workshop", args=[at.slug]))
    assert page.context["life"].next is None and "Everything is done" in page.content.decode()


def test_where_all_fall_short_no_certificate_holds_the_report_up(client):
    at, by = workshop(status="running", starts_in=-5, days=2), organiser()
    official, ill = registration(workshop=at, by=by), registration(workshop=at, by=by)
    first, second = at.meeting_days.all()
    attendance.mark(official, first, by=by, method="sheet")
    attendance.mark(ill, second, by=by, method="sheet")
    planning.set_status(at, "completed", by=by)
    next_page(signed_in(client, by), at, "Send the report to the donor", reverse("staff:report_sent", args=[at.slug]))


def test_where_all_sent_nobody_others_are_looked_for(client):
    at, by = workshop(seats={organisation(): (1, 2)}), organiser()
    nomination_request(workshop=at, organisation=at.allocations.get().organisation, state="declined")
    next_page(signed_in(client, by), at, "Find other officials", 'name="form-0-guaranteed"')


def test_where_nobody_holds_a_seat_somebody_is_invited_first(client):
    at, by = workshop(seats={(body := organisation()): (1, 2)}), organiser()
    nomination_request(workshop=at, organisation=body, state="complete")
    registration(workshop=at, organisation=body, become=State.WAITLISTED, by=by)
    next_page(signed_in(client, by), at, "Invite officials", reverse("staff:waiting_list", args=[at.slug]))


def test_an_alternate_who_waits_in_reserve_is_nothing_to_decide():
    at, by = workshop(seats={(body := organisation()): (1, 1)}), organiser()
    nomination_request(workshop=at, organisation=body, state="complete")
    registration(workshop=at, organisation=body, by=by)
    registration(workshop=at, organisation=body, become=State.NOMINATED, is_alternate=True, by=by)
    assert at_stage(at) == ("invite", "Confirm the workshop")
    assert not [line for line in due.find(Workshop.objects.filter(pk=at.pk)).lines if "nomination" in line.text]


@pytest.mark.parametrize(("status", "starts_in", "presses"), [
    ("nominating", 0, ["Confirm the workshop", "Begin the workshop"]),
    ("confirmed", -5, ["Close the workshop"]),
    ("nominating", -5, ["Confirm the workshop", "Close the workshop"]),
    ("running", -5, ["Close the workshop"]),
])  # fmt: skip
def test_a_press_that_was_forgotten_is_no_dead_end(client, status, starts_in, presses):
    at, staff = workshop(status=status, starts_in=starts_in, days=1), signed_in(client, organiser())
    for words in presses:
        next_page(staff, at, words)


def test_a_draft_whose_days_are_over_gets_others(client):
    next_page(signed_in(client, organiser()), workshop(status="draft", starts_in=-5), "Set new dates", 'name="starts_on"')


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
        assert "This workshop was called off" in html and "Stages of the workshop" not in html
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


def test_the_plan_asks_who_answers_questions_without_holding_anything_up():
    at = planning.create(by=organiser(), title_en="Fair recruitment")
    [step] = [step for part in stages.life(standing.of_one(at)).parts for step in part.steps if step.text == "Name who answers questions"]
    assert step.optional and not step.done and step.url.endswith("#id_contact_name")
    folded = [is_open for _heading, rows, _hint, is_open in WorkshopForm(instance=at).groups() if rows[0][0].name == "contact_name"]
    assert folded == [True]
    for change in ({"contact_phone": "7010 0000"}, {"contact_email": "a@iom.example", "contact_phone": ""}):
        planning.edit(at, by=organiser(), **change)
        [step] = [step for part in stages.life(standing.of_one(at)).parts for step in part.steps if step.text == "Name who answers questions"]
        assert step.done
