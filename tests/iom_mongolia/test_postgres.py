"""The database's address is read as libpq writes it, and the embedded server survives what happens to servers."""

import os
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from iom_mongolia import postgres
from iom_mongolia.postgres import Server, database_settings


@pytest.mark.parametrize(
    "url, expected",
    [
        (
            "postgresql://portal:p%40ss%2F%3A@db.example.org:5433/portal?sslmode=verify-full&connect_timeout=3",
            ("portal", "portal", "p@ss/:", "db.example.org", "5433", {"sslmode": "verify-full", "connect_timeout": "3"}),
        ),
        ("postgres:///portal?host=/run/a%20b", ("portal", "", "", "/run/a b", "", {})),
        ("postgresql://postgres:@/portal?host=%2Frun%2Fpg", ("portal", "postgres", "", "/run/pg", "", {})),
        ("postgresql://me@%2Frun%2Fpg/portal", ("portal", "me", "", "/run/pg", "", {})),
        (
            "postgresql://me:s@h1:5432,h2:5433/portal?target_session_attrs=read-write",
            ("portal", "me", "s", "h1,h2", "5432,5433", {"target_session_attrs": "read-write"}),
        ),
        ("postgresql://me@[::1]:5444/portal", ("portal", "me", "", "::1", "5444", {})),
        ("postgresql://me@[::1]/portal", ("portal", "me", "", "::1", "", {})),
    ],
)
def test_database_url_is_read_whole(url, expected):
    settings = database_settings(url)
    assert settings.pop("ENGINE") == "django.db.backends.postgresql"
    assert tuple(settings[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")) == expected


@pytest.mark.parametrize(
    "url", ["mysql://me:secret@h/portal", "postgresql://me:secret@h/", "postgresql://me:secret@h:x1/portal", "secret"]
)
def test_a_wrong_url_is_refused_without_repeating_it(url):
    with pytest.raises(ImproperlyConfigured) as refusal:
        database_settings(url)
    assert "secret" not in str(refusal.value)


@pytest.fixture
def folder():
    # Not pytest's own: each run of pytest closes the folders above that again, and the server's account must pass.
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture
def server(folder):
    server = Server(folder / "data", durable=False)
    yield server
    server.stop()


def ask(server, question):
    connection = server._connect(postgres.DATABASE)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def test_the_server_knows_mongolian_and_nobody_else_may_enter(server):
    server.start()
    assert ask(server, "SELECT lower('ӨҮ')") == "өү"
    assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    assert (server.data / "pg_hba.conf").read_text() == "local all all peer map=here\n"


def test_the_last_to_leave_stops_the_server(server):
    server.start()
    another = Server(server.data)
    another.start()
    assert server.stop() is False
    assert ask(another, "SELECT 1") == 1
    assert another.stop() is True
    assert not another.runs()


def test_held_it_outlives_those_who_use_it(server):
    server.hold()
    user = Server(server.data)
    assert not user.runs()
    user.start()
    assert user.stop() is False
    assert server.runs()
    assert server.stop() is True


def test_it_starts_again_after_being_killed_with_its_data(folder):
    server = Server(folder / "durable")
    server.start()
    connection = server._connect(postgres.DATABASE)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS number")
    connection.close()
    os.kill(server._pid(), signal.SIGKILL)
    deadline = time.monotonic() + 5
    while server.runs() and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        server.start()
        assert ask(server, "SELECT number FROM kept") == 7
    finally:
        server.stop()


def test_a_number_taken_over_by_another_program_does_not_keep_it_from_starting(server):
    server.start()
    server.stop()
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        (server.data / "postmaster.pid").write_text(f"{sleeper.pid}\n{server.data}\n1\n5432\n\n\n\nready\n")
        server.start()
        assert ask(server, "SELECT 1") == 1
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_deep_folder_gets_a_short_private_place_for_its_socket(folder):
    deep = folder / ("a-folder-with-a-long-name-" * 5) / "data"
    server = Server(deep, durable=False)
    try:
        server.start()
        assert len(os.fsencode(server.socket_folder / postgres.SOCKET_FILE)) <= postgres.LONGEST_SOCKET_PATH
        assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()
    assert not server.socket_folder.exists()


def test_settings_alone_start_nothing(folder, monkeypatch):
    monkeypatch.setenv("PORTAL_LOCAL_DIR", str(folder / "new"))
    assert postgres.embedded_url().startswith("postgresql://postgres@/iom_mongolia?host=")
    assert not (folder / "new").exists()
