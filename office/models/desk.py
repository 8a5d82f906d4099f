"""The editor's desk: every saved state of an item's text, and what was done and said on its way to the public."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.secrets import Secret, SecretQuerySet


class VersionQuerySet(models.QuerySet):
    def of(self, item):
        return self.filter(content_type=ContentType.objects.get_for_model(item), object_id=item.pk)

    def open(self):
        return self.filter(state__in=Version.OPEN)


class Version(models.Model):
    """An item's whole text as somebody saved it. Of an item one version at most is open (on its way to the public) and
    one at most is the published one; what a version says never changes."""

    class State(models.TextChoices):
        WRITING = "writing", _("being written")
        IN_REVIEW = "in-review", _("waiting for a reviewer")
        RETURNED = "returned", _("sent back to the writer")
        APPROVED = "approved", _("approved, waiting for publication")
        PUBLISHED = "published", _("published")
        EARLIER = "earlier", _("earlier")
        DROPPED = "dropped", _("dropped")

    OPEN = (State.WRITING, State.IN_REVIEW, State.RETURNED, State.APPROVED)

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    item = GenericForeignKey()
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WRITING)
    data = models.JSONField(encoder=DjangoJSONEncoder)
    saved_at = models.DateTimeField(_("saved"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Everybody whose words are in it and were not yet published when they wrote them.
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="versions_written")
    since = models.DateTimeField(_("in this state since"))
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True)
    # A press release: another person than its authors read it before it went out.
    needs_two = models.BooleanField(default=False)
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["content_type", "object_id"],
                condition=Q(state__in=["writing", "in-review", "returned", "approved"]), name="version_one_open",
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id"], condition=Q(state="published"), name="version_one_published"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False), name="version_approved_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_by__isnull=False, published_at__isnull=False),
                name="version_published_by_somebody",
            ),
            # The second person is none of the authors: that much the act holds; that there is one, the database does.
            models.CheckConstraint(
                condition=~Q(state="published", needs_two=True) | Q(second__isnull=False) & ~Q(second=models.F("saved_by")),
                name="version_read_by_two",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="version_says_the_same", fields=["content_type", "object_id", "number", "data", "saved_at", "saved_by"])]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.number}"

    @property
    def is_open(self):
        return self.state in self.OPEN


class Step(models.Model):
    """What somebody did or said about a version; never changed."""

    class Act(models.TextChoices):
        COMMENT = "comment", _("commented")
        SUBMIT = "submit", _("asked for a review")
        TAKE_BACK = "take-back", _("took it back")
        APPROVE = "approve", _("approved")
        SEND_BACK = "send-back", _("sent it back")
        PUBLISH = "publish", _("published")
        WITHDRAW = "withdraw", _("withdrew")
        RESTORE = "restore", _("restored")
        DROP = "drop", _("dropped the changes")

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField(_("what"), max_length=10, choices=Act)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    # The language that it was about, where it was about one, and the moment that was set for it.
    language = models.CharField(max_length=2, blank=True)
    moment = models.DateTimeField(null=True)
    text = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(act__in=["comment", "send-back"]) | ~Q(text=""), name="step_says_something"),
        ]
        triggers = [pgtrigger.Protect(name="step_stands", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.get_act_display()}: {self.text[:40]}"


class PreviewLinkQuerySet(SecretQuerySet):
    def of(self, item):
        return self.filter(content_type=ContentType.objects.get_for_model(item), object_id=item.pk)

    def live(self, *, at=None):
        """Those that still open something."""
        return self.filter(revoked_at=None, expires_at__gt=at or timezone.now())


class PreviewLink(Secret):
    """Lets whoever has the address read an item's newest text before it is public: for some days, and until it is revoked."""

    LASTS = timedelta(days=7)

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    item = GenericForeignKey()
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("ends"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=models.F("made_at") + timedelta(days=7)), name="preview_link_ends_in_seven_days"
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class Editing(models.Model):
    """Somebody has a record's page open: told to others who open it, and forgotten a minute after the page is gone."""

    FORGOTTEN_AFTER = timedelta(seconds=60)

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("page that is open")
        verbose_name_plural = _("pages that are open")
        constraints = [models.UniqueConstraint(fields=["content_type", "object_id", "user"], name="editing_once")]

    def __str__(self):
        return f"{self.user} {self.seen_at}"
