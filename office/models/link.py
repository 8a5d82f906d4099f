"""What became of the links that stand in published texts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LinkCheckQuerySet(models.QuerySet):
    def broken(self):
        return self.filter(LinkCheck.BROKEN).order_by("failed_on", "address")

    def failing(self):
        """Failed lately, and not yet often enough to be called broken."""
        return self.exclude(problem="").exclude(LinkCheck.BROKEN)


class LinkCheck(models.Model):
    """One address that published texts lead to: how it answered, and on how many days in a row it did not.

    Made and forgotten by office.link_checks; people only read it.
    """

    class Problem(models.TextChoices):
        INSIDE = "inside", _("leads to nothing that the public can see here")
        STATUS = "status", _("is not there, or fails")
        NAME = "name", _("there is no site of this name")
        TIMEOUT = "timeout", _("gave no answer in time")
        TLS = "tls", _("has no valid certificate")
        CONNECTION = "connection", _("cannot be connected to")
        REDIRECTS = "redirects", _("leads on and on")
        PRIVATE = "private", _("leads into a private network and is not asked")
        ADDRESS = "address", _("cannot be read as an address")

    # What is known for certain needs no second look; everything else may be a bad day.
    CERTAIN = (Problem.INSIDE, Problem.PRIVATE, Problem.ADDRESS)
    STRIKES = 3
    BROKEN = Q(problem__in=CERTAIN) | Q(strikes__gte=STRIKES)

    address = models.CharField(_("address"), max_length=2000, unique=True)
    places = models.JSONField(_("where it stands"), default=list)
    strikes = models.PositiveSmallIntegerField(_("days on which it failed"), default=0)
    problem = models.CharField(_("problem"), max_length=10, choices=Problem, blank=True)
    status = models.PositiveSmallIntegerField(_("last answer"), null=True)
    leads_to = models.CharField(_("has moved to"), max_length=2000, blank=True)
    checked_at = models.DateTimeField(_("last checked"), null=True)
    failed_on = models.DateField(_("first failed"), null=True)
    struck_on = models.DateField(null=True)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("checked link")
        verbose_name_plural = _("broken links")
        ordering = ["address"]
        constraints = [
            models.CheckConstraint(condition=Q(problem="") & Q(strikes=0, failed_on=None) | ~Q(problem="") & Q(failed_on__isnull=False), name="link_check_failed_or_not")
        ]

    def __str__(self):
        return self.address

    @property
    def is_broken(self):
        return self.problem in self.CERTAIN or self.strikes >= self.STRIKES
