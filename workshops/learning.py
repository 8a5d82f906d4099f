"""Tests and evaluations: made from what is usual, opened, filled in and closed.

A test names who took it: gain is worked out person by person. An anonymous form keeps what was said apart from who has said
something. Nothing that the database holds leads from the one to the other: what was said has a day, no hour, and a random
key; who has answered stands in receipts, which are all written anew, in random order, each time somebody answers. So neither
their place in the table nor the transaction that wrote them (xmin) tells which of them came with which answer. Neither table
keeps a history.
"""

import logging
import uuid
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workshops import learning_defaults, letters, links
from workshops.models import Answer, Form, Link, Option, Question, Receipt, Registration, State, Submission, Workshop

logger = logging.getLogger(__name__)

Kind = Form.Kind
TESTS = (Kind.PRE, Kind.POST)
CHOICES = (Question.Kind.ONE, Question.Kind.SEVERAL)
QUESTIONS_AT_MOST = 60
OPTIONS_AT_MOST = 12
TEXT_AT_MOST = 2000
OPENED_LATE = timedelta(days=2)
# An evaluation closes by itself so long after the last day, or after it was opened where that is later: no mean is given before.
EVALUATED_FOR = timedelta(days=14)
# In these states of the workshop nobody is asked anything.
QUIET = (Workshop.Status.DRAFT, Workshop.Status.POSTPONED, Workshop.Status.CANCELLED)


def locked(form):
    """The form with its row locked until the transaction ends: answers and changes wait for each other."""
    return Form.objects.select_for_update(of=["self"], no_key=True).select_related("workshop").get(pk=form.pk)


# Made and changed ---------------------------------------------------------------------------------------------


@transaction.atomic
def create(workshop, kind, *, by):
    """A form of a kind with the usual questions in both languages. A test after takes those of the test before, with their keys.

    Refuses a second one of its kind.
    """
    Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    if Form.objects.filter(workshop=workshop, kind=kind).exists():
        raise ValidationError(_("This workshop has such a form already."), code="exists")
    usual = learning_defaults.FORMS[kind]
    form = Form.objects.create(workshop=workshop, kind=kind, is_anonymous=kind not in TESTS, **usual["form"])
    before = Form.objects.filter(workshop=workshop, kind=Kind.PRE).first() if kind == Kind.POST else None
    if before is not None:
        _copy_questions(before, form)
    else:
        for order, details in enumerate(usual["questions"], 1):
            details = dict(details)
            options = details.pop("options", [])
            _set_options(Question.objects.create(form=form, order=order, **details), options)
    return form


def _copy_questions(source, form):
    for question in source.questions.prefetch_related("options"):
        copy = Question.objects.create(
            form=form, kind=question.kind, text_en=question.text_en, text_mn=question.text_mn, is_required=question.is_required,
            order=question.order, key=question.key, right_answer=question.right_answer,
        )  # fmt: skip
        _set_options(copy, [{"text_en": option.text_en, "text_mn": option.text_mn, "is_right": option.is_right} for option in question.options.all()])


@transaction.atomic
def edit(form, *, by, **details):
    """Changes title, introduction and the moments at which it opens and closes by itself; an introduction may be mended
    while people answer. Refuses moments that are over ("over") or the wrong way round ("order")."""
    form = locked(form)
    before = form.opens_at
    for name in ("title_en", "title_mn", "intro_en", "intro_mn", "opens_at", "closes_at"):
        if name in details:
            setattr(form, name, details[name])
    if form.state == Form.State.DRAFT and form.opens_at and form.opens_at != before and form.opens_at <= timezone.now():
        raise ValidationError({"opens_at": ValidationError(_("This moment is over. Open the form instead."), code="over")})
    if form.state == Form.State.DRAFT and form.opens_at and form.closes_at and form.closes_at <= form.opens_at:
        raise ValidationError({"closes_at": ValidationError(_("The form would close before it opens."), code="order")})
    if form.state == Form.State.OPEN and form.closes_at and form.closes_at <= timezone.now():
        raise ValidationError({"closes_at": ValidationError(_("This moment is over. Close the form instead."), code="over")})
    form.save()
    return form


@transaction.atomic
def remove(form, *, by):
    """Takes a form away with its questions. Refuses one that is open ("open") and one that was answered ("answered").

    One that is gone already needs nothing done.
    """
    form = Form.objects.select_for_update(of=["self"]).filter(pk=form.pk).first()
    if form is None:
        return
    if form.state == Form.State.OPEN:
        raise ValidationError(_("The form is open. Close it first."), code="open")
    if form.submissions.exists() or form.receipts.exists():
        raise ValidationError(_("Somebody has answered already, so the form stays."), code="answered")
    form.delete()


