"""Every state × every move, whichever way it comes in: what is allowed works and leaves its history, all else is refused with
a reason in the reader's language and changes nothing.

The acts themselves have their table in test_registrations; here are an official's own link, the pages of staff, the admin,
and what the clock does by itself.
"""

from datetime import timedelta

import pgtrigger
import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from iom_mongolia.worker import CHORES
from tests.admin.forms import filled
from tests.people import administrator, desk, editor, organiser, person, signed_in, workshop
from workshops import links, registrations
from workshops.admin import RegistrationAdmin
from workshops.forms import VERBS
from workshops.models import MOVES, Consent, Deputy, Letter, Link, Needs, Registration, State, StateChange, Via, Workshop
from workshops.models.registration import HOLDING, LIVE, REASON_DUE

pytestmark = pytest.mark.django_db
Status = Workshop.Status

# How a registration comes to each state, by acts alone.
WAYS = {
    State.NOMINATED: [],
    State.WAITLISTED: [State.WAITLISTED],
    State.INVITED: [State.INVITED],
    State.CONFIRMED: [State.CONFIRMED],
    State.DECLINED: [State.INVITED, State.DECLINED],
    State.EXPIRED: [State.INVITED, State.EXPIRED],
    State.REJECTED: [State.REJECTED],
    State.WITHDRAWN: [State.CONFIRMED, State.WITHDRAWN],
    State.REPLACED: [State.CONFIRMED, State.REPLACED],
    State.CANCELLED: [State.CONFIRMED, State.CANCELLED],
}


@pytest.fixture
def by():
    return organiser()


def in_state(state, *, by, at=None):
    row = registrations.register(at or workshop(), person(), by=by, become=State.NOMINATED, quiet=True).registration
    for step in WAYS[state]:
        if step == State.REPLACED:
            registrations.replace(row, person(), by=by, reason="Because")
        else:
            row = registrations.move(row, step, by=by, reason="Because", quiet=True)
    row.refresh_from_db()
    return row


