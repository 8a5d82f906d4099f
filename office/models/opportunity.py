"""What somebody can apply for until an hour: vacancies, tenders, calls for volunteers."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.history import tracked
from core.pages import LANGUAGES
from core.richtext import RichTextField
from office.models.data import ResourceFile, kept_in
from office.publishing import ListedQuerySet


class OpportunityQuerySet(ListedQuerySet):
    """Open until the very moment at which it closes, and closed from then on: decided in SQL by time, for nothing runs at that hour."""

    def readable(self, *, at=None):
        """What a visitor can read at a moment in some language, open or closed; each row says which by `is_open`."""
        at = at or timezone.now()
        is_open = models.ExpressionWrapper(Q(closes_at__gt=at), output_field=models.BooleanField())
        return self.filter(is_public=True, opens_at__lte=at).annotate(is_open=is_open)

    def public(self, language=None, *, at=None):
        """Of what can be read, that which exists in a language."""
        return super().public(language).readable(at=at)

    def open(self, language=None, *, at=None):
        """The first to close stands first."""
        return self.public(language, at=at).filter(is_open=True).order_by("closes_at", "pk")

    def closed(self, language=None, *, at=None):
        """The last that closed stands first."""
        return self.public(language, at=at).filter(is_open=False).order_by("-closes_at", "-pk")


@tracked()
class Opportunity(models.Model):
    """Something to apply for. After its hour it stays as closed, without the way to apply."""

    class Kind(models.TextChoices):
        VACANCY = "vacancy", _("Vacancy")
        TENDER = "tender", _("Tender")
        VOLUNTEERS = "volunteers", _("Call for volunteers")

    slug = models.SlugField(
        _("slug"), max_length=80, unique=True,
        help_text=_("Names the entry in addresses. Left empty it is made of the title."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, help_text=_("On which page it is listed."))
    title = TranslatedField(
        models.CharField(_("title"), max_length=200, blank=True, help_text=_("Empty: it does not exist in this language."))
    )
    summary = TranslatedField(
        models.TextField(_("summary"), blank=True, help_text=_("One or two sentences for lists: what is sought, and for what."))
    )
    body = TranslatedField(
        RichTextField(
            _("text"), blank=True,
            help_text=_("Headings from the second level, lists, tables, quotations and links. Other formatting is taken out."),
        )
    )
    duty_station = TranslatedField(
        models.CharField(_("duty station"), max_length=120, blank=True, help_text=_("The place of work or of delivery, for example Ulaanbaatar."))
    )
    terms = TranslatedField(
        models.CharField(
            _("grade or type of contract"), max_length=120, blank=True,
            help_text=_("As in the announcement, for example G5, fixed term, one year."),
        )
    )
    reference = models.CharField(_("reference number"), max_length=60, blank=True, help_text=_("As applicants must name it."))
    opens_at = models.DateTimeField(
        _("opens"), default=timezone.now, help_text=_("Ulaanbaatar time. From this moment it can be read on the site.")
    )
    closes_at = models.DateTimeField(
        _("closes"),
        help_text=_(
            "Ulaanbaatar time. At this moment it closes by itself and the way to apply is taken off. "
            "An announcement for another place often means another hour: turn it into that of Ulaanbaatar."
        ),
    )
    how_to_apply = TranslatedField(
        models.TextField(_("how to apply"), blank=True, help_text=_("What to send, in which language, and what happens then."))
    )
    apply_url = models.URLField(
        _("address for applications"), max_length=500, blank=True, help_text=_("Where to apply, in full with https://. Or give an e-mail.")
    )
    apply_email = models.EmailField(_("e-mail for applications"), blank=True, help_text=_("A mailbox of the office, not of one person."))
    is_public = models.BooleanField(_("public"), default=True, help_text=_("Untick to hide it without deleting it."))
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    CALLED_BY = "title"
    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("vacancy, tender or call")
        verbose_name_plural = _("vacancies, tenders and calls")
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="opportunity_closes_after_it_opens",
                violation_error_message=_("It must close after it opens."),
            ),
            models.CheckConstraint(
                condition=~Q(apply_url="") | ~Q(apply_email=""), name="opportunity_can_be_applied_for",
                violation_error_message=_("Say where to apply: an address, an e-mail, or both."),
            ),
            models.CheckConstraint(
                condition=~Q(title_en="") | ~Q(title_mn=""), name="opportunity_has_a_title",
                violation_error_message=_("Give it a title in one language at least."),
            ),
        ]

    def __str__(self):
        return self.title or self.title_en or self.title_mn or self.slug

    def get_absolute_url(self):
        return reverse("office:opportunity", args=[self.slug])

    @property
    def public_languages(self):
        """Codes of the languages in which it can be read now, open or closed."""
        shown = self.is_public and self.opens_at <= timezone.now()
        return [code for code in LANGUAGES if shown and getattr(self, f"title_{code}")]

    @property
    def days_left(self):
        """Nights in Ulaanbaatar until it closes: 0 on its last day."""
        return (timezone.localtime(self.closes_at).date() - timezone.localdate()).days


@tracked()
class OpportunityFile(models.Model):
    """A document that applicants need. It can be had while they can apply."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="files")
    title = TranslatedField(
        models.CharField(_("title"), max_length=150, blank=True, help_text=_("What it is, for example Terms of reference. Empty: not shown in this language."))
    )
    file = models.FileField(
        _("file"), upload_to=kept_in,
        help_text=_("PDF, Word, Excel, PowerPoint, JPEG or PNG, at most 20 MB. What counts is what is in the file, not its name."),
    )
    language = models.CharField(
        _("language"), max_length=5, choices=ResourceFile.Language, help_text=_("The language of the text inside.")
    )
    format = models.CharField(max_length=4, choices=ResourceFile.Format, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256")
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.title or self.get_format_display()

    def get_absolute_url(self):
        return reverse("office:opportunity_file", args=[self.opportunity.slug, self.pk])
