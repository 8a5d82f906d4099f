"""A workshop, who pays for it, and how its places are shared among institutions."""

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from contacts.models import Organisation
from core import names
from core.dates import Precision, show, show_range
from core.history import tracked
from core.richtext import RichTextField
from office.models import NewsItem, WorkArea


@tracked()
class Project(models.Model):
    """A donor's project that pays for workshops."""

    code = models.CharField(
        _("code"), max_length=30, unique=True,
        help_text=_("As in IOM's project system, for example LM.0123."),
    )
    name = TranslatedField(
        models.CharField(_("name"), max_length=250, blank=True, help_text=_("As in the agreement with the donor."))
    )
    donor = models.ForeignKey(
        Organisation, verbose_name=_("donor"), on_delete=models.PROTECT, null=True, blank=True, related_name="projects",
        help_text=_("Who pays."),
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True, help_text=_("First day of the project."))
    ends_on = models.DateField(_("ends on"), null=True, blank=True, help_text=_("Last day of the project."))
    note = models.TextField(_("note"), blank=True, help_text=_("For colleagues; never shown to the public."))
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="project_ends_after_it_begins",
                violation_error_message=_("A project cannot end before it begins."),
            )
        ]

    def __str__(self):
        return f"{self.code} {self.name or self.name_en}".strip()


class WorkshopQuerySet(models.QuerySet):
    def public(self, language=None):
        """What a visitor sees in a language: public, past the draft, with a title in it."""
        language = language or get_language()
        return self.filter(visibility=Workshop.Visibility.PUBLIC).exclude(status=Workshop.Status.DRAFT).exclude(**{f"title_{language}": ""})

    def visible_to(self, user):
        """What a signed-in user may see in the staff pages."""
        return self if user.is_authenticated and user.works_at_the_desk else self.none()

    def upcoming(self, on=None):
        """Still to come or under way; one that was postponed is to come, whatever its old dates say."""
        on = on or timezone.localdate()
        return self.exclude(status__in=[Workshop.Status.COMPLETED, Workshop.Status.CANCELLED]).filter(
            Q(status=Workshop.Status.POSTPONED) | Q(starts_on=None) | ~self._over(on)
        )

    def past(self, on=None):
        """Held: a workshop that was cancelled or postponed did not take place."""
        on = on or timezone.localdate()
        return self.filter(Q(status=Workshop.Status.COMPLETED) | self._over(on)).exclude(
            status__in=[Workshop.Status.CANCELLED, Workshop.Status.POSTPONED]
        )

    @staticmethod
    def _over(on):
        """Ended before a day; known only to the month or the year, it is over when that is."""
        first = {Precision.DAY: on, Precision.MONTH: on.replace(day=1), Precision.YEAR: on.replace(month=1, day=1)}
        over = Q(pk=None)
        for precision, day in first.items():
            over |= Q(precision=precision, ends_on__lt=day) | Q(precision=precision, ends_on=None, starts_on__lt=day)
        return over


