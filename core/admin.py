"""What every record's admin page has here: both languages side by side, lists to tick, history from the database."""

from functools import cache

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import BoundField, CheckboxSelectMultiple, FileField, ModelForm, ModelMultipleChoiceField
from django.forms.models import BaseInlineFormSet, BaseModelFormSet, ModelChoiceIterator
from django.forms.widgets import Script
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from translated_fields import TranslatedFieldAdmin

from core import names, uses
from core.changes import changes_of, label_of

# A pattern that PostgreSQL cannot read would end in an error page.
UNSAFE_LOOKUPS = {"regex", "iregex"}
# From this length on a single line is too short to write in.
LONG_TEXT = 200


def both(name):
    """A translated field's English and Mongolian columns as one row of a fieldset: ("title_en", "title_mn")."""
    return tuple(f"{name}_{code}" for code, _language in settings.LANGUAGES)


class SafeLookups:
    """For every model admin of the site: a look-up in the address is refused (400) where it could break the query."""

    def lookup_allowed(self, lookup, value, request=None):
        return not UNSAFE_LOOKUPS & set(lookup.split("__")) and super().lookup_allowed(lookup, value, request)


class Checklist(CheckboxSelectMultiple):
    """Many choices as boxes to tick, in groups that open where there are groups."""

    template_name = "admin/widgets/checklist.html"

    def id_for_label(self, id_, index=None):
        """The list as a whole has an id, by which its help is found."""
        return super().id_for_label(id_, index) or id_

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["groups"] = [
            {"name": group, "options": options, "chosen": sum(option["selected"] for option in options)}
            for group, options, _index in context["widget"]["optgroups"]
        ]
        return context


class GroupedChoices(ModelChoiceIterator):
    """Choices under the name of the row that they belong to; the queryset is in the order of the groups."""

    def __iter__(self):
        group, choices = None, []
        for row in self.queryset:
            head = getattr(row, self.field.group_by)
            if head != group:
                if choices:
                    yield str(group), choices
                group, choices = head, []
            choices.append(self.choice(row))
        if choices:
            yield str(group), choices


class GroupedMultipleChoiceField(ModelMultipleChoiceField):
    iterator = GroupedChoices

    def __init__(self, *args, group_by, **kwargs):
        self.group_by = group_by
        super().__init__(*args, **kwargs)


class SlugForm(ModelForm):
    """A slug left empty is made of the English title, or of the Mongolian one romanised; `slug_from` names the field."""

    slug_from = "title"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self):
        cleaned = super().clean()
        if "slug" in self.fields and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = self._free_slug(cleaned)
        return cleaned

    def _free_slug(self, cleaned):
        english, mongolian = (cleaned.get(name) or "" for name in both(self.slug_from))
        longest = self._meta.model._meta.get_field("slug").max_length - 4
        wish = (slugify(english) or slugify(names.romanise(mongolian)) or self._meta.model._meta.model_name)[:longest].strip("-")
        taken = set(
            self._meta.model._base_manager.filter(slug__startswith=wish).exclude(pk=self.instance.pk).values_list("slug", flat=True)
        )
        return next(slug for slug in (wish, *(f"{wish}-{number}" for number in range(2, 1000))) if slug not in taken)


class BothLanguages(TranslatedFieldAdmin):
    """Form fields as an editor needs them; for records and for the rows inside them."""

    # Many-to-many field → the foreign key of its rows by which the choices are grouped.
    grouped = {}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if type(db_field) is models.CharField and not db_field.choices and db_field.max_length >= LONG_TEXT:
            kwargs.setdefault("widget", AdminTextareaWidget(attrs={"rows": 2}))
        elif type(db_field) is models.TextField:
            kwargs.setdefault("widget", AdminTextareaWidget(attrs={"rows": 4}))
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if form_field is None:
            return None
        # A default that is counted anew each time is sent hidden beside the field, described as no hidden field may be.
        form_field.show_hidden_initial = form_field.show_hidden_initial and not form_field.help_text
        if isinstance(form_field.widget, RelatedFieldWidgetWrapper):
            if isinstance(form_field.widget.widget, Checklist):
                # The window for adding a row cannot add a box to tick.
                form_field.widget = form_field.widget.widget
            else:
                form_field.widget.can_delete_related = False
        if isinstance(form_field, FileField):
            # It stands in a group with a legend, which names the group and not the input.
            form_field.widget.attrs.setdefault("aria-label", form_field.label)
        if language := getattr(db_field, "_translated_field_language_code", None):
            form_field.label = label_of(db_field)
            form_field.widget.attrs["lang"] = language
        return form_field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = Checklist()
        if group_by := self.grouped.get(db_field.name):
            kwargs["form_class"] = GroupedMultipleChoiceField
            kwargs["group_by"] = group_by
            kwargs["queryset"] = db_field.related_model._default_manager.select_related(group_by)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def _used(records):
    """{record: [Use]} of those that are used."""
    found = uses.uses_of_all(records)
    return {record: found[record.pk] for record in records if found[record.pk]}


