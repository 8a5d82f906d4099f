"""Starts the whole portal on one's own machine: database, pages, background worker; and ends it without a trace.

    python -m iom_mongolia.start run [port]     what `make run` calls, in the foreground until Ctrl-C
    python -m iom_mongolia.start stop           ends what runs in another window or was left by a crash
    python -m iom_mongolia.start reset          stops it and empties its data
    python -m iom_mongolia.start manage …       one of Django's commands, on the same data

A server of the office is not started by this: there each part runs under the system's own supervisor (see README).
"""

import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from iom_mongolia import postgres

PROJECT = Path(__file__).resolve().parent.parent
APPS = ("core", "accounts", "contacts", "office", "workshops", "iom_mongolia")
ADDRESS = "127.0.0.1"
PATIENCE_AT_START = 60  # seconds until the first page must answer
PATIENCE_AT_END = 8  # seconds that the pages and the worker get to finish what they are doing
CODE_AND_DATA = {".py", ".json", ".csv", ".xlsx", ".txt", ".html", ".lock"}
STATIC = {".css", ".js", ".svg", ".png", ".jpg", ".webp", ".avif", ".woff2", ".ico", ".lock"}


class Stopped(BaseException):
    """Somebody asked the portal to end."""


class CannotRun(Exception):
    """The portal did not start or did not go on; the text says why."""


def say(text):
    print(text, flush=True)


# What has to be there before it starts --------------------------------------------------------------------


def prepare():
    """Does what has not been done since its files last changed, each step saying what it does."""
    local = postgres.local_folder()
    everything = [*(PROJECT / app for app in APPS), PROJECT / "requirements.lock"]
    words = sorted(PROJECT.glob("*/locale/*/LC_MESSAGES/*.po"))
    static = fingerprint([PROJECT / "static", *everything], STATIC)
    database = [which_database(), fingerprint(everything[:-1], {".py"}, folder="migrations")]
    data = [*database, fingerprint(everything, CODE_AND_DATA)]
    # what it says, the command, what it depends on, what it makes
    steps = [
        ("Translations", ["messages", "compile"], fingerprint(words), [path.with_suffix(".mo") for path in words]),
        ("Style sheets and pictures", ["collectstatic", "--noinput", "--clear"], static, [local / "static"]),
        ("Tables", ["migrate", "--noinput"], database, []),
        ("Shared cache", ["createcachetable"], database, []),
        ("The country office", ["load_country_office"], data, []),
        ("Demo people and an upcoming workshop", ["load_demo"], data, []),
        ("", ["demo_accounts"], data, []),
    ]
    memory = local / "prepared.json"
    done = json.loads(memory.read_text()) if memory.exists() else {}
    for title, command, state, products in steps:
        name = command[0]
        if name in done and done[name]["state"] == state and all(path.exists() for path in products):
            continue
        if title:
            say(f"  {title} …")
        done[name] = {"state": state, "said": manage(*command)}
        memory.write_text(json.dumps(done))
    return done["demo_accounts"]["said"]


def which_database():
    """Tells one database from another, an embedded one that was made anew included; reveals nothing."""
    if url := os.environ.get("DATABASE_URL"):
        return hashlib.sha256(url.encode()).hexdigest()
    made = postgres.embedded().data / "PG_VERSION"
    return f"embedded {made.stat().st_ino} {made.stat().st_mtime_ns}" if made.exists() else "none yet"