def _changeable(form):
    """The form, locked. Refuses once somebody has answered: what was said would come to mean something else."""
    form = locked(form)
    if form.submissions.exists():
        raise ValidationError(_("Somebody has answered already, so the questions stay as they are."), code="answered")
    return form


@transaction.atomic
def add_question(form, *, by, options=(), **details):
    """Puts one more question at the end; `options` are {"text_en", "text_mn", "is_right"} in their order."""
    form = _changeable(form)
    number = form.questions.count()
    if number >= QUESTIONS_AT_MOST:
        raise ValidationError(_("A form has %(number)d questions at most.") % {"number": QUESTIONS_AT_MOST}, code="too_many")
    last = form.questions.last()
    question = Question(form=form, order=last.order + 1 if last else 1, **details)
    _save(question, options)
    return question


@transaction.atomic
def edit_question(question, *, by, options=(), **details):
    """Changes a question and puts these options in the place of those that it had."""
    form = _changeable(question.form)
    question = Question.objects.get(pk=question.pk, form=form)
    for name, value in details.items():
        setattr(question, name, value)
    _save(question, options)
    return question


def _save(question, options):
    options = [option for option in options if option["text_en"] or option["text_mn"]]
    if question.kind not in CHOICES:
        options = []
    elif not 2 <= len(options) <= OPTIONS_AT_MOST:
        raise ValidationError(_("Give from two to %(number)d answers to choose from.") % {"number": OPTIONS_AT_MOST}, code="options")
    if question.kind == Question.Kind.ONE and sum(option["is_right"] for option in options) > 1:
        raise ValidationError(_("Where one answer is chosen, one can be right."), code="right")
    if question.kind != Question.Kind.YES_NO or question.form.kind not in TESTS:
        question.right_answer = ""
    if question.form.kind not in TESTS:
        options = [{**option, "is_right": False} for option in options]
    question.full_clean(exclude=["form", "key"])
    question.save()
    _set_options(question, options)


def _set_options(question, options):
    question.options.all().delete()
    for order, option in enumerate(options, 1):
        Option.objects.create(question=question, order=order, **{"text_en": "", "text_mn": "", "is_right": False, **option})


@transaction.atomic
def remove_question(question, *, by):
    """Takes a question out; one that is gone already needs nothing done."""
    form = _changeable(question.form)
    Question.objects.filter(pk=question.pk, form=form).delete()


@transaction.atomic
def move_question(question, *, up, by):
    """One place up or down; at the end it stays where it is."""
    form = _changeable(question.form)
    rows = list(form.questions.all())
    place = next((place for place, row in enumerate(rows) if row.pk == question.pk), None)
    other = place - 1 if up else place + 1
    if place is None or not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for order, row in enumerate(rows, 1):
        if row.order != order:
            row.order = order
            row.save()


# Opened and closed --------------------------------------------------------------------------------------------


def concerned(workshop):
    """Whom the forms of a workshop ask: the participants who have confirmed."""
    return Registration.objects.filter(workshop=workshop, state=State.CONFIRMED, role=Registration.Role.PARTICIPANT)


def answered(form):
    """The keys of the registrations that have answered, whatever they said."""
    rows = form.receipts if form.is_anonymous else form.submissions
    return set(rows.values_list("registration", flat=True))


def missing(form):
    """Those who are asked and have not answered."""
    return concerned(form.workshop).exclude(pk__in=answered(form))


def is_too_early(form):
    """Whether it is too early for this form: only the test before is answered before the first day."""
    first = form.workshop.starts_on
    return form.kind != Kind.PRE and (first is None or timezone.localdate() < first)


@transaction.atomic
def open(form, *, by, tell=True):
    """Opens a form and writes to those whom it asks. Refuses one that cannot be answered as it stands.

    An evaluation without a moment at which it closes gets one.

    An open one stays open, and nobody is written to again.
    """
    form = locked(form)
    if form.state == Form.State.OPEN:
        return form
    if form.workshop.status in QUIET:
        raise ValidationError(_("The workshop does not take place as it stands, so nobody is asked."), code="quiet")
    if is_too_early(form):
        raise ValidationError(_("This form can be opened from the first day of the workshop."), code="too_early")
    if problems := problems_of(form):
        raise ValidationError([ValidationError(problem, code="unfinished") for problem in problems])
    if form.closes_at and form.closes_at <= timezone.now():
        form.closes_at = None
    if form.kind == Kind.EVALUATION and form.closes_at is None:
        form.closes_at = _usual_end(form.workshop)
    form.state, form.opens_at = Form.State.OPEN, timezone.now()
    form.save()
    if tell:
        _write(form, by=by, occasion=str(form.pk))
    return form


