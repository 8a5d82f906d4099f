"""The versions of an item: its text as rows and as one JSON value, what waits to be published, and what differs.

An item that nobody outside sees yet holds its newest text in its own rows. Of one that is public, or will be at a moment
that is set, the rows are what the public reads; whatever is saved then waits as a version until it is published.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.changes import label_of, parts_of
from core.pages import LANGUAGES
from core.richtext import RichTextField
from office import redirects
from office.models import ChangeNote, NewsContact, NewsItem, NewsPicture, Page, Quote, Version

# Item → the rows that belong to its text; apps above add their own.
PARTS = {NewsItem: [Quote, NewsContact, ChangeNote, NewsPicture], Page: []}
# Columns that are no text: when it is public is decided by acts of its own.
NOT_TEXT = {"id", "is_demo", *(f"{name}_{code}" for name in ("publish_at", "unpublish_at", "changed_at") for code in LANGUAGES)}


class Undone(Exception):
    """Ends a look at what would be: nothing of it stays."""


# One value -----------------------------------------------------------------------------------------------------


def columns_of(model):
    """The columns of a model's row that are its text."""
    return [each for each in model._meta.concrete_fields if each.name not in NOT_TEXT and not each.primary_key]


def snapshot(item):
    """The item's text as it stands in the database: {"fields", "many", "parts"}, all of it plain JSON.

    A row keeps its number, so that a version that is written back is the same rows again. One query for the item, one for
    each tie to many and each kind of part.
    """
    item = type(item)._base_manager.get(pk=item.pk)
    return {
        "fields": _fields(item, columns_of(type(item))),
        "many": {
            tie.name: sorted(getattr(item, tie.name).values_list("pk", flat=True)) for tie in type(item)._meta.many_to_many if _is_text(tie)
        },
        "parts": {
            part._meta.model_name: [
                {"pk": row.pk, **_fields(row, _part_columns(part, type(item)))}
                for row in part._base_manager.filter(**{key_to(part, type(item)).name: item}).order_by("pk")
            ]
            for part in PARTS[type(item)]
        },
    }


def write_back(item, data, *, to_look=False):
    """Writes a version's text into the item's rows; its times are left alone. Ties to what has been deleted since are left out,
    and so are parts that are nothing without it.

    When the page of a public item moves, its old address leads there. Refuses ("slug_taken") an address that another item
    has taken meanwhile; who only wants `to_look` sees the item under its own.
    """
    model = type(item)
    before = model._base_manager.get(pk=item.pk)
    set_columns(item, columns_of(model), data["fields"])
    if hasattr(item, "slug") and model._base_manager.filter(slug=item.slug).exclude(pk=item.pk).exists():
        if not to_look:
            raise ValidationError(
                _("Another item has this address by now: choose another slug than “%(slug)s”."), code="slug_taken", params={"slug": item.slug}
            )
        item.slug = before.slug
    item.save()
    for name, keys in data["many"].items():
        tie = model._meta.get_field(name)
        getattr(item, name).set(tie.related_model._base_manager.filter(pk__in=keys))
    for part in PARTS[model]:
        if part._meta.model_name not in data["parts"]:
            continue  # the version is older than this kind of part
        key, rows = key_to(part, model).name, data["parts"][part._meta.model_name]
        part._base_manager.filter(**{key: item}).exclude(pk__in=[row["pk"] for row in rows]).delete()
        columns, there = _part_columns(part, model), part._base_manager.filter(**{key: item}).in_bulk()
        changed = [values for values in rows if values["pk"] not in there or _differs(there[values["pk"]], columns, values)]
        if part._meta.total_unique_constraints or part._meta.unique_together:
            # Two rows may have exchanged what only one of them can hold: both make room first.
            part._base_manager.filter(pk__in=[values["pk"] for values in changed]).delete()
        for values in changed:
            row = there.get(values["pk"]) or part(pk=values["pk"], **{key: item})
            set_columns(row, columns, values)
            if not any(each.remote_field and not each.null and getattr(row, each.attname) is None for each in columns):
                row.save()
    if is_out(before) and hasattr(before, "slug"):
        redirects.leave_behind(before.get_absolute_url(), item.get_absolute_url())
    return item


def _is_text(tie):
    return tie.remote_field.through._meta.auto_created


def key_to(part, model):
    """The foreign key by which rows of `part` belong to an item of `model`."""
    return next(each for each in part._meta.concrete_fields if each.related_model is model)


def _part_columns(part, model):
    return [each for each in columns_of(part) if each.related_model is not model]


def _fields(row, columns):
    return {each.attname: DjangoJSONEncoder().default(value) if _needs_words(value := getattr(row, each.attname)) else value for each in columns}


def _differs(row, columns, values):
    """Whether a row holds something else than a version says; what the version does not know does not count."""
    return any(name in values and values[name] != value for name, value in _fields(row, columns).items())


def _needs_words(value):
    return value is not None and not isinstance(value, (str, int, float, bool, list, dict))


def set_columns(row, columns, values):
    """Puts stored values into a row, unsaved. A column that the version does not know yet, since it is newer than the version, keeps what it holds."""
    for each in columns:
        if each.attname not in values:
            continue
        value = values[each.attname]
        if each.remote_field and value is not None and not each.related_model._base_manager.filter(pk=value).exists():
            value = None
        setattr(row, each.attname, value if each.remote_field else each.to_python(value))


