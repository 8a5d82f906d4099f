"""The two languages of an item: which words are how old, and whether the Mongolian still says what the English says."""

from hashlib import md5

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, Func, OuterRef, Q, StringAgg, Subquery, TextField, Value
from django.db.models.functions import MD5, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.pages import LANGUAGES
from office import versions
from office.models import NewsItem, Page, Quote, Resource, SaidTheSame, WorkArea

# What has words in two languages that are compared, and whose rows belong to an item's words: (model, foreign key).
ITEMS = (NewsItem, Page, WorkArea, Resource)
PARTS = {NewsItem: [(Quote, "item")]}
BETWEEN = "\x1f"


def called_by(model):
    """The field whose words make an item exist in a language."""
    return getattr(model, "CALLED_BY", "title")


def _joined(names):
    return Func(Value(BETWEEN), *(F(f"{name}_{code}") for name in names for code in LANGUAGES), function="CONCAT_WS", output_field=TextField())


def _part_words(part, key):
    rows = part._base_manager.filter(**{key: OuterRef("pk")}).order_by().values(key)
    return Coalesce(Subquery(rows.annotate(all=StringAgg(_joined(part.WORDS), delimiter=Value(BETWEEN), order_by="pk")).values("all")), Value(""))


def words_digest(model):
    """An expression: the words of both languages as 32 letters; another word, another digest."""
    parts = [_part_words(part, key) for part, key in PARTS.get(model, [])]
    return MD5(Func(Value(BETWEEN), _joined(model.WORDS), *parts, function="CONCAT_WS", output_field=TextField()))


def digest_of(model, values, rows=()):
    """The same of words that no row holds yet: the columns' values, and those of the parts' rows by their keys."""
    own = BETWEEN.join(values.get(f"{name}_{code}") or "" for name in model.WORDS for code in LANGUAGES)
    parts = [
        BETWEEN.join(row.get(f"{name}_{code}") or "" for row in sorted(rows, key=lambda row: row["pk"]) for name in part.WORDS for code in LANGUAGES)
        for part, _key in PARTS.get(model, [])
    ]
    return md5(BETWEEN.join([own, *parts]).encode(), usedforsecurity=False).hexdigest()


def is_said(item, digest):
    return SaidTheSame.objects.filter(content_type=ContentType.objects.get_for_model(item), object_id=item.pk, digest=digest).exists()


def with_lag(queryset):
    """Items with `lags`: the Mongolian exists, is older than the English, and nobody found since that both say the same."""
    model = queryset.model
    said = SaidTheSame.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_id=OuterRef("pk"), digest=OuterRef("words_digest")
    )
    name = called_by(model)
    there = ~Q(**{f"{name}_en": ""}) & ~Q(**{f"{name}_mn": ""})
    return queryset.annotate(words_digest=words_digest(model), lags=Q(there & Q(changed_at_mn__lt=F("changed_at_en")) & ~Exists(said)))


def lags(item):
    """Whether the item's Mongolian, as its rows stand, is behind its English."""
    return with_lag(type(item)._base_manager.filter(pk=item.pk, changed_at_mn__lt=F("changed_at_en"))).filter(lags=True).exists()


@transaction.atomic
def say_the_same(item, *, by):
    """Says that both languages of the item's newest text mean the same, as after a typing mistake was mended in one.

    Refuses ("one_language") an item that does not exist in both. Said twice it is said once.
    """
    if not (by.edits_content and by.has_perm(f"office.change_{item._meta.model_name}")):
        raise PermissionDenied
    with _newest(item):
        row = with_lag(type(item)._base_manager.filter(pk=item.pk)).get()
    if not all(getattr(row, f"{called_by(type(item))}_{code}") for code in LANGUAGES):
        raise ValidationError(_("It exists in one language only: there is nothing to compare."), code="one_language")
    return SaidTheSame.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(item), object_id=item.pk, digest=row.words_digest,
        defaults={"at": timezone.now(), "by": by},
    )[0]


def _newest(item):
    """The rows as they will be once what waits is published, where something can wait."""
    return versions.as_it_will_be(item) if type(item) in versions.PARTS else transaction.atomic()
