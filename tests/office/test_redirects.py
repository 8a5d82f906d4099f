"""Old addresses: where they lead, with which answer, and at what cost."""

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponseNotFound

from office.middleware import follow_redirects, look
from office.models import Redirect
from office.redirects import leave_behind
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


# What hangs on a page -----------------------------------------------------------------------------------------


def moved_page(record, slug):
    """The record under another slug, and its old address as the desk leaves it behind."""
    before = record.get_absolute_url()
    record.slug = slug
    record.save()
    leave_behind(before, record.get_absolute_url())
    return record


@pytest.mark.parametrize(
    "make, old, new",
    [
        (people.news_item, "/en/news/first/text/", "/en/news/second/text/"),
        (people.news_item, "/mn/news/first/share.png", "/mn/news/second/share.png"),
        (people.indicator, "/en/data-and-resources/figures/first.csv", "/en/data-and-resources/figures/second.csv"),
        (people.indicator, "/mn/data-and-resources/figures/first.json", "/mn/data-and-resources/figures/second.json"),
        (people.publication, "/en/data-and-resources/publications/first.bib", "/en/data-and-resources/publications/second.bib"),
        (people.publication, "/en/data-and-resources/publications/first.ris", "/en/data-and-resources/publications/second.ris"),
        (people.workshop, "/en/workshops/first/calendar.ics", "/en/workshops/second/calendar.ics"),
        (people.work_area, "/en/news/feed/?kind=news&area=first", "/en/news/feed/?kind=news&area=second"),
    ],
)
def test_what_hangs_on_a_page_moves_with_it(client, make, old, new):
    record = make(slug="first")
    assert client.get(old).status_code == 200
    moved_page(moved_page(record, "between"), "second")
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, new)
    assert client.get(new).status_code == 200


def test_a_kept_file_moves_with_its_publication(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    book = people.publication(slug="first", file=b"%PDF-1.7 %%EOF")
    old = book.files.get().get_absolute_url()
    moved_page(book, "second")
    assert client.get(old)["Location"] == old.replace("first", "second")


def test_nothing_hangs_on_a_page_that_is_no_address(client):
    moved_page(people.news_item(slug="first"), "second")
    Redirect.objects.create(old_path="/away", new_path="https://www.iom.int/")
    for wrong in ("/en/news/first/nothing/", "/en/news/first/text/more/", "/en/news/first.csv", "/en/away/text/", "/en/news/feed/?area=nothing", "/en/news/feed/?area=%00a"):
        assert client.get(wrong).status_code in {400, 404}, wrong


def test_an_address_with_many_parts_costs_one_query_more(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert look("/en/a/b/c/d/e.csv", "/our-work/x") == (None, "en", None)


# Circles ------------------------------------------------------------------------------------------------------


def test_the_database_refuses_a_circle_however_it_is_written():
    Redirect.objects.create(old_path="/b", new_path="/a/")
    Redirect.objects.create(old_path="/c", new_path="/mn/b")
    for old, new in [("/a", "/b"), ("/a", "/c/"), ("/a", "/en/c")]:
        with pytest.raises(IntegrityError, match="circle"), transaction.atomic():
            Redirect.objects.create(old_path=old, new_path=new)
        with pytest.raises(IntegrityError, match="circle"), transaction.atomic():
            Redirect.objects.bulk_create([Redirect(old_path=old, new_path=new)])
    Redirect.objects.create(old_path="/a", new_path="/d/")
    with pytest.raises(IntegrityError, match="circle"), transaction.atomic():
        Redirect.objects.filter(old_path="/a").update(new_path="/c")
    # To the outside, and to the page of its own address, is none.
    Redirect.objects.filter(old_path="/a").update(new_path="https://www.iom.int/b")
    Redirect.objects.create(old_path="/d", new_path="/d/")
