"""Erasing a person: not one word stays in any table, the numbers stay, and a restored backup brings nobody back."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from contacts import belongings, erasure, exports, keeping, merging
from contacts.models import Erasure, ImportBatch, ImportRow, Person, PersonEmail
from core.mongolian import sort_key
from tests import people
from tests.contacts.rows import all_rows, differences
from tests.contacts.whole_life import Words, plant
from workshops import certificates, registrations
from workshops.models import AgendaVersion, AttendanceMark, Certificate, Deputy, Letter, Nominee, NominationRequest, Registration, StateChange

pytestmark = pytest.mark.django_db
Ground = Erasure.Ground


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.ERASURE_LEDGER = tmp_path / "erasures.log"
    return settings.ERASURE_LEDGER


@pytest.fixture
def by():
    return people.administrator()


def erase(person, by, reason=Ground.REQUEST, **details):
    return erasure.erase(person, by=by, reason=reason, **details)


def refusal(act, *args, **details):
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        act(*args, **details)
    return refused.value


def whole_database():
    """Every row of every table as text, by table: what a dump would hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT coalesce(string_agg(row::text, E\'\\n\'), \'\') FROM "{table}" AS row')
            found[table] = cursor.fetchone()[0]
    return found


def hits(words):
    """(table, word) for each of the words that stands anywhere; the database writes some texts as escapes."""
    dump = whole_database()
    return sorted((table, word) for table, text in dump.items() for word in words if word in text)


# Nothing stays ------------------------------------------------------------------------------------------------


def test_not_one_word_stays_in_any_table(by):
    somebody, words = plant()
    assert {table for table, _word in hits(words)} >= {
        "contacts_person", "contacts_personemail", "contacts_personphone", "contacts_position", "contacts_importrow", "contacts_personmerge",
        "contacts_personexport", "contacts_personevent", "contacts_positionevent", "workshops_registration", "workshops_registrationevent",
        "workshops_statechange", "workshops_needs", "workshops_deputy", "workshops_attendancemark", "workshops_certificate", "workshops_letter",
        "workshops_nominationrequest", "workshops_nominationrequestevent", "workshops_nominee", "workshops_answer", "workshops_agendaspeaker",
    }  # fmt: skip
    words = [*words, *(sort_key(word) for word in words)]
    erase(somebody, by)
    assert hits(words) == []


def test_what_the_admin_wrote_about_them_goes_too(by):
    somebody, words = plant()
    LogEntry.objects.create(
        user=by, content_type=ContentType.objects.get_for_model(Person), object_id=str(somebody.pk), object_repr=words[0], change_message=words[1], action_flag=ADDITION
    )
    erase(somebody, by)
    assert hits(words) == []


def test_what_hangs_on_a_record_that_was_merged_goes_with_it(by):
    kept, first = plant()
    gone, second = plant()
    merging.merge(kept, gone, by=by, reason="Same phone")
    erase(kept, by)
    assert hits([*first, *second]) == []
    assert Person.objects.filter(pk__in=[kept.pk, gone.pk], anonymised_at=None).count() == 0
    assert Erasure.objects.filter(digest__in=[erasure.digest_of(kept), erasure.digest_of(gone)]).count() == 2


def test_of_other_people_nothing_goes(by):
    """A colleague of whom as much is kept stays as they were, history included."""
    at = people.workshop(starts_in=-60)
    somebody, _words = plant(at=at)
    colleague, words = plant(at=at)
    before = {table: text.count(word) for table, text in whole_database().items() for word in words if word in text}
    kept = {model: sorted(map(str, model._base_manager.filter(pk__in=keys).values_list())) for model, keys in keeping.about(colleague).own.items()}
    erase(somebody, by)
    assert {table: text.count(word) for table, text in whole_database().items() for word in words if word in text} == before
    assert {model: sorted(map(str, model._base_manager.filter(pk__in=keys).values_list())) for model, keys in keeping.about(colleague).own.items()} == kept


def test_rows_that_name_them_without_having_been_matched_go_too(by):
    words = Words()
    email, phone = words.email(), words.phone()
    somebody = people.person(given_name="Мөнхбат", patronymic="Гомбын", email=email, phone=phone)
    batch = ImportBatch.objects.create(created_by=by)
    spaced = f"{phone[4:8]} {phone[8:]}"
    mine = [
        ImportRow.objects.create(batch=batch, number=1, raw=["Мөнхбат", email.upper()], parsed={"given_name": "Мөнхбат"}),
        ImportRow.objects.create(batch=batch, number=2, raw=["Munkhbat", spaced], parsed={"given_name": "Munkhbat"}),
    ]
    colleague = ImportRow.objects.create(batch=batch, number=3, raw=["Ариунаа", spaced], parsed={"given_name": "Ариунаа"})
    request = NominationRequest.objects.create(workshop=people.workshop(), organisation=people.organisation())
    nominee = Nominee.objects.create(request=request, given_name="Munkhbat", phone=spaced, job_title="Officer")
    other = Nominee.objects.create(request=request, given_name="Ариунаа", phone=spaced)
    deputy = Deputy.objects.create(registration=people.registration(), given_name="Мөнхбат", email=email)
    erase(somebody, by)
    for row in mine:
        row.refresh_from_db()
        assert (row.raw, row.parsed) == ([], {})
    colleague.refresh_from_db(), nominee.refresh_from_db(), other.refresh_from_db(), deputy.refresh_from_db()
    assert colleague.raw == ["Ариунаа", spaced]
    assert (nominee.given_name, nominee.phone, nominee.job_title, other.given_name) == ("–", "", "", "Ариунаа")
    assert (deputy.given_name, deputy.email) == ("–", "")


def test_the_name_goes_out_of_the_programmes_that_were_published(by):
    somebody, words = plant()
    at = somebody.registrations.get().workshop
    row = somebody.registrations.get()
    version = AgendaVersion.objects.create(
        workshop=at, number=1, content={"days": [{"items": [{"title_en": "Opening", "speakers": [row.full_name, "Somebody else"]}]}]}
    )
    erase(somebody, by)
    version.refresh_from_db()
    assert version.content == {"days": [{"items": [{"title_en": "Opening", "speakers": ["–", "Somebody else"]}]}]}


def test_the_page_of_a_certificate_no_longer_knows_it(by, client):
    somebody, _words = plant()
    row = somebody.registrations.get()
    certificate = Certificate.objects.create(registration=row, year=2026, number=9999, facts={"name": "Bold"})
    token = certificate.token
    assert Certificate.objects.by_token(token) == certificate
    erase(somebody, by)
    assert Certificate.objects.by_token(token) is None
    certificate.refresh_from_db()
    assert (certificate.facts, certificate.status, certificate.serial) == ({}, "issued", "IOMMN-2026-9999")


def test_nothing_is_certified_to_nobody(by):
    row = people.registration(workshop=people.workshop(starts_in=-10))
    erase(row.person, by)
    assert refusal(certificates.issue, row, by=by).code == "no_person"


def test_a_letter_that_waits_is_not_sent_any_more(by):
    row = people.registration(workshop=people.workshop(starts_in=-60))
    letter = Letter.objects.create(kind="x", language="mn", registration=row, to_address="bold@gov.example", subject="To Bold", body="", dedupe_key="x", state="queued")
    erase(row.person, by)
    letter.refresh_from_db()
    assert (letter.state, letter.to_address, letter.subject) == ("cancelled", "–", "")


def test_files_of_the_person_are_deleted_and_the_institutions_reply_is_kept(by, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    somebody, _words = plant()
    reply = NominationRequest.objects.exclude(reply_file="").get().reply_file.name
    erase(somebody, by)
    assert default_storage.exists(reply)


# The numbers stay ---------------------------------------------------------------------------------------------


def test_what_is_counted_stays(by):
    somebody, _words = plant()
    row = somebody.registrations.get()
    counted = ("workshop", "organisation", "role", "counts", "state", "level", "province", "over_seats", "arrival", "person", "person__sex")
    before = Registration.objects.filter(pk=row.pk).values(*counted).get()
    marks = list(AttendanceMark.objects.filter(registration=row).values_list("day", "kind", "voids", "device_time"))
    changes = list(StateChange.objects.filter(registration=row).values_list("from_state", "to_state", "via", "by", "at"))
    certificates = list(Certificate.objects.filter(registration=row).values_list("year", "number", "status", "issued_at"))
    erase(somebody, by)
    assert Registration.objects.filter(pk=row.pk).values(*counted).get() == before
    assert list(AttendanceMark.objects.filter(registration=row).values_list("day", "kind", "voids", "device_time")) == marks
    assert list(StateChange.objects.filter(registration=row).values_list("from_state", "to_state", "via", "by", "at")) == changes
    assert list(Certificate.objects.filter(registration=row).values_list("year", "number", "status", "issued_at")) == certificates
    somebody.refresh_from_db()
    assert (somebody.sex, somebody.given_name, somebody.search, bool(somebody.anonymised_at)) == ("f", "", None, True)


# Refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["nominated", "waitlisted", "invited", "confirmed"])
def test_who_is_expected_somewhere_is_withdrawn_first(by, state):
    row = people.registration(workshop=people.workshop(title_en="Labour migration", starts_in=10), become=state)
    refused = refusal(erase, row.person, by)
    assert [error.code for error in refused.error_list] == ["clash"]
    assert "at “Labour migration”, which is still to come. Withdraw the registration first." in refused.messages[0]
    assert not Person.objects.get(pk=row.person_id).anonymised_at
    registrations.withdraw(row, by=by, reason="Asked to be erased.") if state != "nominated" else registrations.reject(row, by=by, reason="Erased.")
    erase(row.person, by)
    assert Person.objects.get(pk=row.person_id).anonymised_at


def test_who_was_at_a_workshop_that_is_over_is_erased(by):
    row = people.registration(workshop=people.workshop(starts_in=-10))
    erase(row.person, by)
    assert Person.objects.get(pk=row.person_id).anonymised_at


def test_a_ground_is_due_and_a_tombstone_is_not_erased_by_itself(by):
    kept, gone = people.person(), people.person()
    assert refusal(erasure.erase, kept, by=by, reason="").code == "reason_due"
    assert refusal(erasure.erase, kept, by=by, reason="because").code == "reason_due"
    merging.merge(kept, gone, by=by)
    gone.refresh_from_db()
    assert refusal(erase, gone, by).code == "merged"


@pytest.mark.parametrize("reference", ["Letter of Munkhbat", "Мөнхбат, 12/3", "m@gov.example", "8800 1122"])
def test_a_reference_that_names_the_person_is_refused(by, reference):
    somebody = people.person(given_name="Мөнхбат", patronymic="Гомбын", phone="+97688001122")
    assert refusal(erase, somebody, by, reference=reference).code == "names_in_reference"
    assert erase(somebody, by, reference=" 12/345,  3 March 2026 ").reference == "12/345, 3 March 2026"


def test_a_relation_without_a_rule_makes_it_refuse(by, monkeypatch):
    somebody = people.person()
    monkeypatch.delitem(belongings.RULES, "workshops.Needs.registration")
    refused = refusal(erase, somebody, by)
    assert refused.code == "unknown_relation" and "workshops.Needs.registration" in refused.messages[0]


def test_erased_already_is_no_error(by):
    somebody = people.person()
    first = erase(somebody, by)
    assert (erase(somebody, by), Erasure.objects.count()) == (first, 1)


def test_refused_it_changes_nothing(by, monkeypatch):
    """The act is whole or not at all: what fails at the end takes everything back."""
    somebody, _words = plant()
    before = all_rows()
    monkeypatch.setattr(erasure, "_forget_history", lambda kept: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        erase(somebody, by)
    assert differences(before, all_rows()) == {}


def test_afterwards_history_is_append_only_again(by):
    somebody, other = people.person(), people.person()
    erase(somebody, by)
    for statement in ("DELETE FROM contacts_personevent WHERE pgh_obj_id = %s", "UPDATE contacts_personevent SET note = '' WHERE pgh_obj_id = %s"):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [other.pk])


# Elsewhere ----------------------------------------------------------------------------------------------------


def test_where_else_the_person_is_mentioned_is_told_and_left(by):
    somebody = people.person(given_name="Мөнхбат", patronymic="Гомбын", email="munkhbat@gov.example")
    at = people.workshop(note="Гомбын Мөнхбат opens it; write to Munkhbat@gov.example.")
    people.workshop(note="Мөнхбат of another family.")
    found = erasure.preview(somebody).mentions
    assert [(mention.model._meta.label, mention.keys) for mention in found] == [("workshops.Workshop", (at.pk,))]
    erase(somebody, by)
    at.refresh_from_db()
    assert "Гомбын Мөнхбат" in at.note


# The ledger ---------------------------------------------------------------------------------------------------


def test_the_ledger_says_who_by_a_digest_alone(by, ledger, django_capture_on_commit_callbacks):
    somebody = people.person(given_name="Мөнхбат")
    with django_capture_on_commit_callbacks(execute=True):
        done = erase(somebody, by)
    line = ledger.read_text()
    assert line.split() == [done.at.isoformat(), erasure.digest_of(somebody)]
    assert ledger.stat().st_mode & 0o777 == 0o600
    assert erasure.keep_the_ledger() == 0


def test_nothing_is_written_down_where_the_act_fails(by, ledger, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(erasure, "_forget_history", lambda kept: 1 / 0)
    with pytest.raises(ZeroDivisionError), django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        erase(people.person(), by)
    assert not ledger.exists()


def test_a_ledger_that_was_lost_is_written_again_from_the_table(by, ledger):
    erase(people.person(), by), erase(people.person(), by)
    assert (erasure.keep_the_ledger(), len(ledger.read_text().splitlines()), erasure.keep_the_ledger()) == (2, 2, 0)


def test_after_a_restored_backup_the_erased_are_erased_again(by, ledger, capsys):
    """What a backup of yesterday brings back: the person with all their rows, and no word of the erasure."""
    somebody, words = plant()
    at = somebody.registrations.get().workshop
    other = people.person()
    erasure.write_down([Erasure(digest=erasure.digest_of(somebody), at=timezone.now())])
    ledger.write_text(ledger.read_text() + "a spoiled line\n")
    # Even where the backup is of a time when the workshop was still to come.
    type(at).objects.filter(pk=at.pk).update(starts_on=timezone.localdate() + timedelta(days=3), ends_on=timezone.localdate() + timedelta(days=4))
    call_command("replay_erasures")
    assert "Erased again: 1." in capsys.readouterr().out
    assert hits(words) == []
    assert set(Erasure.objects.values_list("ground", flat=True)) == {Ground.REPLAY}
    assert not Person.objects.get(pk=other.pk).anonymised_at
    assert erasure.replay() == 0


def test_a_later_person_with_the_same_number_is_another(by, ledger):
    somebody = people.person()
    erasure.write_down([Erasure(digest=erasure.digest_of(somebody), at=timezone.now())])
    Person.objects.filter(pk=somebody.pk).update(created_at=timezone.now() - timedelta(days=1))
    assert erasure.replay() == 0


def test_exported_then_erased_the_register_keeps_that_it_was_exported(by):
    somebody, _words = plant()
    record = exports.export(somebody, by=by, purpose="Asked for it", recipient="Munkhbat").record
    erase(somebody, by)
    record.refresh_from_db()
    assert (record.purpose, record.recipient, record.by) == ("", "", by)
    assert PersonEmail.objects.filter(person=somebody).count() == 0


def test_erased_they_stand_in_the_lists_of_the_workshop_without_a_name(by, client):
    row = people.registration(workshop=people.workshop(starts_in=-10))
    erase(row.person, by)
    people.signed_in(client, by)
    for name, arguments in (("participants", [row.workshop.slug]), ("registration", [row.workshop.slug, row.pk])):
        assert "(name removed)" in client.get(reverse(f"staff:{name}", args=arguments)).content.decode()
