"""Two addresses for those who watch over the portal: is the process alive, and can it serve?"""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from iom_mongolia import worker


@never_cache
@require_safe
def alive(request):
    """The process answers. It asks nothing of the database, so a database away restarts no healthy process."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request):
    """Database and migrations decide between 200 and 503; a late worker is only said, for pages work without it."""
    report = {"database": "ok", "migrations": "unknown", "worker": "unknown"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        report["migrations"] = "ok" if _all_migrated() else "not applied"
        report["worker"] = _worker_state()
    except Error:
        report["database"] = "away"
    serves = report["database"] == report["migrations"] == "ok"
    return JsonResponse(report, status=200 if serves else 503)


_seen_migrated = False


def _all_migrated():
    # A process never sees more migrations than it started with, so once all are applied it need not look again.
    global _seen_migrated
    if not _seen_migrated:
        executor = MigrationExecutor(connection)
        _seen_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _seen_migrated


def _worker_state():
    beat = worker.last_beat()
    if beat is None:
        return "not heard"
    return "ok" if timezone.now() - beat < worker.LATE_AFTER else "late"
