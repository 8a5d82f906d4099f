"""The demo's accounts: their password is public, so they open nothing outside demo mode."""

from django.conf import settings

from accounts.models import Role, User

PASSWORD = "open-steppe-2026"


def accounts():
    """Demo accounts that may sign in here, an administrator first; none outside demo mode."""
    if not settings.DEMO_MODE:
        return []
    order = list(Role)
    known = User.objects.filter(is_demo=True, is_active=True)
    return sorted(known, key=lambda user: (order.index(user.role), user.email))
