from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core import spreadsheets
from office import old_addresses


class Command(BaseCommand):
    help = "Reads old addresses from a list with two columns, old and new (CSV, text or .xlsx), and keeps the good rows."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would become of each row and keep none")

    def handle(self, *, file, dry_run, **options):
        try:
            lines = old_addresses.lines_of(spreadsheets.read_upload(file.name, file.read_bytes()))
        except OSError as problem:
            raise CommandError(str(problem)) from None
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        kept = [line for line in old_addresses.judge(lines) if line.is_good] if dry_run else old_addresses.keep(lines)
        for line in lines:
            if line.reason:
                self.stderr.write(f"{line.number}: {line.old} → {line.new}: {line.reason}")
        refused = sum(bool(line.reason) for line in lines)
        self.stdout.write(f"{len(kept)} {'good' if dry_run else 'kept'}, {len(lines) - len(kept) - refused} there already, {refused} refused.")