def _usual_end(workshop):
    """The end of the day on which an evaluation closes by itself."""
    last = max(filter(None, [workshop.ends_on or workshop.starts_on, timezone.localdate()]))
    return timezone.make_aware(datetime.combine(last + EVALUATED_FOR, time(23, 59)))


def open_due():
    """Opens by itself what was to open by now. What cannot be opened as it stands waits; what has waited for longer than
    OPENED_LATE is left to the office: nobody expects it any more."""
    now = timezone.now()
    due = Form.objects.filter(state=Form.State.DRAFT, opens_at__lte=now, opens_at__gt=now - OPENED_LATE).exclude(workshop__status__in=QUIET)
    for form in due.select_related("workshop"):
        try:
            open(form, by=None)
        except ValidationError as refusal:
            logger.info("The form %s did not open by itself: %s", form.pk, " ".join(refusal.messages))


def problems_of(form):
    """Why a form cannot be answered as it stands, in words; empty where it can."""
    questions = list(form.questions.prefetch_related("options"))
    if not questions:
        return [_("The form has no questions.")]
    found = []
    for number, question in enumerate(questions, 1):
        texts = [question, *question.options.all()]
        if any(not text.text_en or not text.text_mn for text in texts):
            found.append(_("Question %(number)d is not written in both languages.") % {"number": number})
    if form.kind in TESTS and not any(_is_scored(question) for question in questions):
        found.append(_("No question of the test has a right answer, so nothing can be compared."))
    return found


@transaction.atomic
def close(form, *, by):
    """Takes no more answers; a closed one stays closed, and may be opened again. Refuses one that was never open ("not_open")."""
    form = locked(form)
    if form.state == Form.State.CLOSED:
        return form
    if Form.State.CLOSED not in Form.MOVES[Form.State(form.state)]:
        raise ValidationError(_("The form is still in preparation: nobody can answer it yet."), code="not_open")
    form.state, form.closes_at = Form.State.CLOSED, timezone.now()
    form.save()
    return form


@transaction.atomic
def remind(form, *, by):
    """Writes once a day at most to those who have not answered. Returns how many letters; refuses a form that is not open."""
    form = locked(form)
    if not is_open(form):
        raise ValidationError(_("The form is not open."), code="closed")
    return _write(form, by=by, occasion=f"{form.pk}:{timezone.localdate():%Y-%m-%d}")


def _write(form, *, by, occasion):
    words = {"en": form.title_en or form.title_mn, "mn": form.title_mn or form.title_en}
    rows = list(missing(form).select_related("person", "organisation", "workshop").order_by("pk"))
    own_links = links.issue_many(Link.Kind.ANSWER, rows, by=by)
    context = {"form": words, **({"deadline": form.closes_at} if form.closes_at else {})}
    entries = [{"registration": row, "link": own_links[row.pk], "context": context} for row in rows]
    if entries:
        letters.write_many("form-open", entries, by=by, occasion=occasion)
    return len(entries)


# Filled in ----------------------------------------------------------------------------------------------------


def is_open(form):
    return form.state == Form.State.OPEN and (form.closes_at is None or form.closes_at > timezone.now())


def has_answered(form, registration):
    rows = form.receipts if form.is_anonymous else form.submissions
    return rows.filter(registration=registration).exists()


def stands(form, registration):
    """How a form stands for one official: "open", "answered", "early", "closed", "quiet" or "not-asked"."""
    if registration.workshop_id != form.workshop_id or registration.state != State.CONFIRMED or registration.role != Registration.Role.PARTICIPANT:
        return "not-asked"
    if has_answered(form, registration):
        return "answered"
    if form.workshop.status in QUIET:
        return "quiet"
    if form.state == Form.State.DRAFT or is_too_early(form):
        return "early"
    return "open" if is_open(form) else "closed"


def refusal_of(standing):
    return {
        "answered": _("You have filled this in already. Thank you."),
        "quiet": _("The workshop does not take place as it stands, so nobody is asked."),
        "early": _("This form is not open yet."),
        "closed": _("This form is closed and takes no more answers."),
        "not-asked": _("This form is for the participants of the workshop."),
    }[standing]


