"""Lists of people as they were sent in, row by row, with what was read and what was decided."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.person import only_for_somebody


class Verdict(models.TextChoices):
    """What a row turned out to be when it was judged by itself."""

    NEW = "new", _("New")
    KNOWN = "known", _("Known")
    POSSIBLE = "possible", _("Possible duplicate")
    TO_MEND = "to_mend", _("To mend")
    REPEATED = "repeated", _("Repeated in the list")
    NO_PERSON = "no_person", _("No person")


class Decision(models.TextChoices):
    """What shall be done with a row; empty while somebody still has to say."""

    CREATE = "create", _("Add as a new person")
    MATCH = "match", _("Is the known person")
    SKIP = "skip", _("Leave out")


class ImportBatch(models.Model):
    """One list, pasted or uploaded. The file itself is not kept."""

    # The kind of source of a list that an institution's nominees make up.
    NOMINEES = "nominees"

    source_name = models.CharField(_("file or source"), max_length=200, blank=True)
    source_kind = models.CharField(max_length=10, default="text")
    # Digest of all cells that were kept: the same list sent twice has the same one.
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    # Column number (as text, from "0") → field of a nomination; "" leaves the column out.
    columns = models.JSONField(default=dict)
    header_row = models.PositiveIntegerField(null=True, blank=True, help_text="Row number of the headings in the file.")
    notes = models.JSONField(default=list)
    # What the person who sent the list says about its names: father's name, clan name, or "one column holds both".
    options = models.JSONField(default=dict)
    # Nobody where an institution's focal point sent it by a link of its own.
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        if self.source_kind == self.NOMINEES:
            return str(_("Names sent by an institution"))
        return self.source_name or str(_("Pasted list"))


class ImportRow(models.Model):
    """One row of a list: the cells as sent (registration numbers taken out), as read, and what became of it."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="Row number as the sender sees it in the file.")
    raw = models.JSONField(default=list)
    # Field → text, as read from the cells or as typed by staff afterwards.
    parsed = models.JSONField(default=dict)
    edited = models.BooleanField(default=False)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.NEW)
    decision = models.CharField(max_length=6, choices=Decision, blank=True)
    person = models.ForeignKey(
        "contacts.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )
    created_person = models.BooleanField(default=False)
    organisation = models.ForeignKey("contacts.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Lists of {"code", "field", "params"}: what is wrong, what the reader should know.
    errors = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    # What outlives a new reading: remarks on the file's cells, and what the commit added, so that undo can take it back.
    record = models.JSONField(default=dict)
    committed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number", "pk"]
        triggers = only_for_somebody("person")
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]

    def __str__(self):
        return f"{self.batch} {self.number}"
