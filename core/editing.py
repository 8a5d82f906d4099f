"""Two people on one record: who saves second sees what the first one saved, and loses nothing of their own.

The change page carries, signed, what its form showed when it was opened. What is compared is what a browser would send
for the untouched form (texts, as typed), so that the fields of every kind are compared alike; nothing but what the form
shows leaves the database.
"""

import re
from dataclasses import dataclass

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.forms import CheckboxInput, FileField, HiddenInput, MultiWidget
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.changes import parts_of
from core.richtext import RichTextField

LOADED = "_loaded"
TAKE = "_take:"
SALT = "core.editing"


@dataclass
class Difference:
    """A field that the other one changed. `theirs` and `mine` are ("same" | "del" | "ins", text) against what was loaded;
    `mine` is empty where theirs was taken over; `key` is what a choice is sent by."""

    key: str
    label: str
    language: str
    theirs: list
    mine: list


# What a browser sends ------------------------------------------------------------------------------------------


def _widget(field):
    return getattr(field.widget, "widget", field.widget)


def typed(bound):
    """{name: [text]} that a browser sends for a field that nobody touched."""
    widget, value, name = _widget(bound.field), bound.value(), bound.html_name
    if isinstance(widget, MultiWidget):
        parts = widget.decompress(value)
        return {
            f"{name}{suffix}": _plain([part_widget.format_value(part)])
            for part_widget, suffix, part in zip(widget.widgets, widget.widgets_names, parts)
        }
    if isinstance(widget, CheckboxInput):
        return {name: ["on"] if widget.check_test(value) else []}
    value = widget.format_value(value)
    return {name: _plain(value if isinstance(value, (list, tuple)) else [value])}


def _plain(values):
    """Texts as they are compared: no empty ones, one kind of line end, no order among many."""
    return sorted(text for value in values if value is not None and (text := str(value).replace("\r\n", "\n").strip()))


def _shown(form):
    """The form's fields that are compared; of files nothing is sent that could overwrite another."""
    return [bound for bound in form if not isinstance(bound.field, FileField) and not isinstance(bound.field.widget, HiddenInput) and not bound.field.disabled and bound.name != "DELETE"]


def _cut(form):
    """{field: {end of its name: [text]}} of one form."""
    return {
        bound.name: {name[len(bound.html_name) :]: values for name, values in typed(bound).items()} for bound in _shown(form)
    }


def shown(form, formsets):
    """What a form and the rows inside the record show, as plain JSON."""
    return {
        "fields": _cut(form),
        "rows": {
            formset.prefix: {str(row.instance.pk): _cut(row) for row in formset.initial_forms} for formset in formsets
        },
    }


