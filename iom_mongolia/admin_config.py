"""How Django's admin is put together here."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "iom_mongolia.admin.PortalAdminSite"
