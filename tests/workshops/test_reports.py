"""Reports: figures that add up, counted a second way; breakdowns; files; what leaves the office is recorded."""

import random
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from contacts.models import Succession
from core.dates import Precision
from tests import people
from workshops import attendance, documents, report_documents, reports
from workshops.models import ExportRecord, Project, ProjectIndicator, Registration, State, Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return people.organiser()


def past(**details):
    return people.workshop(**{"starts_in": -5, "status": "running", **details})


def came(workshop, *, by, days=1, become=State.CONFIRMED, person=None, **details):
    row = people.registration(workshop=workshop, person=person, become=become, **details)
    for day in list(workshop.meeting_days.all())[:days]:
        attendance.mark(row, day, by=by, method="sheet")
    return row


# What counts --------------------------------------------------------------------------------------------------


def test_where_attendance_was_taken_who_never_came_does_not_count(by):
    at = past()
    came(at, by=by)
    people.registration(workshop=at)
    assert (reports.report_of(at).total.participations, reports.report_of(at).total.people) == (1, 1)


def test_where_none_was_taken_the_confirmed_count(by):
    at = past()
    for state in (State.CONFIRMED, State.CONFIRMED, State.INVITED, State.NOMINATED):
        people.registration(workshop=at, become=state)
    people.registration(workshop=at, role=Registration.Role.SPEAKER)
    assert reports.report_of(at).total.participations == 2


def test_a_mark_that_was_taken_back_does_not_count(by):
    at = past()
    came(at, by=by)
    row = came(at, by=by)
    attendance.void(row.marks.get(), by=by, reason="Another person")
    assert reports.report_of(at).total.participations == 1


def test_a_mark_of_the_whole_day_counts_where_its_sessions_take_attendance(by):
    at = past(days=1)
    by_day, by_session = (people.registration(workshop=at) for _number in range(2))
    day = at.meeting_days.first()
    attendance.mark(by_day, day, by=by, method="sheet")
    item = people.agenda_item(workshop=at, takes_attendance=True)
    attendance.mark(by_session, day, item=item, by=by, method="sheet")
    report = reports.report_of(at)
    assert all(attendance.rule(at)[row.pk].holds for row in (by_day, by_session))
    assert (report.total.participations, [day.present for day in report.days]) == (2, [2])
    item.takes_attendance = False
    item.save()
    report = reports.report_of(at)
    assert (report.total.participations, [day.present for day in report.days]) == (2, [2])


def test_people_are_counted_once_across_workshops(by):
    official = people.person(sex="f")
    workshops = [past(), past()]
    for at in workshops:
        came(at, by=by, person=official)
    came(workshops[0], by=by, person=people.person(sex="m"))
    total = reports.report_on(workshops).total
    assert (total.participations, total.people, total.women, total.men) == (3, 2, 2, 1)


def test_a_workshop_that_was_called_off_is_left_out():
    at = past(status="cancelled")
    people.workshop()
    assert reports.report_on(Workshop.objects.filter(pk=at.pk)).workshops == []


# Breakdowns ---------------------------------------------------------------------------------------------------


def test_an_institution_stands_under_its_name_of_the_day_and_under_its_successors(by):
    old, new, heir_a, heir_b = (people.organisation(name_en=name) for name in ("Labour 2012", "Labour 2020", "Half A", "Half B"))
    split = people.organisation(name_en="Population")
    Succession.objects.create(predecessor=old, successor=new, relation="renamed", precision=Precision.DAY)
    for heir in (heir_a, heir_b):
        Succession.objects.create(predecessor=split, successor=heir, relation="split", precision=Precision.DAY)
    at = past()
    for body in (old, old, new, split):
        came(at, by=by, organisation=body)
    report = reports.report_of(at)
    assert [(line.label, line.participations) for line in report.by_institution().lines] == [("Labour 2012", 2), ("Labour 2020", 1), ("Population", 1)]
    assert [(line.label, line.participations) for line in report.by_successor().lines] == [("Labour 2020", 3), ("Population", 1)]