class Meeting:
    """What was loaded, what stands now and what was typed, brought together in the data that was sent."""

    def __init__(self, loaded, form, formsets, data, files):
        self.loaded, self.form, self.formsets = loaded, form, formsets
        self.data, self.files = data, files
        self.now = shown(form, formsets)
        self.conflicts, self.taken, self.rows = [], [], []

    @property
    def is_needed(self):
        return any(self.loaded[part] != self.now[part] for part in ("fields", "rows"))

    def merge(self):
        self._fields(self.form, "", self.loaded["fields"], self.now["fields"], lambda bound: bound.html_name)
        for formset in self.formsets:
            self._rows(formset)

    def _fields(self, form, row, loaded, now, name_of):
        for bound in _shown(form):
            before, theirs = loaded.get(bound.name, {}), now[bound.name]
            name = name_of(bound)
            mine = self._mine(bound, name, theirs)
            if before == theirs or mine == theirs:
                continue
            label = f"{row}: {bound.label}" if row else str(bound.label)
            difference = Difference(
                f"{TAKE}{name}", label, bound.field.widget.attrs.get("lang", ""), _parts(bound, before, theirs), []
            )
            if mine == before:
                _put(self.data, name, theirs)
                self.taken.append(difference)
            else:
                difference.mine = _parts(bound, before, mine)
                self.conflicts.append(difference)

    def _mine(self, bound, name, ends):
        widget = _widget(bound.field)
        if isinstance(widget, CheckboxInput):
            return {"": ["on"] if widget.value_from_datadict(self.data, self.files, name) else []}
        return {end: _plain(self.data.getlist(name + end)) for end in ends}

    def _rows(self, formset):
        """The rows as the form is to show them: those that stand, with mine kept and theirs added; then my new ones."""
        prefix, model = formset.prefix, formset.model
        loaded, now = self.loaded["rows"].get(prefix, {}), self.now["rows"][prefix]
        sent, first_new = self._sent(prefix)
        old, new = [], []
        for number, row in sent.items():
            pk = self.data.get(f"{prefix}-{number}-{model._meta.pk.name}", "")
            if number >= first_new or not pk:
                new.append(row)
            elif pk in now:
                old.append((pk, row))
            else:
                name = f"{capfirst(model._meta.verbose_name)} {_row_words(loaded.get(pk, {}))}".strip()
                if all(_plain(row[0].get(field + end, [])) == values for field, ends in loaded.get(pk, {}).items() for end, values in ends.items()):
                    self.rows.append(_("%(row)s: removed by them.") % {"row": name})
                else:
                    row[0].pop(model._meta.pk.name, None)
                    new.append(row)
                    self.rows.append(_("%(row)s: removed by them. Your changes to it stand below as a new row; remove it if it is not needed.") % {"row": name})
        have = {pk for pk, _row in old}
        forms = {str(form.instance.pk): form for form in formset.initial_forms}
        for pk, form in forms.items():
            if pk not in have:
                values = {name + end: texts for name, ends in now[pk].items() for end, texts in ends.items()}
                old.append((pk, ({model._meta.pk.name: [pk], formset.fk.name: [str(formset.instance.pk)], **values}, {})))
                if pk not in loaded:
                    self.rows.append(_("%(row)s: added by them.") % {"row": f"{capfirst(model._meta.verbose_name)} {_row_words(now[pk])}".strip()})
        self._write(prefix, [row for _pk, row in old], new)
        for number, (pk, (values, _files)) in enumerate(old):
            row = f"{capfirst(model._meta.verbose_name)} {number + 1}"
            if "DELETE" in values and pk in loaded and loaded[pk] != now[pk]:
                parts = [part for bound in _shown(forms[pk]) if loaded[pk].get(bound.name, {}) != now[pk][bound.name] for part in _parts(bound, loaded[pk].get(bound.name, {}), now[pk][bound.name])]
                self.conflicts.append(Difference(f"{TAKE}{prefix}-{number}-DELETE", row, "", parts, [("del", _("the row"))]))
            elif pk in have:
                self._fields(forms[pk], row, loaded.get(pk, {}), now[pk], lambda bound, number=number: f"{prefix}-{number}-{bound.name}")

    def _sent(self, prefix):
        """({number: (values, files)} of the rows that were sent, each by the end of its name; the number of the first new one)."""
        rows = {}
        for kind, source in enumerate((self.data, self.files)):
            for name in list(source):
                if found := re.fullmatch(rf"{re.escape(prefix)}-(\d{{1,4}})-(.+)", name):
                    rows.setdefault(int(found[1]), ({}, {}))[kind][found[2]] = source.getlist(name)
        first_new = self.data.get(f"{prefix}-INITIAL_FORMS", "0")
        return dict(sorted(rows.items())), int(first_new) if first_new.isdecimal() and len(first_new) < 6 else 0

    def _write(self, prefix, old, new):
        for source in (self.data, self.files):
            for name in list(source):
                if re.fullmatch(rf"{re.escape(prefix)}-\d{{1,4}}-.+", name):
                    del source[name]
        for number, row in enumerate([*old, *new]):
            for source, values in zip((self.data, self.files), row):
                for end, texts in values.items():
                    source.setlist(f"{prefix}-{number}-{end}", texts)
        self.data[f"{prefix}-INITIAL_FORMS"] = str(len(old))
        self.data[f"{prefix}-TOTAL_FORMS"] = str(len(old) + len(new))


