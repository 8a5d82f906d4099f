"""Who may open which staff page and who may not act; that no address is forgotten, tests/test_access.py sees to."""

import uuid

import pytest
from django.urls import reverse

from tests.people import administrator, desk, editor, organisation, organiser, person, registration, signed_in, stranger, workshop
from workshops.models import State

pytestmark = pytest.mark.django_db

# Name → roles that see it; the others that may sign in get 403.
EVERYBODY, AT_WORKSHOPS, ORGANISERS = {"administrator", "organiser", "editor", "desk"}, {"administrator", "organiser", "desk"}, {"administrator", "organiser"}
PAGES = {
    "today": EVERYBODY,
    "workshops": AT_WORKSHOPS,
    "workshop": AT_WORKSHOPS,
    "participants": AT_WORKSHOPS,
    "workshop_create": ORGANISERS,
    "workshop_edit": ORGANISERS,
    "workshop_clone": ORGANISERS,
    "workshop_history": ORGANISERS,
    "seats": ORGANISERS,
    "seats_edit": ORGANISERS,
    "participant_add": ORGANISERS,
    "people_find": ORGANISERS,
    "registration": ORGANISERS,
    "registration_edit": ORGANISERS,
    "registration_replace": ORGANISERS,
}
# Only posted to.
ACTS = ["workshop_status", "seats_release", "register", "participants_move", "undo"]
ROLES = {"administrator": administrator, "organiser": organiser, "editor": editor, "desk": desk}


def address(name, row):
    if name in {"today", "workshops", "workshop_create"}:
        return reverse(f"staff:{name}")
    if name == "undo":
        return reverse("staff:undo", args=[uuid.uuid4()])
    if name.startswith("registration"):
        return reverse(f"staff:{name}", args=[row.workshop.slug, row.pk])
    return reverse(f"staff:{name}", args=[row.workshop.slug])


@pytest.mark.parametrize("name", PAGES)
def test_who_may_read_a_page(client, name):
    row = registration(workshop=workshop(), person=person(organisation=organisation()))
    seen = {role: signed_in(client, make()).get(address(name, row)).status_code for role, make in ROLES.items()}
    assert seen == {role: 200 if role in PAGES[name] else 403 for role in ROLES}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", ["editor", "desk"])
def test_who_may_not_act(client, name, role):
    row = registration(workshop=workshop(), person=person())
    before = row.workshop.registrations.values_list("pk", "state").order_by("pk")
    assert signed_in(client, ROLES[role]()).post(address(name, row), {"person": person().pk, "to": State.CANCELLED}).status_code == 403
    assert list(row.workshop.registrations.values_list("pk", "state").order_by("pk")) == list(before)


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_a_visitor_is_asked_to_sign_in(client, name):
    answer = client.get(address(name, registration()))
    assert (answer.status_code, "/accounts/" in answer["Location"]) == (302, True)


def test_somebody_whose_account_was_closed_is_out(client):
    client = signed_in(client, stranger())
    assert client.get(reverse("staff:today")).status_code == 302


@pytest.mark.parametrize("name", ["workshop_status", "seats_release", "undo"])
def test_acts_are_not_read(client, name):
    assert signed_in(client, organiser()).get(address(name, registration())).status_code == 405


def test_the_desk_sees_names_but_can_change_nothing(client):
    row = registration(person=person(given_name="Болор", given_name_latin="Bolor"))
    page = signed_in(client, desk()).get(reverse("staff:participants", args=[row.workshop.slug])).content.decode()
    assert "Bolor" in page
    assert "participants/move/" not in page
    assert 'name="selected"' not in page


def test_another_workshops_registration_is_not_found_under_this_ones_address(client):
    row, other = registration(), workshop()
    client = signed_in(client, organiser())
    for name in ("registration", "registration_edit", "registration_replace"):
        assert client.get(reverse(f"staff:{name}", args=[other.slug, row.pk])).status_code == 404
