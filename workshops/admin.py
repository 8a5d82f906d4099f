"""The admin of workshops: texts and records; seats and states are changed by the same acts as in the staff pages."""

import copy

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin import RecordAdmin, RecordInline, SlugForm, StackedRecordInline, both
from office.admin import MovingAdmin, NewsItemAdmin
from workshops import checklists, days, planning, registrations, seats
from workshops.forms import VERBS, UsualNumbersMixin
from workshops.models import Project, ProjectIndicator, Registration, State, StateChange, Workshop


class ProjectIndicatorInline(StackedRecordInline):
    model = ProjectIndicator
    fields = [both("name"), ("measure", "order"), ("baseline", "target", "typed_value")]
    extra = 0


@admin.register(Project)
class ProjectAdmin(RecordAdmin):
    inlines = [ProjectIndicatorInline]
    list_display = ["code", "name", "donor", "starts_on", "ends_on"]
    list_select_related = ["donor"]
    search_fields = ["code", "name_en", "name_mn"]
    fields = ["code", both("name"), "donor", ("starts_on", "ends_on"), "note"]


class WorkshopForm(UsualNumbersMixin, SlugForm):
    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if slug in planning.TAKEN_SLUGS:
            raise ValidationError(_("This word stands in an address of the staff pages already."), code="taken")
        return slug

    def clean_capacity(self):
        """Under the seats' lock, which lasts until the page's transaction has stored the number."""
        capacity = self.cleaned_data["capacity"]
        if self.instance.pk and "capacity" in self.changed_data:
            seats.check_capacity(seats.lock(self.instance), capacity)
        return capacity

    def clean(self):
        """Other dates must leave the days on which something hangs; tried out before anything is stored."""
        cleaned = super().clean()
        moved = [name for name in planning.WHEN if name in self.changed_data and name in cleaned]
        if self.instance.pk and moved and not self.errors:
            tried = copy.copy(self.instance)
            for name in moved:
                setattr(tried, name, cleaned[name])
            with transaction.atomic():
                days.settle(tried)
                transaction.set_rollback(True)
        return cleaned


