"""The editor's desk for what the office is, does and publishes."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin import RecordAdmin, RecordInline, SlugForm, StackedRecordInline, both
from core.editing import GuardedAdmin
from office import files, links_admin, redirects, versions  # noqa: F401  (links_admin registers redirects and checked links)
from office.desk_admin import DeskAdmin
from office.models import (
    ActionLink,
    ChangeNote,
    CompactObjective,
    Comparison,
    CountryOffice,
    Goal,
    Indicator,
    IndicatorPoint,
    NewsContact,
    NewsItem,
    Opportunity,
    OpportunityFile,
    Page,
    Quote,
    Resource,
    ResourceFile,
    Target,
    Version,
    WorkArea,
)
from office.picture_admin import NewsPictureInline
from office.presence_admin import PresenceAdmin
from office.proofreading_admin import ProofreadAdmin, RefusesWhatStops


@admin.display(description=_("public in"))
def public_in(record):
    return ", ".join(code.upper() for code in record.public_languages) or _("draft")


class PublicIn(admin.SimpleListFilter):
    title = _("public in")
    parameter_name = "public"

    def lookups(self, request, model_admin):
        return [("en", _("English")), ("mn", _("Mongolian")), ("none", _("no language"))]

    def queryset(self, request, queryset):
        published = queryset.model.objects.published
        if self.value() in {"en", "mn"}:
            return queryset.filter(pk__in=published(self.value()).values("pk"))
        if self.value() == "none":
            return queryset.exclude(pk__in=published("en").values("pk")).exclude(pk__in=published("mn").values("pk"))
        return queryset


class NamedSlugForm(SlugForm):
    slug_from = "name"


class OfficeAdmin(PresenceAdmin, GuardedAdmin, RecordAdmin):
    """For what the office publishes: each sees who else is at it, and nobody saves over another unseen."""

    def last_saved(self, record):
        """What goes through the desk is saved as versions; the rows of a public item are only lent to its form."""
        if type(record) not in versions.PARTS:
            return super().last_saved(record)
        return max(Version.objects.of(record).values_list("number", flat=True), default=0)

    def saved_since(self, record, last):
        if type(record) not in versions.PARTS:
            return super().saved_since(record, last)
        kept = Version.objects.of(record).filter(number__gt=last, saved_by__isnull=False).select_related("saved_by").defer("data")
        newest = {}
        for version in kept.order_by("-number"):
            newest.setdefault(str(version.saved_by), version.saved_at)
        return list(newest.items())


class MovingAdmin(OfficeAdmin):
    """For records with a page of their own: when the page of one that is public moves, its old address leads there."""

    def is_public(self, record):
        return bool(record.public_languages)

    def save_model(self, request, record, form, change):
        if change and "slug" in form.changed_data:
            before = type(record)._base_manager.get(pk=record.pk)
            if self.is_public(before):
                redirects.leave_behind(before.get_absolute_url(), record.get_absolute_url())
        super().save_model(request, record, form, change)

    def view_on_site(self, record):
        return record.get_absolute_url()


class QuoteInline(StackedRecordInline):
    model = Quote
    fields = [both("text"), both("speaker"), both("role"), "order"]


class NewsContactInline(RecordInline):
    model = NewsContact
    asked_once = ["contact"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("contact")


class ChangeNoteFormSet(BaseInlineFormSet):
    """A change is told to the readers of every language in which the item exists."""

    def clean(self):
        super().clean()
        for form in self.forms:
            if not form.has_changed() or not hasattr(form, "cleaned_data") or form.cleaned_data.get("DELETE"):
                continue
            for code, _language in settings.LANGUAGES:
                if getattr(self.instance, f"title_{code}") and not form.cleaned_data.get(f"text_{code}"):
                    form.add_error(f"text_{code}", _("The item exists in this language: say there too what was changed."))


class ChangeNoteInline(StackedRecordInline):
    model = ChangeNote
    formset = ChangeNoteFormSet
    fields = [("kind", "on"), both("text")]


@admin.register(NewsItem)
class NewsItemAdmin(ProofreadAdmin, DeskAdmin, MovingAdmin):
    form = SlugForm
    grouped = {"targets": "goal"}
    list_display = ["__str__", "kind", "published_on", public_in]
    list_filter = ["kind", PublicIn, "work_areas", "published_on"]
    search_fields = ["title_en", "title_mn", "lead_en", "lead_mn", "slug"]
    prepopulated_fields = {"slug": ["title_en"]}
    date_hierarchy = "published_on"
    inlines = [NewsPictureInline, QuoteInline, NewsContactInline, ChangeNoteInline]
    fieldsets = [
        (None, {"fields": [both("title"), "title_script", ("kind", "slug"), both("lead"), both("dateline"), both("body")]}),
        (_("Date"), {"fields": [("published_on", "precision"), both("date_note")]}),
        (_("What it is about"), {"fields": ["work_areas", "targets", "institutions", "funder"]}),
        (_("Source"), {"fields": ["source_title", "source_url"], "classes": ["collapse"]}),
    ]



class WorkAreaForm(RefusesWhatStops, NamedSlugForm):
    pass


@admin.register(WorkArea)
class WorkAreaAdmin(ProofreadAdmin, MovingAdmin):
    form = WorkAreaForm
    grouped = {"targets": "goal"}
    list_display = ["__str__", "slug", "order", "is_public"]
    list_filter = ["is_public"]
    list_editable = ["order"]
    search_fields = ["name_en", "name_mn", "summary_en", "summary_mn"]
    fieldsets = [
        (None, {"fields": [both("name"), ("slug", "icon"), ("order", "is_public"), both("summary"), both("body")]}),
        (_("What it serves"), {"fields": ["targets", "objectives"]}),
    ]

    def is_public(self, record):
        return record.is_public


@admin.register(Goal)
class GoalAdmin(OfficeAdmin):
    list_display = ["__str__", "colour"]
    fields = ["number", both("name"), "colour"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Target)
class TargetAdmin(OfficeAdmin):
    list_display = ["code", "goal", "__str__"]
    list_filter = ["goal"]
    list_select_related = ["goal"]
    search_fields = ["code", "text_en", "text_mn"]
    fields = [("goal", "code"), both("text")]


@admin.register(CompactObjective)
class CompactObjectiveAdmin(OfficeAdmin):
    search_fields = ["text_en", "text_mn"]
    fields = ["number", both("text")]


@admin.register(CountryOffice)
class CountryOfficeAdmin(OfficeAdmin):
    fieldsets = [
        (None, {"fields": [both("name"), both("organisation_name"), both("acronym"), both("opening")]}),
        (_("Figures"), {"fields": [("present_since", "member_states"), ("countries_present", "figures_as_of")]}),
        (_("How to reach it"), {"fields": [both("address"), ("phone", "email"), "website", both("hours")]}),
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not CountryOffice.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Page)
class PageAdmin(ProofreadAdmin, DeskAdmin, OfficeAdmin):
    list_display = ["__str__", "key", public_in]
    list_filter = [PublicIn]
    search_fields = ["title_en", "title_mn", "lead_en", "lead_mn"]
    fieldsets = [(None, {"fields": ["key", both("title"), both("lead"), both("body")]})]

    def view_on_site(self, record):
        return record.get_absolute_url()


@admin.register(ActionLink)
class ActionLinkAdmin(OfficeAdmin):
    form = SlugForm
    list_display = ["__str__", "kind", "order", "is_public"]
    list_filter = ["kind", "is_public"]
    search_fields = ["title_en", "title_mn"]
    prepopulated_fields = {"slug": ["title_en"]}
    fields = [both("title"), ("slug", "kind"), both("text"), ("url", "phone"), ("order", "is_public")]


class IndicatorPointInline(RecordInline):
    model = IndicatorPoint
    fields = ["order", *both("label"), *both("part"), "value", *both("note")]


class ComparisonInline(StackedRecordInline):
    model = Comparison
    fk_name = "indicator"
    fields = ["other", both("reason")]


@admin.register(Indicator)
class IndicatorAdmin(MovingAdmin):
    form = SlugForm
    prepopulated_fields = {"slug": ["title_en"]}
    list_display = ["__str__", "chart", "confidence", "is_public", "on_home_page", "order"]
    list_filter = ["chart", "confidence", "is_public"]
    search_fields = ["title_en", "title_mn"]
    inlines = [IndicatorPointInline, ComparisonInline]
    fieldsets = [
        (None, {"fields": [both("title"), "slug", both("unit"), ("chart", "order"), ("is_public", "on_home_page")]}),
        (_("Where it comes from"), {"fields": [both("source"), "source_url", ("period", "licence"), both("note")]}),
        (_("How far it can be trusted"), {"fields": ["confidence", "confidence_note"]}),
        (_("What it is about"), {"fields": ["work_areas"]}),
    ]


@dataclass
class KeptFile:
    """A kept file as its field shows it: no address of the storage leads to it, its own page does."""

    url: str
    words: str

    def __str__(self):
        return self.words


class KeptFileWidget(AdminFileWidget):
    def format_value(self, value):
        if not self.is_initial(value):
            return None
        return KeptFile(value.instance.get_absolute_url(), f"{value.instance.get_format_display()}, {filesizeformat(value.instance.size)}")


class ResourceFileForm(forms.ModelForm):
    """What is uploaded is judged by what is in it; format and size of a file that is kept here are found out."""

    class Meta:
        widgets = {"file": KeptFileWidget}

    def clean(self):
        cleaned = super().clean()
        file = cleaned.get("file")
        if file and not files.is_new(file):
            cleaned.update(format=self.initial.get("format"), size=self.initial.get("size"))
        if files.is_new(file):
            try:
                cleaned.update({name: value for name, value in files.found_out(file).items() if name in self.fields})
            except ValidationError as refusal:
                self.add_error("file", refusal)
        return cleaned

    def save(self, commit=True):
        if "file" in self.changed_data:
            before = type(self.instance).objects.filter(pk=self.instance.pk).first()
            files.describe(self.instance, replaced=before and before.file)
        return super().save(commit)


class ResourceFileInline(StackedRecordInline):
    model = ResourceFile
    form = ResourceFileForm
    fields = [("language", "format"), ("file", "url"), ("size", "pages", "order")]


class ResourceForm(RefusesWhatStops, SlugForm):
    pass


@admin.register(Resource)
class ResourceAdmin(ProofreadAdmin, MovingAdmin):
    form = ResourceForm
    list_display = ["__str__", "kind", "year", "publisher", "is_public"]
    list_filter = ["kind", "is_public"]
    search_fields = ["title_en", "title_mn", "publisher"]
    prepopulated_fields = {"slug": ["title_en"]}
    inlines = [ResourceFileInline]
    fieldsets = [
        (None, {"fields": [both("title"), ("slug", "kind"), both("summary"), ("order", "is_public")]}),
        (_("For citations"), {"fields": ["authors", ("publisher", "year"), ("isbn", "url")]}),
        (_("What it is about"), {"fields": [both("description"), "work_areas"]}),
    ]


class OpportunityFileInline(StackedRecordInline):
    model = OpportunityFile
    form = ResourceFileForm
    fields = [both("title"), ("file", "language", "order")]


class OpenNow(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", _("open")), ("coming", _("not open yet")), ("closed", _("closed"))]

    def queryset(self, request, queryset):
        now = timezone.now()
        chosen = {"open": {"opens_at__lte": now, "closes_at__gt": now}, "coming": {"opens_at__gt": now}, "closed": {"closes_at__lte": now}}
        return queryset.filter(**chosen.get(self.value(), {}))


@admin.display(description=_("state"))
def state_of(record):
    now = timezone.now()
    if not record.is_public:
        return _("hidden")
    return _("not open yet") if record.opens_at > now else _("open") if record.closes_at > now else _("closed")


@admin.register(Opportunity)
class OpportunityAdmin(MovingAdmin):
    form = SlugForm
    list_display = ["__str__", "kind", "reference", state_of, "closes_at", public_in]
    list_filter = ["kind", OpenNow, "is_public"]
    search_fields = ["title_en", "title_mn", "reference"]
    prepopulated_fields = {"slug": ["title_en"]}
    inlines = [OpportunityFileInline]
    fieldsets = [
        (None, {"fields": [both("title"), ("kind", "slug"), both("summary"), both("body")]}),
        (_("When"), {"fields": [("opens_at", "closes_at"), "is_public"]}),
        (_("Facts"), {"fields": [both("duty_station"), both("terms"), "reference"]}),
        (_("How to apply"), {"fields": [("apply_url", "apply_email"), both("how_to_apply")]}),
    ]
