"""Nomination lists through the pages: what was sent, what is shown, what is registered, and what undoing takes back."""

import io
import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from contacts.models import ImportBatch, ImportRow, NotDuplicate, Organisation, Person, PersonEmail, Position, Verdict
from core import spreadsheets
from tests import people
from workshops import commitments, judgements, nominations, registrations
from workshops.models import NominationList, Registration, State, StateChange, Workshop

pytestmark = pytest.mark.django_db

ROSTERS = Path(__file__).parent.parent / "rosters"
IMMIGRATION, LABOUR, FOREIGN, FINANCE = (
    "1-immigration-agency.xlsx",
    "2-ministry-of-labour.xlsx",
    "3-foreign-affairs-pasted.txt",
    "4-ministry-of-finance.csv",
)


@pytest.fixture
def bodies():
    """The institutions of the sample lists, and the Ministry of Culture, which has the Ministry of Finance's acronym."""
    return {
        "immigration": people.organisation(
            name_en="Mongolian Immigration Agency (Office of Immigration, Naturalization and Foreign Citizens)",
            name_mn="Гадаадын иргэн, харьяатын асуудал эрхлэх газар", acronym_en="MIA", acronym_mn="ГИХАЭГ", kind="agency",
        ),
        "labour": people.organisation(name_en="Ministry of Labour", name_mn="Хөдөлмөрийн яам", acronym_en="MoL", acronym_mn="ХЯ"),
        "foreign": people.organisation(name_en="Ministry of Foreign Affairs", name_mn="Гадаад харилцааны яам", acronym_en="MFA", acronym_mn="ГХЯ"),
        "finance": people.organisation(name_en="Ministry of Finance", name_mn="Сангийн яам", acronym_en="MoF", acronym_mn="СЯ"),
        "culture": people.organisation(name_en="Ministry of Culture", name_mn="Соёлын яам", acronym_en="MoC", acronym_mn="СЯ"),
    }  # fmt: skip


@pytest.fixture
def desk(client, bodies):
    """An organiser at the pages of one workshop, with the acts that a person does there."""
    return Desk(client, people.signed_in, bodies)


class Desk:
    def __init__(self, client, sign_in, bodies, **details):
        self.client, self.bodies = client, bodies
        self.user = people.organiser()
        sign_in(client, self.user)
        self.workshop = people.workshop(**details)

    @property
    def new(self):
        return reverse("staff:list_new", args=[self.workshop.slug])

    def url(self, name, listed, *more):
        return reverse(f"staff:list_{name}", args=[self.workshop.slug, listed.batch_id, *more])

    def upload(self, name, data=None, become="confirmed", **more):
        file = SimpleUploadedFile(name, data if data is not None else (ROSTERS / name).read_bytes())
        return self._read({"file": file, "become": become, **more})

    def paste(self, text, become="confirmed", **more):
        return self._read({"text": text, "become": become, **more})

    def _read(self, data):
        before = set(NominationList.objects.values_list("pk", flat=True))
        self.answer = self.client.post(self.new, data, follow=True)
        assert self.answer.status_code == 200
        return NominationList.objects.exclude(pk__in=before).first()

    def commit(self, listed):
        self.answer = self.client.post(self.url("commit", listed), follow=True)
        assert self.answer.status_code == 200

    def undo(self, listed):
        self.answer = self.client.post(self.url("undo", listed), follow=True)
        assert self.answer.status_code == 200

    def press(self, listed, number, **data):
        row = listed.batch.rows.get(number=number)
        self.answer = self.client.post(self.url("row", listed, row.pk), data, follow=True)
        assert self.answer.status_code == 200

    def show(self, listed, **query):
        answer = self.client.get(self.url("show", listed), query)
        assert answer.status_code == 200
        return answer.content.decode()


def verdicts(listed):
    return {row.number: row.verdict for row in listed.batch.rows.all()}


def codes(row):
    return {remark["code"] for remark in [*row.notes, *row.errors]}


def names_of(query=None):
    return sorted((person.given_name or person.given_name_latin) for person in (query or Person.objects.all()))


# The four sample lists ----------------------------------------------------------------------------------------


def test_one_agency_under_three_names_gives_four_people_of_one_institution(desk):
    listed = desk.upload(IMMIGRATION)
    assert verdicts(listed) == {1: "no_person", 2: "new", 3: "new", 4: "new", 5: "new"}
    desk.commit(listed)
    assert names_of() == ["Алтанцэцэг", "Ганзориг", "Мөнх-Оргил", "Оюунчимэг"]
    assert set(Registration.objects.values_list("organisation", flat=True)) == {desk.bodies["immigration"].pk}
    assert sorted(Person.objects.values_list("phones__number", flat=True)) == ["+97688114455", "+97695123456", "+97699071234", "+97699112233"]
    assert Person.objects.get(given_name="Оюунчимэг").sex == "f"


def test_letterhead_names_the_institution_and_a_total_is_nobody(desk):
    listed = desk.upload(LABOUR)
    assert verdicts(listed) == {1: "no_person", 2: "no_person", 4: "no_person", 5: "new", 6: "new", 7: "new", 9: "new", 11: "no_person"}
    assert "total" in codes(listed.batch.rows.get(number=11))
    desk.commit(listed)
    assert names_of() == ["Батбаяр", "Нарантуяа", "Энхтуяа", "Эрдэнэбат"]
    assert set(Registration.objects.values_list("organisation", flat=True)) == {desk.bodies["labour"].pk}
    assert list(PersonEmail.objects.filter(address="labour@mol.example").values_list("is_shared", flat=True)) == [True] * 3
    assert PersonEmail.objects.get(address="narantuya@mol.example").is_shared is False
    # The merged department stands at both, the empty one stays empty.
    departments = dict(Registration.objects.values_list("given_name", "department"))
    assert departments["Энхтуяа"] == departments["Батбаяр"] == "Хөдөлмөр эрхлэлтийн бодлогын газар"
    assert departments["Эрдэнэбат"] == ""


