"""Reads the files inside our own PDFs, and the digest such a PDF bears of itself.

A small reader for what typst writes, in plain Python and without any package: classic objects and
one table of their places. A signature appends to such a file; what was there before it is read,
and that it goes on is told. Other writers' PDFs are refused rather than guessed at.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from caretally.errors import InputError, Problem

ENDS = re.compile(rb"startxref\n(\d+)\n%%EOF")
ENTRY = re.compile(rb"(\d{10}) \d{5} n")
FILESPEC = re.compile(rb"/Type/Filespec/F\(((?:[^()\\]|\\.)*)\).*?/EF<</F (\d+) 0 R", re.DOTALL)
STREAM = re.compile(rb"\d+ 0 obj\n<<(.*?)>>\nstream\n", re.DOTALL)
LENGTH = re.compile(rb"/Length (\d+)")
MARK = "sha256:"
BLANK = "0" * 64
BORNE = re.compile(rb"Keywords\([^)]*sha256:([0-9a-f]{64})\)")
MOST_BYTES = 400_000_000
"""Larger than any packet; a stream that unpacks to more is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was found in a PDF.

    files: content by name. spoiled: names of those that cannot be read any more, or stand twice.
    borne: the digest it bears; empty where it bears none. digest: that of what it is. length: bytes
    of it, without what a signature appended. appended: bytes after it.
    """

    files: Mapping[str, bytes]
    spoiled: tuple[str, ...]
    borne: str
    digest: str
    length: int
    appended: int


def marked(body: bytes) -> bytes:
    """Return a PDF that bears its own digest where it bore blanks.

    Raises:
        ValueError: there is no blank to put it in.
    """
    blank = (MARK + BLANK).encode()
    if blank not in body:
        raise ValueError("the PDF has no place for its digest")
    return body.replace(blank, f"{MARK}{sha256(body).hexdigest()}".encode())


def opened(body: bytes) -> Opened:
    """Return what is in a PDF.

    Raises:
        InputError: it is no PDF that Caretally made, or is cut off.
    """
    if not body.startswith(b"%PDF-"):
        raise refused("no PDF", "a packet that Caretally made")
    table, length = first_table(body)
    whole = body[:length]
    found = BORNE.search(whole)
    borne = found[1].decode() if found else ""
    blank = whole.replace(borne.encode(), BLANK.encode()) if borne else whole
    places = [int(place) for place in ENTRY.findall(whole, table)]
    files: dict[str, bytes] = {}
    spoiled = []
    for place in places:
        spec = FILESPEC.search(whole, place, next_after(places, place, table))
        content = stream_of(whole, places, int(spec[2])) if spec else None
        name = unescaped(spec[1]) if spec else ""
        if spec and (content is None or name in files):
            spoiled.append(name)  # of two files of one name a reader may show the other
        elif content is not None:
            files[name] = content
    return Opened(
        files=files,
        spoiled=tuple(spoiled), borne=borne, digest=sha256(blank).hexdigest(), length=length,
        appended=len(body) - length,
    )  # fmt: skip


def first_table(body: bytes) -> tuple[int, int]:
    """Return where the table of objects is, and where the file ends that it is of."""
    for end in ENDS.finditer(body):
        table = int(end[1])
        if table < end.start() and body.startswith(b"xref\n0 ", table):
            return table, end.end()
    raise refused("a PDF without the table our PDFs have", "a whole packet that Caretally made")


def next_after(places: list[int], place: int, last: int) -> int:
    """Return where the object after one begins."""
    return min((each for each in places if each > place), default=last)


def stream_of(body: bytes, places: list[int], number: int) -> bytes | None:
    """Return the content of a stream; None where it cannot be read."""
    head = STREAM.match(body, places[number - 1]) if 0 < number <= len(places) else None
    told = LENGTH.search(head[1]) if head else None
    if head is None or told is None:
        return None
    content = body[head.end() : head.end() + int(told[1])]
    if b"/FlateDecode" not in head[1]:
        return content
    unpacking = zlib.decompressobj()
    try:
        made = unpacking.decompress(content, MOST_BYTES)
    except zlib.error:
        return None
    return made if unpacking.eof else None


def unescaped(name: bytes) -> str:
    """Return the name of a file."""
    return re.sub(rb"\\(.)", rb"\1", name).decode("utf-8", "replace")


def refused(found: str, expected: str) -> InputError:
    """Return the refusal of a file."""
    return InputError([Problem(where="the file", found=found, expected=expected)])
