"""Tests and evaluations: made, opened, filled in; and that nothing leads from an anonymous answer to a person."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iom_mongolia.worker import CHORES
from tests import people
from workshops import learning, scores
from workshops.models import Form, Letter, Question, Receipt, Submission, Workshop

pytestmark = pytest.mark.django_db
Kind = Form.Kind


@pytest.fixture
def at():
    """A workshop that began today."""
    return people.workshop(starts_in=0, status=Workshop.Status.RUNNING)


def answers_of(form, *, right=True, scale=4, words="Good."):
    found = {}
    for question in form.questions.all():
        if question.kind == Question.Kind.ONE:
            found[question.pk] = question.options.filter(is_right=right).first().pk
        elif question.kind == Question.Kind.SCALE:
            found[question.pk] = scale
        elif question.kind == Question.Kind.YES_NO:
            found[question.pk] = "yes" if right else "no"
        else:
            found[question.pk] = words
    return found


def opened(workshop, kind, by):
    return learning.open(learning.create(workshop, kind, by=by), by=by)


def refused(act, *arguments, **details):
    with pytest.raises(ValidationError) as refusal:
        act(*arguments, **details)
    return [error.code for error in refusal.value.error_list] if not hasattr(refusal.value, "error_dict") else sorted(refusal.value.error_dict)


def test_every_usual_form_can_be_opened_as_it_is(at):
    by = people.organiser()
    for kind in Kind:
        assert opened(at, kind, by).state == "open"
    assert refused(learning.create, at, Kind.PRE, by=by) == ["exists"]


def test_the_test_after_has_the_questions_of_the_test_before(at):
    by = people.organiser()
    before = learning.create(at, Kind.PRE, by=by)
    learning.remove_question(before.questions.first(), by=by)
    after = learning.create(at, Kind.POST, by=by)
    shape = [[(q.key, q.text_mn, q.right_answer, [(o.text_en, o.is_right) for o in q.options.all()]) for q in form.questions.all()] for form in (before, after)]
    assert shape[0] == shape[1]
    assert len(shape[0]) == 3


def test_questions_are_added_moved_and_changed_until_somebody_answers(at):
    by, somebody = people.organiser(), people.registration(workshop=at)
    form = learning.create(at, Kind.PRE, by=by)
    two = [{"text_en": "A", "text_mn": "А", "is_right": True}, {"text_en": "B", "text_mn": "Б", "is_right": False}]
    added = learning.add_question(form, by=by, kind="one", text_en="New", text_mn="Шинэ", options=two)
    learning.move_question(added, up=True, by=by)
    assert [question.text_en for question in form.questions.all()][-2] == "New"
    assert refused(learning.edit_question, added, by=by, options=two[:1]) == ["options"]
    assert refused(learning.edit_question, added, by=by, options=[{**row, "is_right": True} for row in two]) == ["right"]
    assert refused(learning.edit_question, added, by=by, text_en="", text_mn="", options=two) == ["__all__"]
    learning.open(form, by=by)
    learning.submit(form, somebody, answers_of(form), language="en")
    for act in (lambda: learning.edit_question(added, by=by, options=two), lambda: learning.remove_question(added, by=by), lambda: learning.move_question(added, up=False, by=by)):
        assert refused(act) == ["answered"]


def test_opening_writes_to_those_who_are_asked_and_reminding_to_those_who_are_silent(at):
    by = people.organiser()
    first, second = (people.registration(workshop=at, person=people.person(email=f"o{n}@gov.example")) for n in range(2))
    people.registration(workshop=at, become="invited")
    form = opened(at, Kind.EVALUATION, by)
    letters = Letter.objects.filter(kind="form-open")
    assert {letter.registration_id for letter in letters} == {first.pk, second.pk}
    assert {letter.link.kind for letter in letters} == {"answer"}
    learning.open(form, by=by)
    learning.submit(form, first, answers_of(form), language="mn")
    assert learning.remind(form, by=by) == 1
    learning.remind(form, by=by)
    assert sorted(letters.values_list("registration", flat=True)) == sorted([first.pk, second.pk, second.pk])


def test_writing_to_many_costs_as_much_as_writing_to_one():
    by, asked = people.organiser(), []
    for number in (1, 4):
        there = people.workshop()
        for _each in range(number):
            people.registration(workshop=there, organisation=people.organisation())
        form = learning.create(there, Kind.PRE, by=by)
        with CaptureQueriesContext(connection) as queries:
            learning.open(form, by=by)
        assert Letter.objects.filter(kind="form-open", workshop=there).count() == number
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_form_is_opened_only_when_it_can_be_answered():
    by = people.organiser()
    soon = people.workshop(starts_in=3)
    form = learning.create(soon, Kind.PRE, by=by)
    question = form.questions.last()
    learning.edit_question(question, by=by, text_mn="")
    assert refused(learning.open, form, by=by) == ["unfinished"]
    assert refused(learning.open, learning.create(soon, Kind.POST, by=by), by=by) == ["too_early"]
    Workshop.objects.filter(pk=soon.pk).update(status="postponed")
    assert refused(learning.open, form, by=by) == ["quiet"]


def test_only_a_participant_answers_once_while_it_is_open(at):
    by, somebody, invited = people.organiser(), people.registration(workshop=at), people.registration(workshop=at, become="invited")
    form = learning.create(at, Kind.EVALUATION, by=by)
    given = answers_of(form)
    assert refused(learning.submit, form, somebody, given, language="en") == ["early"]
    learning.open(form, by=by)
    assert refused(learning.submit, form, invited, given, language="en") == ["not-asked"]
    assert refused(learning.submit, form, people.registration(), given, language="en") == ["not-asked"]
    first, *_rest, last = form.questions.all()
    assert refused(learning.submit, form, somebody, {**given, first.pk: 6}, language="en") == [f"q{first.pk}"]
    assert refused(learning.submit, form, somebody, {**given, first.pk: None}, language="en") == [f"q{first.pk}"]
    assert not Submission.objects.exists() and not Receipt.objects.exists()
    learning.submit(form, somebody, {**given, last.pk: ""}, language="en")
    assert refused(learning.submit, form, somebody, given, language="en") == ["answered"]
    learning.close(form, by=by)
    assert refused(learning.submit, form, people.registration(workshop=at), given, language="en") == ["closed"]


def test_points_are_given_for_right_answers_and_gain_is_paired(at):
    """Counted a second way: over the answers themselves, person by person, for those who took both."""
    by = people.organiser()
    before, after = opened(at, Kind.PRE, by), opened(at, Kind.POST, by)
    both = [people.registration(workshop=at) for _ in range(3)]
    alone = people.registration(workshop=at)
    for number, somebody in enumerate([*both, alone]):
        learning.submit(before, somebody, answers_of(before, right=number == 0), language="mn")
    for number, somebody in enumerate(both):
        learning.submit(after, somebody, answers_of(after, right=number != 2), language="mn")

    def share(form, somebody):
        right = scored = 0
        for question in form.questions.all():
            wanted = set(question.options.filter(is_right=True))
            answer = question.answers.get(submission__registration=somebody)
            if wanted:
                scored += 1
                right += set(answer.options.all()) == wanted
            elif question.right_answer:
                scored += 1
                right += (answer.number == 1) == (question.right_answer == "yes")
        return Decimal(100 * right) / scored

    pairs = [(share(before, somebody), share(after, somebody)) for somebody in both]
    found = scores.gain_of([at])[at.pk]
    assert (found.pairs, found.before, found.after) == (3, round(sum(p[0] for p in pairs) / 3, 1), round(sum(p[1] for p in pairs) / 3, 1))
    assert found.gain == Decimal("33.3")


def everything(table, key):
    """{key: every column of the row with what PostgreSQL keeps about it}."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT xmin::text, xmax::text, ctid::text, t.* FROM {table} t ORDER BY ctid')
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [(row[key], row) for row in rows]


