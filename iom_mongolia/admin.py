"""Django's admin, signed in to by the same door as the staff pages."""

from django.conf import settings
from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override

# The editor (Tiptap, in django-prose-editor 0.28.0) adds one <style> of its own; its hash is allowed here and nowhere else.
EDITOR_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"
ADMIN_CSP = {**settings.SECURE_CSP, "style-src": [CSP.SELF, EDITOR_STYLE]}


class PortalAdminSite(admin.AdminSite):
    site_title = _("IOM Mongolia")
    site_header = _("IOM Mongolia: content and records")
    index_title = _("What the portal holds")
    enable_nav_sidebar = False

    def admin_view(self, view, cacheable=False):
        return csp_override(ADMIN_CSP)(super().admin_view(view, cacheable))

    def login(self, request, extra_context=None):
        """One sign-in for all, with its limits and its second factor."""
        if request.user.is_authenticated:
            return redirect("admin:index" if self.has_permission(request) else "staff:today")
        following = request.GET.get("next") or request.get_full_path()
        return redirect(f"{reverse('account_login')}?next={following}")
