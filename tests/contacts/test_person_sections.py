"""A person's page, section by section: what each layer tells of somebody."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts import merging, person_sections
from contacts.models import PersonMerge
from tests.contacts.whole_life import plant
from tests.people import organisation, organiser, person, registration, signed_in, workshop
from workshops import attendance
from workshops.models import Certificate, Consent, Letter, NominationRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    return signed_in(client, organiser())


def page(client, somebody):
    return client.get(reverse("staff:person", args=[somebody.pk])).content.decode()


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_each_layer_has_its_sections():
    assert [name for name, each in sorted(person_sections.SECTIONS.items(), key=lambda item: (item[1].order, item[0])) if not each.aside] == [
        "workshops", "letters", "merges",
    ]  # fmt: skip
    assert {name for name, each in person_sections.SECTIONS.items() if each.aside} == {"consents", "requests", "lists"}


def test_a_workshop_tells_attendance_and_certificate(staff):
    by, at = organiser(), workshop(starts_in=-10)
    row = registration(workshop=at, by=by)
    attendance.mark(row, at.meeting_days.first(), by=by, method="sheet")
    certificate = Certificate.objects.create(registration=row, year=2026, number=17, facts={})
    html = page(staff, row.person)
    section = words(html.split('id="workshops"')[1].split("</section>")[0])
    assert f"{at} " in section and "Confirmed 1 of 2 IOMMN-2026-0017" in section
    Certificate.objects.filter(pk=certificate.pk).update(status="revoked", revoked_at=timezone.now(), revoke_reason="Misspelt.")
    assert "IOMMN-2026-0017 revoked" in words(page(staff, row.person))


def test_letters_are_told_with_where_they_went_and_when(staff):
    row = registration()
    for number in range(22):
        Letter.objects.create(
            kind="x", language="mn", registration=row, subject=f"Letter {number}", body="Secret words", to_address="bold@gov.example", state="sent",
            sent_at=timezone.now(), dedupe_key=f"x{number}",
        )  # fmt: skip
    html = page(staff, row.person)
    assert html.count("bold@gov.example") == 20
    assert "Letter 21" in html and "Letter 1<" not in html and "Secret words" not in html
    assert "Older letters stand in the outbox of their workshop." in html


def test_the_last_word_about_a_consent_is_told(staff):
    row = registration()
    for given in (True, False):
        Consent.objects.create(person=row.person, registration=row, kind="photo", given=given, notice_version="1", language="mn")
    section = words(page(staff, row.person).split('id="consents"')[1].split("</section>")[0])
    assert section.count("photographs") == 1 and "refused: photographs" in section


def test_a_focal_point_is_shown_where_they_answer(staff):
    somebody, at = person(), workshop(title_en="Labour migration")
    NominationRequest.objects.create(workshop=at, organisation=organisation(name_en="Ministry of Labour"), focal_point=somebody)
    section = words(page(staff, somebody).split('id="requests"')[1].split("</section>")[0])
    assert "Labour migration Ministry of Labour, not sent" in section


def test_a_merge_is_told_with_the_button_that_takes_it_apart(staff):
    kept, gone = person(), person()
    done = merging.merge(kept, gone, by=organiser(full_name="Oyun"), reason="Same phone")
    button = f'action="{reverse("staff:person_unmerge", args=[done.pk])}"'
    html = page(staff, kept)
    assert "Same phone" in html and "Oyun" in html and button in html
    PersonMerge.objects.update(at=timezone.now() - PersonMerge.UNDONE_WITHIN)
    html = page(staff, kept)
    assert "It can no longer be taken apart." in html and button not in html


def test_somebody_of_whom_everything_is_kept_has_every_section(staff):
    somebody, _words = plant()
    html = page(staff, somebody)
    assert [name for name in person_sections.SECTIONS if f'id="{name}"' not in html] == []


def test_the_sections_take_as_many_queries_for_much_as_for_little(staff):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            person_sections.sections_of(somebody)
        return len(queries)

    somebody, _words = plant()
    one = asked()
    for number in range(3):
        row = registration(person=somebody, workshop=workshop(starts_in=-10 - number))
        Certificate.objects.create(registration=row, year=2025, number=100 + number, facts={})
        Consent.objects.create(person=somebody, registration=row, kind="photo", given=True, notice_version="1", language="mn")
        Letter.objects.create(kind="x", language="mn", registration=row, subject="Letter", body="", dedupe_key=f"x{number}")
    assert asked() == one