def test_nothing_in_the_database_leads_from_an_answer_to_who_gave_it(at):
    by = people.organiser()
    form = opened(at, Kind.EVALUATION, by)
    officials = [people.registration(workshop=at) for _ in range(8)]
    came = []
    for number, somebody in enumerate(officials):
        with CaptureQueriesContext(connection) as asked:
            came.append(learning.submit(form, somebody, answers_of(form, words=f"words {number}"), language="en").pk)
    # All receipts are written in the order of their random keys; where PostgreSQL then puts the rows depends on its free room.
    [written] = [query["sql"] for query in asked if query["sql"].startswith('INSERT INTO "workshops_receipt"')]
    keys = re.findall(r"'([0-9a-f]{8}-[0-9a-f-]{27})'", written)
    assert len(keys) == 8 and keys == sorted(keys)
    said, receipts = everything("workshops_submission", "id"), everything("workshops_receipt", "registration_id")
    assert {row["registration_id"] for _key, row in said} == {None}
    assert {row["on"] for _key, row in said} == {timezone.localdate()}
    assert {row["language"] for _key, row in said} == {""}, "the language could be that of one person alone"
    assert not [name for name in said[0][1] if name.endswith("_at")]
    # The receipts were all written by one transaction, in an order that is not that of coming, and share no value with what was said.
    assert len({row["xmin"] for _key, row in receipts}) == 1
    assert {key for key, _row in receipts} == {somebody.pk for somebody in officials}
    assert [key for key, _row in receipts] != [somebody.pk for somebody in officials]
    kept = {"xmin", "xmax", "ctid", "form_id"}
    values = [{str(value) for name, value in row.items() if name not in kept and value is not None} for _key, row in said]
    own = [{str(row["id"]), str(row["registration_id"])} for _key, row in receipts]
    assert not set.union(*values) & set.union(*own)
    # What the check of the foreign key leaves in the rows of the registrations is the same for all who have answered.
    marks = {row["xmax"] for key, row in everything("workshops_registration", "id") if key in {somebody.pk for somebody in officials}}
    assert len(marks) == 1
    # No history is kept of either, and no other table has heard of the answers.
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_name ~ '(submission|receipt|answer).*event$'")
        assert cursor.fetchall() == []
    # Where PostgreSQL puts a row depends on the room that it finds; the order of coming must not be what it shows.
    assert {key for key, _row in said} == set(came)