def _row_words(fields):
    """What a row says, shortly."""
    texts = [text for ends in fields.values() for values in ends.values() for text in values if not text.isdecimal()]
    return f"«{texts[0][:60]}»" if texts else ""


def _put(data, name, ends):
    for end, values in ends.items():
        if values:
            data.setlist(name + end, values)
        else:
            data.pop(name + end, None)


def _parts(bound, before, after):
    rich = isinstance(getattr(bound.form, "_meta", None) and _column(bound), RichTextField)
    return parts_of(_words(bound, before), _words(bound, after), rich=rich)


def _column(bound):
    model = bound.form._meta.model
    return next((each for each in model._meta.fields if each.name == bound.name), None)


def _words(bound, ends):
    """What was chosen or typed, as a person reads it."""
    values = [value for texts in ends.values() for value in texts]
    if isinstance(_widget(bound.field), CheckboxInput):
        return _("yes") if values else _("no")
    if hasattr(bound.field, "queryset"):
        names = {str(row.pk): str(row) for row in bound.field.queryset.filter(pk__in=[value for value in values if value.isdecimal()])}
    else:
        names = {}
        for key, name in getattr(bound.field, "choices", ()):
            names |= {str(each): str(word) for each, word in name} if isinstance(name, (list, tuple)) else {str(key): str(name)}
    return ", ".join(names.get(value, value) for value in values)


# The change page -----------------------------------------------------------------------------------------------


