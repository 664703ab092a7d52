"""Spans of whole seconds and their arithmetic; a second is in a span or it is not.

Everything is half-open and cut to whole seconds on the way in, as the contract counts them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from caretally.clock import seconds_of


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time, its start in it, its end not."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Its length; 0 where it ends before it starts."""
        return max(0, seconds_of(self.end) - seconds_of(self.start))

    def overlaps(self, other: Span) -> bool:
        """Tell whether a second lies in both."""
        return max(self.start, other.start) < min(self.end, other.end)

    def contains(self, other: Span) -> bool:
        """Tell whether another lies within it."""
        return self.start <= other.start and other.end <= self.end


def whole(at: datetime) -> datetime:
    """Return an instant in UTC, cut to the second.

    Raises:
        ValueError: it has no offset.
    """
    if at.utcoffset() is None:
        raise ValueError("an instant without an offset; say in which zone it is")
    return at.astimezone(UTC).replace(microsecond=0)


def span(start: datetime, end: datetime) -> Span:
    """Return the span between two instants, cut to seconds."""
    return Span(whole(start), whole(end))


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans that hold the same seconds, each once, by time."""
    made: list[Span] = []
    for each in sorted(each for each in spans if each.seconds):
        if made and each.start <= made[-1].end:
            made[-1] = Span(made[-1].start, max(made[-1].end, each.end))
        else:
            made.append(each)
    return tuple(made)


def without(whole_span: Span, taken: Iterable[Span]) -> tuple[Span, ...]:
    """Return what is left of a span when others are taken out of it, by time."""
    left: list[Span] = []
    at = whole_span.start
    for each in union(taken):
        if each.end <= at or each.start >= whole_span.end:
            continue
        if each.start > at:
            left.append(Span(at, each.start))
        at = each.end
    if at < whole_span.end:
        left.append(Span(at, whole_span.end))
    return tuple(left)


def total_seconds(spans: Iterable[Span]) -> int:
    """Return the seconds of spans, a second that lies in several counted once."""
    return sum(each.seconds for each in union(spans))
