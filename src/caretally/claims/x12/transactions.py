"""Opens the envelopes of a file, one transaction set at a time.

Every count and control number is held: a file that lost a segment on its way is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from caretally.claims.x12.segments import Segment, refuse, segments_of, wrong
from caretally.errors import InputError

MOST_DIGITS = 10
"""Of a count; longer ones are refused before they become a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One transaction set, from behind its ST to before its SE.

    begin: the ST. version: of the guide, as the group names it. inside: its segments.
    """

    begin: Segment
    kind: str
    number: str
    version: str
    inside: list[Segment]


@dataclass(slots=True)
class Envelopes:
    """The envelopes of a file: opened one transaction set at a time, so one is held at a time.

    controls: numbers of the interchanges read so far. senders: who sent them. notes: TA1 segments.
    skipped: segments between the envelopes that belong to none.
    """

    body: bytes
    controls: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    notes: list[Segment] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def transactions(self) -> Iterator[Transaction]:
        """Yield the transaction sets.

        Raises:
            InputError: an envelope is missing, or its count or control number is another.
        """
        source = segments_of(self.body)
        for segment in source:
            if segment.name != "ISA":
                refuse(wrong(segment, 0, "ISA", segment.name))
            self.controls.append(segment.get(13))
            self.senders.append(segment.get(6).strip())
            yield from self.groups(segment, source)

    def groups(self, isa: Segment, source: Iterator[Segment]) -> Iterator[Transaction]:
        """Yield the transaction sets of one interchange."""
        count = 0
        for segment in source:
            if segment.name == "IEA":
                return closed(segment, count, isa.get(13))
            if segment.name == "GS":
                count += 1
                yield from self.sets(segment, source)
            elif segment.name == "TA1":
                self.notes.append(segment)
            elif segment.name in ("ISA", "GE", "ST", "SE"):
                refuse(wrong(segment, 0, "GS or IEA", segment.name))
            else:
                self.skipped[segment.name] += 1
        refuse(wrong(isa, 0, "an IEA at the end of the interchange", "the end of the file"))

    def sets(self, group: Segment, source: Iterator[Segment]) -> Iterator[Transaction]:
        """Yield the transaction sets of one functional group."""
        for count, segment in enumerate(source):
            # All that came before in this loop were sets: anything else is refused.
            if segment.name == "GE":
                return closed(segment, count, group.get(6))
            if segment.name != "ST":
                refuse(wrong(segment, 0, "ST or GE", segment.name))
            yield Transaction(
                begin=segment,
                kind=segment.get(1),
                number=segment.get(2),
                version=group.get(8),
                inside=inside(segment, source),
            )
        refuse(wrong(group, 0, "a GE at the end of the group", "the end of the file"))


def inside(begin: Segment, source: Iterator[Segment]) -> list[Segment]:
    """Return what stands between an ST and its SE, which must count it right."""
    found: list[Segment] = []
    for segment in source:
        if segment.name == "SE":
            closed(segment, len(found) + 2, begin.get(2))
            return found
        if segment.name in ("ISA", "IEA", "GS", "GE", "ST"):
            refuse(wrong(segment, 0, "SE", segment.name))
        found.append(segment)
    expected = "an SE at the end of the transaction set"
    raise InputError([wrong(begin, 0, expected, "the end of the file")])


def closed(end: Segment, count: int, control: str) -> None:
    """Refuse an end whose count or control number is not that of what it closes."""
    told = end.get(1)
    if not told.isdecimal() or len(told) > MOST_DIGITS or int(told) != count:
        refuse(wrong(end, 1, str(count)))
    # Some senders fill control numbers up with blanks at one end only.
    if end.get(2).strip() != control.strip():
        refuse(wrong(end, 2, "the control number at the beginning", "another"))
