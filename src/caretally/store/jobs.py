"""The queue of jobs: what is due is put in once, and what a dead worker left is taken out again.

Jobs are few and drain queues of their own in batches: there is never a job a delivery. A job that
was begun and not ended within its lease counts as left and is begun anew, so every job must bear
being run twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

LEASE = timedelta(minutes=15)
"""A job that takes longer counts as left."""
LONGEST_PAUSE = timedelta(hours=1)
"""A job that keeps failing is tried at least this often."""
KEPT_DONE, KEPT_FAILED = timedelta(hours=1), timedelta(days=30)
WAITING = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


def reap(now: datetime) -> int:
    """Let jobs be begun anew that a dead worker left; returns how many."""
    left = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=now - LEASE)
    return int(left.update(status=TaskResultStatus.READY))


def put_in_due(task: Task[[str], int], every: Mapping[str, timedelta], now: datetime) -> list[str]:
    """Put a job in for every duty that is due and has none waiting; returns their names.

    every: how often each duty is done. A duty that failed waits twice as long after each failure.
    """
    put_in: list[str] = []
    with exclusive_transaction("default"):
        for name, pause in every.items():
            mine = DBTaskResult.objects.filter(args_kwargs={"args": [name], "kwargs": {}})
            if mine.filter(status__in=WAITING).exists():
                continue
            last = mine.exclude(finished_at=None).order_by("-finished_at")[:8]
            if last and last[0].finished_at + pause_after(last, pause) > now:
                continue
            task.enqueue(name)
            put_in.append(name)
    return put_in


def pause_after(last: Any, pause: timedelta) -> timedelta:
    """Return how long to wait after the latest results of a duty, the newest first."""
    failures = 0
    for result in last:
        if result.status != TaskResultStatus.FAILED:
            break
        failures += 1
    return min(LONGEST_PAUSE, pause * 2**failures) if failures else pause


def forget_ended(now: datetime) -> int:
    """Forget jobs that ended some time ago; the latest of each duty stays while it is young."""
    done = DBTaskResult.objects.filter(
        status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - KEPT_DONE
    )
    failed = DBTaskResult.objects.filter(
        status=TaskResultStatus.FAILED, finished_at__lt=now - KEPT_FAILED
    )
    with transaction.atomic():
        return int(done.delete()[0]) + int(failed.delete()[0])


def counts() -> dict[str, int]:
    """Return how many jobs there are by state, in lower case."""
    return {
        status.lower(): DBTaskResult.objects.filter(status=status).count()
        for status in TaskResultStatus.values
    }
