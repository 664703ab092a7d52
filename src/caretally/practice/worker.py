"""The worker: puts duties in when they are due, takes up what a dead worker left, and does them.

Several workers may run; each job is taken by one of them. What arrives all the time, such as
readings, passes by the jobs: see `streaming`.
"""

from __future__ import annotations

import gc
import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from django_tasks_db.management.commands.db_worker import Worker

from caretally.practice.duties import DUTIES, perform
from caretally.practice.opened import journal
from caretally.practice.pulling import pull_on
from caretally.practice.streaming import stream_on
from caretally.store.jobs import put_in_due, reap

PAUSE_SECONDS, END_SECONDS = 1, 3


def new_worker() -> Worker:
    """Return a worker that does what waits and comes back."""
    return Worker(
        queue_names=["default"], interval=0, batch=True, backend_name="default",
        startup_delay=False, max_tasks=None, worker_id=f"worker-{secrets.token_hex(6)}",
        excluded_queue_names=[],
    )  # fmt: skip


def work_once(worker: Worker, outside: datetime) -> list[str]:
    """Do all that is due now; returns the names of the duties put in.

    outside: the time outside, by which jobs are kept.
    """
    reap(outside)
    put_in = put_in_due(perform, {name: rota.every for name, rota in DUTIES.items()}, outside)
    worker.run()
    return put_in


def settle_down() -> None:
    """Let this process do much at once: fewer looks for garbage, short turns of its threads.

    A thread that waits for the database gets its turn back within a millisecond, while another
    reads deliveries.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    sys.setswitchinterval(0.001)


def work_on(stop: Event, outside: Callable[[], datetime]) -> None:
    """Do what is due, and what arrives, again and again, until told to stop.

    outside: a function that returns the time outside.
    """
    settle_down()
    # What vendors take their time to answer keeps neither jobs nor what arrives waiting.
    others = (
        Thread(target=stream_on, args=(journal(), stop), name="streams"),
        # Whatever is fetched in this moment is fetched again: the end waits for no vendor.
        Thread(target=pull_on, args=(journal(), stop), name="pulls", daemon=True),
    )
    for other in others:
        other.start()
    try:
        worker = new_worker()
        while not stop.is_set():
            work_once(worker, outside())
            stop.wait(PAUSE_SECONDS)
    finally:
        stop.set()
        for other in others:
            other.join(timeout=END_SECONDS if other.daemon else None)
