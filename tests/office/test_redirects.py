"""Old addresses: where they lead, with which answer, and at what cost."""

import pytest
from django.http import HttpResponseNotFound

from office.middleware import follow_redirects
from office.models import Redirect
from tests import people

pytestmark = pytest.mark.django_db
SEED = "/news/iom-mongolia-seek-manage-labour-migration"


@pytest.fixture
def moved(db):
    people.news_item(slug="iom-mongolia-seek-manage-labour-migration", title_en="Found")
    return Redirect.objects.create(old_path=SEED, new_path=f"{SEED}/")


@pytest.mark.parametrize("language", ["en", "mn"])
def test_an_address_without_language_leads_to_the_visitors_and_is_not_fixed_for_good(client, moved, language):
    response = client.get(SEED, headers={"accept-language": language})
    assert (response.status_code, response["Location"]) == (302, f"/{language}{SEED}/")
    assert client.get(response["Location"]).status_code == 200


def test_caches_are_told_that_the_answer_depends_on_the_language(rf, moved):
    response = follow_redirects(lambda request: HttpResponseNotFound())(rf.get(SEED, headers={"accept-language": "mn"}))
    assert (response.status_code, response["Vary"]) == (302, "Accept-Language")


def test_an_address_with_language_is_fixed_for_good(client):
    Redirect.objects.create(old_path="/old", new_path="/our-work/")
    response = client.get("/mn/old", headers={"accept-language": "en"})
    assert (response.status_code, response["Location"]) == (301, "/mn/our-work/")


def test_the_address_as_it_stands_outweighs_the_one_without_language(client):
    Redirect.objects.create(old_path="/old", new_path="/our-work/")
    Redirect.objects.create(old_path="/mn/old", new_path="/news/")
    assert client.get("/mn/old/")["Location"] == "/mn/news/"
    assert client.get("/en/old/")["Location"] == "/en/our-work/"


def test_what_stands_behind_the_question_mark_goes_along(client, moved):
    assert client.get(f"{SEED}?utm=1&b=%C3%B6", headers={"accept-language": "en"})["Location"] == f"/en{SEED}/?utm=1&b=%C3%B6"


def test_another_site_may_be_the_new_address(client):
    Redirect.objects.create(old_path="/jobs", new_path="https://www.iom.int/careers")
    response = client.get("/jobs")
    assert (response.status_code, response["Location"]) == (301, "https://www.iom.int/careers")


def test_no_address_leads_to_another_site_by_a_double_slash(client):
    Redirect.objects.create(old_path="/trick", new_path="//evil.example/")
    assert client.get("/en/trick")["Location"] == "/en/evil.example/"


def test_a_page_that_exists_is_never_redirected(client, moved):
    Redirect.objects.create(old_path="/our-work", new_path="/news/")
    assert client.get("/en/our-work/").status_code == 200


def test_a_form_sent_to_an_old_address_is_not_sent_on(client):
    Redirect.objects.create(old_path="/old", new_path="/our-work/")
    assert client.post("/en/old/").status_code == 404


def test_a_wrong_address_costs_one_query_more(client, django_assert_num_queries):
    from office.middleware import lookup

    with django_assert_num_queries(1):
        assert lookup("/en/nowhere/") == (None, "en")
    with django_assert_num_queries(0):
        lookup("/" + "x" * 2000)


def test_an_old_address_whose_item_is_withdrawn_ends_and_does_not_go_round(client, db):
    Redirect.objects.create(old_path=SEED, new_path=f"{SEED}/")
    for language in ("en", "mn"):
        assert client.get(f"/{language}{SEED}/").status_code == 404
