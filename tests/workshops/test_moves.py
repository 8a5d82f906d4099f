"""Other dates or another place, putting off and calling off: what follows, who is told, and what is refused."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.people import agenda_item, nomination_request, organisation, organiser, person, registration, signed_in, workshop
from workshops import agendas, days, planning, registrations
from workshops.models import AttendanceMark, Form, Letter, Registration, State, Workshop

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Asia/Ulaanbaatar")


def with_people(**details):
    """A workshop on which four officials count, one nominated and one withdrawn besides, and one institution that was asked."""
    ministry = organisation()
    at = workshop(**{"seats": {ministry: (2, 10)}, "venue_en": "UN House", **details})
    for state in (State.CONFIRMED, State.CONFIRMED, State.INVITED, State.WAITLISTED, State.NOMINATED):
        official = person(organisation=ministry, email=f"{state}{Registration.objects.count()}@gov.example")
        registration(workshop=at, person=official, become=state, organisation=ministry)
    gone = registration(workshop=at, organisation=ministry)
    registrations.withdraw(gone, by=organiser(), reason="Ill", quiet=True)
    nomination_request(workshop=at, organisation=ministry)
    nomination_request(workshop=at, state="draft")
    return at


def moved(at, by_days=14, **details):
    details = {"reason": "The hall is not free", "starts_on": at.starts_on + timedelta(days=by_days), "ends_on": at.ends_on + timedelta(days=by_days), **details}
    return planning.move(at, by=organiser(), **details)


def refused(act, *arguments, **details):
    with pytest.raises(ValidationError) as refusal:
        act(*arguments, **details)
    return refusal.value.code


# Moving -------------------------------------------------------------------------------------------------------


def test_a_move_raises_the_sequence_takes_days_and_deadlines_along_and_drafts_the_letters():
    at = with_people(nomination_deadline=timezone.now() + timedelta(days=10), release_on=date(2027, 1, 4))
    item, first = agenda_item(workshop=at), at.meeting_days.first()
    form = Form.objects.create(workshop=at, kind="pre", opens_at=datetime(2027, 1, 4, 9, tzinfo=HERE))
    request = at.nomination_requests.get(state="sent")
    request.deadline = datetime(2027, 1, 1, 18, tzinfo=HERE)
    request.save()
    outcome = moved(at)
    fresh = Workshop.objects.get(pk=at.pk)
    assert (fresh.starts_on - at.starts_on, fresh.ics_sequence, fresh.status) == (timedelta(14), 1, "nominating")
    assert (fresh.nomination_deadline - at.nomination_deadline, fresh.release_on) == (timedelta(14), date(2027, 1, 18))
    for row in (item.day, form, request):
        row.refresh_from_db()
    assert (item.day.on, item.day.key, form.opens_at.day, request.deadline.day) == (fresh.starts_on, first.key, 18, 15)
    assert [(letter.kind, letter.state) for letter in outcome.letters] == [("workshop-moved", "draft")] * 5
    assert {letter.registration.state for letter in outcome.letters if letter.registration} == {"confirmed", "invited", "waitlisted"}
    assert [letter.request for letter in outcome.letters if letter.request] == [request]
    assert [(row.to_state) for row in fresh.registrations.get(state="invited").changes.all()] == ["invited"]


def test_deadlines_stay_where_that_is_chosen():
    at = with_people(release_on=date(2027, 1, 4))
    assert moved(at, shift_deadlines=False).workshop.release_on == date(2027, 1, 4)


def test_a_second_move_makes_the_unsent_letters_of_the_first_untrue():
    at = with_people()
    moved(at)
    moved(Workshop.objects.get(pk=at.pk), 7)
    assert sorted(Letter.objects.values_list("state", flat=True)) == ["cancelled"] * 5 + ["draft"] * 5


def test_whoever_has_no_joining_instructions_yet_gets_them_as_they_are_now():
    at = with_people()
    earlier = at.registrations.filter(state="confirmed").first()
    late = registration(workshop=at, person=person(email="late@gov.example"), quiet=False)
    moved(at, venue_en="Hall 5")
    found = {row: list(row.letters.order_by("pk").values_list("kind", "state")) for row in (late, earlier)}
    assert found[late] == [("official-confirmed", "cancelled"), ("official-confirmed", "draft")]
    assert found[earlier] == [("workshop-moved", "draft")]
    anew = late.letters.get(state="draft")
    assert "Hall 5" in anew.body and anew.calendar_method == "REQUEST" and anew.link
    moved(Workshop.objects.get(pk=at.pk), 7, venue_en="Hall 6")
    assert "Hall 6" in late.letters.get(state="draft").body


def test_the_reason_stands_in_each_letter_in_its_language():
    at = with_people()
    [letter, *_rest] = moved(at, reason={"en": "The hall is being painted", "mn": "Танхимд засвар хийж байна"}).letters
    assert letter.language == "mn" and "засвар" in letter.body and "painted" not in letter.body
    [letter, *_rest] = planning.cancel(Workshop.objects.get(pk=at.pk), by=organiser(), reason={"en": "Flood", "mn": " "}).letters
    assert "Flood" in letter.body and Registration.objects.filter(workshop=at, state="cancelled").first().changes.latest("pk").reason == "Flood"


def test_a_preview_tells_all_and_stores_nothing():
    at = with_people(nomination_deadline=timezone.now())
    before = Workshop.objects.filter(pk=at.pk).values().get()
    outcome = planning.preview_move(
        at, by=organiser(), reason="Snow", shift_deadlines=True, become=None, starts_on=at.starts_on + timedelta(7), ends_on=at.ends_on + timedelta(7),
        venue_en="Hall 5",
    )  # fmt: skip
    assert [str(what) for what, _before, _after in outcome.changes] == ["Days", "Venue", "nomination deadline"]
    assert (Workshop.objects.filter(pk=at.pk).values().get(), Letter.objects.count()) == (before, 0)


def test_what_somebody_may_have_overlooked_is_said_before():
    at = with_people(venue_en="UN House", venue_mn="НҮБ-ын байр")
    outcome = planning.preview_move(
        at, by=organiser(), reason="Snow", shift_deadlines=True, become=None, starts_on=date(2027, 7, 9), ends_on=date(2027, 7, 11), venue_en="Hall 5"
    )
    assert [str(remark) for remark in outcome.remarks] == [
        "Saturday, 10 July is a weekend.", "Sunday, 11 July is a public holiday: National Festival Naadam.",
        "Venue: changed in one language alone. Letters in the other name the old one.",
    ]  # fmt: skip


def test_deadlines_that_a_move_would_put_in_the_past_are_pointed_out():
    at = with_people(nomination_deadline=timezone.now() + timedelta(days=3), answer_deadline=timezone.now() + timedelta(days=40))
    earlier = {"starts_on": at.starts_on - timedelta(7), "ends_on": at.ends_on - timedelta(7)}
    outcome = planning.preview_move(at, by=organiser(), reason="Snow", shift_deadlines=True, become=None, **earlier)
    assert [str(remark) for remark in outcome.remarks if "past" in str(remark)] == ["Nomination deadline: it would lie in the past."]


def test_what_cannot_be_moved_is_refused():
    at, by = with_people(), organiser()
    later = {"starts_on": at.starts_on + timedelta(7), "ends_on": at.ends_on + timedelta(7)}
    assert refused(planning.move, at, by=by, reason=" ", **later) == "reason_due"
    assert refused(planning.move, at, by=by, reason="x", starts_on=at.starts_on) == "nothing_changes"
    assert refused(planning.move, at, by=by, reason="x", starts_on=None) == "dates_due"
    for status in ("completed", "cancelled"):
        assert refused(planning.move, workshop(status=status), by=by, reason="x", **later) == "not_possible"
    assert Letter.objects.count() == 0


def test_days_on_which_attendance_was_taken_stay_and_with_them_everything():
    at = with_people(starts_in=0, status="running", release_on=date(2027, 1, 4))
    AttendanceMark.objects.create(
        client_uuid="8f6f1a5e-0000-4000-8000-000000000001", workshop=at, registration=at.registrations.first(), day=at.meeting_days.first(),
        kind="present", device_time=timezone.now(),
    )  # fmt: skip
    with pytest.raises(ValidationError) as refusal:
        moved(at)
    fresh = Workshop.objects.get(pk=at.pk)
    assert (refusal.value.code, fresh.starts_on, fresh.ics_sequence, fresh.release_on) == ("day_in_use", at.starts_on, 0, date(2027, 1, 4))


def test_a_longer_workshop_elsewhere_in_the_year_takes_its_programme_along():
    at = workshop()
    agenda_item(workshop=at, day=1)
    moved(at, 60, ends_on=at.ends_on + timedelta(days=61))
    assert [(day.on - at.starts_on, day.items.count()) for day in at.meeting_days.all()] == [(timedelta(60), 0), (timedelta(61), 1), (timedelta(62), 0)]


@pytest.mark.parametrize(
    ("change", "letters", "sequence"),
    [
        ({"venue_en": "Hall 5"}, 5, 1),
        ({"venue_mn": "5 дугаар танхим"}, 0, 1),  # the same place, now also in Mongolian
        ({"note": "Bring the flag"}, 0, 0),
    ],
)
def test_the_ordinary_form_goes_the_same_way(client, change, letters, sequence):
    at = with_people()
    staff = signed_in(client, organiser())
    form = staff.get(reverse("staff:workshop_edit", args=[at.slug])).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, [])}
    if letters:
        # The letters state why, as those of a move do: without a reason nothing is stored and nothing typed is lost.
        answer = staff.post(reverse("staff:workshop_edit", args=[at.slug]), {**data, **change})
        assert (answer.status_code, "Say why the days or the place change" in answer.text, "Hall 5" in answer.text) == (422, True, True)
        assert (Letter.objects.filter(kind="workshop-moved").count(), Workshop.objects.get(pk=at.pk).ics_sequence) == (0, 0)
        change = {**change, "reason_en": "The roof leaks"}
    staff.post(reverse("staff:workshop_edit", args=[at.slug]), {**data, **change})
    assert all("The roof leaks" in letter.body for letter in Letter.objects.filter(kind="workshop-moved"))
    assert (Letter.objects.filter(kind="workshop-moved", state="draft").count(), Workshop.objects.get(pk=at.pk).ics_sequence) == (letters, sequence)


def test_correcting_the_dates_of_what_is_over_writes_to_nobody():
    at = with_people(starts_in=-20, status="running")
    planning.edit(at, by=organiser(), starts_on=at.starts_on - timedelta(days=7), ends_on=at.ends_on - timedelta(days=7))
    assert Letter.objects.count() == 0


def test_the_calendar_part_takes_the_days_along_and_out_again():
    at = with_people()
    moved(at)
    planning.postpone(at, by=organiser(), reason="Flood")
    found = {
        (letter.kind, letter.calendar_method, f"SEQUENCE:{sequence}" in letter.calendar, letter.registration.state)
        for letter in Letter.objects.exclude(registration=None)
        for sequence in [1 if letter.kind == "workshop-moved" else 2]
    }
    assert found == {
        (kind, method if holds else "", holds, state)
        for kind, method in (("workshop-moved", "REQUEST"), ("workshop-postponed", "CANCEL"))
        for state, holds in (("confirmed", True), ("invited", True), ("waitlisted", False))
    }


def test_the_letters_say_what_was_and_what_is_in_the_language_of_each():
    at = with_people(starts_on=date(2027, 3, 1))
    english = at.registrations.filter(state="invited").get()
    english.person.preferred_language = "en"
    english.person.save()
    moved(at, venue_en="Hall 5")
    own = {letter.language: letter.body for letter in Letter.objects.exclude(registration=None).exclude(registration__state="waitlisted")}
    assert [words in own["en"] for words in ("1–2 March 2027", "15–16 March 2027", "Hall 5", "The hall is not free")] == [True] * 4
    assert [words in own["mn"] for words in ("2027 оны 3 сарын 1–2", "2027 оны 3 сарын 15–16")] == [True] * 2


def test_a_published_programme_moves_with_its_days_and_takes_no_unpublished_work_along():
    at = workshop()
    agenda_item(workshop=at, title_en="Opening")
    agendas.publish(at, by=organiser())
    agenda_item(workshop=at, title_en="Not published yet", starts_at=time(11), ends_at=time(12))
    moved(at)
    version = agendas.published(at)
    [(on, rows), *_rest] = agendas.programme(version.content, "en")
    assert (version.number, on, [row["title"] for row in rows]) == (2, at.starts_on + timedelta(14), ["Opening"])
    planning.edit(Workshop.objects.get(pk=at.pk), by=organiser(), venue_en="Hall 5")
    assert agendas.published(at).number == 2


# Putting off --------------------------------------------------------------------------------------------------


def test_putting_off_keeps_registrations_stops_offers_and_drafts_the_letters():
    at = with_people()
    at.registrations.filter(state="invited").update(offer_expires_at=timezone.now() + timedelta(hours=5))
    before = sorted(at.registrations.values_list("state", flat=True))
    outcome = planning.postpone(at, by=organiser(), reason="Flood")
    assert (outcome.workshop.status, outcome.workshop.ics_sequence, outcome.offers_stopped, len(outcome.letters)) == ("postponed", 1, 1, 5)
    assert sorted(at.registrations.values_list("state", flat=True)) == before
    assert not at.registrations.exclude(offer_expires_at=None).exists()
    assert planning.postpone(at, by=organiser(), reason="Flood").letters == []


def test_what_was_put_off_is_taken_up_by_new_dates_alone():
    at, by = with_people(), organiser()
    planning.postpone(at, by=by, reason="Flood")
    at.refresh_from_db()
    assert refused(planning.set_status, at, "nominating", by=by) == "dates_due"
    assert moved(at, 30).workshop.status == "nominating"
    assert sorted(Letter.objects.values_list("kind", "state")) == [("workshop-moved", "draft")] * 5 + [("workshop-postponed", "cancelled")] * 5


def test_taken_up_on_the_same_days_those_concerned_are_told_all_the_same():
    at = with_people(status="confirmed")
    planning.postpone(at, by=organiser(), reason="Flood")
    outcome = moved(Workshop.objects.get(pk=at.pk), 0, become="confirmed")
    assert (outcome.workshop.status, outcome.workshop.ics_sequence, len(outcome.letters)) == ("confirmed", 2, 5)


# Calling off --------------------------------------------------------------------------------------------------


def test_calling_off_cancels_all_in_one_batch_that_can_be_taken_back(client):
    at, by = with_people(status="confirmed"), organiser()
    before = {row.pk: row.state for row in at.registrations.all()}
    outcome = planning.cancel(at, by=by, reason="No funds")
    fresh = Workshop.objects.get(pk=at.pk)
    assert (fresh.status, fresh.seats_held, len(outcome.letters)) == ("cancelled", 0, 5)
    assert set(at.registrations.values_list("state", flat=True)) == {"cancelled", "withdrawn"}
    signed_in(client, by).post(reverse("staff:undo", args=[outcome.batch.pk]))
    fresh.refresh_from_db()
    assert ({row.pk: row.state for row in at.registrations.all()}, fresh.status, fresh.ics_sequence) == (before, "confirmed", 2)
    assert set(Letter.objects.values_list("state", flat=True)) == {"cancelled"}
    client.post(reverse("staff:undo", args=[outcome.batch.pk]))
    assert Workshop.objects.get(pk=at.pk).status == "confirmed"


def test_long_reasons_in_both_languages_are_no_fault(client):
    at = with_people(status="confirmed")
    address = reverse("staff:workshop_cancel", args=[at.slug])
    assert signed_in(client, organiser()).post(address, {"reason_en": "a" * 300, "reason_mn": "б" * 300}).status_code == 302
    reasons = {"a" * 300, "б" * 300}
    bodies = set(Letter.objects.filter(kind="workshop-cancelled").values_list("body", flat=True))
    assert bodies and all(any(reason in body for reason in reasons) for body in bodies)


def test_a_workshop_without_people_is_called_off_and_back_too():
    at = workshop(status="draft")
    outcome = planning.cancel(at, by=organiser(), reason="No funds")
    planning.take_back_cancelling(outcome.batch, by=organiser())
    assert Workshop.objects.get(pk=at.pk).status == "draft"


def test_of_a_draft_nobody_has_heard(client):
    at = with_people(status="draft")
    assert planning.cancel(at, by=organiser(), reason="No funds").letters == []
    assert not Letter.objects.exists() and not at.registrations.live().exists()


def test_stopping_needs_a_reason_and_a_status_that_allows_it():
    by = organiser()
    for act in (planning.postpone, planning.cancel):
        assert refused(act, workshop(), by=by, reason="") == "reason_due"
        assert refused(act, workshop(status="completed"), by=by, reason="Flood") == "not_possible"
    assert refused(planning.postpone, workshop(status="draft"), by=by, reason="Flood") == "not_possible"


# The pages ----------------------------------------------------------------------------------------------------


def test_the_page_of_a_move_shows_what_follows_before_it_is_done(client):
    at = with_people()
    staff, address = signed_in(client, organiser()), reverse("staff:workshop_move", args=[at.slug])
    data = {"starts_on": at.starts_on + timedelta(7), "ends_on": "", "place_en": "Darkhan", "venue_en": "UN House", "shift_deadlines": "on", "reason_en": "Snow"}
    page = staff.post(address, data)
    assert (page.status_code, len(page.context["concerned"]), Letter.objects.count()) == (200, 5, 0)
    # Something else than what was shown is shown first.
    staff.post(address, {**data, "reason_en": "Ice", "seen": page.context["seen"], "commit": "1"})
    assert Letter.objects.count() == 0
    staff.post(address, {**data, "seen": page.context["seen"], "commit": "1"})
    fresh = Workshop.objects.get(pk=at.pk)
    assert (fresh.starts_on - at.starts_on, fresh.ends_on - at.ends_on, fresh.place_en, Letter.objects.count()) == (timedelta(7), timedelta(7), "Darkhan", 5)


def test_what_is_wrong_with_a_move_is_said_beside_the_field(client):
    at = with_people()
    staff, address = signed_in(client, organiser()), reverse("staff:workshop_move", args=[at.slug])
    page = staff.post(address, {"starts_on": at.starts_on, "ends_on": at.starts_on - timedelta(1), "reason_en": ""})
    assert (page.status_code, sorted(page.context["form"].errors)) == (422, ["ends_on", "reason_en"])
    # Whom it concerns is said here too.
    assert (len(page.context["concerned"]), "Nobody has been written to yet" in page.content.decode()) == (5, False)
    page = staff.post(address, {"starts_on": at.starts_on, "ends_on": at.ends_on, "place_en": at.place_en, "place_mn": at.place_mn, "venue_en": at.venue_en, "reason_en": "x"})
    assert page.context["form"].non_field_errors() == ["These are the dates and the place that it has."]


@pytest.mark.parametrize(("name", "becomes"), [("workshop_postpone", "postponed"), ("workshop_cancel", "cancelled")])
def test_stopping_asks_for_the_reason_and_says_whom_it_concerns(client, name, becomes):
    at = with_people()
    staff, address = signed_in(client, organiser()), reverse(f"staff:{name}", args=[at.slug])
    page = staff.get(address)
    assert (len(page.context["concerned"].officials), len(page.context["concerned"].institutions), page.context["live"]) == (4, 1, 5)
    assert staff.post(address, {"reason_en": ""}).status_code == 422
    assert staff.post(address, {"reason_en": "Flood"}).status_code == 302
    assert Workshop.objects.get(pk=at.pk).status == becomes
    # The state's own button leads here instead of changing anything.
    other = workshop()
    assert staff.post(reverse("staff:workshop_status", args=[other.slug]), {"to": becomes})["Location"] == reverse(f"staff:{name}", args=[other.slug])


def test_the_pages_cost_the_same_with_many(client, django_assert_num_queries):
    staff = signed_in(client, organiser())
    for count in (1, 4):
        at = workshop(capacity=100)
        for _number in range(count):
            registration(workshop=at, organisation=organisation())
            nomination_request(workshop=at)
        # Session, user, workshop; officials, institutions; the head's numbers.
        for name, queries in (("workshop_move", 6), ("workshop_postpone", 7), ("workshop_cancel", 7)):
            with django_assert_num_queries(queries):
                staff.get(reverse(f"staff:{name}", args=[at.slug]))


def test_the_days_are_settled_by_the_admin_too(admin_client_of_the_office):
    at = with_people()
    agenda_item(workshop=at)
    page = admin_client_of_the_office.get(reverse("admin:workshops_workshop_change", args=[at.pk]))
    data = posted(page)
    later = at.starts_on + timedelta(days=1)
    admin_client_of_the_office.post(page.wsgi_request.path, {**data, "starts_on": later, "ends_on": later + timedelta(1)})
    assert [day.on for day in days.settle(Workshop.objects.get(pk=at.pk))] == [later, later + timedelta(1)]
    assert Letter.objects.filter(kind="workshop-moved").count() == 5
    # One day fewer would lose the day on which the programme has an item: refused with words, nothing stored.
    answer = admin_client_of_the_office.post(page.wsgi_request.path, {**data, "starts_on": later + timedelta(1), "ends_on": later + timedelta(1)})
    assert "has a programme or attendance: move that first." in answer.content.decode()


@pytest.fixture
def admin_client_of_the_office(client):
    from tests.people import administrator

    return signed_in(client, administrator())


def posted(page):
    from tests.admin.forms import filled

    return filled(page)
