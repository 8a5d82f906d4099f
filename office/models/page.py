"""Standing pages, the office's own facts, what a visitor can do, and old addresses."""

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.history import tracked
from core.richtext import RichTextField
from office.dated_words import DATED, dated
from office.publishing import ListedQuerySet, Publishable

# What is written once in each language.
PAGE_WORDS = ("title", "lead", "body")


@tracked()
class CountryOffice(models.Model):
    """One row: who this office is."""

    name = TranslatedField(models.CharField(_("name of the office"), max_length=150, help_text=_("For example IOM Mongolia.")))
    organisation_name = TranslatedField(
        models.CharField(_("name of the organisation"), max_length=200, help_text=_("In full, as in the header of every page."))
    )
    acronym = TranslatedField(models.CharField(_("acronym"), max_length=20, blank=True, help_text=_("For example IOM.")))
    opening = TranslatedField(
        models.TextField(
            _("opening sentence"), blank=True,
            help_text=_("The first sentence of the home page: what the office does."),
        )
    )
    present_since = models.PositiveSmallIntegerField(
        _("present in the country since"), null=True, blank=True,
        help_text=_("The year in which the office was opened."),
    )
    member_states = models.PositiveSmallIntegerField(
        _("member states of IOM"), null=True, blank=True,
        help_text=_("As of the date below."),
    )
    countries_present = models.CharField(
        _("countries with an IOM presence"), max_length=40, blank=True,
        help_text=_("As of the date below, for example “over 100”."),
    )
    figures_as_of = models.CharField(
        _("figures as of"), max_length=40, blank=True,
        help_text=_("When the figures were true, for example 2026."),
    )
    address = TranslatedField(models.TextField(_("address"), blank=True, help_text=_("As on an envelope.")))
    phone = models.CharField(_("phone"), max_length=60, blank=True, help_text=_("With country code, as visitors should dial it."))
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("The office's own mailbox."))
    website = models.URLField(_("website"), blank=True, help_text=_("In full, with https://."))
    hours = TranslatedField(
        models.CharField(
            _("opening hours"), max_length=150, blank=True,
            help_text=_("For example Monday to Friday, 9:00 to 18:00."),
        )
    )

    class Meta:
        verbose_name = _("country office")
        verbose_name_plural = _("country office")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_country_office")]

    def save(self, **options):
        self.pk = 1
        super().save(**options)

    def __str__(self):
        return self.name or self.name_en


@tracked(exclude=DATED)
class Page(Publishable):
    """A standing page such as About; code knows some of them by their key."""

    class Key(models.TextChoices):
        ABOUT = "about", _("About")
        IOM_GLOBAL = "iom-global", _("IOM Global")
        OUR_WORK = "our-work", _("Our Work")
        DATA = "data-and-resources", _("Data and Resources")
        TAKE_ACTION = "take-action", _("Take Action")
        HELP = "help", _("Get help")
        REPORT = "report-misconduct", _("Report misconduct")
        AGENDA = "2030-agenda", _("2030 Agenda")
        CONTACTS = "contacts", _("Contacts")
        PRIVACY = "privacy", _("Privacy")
        ACCESSIBILITY = "accessibility", _("Accessibility")

    key = models.CharField(_("page"), max_length=30, choices=Key, unique=True, help_text=_("Which page of the site it is."))
    title = TranslatedField(
        models.CharField(_("title"), max_length=150, blank=True, help_text=_("Empty: the page does not exist in this language."))
    )
    lead = TranslatedField(models.TextField(_("lead"), blank=True, help_text=_("One or two sentences under the title.")))
    body = TranslatedField(
        RichTextField(
            _("text"), blank=True,
            help_text=_("Headings from the second level, lists, tables, quotations and links. Other formatting is taken out."),
        )
    )

    WORDS = PAGE_WORDS

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["key"]
        triggers = [dated(*PAGE_WORDS)]

    def __str__(self):
        return self.title or self.get_key_display()

    def get_absolute_url(self):
        named = {
            self.Key.ABOUT: "office:who_we_are_about",
            self.Key.IOM_GLOBAL: "office:iom_global",
            self.Key.OUR_WORK: "office:our_work",
            self.Key.DATA: "office:data_and_resources",
            self.Key.TAKE_ACTION: "office:take_action",
            self.Key.HELP: "office:help",
            self.Key.REPORT: "office:report_misconduct",
            self.Key.AGENDA: "office:agenda_2030",
            self.Key.CONTACTS: "office:contacts",
            self.Key.PRIVACY: "office:privacy",
            self.Key.ACCESSIBILITY: "office:accessibility",
        }
        return reverse(named[self.key])


