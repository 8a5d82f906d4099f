"""News: what the office tells the press and the public."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from contacts.models import Organisation, PressContact
from core.dates import Precision
from core.history import tracked
from core.richtext import RichTextField
from office.models.programme import Target, WorkArea
from office.dated_words import DATED, dated, dated_with
from office.publishing import Publishable, PublishedQuerySet

# What is written once in each language.
NEWS_WORDS = ("title", "lead", "dateline", "body", "date_note")
QUOTE_WORDS = ("text", "speaker", "role")


MONGOLIAN_SCRIPT = RegexValidator(
    r"^[\u1800-\u18af\u200c\u200d\u202f\s0-9.,:!?–-]+$", _("Only letters of the traditional Mongolian script.")
)


class NewsQuerySet(PublishedQuerySet):
    def for_cards(self):
        """With what a list shows of an item: the picture that stands for it."""
        from office.models.picture import NewsPicture

        return self.prefetch_related(models.Prefetch("pictures", NewsPicture.objects.shown(), to_attr="pictures_shown"))


@tracked(exclude=DATED)
class NewsItem(Publishable):
    class Kind(models.TextChoices):
        PRESS_RELEASE = "press-release", _("Press release")
        NEWS = "news", _("News")
        STATEMENT = "statement", _("Statement")
        STORY = "story", _("Story")

    kind = models.CharField(
        _("kind"), max_length=15, choices=Kind, default=Kind.NEWS,
        help_text=_("A press release is for the media and needs a contact."),
    )
    slug = models.SlugField(
        _("slug"), max_length=120, unique=True, help_text=_("The last part of the page's address, in both languages.")
    )
    title = TranslatedField(
        models.CharField(_("title"), max_length=200, blank=True, help_text=_("Empty: the item does not exist in this language."))
    )
    title_script = models.CharField(
        _("title in the traditional script"), max_length=250, blank=True, validators=[MONGOLIAN_SCRIPT],
        help_text=_("In Mongolian script; it stands upright beside the Mongolian title. Optional."),
    )
    lead = TranslatedField(
        models.CharField(
            _("lead"), max_length=400, blank=True,
            help_text=_("Who, what, where, when: at most 300 letters read well."),
        )
    )
    dateline = TranslatedField(
        models.CharField(_("dateline place"), max_length=80, blank=True, help_text=_("For example Ulaanbaatar or Mongolia."))
    )
    body = TranslatedField(
        RichTextField(
            _("text"), blank=True,
            help_text=_("Headings from the second level, lists, tables, quotations and links. Other formatting is taken out."),
        )
    )
    published_on = models.DateField(_("date of the news"), help_text=_("As printed on the item, not when the page was made."))
    precision = models.CharField(
        _("known"), max_length=5, choices=Precision, default=Precision.DAY,
        help_text=_("How exactly the date is known; the rest is not shown."),
    )
    date_note = TranslatedField(
        models.CharField(_("note on the date"), max_length=300, blank=True, help_text=_("Why the day is not known."))
    )
    source_title = models.CharField(
        _("headline of the source"), max_length=250, blank=True,
        help_text=_("Where the item retells an older publication: its headline."),
    )
    source_url = models.URLField(
        _("address of the source"), max_length=500, blank=True,
        help_text=_("Where the item retells an older publication: its address."),
    )
    work_areas = models.ManyToManyField(
        WorkArea, verbose_name=_("work areas"), blank=True, related_name="news",
        help_text=_("On the pages of these areas the item is listed."),
    )
    targets = models.ManyToManyField(
        Target, verbose_name=_("targets"), blank=True, related_name="news",
        help_text=_("Targets of the 2030 Agenda that the work serves. Open a goal to see its targets."),
    )
    institutions = models.ManyToManyField(
        Organisation, verbose_name=_("institutions"), blank=True, related_name="news",
        help_text=_("Institutions that took part."),
    )
    funder = models.ForeignKey(
        Organisation, verbose_name=_("funder"), on_delete=models.PROTECT, null=True, blank=True, related_name="funded_news",
        help_text=_("Who paid for what the item tells about."),
    )
    press_contacts = models.ManyToManyField(
        PressContact, verbose_name=_("press contacts"), through="NewsContact", blank=True, related_name="news"
    )
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    WORDS = NEWS_WORDS
    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        ordering = ["-published_on", "-pk"]
        indexes = [models.Index(fields=["-published_on"], name="news_by_date")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title_en="") | ~models.Q(title_mn=""),
                name="news_has_a_title",
                violation_error_message=_("Give the title in English or Mongolian."),
            ),
        ]
        triggers = [dated(*NEWS_WORDS)]

    def __str__(self):
        return self.title or self.title_en or self.title_mn

    def get_absolute_url(self):
        return reverse("news:detail", args=[self.slug])


@tracked()
class NewsContact(models.Model):
    """A press contact of an item, in order."""

    item = models.ForeignKey(NewsItem, on_delete=models.CASCADE)
    contact = models.ForeignKey(
        PressContact, verbose_name=_("contact"), on_delete=models.PROTECT,
        help_text=_("Whom the press may ask about this item."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))

    class Meta:
        verbose_name = _("press contact")
        verbose_name_plural = _("press contacts")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["item", "contact"], name="news_contact_once")]

    def __str__(self):
        return str(self.contact)


@tracked()
class Quote(models.Model):
    item = models.ForeignKey(NewsItem, on_delete=models.CASCADE, related_name="quotes")
    text = TranslatedField(models.TextField(_("words"), blank=True, help_text=_("Without quotation marks.")))
    speaker = TranslatedField(
        models.CharField(_("speaker"), max_length=150, blank=True, help_text=_("Name, as the reader should see it."))
    )
    role = TranslatedField(
        models.CharField(
            _("role and office"), max_length=200, blank=True,
            help_text=_("For example Chief of Mission, IOM Mongolia."),
        )
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))

    WORDS = QUOTE_WORDS

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["order", "pk"]
        triggers = [dated_with("office_newsitem", "item_id", *QUOTE_WORDS)]

    def __str__(self):
        return f"{self.speaker or self.speaker_en}: {(self.text or self.text_en)[:40]}"


@tracked()
class ChangeNote(models.Model):
    """What was changed in an item after it had been published, said to everybody who reads it."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")

    item = models.ForeignKey(NewsItem, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(
        _("kind"), max_length=15, choices=Kind, default=Kind.CORRECTION,
        help_text=_("A correction mends what was wrong; a clarification what could be misread; an update adds what is new."),
    )
    on = models.DateField(_("date"), default=timezone.localdate, help_text=_("The day on which the text was changed."))
    text = TranslatedField(
        models.TextField(_("what was changed"), blank=True, help_text=_("What it said before and what it says now, in a sentence."))
    )

    class Meta:
        verbose_name = _("change note")
        verbose_name_plural = _("change notes")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(text_en="") | ~models.Q(text_mn=""),
                name="change_note_says_something",
                violation_error_message=_("Say what was changed."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {(self.text or self.text_en or self.text_mn)[:40]}"
