"""What a workshop is planned of: a checklist, its days, the programme in published versions, and materials."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.dates import show
from core.history import tracked
from workshops.models.registration import Registration
from workshops.models.workshop import Workshop


@tracked()
class ChecklistItem(models.Model):
    """One thing to prepare, due so many days before (negative) or after the first day."""

    class Fact(models.TextChoices):
        """What the portal itself can see done."""

        DATES = "dates", _("the days are fixed")
        VENUE = "venue", _("the venue is named")
        SEATS = "seats", _("the seats are shared out")
        ASKED = "asked", _("every institution has its letter")
        ANSWERED = "answered", _("every institution has answered")
        JOINING = "joining", _("all who come have their joining instructions")
        PROGRAMME = "programme", _("the programme is published")
        TESTS = "tests", _("test before and evaluation are ready")
        ATTENDANCE = "attendance", _("attendance of every day is there")
        CERTIFICATES = "certificates", _("certificates are issued")
        NEWS = "news", _("a news item is published")
        REPORT = "report", _("the report is sent")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="checklist")
    title = TranslatedField(models.CharField(_("what"), max_length=200, blank=True))
    offset_days = models.SmallIntegerField(
        _("days from the start"), default=0, help_text=_("-30: thirty days before the first day; 7: a week after it.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    fact = models.CharField(
        _("done as soon as"), max_length=12, choices=Fact, blank=True,
        help_text=_("The portal ticks it by itself when it sees this. Empty: somebody ticks it."),
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("item of the checklist")
        verbose_name_plural = _("checklist")
        ordering = ["offset_days", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_en="") | ~Q(title_mn=""),
                name="checklist_item_has_a_title",
                violation_error_message=_("Say what there is to do, in English or Mongolian."),
            )
        ]

    def __str__(self):
        return self.title or self.title_en or self.title_mn


@tracked()
class WorkshopDay(models.Model):
    """One day on which the workshop meets."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="meeting_days")
    on = models.DateField(_("day"))
    starts_at = models.TimeField(_("begins"), null=True, blank=True, help_text=_("By the clock of the place."))
    ends_at = models.TimeField(_("ends"), null=True, blank=True)
    # Stays when the day moves, so that calendars move their entry.
    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        ordering = ["on"]
        constraints = [
            # Checked at the end of the transaction: days of one workshop may move past each other.
            models.UniqueConstraint(fields=["workshop", "on"], name="day_once", deferrable=models.Deferrable.DEFERRED),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="day_ends_after_it_begins",
                violation_error_message=_("A day cannot end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.on:%Y-%m-%d}"

    @property
    def label(self):
        """The day with its weekday, in the reader's language."""
        return f"{formats.date_format(self.on, 'l')}, {show(self.on)}"


@tracked()
class AgendaItem(models.Model):
    class Kind(models.TextChoices):
        OPENING = "opening", _("Opening")
        SESSION = "session", _("Session")
        GROUP_WORK = "group-work", _("Group work")
        TEST = "test", _("Test or evaluation")
        VISIT = "visit", _("Field visit")
        BREAK = "break", _("Break")
        MEAL = "meal", _("Meal")
        CLOSING = "closing", _("Closing")

    day = models.ForeignKey(WorkshopDay, verbose_name=_("day"), on_delete=models.CASCADE, related_name="items")
    starts_at = models.TimeField(_("begins"), help_text=_("By the clock of the place."))
    ends_at = models.TimeField(_("ends"))
    title = TranslatedField(models.CharField(_("title"), max_length=200, blank=True))
    description = TranslatedField(models.TextField(_("description"), blank=True))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.SESSION)
    room = TranslatedField(models.CharField(_("room"), max_length=100, blank=True))
    takes_attendance = models.BooleanField(
        _("attendance is taken"), default=False,
        help_text=_("Ticked for some items: attendance is counted by these sessions instead of by the day."),
    )
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    # What makes an item the same one in two versions of the programme.
    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)

    class Meta:
        verbose_name = _("item of the programme")
        verbose_name_plural = _("programme")
        ordering = ["day__on", "starts_at", "ends_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="agenda_item_ends_after_it_begins",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(title_en="") | ~Q(title_mn=""),
                name="agenda_item_has_a_title",
                violation_error_message=_("Give the title in English or Mongolian."),
            ),
        ]

    def __str__(self):
        return self.title or self.title_en or self.title_mn


@tracked()
class AgendaSpeaker(models.Model):
    """Who speaks at an item: somebody registered, or a name as it is to be printed."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="speakers")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, null=True, blank=True, related_name="speaks_at")
    name = TranslatedField(models.CharField(_("name and office"), max_length=250, blank=True))
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "registration"], name="speaks_once_at_an_item"),
            models.CheckConstraint(
                condition=Q(registration__isnull=False) | ~Q(name_en="") | ~Q(name_mn=""), name="speaker_has_a_name"
            ),
        ]

    def __str__(self):
        return self.name or self.name_en or self.name_mn or str(self.registration)


class AgendaVersion(models.Model):
    """The programme as it was published; versions are added and never altered."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="agenda_versions")
    number = models.PositiveIntegerField()
    # The days with their items, in both languages, as `workshops.agendas` writes them.
    content = models.JSONField()
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("published programme")
        verbose_name_plural = _("published programmes")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["workshop", "number"], name="agenda_version_once")]
        triggers = [pgtrigger.Protect(name="versions_stay", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.workshop} {self.number}"


@tracked()
class Material(models.Model):
    """A file or a link that goes with a workshop or with one item of its programme."""

    class For(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody: on the public page")
        PARTICIPANTS = "participants", _("Participants: by their own link")
        STAFF = "staff", _("Staff only")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="materials")
    item = models.ForeignKey(
        AgendaItem, verbose_name=_("item of the programme"), on_delete=models.SET_NULL, null=True, blank=True, related_name="materials"
    )
    title = TranslatedField(models.CharField(_("title"), max_length=200, blank=True))
    file = models.FileField(_("file"), upload_to="materials/%Y/", blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=[("en", _("English")), ("mn", _("Mongolian"))], blank=True)
    visible_to = models.CharField(_("for"), max_length=12, choices=For, default=For.PARTICIPANTS)
    size = models.PositiveIntegerField(default=0, editable=False, help_text="Bytes of the file.")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(file="") & ~Q(link="")) | (~Q(file="") & Q(link="")),
                name="material_is_a_file_or_a_link",
                violation_error_message=_("Give a file or a link, one of the two."),
            ),
            models.CheckConstraint(
                condition=~Q(title_en="") | ~Q(title_mn=""),
                name="material_has_a_title",
                violation_error_message=_("Give the title in English or Mongolian."),
            ),
        ]

    def __str__(self):
        return self.title or self.title_en or self.title_mn

    @property
    def kind(self):
        """What sort of file it is, as a word of its ending: PDF."""
        return self.file.name.rpartition(".")[2].upper() if self.file else ""
