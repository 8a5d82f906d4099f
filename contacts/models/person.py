"""People we know: names in two scripts, addresses that may be shared, positions over time."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from contacts.models.places import Level, Province
from core import names
from core.history import tracked


class Sex(models.TextChoices):
    FEMALE = "f", _("Female")
    MALE = "m", _("Male")
    UNKNOWN = "unknown", _("Not stated")


def only_for_somebody(*fields):
    """Triggers for a table that refers to people: no row comes under a record that was merged into another or made anonymous.

    It waits for a merge that is under way, so that nothing slips under a tombstone. A row that is there already may change.
    """
    return [
        pgtrigger.Trigger(
            name=f"{field}_stands_for_somebody",
            operation=pgtrigger.Insert | pgtrigger.UpdateOf(f"{field}_id"),
            when=pgtrigger.Before,
            declare=[("is_gone", "boolean")],
            func=f"""
                IF TG_OP = 'UPDATE' AND OLD.{field}_id IS NOT DISTINCT FROM NEW.{field}_id THEN RETURN NEW; END IF;
                SELECT merged_into_id IS NOT NULL OR anonymised_at IS NOT NULL INTO is_gone
                  FROM contacts_person WHERE id = NEW.{field}_id FOR KEY SHARE;
                IF is_gone THEN
                    RAISE EXCEPTION 'this record no longer stands for a person'
                          USING ERRCODE = 'check_violation', CONSTRAINT = 'person_stands_for_somebody';
                END IF;
                RETURN NEW;
            """,
        )
        for field in fields
    ]


class PersonQuerySet(models.QuerySet):
    def living(self):
        """Rows that stand for a person: no tombstone of a merge, not made anonymous."""
        return self.filter(merged_into=None, anonymised_at=None)


@tracked(exclude=["name_key", "patronymic_key", "sort_key", "search", "updated_at"])
class Person(models.Model):
    """A Mongolian has a given name and before it the father's (or mother's) name; there is no family name."""

    given_name = models.CharField(
        _("given name"), max_length=100, blank=True,
        help_text=_("In Cyrillic, as the person writes it."),
    )
    patronymic = models.CharField(
        _("father's or mother's name"), max_length=100, blank=True, help_text=_("In full where it is known, else the initial.")
    )
    clan_name = models.CharField(_("clan name"), max_length=100, blank=True, help_text=_("Rarely needed."))
    given_name_latin = models.CharField(
        _("given name in Latin"), max_length=100, blank=True, help_text=_("As in the passport; where empty it is romanised.")
    )
    patronymic_latin = models.CharField(
        _("father's or mother's name in Latin"), max_length=100, blank=True,
        help_text=_("As in the passport; where empty it is romanised."),
    )
    name_mong = models.CharField(
        _("name in the traditional script"), max_length=200, blank=True,
        help_text=_("Father's and given name in Mongolian script, for the certificate. Optional."),
    )
    sex = models.CharField(
        _("sex"), max_length=7, choices=Sex, default=Sex.UNKNOWN,
        help_text=_("For the donors' figures; leave it at “Not stated” where nobody has said."),
    )
    preferred_language = models.CharField(
        _("preferred language"), max_length=2, choices=[("en", _("English")), ("mn", _("Mongolian"))], default="mn",
        help_text=_("In this language the office writes to the person."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("For colleagues; the person may ask to read it."))
    merged_into = models.ForeignKey(
        "self", verbose_name=_("merged into"), on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="tombstones"
    )
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    # What follows is worked out from the above by contacts.people and only ever read.
    name_key = models.CharField(max_length=120, blank=True, editable=False, db_index=True)
    patronymic_key = models.CharField(max_length=120, blank=True, editable=False)
    sort_key = models.CharField(max_length=500, blank=True, editable=False, db_index=True)
    search = SearchVectorField(null=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_key", "pk"]
        indexes = [GinIndex(fields=["search"], name="person_search")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(given_name="") | ~Q(given_name_latin="") | Q(anonymised_at__isnull=False),
                name="person_has_a_name",
                violation_error_message=_("Give the given name in Cyrillic or in Latin."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="person_not_merged_into_self"
            ),
        ]

    def save(self, **options):
        from contacts import people

        people.set_keys(self)
        if options.get("update_fields") is not None:
            options["update_fields"] = {*options["update_fields"], "name_key", "patronymic_key", "sort_key"}
        super().save(**options)
        people.index(self)

    def __str__(self):
        return self.short_name

    def _names(self, language=None):
        """(given, father's) name for a language: Latin for English (romanised where none is known), Cyrillic else."""
        if (language or get_language()) == "mn":
            return self.given_name or self.given_name_latin, self.patronymic or self.patronymic_latin
        given = self.given_name_latin or names.romanise(self.given_name)
        return given, self.patronymic_latin or names.romanise(self.patronymic)

    @property
    def short_name(self):
        """Б. Батбаяр, or B. Batbayar, by the reader's language."""
        given, patronymic = self._names()
        return names.display(given, patronymic) or str(_("(name removed)"))

    @property
    def full_name(self):
        given, patronymic = self._names()
        return names.display(given, patronymic, initial=False) or str(_("(name removed)"))

    def full_name_in(self, language):
        given, patronymic = self._names(language)
        return names.display(given, patronymic, initial=False)


class PersonEmail(models.Model):
    """An address at which a person is reached; a ministry's shared mailbox may stand at several people."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="emails")
    address = models.EmailField(_("e-mail"), max_length=254, help_text=_("Letters go to the primary one."))
    is_shared = models.BooleanField(
        _("shared mailbox"), default=False,
        help_text=_("Several people read it, such as an office's mailbox."),
    )
    is_primary = models.BooleanField(_("primary"), default=True, help_text=_("The one that letters go to."))

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        triggers = only_for_somebody("person")
        constraints = [
            models.UniqueConstraint(
                Lower("address"),
                condition=Q(is_shared=False),
                name="personal_email_once",
                violation_error_message=_("Somebody else has this address. If it is an office mailbox, mark it as shared."),
            ),
            models.UniqueConstraint(
                F("person"),
                Lower("address"),
                name="email_once_per_person",
                violation_error_message=_("This person has this address already."),
            ),
        ]

    def __str__(self):
        return self.address


class PersonPhone(models.Model):
    """A number in E.164; offices share lines, so a number is never unique."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="phones")
    number = models.CharField(_("phone"), max_length=20, help_text=_("With country code, for example +97699112233."))

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        triggers = only_for_somebody("person")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "number"],
                name="phone_once_per_person",
                violation_error_message=_("This person has this number already."),
            ),
        ]

    def __str__(self):
        from core import phones

        return phones.display(self.number)


