"""What the algorithm looks at: messages without their words, presence, and spans of seconds.

Seconds are whole and count from 1970 in UTC; a span is half-open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from caretally.clock import seconds_of

STAFF_SIDE = "staff"
CAREGIVER = "caregiver:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as the server received it.

    side: patient, caregiver or staff. author: patient, caregiver:ID or a staff id. composing_at:
    when typing was seen to begin. is_bare: whether it says no more than an acknowledgment.
    """

    message: str
    side: str
    author: str
    at: datetime
    client_at: datetime
    composing_at: datetime | None = None
    is_automated: bool = False
    is_bare: bool = False
    characters: int = 0

    @property
    def second(self) -> int:
        """The second in which it was received."""
        return seconds_of(self.at)

    @property
    def is_staff(self) -> bool:
        """Whether it came from the practice."""
        return self.side == STAFF_SIDE

    def is_offline(self, lag_seconds: int) -> bool:
        """Tell whether it was written long before it arrived."""
        return self.at - self.client_at > timedelta(seconds=lag_seconds)

    @property
    def place(self) -> tuple[str, ...]:
        """What it is sorted by; of two alike in all this it does not matter which is first."""
        composing = self.composing_at.isoformat() if self.composing_at else ""
        return (
            self.at.isoformat(), self.message, self.side, self.author, self.client_at.isoformat(),
            composing, str(self.is_automated),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A stretch in which somebody had the conversation open before them."""

    side: str
    author: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Seconds of a conversation that belong to one member of staff."""

    start: int
    end: int
    staff: str

    @property
    def seconds(self) -> int:
        """How many."""
        return self.end - self.start


Bounds = tuple[int, int]


def united(stretches: Iterable[Bounds]) -> list[Bounds]:
    """Return stretches as disjoint ones in order."""
    found: list[Bounds] = []
    for start, end in sorted(stretches):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def within(span: Span, stretches: Iterable[Bounds]) -> list[Span]:
    """Return the parts of a span inside stretches."""
    return [
        Span(start=max(span.start, start), end=min(span.end, end), staff=span.staff)
        for start, end in united(stretches)
        if max(span.start, start) < min(span.end, end)
    ]


def without(span: Span, stretches: Iterable[Bounds]) -> list[Span]:
    """Return the parts of a span outside stretches."""
    found, start = [], span.start
    for begins, ends in united(stretches):
        if ends <= start or begins >= span.end:
            continue
        if begins > start:
            found.append(Span(start=start, end=begins, staff=span.staff))
        start = max(start, ends)
    if start < span.end:
        found.append(Span(start=start, end=span.end, staff=span.staff))
    return found


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, with those that touch and are of the same person made one."""
    found: list[Span] = []
    for each in sorted(spans):
        if found and found[-1].end == each.start and found[-1].staff == each.staff:
            found[-1] = Span(start=found[-1].start, end=each.end, staff=each.staff)
        else:
            found.append(each)
    return found