@admin.register(Workshop)
class WorkshopAdmin(MovingAdmin):
    form = WorkshopForm
    list_display = ["__str__", "status", "visibility", "dates", "capacity", "workspace"]
    list_filter = ["status", "visibility", "kind", "work_areas", "starts_on"]
    search_fields = ["title_en", "title_mn", "summary_en", "summary_mn", "slug"]
    prepopulated_fields = {"slug": ["title_en"]}
    fieldsets = [
        (None, {"fields": [both("title"), ("slug", "kind"), ("status", "visibility"), both("summary"), both("description")]}),
        (
            _("When and where"),
            {"fields": [("starts_on", "ends_on"), ("precision", "duration_days"), both("date_note"), both("place"), both("venue"), "time_zone"]},
        ),
        (
            _("Places and deadlines"),
            {"fields": ["capacity", ("nomination_deadline", "answer_deadline"), ("release_on", "list_frozen_at"), ("offers_itself", "offer_hours")]},
        ),
        (_("What it is about and who pays"), {"fields": ["work_areas", "project", "funder", "report_due_on"]}),
        (
            _("Letters and documents"),
            {"fields": ["contact_name", ("contact_email", "contact_phone"), both("signatory"), ("attendance_required", "hours")]},
        ),
        (
            _("Workshops held before this portal"),
            {"fields": ["reported_participants", ("reported_women", "reported_men"), "source_url"], "classes": ["collapse"]},
        ),
        (_("Internal"), {"fields": ["note"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        """An editor writes the texts; dates, places and states are the organisers'. The status of a workshop that is there
        is led on in its workspace, by the moves that are possible."""
        if request.user.runs_workshops:
            return ["status"] if obj else []
        texts = {*both("title"), *both("summary"), *both("description"), "work_areas"}
        return [field.name for field in Workshop._meta.get_fields() if getattr(field, "editable", False) and field.name not in texts]

    def get_fieldsets(self, request, obj=None):
        """The note for colleagues who organise is not the editors'."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.runs_workshops else fieldsets[:-1]

    def get_prepopulated_fields(self, request, obj=None):
        return super().get_prepopulated_fields(request, obj) if request.user.runs_workshops else {}

    def save_model(self, request, workshop, form, change):
        """Other dates or another place have here what follows from them everywhere: see `planning.carry_through`."""
        before = planning.plan_of(workshop if not change else Workshop.objects.get(pk=workshop.pk))
        if not change:
            workshop.created_by = request.user
        super().save_model(request, workshop, form, change)
        written = planning.carry_through(workshop, before, by=request.user)
        if not change and workshop.is_open:
            checklists.begin(workshop, by=request.user)
        if written:
            text = ngettext("%(number)d letter about it waits to be read and sent.", "%(number)d letters about it wait to be read and sent.", len(written))
            self.message_user(request, text % {"number": len(written)}, messages.WARNING)

    def is_public(self, workshop):
        return workshop.visibility != Workshop.Visibility.INTERNAL and workshop.status != Workshop.Status.DRAFT

    @admin.display(description=_("Dates"), ordering="starts_on")
    def dates(self, workshop):
        return workshop.dates

    @admin.display(description=_("workspace"))
    def workspace(self, workshop):
        return format_html('<a href="{}">{}</a>', workshop.workspace_url, _("Seats and participants"))


class StateChangeInline(RecordInline):
    model = StateChange
    fields = readonly_fields = ["at", "from_state", "to_state", "via", "by", "reason", "override_reason"]
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")


class MoveForm(admin.helpers.ActionForm):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)


def leads_to(state, *, name):
    """The action that leads registrations to a state, by the act of the staff pages and under its name there."""

    @admin.action(description=VERBS[state], permissions=["change"])
    def act(model_admin, request, queryset):
        return model_admin.move(request, queryset, state)

    act.__name__ = name
    return act


@admin.register(Registration)
class RegistrationAdmin(RecordAdmin):
    """Shows registrations and moves them by the acts; nothing is registered or deleted here."""

    list_display = ["__str__", "workshop", "organisation", "role", "state", "over"]
    list_filter = ["state", "role", "over_seats", "workshop"]
    list_select_related = ["workshop", "organisation", "person"]
    search_fields = ["given_name", "patronymic", "given_name_latin", "patronymic_latin", "job_title"]
    action_form = MoveForm
    LEADS_TO = {
        "nominate": State.NOMINATED, "confirm": State.CONFIRMED, "invite": State.INVITED, "wait": State.WAITLISTED, "decline": State.DECLINED,
        "expire": State.EXPIRED, "withdraw": State.WITHDRAWN, "reject": State.REJECTED, "cancel": State.CANCELLED,
    }  # fmt: skip
    actions = [leads_to(state, name=name) for name, state in LEADS_TO.items()]
    inlines = [StateChangeInline]
    readonly_fields = ["workshop", "person", "state", "organisation", "role", "over_seats", "override_reason", "arrival", "waiting_rank", "replaces"]
    fields = [
        ("workshop", "person"),
        ("state", "role"),
        "organisation",
        ("given_name", "patronymic"),
        ("given_name_latin", "patronymic_latin"),
        ("job_title", "department", "rank"),
        ("is_alternate", "note"),
        ("over_seats", "override_reason"),
        ("arrival", "waiting_rank", "replaces"),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("over the seats"))
    def over(self, registration):
        return _("yes") if registration.over_seats else ""

    def move(self, request, queryset, to):
        """Moves those who are ticked, each judged by itself; what was refused is said of each, one sentence a person."""
        reason = request.POST.get("reason", "")
        done, refused = 0, 0
        for workshop in sorted({row.workshop_id for row in queryset}):
            result = registrations.move_many([row for row in queryset if row.workshop_id == workshop], to, by=request.user, reason=reason)
            done += len(result.done)
            refused += len(result.refused)
            for row, refusal in result.refused:
                self.message_user(request, f"{row}: {' '.join(refusal.messages)}", messages.ERROR)
        if done:
            self.message_user(
                request,
                ngettext("%(number)d registration changed.", "%(number)d registrations changed.", done) % {"number": done},
                messages.SUCCESS,
            )
        elif not refused:
            self.message_user(request, _("Nothing had to be changed."), messages.INFO)
        return redirect(request.get_full_path())


class WorkshopNewsInline(RecordInline):
    """Which workshops a news item tells about; the tie is kept on the workshop's side, and belongs to who writes the item."""

    model = Workshop.news.through
    verbose_name = _("workshop")
    verbose_name_plural = _("workshops")
    asked_once = ["workshop"]

    def _may(self, request, obj=None):
        return request.user.has_perm("office.change_newsitem")

    has_add_permission = has_change_permission = has_delete_permission = _may


class NewsOfWorkshopInline(RecordInline):
    """The same tie, seen from the workshop and only to be read there: it belongs to the item's text, which goes through the desk."""

    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_add_permission

    model = Workshop.news.through
    verbose_name = _("news item")
    verbose_name_plural = _("news")
    asked_once = ["newsitem"]


WorkshopAdmin.inlines = [NewsOfWorkshopInline]
NewsItemAdmin.inlines = [*NewsItemAdmin.inlines, WorkshopNewsInline]
