from django.core.management.base import BaseCommand

from iom_mongolia.worker import Worker


class Command(BaseCommand):
    requires_system_checks = ()  # `migrate` and the deployment made them; the worker starts fast
    help = "Runs queued background tasks until it is told to end (SIGTERM or Ctrl-C)."

    def handle(self, **options):
        worker = Worker()
        worker.configure_signals()
        worker.work()