@tracked()
class Position(models.Model):
    """What somebody is at an organisation, and from when to when."""

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="positions")
    organisation = models.ForeignKey(
        "contacts.Organisation", verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="positions",
        help_text=_("Where the person works."),
    )
    title = TranslatedField(
        models.CharField(_("job title"), max_length=200, blank=True, help_text=_("As the institution calls the post."))
    )
    department = models.CharField(_("department"), max_length=200, blank=True, help_text=_("Department, division or unit."))
    rank = models.CharField(
        _("rank"), max_length=100, blank=True,
        help_text=_("Military or civil-service rank, where it is used."),
    )
    level = models.CharField(
        _("level"), max_length=10, choices=Level, blank=True, help_text=_("For the donors' figures. Empty: not stated.")
    )
    province = models.CharField(
        _("province"), max_length=3, choices=Province, blank=True,
        help_text=_("Where the person works. Empty: not stated."),
    )
    is_main = models.BooleanField(
        _("main position"), default=True,
        help_text=_("Registrations take over this position. One open position can be the main one."),
    )
    valid_from = models.DateField(_("from"), null=True, blank=True, help_text=_("Empty: not known."))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty: the person still holds it."))

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        triggers = only_for_somebody("person")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_main=True, valid_to=None),
                name="one_main_open_position",
                violation_error_message=_("This person has an open main position; end it first."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="position_ends_after_it_begins",
                violation_error_message=_("A position cannot end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.any_title}, {self.organisation}" if self.any_title else str(self.organisation)

    @property
    def any_title(self):
        """The job title in the reader's language, or the one that is known."""
        return self.title or self.title_mn or self.title_en


@tracked()
class NotDuplicate(models.Model):
    """Somebody looked at two similar people and found that they are two.

    It holds while the fingerprints of both are those of that day: see contacts.duplicates. An empty one holds no longer.
    """

    person_a = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    person_b = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reviewed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(default=timezone.now)
    fingerprint_a = models.CharField(max_length=32, blank=True, editable=False)
    fingerprint_b = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("pair of different people")
        verbose_name_plural = _("pairs of different people")
        triggers = only_for_somebody("person_a", "person_b")
        constraints = [
            models.UniqueConstraint(fields=["person_a", "person_b"], name="not_duplicate_once"),
            models.CheckConstraint(condition=Q(person_a__lt=F("person_b")), name="not_duplicate_in_order"),
        ]

    def __str__(self):
        return f"{self.person_a} ≠ {self.person_b}"
