"""What is used is not deleted, by whatever tie; and its page says where it is used."""

from datetime import date

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Succession
from core import uses
from office.models import Comparison, Goal, NewsContact, Target
from tests import people
from workshops.models import Project

pytestmark = pytest.mark.django_db


def address(record, page="change"):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk])


def target():
    goal = Goal.objects.create(number=10, name_en="Reduced inequalities", name_mn="Тэгш бус байдал", colour="#dd1367")
    return Target.objects.create(goal=goal, code="10.7", text_en="a", text_mn="b")


def a_target_of_a_work_area():
    used, area = target(), people.work_area(name_en="The area")
    area.targets.add(used)
    return used, area


def a_target_of_news():
    used, item = target(), people.news_item(title_en="The item")
    item.targets.add(used)
    return used, item


def a_goal_with_targets():
    used = target()
    return used.goal, used


def a_work_area_of_news():
    used, item = people.work_area(), people.news_item(title_en="The item")
    item.work_areas.add(used)
    return used, item


def a_work_area_of_a_workshop():
    used, held = people.work_area(), people.workshop(title_en="The workshop")
    held.work_areas.add(used)
    return used, held


def a_press_contact():
    used, item = people.press_contact(), people.news_item(title_en="The item")
    NewsContact.objects.create(item=item, contact=used)
    return used, item


def a_funder():
    used = people.organisation()
    return used, people.news_item(title_en="The item", funder=used)


def an_institution_that_took_part():
    used, item = people.organisation(), people.news_item(title_en="The item")
    item.institutions.add(used)
    return used, item


def a_project():
    used = Project.objects.create(code="CT.0001", name_en="A project", name_mn="Төсөл")
    return used, people.workshop(title_en="The workshop", project=used)


def a_predecessor():
    used, later = people.organisation(), people.organisation(name_en="The later one")
    Succession.objects.create(predecessor=used, successor=later, relation="renamed", on=date(2020, 1, 1))
    return used, later


def a_figure_that_is_compared():
    used, other = people.indicator(title_en="One"), people.indicator(title_en="The other")
    Comparison.objects.create(indicator=other, other=used, reason_en="a", reason_mn="b")
    return used, other


def news_of_a_workshop():
    used, held = people.news_item(), people.workshop(title_en="The workshop")
    held.news.add(used)
    return used, held


TIES = [
    a_target_of_a_work_area, a_target_of_news, a_goal_with_targets, a_work_area_of_news, a_work_area_of_a_workshop, a_press_contact,
    a_funder, an_institution_that_took_part, a_project, a_predecessor, a_figure_that_is_compared, news_of_a_workshop,
]  # fmt: skip


@pytest.mark.parametrize("tie", TIES, ids=lambda tie: tie.__name__)
def test_what_is_used_is_refused_with_the_place_and_its_address(client, tie):
    used, place = tie()
    people.signed_in(client, people.administrator())
    assert address(place) in client.get(address(used)).content.decode().split('id="where-used"')[1]
    if not admin.site.get_model_admin(type(used)).has_delete_permission(client.get(address(used)).wsgi_request):
        return  # goals are never deleted
    for send in (client.get, lambda where: client.post(where, {"post": "yes"})):
        page = send(address(used, "delete")).content.decode()
        assert address(place) in page and str(place) in page and 'name="post"' not in page
    listed = reverse(f"admin:{used._meta.app_label}_{used._meta.model_name}_changelist")
    for more in ({}, {"post": "yes"}):
        page = client.post(listed, {"action": "delete_selected", "_selected_action": [used.pk], **more}).content.decode()
        assert address(place) in page and 'name="post"' not in page
    assert type(used).objects.filter(pk=used.pk).exists()


def test_what_belongs_to_a_record_is_no_use_of_it(client):
    item = people.news_item()
    item.quotes.create(text_en="Words", speaker_en="Somebody")
    NewsContact.objects.create(item=item, contact=people.press_contact())
    item.targets.add(target())
    assert uses.uses_of(item) == []
    people.signed_in(client, people.administrator())
    assert client.post(address(item, "delete"), {"post": "yes"}).status_code == 302
    assert not type(item).objects.exists()


def test_nothing_of_a_choice_goes_while_one_of_it_is_used(client):
    used, _place = a_work_area_of_news()
    free = people.work_area()
    people.signed_in(client, people.administrator())
    listed, chosen = reverse("admin:office_workarea_changelist"), [used.pk, free.pk]
    client.post(listed, {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    assert set(type(used).objects.values_list("pk", flat=True)) == set(chosen)
    client.post(listed, {"action": "delete_selected", "_selected_action": [free.pk], "post": "yes"})
    assert list(type(used).objects.values_list("pk", flat=True)) == [used.pk]


def test_who_may_not_see_the_rows_learns_how_many_there_are(client):
    used, place = a_project()
    ministry = people.organisation()
    held = people.registration(person=people.person(organisation=ministry))
    people.signed_in(client, people.editor())
    page = client.get(address(held.person.positions.first().organisation)).content.decode().split('id="where-used"')[1]
    assert str(held.person) not in page and "1" in page
    people.signed_in(client, people.organiser())
    assert str(held.person) in client.get(address(ministry)).content.decode().split('id="where-used"')[1]


def queries_for(record):
    with CaptureQueriesContext(connection) as asked:
        uses.uses_of(record)
    return len(asked)


def test_many_uses_cost_no_more_queries_and_are_counted():
    used, _place = a_work_area_of_news()
    one = queries_for(used)
    for _each in range(uses.SHOWN + 4):
        people.news_item().work_areas.add(used)
    assert queries_for(used) == one
    found = [use for use in uses.uses_of(used) if use.model._meta.model_name == "newsitem"]
    assert (len(found), found[0].of_kind) == (uses.SHOWN, uses.SHOWN + 5)


def test_one_of_many_is_not_overlooked():
    """However often one record is used, the use of another is found beside it."""
    often, once = people.work_area(), people.work_area()
    people.news_item().work_areas.add(once)
    for _each in range(uses.SHOWN + 1):
        people.news_item().work_areas.add(often)
    found = uses.uses_of_all([often, once])
    assert (len(found[often.pk]), len(found[once.pk])) == (uses.SHOWN, 1)
