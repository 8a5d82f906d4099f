"""Contacts for the press; one whose time is over never shows as today's."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.history import tracked


class PressContactQuerySet(models.QuerySet):
    def active(self, on=None):
        on = on or timezone.localdate()
        return self.filter(
            Q(active_from=None) | Q(active_from__lte=on), Q(active_to=None) | Q(active_to__gte=on)
        )


@tracked()
class PressContact(models.Model):
    name = models.CharField(_("name"), max_length=150, help_text=_("A person or a desk, for example “Press office”."))
    role = TranslatedField(
        models.CharField(_("role"), max_length=150, blank=True, help_text=_("For example Media and communications officer."))
    )
    office = TranslatedField(
        models.CharField(_("office"), max_length=150, blank=True, help_text=_("For example IOM Mongolia or IOM headquarters."))
    )
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Shown to the press as it stands here."))
    phone = models.CharField(
        _("phone"), max_length=40, blank=True,
        help_text=_("Shown to the press as it stands here, with country code."),
    )
    languages = models.CharField(
        _("languages spoken"), max_length=100, blank=True,
        help_text=_("In which the press can speak with this contact, separated by commas."),
    )
    active_from = models.DateField(
        _("active from"), null=True, blank=True,
        help_text=_("Before this day the contact is not shown. Empty: always."),
    )
    active_to = models.DateField(
        _("active until"), null=True, blank=True, help_text=_("After this day the address is no longer shown anywhere.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Lower numbers stand first."))
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    objects = PressContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("press contact")
        verbose_name_plural = _("press contacts")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(active_from=None) | Q(active_to=None) | Q(active_to__gte=F("active_from")),
                name="press_contact_ends_after_it_begins",
                violation_error_message=_("A contact cannot end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.office}" if self.office else self.name

    @property
    def is_active(self):
        today = timezone.localdate()
        return not (self.active_to and self.active_to < today) and not (self.active_from and self.active_from > today)
