"""The register of what was done with people's data: exports, erasures, and what was cleared because its time was over."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.person import Person, only_for_somebody


class PersonExport(models.Model):
    """That all kept about one person was given out: by whom, to whom, what for."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    purpose = models.CharField(_("purpose"), max_length=300)
    recipient = models.CharField(_("recipient"), max_length=200)
    # Table → number of rows; and the digest of the file, by which it can be recognised.
    tables = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("export of a person's data")
        verbose_name_plural = _("exports of people's data")
        ordering = ["-at", "-pk"]
        triggers = only_for_somebody("person")

    def __str__(self):
        return f"{self.person_id} {self.at:%Y-%m-%d}"


class Erasure(models.Model):
    """That somebody was erased. It says who as a digest alone, from which nobody can be found who is not in the directory."""

    class Ground(models.TextChoices):
        REQUEST = "request", _("The person asked for it")
        NOT_NEEDED = "not-needed", _("The data are no longer needed")
        WRONGLY_KEPT = "wrongly-kept", _("The data should not have been kept")
        ORDER = "order", _("An authority ordered it")
        REPLAY = "replay", _("Erased before and back with a restored backup")

    digest = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ground = models.CharField(_("ground"), max_length=12, choices=Ground)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    # Table → number of rows that were emptied or deleted.
    tables = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-at", "-pk"]
        triggers = [pgtrigger.Protect(name="erasures_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.digest[:8]} {self.at:%Y-%m-%d}"


class Purge(models.Model):
    """That what was kept for a time only was cleared: which duty, how many rows, and of what."""

    duty = models.CharField(max_length=30)
    at = models.DateTimeField(auto_now_add=True)
    number = models.PositiveIntegerField()
    # In the words of the duty: for example the number for each workshop.
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("clearing of old data")
        verbose_name_plural = _("clearings of old data")
        ordering = ["-at", "-pk"]
        triggers = [pgtrigger.Protect(name="purges_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.duty} {self.at:%Y-%m-%d}"
