"""The main job in a browser: four lists as ministries send them become registrations under each institution's seats."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from contacts.models import Person
from iom_mongolia import demo
from tests.browser import keep_picture
from tests.journeys.test_every_page import sign_in
from workshops.models import Registration, Workshop

pytestmark = pytest.mark.browser

ROSTERS = Path(__file__).resolve().parent.parent / "rosters"
LISTS = [
    ("1-immigration-agency.xlsx", 4),
    ("2-ministry-of-labour.xlsx", 4),
    ("3-foreign-affairs-pasted.txt", 2),
    ("4-ministry-of-finance.csv", 3),
]


@pytest.fixture
def portal(demonstration):
    with demonstration():
        server = LiveServer("localhost")
        yield server.url
        server.stop()


def read_in(page, portal, at, name):
    page.goto(portal + reverse("staff:list_new", args=[at.slug]))
    page.set_input_files("input[type=file]", ROSTERS / name)
    page.click("form.list-new button.button")
    page.wait_for_url(re.compile(r"/lists/\d+/"))


def press_register(page, number):
    with page.expect_response(lambda answer: "/commit/" in answer.url):
        page.get_by_role("button", name=re.compile(rf"^Register {number} official")).click()
    page.wait_for_load_state()
    page.get_by_text("registered from this list").first.wait_for()


@pytest.mark.parametrize(
    "scripts",
    [pytest.param(True, id="with scripts"), pytest.param(False, id="without scripts", marks=pytest.mark.slow)],
)
def test_staff_register_the_officials_of_four_lists(portal, new_page, scripts):
    at = Workshop.objects.get(slug=demo.UPCOMING)
    before, known_before = at.registrations.count(), Person.objects.count()
    page = new_page(scripts=scripts)
    sign_in(page, portal, "organiser")

    for name, ready in LISTS:
        read_in(page, portal, at, name)
        press_register(page, ready)
    keep_picture(page, "list-finance")
    # The third list has one who is known already, and one whose e-mail must be mended first.
    assert at.registrations.count() == before + 13
    assert Person.objects.count() == known_before + 13

    page.goto(portal + reverse("staff:list_new", args=[at.slug]))
    page.get_by_role("link", name="3-foreign-affairs-pasted.txt").first.click()
    page.get_by_role("link", name=re.compile("^Mend")).first.click()
    page.fill("input[name=email]", "khurelsukh@mfa.example")
    page.locator("tr.list-more button.button, form.list-edit button.button").filter(
        has_text=re.compile("Save|Keep|Mend", re.I)
    ).first.click()
    page.get_by_role("button", name=re.compile("^Register 1 official")).wait_for()
    press_register(page, 1)
    assert at.registrations.count() == before + 14

    # Everybody stands under their institution's seats.
    page.goto(portal + reverse("staff:seats", args=[at.slug]))
    labour = page.get_by_role("row").filter(has_text="Ministry of Labour")
    assert "4" in labour.inner_text().split()
    keep_picture(page, "seats-after")

    # Several are confirmed at once: previewed, done, and undone by one press.
    page.goto(portal + reverse("staff:participants", args=[at.slug]) + "?state=nominated")
    boxes = page.locator("input[type=checkbox][name=selected]")
    for number in range(3):
        boxes.nth(number).check()
    page.locator("#bulk button[value=confirmed]").click()
    keep_picture(page, "preview")
    confirmed = Registration.objects.filter(workshop=at, state="confirmed").count()
    page.locator("main form button.button[name=commit], main form.preview button.button, main form button.button").first.click()
    page.get_by_role("button", name=re.compile("Undo")).first.wait_for()
    assert Registration.objects.filter(workshop=at, state="confirmed").count() == confirmed + 3
    keep_picture(page, "done")
    page.get_by_role("button", name=re.compile("Undo")).first.click()
    page.wait_for_load_state()
    assert Registration.objects.filter(workshop=at, state="confirmed").count() == confirmed

    # The same list again adds nobody, and says so.
    read_in(page, portal, at, LISTS[0][0])
    page.get_by_text("This list was read on").wait_for()
    assert page.get_by_role("button", name=re.compile("^Register ")).count() == 0
    assert at.registrations.count() == before + 14


def test_a_visitor_reads_both_languages_and_finds_no_participant(portal, page):
    at = Workshop.objects.get(slug=demo.UPCOMING)
    page.goto(portal + "/en/")
    page.get_by_role("link", name=at.title_en).first.click()
    page.get_by_role("heading", level=1, name=at.title_en).wait_for()
    for text in ["Ulaanbaatar", "IOM Development Fund", "Ministry of Labour", "30"]:
        assert page.locator("main").get_by_text(text).count() >= 1, text
    page.get_by_role("link", name="Монгол").first.click()
    page.get_by_role("heading", level=1, name=at.title_mn).wait_for()
    assert page.locator("html").get_attribute("lang") == "mn"
    shown = page.content()
    for registration in at.registrations.select_related("person"):
        assert registration.given_name not in shown or registration.patronymic not in shown

    page.goto(portal + "/news/iom-mongolia-seek-manage-labour-migration")
    page.wait_for_url(re.compile("/en/news/iom-mongolia-seek-manage-labour-migration/"))
    for fact in ["Kieran Gorman-Best", "Republic of Korea", "Ellen Wong", "Ministry of Population Development"]:
        assert page.get_by_text(fact).count() >= 1, fact
    page.get_by_role("link", name="Монгол").first.click()
    page.wait_for_url(re.compile("/mn/news/iom-mongolia-seek-manage-labour-migration/"))
    page.fill("input[name=q]", "shiljilt")
    page.press("input[name=q]", "Enter")
    page.locator("mark").first.wait_for()
    assert page.context.cookies() == []


def test_each_role_sees_its_own(portal, new_page):
    menu = {}
    for role in ("administrator", "organiser", "editor", "desk"):
        page = new_page()
        sign_in(page, portal, role)
        menu[role] = set(page.locator("header nav a").all_inner_texts())
        for name, allowed in [("staff:people", {"administrator", "organiser"}), ("admin:index", {"administrator", "organiser", "editor"})]:
            answer = page.goto(portal + reverse(name))
            assert (answer.status == 200 and reverse(name) in page.url) == (role in allowed), (role, name, page.url)
    assert "Workshops" in menu["desk"] and "People" not in menu["desk"]
    assert "People" in menu["organiser"] and "Workshops" not in menu["editor"]
