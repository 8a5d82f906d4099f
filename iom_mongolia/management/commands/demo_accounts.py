"""Says with which accounts one can look at the demonstration."""

from django.core.management.base import BaseCommand

from accounts.models import User
from iom_mongolia import demo


class Command(BaseCommand):
    help = "Lists role, e-mail and password of the demo accounts; nothing where there are none."

    def handle(self, *args, **options):
        there = set(User.objects.filter(is_demo=True, is_active=True).values_list("email", flat=True))
        for role, (email, _full_name, password) in demo.ACCOUNTS.items():
            if email in there:
                self.stdout.write(f"  {role.label!s:<15} {email:<27} {password}")
