"""Certificates: issued where the rule holds, frozen, revoked with a reason, issued anew, verified by whoever holds one."""

import time
from datetime import timedelta
from io import BytesIO
from threading import Event, Thread

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import InternalError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests import people
from workshops import attendance, certificates, links
from workshops.models import Certificate, Letter, Link, Registration, State, Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return people.organiser()


@pytest.fixture
def workshop():
    """Over since yesterday, of two days, with attendance of 80 per cent asked."""
    return people.workshop(
        slug="policy", title_en="Labour migration policy", title_mn="Хөдөлмөрийн шилжилтийн бодлого", starts_in=-2, status=Workshop.Status.RUNNING,
        signatory_en="Jane Doe, Chief of Mission", signatory_mn="Жейн Доу, төлөөлөгч",
    )  # fmt: skip


def official(workshop, *, days=2, by, become=State.CONFIRMED, **details):
    """A registration that was present on so many of the first days."""
    row = people.registration(workshop=workshop, become=become, person=people.person(**details) if details else None)
    for day in list(workshop.meeting_days.all())[:days]:
        attendance.mark(row, day, by=by, method="sheet")
    return row


# Issuing ------------------------------------------------------------------------------------------------------


def test_it_is_issued_where_the_rule_holds_with_a_serial_and_a_letter(workshop, by):
    row = official(workshop, by=by, given_name="Батбаяр", patronymic="Болдын", given_name_latin="Batbayar", patronymic_latin="Boldyn")
    certificate = certificates.issue(row, by=by)
    year = timezone.localdate().year
    assert (certificate.serial, certificate.status) == (f"IOMMN-{year}-0001", "issued")
    assert (certificate.facts["mn"]["name"], certificate.facts["en"]["name"]) == ("Болдын Батбаяр", "Boldyn Batbayar")
    assert (certificate.facts["mn"]["title"], certificate.facts["en"]["title"]) == ("Хөдөлмөрийн шилжилтийн бодлого", "Labour migration policy")
    assert certificate.facts["days"] == 2
    letter = Letter.objects.get(kind="certificate")
    assert (letter.certificate, letter.documents) == (certificate, ["certificate"])


def test_asked_twice_it_is_the_same_one_and_one_letter(workshop, by):
    row = official(workshop, by=by)
    assert certificates.issue(row, by=by) == certificates.issue(row, by=by)
    assert (Certificate.objects.count(), Letter.objects.filter(kind="certificate").count()) == (1, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"days": 1}, "falls_short"),
        ({"days": 0}, "falls_short"),
        ({"role": "observer"}, "no_participant"),
        ({"state": "withdrawn"}, "not_confirmed"),
        ({"status": "cancelled"}, "not_held"),
        ({"ends_in": 1}, "too_early"),
    ],
)
def test_it_is_refused_with_the_reason_and_nothing_is_left(workshop, by, change, code):
    row = official(workshop, days=change.get("days", 2), by=by)
    if "role" in change:
        Registration.objects.filter(pk=row.pk).update(role=change["role"], counts=False)
    if "state" in change:
        Registration.objects.filter(pk=row.pk).update(state=change["state"])
    if "status" in change:
        Workshop.objects.filter(pk=workshop.pk).update(status=change["status"])
    if "ends_in" in change:
        Workshop.objects.filter(pk=workshop.pk).update(ends_on=timezone.localdate() + timedelta(days=change["ends_in"]))
    with pytest.raises(ValidationError) as refusal:
        certificates.issue(row, by=by)
    assert refusal.value.code == code and refusal.value.messages
    assert (Certificate.objects.count(), Letter.objects.filter(kind="certificate").count()) == (0, 0)


def test_who_falls_short_is_told_by_what(workshop, by):
    with pytest.raises(ValidationError, match="1 of 2 days attended, 2 needed"):
        certificates.issue(official(workshop, days=1, by=by), by=by)


