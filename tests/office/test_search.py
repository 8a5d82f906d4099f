"""Search: every kind of thing is found in its language, in either script, and nothing that is not public ever is."""

from datetime import timedelta
from threading import Thread
from urllib.parse import quote

import pytest
from django.utils import timezone

from office import search as office_search
from office.models import ActionLink, Goal, Indicator, NewsItem, Page, Quote, Resource
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


def test_the_query_is_cut_and_its_words_are_counted():
    assert len(office_search.words_of("а" * 5000).wanted[0]) == 200
    assert len(office_search.words_of(" ".join(f"w{n}" for n in range(90))).wanted) == office_search.MOST_WORDS


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


# Beginnings -------------------------------------------------------------------------------------------------

def test_a_short_word_is_no_beginning_where_it_stands_for_itself():
    people.news_item(slug="month", title_mn="Нэг сарын дараа")
    people.news_item(slug="lily", title_mn="Сараана цэцэг")
    result = office_search.search("сар", "mn", SOURCES)
    assert [hit.url for hit in result.results(result.hits)] == ["/en/news/month/"]
    # Where nothing else begins so, the beginning will do.
    assert found("цэц", "mn") == ["news"]


# Typing mistakes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "typed", "taken"),
    [
        ("en", "traficking", "trafficking"), ("en", "traffickking", "trafficking"), ("en", "trafifcking", "trafficking"),
        ("en", "traffivking", "trafficking"), ("en", "rafficking", "trafficking"), ("en", "Ulanbaatar", "Ulaanbaatar"),
        ("en", "traffickng labuor", "trafficking labour"), ("mn", "шилжлт", "шилжилт"), ("mn", "шлижилт", "шилжилт"),
        ("mn", "шилжилд", "шилжилт"), ("mn", "хөдөлгөнө", "хөдөлгөөн"), ("mn", "shlijilt", "шилжилт"), ("mn", "шлжилтээр", "шилжилт"),
    ],
)  # fmt: skip
def test_a_typing_mistake_is_forgiven_and_it_is_said(client, language, typed, taken):
    people.news_item(title_en="Trafficking and labour in Ulaanbaatar", title_mn="Шилжилт хөдөлгөөн: шилжилт, хөдөлгөөн")
    html = client.get(f"/{language}/search/?q={quote(typed)}").text
    assert f"<strong>{taken}</strong>" in html
    assert html.count("<mark>") == len(taken.split()) if language == "en" else "<mark>" in html
    assert f"?q={quote(typed)}&amp;exact=1" in html
    assert "<mark>" not in client.get(f"/{language}/search/?q={quote(typed)}&exact=1").text


@pytest.mark.parametrize("typed", ["cat", "2031", "xyzzyplugh", "a" * 200])
def test_not_everything_is_taken_for_a_mistake(typed):
    people.news_item(title_en="Cut in 2013", title_mn="")
    result = office_search.search(typed, "en", SOURCES)
    assert (result.hits, result.corrected, result.suggested) == ([], "", "")


def test_a_word_of_what_is_not_public_is_never_proposed(client):
    item = people.news_item(title_en="Zephyrine", title_mn="", publish_at_en=timezone.now())
    assert "<strong>zephyrine</strong>" in client.get("/en/search/?q=zephirine").text
    item.publish_at_en = timezone.now() + timedelta(hours=1)
    item.save()
    assert "zephyrine" not in client.get("/en/search/?q=zephirine").text.lower()


def test_a_word_that_few_hold_is_asked_about(client):
    people.news_item(title_en="The camei of Rome")
    for _time in range(5):
        people.news_item(title_en="A camel")
    response = client.get("/en/search/?q=camei")
    assert response.context["found"].suggested == "camel"
    assert len(response.context["results"]) == 1
    assert '<a href="?q=camel">camel</a>' in response.text


def test_what_is_written_so_in_the_other_language_is_no_mistake(client):
    people.news_item(title_en="Hudulmur dealt with", title_mn="Хөдөлмөр")
    people.news_item(title_en="Mongolian", title_mn="Шилжилт")
    response = client.get("/en/search/?q=shiljilt")
    assert response.context["results"] == []
    assert "1 result in Mongolian" in response.text
    assert '/mn/search/?q=shiljilt" hreflang="mn"' in response.text


# Phrases, words to leave out, numbers, and what is no query -------------------------------------------------


def test_phrases_and_words_to_leave_out():
    people.news_item(slug="one", title_en="Labour migration to Seoul", title_mn="Хүн худалдаалах гэмт хэргийн тухай")
    people.news_item(slug="two", title_en="Migration of labour", title_mn="Гэмт хүн, хэрэг")

    def slugs(text, language="en"):
        result = office_search.search(text, language, SOURCES)
        return [hit.url.split("/")[-2] for hit in result.results(result.hits)]

    assert sorted(slugs("labour migration")) == ["one", "two"]
    for text in ('"labour migration"', "“Labour migration”", "«labour migration» seoul", "labour -of", "labour -\"migration of\"", "migration −of"):
        assert slugs(text) == ["one"], text
    assert slugs('"migration labour"') == []
    assert slugs("гэмт хэрэг -\"гэмт хүн\"", "mn") == ["one"]
    assert slugs("«гэмт хэрэг»", "mn") == ["one"]
    assert slugs("-labour") == []
    # A hyphen inside of a word leaves nothing out.
    assert sorted(slugs("labour-migration")) == ["one", "two"]


