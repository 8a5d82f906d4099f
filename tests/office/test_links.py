"""Links in texts: which of them lead nowhere on this site, that such a text is not published, and who links to a page."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from core import uses
from office import links, reviews
from office.models import Goal, NewsItem, Page, Redirect
from tests import people
from tests.test_access import EVERYBODY, TABLE, names
from workshops import materials
from workshops.models import Workshop

pytestmark = pytest.mark.django_db


def text(*hrefs):
    return "".join(f'<p>a <a href="{href}">b</a></p>' for href in hrefs)


@pytest.fixture
def things(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    from django.core.files.uploadedfile import SimpleUploadedFile

    people.news_item(slug="told")
    people.news_item(slug="draft", published=False)
    people.news_item(slug="tomorrow", publish_at_en=timezone.now() + timedelta(days=1), publish_at_mn=None)
    people.news_item(slug="english-only", title_mn="", publish_at_mn=None)
    people.work_area(slug="labour")
    people.work_area(slug="hidden", is_public=False)
    people.indicator(slug="people")
    people.indicator(slug="doubtful", confidence="low")
    book = people.publication(slug="book", file=b"%PDF-1.7 %%EOF")
    people.workshop(slug="public", visibility=Workshop.Visibility.PUBLIC)
    inner = people.workshop(slug="inner", visibility=Workshop.Visibility.INTERNAL)
    at = Workshop.objects.get(slug="public")
    slides = [
        materials.add(at, by=people.organiser(), title_en="Slides", file=SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n"), visible_to=who).pk
        for who in ("everybody", "staff")
    ]
    people.opportunity(slug="vacancy")
    people.opportunity(slug="closed", opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1))
    ended = people.opportunity(slug="ended", file=b"%PDF-1.7 %%EOF", opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1))
    people.opportunity(slug="later", opens_at=timezone.now() + timedelta(days=1))
    Goal.objects.create(number=10, name_en="Reduced inequalities", name_mn="Тэгш бус байдал", colour="#dd1367")
    for old, new in [("/old", "/news/told/"), ("/older", "/old"), ("/away", "https://www.iom.int/"), ("/nowhere", "/news/gone/"), ("/mn/own", "/our-work/labour/")]:
        Redirect.objects.create(old_path=old, new_path=new)
    return {"file": book.files.get().pk, "open": slides[0], "closed": slides[1], "inner": inner, "ended": ended.files.get().pk}


ALIVE = [
    "/", "/en/", "/mn/news/", "/news/", "/en/news/told/", "/mn/news/told", "/news/told/", "/en/news/told/text/", "/en/news/told/share.png",
    "/en/news/told/?a=1#b", "http://localhost:8000/mn/news/told/", "http://testserver/en/news/told/", "/mn/news/english-only/",
    "/en/our-work/labour/", "/en/data-and-resources/figures/people/", "/en/data-and-resources/figures/people.csv", "/mn/data-and-resources/figures/people.json",
    "/en/data-and-resources/publications/book/", "/en/data-and-resources/publications/book.bib", "/en/data-and-resources/publications/book/files/{file}/",
    "/en/2030-agenda/goals/10/", "/en/workshops/public/", "/en/workshops/public/materials/{open}/", "/en/contacts/", "/en/search/?q=a",
    "/en/take-action/help/", "/en/take-action/opportunities/vacancy/", "/mn/take-action/opportunities/closed/",
    # Old addresses lead on, through several, to the outside, and in one language alone.
    "/old", "/en/old/", "/older", "/mn/older", "/away", "/mn/own",
    # Elsewhere is not judged here.
    "https://www.iom.int/nothing", "mailto:a@iom.example", "tel:+97670119400", "//iom.int/",
]  # fmt: skip
DEAD = [
    "/en/news/gone/", "/en/news/draft/", "/en/news/tomorrow/", "/mn/news/english-only/text/", "/en/our-work/hidden/", "/en/our-work/nothing/",
    "/en/data-and-resources/figures/doubtful/", "/en/data-and-resources/publications/book/files/0/", "/en/2030-agenda/goals/11/",
    "/en/workshops/inner/", "/en/workshops/public/materials/{closed}/", "/en/take-action/opportunities/later/", "/en/take-action/opportunities/ended/files/{ended}/", "/en/admin/", "/en/staff/", "/en/accounts/login/", "/no/such/page/",
    "http://localhost:8000/en/news/gone/", "/nowhere", "/en/own", "www.iom.int", "news/told/", "?page=2", "/en/news/%00/", "http://[",
]  # fmt: skip


def test_what_lives_and_what_is_dead(things):
    assert links.dead_internal_links(text(*[href.format(**things) for href in ALIVE])) == []
    dead = [href.format(**things) for href in DEAD]
    assert links.dead_internal_links(text(*dead, *dead)) == dead


@pytest.mark.parametrize("language", ["en", "mn"])
def test_the_readers_language_makes_no_difference(things, language):
    with translation.override(language):
        assert links.dead_internal_links(text("/mn/news/told/", "/en/news/told/", "/news/told/", "/mn/news/gone/")) == ["/mn/news/gone/"]


def test_what_is_alive_answers_and_what_is_dead_does_not(client, things):
    """The check says what a visitor meets."""
    for href in [href.format(**things) for href in ALIVE if href.startswith("/") and not href.startswith("//")]:
        answer = client.get(href, headers={"accept-language": "en"}, follow="https" not in href and href != "/away")
        assert answer.status_code in {200, 301}, href
    for href in [href.format(**things) for href in DEAD if href.startswith("/") and "%00" not in href]:
        answer = client.get(href, headers={"accept-language": "en"}, follow=True)
        assert answer.status_code == 404 or "/accounts/login/" in answer.request["PATH_INFO"], href


def test_many_links_in_many_texts_cost_no_more_queries(things):
    few = [text("/en/news/told/", "/en/workshops/public/", "/old")]
    many = [text("/en/news/told/", "/en/news/gone/", "/en/workshops/public/", "/en/workshops/inner/", "/old", "/older"), *few * 5]
    with CaptureQueriesContext(connection) as one:
        links.dead_in(few)
    with CaptureQueriesContext(connection) as more:
        assert links.dead_in(many)[0] == ["/en/news/gone/", "/en/workshops/inner/"]
    # One step more is gone, for an old address that leads to an old one.
    assert len(more) <= len(one) + 4
    with CaptureQueriesContext(connection) as twice:
        links.dead_in(many * 3)
    assert len(twice) == len(more)
    with CaptureQueriesContext(connection) as none:
        links.dead_internal_links("<p>nothing</p>")
    assert len(none) == 0


def test_every_public_address_of_a_row_has_a_rule():
    """An address with something in it says by a rule whether that something is public (office.links.ROWS)."""
    public = {name for name, (who, arguments, _method) in TABLE.items() if who == EVERYBODY and arguments and not name.startswith(links.NOT_FOR_THE_PUBLIC)}
    assert public - set(links.ROWS) == set()
    closed = {name for name, (who, _arguments, method) in TABLE.items() if who != EVERYBODY and method == "get"}
    assert {name for name in closed if not name.startswith(links.NOT_FOR_THE_PUBLIC)} == set()
    assert set(links.ROWS) <= set(names_of_views())


def names_of_views():
    from django.urls import get_resolver

    return names(get_resolver().url_patterns)


# Publishing ---------------------------------------------------------------------------------------------------


def test_a_text_with_a_dead_link_is_not_published():
    item = people.news_item(slug="mine", published=False, body_en=text("/en/news/gone/"), body_mn=text("/mn/news/mine/"))
    by = people.editor()
    with pytest.raises(ValidationError) as refusal:
        reviews.publish(item, by=by, moments={"en": None})
    assert "/en/news/gone/" in refusal.value.messages[0]
    assert not NewsItem.objects.published("en").filter(pk=item.pk).exists()
    # The other language has none: its link to the item itself is alive as soon as it is public.
    reviews.publish(item, by=by, moments={"mn": None})
    people.news_item(slug="gone")
    reviews.publish(item, by=by, moments={"en": None})
    assert NewsItem.objects.published("en").filter(pk=item.pk).exists()


def test_changes_with_a_dead_link_wait_on(client):
    page = Page.objects.create(key="about", title_en="About", title_mn="Бидний тухай", publish_at_en=timezone.now(), body_en=text("/en/contacts/"))
    by = people.editor()
    people.signed_in(client, by)
    from tests.admin.forms import filled

    address = reverse("admin:office_page_change", args=[page.pk])
    assert client.post(address, {**filled(client.get(address)), "body_en": text("/en/contact/")}).status_code == 302
    answer = client.post(reverse("admin:office_page_act", args=[page.pk, "publish"]), {})
    assert answer.status_code == 422 and "/en/contact/" in answer.content.decode()
    page.refresh_from_db()
    assert "/en/contacts/" in page.body_en


# Who links to it -----------------------------------------------------------------------------------------------


def linking(record):
    return {use.row for use in uses.uses_of(record) if use.how == "Link in the text"}


def test_a_page_knows_who_links_to_it():
    with translation.override("en"):
        area = people.work_area(slug="labour")
        other = people.work_area(slug="labour-migration", body_en=text("/en/our-work/labour-migration/"))
        Redirect.objects.create(old_path="/our-work/work", new_path="/our-work/labour/")
        item = people.news_item(body_mn=text("/mn/our-work/labour/#a"))
        old = people.news_item(body_en=text("/our-work/work/"))
        full = people.workshop(description_en=text("http://localhost:8000/en/our-work/labour/"))
        people.news_item(body_en=text("https://iom.int/our-work/labour/"))
        overview = Page.objects.create(key="our-work", title_en="Our Work")
        assert linking(area) == {item, old, full}
        # A name that begins the same, a text that links to itself, an overview above it.
        assert (linking(other), linking(overview)) == (set(), set())


def test_a_part_of_a_page_is_the_page():
    with translation.override("en"):
        figure, told = people.indicator(slug="people"), people.news_item(slug="told")
        item = people.news_item(body_en=text("/en/data-and-resources/figures/people.csv", "/en/news/told/text/"))
        assert (linking(figure), linking(told)) == ({item}, {item})


def test_what_texts_link_to_is_not_deleted(client):
    with translation.override("en"):
        told = people.news_item(slug="told")
        item = people.news_item(body_en=text("/en/news/told/"))
    people.signed_in(client, people.editor())
    page = client.post(reverse("admin:office_newsitem_delete", args=[told.pk]), {"post": "yes"}).content.decode()
    assert reverse("admin:office_newsitem_change", args=[item.pk]) in page
    assert NewsItem.objects.filter(pk=told.pk).exists()
