"""Certificates: what was certified to whom, frozen on the day of issue."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.secrets import Secret
from workshops.models.registration import Registration


@tracked(exclude=["nonce", "digest"])
class Certificate(Secret):
    """One certificate. Its page for verification is reached by the token alone, never by the serial number."""

    class Status(models.TextChoices):
        ISSUED = "issued", _("Valid")
        REVOKED = "revoked", _("Revoked")
        SUPERSEDED = "superseded", _("Replaced by a newer one")

    # What is not valid any more stays so: whoever gets one again gets another, with a number of its own.
    MOVES = {Status.ISSUED: {Status.REVOKED, Status.SUPERSEDED}, Status.REVOKED: set(), Status.SUPERSEDED: set()}

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="certificates")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    # What it says, as `workshops.certificates` writes it: names in both scripts, workshop, days, place, hours, signatory.
    facts = models.JSONField()
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ISSUED)
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoke_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="serial_once"),
            models.UniqueConstraint(fields=["registration"], condition=Q(status="issued"), name="one_valid_certificate"),
            models.CheckConstraint(
                condition=~Q(status="revoked") | (Q(revoked_at__isnull=False) & ~Q(revoke_reason="")),
                name="revoked_with_a_reason",
                violation_error_message=_("Say why the certificate is revoked."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="certified_facts_stay",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.AnyChange("year", "number", "facts", "nonce", "digest", "issued_at"),
                func="RAISE EXCEPTION 'what was certified is never altered';",
            ),
            # MOVES, kept by the database too: nothing makes a certificate valid again.
            pgtrigger.FSM(name="status_goes_one_way", field="status", transitions=[("issued", "revoked"), ("issued", "superseded")]),
        ]

    @property
    def serial(self):
        return f"IOMMN-{self.year}-{self.number:04d}"

    def __str__(self):
        return self.serial