def test_the_order_of_receipts_is_drawn_anew_each_time(at):
    """One who comes first does not stay first: over many draws the first receipt is not always the same person's."""
    by = people.organiser()
    form = opened(at, Kind.EVALUATION, by)
    officials = [people.registration(workshop=at) for _ in range(6)]
    given, firsts, keys = answers_of(form), set(), set()
    for somebody in officials:
        learning.submit(form, somebody, given, language="en")
        keys |= set(Receipt.objects.values_list("pk", flat=True))
    assert len(keys) == 1 + 2 + 3 + 4 + 5 + 6
    for _ in range(40):
        Receipt.objects.filter(registration=officials[0]).delete()
        learning._receipt(form, officials[0])
        firsts.add(everything("workshops_receipt", "registration_id")[0][0])
    assert len(firsts) > 1


def test_a_closing_moment_closes_by_itself(at):
    by, somebody = people.organiser(), people.registration(workshop=at)
    form = opened(at, Kind.EVALUATION, by)
    Form.objects.filter(pk=form.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    assert refused(learning.submit, form, somebody, answers_of(form), language="en") == ["closed"]


def test_a_form_opens_by_itself_at_its_moment_and_writes_once(at):
    by, somebody = people.organiser(), people.registration(workshop=at)
    form = learning.create(at, Kind.EVALUATION, by=by)
    later = learning.create(at, Kind.PRE, by=by)
    long_ago = learning.create(at, Kind.FOLLOW_UP, by=by)
    now = timezone.now()
    for each, moment in ((form, now - timedelta(minutes=1)), (later, now + timedelta(hours=1)), (long_ago, now - timedelta(days=3))):
        Form.objects.filter(pk=each.pk).update(opens_at=moment)
    learning.open_due(), learning.open_due()
    assert dict(Form.objects.values_list("kind", "state")) == {"evaluation": "open", "pre": "draft", "follow-up": "draft"}
    assert [letter.registration for letter in Letter.objects.filter(kind="form-open")] == [somebody]
    assert "workshops.learning.open_due" in dict(CHORES)


def test_what_cannot_be_opened_as_it_stands_waits_and_holds_up_no_other(at):
    by = people.organiser()
    empty, whole = learning.create(at, Kind.EVALUATION, by=by), learning.create(at, Kind.PRE, by=by)
    empty.questions.all().delete()
    Form.objects.update(opens_at=timezone.now() - timedelta(minutes=1))
    learning.open_due()
    assert (Form.objects.get(pk=empty.pk).state, Form.objects.get(pk=whole.pk).state) == ("draft", "open")
    Workshop.objects.filter(pk=at.pk).update(status=Workshop.Status.POSTPONED)
    Form.objects.update(state="draft")
    learning.open_due()
    assert not Form.objects.filter(state="open").exists()


def test_moments_that_are_over_or_the_wrong_way_round_are_refused(at):
    by, hour = people.organiser(), timedelta(hours=1)
    form, now = learning.create(at, Kind.EVALUATION, by=by), timezone.now()
    assert refused(learning.edit, form, by=by, opens_at=now - hour) == ["opens_at"]
    assert refused(learning.edit, form, by=by, opens_at=now + 2 * hour, closes_at=now + hour) == ["closes_at"]
    assert learning.edit(form, by=by, opens_at=now + hour, closes_at=now + 2 * hour).opens_at == now + hour


def test_a_form_is_deleted_while_nobody_has_answered_and_it_is_not_open(at):
    by, somebody = people.organiser(), people.registration(workshop=at)
    unused = learning.create(at, Kind.PRE, by=by)
    learning.remove(unused, by=by), learning.remove(unused, by=by)
    form = opened(at, Kind.EVALUATION, by)
    assert refused(learning.remove, form, by=by) == ["open"]
    learning.submit(form, somebody, answers_of(form), language="en")
    learning.close(form, by=by)
    assert refused(learning.remove, form, by=by) == ["answered"]
    assert [each.kind for each in Form.objects.all()] == ["evaluation"]


def test_an_evaluation_that_is_opened_closes_by_itself_two_weeks_after_the_last_day(at):
    by = people.organiser()
    form = opened(at, Kind.EVALUATION, by)
    last = max(at.ends_on, timezone.localdate())
    assert timezone.localtime(form.closes_at).date() == last + timedelta(days=14)
    assert opened(at, Kind.PRE, by).closes_at is None
    learning.close(form, by=by)
    assert learning.is_open(learning.open(form, by=by, tell=False))
    learning.close(form, by=by)
    chosen = timezone.now() + timedelta(hours=3)
    learning.edit(form, by=by, closes_at=chosen)
    assert learning.open(form, by=by, tell=False).closes_at == chosen
