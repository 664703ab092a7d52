"""The envelopes around what is said: interchange, functional group, transaction set.

We write `*` between elements, `:` inside them, `^` between repetitions and `~` after segments, with
no line breaks: the least any receiver must understand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

ELEMENT, COMPONENT, REPETITION, TERMINATOR = "*", ":", "^", "~"
MOST_CONTROL = 999_999_999


def segment(*elements: str) -> str:
    """Return a segment without the empty elements at its end.

    Example:
        >>> segment("NM1", "40", "2", "CLEARING", "", "")
        'NM1*40*2*CLEARING~'
    """
    return ELEMENT.join(elements).rstrip(ELEMENT) + TERMINATOR


def composite(*components: str) -> str:
    """Return an element of several components, without the empty ones at its end."""
    return COMPONENT.join(components).rstrip(COMPONENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who sends what kind of file to whom, and when.

    group: what the functional group holds, such as HC. version: of the guide. control: number of
    the interchange and of its only group. usage: P for production, T for a test.
    """

    group: str
    version: str
    sender: str
    receiver: str
    control: int
    made_at: datetime
    usage: str = "P"


def sealed(envelope: Envelope, sets: Sequence[Iterable[str]]) -> bytes:
    """Return a whole file around transaction sets that have their ST and SE."""
    made, control = envelope.made_at, envelope.control
    inside = "".join(each for segments in sets for each in segments)
    return "".join(
        (
            segment(
                "ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{envelope.sender:15}",
                "ZZ", f"{envelope.receiver:15}", f"{made:%y%m%d}", f"{made:%H%M}", REPETITION,
                "00501", f"{control:09d}", "0", envelope.usage, COMPONENT,
            ),
            segment(
                "GS", envelope.group, envelope.sender, envelope.receiver, f"{made:%Y%m%d}",
                f"{made:%H%M}", str(control), "X", envelope.version,
            ),
            inside,
            segment("GE", str(len(sets)), str(control)),
            segment("IEA", "1", f"{control:09d}"),
        )
    ).encode("ascii")  # fmt: skip


def transaction(kind: str, number: str, version: str, segments: Sequence[str]) -> list[str]:
    """Return a transaction set with its ST and its counted SE; no version in ST where empty."""
    return [
        segment("ST", kind, number, version),
        *segments,
        segment("SE", str(len(segments) + 2), number),
    ]
