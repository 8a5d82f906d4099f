"""Figures with their source, and publications."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.history import tracked
from office.models.programme import WorkArea
from office.publishing import ListedQuerySet


class IndicatorQuerySet(ListedQuerySet):
    def public(self, language=None):
        """What the office stands for: a figure of low confidence stays inside."""
        return super().public(language).exclude(confidence=Indicator.Confidence.LOW)


@tracked()
class Indicator(models.Model):
    """A series of figures; nothing between two values is ever made up."""

    class Chart(models.TextChoices):
        LINE = "line", _("line over years")
        BAR = "bar", _("bars, by size")
        COLUMN = "column", _("bars over time")
        STACKED = "stacked-bar", _("shares over time")
        TABLE = "table", _("table only")

    class Confidence(models.TextChoices):
        HIGH = "high", _("high")
        MEDIUM = "medium", _("medium")
        LOW = "low", _("low: not published")

    slug = models.SlugField(
        _("slug"), max_length=60, unique=True,
        help_text=_("Names the figure in addresses. Left empty it is made of the title."),
    )
    title = TranslatedField(models.CharField(_("title"), max_length=200, help_text=_("What is counted, where and when.")))
    unit = TranslatedField(models.CharField(_("unit"), max_length=80, help_text=_("For example people, or million US dollars.")))
    chart = models.CharField(
        _("shown as"), max_length=12, choices=Chart, default=Chart.LINE,
        help_text=_("Choose a line only for values that follow one another."),
    )
    source = TranslatedField(
        models.TextField(_("source"), blank=True, help_text=_("Who published it, where, and when it was looked up."))
    )
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True, help_text=_("In full, with https://."))
    note = TranslatedField(
        models.TextField(_("note on method"), blank=True, help_text=_("How it was counted; breaks in the series."))
    )
    licence = models.CharField(
        _("licence"), max_length=60, blank=True,
        help_text=_("Under which terms the figures may be shown."),
    )
    confidence = models.CharField(
        _("confidence"), max_length=6, choices=Confidence, default=Confidence.MEDIUM,
        help_text=_("What the office does not stand for is not published."),
    )
    confidence_note = models.TextField(_("why"), blank=True, help_text=_("For colleagues; not shown."))
    work_areas = models.ManyToManyField(
        WorkArea, verbose_name=_("work areas"), blank=True, related_name="indicators",
        help_text=_("On the pages of these areas the figure is shown."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))
    on_home_page = models.BooleanField(
        _("on the home page"), default=False,
        help_text=_("One figure stands on the home page: the first that is ticked."),
    )
    is_public = models.BooleanField(_("public"), default=True, help_text=_("Untick to hide it without deleting it."))

    CALLED_BY = "title"
    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["order", "slug"]

    def __str__(self):
        return self.title or self.slug


class IndicatorPoint(models.Model):
    """One value: of a year, a quarter or a country, and of a part of the whole where the series has parts."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="points")
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))
    label = TranslatedField(
        models.CharField(_("label"), max_length=80, help_text=_("A year such as 2015, a month such as 2015-12, or a name."))
    )
    part = TranslatedField(
        models.CharField(_("part"), max_length=80, blank=True, help_text=_("Of a series with parts, for example women and men."))
    )
    value = models.DecimalField(
        _("value"), max_digits=16, decimal_places=3,
        help_text=_("The number as published, without thousands separators."),
    )
    note = TranslatedField(
        models.CharField(_("note"), max_length=200, blank=True, help_text=_("What a reader should know about this value."))
    )

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "label_en", "part_en"], name="indicator_point_once")
        ]

    def __str__(self):
        return f"{self.label}: {self.value}"


@tracked()
class Resource(models.Model):
    """A publication or data set that the office points to."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        DATASET = "dataset", _("Data set")
        GUIDE = "guide", _("Guide")
        BROCHURE = "brochure", _("Brochure")
        LAW = "law", _("Law or policy")
        PORTAL = "portal", _("Data portal")

    slug = models.SlugField(
        _("slug"), max_length=80, unique=True,
        help_text=_("Names the entry in addresses. Left empty it is made of the title."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, help_text=_("Under which heading it stands."))
    title = TranslatedField(
        models.CharField(_("title"), max_length=250, blank=True, help_text=_("Empty: it does not exist in this language."))
    )
    summary = TranslatedField(
        models.TextField(_("summary"), blank=True, help_text=_("One or two sentences: what is in it, for whom."))
    )
    publisher = models.CharField(_("publisher"), max_length=200, blank=True, help_text=_("As on the cover."))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, help_text=_("Of publication."))
    url = models.URLField(_("address"), max_length=500, blank=True, help_text=_("Where it can be read, in full with https://."))
    work_areas = models.ManyToManyField(
        WorkArea, verbose_name=_("work areas"), blank=True, related_name="resources",
        help_text=_("On the pages of these areas it is listed."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))
    is_public = models.BooleanField(_("public"), default=True, help_text=_("Untick to hide it without deleting it."))

    CALLED_BY = "title"
    objects = ListedQuerySet.as_manager()

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["order", "-year", "slug"]

    def __str__(self):
        return self.title or self.slug
