"""Standing pages: their text where it is published, and what the rows say of themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from office.models import ActionLink, CountryOffice, Page
from tests import people

pytestmark = pytest.mark.django_db


def page(key, **details):
    yesterday = timezone.now() - timedelta(days=1)
    return Page.objects.create(key=key, **{"publish_at_en": yesterday, "publish_at_mn": yesterday, **details})


def test_who_we_are_leads_to_about(client):
    response = client.get("/en/who-we-are/")
    assert (response.status_code, response["Location"]) == (301, "/en/who-we-are/about/")


def test_a_page_of_text_in_one_language_says_so_in_the_other(client):
    page("about", title_en="About us", body_en="<p>All about us.</p>")
    assert "All about us." in client.get("/en/who-we-are/about/").text
    other = client.get("/mn/who-we-are/about/").text
    assert '<a href="/en/who-we-are/about/" hreflang="en" lang="en">About us</a>' in other
    assert "All about us." not in other


def test_a_page_of_lists_stands_without_its_text_in_the_language(client):
    page("our-work", title_en="What we work on", body_en="<p>English words.</p>")
    people.work_area(name_en="An area", name_mn="Чиглэл")
    html = client.get("/mn/our-work/").text
    assert "Чиглэл" in html
    assert "What we work on" not in html
    assert "English words" not in html


def test_a_draft_page_shows_nothing_of_its_text(client):
    page("privacy", title_en="Draft title", body_en="<p>Draft text.</p>", publish_at_en=None, publish_at_mn=None)
    html = client.get("/en/privacy/").text
    assert "Draft" not in html


def test_a_hidden_area_has_no_page(client):
    people.work_area(slug="hidden", is_public=False)
    assert client.get("/en/our-work/hidden/").status_code == 404


def test_an_area_shows_its_own_published_rows_alone(client):
    area = people.work_area(slug="area")
    for item in (people.news_item(slug="of-area"), people.news_item(slug="draft", published=False)):
        item.work_areas.add(area)
    people.news_item(slug="elsewhere")
    for workshop in (people.workshop(slug="open"), people.workshop(slug="inside", visibility="internal")):
        workshop.work_areas.add(area)
    context = client.get("/en/our-work/area/").context
    assert [item.slug for item in context["news"]] == ["of-area"]
    assert [workshop.slug for workshop in context["workshops"]] == ["open"]


def test_help_stands_before_everything_else(client):
    ActionLink.objects.create(slug="learn", kind="learn", title_en="Read more", title_mn="Унших", order=0)
    ActionLink.objects.create(slug="police", kind="help", title_en="Police", title_mn="Цагдаа", phone="102", order=9)
    html = client.get("/en/take-action/").text
    assert html.index('href="tel:102"') < html.index("Read more")


def test_contacts_are_those_of_today(client):
    CountryOffice(name_en="IOM Mongolia", name_mn="ОУШХБ", organisation_name_en="IOM", organisation_name_mn="ОУШХБ", phone="+976 11 123").save()
    people.press_contact(name="Today's desk", email="today@iom.example")
    people.press_contact(name="Old desk", email="old@iom.example", active_to=timezone.localdate() - timedelta(days=1))
    html = client.get("/en/contacts/").text
    assert "today@iom.example" in html
    assert "old@iom.example" not in html
    assert "Old desk" not in html
    assert 'href="tel:+97611123"' in html
