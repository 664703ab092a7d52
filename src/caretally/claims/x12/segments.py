"""Cuts a file into segments by the delimiters that its ISA names.

What is found wrong is told by the number of the segment in the file, never by what stands in a
name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from caretally.errors import InputError, Problem

ISA_LENGTH = 106
ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)
RELEASE = "00501"
BREAKS = "\r\n"
BLANKS = " \t\r\n\x1a"
"""What may stand between segments; the last is how old programs mark the end of a file."""
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
        # Payers of the extended set send single bytes; nothing that we compare is beyond ASCII.
        text = body.decode("latin-1")
    text = text.lstrip(BLANKS)
    # A break inside ISA, whose length is fixed, can only be one of lines of fixed length.
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
    # Looking through all characters is slow, and almost no segment needs it.
    if not text.isprintable():
        strange = next((each for each in CONTROL.findall(text) if each not in allowed), None)
        if strange is not None:
            refuse(wrong(segment, 0, "no control characters", f"U+{ord(strange):04X}"))