@transaction.atomic
def submit(form, registration, answers, *, language):
    """Takes what an official answered: {question's key: value}. Refuses a second time, a form that is not open for them, and
    answers that are missing or do not fit.

    A value is an option's key (one of several), a list of them (several), a number from 1 to 5 (scale), "yes" or "no", or
    own words. Of an anonymous form nothing returned or stored says who it was.
    """
    form = locked(form)
    registration = Registration.objects.select_related("workshop").get(pk=registration.pk)
    standing = stands(form, registration)
    if standing != "open":
        raise ValidationError(refusal_of(standing), code=standing)
    questions = list(form.questions.prefetch_related("options"))
    given = {question: _checked(question, answers.get(question.pk)) for question in questions}
    points, possible = _points(form, given)
    submission = Submission.objects.create(
        form=form, registration=None if form.is_anonymous else registration,
        # Who alone reads English among the participants would be known by it.
        language="" if form.is_anonymous else language, on=timezone.localdate(), points=points, points_possible=possible,
    )  # fmt: skip
    _keep(submission, given)
    if form.is_anonymous:
        _receipt(form, registration)
    return submission


def _checked(question, value):
    """The value, right for its question; None where a question that may be left out was."""
    refused = ValidationError({f"q{question.pk}": ValidationError(_("Choose one of the answers."), code="choice")})
    if value in (None, "", []):
        if question.is_required:
            raise ValidationError({f"q{question.pk}": ValidationError(_("Please answer this question."), code="required")})
        return None
    options = {option.pk for option in question.options.all()}
    if question.kind == Question.Kind.TEXT:
        return str(value).strip()[:TEXT_AT_MOST] or None
    if question.kind == Question.Kind.YES_NO:
        if value not in ("yes", "no"):
            raise refused
        return value
    try:
        value = {int(one) for one in value} if question.kind == Question.Kind.SEVERAL else int(value)
    except (TypeError, ValueError):
        raise refused from None
    if question.kind == Question.Kind.SCALE:
        fits = 1 <= value <= 5
    else:
        fits = (value if question.kind == Question.Kind.SEVERAL else {value}) <= options
    if not fits:
        raise refused
    return value


def _is_scored(question):
    if question.kind in CHOICES:
        return any(option.is_right for option in question.options.all())
    return question.kind == Question.Kind.YES_NO and bool(question.right_answer)


def is_right(question, value):
    """Whether an answer to a question of a test is right: of several, exactly the right ones."""
    right = {option.pk for option in question.options.all() if option.is_right}
    if question.kind == Question.Kind.YES_NO:
        return value == question.right_answer
    return value is not None and (value if isinstance(value, set) else {value}) == right


def _points(form, given):
    """(points reached, points possible) in a test, one a question that has a right answer; (None, None) elsewhere."""
    if form.kind not in TESTS:
        return None, None
    scored = [(question, value) for question, value in given.items() if _is_scored(question)]
    return sum(is_right(question, value) for question, value in scored), len(scored)


def _keep(submission, given):
    """Stores the answers; yes and no as 1 and 0."""
    for question, value in given.items():
        if value is None:
            continue
        answer = Answer(submission=submission, question=question)
        if question.kind == Question.Kind.TEXT:
            answer.text = value
        elif question.kind == Question.Kind.YES_NO:
            answer.number = int(value == "yes")
        elif question.kind == Question.Kind.SCALE:
            answer.number = value
        answer.save()
        if question.kind in CHOICES:
            answer.options.set(value if isinstance(value, set) else {value})


def _receipt(form, registration):
    """Notes that somebody answered, and writes all receipts of the form anew under new keys, in the order of these."""
    who = [*form.receipts.values_list("registration", flat=True), registration.pk]
    form.receipts.all().delete()
    fresh = sorted(((uuid.uuid4(), key) for key in who), key=lambda row: row[0])
    Receipt.objects.bulk_create([Receipt(id=key, form=form, registration_id=whose) for key, whose in fresh])


def section(registration, language):
    """For the official's own page: the forms that they can fill in or have filled in; None where there is none."""
    rows = [(form, stands(form, registration)) for form in Form.objects.filter(workshop=registration.workshop_id).select_related("workshop")]
    rows = [(form, standing) for form, standing in rows if standing in {"open", "answered"}]
    return ("learning/section.html", {"learning_forms": rows}) if rows else None
