"""The admin of whom we know."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contacts.models import Organisation, Person, PersonEmail, PersonPhone, Position, PressContact, Succession
from core.admin import RecordAdmin, RecordInline, SlugForm, StackedRecordInline, both


class SuccessionInline(RecordInline):
    model = Succession
    fk_name = "predecessor"
    verbose_name = _("successor")
    verbose_name_plural = _("successors")
    fields = ["successor", "relation", "on", "precision"]


class OrganisationForm(SlugForm):
    slug_from = "name"


@admin.register(Organisation)
class OrganisationAdmin(RecordAdmin):
    form = OrganisationForm
    list_display = ["__str__", "acronym_en", "acronym_mn", "kind", "valid_from", "valid_to"]
    list_filter = ["kind", ("valid_to", admin.EmptyFieldListFilter)]
    search_fields = ["name_en", "name_mn", "acronym_en", "acronym_mn", "also_known_as"]
    prepopulated_fields = {"slug": ["name_en"]}
    inlines = [SuccessionInline]
    fieldsets = [
        (None, {"fields": [both("name"), both("acronym"), ("slug", "kind"), "parent", "also_known_as", "website"]}),
        (_("Life"), {"fields": [("valid_from", "valid_from_precision"), ("valid_to", "valid_to_precision"), "note"]}),
    ]


class EmailInline(RecordInline):
    model = PersonEmail


class PhoneInline(RecordInline):
    model = PersonPhone


class PositionInline(StackedRecordInline):
    model = Position
    fields = ["organisation", both("title"), ("department", "rank"), ("is_main", "valid_from", "valid_to")]


@admin.register(Person)
class PersonAdmin(RecordAdmin):
    list_display = ["__str__", "sex", "preferred_language", "is_demo"]
    list_filter = ["sex", "preferred_language", "is_demo"]
    search_fields = ["given_name", "patronymic", "given_name_latin", "patronymic_latin", "emails__address"]
    inlines = [PositionInline, EmailInline, PhoneInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("given_name", "given_name_latin"),
                    ("patronymic", "patronymic_latin"),
                    "clan_name",
                    ("sex", "preferred_language"),
                    "note",
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(merged_into=None, anonymised_at=None)

    def save_related(self, request, form, formsets, change):
        """The search column knows e-mails and phones too."""
        super().save_related(request, form, formsets, change)
        form.instance.save()


@admin.register(PressContact)
class PressContactAdmin(RecordAdmin):
    list_display = ["name", "office_en", "email", "active_from", "active_to", "active"]
    search_fields = ["name", "office_en", "office_mn", "email"]
    fields = ["name", both("role"), both("office"), ("email", "phone"), "languages", ("active_from", "active_to"), "order"]

    @admin.display(description=_("active"), boolean=True)
    def active(self, contact):
        return contact.is_active
