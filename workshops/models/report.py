"""What a project promised its donor, and whom exports went to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.history import tracked
from workshops.models.workshop import Project, Workshop


@tracked()
class ProjectIndicator(models.Model):
    """One indicator of a project with its target; most are counted by the portal, some are typed in."""

    class Measure(models.TextChoices):
        PEOPLE = "people", _("People trained (each counted once)")
        PARTICIPATIONS = "participations", _("Participations")
        WOMEN_SHARE = "women-share", _("Women, per cent of the people")
        INSTITUTIONS = "institutions", _("Institutions that took part")
        WORKSHOPS = "workshops", _("Workshops held")
        CERTIFICATES = "certificates", _("Certificates issued")
        GAIN = "gain", _("Gain between the tests, percentage points")
        SATISFACTION = "satisfaction", _("Evaluation, mean of the scale questions")
        TYPED = "typed", _("Typed in by staff")

    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="indicators")
    name = TranslatedField(models.CharField(_("indicator"), max_length=250, blank=True, help_text=_("As in the results framework.")))
    measure = models.CharField(_("measured by"), max_length=15, choices=Measure, help_text=_("What the portal counts for it."))
    baseline = models.DecimalField(_("baseline"), max_digits=10, decimal_places=1, null=True, blank=True, help_text=_("Value before the project."))
    target = models.DecimalField(_("target"), max_digits=10, decimal_places=1, null=True, blank=True, help_text=_("Value promised to the donor."))
    typed_value = models.DecimalField(
        _("value"), max_digits=10, decimal_places=1, null=True, blank=True, help_text=_("Only for what the portal cannot count.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators of the project")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_en="") | ~Q(name_mn=""),
                name="project_indicator_has_a_name",
                violation_error_message=_("Name the indicator in English or Mongolian."),
            )
        ]

    def __str__(self):
        return self.name or self.name_en or self.name_mn


class ExportRecord(models.Model):
    """That a list or a report with names left the portal: what, for whom, why."""

    workshop = models.ForeignKey(Workshop, on_delete=models.SET_NULL, null=True, blank=True, related_name="exports")
    what = models.CharField(max_length=100)
    recipient = models.CharField(_("recipient"), max_length=200, blank=True)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-at"]

    def __str__(self):
        return f"{self.what} {self.at:%Y-%m-%d}"
