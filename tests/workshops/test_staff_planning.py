"""Planning a workshop through the pages: making, changing, copying, its states and how its seats are shared."""

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.people import organisation, organiser, registration, signed_in, work_area, workshop
from workshops import planning
from workshops.forms import WorkshopForm
from workshops.models import SeatAllocation, State, Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    return signed_in(client, organiser())


PLAN = {
    "title_en": "Labour migration",
    "kind": "workshop",
    "precision": "day",
    "time_zone": "Asia/Ulaanbaatar",
    "visibility": "public",
    "starts_on": "2027-03-01",
    "ends_on": "2027-03-02",
    "capacity": "30",
}


def post(client, name, at=None, **data):
    return client.post(reverse(f"staff:{name}", args=[at.slug] if at else []), data)


# Making and changing ------------------------------------------------------------------------------------------


def test_a_new_workshop_is_a_draft_under_an_address_made_from_its_title(staff):
    area = work_area()
    answer = post(staff, "workshop_create", **{**PLAN, "title_en": "", "title_mn": "Хөдөлмөрийн шилжилт"}, work_areas=[area.pk])
    made = Workshop.objects.get()
    assert answer["Location"] == reverse("staff:seats_edit", args=[made.slug])
    assert (made.slug, made.status, made.created_by.role, list(made.work_areas.all())) == ("khodolmoriin-shiljilt", "draft", "organiser", [area])


def test_two_of_the_same_title_have_two_addresses_and_none_is_a_page_of_its_own(staff):
    for title in ("New", "New", "?"):
        post(staff, "workshop_create", **{**PLAN, "title_en": title})
    assert sorted(Workshop.objects.values_list("slug", flat=True)) == ["new-2", "new-3", "workshop"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title_en": ""}, "__all__"),
        ({"ends_on": "2027-02-01"}, "__all__"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "99999999999"}, "capacity"),
        ({"kind": "party"}, "kind"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(staff, wrong, field):
    answer = post(staff, "workshop_create", **{**PLAN, "note": "Typed already", **wrong})
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors), form["note"].value(), Workshop.objects.count()) == (422, [field], "Typed already", 0)


def test_fewer_places_than_are_held_is_refused_with_the_number(staff):
    at = workshop(capacity=5)
    for _number in range(3):
        registration(workshop=at)
    answer = post(staff, "workshop_edit", at, **{**PLAN, "capacity": "2"})
    assert answer.context["form"].errors["capacity"] == ["3 seats are held: the number of places cannot be lower."]
    assert Workshop.objects.get(pk=at.pk).capacity == 5


def test_editing_changes_the_plan_and_leaves_seats_and_state(staff):
    at = workshop(capacity=5, status="confirmed")
    registration(workshop=at)
    assert post(staff, "workshop_edit", at, **PLAN, reason_en="The hall is taken")["Location"] == reverse("staff:workshop", args=[at.slug])
    at.refresh_from_db()
    assert (at.title_en, at.capacity, at.status, at.seats_held) == ("Labour migration", 30, "confirmed", 1)


def test_another_like_this_one_has_texts_and_seats_but_nobody(staff):
    ministry, dissolved = organisation(), organisation(valid_to=date(2025, 1, 1))
    area = work_area()
    at = workshop(seats={ministry: (2, 3), dissolved: (1, None)}, summary_en="About", note="Ours alone")
    at.work_areas.add(area)
    registration(workshop=at, organisation=ministry)
    post(staff, "workshop_clone", at, title_en="Again", title_mn="", starts_on="2027-05-01", ends_on="2027-05-02")
    fresh = Workshop.objects.latest("pk")
    assert (fresh.title_en, fresh.title_mn, fresh.summary_en, fresh.status, fresh.cloned_from) == ("Again", "", "About", "draft", at)
    assert (fresh.nomination_deadline, fresh.note, list(fresh.work_areas.all())) == (None, "", [area])
    assert list(fresh.allocations.values_list("organisation", "guaranteed", "maximum", "held")) == [(ministry.pk, 2, 3, 0)]
    assert fresh.registrations.count() == 0


# States -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", Workshop.Status)
@pytest.mark.parametrize("before", Workshop.Status)
def test_a_state_leads_only_where_the_table_says(before, to):
    at = workshop(status=before, starts_in=0)
    allowed = to in planning.NEXT[before] or to == before
    taken_up = before == "postponed" and to in {"nominating", "confirmed"}
    if allowed and not taken_up:
        assert planning.set_status(at, to, by=organiser(), reason="Flood").status == to
    else:
        with pytest.raises(ValidationError) as refusal:
            planning.set_status(at, to, by=organiser(), reason="Flood")
        assert refusal.value.code == ("dates_due" if allowed else "not_possible")


