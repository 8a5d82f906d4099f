"""Workshops with issues: each lack gives its line with whose turn it is, none is given twice, and many cost as much as one."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.people import agenda_item, nomination_request, organisation, organiser, person, registration, signed_in, workshop
from workshops import certificates, checklists, due, letters
from workshops.models import AgendaVersion, AttendanceMark, Deputy, Form, Letter, Receipt, Registration, State, Submission, Workshop

pytestmark = pytest.mark.django_db

NOW = timezone.now


@pytest.fixture(autouse=True)
def every_page(monkeypatch):
    """Lines about pages that other parts bring are tested whether these are there or not."""
    known = due.address
    monkeypatch.setattr(due, "address", lambda name, slug: known(name, slug) or f"/{name}/{slug}/")


def quiet(**details):
    """A workshop in 45 days that lacks nothing."""
    details = {"venue_en": "UN House", "seats": {organisation(name_en="Ministry of Rain"): (1, 3)}, **details}
    at = workshop(**details)
    for allocation in at.allocations.all():
        nomination_request(workshop=at, organisation=allocation.organisation, state="complete")
    return at


def prepared(**details):
    """A workshop that comes near and lacks nothing of what is prepared before."""
    at = quiet(**{"status": "confirmed", "capacity": 1, **details})
    AgendaVersion.objects.create(workshop=at, number=1, content={})
    for kind in ("pre", "evaluation"):
        Form.objects.create(workshop=at, kind=kind, state="open", is_anonymous=kind == "evaluation")
    return at


def said(turn=""):
    return [(line.text, str(line.turn)) for line in due.issues(turn)[0]]


def ministry_of(at):
    return at.allocations.get().organisation


def attended(at, *, days=1, who=None):
    """Somebody confirmed who was there on the first days."""
    someone = who or registration(workshop=at, organisation=ministry_of(at))
    for day in at.meeting_days.all()[:days]:
        AttendanceMark.objects.create(
            client_uuid=f"8f6f1a5e-0000-4000-8000-{AttendanceMark.objects.count():012}", workshop=at, registration=someone, day=day, kind="present",
            device_time=NOW(),
        )  # fmt: skip
    return someone


def over(**details):
    """A workshop that ended five days ago, with its attendance."""
    closed_as = details.pop("closed_as", "completed")
    at = prepared(**{"starts_in": -6, "status": "running", **details})
    attended(at, days=2)
    Workshop.objects.filter(pk=at.pk).update(status=closed_as)
    return at


def test_nothing_lacks_nothing_is_said():
    quiet()
    assert said() == []


PLAN = [
    ({"starts_on": None}, "Fix the days", "office"),
    ({"starts_in": 20, "venue_en": ""}, "Name the venue", "office"),
    ({"capacity": None}, "Say how many places there are", "office"),
    ({"seats": None}, "Share out the seats", "office"),
    ({"status": "draft", "starts_in": 50}, "Open the nominations", "office"),
    ({"status": "postponed"}, "Set new dates", "office"),
]


@pytest.mark.parametrize(("details", "text", "turn"), PLAN)
def test_what_the_plan_lacks(details, text, turn):
    quiet(**details)
    assert said() == [(text, turn)]


def test_institutions_not_asked_and_those_that_do_not_answer():
    at = quiet(seats={organisation(name_en=f"Agency {number}"): (1, 3) for number in range(5)}, nomination_deadline=NOW() + timedelta(days=20))
    requests = list(at.nomination_requests.all())
    requests[0].delete()
    at.nomination_requests.filter(pk=requests[1].pk).update(state="sent", deadline=NOW() - timedelta(days=2))
    at.nomination_requests.filter(pk__in=[row.pk for row in requests[2:4]]).update(state="sent")
    assert said() == [
        ("Remind Agency 1 of its nominations", "institution"),
        ("Send Agency 0 the letter of invitation", "office"),
        ("Wait for the names from 2 institutions", "institution"),
    ]
    late = due.issues("institution")[0][0]
    assert (late.css, late.when, late.who) == ("late", "2 days late", "Agency 1")


def test_one_that_answered_in_part_is_waited_for_until_its_deadline():
    at = quiet(nomination_deadline=NOW() + timedelta(days=2))
    at.nomination_requests.update(state="partly")
    assert said() == [("Wait for the names from Ministry of Rain", "institution")]
    Workshop.objects.update(nomination_deadline=NOW() - timedelta(days=2))
    assert said() == []


def test_nominations_deputies_and_women():
    at = quiet()
    ministry = ministry_of(at)
    at.allocations.update(women_sought=2)
    registration(workshop=at, organisation=ministry, person=person(sex="m"), become=State.NOMINATED)
    woman = registration(workshop=at, organisation=ministry, person=person(sex="f"))
    Deputy.objects.create(registration=woman, given_name="Bold")
    assert sorted(said()) == [
        ("Ask for 1 woman more", "institution"), ("Decide about 1 nomination", "office"), ("Decide about 1 proposed deputy", "office"),
    ]  # fmt: skip


def test_who_may_still_name_somebody_is_not_asked_for_more_women():
    at = quiet(nomination_deadline=NOW() + timedelta(days=20))
    at.allocations.update(women_sought=2)
    at.nomination_requests.update(state="partly")
    registration(workshop=at, organisation=ministry_of(at), person=person(sex="f"))
    assert said() == [("Wait for the names from Ministry of Rain", "institution")]
    at.nomination_requests.update(state="complete")
    assert said() == [("Ask for 1 woman more", "institution")]
    # On the days themselves it is too late to ask.
    Workshop.objects.update(starts_on=timezone.localdate(), ends_on=timezone.localdate())
    assert "Ask for 1 woman more" not in [text for text, _turn in said()]


def test_those_who_do_not_answer_and_offers_that_end():
    at = quiet(answer_deadline=NOW() + timedelta(days=20))
    for hours in (None, 5):
        invited = registration(workshop=at, organisation=ministry_of(at), become=State.INVITED)
        Registration.objects.filter(pk=invited.pk).update(offer_expires_at=hours and NOW() + timedelta(hours=hours))
    assert said() == [("Call 1 official whose offer ends within a day", "official"), ("Call 1 invited official who has not answered", "official")]
    Workshop.objects.update(answer_deadline=NOW() - timedelta(days=3))
    assert [(line.css, line.when) for line in due.issues("official")[0]] == [("late", "3 days late"), ("soon", "today")]


def test_free_seats_shortly_before():
    prepared(starts_in=12, capacity=4)
    assert said() == [("Fill 4 free seats", "office"), ("Check the list of participants", "desk")]


def test_what_is_to_be_prepared_in_the_last_week():
    at = quiet(starts_in=5, status="confirmed", capacity=1)
    registration(workshop=at, organisation=ministry_of(at))
    assert sorted(text for text, _turn in said()) == [
        "Check the list of participants", "Prepare the evaluation", "Prepare the test before", "Write the programme",
    ]  # fmt: skip
    agenda_item(workshop=at)
    assert "Publish the programme" in [text for text, _turn in said()]


def test_letters_that_failed_or_wait_or_have_no_address():
    at = quiet()
    for number, (state, address) in enumerate([("failed", "a@gov.example"), ("draft", "a@gov.example"), ("draft", ""), ("sent", "a@gov.example")]):
        Letter.objects.create(kind="free", language="en", workshop=at, subject="S", body="B", state=state, to_address=address, dedupe_key=str(number), sent_at=NOW())
    assert [text for text, _turn in said()] == ["Look after 1 letter that failed", "Read and send 1 letter", "Find the address of 1 reader, or call"]


def test_addresses_are_sought_for_people_not_letters():
    at = quiet()
    one, other = registration(workshop=at, become=State.CONFIRMED), registration(workshop=at, become=State.CONFIRMED)
    for number, who in enumerate([one, one, one, other]):
        Letter.objects.create(kind="free", language="en", workshop=at, registration=who, subject="S", body="B", state="draft", dedupe_key=f"k{number}")
    assert "Find the addresses of 2 readers, or call" in [text for text, _turn in said()]


def test_proposed_deputies_lead_to_the_decision_or_to_those_who_propose_one(client):
    at = quiet()
    rows = [registration(workshop=at, become=State.CONFIRMED) for _number in range(3)]
    signed_in(client, organiser())
    Deputy.objects.create(registration=rows[0], given_name="Bold")
    url = next(line.url for line in due.issues("")[0] if "deputy" in line.text)
    assert url == reverse("staff:registration_deputy", args=[at.slug, rows[0].pk])
    Deputy.objects.create(registration=rows[1], given_name="Tuya")
    url = next(line.url for line in due.issues("")[0] if "deputies" in line.text)
    assert [row.pk for row in client.get(url).context["page"]] == [row.pk for row in sorted(rows[:2], key=lambda row: (row.sort_key, row.pk))]


def test_a_line_about_letters_leads_to_just_those(client):
    at = quiet()
    details = {"kind": "free", "language": "en", "workshop": at, "body": "B", "state": "draft"}
    Letter.objects.create(subject="With an address", to_address="a@gov.example", dedupe_key="1", **details)
    Letter.objects.create(subject="Without one", dedupe_key="2", **details)
    signed_in(client, organiser())
    for line, there, elsewhere in zip(due.issues("")[0], ("With an address", "Without one"), ("Without one", "With an address"), strict=True):
        text = client.get(line.url).content.decode()
        assert there in text and elsewhere not in text


def test_a_letter_that_came_back_waits_until_its_reader_is_told():
    at = quiet()
    letter = Letter.objects.create(kind="free", language="en", workshop=at, subject="S", body="B", state="sent", to_address="a@gov.example", dedupe_key="1", sent_at=NOW(), bounced_at=NOW())
    [line] = due.issues("")[0]
    assert (line.text, line.url) == ("Reach the reader of 1 letter that came back", reverse("staff:letters", args=[at.slug]) + "?state=bounced")
    letters.settle(letter, by=organiser())
    assert said() == []


def test_one_called_off_is_at_hand_as_long_as_letters_about_it_wait():
    at = quiet(status="cancelled")
    letter = Letter.objects.create(kind="workshop-cancelled", language="en", workshop=at, subject="S", body="B", to_address="a@gov.example", dedupe_key="1")
    assert said() == [("Read and send 1 letter", "office")]
    letter.state = "cancelled"
    letter.save()
    assert said() == []


def test_attendance_of_a_past_day():
    at = prepared(starts_in=-1, status="running")
    registration(workshop=at, organisation=ministry_of(at))
    day = at.starts_on
    assert [(line.text, line.turn, line.css) for line in due.issues()[0]] == [
        (f"Type in the attendance of {day.day} {day:%B}", "desk", "late"), ("Open the list of participants", "desk", "soon"),
    ]  # fmt: skip


def test_what_is_left_when_it_is_over():
    at = over(closed_as="running", report_due_on=timezone.localdate() + timedelta(days=3))
    form = at.forms.get(kind="evaluation")
    assert said() == [
        ("Close the workshop: its last day is over", "office"), ("Ask for the evaluation: 0 of 1 have answered", "official"),
        ("Issue 1 certificate that is due", "office"), ("Send the report to the donor", "report"),
    ]  # fmt: skip
    Receipt.objects.create(form=form, registration=at.registrations.get())
    Submission.objects.create(form=form, language="en", on=timezone.localdate())
    assert "Ask for the evaluation: 0 of 1 have answered" not in [text for text, _turn in said()]


def test_whoever_falls_short_has_no_certificate_due():
    at = over(attendance_required=100, capacity=2, closed_as="running")
    assert ("Issue 1 certificate that is due", "office") in said()
    attended(at, who=registration(workshop=at, person=person()), days=1)
    [issued] = certificates.issue_all(at, by=organiser())
    assert "certificate" not in str(said())
    certificates.revoke(issued, by=organiser(), reason="Issued by mistake")
    assert "certificate" not in str(said())


def test_a_report_is_late_after_its_day_and_gone_when_it_is_sent():
    at = over(report_due_on=timezone.localdate() - timedelta(days=2))
    line = due.issues("report")[0][0]
    assert (line.text, line.when, line.css) == ("Send the report to the donor", "2 days late", "late")
    Workshop.objects.filter(pk=at.pk).update(reported_at=NOW())
    assert said() == []


def test_past_workshops_of_which_no_official_is_known_are_left_in_peace():
    quiet(starts_in=-40, status="completed", report_due_on=timezone.localdate())
    assert said() == []


def test_the_checklist():
    at, by = quiet(starts_in=10, status="nominating"), organiser()
    AgendaVersion.objects.create(workshop=at, number=1, content={})
    flags = checklists.add(at, by=by, title_en="Order flags", offset_days=-14)
    checklists.add(at, by=by, title_en="Name the venue", offset_days=-20, fact="venue")
    assert ("Tick off: Order flags", "office") in said()
    checklists.add(at, by=by, title_en="Order pens", offset_days=-14)
    assert "See to 2 overdue things of the checklist" in [text for text, _turn in said()]
    checklists.tick(flags, by=by)
    assert ("Tick off: Order pens", "office") in said()


# The page -----------------------------------------------------------------------------------------------------


def test_the_page_shows_each_turn_with_its_number(client):
    quiet(venue_en="", starts_in=20)
    at = quiet(nomination_deadline=NOW() - timedelta(days=1))
    at.nomination_requests.update(state="sent")
    staff = signed_in(client, organiser())
    page = staff.get(reverse("staff:issues"))
    assert [(heading, [line.text for line in lines]) for heading, lines in page.context["groups"]] == [
        ("Late", ["Remind Ministry of Rain of its nominations"]), ("Now", ["Name the venue"]),
    ]  # fmt: skip
    assert {str(turn): number for turn, _label, number in page.context["turns"]} == {"office": 1, "institution": 1, "official": 0, "desk": 0, "report": 0}
    page = staff.get(reverse("staff:issues"), {"turn": "institution"})
    assert [line.text for _heading, lines in page.context["groups"] for line in lines] == ["Remind Ministry of Rain of its nominations"]
    assert "It is not their turn anywhere" in staff.get(reverse("staff:issues"), {"turn": "desk"}).content.decode()
    assert staff.get(reverse("staff:issues"), {"turn": "'"}).context["turn"] == ""
    assert reverse("staff:issues") in staff.get(reverse("staff:today")).content.decode()


def test_many_workshops_cost_as_much_as_one(client):
    staff = signed_in(client, organiser())

    def costs():
        with CaptureQueriesContext(connection) as asked:
            staff.get(reverse("staff:issues"))
        return len(asked)

    def everything():
        at = prepared(starts_in=-1, status="running", capacity=2, seats={organisation(): (0, 1), organisation(): (0, 1), organisation(): (0, 2)})
        first, second, _third = (row.organisation for row in at.allocations.all())
        attended(at, who=registration(workshop=at, organisation=first))
        for state in (State.INVITED, State.WAITLISTED, State.NOMINATED):
            registration(workshop=at, organisation=second, become=state)
        agenda_item(workshop=at, starts_at=time(11), ends_at=time(12))
        checklists.begin(at, by=organiser())
        quiet(venue_en="", starts_in=3)

    everything()
    one = costs()
    everything()
    everything()
    assert (costs(), one <= 15) == (one, True), one


def test_seats_kept_for_who_sends_nobody_are_released_alone(client):
    one, other = organisation(name_en="Agency 1", acronym_en="A1"), organisation(name_en="Agency 2")
    at = quiet(seats={one: (2, 2), other: (1, 1)}, capacity=3)
    at.nomination_requests.filter(organisation=one).update(state="declined")
    assert ("Release 2 seats of A1, which sends nobody", "office") in said()
    staff = signed_in(client, organiser())
    assert "Release those of who sends nobody" in staff.get(reverse("staff:seats", args=[at.slug])).text
    staff.post(reverse("staff:seats_release", args=[at.slug]), {"silent": "1"})
    kept = {row.organisation_id: row.kept for row in at.allocations.all()}
    assert kept == {one.pk: 0, other.pk: 1}
    assert not [text for text, _turn in said() if text.startswith("Release")]


def test_seats_that_a_day_releases_by_itself_need_nobody():
    one = organisation(name_en="Agency 1")
    at = quiet(seats={one: (2, 2)}, capacity=2, release_on=(NOW() + timedelta(days=5)).date())
    at.nomination_requests.update(state="declined")
    assert not [text for text, _turn in said() if text.startswith("Release")]
