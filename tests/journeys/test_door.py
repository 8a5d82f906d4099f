"""The door in a real browser: with the network cut and mended, with a camera, and the search keys of both languages."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from core import mongolian
from tests import people
from tests.browser import accessibility_faults, keep_picture, wider_than_the_window
from workshops import badges, links
from workshops.models import AttendanceMark, Link, Workshop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = [
    ("Өлзийбат", "Цэрэндоржийн"), ("Ганзориг", "Дашдоржийн"), ("Сарангэрэл", "Батбаярын"), ("Ёндон", "Сүхбаатарын"),
    ("Ариунаа", "Мөнхбатын"), ("Үүрийнтуяа", "Лхагвасүрэнгийн"), ("Төгөлдөр", "Болдын"),
]  # fmt: skip


@pytest.fixture
def desk():
    return people.desk()


@pytest.fixture
def at():
    workshop = people.workshop(starts_in=0, days=2, status=Workshop.Status.CONFIRMED)
    ministry, by = people.organisation(name_en="Ministry of Labour", name_mn="Хөдөлмөрийн яам"), people.organiser()
    for given_name, patronymic in NAMES:
        person = people.person(given_name=given_name, patronymic=patronymic)
        registration = people.registration(workshop=workshop, person=person, by=by, organisation=ministry)
        links.issue(Link.Kind.BADGE, registration=registration, by=by)
    return workshop


def signed_in(page, server, somebody):
    browser = Client()
    browser.force_login(somebody, backend="accounts.roles.RoleBackend")
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": server}])


def opened(page, live_server, at, language="en"):
    """The check-in page with its list on the device and its service worker at work."""
    page.goto(live_server.url + reverse("staff:door", args=[at.slug]).replace("/en/", f"/{language}/"))
    until(page, "Object.keys(localStorage).some((key) => key.includes(':list:'))")
    until(page, "navigator.serviceWorker.controller !== null")


def until(page, says, argument=None):
    """Waits for what a script says to be true; Playwright's own way of waiting needs `eval`, which the policy forbids."""
    for _ in range(200):
        if page.evaluate(says, argument):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"It never came true: {says}")


NOTHING_WAITS = "!Object.keys(localStorage).some((key) => key.includes(':mark:'))"


def press(page, given_name):
    page.locator("#list button", has_text=given_name).click()


def test_five_marks_made_without_a_network_arrive_once(live_server, new_page, at, desk):
    page = new_page(width=360)
    signed_in(page, live_server.url, desk)
    opened(page, live_server, at, "mn")
    keys = page.evaluate("Object.entries(localStorage).map(([key, value]) => key + value).join()")
    assert "Өлзийбат" in keys
    assert not any(link.token in keys or link.digest in keys for link in Link.objects.all()), "neither tokens nor whole digests"

    press(page, "Ганзориг")
    until(page, NOTHING_WAITS)
    assert page.locator("#verdict.verdict-go").is_visible()
    assert AttendanceMark.objects.count() == 1

    page.context.set_offline(True)
    page.reload()
    assert "Ганзориг" in page.locator("#list li.in").inner_text()
    page.fill("#q", "ulzii")
    assert page.locator("#list li").count() == 1
    press(page, "Өлзийбат")
    assert page.locator("#verdict .verdict-name").inner_text() == "Цэрэндоржийн Өлзийбат"
    page.fill("#q", "")
    for given_name in ("Сарангэрэл", "Ёндон", "Ариунаа", "Үүрийнтуяа"):
        press(page, given_name)
    press(page, "Төгөлдөр")
    page.locator("#verdict button").first.click()  # taken back before it was ever sent
    assert "5" in page.locator("#line").inner_text()
    keep_picture(page, "door-offline")
    page.reload()
    assert page.locator("#list li.in").count() == 6
    assert AttendanceMark.objects.count() == 1

    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, NOTHING_WAITS)
    marked = [mark.registration.given_name for mark in AttendanceMark.objects.order_by("pk")]
    assert marked == ["Ганзориг", "Өлзийбат", "Сарангэрэл", "Ёндон", "Ариунаа", "Үүрийнтуяа"]
    assert {mark.by for mark in AttendanceMark.objects.all()} == {desk}
    assert accessibility_faults(page) == [] and not wider_than_the_window(page)

    # No other page of the staff's is kept on the device, and nothing at all once signed out.
    kept = page.evaluate("caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((kept) => kept.keys()))))"
                         ".then((all) => all.flat().map((request) => new URL(request.url).pathname))")  # fmt: skip
    pages = [path for path in kept if not path.startswith("/static/")]
    shell = page.evaluate("fetch(location.pathname + 'shell/').then((answer) => answer.text())")
    assert "Өлзийбат" not in shell and pages == [reverse("staff:door_shell", args=[at.slug]).replace("/en/", "/mn/")]
    page.locator(".user-menu summary").click()
    page.locator('form[action*="logout"] button').click()
    until(page, "!location.pathname.includes('/staff/')")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('door:')).length") == 0
    until(page, "caches.keys().then((names) => names.length === 0)")
    until(page, "navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)")

    # Who did not sign out: the page of signing in wipes the names all the same, and keeps what was not sent yet.
    page.evaluate(
        "Object.entries({'door:a:list:1-': {people: [{g: 'Өлзийбат'}]}, 'door:a:mark:1': {uuid: 'u', person: 7, name: 'Өлзийбат'},"
        " 'door:a:mark:2': {uuid: 'v', name: 'Өлзийбат', refused: 'No'}}).forEach(([key, value]) => localStorage.setItem(key, JSON.stringify(value)))"
    )
    page.goto(live_server.url + reverse("account_login"))
    until(page, "!JSON.stringify({...localStorage}).includes('Өлзийбат')")
    assert page.evaluate("Object.keys(localStorage)") == ["door:a:mark:1"]
    assert page.evaluate("JSON.parse(localStorage.getItem('door:a:mark:1'))") == {"uuid": "u", "person": 7, "name": ""}


