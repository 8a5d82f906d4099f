"""How the code hangs together: imports point one way, migrations are complete, the settings are safe by default."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter

ROOT = Path(__file__).resolve().parent.parent
# Each layer may import itself and those before it.
LAYERS = ["core", "accounts", "contacts", "office", "workshops", "iom_mongolia"]


def imports(file):
    """Top-level packages that a file imports anywhere, inside functions too, with their lines."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0], node.lineno


def test_imports_point_one_way():
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {name}"
        for position, layer in enumerate(LAYERS)
        for file in sorted((ROOT / layer).rglob("*.py"))
        for name, line in imports(file)
        if name in LAYERS[position + 1 :] or name == "tests"
    ]
    assert wrong == []


def test_the_rule_about_imports_can_fail(tmp_path):
    (tmp_path / "wrong.py").write_text("def late():\n    from workshops import seats\n")
    assert list(imports(tmp_path / "wrong.py")) == [("workshops", 2)]


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_older_steps_lead_to_the_same_tables():
    """A database that has taken some of the steps which `replaces` names goes on with the rest of them."""
    loader = MigrationLoader(None, replace_migrations=False)
    at_once = {key: migration.replaces for key, migration in loader.disk_migrations.items() if migration.replaces}
    assert at_once
    one_way = loader.project_state(list(at_once)).models
    other_way = loader.project_state([steps[-1] for steps in at_once.values()]).models
    assert {key: described(model) for key, model in one_way.items()} == {
        key: described(model) for key, model in other_way.items()
    }


def described(model):
    """What a migration's model says, but for the order in which it came to say so."""
    options = {name: value for name, value in model.options.items() if value}
    for name in {"constraints", "indexes"} & options.keys():
        options[name] = {item.name: MigrationWriter.serialize(item) for item in options[name]}
    if "triggers" in options:
        options["triggers"] = {trigger.name: trigger.install_sql for trigger in options["triggers"]}
    return {name: MigrationWriter.serialize(field) for name, field in model.fields.items()}, options


def test_every_table_that_hangs_on_a_person_has_a_rule_for_merging_and_erasing():
    """A new one fails here: say in contacts/people_rules.py or workshops/people_rules.py what becomes of its rows, and plant
    a row in tests/contacts/whole_life.py."""
    from contacts import belongings

    assert belongings.without_a_rule(belongings.tree()) == []


def run_check(**environment):
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "iom_mongolia.settings",
        **environment,
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
    )


PRODUCTION = {
    "SECRET_KEY": "for-this-check-alone-" + "0123456789abcdef" * 4,
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgresql://portal@db.example/portal",
    "EMAIL_HOST": "mail.example",
}


def test_production_is_clean_in_djangos_own_eyes():
    done = run_check(**PRODUCTION)
    said = done.stdout + done.stderr
    # A hint to who installs it is no fault; a warning would be.
    assert (done.returncode, "0 silenced" in said) == (0, True), said


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_HOST"])
def test_production_has_no_default_secret_database_or_mail_server(name):
    done = run_check(**{key: value for key, value in PRODUCTION.items() if key != name})
    assert done.returncode != 0
    assert f"Set the environment variable {name}." in done.stderr


def test_nothing_in_templates_needs_inline_style_or_script():
    import re

    inline = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)(?![^>]*application/)")
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if inline.search(line)
    ]
    assert found == []
