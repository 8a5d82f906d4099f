"""The news feed: Atom, one for each language, with the whole text."""

from datetime import date
from xml.etree import ElementTree

import pytest

from tests import people

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client, language):
    response = client.get(f"/{language}/news/feed/")
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    return feed.findall(f"{ATOM}entry")


def test_each_language_has_its_own_items_with_the_whole_text(client):
    people.news_item(slug="both", title_en="Both", title_mn="Хоёул", body_en="<p>A &amp; B</p>", body_mn="<p>А ба Б</p>", lead_en="In short")
    people.news_item(slug="english", title_en="English alone", title_mn="", published_on=date(2020, 1, 1))
    people.news_item(slug="draft", title_en="Draft", published=False)
    english = entries(client, "en")
    assert [entry.findtext(f"{ATOM}title") for entry in english] == ["Both", "English alone"]
    assert english[0].findtext(f"{ATOM}content") == "<p>A &amp; B</p>"
    assert english[0].findtext(f"{ATOM}summary") == "In short"
    assert english[0].find(f"{ATOM}link").get("href") == "http://testserver/en/news/both/"
    mongolian = entries(client, "mn")
    assert [entry.findtext(f"{ATOM}title") for entry in mongolian] == ["Хоёул"]
    assert mongolian[0].findtext(f"{ATOM}content") == "<p>А ба Б</p>"


def test_a_feed_is_valid_atom(client):
    people.news_item(slug="one")
    feed = ElementTree.fromstring(client.get("/en/news/feed/").content)
    for part in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{part}") is not None, part
    entry = feed.find(f"{ATOM}entry")
    for part in ("id", "title", "updated", "published", "summary", "content"):
        assert entry.find(f"{ATOM}{part}") is not None, part


def test_letters_that_xml_does_not_know_are_left_out(client):
    people.news_item(slug="odd", title_en="Odd\x0b title", body_en="<p>Odd\x0c text</p>", lead_en="Odd\x01 lead")
    assert entries(client, "en")[0].findtext(f"{ATOM}title") == "Odd title"


def test_an_empty_feed_is_a_feed(client):
    assert entries(client, "mn") == []
