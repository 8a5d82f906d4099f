"""News: what is public in a language, and what an old item may still say."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from office.models import NewsContact, Quote
from tests import people

pytestmark = pytest.mark.django_db


def test_a_list_holds_only_what_is_published_in_its_language(client):
    people.news_item(slug="both", title_en="Both tongues", title_mn="Хоёр хэлээр")
    people.news_item(slug="english", title_en="English alone", title_mn="")
    people.news_item(slug="mongolian", title_en="", title_mn="Зөвхөн монголоор")
    people.news_item(slug="draft", title_en="A draft", title_mn="Ноорог", published=False)
    tomorrow = timezone.now() + timedelta(days=1)
    people.news_item(slug="tomorrow", title_en="Of tomorrow", title_mn="Маргааш", publish_at_en=tomorrow, publish_at_mn=tomorrow)
    english, mongolian = client.get("/en/news/"), client.get("/mn/news/")
    assert {item.slug for item in english.context["rows"]} == {"both", "english"}
    assert {item.slug for item in mongolian.context["rows"]} == {"both", "mongolian"}


def test_an_item_of_the_other_language_says_so_and_leads_there(client):
    people.news_item(slug="english", title_en="English alone", title_mn="", body_en="<p>The whole story.</p>")
    response = client.get("/mn/news/english/")
    assert response.status_code == 200
    assert '<a href="/en/news/english/" hreflang="en" lang="en">English alone</a>' in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert "The whole story" not in response.text


def test_a_draft_has_no_page(client):
    people.news_item(slug="draft", published=False)
    assert client.get("/en/news/draft/").status_code == 404
    assert client.get("/mn/news/draft/").status_code == 404


def test_an_item_withdrawn_in_one_language_is_gone_there_alone(client):
    people.news_item(slug="withdrawn", title_en="Still here", unpublish_at_mn=timezone.now() - timedelta(hours=1))
    assert "Still here" in client.get("/en/news/withdrawn/").text
    assert 'hreflang="en" lang="en">Still here' in client.get("/mn/news/withdrawn/").text


def test_without_a_text_in_the_language_title_and_lead_stand_and_the_text_is_linked(client):
    people.news_item(
        slug="short", title_en="In full", title_mn="Товчхон", lead_mn="Гол утга нь энэ.", body_en="<p>All of it.</p>", body_mn=""
    )
    response = client.get("/mn/news/short/")
    assert "Товчхон" in response.text
    assert "Гол утга нь энэ." in response.text
    assert '<a href="/en/news/short/" hreflang="en" lang="en">In full</a>' in response.text
    assert "All of it." not in response.text
    assert response.context["text_elsewhere"] == "en"


def test_the_dateline_stands_before_the_first_words(client):
    people.news_item(slug="dated", dateline_en="Ulaanbaatar", body_en="<p>It began.</p><p>It went on.</p>")
    assert '<p><span class="dateline">Ulaanbaatar</span>It began.</p><p>It went on.</p>' in client.get("/en/news/dated/").text


@pytest.mark.parametrize(
    ("precision", "shown", "machine"), [("day", "15 September 2014", "2014-09-15"), ("month", "September 2014", "2014-09"), ("year", "2014", "2014")]
)
def test_a_date_is_no_more_exact_than_it_is_known(client, precision, shown, machine):
    people.news_item(slug="old", published_on=date(2014, 9, 15), precision=precision)
    for address in ("/en/news/", "/en/news/old/"):
        assert f'<time datetime="{machine}">{shown}</time>' in client.get(address).text


def test_an_expired_contact_is_named_but_cannot_be_written_to(client):
    item = people.news_item(slug="seed", published_on=date(2013, 5, 1))
    then = people.press_contact(name="Ellen Then", office_en="IOM Beijing", email="then@iom.example", phone="+86 1", active_to=date(2014, 1, 1))
    people.press_contact(name="Press desk", email="today@iom.example")
    NewsContact.objects.create(item=item, contact=then)
    html = client.get("/en/news/seed/").text
    assert "Ellen Then (IOM Beijing)" in html
    assert "then@iom.example" not in html
    assert "+86 1" not in html
    assert "mailto:today@iom.example" in html


def test_a_contact_of_today_is_shown_with_the_address(client):
    item = people.news_item(slug="new", title_en="Trains & planes")
    NewsContact.objects.create(item=item, contact=people.press_contact(name="Nomin", email="nomin@iom.example"))
    people.press_contact(name="Another desk", email="other@iom.example")
    html = client.get("/en/news/new/").text
    assert "mailto:nomin@iom.example?subject=Trains%20%26%20planes" in html
    assert "other@iom.example" not in html


def test_an_old_item_says_that_it_is_old(client):
    people.news_item(slug="old", published_on=date(2013, 5, 1))
    people.news_item(slug="new", published_on=timezone.localdate())
    assert client.get("/en/news/old/").context["is_old"] is True
    assert client.get("/en/news/new/").context["is_old"] is False


def test_quotes_are_shown_in_the_language_alone(client):
    item = people.news_item(slug="said")
    Quote.objects.create(item=item, text_en="Well done", speaker_en="A. Speaker", role_en="Chief")
    assert "“Well done”" in client.get("/en/news/said/").text
    assert "Well done" not in client.get("/mn/news/said/").text


def test_the_list_can_be_narrowed_by_area_year_kind_target_and_institution(client):
    area, other = people.work_area(slug="one"), people.work_area(slug="two")
    institution = people.organisation(slug="police")
    found = people.news_item(slug="found", published_on=date(2014, 1, 1), kind="story")
    found.work_areas.add(area)
    found.institutions.add(institution)
    people.news_item(slug="other").work_areas.add(other)
    for query in ("area=one", "year=2014", "kind=story", "institution=police", "area=one&year=2014&kind=story"):
        assert [item.slug for item in client.get(f"/en/news/?{query}").context["rows"]] == ["found"], query
    assert len(client.get("/en/news/?year=1999").context["rows"]) == 2


def options(response, name):
    """A facet's choices as {word: how many items}."""
    facet = next(facet for facet in response.context["archive"].facets if facet.name == name)
    return {str(option.label): option.count for option in facet.options}