def test_a_known_official_and_an_email_to_mend(desk):
    desk.commit(desk.upload(IMMIGRATION))
    listed = desk.upload(FOREIGN)
    assert verdicts(listed) == {1: "no_person", 2: "new", 3: "new", 4: "known", 5: "to_mend"}
    assert listed.batch.rows.get(number=4).person.given_name == "Оюунчимэг"
    wrong = listed.batch.rows.get(number=5)
    assert [(error["field"], error["params"]["suggestion"]) for error in wrong.errors] == [("email", "khurelsukh@mfa.example")]
    assert "khurelsukh@@mfa.example" in desk.show(listed)
    desk.commit(listed)
    assert Registration.objects.count() == 6
    desk.press(listed, 5, act="suggestion", error="0")
    desk.commit(listed)
    assert Registration.objects.count() == 7
    assert Person.objects.filter(emails__address="khurelsukh@mfa.example", patronymic_latin="Ts.").exists()
    # Both orders of the names, by what the e-mail says.
    found = set(Person.objects.exclude(given_name_latin="").values_list("given_name_latin", "patronymic_latin"))
    assert found == {("Monkhzul", "BAATAR"), ("Tserendorj", "Gantulga"), ("Khurelsukh", "Ts."), ("Oyunchimeg", "Dorj")}


def test_registration_numbers_are_dropped_said_and_kept_nowhere(desk):
    listed = desk.upload(FINANCE)
    assert verdicts(listed) == {1: "no_person", 2: "new", 3: "new", 4: "repeated", 5: "new"}
    for number in (2, 3, 4):
        assert "registration_number" in codes(listed.batch.rows.get(number=number))
    assert listed.batch.rows.get(number=4).notes[-1]["params"]["row"] == 3
    page = desk.show(listed)
    assert "A registration number stood here" in page
    desk.commit(listed)
    assert names_of() == ["Ганхүү", "Цэцэгмаа", "Энхтайван"]
    assert Person.objects.get(given_name="Энхтайван").patronymic == "Пүрэв"
    assert set(Registration.objects.values_list("organisation", flat=True)) == {desk.bodies["finance"].pk}
    for number in ("85010112", "78052304"):
        assert number not in page
        assert tables_that_hold(number) == []


