"""What an official says by their own link: needs, consents, a deputy; and the secret links themselves."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Person
from contacts.models.person import only_for_somebody
from core.history import tracked
from core.secrets import Secret
from workshops.models.nomination import NominationRequest
from workshops.models.registration import Registration, Via


class Link(Secret):
    """A secret address: a focal point's, an official's own, or the one on a badge. Renewing revokes the old one."""

    class Kind(models.TextChoices):
        NOMINATE = "nominate", _("Focal point's page")
        ANSWER = "answer", _("Official's own page")
        BADGE = "badge", _("Badge")

    kind = models.CharField(max_length=10, choices=Kind)
    request = models.ForeignKey(NominationRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="links")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, null=True, blank=True, related_name="links")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Empty: as long as what it is for can still be done.
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("secret link")
        verbose_name_plural = _("secret links")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="nominate", request__isnull=False, registration=None)
                | (Q(kind__in=["answer", "badge"], registration__isnull=False, request=None)),
                name="link_leads_to_one_thing",
            ),
            models.UniqueConstraint(fields=["request"], condition=Q(revoked_at=None), name="one_link_a_request"),
            models.UniqueConstraint(
                fields=["registration", "kind"], condition=Q(revoked_at=None), name="one_link_of_a_kind_a_registration"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"


class Needs(models.Model):
    """Diet, access and language needs: kept apart from the registration, read by whoever prepares the days, and purged
    30 days after the event. No history is kept of it."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="needs")
    diet = models.CharField(_("diet"), max_length=300, blank=True)
    access = models.CharField(_("access needs"), max_length=300, blank=True)
    interpretation = models.CharField(
        _("language in the room"), max_length=10, blank=True,
        choices=[("en", _("Follows in English")), ("mn", _("Follows in Mongolian")), ("both", _("Follows in both"))],
    )
    other = models.CharField(_("anything else"), max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("needs")
        verbose_name_plural = _("needs")

    def __str__(self):
        return ", ".join(filter(None, [self.diet, self.access, self.get_interpretation_display(), self.other]))


class Consent(models.Model):
    """What somebody agreed to or refused, to which text and in which language; a change is a new row."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("has read the privacy notice")
        PHOTO = "photo", _("photographs")
        CONTACT_LIST = "contact-list", _("name on the list that participants get")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, null=True, blank=True, related_name="consents")
    kind = models.CharField(_("for"), max_length=12, choices=Kind)
    given = models.BooleanField(_("given"))
    notice_version = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    via = models.CharField(_("how it came in"), max_length=10, choices=Via, default=Via.SELF)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["registration", "kind", "-at"], name="consent_latest")]
        triggers = [
            *only_for_somebody("person"),
            # A merge of two records of one person may put it under the record that stays.
            pgtrigger.Trigger(
                name="consents_stay",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.AnyChange("kind", "given", "notice_version", "language", "via", "at"),
                func="RAISE EXCEPTION 'consents are added, never altered';",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.given}"


@tracked()
class Deputy(models.Model):
    """Somebody whom an official proposed in their own place; staff decide."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("Comes instead")
        REFUSED = "refused", _("Not taken")

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="deputies")
    given_name = models.CharField(_("given name"), max_length=100)
    patronymic = models.CharField(_("father's or mother's name"), max_length=100, blank=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    proposed_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("proposed deputy")
        verbose_name_plural = _("proposed deputies")
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(fields=["registration"], condition=Q(outcome=""), name="one_open_deputy"),
            models.CheckConstraint(condition=Q(outcome="") | Q(decided_at__isnull=False), name="decided_deputy_says_when"),
        ]

    def __str__(self):
        return f"{self.patronymic} {self.given_name}".strip()


class Call(models.Model):
    """An official was called about the answer and not reached."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="calls")
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.note}".strip()