class GuardedAdmin:
    """For a change page that nobody's work may get lost on; stands before ModelAdmin among the bases."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or request.method != "POST" or LOADED not in request.POST:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            # Whoever saves at the same moment waits here, and is compared with what stands then.
            self.model._base_manager.select_for_update(of=("self",)).filter(pk=self._key(object_id)).first()
            meeting = self._meeting(request, object_id)
            if meeting is None:
                return super().changeform_view(request, object_id, form_url, extra_context)
            request.meeting = meeting
            response = super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "meeting": meeting})
            response.status_code = 409
            return response.render() if hasattr(response, "render") else response

    def _key(self, object_id):
        try:
            return self.model._meta.pk.to_python(unquote(object_id))
        except ValidationError:
            return None

    def _meeting(self, request, object_id):
        """What is to be brought together, or None where nobody else has saved since the form was opened."""
        record = self.get_object(request, unquote(object_id))
        if record is None or not self.has_change_permission(request, record):
            return None
        form_class = self.get_form(request, record, change=True, fields=flatten_fieldsets(self.get_fieldsets(request, record)))
        form, formsets = form_class(instance=record), self._formsets(request, record)
        data = request.POST.copy()
        loaded = self._read(data[LOADED], record)
        if loaded is None:
            # Not ours, or of another record: whatever differs from what stands is asked about.
            loaded = {"fields": {}, "rows": {}, "last": None}
        self._choose(data, loaded)
        meeting = Meeting(loaded, form, formsets, data, request.FILES)
        if meeting.is_needed:
            meeting.merge()
            meeting.saved = self.saved_since(record, loaded["last"]) if loaded["last"] is not None else []
        request.POST = data
        return meeting if meeting.is_needed else None

    def _choose(self, data, loaded):
        """Where theirs was chosen, it takes the place of what was typed: what they saved is what this form was loaded with."""
        for key in [key for key in data if key.startswith(TAKE)]:
            choice, name = data.pop(key)[-1], key[len(TAKE) :]
            if choice != "theirs":
                continue
            if name in loaded["fields"]:
                _put(data, name, loaded["fields"][name])
                continue
            for prefix, rows in loaded["rows"].items():
                if found := re.fullmatch(rf"{re.escape(prefix)}-(\d{{1,4}})-(\w+)", name):
                    row = rows.get(data.get(f"{prefix}-{found[1]}-id", ""), {})
                    if found[2] == "DELETE":
                        data.pop(name, None)
                        for field, ends in row.items():
                            _put(data, f"{prefix}-{found[1]}-{field}", ends)
                    elif found[2] in row:
                        _put(data, name, row[found[2]])

    def _formsets(self, request, record):
        formsets, seen = [], {}
        for formset_class, inline in self.get_formsets_with_inlines(request, record):
            if not inline.has_view_or_change_permission(request, record):
                continue
            prefix = formset_class.get_default_prefix()
            seen[prefix] = seen.get(prefix, 0) + 1
            if seen[prefix] != 1:
                prefix = f"{prefix}-{seen[prefix]}"
            if inline.has_change_permission(request, record):
                formsets.append(formset_class(instance=record, prefix=prefix, queryset=inline.get_queryset(request)))
        return formsets

    def _read(self, stamp, record):
        try:
            loaded = signing.loads(stamp, salt=SALT)
        except signing.BadSignature:
            return None
        if loaded["of"] != f"{record._meta.label}:{record.pk}":
            return None
        return loaded

    def _stamp(self, record, content):
        return signing.dumps(
            {"of": f"{record._meta.label}:{record.pk}", "last": self.last_saved(record), **content}, salt=SALT, compress=True
        )

    def last_saved(self, record):
        """What `saved_since` counts from, as plain JSON: the newest event of each kind. Moments would not do, since a save
        is dated when it begins and seen when it ends."""
        return {events.model._meta.model_name: events.aggregate(last=Max("pgh_id"))["last"] or 0 for events in self._events(record)}

    def saved_since(self, record, last):
        """[(who, when)] of those who saved the record after what was the last save, newest first; one query a kind of row."""
        found = []
        for events in self._events(record):
            later = events.filter(pgh_id__gt=last.get(events.model._meta.model_name, 0))
            found += later.values_list("pgh_created_at", "pgh_context__metadata__user")
        people = get_user_model().objects.in_bulk({user for _moment, user in found if user})
        newest = {}
        for moment, user in sorted(found, key=lambda each: each[0], reverse=True):
            newest.setdefault(str(people[user]) if user in people else _("the portal itself"), moment)
        return list(newest.items())

    def _events(self, record):
        """The events of the record and of the rows inside it, where they are kept."""
        hanging = [(inline.model, inline.fk_name or _key_to(inline.model, self.model)) for inline in self.inlines]
        for model, where in [(self.model, {"pgh_obj_id": record.pk}), *((model, {f"{key}_id": record.pk}) for model, key in hanging)]:
            if hasattr(model, "pgh_event_model"):
                yield model.pgh_event_model.objects.filter(**where)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (Refused, form), {}) if getattr(request, "meeting", None) else form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.has_change_permission(request, obj):
            meeting = getattr(request, "meeting", None)
            if meeting is not None:
                context["loaded"] = self._stamp(obj, meeting.now)
            elif request.method == "POST":
                context["loaded"] = request.POST.get(LOADED, "")
            else:
                formsets = [
                    inline.formset for inline in context["inline_admin_formsets"] if inline.opts.has_change_permission(request, obj)
                ]
                context["loaded"] = self._stamp(obj, shown(context["adminform"].form, formsets))
        return super().render_change_form(request, context, add, change, form_url, obj)


def _key_to(model, parent):
    return next(each.name for each in model._meta.concrete_fields if each.related_model is parent)


class Refused:
    """A form that is shown again with what was typed, whatever it holds."""

    def clean(self):
        cleaned = super().clean()
        self.add_error(None, ValidationError(_("Somebody else saved this meanwhile. Nothing of yours is lost, and nothing is stored yet: look at both below, then save."), code="changed_meanwhile"))
        return cleaned
