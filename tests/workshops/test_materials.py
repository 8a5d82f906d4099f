"""Materials: a file or a link, for everybody, participants or staff."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests import people
from workshops import agendas, links, materials, registrations
from workshops.models import Link, Material, State

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nx\n%%EOF\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def pdf(name="slides.pdf"):
    return SimpleUploadedFile(name, PDF)


def test_a_file_is_kept_under_a_name_of_its_own(folder):
    row = materials.add(people.workshop(), by=people.organiser(), file=pdf("../../x.pdf"), title_en="Slides")
    assert (row.size, row.kind) == (len(PDF), "PDF")
    assert row.file.name.startswith("materials/") and "x.pdf" not in row.file.name
    assert (folder / row.file.name).read_bytes() == PDF


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"title_en": "Nothing"}, "nothing"),
        ({"title_en": "", "title_mn": "", "link": "https://x.example/"}, None),
        ({"title_en": "Page", "file": SimpleUploadedFile("a.pdf", b"<html>")}, "wrong_kind"),
        ({"title_en": "Both", "file": SimpleUploadedFile("a.pdf", PDF), "link": "https://x.example/"}, None),
    ],
)
def test_what_is_no_material_is_refused(details, code):
    with pytest.raises(ValidationError) as refusal:
        materials.add(people.workshop(), by=people.organiser(), **details)
    if code:
        assert code in str([error.code for error in getattr(refusal.value, "error_list", [])] or [e.code for errors in refusal.value.error_dict.values() for e in errors])
    assert Material.objects.count() == 0


def test_the_database_wants_one_of_the_two():
    at = people.workshop()
    for details in ({"file": "", "link": ""}, {"file": "a.pdf", "link": "https://x.example/"}):
        with pytest.raises(IntegrityError, match="material_is_a_file_or_a_link"), transaction.atomic():
            Material.objects.create(workshop=at, title_en="x", **details)


def test_the_public_gets_what_is_for_everybody_and_nothing_else(client):
    at = people.workshop(slug="policy")
    rows = {
        who: materials.add(at, by=people.organiser(), file=pdf(), title_en=f"Paper for {who}", visible_to=who)
        for who in ("everybody", "participants", "staff")
    }
    page = client.get("/en/workshops/policy/").text
    assert "Paper for everybody" in page and "Paper for participants" not in page and "Paper for staff" not in page
    answers = {who: client.get(reverse("workshops:material", args=["policy", row.pk])) for who, row in rows.items()}
    assert {who: answer.status_code for who, answer in answers.items()} == {"everybody": 200, "participants": 404, "staff": 404}
    assert answers["everybody"]["Content-Disposition"] == 'attachment; filename="Paper for everybody.pdf"'
    assert b"".join(answers["everybody"].streaming_content) == PDF


def test_a_file_of_another_workshop_or_a_draft_is_not_found(client):
    draft = people.workshop(slug="draft", status="draft")
    row = materials.add(draft, by=people.organiser(), file=pdf(), title_en="x", visible_to="everybody")
    people.workshop(slug="other")
    for slug in ("draft", "other"):
        assert client.get(reverse("workshops:material", args=[slug, row.pk])).status_code == 404


def test_an_official_gets_materials_once_invited():
    at = people.workshop()
    for who in Material.For.values:
        materials.add(at, by=people.organiser(), link="https://x.example/", title_en=who, visible_to=who)
    nominated, invited = (people.registration(workshop=at, become=state) for state in (State.NOMINATED, State.INVITED))
    assert list(materials.visible_to_participant(nominated)) == []
    assert {row.visible_to for row in materials.visible_to_participant(invited)} == {"everybody", "participants"}


def test_the_official_finds_materials_and_programme_on_their_own_page(client):
    at, by = people.workshop(visibility="internal"), people.organiser()
    rows = {who: materials.add(at, by=by, file=pdf(), title_en=f"Paper for {who}", visible_to=who) for who in Material.For.values}
    materials.add(at, by=by, link="https://x.example/", title_en="A page", visible_to="participants")
    people.agenda_item(workshop=at, title_en="Fair recruitment")
    agendas.publish(at, by=by)
    people.agenda_item(workshop=at, title_en="Not published yet")
    coming, gone = (people.registration(workshop=at) for _number in range(2))
    registrations.withdraw(gone, by=by, reason="Ill")
    token, other = (links.issue(Link.Kind.ANSWER, registration=row).token for row in (coming, gone))
    page = client.get(reverse("answer:page", args=[token])).text
    shown = {words: words in page for words in ("Paper for everybody", "Paper for participants", "Paper for staff", "A page", "Fair recruitment", "Not published yet")}
    assert [words for words, there in shown.items() if not there] == ["Paper for staff", "Not published yet"]
    got = {who: client.get(reverse("answer:material", args=[token, row.pk])) for who, row in rows.items()}
    assert {who: answer.status_code for who, answer in got.items()} == {"everybody": 200, "participants": 200, "staff": 404}
    assert f'href="{reverse("answer:material", args=[token, rows["participants"].pk])}"' in page
    assert b"".join(got["participants"].streaming_content) == PDF
    assert (got["participants"]["Referrer-Policy"], "no-store" in got["participants"]["Cache-Control"]) == ("strict-origin", True)
    assert "Fair recruitment" not in client.get(reverse("answer:page", args=[other])).text
    assert client.get(reverse("answer:material", args=[other, rows["participants"].pk])).status_code == 404
    elsewhere = links.issue(Link.Kind.ANSWER, registration=people.registration()).token
    assert client.get(reverse("answer:material", args=[elsewhere, rows["participants"].pk])).status_code == 404


def test_a_file_goes_with_its_material(folder, django_capture_on_commit_callbacks):
    row = materials.add(people.workshop(), by=people.organiser(), file=pdf(), title_en="x")
    name = row.file.name
    with django_capture_on_commit_callbacks(execute=True):
        materials.remove(row, by=people.organiser())
    assert not (folder / name).exists() and Material.objects.count() == 0


def test_a_wrong_file_is_said_beside_the_field_and_loses_nothing(client):
    people.workshop(slug="policy")
    people.signed_in(client, people.organiser())
    answer = client.post(
        reverse("staff:materials", args=["policy"]),
        {"title_en": "My long title", "title_mn": "", "link": "", "language": "", "visible_to": "staff", "file": SimpleUploadedFile("a.pdf", b"<html>")},
    )
    assert answer.status_code == 422
    assert "What counts is what is in the file" in answer.text and "My long title" in answer.text
