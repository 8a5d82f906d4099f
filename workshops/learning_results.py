"""What was answered to a form, question by question, and the gain person by person.

Of an anonymous form nothing is shown before five have answered, and nothing while it is open: who looked before and after
somebody answered would know what that person said. Afterwards numbers under five are withheld, with as many more as are
needed so that they cannot be worked out; own words come in the order of random keys, which ties no two together.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from core import charts
from workshops import learning
from workshops.models import Answer, Form, Question, Submission
from workshops.scores import FEWEST


@dataclass
class Row:
    label: str
    number: int | None  # None: withheld
    is_right: bool = False


@dataclass
class Result:
    """The answers to one question: how many, the rows of its table, the mean of a scale, the share of right ones in a test."""

    question: Question
    answers: int
    rows: list = field(default_factory=list)
    mean: Decimal | None = None
    right: Decimal | None = None
    texts: list = field(default_factory=list)
    withheld: bool = False
    chart: object = None


def results_of(form):
    """(how many have answered, [Result]); None in the place of the list where too few did to an anonymous form, or it is open."""
    number = form.submissions.count()
    if number == 0 or (form.is_anonymous and (number < FEWEST or learning.is_open(form))):
        return number, None
    given = {}
    answers = Answer.objects.filter(submission__form=form).prefetch_related("options").order_by("pk")
    for answer in answers:
        given.setdefault(answer.question_id, []).append(answer)
    return number, [_result(form, question, given.get(question.pk, [])) for question in form.questions.prefetch_related("options")]


def _result(form, question, answers):
    result = Result(question, len(answers))
    if question.kind == Question.Kind.TEXT:
        result.texts = [answer.text for answer in answers]
        return result
    if form.is_anonymous and len(answers) < FEWEST:
        result.withheld = True
        return result
    if question.kind in learning.CHOICES:
        chosen = Counter(option.pk for answer in answers for option in answer.options.all())
        result.rows = [Row(str(option), chosen[option.pk], option.is_right) for option in question.options.all()]
    elif question.kind == Question.Kind.YES_NO:
        said = Counter(answer.number for answer in answers)
        result.rows = [Row(_("Yes"), said[1], question.right_answer == "yes"), Row(_("No"), said[0], question.right_answer == "no")]
    else:
        said = Counter(answer.number for answer in answers)
        result.rows = [Row(str(mark), said[mark]) for mark in range(1, 6)]
        if answers:
            result.mean = round(Decimal(sum(answer.number for answer in answers)) / len(answers), 1)
    if form.kind in learning.TESTS and any(row.is_right for row in result.rows) and answers:
        right = sum(learning.is_right(question, value_of(question, answer)) for answer in answers)
        result.right = round(Decimal(100 * right) / len(answers))
    if form.is_anonymous:
        withhold(result.rows, with_mean=result.mean is not None)
    result.chart = charts.draw(
        charts.COLUMNS if question.kind == Question.Kind.SCALE else charts.BARS,
        [charts.Point(row.label, row.number) for row in result.rows if row.number is not None],
        title=str(question), unit=_("answers"), identity=f"q{question.pk}",
    )  # fmt: skip
    if any(row.number is None for row in result.rows):
        result.chart = None  # half a picture would mislead
    return result


def value_of(question, answer):
    if question.kind in learning.CHOICES:
        return {option.pk for option in answer.options.all()}
    return "yes" if answer.number else "no"


def withhold(rows, *, with_mean=False):
    """Takes out numbers from 1 to 4, and the smallest others until what is hidden is more than one number and at least five.

    Beside a mean the rows that nobody chose are hidden too: mean and sum would give two hidden numbers away.
    """
    hidden = [row for row in rows if 0 < row.number < FEWEST]
    if hidden and with_mean:
        hidden = [row for row in rows if row.number < FEWEST]
    others = sorted((row for row in rows if row.number >= FEWEST), key=lambda row: row.number)
    while hidden and others and (len(hidden) == 1 or sum(row.number for row in hidden) < FEWEST):
        hidden.append(others.pop(0))
    for row in hidden:
        row.number = None


@dataclass(frozen=True)
class Pair:
    registration: object
    before: Decimal | None
    after: Decimal | None

    @property
    def gain(self):
        return None if self.before is None or self.after is None else self.after - self.before


def pairs_of(workshop):
    """One Pair a person who took a test, in per cent of the points, by name. One query."""
    scores = {}
    tests = Submission.objects.filter(form__workshop=workshop, form__kind__in=learning.TESTS, points_possible__gt=0)
    for test in tests.select_related("form", "registration").order_by("registration__sort_key"):
        share = round(Decimal(100 * test.points) / test.points_possible)
        scores.setdefault(test.registration, {})[test.form.kind] = share
    return [Pair(registration, both.get(Form.Kind.PRE), both.get(Form.Kind.POST)) for registration, both in scores.items()]


def means_chart(results):
    """The means of the scales beside each other; None where there are fewer than two."""
    points = [charts.Point(str(result.question), result.mean) for result in results or [] if result.mean is not None]
    return charts.draw(charts.BARS, points, title=_("Means of the scales from 1 to 5"), unit=_("of 5"), identity="means", whole=5)
