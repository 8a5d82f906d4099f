"""Attendance: marks that are added and never altered, and the signed sheets."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workshops.models.plan import AgendaItem, WorkshopDay
from workshops.models.registration import Registration
from workshops.models.workshop import Workshop


class AttendanceMarkQuerySet(models.QuerySet):
    def standing(self):
        """Those that say something now: they take nothing back and were not taken back themselves."""
        return self.filter(voids=None, voided_by=None)


class AttendanceMark(models.Model):
    """That somebody was seen, or missed, or excused on a day or at a session. A correction is a further mark that voids it."""

    class Kind(models.TextChoices):
        PRESENT = "present", _("Present")
        ABSENT = "absent", _("Absent")
        EXCUSED = "excused", _("Excused")
        VOID = "void", _("Taken back")

    class Method(models.TextChoices):
        SCAN = "scan", _("badge")
        LIST = "list", _("list at the door")
        SHEET = "sheet", _("signed sheet")
        WALK_IN = "walk-in", _("came without a registration")

    client_uuid = models.UUIDField(unique=True)
    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="marks")
    # Nobody: a code was scanned that means nothing here; it is kept, not lost.
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, null=True, blank=True, related_name="marks")
    day = models.ForeignKey(WorkshopDay, on_delete=models.PROTECT, related_name="marks")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="marks")
    kind = models.CharField(max_length=8, choices=Kind)
    voids = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="voided_by")
    method = models.CharField(max_length=8, choices=Method, default=Method.LIST)
    # When it was seen by the clock of the device, and when it arrived here.
    device_time = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    # The first letters of an unknown code's digest: enough to see that two are the same one.
    unknown_code = models.CharField(max_length=12, blank=True)

    objects = AttendanceMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark of attendance")
        verbose_name_plural = _("marks of attendance")
        ordering = ["received_at", "pk"]
        indexes = [models.Index(fields=["workshop", "day", "registration"], name="marks_of_a_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="void", voids__isnull=False) | (~Q(kind="void") & Q(voids=None)), name="void_says_what_it_voids"
            ),
            models.CheckConstraint(condition=Q(registration__isnull=False) | ~Q(unknown_code=""), name="mark_is_somebodys_or_unknown"),
        ]
        triggers = [
            pgtrigger.Protect(name="marks_stay", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="marks_fit_together",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM workshops_workshopday WHERE id = NEW.day_id AND workshop_id = NEW.workshop_id)
                       OR (NEW.registration_id IS NOT NULL AND NOT EXISTS (
                           SELECT 1 FROM workshops_registration WHERE id = NEW.registration_id AND workshop_id = NEW.workshop_id))
                       OR (NEW.item_id IS NOT NULL AND NOT EXISTS (
                           SELECT 1 FROM workshops_agendaitem WHERE id = NEW.item_id AND day_id = NEW.day_id)) THEN
                        RAISE EXCEPTION 'a mark and its day, session and registration are of one workshop'
                              USING ERRCODE = 'check_violation', CONSTRAINT = 'mark_of_one_workshop';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="one_mark_stands",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__voids__isnull=True, new__registration__isnull=False),
                func="""
                    -- One at a time for each person: what another transaction adds is waited for, and then seen.
                    PERFORM 1 FROM workshops_registration WHERE id = NEW.registration_id FOR NO KEY UPDATE;
                    IF EXISTS (SELECT 1 FROM workshops_attendancemark AS mark
                                WHERE mark.registration_id = NEW.registration_id AND mark.day_id = NEW.day_id
                                  AND mark.item_id IS NOT DISTINCT FROM NEW.item_id AND mark.voids_id IS NULL
                                  AND NOT EXISTS (SELECT 1 FROM workshops_attendancemark AS taken WHERE taken.voids_id = mark.id)) THEN
                        RAISE EXCEPTION 'a mark of this person stands already for this day or session'
                              USING ERRCODE = 'unique_violation', CONSTRAINT = 'one_mark_stands';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"{self.registration or self.unknown_code}: {self.get_kind_display()}"


class SignedSheet(models.Model):
    """The scan of a signed sign-in sheet."""

    day = models.ForeignKey(WorkshopDay, on_delete=models.PROTECT, related_name="sheets")
    file = models.FileField(_("scan"), upload_to="sheets/%Y/")
    note = models.CharField(_("note"), max_length=200, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("signed sheet")
        verbose_name_plural = _("signed sheets")
        ordering = ["day__on", "pk"]

    def __str__(self):
        return f"{self.day}: {self.file.name}"
