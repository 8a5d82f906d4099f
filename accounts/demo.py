"""The demonstration's accounts: their passwords are published, so they open nothing outside demo mode."""

from django.conf import settings

from accounts.models import Role, User

# Role → e-mail, full name, password.
ACCOUNTS = {
    Role.ADMINISTRATOR: ("administrator@iom.example", "Odgerel Tungalag", "administrator-2013"),
    Role.ORGANISER: ("organiser@iom.example", "Michidmaa Tulga", "organiser-2013"),
    Role.EDITOR: ("editor@iom.example", "Suvdaa Tugsjargal", "editor-of-2013"),
    Role.REVIEWER: ("reviewer@iom.example", "Enkhjin Boldbaatar", "reviewer-of-2013"),
    Role.WRITER: ("writer@iom.example", "Nomin Gantulga", "writer-of-2013"),
    Role.DESK: ("desk@iom.example", "Tamir Dolgor", "check-in-2013"),
}


def to_show():
    """[{role, email, password}] of the accounts that may sign in here; none outside demo mode, none that is not there."""
    if not settings.DEMO_MODE:
        return []
    there = set(User.objects.filter(is_demo=True, is_active=True).values_list("email", flat=True))
    return [
        {"role": role.label, "email": email, "password": password}
        for role, (email, _full_name, password) in ACCOUNTS.items()
        if email in there
    ]