def tables_that_hold(text):
    """Every table of the database that has the text anywhere in a row."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS line WHERE line::text LIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_tables_are_searched_for_numbers_in_earnest(desk):
    desk.paste("Нэр\tУтас\nБ.Бат\t99118877")
    assert "contacts_importrow" in tables_that_hold("9911887")


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_in_any_order_the_four_lists_give_the_same_people(desk, order):
    every = [IMMIGRATION, LABOUR, FOREIGN, FINANCE]
    for place in order:
        listed = desk.upload(every[place])
        if every[place] == FOREIGN:
            desk.press(listed, 5, act="suggestion", error="0")
        desk.commit(listed)
    assert Person.objects.count() == 4 + 4 + 3 + 3
    assert Registration.objects.live().count() == 14
    oyunchimeg = Person.objects.get(phones__number="+97688114455")
    assert oyunchimeg.given_name == "Оюунчимэг"
    assert oyunchimeg.registrations.get().organisation == desk.bodies["immigration"]


def test_the_same_lists_again_add_nobody_and_say_when_they_were_read(desk):
    every = [IMMIGRATION, LABOUR, FOREIGN, FINANCE]
    for name in every:
        desk.commit(desk.upload(name))
    before = Person.objects.count(), Registration.objects.count(), PersonEmail.objects.count(), StateChange.objects.count()
    for name in every:
        listed = desk.upload(name)
        assert f"by {desk.user}" in desk.show(listed)
        assert "This list was read on" in desk.show(listed)
        assert set(verdicts(listed).values()) <= {"known", "repeated", "no_person", "to_mend"}
        desk.commit(listed)
    assert before == (Person.objects.count(), Registration.objects.count(), PersonEmail.objects.count(), StateChange.objects.count())


def test_a_withdrawn_official_is_not_brought_back_by_the_same_list(desk):
    desk.commit(desk.upload(LABOUR))
    gone = Registration.objects.get(given_name="Батбаяр")
    registrations.withdraw(gone, by=desk.user, reason="Has another duty")
    listed = desk.upload(LABOUR)
    assert "ended" in codes(listed.batch.rows.get(number=5))
    desk.commit(listed)
    gone.refresh_from_db()
    assert gone.state == State.WITHDRAWN


# Seats --------------------------------------------------------------------------------------------------------


def test_seats_are_foretold_and_the_rest_waits_in_the_order_of_the_list(client, bodies):
    desk = Desk(client, people.signed_in, bodies, seats={bodies["labour"]: (0, 3)})
    listed = desk.upload(LABOUR)
    page = desk.show(listed)
    assert "4 will be registered" in page and "3 seats" in page and "1 on the waiting list" in page
    desk.commit(listed)
    states = {row.given_name: row.state for row in Registration.objects.all()}
    assert states == {"Батбаяр": "confirmed", "Энхтуяа": "confirmed", "Нарантуяа": "confirmed", "Эрдэнэбат": "waitlisted"}


def test_nominated_officials_take_no_seat(desk):
    desk.commit(desk.upload(LABOUR, become="nominated"))
    assert set(Registration.objects.values_list("state", flat=True)) == {"nominated"}
    desk.workshop.refresh_from_db()
    assert desk.workshop.seats_held == 0


def test_a_closed_workshop_refuses_and_keeps_the_list(desk):
    listed = desk.upload(LABOUR)
    desk.workshop.status = "cancelled"
    desk.workshop.save()
    desk.commit(listed)
    assert "Nobody can be registered" in desk.answer.content.decode()
    assert Person.objects.count() == 0 and listed.batch.rows.count() == 8


# Pressing twice -----------------------------------------------------------------------------------------------


def test_pressing_twice_doubles_nobody(desk):
    listed = desk.upload(LABOUR)
    desk.commit(listed)
    desk.commit(listed)
    assert "nobody left" in desk.answer.content.decode()
    assert (Person.objects.count(), Registration.objects.count()) == (4, 4)


def test_two_lists_open_at_once_do_not_add_one_person_twice(desk):
    first, second = desk.upload(LABOUR), desk.upload(LABOUR)
    desk.commit(first)
    desk.commit(second)
    assert (Person.objects.count(), Registration.objects.count()) == (4, 4)


@pytest.mark.django_db(transaction=True)
def test_two_people_pressing_at_the_same_moment_double_nobody(bodies):
    from threading import Barrier, Thread

    from django.db import connections

    by, workshop = people.organiser(), people.workshop()
    table = spreadsheets.read_upload(LABOUR, (ROSTERS / LABOUR).read_bytes())
    lists = [nominations.take_in(workshop, table, by=by), nominations.take_in(workshop, table, by=by)]
    start, problems = Barrier(4), []

    def press(pk):
        try:
            start.wait(10)
            commitments.commit(NominationList.objects.get(pk=pk), by=by)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [Thread(target=press, args=[lists[number % 2].pk]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []
    assert (Person.objects.count(), Registration.objects.count()) == (4, 4)


# Undo ---------------------------------------------------------------------------------------------------------


def test_undoing_takes_everything_back_and_the_list_can_come_anew(desk):
    desk.commit(desk.upload(IMMIGRATION))
    counted = (Person, Registration, PersonEmail, Position, StateChange)
    before = [model.objects.count() for model in counted]
    listed = desk.upload(LABOUR)
    desk.commit(listed)
    desk.undo(listed)
    assert [model.objects.count() for model in counted] == before
    assert "undone on" in desk.show(listed)
    again = desk.upload(LABOUR)
    assert "This list was read on" not in desk.show(again)
    desk.commit(again)
    assert Person.objects.count() == 8


def test_undo_stands_beside_the_message(desk):
    listed = desk.upload(LABOUR)
    desk.commit(listed)
    assert f'action="{desk.url("undo", listed)}"' in desk.answer.content.decode()


def test_undoing_keeps_what_others_did_meanwhile_and_says_why(desk):
    listed = desk.upload(LABOUR)
    desk.commit(listed)
    changed = Registration.objects.get(given_name="Батбаяр")
    registrations.withdraw(changed, by=people.organiser(), reason="Ill")
    elsewhere = people.workshop()
    registrations.register(elsewhere, Person.objects.get(given_name="Энхтуяа"), by=desk.user)
    desk.undo(listed)
    assert names_of() == ["Батбаяр", "Энхтуяа"]
    assert list(Registration.objects.filter(workshop=desk.workshop).values_list("given_name", flat=True)) == ["Батбаяр"]
    page = desk.show(listed)
    assert "What stayed, and why" in page and "changed again since" in page
    desk.undo(listed)
    assert names_of() == ["Батбаяр", "Энхтуяа"]


def test_undoing_keeps_a_registration_whose_details_were_edited(desk):
    listed = desk.upload(LABOUR)
    desk.commit(listed)
    edited = Registration.objects.get(given_name="Батбаяр")
    Registration.objects.filter(pk=edited.pk).update(job_title="Director", updated_at=timezone.now() + timedelta(minutes=5))
    desk.undo(listed)
    assert list(Registration.objects.values_list("job_title", flat=True)) == ["Director"]
    assert "edited since" in desk.show(listed)


def test_undoing_takes_back_what_was_filled_in_at_known_people(desk):
    known = people.person(given_name="Батбаяр", patronymic="Б.", sex="unknown", organisation=desk.bodies["labour"], phone="+97699113344")
    listed = desk.paste("Овог нэр\tХүйс\tУтас\tИ-мэйл\tБайгууллага\nБ.Батбаяр\tэр\t99113344\tbatbayar@mol.example\tХЯ")
    desk.commit(listed)
    known.refresh_from_db()
    assert known.sex == "m" and known.emails.get().address == "batbayar@mol.example"
    desk.undo(listed)
    known.refresh_from_db()
    assert known.sex == "unknown" and not known.emails.exists() and known.phones.count() == 1


# Mending and deciding -----------------------------------------------------------------------------------------


def test_bad_rows_hold_nobody_up_and_are_committed_later(desk):
    listed = desk.paste("Овог\tНэр\tУтас\tИ-мэйл\tБайгууллага\nДорж\tБат\t99110000\tbat@x.mn\tСЯ\nДорж\tСүрэн7\t99110001\tsuren@@x.mn\tСангийн яам")
    assert verdicts(listed) == {1: "no_person", 2: "new", 3: "to_mend"}
    desk.commit(listed)
    assert names_of() == ["Бат"]
    row = listed.batch.rows.get(number=3)
    page = desk.show(listed, open=row.pk)
    assert 'value="suren@@x.mn"' in page and 'value="Сүрэн7"' in page
    typed = {"given_name": "Сүрэн", "patronymic": "Доржийн", "email": "suren@", "phone": "99110001", "organisation_id": str(desk.bodies["finance"].pk)}
    desk.press(listed, 3, act="save", **typed)
    page = desk.answer.content.decode()
    # The error stands beside the field, and what was typed stays.
    assert 'id="row_email_error"' in page and 'value="suren@"' in page and 'value="Доржийн"' in page
    assert Person.objects.count() == 1
    desk.press(listed, 3, act="save", **{**typed, "email": "suren@x.mn"})
    desk.commit(listed)
    assert names_of() == ["Бат", "Сүрэн"]


def test_a_registration_number_typed_by_hand_is_left_out_too(desk):
    listed = desk.paste("Овог\tНэр\tБайгууллага\nДорж\tБат\tСЯ")
    desk.press(listed, 2, act="save", given_name="Бат", patronymic="Дорж", note="УБ85010112 гэсэн", organisation_id="")
    assert tables_that_hold("85010112") == []
    assert "registration_number" in codes(listed.batch.rows.get(number=2))


def test_rows_edited_by_hand_stay_when_the_columns_change(desk):
    listed = desk.paste("Нэг\tХоёр\tГурав\nДорж\tБатбаяр\t99110000\nБолд\tСүрэн\t99110001")
    desk.press(listed, 2, act="save", given_name="Цэрэн", patronymic="Пүрэв", organisation_id="")
    data = {"become": "confirmed", "column_0": "given_name", "column_1": "patronymic", "column_2": "phone"}
    desk.client.post(desk.url("columns", listed), data)
    rows = {row.number: (row.parsed.get("given_name"), row.parsed.get("patronymic")) for row in listed.batch.rows.filter(number__gt=1)}
    assert rows == {2: ("Цэрэн", "Пүрэв"), 3: ("Болд", "Сүрэн")}


def test_one_press_swaps_the_names(desk):
    listed = desk.paste("Name\tInstitution\nOyunchimeg Dorj\tMFA")
    assert "order_guessed" in codes(listed.batch.rows.get(number=2))
    desk.press(listed, 2, act="swap")
    assert listed.batch.rows.get(number=2).parsed["given_name_latin"] == "Dorj"
    assert listed.batch.rows.get(number=2).organisation == desk.bodies["foreign"]


def test_capitals_are_kept_unless_somebody_presses(desk):
    listed = desk.paste("Овог\tНэр\tБайгууллага\nБАТ-ЭРДЭНЭ\tГАНЗОРИГ\tСЯ")
    row = listed.batch.rows.get(number=2)
    assert (row.parsed["patronymic"], row.parsed["given_name"]) == ("БАТ-ЭРДЭНЭ", "ГАНЗОРИГ") and "capitals" in codes(row)
    desk.press(listed, 2, act="case")
    row.refresh_from_db()
    assert (row.parsed["patronymic"], row.parsed["given_name"]) == ("Бат-Эрдэнэ", "Ганзориг")


def test_a_row_that_is_nobody_can_become_a_person_and_back(desk):
    listed = desk.paste("Нэр\tУтас\nНийт: Бат\t\nБ.Дорж\t99110000")
    assert verdicts(listed)[2] == "no_person"
    desk.press(listed, 2, act="save", given_name="Бат", patronymic="Б.", organisation_id="")
    assert verdicts(listed)[2] == "new"
    desk.press(listed, 2, act="leave_out")
    desk.commit(listed)
    assert names_of() == ["Дорж"]


def test_a_possible_duplicate_waits_side_by_side_for_an_answer(desk):
    known = people.person(given_name="Батбаяр", patronymic="Доржийн", organisation=desk.bodies["culture"], phone="+97699990000")
    listed = desk.paste("Овог\tНэр\tУтас\tБайгууллага\nДорж\tБатбаяр\t99110000\tХЯ\nДорж\tБатбаяр\t99110001\tСангийн яам")
    assert [verdicts(listed)[number] for number in (2, 3)] == ["possible", "possible"]
    page = desk.show(listed)
    assert "In the directory" in page and "+976 9999 0000" in page and "Same person" in page
    desk.commit(listed)
    assert Registration.objects.count() == 0
    desk.press(listed, 2, act="same", person=known.pk)
    desk.press(listed, 3, act="another")
    desk.commit(listed)
    assert Person.objects.count() == 2
    assert known.registrations.get().organisation == desk.bodies["labour"]
    new = Person.objects.exclude(pk=known.pk).get()
    assert NotDuplicate.objects.filter(person_a=min(known.pk, new.pk), person_b=max(known.pk, new.pk)).exists()


def test_namesakes_of_one_ministry_are_asked_about_unless_number_or_address_agrees(desk):
    for number in ("+97699110001", "+97699110002"):
        people.person(given_name="Батбаяр", patronymic="Б.", organisation=desk.bodies["labour"], phone=number)
    listed = desk.paste("Овог нэр\tУтас\tБайгууллага\nБ.Батбаяр\t99110002\tХЯ\nБ. Батбаяр\t99110003\tХЯ")
    rows = {row.number: row for row in listed.batch.rows.all()}
    assert rows[2].verdict == Verdict.KNOWN and rows[2].person.phones.get().number == "+97699110002"
    assert rows[3].verdict == Verdict.POSSIBLE and len(rows[3].candidates) == 2


def test_known_people_are_completed_and_never_overwritten(desk):
    known = people.person(given_name="Оюунчимэг", patronymic="Доржийн", sex="f", organisation=desk.bodies["immigration"], job_title="Ахлах мэргэжилтэн", phone="+97688114455")
    listed = desk.paste("Name\tPosition\tOrganization\tPhone\tE-mail\tSex\nOyunchimeg Dorj\tDirector\tMFA\t88114455\to.dorj@mfa.example\tM")
    row = listed.batch.rows.get(number=2)
    assert row.verdict == Verdict.KNOWN and {"sex_differs", "position_changed"} <= codes(row)
    desk.commit(listed)
    known.refresh_from_db()
    assert (known.given_name, known.patronymic, known.sex) == ("Оюунчимэг", "Доржийн", "f")
    assert (known.given_name_latin, known.patronymic_latin) == ("Oyunchimeg", "Dorj")
    assert known.emails.get().address == "o.dorj@mfa.example"
    # The registration says what the list says; the position in the directory changes only when it is ticked.
    assert known.registrations.get().job_title == "Director"
    assert known.positions.get().organisation == desk.bodies["immigration"]


def test_a_new_position_is_recorded_when_it_is_ticked(desk):
    known = people.person(given_name="Оюунчимэг", patronymic="Доржийн", organisation=desk.bodies["immigration"], phone="+97688114455")
    listed = desk.paste("Овог\tНэр\tАлбан тушаал\tУтас\tБайгууллага\nДоржийн\tОюунчимэг\tДарга\t88114455\tГХЯ")
    details = {"given_name": "Оюунчимэг", "patronymic": "Доржийн", "job_title": "Дарга", "phone": "88114455"}
    desk.press(listed, 2, act="save", organisation_id=str(desk.bodies["foreign"].pk), new_position="on", **details)
    desk.commit(listed)
    assert known.positions.get(valid_to=None).organisation == desk.bodies["foreign"]
    assert known.positions.exclude(valid_to=None).get().valid_to == timezone.localdate()
    desk.undo(listed)
    assert known.positions.get().organisation == desk.bodies["immigration"] and known.positions.get().valid_to is None


def test_within_a_list_the_same_person_is_repeated_and_a_namesake_is_not(desk):
    listed = desk.paste(
        "Овог\tНэр\tУтас\tБайгууллага\n"
        "Дорж\tБат\t99110000\tХЯ\n"
        "Доржийн\tБат\t9911-0000\tГХЯ\n"
        "Дорж\tБат\t88110000\tХЯ\n"
    )
    rows = {row.number: row for row in listed.batch.rows.all()}
    assert [rows[number].verdict for number in (2, 3, 4)] == ["new", "repeated", "new"]
    assert "repeated_elsewhere" in codes(rows[3]) and "namesake" in codes(rows[4])


# Institutions -------------------------------------------------------------------------------------------------


def test_an_acronym_of_two_ministries_goes_to_the_one_that_is_invited(client, bodies):
    desk = Desk(client, people.signed_in, bodies, seats={bodies["culture"]: (1, None)})
    row = desk.paste("Овог нэр\tБайгууллага\nБ.Бат\tСЯ").batch.rows.get(number=2)
    assert row.organisation == bodies["culture"] and "institution_chosen_invited" in codes(row)


def test_an_unclear_institution_is_asked_once_for_the_whole_list(desk):
    listed = desk.paste("Овог нэр\tБайгууллага\nБ.Бат\tСЯ\nД.Дорж\tСЯ\nЦ.Цэцэг\tОгт үгүй яам")
    assert [verdicts(listed)[number] for number in (2, 3, 4)] == ["to_mend"] * 3
    page = desk.show(listed)
    assert "«СЯ»" in page and "(2 rows)" in page
    data = {"become": "confirmed", "column_0": "full_name", "column_1": "organisation", "institution_0": str(desk.bodies["finance"].pk), "institution_1": "none"}
    desk.client.post(desk.url("columns", listed), {**data, "remember": "on"})
    assert [row.organisation for row in listed.batch.rows.filter(number__gt=1)] == [desk.bodies["finance"], desk.bodies["finance"], None]
    assert [verdicts(listed)[number] for number in (2, 3, 4)] == ["new"] * 3
    assert Organisation.objects.get(pk=desk.bodies["finance"].pk).also_known_as == ["СЯ"]


def test_an_old_name_is_kept_and_its_successor_proposed(desk):
    from contacts.models import Succession

    old = people.organisation(name_mn="Нийгмийн хамгааллын яам", name_en="Ministry of Social Protection", valid_to="2016-07-21")
    new = people.organisation(name_mn="Гэр бүл, нийгмийн хамгааллын яам", name_en="Ministry of Family and Social Protection")
    Succession.objects.create(predecessor=old, successor=new, relation="renamed")
    listed = desk.paste("Овог нэр\tБайгууллага\nБ.Бат\tНийгмийн хамгааллын яам")
    row = listed.batch.rows.get(number=2)
    assert row.organisation == old and row.verdict == Verdict.NEW and "institution_ended" in codes(row)
    page = desk.show(listed)
    assert "its successors are proposed" in page and "Ministry of Family and Social Protection" in page
    desk.client.post(desk.url("columns", listed), {"become": "confirmed", "column_0": "full_name", "column_1": "organisation", "institution_0": str(new.pk)})
    row.refresh_from_db()
    assert row.organisation == new


def test_headings_of_sections_name_the_institution_of_the_rows_below(desk):
    listed = desk.paste(
        "№\tОвог нэр\tУтас\nСангийн яам\n1\tБ.Бат\t99110000\nГадаад харилцааны яам\n1\tД.Дорж\t99110001\n2\tЦ.Цэцэг\t99110002\n",
        organisation=str(desk.bodies["labour"].pk),
    )
    found = {row.number: row.organisation for row in listed.batch.rows.all()}
    assert found[3] == desk.bodies["finance"] and found[5] == found[6] == desk.bodies["foreign"]
    alone = desk.paste("Овог нэр\tУтас\nБ.Бат\t99110000", organisation=str(desk.bodies["labour"].pk))
    assert alone.batch.rows.get(number=2).organisation == desk.bodies["labour"]


def test_what_ovog_means_is_asked_once(desk):
    listed = desk.paste("Овог\tНэр\tБайгууллага\nБоржигин\tБат\tХЯ")
    assert "The column «Овог» holds" in desk.show(listed)
    data = {"become": "confirmed", "ovog": "clan", "column_0": "patronymic", "column_1": "given_name", "column_2": "organisation"}
    desk.client.post(desk.url("columns", listed), data)
    row = listed.batch.rows.get(number=2)
    assert (row.parsed.get("clan_name"), row.parsed.get("patronymic"), row.parsed["given_name"]) == ("Боржигин", None, "Бат")
    assert "To be answered once" not in desk.show(listed)
    plain = desk.paste("Эцгийн нэр\tНэр\tБайгууллага\nДорж\tБат\tХЯ")
    assert "The column «Овог» holds" not in desk.show(plain)


# The pages ----------------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_said_and_what_was_pasted_stays(desk):
    assert desk.upload("scan.pdf", b"%PDF-1.4 \x00\x01") is None
    assert "This is a PDF" in desk.answer.content.decode()
    assert desk.upload("empty.xlsx", b"") is None
    assert desk._read({"text": "", "become": "nominated"}) is None
    assert "Paste some rows or choose a file" in desk.answer.content.decode()
    text = "a\t" * 200
    assert desk.paste(text + "b") is None
    assert text.strip() in desk.answer.content.decode()
    assert ImportBatch.objects.count() == 0


def test_only_organisers_reach_lists(client, bodies):
    desk = Desk(client, people.signed_in, bodies)
    listed = desk.upload(LABOUR)
    row = listed.batch.rows.first()
    pages = [desk.new, *(desk.url(name, listed) for name in ("show", "columns", "commit", "undo", "download")), desk.url("row", listed, row.pk)]
    for somebody in (people.editor(), people.desk()):
        people.signed_in(client, somebody)
        for page, act in itertools.product(pages, (client.get, client.post)):
            assert act(page).status_code in {403, 404}, page
    client.logout()
    assert {client.get(page).status_code for page in pages} == {302}
    people.signed_in(client, people.organiser())
    other = reverse("staff:list_show", args=[people.workshop().slug, listed.batch_id])
    assert client.get(other).status_code == 404


def test_reading_a_page_changes_nothing(desk):
    listed = desk.upload(LABOUR)
    before = list(ImportRow.objects.values())
    for name in ("show", "columns", "commit", "download"):
        desk.client.get(desk.url(name, listed), follow=True)
    assert desk.client.get(desk.url("undo", listed)).status_code == 405
    assert list(ImportRow.objects.values()) == before and Person.objects.count() == 0


def test_filters_show_the_rows_of_one_verdict(desk):
    listed = desk.upload(FINANCE)
    page = desk.show(listed, show="repeated")
    shown = [row.number for row in listed.batch.rows.all() if f'id="row-{row.pk}"' in page]
    assert shown == [4]
    for strange in ({"show": "<script>"}, {"page": "9" * 30}, {"open": "x"}, {"open": "99999999"}):
        desk.show(listed, **strange)


def test_rows_to_mend_come_as_an_excel_file(desk):
    listed = desk.paste("Овог нэр\tИ-мэйл\tБайгууллага\nБ.Бат\tbat@@x.mn\tХЯ\nД.Дорж\t=1+1@x.mn\tХЯ\nЦ.Цэцэг\tc@x.mn\tХЯ")
    answer = desk.client.get(desk.url("download", listed))
    lines = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert lines[0][:4] == ("Row", "Овог нэр", "И-мэйл", "Байгууллага")
    assert [line[:3] for line in lines[1:]] == [(2, "Б.Бат", "bat@@x.mn")] + ([(3, "Д.Дорж", "=1+1@x.mn")] if len(lines) > 2 else [])


def _queries(desk, text, number):
    listed = desk.paste(text)
    with CaptureQueriesContext(connection, ) as taken:
        desk.show(listed)
    with CaptureQueriesContext(connection) as judged:
        judgements.judge(listed)
    with CaptureQueriesContext(connection) as committed:
        commitments.commit(listed, by=desk.user)
    assert listed.batch.rows.exclude(committed_at=None).count() == number
    return len(taken), len(judged), len(committed)


def test_as_many_queries_for_fifty_rows_as_for_three(desk):
    Workshop.objects.update(capacity=60)
    heading = "Овог\tНэр\tУтас\tИ-мэйл\tБайгууллага\n"
    given = ["Бат", "Дорж", "Цэцэг", "Сүрэн", "Болд", "Оюун", "Туяа"]
    father = ["Пүрэв", "Лхагва", "Дамба", "Гомбо", "Цэнд", "Ням", "Мягмар", "Даваа"]
    lines = [
        f"{f}\t{g}\t9911{number:04}\tperson{number}@x.mn\tХЯ\n" for number, (f, g) in enumerate(itertools.product(father, given)) if number < 53
    ]
    few = _queries(desk, heading + "".join(lines[:3]), 3)
    many = _queries(desk, heading + "".join(lines[3:]), 50)
    assert few == many
    assert few == (10, 11, 58)


# Lists that are worse -----------------------------------------------------------------------------------------


def source_rows(text):
    return sum(1 for line in text.splitlines() if line.strip("\t ;,\ufeff\u200e\u200f"))


WORSE = {
    "no headings": "1\tДорж\tБатбаяр\tМэргэжилтэн\tХЯ\t99110000\tb@x.mn\n2\tБолд\tСүрэн\tДарга\tХЯ\t99110001\ts@x.mn\n",
    "two tables side by side": "№\tОвог нэр\tУтас\t№\tОвог нэр\tУтас\n1\tБ.Бат\t99110000\t3\tД.Дорж\t99110002\n2\tЦ.Цэцэг\t99110001\t4\tГ.Гэрэл\t99110003\n",
    "everything in one column": "1. Б.Батбаяр, мэргэжилтэн, Хөдөлмөрийн яам, 99110000, b@x.mn\n2. Болдын Сүрэн - дарга - Сангийн яам, утас 99110001\n",
    "emoji and direction marks": "Овог\tНэр\tБайгууллага\n\u202bДорж\u202c\tБат😀\tХЯ\u200f\n",
    "formulas": "Овог\tНэр\tУтас\n=A1\t=CONCATENATE(1)\t=99110000\n",
    "headings twice": "Нэр\tНэр\tУтас\tУтас\nБ.Бат\tB.Bat\t99110000\t88110000\n",
    "a row that slipped": "Овог\tНэр\tАлбан тушаал\tУтас\tИ-мэйл\nДорж\tБат\tДарга\t99110000\tb@x.mn\nБолд\tСүрэн\t99110001\ts@x.mn\t\n",
    "digits in a name": "Овог\tНэр\tБайгууллага\nДорж1\tБат2\tХЯ\n",
    "replacements by hand": "Овог нэр\tБайгууллага\tТайлбар\nГ.Болдын оронд Д.Сүрэн\tХЯ\t\nБ.Бат (Ц.Цэцэгийн оронд)\tХЯ\t\nД.Дорж\tХЯ\tГ.Гэрэлийн оронд нь\n",
    "Latin letters in Cyrillic words": "Овог\tНэр\tБайгууллага\nДoрж\tБaтбaяp\tXЯ\n",
    "all capitals": "ОВОГ\tНЭР\tБАЙГУУЛЛАГА\nДОРЖ\tБАТ\tХӨДӨЛМӨРИЙН ЯАМ\n",
    "only headings": "Овог\tНэр\tУтас\n",
    "two rows of headings": "Овог нэр / Name\tХолбоо барих\t\tБайгууллага\n\tУтас / Phone\tИ-мэйл\t\n1\t2\t3\t4\nБ.Бат\t99110000\tb@x.mn\tХЯ\n",
    "prose": "Эрхэм хүндэт ноёд, хатагтай нар аа!\nМанай яамнаас дараах хүмүүс оролцоно.\nХүндэтгэсэн, Б.Бат\n",
    "sexes of all kinds": "Нэр\tХүйс\nБ.Бат\tэрэгтэй\nД.Дорж\tM\nЦ.Цэцэг\tэм\nГ.Гэрэл\t1\n",
    "very long cells": f"Нэр\tТайлбар\nБ.Бат\t{'урт ' * 120}\n{'Б' * 300}\tх\n",
    "signatures below": "Нэр\tУтас\nБ.Бат\t99110000\nЖагсаалт гаргасан: Хэлтсийн дарга Д.Дорж\n2024.05.01\n",
    "percent signs and braces": "Нэр\tТайлбар\nБ.Бат 100%\t%(name)s {x} %s\n",
    "commas": "№,Овог,Нэр,Утас\n1,Дорж,Бат,99110000\n2,Болд,\"Сүрэн, Дэлгэр\",99110001\n",
    "three columns of nothing": "x\ty\tz\n-\t-\t-\n?\t?\t?\n",
    "sections between": "ХЯ\nБ.Бат\nД.Дорж\nСангийн яам\nЦ.Цэцэг\n",
}


@pytest.mark.parametrize("text", WORSE.values(), ids=WORSE.keys())
def test_worse_lists_lose_no_row_and_break_nothing(desk, text):
    listed = desk.paste(text)
    assert listed is not None, desk.answer.content.decode()[:2000]
    rows = list(listed.batch.rows.all())
    assert len(rows) == source_rows(text)
    assert all(any(row.raw) for row in rows)
    for row in rows:
        desk.show(listed, open=row.pk)
    desk.client.post(desk.url("columns", listed), {"become": "confirmed"})
    assert listed.batch.rows.count() == len(rows)
    desk.client.get(desk.url("download", listed))
    desk.commit(listed)
    desk.undo(listed)
    assert Person.objects.count() == 0 and listed.batch.rows.count() == len(rows)


def people_read(listed):
    """(father's name, given name) of every row that names somebody."""
    found = []
    for row in listed.batch.rows.exclude(verdict=Verdict.NO_PERSON):
        details = row.parsed
        found.append((details.get("patronymic") or details.get("patronymic_latin", ""), details.get("given_name") or details.get("given_name_latin", "")))
    return found


def test_what_worse_lists_are_read_as(desk):
    def read(name):
        return people_read(desk.paste(WORSE[name]))

    assert read("no headings") == [("Дорж", "Батбаяр"), ("Болд", "Сүрэн")]
    assert read("everything in one column") == [("Б.", "Батбаяр"), ("Болдын", "Сүрэн")]
    assert read("emoji and direction marks") == [("Дорж", "Бат")]
    assert read("headings twice") == [("Б.", "Бат")]
    assert read("a row that slipped") == [("Дорж", "Бат"), ("Болд", "Сүрэн")]
    assert read("replacements by hand") == [("Д.", "Сүрэн"), ("Б.", "Бат"), ("Д.", "Дорж")]
    assert read("Latin letters in Cyrillic words") == [("Дорж", "Батбаяр")]
    assert read("all capitals") == [("ДОРЖ", "БАТ")]
    assert read("only headings") == []
    assert read("two rows of headings") == [("Б.", "Бат")]
    assert read("signatures below") == [("Б.", "Бат")]
    assert read("sections between") == [("Б.", "Бат"), ("Д.", "Дорж"), ("Ц.", "Цэцэг")]


def test_one_column_gives_each_part_its_place(desk):
    row = desk.paste(WORSE["everything in one column"]).batch.rows.get(number=1)
    assert (row.parsed["job_title"], row.parsed["phone"], row.parsed["email"]) == ("мэргэжилтэн", "+976 9911 0000", "b@x.mn")
    assert row.organisation == desk.bodies["labour"]


def test_a_slipped_row_is_shown_as_it_was_read_and_waits(desk):
    listed = desk.paste(WORSE["a row that slipped"])
    row = listed.batch.rows.get(number=3)
    assert row.verdict == Verdict.TO_MEND and row.parsed["email"] == "s@x.mn" and row.parsed["phone"] == "+976 9911 0001"
    assert row.raw == ["Болд", "Сүрэн", "99110001", "s@x.mn", ""]


def test_the_second_table_becomes_a_list_of_its_own_at_one_press(desk):
    listed = desk.paste(WORSE["two tables side by side"])
    assert people_read(listed) == [("Б.", "Бат"), ("Ц.", "Цэцэг")]
    assert "A second table stands beside" in desk.show(listed)
    desk.client.post(desk.url("columns", listed), {"split": "1"})
    second = NominationList.objects.exclude(pk=listed.pk).get()
    assert people_read(second) == [("Д.", "Дорж"), ("Г.", "Гэрэл")]
    desk.commit(listed)
    desk.commit(second)
    assert names_of() == ["Бат", "Гэрэл", "Дорж", "Цэцэг"]


def test_columns_that_must_not_be_kept_are_kept_nowhere(desk):
    listed = desk.paste("Нэр\tХоолны хэрэгцээ\tТөрсөн он\tРегистр\nБ.Бат\tцагаан хоолтон\t1985-02-03\tубийн 85010112\n")
    assert all(tables_that_hold(text) == [] for text in ("цагаан хоолтон", "1985-02-03", "85010112"))
    page = desk.show(listed)
    assert "Хоолны хэрэгцээ" in page and "Not kept from this list" in page


def test_utf_16_and_windows_1251_files(desk):
    text = "Овог;Нэр;Байгууллага\r\nДорж;Бат;Сангийн яам\r\n"
    for encoding in ("utf-16", "utf-8-sig", "cp1251"):
        listed = desk.upload(f"{encoding}.csv", text.encode(encoding))
        assert people_read(listed) == [("Дорж", "Бат")]


def test_five_thousand_rows_are_read_and_shown_page_by_page(desk):
    lines = ["Овог\tНэр\tУтас"] + [f"Дорж\tБат\t{80000000 + number}" for number in range(4999)]
    listed = desk.paste("\n".join(lines))
    assert listed.batch.rows.count() == 5000
    assert len(desk.show(listed)) < 1_500_000
    assert 'id="row-' in desk.show(listed, page=50)


def test_undone_lists_refuse_changes(desk):
    listed = desk.upload(LABOUR)
    desk.commit(listed)
    desk.undo(listed)
    with pytest.raises(ValidationError, match="undone"):
        commitments.commit(listed, by=desk.user)
    desk.press(listed, 5, act="leave_out")
    assert "This list was undone" in desk.answer.content.decode()


def test_nothing_of_a_row_is_lost_on_its_way_into_the_batch(desk):
    listed = desk.upload(LABOUR)
    table = spreadsheets.read_upload(LABOUR, (ROSTERS / LABOUR).read_bytes())
    assert [(row.number, row.raw) for row in listed.batch.rows.all()] == [(row.number, row.cells) for row in table.rows]


