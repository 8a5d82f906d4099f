"""After a backup was restored: erases again whoever had been erased since it was made."""

from django.core.management.base import BaseCommand

from contacts import erasure


class Command(BaseCommand):
    help = "Erases again the people whom the ledger of erasures names. Run it after restoring a backup, before anybody signs in."

    def handle(self, *args, **options):
        number = erasure.replay()
        self.stdout.write(f"Erased again: {number}. The ledger is {erasure.ledger()}.")
