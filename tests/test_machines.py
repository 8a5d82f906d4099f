"""What the site tells machines: schema.org's words, feeds, calendar, sitemap; and that all of it changes at once."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from icalendar import Calendar

from office.models import ChangeNote, CountryOffice, Indicator, IndicatorPoint, NewsItem
from tests import people

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def address(settings):
    settings.PORTAL_ADDRESS = "https://portal.example"


def told(response):
    """What a page says in the words of schema.org."""
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.text, re.DOTALL)
    return json.loads(text)


def titles(response):
    return [entry.findtext(f"{ATOM}title") for entry in ElementTree.fromstring(response.content).findall(f"{ATOM}entry")]


def test_a_news_item_tells_machines_no_more_than_is_known(client):
    fund, area = people.organisation(name_en="Fund"), people.work_area(name_en="Labour")
    item = people.news_item(
        slug="item", kind="press-release", title_en="</script><b>", lead_en="In short & plain", dateline_en="Mongolia",
        published_on=date(2013, 1, 1), precision="year", funder=fund,
    )  # fmt: skip
    item.work_areas.add(area)
    item.institutions.add(people.organisation(name_en="Ministry"))
    ChangeNote.objects.create(item=item, on=date(2026, 5, 3), text_en="Seven came.")
    data = told(client.get("/en/news/item/"))
    assert (data["@type"], data["headline"], data["description"]) == ("NewsArticle", "</script><b>", "In short & plain")
    assert (data["datePublished"], data["dateModified"], data["dateline"]) == ("2013", "2026-05-03", "Mongolia")
    assert (data["url"], data["inLanguage"]) == ("https://portal.example/en/news/item/", "en")
    assert data["workTranslation"] == [{"@id": "https://portal.example/mn/news/item/"}]
    assert (data["articleSection"], data["funder"]["name"], data["mentions"][0]["name"]) == (["Labour"], "Fund", "Ministry")
    assert data["correction"] == [{"@type": "CorrectionComment", "text": "Seven came.", "datePublished": "2026-05-03"}]
    assert "correction" not in told(client.get("/mn/news/item/"))


def test_a_workshop_is_an_event_and_says_when_it_is_off(client):
    people.workshop(slug="held", starts_on=date(2027, 1, 12), ends_on=date(2027, 1, 13), place_en="Ulaanbaatar", status="postponed", capacity=30)
    data = told(client.get("/en/workshops/held/"))
    assert (data["@type"], data["startDate"], data["endDate"]) == ("EducationEvent", "2027-01-12", "2027-01-13")
    assert (data["eventStatus"], data["location"]["name"]) == ("https://schema.org/EventPostponed", "Ulaanbaatar")
    people.workshop(slug="sometime", starts_on=None, ends_on=None)
    assert "ld+json" not in client.get("/en/workshops/sometime/").text


def test_home_tells_whose_office_it_is(client):
    CountryOffice(name_en="IOM Mongolia", name_mn="ОУШХБ", organisation_name_en="IOM", organisation_name_mn="ОУШХБ", present_since=2011).save()
    data = told(client.get("/en/"))
    assert (data["@type"], data["name"], data["foundingDate"], data["parentOrganization"]["name"]) == ("Organization", "IOM Mongolia", "2011", "IOM")


def test_other_sites_are_told_the_times_and_the_languages_of_an_item(client):
    people.news_item(slug="item", published_on=date(2014, 9, 15), precision="month")
    page = client.get("/mn/news/item/").text
    assert '<meta property="article:published_time" content="2014-09">' in page
    assert '<meta property="og:locale" content="mn_MN">' in page
    assert '<meta property="og:locale:alternate" content="en_GB">' in page


def test_a_page_has_a_picture_for_links_that_changes_with_its_words(client):
    people.news_item(slug="item", title_en='#panic() "Өлзий" \U0001f40e' + "х" * 150)
    people.workshop(slug="held")

    def picture_of(page):
        return re.search(r'property="og:image" content="https://portal.example([^"]+)"', client.get(page).text)[1]

    people.work_area(slug="labour", name_en="Labour")
    figure = Indicator.objects.create(slug="stock", title_en="Stock", unit_en="persons")
    IndicatorPoint.objects.create(indicator=figure, label_en="2024", value=7)
    pages = ("/en/", "/mn/", "/en/contacts/", "/mn/news/", "/en/our-work/labour/", "/en/data-and-resources/figures/stock/")
    for page in ("/en/news/item/", "/en/workshops/held/", "/mn/workshops/held/", *pages):
        answer = client.get(picture_of(page))
        assert answer["Content-Type"] == "image/png"
        # Width and height stand in the head of a PNG.
        assert [int.from_bytes(answer.content[at : at + 4]) for at in (16, 20)] == [1200, 630]
    before = picture_of("/en/news/item/")
    assert picture_of("/en/news/item/") == before
    NewsItem.objects.update(title_en="Another title")
    assert picture_of("/en/news/item/") != before
    people.news_item(slug="draft", published=False)
    people.workshop(slug="inside", visibility="internal")
    people.work_area(slug="closed", is_public=False)
    Indicator.objects.create(slug="unsure", title_en="Unsure", unit_en="persons", confidence="low")
    others = ("/en/our-work/closed/share.png", "/en/data-and-resources/figures/unsure/share.png", "/mn/data-and-resources/figures/stock/share.png")
    for hidden in ("/en/news/draft/share.png", "/en/workshops/inside/share.png", *others):
        assert client.get(hidden).status_code == 404


def test_a_feed_of_an_area_and_a_kind_holds_only_theirs(client):
    one = people.work_area(slug="one", name_en="One")
    people.news_item(title_en="Story of one", kind="story").work_areas.add(one)
    people.news_item(title_en="News of one", kind="news").work_areas.add(one)
    people.news_item(title_en="Story", kind="story")
    assert set(titles(client.get("/en/news/feed/"))) == {"Story of one", "News of one", "Story"}
    assert set(titles(client.get("/en/news/feed/?kind=story"))) == {"Story of one", "Story"}
    of_both = client.get("/en/news/feed/?area=one&kind=story")
    assert titles(of_both) == ["Story of one"]
    feed = ElementTree.fromstring(of_both.content)
    assert feed.findtext(f"{ATOM}title") == "IOM Mongolia: news: One: Story"
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")} == {
        "alternate": "http://testserver/en/news/?area=one&kind=story",
        "self": "http://testserver/en/news/feed/?area=one&kind=story",
    }
    for unknown in ("area=nothing", "kind=nothing"):
        assert client.get(f"/en/news/feed/?{unknown}").status_code == 404


def test_pages_lead_to_their_feeds(client):
    people.news_item(kind="story").work_areas.add(people.work_area(slug="one", name_en="One"))
    for page, feed in [("/en/", ""), ("/en/news/", ""), ("/en/news/?area=one&kind=story", "?area=one&amp;kind=story"), ("/en/our-work/one/", "?area=one")]:
        assert re.search(f'<link rel="alternate" type="application/atom.xml" title="[^"]+" href="/en/news/feed/{re.escape(feed)}">', client.get(page).text), page


def test_a_told_change_makes_an_entry_newer_and_what_is_the_same_is_not_sent_again(client):
    item = people.news_item(published_on=date(2020, 1, 1))
    first = client.get("/en/news/feed/")
    assert client.get("/en/news/feed/", headers={"if-none-match": first["ETag"]}).status_code == 304
    later = date.today() + timedelta(days=3)
    ChangeNote.objects.create(item=item, on=later, text_en="Seven came.")
    second = client.get("/en/news/feed/", headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    assert ElementTree.fromstring(second.content).find(f"{ATOM}entry").findtext(f"{ATOM}updated").startswith(later.isoformat())
    # In Mongolian nothing was told.
    assert later.isoformat() not in client.get("/mn/news/feed/").text


def test_the_calendar_holds_the_public_workshops_of_a_language(client, django_assert_num_queries):
    for slug, details in {"coming": {}, "off": {"status": "cancelled"}, "inside": {"visibility": "internal"}, "english": {"title_mn": ""}}.items():
        people.workshop(slug=slug, **{"title_en": f"The {slug}", "title_mn": f"Сургалт {slug}", **details})
    with django_assert_num_queries(3):
        response = client.get("/en/workshops/calendar.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.text)
    assert {(str(event["summary"]).split(",")[0], str(event["status"])) for event in calendar.events} == {
        ("The coming", "CONFIRMED"), ("The off", "CANCELLED"), ("The english", "CONFIRMED"),
    }  # fmt: skip
    assert {str(event["url"]) for event in calendar.events} >= {"https://portal.example/en/workshops/coming/"}
    assert "english" not in client.get("/mn/workshops/calendar.ics").text
    # An hour later the file bears another moment of its making, and is the same.
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        assert client.get("/en/workshops/calendar.ics", headers={"if-none-match": response["ETag"]}).status_code == 304
    people.workshop(title_en="Another")
    assert client.get("/en/workshops/calendar.ics", headers={"if-none-match": response["ETag"]}).status_code == 200
    assert '<link rel="alternate" type="text/calendar" title="Workshops" href="https://portal.example/en/workshops/calendar.ics">' in client.get(
        "/en/workshops/"
    ).text


def test_pages_name_each_other_as_translations(client):
    """Each page that names another as the same in another language is named by it; x-default has no language."""
    people.news_item(slug="both").work_areas.add(people.work_area(slug="area"))
    people.news_item(slug="english", title_mn="")
    people.workshop(slug="held")
    named = {}
    for place in ElementTree.fromstring(client.get("/sitemap.xml").content).iter(f"{SITEMAP}url"):
        page = place.findtext(f"{SITEMAP}loc").removeprefix("http://testserver")
        in_page = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="http://testserver([^"]+)">', client.get(page).text))
        in_list = {link.get("hreflang"): link.get("href").removeprefix("http://testserver") for link in place.findall("{http://www.w3.org/1999/xhtml}link")}
        named[page] = in_page
        if in_page:
            assert in_page == in_list, page
            assert in_page["x-default"] == page[3:], page
    assert named["/en/news/english/"] == {} and "/mn/news/english/" not in named
    assert len(named["/mn/news/both/"]) == 3
    for page, others in named.items():
        for language in ("en", "mn"):
            if language in others:
                assert named[others[language]] == others, page


def everywhere(client, slug, word):
    """Where an item is to be seen in English."""
    return {
        "page": client.get(f"/en/news/{slug}/").status_code == 200,
        "list": word in client.get("/en/news/").text,
        "home": word in client.get("/en/").text,
        "feed": word in client.get("/en/news/feed/").text,
        "search": f'href="/en/news/{slug}/"' in client.get(f"/en/search/?q={word}").text,
        "sitemap": f"/en/news/{slug}/" in client.get("/sitemap.xml").text,
    }


def test_an_item_is_seen_everywhere_from_its_second_on_and_until_its_last(client):
    begins, ends = datetime(2027, 3, 1, 1, 0, 0, tzinfo=UTC), datetime(2027, 3, 2, 1, 0, 0, tzinfo=UTC)
    people.news_item(slug="timed", title_en="Zebra", title_mn="", publish_at_en=begins, unpublish_at_en=ends)
    second = timedelta(seconds=1)
    for moment, is_seen in [(begins - second, False), (begins, True), (ends - second, True), (ends, False)]:
        with time_machine.travel(moment, tick=False):
            assert set(everywhere(client, "timed", "Zebra").values()) == {is_seen}, moment


def test_a_change_is_seen_everywhere_at_once(client):
    people.news_item(slug="item", title_en="Zebra")
    assert set(everywhere(client, "item", "Zebra").values()) == {True}
    NewsItem.objects.filter(slug="item").update(title_en="Giraffe")
    assert set(everywhere(client, "item", "Giraffe").values()) == {True}
    assert not any(seen for place, seen in everywhere(client, "item", "Zebra").items() if place not in {"page", "sitemap"})
