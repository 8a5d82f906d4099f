"""Search: every kind of thing is found in its language, in either script, and nothing that is not public ever is."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from office import search as office_search
from office.models import ActionLink, Indicator, Page, Quote, Resource
from tests import people
from workshops import search as workshop_search

pytestmark = pytest.mark.django_db
SOURCES = (*office_search.SOURCES, *workshop_search.SOURCES)


def found(text, language="en", **options):
    result = office_search.search(text, language, SOURCES, **options)
    return [hit.source.kind for hit in result.results(result.hits)]


def titles(client, text, language="en"):
    response = client.get(f"/{language}/search/?q={quote(text)}")
    assert response.status_code == 200
    return [str(result.title) for result in response.context["results"]]


def test_every_kind_is_found():
    yesterday = timezone.now() - timedelta(days=1)
    people.news_item(lead_en="falconry")
    people.work_area(summary_en="falconry")
    Page.objects.create(key="about", title_en="About", body_en="<p>falconry</p>", publish_at_en=yesterday)
    ActionLink.objects.create(slug="a", kind="help", title_en="Help", title_mn="Тус", text_en="falconry")
    Indicator.objects.create(slug="i", title_en="Falconry", title_mn="Тоо", unit_en="birds", unit_mn="шувуу")
    Resource.objects.create(slug="r", kind="report", title_en="On falconry")
    institution = people.organisation(name_en="Ministry of Falconry", name_mn="Яам")
    people.workshop(summary_en="falconry", seats={institution: (0, None)})
    assert sorted(found("falconry")) == ["areas", "figures", "help", "institutions", "news", "pages", "resources", "workshops"]


def test_nothing_that_is_not_public_is_found():
    hidden = "Zephyrine"
    people.news_item(title_en=hidden, title_mn=hidden, published=False)
    people.news_item(title_en=hidden, title_mn="", publish_at_en=timezone.now() + timedelta(days=1))
    people.news_item(title_en=hidden, title_mn="", unpublish_at_en=timezone.now() - timedelta(days=1))
    people.work_area(name_en=hidden, is_public=False)
    Page.objects.create(key="about", title_en=hidden)
    ActionLink.objects.create(slug="a", kind="help", title_en=hidden, title_mn=hidden, is_public=False)
    Indicator.objects.create(slug="i", title_en=hidden, title_mn=hidden, unit_en="x", unit_mn="x", is_public=False)
    Indicator.objects.create(slug="j", title_en=hidden, title_mn=hidden, unit_en="x", unit_mn="x", confidence="low")
    Resource.objects.create(slug="r", kind="report", title_en=hidden, is_public=False)
    people.organisation(name_en=hidden, name_mn=hidden)
    for details in ({"status": "draft"}, {"visibility": "internal"}, {"visibility": "unlisted"}):
        institution = people.organisation(name_en=f"{hidden} {details}", name_mn=hidden)
        people.workshop(title_en=hidden, title_mn=hidden, seats={institution: (0, None)}, **details)
    people.workshop(title_en="Open", title_mn="Нээлттэй", note=hidden)
    people.person(given_name_latin=hidden, given_name="Зефирин")
    assert found(hidden, "en") == []
    assert found(hidden, "mn") == []


def test_a_language_finds_only_its_own():
    people.news_item(title_en="Dogs", title_mn="")
    people.news_item(title_en="", title_mn="Нохой")
    assert found("dogs", "en") == ["news"]
    assert found("dogs", "mn") == []
    assert found("нохой", "mn") == ["news"]
    assert found("нохой", "en") == []


@pytest.mark.parametrize(
    "query",
    [
        "шилжилт", "Шилжилтийн", "шилжилтээс", "shiljilt", "shiljiltiin", "Shiljilt Khudulguun", "hudulguun", "ХӨДӨЛГӨӨН",
        "ходолгоон", "хөдөлгөөний", "шилж", "shilj",
    ],
)  # fmt: skip
def test_mongolian_is_found_by_beginnings_endings_and_in_latin_letters(query):
    people.news_item(title_mn="Шилжилт хөдөлгөөний засаглал", title_en="")
    people.news_item(title_mn="Өвөлжилтийн бэлтгэл", title_en="")
    result = office_search.search(query, "mn", SOURCES)
    assert len(result.hits) == 1
    assert result.partly is False


def test_mongolian_text_with_endings_is_found_by_the_bare_word():
    people.news_item(title_mn="Сангийн яамны шилжилтийг судлав", title_en="")
    for query in ("шилжилт", "яам", "yam", "sang"):
        assert found(query, "mn") == ["news"], query


@pytest.mark.parametrize("query", ["migrants", "Migration", "migr", "organisations", "organizations", "labor", "labour", "the migrants of the"])
def test_english_is_found_by_its_stem_and_either_spelling(query):
    people.news_item(title_en="Migration and the organization of labour: a migrant tells", title_mn="")
    assert found(query, "en") == ["news"]


def test_quotes_speakers_acronyms_and_telephone_numbers_are_found():
    item = people.news_item()
    Quote.objects.create(item=item, text_en="A crucial hour", speaker_en="Kieran Gorman-Best")
    ministry = people.organisation(name_en="Ministry of Finance", acronym_en="MoF", also_known_as=["Treasury"])
    people.workshop(seats={ministry: (0, None)})
    # Longer than the numbers in the cast's titles, one of which could begin with it.
    ActionLink.objects.create(slug="a", kind="help", title_en="Police", title_mn="Цагдаа", phone="110102")
    assert found("Gorman-Best") == ["news"]
    assert found("crucial hour") == ["news"]
    assert found("MoF") == ["institutions"]
    assert found("treasury") == ["institutions"]
    assert found("110102") == ["help"]


def test_all_words_must_be_there_and_if_they_are_nowhere_some_will_do_and_it_is_said(client):
    people.news_item(title_en="Camels in the Gobi")
    people.news_item(title_en="Camels elsewhere")
    assert len(titles(client, "camels gobi")) == 1
    response = client.get("/en/search/?q=camels+penguins")
    assert response.context["found"].partly is True
    assert len(response.context["results"]) == 2


def test_a_title_outweighs_a_text():
    people.news_item(slug="in-the-text", title_en="Something", body_en="<p>camels</p>")
    people.news_item(slug="in-the-title", title_en="Camels")
    result = office_search.search("camels", "en", SOURCES)
    assert [hit.url for hit in result.results(result.hits)] == ["/en/news/in-the-title/", "/en/news/in-the-text/"]


def test_what_was_found_is_marked_and_everything_else_escaped(client):
    people.news_item(title_en="Camels <script>alert(1)</script> & more", body_en="<p>Wild &lt;b&gt; camels \ue000here\ue001</p>")
    html = client.get("/en/search/?q=camels").text
    assert "<mark>Camels</mark>" in html
    assert "<script>alert(1)" not in html
    assert "&lt;b&gt; <mark>camels</mark>" in html


@pytest.mark.parametrize("text", ["<b>x</b>", "\ue000", "\ue001x\ue000", "\ue000a\ue000b\ue001", "a\ue001"])
def test_marks_are_always_closed(text):
    html = str(office_search.marked(text))
    assert html.count("<mark>") == html.count("</mark>")
    assert "<b>" not in html
    assert not {"\ue000", "\ue001"} & set(html)


def test_the_query_is_cut_and_its_words_are_counted():
    assert len(office_search.words_of("а" * 5000)[0]) == 200
    assert len(office_search.words_of(" ".join(f"w{n}" for n in range(90)))) == office_search.MOST_WORDS


def test_a_query_without_result_helps(client):
    response = client.get("/en/search/?q=xyzzy")
    assert response.status_code == 200
    assert '/mn/search/?q=xyzzy" hreflang="mn"' in response.text
    assert "/en/contacts/" in response.text


def test_kinds_can_be_chosen_and_keep_their_counts(client):
    people.news_item(title_en="Camels")
    people.work_area(name_en="Camels")
    response = client.get("/en/search/?q=camels&kind=areas")
    assert [result.source.kind for result in response.context["results"]] == ["areas"]
    assert [(source.kind, count) for source, count in response.context["found"].counts] == [("news", 1), ("areas", 1)]
    assert len(client.get("/en/search/?q=camels&kind=workshops").context["results"]) == 2


def test_an_institution_leads_to_where_it_is_named(client):
    invited, named = people.organisation(name_en="Camel Board", slug="camel-board"), people.organisation(name_en="Camel Court", slug="camel-court")
    people.workshop(slug="with-camels", seats={invited: (0, None)})
    people.news_item(slug="of-camels").institutions.add(named)
    results = client.get("/en/search/?q=camel").context["results"]
    assert {result.url for result in results} == {"/en/workshops/?institution=camel-board", "/en/news/?institution=camel-court"}
    assert "with-camels" in client.get("/en/workshops/?institution=camel-board").text
    assert "of-camels" in client.get("/en/news/?institution=camel-court").text
