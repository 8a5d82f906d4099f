"""The demonstration's tests and evaluation: a past workshop with results, and a test that next week's participants fill in."""

from workshops import learning
from workshops.models import Form, Question, Workshop

WORDS = ["Илүү олон жишээ үзмээр байна.", "More time for the group work.", "", "Хэлэлцүүлэг маш хэрэгтэй байлаа.", "", "Shorter lectures, please."]


def load(next_weeks, past, *, by):
    for kind in (Form.Kind.PRE, Form.Kind.EVALUATION):
        learning.create(next_weeks, kind, by=by)
    before = next_weeks.forms.get(kind=Form.Kind.PRE)
    learning.open(before, by=by, tell=False)
    _fill(before, list(learning.concerned(next_weeks))[:2], skill=2)
    # What is completed is asked afterwards too; the answers carry today's day.
    past = Workshop.objects.get(pk=past.pk)
    for kind, skill in ((Form.Kind.PRE, 3), (Form.Kind.POST, 9), (Form.Kind.EVALUATION, 5)):
        form = learning.open(learning.create(past, kind, by=by), by=by, tell=False)
        _fill(form, list(learning.concerned(past))[: None if kind != Form.Kind.POST else -1], skill=skill)
        learning.close(form, by=by)


def _fill(form, officials, *, skill):
    """Answers that differ a little from one to the other; the more skill, the more right ones."""
    for number, somebody in enumerate(officials):
        answers = {}
        for place, question in enumerate(form.questions.prefetch_related("options")):
            right = (number * 3 + place * 5) % 10 < skill
            if question.kind == Question.Kind.SCALE:
                answers[question.pk] = 5 - (number + place) % 3
            elif question.kind == Question.Kind.YES_NO:
                answers[question.pk] = "yes" if right or not question.right_answer else "no"
            elif question.kind == Question.Kind.TEXT:
                answers[question.pk] = WORDS[(number + place) % len(WORDS)]
            else:
                answers[question.pk] = next(option.pk for option in question.options.all() if option.is_right == right)
        learning.submit(form, somebody, answers, language="mn" if number % 2 else "en")