@tracked()
class ActionLink(models.Model):
    """One thing that a visitor can do: call, report, apply, volunteer."""

    class Kind(models.TextChoices):
        HOTLINE = "hotline", _("Hotline for victims of trafficking")
        HELP = "help", _("Other emergency numbers")
        REPORT = "report", _("Report misconduct")
        WORK = "work", _("Work with us")
        SUPPLY = "supply", _("Tenders")
        VOLUNTEER = "volunteer", _("Volunteer")
        LEARN = "learn", _("Learn more")

    slug = models.SlugField(
        _("slug"), max_length=60, unique=True,
        help_text=_("Names the entry in addresses. Left empty it is made of the title."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, help_text=_("Under which heading it stands."))
    title = TranslatedField(models.CharField(_("title"), max_length=150, help_text=_("What the visitor can do, in a few words.")))
    text = TranslatedField(
        models.TextField(_("text"), blank=True, help_text=_("One or two sentences: for whom it is, what happens then."))
    )
    url = models.URLField(
        _("address"), max_length=500, blank=True,
        help_text=_("Where it leads, in full with https://. Empty where a phone number is enough."),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True, help_text=_("As visitors should dial it."))
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))
    is_public = models.BooleanField(_("public"), default=True, help_text=_("Untick to hide it without deleting it."))

    CALLED_BY = "title"
    objects = ListedQuerySet.as_manager()

    class Meta:
        verbose_name = _("way to take action")
        verbose_name_plural = _("ways to take action")
        ordering = ["order", "slug"]

    def __str__(self):
        return self.title or self.slug


@tracked()
class Redirect(models.Model):
    """An old address and where it leads now; asked only when nothing else answers."""

    old_path = models.CharField(
        _("old path"),
        max_length=400,
        unique=True,
        validators=[RegexValidator(r"^/[^?#]*$", _("A path begins with / and has no ? or #."))],
        help_text=_("For example /news/old-title, without the site's name and without a slash at the end."),
    )
    new_path = models.CharField(
        _("leads to"), max_length=400,
        help_text=_("A path without language, for example /news/new-title/; the visitor's language is put before it."),
    )

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["old_path"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(old_path=models.F("new_path")),
                name="redirect_elsewhere",
                violation_error_message=_("A redirect cannot lead to itself."),
            )
        ]
        triggers = [
            # One that leads to its own address with a slash or a language before it leads the visitor to the page there: that
            # is no circle. The lock keeps two halves of one from being written at the same time.
            pgtrigger.Trigger(
                name="redirects_end",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("at", "text"), ("next", "text := NEW.new_path"), ("start", "text"), ("steps", "integer := 0")],
                func=r"""
                    PERFORM pg_advisory_xact_lock(hashtext('office_redirect'));
                    start := regexp_replace(regexp_replace(NEW.old_path, '/+$', ''), '^/(en|mn)(?=/|$)', '');
                    LOOP
                        EXIT WHEN next ~ '^https?://';
                        at := regexp_replace(regexp_replace(next, '/+$', ''), '^/(en|mn)(?=/|$)', '');
                        IF at = start AND steps = 0 THEN
                            EXIT;
                        END IF;
                        IF at = start OR steps > 100 THEN
                            RAISE EXCEPTION 'The redirect from % leads in a circle.', NEW.old_path
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'redirects_end';
                        END IF;
                        SELECT new_path INTO next FROM office_redirect
                            WHERE old_path = CASE at WHEN '' THEN '/' ELSE at END AND id IS DISTINCT FROM NEW.id;
                        EXIT WHEN NOT FOUND;
                        steps := steps + 1;
                    END LOOP;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self):
        return f"{self.old_path} → {self.new_path}"


