"""`make run` does each preparation once, ends without a trace however it is told to, and keeps its data."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from iom_mongolia import postgres, start

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def folder(monkeypatch):
    with tempfile.TemporaryDirectory() as name:
        monkeypatch.setenv("PORTAL_LOCAL_DIR", name)
        yield Path(name)


@pytest.fixture
def commands(monkeypatch):
    """The commands that preparing would run."""
    ran = []

    def manage(*command):
        ran.append(command[0])
        if command[0] == "collectstatic":
            postgres.local_folder().joinpath("static").mkdir(exist_ok=True)
        return "accounts" if command[0] == "demo_accounts" else ""

    monkeypatch.setattr(start, "manage", manage)
    return ran


ALL = ["messages", "collectstatic", "migrate", "createcachetable", "load_country_office", "load_demo", "demo_accounts"]


def test_each_preparation_is_done_once(folder, commands):
    assert start.prepare() == "accounts"
    assert commands == ALL
    commands.clear()
    assert start.prepare() == "accounts"
    assert commands == []


def test_what_was_deleted_is_made_again(folder, commands):
    start.prepare()
    commands.clear()
    folder.joinpath("static").rmdir()
    start.prepare()
    assert commands == ["collectstatic"]


def test_what_failed_is_done_again(folder, commands, monkeypatch):
    calls, was = [], start.manage

    def manage(*command):
        calls.append(command[0])
        if command[0] == "load_demo":
            raise start.CannotRun("no")
        return was(*command)

    monkeypatch.setattr(start, "manage", manage)
    with pytest.raises(start.CannotRun):
        start.prepare()
    calls.clear()
    with pytest.raises(start.CannotRun):
        start.prepare()
    assert calls == ["load_demo"]


def test_another_database_is_prepared_from_the_start(folder, commands, monkeypatch):
    start.prepare()
    commands.clear()
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@h/portal")
    start.prepare()
    assert commands == ALL[2:]
    assert "secret" not in (folder / "prepared.json").read_text()


def test_a_failing_command_shows_the_end_of_what_it_said(folder):
    with pytest.raises(start.CannotRun) as problem:
        start.manage("no_such_command")
    assert "`manage.py no_such_command` failed" in str(problem.value)
    assert "Unknown command" in str(problem.value)


def test_the_secret_is_made_once_and_is_private(folder):
    secret = start.demo_environment()["SECRET_KEY"]
    assert len(secret) > 50
    assert start.demo_environment()["SECRET_KEY"] == secret
    assert (folder / "secret_key").stat().st_mode & 0o077 == 0


def test_a_taken_port_is_refused_with_a_way_out(folder):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SystemExit) as refusal:
            start.run(other.getsockname()[1])
    assert "make run PORT=" in str(refusal.value)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_portal(folder, port):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PORTAL_MODE", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "SECRET_KEY", "MAKELEVEL"}
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "iom_mongolia.start", "run", str(port)],
        cwd=PROJECT,
        env={**environment, "PORTAL_LOCAL_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return process, said
    raise AssertionError(f"It did not start:\n{said}")


def end(process, number):
    """Sends the signal; returns the processes that outlive it."""
    family = [process, *psutil.Process(process.pid).children(recursive=True)]
    assert len(family) > 2
    process.send_signal(number)
    process.wait(20)
    deadline = time.monotonic() + 10
    left = family[1:]
    while left and time.monotonic() < deadline:
        left = [child for child in left if lives(child)]
        time.sleep(0.1)
    return left


def lives(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.slow
def test_it_starts_from_nothing_ends_whole_and_starts_again_fast(folder):
    port = free_port()
    process, said = start_portal(folder, port)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/", timeout=10) as page:
            assert page.status == 200
        assert end(process, signal.SIGINT) == []
        assert process.returncode == 0

        began = time.monotonic()
        process, said = start_portal(folder, port)
        assert time.monotonic() - began < 5
        assert not re.search("…$", said.split("\n", 1)[1], re.MULTILINE), "it did something again"
        assert end(process, signal.SIGTERM) == []

        # Killed, it can end nothing; the database may be left, and the next one takes it over.
        process, said = start_portal(folder, port)
        assert {child.name() for child in end(process, signal.SIGKILL)} <= {"postgres"}
        process, said = start_portal(folder, port)
        end(process, signal.SIGINT)
        assert not postgres.embedded().runs()
    finally:
        process.kill()
        start.stop()
