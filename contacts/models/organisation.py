"""Organisations: a reshuffled ministry is a new row, linked to the old one, so that old records keep the name of their day."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.dates import Precision
from core.history import tracked


class OrganisationQuerySet(models.QuerySet):
    def existing(self, on=None):
        """Organisations that exist on a day (today); a life date that is not known does not exclude."""
        on = on or timezone.localdate()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gt=on))


@tracked()
class Organisation(models.Model):
    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("Ministry")
        AGENCY = "agency", _("Agency")
        GOVERNMENT_OFFICE = "government-office", _("Government office")
        PARLIAMENT = "parliament", _("Parliament")
        INDEPENDENT = "independent", _("Independent body")
        COUNCIL = "council", _("Council")
        LOCAL_GOVERNMENT = "local-government", _("Local government")
        NGO = "ngo", _("Non-governmental organisation")
        SOCIAL_PARTNER = "social-partner", _("Social partner")
        UN = "un", _("United Nations")
        DONOR = "donor", _("Donor")
        PARTNER = "partner", _("Partner")
        PLACEHOLDER = "placeholder", _("Not named in the source")

    slug = models.SlugField(
        _("slug"), max_length=80, unique=True,
        help_text=_("The last part of the page's address in the staff pages. Left empty it is made of the name."),
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind, default=Kind.MINISTRY,
        help_text=_("Lists and filters sort by it."),
    )
    name = TranslatedField(
        models.CharField(_("name"), max_length=250, blank=True, help_text=_("In full, as the body writes it itself."))
    )
    acronym = TranslatedField(
        models.CharField(_("acronym"), max_length=30, blank=True, help_text=_("As it is used in lists, for example ГИХГ."))
    )
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), on_delete=models.PROTECT, null=True, blank=True, related_name="parts",
        help_text=_("The ministry or body that it belongs to."),
    )
    valid_from = models.DateField(
        _("exists from"), null=True, blank=True,
        help_text=_("The day on which it was founded or took this name. Empty: not known."),
    )
    valid_from_precision = models.CharField(
        _("known"), max_length=5, choices=Precision, default=Precision.DAY,
        help_text=_("How exactly the day is known; the rest is not shown."),
    )
    valid_to = models.DateField(
        _("exists until"), null=True, blank=True,
        help_text=_("The day of the reform. Never rename a ministry: close it and add its successor."),
    )
    valid_to_precision = models.CharField(
        _("known"), max_length=5, choices=Precision, default=Precision.DAY,
        help_text=_("How exactly the day is known; the rest is not shown."),
    )
    also_known_as = ArrayField(
        models.CharField(max_length=250),
        verbose_name=_("also known as"),
        default=list,
        blank=True,
        help_text=_("Other names met in lists and letters, separated by commas."),
    )
    website = models.URLField(_("website"), blank=True, help_text=_("In full, with https://."))
    note = models.TextField(_("note"), blank=True, help_text=_("For colleagues; never shown to the public."))
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_en="") | ~Q(name_mn=""),
                name="organisation_has_a_name",
                violation_error_message=_("Give the name in English or Mongolian."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="organisation_ends_after_it_begins",
                violation_error_message=_("An organisation cannot end before it begins."),
            ),
        ]

    def __str__(self):
        """The name in the reader's language; a body without one is still called by the name that it has."""
        if get_language() == "mn":
            return self.name_mn or self.name_en
        return self.name_en or self.name_mn

    @property
    def short_name(self):
        """The acronym in the reader's language, the name where there is none."""
        return self.acronym or str(self)

    @property
    def is_current(self):
        today = timezone.localdate()
        return not (self.valid_to and self.valid_to <= today)


@tracked()
class Succession(models.Model):
    class Relation(models.TextChoices):
        RENAMED = "renamed", _("renamed")
        MERGED = "merged", _("merged into")
        SPLIT = "split", _("split into")

    predecessor = models.ForeignKey(
        Organisation, verbose_name=_("predecessor"), on_delete=models.CASCADE, related_name="successions"
    )
    successor = models.ForeignKey(
        Organisation, verbose_name=_("successor"), on_delete=models.CASCADE, related_name="origins",
        help_text=_("The body that came after it."),
    )
    relation = models.CharField(_("relation"), max_length=10, choices=Relation, help_text=_("What the reform did."))
    on = models.DateField(_("on"), null=True, blank=True, help_text=_("The day of the reform."))
    precision = models.CharField(
        _("known"), max_length=5, choices=Precision, default=Precision.DAY,
        help_text=_("How exactly the day is known."),
    )

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="succession_of_another",
                violation_error_message=_("An organisation cannot succeed itself."),
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"
