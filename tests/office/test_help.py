"""Help for victims of trafficking and reporting of misconduct: the numbers first, nothing kept, nothing told to other sites."""

import re

import pytest
from django.core.management import call_command

from office.models import ActionLink, Page

pytestmark = pytest.mark.django_db

HELP, REPORT = "/en/take-action/help/", "/en/take-action/report-misconduct/"


@pytest.fixture
def facts():
    call_command("load_country_office", verbosity=0)


@pytest.mark.parametrize("language", ["en", "mn"])
def test_the_hotlines_are_the_first_thing_on_the_page(client, facts, language):
    html = client.get(f"/{language}/take-action/help/").text
    main = html[html.index("<main") :]
    assert re.findall(r'href="tel:(\d+)"', main) == ["102", "108", "103", "101", "105"]
    # Nothing but the title stands before them.
    assert re.search(r"<h1>.*?</h1></header>\s*<ul class=\"hotlines\">", main, re.DOTALL)


@pytest.mark.parametrize("language", ["en", "mn"])
def test_a_number_that_nobody_can_vouch_for_is_nowhere(client, facts, language):
    for page in ("", "help/", "report-misconduct/"):
        assert "1903" not in client.get(f"/{language}/take-action/{page}").text


@pytest.mark.parametrize("address", [HELP, REPORT])
def test_nothing_of_the_visit_is_kept_or_told(client, settings, address):
    settings.EXIT_ADDRESS = "https://weather.example/"
    response = client.get(address)
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not response.cookies
    assert "<title>IOM Mongolia</title>" in response.text
    assert '<a class="exit-button" href="https://weather.example/" rel="noreferrer nofollow">' in response.text
    assert 'data-exit="https://weather.example/"' in response.text
    assert client.post(address).status_code == 405


def test_the_numbers_stand_in_a_language_without_a_text(client):
    ActionLink.objects.create(slug="police", kind="hotline", title_en="Police", title_mn="Цагдаа", phone="102")
    Page.objects.create(key="help", title_en="Get help", publish_at_en="2025-01-01T00:00Z")
    assert 'href="tel:102"' in client.get("/mn/take-action/help/").text


def test_without_a_hotline_the_page_leads_to_the_office(client):
    assert 'Ask the office whom to call: <a href="/en/contacts/">' in client.get(HELP).text


@pytest.mark.parametrize(("language", "words"), [("en", "not available in Mongolian"), ("mn", "монгол хэл дээр байхгүй")])
def test_the_link_to_the_form_says_that_it_has_no_mongolian(client, facts, language, words):
    html = client.get(f"/{language}/take-action/report-misconduct/").text
    said = html.index(words)
    assert 0 < html.index('href="https://weareallin.iom.int/') - said < 300
    assert 'rel="external noreferrer"' in html


def test_the_search_leads_to_the_page_on_which_a_way_stands(client, facts):
    html = client.get("/en/search/?q=children&kind=help").text
    assert 'href="/en/take-action/help/#way-child-helpline"' in html
