"""The library of pictures in the admin, and the pictures of a news item."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.widgets import Script
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from core.admin import RecordAdmin, RecordInline, both
from core.editing import GuardedAdmin
from office import files, picture_library, picture_views, renditions
from office.models import NewsPicture, Picture
from office.presence_admin import PresenceAdmin

# What the admin shows: crop and width of the rendition.
SEEN = {"small": ("card", 240), "large": ("whole", 640)}


def seen(picture, how):
    """An <img> for editors: they see it whatever its consent is, at an address of the admin."""
    found = picture.rendition(SEEN[how][0], picture_library.PLAIN, SEEN[how][1])
    if not found:
        return ""
    return format_html(
        '<img class="picture-{}" src="{}" width="{}" height="{}" alt="" loading="lazy">',
        how, _seen_at(picture.pk, how, found["name"]), str(found["width"]), str(found["height"]),
    )  # fmt: skip


def _seen_at(pk, how, name=""):
    """The name in it changes with the cut, so that a browser shows no old one."""
    return f"{reverse('admin:office_picture_seen', args=[pk, how])}?{name[:8]}"


class PictureFileInput(forms.FileInput):
    """The plain one: a file is only ever given, never cleared, so its label stands at the input itself."""

    use_fieldset = False


class PictureForm(forms.ModelForm):
    """A file is judged by what is in it. It is given once: words and consent belong to this very picture."""

    class Meta:
        widgets = {"file": PictureFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"})}

    def clean_file(self):
        self.read = renditions.clean(self.cleaned_data["file"])
        if before := Picture.objects.filter(digest=self.read.digest).first():
            raise ValidationError(_("This very picture is in the library already: %(picture)s"), code="twice", params={"picture": before})
        return self.cleaned_data["file"]

    def save(self, commit=True):
        if files.is_new(self.cleaned_data.get("file")):
            picture_library.take_in(self.instance, self.read)
        elif {"focus_x", "focus_y"} & set(self.changed_data):
            picture_library.cut_anew(self.instance)
        return super().save(commit)


class Shown(admin.SimpleListFilter):
    title = _("shown outside")
    parameter_name = "shown"

    def lookups(self, request, model_admin):
        return [("yes", _("may be shown")), ("soon", _("consent ends in 30 days")), ("no", _("shown nowhere"))]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(pk__in=Picture.objects.shown().values("pk"))
        if self.value() == "soon":
            return queryset.filter(pk__in=picture_library.expiring(30).order_by().values("pk"))
        if self.value() == "no":
            return queryset.exclude(pk__in=Picture.objects.shown().values("pk"))
        return queryset


@admin.register(Picture)
class PictureAdmin(PresenceAdmin, GuardedAdmin, RecordAdmin):
    form = PictureForm
    list_display = ["thumbnail", "__str__", "credit", "consent_state", "added_at"]
    list_display_links = ["__str__"]
    list_filter = [Shown, "consent", "added_at"]
    search_fields = ["alt_en", "alt_mn", "caption_en", "caption_mn", "credit", "place_en", "place_mn"]
    readonly_fields = ["state", "large", "facts"]
    fieldsets = [
        (None, {"fields": ["state", "file", "large", ("focus_x", "focus_y")]}),
        (_("In words"), {"fields": [both("alt"), both("caption"), ("credit", "licence")]}),
        (_("Where and when"), {"fields": [both("place"), ("taken_on", "precision")]}),
        (_("Consent"), {"fields": [("consent", "consent_until"), "consent_note"]}),
        (_("Known of it"), {"fields": ["facts"]}),
    ]

    class Media:
        js = [Script("js/focal_point.js", type="module")]

    def get_fieldsets(self, request, obj=None):
        """The file is given once; what is known of it and how it looks is shown from then on."""
        left_out = {"state", "facts"} if obj is None else {"file", *(() if obj.why_not_shown else ("state",))}
        said = [(name, {"fields": [field for field in more["fields"] if field not in left_out]}) for name, more in self.fieldsets]
        return [each for each in said if each[1]["fields"]]

    # Who may ---------------------------------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        """Who may not delete (writers, reviewers) changes a picture only until it is read with some item, by a reviewer or by
        the public: from then on its words would be public without anybody having read them."""
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or super().has_delete_permission(request, obj):
            return True
        return not picture_library.is_out(obj) and not picture_library.is_read(obj)

    # What is seen ----------------------------------------------------------------------------------------------

    @admin.display(description=_("as in lists"))
    def thumbnail(self, picture):
        return seen(picture, "small")

    @admin.display(description=_("shown outside"))
    def consent_state(self, picture):
        if picture.why_not_shown:
            return format_html('<strong class="picture-hidden">{}</strong>', _("shown nowhere"))
        if picture.consent == Picture.Consent.GIVEN and picture.consent_until:
            return format_html("{} {}", _("until"), admin.utils.display_for_value(picture.consent_until, ""))
        return _("may be shown")

    @admin.display(description=_("Attention"))
    def state(self, picture):
        return format_html('<strong class="picture-hidden">{}</strong>', picture.why_not_shown)

    @admin.display(description=_("as it is kept"))
    def large(self, picture):
        return render_to_string("admin/office/picture_focus.html", {"image": seen(picture, "large") if picture and picture.pk else "", "picture": picture})

    @admin.display(description=_("file"))
    def facts(self, picture):
        return render_to_string(
            "admin/office/picture_facts.html",
            {
                "picture": picture,
                "kind": {"jpg": "JPEG", "png": "PNG"}.get(picture.file.name.rpartition(".")[2], ""),
                "places": picture_library.where_used(picture),
            },
        )

    # Its pages -------------------------------------------------------------------------------------------------

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [path("<path:object_id>/seen/<slug:how>/", wrap(self.seen_view), name="office_picture_seen"), *super().get_urls()]

    def seen_view(self, request, object_id, how):
        """A rendition for editors, whatever the consent is."""
        picture = self.get_object(request, unquote(object_id))
        found = picture and how in SEEN and picture.rendition(SEEN[how][0], picture_library.PLAIN, SEEN[how][1])
        if not found:
            raise Http404
        if not self.has_view_or_change_permission(request, picture):
            raise PermissionDenied
        response = picture_views.handed_out(picture, found["name"])
        response["Cache-Control"] = "private, no-store"
        return response


class PictureSelect(forms.Select):
    """A choice from the library; each option knows the address at which it is seen, for the script that shows it."""

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        if value:
            option["attrs"]["data-seen"] = reverse("admin:office_picture_seen", args=[str(value), "small"])
        return option


class NewsPictureInline(RecordInline):
    model = NewsPicture
    fields = ["look", "picture", "order"]
    readonly_fields = ["look"]

    class Media:
        js = [Script("js/picture_choice.js", type="module")]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("picture")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **{**kwargs, "widget": PictureSelect()})
        if db_field.name == "picture":
            # One question for all rows of the form, and each choice says whether it is shown.
            field.choices = [("", "---------"), *((each.pk, _label(each)) for each in field.queryset)]
        return field

    @admin.display(description=_("as in lists"))
    def look(self, row):
        if not row.picture_id:
            return mark_safe('<span class="picture-look"></span>')  # noqa: S308
        return format_html('<span class="picture-look">{}</span>{}', seen(row.picture, "small"), _warning(row.picture))


def _label(picture):
    words = str(picture)
    words = words if len(words) <= 70 else f"{words[:69]}…"
    return f"{words} ({_('shown nowhere')})" if picture.why_not_shown else words


def _warning(picture):
    return format_html('<strong class="picture-hidden">{}</strong>', picture.why_not_shown) if picture.why_not_shown else ""
