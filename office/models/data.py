"""Figures with their source, and publications with their files."""

from functools import cached_property
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core import charts
from core.history import tracked
from core.pages import LANGUAGES
from office.dated_words import DATED, DatedWords, dated
from office.models.programme import WorkArea
from office.publishing import ListedQuerySet

# What is written once in each language.
RESOURCE_WORDS = ("title", "summary", "description")


class IndicatorQuerySet(ListedQuerySet):
    def public(self, language=None):
        """What the office stands for: a figure of low confidence stays inside."""
        return super().public(language).exclude(confidence=Indicator.Confidence.LOW)


def refuse_no_moment(label):
    """Refuses ("no_moment") what is no year, month or quarter."""
    if charts.moment(label) is None:
        raise ValidationError(_("Write a year (2010), a month (2023-12) or a quarter (2024-Q1)."), code="no_moment")


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
    period = models.CharField(
        _("period"), max_length=10, blank=True, validators=[refuse_no_moment],
        help_text=_("Only where the values bear no time of their own, as countries do: a year, a month (2023-12) or a quarter (2024-Q1)."),
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

    def get_absolute_url(self):
        return reverse("office:indicator", args=[self.slug])

    @property
    def public_languages(self):
        """Codes of the languages in which it is public; none where it is hidden or of low confidence."""
        shown = self.is_public and self.confidence != self.Confidence.LOW
        return [code for code in LANGUAGES if shown and getattr(self, f"title_{code}")]

    @cached_property
    def span(self):
        """(first, last) label in time of its values, or of its period; None where it names no time. Reads `points`."""
        timed = [(charts.moment(point.label_en), point.label_en) for point in self.points.all()]
        if timed and all(moment is not None for moment, _label in timed):
            return min(timed)[1], max(timed)[1]
        return (self.period, self.period) if self.period else None

    @property
    def year(self):
        """The year of its latest value, or None."""
        return int(charts.moment(self.span[1])) if self.span else None


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
class Comparison(models.Model):
    """Two figures that speak of the same and differ: shown side by side on the pages of both, with the reason."""

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("indicator"), on_delete=models.CASCADE, related_name="comparisons",
        help_text=_("One of the two."),
    )
    other = models.ForeignKey(
        Indicator, verbose_name=_("the other figure"), on_delete=models.CASCADE, related_name="compared_by",
        help_text=_("The figure that says something else; it shows this one too."),
    )
    reason = TranslatedField(
        models.TextField(_("why they differ"), help_text=_("What each counts, when and how: in one or two sentences."))
    )

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "other"], name="comparison_once"),
            models.CheckConstraint(
                condition=~Q(indicator=F("other")), name="comparison_of_two",
                violation_error_message=_("A figure cannot be compared with itself."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator} / {self.other}"


class ResourceQuerySet(ListedQuerySet):
    def in_file_language(self, code):
        """With a file in a language, or in several of which it may be one."""
        return self.filter(files__language__in=[code, ResourceFile.Language.BOTH]).distinct()


@tracked(exclude=DATED)
class Resource(DatedWords):
    """A publication, infographic or data set that the office points to."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        DATASET = "dataset", _("Data set")
        GUIDE = "guide", _("Guide")
        BROCHURE = "brochure", _("Brochure")
        LAW = "law", _("Law or policy")
        PORTAL = "portal", _("Data portal")
        INFOGRAPHIC = "infographic", _("Infographic")

    slug = models.SlugField(
        _("slug"), max_length=80, unique=True,
        help_text=_("Names the entry in addresses. Left empty it is made of the title."),
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, help_text=_("Under which heading it stands."))
    title = TranslatedField(
        models.CharField(_("title"), max_length=250, blank=True, help_text=_("Empty: it does not exist in this language."))
    )
    summary = TranslatedField(
        models.TextField(_("summary"), blank=True, help_text=_("One or two sentences: what is in it, for whom."))
    )
    description = TranslatedField(
        models.TextField(
            _("long description"), blank=True,
            help_text=_("Of an infographic: all that it says, for those who cannot see it. An empty line begins a new paragraph."),
        )
    )
    authors = models.TextField(
        _("authors"), blank=True, help_text=_("One a line. A person as in a list of books: Family name, Given name.")
    )
    publisher = models.CharField(_("publisher"), max_length=200, blank=True, help_text=_("As on the cover."))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, help_text=_("Of publication."))
    isbn = models.CharField("ISBN", max_length=20, blank=True, help_text=_("As on the cover, for example 978-92-9068-000-0."))
    url = models.URLField(_("address"), max_length=500, blank=True, help_text=_("Where it can be read, in full with https://."))
    work_areas = models.ManyToManyField(
        WorkArea, verbose_name=_("work areas"), blank=True, related_name="resources",
        help_text=_("On the pages of these areas it is listed."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))
    is_public = models.BooleanField(_("public"), default=True, help_text=_("Untick to hide it without deleting it."))
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    CALLED_BY = "title"
    WORDS = RESOURCE_WORDS
    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["order", "-year", "slug"]
        triggers = [dated(*RESOURCE_WORDS)]

    def __str__(self):
        return self.title or self.slug

    def get_absolute_url(self):
        return reverse("office:resource", args=[self.slug])

    @property
    def public_languages(self):
        return [code for code in LANGUAGES if self.is_public and getattr(self, f"title_{code}")]

    @property
    def author_list(self):
        return [line.strip() for line in self.authors.splitlines() if line.strip()]

    @property
    def files_for_reader(self):
        """Its files, those in the reader's language first. Reads `files`."""
        first = {get_language(), ResourceFile.Language.BOTH}
        return sorted(self.files.all(), key=lambda file: file.language not in first)

    @property
    def picture(self):
        """The picture of an infographic in the reader's language, else in the other; None where no file is one."""
        return next((file for file in self.files_for_reader if file.is_picture), None) if self.kind == self.Kind.INFOGRAPHIC else None


def kept_in(row, name):
    """Files of publications lie together; `name` says nothing and clashes with none (core.uploads)."""
    return f"resources/{PurePath(name).name}"


@tracked()
class ResourceFile(models.Model):
    """A publication in one language and format: a file that is kept here, or an address outside."""

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        MONGOLIAN = "mn", _("Mongolian")
        BOTH = "both", _("English and Mongolian")
        OTHER = "other", _("another language")

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        WORD = "docx", "Word"
        EXCEL = "xlsx", "Excel"
        SLIDES = "pptx", "PowerPoint"
        CSV = "csv", "CSV"
        ZIP = "zip", "ZIP"
        JPEG = "jpg", "JPEG"
        PNG = "png", "PNG"
        PAGE = "html", _("web page")

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(_("language"), max_length=5, choices=Language, help_text=_("The language of the text inside."))
    file = models.FileField(
        _("file"), upload_to=kept_in, blank=True,
        help_text=_("PDF, Word, Excel, PowerPoint, JPEG or PNG, at most 20 MB. What counts is what is in the file, not its name."),
    )
    url = models.URLField(_("or its address"), max_length=500, blank=True, help_text=_("Where the file lies elsewhere; in full, with https://."))
    format = models.CharField(
        _("format"), max_length=4, choices=Format, blank=True, help_text=_("Found out by itself for a file that is kept here.")
    )
    size = models.PositiveBigIntegerField(
        _("size in bytes"), null=True, blank=True, help_text=_("Found out by itself for a file that is kept here.")
    )
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True, help_text=_("Of a document, where known."))
    width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False, help_text="SHA-256 of a file that is kept here.")
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(file="") & ~Q(url="")) | (~Q(file="") & Q(url="")),
                name="resource_file_or_address",
                violation_error_message=_("Give a file or an address, one of the two."),
            ),
            models.CheckConstraint(
                condition=~Q(format=""), name="resource_file_has_a_format",
                violation_error_message=_("Say in which format the file at this address is."),
            ),
        ]

    def __str__(self):
        return f"{self.get_format_display()}, {self.get_language_display()}"

    def get_absolute_url(self):
        return self.url or reverse("office:resource_file", args=[self.resource.slug, self.pk])

    @property
    def is_picture(self):
        return bool(self.file and self.width and self.height)
