"""The documents that go with letters: what stands in them."""

from datetime import date

import pytest
from django.utils import timezone

from tests import people
from workshops import documents, letter_documents
from workshops.models import Letter, Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(monkeypatch):
    """What is written into the letter, instead of the PDF."""
    found = []
    monkeypatch.setattr(documents, "invitation_letter", lambda letter, *, letterhead: found.append(letter) or b"%PDF-")
    return found


def test_the_invitation_says_what_is_asked(written, settings):
    settings.PORTAL_ADDRESS = "https://portal.example"
    at = people.workshop(title_en="Labour", title_mn="Хөдөлмөр", release_on=date(2026, 5, 20), contact_name="B. Contact", contact_phone="70111111")
    asked = people.request(workshop=at, seats=(2, 3), letter_number="26/114", letter_on=date(2026, 5, 4), addressee_mn="Төрийн нарийн бичгийн дарга", deadline=timezone.make_aware(timezone.datetime(2099, 5, 18, 18)))
    at.allocations.update(women_sought=1)
    name, content, kind = letter_documents.invitation_of(asked)
    (letter,) = written
    assert (name.endswith(".pdf"), content, kind) == (True, b"%PDF-", "application/pdf")
    assert (letter.number, letter.dated, letter.guaranteed, letter.maximum, letter.women, letter.kept_until) == ("26/114", date(2026, 5, 4), 2, 3, 1, date(2026, 5, 20))
    assert (letter.workshop.en, letter.workshop.mn, letter.addressee.mn) == ("Labour", "Хөдөлмөр", "Төрийн нарийн бичгийн дарга")
    assert letter.address == f"https://portal.example/mn/nominate/{asked.links.get().token}/"
    assert (letter.answer_until.en, letter.answer_until.mn) == ("18 May 2099, 18:00", "2099 оны 5 сарын 18, 18:00")


def test_a_request_that_is_not_sent_bears_no_address(written):
    letter_documents.invitation_of(people.request(sent=False))
    assert written[0].address == ""


def test_the_letter_can_be_printed_where_the_key_of_its_address_or_the_request_is_gone(written, settings):
    asked = people.request()
    letter = Letter.objects.get(request=asked)
    settings.SECRET_KEY = "another key, and the old one was thrown away too early"
    letter_documents.invitation_of(asked)
    assert written[0].address == ""
    letter.request = None
    with pytest.raises(LookupError):
        letter_documents.DOCUMENTS["invitation"](letter)


@pytest.mark.parametrize(
    ("en", "mn", "name", "office"),
    [
        ("A. Example, Chief of Mission", "А. Жишээ, Тэргүүн", ("A. Example", "А. Жишээ"), ("Chief of Mission", "Тэргүүн")),
        ("Chief of Mission, IOM", "Тэргүүн", ("Chief of Mission, IOM", "Тэргүүн"), ("", "")),
        ("", "Тэргүүн", ("", "Тэргүүн"), ("", "")),
    ],
)
def test_who_signs(written, en, mn, name, office):
    letter_documents.invitation_of(people.request(workshop=people.workshop(signatory_en=en, signatory_mn=mn)))
    signatory = written[0].signatory
    assert ((signatory.name.en, signatory.name.mn), (signatory.office.en, signatory.office.mn)) == (name, office)


def test_it_is_made_while_its_letter_is_sent():
    asked = people.request()
    letter = Letter.objects.get(request=asked)
    assert letter.documents == ["invitation"]
    name, content, kind = letter_documents.DOCUMENTS["invitation"](letter)
    assert content[:5] == b"%PDF-"
    Workshop.objects.update(starts_on=None, ends_on=None)
    letter.request.workshop.refresh_from_db()
    assert letter_documents.DOCUMENTS["invitation"](letter)[1][:5] == b"%PDF-"
