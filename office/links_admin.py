"""The admin of old addresses and of links that lead nowhere."""

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import FieldDoesNotExist
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin import RecordAdmin
from core.changes import label_of
from office import link_checks, redirects
from office.models import LinkCheck, Redirect

# A press of "Check again" waits so long; the worker does the rest.
PATIENCE = 10  # seconds


class RedirectForm(forms.ModelForm):
    def clean_old_path(self):
        return redirects.tidy(self.cleaned_data["old_path"])

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("old_path") and cleaned.get("new_path"):
            redirects.refuse_a_circle(cleaned["old_path"], cleaned["new_path"], leave_out=self.instance.pk)
        return cleaned


@admin.register(Redirect)
class RedirectAdmin(RecordAdmin):
    form = RedirectForm
    list_display = ["old_path", "new_path"]
    search_fields = ["old_path", "new_path"]


class Standing(admin.SimpleListFilter):
    title = _("how it stands")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [("failing", _("failed lately")), ("moved", _("moved for good")), ("all", _("all links"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [{**first, "display": _("broken")}, *others]

    def queryset(self, request, queryset):
        if self.value() == "failing":
            return queryset.failing()
        if self.value() == "moved":
            return queryset.exclude(leads_to="").filter(problem="")
        return queryset if self.value() == "all" else queryset.filter(LinkCheck.BROKEN)


@admin.register(LinkCheck)
class LinkCheckAdmin(admin.ModelAdmin):
    """To read, and to have checked again: the rows are made by the check."""

    list_display = ["link", "what", "strikes", "failed_on", "stands_in", "checked_at"]
    list_display_links = None
    list_filter = [Standing]
    search_fields = ["address"]
    fields = readonly_fields = ["address", "problem", "status", "leads_to", "strikes", "failed_on", "checked_at", "stands_in"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["check_again"]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": LinkCheck._meta.verbose_name_plural.capitalize(), **(extra_context or {})})

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_check_permission(self, request):
        return request.user.has_perm("office.change_linkcheck")

    @admin.display(description=_("address"), ordering="address")
    def link(self, row):
        return format_html('<a href="{}" rel="noreferrer">{}</a>', row.address, row.address)

    @admin.display(description=_("problem"), ordering="problem")
    def what(self, row):
        said = f"{row.get_problem_display()} ({row.status})" if row.problem and row.status else row.get_problem_display()
        moved = format_html("{}: {}", _("has moved to"), row.leads_to) if row.leads_to else ""
        return format_html("{}{}{}", said, " · " if said and moved else "", moved) or "–"

    @admin.display(description=_("where it stands"))
    def stands_in(self, row):
        return format_html_join("", "<div>{}</div>", [(_place(place),) for place in row.places])

    @admin.action(description=_("Check again"), permissions=["check"])
    def check_again(self, request, queryset):
        chosen = list(queryset.values_list("pk", flat=True))
        LinkCheck.objects.filter(pk__in=chosen).update(checked_at=None)
        done = link_checks.check(LinkCheck.objects.filter(pk__in=chosen), seconds=PATIENCE)
        messages.success(
            request,
            ngettext("%(checked)d link was checked, %(failed)d failed.", "%(checked)d links were checked, %(failed)d failed.", done.checked)
            % {"checked": done.checked, "failed": done.failed},
        )
        if done.offline:
            messages.warning(request, _("Nothing outside can be reached from here just now, so other sites were not asked."))
        elif left := len(chosen) - done.checked:
            messages.info(request, ngettext("%(left)d more is checked within the hour.", "%(left)d more are checked within the hour.", left) % {"left": left})


def _place(place):
    """A place with a link to its page in the admin."""
    try:
        model = apps.get_model(place["model"])
        words = f"{model._meta.verbose_name}, {label_of(model._meta.get_field(place['field']))}"
    except (LookupError, FieldDoesNotExist):
        return place["title"]
    try:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[place["pk"]])
    except NoReverseMatch:
        return f"{place['title']} ({words})"
    return format_html('<a href="{}">{}</a> ({})', address, place["title"], words)
