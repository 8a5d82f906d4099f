"""The public site as a whole: every page answers in both languages, sets no cookie, and costs a known number of queries."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from contacts.models import Organisation
from office.models import (
    ActionLink,
    CompactObjective,
    Comparison,
    CountryOffice,
    Goal,
    Indicator,
    IndicatorPoint,
    NewsContact,
    Page,
    Quote,
    Resource,
    Target,
)
from tests import people
from workshops.models import Workshop

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "mn")
STANDING = [
    "home", "search", "news:list", "workshops:list", "office:who_we_are_about", "office:iom_global", "office:our_work",
    "office:data_and_resources", "office:take_action", "office:vacancies", "office:tenders",
    "office:volunteering", "office:closed_opportunities", "office:agenda_2030", "office:contacts", "office:privacy",
    "office:accessibility",
]  # fmt: skip


def fill(rows):
    """A country office with as many rows of each kind, all of them tied together; the last ones are called -0."""
    CountryOffice(name_en="IOM Mongolia", name_mn="ОУШХБ Монгол", organisation_name_en="IOM", organisation_name_mn="ОУШХБ").save()
    published = {"publish_at_en": timezone.now() - timedelta(days=1), "publish_at_mn": timezone.now() - timedelta(days=1)}
    for key in Page.Key.values:
        Page.objects.create(key=key, title_en=f"Page {key}", title_mn=f"Хуудас {key}", body_en="<p>migration</p>", **published)
    goals = [Goal.objects.create(number=n, name_en=f"Goal {n}", name_mn=f"Зорилго {n}", colour="#000000") for n in range(1, 18)]
    funder = people.organisation(slug="fund")
    for n in range(rows):
        area = people.work_area(slug=f"area-{n}", summary_en="About migration", body_en="<p>migration</p>")
        target = Target.objects.create(goal=goals[n % 17], code=f"{n}.a", text_en=f"Target {n}", text_mn=f"Зорилт {n}")
        objective = CompactObjective.objects.create(number=n + 1, text_en=f"Objective {n}", text_mn=f"Зорилт {n}")
        area.targets.add(target)
        area.objectives.add(objective)
        institution = people.organisation(slug=f"ministry-{n}", name_en=f"Ministry of migration {n}", name_mn=f"Яам {n}")
        item = people.news_item(slug=f"item-{n}", lead_en="About migration", lead_mn="Шилжилт", funder=funder)
        ActionLink.objects.create(slug=f"way-{n}", kind="help", title_en=f"Help with migration {n}", title_mn=f"Тусламж {n}", phone="102")
        Resource.objects.create(slug=f"resource-{n}", kind="report", title_en=f"On migration {n}", title_mn=f"Тайлан {n}").work_areas.add(area)
        indicator = Indicator.objects.create(
            slug=f"figure-{n}", title_en=f"Figure of migration {n}", title_mn=f"Тоо {n}", unit_en="persons", unit_mn="хүн", on_home_page=True
        )
        indicator.work_areas.add(area)
        for year in (2000, 2010, 2020):
            IndicatorPoint.objects.create(indicator=indicator, label_en=year, label_mn=year, value=year * 3)
        if n:
            first = Indicator.objects.get(slug="figure-0")
            first.work_areas.add(area)
            area.targets.add(Target.objects.get(code="0.a"))
            Resource.objects.get(slug=f"resource-{n}").work_areas.add(people.WorkArea.objects.get(slug="area-0"))
            Comparison.objects.create(indicator=first, other=indicator, reason_en="Counted otherwise", reason_mn="Өөрөөр тоолсон")
        people.opportunity(slug=f"vacancy-{n}")
        people.opportunity(slug=f"closed-{n}", opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1))
        people.press_contact(name=f"Desk {n}")
        for days in (60 + n, -60 - n):
            workshop = people.workshop(
                slug=f"{'coming' if days > 0 else 'past'}-{n}", starts_in=days, summary_en="On migration", funder=funder,
                title_en=f"Workshop on migration {days}",
            )  # fmt: skip
            tie(workshop, item, area, target, institution)
    # What belongs to one item or one workshop also comes in many rows.
    first, coming = people.NewsItem.objects.get(slug="item-0"), Workshop.objects.get(slug="coming-0")
    for n in range(rows):
        Quote.objects.create(item=first, text_en=f"Word {n}", speaker_en="Somebody")
        NewsContact.objects.create(item=first, contact=people.press_contact(name=f"Then {n}", active_to=date(2014, 1, 1)))
        tie(coming, people.NewsItem.objects.get(slug=f"item-{n}"), *[None] * 2, Organisation.objects.get(slug=f"ministry-{n}"))
        tie(Workshop.objects.get(slug=f"past-{n}"), first, people.WorkArea.objects.get(slug="area-0"), None, None)
        first.work_areas.add(people.WorkArea.objects.get(slug=f"area-{n}"))
        first.targets.add(Target.objects.get(code=f"{n}.a"))


def tie(workshop, item, area, target, institution):
    workshop.news.add(item)
    if area:
        workshop.work_areas.add(area)
        item.work_areas.add(area)
    if target:
        item.targets.add(target)
    if institution:
        item.institutions.add(institution)
        workshop.allocations.get_or_create(organisation=institution)


def addresses(language):
    with override(language):
        return {
            **{name: reverse(name) for name in STANDING},
            # A page of results asks once for each kind that it shows.
        "search for a word": reverse("search") + "?q=migration&kind=workshops",
            "news:detail": reverse("news:detail", args=["item-0"]),
            "news:feed": reverse("news:feed"),
            "workshops:detail": reverse("workshops:detail", args=["coming-0"]),
            "office:work_area": reverse("office:work_area", args=["area-0"]),
            "office:goal": reverse("office:goal", args=[1]),
            "office:resource": reverse("office:resource", args=["resource-0"]),
            "office:opportunity": reverse("office:opportunity", args=["vacancy-0"]),
            "office:indicator": reverse("office:indicator", args=["figure-0"]),
        }


# The menu and the office's row are two queries of every page; the pictures of news are one of each list of them.
QUERIES = {
    "home": 9,
    "search": 2,
    "news:list": 8,
    "workshops:list": 5,
    "office:who_we_are_about": 3,
    "office:iom_global": 3,
    "office:our_work": 4,
    "office:data_and_resources": 10,
    "office:indicator": 11,
    "office:resource": 6,
    "office:take_action": 5,
    "office:vacancies": 5,
    "office:tenders": 5,
    "office:volunteering": 5,
    "office:closed_opportunities": 4,
    "office:opportunity": 5,
    "office:agenda_2030": 13,
    "office:goal": 17,
    "office:contacts": 4,
    "office:privacy": 3,
    "office:accessibility": 3,
    # What is public in either language, the areas and which results belong to them are four of them.
    "search for a word": 7,
    "news:detail": 17,
    "news:feed": 5,
    # Its programme and its hand-outs are two of them.
    "workshops:detail": 9,
    "office:work_area": 12,
}


@pytest.mark.parametrize("rows", [3, 50])
def test_a_page_costs_as_many_queries_with_fifty_rows_as_with_three(client, rows):
    fill(rows)
    # Search reads what is new once; from then on it only asks what is public.
    client.get(addresses("en")["search for a word"])
    counted = {}
    for name, address in addresses("en").items():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200, name
        counted[name] = len(queries)
    assert counted == QUERIES


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_sets_a_cookie_or_needs_one(client, language):
    fill(2)
    for name, address in addresses(language).items():
        response = client.get(address)
        assert response.status_code == 200, name
        assert not response.cookies, name
        assert "Cookie" not in response.get("Vary", ""), name
        assert "csrfmiddlewaretoken" not in response.text, name
        assert "no-store" not in response.get("Cache-Control", ""), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_says_its_language_its_address_and_the_same_page_in_the_other(client, language):
    fill(2)
    for name, address in addresses(language).items():
        if name == "news:feed":
            continue
        html = client.get(address).text
        assert f'<html lang="{language}"' in html, name
        assert len(re.findall("<h1[ >]", html)) == 1, name
        assert re.search(r"<title>[^<|]+", html), name
        if name.startswith("search"):
            assert '<meta name="robots" content="noindex">' in html
            continue
        assert f'<link rel="canonical" href="http://testserver{address}">' in html, name
        for code in LANGUAGES:
            other = address.replace(f"/{language}/", f"/{code}/", 1)
            assert f'hreflang="{code}" href="http://testserver{other}"' in html, (name, code)
        assert f'hreflang="x-default" href="http://testserver{address[3:]}"' in html, name


def test_an_address_without_language_leads_to_the_visitors(client):
    fill(1)
    response = client.get("/news/item-0/", headers={"accept-language": "mn"})
    assert (response.status_code, response["Location"]) == (302, "/mn/news/item-0/")
    response = client.get("/", headers={"accept-language": "mn"})
    assert (response.status_code, response["Location"]) == (302, "/mn/")


WILD = [
    "page=abc", "page=-1", "page=0", "page=1000000000000000000000000000000", "page=" + "9" * 5000, "page=%D9%A3", "page=",
    "q=" + "a" * 3000, "q='%22%5C%25_%3C%3E%26", "q=" + "%D1%88" * 900, "q=:*%20%26%20!|()", "q=%F0%9F%90%8E", "q=<b>", "q=%20",
    "q=migration&kind=nothing", "q=migration&page=99999999999", "q=migration&kind=news&kind=help",
    "area=..%2F", "area=nothing&year=20x4&kind=none", "year=99999999999999999999", "year=%D9%A3%D9%A3%D9%A3%D9%A3", "target=%27", "target=" + "1" * 500,
    "institution=" + "x" * 900, "institution=%F0%9F%90%8E",
]  # fmt: skip


@pytest.mark.parametrize("query", WILD)
def test_a_wild_query_is_answered_as_a_page(client, query):
    fill(2)
    for name in ("home", "search", "news:list", "workshops:list", "office:data_and_resources"):
        for language in LANGUAGES:
            with override(language):
                response = client.get(f"{reverse(name)}?{query}")
            assert response.status_code == 200, (name, language)


@pytest.mark.parametrize("query", ["q=a%00b", "page=%00", "q=%ED%A0%80", "institution=%00"])
def test_what_cannot_be_read_is_refused_not_fatal(client, query):
    for path in ("/en/search/", "/mn/news/", "/en/workshops/"):
        assert client.get(f"{path}?{query}").status_code in {200, 400}


def test_odd_paths_are_not_found(client):
    for path in ("/en/news/%00/", "/en/news/%ED%A0%80/", "/en/our-work/" + "x" * 3000 + "/", "/en/workshops/..%2F..%2F/", "/mn/%D0%B0/"):
        assert client.get(path).status_code in {400, 404}, path


def test_the_page_for_a_wrong_address_helps(client):
    fill(1)
    response = client.get("/en/news/labour-migration-2013/")
    assert response.status_code == 404
    assert 'value="labour migration"' in response.text
    assert reverse("office:contacts") in response.text
    assert not response.cookies


def test_pages_for_faults_ask_the_database_nothing(rf, django_assert_num_queries):
    from iom_mongolia import views

    with django_assert_num_queries(0):
        assert views.server_error(rf.get("/en/")).status_code == 500


def test_the_sitemap_names_what_is_public_in_each_language(client):
    fill(1)
    people.news_item(slug="english-alone", title_mn="")
    people.news_item(slug="a-draft", published=False)
    people.workshop(slug="inside", visibility="internal")
    people.workshop(slug="by-address", visibility="unlisted")
    people.workshop(slug="not-yet", status="draft")
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    named = {place.text.removeprefix("http://testserver") for place in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert {"/en/news/item-0/", "/mn/news/item-0/", "/en/news/english-alone/", "/en/workshops/coming-0/", "/mn/our-work/area-0/", "/en/"} <= named
    assert "/mn/news/english-alone/" not in named
    assert not [address for address in named if re.search("a-draft|inside|by-address|not-yet", address)]
    for address in named:
        assert client.get(address).status_code == 200, address


def test_robots_are_told_where_the_pages_are(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in response.text
    assert "Disallow: /mn/staff/" in response.text


def test_home_leads_with_the_next_workshop_and_three_news(client):
    fill(5)
    people.workshop(slug="sooner-but-cancelled", starts_in=3, status="cancelled")
    people.workshop(slug="sooner-but-postponed", starts_in=4, status="postponed")
    people.workshop(slug="sooner-but-internal", starts_in=5, visibility="internal")
    response = client.get("/en/")
    assert response.context["next_workshop"].slug == "coming-0"
    assert len(response.context["news"]) == 3
    assert response.text.count('class="goal goal-') == 17


def test_home_of_an_empty_office_still_stands(client):
    response = client.get("/mn/")
    assert response.status_code == 200
    assert response.context["next_workshop"] is None
