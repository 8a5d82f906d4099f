"""Takes away all that `load_demo` brought, and what was registered for its workshops."""

from django.core.management.base import BaseCommand

from iom_mongolia import demo


class Command(BaseCommand):
    help = "Removes the demo people, accounts and workshops with their registrations and lists. The history stays."

    def handle(self, *args, **options):
        kept = demo.remove()
        self.stdout.write("The demonstration is gone.")
        for row in kept:
            self.stdout.write(f"Kept, because real records rest on it: {row._meta.verbose_name} {row}")
