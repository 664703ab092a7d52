"""Live seconds of a written conversation: those in which both sides were active.

Composed from the runs of `runs`, narrowed by presence where it was seen, less the seconds in which
the same member of staff was with somebody else, split where a local month ends. Pure, in whole
seconds of UTC; the order in which messages are told carries no meaning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from caretally.clock import date_of, day_number, instant_of, local_date, midnight
from caretally.contacts.chat.content import missing
from caretally.contacts.chat.messages import (
    STAFF_SIDE,
    Bounds,
    Message,
    Presence,
    Span,
    joined,
    united,
    within,
    without,
)
from caretally.contacts.chat.parameters import Parameters
from caretally.contacts.chat.runs import Run, kept, runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """All that a measurement rests on.

    zone: in which months end. presences: where somebody was seen; nobody of a side or a person that
    was never seen in a run is held to it. elsewhere: seconds in which a member of staff was with
    somebody else (`sharing` deals those that several conversations claim). topics: set by staff.
    strangers: authors without a relation or a registration on file.
    """

    messages: Sequence[Message]
    zone: str
    presences: Sequence[Presence] = ()
    elsewhere: Sequence[Span] = ()
    topics: Sequence[str] = ()
    strangers: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRun:
    """A run in which both sides were active.

    spans: what counts of it, in order, disjoint.
    """

    messages: tuple[Message, ...]
    spans: tuple[Span, ...]

    @property
    def seconds(self) -> int:
        """How many seconds count."""
        return sum(each.seconds for each in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a conversation came to.

    runs: those with seconds that count. all_runs: how many runs there were. reasons: what is
    missing for it to be a conversation about care; it is counted where nothing is.
    """

    runs: tuple[LiveRun, ...]
    all_runs: int
    reasons: tuple[str, ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        """What counts, in order."""
        return tuple(chain.from_iterable(each.spans for each in self.runs))

    @property
    def live_seconds(self) -> int:
        """How many seconds count."""
        return sum(each.seconds for each in self.runs)

    @property
    def is_counted(self) -> bool:
        """Whether it holds enough content to become contacts."""
        return not self.reasons


def measure(written: Written, parameters: Parameters) -> Measured:
    """Return the live seconds of a conversation.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> noon = datetime(2026, 3, 2, 17, tzinfo=UTC)
        >>> sides = [("patient", "patient"), ("staff", "rosa")] * 3
        >>> brisk = [
        ...     Message(message=str(n), side=side, author=who, at=noon + timedelta(seconds=40 * n),
        ...             client_at=noon + timedelta(seconds=40 * n))
        ...     for n, (side, who) in enumerate(sides)
        ... ]
        >>> written = Written(messages=brisk, zone="UTC", topics=["symptoms"])
        >>> measure(written, Parameters()).live_seconds
        200
    """
    found = runs(written.messages, parameters)
    live = [LiveRun(messages=run.messages, spans=spans_of(run, written)) for run in found]
    counted = tuple(each for each in live if each.spans)
    people = kept(written.messages, parameters)
    reasons = missing(people, written, parameters.least_patient_messages)
    if not counted:
        reasons = ("no_live_run", *reasons)
    return Measured(runs=counted, all_runs=len(found), reasons=reasons)


def spans_of(run: Run, written: Written) -> tuple[Span, ...]:
    """Return what counts of a run."""
    present = seen(run, written.presences)
    found = chain.from_iterable(present_in(each, present) for each in joined(run.spans))
    free = chain.from_iterable(without(each, taken(each.staff, written)) for each in found)
    split = chain.from_iterable(by_month(each, written.zone) for each in free)
    return tuple(sorted(split))


def taken(staff: str, written: Written) -> list[Bounds]:
    """Return when somebody was with somebody else."""
    return [(each.start, each.end) for each in written.elsewhere if each.staff == staff]


def seen(run: Run, presences: Iterable[Presence]) -> dict[str, list[Bounds]]:
    """Return by whom when the conversation was open in a run; people from outside are one."""
    found: dict[str, list[Bounds]] = {}
    for each in presences:
        if each.start <= run.end and each.end >= run.start:
            who = each.author if each.side == STAFF_SIDE else ""
            found.setdefault(who, []).append((each.start, each.end))
    return found


def present_in(span: Span, present: dict[str, list[Bounds]]) -> Iterable[Span]:
    """Return the parts of a span in which both sides were there, as far as that was seen."""
    parts = [span]
    for who in ("", span.staff):
        if who in present:
            parts = [each for part in parts for each in within(part, united(present[who]))]
    return parts


def by_month(span: Span, zone_name: str) -> list[Span]:
    """Return a span in parts of which each lies in one local month."""
    first = local_date(instant_of(span.start), zone_name)
    last = local_date(instant_of(span.end - 1), zone_name)
    days = (date_of(day) for day in range(day_number(first) + 1, day_number(last) + 1))
    edges = [midnight(day, zone_name) for day in days if day.day == 1]
    bounds = [span.start, *(edge for edge in edges if span.start < edge < span.end), span.end]
    return [Span(start=start, end=end, staff=span.staff) for start, end in pairwise(bounds)]
