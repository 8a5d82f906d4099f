"""The board of languages: each item with the state and the age of both."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from office import board, versions
from office.models import ActionLink, NewsItem, Opportunity, Page
from tests import people
from tests.office.test_languages import old_item, written

pytestmark = pytest.mark.django_db

BOARD = "/en/admin/office/board/"


def seen(client, query=""):
    return {str(row.item): tuple(str(cell.state) for cell in row.cells) for row in client.get(BOARD + query).context["rows"]}


def an_item_of_each_state():
    now = timezone.now()
    moments = {"before": now - timedelta(days=2), "after": now + timedelta(days=2)}
    people.news_item(title_en="Public", title_mn="")
    people.news_item(title_en="Scheduled", publish_at_en=moments["after"], publish_at_mn=moments["after"], unpublish_at_mn=now + timedelta(days=3))
    people.news_item(title_en="Draft", published=False)
    people.news_item(title_en="Ended", unpublish_at_en=moments["before"] + timedelta(days=1))
    people.work_area(name_en="Hidden", is_public=False)
    Page.objects.create(key="about", title_en="A page", title_mn="Хуудас", publish_at_en=moments["before"])
    people.indicator(title_en="A figure")
    people.publication(title_en="A report")
    ActionLink.objects.create(slug="call", kind="help", title_en="Call", title_mn="Залгах")
    for title, days in (("Open", -1), ("Opens", 1)):
        Opportunity.objects.create(slug=title.lower(), title_en=title, title_mn="", opens_at=now + timedelta(days=days), closes_at=now + timedelta(days=9), apply_url="https://iom.example/")


def test_each_language_of_each_item_says_how_it_stands(client):
    an_item_of_each_state()
    people.signed_in(client, people.writer())
    assert seen(client) == {
        "Public": ("public", "missing"), "Scheduled": ("scheduled", "scheduled"), "Draft": ("draft", "draft"), "Ended": ("ended", "public"),
        "Hidden": ("hidden", "hidden"), "A page": ("public", "draft"), "A figure": ("public", "public"), "A report": ("public", "public"),
        "Call": ("public", "public"), "Open": ("public", "missing"), "Opens": ("scheduled", "missing"),
    }  # fmt: skip


def test_the_board_says_of_its_items_what_the_public_meets():
    """The same rule twice, in SQL for the board and in Python for the row: they must not part."""
    an_item_of_each_state()
    for row in board.filled(board.listed()):
        if hasattr(row.item, "is_published"):
            assert [cell.state == "public" for cell in row.cells] == [row.item.is_published(code) for code in ("en", "mn")]


def test_kind_and_state_choose_and_odd_words_choose_nothing(client):
    an_item_of_each_state()
    people.signed_in(client, people.editor())
    assert set(seen(client, "?kind=page")) == {"A page"} and set(seen(client, "?kind=newsitem&state=missing")) == {"Public"}
    assert set(seen(client, "?state=draft")) == {"Draft", "A page"} and set(seen(client, "?state=hidden")) == {"Hidden"}
    assert len(seen(client, "?state=x&kind=user&sort=1&page=z")) == 11


def test_the_oldest_stand_first_where_one_asks_for_them(client):
    for title, english, mongolian in (("A", 10, 30), ("B", 20, 20), ("C", 5, 40)):
        written(people.news_item(title_en=title), en=english, mn=mongolian)
    people.indicator(title_en="D")
    people.signed_in(client, people.editor())
    assert list(seen(client)) == ["C", "A", "B", "D"]
    assert list(seen(client, "?sort=oldest")) == ["B", "A", "C", "D"]
    assert list(seen(client, "?sort=mongolian")) == ["C", "A", "B", "D"]


def test_what_lags_is_found_and_mended_from_here(client):
    item = old_item(title_en="Old")
    people.news_item(title_en="Fine")
    NewsItem.objects.filter(pk=item.pk).update(lead_en="Changed")
    people.signed_in(client, people.writer())
    assert set(seen(client, "?state=lags")) == {"Old"}
    page = client.get(f"{BOARD}?state=lags")
    assert "older than the English" in page.text
    answer = client.post(reverse("admin:office_newsitem_same", args=[item.pk]), {"next": f"{BOARD}?state=lags"}, follow=True)
    assert answer.redirect_chain[0][0] == f"{BOARD}?state=lags" and "every Mongolian text is as new" in answer.text


def test_what_waits_is_said(client):
    item = people.news_item(title_en="With changes")
    data = versions.snapshot(item)
    data["fields"]["title_en"] = "Changed"
    versions.keep(item, data, by=people.writer())
    people.signed_in(client, people.editor())
    assert "Newest text: being written" in client.get(BOARD).text


def test_the_board_is_paged_and_asks_the_same_few_times(client):
    people.signed_in(client, people.editor())
    an_item_of_each_state()
    numbers = []
    for more in (0, 30):
        for _each in range(more):
            written(people.news_item(), en=1, mn=2)
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{BOARD}?kind=newsitem")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 7
    with CaptureQueriesContext(connection) as asked:
        page = client.get(BOARD)
    assert len(asked) <= 13 and page.context["page"].paginator.num_pages == 2
    assert len(client.get(f"{BOARD}?page=2").context["rows"]) == 11


@pytest.mark.parametrize("role, status", [("organiser", 200), ("writer", 200), ("reviewer", 200), ("editor", 200), ("administrator", 200), ("desk", 302)])
def test_who_enters_the_admin_sees_the_board(client, role, status):
    NewsItem.objects.filter(pk=old_item().pk).update(lead_en="Changed")
    people.signed_in(client, getattr(people, role)())
    page = client.get(BOARD)
    assert page.status_code == status
    if status == 200:
        assert ("It is up to date" in page.text) is (role != "organiser")


def test_the_board_speaks_mongolian(client):
    an_item_of_each_state()
    people.signed_in(client, people.editor())
    page = client.get("/mn/admin/office/board/")
    assert "Хоёр хэл" in page.text and "Товлосон" in page.text and "Scheduled</strong>" not in page.text
