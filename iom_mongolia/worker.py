"""The background worker: runs queued tasks, takes up those a killed worker left, clears away what has expired.

It lives through a restart of the database: it waits and goes on. A task may therefore run twice, and every task is
written so that twice does no harm.
"""

import logging
import os
import socket
import time
from datetime import timedelta

from django.core.cache import cache
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.tasks import DEFAULT_TASK_BACKEND_ALIAS, TaskResultStatus
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

# No task of the portal takes longer; one that seems to was left by a worker that was killed.
LONGEST_TASK = timedelta(minutes=10)
MOST_ATTEMPTS = 5
BEAT_KEY = "worker:last-beat"
BEAT_EVERY = 10  # seconds
LATE_AFTER = timedelta(seconds=60)
LONGEST_WAIT = 30  # seconds between tries while the database is away
# Each is harmless when several workers do it, or one does it twice.
DAILY = [("clearsessions", {}), ("prune_db_task_results", {"queue_name": "*", "min_age_days": 14, "verbosity": 0})]

# (Dotted name of a function without arguments, seconds from one run to the next). Each is harmless when several workers
# do it at once, and the rules that they carry out hold without them where a page depends on it.
CHORES = [
    ("workshops.offers.expire_due", 60),
    ("workshops.offers.offer_due", 60),
    ("workshops.requests.release_due", 600),
    ("workshops.learning.open_due", 60),
    ("workshops.retention.purge_needs", 6 * 3600),
    ("contacts.duplicates.look", 600),
    ("contacts.merging.forget_old", 6 * 3600),
    ("contacts.erasure.keep_the_ledger", 3600),
    ("office.link_checks.check_due", 300),
    ("office.presence.sweep", 600),
    ("workshops.letter_post.send_due", 5),
]


def last_beat():
    """When a worker last said that it is at work; None when none has for an hour."""
    return cache.get(BEAT_KEY)


def take_up_stranded_tasks(now=None):
    """Puts tasks that a killed worker left running back into the queue; after five attempts it gives them up.

    Returns how many were put back and how many given up.
    """
    stranded = DBTaskResult.objects.running().filter(started_at__lt=(now or timezone.now()) - LONGEST_TASK)
    put_back = given_up = 0
    for task in stranded:
        if len(task.worker_ids) < MOST_ATTEMPTS:
            # Only if it is still as it was: its worker may have finished it this very moment.
            put_back += DBTaskResult.objects.running().filter(pk=task.pk, started_at=task.started_at).update(
                status=TaskResultStatus.READY
            )
        else:
            task.set_failed(TimeoutError(f"Given up after {MOST_ATTEMPTS} attempts that never ended."))
            logger.error("Task %s was given up after %s attempts that never ended.", task.task_path, MOST_ATTEMPTS)
            given_up += 1
    return put_back, given_up


def do_chore(name):
    """Runs one chore; what goes wrong in it holds up no other one. A database that is away is the loop's to wait for."""
    try:
        import_string(name)()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("The chore %s failed; it is tried again at its next time.", name)


class Worker(db_worker.Worker):
    """The loop of django-tasks-db, kept alive: by itself it ends when the database goes away for a second."""

    def __init__(self):
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0,
            batch=True,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{socket.gethostname()[:30]}:{os.getpid()}:{get_random_string(8)}",
        )
        self._next_beat = self._next_reaping = self._next_day = 0
        self._next_chore = {}
        # A letter that is being handed to the mail server is handed over to the end.
        self._at_a_chore = False

    def shutdown(self, signum, frame):
        """Told to end: the task or chore at hand is finished first, a second time it is not."""
        if not self.running:
            self.reset_signals()
            raise SystemExit(1)
        self.running = False
        if not self.running_task and not self._at_a_chore:
            raise SystemExit(0)

    def work(self):
        """Works until it is told to end."""
        wait = 1
        while self.running:
            try:
                self._keep_house()
                if not self.running:
                    break
                self.max_tasks = self._run_tasks + 10  # so that a long queue never keeps it from its other duties
                self.run()
                wait = 1
                if self.running:
                    time.sleep(1)
            except (OperationalError, InterfaceError) as problem:
                logger.warning("The database is away; trying again in %s s. %s", wait, str(problem).splitlines()[0])
                connections.close_all()
                time.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    def _keep_house(self):
        close_old_connections()
        now = time.monotonic()
        if now >= self._next_beat:
            cache.set(BEAT_KEY, timezone.now(), 3600)
            self._next_beat = now + BEAT_EVERY
        if now >= self._next_reaping:
            take_up_stranded_tasks()
            self._next_reaping = now + 60
        if now >= self._next_day:
            for command, options in DAILY:
                call_command(command, **options)
            self._next_day = now + 24 * 3600
        for name, seconds in CHORES:
            if self.running and now >= self._next_chore.get(name, 0):
                self._next_chore[name] = now + seconds
                self._at_a_chore = True
                try:
                    do_chore(name)
                finally:
                    self._at_a_chore = False
