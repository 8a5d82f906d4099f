"""A real browser for tests: the system's Chromium, watched for broken promises while it walks the pages.

    def test_visitor_reads(live_server, page):
        page.goto(live_server.url + "/en/")

`page` is a desktop window; `new_page(width=360)` opens others (a phone, dark, without scripts). Whatever the window, the
test fails when a page breaks the content security policy, runs into a script error, gets a 5xx or asks another host.
"""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def chromium():
    """The path of a Chromium that runs; some systems keep a command of its name that only says how to get it."""
    for name in filter(None, (os.environ.get("CHROMIUM"), *NAMES, ON_MACOS)):
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        pytest.fail("No Chromium or Chrome was found; `make test` installs one or says how to.")
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield window
        window.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(browser):
    """Opens windows, each with cookies of its own: `new_page(width=360, scripts=False, color_scheme="dark")`."""
    contexts, faults = [], []

    def open_one(*, width=1280, height=900, scripts=True, locale="en-GB", **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, locale=locale, **options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _judge_console(message, faults))
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("request", lambda request: _judge_request(request, faults))
        page.on("response", lambda answer: answer.status >= 500 and faults.append(f"{answer.status}: {answer.url}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    if faults:
        pytest.fail("The pages broke a promise:\n" + "\n".join(faults), pytrace=False)


@pytest.fixture
def page(new_page):
    return new_page()


def _judge_console(message, faults):
    if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
        faults.append(f"policy: {message.text}")


def _judge_request(request, faults):
    address = urlsplit(request.url)
    if address.scheme in {"http", "https"} and address.hostname not in {"localhost", "127.0.0.1"}:
        faults.append(f"another host: {request.url}")


def accessibility_faults(page, *, leave_out=()):
    """What axe finds on the page as it stands, WCAG 2.2 AA: one line each with rule and element; empty is good."""
    from axe_playwright_python.sync_playwright import Axe

    options = {
        "runOnly": {"type": "tag", "values": WCAG_2_2_AA},
        "rules": {rule: {"enabled": False} for rule in leave_out},
        "resultTypes": ["violations"],  # what passed need not be described, element by element
    }
    found = Axe().run(page, options=options).response
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:160]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def wider_than_the_window(page):
    """Whether the page scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def keep_picture(page, name):
    """Saves the whole page as a picture where PICTURES names a folder, to be looked at by a person."""
    if folder := os.environ.get("PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
