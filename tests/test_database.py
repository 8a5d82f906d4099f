"""The tests' database: the migrated one that is kept is taken again only while all that shapes it is the same; no test finds
what another left; each that begins with the demonstration has its own.
"""

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from iom_mongolia import demo
from tests import database, people
from workshops.models import Workshop


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in (*database.SHAPED_BY, "office/migrations/0001_initial.py", "core/secrets.py", "core/names.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "office/migrations/0002_links.py").write_text("from datetime import date\n\nimport core.secrets\n")
    monkeypatch.setattr(database, "PROJECT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "office/migrations/0002_links.py",  # changed
        "workshops/migrations/0001_initial.py",  # new
        "core/secrets.py",  # what a migration imports
        *("requirements.lock", "iom_mongolia/settings.py"),
    ],
)
def test_what_shapes_the_database_makes_a_new_one(project, name):
    before = database.fingerprint()
    assert database.fingerprint() == before
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    with (project / name).open("a") as file:
        file.write("# changed\n")
    assert database.fingerprint() != before


def test_a_migration_of_another_name_makes_a_new_one(project):
    before = database.fingerprint()
    (project / "office/migrations/0002_links.py").rename(project / "office/migrations/0003_links.py")
    assert database.fingerprint() != before


def test_other_code_leaves_the_one_that_is_kept(project):
    before = database.fingerprint()
    (project / "core/names.py").write_text("# changed")
    assert database.fingerprint() == before


def test_a_failing_migration_shows_the_end_of_what_it_said():
    with pytest.raises(RuntimeError, match="`manage.py migrate` failed:[^$]*DATABASE_URL must begin with"):
        database.migrate("mysql://portal/portal")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_what_a_test_committed_but_what_migrating_fills():
    people.workshop(title_en="Committed")
    assert Workshop.objects.count() == 1 and Permission.objects.exists()
    assert database.empty()
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in database.KEPT_TABLES]
        left = []
        for name in tables:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{name}")')
            left += [name] if cursor.fetchone()[0] else []
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",), "triggers and foreign keys hold again"
    assert left == [] and Permission.objects.exists() and len(tables) > 100


def test_each_demonstration_is_a_copy_of_its_own(demonstration, settings):
    for _time in range(2):
        with demonstration():
            assert Workshop.objects.get(slug=demo.UPCOMING).pk >= 5000
            assert len([path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]) >= 4
            Workshop.objects.filter(slug=demo.UPCOMING).update(slug="changed")
