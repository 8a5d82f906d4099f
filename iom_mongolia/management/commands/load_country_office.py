"""Brings the country office's real facts into the database; doing so again changes nothing."""

from django.core.management.base import BaseCommand

from iom_mongolia import country_office


class Command(BaseCommand):
    help = "Brings in the country office's real facts. Rows that somebody has edited since are left as they are."

    def add_arguments(self, parser):
        parser.add_argument("--if-needed", action="store_true", help="say nothing and stop where all is brought in already")

    def handle(self, *args, if_needed, **options):
        if if_needed and country_office.is_up_to_date():
            return
        outcome = country_office.load()
        parts = [f"{number} {what}" for what, number in outcome.items() if number]
        self.stdout.write("Facts of the country office: " + ", ".join(parts) + ".")