def test_goals_targets_and_years_are_found_by_their_numbers():
    goal = Goal.objects.get_or_create(number=10, defaults={"name_en": "Reduced inequalities", "name_mn": "Тэгш бус байдлыг бууруулах", "colour": "#dd1367"})[0]
    goal.targets.get_or_create(code="10.7", defaults={"text_en": "Safe migration.", "text_mn": "Аюулгүй шилжилт."})
    people.workshop(slug="then", starts_on=timezone.datetime(2013, 10, 29).date())
    for text, language, url in (
        ("10.7", "en", "/en/2030-agenda/goals/10/#target-10.7"), ("goal 10", "en", "/en/2030-agenda/goals/10/"),
        ("SDG 10", "en", "/en/2030-agenda/goals/10/"), ("зорилго 10", "mn", "/en/2030-agenda/goals/10/"), ("2013", "en", "/en/workshops/then/"),
    ):  # fmt: skip
        result = office_search.search(text, language, SOURCES)
        assert result.results(result.hits)[0].url == url, text


def test_whatever_is_typed_gives_a_page(client):
    people.news_item(title_en="Camels")
    for text in ("' OR 1=1 --", "a & !b | (c:*", "\\", "'", '"', "-", '""', "<script>", "😀", "!!!", "%s", "a" * 200, '-"', "10.", "ᠮᠣᠩᠭᠣᠯ"):
        for language in ("en", "mn"):
            assert client.get(f"/{language}/search/?q={quote(text)}").status_code == 200, text


# Choices ----------------------------------------------------------------------------------------------------


def test_results_are_narrowed_by_kind_year_and_area_with_counts(client):
    area, other = people.work_area(slug="gobi", name_en="Gobi"), people.work_area(slug="steppe", name_en="Steppe")
    hidden = people.work_area(slug="hidden", name_en="Hidden", is_public=False)
    first = people.news_item(title_en="Camels", published_on=timezone.datetime(2013, 1, 2).date())
    first.work_areas.set([area, hidden])
    people.news_item(title_en="Camels too").work_areas.set([area, other])
    people.workshop(title_en="Camels", starts_on=timezone.datetime(2013, 3, 4).date())
    result = client.get("/en/search/?q=camels").context["found"]
    assert result.years == [(2026, 1), (2013, 2)]
    assert [(row.slug, count) for row, count in result.areas] == [("gobi", 2), ("steppe", 1)]
    response = client.get("/en/search/?q=camels&year=2013")
    assert len(response.context["results"]) == 2
    assert 'href="?q=camels&amp;year=2013&amp;kind=news"' in response.text
    assert [(source.kind, count) for source, count in response.context["found"].counts] == [("news", 1), ("workshops", 1)]
    response = client.get("/en/search/?q=camels&year=2013&area=gobi&kind=news")
    assert [result.url for result in response.context["results"]] == [first.get_absolute_url()]
    # What cannot be chosen is not chosen.
    for bad in ("year=1999", "year=x", "year=٢٠١٣", "area=hidden", "area=nowhere", "kind=x"):
        assert len(client.get(f"/en/search/?q=camels&{bad}").context["results"]) == 3, bad


def test_it_costs_as_many_queries_with_thirty_rows_as_with_three(client, django_assert_num_queries):
    area = people.work_area()
    for rows in (3, 27):
        for _row in range(rows):
            people.news_item(title_en="Camels").work_areas.add(area)
        client.get("/en/search/?q=camels")
        with django_assert_num_queries(7):
            client.get("/en/search/?q=camels")


def test_what_is_withdrawn_while_it_is_read_is_not_found(monkeypatch):
    people.news_item(title_en="Camels")
    read = office_search._texts

    def withdrawn_first(*args):
        NewsItem.objects.update(publish_at_en=None)
        return read(*args)

    monkeypatch.setattr(office_search, "_texts", withdrawn_first)
    assert found("camels") == []


def test_what_was_read_is_asked_before_another_search_may_forget_it(monkeypatch):
    people.news_item(title_en="Camels")
    read, free = office_search._read, []

    def tried(*args):
        index, live = read(*args)
        another = Thread(target=lambda: free.append(index.lock.acquire(timeout=0.05)))
        another.start()
        another.join()
        return index, live

    monkeypatch.setattr(office_search, "_read", tried)
    assert found("camels") == ["news"] and free == [False, False]


def test_what_changes_is_found_at_once():
    item = people.news_item(title_en="Camels")
    assert found("camels") == ["news"]
    said = Quote.objects.create(item=item, text_en="Spitting", speaker_en="Somebody")
    assert found("spitting") == ["news"]
    said.text_en = "Humming"
    said.save()
    assert (found("spitting"), found("humming")) == ([], ["news"])
    item.title_en = "Yaks"
    item.save()
    assert (found("camels"), found("yaks")) == ([], ["news"])
    item.delete()
    assert found("yaks") == []
