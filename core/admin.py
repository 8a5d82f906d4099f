"""What every record's admin page has here: both languages side by side, history from the database, safe look-ups."""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pghistory.models import Events
from translated_fields import TranslatedFieldAdmin

# An invalid pattern in one of these would reach PostgreSQL and end in an error page.
UNSAFE_LOOKUPS = {"regex", "iregex"}


def both(name):
    """A translated field's English and Mongolian columns as one row of a fieldset: ("title_en", "title_mn")."""
    return tuple(f"{name}_{code}" for code, _language in settings.LANGUAGES)


class RecordAdmin(TranslatedFieldAdmin, admin.ModelAdmin):
    save_on_top = True
    list_per_page = 50
    show_full_result_count = False
    object_history_template = "admin/record_history.html"

    def lookup_allowed(self, lookup, value, request=None):
        if UNSAFE_LOOKUPS & set(lookup.split("__")):
            return False
        return super().lookup_allowed(lookup, value, request)

    def history_view(self, request, object_id, extra_context=None):
        """Who changed what, from the events that the database keeps: bulk and raw writes are there too."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(record)s") % {"record": record},
            "opts": self.opts,
            "object": record,
            "changes": changes_of(record),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.object_history_template, context)


class RecordInline(TranslatedFieldAdmin, admin.TabularInline):
    extra = 0
    show_change_link = False


class StackedRecordInline(TranslatedFieldAdmin, admin.StackedInline):
    extra = 0


VERBS = {
    "insert": gettext_lazy("added"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("deleted"),
}


def changes_of(record, limit=200):
    """The latest events of a record and of what hangs on it, newest first.

    A list of {"at", "who", "what", "verb", "fields": [(label, before, after)]}; three queries.
    """
    events = list(Events.objects.references(record).order_by("-pgh_created_at")[:limit])
    ids = {event.pgh_context["user"] for event in events if event.pgh_context and event.pgh_context.get("user")}
    users = get_user_model().objects.in_bulk(ids)
    return [_change(event, users) for event in events]


def _change(event, users):
    from django.apps import apps

    model = apps.get_model(event.pgh_model).pgh_tracked_model
    who = users.get((event.pgh_context or {}).get("user"))
    fields = []
    for name, (before, after) in (event.pgh_diff or {}).items():
        try:
            label = capfirst(str(model._meta.get_field(name.removesuffix("_id")).verbose_name))
        except FieldDoesNotExist:
            label = name
        language = name.rpartition("_")[2]
        if language in dict(settings.LANGUAGES):
            label = f"{label} [{language}]"
        fields.append((label, _show(before), _show(after)))
    return {
        "at": event.pgh_created_at,
        "who": who or _("the system"),
        "what": capfirst(str(model._meta.verbose_name)),
        "verb": VERBS.get(event.pgh_label, event.pgh_label),
        "fields": fields,
    }


def _show(value):
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
