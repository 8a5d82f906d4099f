"""Django's admin, signed in to by the same door as the staff pages."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.csp import CSP
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from core import richtext
from core.admin import SafeLookups
from iom_mongolia.of_others import AdminScriptWords
from office import front_page
from office.board_views import board_view

# The editor (Tiptap, in django-prose-editor 0.28.0) adds one <style> of its own; its hash is allowed here and nowhere else.
EDITOR_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"
# Bytes; static/js/admin_editor.js sends no more, and the browser reads a longer text by itself.
MOST_PASTED = 1_000_000
# Previews stand in frames on the desk.
ADMIN_CSP = {**settings.SECURE_CSP, "style-src": [CSP.SELF, EDITOR_STYLE], "frame-src": [CSP.SELF]}


# What people look for first stands first; what is not named here follows by name.
ORDER = ["office", "workshops", "contacts", "accounts"]
MODELS = {
    "office": ["NewsItem", "Page", "Picture", "WorkArea", "Resource", "Indicator", "Opportunity", "ActionLink", "CountryOffice", "Goal", "Target", "CompactObjective", "LinkCheck", "Redirect"],
    "workshops": ["Workshop", "Registration", "Project"],
    "contacts": ["PressContact", "Organisation", "Person"],
}


def _place(name, order):
    return (order.index(name), "") if name in order else (len(order), name)


class PortalAdminSite(admin.AdminSite):
    site_title = _("IOM Mongolia")
    site_header = _("IOM Mongolia: content and records")
    index_title = _("What the portal holds")
    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options):
        """Whatever is registered, packages' own models too, answers no look-up that breaks a query."""
        admin_class = admin_class or admin.ModelAdmin
        safe = type(admin_class.__name__, (SafeLookups, admin_class), {"__module__": admin_class.__module__})
        super().register(model_or_iterable, safe, **options)

    def admin_view(self, view, cacheable=False):
        return csp_override(ADMIN_CSP)(super().admin_view(view, cacheable))

    def get_urls(self):
        return [
            path("r/<path:content_type_id>/<path:object_id>/", self.admin_view(self.on_site)),
            path("office/board/", self.admin_view(board_view), name="board"),
            path("pasted/", self.admin_view(require_POST(self.pasted)), name="pasted"),
            *super().get_urls(),
        ]

    def pasted(self, request):
        """What a piece of HTML from the clipboard means, as it would be stored: the editor asks before it takes it in."""
        if len(request.body) > MOST_PASTED:
            return HttpResponse(status=413)
        return HttpResponse(richtext.clean(request.body.decode(errors="replace")), content_type="text/plain; charset=utf-8")

    def on_site(self, request, content_type_id, object_id):
        """To the page of a record that the admin holds; of a package's own tables there is none."""
        if not content_type_id.isdecimal() or len(content_type_id) > 9:
            raise Http404
        if get_object_or_404(ContentType, pk=content_type_id).model_class() not in self._registry:
            raise Http404
        return shortcut(request, content_type_id, object_id)

    def index(self, request, extra_context=None):
        """Who edits finds first what waits for them."""
        if request.user.edits_content:
            front = {"front": front_page.sections(request.user), "may_write_news": request.user.has_perm("office.add_newsitem"), "title": _("Your desk")}
            extra_context = {**front, **(extra_context or {})}
        return super().index(request, extra_context)

    def i18n_javascript(self, request, extra_context=None):
        return AdminScriptWords.as_view()(request)

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"], MODELS.get(app["app_label"], [])))
        return sorted(apps, key=lambda app: _place(app["app_label"], ORDER))

    def login(self, request, extra_context=None):
        """One sign-in for all, with its limits and its second factor."""
        if request.user.is_authenticated:
            return redirect("admin:index" if self.has_permission(request) else "staff:today")
        following = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': following})}")

    def logout(self, request, extra_context=None):
        return LogoutView.as_view(next_page="home")(request)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")