def test_all_that_are_due_are_issued_at_once_in_order(workshop, by):
    full = [official(workshop, by=by, given_name=name, patronymic="") for name in ("Ганаа", "Ариун", "Болд")]
    official(workshop, days=1, by=by)
    issued = certificates.issue_all(workshop, by=by)
    assert [certificate.registration.given_name for certificate in issued] == ["Ариун", "Болд", "Ганаа"]
    assert [certificate.number for certificate in issued] == [1, 2, 3]
    assert certificates.issue_all(workshop, by=by) == []
    assert Certificate.objects.filter(registration__in=full).count() == 3


def test_issuing_many_costs_as_much_as_issuing_one(by):
    asked = []
    for number in (1, 4):
        at = people.workshop(starts_in=-2, attendance_required=0)
        for _each in range(number):
            people.registration(workshop=at, organisation=people.organisation())
        with CaptureQueriesContext(connection) as queries:
            assert len(certificates.issue_all(at, by=by)) == number
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert Letter.objects.filter(kind="certificate").count() == 5


def test_without_attendance_asked_every_confirmed_participant_may_have_one(workshop, by):
    Workshop.objects.filter(pk=workshop.pk).update(attendance_required=0)
    assert certificates.issue(people.registration(workshop=workshop), by=by).number == 1


