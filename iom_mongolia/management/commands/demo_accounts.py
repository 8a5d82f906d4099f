"""Says with which accounts one can look at the demonstration."""

from django.core.management.base import BaseCommand

from accounts import demo


class Command(BaseCommand):
    help = "Lists role, e-mail and password of the demo accounts; nothing where there are none."

    def handle(self, *args, **options):
        for account in demo.to_show():
            self.stdout.write(f"  {account['role']!s:<15} {account['email']:<27} {account['password']}")
