"""The demonstration: invented people alone, marked as such, in demo mode alone, and gone without a trace in the office's facts."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Role, User
from contacts import duplicates, exports, merging
from contacts.models import ImportBatch, ImportRow, Organisation, Person
from core import spreadsheets
from iom_mongolia import country_office, demo
from office.models import NewsItem
from tests import people
from workshops import commitments, nominations, registrations
from workshops.models import NominationList, Project, Registration, StateChange, Workshop


@pytest.fixture(scope="module", autouse=True)
def facts(django_db_setup, django_db_blocker):
    """The office's facts without the demonstration; each test's changes are rolled back to this."""
    with django_db_blocker.unblock(), transaction.atomic():
        country_office.load()
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def all_rows(*, history=False):
    """Every table's rows as text, by table; without the history, which grows."""
    there = set(connection.introspection.table_names())
    models = [model for model in apps.get_models() if model._meta.db_table in there]
    if not history:
        models = [model for model in models if not model._meta.model_name.endswith("event") and model._meta.app_label != "pghistory"]
    return {model._meta.label: sorted(map(str, model._base_manager.values_list())) for model in models}


def test_it_loads_once():
    assert demo.load() is True
    before = all_rows(history=True)
    assert demo.load() is False
    call_command("load_demo", "--if-needed")
    assert all_rows(history=True) == before


def test_it_is_refused_outside_demo_mode(settings):
    settings.DEMO_MODE = False
    before = all_rows(history=True)
    with pytest.raises(CommandError, match="demo mode alone"):
        call_command("load_demo")
    assert all_rows(history=True) == before


def test_it_asks_for_the_facts_first():
    Organisation.objects.filter(slug="nema").update(slug="another")
    with pytest.raises(CommandError, match="load_country_office"):
        call_command("load_demo")


def test_everything_new_is_marked():
    before = {label: set(rows) for label, rows in all_rows().items()}
    demo.load()
    for model in (User, Person, Workshop, Project, NewsItem, Registration):
        new = [row for row in model.objects.all() if str(tuple(model._base_manager.filter(pk=row.pk).values_list()[0])) not in before[model._meta.label]]
        assert new, model
        assert all(row.is_demo for row in new), model
    assert not Organisation.objects.filter(is_demo=True).exists()


def test_accounts_are_not_named_where_there_are_none(capsys):
    call_command("demo_accounts")
    assert capsys.readouterr().out == ""


def test_the_upcoming_workshop_is_six_to_eight_weeks_away_on_working_days():
    for offset in range(366):
        today = date(2026, 1, 1) + timedelta(days=offset)
        starts_on, ends_on = demo.working_days(today + timedelta(days=44), 2)
        assert 42 <= (starts_on - today).days <= 58, today
        assert ends_on == starts_on + timedelta(days=1)
        for day in (starts_on, ends_on):
            assert day.weekday() < 5
            assert (day.month, day.day) not in demo.HOLIDAYS


def test_removing_leaves_the_office_as_it_was():
    people.organiser(email="real@iom.example")
    before = all_rows()
    demo.load()
    assert demo.remove() == []
    assert all_rows() == before
    events = apps.get_model("workshops", "WorkshopEvent")
    assert set(events.objects.filter(slug=demo.UPCOMING).values_list("pgh_label", flat=True)) >= {"insert", "delete"}


def test_removing_takes_lists_and_registrations_of_its_workshops_but_no_real_person():
    demo.load()
    organiser = User.objects.get(email="organiser@iom.example")
    workshop = Workshop.objects.get(slug=demo.UPCOMING)
    official = people.person(given_name="Ганзориг", patronymic="Бат-Эрдэнэ")
    batch = ImportBatch.objects.create(source_name="list.xlsx", created_by=organiser)
    NominationList.objects.create(batch=batch, workshop=workshop)
    row = ImportRow.objects.create(batch=batch, number=2, person=official, created_person=True)
    first = registrations.register(workshop, official, by=organiser, import_row=row).registration
    deputy = people.person(given_name="Мөнх-Оргил")
    registrations.replace(first, deputy, by=organiser, reason="On leave.")
    assert demo.remove() == []
    assert set(Person.objects.values_list("given_name", flat=True)) == {"Ганзориг", "Мөнх-Оргил"}
    assert not Registration.objects.exists() and not StateChange.objects.exists() and not ImportBatch.objects.exists()
    assert not Workshop.objects.filter(is_demo=True).exists()


def test_a_list_sent_for_a_demo_workshop_goes_with_the_people_it_added():
    demo.load()
    organiser = User.objects.get(email="organiser@iom.example")
    workshop = Workshop.objects.get(slug=demo.UPCOMING)
    table = spreadsheets.read_text("Нэр\tОвог\tБайгууллага\nГанзориг\tБат-Эрдэнэ\tГИХАЭГ\n")
    listed = nominations.take_in(workshop, table, by=organiser)
    commitments.commit(listed, by=organiser)
    assert Person.objects.filter(given_name="Ганзориг").count() == 1
    assert demo.remove() == []
    assert not Person.objects.exists() and not ImportBatch.objects.exists()


def test_what_real_records_rest_on_is_kept_and_said():
    demo.load()
    organiser = User.objects.get(email="organiser@iom.example")
    registration = people.registration(by=organiser)
    kept = demo.remove()
    assert kept == [organiser]
    organiser.refresh_from_db()
    assert not organiser.is_active and not organiser.has_usable_password()
    assert Registration.objects.get() == registration
    assert demo.remove() == [organiser]


def test_demo_records_that_were_merged_go_too():
    demo.load()
    pair = duplicates.find()[0]
    one, other = Person.objects.in_bulk([pair.first, pair.second]).values()
    by = User.objects.get(role=Role.ORGANISER)
    merging.merge(one, other, by=by)
    exports.export(one, by=by, purpose="Demonstration", recipient="Nobody")
    demo.remove()
    assert Person.objects.count() == 0


def test_removed_it_can_come_back():
    demo.load()
    demo.remove()
    assert demo.load() is True
