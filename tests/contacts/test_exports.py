"""All that is kept about a person, handed over: nothing forgotten, no secret, nobody else's data, and a row that says so."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.exceptions import ValidationError

from contacts import exports, merging
from contacts.models import Person, PersonExport
from tests import people
from tests.contacts.whole_life import plant
from workshops.models import Certificate, Link

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return people.organiser()


def made(person, by, **details):
    done = exports.export(person, by=by, **{"purpose": "Asked for it", "recipient": "The person"} | details)
    archive = zipfile.ZipFile(io.BytesIO(done.content))
    return done, {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def test_every_word_that_is_kept_is_in_it(by):
    somebody, words = plant()
    _done, files = made(somebody, by)
    data = "\n".join(text for name, text in files.items() if name.startswith("data/"))
    assert [word for word in words if word not in data] == []
    assert {"data/contacts.Person.json", "data/workshops.Answer.json", "data/workshops.Needs.json", "history/contacts.PersonEvent.json"} <= set(files)


def test_of_a_merged_record_too(by):
    kept, gone = plant()[0], plant()
    merging.merge(kept, gone[0], by=by)
    kept.refresh_from_db()
    _done, files = made(kept, by)
    everything = "\n".join(files.values())
    assert [word for word in gone[1] if word not in everything] == []


def test_no_secret_and_nobody_else_is_in_it(by):
    at = people.workshop(starts_in=-60)
    somebody, _words = plant(at=at)
    _colleague, others = plant(at=at)
    _done, files = made(somebody, by)
    everything = "\n".join(files.values())
    assert [word for word in others if word in everything] == []
    secrets = [row for model in (Link, Certificate) for row in model.objects.filter(registration__person=somebody)]
    assert secrets and not [row for row in secrets if row.nonce in everything or row.digest in everything or row.token in everything]


def test_the_page_reads_in_both_languages(by):
    body = people.organisation(name_en="Ministry of Labour", name_mn="Хөдөлмөрийн яам")
    somebody = people.person(given_name="Мөнхбат", patronymic="Гомбын", given_name_latin="Munkhbat", sex="m", organisation=body, email="m@gov.example")
    people.registration(person=somebody, workshop=people.workshop(title_en="Labour migration", title_mn="Хөдөлмөрийн шилжилт"))
    _done, files = made(somebody, by)
    page = files["summary.html"]
    for text in ("Гомбын Мөнхбат", "Munkhbat", "m@gov.example", "Эрэгтэй / Male", "Ministry of Labour", "Labour migration", "Баталгаажсан / Confirmed"):
        assert text in page, text
    assert "{{" not in page and "{%" not in page


def test_what_somebody_wrote_into_a_name_is_no_markup(by):
    somebody = people.person(given_name="<script>alert(1)</script>")
    assert "<script" not in made(somebody, by)[1]["summary.html"]


def test_it_is_written_down_who_gave_it_to_whom_and_what_for(by):
    somebody = people.person(phone="+97688001122")
    done, files = made(somebody, by, purpose=" Letter 12/3 ", recipient=" The person ")
    record = PersonExport.objects.get()
    assert (record.person, record.by, record.purpose, record.recipient) == (somebody, by, "Letter 12/3", "The person")
    assert record.tables == {"contacts.Person": 1, "contacts.PersonPhone": 1}
    assert record.sha256 == hashlib.sha256(done.content).hexdigest()
    assert "data/contacts.PersonExport.json" not in files and "data/contacts.PersonExport.json" in made(somebody, by)[1]
    assert json.loads(files["data/contacts.PersonPhone.json"]) == [{"id": somebody.phones.get().pk, "person_id": somebody.pk, "number": "+97688001122"}]


@pytest.mark.parametrize(("details", "code"), [({"purpose": " "}, "purpose_due"), ({"recipient": ""}, "recipient_due")])
def test_purpose_and_recipient_are_due(by, details, code):
    with pytest.raises(ValidationError) as refused:
        made(people.person(), by, **details)
    assert [error.code for errors in refused.value.error_dict.values() for error in errors] == [code]
    assert PersonExport.objects.count() == 0


def test_who_is_gone_is_not_exported(by):
    kept, gone = people.person(), people.person()
    merging.merge(kept, gone, by=by)
    with pytest.raises(ValidationError) as refused:
        made(Person.objects.get(pk=gone.pk), by)
    assert refused.value.code == "gone"
