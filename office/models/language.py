"""What people said about the two languages of an item."""

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class SaidTheSame(models.Model):
    """Somebody read both languages of an item and found that they say the same. It holds for those very words."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    item = GenericForeignKey()
    # Of the words of both languages, as office.languages makes it.
    digest = models.CharField(max_length=32)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("comparison of the languages")
        verbose_name_plural = _("comparisons of the languages")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["content_type", "object_id", "digest"], name="said_the_same_once")]
        triggers = [pgtrigger.Protect(name="said_stands", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.item}: {self.at:%Y-%m-%d}"
