"""The tests' database: migrated once and kept, so that a run starts from a copy of it.

Running all migrations takes far longer than most runs of the tests. So the first run keeps a stopped server with an empty,
migrated database in `.local/tests`, named by a fingerprint of all that shapes it, and every run works on a server of its
own that is a copy. Each worker of a run has a database of its own there, made from the migrated one. Django's `migrate`
still runs over each: it finds nothing to do, or does it.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

from iom_mongolia import postgres

PROJECT = Path(__file__).resolve().parent.parent
APPS = ("core", "accounts", "contacts", "office", "workshops", "iom_mongolia")
SHAPED_BY = ("requirements.lock", "iom_mongolia/settings.py", "iom_mongolia/postgres.py", "tests/database.py")
KEPT = 3  # of the migrated ones, for those who go to and fro between branches
LOCK_ON_A_GIVEN_SERVER = 1_212_370_765


def folder():
    return postgres.local_folder() / "tests"


def server_of(run):
    """The server on which all workers of that run work."""
    return postgres.Server(folder() / run / "postgres", durable=False)


# The migrated database that is kept -----------------------------------------------------------------------


def fingerprint():
    """Another one whenever a migration, what it imports, a package, or how databases are made has changed."""
    migrations = [path for app in APPS for path in sorted((PROJECT / app / "migrations").glob("*.py"))]
    ours = re.compile(rf"^\s*(?:from|import) ((?:{'|'.join(APPS)})[\w.]*)", re.MULTILINE)
    named = {name for path in migrations for name in ours.findall(path.read_text(encoding="utf-8"))}
    imported = sorted(path for name in named if (path := PROJECT / f"{name.replace('.', '/')}.py").exists())
    known = hashlib.sha256(f"{os.getuid()} {sys.version_info}".encode())
    for path in (*migrations, *imported, *(PROJECT / name for name in SHAPED_BY)):
        content = path.read_bytes()
        known.update(f"{path.relative_to(PROJECT)} {len(content)}\n".encode() + content)
    return known.hexdigest()[:16]


def copy_migrated(server):
    """Gives the server, which was never started, a migrated database; makes that first where none is kept."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with one_at_a_time():
        if server.data.exists():
            return
        kept = folder() / f"migrated-{fingerprint()}"
        if not kept.exists():
            make_migrated(kept)
        os.utime(kept)
        # `cp` keeps whom the files belong to, and costs nothing where the file system can share them.
        half = server.data.with_name("copied")
        subprocess.run(["cp", "-Rp", str(kept / "postgres"), str(half)], check=True)
        half.rename(server.data)
        for old in sorted(folder().glob("migrated-*[!w]"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def one_at_a_time():
    with (folder() / "migrated.lock").open("a") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        yield


def make_migrated(kept):
    """Made beside and then renamed, so that a half-made one is never taken for it."""
    new = kept.with_name(f"{kept.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    server = postgres.Server(new / "postgres", durable=False)
    try:
        server.start()
        migrate(server.url)
        server.stop()
        for lock in new.glob("postgres.*"):
            lock.unlink()
        new.rename(kept)
    finally:
        server.stop()
        shutil.rmtree(new, ignore_errors=True)


def migrate(url):
    """Runs all migrations, and makes the cache's table, in a process of its own."""
    environment = {**os.environ, "PORTAL_MODE": "test", "DATABASE_URL": url}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    for command in (["migrate", "--noinput"], ["createcachetable"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=PROJECT, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            end = "\n".join([*done.stdout.splitlines()[-5:], *done.stderr.splitlines()[-40:]])
            raise RuntimeError(f"`manage.py {command[0]}` failed:\n{end}")


# On a server that DATABASE_URL names ----------------------------------------------------------------------


def template_on(url, run):
    """The name of a migrated database there, which the first worker of a run to ask makes and the others copy."""
    name = template_name(url)
    with maintenance(url) as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_ON_A_GIVEN_SERVER])  # held until the connection closes
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() != (run,):
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
            migrate(urlsplit(url)._replace(path=f"/{name}").geturl())
            cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(run)))
    return name


def remove_template_from(url):
    with maintenance(url) as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(template_name(url))))


def template_name(url):
    return f"test_{postgres.database_settings(url)['NAME']}_migrated"


@contextlib.contextmanager
def maintenance(url):
    connection = psycopg2.connect(urlsplit(url)._replace(path="/postgres").geturl())
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