# Chromium on Linux has no BarcodeDetector: the page's own is put in its place, which reads what the test holds before it.
DETECTOR = """
window.held = "";
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) { return window.held && video.videoWidth ? [{ rawValue: window.held }] : []; }
};
const stream = () => { const canvas = document.createElement("canvas"); canvas.width = canvas.height = 200; const drawn = canvas.getContext("2d"); setInterval(() => drawn.fillRect(0, 0, 200, 200), 100); return canvas.captureStream(10); };
Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: async () => stream() } });
"""


def test_badges_are_read_with_the_camera(live_server, new_page, at, desk):
    page = new_page(width=360, color_scheme="dark")
    page.add_init_script(DETECTOR)
    signed_in(page, live_server.url, desk)
    opened(page, live_server, at)
    first, second = Link.objects.select_related("registration").order_by("pk")[:2]
    page.click("#scan")
    for link in (first, second):
        page.evaluate("(code) => { window.held = code; }", live_server.url + badges.address(link.token))
        until(page, "(name) => document.querySelector('#verdict.verdict-go .verdict-name')?.textContent.includes(name)", link.registration.name_parts[0])
    page.evaluate("window.held = 'https://somewhere.else/ticket/1'")
    page.wait_for_selector("#verdict.verdict-wait")
    keep_picture(page, "door-camera")
    until(page, NOTHING_WAITS)
    assert [(mark.registration, mark.method, bool(mark.unknown_code)) for mark in AttendanceMark.objects.order_by("pk")] == [
        (first.registration, "scan", False), (second.registration, "scan", False), (None, "scan", True),
    ]  # fmt: skip
    page.click("#scan")
    assert page.locator("#camera").is_hidden()


def test_the_phone_makes_the_same_search_keys(live_server, page, at, desk):
    known = json.loads((Path(__file__).resolve().parent.parent / "core" / "data" / "names.json").read_text(encoding="utf-8"))
    words = sorted({word for word in _strings(known) if word.strip()})
    words += ["Ts", "Kh", "Ц", "Бvvш", "Tvvshin", "Bilgvvn", "ULZII", "Өлзий", "Ch. Bold", "d", "Дэ", "Zhargal", "Мунxбат"]
    signed_in(page, live_server.url, desk)
    page.goto(live_server.url + reverse("staff:door", args=[at.slug]))
    made = page.evaluate(
        "(words) => import('/static/js/name_keys.js').then((keys) => words.map((word) => [keys.fold(word), keys.foldPrefixes(word).sort()]))", words
    )
    wrong = {
        word: (key, prefixes, mongolian.fold(word), sorted(mongolian.fold_prefixes(word)))
        for word, (key, prefixes) in zip(words, made, strict=True)
        if (key, prefixes) != (mongolian.fold(word), sorted(mongolian.fold_prefixes(word)))
    }
    assert len(words) > 300 and wrong == {}


def _strings(known):
    if isinstance(known, str):
        yield known
    elif isinstance(known, dict):
        for value in known.values():
            yield from _strings(value)
    elif isinstance(known, list):
        for value in known:
            yield from _strings(value)
