"""Who has a page open, and texts that the browser kept."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from office import presence
from office.models import Editing, NewsItem
from tests import people
from tests.admin.forms import filled

pytestmark = pytest.mark.django_db


def here(client, item, **data):
    return client.post(reverse("admin:office_newsitem_presence", args=[item.pk]), data)


def test_each_sees_who_else_has_the_page_open(client):
    item = people.news_item()
    with time_machine.travel("2026-03-02 10:00+08:00", tick=False) as clock:
        people.signed_in(client, people.writer(full_name="Nomin"))
        assert here(client, item).json() == {"words": ""}
        people.signed_in(client, people.editor(full_name="Suvdaa"))
        assert "Nomin (10:00)" in here(client, item).json()["words"]
        clock.shift(timedelta(seconds=61))
        people.signed_in(client, people.editor(full_name="Later"))
        assert here(client, item).json() == {"words": ""}
        here(client, item, leave="1")
        assert not Editing.objects.exists()


def test_the_page_tells_it_by_post_to_those_who_may_change_it(client):
    item = people.news_item()
    people.signed_in(client, people.organiser())
    assert here(client, item).status_code == 403
    people.signed_in(client, people.writer())
    assert client.get(reverse("admin:office_newsitem_presence", args=[item.pk])).status_code == 405
    page = client.get(reverse("admin:office_newsitem_change", args=[item.pk]))
    assert reverse("admin:office_newsitem_presence", args=[item.pk]) in page.text
    assert not Editing.objects.exists()


def test_pages_left_without_a_word_are_forgotten():
    item = people.news_item()
    presence.come(item, people.writer(), at=timezone.now() - timedelta(minutes=2))
    presence.come(people.news_item(), people.writer())
    presence.sweep()
    assert Editing.objects.count() == 1


@pytest.mark.parametrize("published", [True, False])
def test_what_was_kept_in_the_browser_is_shown_and_not_stored(client, published):
    item = people.news_item(title_en="Title", published=published)
    people.signed_in(client, people.editor())
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    kept = {**filled(client.get(address)), "title_en": "Kept", "quotes-TOTAL_FORMS": 1, "quotes-0-text_en": "Kept quote"}
    answer = client.post(address, {**kept, "_restored": "1"})
    assert answer.status_code == 200 and "Kept quote" in answer.text and "Nothing of it has been saved yet" in answer.text
    assert answer.context["adminform"].form["title_en"].value() == "Kept"
    assert NewsItem.objects.get(pk=item.pk).title_en == "Title" and not item.quotes.exists()
    new = client.post(reverse("admin:office_newsitem_add"), {"title_en": "New and kept", "_restored": "1"})
    assert new.status_code == 200 and "New and kept" in new.text and NewsItem.objects.count() == 1
