"""Every page in both languages, light and dark, wide and narrow: accessible, calm, light, and without a cookie."""

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, User
from contacts import duplicates
from contacts.models import Organisation, Person
from iom_mongolia import demo, demo_door
from office.models import Indicator, NewsItem, Opportunity, Resource, WorkArea
from tests import markup
from tests.browser import accessibility_faults, keep_picture, wider_than_the_window
from workshops import badges
from workshops.models import Letter, NominationList, Registration, Workshop

pytestmark = pytest.mark.browser

ROSTERS = Path(__file__).resolve().parent.parent / "rosters"
SEED_ITEM = "iom-mongolia-seek-manage-labour-migration"
LANGUAGES = ["en", "mn"]
FIRST_VISIT_BYTES = 100_000
SCRIPT_BYTES = 20_000
# What Django's admin writes by itself: ids that its script makes, and a password shown in a switched-off <div>.
ADMINS_OWN = re.compile("_timezone_warning_helptext”|id_password_helptext”|<div> has no attribute disabled")


@pytest.fixture(scope="module")
def portal(demonstration):
    """The portal with its facts and the demonstration. All these tests walk through the same, for they only look."""
    with demonstration():
        with translation.override("en"):
            read_a_list_in()
        server = LiveServer("localhost")
        yield server.url
        server.stop()


def public_addresses():
    """(name, path without language) of one page of each kind, by way of the items that the facts bring."""
    names = [
        "home", "news:list", "workshops:list", "office:who_we_are_about", "office:iom_global", "office:our_work",
        "office:data_and_resources", "office:take_action", "office:help", "office:report_misconduct",
        "office:vacancies", "office:tenders", "office:volunteering", "office:closed_opportunities", "office:agenda_2030", "office:contacts", "office:privacy",
        "office:accessibility", "account_login", "account_reset_password", "account_signup",
    ]  # fmt: skip
    upcoming = Workshop.objects.public("en").upcoming().first()
    past = Workshop.objects.public("en").past().first()
    yield from ((name, reverse(name)) for name in names)
    yield "search", reverse("search") + "?q=migratoin"
    yield "search-mn", reverse("search") + "?q=shiljilt"
    yield "search-nothing", reverse("search") + "?q=zzzzzz"
    yield "news-narrowed", reverse("news:list") + "?kind=press-release&year=2013"
    yield "news", reverse("news:detail", args=[SEED_ITEM])
    yield "news-latest", NewsItem.objects.published("en").first().get_absolute_url()
    yield "area", WorkArea.objects.first().get_absolute_url()
    yield "goal", reverse("office:goal", args=[8])
    yield "publication", Resource.objects.get(slug="iom-data-protection-manual").get_absolute_url()
    yield "figure", Indicator.objects.get(slug="immigrant-stock").get_absolute_url()
    yield "vacancy", Opportunity.objects.open("en").filter(kind="vacancy").first().get_absolute_url()
    yield "vacancy-closed", Opportunity.objects.closed("en").first().get_absolute_url()
    yield "workshop-upcoming", upcoming.get_absolute_url()
    yield "workshop-past", past.get_absolute_url()
    yield "not-found", reverse("home") + "nothing-is-here/"


def read_a_list_in():
    """Reads a sample list in, as the organiser would."""
    desk = Client()
    desk.force_login(User.objects.get(email=demo.ACCOUNTS[Role.ORGANISER][0]))
    with (ROSTERS / "3-foreign-affairs-pasted.txt").open("rb") as file:
        desk.post(reverse("staff:list_new", args=[demo.UPCOMING]), {"file": file, "become": "nominated"})


