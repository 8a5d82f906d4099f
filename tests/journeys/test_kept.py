"""A text that was never saved outlives the page: it is offered again, rich text and added rows included."""

import pytest

from office.models import NewsItem
from tests import people
from tests.browser import accessibility_faults, keep_picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, portal, user, path):
    page.goto(f"{portal}/en/{path}")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", people.PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    page.wait_for_selector(".ProseMirror[contenteditable]")


def test_what_was_typed_outlives_a_crash(live_server, new_page):
    item = people.news_item(published=False, body_en="<p>As it was.</p>")
    path = f"admin/office/newsitem/{item.pk}/change/"
    editor = people.editor(preferred_language="en")
    page = new_page()
    sign_in(page, live_server.url, editor, path)
    page.wait_for_timeout(1000)
    page.fill("[name=title_en]", "Typed and never saved")
    page.get_by_role("textbox", name="Text, English", exact=True).click()
    page.keyboard.press("Control+A")
    page.keyboard.type("Words that would be lost.")
    page.get_by_role("button", name="Add another Quote").click()
    page.fill("[name=quotes-0-text_en]", "Said and not saved")
    for _second in range(15):
        page.wait_for_timeout(1000)
        if page.evaluate("Object.values(localStorage).some(kept => kept.includes('Said and not saved'))"):
            break
    # The window is gone as in a crash: the browser keeps its store, no page is told.
    other = page.context.new_page()
    page.close(run_before_unload=False)
    other.goto(f"{live_server.url}/en/{path}")
    offer = other.locator(".editing-offer")
    offer.wait_for()
    keep_picture(other, "kept-offer")
    assert accessibility_faults(other) == []
    with other.expect_navigation():
        offer.get_by_role("button", name="Restore it").click()
    other.wait_for_selector(".ProseMirror[contenteditable]")
    assert other.input_value("[name=title_en]") == "Typed and never saved"
    assert other.input_value("[name=quotes-0-text_en]") == "Said and not saved"
    assert "Words that would be lost." in other.get_by_role("textbox", name="Text, English", exact=True).inner_text()
    assert NewsItem.objects.get(pk=item.pk).title_en != "Typed and never saved"
    other.on("dialog", lambda dialog: dialog.accept())
    with other.expect_navigation():
        other.locator("[name=_save]").last.click()
    item.refresh_from_db()
    assert (item.title_en, item.quotes.get().text_en) == ("Typed and never saved", "Said and not saved")
    # What is saved is kept no longer.
    assert other.evaluate("Object.keys(localStorage).filter(key => key.startsWith('portal:unsaved:')).length") == 0