def _places(groups):
    """The places where a record is used, by kind, as the admin's lists inside lists are written."""
    places = []
    for group in groups:
        name = f"{group.name} ({group.how.lower()})" if group.how.lower() != group.name.lower() else group.name
        if not group.uses:
            places.append(f"{name}: {group.number}")
            continue
        rows = [format_html('<a href="{}">{}</a>', use.address, use.row) for use in group.uses]
        places += [name, [*rows, f"+ {group.more}"] if group.more else rows]
    return places


class RecordAdmin(BothLanguages, admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False
    object_history_template = "admin/record_history.html"

    class Media:
        js = [Script("js/admin_editor.js", type="module")]

    def changelist_view(self, request, extra_context=None):
        """Headed by what it lists."""
        return super().changelist_view(request, {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})})

    def get_changelist_formset(self, request, **kwargs):
        return super().get_changelist_formset(request, **{"formset": NamedRows, **kwargs})

    def get_deleted_objects(self, objs, request):
        """What is used somewhere is not deleted: the places stand where Django names what it protects, for one and for many."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        objs = list(objs)
        found = {record: _places(uses.grouped(each, request)) for record, each in _used(objs).items()}
        if len(objs) == 1:
            places = [place for each in found.values() for place in each]
        else:
            places = [line for record, each in found.items() for line in (str(record), each)]
        return deleted, counts, lacking, places or protected

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """With the places where the record is used."""
        if obj is not None:
            context["where_used"] = uses.grouped(uses.uses_of(obj), request)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(self, request, object_id, extra_context=None):
        """Who changed what, from the events that the database keeps: bulk and raw writes are there too."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        # Only what this user may see on the record's page: an institution's history names no participant.
        hanging = [
            (inline.model, inline.get_formset(request, record).fk.name) for inline in self.get_inline_instances(request, record)
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(record)s") % {"record": record},
            "opts": self.opts,
            "object": record,
            "changes": changes_of(record, hanging),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.object_history_template, context)


class CellField(BoundField):
    """In a table the help stands once, in the head of the column; beside the input there is none that could describe it."""

    @property
    def aria_describedby(self):
        return f"{self.auto_id}_error" if self.auto_id and self.errors and not self.is_hidden else ""


class NamedInputs:
    """In a table the head names the columns for the eye; each input is named by itself for a screen reader."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            widget = getattr(field.widget, "widget", field.widget)
            if not widget.is_hidden:
                widget.attrs.setdefault("aria-label", field.label)
            field.bound_field_class = CellField


class NamedCells(NamedInputs, BaseInlineFormSet):
    pass


class NamedRows(NamedInputs, BaseModelFormSet):
    pass


class RecordInline(BothLanguages, admin.TabularInline):
    extra = 0
    show_change_link = False
    formset = NamedCells
    # Foreign keys whose choices are asked for once, and not again for each row of the form.
    asked_once = ()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        form_field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if form_field and db_field.name in self.asked_once:
            every = form_field.choices
            form_field.choices = cache(lambda: list(every))
        return form_field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A tie without a model of its own has no words of its own: its column is headed by what it leads to."""
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if form_field and self.model._meta.auto_created and db_field.remote_field:
            form_field.label = capfirst(db_field.related_model._meta.verbose_name)
        return form_field


class StackedRecordInline(BothLanguages, admin.StackedInline):
    extra = 0
