"""What is public as JSON: as the OpenAPI file promises, of one language, and never more than the pages show."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iom_mongolia import api_urls
from office.models import ChangeNote, CountryOffice, NewsItem, Quote
from tests import people
from tests.json_schema import faults

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings):
    settings.PORTAL_ADDRESS = "https://portal.example"


def fill(rows=1):
    """As many rows of each kind, the first of them called "a-0"."""
    CountryOffice(name_en="IOM Mongolia", name_mn="ОУШХБ", organisation_name_en="IOM", organisation_name_mn="ОУШХБ").save()
    fund = people.organisation(name_en="Fund")
    for number in range(rows):
        area = people.work_area(slug=f"a-{number}")
        item = people.news_item(slug=f"a-{number}", funder=fund if number % 2 else None, body_en="<p>Text</p>", published_on=date(2013, 1, 1), precision="year")
        item.work_areas.add(area)
        item.institutions.add(people.organisation())
        Quote.objects.create(item=item, text_en="Well done", speaker_en="Somebody", text_mn="Сайн")
        ChangeNote.objects.create(item=item, text_en="Seven came.", text_mn="Долоо.")
        held = people.workshop(slug=f"a-{number}", funder=fund)
        held.work_areas.add(area)
        held.news.add(item)
        held.allocations.create(organisation=people.organisation())
        people.workshop(slug=f"b-{number}", starts_on=None, ends_on=None)
        people.opportunity(slug=f"a-{number}")
        people.indicator(slug=f"a-{number}").work_areas.add(area)


def promised(client):
    return json.loads(client.get("/en/api/v1/openapi.json").content)


def schema_of(description, path, status):
    return description["paths"][path]["get"]["responses"][str(status)]["content"]["application/json"]["schema"]


def test_the_description_names_every_address_and_no_other(client):
    known = {f"/{pattern.pattern}".replace("<slug:slug>", "{slug}") for pattern in api_urls.urlpatterns}
    description = promised(client)
    assert set(description["paths"]) == known - {"/openapi.json"}
    assert description["openapi"] == "3.1.0"
    assert description["servers"][0]["url"] == "https://portal.example/{language}/api/v1"
    assert "https://portal.example/en/api/v1/openapi.json" == client.get("/en/api/v1/").json()["description"]


@pytest.mark.parametrize("language", ["en", "mn"])
def test_every_answer_is_as_the_description_promises(client, language):
    fill(3)
    description, wrong = promised(client), []
    for path in description["paths"]:
        response = client.get(f"/{language}/api/v1{path.replace('{slug}', 'a-0')}")
        assert response.status_code == 200, path
        wrong += [f"{path} {fault}" for fault in faults(response.json(), schema_of(description, path, 200), description)]
        assert response.json().get("results", [1]), path
        for status, asked in {404: f"/{language}/api/v1{path.replace('{slug}', 'nothing')}?page=99", 400: f"/{language}/api/v1{path}?area=nothing&kind=nothing"}.items():
            if str(status) in description["paths"][path]["get"]["responses"]:
                refused = client.get(asked)
                assert refused.status_code == status, asked
                wrong += faults(refused.json(), schema_of(description, path, status), description)
    assert wrong == []


def test_the_check_of_answers_can_fail():
    schema = {"type": "object", "properties": {"a": {"type": "string", "format": "uri"}}, "required": ["a"], "additionalProperties": False}
    assert faults({"a": "https://x.example/"}, schema, {}) == []
    assert len(faults({"b": 1}, schema, {})) == 2
    assert faults({"a": "/x/"}, schema, {}) == ["$.a: '/x/' is no address in full"]
    with pytest.raises(ValueError, match="maxLength"):
        faults("", {"type": "string", "maxLength": 3}, {})


def test_a_news_item_says_what_its_page_says(client):
    fill()
    said = client.get("/en/api/v1/news/a-0/").json()
    assert (said["date"], said["body"], said["quotes"][0]["speaker"], said["workshops"]) == ("2013", "<p>Text</p>", "Somebody", ["a-0"])
    assert said["page"] == "https://portal.example/en/news/a-0/"
    assert client.get("/mn/api/v1/news/a-0/").json()["changes"][0]["text"] == "Долоо."


def test_nothing_is_here_that_is_not_public_in_the_language(client):
    people.news_item(slug="english", title_mn="")
    people.news_item(slug="draft", published=False)
    people.news_item(slug="tomorrow", publish_at_en=timezone.now() + timedelta(days=1))
    for slug, details in {"inside": {"visibility": "internal"}, "by-address": {"visibility": "unlisted"}, "draft": {"status": "draft"}}.items():
        people.workshop(slug=slug, **details)
    people.indicator(slug="low", confidence="low")
    people.work_area(slug="hidden", is_public=False)
    english = {path: [row["slug"] for row in client.get(f"/en/api/v1/{path}/").json()["results"]] for path in ("news", "workshops", "indicators", "areas")}
    assert english == {"news": ["english"], "workshops": [], "indicators": [], "areas": []}
    assert [row["slug"] for row in client.get("/mn/api/v1/news/").json()["results"]] == ["tomorrow"]
    for path in ("news/draft", "news/tomorrow", "workshops/inside", "workshops/by-address", "indicators/low", "areas/hidden"):
        assert client.get(f"/en/api/v1/{path}/").status_code == 404, path


def test_a_list_is_narrowed_and_paged(client):
    area = people.work_area(slug="one")
    for number in range(51):
        people.news_item(kind="story" if number else "news", published_on=date(2014, 1, 1) if number else date(2013, 1, 1)).work_areas.add(area)
    first = client.get("/en/api/v1/news/?area=one").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (51, 50, None)
    assert first["next"] == "https://portal.example/en/api/v1/news/?area=one&page=2"
    assert len(client.get("/en/api/v1/news/?area=one&page=2").json()["results"]) == 1
    assert client.get("/en/api/v1/news/?kind=news&year=2013").json()["count"] == 1
    assert client.get("/en/api/v1/news/?year=1999").json()["count"] == 0
    for refused in ("area=nothing", "kind=nothing", "year=20x4", "year=٢٠١٤"):
        assert client.get(f"/en/api/v1/news/?{refused}").status_code == 400, refused
    for nowhere in ("page=3", "page=0", "page=x", "page=" + "9" * 5000):
        assert client.get(f"/en/api/v1/news/?{nowhere}").status_code == 404, nowhere


def test_who_has_it_gets_304_until_it_changes_and_every_site_may_read_it(client):
    fill()
    first = client.get("/en/api/v1/news/a-0/")
    assert first["Cache-Control"] == "public, no-cache"
    assert first["Access-Control-Allow-Origin"] == "*" and first["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not first.cookies
    again = client.get("/en/api/v1/news/a-0/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    NewsItem.objects.update(title_en="Another title")
    changed = client.get("/en/api/v1/news/a-0/", headers={"if-none-match": first["ETag"]})
    assert (changed.status_code, changed.json()["title"]) == (200, "Another title")


def test_nothing_can_be_changed(client):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)("/en/api/v1/news/").status_code == 405, method


@pytest.mark.parametrize("rows", [1, 4])
def test_a_list_costs_the_same_queries_however_long(client, rows):
    fill(rows)
    counted = {}
    for path in ("news", "news/a-0", "workshops", "workshops/a-0", "areas", "areas/a-0", "indicators", "indicators/a-0"):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/en/api/v1/{path}/")
        counted[path] = len(asked)
    assert counted == {
        "news": 4, "news/a-0": 8, "workshops": 3, "workshops/a-0": 4, "areas": 4, "areas/a-0": 3, "indicators": 3, "indicators/a-0": 3,
    }  # fmt: skip
