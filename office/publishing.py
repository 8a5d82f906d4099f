"""When something is public: decided in SQL by time, for each language by itself."""

import re

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from office.dated_words import DatedWords

# What a draft leaves open stands in brackets after one of these, a language each.
FILL_IN = {"en": "fill in", "mn": "бөглөх"}
PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(FILL_IN.values())})\b[^\]\n]*\]", re.IGNORECASE)


def fill_in(language, what):
    """A placeholder for what somebody still has to write: "[fill in: quote]"."""
    return f"[{FILL_IN[language]}: {what}]"


def placeholders(*texts):
    """The placeholders that still stand in texts, in their order and each once."""
    return list(dict.fromkeys(found for text in texts for found in PLACEHOLDER.findall(text or "")))


def refuse_unfilled(*texts):
    """Refuses ("unfilled") to publish a text in which a placeholder still stands, and names it."""
    if found := placeholders(*texts):
        raise ValidationError(
            _("Before it is published, write what is missing: %(missing)s"), code="unfilled", params={"missing": ", ".join(found)}
        )


class PublishedQuerySet(models.QuerySet):
    def published(self, language=None, *, at=None):
        """What a visitor sees in a language at a moment: it has a title in it and its time has come and not gone."""
        language = language or get_language()
        at = at or timezone.now()
        return self.filter(
            Q(**{f"publish_at_{language}__lte": at}),
            Q(**{f"unpublish_at_{language}": None}) | Q(**{f"unpublish_at_{language}__gt": at}),
        ).exclude(**{f"title_{language}": ""})


class ListedQuerySet(models.QuerySet):
    """Rows that an editor lists or hides; one without its name in a language does not exist in that language."""

    def public(self, language=None):
        language = language or get_language()
        return self.filter(is_public=True).exclude(**{f"{self.model.CALLED_BY}_{language}": ""})


class Publishable(DatedWords):
    """A title and the times from and until which each language is public."""

    publish_at = TranslatedField(
        models.DateTimeField(
            _("public from"), null=True, blank=True, help_text=_("Ulaanbaatar time. Empty: a draft, seen by nobody outside.")
        )
    )
    unpublish_at = TranslatedField(
        models.DateTimeField(_("public until"), null=True, blank=True, help_text=_("Empty: no end."))
    )

    # What was saved of it goes with it.
    versions = GenericRelation("office.Version")
    preview_links = GenericRelation("office.PreviewLink")

    objects = PublishedQuerySet.as_manager()

    class Meta:
        abstract = True

    def is_published(self, language=None, *, at=None):
        language = language or get_language()
        at = at or timezone.now()
        begins = getattr(self, f"publish_at_{language}")
        ends = getattr(self, f"unpublish_at_{language}")
        return bool(getattr(self, f"title_{language}")) and bool(begins and begins <= at) and not (ends and ends <= at)

    @property
    def public_languages(self):
        """Codes of the languages in which this is public now."""
        return [code for code, _name in settings.LANGUAGES if self.is_published(code)]
