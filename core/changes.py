"""What was changed in a record, by whom and from what to what, told for people from the events that the database keeps."""

import difflib
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import formats, timezone
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from translated_fields.fields import show_language_code

from core.masking import masked_token_in
from core.richtext import RichTextField

VERBS = {
    "insert": gettext_lazy("added"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("deleted"),
}
# Texts longer than this are told by the words that changed.
SHORT = 80
# Words shown on each side of a change inside a long text.
AROUND = 6


IN_LANGUAGE = {"en": gettext_lazy("{}, English"), "mn": gettext_lazy("{}, Mongolian")}


def label_of(model_field):
    """What a field is called: "Title, Mongolian" where it is one language's column of a text."""
    with show_language_code(False):
        name = capfirst(str(model_field.verbose_name))
    language = getattr(model_field, "_translated_field_language_code", None)
    return str(IN_LANGUAGE[language]).format(name) if language else name


@dataclass
class Change:
    """One event. `parts` of a field are ("same" | "del" | "ins", text)."""

    at: datetime
    who: str
    what: str
    verb: str
    fields: list = field(default_factory=list)


def changes_of(record, hanging=(), limit=200, unsaid=()):
    """The latest changes of a record and of what hangs on it, newest first.

    `hanging`: (model, name of its foreign key to the record); models without history are passed over. `unsaid`: names of
    columns whose changes tell nobody anything. One query a model,
    one for the users, one for each model that a changed foreign key leads to.
    """
    events = list(_events(record._meta.model, "pgh_obj_id", record.pk, limit))
    for model, key in hanging:
        if hasattr(model, "pgh_event_models"):
            events += _events(model, f"{key}_id", record.pk, limit)
    _set_before(events, unsaid)
    events = [event for event in events if event["fields"] or event["pgh_label"] != "update"]
    events.sort(key=lambda event: (event["pgh_created_at"], event["pgh_id"]), reverse=True)
    del events[limit:]
    people = get_user_model().objects.in_bulk({event["user"] for event in events if event["user"]})
    names = _names_of_rows(events)
    return [_told(event, people, names) for event in events]


def _events(model, key, value, limit):
    event_model = model.pgh_event_model
    rows = event_model.objects.filter(**{key: value}).order_by("-pgh_id").annotate(context=models.F("pgh_context__metadata"))
    # Twice as many, so that most of those shown have the one before them at hand.
    for row in rows.values()[: 2 * limit]:
        context = row["context"] or {}
        yield {**row, "model": model, "user": context.get("user"), "by_link": masked_token_in(context.get("url", "")), "fields": []}


def _set_before(events, unsaid=()):
    """Sets each event's "fields": [(model field, before, after)] against the event of the same row before it."""
    before = {}
    for event in sorted(events, key=lambda event: (event["model"]._meta.label, event["pgh_obj_id"] or 0, event["pgh_id"])):
        row = (event["model"], event["pgh_obj_id"])
        last = before.get(row)
        if event["pgh_label"] == "update" and last is not None:
            for model_field in event["model"]._meta.concrete_fields:
                name = model_field.attname
                if name in event and name in last and event[name] != last[name] and name not in unsaid:
                    event["fields"].append((model_field, last[name], event[name]))
        before[row] = event


def _names_of_rows(events):
    """{model: {pk: row}} of the rows that changed foreign keys lead to; for one that is gone its number is shown."""
    wanted = {}
    for model_field, before, after in chain.from_iterable(event["fields"] for event in events):
        if model_field.remote_field:
            wanted.setdefault(model_field.related_model, set()).update({before, after} - {None})
    return {model: model._base_manager.in_bulk(keys) for model, keys in wanted.items()}


def _told(event, people, names):
    model = event["model"]
    user = people.get(event["user"])
    what = capfirst(str(model._meta.verbose_name))
    words = next((event[name] for name in _naming(model) if event.get(name)), "")
    return Change(
        at=event["pgh_created_at"],
        who=str(user) if user else _("whoever had the secret link") if event["by_link"] else _("the portal itself"),
        what=f"{what} «{_shortened(strip_tags(str(words)), 60)}»" if words else what,
        verb=VERBS.get(event["pgh_label"], event["pgh_label"]),
        fields=[
            (label_of(each), parts_of(old, new, rich=isinstance(each, RichTextField)))
            for each, before, after in event["fields"]
            # A form knows no microseconds: what reads the same is no change to a person.
            if (old := _shown(each, before, names)) != (new := _shown(each, after, names))
        ],
    )


def _naming(model):
    """Names of the columns that say what a row is, those in two languages first."""
    texts = [
        each
        for each in model._meta.concrete_fields
        if isinstance(each, (models.CharField, models.TextField)) and not isinstance(each, models.SlugField) and not each.choices
    ]
    texts.sort(key=lambda each: not hasattr(each, "_translated_field_language_code"))
    return [each.attname for each in texts]


def _shown(model_field, value, names):
    if value is None or value == "" or value == []:
        return ""
    if model_field.remote_field:
        return str(names[model_field.related_model].get(value, value))
    if model_field.choices:
        return str(dict(model_field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def parts_of(before, after, *, rich=False):
    """Two texts as [("same" | "del" | "ins", text)]: whole where they are short, by words where they are long. Of rich texts
    the tags are compared only where nothing else differs."""
    return _parts(*_readable(before, after)) if rich else _parts(before, after)


def _readable(before, after):
    """Both rich texts without their tags, unless a tag is all that differs."""
    plain = [" ".join(strip_tags(text.replace("<", " <")).split()) for text in (before, after)]
    return (before, after) if plain[0] == plain[1] else plain


def _parts(before, after):
    """Before and after as [("same" | "del" | "ins", text)], word by word where the texts are long."""
    if max(len(before), len(after)) <= SHORT:
        return [("del", before or "–"), ("ins", after or "–")]
    old, new = _words(before), _words(after)
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            same = old[a:b]
            first, last = a == 0, b == len(old)
            if len(same) > 2 * AROUND:
                head = [] if first else same[:AROUND]
                tail = [] if last else same[-AROUND:]
                same = [*head, "…", *tail]
            parts.append(("same", " ".join(same)))
            continue
        if a != b:
            parts.append(("del", " ".join(old[a:b])))
        if c != d:
            parts.append(("ins", " ".join(new[c:d])))
    return [(kind, _shortened(text, 1500)) for kind, text in parts]


def _words(html):
    """The words of a text; tags stand by themselves, so that a changed heading is seen."""
    return re.findall(r"<[^>]*>|[^\s<]+", html)


def _shortened(text, length):
    return text if len(text) <= length else text[: length - 1] + "…"
