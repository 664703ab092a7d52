"""Messages of HL7 v2 as text, into segments and fields; it takes any line end and any separators.

Own and small instead of a library: a parser here is pure, bounded in time and memory, and says
where in a message the trouble is. The tests hold it against `python-hl7`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import punctuation

from caretally.devices.refusals import Misread

HEADER = "MSH"
AROUND = frozenset({"FHS", "BHS", "BTS", "FTS"})
"""Segments around a batch of messages."""
CHARSETS: Mapping[str, str] = {
    "": "utf-8-sig", "ASCII": "utf-8-sig", "UNICODE UTF-8": "utf-8-sig", "UNICODE": "utf-8-sig",
    "8859/1": "iso-8859-1", "8859/15": "iso-8859-15", "8859/2": "iso-8859-2",
}  # fmt: skip
"""How text is written, by the word of MSH-18."""
LONGEST_ESCAPE = 80

_lines = re.compile(r"\r\n|\r|\n")
_hexadecimal = re.compile(r"X(?:[0-9A-Fa-f]{2})+").fullmatch


@dataclass(frozen=True, slots=True)
class Separators:
    """The signs that a message is divided by."""

    field: str
    component: str
    repetition: str
    escape: str
    part: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A line of a message; fields are counted as HL7 counts them, from 1."""

    name: str
    fields: tuple[str, ...]
    signs: Separators

    def raw(self, number: int) -> str:
        """Return a field as it stands; empty where there is none. A field of `""` is empty too."""
        found = self.fields[number] if number < len(self.fields) else ""
        return "" if found == '""' else found

    def first(self, number: int) -> str:
        """Return the first repetition of a field, as it stands."""
        return self.raw(number).partition(self.signs.repetition)[0]

    def repetitions(self, number: int) -> list[str]:
        """Return the repetitions of a field, as they stand."""
        return self.raw(number).split(self.signs.repetition)

    def components(self, number: int) -> list[str]:
        """Return the components of the first repetition of a field, as text."""
        return self.parts_of(self.first(number))

    def parts_of(self, field: str) -> list[str]:
        """Return the components of a field that stands alone, as text."""
        return [unescaped(each, self.signs).strip() for each in field.split(self.signs.component)]

    def text(self, number: int, component: int = 1) -> str:
        """Return a component of a field as text; empty where there is none."""
        found = self.components(number)
        return found[component - 1] if component <= len(found) else ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its header, and the segments after it."""

    header: Segment
    segments: tuple[Segment, ...]


def read_messages(body: bytes) -> Iterator[Message]:
    """Yield the messages of a body; around them may be the segments of a batch.

    Raises:
        Misread: it does not begin as a message, or is not written as MSH-18 says.
    """
    lines = [line for line in _lines.split(decoded(body)) if line.strip()]
    own: list[str] = []
    for line in lines:
        if line[:3] in AROUND:
            continue
        if line.startswith(HEADER) and own:
            yield message_of(own)
            own = []
        own.append(line)
    if not own:
        raise Misread("", "not_readable", "no message of HL7 v2")
    yield message_of(own)


def blocks_of(body: bytes) -> Iterator[bytes]:
    """Yield the bytes of each message of a file, with line ends as HL7 has them.

    Raises:
        Misread: there is none.
    """
    lines = [line for line in re.split(rb"\r\n|\r|\n", body) if line.strip()]
    own: list[bytes] = []
    for line in lines:
        if line[:3].decode("ascii", "replace") in AROUND:
            continue
        if line.startswith(HEADER.encode()) and own:
            yield b"\r".join(own) + b"\r"
            own = []
        own.append(line)
    if not own:
        raise Misread("", "not_readable", "no message of HL7 v2")
    yield b"\r".join(own) + b"\r"


def decoded(body: bytes) -> str:
    """Return a body as text, written as its first MSH-18 says.

    Raises:
        Misread: the character set is not known, or another than it says.
    """
    told = charset_told(body)
    if told not in CHARSETS:
        raise Misread("MSH-18", "not_readable", "a character set that is not read here")
    try:
        return body.decode(CHARSETS[told])
    except UnicodeDecodeError:
        raise Misread("MSH-18", "not_readable", "not written as MSH-18 says") from None


def charset_told(body: bytes) -> str:
    """Return the word of MSH-18, which is ASCII whatever the rest is."""
    begins = body.find(HEADER.encode())
    line = re.split(rb"[\r\n]", body[begins : begins + 4_000], maxsplit=1)[0]
    if begins < 0 or len(line) < 9:
        return ""
    fields = line.split(line[3:4])
    told = fields[17] if len(fields) > 17 else b""
    return told.split(line[5:6])[0].decode("ascii", "replace").strip().upper()


def message_of(lines: list[str]) -> Message:
    """Return a message from its lines.

    Raises:
        Misread: the first is no header that tells the separators.
    """
    header = lines[0]
    if not header.startswith(HEADER) or len(header) < 9:
        raise Misread("MSH", "not_readable", "a message begins with MSH and its separators")
    told = header[3:].split(header[3], 2)[1]
    marks = f"{told}&" if len(told) == 3 else told
    every = header[3] + marks
    is_apart = len(set(every)) == len(every) and all(sign in punctuation for sign in every)
    if not 4 <= len(marks) <= 5 or not is_apart:
        raise Misread("MSH-2", "not_readable", "separators that cannot be told apart")
    signs = Separators(header[3], *marks[:4])
    first, *others = (segment_of(line, signs) for line in lines)
    return Message(header=first, segments=tuple(others))


def segment_of(line: str, signs: Separators) -> Segment:
    """Return a segment from its line."""
    fields = line.split(signs.field)
    if fields[0] == HEADER:
        # The separator itself is the first field of a header.
        fields.insert(1, signs.field)
    return Segment(name=fields[0].strip().upper(), fields=tuple(fields), signs=signs)


def unescaped(text: str, signs: Separators) -> str:
    r"""Return text without the escapes of HL7; one that nobody knows stays as it is.

    Example:
        >>> unescaped(r"120\T\80 \X41\ \.br\ \Q\ ", Separators("|", "^", "~", "\\", "&"))
        '120&80 A \n \\Q\\ '
    """
    if signs.escape not in text:
        return text
    meanings = {
        "F": signs.field, "S": signs.component, "R": signs.repetition, "E": signs.escape,
        "T": signs.part, ".br": "\n", "H": "", "N": "",
    }  # fmt: skip
    pieces = text.split(signs.escape)
    made, place = [pieces[0]], 1
    while place < len(pieces):
        word = pieces[place]
        meant = meanings.get(word)
        if meant is None and len(word) <= LONGEST_ESCAPE and _hexadecimal(word):
            meant = bytes.fromhex(word[1:]).decode("utf-8", "replace")
        if meant is not None and place + 1 < len(pieces):
            made += (meant, pieces[place + 1])
            place += 2
        else:
            made += (signs.escape, word)
            place += 1
    return "".join(made)
