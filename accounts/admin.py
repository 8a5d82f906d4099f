"""The admin of accounts: made, given a role and closed by an administrator."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.models import User
from core.admin import RecordAdmin

# Roles stand for groups, and an account has one address, its own.
for unused in (Group, EmailAddress, Authenticator):
    if admin.site.is_registered(unused):
        admin.site.unregister(unused)


class NewUserForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "full_name", "role", "preferred_language"]


class ChangeUserForm(UserChangeForm):
    by = None

    class Meta:
        model = User
        fields = ["email", "full_name", "role", "preferred_language", "is_active", "password"]

    def clean(self):
        cleaned = super().clean()
        if {"role", "is_active"} <= cleaned.keys():
            roles.refuse_shutting_oneself_out(self.instance, by=self.by, role=cleaned["role"], is_active=cleaned["is_active"])
        return cleaned


@admin.register(User)
class AccountAdmin(RecordAdmin, UserAdmin):
    form = ChangeUserForm
    add_form = NewUserForm
    list_display = ["email", "full_name", "role", "is_active", "last_login", "is_demo"]
    list_filter = ["role", "is_active", "is_demo"]
    search_fields = ["email", "full_name"]
    ordering = ["email"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "full_name", ("role", "preferred_language"), "is_active", "password"]}),
        (_("Dates"), {"fields": [("last_login", "date_joined")]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "full_name", ("role", "preferred_language"), "password1", "password2"]})]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.by = request.user
        return form

    def has_delete_permission(self, request, obj=None):
        """What a user did stays on record: an account is closed, not deleted."""
        return False


@admin.register(Authenticator)
class SecondFactorAdmin(admin.ModelAdmin):
    """Who lost the phone and the recovery codes has the second factor taken away here and sets up a new one."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_select_related = ["user"]
    list_filter = ["type"]
    search_fields = ["user__email", "user__full_name"]
    fields = readonly_fields = ["user", "type", "created_at", "last_used_at"]
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
