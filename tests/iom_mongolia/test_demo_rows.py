"""What the demonstration shows: invented people in every state, and workshops ready for the sample lists. It is loaded once."""

import pypdf
import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from contacts import duplicates
from contacts.models import Organisation, Person, PersonEmail, PersonPhone
from core import charts, names
from iom_mongolia import country_office, demo
from office.models import Indicator, Resource
from workshops import seats
from workshops.models import MOVES, Letter, Registration, State, Workshop

# Given name and father's name of those in the sample lists, who are registered from the lists by hand.
IN_THE_SAMPLE_LISTS = [
    ("Ганзориг", "Бат-Эрдэнэ"), ("Оюунчимэг", "Дорж"), ("Мөнх-Оргил", "Сүхбаатар"), ("Алтанцэцэг", "Цэрэн"),
    ("Батбаяр", "Б"), ("Энхтуяа", "Болд"), ("Нарантуяа", "Ц"), ("Эрдэнэбат", "Г"), ("Мөнхзул", "Баатар"),
    ("Гантулга", "Цэрэндорж"), ("Хүрэлсүх", "Ц"), ("Ганхүү", "Лувсан"), ("Цэцэгмаа", "Дамба"), ("Энхтайван", "Пүрэв"),
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker):
    """The office's facts and the demonstration, gone when these tests have looked at them."""
    with django_db_blocker.unblock(), transaction.atomic():
        country_office.load()
        demo.load()
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def test_everybody_came_to_their_state_by_moves_that_are_allowed():
    for row in Registration.objects.prefetch_related("changes"):
        before = ""
        for change in sorted(row.changes.all(), key=lambda change: change.pk):
            assert change.from_state == before and (not before or change.to_state in MOVES[before] or change.undoes_id), (row.pk, str(change))
            before = change.to_state
        assert before == row.state


def test_nobody_has_the_same_letter_twice():
    told = list(Letter.objects.exclude(registration=None).values_list("registration", "kind"))
    assert len(told) > 15 and len(told) == len(set(told))
    assert {"draft", "failed", "sent", "queued"} <= set(Letter.objects.values_list("state", flat=True))
    assert Letter.objects.exclude(bounced_at=None).count() == 1


def test_accounts_are_one_for_each_role_and_their_passwords_work(capsys):
    call_command("demo_accounts")
    printed = capsys.readouterr().out
    assert User.objects.filter(is_demo=True).count() == len(Role.values) == 6
    for role, (email, full_name, password) in demo.ACCOUNTS.items():
        assert len(password) >= 12
        user = authenticate(email=email, username=email, password=password)
        assert (user.role, user.full_name, user.is_demo) == (role, full_name, True)
        assert email in printed and password in printed
        assert email.endswith(".example")


def test_people_are_invented_and_none_is_in_the_sample_lists():
    known = list(Person.objects.all())
    assert len(known) == 45
    given = {person.name_key for person in known}
    # Three stand there twice, so that there are duplicates to find.
    assert len(given) == 42
    assert {pair.band for pair in duplicates.find()} == {"sure", "perhaps"}
    assert not given & {names.fold(name) for name, _patronymic in IN_THE_SAMPLE_LISTS}
    for person in known:
        for name, patronymic in IN_THE_SAMPLE_LISTS:
            assert names.same_person_names((person.given_name, person.patronymic), (name, patronymic)) == "different"
    assert all(address.endswith(".example") for address in PersonEmail.objects.values_list("address", flat=True))
    assert all(number.startswith("+9768000") for number in PersonPhone.objects.values_list("number", flat=True))
    assert all(person.positions.filter(is_main=True, valid_to=None).count() == 1 for person in known)
    assert Organisation.objects.filter(positions__isnull=False).distinct().count() >= 20


def test_the_upcoming_workshop_is_ready_for_the_lists():
    workshop = Workshop.objects.get(slug="labour-migration-policy-ulaanbaatar")
    assert workshop.is_open and workshop.capacity == 30 and workshop.days == 2
    assert workshop in Workshop.objects.public("en").upcoming() and workshop in Workshop.objects.public("mn").upcoming()
    assert workshop.funder.slug == "iom-development-fund"
    assert timezone.now() < workshop.nomination_deadline
    assert "2013" in workshop.note
    matrix = seats.matrix(workshop)
    assert {row.organisation.slug for row in matrix.rows} == set(demo.SEATS)
    assert matrix.total.guaranteed == 26
    assert all(row.maximum and row.maximum >= row.guaranteed for row in matrix.rows)
    # Each sample list fits: as many seats are free as it has officials.
    free = {row.organisation.slug: row.free for row in matrix.rows}
    assert free["immigration-agency-gihaeg"] >= 4 and free["ministry-of-labour-2012"] >= 4
    assert free["ministry-of-foreign-affairs"] >= 3 and free["ministry-of-finance"] >= 3
    assert {row.given_name: row.state for row in workshop.registrations.all()} == demo.AT_THE_UPCOMING
    for registration in Registration.objects.all():
        last = registration.changes.last()
        assert last.to_state == registration.state and last.by.role == Role.ORGANISER


def test_some_have_an_earlier_workshop_and_one_is_next_week():
    past = Workshop.objects.get(slug="labour-inspection-and-migrants")
    assert past.status == Workshop.Status.COMPLETED and past.registrations.filter(state=State.CONFIRMED).count() == 14
    assert past not in Workshop.objects.public("en")  # invented, it is no part of what the office has done
    next_week = Workshop.objects.get(slug="migration-figures-ulaanbaatar")
    today = timezone.localdate()
    assert 0 < (next_week.starts_on - today).days <= 21
    draft = Workshop.objects.get(slug="fair-recruitment-seminar")
    assert (draft.status, draft.starts_on, draft.venue_en) == (Workshop.Status.DRAFT, None, "")


def test_requests_at_the_upcoming_workshop_are_in_several_states():
    asked = Workshop.objects.get(slug=demo.UPCOMING).nomination_requests
    assert sorted(asked.values_list("state", flat=True)) == ["complete", "declined", "draft", "draft", "partly", "sent", "sent"]


def test_an_infographic_is_a_picture_and_a_document_in_each_language(client):
    infographic = Resource.objects.get(is_demo=True)
    assert {(file.language, file.format) for file in infographic.files.all()} == {(code, kind) for code in ("en", "mn") for kind in ("png", "pdf")}
    for language, title in (("en", "International migrants living in Mongolia"), ("mn", "Монгол Улсад амьдарч буй олон улсын шилжигчид")):
        file = infographic.files.get(language=language, format="pdf")
        document = pypdf.PdfReader(file.file.open("rb"))
        assert document.metadata.title == title
        assert "22,589" in document.pages[0].extract_text()
        assert b"pdfuaid:part" in b"".join(file.file.open("rb"))
    html = client.get(f"/mn/data-and-resources/publications/{infographic.slug}/").text
    picture = infographic.files.get(language="mn", format="png")
    assert f'/files/{picture.pk}/" width="{picture.width}"' in html
    # In words too: each value of the series.
    for point in Indicator.objects.get(slug="immigrant-stock").points.all():
        assert f"{point.label_mn}: {charts.number(point.value)}" in infographic.description_mn