@pytest.mark.django_db(transaction=True)
def test_serials_are_given_once_under_a_rush():
    by = people.organiser()
    at = people.workshop(starts_in=-2, attendance_required=0)
    rows = [people.registration(workshop=at) for _number in range(6)]

    def ask(row):
        certificates.issue(row, by=by)
        connection.close()

    threads = [Thread(target=ask, args=[row]) for row in [*rows, *rows]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_who_issues_all_and_who_issues_one_do_not_get_in_each_others_way():
    by = people.organiser()
    at = people.workshop(starts_in=-2, attendance_required=0)
    row = people.registration(workshop=at)
    waits, faults = Event(), []

    def ask():
        try:
            waits.set()
            certificates.issue_all(at, by=by)
        except IntegrityError as fault:
            faults.append(fault)
        finally:
            connection.close()

    other = Thread(target=ask)
    with transaction.atomic():
        certificates.issue(row, by=by)
        other.start()
        waits.wait(5)
        time.sleep(0.5)  # the other has found that one is due, and waits for this transaction
    other.join()
    assert (faults, Certificate.objects.count()) == ([], 1)


# Frozen -------------------------------------------------------------------------------------------------------


def test_the_database_alters_nothing_that_was_certified(workshop, by):
    certificate = certificates.issue(official(workshop, by=by), by=by)
    for change in ({"facts": {}}, {"number": 7}, {"digest": "x"}):
        with pytest.raises(InternalError, match="never altered"), transaction.atomic():
            Certificate.objects.filter(pk=certificate.pk).update(**change)


def test_the_database_holds_one_valid_certificate_and_a_reason_for_each_revoked(workshop, by):
    certificate = certificates.issue(official(workshop, by=by), by=by)
    with pytest.raises(IntegrityError, match="one_valid_certificate"), transaction.atomic():
        Certificate.objects.create(registration=certificate.registration, year=2020, number=1, facts={})
    with pytest.raises(IntegrityError, match="revoked_with_a_reason"), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(status="revoked")


def test_it_says_what_was_true_on_the_day_of_issue(workshop, by):
    row = official(workshop, by=by, given_name="Сараа", patronymic="")
    certificate = certificates.issue(row, by=by)
    Workshop.objects.filter(pk=workshop.pk).update(title_en="Another title")
    Registration.objects.filter(pk=row.pk).update(given_name="Нараа")
    certificate.refresh_from_db()
    assert (certificate.facts["en"]["title"], certificate.facts["mn"]["name"]) == ("Labour migration policy", "Сараа")


# Revoking and issuing anew ------------------------------------------------------------------------------------


def test_it_is_revoked_with_a_reason_and_may_be_issued_again(workshop, by):
    row = official(workshop, by=by)
    certificate = certificates.issue(row, by=by)
    with pytest.raises(ValidationError) as refusal:
        certificates.revoke(certificate, by=by, reason="  ")
    assert refusal.value.code == "reason_due"
    assert certificates.revoke(certificate, by=by, reason="Signed for another").status == "revoked"
    assert certificates.revoke(certificate, by=by, reason="Again").revoke_reason == "Signed for another"
    assert Letter.objects.filter(kind="certificate-revoked").count() == 1
    assert certificates.issue_all(workshop, by=by) == []
    assert certificates.issue(row, by=by).number == 2


def test_a_misspelt_name_is_corrected_by_a_new_certificate(workshop, by):
    row = official(workshop, by=by, given_name="Батбаяр", given_name_latin="Batbajar", patronymic="")
    old = certificates.issue(row, by=by)
    new = certificates.reissue(old, by=by, given_name="Батбаяар", given_name_latin="Batbayar", also_the_person=True)
    old.refresh_from_db()
    row.refresh_from_db()
    assert (old.status, new.status, new.supersedes, new.facts["en"]["name"]) == ("superseded", "issued", old, "Batbayar")
    assert (row.given_name_latin, row.person.given_name_latin, old.facts["en"]["name"]) == ("Batbayar", "Batbayar", "Batbajar")
    assert row.sort_key == row.person.sort_key
    for wrong, code in ((old, "not_valid"), (new, "no_change")):
        with pytest.raises(ValidationError) as refusal:
            certificates.reissue(wrong, by=by)
        assert refusal.value.code == code
    with pytest.raises(ValidationError) as refusal:
        certificates.revoke(old, by=by, reason="x")
    assert refusal.value.code == "not_valid"


# The page that verifies ---------------------------------------------------------------------------------------


def page(certificate, language="en"):
    return f"/{language}/certificate/{certificate.token}/"


def test_whoever_holds_it_reads_what_was_certified(client, workshop, by):
    row = official(workshop, by=by, given_name="Батбаяр", patronymic="Болдын", given_name_latin="Batbayar", patronymic_latin="Boldyn")
    certificate = certificates.issue(row, by=by)
    for language in ("en", "mn"):
        answer = client.get(page(certificate, language))
        for words in ("Болдын Батбаяр", "Boldyn Batbayar", "Labour migration policy", certificate.serial):
            assert words in answer.text, (language, words)
        assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex, nofollow", "strict-origin")
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies
    assert "This certificate is valid." in client.get(page(certificate)).text


def test_it_says_when_one_is_revoked_but_not_why_and_when_one_is_replaced(client, workshop, by):
    first = certificates.issue(official(workshop, by=by, given_name="Сараа", patronymic=""), by=by)
    second = certificates.reissue(first, by=by, given_name="Саранаа")
    certificates.revoke(second, by=by, reason="A private matter")
    assert f"The newer one is {second.serial}." in client.get(page(first)).text
    answer = client.get(page(second)).text
    assert "was revoked and is not valid" in answer and "A private matter" not in answer


def test_a_code_or_a_serial_that_is_none_is_not_found(client, workshop, by):
    certificate = certificates.issue(official(workshop, by=by), by=by)
    assert client.get(f"/en/certificate/{'A' * 22}/").status_code == 404
    assert client.get(f"/en/certificate/{certificate.serial}/").status_code == 404
    assert "belongs to no certificate" in client.get(f"/en/certificate/{'A' * 22}/").text


def test_it_cannot_be_asked_for_ever(client):
    with time_machine.travel(timezone.now(), tick=False):  # so that no new window of counting begins meanwhile
        answers = [client.get(f"/en/certificate/{'A' * 22}/").status_code for _number in range(202)]
    assert (answers[0], answers[-1]) == (404, 429)


# Staff pages --------------------------------------------------------------------------------------------------


def staff(name, *arguments):
    return reverse(f"staff:{name}", args=["policy", *arguments])


def test_staff_issue_print_correct_and_revoke_by_hand(client, workshop, by):
    people.signed_in(client, by)
    row = official(workshop, by=by, given_name="Батбаяр", patronymic="Болдын", given_name_latin="Batbayar", patronymic_latin="Boldyn")
    official(workshop, days=1, by=by)
    listed = client.get(staff("certificates")).text
    assert "Issue the one that is due" in listed and "1 of 2 days attended, 2 needed" in listed
    client.post(staff("certificates_issue"))
    certificate = Certificate.objects.get()
    printed = client.get(staff("certificate_print", certificate.pk))
    text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(printed.content)).pages)
    assert printed["Content-Type"] == "application/pdf" and certificate.serial in text and "Boldyn Batbayar" in " ".join(text.split())
    typed = {"given_name": "Батбаяр", "patronymic": "Болдын", "given_name_latin": "", "patronymic_latin": "", "name_mong": ""}
    answer = client.post(staff("certificate_reissue", certificate.pk), {**typed, "given_name": "", "given_name_latin": ""})
    assert answer.status_code == 422 and "Give the given name" in answer.text and 'value="Болдын"' in answer.text
    assert client.post(staff("certificate_reissue", certificate.pk), {**typed, "given_name_latin": "Batbaiar"}).status_code == 302
    fresh = row.certificates.get(status="issued")
    assert client.post(staff("certificate_revoke", fresh.pk), {"reason": ""}).status_code == 422
    client.post(staff("certificate_revoke", fresh.pk), {"reason": "Asked by the ministry"})
    assert "Asked by the ministry" in client.get(staff("certificates")).text


