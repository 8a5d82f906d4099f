"""The migrated database that is kept between runs is taken again only while all that shapes it is the same."""

import pytest

from tests import database


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
