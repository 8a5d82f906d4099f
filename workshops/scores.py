"""Scores: what tests and evaluations of many workshops amount to, in few queries and never about one person's opinion."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, Q
from django.utils import timezone

from workshops.models import Answer, Form, Question, Submission

# Fewer answers than these to an anonymous form are withheld: somebody could tell whose they are. So is, in what leaves the
# office, the gain of fewer people.
FEWEST = 5


@dataclass(frozen=True)
class Gain:
    """Means of the people who took both tests, in per cent of the points; `gain` in percentage points."""

    pairs: int
    before: Decimal
    after: Decimal
    gain: Decimal


@dataclass(frozen=True)
class Evaluation:
    """How many filled it in, and the mean of all answers on scales from 1 to 5; None where fewer than five did, and while the
    form `is_open`: the means before and after one more answer would tell what that one said."""

    answers: int
    mean: Decimal | None
    is_open: bool = False


def gain_of(workshops):
    """{workshop's key: Gain} of the workshops at which somebody took both tests. One query."""
    scores = {}
    tests = Submission.objects.filter(
        form__workshop__in=workshops, form__kind__in=[Form.Kind.PRE, Form.Kind.POST], registration__isnull=False, points_possible__gt=0
    )
    for workshop, kind, registration, points, possible in tests.values_list(
        "form__workshop", "form__kind", "registration", "points", "points_possible"
    ):
        scores.setdefault(workshop, {}).setdefault(registration, {})[kind] = Decimal(points * 100) / possible
    found = {}
    for workshop, people in scores.items():
        pairs = [(both[Form.Kind.PRE], both[Form.Kind.POST]) for both in people.values() if len(both) == 2]
        if pairs:
            before, after = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
            found[workshop] = Gain(len(pairs), round(before, 1), round(after, 1), round(after - before, 1))
    return found


def evaluation_of(workshops):
    """{workshop's key: Evaluation} of the workshops with an evaluation that somebody filled in. Two queries."""
    forms = Form.objects.filter(workshop__in=workshops, kind=Form.Kind.EVALUATION)
    answered = forms.annotate(number=Count("submissions")).filter(number__gt=0).values_list("workshop", "number", "state", "closes_at")
    scales = Answer.objects.filter(question__kind=Question.Kind.SCALE, submission__form__in=forms).order_by().values("submission__form__workshop")
    means = dict(scales.annotate(mean=Avg("number", filter=Q(number__isnull=False))).values_list("submission__form__workshop", "mean"))
    found, now = {}, timezone.now()
    for workshop, number, state, closes_at in answered:
        is_open = state != Form.State.CLOSED and (closes_at is None or closes_at > now)
        tells = number >= FEWEST and not is_open and means.get(workshop) is not None
        found[workshop] = Evaluation(number, round(Decimal(str(means[workshop])), 1) if tells else None, is_open)
    return found