def staff_addresses():
    at = Workshop.objects.get(slug=demo.UPCOMING)
    today = Workshop.objects.get(slug=demo_door.TODAY)
    registration = Registration.objects.filter(workshop=at).first()
    pair = duplicates.find()[0]
    asked = at.nomination_requests.get(state="partly")
    written = Letter.objects.filter(kind="official-invitation", state="draft").first()
    known = [
        ("staff:today", []),
        ("staff:workshops", []),
        ("staff:issues", []),
        ("staff:press_workshops", []),
        ("staff:workshop_create", []),
        ("staff:workshop", [at.slug]),
        ("staff:workshop_edit", [at.slug]),
        ("staff:workshop_clone", [at.slug]),
        ("staff:workshop_move", [at.slug]),
        ("staff:workshop_cancel", [at.slug]),
        ("staff:checklist", [at.slug]),
        ("staff:checklist_item", [at.slug, at.checklist.first().pk]),
        ("staff:press", [at.slug]),
        ("staff:letters", [written.workshop.slug]),
        ("staff:letter", [written.pk]),
        ("staff:letter_edit", [written.pk]),
        ("staff:letters_write", [at.slug]),
        ("staff:letter_outbox", []),
        ("staff:letter_templates", []),
        ("staff:letter_template", ["official-invitation"]),
        ("staff:workshop_history", [at.slug]),
        ("staff:seats", [at.slug]),
        ("staff:seats_edit", [at.slug]),
        ("staff:institutions", [at.slug]),
        ("staff:institutions_send", [at.slug]),
        ("staff:institution", [at.slug, asked.pk]),
        ("staff:institution_edit", [at.slug, asked.pk]),
        ("staff:institution_names", [at.slug, asked.pk]),
        ("staff:participants", [at.slug]),
        ("staff:participant_add", [at.slug]),
        ("staff:registration", [at.slug, registration.pk]),
        ("staff:registration_edit", [at.slug, registration.pk]),
        ("staff:registration_replace", [at.slug, registration.pk]),
        ("staff:door", [today.slug]),
        ("staff:door_walk_in", [today.slug]),
        ("staff:door_let_in", [today.slug, today.registrations.get(state="declined").pk]),
        ("staff:attendance", [today.slug]),
        ("staff:sheet", [today.slug, today.meeting_days.first().pk]),
        ("staff:badges", [today.slug]),
        ("badges:badge", [badges.bearers(today)[0].token]),
        ("staff:list_new", [at.slug]),
        ("staff:list_show", [at.slug, NominationList.objects.filter(workshop=at).latest("pk").batch_id]),
        ("staff:people", []),
        ("staff:person", [Person.objects.first().pk]),
        ("staff:person_create", []),
        ("staff:person_edit", [Person.objects.first().pk]),
        ("staff:person_data", [pair.first]),
        ("staff:privacy", []),
        ("staff:duplicates", []),
        ("staff:person_twin", [pair.first]),
        ("staff:person_merge", [pair.first, pair.second]),
        ("staff:organisations", []),
        ("staff:organisation", [Organisation.objects.first().slug]),
        ("styleguide", []),
        ("account_change_password", []),
        ("mfa_index", []),
        ("admin:index", []),
        ("admin:board", []),
        ("admin:office_newsitem_changelist", []),
        ("admin:office_newsitem_change", [NewsItem.objects.get(slug=SEED_ITEM).pk]),
        ("admin:office_newsitem_history", [NewsItem.objects.get(slug=SEED_ITEM).pk]),
        ("admin:office_opportunity_changelist", []),
        ("admin:workshops_workshop_change", [at.pk]),
        ("admin:contacts_person_change", [Person.objects.first().pk]),
        ("admin:workshops_registration_changelist", []),
    ]
    return [(name.removeprefix("staff:"), reverse(name, args=arguments)) for name, arguments in known]


def walk(page, portal, addresses, *, prefix, axe_on=None):
    """Opens each page and returns what is wrong with it: no page there, axe's findings, sideways scroll.

    `axe_on` names the pages that axe looks at, where it need not look at all.
    """
    faults = []
    for name, path in addresses:
        response = page.goto(portal + path)
        status = response.status
        faults += [f"{prefix} {path}: line {fault}" for fault in markup.faults(response.text()) if not ("/admin/" in path and ADMINS_OWN.search(fault))]
        if (status == 200) == (name == "not-found"):
            faults.append(f"{prefix} {path}: {status}")
        # In a window as high as the page, bars that stay at its edges lie where they belong and cover nothing.
        width = page.viewport_size["width"]
        page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight") + 100})
        if axe_on is None or name in axe_on:
            faults += [f"{prefix} {path}: {fault}" for fault in accessibility_faults(page)]
        if wider_than_the_window(page):
            faults.append(f"{prefix} {path}: scrolls sideways")
        keep_picture(page, f"{prefix}-{name}")
        page.set_viewport_size({"width": width, "height": 900})
    return faults


WINDOWS = {"wide-light": {"width": 1280}, "narrow-dark": {"width": 320, "color_scheme": "dark"}}
# Every page in each language once; the other halves of the four are among the slow tests.
VIEWS = [
    pytest.param("en", "wide-light", id="en-wide-light"),
    pytest.param("mn", "narrow-dark", id="mn-narrow-dark"),
    pytest.param("en", "narrow-dark", id="en-narrow-dark", marks=pytest.mark.slow),
    pytest.param("mn", "wide-light", id="mn-wide-light", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("language", "window"), VIEWS)
def test_public_pages_are_accessible_and_set_no_cookie(portal, new_page, language, window):
    page = new_page(**WINDOWS[window])
    with translation.override(language):
        addresses = list(public_addresses())
        faults = walk(page, portal, [a for a in addresses if "account" not in a[0]], prefix=f"{language}-{window}")
        assert page.context.cookies() == []
        faults += walk(page, portal, [a for a in addresses if "account" in a[0]], prefix=f"{language}-{window}")
    assert faults == []


def sign_in(page, portal, role, language="en"):
    email, _full_name, password = demo.ACCOUNTS[role]
    with translation.override(language):
        page.goto(portal + reverse("account_login"))
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile("/staff/"))


