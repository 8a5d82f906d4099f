"""What every test stands on: a real PostgreSQL of its own, unless DATABASE_URL names one.

`make test` shares the tests among several workers, each a process with a database of its own (`-n0`: none but this one).
"""

import contextlib
import fcntl
import gc
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from iom_mongolia import postgres
from tests import database
from tests.browser import browser, new_page, page  # noqa: F401 (fixtures)

RUN, SERVER = pytest.StashKey(), pytest.StashKey()


def pytest_configure(config):
    # Being told to end is no reason to leave a server behind: it unwinds like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config.stash[RUN] = config.workerinput["run"] if is_worker(config) else str(os.getpid())


def is_worker(config):
    return hasattr(config, "workerinput")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Called where the workers are started from: tells each whose it is."""
    node.workerinput["run"] = node.config.stash[RUN]


def pytest_sessionstart(session):
    if is_worker(session.config):
        return
    # Pages in Mongolian are tested with today's words.
    from core import translations

    for code in translations.languages():
        if not translations.is_compiled(code):
            translations.compile(code)
    clear_away_what_was_killed()
    server = session.config.stash[SERVER] = database.server_of(session.config.stash[RUN])
    server.hold()


def pytest_unconfigure(config):
    """The last of a run stops its server, which the workers share, and removes it."""
    if SERVER in config.stash:
        server = config.stash[SERVER]
        server.stop()
        shutil.rmtree(server.data.parent, ignore_errors=True)
        if url := os.environ.get("DATABASE_URL"):
            database.remove_template_from(url)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_modify_db_settings):
    """Starts an embedded server when the first test asks for the database; each run has its own, so runs may overlap."""
    from django.db import connections

    # Django's connections hold this very dictionary, those made already and those to come.
    settings = connections.settings["default"]
    if url := os.environ.get("DATABASE_URL"):
        settings["TEST"]["TEMPLATE"] = database.template_on(url, request.config.stash[RUN])
        yield
        return
    server = database.server_of(request.config.stash[RUN])
    database.copy_migrated(server)
    server.start()
    settings.update({name: value for name, value in postgres.database_settings(server.url).items() if name != "NAME"})
    settings["TEST"]["TEMPLATE"] = postgres.DATABASE
    try:
        yield
    finally:
        connections.close_all()
        server.stop()


@pytest.fixture(scope="session", autouse=True)
def quick_flush():
    """Tests that commit what they do are cleaned up after by a quicker way than Django's."""
    from django.test import TransactionTestCase

    slowly = TransactionTestCase._fixture_teardown
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: database.empty() or slowly(self))
        yield


@pytest.fixture(scope="session")
def demonstration(request, django_db_setup, django_db_blocker):
    """Opens databases that hold the office's facts and the demonstration: `with demonstration():`, for any fixture's scope.

    What happens inside goes with the database. Not for tests marked `django_db`: their connection is in use.
    """
    from django.db import connections

    @contextlib.contextmanager
    def opened():
        template = connections.settings["default"]["TEST"]["TEMPLATE"]
        with django_db_blocker.unblock():
            with database.copy_of(*database.with_demonstration(template, request.config.stash[RUN])):
                yield

    return opened


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The browser's tests, the longest, come first, so that at the end no worker waits for another that has one left."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def pytest_collection_finish():
    """All that was imported stays until the end, so Python need not look through it for rubbish again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def uploads():
    """Each worker keeps uploaded files in a folder of its own, which goes with it."""
    from django.test import override_settings

    with tempfile.TemporaryDirectory(prefix="portal-uploads-") as folder, override_settings(MEDIA_ROOT=Path(folder)):
        yield


def clear_away_what_was_killed():
    """Stops and removes the servers of runs that were killed; a living run holds its lock and is left alone."""
    for use in database.folder().glob("*/postgres.use"):
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
