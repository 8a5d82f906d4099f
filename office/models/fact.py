"""What the office's own facts brought in, so that bringing them again never undoes an editor's work."""

from django.db import models


class LoadedFact(models.Model):
    """One row that came from the facts: what the facts said, and how the row stood afterwards.

    `stored` is compared with the row as it is now: where they differ, somebody has edited the row, and it is theirs.
    """

    sort = models.CharField(max_length=60, help_text="Label of the model, for example office.newsitem.")
    key = models.CharField(max_length=200, help_text="What names the row in the facts, for example its slug.")
    object_id = models.BigIntegerField()
    said = models.CharField(max_length=64, help_text="Fingerprint of what the facts said.")
    names = models.JSONField(default=list, help_text="Fields that the facts filled.")
    stored = models.CharField(max_length=64, help_text="Fingerprint of those fields as they were stored.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sort", "key"], name="loaded_fact_once")]

    def __str__(self):
        return f"{self.sort} {self.key}"