# What waits ----------------------------------------------------------------------------------------------------


def is_out(item, *, at=None):
    """Whether somebody outside sees the item in some language, or will at a moment that is set already."""
    at = at or timezone.now()
    for code in LANGUAGES:
        begins, ends = getattr(item, f"publish_at_{code}"), getattr(item, f"unpublish_at_{code}")
        if begins and not (ends and ends <= at) and not (ends and ends <= begins):
            return True
    return False


def open_of(item):
    """The item's version that is on its way to the public, or None."""
    return Version.objects.of(item).open().first()


def waits(item):
    """The open version of an item whose rows the public reads already: what is not published yet. None where there is none."""
    return open_of(item) if is_out(item) else None


def not_in_rows(item):
    """The open version of an item whose rows may hold an older text, or None: what waits, and what still waited when the
    publication ended at a moment that had been set, for nobody brought it into the rows then."""
    return open_of(item) if any(getattr(item, f"publish_at_{code}") for code in LANGUAGES) else None


@contextmanager
def as_it_will_be(item):
    """Within, the item's rows hold what waits to be published; afterwards they are as before. Gives the version or None.

    Everything that reads those rows must be done within, a page be rendered.
    """
    try:
        with transaction.atomic():
            version = not_in_rows(item)
            if version is not None:
                write_back(item, version.data, to_look=True)
            yield version
            raise Undone
    except Undone:
        pass


def lock(item):
    """The item's row, held until the transaction ends: what is decided by its versions is decided by one after the other."""
    return type(item)._base_manager.select_for_update(of=("self",)).get(pk=item.pk)


@transaction.atomic
def keep(item, data, *, by, state=Version.State.WRITING):
    """Keeps a text as the item's newest version, which is open from now on. Returns it; where nothing differs from the open
    version, that one, and where nothing differs from what the public reads, None.

    An open version before it becomes an earlier one, and its authors stay authors: their words are not published yet.
    """
    item = lock(item)
    before = open_of(item)
    if before is not None and before.data == data:
        return before
    if before is None and is_out(item) and data == snapshot(item):
        return None
    last = Version.objects.of(item).first()
    authors = set(before.authors.all()) if before else set()
    if before:
        move_to(before, Version.State.EARLIER)
    now = timezone.now()
    version = Version.objects.create(
        content_type=ContentType.objects.get_for_model(item), object_id=item.pk, number=last.number + 1 if last else 1,
        state=state, data=data, saved_at=now, saved_by=by, since=now,
    )
    version.authors.set(authors | ({by} if by else set()))
    return version


def begin(item):
    """Whatever is known of the item is kept before it changes for the first time: what the public reads, or its first draft."""
    if Version.objects.of(item).exists():
        return
    data = snapshot(item)
    if not is_out(item):
        keep(item, data, by=None)
        return
    now = timezone.now()
    Version.objects.create(
        content_type=ContentType.objects.get_for_model(item), object_id=item.pk, number=1, state=Version.State.EARLIER,
        data=data, saved_at=now, since=now,
    )


def move_to(version, state, **more):
    """Puts a version into a state; whether that is allowed is for the acts to say. `more`: other columns that change with it."""
    version.state, version.since = state, timezone.now()
    for name, value in more.items():
        setattr(version, name, value)
    version.save(update_fields=["state", "since", *more])


# What differs --------------------------------------------------------------------------------------------------


@dataclass
class Difference:
    """A field whose words differ. `parts` are ("same" | "del" | "ins", text); `language` is a code or ""."""

    label: str
    language: str
    parts: list = field(default_factory=list)


def differences(model, before, after):
    """[Difference] between two versions' data of one kind of item, in the order of its fields; then what belongs to it."""
    found = _differing(columns_of(model), before["fields"], after["fields"])
    for name in {**before["many"], **after["many"]}:
        old, new = set(before["many"].get(name, [])), set(after["many"].get(name, []))
        if old != new:
            tie = model._meta.get_field(name)
            names = {row.pk: str(row) for row in tie.related_model._base_manager.filter(pk__in=old ^ new)}
            named = [("del", names.get(pk, str(pk))) for pk in sorted(old - new)] + [("ins", names.get(pk, str(pk))) for pk in sorted(new - old)]
            found.append(Difference(label_of(tie), "", named))
    for part in PARTS[model]:
        name, columns = part._meta.model_name, _part_columns(part, model)
        old, new = ({row["pk"]: row for row in side["parts"].get(name, [])} for side in (before, after))
        called = "" if part._meta.auto_created else f"{part._meta.verbose_name}: "
        for pk in [*old, *(pk for pk in new if pk not in old)]:
            for each in _differing(columns, old.get(pk, {}), new.get(pk, {})):
                found.append(Difference(capfirst(f"{called}{each.label}"), each.language, each.parts))
    return found


def _differing(columns, before, after):
    found = []
    for each in columns:
        old, new = before.get(each.attname), after.get(each.attname)
        if (old or "") == (new or ""):
            continue
        parts = parts_of(_words(each, old), _words(each, new), rich=isinstance(each, RichTextField))
        if parts:
            found.append(Difference(label_of(each), getattr(each, "_translated_field_language_code", ""), parts))
    return found


def _words(column, value):
    """A stored value as a person reads it."""
    if value in (None, ""):
        return ""
    if column.remote_field:
        return str(column.related_model._base_manager.filter(pk=value).first() or value)
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


