"""The tests' database: migrated once and kept, so that a run starts from a copy of it.

Running all migrations takes far longer than most runs of the tests. So the first run keeps a stopped server with an empty,
migrated database in `.local/tests`, named by a fingerprint of all that shapes it, and every run works on a server of its
own that is a copy. Each worker of a run has a database of its own there, made from the migrated one. Django's `migrate`
still runs over each: it finds nothing to do, or does it.

The demonstration, which takes seconds to load, is loaded once a run into a database beside it, and copied for each test
that begins with it.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import translation
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


# What tests leave behind ----------------------------------------------------------------------------------


def empty():
    """Takes every row away and leaves the database as it was when it had just been migrated.

    Django's own `flush` truncates every table there is, which takes PostgreSQL far longer than to look which have rows.
    Nothing is asked on the way (no trigger, no foreign key, for all goes), which takes the rights of a superuser; False,
    and nothing done, where the account has not got them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            return False
        cursor.execute(EMPTY, [list(KEPT_TABLES)])
    return True


# What migrating fills, and what Django's `flush` would fill again.
KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")
EMPTY = """
    SELECT set_config('tests.kept_tables', array_to_string(%s, ','), false);
    DO $$
    DECLARE one regclass; has_rows boolean;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR one IN
            SELECT oid FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                AND relname <> ALL (string_to_array(current_setting('tests.kept_tables'), ','))
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', one) INTO has_rows;
            IF has_rows THEN
                EXECUTE format('DELETE FROM %%s', one);
            END IF;
        END LOOP;
    END $$;
"""


# The demonstration ----------------------------------------------------------------------------------------


def with_demonstration(template, run):
    """The name of a database with the office's facts and the demonstration, and the folder of its files.

    The first worker of a run to ask makes it from the migrated one; it is only copied, never used itself.
    """
    name, files = f"{template}_demonstration", folder() / run / "demonstration"
    with (folder() / run / "demonstration.lock").open("a") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        if not files.exists():
            new = files.with_name("demonstration.new")
            new.mkdir()
            remove(name)
            copy(template, name)
            with in_database(name), override_settings(MEDIA_ROOT=new), translation.override("en"):
                number_from_five_thousand()
                call_command("load_country_office", verbosity=0)
                call_command("load_demo", verbosity=0)
            new.rename(files)
    return name, files


def number_from_five_thousand():
    """An office that has been at work for a while: its records' numbers have four digits, which pages like to write 5,000."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename")
        for number, (sequence,) in enumerate(cursor.fetchall()):
            cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {5000 + 40 * number}")


@contextlib.contextmanager
def copy_of(template, files):
    """Inside, all that the portal does happens in a copy of that database, with a copy of its files; then the copy is gone."""
    name = f"{connection.settings_dict['NAME']}_copy"
    remove(name)
    copy(template, name)
    try:
        with tempfile.TemporaryDirectory(prefix="portal-uploads-") as uploads, override_settings(MEDIA_ROOT=Path(uploads)):
            shutil.copytree(files, uploads, dirs_exist_ok=True)
            with in_database(name):
                yield
    finally:
        remove(name)


def copy(template, name):
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def remove(name):
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def in_database(name):
    """Inside, Django's connections go to another database: those of a server's threads too, for they share these settings."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


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
        for name in (template_name(url), f"{template_name(url)}_demonstration"):
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


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
