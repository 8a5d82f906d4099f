"""What the office works on, and the goals that the work serves."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.history import tracked
from core.richtext import RichTextField
from office.dated_words import DATED, DatedWords, dated
from office.publishing import ListedQuerySet

# What is written once in each language.
AREA_WORDS = ("name", "summary", "body")


@tracked()
class Goal(models.Model):
    """One of the seventeen goals of the 2030 Agenda."""

    number = models.PositiveSmallIntegerField(_("number"), primary_key=True, help_text=_("From 1 to 17."))
    name = TranslatedField(models.CharField(_("name"), max_length=120, help_text=_("The goal's official short name.")))
    colour = models.CharField(_("colour"), max_length=7, help_text=_("The United Nations' colour of the goal, as #RRGGBB."))

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1, number__lte=17), name="goal_one_of_seventeen")
        ]

    def __str__(self):
        return f"{self.number}. {self.name}"

    def get_absolute_url(self):
        return reverse("office:goal", args=[self.number])


@tracked()
class Target(models.Model):
    goal = models.ForeignKey(
        Goal, verbose_name=_("goal"), on_delete=models.PROTECT, related_name="targets",
        help_text=_("The goal that it is part of."),
    )
    code = models.CharField(_("code"), max_length=5, unique=True, help_text=_("For example 10.7 or 10.c."))
    order = models.PositiveSmallIntegerField(default=0, editable=False)
    text = TranslatedField(models.CharField(_("text"), max_length=300, help_text=_("In short, in our own words.")))

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["goal", "order", "code"]

    def __str__(self):
        return f"{self.code} {self.text}"


@tracked()
class CompactObjective(models.Model):
    """One of the 23 objectives of the Global Compact for Migration."""

    number = models.PositiveSmallIntegerField(_("number"), primary_key=True, help_text=_("From 1 to 23."))
    text = TranslatedField(models.CharField(_("text"), max_length=300, help_text=_("In short, in our own words.")))

    class Meta:
        verbose_name = _("objective of the Global Compact")
        verbose_name_plural = _("objectives of the Global Compact")
        ordering = ["number"]

    def __str__(self):
        return f"{self.number}. {self.text}"


@tracked(exclude=DATED)
class WorkArea(DatedWords):
    slug = models.SlugField(_("slug"), max_length=60, unique=True, help_text=_("The last part of the page's address."))
    order = models.PositiveSmallIntegerField(
        _("order"), default=0,
        help_text=_("Lower numbers stand first in the menu and in lists."),
    )
    name = TranslatedField(
        models.CharField(
            _("name"), max_length=120,
            help_text=_("As in the menu. Empty: the area does not exist in this language."),
        )
    )
    summary = TranslatedField(models.CharField(_("summary"), max_length=400, blank=True, help_text=_("One sentence for lists.")))
    body = TranslatedField(
        RichTextField(
            _("text"), blank=True,
            help_text=_("Headings from the second level, lists, tables, quotations and links. Other formatting is taken out."),
        )
    )
    icon = models.CharField(_("icon"), max_length=60, blank=True, help_text=_("Name in the icon set; usually the slug."))
    targets = models.ManyToManyField(
        Target, verbose_name=_("targets"), blank=True, related_name="work_areas",
        help_text=_("Targets of the 2030 Agenda that this work serves. Open a goal to see its targets."),
    )
    objectives = models.ManyToManyField(
        CompactObjective, verbose_name=_("objectives of the Global Compact"), blank=True, related_name="work_areas",
        help_text=_("Objectives of the Global Compact for Migration that this work serves."),
    )
    is_public = models.BooleanField(
        _("public"), default=True,
        help_text=_("Untick to take the area off the site without deleting it."),
    )

    CALLED_BY = "name"
    WORDS = AREA_WORDS
    objects = ListedQuerySet.as_manager()

    class Meta:
        verbose_name = _("work area")
        verbose_name_plural = _("work areas")
        ordering = ["order", "slug"]
        triggers = [dated(*AREA_WORDS)]

    def __str__(self):
        return self.name or self.slug

    def get_absolute_url(self):
        return reverse("office:work_area", args=[self.slug])
