"""What every test stands on: a real PostgreSQL of its own, unless DATABASE_URL names one."""

import fcntl
import os
import shutil
import signal

import pytest

from iom_mongolia import postgres
from tests.browser import browser, new_page, page  # noqa: F401 (fixtures)


def pytest_configure(config):
    # Being told to end is no reason to leave a server behind: it unwinds like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_sessionstart(session):
    # Pages in Mongolian are tested with today's words.
    from core import translations

    for code in translations.languages():
        if not translations.is_compiled(code):
            translations.compile(code)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Starts an embedded server when the first test asks for the database; each run has its own, so runs may overlap."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    from django.db import connections

    folder = postgres.local_folder() / "tests"
    clear_away_what_was_killed(folder)
    server = postgres.Server(folder / str(os.getpid()) / "postgres", durable=False)
    server.start()
    # Django's connections hold this very dictionary, those made already and those to come.
    connections.settings["default"].update(
        {name: value for name, value in postgres.database_settings(server.url).items() if name != "NAME"}
    )
    try:
        yield
    finally:
        connections.close_all()
        server.stop()
        shutil.rmtree(server.data.parent, ignore_errors=True)


def clear_away_what_was_killed(folder):
    """Stops and removes the servers of runs that were killed; a living run holds its lock and is left alone."""
    for use in folder.glob("*/postgres.use"):
        with use.open() as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
        postgres.Server(use.with_name("postgres")).stop()
        shutil.rmtree(use.parent, ignore_errors=True)


@pytest.fixture(autouse=True)
def english():
    """Every test begins in English, whatever language the one before it ended in."""
    from django.utils import translation

    with translation.override("en"):
        yield