def test_what_is_not_stated_has_a_line_of_its_own(by):
    at = past()
    came(at, by=by, level="specialist", province="1")
    came(at, by=by)
    report = reports.report_of(at)
    assert [(line.label, line.participations) for line in report.by_level().lines] == [("Specialist or officer", 1), ("Not stated", 1)]
    assert [(line.label, line.participations) for line in report.by_province().lines] == [("Ulaanbaatar", 1), ("Not stated", 1)]


SECOND_WAY = """
    WITH standing AS (
        SELECT DISTINCT ON (mark.registration_id, mark.day_id) mark.registration_id, mark.kind, mark.workshop_id
          FROM workshops_attendancemark mark
         WHERE mark.kind <> 'void' AND NOT EXISTS (SELECT 1 FROM workshops_attendancemark void WHERE void.voids_id = mark.id)
         ORDER BY mark.registration_id, mark.day_id, mark.id DESC
    ), counted AS (
        SELECT registration.*, person.sex FROM workshops_registration registration
          JOIN contacts_person person ON person.id = registration.person_id
         WHERE registration.role = 'participant' AND registration.workshop_id = ANY(%s) AND (
            EXISTS (SELECT 1 FROM standing WHERE standing.registration_id = registration.id AND standing.kind = 'present')
            OR (registration.state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM standing WHERE standing.workshop_id = registration.workshop_id)))
    )
    SELECT count(*), count(DISTINCT person_id), count(*) FILTER (WHERE sex = 'f'), count(*) FILTER (WHERE sex = 'm'),
           (SELECT jsonb_object_agg(coalesce(organisation_id, 0), number) FROM (SELECT organisation_id, count(*) AS number FROM counted GROUP BY 1) grouped),
           (SELECT jsonb_object_agg(level, number) FROM (SELECT level, count(*) AS number FROM counted GROUP BY 1) grouped),
           (SELECT jsonb_object_agg(province, number) FROM (SELECT province, count(*) AS number FROM counted GROUP BY 1) grouped)
      FROM counted
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_add_up_and_are_the_same_counted_in_sql(by, seed):
    chance = random.Random(seed)
    bodies = [people.organisation() for _number in range(4)]
    officials = [people.person(sex=chance.choice(["f", "m", "unknown"])) for _number in range(14)]
    workshops = [past() for _number in range(3)]
    for at in workshops:
        taken = chance.random() < 0.7
        for official in chance.sample(officials, 9):
            row = people.registration(
                workshop=at, person=official, become=chance.choice([State.CONFIRMED, State.CONFIRMED, State.INVITED]),
                organisation=chance.choice([*bodies, None]), level=chance.choice(["", "specialist", "management"]), province=chance.choice(["", "1", "073"]),
            )  # fmt: skip
            if taken:
                for day in at.meeting_days.all():
                    if chance.random() < 0.7:
                        made = attendance.mark(row, day, by=by, kind=chance.choice(["present", "present", "absent"]), method="sheet").mark
                        if chance.random() < 0.2:
                            attendance.void(made, by=by, reason="wrong row")
    report = reports.report_on(workshops)
    with connection.cursor() as cursor:
        cursor.execute(SECOND_WAY, [[row.pk for row in workshops]])
        number, unique, women, men, institutions, levels, provinces = cursor.fetchone()
    total = report.total
    assert (total.participations, total.people, total.women, total.men) == (number, unique, women, men)
    assert total.women + total.men + total.unknown == total.participations
    counted = {}
    for row in report.participations:
        counted[str(row.organisation or 0)] = counted.get(str(row.organisation or 0), 0) + 1
    import json

    assert counted == json.loads(institutions) if isinstance(institutions, str) else counted == institutions
    for part in report.breakdowns():
        assert sum(line.participations for line in part.lines) == total.participations, part.title
        assert sum(line.women for line in part.lines) == total.women
        assert all(line.women + line.men + line.unknown == line.participations and line.people <= line.participations for line in part.lines)
    labels = {"": "Not stated", "specialist": "Specialist or officer", "management": "Head of a department or division"}
    levels = json.loads(levels) if isinstance(levels, str) else levels
    assert {line.label: line.participations for line in report.by_level().lines} == {labels[key]: value for key, value in levels.items()}


# Seats, days, indicators --------------------------------------------------------------------------------------


def test_seats_against_use_and_attendance_by_day(by):
    body, other = people.organisation(name_en="Asked"), people.organisation(name_en="Came unasked")
    at = past(seats={body: (3, 5)})
    first, second = at.meeting_days.all()
    rows = [came(at, by=by, days=2 - number, organisation=body) for number in range(2)]
    attendance.mark(rows[1], second, by=by, kind="absent", method="sheet")
    people.registration(workshop=at, organisation=body)
    came(at, by=by, organisation=other)
    report = reports.report_of(at)
    assert [(str(row.organisation), row.guaranteed, row.maximum, row.held, row.used) for row in report.seats] == [
        ("Asked", 3, 5, 3, 2), ("Came unasked", 0, None, 1, 1),
    ]  # fmt: skip
    assert [(row.unit.day, row.present, row.absent, row.expected) for row in report.days] == [(first, 3, 0, 4), (second, 1, 1, 4)]


def test_a_projects_indicators_are_measured_over_all_its_workshops(by):
    project = Project.objects.create(code="LM.1", name_en="Labour")
    workshops = [past(project=project), past(project=project)]
    official = people.person(sex="f")
    for at in workshops:
        came(at, by=by, person=official)
    came(workshops[0], by=by, person=people.person(sex="m"))
    for measure, target in (("people", 4), ("participations", 6), ("women-share", 40), ("workshops", 2), ("typed", 10), ("gain", 20)):
        ProjectIndicator.objects.create(project=project, measure=measure, target=target, name_en=measure, typed_value=7 if measure == "typed" else None)
    found = {row.indicator.measure: (row.value, row.share) for row in reports.report_of(workshops[0]).indicators}
    assert found == {"people": (2, 50), "participations": (3, 50), "women-share": (50, 125), "workshops": (2, 100), "typed": (7, 70), "gain": (None, None)}


def test_it_costs_the_same_for_many_workshops(by):
    at = past()
    came(at, by=by)
    with CaptureQueriesContext(connection) as few:
        reports.report_on([at])
    several = [past() for _number in range(3)]
    for row in several:
        came(row, by=by)
    with CaptureQueriesContext(connection) as many:
        reports.report_on(several)
    assert len(many) == len(few) < 15


# Pages and files ----------------------------------------------------------------------------------------------


def test_the_page_shows_each_breakdown_with_its_table(client, by):
    at = past(slug="policy")
    for body in (people.organisation(name_en="Finance"), people.organisation(name_en="Labour")):
        came(at, by=by, organisation=body)
    page = people.signed_in(client, by).get(reverse("staff:report", args=["policy"])).text
    for words in ("By sex", "By institution, as of the event", "By level", "By province", "Finance", "Labour", "<svg"):
        assert words in page, words


def test_the_figures_at_the_top_add_up(client, by):
    at = past(slug="policy")
    for sex in ("f", "m", "unknown"):
        came(at, by=by, person=people.person(sex=sex))
    page = " ".join(people.signed_in(client, by).get(reverse("staff:report", args=["policy"])).text.split())
    assert "<strong>1</strong> women</li> <li><strong>1</strong> men</li> <li><strong>1</strong> not stated</li>" in page


def test_the_files_hold_the_figures_and_names_only_when_asked_for(client, by):
    at = past(slug="policy")
    came(at, by=by, person=people.person(given_name="Сараа", patronymic="Болд", given_name_latin="Saraa", patronymic_latin="Bold", sex="f"))
    people.signed_in(client, by)
    address = reverse("staff:report_file", args=["policy"])
    asked = {"recipient": "IOM Development Fund", "purpose": "Annex to the report"}

    def words(**details):
        content = client.post(address, details).content
        if details["kind"] == "pdf":
            return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
        book = load_workbook(BytesIO(content))
        return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)

    for kind in ("pdf", "xlsx"):
        assert "Saraa" not in words(kind=kind)
        assert "Saraa" in words(kind=kind, with_names="1", **asked)
    assert list(ExportRecord.objects.order_by("pk").values_list("what", "recipient")) == [
        ("report pdf", ""), ("report pdf with names", "IOM Development Fund"), ("report xlsx", ""), ("report xlsx with names", "IOM Development Fund"),
    ]  # fmt: skip


def test_names_leave_the_office_for_somebody_and_something(client, by):
    past(slug="policy")
    answer = people.signed_in(client, by).post(reverse("staff:report_file", args=["policy"]), {"kind": "pdf", "with_names": "1", "recipient": "Somebody"})
    assert answer.status_code == 422 and "say it" in answer.text and "Somebody" in answer.text
    assert ExportRecord.objects.count() == 0


def test_the_excel_file_is_tidy_and_computes_nothing(client, by):
    at = past(slug="policy", title_en="=HYPERLINK(1)")
    came(at, by=by)
    book = load_workbook(BytesIO(people.signed_in(client, by).post(reverse("staff:report_file", args=["policy"]), {"kind": "xlsx"}).content))
    assert book.sheetnames == ["Workshops", "Participations", "Breakdowns", "Seats", "Attendance"]
    for sheet in book:
        rows = list(sheet.iter_rows())
        assert len({len(row) for row in rows}) == 1 and all(cell.value for cell in rows[0])
        assert all(cell.data_type != "f" for row in rows for cell in row)


def test_across_workshops_by_project_and_year(client, by):
    project = Project.objects.create(code="LM.1", name_en="Labour")
    came(past(project=project), by=by)
    came(past(), by=by)
    people.signed_in(client, by)
    everything, one = (client.get(reverse("staff:reports"), query).context["report"] for query in ({}, {"project": project.pk}))
    assert (everything.total.participations, one.total.participations) == (2, 1)
    for odd in ({"project": "x"}, {"year": "0000"}, {"year": "²⁰²⁶"}, {"project": "9" * 30}):
        assert client.get(reverse("staff:reports"), odd).context["report"].total.participations == 2
    assert client.post(reverse("staff:reports_file"), {"kind": "pdf", "project": project.pk}).status_code == 200


def test_in_the_pdf_both_languages_of_a_line_name_the_same_institution(by, monkeypatch):
    at = past()
    # In each language the alphabet puts the other one first.
    for name_en, name_mn in (("Agency", "Яам"), ("Ministry", "Агентлаг")):
        came(at, by=by, organisation=people.organisation(name_en=name_en, name_mn=name_mn))
    written = {}
    monkeypatch.setattr(documents, "report", lambda sections, **details: written.update(sections=sections))
    report_documents.paper(reports.report_of(at), title=documents.Both("Report", "Тайлан"))
    tables = {part.title.en: part.rows for part in written["sections"][0].parts if isinstance(part, documents.Table)}
    assert [(cells[0].en, cells[0].mn) for cells in tables["By institution, as of the event"]] == [("Agency", "Яам"), ("Ministry", "Агентлаг"), ("Total", "Нийт")]


def test_the_pdf_across_workshops_has_one_line_of_seats_a_workshop(by, monkeypatch):
    one, other = people.organisation(), people.organisation()
    first, second = past(starts_in=-9, seats={one: (1, 2), other: (2, 3)}), past(seats={one: (1, 1)})
    came(first, by=by, organisation=one), came(first, by=by, organisation=other), came(second, by=by, organisation=one)
    past(seats={people.organisation(): (0, 3)})
    written = {}
    monkeypatch.setattr(documents, "report", lambda sections, **details: written.update(sections=sections))
    report_documents.paper(reports.report_on(Workshop.objects.all()), title=documents.Both("Report", "Тайлан"))
    (seats,) = (section.parts[0] for section in written["sections"] if section.title.en == "Seats and their use")
    assert [(cells[0].en, *cells[1:]) for cells in seats.rows] == [(second.title_en, 1, 1, 1), (first.title_en, 3, 2, 2)]


def test_the_report_counts_as_sent_and_not_sent(client, by):
    past(slug="policy")
    people.signed_in(client, by)
    address = reverse("staff:report_sent", args=["policy"])
    for said, counts in (({}, True), ({}, True), ({"unsent": "1"}, False), ({"unsent": "1"}, False)):
        client.post(address, said)
        assert bool(Workshop.objects.get(slug="policy").reported_at) is counts
    assert 'name="unsent"' not in client.get(reverse("staff:report", args=["policy"])).text
    client.post(address)
    assert 'name="unsent"' in client.get(reverse("staff:report", args=["policy"])).text


# Scores -------------------------------------------------------------------------------------------------------


def test_gain_is_paired_person_by_person(client, by):
    from datetime import date

    from workshops.models import Form, Submission

    at = past(slug="policy")
    forms = {kind: Form.objects.create(workshop=at, kind=kind) for kind in ("pre", "post")}
    rows = [came(at, by=by) for _number in range(6)]
    for kind, scores in (("pre", (4, 6, 4, 6, 5, 9)), ("post", (8, 9, 8, 9, 8, None))):
        for row, points in zip(rows, scores, strict=True):
            if points is not None:
                Submission.objects.create(form=forms[kind], registration=row, language="mn", on=date(2026, 1, 1), points=points, points_possible=10)
    # The last took one test alone and does not count: means of 4, 6, 4, 6 and 5, and of 8, 9, 8, 9 and 8.
    assert reports.report_of(at).gain == (5, 50, 84, 34)
    page = people.signed_in(client, by).get(reverse("staff:report", args=["policy"])).text
    assert "50.0 % before, 84.0 % after" in page and "34.0 percentage points (5 people in both tests)" in page
    # Of four it is kept back in what leaves the office; the learning page of staff may show it.
    Submission.objects.filter(form=forms["post"], registration=rows[0]).delete()
    report = reports.report_of(at)
    assert report.gain is None and report.value("gain") is None
    staff = people.signed_in(client, by)
    page = staff.get(reverse("staff:report", args=["policy"])).text
    assert "percentage points" not in page and "Withheld where fewer than five people took both tests." in page
    assert "percentage points gained" in staff.get(reverse("staff:learning", args=["policy"])).text
    assert "хоёр сорилыг хоёуланг" in str(report_documents._learning(report))


def test_an_evaluation_by_fewer_than_five_is_withheld(by):
    from datetime import date

    from workshops.models import Answer, Form, Question, Submission

    at = past()
    form = Form.objects.create(workshop=at, kind="evaluation", is_anonymous=True, state="closed")
    question = Question.objects.create(form=form, kind="scale", text_en="Useful?")

    def fill(number):
        submission = Submission.objects.create(form=form, language="mn", on=date(2026, 1, 1))
        Answer.objects.create(submission=submission, question=question, number=number)

    for number in (5, 4, 4, 3):
        fill(number)
    assert reports.report_of(at).satisfaction is None
    fill(5)
    answers, mean = reports.report_of(at).satisfaction
    assert (answers, float(mean)) == (5, 4.2)


def test_the_mean_of_an_evaluation_waits_until_it_is_closed(client, by):
    from datetime import date, timedelta

    from django.utils import timezone

    from workshops.models import Answer, Form, Question, Submission

    at = past(slug="policy")
    form = Form.objects.create(workshop=at, kind="evaluation", is_anonymous=True, state="open")
    question = Question.objects.create(form=form, kind="scale", text_en="Useful?")
    for number in (5, 4, 4, 3, 5):
        Answer.objects.create(submission=Submission.objects.create(form=form, language="mn", on=date(2026, 1, 1)), question=question, number=number)
    report = reports.report_of(at)
    assert report.satisfaction is None
    page = people.signed_in(client, by).get(reverse("staff:report", args=["policy"])).text
    assert "Close the evaluation first" in page and "of 5 (5 answers)" not in page
    assert "Close the evaluation first" in str(report_documents._learning(report))
    # Its moment closes it as well as a press does.
    Form.objects.filter(pk=form.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    assert reports.report_of(at).satisfaction == (5, reports.report_of(at).satisfaction[1]) and not reports.report_of(at).withheld
