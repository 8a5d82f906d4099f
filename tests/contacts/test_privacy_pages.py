"""What is kept about somebody, given out and erased, through the pages; the register; and what is cleared by itself."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts import erasure, merging
from contacts.models import Erasure, Person, PersonExport, PersonMerge, Purge
from iom_mongolia import worker
from tests.people import administrator, desk, editor, organisation, organiser, person, registration, signed_in, workshop
from workshops import retention
from workshops.models import Needs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.ERASURE_LEDGER = tmp_path / "erasures.log"


def address(name, *arguments):
    return reverse(f"staff:{name}", args=arguments)


# Given out ----------------------------------------------------------------------------------------------------


def test_the_file_is_made_by_a_press_alone_and_written_down(client):
    staff, somebody = signed_in(client, organiser()), person(email="bold@gov.example")
    where = address("person_export", somebody.pk)
    assert staff.get(where).status_code == 405
    assert "Personal data" not in staff.get(address("person_data", somebody.pk)).content.decode()
    assert PersonExport.objects.count() == 0
    answer = staff.post(where, {"purpose": "Letter 12/3", "recipient": "Bold"})
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store")
    assert f'filename="person-{somebody.pk}-' in answer["Content-Disposition"]
    assert "bold@gov.example" in zipfile.ZipFile(io.BytesIO(answer.content)).read("summary.html").decode()
    assert "Letter 12/3" in staff.get(address("person_data", somebody.pk)).content.decode()


def test_without_a_purpose_nothing_is_given_out_and_what_was_typed_stays(client):
    staff, somebody = signed_in(client, organiser()), person()
    answer = staff.post(address("person_export", somebody.pk), {"purpose": "", "recipient": "Bold"})
    assert (answer.status_code, PersonExport.objects.count()) == (422, 0)
    assert 'value="Bold"' in answer.content.decode()


@pytest.mark.parametrize("make", [desk, editor])
def test_the_desk_and_editors_give_nothing_out_and_erase_nobody(client, make):
    somebody = person()
    signed_in(client, make())
    for name in ("person_export", "person_erase"):
        assert client.post(address(name, somebody.pk), {"purpose": "x", "recipient": "y"}).status_code == 403
    assert (PersonExport.objects.count(), Erasure.objects.count()) == (0, 0)


def test_the_pages_of_somebody_who_is_gone_lead_to_their_own(client):
    staff, kept, gone = signed_in(client, administrator()), person(), person()
    merging.merge(kept, gone, by=organiser())
    for name in ("person_data", "person_erase"):
        assert staff.get(address(name, gone.pk))["Location"] == address("person", gone.pk)
    assert staff.post(address("person_export", gone.pk))["Location"] == address("person", gone.pk)


# Erased -------------------------------------------------------------------------------------------------------


def test_only_an_administrator_erases(client):
    staff, somebody = signed_in(client, organiser()), person(given_name="Мөнхбат")
    assert staff.post(address("person_erase", somebody.pk), {"reason": "request", "typed": "Мөнхбат"}).status_code == 403
    assert address("person_erase", somebody.pk) not in staff.get(address("person_data", somebody.pk)).content.decode()


def test_erased_after_the_name_was_typed(client):
    staff = signed_in(client, administrator())
    somebody = person(given_name="Мөнхбат", patronymic="Гомбын", email="m@gov.example")
    where = address("person_erase", somebody.pk)
    assert address("person_erase", somebody.pk) in staff.get(address("person_data", somebody.pk)).content.decode()
    html = staff.get(where).content.decode()
    assert "Type “Мөнхбат”. It cannot be undone." in html and "E-mails" in html
    wrong = staff.post(where, {"reason": "request", "typed": "Munkhbaatar", "reference": "12/345"})
    assert wrong.status_code == 422
    assert "This is not the given name of the person to be erased." in wrong.content.decode() and 'value="12/345"' in wrong.content.decode()
    assert staff.post(where, {"typed": "Мөнхбат"}).status_code == 422
    assert Erasure.objects.count() == 0
    done = staff.post(where, {"reason": "request", "typed": "мөнхбат ", "reference": "12/345"}, follow=True)
    assert "The name and the addresses of this person were removed" in done.content.decode()
    assert (Erasure.objects.get().reference, Person.objects.get(pk=somebody.pk).given_name) == ("12/345", "")
    assert staff.post(where, {"reason": "request", "typed": "Мөнхбат"})["Location"] == address("person", somebody.pk)


def test_what_stands_in_the_way_is_told_with_its_link(client):
    staff = signed_in(client, administrator())
    row = registration(workshop=workshop(title_en="Labour migration", starts_in=10))
    where = address("person_erase", row.person.pk)
    html = staff.get(where).content.decode()
    assert "which is still to come. Withdraw the registration first." in html
    assert address("registration", row.workshop.slug, row.pk) in html
    answer = staff.post(where, {"reason": "request", "typed": row.person.given_name})
    assert (answer.status_code, Erasure.objects.count()) == (422, 0)


def test_a_reference_that_names_the_person_is_refused_beside_its_field(client):
    staff, somebody = signed_in(client, administrator()), person(given_name="Мөнхбат")
    answer = staff.post(address("person_erase", somebody.pk), {"reason": "request", "typed": "Мөнхбат", "reference": "Letter of Мөнхбат"})
    assert answer.context["form"].errors["reference"] == ["The reference is kept: it must not name the person. Give the number and date of the letter alone."]


# The register and what is cleared by itself -------------------------------------------------------------------


def test_the_register_tells_all_of_it(client):
    staff = signed_in(client, organiser(full_name="Oyun"))
    somebody, gone = person(given_name="Мөнхбат", given_name_latin="Munkhbat"), person()
    staff.post(address("person_export", somebody.pk), {"purpose": "Letter 12/3", "recipient": "Himself"})
    erasure.erase(gone, by=administrator(full_name="Bat"), reason="request", reference="77/1")
    Purge.objects.create(duty="needs", number=4, detail={"labour-migration": 4})
    html = staff.get(address("privacy")).content.decode()
    for text in ("Munkhbat", "Himself: Letter 12/3", "Oyun", "The person asked for it", "77/1", "Bat", "labour-migration 4"):
        assert text in html, text


def test_the_register_takes_as_many_queries_for_three_as_for_one(client):
    staff, by = signed_in(client, organiser()), administrator()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address("privacy")).status_code == 200
        return len(queries)

    def add():
        PersonExport.objects.create(person=person(), by=by, purpose="x", recipient="y", sha256="0" * 64)
        erasure.erase(person(), by=by, reason="request")
        Purge.objects.create(duty="needs", number=1)

    add()
    one = asked()
    add(), add()
    assert asked() == one


def test_what_is_kept_takes_as_many_queries_for_much_as_for_little(client):
    staff, somebody = signed_in(client, organiser()), person(organisation=organisation(), phone="+97688001122", email="b@gov.example")
    registration(person=somebody)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address("person_data", somebody.pk)).status_code == 200
        return len(queries)

    one = asked()
    for number in range(3):
        registration(person=somebody)
        somebody.phones.create(number=f"+9768800112{number + 3}")
    assert asked() == one


def test_the_register_cannot_be_altered(client):
    purge, erased = Purge.objects.create(duty="needs", number=1), erasure.erase(person(), by=administrator(), reason="request")
    for row in (purge, erased):
        with pytest.raises(InternalError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()
        with pytest.raises(InternalError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(at=timezone.now())


def test_needs_go_30_days_after_the_event_and_the_register_says_so():
    today = timezone.localdate()
    ended = registration(workshop=workshop(slug="long-ago", starts_on=today - timedelta(days=32), days=2))
    other = registration(workshop=ended.workshop)
    yesterday = registration(workshop=workshop(starts_on=today - timedelta(days=31), days=2))
    undated = registration(workshop=workshop(starts_on=None, days=1))
    for row in (ended, other, yesterday, undated):
        Needs.objects.create(registration=row, diet="No pork")
    purge = retention.purge_needs()
    assert (purge.duty, purge.number, purge.detail) == ("needs", 2, {"long-ago": 2})
    assert set(Needs.objects.values_list("registration", flat=True)) == {yesterday.pk, undated.pk}
    assert (retention.purge_needs(), Purge.objects.count()) == (None, 1)
    assert retention.purge_needs(today + timedelta(days=1)).number == 1


def test_old_merges_are_forgotten_and_the_register_says_so():
    merging.merge(person(), person(), by=organiser())
    PersonMerge.objects.update(at=timezone.now() - PersonMerge.UNDONE_WITHIN - timedelta(minutes=1))
    merging.forget_old()
    assert list(Purge.objects.values_list("duty", "number")) == [("merges", 1)]


def test_the_worker_does_these_duties():
    assert {"workshops.retention.purge_needs", "contacts.merging.forget_old", "contacts.erasure.keep_the_ledger"} <= {name for name, _every in worker.CHORES}
    for name in ("workshops.retention.purge_needs", "contacts.merging.forget_old", "contacts.erasure.keep_the_ledger"):
        worker.do_chore(name)
