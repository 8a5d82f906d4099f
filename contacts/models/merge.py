"""That two records were of one person: what was put together, so that it can be taken apart again."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.person import Person


class PersonMerge(models.Model):
    """One merge: `gone` became a tombstone of `kept`. What it did stands in `steps`, in order, until it can no longer be undone."""

    UNDONE_WITHIN = timedelta(days=30)

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged_as")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(_("why they are one person"), max_length=300, blank=True)
    # Values of the kept record before and after: {"before": {column: value}, "after": {column: value}}.
    values = models.JSONField(default=dict)
    # {"do": "change", "model", "pk", "columns": {column: [before, after]}}, {"do": "delete", "model", "values"}, {"do": "act", …}.
    steps = models.JSONField(default=list)
    # What the person who merged sees in a year's time: how many rows of which table.
    moved = models.JSONField(default=dict)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("merge of two records")
        verbose_name_plural = _("merges of records")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="merged_once"),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merged_into_another"),
        ]

    def __str__(self):
        return f"{self.gone_id} → {self.kept_id}"

    @property
    def until(self):
        """The moment from which it can no longer be undone."""
        return self.at + self.UNDONE_WITHIN

    @property
    def can_be_undone(self):
        return self.undone_at is None and self.forgotten_at is None and timezone.now() < self.until
