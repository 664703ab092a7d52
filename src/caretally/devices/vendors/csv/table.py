"""Bytes of a table into rows of cells, with the line each row begins on."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from caretally.devices.refusals import Misread

LONGEST_CELL = 10_000
MOST_COLUMNS = 500


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a table, and the line it begins on."""

    line: int
    cells: tuple[str, ...]


def text_of(body: bytes, encoding: str) -> str:
    """Return a table as text, without a mark of its encoding.

    Raises:
        Misread: it is not in this encoding.
    """
    try:
        return body.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except (UnicodeError, LookupError):
        says = f"not written in {encoding}"
        raise Misread("", "not_readable", says) from None


def rows_of(text: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows that hold anything.

    Raises:
        Misread: a quote is never closed, or a cell or row is beyond all measure.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            says = "a row that cannot be taken apart: look at its quotes"
            raise Misread(f"line {line}", "not_readable", says) from None
        if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
            raise Misread(f"line {line}", "too_large", "a row beyond all measure")
        if any(cell.strip() for cell in cells):
            yield Row(line=line, cells=tuple(cell.strip() for cell in cells))
        line = reader.line_num + 1


def column_names(first: Sequence[str], *, header: bool) -> tuple[str, ...]:
    """Return what the columns of a table are called.

    A column without a name, or whose name another has too, is called by its place, such as #3.

    Example:
        >>> column_names(["Date", "Value", "Value"], header=True)
        ('Date', '#2', '#3')
    """
    counts = Counter(first)
    return tuple(
        name if header and name and counts[name] == 1 else f"#{place}"
        for place, name in enumerate(first, 1)
    )
