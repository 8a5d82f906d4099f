"""Brings in the demonstration: invented people, accounts and workshops. In demo mode alone."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from iom_mongolia import demo


class Command(BaseCommand):
    help = "Brings in invented people, one account per role and some workshops. Where they are already, nothing changes."

    def add_arguments(self, parser):
        parser.add_argument("--if-needed", action="store_true", help="say nothing where the demonstration is there already")

    def handle(self, *args, if_needed, **options):
        try:
            loaded = demo.load()
        except ValidationError as refusal:
            raise CommandError(refusal.messages[0]) from None
        if loaded:
            self.stdout.write("The demonstration is in place. `remove_demo` takes it away.")
        elif not if_needed:
            self.stdout.write("The demonstration is in place already.")
