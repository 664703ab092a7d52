"""A timer as a state machine: one person at work for one patient, measured by signs of life.

The server keeps the state; the page only sends heartbeats, and says whether somebody used it since
the last. Time without a sign of life is cut off where the last sign was: nothing is counted that
nobody can vouch for, and a server that was down loses no more than the time to the last heartbeat.
Every function takes the instant and returns another timer. Instants that go backwards stand still.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from caretally.timekeeping.spans import Span, total_seconds, whole

PAUSED, IDLE, WINDOW_CLOSED, TOO_LONG = "paused", "idle", "window_closed", "too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a timer is cut off, and when it counts as forgotten.

    silence: without a heartbeat for longer, the window was closed. idle: without use for longer,
    nobody was there. forgotten: at rest for longer, it was not stopped by its person. longest: one
    stretch, as long as an entry may be.
    """

    silence: timedelta = timedelta(seconds=90)
    idle: timedelta = timedelta(minutes=5)
    forgotten: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a timer is bound to; another patient or sort of work is another timer."""

    patient: str
    program: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A timer at an instant.

    measured: the stretches that ended. running_since: None at rest. seen_at: the latest heartbeat.
    active_at: the latest use of the page. rests_because: why it is at rest; empty while it runs.
    handed_by: the person who handed the work over.
    """

    id: str
    person: str
    work: Work
    started_at: datetime
    measured: tuple[Span, ...] = ()
    running_since: datetime | None
    seen_at: datetime
    active_at: datetime
    rests_because: str = ""
    handed_by: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether it measures."""
        return self.running_since is not None

    @property
    def latest(self) -> datetime:
        """The latest instant it knows of."""
        ends = [each.end for each in self.measured]
        return max([self.started_at, self.seen_at, *ends])

    def seconds_at(self, now: datetime) -> int:
        """Return the seconds measured by an instant; a running stretch goes on to it."""
        return total_seconds(self.spans_at(now))

    def spans_at(self, now: datetime) -> tuple[Span, ...]:
        """Return the stretches measured by an instant."""
        if self.running_since is None:
            return self.measured
        return (*self.measured, Span(self.running_since, max(whole(now), self.running_since)))


def begin(timer_id: str, person: str, work: Work, now: datetime) -> Timer:
    """Return a timer that runs from now on."""
    at = whole(now)
    return Timer(
        id=timer_id, person=person, work=work, started_at=at, running_since=at, seen_at=at,
        active_at=at,
    )  # fmt: skip


def settled(timer: Timer, now: datetime, limits: Limits) -> Timer:
    """Return a timer as it must be seen at an instant: cut off where its signs of life ended."""
    at = onward(timer, now)
    since = timer.running_since
    if since is None:
        return timer
    is_closed = at - timer.seen_at > limits.silence
    watched_until = timer.seen_at if is_closed else at
    cuts = []
    if is_closed:
        cuts.append((timer.seen_at, WINDOW_CLOSED))
    if watched_until - timer.active_at > limits.idle:
        cuts.append((timer.active_at, IDLE))
    if at - since > limits.longest:
        cuts.append((since + limits.longest, TOO_LONG))
    if not cuts:
        return timer
    end, why = min(cuts)
    return _at_rest(timer, max(since, end), why)


def beat(timer: Timer, now: datetime, limits: Limits, *, is_used: bool) -> Timer:
    """Return a timer after a heartbeat of its page; one at rest stays so until it is resumed."""
    found = settled(timer, now, limits)
    if not found.is_running:
        return found
    at = onward(found, now)
    return replace(found, seen_at=at, active_at=at if is_used else found.active_at)


def pause(timer: Timer, now: datetime, limits: Limits) -> Timer:
    """Return a timer that its person paused."""
    found = settled(timer, now, limits)
    return _at_rest(found, onward(found, now), PAUSED) if found.is_running else found


def resume(timer: Timer, now: datetime, limits: Limits) -> Timer:
    """Return a timer that its person took up again; one that runs goes on."""
    found = settled(timer, now, limits)
    at = onward(found, now)
    if found.is_running:
        return replace(found, seen_at=at, active_at=at)
    return replace(found, running_since=at, seen_at=at, active_at=at, rests_because="")


def is_forgotten(timer: Timer, now: datetime, limits: Limits) -> bool:
    """Tell whether a timer was left at rest for longer than its person would have left it."""
    found = settled(timer, now, limits)
    if found.is_running:
        return False
    rests_since = found.measured[-1].end if found.measured else found.started_at
    return onward(found, now) - rests_since > limits.forgotten or found.rests_because == TOO_LONG


def saved(timer: Timer) -> bytes:
    """Return a timer as bytes to be kept, so that it outlives the program."""
    return msgspec.json.encode(timer)


def restored(kept: bytes) -> Timer:
    """Return the timer of kept bytes.

    Raises:
        ValueError: they are no timer.
    """
    try:
        return msgspec.json.decode(kept, type=Timer)
    except msgspec.MsgspecError as error:
        raise ValueError(f"no timer: {error}") from error


def _at_rest(timer: Timer, end: datetime, why: str) -> Timer:
    assert timer.running_since is not None
    stretch = Span(timer.running_since, end)
    measured = (*timer.measured, stretch) if stretch.seconds else timer.measured
    return replace(timer, measured=measured, running_since=None, rests_because=why)


def onward(timer: Timer, now: datetime) -> datetime:
    """Return an instant in whole seconds that is not before what a timer knows of."""
    return max(whole(now), timer.latest)