def test_a_workshop_is_not_under_way_before_its_first_day(staff):
    at = workshop(status="confirmed", starts_in=1)
    answer = post(staff, "workshop_status", at, to="running")
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["Its first day has not come yet."]
    assert Workshop.objects.get(pk=at.pk).status == "confirmed"


def test_with_officials_registered_it_is_no_draft_again():
    at = workshop()
    registration(workshop=at)
    with pytest.raises(ValidationError) as refusal:
        planning.set_status(at, "draft", by=organiser())
    assert refusal.value.code == "in_use"


@pytest.mark.parametrize("to", ["", "x", "draft;"])
def test_a_state_that_there_is_not_is_answered_in_words(staff, to):
    answer = post(staff, "workshop_status", workshop(), to=to)
    assert (answer.status_code, len(list(get_messages(answer.wsgi_request)))) == (302, 1)


# The list of workshops ----------------------------------------------------------------------------------------


def test_workshops_are_found_by_words_state_year_and_area(staff):
    area = work_area(slug="data")
    one = workshop(title_en="Migration data", title_mn="Тоо баримт", status="completed", starts_on=date(2025, 5, 1))
    one.work_areas.add(area)
    workshop(title_en="Trafficking")
    address = reverse("staff:workshops")
    for query in ({"q": "data migration"}, {"q": "БАРИМТ"}, {"status": "completed"}, {"year": "2025"}, {"area": "data"}):
        assert list(staff.get(address, query).context["page"]) == [one], query
    for query in ({"status": "x"}, {"year": "0000"}, {"year": "²²²²"}, {"area": "'"}, {"page": "x"}):
        assert staff.get(address, query).context["page"].paginator.count == 2, query


def test_the_list_of_workshops_needs_as_many_queries_for_many(staff, django_assert_num_queries):
    for count in (3, 20):
        for _number in range(count):
            workshop()
        # Session, user, areas, number of rows, rows, their numbers, years.
        with django_assert_num_queries(7):
            staff.get(reverse("staff:workshops"))


# Seats --------------------------------------------------------------------------------------------------------


def rows(*lines, initial=0, **more):
    data = {"form-TOTAL_FORMS": len(lines), "form-INITIAL_FORMS": initial, **more}
    for number, line in enumerate(lines):
        data |= {f"form-{number}-{name}": value for name, value in line.items()}
    return data


def shared(at):
    return list(at.allocations.values_list("organisation", "guaranteed", "maximum"))


def test_seats_are_shared_changed_and_taken_out(staff):
    at, one, two = workshop(), organisation(), organisation()
    post(staff, "seats_edit", at, **rows({"organisation": one.pk, "guaranteed": 4, "maximum": 6}, {"organisation": two.pk, "guaranteed": ""}, {}))
    assert shared(at) == [(one.pk, 4, 6), (two.pk, 0, None)]
    post(staff, "seats_edit", at, **rows({"organisation": one.pk, "guaranteed": 5, "maximum": 5}, {"organisation": two.pk, "remove": "on"}, initial=2))
    assert shared(at) == [(one.pk, 5, 5)]


def test_the_page_begins_with_eight_lines_and_the_bodies_of_the_government(staff):
    ministry, donor = organisation(kind="ministry"), organisation(kind="donor")
    formset = staff.get(reverse("staff:seats_edit", args=[workshop().slug])).context["formset"]
    groups = {label: [key for key, _name in group] for label, group in formset.forms[0].fields["organisation"].choices if label}
    assert (len(formset.forms), groups) == (8, {"Government bodies": [ministry.pk], "Other institutions": [donor.pk]})


def test_another_line_keeps_what_was_typed_and_stores_nothing(staff):
    at, one = workshop(), organisation()
    page = post(staff, "seats_edit", at, **rows({"organisation": one.pk, "guaranteed": "four"}, add_row="1"))
    html = page.content.decode()
    assert (page.status_code, len(page.context["formset"].forms), 'value="four"' in html, "error-summary" in html) == (200, 2, True, False)
    assert not SeatAllocation.objects.exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"maximum": 1}, "holds 2 seats: the maximum cannot be lower."),
        ({"guaranteed": 31}, "there are 5 places."),
        ({"guaranteed": 3, "maximum": 2}, "the maximum cannot be below the guaranteed seats."),
        ({"remove": "on"}, "has 2 officials registered and cannot be taken out."),
    ],
)
def test_what_cannot_be_shared_is_refused_with_the_number_and_kept_on_the_page(staff, line, words):
    ministry = organisation()
    at = workshop(capacity=5, seats={ministry: (1, 3)})
    for _number in range(2):
        registration(workshop=at, organisation=ministry)
    page = post(staff, "seats_edit", at, **rows({"organisation": ministry.pk, **line}, initial=1))
    assert (page.status_code, words in page.content.decode(), shared(at)) == (422, True, [(ministry.pk, 1, 3)])


