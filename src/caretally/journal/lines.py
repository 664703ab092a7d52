"""Bounded lines from files that may be anything: huge, truncated, compressed, no text at all.

Memory stays bounded whatever a file holds, also a compressed one: no more than one line of
`LONGEST_LINE` bytes is kept. What cannot be read becomes a `Problem`, never a traceback.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from caretally.errors import Problem

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of a line without its end; an entry is some hundred."""
LONGEST_SKIP = 256 * LONGEST_LINE
"""Bytes of one overlong line after which its file is given up."""
BUFFER = 256 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

FilePath: TypeAlias = str | Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An open stream of lines, such as standard input or the body of a request.

    name: what a message calls it.
    stream: yields bytes; the caller closes it.
    compressed: whether it is gzip.
    """

    name: str
    stream: BinaryIO
    compressed: bool = False


def bounded_lines(
    source: Source | FilePath, refuse: Callable[[Problem], None]
) -> Iterator[tuple[int, bytes]]:
    """Yield line numbers from 1 and lines without their end; report what could not be read."""
    name = source.name if isinstance(source, Source) else str(source)
    if isinstance(source, Source):
        yield from _lines(_opened(source.stream, compressed=source.compressed), name, refuse)
        return
    try:
        stream = Path(source).open("rb")  # noqa: SIM115 - closed below
    except (OSError, ValueError) as error:
        refuse(_unreadable(name, error))
        return
    with stream:
        yield from _lines(_opened(stream, compressed=name.endswith(".gz")), name, refuse)


def _lines(
    reader: BinaryIO, name: str, refuse: Callable[[Problem], None]
) -> Iterator[tuple[int, bytes]]:
    """Cut a stream into lines; an overlong one is reported and passed over."""
    number = 0
    try:
        while line := reader.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) <= LONGEST_LINE or line.endswith(b"\n"):
                yield number, line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
                continue
            refuse(_overlong(name, number))
            if not _skip_line(reader):
                refuse(_given_up(name, number))
                return
    except (OSError, EOFError, zlib.error) as error:
        refuse(_unreadable(f"{name}:{number + 1}" if number else name, error))


def _opened(stream: BinaryIO, *, compressed: bool) -> BinaryIO:
    """Unpack as lines are asked for; the buffer makes its lines cheap."""
    if not compressed:
        return stream
    return io.BufferedReader(gzip.GzipFile(fileobj=stream, mode="rb"), BUFFER)


def _skip_line(reader: BinaryIO) -> bool:
    """Read on to the end of the line; False where it does not end within `LONGEST_SKIP`."""
    skipped = 0
    while piece := reader.readline(BUFFER):
        if piece.endswith(b"\n"):
            return True
        skipped += len(piece)
        if skipped > LONGEST_SKIP:
            return False
    return True


def _overlong(name: str, number: int) -> Problem:
    return Problem(
        where=f"{name}:{number}",
        found=f"a line of more than {LONGEST_LINE:,} bytes",
        expected="one entry a line, some hundred bytes long",
        hint="write each entry on a line of its own",
    )


def _given_up(name: str, number: int) -> Problem:
    return Problem(
        where=f"{name}:{number}",
        found=f"no end of the line within {LONGEST_SKIP:,} bytes",
        expected="lines",
        hint="the rest of the file was not read; is it NDJSON?",
    )


def _unreadable(where: str, error: Exception) -> Problem:
    """Say why a file could not be read on, in words and without the system's path."""
    told = (
        (FileNotFoundError, "no such file", "check the name"),
        (IsADirectoryError, "a directory", "name the files in it"),
        (PermissionError, "a file that may not be read", "check its permissions"),
        (EOFError, "a gzip file that ends too early", "copy or pack it again"),
        (gzip.BadGzipFile, "no or damaged gzip content", "a name in .gz must be a gzip file"),
        (zlib.error, "damaged gzip content", "copy or pack it again"),
        (OSError, f"an error of the file system ({type(error).__name__})", "try again"),
    )
    found, hint = next(
        ((found, hint) for sort, found, hint in told if isinstance(error, sort)),
        ("a name that cannot be a file's", "check the name"),
    )
    return Problem(where=where, found=found, expected="a readable NDJSON file", hint=hint)
