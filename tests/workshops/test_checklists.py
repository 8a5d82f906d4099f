"""The checklist: the usual one, ticks of people and of facts, what is late, and the page."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.people import nomination_request, organisation, organiser, registration, signed_in, workshop
from workshops import checklists, due, planning, standing
from workshops.models import AgendaVersion, ChecklistItem, Workshop

pytestmark = pytest.mark.django_db
Fact = ChecklistItem.Fact


def item(at, **details):
    return checklists.add(at, by=organiser(), **{"title_en": "Order flags", "offset_days": -3, **details})


def test_a_new_workshop_has_the_usual_list_in_both_languages_once():
    by = organiser()
    at = planning.create(by=by, title_en="New", starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 2))
    checklists.begin(at, by=by)
    assert at.checklist.count() == len(checklists.USUAL)
    assert not at.checklist.filter(title_mn="").exists() and not at.checklist.filter(title_en="").exists()


def test_a_tick_says_who_and_when_and_stays_the_first_ones():
    at, first, second = workshop(), organiser(), organiser()
    flags = item(at)
    checklists.tick(flags, by=first)
    again = checklists.tick(flags, by=second)
    assert (again.done_by, timezone.now() - again.done_at < timedelta(minutes=1)) == (first, True)
    with pytest.raises(ValidationError) as refusal:
        checklists.remove(flags, by=second)
    assert refusal.value.code == "done"
    assert checklists.untick(flags, by=second).done_by is None
    checklists.remove(flags, by=second)
    assert not at.checklist.exists()


def test_what_was_due_before_the_workshop_was_created_is_due_now_and_not_late():
    at = workshop(starts_in=10)
    item(at, offset_days=-14)
    [row] = checklists.rows(at)
    assert (row.is_overdue, row.at_once) == (True, True)
    [line] = [line for line in due.find().lines if line.workshop == at and "Tick off" in line.text]
    assert line.when == "as soon as possible"
    Workshop.objects.filter(pk=at.pk).update(created_at=timezone.now() - timedelta(30))
    [row] = checklists.rows(at)
    [line] = [line for line in due.find().lines if line.workshop == at and "Tick off" in line.text]
    assert (row.at_once, line.when) == (False, "4 days late")


def test_what_is_late_is_counted_from_the_first_day_and_moves_with_it():
    at = workshop(starts_in=10)
    item(at, offset_days=-14)
    [row] = checklists.rows(at)
    assert (row.due_on, row.late, row.is_overdue) == (at.starts_on - timedelta(14), 4, True)
    planning.edit(at, by=organiser(), starts_on=at.starts_on + timedelta(30), ends_on=at.ends_on + timedelta(30))
    assert [row.is_overdue for row in checklists.rows(at)] == [False]
    assert [(row.due_on, row.is_overdue) for row in checklists.rows(workshop(starts_on=None))] == []


@pytest.mark.parametrize("fact", Fact)
def test_every_fact_can_be_seen_and_is_not_seen_in_a_bare_workshop(fact):
    bare = workshop(starts_on=None)
    assert standing.of_one(bare).sees(fact) is False


def test_facts_tick_by_themselves():
    ministry = organisation()
    at = workshop(seats={ministry: (1, 2)})
    seen = lambda: {fact.value for fact in Fact if standing.of_one(at).sees(fact)}  # noqa: E731
    assert seen() == {"dates", "seats"}
    request = nomination_request(workshop=at, organisation=ministry)
    assert seen() == {"dates", "seats", "asked"}
    request.state = "complete"
    request.save()
    Workshop.objects.filter(pk=at.pk).update(venue_en="UN House", reported_at=timezone.now())
    AgendaVersion.objects.create(workshop=at, number=1, content={})
    assert seen() == {"dates", "seats", "asked", "answered", "venue", "programme", "report"}


def test_an_institution_that_named_somebody_on_paper_needs_no_letter():
    ministry = organisation()
    at = workshop(seats={ministry: (1, 2)})
    assert [str(one) for one in standing.of_one(at).not_asked] == [str(ministry)]
    registration(workshop=at, organisation=ministry)
    assert standing.of_one(at).not_asked == []


# The page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(client):
    return signed_in(client, organiser(full_name="Номин Ганбат"))


def test_adding_changing_ticking_and_taking_off_through_the_page(staff):
    at = workshop()
    address = reverse("staff:checklist", args=[at.slug])
    staff.post(address, {"title_en": "Order flags", "days": "3", "side": "before"})
    staff.post(address, {"title_en": "Order flags", "days": "3", "side": "before"})
    flags = at.checklist.get()
    staff.post(reverse("staff:checklist_item", args=[at.slug, flags.pk]), {"title_en": "Send thanks", "days": "2", "side": "after", "fact": "report"})
    flags.refresh_from_db()
    assert (flags.title_en, flags.offset_days, flags.fact) == ("Send thanks", 2, "report")
    staff.post(reverse("staff:checklist_tick", args=[at.slug, flags.pk]))
    assert "Номин Ганбат" in staff.get(address).content.decode()
    staff.post(reverse("staff:checklist_tick", args=[at.slug, flags.pk]), {"untick": "1"})
    staff.post(reverse("staff:checklist_remove", args=[at.slug, flags.pk]))
    assert not at.checklist.exists()


@pytest.mark.parametrize("wrong", [{"title_en": ""}, {"days": "soon"}, {"days": "-4"}, {"days": "5000"}, {"side": "x"}, {"fact": "x"}])
def test_what_is_wrong_is_said_and_what_was_typed_kept(staff, wrong):
    at = workshop()
    page = staff.post(reverse("staff:checklist", args=[at.slug]), {"title_en": "Order flags", "title_mn": "", "days": "3", "side": "before", **wrong})
    assert (page.status_code, at.checklist.count()) == (422, 0)


def test_the_list_of_one_workshop_reaches_no_other(staff):
    at, other = workshop(), workshop()
    flags = item(at)
    for name in ("checklist_item", "checklist_tick", "checklist_remove"):
        assert staff.post(reverse(f"staff:{name}", args=[other.slug, flags.pk])).status_code == 404
    assert ChecklistItem.objects.filter(pk=flags.pk, done_at=None).exists()


def test_the_page_costs_the_same_with_many(staff, django_assert_max_num_queries):
    counts = []
    for count in (1, 20):
        at = workshop()
        for number in range(count):
            item(at, title_en=f"Thing {number}")
        with django_assert_max_num_queries(14) as asked:
            staff.get(reverse("staff:checklist", args=[at.slug]))
        counts.append(len(asked))
    assert counts[0] == counts[1]
