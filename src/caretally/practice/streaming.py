"""What the worker does all the time: what arrives is read and filed within a second or so.

These duties do not go through the queue of jobs: they run in a thread of their own, so that no slow
job, such as a webhook nobody answers, keeps readings waiting. Each may run in several workers at
once and may be killed at any point: what it takes up and what it leaves is one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from time import monotonic

from django.db import close_old_connections

from caretally.clock import now
from caretally.practice.alerting import judge_due
from caretally.practice.custody_told import act_on_custody
from caretally.practice.escalating import escalate_due
from caretally.practice.filing import file_ready
from caretally.practice.removing import act_on_removals
from caretally.practice.unpacking import unpack_due
from caretally.store.stored_journal import StoredJournal

Stream = Callable[[StoredJournal, datetime], int]
LOG = logging.getLogger("caretally.worker")
PAUSE_SECONDS = 0.25
"""Between passes that found nothing; a pass that found something is followed by the next."""
BREATH_SECONDS = 0.005
"""After every batch: on SQLite whoever waits to write gets a turn."""
LONGEST_PAUSE_SECONDS = 60
REST_SECONDS: Mapping[str, float] = {"escalation": 1.0}
"""After a pass that found nothing, where looking costs by all that waits: steps of a ladder are
minutes apart, and an alert that nobody took on is looked at once a second, however much arrives."""

STREAMS: Mapping[str, Stream] = {
    "unpack": unpack_due,
    "custody": act_on_custody,
    "file": file_ready,
    "removals": act_on_removals,
    "alerts": judge_due,
    "escalation": escalate_due,
}
"""In the order in which what arrived passes through; each does a batch and returns how much."""


@dataclass(slots=True)
class Standing:
    """How a stream stands: how often it failed in a row, and from when it is tried again."""

    failures: int = 0
    rests_until: float = 0


class Streams:
    """The streams of a worker, and how each stands."""

    def __init__(self, kept: StoredJournal) -> None:
        """Begin with all in order."""
        self.kept = kept
        self.standing = {name: Standing() for name in STREAMS}

    def once(self, stop: Event) -> int:
        """Do a batch of each stream; returns how much was done."""
        done = 0
        for name, stream in STREAMS.items():
            if not stop.is_set() and monotonic() >= self.standing[name].rests_until:
                done += self.attempt(name, stream)
        return done

    def attempt(self, name: str, stream: Stream) -> int:
        """Do a batch; one that fails is told and tried again later, the others go on."""
        standing = self.standing[name]
        try:
            done = stream(self.kept, now())
        except Exception as error:
            standing.failures += 1
            pause = min(LONGEST_PAUSE_SECONDS, 2**standing.failures)
            standing.rests_until = monotonic() + pause
            LOG.exception("stream failed: %s", type(error).__name__, extra={"duty": name})
            self.kept.db.connection.close()
            return 0
        standing.failures = 0
        if not done:
            standing.rests_until = monotonic() + REST_SECONDS.get(name, 0)
        return done


def stream_on(kept: StoredJournal, stop: Event) -> None:
    """Do what arrives, again and again, until told to stop."""
    streams = Streams(kept)
    while not stop.is_set():
        close_old_connections()
        done = streams.once(stop)
        stop.wait(BREATH_SECONDS if done else PAUSE_SECONDS)
    kept.db.connection.close()


def drain(kept: StoredJournal) -> int:
    """Do all that has arrived; returns how much was done."""
    streams, total, never = Streams(kept), 0, Event()
    while done := streams.once(never):
        total += done
    return total
