"""Vacancies, tenders and calls: open until their hour in Ulaanbaatar and closed from then on, with nothing run by anybody."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from office.models import ActionLink, CountryOffice, Opportunity
from tests import people

pytestmark = pytest.mark.django_db

# 18:00 in Ulaanbaatar.
HOUR = datetime(2026, 12, 10, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PDF = b"%PDF-1.7 %%EOF"
PAGE = "/en/take-action/opportunities/driver/"


def driver(**details):
    details = {
        "title_en": "Driver", "title_mn": "Жолооч", "body_en": "<p>Drives.</p>", "duty_station_en": "Ulaanbaatar", "reference": "VN 1",
        "opens_at": HOUR - timedelta(days=10), "closes_at": HOUR, "apply_url": "https://jobs.example/1", "apply_email": "jobs@iom.example",
        "how_to_apply_en": "Send a letter.", **details,
    }  # fmt: skip
    return people.opportunity(slug="driver", **details)


@pytest.fixture
def at(monkeypatch):
    """Sets the clock by which the site decides."""

    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_clock


def seen(client):
    """Where a visitor meets it, in words: the list, the archive, its page, the feed, the search, the sitemap, the document."""
    listed = client.get("/en/take-action/vacancies/").text
    page = client.get(PAGE)
    document = client.get(f"{PAGE}files/{Opportunity.objects.get().files.get().pk}/")
    return {
        "open": PAGE in listed[: listed.find('id="closed"')] if 'id="closed"' in listed else PAGE in listed,
        "archive": PAGE in client.get("/en/take-action/closed/").text,
        "page": page.status_code,
        "apply": "jobs.example" in page.text or "jobs@iom.example" in page.text or "Send a letter." in page.text,
        "job": "JobPosting" in page.text,
        "feed": "Driver" in client.get("/en/take-action/feed/").text,
        "search": PAGE in client.get("/en/search/?q=driver").text,
        "sitemap": PAGE in client.get("/sitemap.xml").text,
        "json": client.get("/en/api/v1/opportunities/").json()["count"],
        "counted": "1 open now" in client.get("/en/take-action/").text,
        "document": document.status_code,
    }


OPEN = {
    "open": True, "archive": False, "page": 200, "apply": True, "job": True, "feed": True, "search": True, "sitemap": True,
    "json": 1, "counted": True, "document": 200,
}  # fmt: skip
CLOSED = {
    "open": False, "archive": True, "page": 200, "apply": False, "job": False, "feed": False, "search": False, "sitemap": False,
    "json": 0, "counted": False, "document": 404,
}  # fmt: skip
NOT_YET = {**CLOSED, "archive": False, "page": 404}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (HOUR - timedelta(days=10) - SECOND, NOT_YET),
        (HOUR - timedelta(days=10), OPEN),
        (HOUR - SECOND, OPEN),
        (HOUR, CLOSED),
        (HOUR + SECOND, CLOSED),
    ],
)
def test_it_opens_and_closes_by_itself_to_the_second(client, at, tmp_path, settings, moment, expected):
    settings.MEDIA_ROOT = tmp_path
    driver(file=PDF)
    at(moment)
    assert seen(client) == expected


def test_the_database_decides_by_the_moment_that_it_is_asked_for():
    driver()
    for moment, is_open in [(HOUR - SECOND, True), (HOUR, False), (HOUR + SECOND, False)]:
        assert Opportunity.objects.open("en", at=moment).exists() == is_open
        assert Opportunity.objects.closed("en", at=moment).exists() != is_open
        assert Opportunity.objects.public("en", at=moment).get().is_open == is_open


def test_what_is_closed_says_so_with_its_date(client, at):
    driver()
    at(HOUR + SECOND)
    html = client.get(PAGE).text
    assert "This is closed: it is too late to apply." in html
    assert '<time datetime="2026-12-10T18:00:00+08:00">10 December 2026, 18:00</time>, Ulaanbaatar time' in html
    assert '<meta name="robots" content="noindex">' in html
    archive = client.get("/mn/take-action/closed/").text
    assert re.search(r'<h2><a href="[^"]*/driver/">Жолооч</a></h2>', archive)
    assert "2026 оны 12 сарын 10, 18:00" in archive


@pytest.mark.parametrize(("language", "asked"), [("en", "vacancies"), ("mn", "ажлын байр"), ("mn", "VN 1"), ("en", "driver")])
def test_the_search_knows_what_it_is_and_its_number(client, at, language, asked):
    driver()
    at(HOUR - SECOND)
    assert f"/{language}/take-action/opportunities/driver/" in client.get(f"/{language}/search/", {"q": asked}).text


def test_its_last_day_is_said(client, at):
    driver()
    for moment, words in [(HOUR - timedelta(hours=17), "Closes today"), (HOUR - timedelta(hours=19), "Closes tomorrow")]:
        at(moment)
        assert words in client.get("/en/take-action/vacancies/").text


def test_a_language_without_a_title_does_not_have_it(client, at):
    driver(title_mn="")
    at(HOUR - SECOND)
    assert "Driver" not in client.get("/mn/take-action/vacancies/").text
    assert 'href="/en/take-action/opportunities/driver/" hreflang="en" lang="en">Driver' in client.get(PAGE.replace("/en/", "/mn/")).text
    assert client.get("/mn/api/v1/opportunities/driver/").status_code == 404


def test_what_is_hidden_is_nobodys(client, at, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    row = driver(is_public=False, file=PDF)
    at(HOUR - SECOND)
    for address in (PAGE, f"{PAGE}files/{row.files.get().pk}/", "/en/api/v1/opportunities/driver/"):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize(
    "details",
    [
        {"closes_at": HOUR - timedelta(days=10)},
        {"closes_at": HOUR - timedelta(days=11)},
        {"apply_url": "", "apply_email": ""},
        {"title_en": "", "title_mn": ""},
        {"closes_at": None},
    ],
    ids=["closes as it opens", "closes before it opens", "no way to apply", "no title", "never closes"],
)
def test_the_database_refuses(details):
    with pytest.raises(IntegrityError), transaction.atomic():
        driver(**details)
    assert driver(apply_url="").pk


def test_a_vacancy_tells_machines_what_it_is(client, at):
    CountryOffice(name_en="IOM Mongolia", name_mn="ОУШХБ", organisation_name_en="IOM", organisation_name_mn="ОУШХБ", acronym_en="IOM").save()
    row = driver()
    at(HOUR - SECOND)
    (said,) = [json.loads(data) for data in re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', client.get(PAGE).text, re.DOTALL)]
    assert said["@type"] == "JobPosting"
    assert (said["title"], said["description"]) == ("Driver", "<p>Drives.</p>")
    assert (said["datePosted"], said["validThrough"]) == ("2026-11-30", "2026-12-10T18:00:00+08:00")
    assert said["jobLocation"]["address"] == {"@type": "PostalAddress", "addressLocality": "Ulaanbaatar", "addressCountry": "MN"}
    assert said["identifier"] == {"@type": "PropertyValue", "name": "IOM", "value": "VN 1"}
    assert said["hiringOrganization"]["name"] == "IOM Mongolia"
    # Without a place it would be no posting that anybody takes in, and a tender is none at all.
    for change in ({"duty_station_en": ""}, {"duty_station_en": "Ulaanbaatar", "kind": "tender"}):
        Opportunity.objects.filter(pk=row.pk).update(**change)
        assert "JobPosting" not in client.get(PAGE).text


def test_each_list_holds_its_kind_and_its_ways(client, at):
    at(HOUR - SECOND)
    for kind, way in [("vacancy", "work"), ("tender", "supply"), ("volunteers", "volunteer")]:
        people.opportunity(kind=kind, title_en=f"One {kind}", opens_at=HOUR - timedelta(days=2), closes_at=HOUR)
        ActionLink.objects.create(slug=way, kind=way, title_en=f"Way {way}", title_mn="Арга", url="https://x.example/")
    for page, kind, way in [("vacancies", "vacancy", "work"), ("tenders", "tender", "supply"), ("volunteering", "volunteers", "volunteer")]:
        html = client.get(f"/en/take-action/{page}/").text
        assert re.findall(r"One (\w+)", html) == [kind]
        assert re.findall(r"Way (\w+)", html) == [way]
        assert re.findall(r"<title>.*One (\w+)|<title>One (\w+)", client.get(f"/en/take-action/feed/?kind={kind}").text)
    assert client.get("/en/take-action/feed/?kind=nothing").status_code == 404
    assert client.get("/en/take-action/closed/?kind=nothing").status_code == 200


@pytest.mark.parametrize("page", ["", "vacancies/", "closed/", "feed/"])
def test_a_list_costs_as_many_queries_for_three_as_for_one(client, page):
    costs = []
    for _more in (1, 2):
        for _row in range(_more):
            people.opportunity()
            people.opportunity(opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/en/take-action/{page}")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def form(**details):
    return {
        "title_en": "Driver", "title_mn": "", "slug": "", "kind": "vacancy", "apply_email": "jobs@iom.example",
        "opens_at_0": "2026-12-01", "opens_at_1": "09:00", "closes_at_0": "2026-12-10", "closes_at_1": "18:00", "is_public": "on",
        "files-TOTAL_FORMS": "1", "files-INITIAL_FORMS": "0", "files-0-language": "en", "files-0-title_en": "Terms", "files-0-order": "0", **details,
    }  # fmt: skip


def test_an_editor_writes_hours_of_ulaanbaatar(client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    people.signed_in(client, people.editor())
    file = SimpleUploadedFile("terms.pdf", PDF)
    client.post(reverse("admin:office_opportunity_add"), form(**{"files-0-file": file}))
    row = Opportunity.objects.get()
    assert (row.slug, row.closes_at) == ("driver", HOUR)
    kept = row.files.get()
    assert (kept.format, kept.size, str(kept)) == ("pdf", len(PDF), "Terms")
    assert "18:00" in client.get(reverse("admin:office_opportunity_change", args=[row.pk])).text
    for state, count in [("open", 0), ("closed", 0), ("coming", 1)]:
        moment = timezone.now()
        Opportunity.objects.update(opens_at=moment + timedelta(days=1), closes_at=moment + timedelta(days=2))
        assert client.get(reverse("admin:office_opportunity_changelist") + f"?state={state}").context["cl"].result_count == count
    kept_at = tmp_path / kept.file.name
    assert kept_at.exists()
    row.delete()


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"closes_at_0": "2026-12-01", "closes_at_1": "09:00"}, "It must close after it opens."),
        ({"apply_email": ""}, "Say where to apply: an address, an e-mail, or both."),
        ({"title_en": "", "slug": "x"}, "Give it a title in one language at least."),
        ({"closes_at_0": "", "closes_at_1": ""}, "This field is required."),
    ],
)
def test_the_admin_says_what_is_missing(client, details, words):
    people.signed_in(client, people.editor())
    answer = client.post(reverse("admin:office_opportunity_add"), form(**{"files-TOTAL_FORMS": "0", **details}))
    assert answer.status_code == 200
    assert words in answer.text
    assert not Opportunity.objects.exists()


def test_the_form_refuses_what_only_calls_itself_a_document(client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    people.signed_in(client, people.editor())
    answer = client.post(reverse("admin:office_opportunity_add"), form(**{"files-0-file": SimpleUploadedFile("terms.pdf", b"<script>")}))
    assert answer.status_code == 200
    assert not Opportunity.objects.exists()


def test_what_may_be_stored_is_said_by_the_model_as_well():
    row = driver()
    row.closes_at = row.opens_at
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert "It must close after it opens." in refusal.value.messages
