"""The 2030 Agenda: what touches a goal, a target and an objective is counted from the rows, each row once."""

import re

import pytest
from django.utils.translation import override

from office.models import CompactObjective, Goal, Indicator, NewsItem, Resource, Target, WorkArea
from tests import people
from workshops.models import Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def work():
    """Two areas, of which two targets of a goal have one and a half; hidden rows of each kind beside them."""
    goals = [Goal.objects.create(number=n, name_en=f"Goal {n}", name_mn=f"Зорилго {n}", colour="#000000") for n in range(1, 18)]
    orderly = Target.objects.create(goal=goals[9], code="10.7", order=1, text_en="Orderly", text_mn="Эмх цэгц")
    cheap = Target.objects.create(goal=goals[9], code="10.c", order=2, text_en="Cheap", text_mn="Хямд")
    Target.objects.create(goal=goals[9], code="10.2", order=0, text_en="Untouched", text_mn="Хөндөөгүй")
    labour, border, hidden = people.work_area(slug="labour"), people.work_area(slug="border"), people.work_area(is_public=False)
    objective = CompactObjective.objects.create(number=5, text_en="Regular ways", text_mn="Зүй ёсны зам")
    CompactObjective.objects.create(number=6, text_en="Fair work", text_mn="Шударга хөдөлмөр")
    for area in (labour, border, hidden):
        area.targets.add(orderly)
    labour.targets.add(cheap)
    labour.objectives.add(objective)
    hidden.objectives.add(CompactObjective.objects.get(number=6))
    of_both, of_border, inside = people.workshop(), people.workshop(), people.workshop(visibility="internal")
    in_english = people.workshop(title_mn="")
    of_both.work_areas.add(labour, border)
    for workshop in (of_border, inside):
        workshop.work_areas.add(border)
    in_english.work_areas.add(labour)
    people.workshop().work_areas.add(hidden)
    for targets, details in (([orderly, cheap], {}), ([orderly], {}), ([orderly], {"published": False}), ([cheap], {"title_mn": ""})):
        people.news_item(**details).targets.add(*targets)
    for details in ({}, {"is_public": False}):
        people.publication(**details).work_areas.add(labour, border)
    for details in ({}, {"confidence": "low"}):
        people.indicator(**details).work_areas.add(border)
    return goals[9]


def expected(targets):
    """What the database says of targets, with a query of its own for each kind."""
    areas = WorkArea.objects.public().filter(targets__in=targets).distinct()
    return {
        "areas": areas,
        "news": NewsItem.objects.published().filter(targets__in=targets).distinct(),
        "workshops": Workshop.objects.public().filter(work_areas__in=areas).distinct(),
        "resources": Resource.objects.public().filter(work_areas__in=areas).distinct(),
        "figures": Indicator.objects.public().filter(work_areas__in=areas).distinct(),
    }


def counts(touched):
    return {name: len(getattr(touched, name)) for name in ("areas", "news", "workshops", "resources", "figures")}


@pytest.mark.parametrize("language", ["en", "mn"])
def test_every_count_is_that_of_the_database(client, work, language):
    page = client.get(f"/{language}/2030-agenda/").context
    with override(language):
        for goal in page["goals"]:
            assert counts(goal.touched) == {name: rows.count() for name, rows in expected(goal.targets.all()).items()}, goal
            for target in goal.touched_targets:
                assert counts(target.touched) == {name: rows.count() for name, rows in expected([target]).items()}, target
    assert (page["goal_count"], page["target_count"], page["objective_count"]) == (1, 2, 1)


def test_what_is_counted_is_what_is_public_in_the_language_and_once(client, work):
    english, mongolian = (client.get(f"/{code}/2030-agenda/goals/10/").context["touched"] for code in ("en", "mn"))
    assert counts(english) == {"areas": 2, "news": 3, "workshops": 3, "resources": 1, "figures": 1}
    assert counts(mongolian) == {"areas": 2, "news": 2, "workshops": 2, "resources": 1, "figures": 1}


def test_the_numbers_on_the_page_are_those_counted(client, work):
    html = client.get("/en/2030-agenda/goals/10/").text
    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", html.split('class="goal-counts"')[1].split("</dl>")[0]))
    assert shown == {"Areas of work": "2", "News": "3", "Workshops": "3", "Publications": "1", "Figures": "1"}
    told = html.split('id="target-10.c"')[1].split("</li>")[0]
    assert "2 news items" in told
    assert "2 workshops" in told
    assert "1 publication" in told
    assert f'href="{WorkArea.objects.get(slug="labour").get_absolute_url().replace("/mn/", "/en/")}"' in told
    assert "Nothing of our work is tied to it yet." in html.split('id="target-10.2"')[1].split("</li>")[0]


def test_a_goal_lists_what_it_counts(client, work):
    context = client.get("/en/2030-agenda/goals/10/").context
    assert {row.pk for row in context["news"]} == context["touched"].news
    assert {row.pk for row in context["workshops"]} == context["touched"].workshops
    assert {row.pk for row in context["resources"]} == context["touched"].resources
    assert [area.slug for area in context["areas"]] == ["border", "labour"]


def test_a_goal_that_nothing_touches_says_so(client, work):
    html = client.get("/en/2030-agenda/goals/14/").text
    assert "Nothing of our work is tied to this goal yet." in html
    assert 'rel="prev"' in html and 'rel="next"' in html
    assert client.get("/en/2030-agenda/goals/18/").status_code == 404


def test_an_objective_is_served_by_its_areas_and_what_is_of_them(client, work):
    first, second = client.get("/en/2030-agenda/").context["objectives"]
    assert [area.slug for area in first.areas] == ["labour"]
    assert counts(first.touched) == {"areas": 1, "news": 0, "workshops": 2, "resources": 1, "figures": 0}
    # Of a hidden area alone.
    assert (second.areas, bool(second.touched)) == ([], False)


def test_an_area_shows_key_figures_and_draws_few(client):
    area = people.work_area(slug="labour")
    for number in range(5):
        people.indicator(slug=f"f-{number}", order=number, values=[("2019", 1), ("2020", 40 + number)]).work_areas.add(area)
    context = client.get("/en/our-work/labour/").context
    assert [figure["latest"] for figure in context["key_figures"]] == [("40", "2020"), ("41", "2020"), ("42", "2020")]
    assert len(context["figures"]) + len(context["more_figures"]) == 5
    assert len(context["figures"]) == 2
