"""Somebody who needs help finds the number to call, on a telephone, in Mongolian, and leaves without a way back."""

import pytest
from django.core.management import call_command

from tests.browser import accessibility_faults, wider_than_the_window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, settings):
    call_command("load_country_office", verbosity=0)
    # The same server by another name is another site to the browser.
    settings.EXIT_ADDRESS = live_server.url.replace("localhost", "127.0.0.1") + "/healthz"
    return live_server.url


def find_help(page, site):
    """From the home page to the number that a thumb can call without scrolling."""
    page.goto(f"{site}/mn/")
    page.locator("main").get_by_role("link", name="Тусламж авах").click()
    page.wait_for_url(f"{site}/mn/take-action/help/")
    first = page.locator("main a").first
    assert first.get_attribute("href") == "tel:102"
    for number in ("102", "108"):
        box = page.locator(f"main a[href='tel:{number}']").bounding_box()
        assert box["height"] >= 56
        # The bar with the way out covers neither.
        assert box["y"] + box["height"] < page.locator("[data-exit-page]").bounding_box()["y"]


def test_a_victim_finds_the_number_and_leaves_no_way_back(site, settings, new_page):
    page = new_page(width=360, height=740, locale="mn-MN")
    find_help(page, site)
    # The tab says whose page it is and not what it is about.
    assert page.title() == "ОУШХБ-ын Монгол дахь төлөөлөгчийн газар"
    assert accessibility_faults(page) == []
    assert not wider_than_the_window(page)
    # A second visit, and a link inside of the page: one more entry each would be, and none may show the page again.
    before = page.evaluate("history.length")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.locator(".languages a").click()
    page.wait_for_url(f"{site}/en/take-action/help/")
    assert page.evaluate("history.length") == before
    page.locator(".languages a").click()
    page.wait_for_url(f"{site}/mn/take-action/help/")
    page.goto(f"{site}/mn/contacts/")
    page.goto(f"{site}/mn/take-action/help/")
    page.locator(".exit-button").click()
    page.wait_for_url(settings.EXIT_ADDRESS)
    page.go_back()
    page.wait_for_url(f"{site}/mn/contacts/")
    page.go_back(wait_until="commit")
    page.wait_for_url(settings.EXIT_ADDRESS)
    page.go_back()
    page.wait_for_url(f"{site}/mn/")

    # Who comes anew is not sent away; three times Shift leads out as well, and a capital letter does not count.
    page.goto(f"{site}/mn/take-action/help/")
    for key in ("Shift", "Shift+A", "Shift", "Shift"):
        page.keyboard.press(key)
    assert page.url == f"{site}/mn/take-action/help/"
    page.keyboard.press("Shift")
    page.wait_for_url(settings.EXIT_ADDRESS)
    page.go_back()
    page.wait_for_url(f"{site}/mn/")


def test_a_victim_finds_the_number_and_the_way_out_without_scripts(site, settings, new_page):
    page = new_page(width=360, height=740, locale="mn-MN", scripts=False)
    find_help(page, site)
    assert "дараа нь хуудсаа эсвэл цонхоо хаагаарай" in page.locator(".without-scripts").inner_text()
    assert not page.locator(".with-scripts").is_visible()
    assert not page.locator(".exit-keys").is_visible()
    page.locator(".exit-button").click()
    page.wait_for_url(settings.EXIT_ADDRESS)
