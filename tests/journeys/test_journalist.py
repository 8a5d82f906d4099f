"""A journalist finds an item by narrowing the archive, takes its words along, and does so without scripts as well."""

from datetime import date

import pytest

from office.models import ChangeNote, NewsContact
from tests import people
from tests.browser import accessibility_faults, wider_than_the_window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_journalist_finds_an_item_and_takes_its_words_along(live_server, new_page):
    item = people.news_item(slug="item", title_en="Trains and planes", kind="statement", published_on=date(2013, 5, 1), body_en="<p>It began.</p>")
    item.work_areas.add(people.work_area(name_en="Labour"))
    NewsContact.objects.create(item=item, contact=people.press_contact(name="Anu"))
    ChangeNote.objects.create(item=item, text_en="Seven came.")
    people.news_item(title_en="Another")
    page = new_page(width=360)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(f"{live_server.url}/en/news/")
    for facet, word in [("Kind", "Statement"), ("Year", "2013")]:
        page.locator("details.facet summary", has_text=facet).focus()
        page.keyboard.press("Enter")
        page.locator("details[open] a", has_text=word).click()
    assert page.url.endswith("/en/news/?kind=statement&year=2013")
    assert page.locator(".entry").count() == 1
    page.click(".entry a")
    page.click("[data-copy]")
    page.locator(".share [role=status]", has_text="Copied.").wait_for()
    words = page.evaluate("navigator.clipboard.readText()")
    assert words.startswith("Trains and planes\n\nStatement, 1 May 2013\n\n") and "Press contact: Anu" in words
    assert accessibility_faults(page) == []
    assert not wider_than_the_window(page)

    plain = new_page(width=320, scripts=False)
    plain.goto(f"{live_server.url}/en/news/item/")
    assert [button.is_visible() for button in plain.locator(".share button").all()] == [False] * 3
    plain.click(".share a:text('Plain text')")
    assert "It began." in plain.content()