def test_a_line_without_an_institution_and_one_that_is_unknown_are_refused(staff):
    at = workshop()
    for line in ({"guaranteed": 2}, {"organisation": "999999", "guaranteed": 2}, {"organisation": "x"}, {"organisation": organisation().pk, "guaranteed": "-1"}):
        assert (post(staff, "seats_edit", at, **rows(line)).status_code, shared(at)) == (422, [])


@pytest.mark.parametrize("broken", [{}, {"form-TOTAL_FORMS": "x", "form-INITIAL_FORMS": "y"}, {"form-TOTAL_FORMS": "9" * 30, "form-INITIAL_FORMS": "0", "add_row": "1"}])
def test_a_form_that_was_cut_off_is_no_traceback(staff, broken):
    at = workshop(seats={organisation(): (1, 1)})
    assert post(staff, "seats_edit", at, **broken).status_code in {200, 422}
    assert len(shared(at)) == 1


def test_unused_seats_are_released_for_everybody(staff):
    ministry = organisation()
    at = workshop(capacity=2, seats={ministry: (2, 2)})
    waiting = registration(workshop=at, organisation=organisation())
    assert waiting.state == State.WAITLISTED
    post(staff, "seats_release", at)
    assert registration(workshop=at, organisation=organisation()).state == State.CONFIRMED


def test_the_matrix_shows_each_institution_and_costs_the_same_with_many(staff, django_assert_num_queries):
    for count in (3, 20):
        at = workshop(capacity=100, seats={organisation(): (1, 3) for _number in range(count)})
        for allocation in at.allocations.all():
            registration(workshop=at, organisation=allocation.organisation)
        # Session, user, workshop, allocations, states by institution, the head's numbers.
        with django_assert_num_queries(6):
            page = staff.get(reverse("staff:seats", args=[at.slug]))
        cells = [(row.guaranteed, row.maximum, row.confirmed, row.free) for row in page.context["matrix"].rows]
        assert cells == [(1, 3, 1, 2)] * count
        with django_assert_num_queries(6):
            staff.get(reverse("staff:seats_edit", args=[at.slug]))


def test_the_history_costs_the_same_with_many(staff, django_assert_num_queries):
    for count in (3, 40):
        at = workshop(capacity=100)
        for _number in range(count):
            registration(workshop=at, organisation=None)
        # Session, user, workshop, number of changes, changes, acts, the plan's and the seats' events, the head's numbers.
        with django_assert_num_queries(9):
            assert staff.get(reverse("staff:workshop_history", args=[at.slug])).status_code == 200


def test_what_was_changed_in_the_plan_is_told_with_who(client):
    at = workshop(venue_en="Old hall")
    staff = signed_in(client, organiser(full_name="Номин Ганбат"))
    post(staff, "workshop_edit", at, **{**PLAN, "venue_en": "UN House"})
    page = staff.get(reverse("staff:workshop_history", args=[at.slug])).content.decode()
    assert [words in page for words in ("Old hall", "UN House", "Номин Ганбат")] == [True, True, True]
    # The counter of calendars is no news to anybody.
    Workshop.objects.filter(pk=at.pk).update(ics_sequence=7)
    for name in ("workshop", "workshop_history"):
        assert "sequence" not in staff.get(reverse(f"staff:{name}", args=[at.slug])).content.decode()


def test_reading_changes_nothing(staff):
    at = workshop()
    before = Workshop.objects.filter(pk=at.pk).values().get()
    for name in ("workshop", "workshop_edit", "workshop_clone", "workshop_history", "seats", "seats_edit", "participants", "participant_add", "participants_move"):
        staff.get(reverse(f"staff:{name}", args=[at.slug]), {"to": "cancelled", "commit": "1", "selected": "1", "person": "1"})
    assert Workshop.objects.filter(pk=at.pk).values().get() == before
    assert timezone.now() - timedelta(days=1) < before["updated_at"]


RULES = ["capacity", "nomination_deadline", "answer_deadline", "release_on", "list_frozen_at", "offers_itself", "offer_hours", "attendance_required", "hours"]


@pytest.mark.parametrize("name", RULES)
def test_what_the_rules_read_is_set_on_the_staff_pages_and_explained(name):
    form = WorkshopForm()
    shown = [field for _heading, rows, _hint, _open in form.groups() for row in rows for field in row]
    [field] = [field for field in shown if field.name == name]
    assert field.label and field.help_text
