"""Django's admin, signed in to by the same door as the staff pages."""

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(admin.AdminSite):
    site_title = _("IOM Mongolia")
    site_header = _("IOM Mongolia: content and records")
    index_title = _("What the portal holds")
    final_catch_all_view = True

    def login(self, request, extra_context=None):
        """One sign-in for all, with its limits and second factor."""
        if request.user.is_authenticated:
            return redirect("home") if not self.has_permission(request) else redirect("admin:index")
        return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
