"""The worker runs what is queued, takes up what a killed one left, and lives through a database that goes away."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from iom_mongolia import worker

pytestmark = pytest.mark.django_db


@task()
def add(a, b):
    return a + b


def left_running(*, minutes, attempts=1):
    result = DBTaskResult.objects.get(pk=add.enqueue(1, 2).id)
    result.status = TaskResultStatus.RUNNING
    result.started_at = timezone.now() - timedelta(minutes=minutes)
    result.worker_ids = [f"killed:{number}" for number in range(attempts)]
    result.save()
    return result


def until_idle(at_work):
    """Lets the worker work until it would sleep, then tells it to end."""

    def sleep(seconds):
        at_work.running = False

    return sleep


@pytest.mark.django_db(transaction=True)
def test_it_runs_what_is_queued_and_says_that_it_lives(monkeypatch):
    cache.clear()
    result = add.enqueue(20, 22)
    at_work = worker.Worker()
    monkeypatch.setattr(worker.time, "sleep", until_idle(at_work))
    at_work.work()
    result.refresh()
    assert (result.status, result.return_value) == (TaskResultStatus.SUCCESSFUL, 42)
    assert timezone.now() - worker.last_beat() < timedelta(seconds=30)


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_the_database_and_goes_on(monkeypatch):
    result = add.enqueue(1, 1)
    at_work = worker.Worker()
    waits = []
    run = at_work.run

    def run_with_two_faults():
        if len(waits) < 2:
            raise OperationalError("server closed the connection unexpectedly")
        run()

    def sleep(seconds):
        waits.append(seconds)
        if len(waits) > 2:
            at_work.running = False

    monkeypatch.setattr(at_work, "run", run_with_two_faults)
    monkeypatch.setattr(worker.time, "sleep", sleep)
    at_work.work()
    result.refresh()
    assert result.status == TaskResultStatus.SUCCESSFUL
    assert waits == [1, 2, 1]


def test_a_task_left_running_goes_back_into_the_queue():
    stranded, at_work = left_running(minutes=11), left_running(minutes=9)
    assert worker.take_up_stranded_tasks() == (1, 0)
    stranded.refresh_from_db()
    at_work.refresh_from_db()
    assert (stranded.status, at_work.status) == (TaskResultStatus.READY, TaskResultStatus.RUNNING)


def test_a_task_that_never_ends_is_given_up_in_the_end():
    stranded = left_running(minutes=11, attempts=worker.MOST_ATTEMPTS)
    assert worker.take_up_stranded_tasks() == (0, 1)
    stranded.refresh_from_db()
    assert stranded.status == TaskResultStatus.FAILED
    assert "5 attempts" in stranded.traceback


class TestHealth:
    def test_the_process_answers_without_the_database(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            answer = client.get("/healthz")
        assert (answer.status_code, answer.content, answer.cookies) == (200, b"ok\n", {})

    def test_ready_when_database_and_migrations_are(self, client):
        cache.set(worker.BEAT_KEY, timezone.now(), 60)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok", "worker": "ok"})

    @pytest.mark.parametrize("minutes, said", [(None, "not heard"), (2, "late")])
    def test_a_silent_worker_is_said_but_pages_go_on(self, client, minutes, said):
        cache.clear()
        if minutes:
            cache.set(worker.BEAT_KEY, timezone.now() - timedelta(minutes=minutes), 60)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["worker"]) == (200, said)

    def test_not_ready_while_a_migration_waits(self, client, monkeypatch):
        monkeypatch.setattr("iom_mongolia.health._seen_migrated", False)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'workshops'")
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["migrations"]) == (503, "not applied")

    def test_not_ready_while_the_database_is_away(self, client, monkeypatch):
        def away(*arguments):
            raise OperationalError("could not connect")

        monkeypatch.setattr(connection, "cursor", away)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, "away")
