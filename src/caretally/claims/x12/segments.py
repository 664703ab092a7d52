"""Cuts a file into segments by the delimiters its ISA names, and opens its envelopes.

Every count and control number of the envelopes is held: a file that lost a segment on its way is
refused. What is found wrong is told by the number of the segment in the file, never by what stands
in a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from caretally.errors import InputError, Problem

ISA_LENGTH = 106
ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)
RELEASE = "00501"
BREAKS = "\r\n"
BLANKS = " \t\r\n"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
NAME = re.compile(r"[A-Z][A-Z0-9]{1,2}")
SHOWN = re.compile(r"[A-Z0-9.+-]{1,3}|[0-9.+-]{1,18}|[0-9]{6}X[0-9]{3}[A-Z0-9]{0,2}")
"""Values a message may repeat: codes and figures, but no name and no word."""


class Segment(NamedTuple):
    """A segment of a file.

    number: its place in the file, from 1. values: its elements, the first of them at 0. inner: what
    stands between components.
    """

    number: int
    name: str
    values: list[str]
    inner: str = ":"

    def get(self, place: int) -> str:
        """Return an element by its place from 1, as guides count; empty where there is none."""
        return self.values[place - 1] if place <= len(self.values) else ""

    def parts(self, place: int) -> list[str]:
        """Return the components of an element."""
        return self.get(place).split(self.inner)


def shape(value: str) -> str:
    """Return what a message may say of a value."""
    if not value:
        return "nothing"
    return value if SHOWN.fullmatch(value) else f"{len(value)} characters"


def wrong(segment: Segment, place: int, expected: str, found: str | None = None) -> Problem:
    """Return what is wrong with an element; place 0 for the segment as a whole."""
    return Problem(
        where=f"segment {segment.number} ({segment.name})",
        field=f"{segment.name}{place:02d}" if place else "",
        found=shape(segment.get(place)) if found is None else found,
        expected=expected,
    )


def refuse(problem: Problem) -> NoReturn:
    """Give up on a file that cannot be read any further."""
    raise InputError([problem])


def text_of(body: bytes) -> str:
    """Return a file as text; line breaks that only wrap it are taken out."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    text = text.lstrip(BLANKS)
    if any(each in BREAKS for each in text[: ISA_LENGTH - 1]):
        text = text.replace("\r", "").replace("\n", "")
    return text


def delimiters_at(text: str, at: int, number: int) -> tuple[str, str, str]:
    """Return what ends elements, components and segments of the interchange that begins here.

    Raises:
        InputError: this is not the head of an interchange.
    """
    head = text[at : at + ISA_LENGTH]
    where = f"segment {number} (ISA)"
    if not head.startswith("ISA"):
        found = "nothing" if not head else "something else"
        expected = "an X12 interchange, which begins with ISA"
        refuse(Problem(where=f"segment {number}", found=found, expected=expected))
    if len(head) < ISA_LENGTH:
        refuse(Problem(where=where, found=f"{len(head)} characters", expected=str(ISA_LENGTH)))
    element, component, terminator = head[3], head[104], head[105]
    values = head[4:105].split(element)
    if tuple(len(each) for each in values) != (*ISA_WIDTHS, 1):
        refuse(Problem(where=where, found="other widths", expected="sixteen elements of ISA"))
    marks = {element, component, terminator, values[10]}
    if len(marks) < 4 or any(each.isalnum() or each == " " for each in marks):
        refuse(
            Problem(where=where, found="the same or letters", expected="four different delimiters")
        )
    if values[11] != RELEASE:
        refuse(Problem(where=where, field="ISA12", found=shape(values[11]), expected=RELEASE))
    return element, component, terminator


def segments_of(body: bytes) -> Iterator[Segment]:
    """Yield the segments of a file in their order, each once it is asked for.

    Raises:
        InputError: the file is not X12, or not whole.
    """
    text = text_of(body)
    at, number, end = 0, 1, len(text)
    element, inner, terminator = delimiters_at(text, 0, 1)
    while at < end:
        if text.startswith("ISA", at):
            element, inner, terminator = delimiters_at(text, at, number)
            upto = at + ISA_LENGTH - 1
        else:
            upto = text.find(terminator, at)
        if upto < 0:
            found = "the end of the file"
            refuse(Problem(where=f"segment {number}", found=found, expected="its terminator"))
        name, *values = text[at:upto].split(element)
        segment = Segment(number, name, values, inner)
        check_segment(segment, text[at:upto], element + inner)
        yield segment
        at, number = upto + 1, number + 1
        while at < end and text[at] in BLANKS:
            at += 1


def check_segment(segment: Segment, text: str, allowed: str) -> None:
    """Refuse a segment without a name, or with control characters in its values."""
    if not NAME.fullmatch(segment.name):
        where, found = f"segment {segment.number}", f"{len(segment.name)} characters"
        refuse(Problem(where=where, found=found, expected="the name of a segment"))
    if not text.isprintable():
        strange = next((each for each in CONTROL.findall(text) if each not in allowed), None)
        if strange is not None:
            refuse(wrong(segment, 0, "no control characters", f"U+{ord(strange):04X}"))


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
    refuse(wrong(begin, 0, "an SE at the end of the transaction set", "the end of the file"))


def closed(end: Segment, count: int, control: str) -> None:
    """Refuse an end whose count or control number is not that of what it closes."""
    told = end.get(1)
    if not told.isdecimal() or len(told) > 10 or int(told) != count:
        refuse(wrong(end, 1, str(count)))
    if end.get(2).strip() != control.strip():
        refuse(wrong(end, 2, "the control number at the beginning", "another"))
