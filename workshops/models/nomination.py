"""A list of nominated officials that somebody sent for a workshop."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models import ImportBatch, Organisation
from workshops.models.workshop import Workshop


class NominationList(models.Model):
    """Ties an imported list to the workshop that it is for."""

    class Become(models.TextChoices):
        NOMINATED = "nominated", _("Nominated: decide about seats afterwards")
        CONFIRMED = "confirmed", _("Confirmed while seats are free, then the waiting list")

    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, related_name="nomination_list")
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="nomination_lists")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="nomination_lists",
        help_text=_("For rows that name no institution of their own."),
    )
    become = models.CharField(_("the officials become"), max_length=10, choices=Become, default=Become.NOMINATED)

    class Meta:
        verbose_name = _("nomination list")
        verbose_name_plural = _("nomination lists")

    def __str__(self):
        return str(self.batch)