def test_where_the_servers_key_is_gone_the_paper_is_refused_with_what_to_do(client, workshop, by, settings):
    certificate = certificates.issue(official(workshop, by=by), by=by)
    letter = Letter.objects.get(kind="certificate")
    settings.SECRET_KEY = "another key, and the old one was thrown away too early"
    people.signed_in(client, by)
    for name, more in (("certificate_print", [certificate.pk]), ("certificates_print", [])):
        answer = client.get(reverse(f"staff:{name}", args=[workshop.slug, *more]), follow=True)
        assert "revoke it and issue another" in answer.text
    assert client.get(reverse("staff:letter_attached", args=[letter.pk, "certificate"])).status_code == 404


def test_a_certificate_of_another_workshop_is_not_found(client, workshop, by):
    people.signed_in(client, by)
    other = people.certificate(workshop=people.workshop())
    assert client.get(staff("certificate_print", other.pk)).status_code == 404
    assert client.post(staff("certificates_issue"), {"registration": other.registration_id}).status_code == 404


def test_the_list_costs_the_same_with_many(client, workshop, by, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    people.signed_in(client, by)
    official(workshop, by=by)
    certificates.issue_all(workshop, by=by)
    client.get(staff("certificates"))
    with CaptureQueriesContext(connection) as few:
        client.get(staff("certificates"))
    for _number in range(3):
        official(workshop, by=by)
    certificates.issue_all(workshop, by=by)
    with CaptureQueriesContext(connection) as many:
        client.get(staff("certificates"))
    assert len(many) == len(few)


def test_officials_find_their_own_certificate_on_their_own_page(client, workshop, by):
    row, other = official(workshop, by=by), official(workshop, by=by)
    link = links.issue(Link.Kind.ANSWER, registration=row)
    page, paper = links.path_of(link, "en"), reverse("answer:certificate", args=[link.token])
    certificates.issue(other, by=by)
    assert "Your certificate" not in client.get(page).text
    assert client.get(paper).status_code == 302
    first = certificates.issue(row, by=by)
    fresh = certificates.reissue(first, by=by, given_name="Оюун")
    seen = client.get(page).text
    assert fresh.serial in seen and first.serial not in seen
    assert paper in seen and reverse("links:certificate", args=[fresh.token]) in seen
    answer = client.get(paper)
    assert answer["Content-Type"] == "application/pdf" and fresh.serial in answer["Content-Disposition"]
    [sheet] = PdfReader(BytesIO(answer.content)).pages
    assert fresh.serial in sheet.extract_text()
    certificates.revoke(fresh, by=by, reason="A mistake")
    assert "Your certificate" not in client.get(page).text
    assert client.get(paper).status_code == 302
