from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import translations


class Command(BaseCommand):
    requires_system_checks = ()  # it reads files only
    help = (
        "extract: brings each language's file up to date with the strings in code and templates. "
        "compile: makes the files that Django reads. missing: lists what has no translation."
    )

    def add_arguments(self, parser):
        parser.add_argument("what", nargs="+", choices=["extract", "compile", "missing"])

    def handle(self, *, what, **options):
        failed = False
        for code in translations.languages():
            path = translations.file_of(code)
            if "extract" in what:
                added, removed = translations.extract(code)
                self.stdout.write(f"{path.name}: {added} new, {removed} gone.")
            if "compile" in what:
                self.stdout.write(f"{path.name}: {translations.compile(code)} compiled.")
            if "missing" in what:
                for message in translations.missing(code):
                    failed = True
                    self.stdout.write(f"{code}: {message}")
        if failed:
            raise CommandError("Some strings have no translation.")
