"""The admin of accounts: made, given a role and closed by an administrator."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from core.admin import RecordAdmin

admin.site.unregister(Group) if admin.site.is_registered(Group) else None


class NewUserForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "full_name", "role", "preferred_language"]

    def clean_email(self):
        email = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("There is an account with this e-mail."))
        return email


class ChangeUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["email", "full_name", "role", "preferred_language", "is_active", "password"]


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

    def save_model(self, request, user, form, change):
        user.is_superuser = user.role == Role.ADMINISTRATOR
        super().save_model(request, user, form, change)

    def has_delete_permission(self, request, obj=None):
        """What a user did stays on record: an account is closed, not deleted."""
        return False