def fingerprint(places, endings=None, *, folder=None):
    """Changes when a file in those places does: by name, size and time, for speed."""
    known = hashlib.sha256()
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if endings and path.suffix not in endings or folder and path.parent.name != folder or not path.is_file():
                continue
            state = path.stat()
            known.update(f"{path.relative_to(PROJECT)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return known.hexdigest()


def manage(*command):
    """Runs one of Django's commands and returns what it says; when it fails, shows the end of that."""
    process = start_child([sys.executable, "manage.py", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said, _ = process.communicate()
    except BaseException:
        end_children([process])
        raise
    text = said.decode(errors="replace")
    if process.returncode:
        raise CannotRun("\n".join([f"`manage.py {' '.join(command)}` failed:", *text.splitlines()[-25:]]))
    return text


def make_local_folder():
    postgres.local_folder().mkdir(mode=0o700, parents=True, exist_ok=True)


def demo_environment():
    """The environment of all that runs here: the demo's own, where nothing else is set."""
    key = postgres.local_folder() / "secret_key"
    if not key.exists():
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    defaults = {
        "PORTAL_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "iom_mongolia.settings",
        "SECRET_KEY": key.read_text(),
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **os.environ}


# Processes ------------------------------------------------------------------------------------------------


def start_child(command, **keywords):
    """A process of its own session: Ctrl-C reaches only this one, which then ends the others in order."""
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        **keywords,
    )


def _end_with_parent():
    # Linux sends SIGTERM to the child when this process is killed and can no longer do it itself.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def end_children(children):
    """Asks them to finish, waits, then insists."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + PATIENCE_AT_END
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            # Its own processes too: each child leads a group.
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def start_pages(port):
    return start_child(
        [
            *(sys.executable, "-m", "gunicorn", "iom_mongolia.wsgi", "--bind", f"{ADDRESS}:{port}"),
            *("--workers", "1", "--threads", "8", "--timeout", "60", "--graceful-timeout", "4"),
            *("--log-level", "warning", "--no-control-socket"),
        ]
    )


def start_worker():
    return start_child([sys.executable, "manage.py", "worker"])


def wait_until_it_answers(pages, port):
    deadline = time.monotonic() + PATIENCE_AT_START
    while time.monotonic() < deadline:
        if pages.poll() is not None:
            raise CannotRun("The web server ended at once; the lines above say why.")
        check_on_make()
        try:
            urllib.request.urlopen(f"http://{ADDRESS}:{port}/healthz", timeout=5).close()
            return
        except urllib.error.HTTPError as answer:
            raise CannotRun(f"The web server answers, but with an error ({answer.code}).") from None
        except OSError:
            time.sleep(0.1)
    raise CannotRun(f"No page answered within {PATIENCE_AT_START} s.")


def keep_running(children, server):
    """Until somebody stops it. A database or worker that ends is started again; without pages all ends."""
    wait, again_at = 1, None
    while True:
        time.sleep(0.3)
        check_on_make()
        if server and not server.runs():
            say("The database ended; starting it again.")
            server.start()
        if children["pages"].poll() is not None:
            raise CannotRun(f"The web server ended by itself (status {children['pages'].returncode}).")
        if children["worker"].poll() is None:
            continue
        if again_at is None:
            say(f"The background worker ended (status {children['worker'].returncode}); starting it again in {wait} s.")
            again_at = time.monotonic() + wait
            wait = min(wait * 2, 60)
        elif time.monotonic() >= again_at:
            again_at = None
            children["worker"] = start_worker()


def check_on_make():
    """Ends when `make` was told to.

    A signal sent to make alone and not to its group never comes here: make waits for us, with that signal blocked,
    and says nothing. Linux shows what a process blocks.
    """
    if "MAKELEVEL" not in os.environ:
        return
    try:
        lines = Path(f"/proc/{os.getppid()}/status").read_text().splitlines()
    except OSError:
        if sys.platform == "linux":
            raise Stopped from None  # make itself is gone
        return
    state = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    if state.get("Name") in {"make", "gmake"} and int(state["SigBlk"], 16) & (1 << (signal.SIGINT - 1)):
        raise Stopped
    if os.getppid() == 1:
        raise Stopped


# The commands -------------------------------------------------------------------------------------------


def run(port):
    began = time.monotonic()
    make_local_folder()
    children = {}
    with contextlib.ExitStack() as to_undo:
        to_undo.enter_context(_the_only_one(port))
        try:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, _stop)
            os.environ.update(demo_environment())
            os.environ.setdefault("PORTAL_ADDRESS", f"http://{ADDRESS}:{port}")
            say("Starting the portal of IOM Mongolia.")
            server = None
            if not os.environ.get("DATABASE_URL"):
                server = postgres.embedded()
                to_undo.callback(server.stop)
                server.start()
            accounts = prepare()
            children["pages"] = start_pages(port)
            wait_until_it_answers(children["pages"], port)
            children["worker"] = start_worker()
            say(f"\n  http://{ADDRESS}:{port}/   (ready after {time.monotonic() - began:.1f} s)\n")
            say(accounts.rstrip())
            say("\n  Ctrl-C stops it and keeps its data; `make reset` empties it.")
            keep_running(children, server)
        except Stopped:
            say("\nStopping …")
            return 0
        except (CannotRun, postgres.CannotStart) as problem:
            print(f"\n{problem}", file=sys.stderr, flush=True)
            return 1
        finally:
            _heed_no_more_signals()  # nothing may interrupt the ending itself
            end_children(children.values())


def _stop(number, frame):
    _heed_no_more_signals()
    raise Stopped


def _heed_no_more_signals():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def _the_only_one(port):
    """Holds the port's lock, which also says who runs; refuses where the port is taken."""
    with open(postgres.local_folder() / f"run-{port}.pid", "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"The portal runs on port {port} already. `make stop` ends it.")
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((ADDRESS, port))
        except OSError as problem:
            sys.exit(f"Port {port} cannot be had ({problem.strerror}). Take another: make run PORT=8100")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def stop():
    """Ends every portal of this folder, and a database that a crash left."""
    local = postgres.local_folder()
    if not local.exists():
        return 0
    for path in sorted(local.glob("run-*.pid")):
        with open(path) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"Stopping the portal on port {path.stem.removeprefix('run-')} …")
                with contextlib.suppress(ValueError, ProcessLookupError):
                    os.kill(int(file.read()), signal.SIGTERM)
                fcntl.flock(file, fcntl.LOCK_EX)
    if not postgres.embedded().stop():
        say("The database is still used by another command.")
        return 1
    return 0


def reset():
    """Empties what the portal keeps here. A database of DATABASE_URL is left alone, and the tests' servers too."""
    if stop():
        return 1
    local = postgres.local_folder()
    for path in local.iterdir() if local.exists() else []:
        if path.name == "tests":
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    say("Emptied. `make run` begins anew.")
    if os.environ.get("DATABASE_URL"):
        say("The database that DATABASE_URL names was not touched.")
    return 0


def main(arguments):
    match arguments:
        case ["run"]:
            return run(8000)
        case ["run", port] if port.isdigit() and 0 < int(port) < 65536:
            return run(int(port))
        case ["stop"]:
            return stop()
        case ["reset"]:
            return reset()
        case ["manage", *command]:
            make_local_folder()
            os.execve(sys.executable, [sys.executable, "manage.py", *command], demo_environment())
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
