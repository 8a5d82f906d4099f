"""The admin of old addresses and of links that lead nowhere."""

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import spreadsheets
from core.admin import RecordAdmin
from core.changes import label_of
from office import link_checks, old_addresses, redirects
from office.models import LinkCheck, Redirect
from office.old_addresses import Verdict

# A press of "Check again" waits so long; the worker does the rest.
PATIENCE = 10  # seconds
# Of a list of old addresses: good rows that are shown, and letters that a form can bring back.
SHOWN = 300
MOST_LETTERS = 1_000_000


class RedirectForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        old, new = cleaned.get("old_path"), cleaned.get("new_path")
        if old and new:
            redirects.refuse_a_circle(old, new, leave_out=self.instance.pk)
            cleaned["old_path"], cleaned["new_path"] = old_addresses.refuse_useless(old, new)
        return cleaned


class ImportForm(forms.Form):
    """A list of old addresses as pasted rows or as a file, never both."""

    text = forms.CharField(
        label=_("Paste the rows here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "vLargeTextField"}),
        help_text=_("Two columns: the old address and the new one, separated by a tab, a semicolon or a comma. A head such as “old, new” may stand above them."),
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv,text/plain"}),
        help_text=_("CSV, text or Excel (.xlsx), at most 5 MB and 5,000 rows. The file itself is not kept."),
    )

    def clean(self):
        """Reads the list, so that what cannot be read is said here and what was pasted stays."""
        data = super().clean()
        text, file = data.get("text") or "", data.get("file")
        self.lines = []
        if file and text.strip():
            raise ValidationError(_("There is both pasted text and a file. Take one of them away."), code="two_lists")
        if not file and not text.strip():
            if "file" not in self.errors:
                self.add_error("text", ValidationError(_("Paste some rows or choose a file."), code="no_list"))
            return data
        try:
            table = spreadsheets.read_upload(file.name, file.read(spreadsheets.MAX_BYTES + 1)) if file else spreadsheets.read_text(text)
            self.lines = old_addresses.lines_of(table)
            if len(as_rows(self.lines)) > MOST_LETTERS:
                raise ValidationError(_("The list is too long for one page. Split it and bring the parts one after another."), code="too_long")
        except ValidationError as refusal:
            self.add_error("file" if file else "text", refusal)
        return data


def as_rows(lines):
    """Lines as they are pasted."""
    return "\n".join(f"{' '.join(line.old.split())}\t{' '.join(line.new.split())}" for line in lines)


@admin.register(Redirect)
class RedirectAdmin(RecordAdmin):
    form = RedirectForm
    list_display = ["old_path", "new_path"]
    search_fields = ["old_path", "new_path"]
    change_list_template = "admin/office/redirect_change_list.html"

    def get_urls(self):
        return [path("import/", self.admin_site.admin_view(self.import_view), name="office_redirect_import"), *super().get_urls()]

    def import_view(self, request):
        """GET shows the form; a POST looks at a list, and only `act=keep` writes what was looked at."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        form, act, lines, status = ImportForm(request.POST or None, request.FILES or None), request.POST.get("act"), None, 200
        if request.method == "POST" and not form.is_valid():
            status = 422
        elif request.method == "POST":
            lines = form.lines
            if act == "keep":
                kept = old_addresses.keep(lines)
                messages.success(request, ngettext("%(kept)d old address leads on now.", "%(kept)d old addresses lead on now.", len(kept)) % {"kept": len(kept)})
                lines = [line for line in lines if line.verdict == Verdict.REFUSED]
                if not lines:
                    return HttpResponseRedirect(reverse("admin:office_redirect_changelist"))
            else:
                old_addresses.judge(lines)
            if act == "download":
                answer = HttpResponse(old_addresses.as_csv([line for line in lines if line.verdict == Verdict.REFUSED]), content_type="text/csv; charset=utf-8")
                answer["Content-Disposition"] = 'attachment; filename="refused.csv"'
                return answer
            form = ImportForm(initial={"text": as_rows(lines)})
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import old addresses"),
            "opts": self.opts,
            "form": form,
            "judged": lines is not None,
            "rows": as_rows(lines or []),
            "refused": [line for line in lines or [] if line.verdict == Verdict.REFUSED],
            "others": [line for line in lines or [] if line.verdict != Verdict.REFUSED][:SHOWN],
            "more": max(0, sum(line.verdict != Verdict.REFUSED for line in lines or []) - SHOWN),
            "good": sum(line.is_good for line in lines or []),
            "same": sum(line.verdict == Verdict.SAME for line in lines or []),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/office/redirect_import.html", context, status=status)


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

    class Media:
        css = {"all": ["css/links.css"]}

    list_display = ["link", "stands_in", "since"]
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
        said = f"{row.get_problem_display()} ({row.status})" if row.problem and row.status else row.get_problem_display()
        lines = [format_html('<a href="{}" rel="noreferrer">{}</a>', row.address, row.address), said, f"{_('has moved to')}: {row.leads_to}" if row.leads_to else ""]
        return format_html_join("", "<div>{}</div>", [(line,) for line in lines if line])

    @admin.display(description=_("first failed"), ordering="failed_on")
    def since(self, row):
        if not row.problem:
            return "–"
        days = ngettext("%(days)d day", "%(days)d days", row.strikes) % {"days": row.strikes}
        return format_html("<div>{}</div><div>{}</div>", date_format(row.failed_on, "DATE_FORMAT"), days)

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
        return link_checks.title_of(place)
    try:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[place["pk"]])
    except NoReverseMatch:
        return f"{link_checks.title_of(place)} ({words})"
    return format_html('<a href="{}">{}</a> ({})', address, link_checks.title_of(place), words)
