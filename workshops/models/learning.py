"""Tests and evaluations: forms, their questions, what was answered, and, apart from it, who has answered."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.history import tracked
from workshops.models.registration import Registration
from workshops.models.workshop import Workshop


@tracked()
class Form(models.Model):
    class Kind(models.TextChoices):
        PRE = "pre", _("Test before")
        POST = "post", _("Test after")
        EVALUATION = "evaluation", _("Evaluation")
        FOLLOW_UP = "follow-up", _("Follow-up")

    class State(models.TextChoices):
        DRAFT = "draft", _("In preparation")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    MOVES = {State.DRAFT: {State.OPEN}, State.OPEN: {State.CLOSED}, State.CLOSED: {State.OPEN}}

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="forms")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = TranslatedField(models.CharField(_("title"), max_length=200, blank=True))
    intro = TranslatedField(models.TextField(_("introduction"), blank=True))
    # An evaluation always is.
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DRAFT)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "kind"],
                name="one_form_of_a_kind",
                violation_error_message=_("This workshop has such a form already."),
            ),
            models.CheckConstraint(condition=~Q(kind="evaluation") | Q(is_anonymous=True), name="evaluation_is_anonymous"),
            # Gain is worked out person by person.
            models.CheckConstraint(condition=~Q(kind__in=["pre", "post"]) | Q(is_anonymous=False), name="test_is_by_person"),
        ]

    def __str__(self):
        return self.title or self.title_en or self.title_mn or self.get_kind_display()


@tracked()
class Question(models.Model):
    class Kind(models.TextChoices):
        ONE = "one", _("One of several")
        SEVERAL = "several", _("Several of several")
        SCALE = "scale", _("Scale from 1 to 5")
        YES_NO = "yes-no", _("Yes or no")
        TEXT = "text", _("Own words")

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    text = TranslatedField(models.CharField(_("question"), max_length=500, blank=True))
    is_required = models.BooleanField(_("must be answered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    # What makes a question of the test after the same as one of the test before.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    # For yes or no: which of them is right in a test; empty where neither is.
    right_answer = models.CharField(_("right answer"), max_length=3, blank=True, choices=[("yes", _("Yes")), ("no", _("No"))])

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["form", "key"], name="question_once_in_a_form"),
            models.CheckConstraint(
                condition=~Q(text_en="") | ~Q(text_mn=""),
                name="question_has_a_text",
                violation_error_message=_("Write the question in English or Mongolian."),
            ),
        ]

    def __str__(self):
        return self.text or self.text_en or self.text_mn


@tracked()
class Option(models.Model):
    """One of the answers to choose from."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="options")
    text = TranslatedField(models.CharField(_("answer"), max_length=300, blank=True))
    is_right = models.BooleanField(_("right"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("answer to choose")
        verbose_name_plural = _("answers to choose")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.text or self.text_en or self.text_mn


class Submission(models.Model):
    """One filled-in form. Of an anonymous one it says neither who nor in which language nor when, only the day; its key tells
    no order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="submissions")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, null=True, blank=True, related_name="submissions")
    language = models.CharField(max_length=2)
    on = models.DateField()
    # Points reached and to be reached, for a test.
    points = models.PositiveSmallIntegerField(null=True, blank=True)
    points_possible = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("filled-in form")
        verbose_name_plural = _("filled-in forms")
        # By the random key: the order in which they came is nobody's business.
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "registration"], condition=Q(registration__isnull=False), name="one_submission_a_person"
            )
        ]

    def __str__(self):
        return f"{self.form} {self.on}"


class Answer(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    options = models.ManyToManyField(Option, related_name="answers")
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["submission", "question"], name="answered_once"),
            models.CheckConstraint(condition=Q(number=None) | Q(number__lte=5), name="scale_ends_at_five"),
        ]

    def __str__(self):
        return self.text or str(self.number or "")


class Receipt(models.Model):
    """That somebody has filled in an anonymous form; nothing leads from here to what they wrote."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="receipts")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="receipts")

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [models.UniqueConstraint(fields=["form", "registration"], name="one_receipt_a_person")]

    def __str__(self):
        return str(self.registration)
