"""The library of pictures: each with its words in both languages, its credit, and whether those who are shown agreed."""

import uuid
from datetime import timedelta
from pathlib import PurePath

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.dates import Precision
from core.history import tracked
from office.models.newsroom import NewsItem


def kept_in(row, name):
    """Each picture has a folder of its own, whose name says nothing; its renditions lie there too."""
    return f"pictures/{uuid.uuid4().hex}/original{PurePath(name).suffix}"


class PictureQuerySet(models.QuerySet):
    def shown(self, on=None):
        """What may be shown to the public on a day: nobody needs to agree to it, or they have and their consent lasts."""
        return self.filter(may_be_shown(on))

    def expiring(self, days, on=None):
        """Whose consent ends within a number of days, the day of today among them; the soonest first."""
        on = on or timezone.localdate()
        return (
            self.shown(on)
            .filter(consent=Picture.Consent.GIVEN, consent_until__lt=on + timedelta(days=days))
            .order_by("consent_until", "pk")
        )


def may_be_shown(on=None, prefix=""):
    """The one rule about consent, for a query of pictures, or of rows that point to one (`prefix`: "picture__")."""
    lasts = Q(**{f"{prefix}consent_until": None}) | Q(**{f"{prefix}consent_until__gte": on or timezone.localdate()})
    return Q(**{f"{prefix}consent": Picture.Consent.NOT_NEEDED}) | Q(**{f"{prefix}consent": Picture.Consent.GIVEN}) & lasts


@tracked(exclude=["renditions"])
class Picture(models.Model):
    """A photograph or drawing. What is kept is a clean copy of what was uploaded: no position, no camera, no comments."""

    class Consent(models.TextChoices):
        OPEN = "open", _("not settled yet: shown nowhere")
        NOT_NEEDED = "not-needed", _("not needed: nobody can be recognised in it")
        GIVEN = "given", _("given by those shown")
        WITHDRAWN = "withdrawn", _("refused or withdrawn: shown nowhere")

    file = models.FileField(
        _("file"), upload_to=kept_in,
        help_text=_(
            "JPEG, PNG, WebP or AVIF, at most 20 MB and 60 million pixels, both sides at least 240 pixels. Position, camera and "
            "comments are wiped from what is kept, and it is made at most 2,560 pixels long."
        ),
    )
    # Found out when it is taken in.
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the clean copy that is kept.")
    # [{"name", "crop", "format", "width", "height", "size"}] of the files that are there; pages offer these and no others.
    renditions = models.JSONField(default=list, editable=False)

    alt = TranslatedField(
        models.CharField(
            _("in words"), max_length=300,
            help_text=_("For those who do not see it: what is to be seen, in one sentence. Not the name of the file."),
        )
    )
    caption = TranslatedField(
        models.CharField(
            _("caption"), max_length=400, blank=True, help_text=_("Stands below the picture: who, where, when, as far as it is known.")
        )
    )
    credit = models.CharField(_("credit"), max_length=150, help_text=_("Who made it, as it is to be named: © IOM 2013, or a name."))
    licence = models.CharField(
        _("terms"), max_length=120, blank=True,
        help_text=_("Under which terms others may use it, for example CC BY-NC-ND 4.0. Empty: they have to ask."),
    )
    place = TranslatedField(
        models.CharField(_("taken in"), max_length=120, blank=True, help_text=_("A town or a district, where known; never a position."))
    )
    taken_on = models.DateField(_("taken on"), null=True, blank=True, help_text=_("Where known."))
    precision = models.CharField(
        _("known"), max_length=5, choices=Precision, default=Precision.DAY,
        help_text=_("How exactly the day is known; the rest is not shown."),
    )
    focus_x = models.PositiveSmallIntegerField(
        _("focal point, from the left"), default=50, validators=[MaxValueValidator(100)],
        help_text=_("In percent. What matters most in the picture stays in sight when it is cut to the form of a list."),
    )
    focus_y = models.PositiveSmallIntegerField(
        _("focal point, from the top"), default=50, validators=[MaxValueValidator(100)],
        help_text=_("In percent. With a mouse: press on the picture."),
    )
    consent = models.CharField(
        _("consent of those shown"), max_length=10, choices=Consent, default=Consent.OPEN,
        help_text=_("Without it the picture is shown nowhere outside: no page, no list, no feed, no file."),
    )
    consent_note = models.TextField(
        _("how it was given"), blank=True,
        help_text=_("For colleagues: who agreed, when, to what, and where the paper lies. Not shown."),
    )
    consent_until = models.DateField(
        _("consent until"), null=True, blank=True,
        help_text=_("The last day on which it may be shown; the day after it is gone everywhere by itself. Empty: no end."),
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], name="picture_once", violation_error_message=_("This very picture is in the library already.")
            ),
            models.CheckConstraint(
                condition=Q(focus_x__lte=100, focus_y__lte=100), name="picture_focus_in_percent",
                violation_error_message=_("The focal point is given in percent, from 0 to 100."),
            ),
            models.CheckConstraint(
                condition=~Q(consent="given") | ~Q(consent_note=""), name="picture_consent_has_a_note",
                violation_error_message=_("Say how the consent was given, so that it can be proved."),
            ),
        ]

    def __str__(self):
        return self.alt or self.alt_en or self.alt_mn

    @property
    def may_be_shown(self):
        """The rule of `may_be_shown` for one row that is at hand."""
        if self.consent == self.Consent.GIVEN:
            return self.consent_until is None or self.consent_until >= timezone.localdate()
        return self.consent == self.Consent.NOT_NEEDED

    @property
    def why_not_shown(self):
        """A sentence for editors, or nothing where it is shown."""
        if self.may_be_shown:
            return ""
        if self.consent == self.Consent.GIVEN:
            return _("The consent of those shown has ended: the picture is shown nowhere.")
        if self.consent == self.Consent.WITHDRAWN:
            return _("The consent was refused or withdrawn: the picture is shown nowhere.")
        return _("The consent of those shown is not settled: the picture is shown nowhere.")

    def rendition(self, crop, format, width):
        """The rendition of a crop and format that is at least so wide, else the widest; None where there is none."""
        there = sorted((each for each in self.renditions if each["crop"] == crop and each["format"] == format), key=lambda each: each["width"])
        return next((each for each in there if each["width"] >= width), there[-1] if there else None)


class NewsPictureQuerySet(models.QuerySet):
    def shown(self, on=None):
        """Those that the public sees, with their picture."""
        return self.filter(may_be_shown(on, "picture__")).select_related("picture")


@tracked()
class NewsPicture(models.Model):
    """A picture of a news item, in order; the first is the one that stands for it in lists."""

    item = models.ForeignKey(NewsItem, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey(
        Picture, verbose_name=_("picture"), on_delete=models.PROTECT, related_name="of_news",
        help_text=_("From the library. Its words and its credit are kept there."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first; the first stands in lists."))

    objects = NewsPictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture of the item")
        verbose_name_plural = _("pictures of the item")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["item", "picture"], name="news_picture_once")]

    def __str__(self):
        return str(self.picture)