@tracked(exclude=["seats_held", "seats_over", "arrivals", "updated_at"])
class Workshop(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        NOMINATING = "nominating", _("Nominations open")
        CONFIRMED = "confirmed", _("Confirmed")
        RUNNING = "running", _("Running")
        COMPLETED = "completed", _("Completed")
        POSTPONED = "postponed", _("Postponed")
        CANCELLED = "cancelled", _("Cancelled")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public: on the site and in search")
        UNLISTED = "unlisted", _("Unlisted: only with the address")
        INTERNAL = "internal", _("Internal: staff only")

    class Kind(models.TextChoices):
        WORKSHOP = "workshop", pgettext_lazy("kind of workshop", "Workshop")
        TRAINING = "training", _("Training")
        SEMINAR = "seminar", _("Seminar")
        CONSULTATION = "consultation", _("Consultation")
        CONFERENCE = "conference", _("Conference")
        MEETING = "meeting", _("Meeting")

    slug = models.SlugField(_("slug"), max_length=120, unique=True, help_text=_("The last part of the page's address."))
    kind = models.CharField(
        _("kind"), max_length=15, choices=Kind, default=Kind.WORKSHOP,
        help_text=_("The word for it on the site."),
    )
    title = TranslatedField(
        models.CharField(
            _("title"), max_length=200, blank=True,
            help_text=_("Empty: the workshop does not exist in this language."),
        )
    )
    summary = TranslatedField(
        models.TextField(_("summary"), blank=True, help_text=_("One or two sentences for lists and search."))
    )
    description = TranslatedField(
        RichTextField(
            _("description"), blank=True,
            help_text=_("What it is about, for whom, what participants take home. Headings from the second level, lists, tables and links."),
        )
    )
    work_areas = models.ManyToManyField(
        WorkArea, verbose_name=_("work areas"), blank=True, related_name="workshops",
        help_text=_("On the pages of these areas the workshop is listed."),
    )
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.PROTECT, null=True, blank=True, related_name="workshops",
        help_text=_("The project that pays for it."),
    )
    funder = models.ForeignKey(
        Organisation, verbose_name=_("funder"), on_delete=models.PROTECT, null=True, blank=True, related_name="funded_workshops",
        help_text=_("Named on the workshop's page."),
    )
    news = models.ManyToManyField(NewsItem, verbose_name=_("news"), blank=True, related_name="workshops")
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT,
        help_text=_("A draft is seen by nobody outside; nominations are taken until the workshop is completed or cancelled."),
    )
    visibility = models.CharField(
        _("visibility"), max_length=10, choices=Visibility, default=Visibility.PUBLIC,
        help_text=_("Who can find its page. Names of participants are never shown."),
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True, help_text=_("First day. Empty: not fixed yet."))
    ends_on = models.DateField(_("ends on"), null=True, blank=True, help_text=_("Last day; the same as the first for one day."))
    precision = models.CharField(
        _("dates known"), max_length=5, choices=Precision, default=Precision.DAY,
        help_text=_("How exactly the dates are known; the rest is not shown."),
    )
    date_note = TranslatedField(
        models.CharField(
            _("note on the dates"), max_length=300, blank=True,
            help_text=_("Shown beside the dates, for example why they are not known."),
        )
    )
    duration_days = models.PositiveSmallIntegerField(
        _("length in days"), null=True, blank=True,
        help_text=_("Where the dates are not known to the day."),
    )
    place = TranslatedField(
        models.CharField(_("place"), max_length=100, blank=True, help_text=_("Town or province, for example Ulaanbaatar."))
    )
    venue = TranslatedField(models.CharField(_("venue"), max_length=200, blank=True, help_text=_("House and room.")))
    time_zone = models.CharField(
        _("time zone"),
        max_length=30,
        choices=[("Asia/Ulaanbaatar", "Asia/Ulaanbaatar"), ("Asia/Hovd", "Asia/Hovd")],
        default="Asia/Ulaanbaatar",
        help_text=_("Of the place; the western provinces have Hovd time."),
    )
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Empty where the number is not known, as for some past workshops."),
    )
    nomination_deadline = models.DateTimeField(
        _("nomination deadline"), null=True, blank=True, help_text=_("Nominations are accepted until this moment.")
    )
    answer_deadline = models.DateTimeField(
        _("answers until"), null=True, blank=True,
        help_text=_("Until this moment invited officials say whether they come. Empty: until the first day."),
    )
    release_on = models.DateField(
        _("unused seats released on"), null=True, blank=True,
        help_text=_("On this day guaranteed seats that are still unused become free for everybody. Empty: by hand."),
    )
    offers_itself = models.BooleanField(
        _("offers freed seats by itself"), default=False,
        help_text=_("Ticked: a freed seat is offered to the next in line at once. Else staff press the button."),
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("an offer holds for"), default=48, validators=[MinValueValidator(1)],
        help_text=_("Hours for which an offered seat is held; then it is free again."),
    )
    attendance_required = models.PositiveSmallIntegerField(
        _("attendance required"), default=80, validators=[MaxValueValidator(100)],
        help_text=_("Per cent of the days or sessions that one must have attended for a certificate."),
    )
    hours = models.DecimalField(
        _("hours of training"), max_digits=5, decimal_places=1, null=True, blank=True,
        help_text=_("Stated on the certificate. Empty: the certificate states the days."),
    )
    report_due_on = models.DateField(
        _("report due on"), null=True, blank=True, help_text=_("When the donor expects the report on this workshop.")
    )
    reported_at = models.DateTimeField(_("report sent"), null=True, blank=True, editable=False)
    contact_name = models.CharField(
        _("contact at the office"), max_length=150, blank=True, help_text=_("Who answers questions; stated in letters.")
    )
    contact_email = models.EmailField(_("contact's e-mail"), blank=True, help_text=_("Stated in letters; answers go there."))
    contact_phone = models.CharField(
        _("contact's phone"), max_length=40, blank=True, help_text=_("Stated in letters, as it stands here.")
    )
    signatory = TranslatedField(
        models.CharField(
            _("signed by"), max_length=200, blank=True,
            help_text=_("Name and office of who signs letters and certificates, for example Chief of Mission."),
        )
    )
    list_frozen_at = models.DateTimeField(
        _("list frozen from"), null=True, blank=True, help_text=_("From this moment no freed place is offered any more.")
    )
    reported_participants = models.PositiveIntegerField(
        _("participants, as reported"), null=True, blank=True,
        help_text=_("For workshops held before this portal; where registrations exist, they are counted."),
    )
    reported_women = models.PositiveIntegerField(
        _("of them women"), null=True, blank=True,
        help_text=_("For workshops held before this portal."),
    )
    reported_men = models.PositiveIntegerField(
        _("of them men"), null=True, blank=True,
        help_text=_("For workshops held before this portal."),
    )
    source_url = models.URLField(
        _("address of the source"), max_length=500, blank=True,
        help_text=_("Where a past workshop was reported."),
    )
    note = models.TextField(_("internal note"), blank=True, help_text=_("Never shown to the public."))
    # Calendars know a newer word from an older one by it: it rises with each change of date or place.
    ics_sequence = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    cloned_from = models.ForeignKey(
        "self", verbose_name=_("made after"), on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="clones"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    # Kept by the database (see the triggers of Registration); nothing else can write them.
    seats_held = models.PositiveIntegerField(db_default=0, default=0, editable=False)
    seats_over = models.PositiveIntegerField(db_default=0, default=0, editable=False)
    arrivals = models.PositiveIntegerField(db_default=0, default=0, editable=False)

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        ordering = [F("starts_on").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_en="") | ~Q(title_mn=""),
                name="workshop_has_a_title",
                violation_error_message=_("Give the title in English or Mongolian."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gte=1),
                name="workshop_has_places",
                violation_error_message=_("A workshop has at least one place."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(seats_held__lte=F("capacity") + F("seats_over")),
                name="no_more_seats_than_places",
                violation_error_message=_("More seats are held than that."),
            ),
            models.CheckConstraint(
                condition=Q(attendance_required__lte=100),
                name="attendance_required_in_per_cent",
                violation_error_message=_("Give per cent, 0 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="workshop_ends_after_it_begins",
                violation_error_message=_("A workshop cannot end before it begins."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="counters_are_the_databases",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    -- Written by other triggers only: a form saved from an old copy of the row cannot set them back.
                    IF pg_trigger_depth() < 2 THEN
                        NEW.seats_held := OLD.seats_held;
                        NEW.seats_over := OLD.seats_over;
                        NEW.arrivals := OLD.arrivals;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return self.title or self.title_en or self.title_mn

    def get_absolute_url(self):
        return reverse("workshops:detail", args=[self.slug])

    def contact_in(self, language):
        """Who answers questions, in the letters of a language; "" where nobody is named."""
        return names.romanise(self.contact_name) if language == "en" else self.contact_name

    @property
    def contact(self):
        """The same for the reader at hand."""
        return self.contact_in(get_language())

    @property
    def workspace_url(self):
        return reverse("staff:workshop", args=[self.slug])

    @property
    def dates(self):
        """The days as a phrase in the reader's language, no more exact than they are known."""
        if self.precision != Precision.DAY:
            return show(self.starts_on, self.precision)
        return show_range(self.starts_on, self.ends_on)

    @property
    def days(self):
        """Length in days, from the dates where both are known, else as stated; None where neither is."""
        if self.precision == Precision.DAY and self.starts_on and self.ends_on:
            return (self.ends_on - self.starts_on).days + 1
        return self.duration_days

    @property
    def seats_free(self):
        """Places that nobody holds; None where the number of places is not known."""
        return None if self.capacity is None else max(self.capacity - self.seats_held, 0)

    @property
    def is_open(self):
        """Whether officials can still be registered."""
        return self.status in {self.Status.DRAFT, self.Status.NOMINATING, self.Status.CONFIRMED, self.Status.RUNNING, self.Status.POSTPONED}

    @property
    def is_frozen(self):
        return bool(self.list_frozen_at and self.list_frozen_at <= timezone.now())


@tracked(exclude=["held", "held_over"])
class SeatAllocation(models.Model):
    """What an invited institution may send: seats kept for it, and the most that it may hold."""

    workshop = models.ForeignKey(Workshop, verbose_name=_("workshop"), on_delete=models.CASCADE, related_name="allocations")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="allocations"
    )
    guaranteed = models.PositiveIntegerField(
        _("guaranteed"), default=0,
        help_text=_("Seats kept free for this institution until they are used or released."),
    )
    maximum = models.PositiveIntegerField(
        _("maximum"), null=True, blank=True,
        help_text=_("Empty: no limit but the number of places."),
    )
    women_sought = models.PositiveIntegerField(_("women sought"), null=True, blank=True)
    released_at = models.DateTimeField(_("unused seats released"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    # Kept by the database.
    held = models.PositiveIntegerField(db_default=0, default=0, editable=False)
    held_over = models.PositiveIntegerField(db_default=0, default=0, editable=False)

    class Meta:
        verbose_name = _("institution's seats")
        verbose_name_plural = _("institutions' seats")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "organisation"],
                name="allocation_once",
                violation_error_message=_("This institution is invited already."),
            ),
            models.CheckConstraint(
                condition=Q(maximum=None) | Q(maximum__gte=F("guaranteed")),
                name="allocation_maximum_covers_guaranteed",
                violation_error_message=_("The maximum cannot be below the guaranteed seats."),
            ),
            models.CheckConstraint(
                condition=Q(maximum=None) | Q(held__lte=F("maximum") + F("held_over")),
                name="no_more_seats_than_the_maximum",
                violation_error_message=_("The institution holds more seats than that."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="allocation_counters",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF TG_OP = 'INSERT' OR NEW.organisation_id <> OLD.organisation_id OR NEW.workshop_id <> OLD.workshop_id THEN
                        SELECT count(*), count(*) FILTER (WHERE over_seats)
                          INTO NEW.held, NEW.held_over
                          FROM workshops_registration
                         WHERE workshop_id = NEW.workshop_id AND organisation_id = NEW.organisation_id
                           AND counts AND state IN ('invited', 'confirmed');
                    ELSIF pg_trigger_depth() < 2 THEN
                        NEW.held := OLD.held;
                        NEW.held_over := OLD.held_over;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.guaranteed}"

    @property
    def kept(self):
        """Guaranteed seats that are still kept free for this institution."""
        return 0 if self.released_at else max(self.guaranteed - self.held, 0)
