"""Letters: what is written to institutions and officials, from the template to the mail server's word."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from contacts.models import Person
from contacts.models.person import only_for_somebody
from core.history import tracked
from workshops.models.answer import Link
from workshops.models.certificate import Certificate
from workshops.models.nomination import NominationRequest
from workshops.models.registration import Registration
from workshops.models.workshop import Workshop


@tracked(exclude=["updated_at"])
class LetterTemplate(models.Model):
    """The words of one kind of letter, for all workshops or for one; where there is none, the portal's own words stand."""

    kind = models.CharField(max_length=30)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, null=True, blank=True, related_name="letter_templates")
    subject = TranslatedField(models.CharField(_("subject"), max_length=200, blank=True))
    body = TranslatedField(models.TextField(_("text"), blank=True))
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        constraints = [
            models.UniqueConstraint(fields=["kind", "workshop"], name="one_template_a_workshop"),
            models.UniqueConstraint(fields=["kind"], condition=Q(workshop=None), name="one_general_template"),
        ]

    def __str__(self):
        return self.kind


class Letter(models.Model):
    """One letter. Its text holds no secret: the personal link is put in while it is sent."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Discarded")

    # What staff may lead a letter to from each state; the post moves on what is queued (see THE_POST). Sent is final: that a
    # letter came back is noted beside it, and only such a one goes again (letters.send_again).
    MOVES = {
        State.DRAFT: {State.QUEUED, State.CANCELLED},
        State.QUEUED: {State.CANCELLED},
        State.SENDING: set(),
        State.SENT: set(),
        State.FAILED: {State.QUEUED, State.CANCELLED},
        State.CANCELLED: {State.DRAFT},
    }
    # Taken, sent, put off, refused by the mail server, or held back by the check before sending.
    THE_POST = {State.QUEUED: {State.SENDING}, State.SENDING: {State.SENT, State.QUEUED, State.FAILED, State.CANCELLED}}

    kind = models.CharField(_("kind"), max_length=30)
    language = models.CharField(_("language"), max_length=2)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, null=True, blank=True, related_name="letters")
    registration = models.ForeignKey(Registration, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    request = models.ForeignKey(NominationRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    certificate = models.ForeignKey(Certificate, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    link = models.ForeignKey(Link, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    to_name = models.CharField(_("to"), max_length=250, blank=True)
    # Empty where no address is known: such a letter is never sent by e-mail and says so.
    to_address = models.EmailField(_("address"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"))
    calendar = models.TextField(blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    # Names of the documents that are made and attached while it is sent, such as "invitation" or "certificate".
    documents = models.JSONField(default=list, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    # One letter an occasion: the same act done twice writes it once.
    dedupe_key = models.CharField(max_length=200, unique=True)
    send_after = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # What the mail server or the check before sending said last.
    problem = models.TextField(blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_note = models.CharField(max_length=300, blank=True)
    # When staff said that its reader was told in another way: from then on a letter that came back waits for nobody.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        triggers = only_for_somebody("person")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["workshop", "state"], name="letters_by_state"),
            models.Index(fields=["next_try_at"], condition=Q(state__in=["queued", "sending"]), name="letters_to_send"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_letter_says_when"),
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "sending", "sent"]) | ~Q(to_address=""), name="sent_letter_has_an_address"
            ),
            # A line break in a subject would be a header of somebody's own.
            models.CheckConstraint(condition=~Q(subject__contains="\n") & ~Q(subject__contains="\r"), name="subject_is_one_line"),
        ]

    def __str__(self):
        return self.subject


class LetterStep(models.Model):
    """One thing that was done with a letter, and what the mail server said; rows are added and never altered."""

    class What(models.TextChoices):
        EDITED = "edited", _("changed")
        QUEUED = "queued", _("put into the queue")
        SENT = "sent", _("handed to the mail server")
        PUT_OFF = "put-off", _("not taken yet, tried again later")
        FAILED = "failed", _("refused")
        STOPPED = "stopped", _("held back by the check before sending")
        DISCARDED = "discarded", _("discarded")
        RESTORED = "restored", _("taken out of the discarded")
        BOUNCED = "bounced", _("came back")
        SETTLED = "settled", _("told in another way")

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=9, choices=What)
    at = models.DateTimeField(auto_now_add=True)
    # Nobody where the worker did it.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("step of a letter")
        verbose_name_plural = _("steps of letters")
        ordering = ["at", "pk"]
        triggers = [pgtrigger.Protect(name="letter_steps_stay", operation=pgtrigger.Update)]

    def __str__(self):
        return self.get_what_display()
