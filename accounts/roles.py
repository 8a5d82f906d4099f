"""What each role may do, in one table; the admin asks for it through Django's permissions."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Role

# Role → app label or "app.model" → the admin's verbs. An administrator may do everything.
PERMISSIONS = {
    Role.ORGANISER: {
        "contacts": {"view", "add", "change", "delete"},
        "workshops": {"view", "add", "change", "delete"},
        "office": {"view"},
    },
    Role.EDITOR: {
        "office": {"view", "add", "change", "delete"},
        "contacts.presscontact": {"view", "add", "change", "delete"},
        "contacts.organisation": {"view"},
        "workshops.workshop": {"view", "change"},
    },
    Role.DESK: {},
}
# Who writes news and pages; what else the office shows is public as soon as it is saved, so they read it only.
WRITES = {
    "office": {"view"},
    "office.newsitem": {"add", "change"},
    "office.page": {"change"},
    # Until it is shown outside; from then on it is the editors' (office/picture_admin.py).
    "office.picture": {"add", "change"},
    **{f"office.{part}": {"add", "change", "delete"} for part in ("quote", "newscontact", "changenote", "newspicture")},
    "contacts.presscontact": {"view"},
    "contacts.organisation": {"view"},
    "workshops.workshop": {"view"},
}
PERMISSIONS[Role.WRITER] = PERMISSIONS[Role.REVIEWER] = WRITES


class RoleBackend(ModelBackend):
    """Signs in by e-mail in any case and answers `has_perm` from the table above."""

    def user_can_authenticate(self, user):
        """Asked at sign-in and again at each request: a closed account is out at once, and a demo account, whose
        password is public, opens nothing outside demo mode."""
        return super().user_can_authenticate(user) and (settings.DEMO_MODE or not user.is_demo)

    def has_perm(self, user, permission, obj=None):
        if not user.is_active:
            return False
        if getattr(user, "role", None) == Role.ADMINISTRATOR:
            return True
        app, _dot, codename = permission.partition(".")
        verb, _line, model = codename.partition("_")
        allowed = PERMISSIONS.get(getattr(user, "role", None), {})
        return verb in allowed.get(app, set()) or verb in allowed.get(f"{app}.{model}", set())

    def has_module_perms(self, user, app):
        if not user.is_active:
            return False
        if getattr(user, "role", None) == Role.ADMINISTRATOR:
            return True
        allowed = PERMISSIONS.get(getattr(user, "role", None), {})
        return any(key.split(".")[0] == app for key in allowed)

    def get_all_permissions(self, user, obj=None):
        return set()


def refuse_shutting_oneself_out(user, *, by, role, is_active):
    """Refuses ("oneself") an administrator who would close their own account or give their own role away."""
    if user.pk and user.pk == by.pk and (not is_active or role != Role.ADMINISTRATOR):
        raise ValidationError(
            _("This is your own account: ask another administrator to close it or to change its role."), code="oneself"
        )