def test_each_choice_says_how_many_items_it_leaves_beside_the_others(client):
    one, two = people.work_area(slug="one", name_en="One"), people.work_area(slug="two", name_en="Two")
    for year, kind, areas in [(2013, "story", [one, two]), (2013, "news", [one]), (2014, "story", [two]), (2014, "news", [])]:
        people.news_item(published_on=date(year, 5, 1), kind=kind).work_areas.set(areas)
    people.news_item(published_on=date(2015, 1, 1), kind="statement", published=False).work_areas.add(one)
    everything = client.get("/en/news/")
    assert options(everything, "year") == {"2014": 2, "2013": 2}
    assert options(everything, "kind") == {"News": 2, "Story": 2}
    assert options(everything, "area") == {"One": 2, "Two": 2}
    of_one = client.get("/en/news/?area=one")
    assert (options(of_one, "year"), options(of_one, "area")) == ({"2014": 0, "2013": 2}, {"One": 2, "Two": 2})
    stories_of_2013 = client.get("/en/news/?kind=story&year=2013")
    assert options(stories_of_2013, "area") == {"One": 1, "Two": 1}
    assert options(stories_of_2013, "kind") == {"News": 1, "Story": 1}
    assert 'href="?area=one&amp;kind=story&amp;year=2013"' in stories_of_2013.text


def test_a_choice_has_one_address_and_says_where_it_is_in_the_other_language(client):
    area = people.work_area(slug="one")
    people.news_item(published_on=date(2013, 1, 1), title_mn="").work_areas.add(area)
    people.news_item(published_on=date(2014, 1, 1)).work_areas.add(area)
    one = client.get("/en/news/?utm=x&year=2014").text
    assert '<link rel="canonical" href="http://testserver/en/news/?year=2014">' in one
    assert 'hreflang="mn" href="http://testserver/mn/news/?year=2014"' in one
    assert 'hreflang="x-default" href="http://testserver/news/?year=2014"' in one
    # In Mongolian there is nothing of that year: its address would show everything.
    english = client.get("/en/news/?year=2013").text
    assert '<link rel="canonical" href="http://testserver/en/news/?year=2013">' in english
    assert "<link rel=\"alternate\" hreflang" not in english
    assert '<meta name="robots" content="noindex">' in client.get("/en/news/?year=2014&area=one").text


def test_the_archive_costs_the_same_with_one_and_with_thirty_items(client, django_assert_num_queries):
    people.news_item(published_on=date(2013, 1, 1), kind="story").work_areas.add(people.work_area(slug="a"))
    for years in (range(1990, 2020), ()):
        with django_assert_num_queries(8):
            client.get("/en/news/")
        with django_assert_num_queries(9):
            client.get("/en/news/?area=a&year=2013&kind=story")
        for year in years:
            people.news_item(published_on=date(year, 1, 1)).work_areas.add(people.work_area(slug=f"area-{year}"))


def test_twenty_items_stand_on_a_page(client):
    for _number in range(21):
        people.news_item()
    assert len(client.get("/en/news/").context["rows"]) == 20
    second = client.get("/en/news/?page=2")
    assert len(second.context["rows"]) == 1
    assert '<link rel="canonical" href="http://testserver/en/news/?page=2">' in second.text


def test_related_news_share_an_area_and_are_published(client):
    area = people.work_area()
    item, near, draft = people.news_item(slug="item"), people.news_item(slug="near"), people.news_item(slug="draft", published=False)
    people.news_item(slug="far")
    for one in (item, near, draft):
        one.work_areas.add(area)
    assert [other.slug for other in client.get("/en/news/item/").context["related"]] == ["near"]