def everything():
    """All that an act could have left behind: compared before and after one that must change nothing."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Registration, StateChange, Letter, Deputy, Needs, Consent, Link, Workshop)
    }


def is_mongolian(words):
    return any("а" <= letter <= "я" for letter in words.lower())


# By the official's own link ------------------------------------------------------------------------------------

SAID = {"diet": "No pork", "photo": "no", "contact_list": "yes", "notice": "on"}
BY_LINK = {
    "accept": SAID,
    "decline": {"reason": "On leave"},
    "withdraw": {"reason": "On leave"},
    "deputy": {"given_name": "Болормаа", "patronymic": "Дорж", "phone": "99112233"},
    "keep": SAID,
}
# What each says to somebody in each state; what is not here is refused.
GOES = {
    ("accept", State.INVITED): State.CONFIRMED,
    ("decline", State.INVITED): State.DECLINED,
    **{("withdraw", state): State.WITHDRAWN for state in LIVE},
    **{("deputy", state): "" for state in HOLDING},
    **{("keep", state): "" for state in LIVE},
    # Said a second time, it is no error and no second event.
    ("accept", State.CONFIRMED): "",
    ("decline", State.DECLINED): "",
    ("withdraw", State.WITHDRAWN): "",
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("act", list(BY_LINK))
def test_every_state_and_every_act_by_the_own_link(by, state, act):
    row = in_state(state, by=by)
    link = links.issue(Link.Kind.ANSWER, registration=row)
    if state == State.REPLACED:
        links.revoke_all(row, by=by)  # as replacing somebody does with the links that they had
    client, said = Client(), {"act": act, **BY_LINK[act]}
    goal, before = GOES.get((act, state)), everything()
    for language in ("en", "mn") if goal is None else ("en",):
        page = client.post(links.path_of(link, language), said)
        if goal is not None:
            break
        assert everything() == before
        if state == State.REPLACED:
            assert page.status_code == 410
            continue
        assert page.status_code == 422
        words = " ".join(page.context["refusal"].messages)
        assert words in page.content.decode().replace("&#x27;", "'") and is_mongolian(words.replace(row.short_name, "")) == (language == "mn")
    if goal is None:
        return
    assert page.status_code == 302
    row.refresh_from_db()
    fresh = list(row.changes.exclude(pk__in=[change["id"] for change in before["StateChange"]]))
    if goal:
        [change] = fresh
        reason = said["reason"] if "reason" in said else ""
        assert (row.state, change.from_state, change.to_state, change.via, change.by, change.reason) == (goal, state, goal, Via.SELF, None, reason)
    else:
        assert (row.state, fresh) == (state, [])
    assert Deputy.objects.filter(registration=row).exists() == (act == "deputy")
    if act in {"accept", "keep"}:
        assert Needs.objects.get(registration=row).diet == "No pork"
        assert set(row.consents.values_list("kind", "given", "via")) == {("notice", True, Via.SELF), ("photo", False, Via.SELF), ("contact-list", True, Via.SELF)}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("act", ["accept", "deputy", "decline", "withdraw"])
def test_an_own_link_promises_nothing_where_the_workshop_is_not_to_come(by, status, act):
    row = in_state(State.INVITED, by=by)
    link = links.issue(Link.Kind.ANSWER, registration=row)
    Workshop.objects.filter(pk=row.workshop_id).update(status=status)
    before = everything()
    page = Client().post(links.path_of(link, "mn"), {"act": act, **BY_LINK[act]})
    gone = status in {Status.COMPLETED, Status.CANCELLED} and (act in {"accept", "deputy"} or act == "withdraw" and status == Status.COMPLETED)
    assert page.status_code == (422 if gone else 302)
    if gone:
        assert everything() == before and is_mongolian(" ".join(page.context["refusal"].messages))
    else:
        assert everything() != before


def test_who_ran_out_of_time_is_told_so_by_every_act(by):
    row = in_state(State.INVITED, by=by)
    link = links.issue(Link.Kind.ANSWER, registration=row)
    Registration.objects.filter(pk=row.pk).update(offer_expires_at=timezone.now() - timedelta(minutes=1))
    before = everything()
    for act in BY_LINK:
        page = Client().post(links.path_of(link, "mn"), {"act": act, **BY_LINK[act]})
        assert page.status_code == 422 and is_mongolian(" ".join(page.context["refusal"].messages)), act
    assert everything() == before


# The pages of staff and the admin ------------------------------------------------------------------------------


def by_page(client, row, goal):
    with translation.override("mn"):
        address = reverse("staff:participants_move", args=[row.workshop.slug])
    return client.post(address, {"selected": row.pk, "to": goal, "reason": "Because", "via": "letter", "commit": "1"})


def by_admin(client, row, goal):
    action = next(name for name, to in RegistrationAdmin.LEADS_TO.items() if to == goal)
    with translation.override("mn"):
        address = reverse("admin:workshops_registration_changelist")
    return client.post(address, {"action": action, "_selected_action": row.pk, "reason": "Because"})


def words_of(page):
    return " ".join(str(message) for message in get_messages(page.wsgi_request))


@pytest.mark.parametrize("start", list(State))
@pytest.mark.parametrize("way", [by_page, by_admin])
def test_every_state_and_every_move_by_staff(client, by, start, way):
    signed_in(client, by)
    row = in_state(start, by=by)
    before, changes = everything(), set(row.changes.values_list("pk", flat=True))
    for goal in VERBS:
        with transaction.atomic():
            page = way(client, row, goal)
            row.refresh_from_db()
            assert page.status_code == 302 and is_mongolian(words_of(page).replace(str(row), "")), goal
            if goal in MOVES[start]:
                [change] = row.changes.exclude(pk__in=changes)
                via = "letter" if way is by_page else "staff"
                assert (row.state, change.from_state, change.to_state, change.by, change.via, change.reason) == (goal, start, goal, by, via, "Because")
            else:
                assert everything() == before, goal
            transaction.set_rollback(True)
        client.cookies.pop("messages", None)
        row.refresh_from_db()


# The other acts of staff: (name of the page, whether the registration stands in its address, what is typed, the way it is said
# to have come in) and, from each state, where it leads; what is not here is refused.
OTHER_ACTS = {
    "comes by telephone": ("call_answer", True, {"says": "comes"}, Via.PHONE, {State.INVITED: State.CONFIRMED, State.CONFIRMED: State.CONFIRMED}),
    "declines by telephone": ("call_answer", True, {"says": "declines", "note": "Ill"}, Via.PHONE, {State.INVITED: State.DECLINED, State.DECLINED: State.DECLINED}),
    "offered a seat": ("waiting_offer", False, {}, Via.STAFF, {State.WAITLISTED: State.INVITED, **{state: state for state in HOLDING}}),
    "replaced": ("registration_replace", True, {"reason": "Ill"}, Via.STAFF, {state: State.REPLACED for state in HOLDING}),
}


@pytest.mark.parametrize("name", list(OTHER_ACTS))
def test_every_state_and_the_other_acts_of_staff(client, by, name):
    page_name, of_one, typed, via, leads = OTHER_ACTS[name]
    signed_in(client, by)
    for state in State:
        at = workshop()
        row = in_state(state, by=by, at=at)
        if page_name == "registration_replace":
            typed = {**typed, "person": person().pk}
        before, changes, goal = everything(), set(row.changes.values_list("pk", flat=True)), leads.get(state)
        with translation.override("mn"):
            address = reverse(f"staff:{page_name}", args=[at.slug, row.pk] if of_one else [at.slug])
        page = client.post(address, typed if of_one else {**typed, "to": row.pk})
        said = words_of(page) if page.status_code == 302 else page.content.decode()
        client.cookies.pop("messages", None)
        assert is_mongolian(said.replace(str(row), "")), state
        row.refresh_from_db()
        if goal is None or goal == state:
            assert everything() == before and page.status_code in ({302, 422} if goal is None else {302}), state
        else:
            [change] = row.changes.exclude(pk__in=changes)
            assert (row.state, change.from_state, change.to_state, change.by, change.via) == (goal, state, goal, by, via), state


def test_the_admin_has_every_act_of_the_list_of_participants():
    assert set(RegistrationAdmin.LEADS_TO.values()) == set(VERBS) == set(State) - {State.REPLACED}


@pytest.mark.parametrize("goal", sorted(REASON_DUE - {State.REPLACED}))
@pytest.mark.parametrize("way", [by_page, by_admin])
def test_no_way_takes_something_away_without_a_reason(client, by, goal, way):
    signed_in(client, by)
    row = in_state(State.NOMINATED, by=by)
    before, post = everything(), client.post
    client.post = lambda address, said: post(address, {**said, "reason": " "})
    page = way(client, row, goal)
    assert everything() == before
    assert "Шалтгаан" in (words_of(page) if page.status_code == 302 else page.content.decode())


@pytest.mark.parametrize("state", list(State))
def test_the_form_of_the_admin_changes_no_state_and_removes_nobody(client, state):
    boss = administrator()
    row = in_state(state, by=boss)
    signed_in(client, boss)
    address = reverse("admin:workshops_registration_change", args=[row.pk])
    typed = {**filled(client.get(address)), "note": "Seen", "state": "confirmed", "over_seats": "on", "waiting_rank": "1", "override_reason": "x"}
    before = everything()
    assert client.post(address, typed).status_code == 302
    after = everything()
    changed = {name for was, now in zip(before.pop("Registration"), after.pop("Registration"), strict=True) for name in was if was[name] != now[name]}
    assert (changed, after) == ({"note", "updated_at"}, before)
    assert client.post(reverse("admin:workshops_registration_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    page = client.post(reverse("admin:workshops_registration_changelist"), {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert Registration.objects.filter(pk=row.pk).exists() and page.status_code in {200, 302}


@pytest.mark.parametrize("who", [editor, desk])
def test_who_runs_no_workshops_moves_nobody(client, by, who):
    row = in_state(State.NOMINATED, by=by)
    signed_in(client, who())
    before = everything()
    for way in (by_page, by_admin):
        assert way(client, row, State.CONFIRMED).status_code in {302, 403}
    assert everything() == before


# What the clock does -------------------------------------------------------------------------------------------

HOURS_AGO = timedelta(hours=3)


def late(by, status=Status.NOMINATING, **details):
    """A workshop with somebody in every state, whose time to answer, day of release and letters are all due."""
    at = workshop(capacity=40, release_on=timezone.localdate(), **details)
    for state in State:
        in_state(state, by=by, at=at)
    Registration.objects.filter(workshop=at).update(offer_expires_at=timezone.now() - HOURS_AGO)
    # Long ago: what staff have just freed waits for Undo.
    with pgtrigger.ignore("workshops.StateChange:changes_stay"):
        StateChange.objects.update(at=timezone.now() - HOURS_AGO)
    Workshop.objects.filter(pk=at.pk).update(status=status)
    return at


@pytest.mark.parametrize("offers_itself", [False, True])
@pytest.mark.parametrize("status", list(Status))
def test_the_clock_moves_what_ran_out_and_nothing_else(by, status, offers_itself):
    at = late(by, status, offers_itself=offers_itself)
    states = dict(Registration.objects.values_list("pk", "state"))
    last = StateChange.objects.order_by("-pk").first().pk
    for name, _seconds in CHORES:
        import_string(name)()
    made = StateChange.objects.filter(pk__gt=last)
    runs = status in {Status.DRAFT, Status.NOMINATING, Status.CONFIRMED, Status.RUNNING}
    goes = {State.INVITED: State.EXPIRED} if runs else {}
    if offers_itself and runs and status != Status.DRAFT:
        goes[State.WAITLISTED] = State.INVITED
    assert {(change.from_state, change.to_state, change.via, change.by) for change in made} == {(start, goal, Via.SYSTEM, None) for start, goal in goes.items()}
    expected = {pk: goes.get(State(state), state) for pk, state in states.items()}
    assert dict(Registration.objects.values_list("pk", "state")) == expected
    at.refresh_from_db()
    assert at.status == status
    count = StateChange.objects.count()
    for name, _seconds in CHORES:
        import_string(name)()
    assert StateChange.objects.count() == count