def walk_the_staffs(portal, new_page, language, window, **how):
    page = new_page(**WINDOWS[window])
    sign_in(page, portal, "organiser", language)
    with translation.override(language):
        addresses = staff_addresses()
        assert set(how.get("axe_on", ())) <= {name for name, _path in addresses}
        return walk(page, portal, addresses, prefix=f"{language}-staff-{window}", **how)


# Between them these have each component; the quick tests let axe look at every page in the light, and at these in the dark.
EVERY_COMPONENT = {
    "styleguide", "today", "workshop", "participants", "registration", "institution", "letter", "list_show", "door",
    "admin:index", "admin:office_newsitem_changelist", "admin:office_newsitem_change",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "window"),
    [view if view.id == "en-wide-light" else pytest.param(*view.values, id=view.id, marks=pytest.mark.slow) for view in VIEWS],
)
def test_staff_pages_are_accessible(portal, new_page, language, window):
    assert walk_the_staffs(portal, new_page, language, window) == []


def test_staff_pages_fit_a_phone_in_the_dark_in_mongolian(portal, new_page):
    assert walk_the_staffs(portal, new_page, "mn", "narrow-dark", axe_on=EVERY_COMPONENT) == []


def static_file(address):
    """The content of a file under /static/, and what it says as text where it is a style sheet."""
    return Path(finders.find(urlsplit(address).path.removeprefix("/static/"))).read_bytes()


def parts_of(html, path):
    """The addresses that a browser asks for to show a page: style sheets and what they name, scripts and what they import, icons."""
    waiting = [urljoin(path, a) for a in re.findall(r'<link rel="(?:stylesheet|icon|preload|modulepreload|manifest)" href="([^"]+)"', html)]
    waiting += [urljoin(path, a.split("#")[0]) for a in re.findall(r'<(?:script|use|iframe|embed|source|video|audio)\b[^>]*? (?:src|href)="([^"]+)"', html)]
    parts = set()
    while waiting:
        address = waiting.pop()
        if address in parts or address.startswith("data:"):
            continue
        parts.add(address)
        if address.endswith((".css", ".js")) and address.startswith("/static/"):
            text = static_file(address).decode()
            waiting += [urljoin(address, a) for a in re.findall(r'url\("?([^")]+)"?\)|@import "([^"]+)"', text) for a in a if a and not a.startswith("data:")]
            waiting += [urljoin(address, a) for a in re.findall(r'^import .*?"(\.[^"]+)"', text, re.MULTILINE)]
    return parts


def weight(address, *, known={}):
    if address not in known:
        known[address] = len(gzip.compress(static_file(address)))
    return known[address]


def test_every_page_of_the_sitemap_is_valid_light_and_all_our_own(portal, client):
    """Weighed as it is sent, compressed and before pictures; nothing of others, no cookie, no script above 20 kB."""
    sitemap = ElementTree.fromstring(client.get("/sitemap.xml").content)
    paths = sorted({urlsplit(place.text).path for place in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")})
    assert {path[:4] for path in paths} == {"/en/", "/mn/"}
    faults = []
    for path in paths:
        response = client.get(path)
        html = response.text
        faults += [f"{path}: line {fault}" for fault in markup.faults(html)]
        parts = parts_of(html, path)
        faults += [f"{path}: asks for {part}" for part in parts if not part.startswith("/static/") and part != "/fonts/mongolian-script"]
        own = [part for part in parts if part.startswith("/static/")]
        faults += [f"{path}: {part} is heavy" for part in own if part.endswith(".js") and len(static_file(part)) > SCRIPT_BYTES]
        total = len(gzip.compress(response.content)) + sum(weight(part) for part in own)
        if total > FIRST_VISIT_BYTES:
            faults.append(f"{path}: {total} bytes")
        if response.cookies:
            faults.append(f"{path}: sets {list(response.cookies)}")
    assert faults == []


def test_pages_read_well_without_scripts_in_forced_colours_and_when_zoomed(portal, new_page):
    page = new_page(scripts=False, forced_colors="active", width=640)
    with translation.override("mn"):
        for _name, path in [("home", reverse("home")), ("news", reverse("news:detail", args=[SEED_ITEM]))]:
            page.goto(portal + path)
            assert page.locator("h1").count() == 1
            assert page.locator("main").is_visible()
            assert page.locator("nav a, nav summary").count() >= 5
