"""From a table to readings, by the mapping of its connection."""

from __future__ import annotations

from collections.abc import Iterator

from caretally.devices.documents import MOST_ELEMENTS
from caretally.devices.refusals import Misread
from caretally.devices.unpacked import Fault, Posted, Unpacked, VendorReading
from caretally.devices.vendors.csv.mapping import SETTING, CsvMapping, problems_of, read_mapping
from caretally.devices.vendors.csv.reading_rows import readings_of
from caretally.devices.vendors.csv.table import Row, column_names, rows_of, text_of
from caretally.errors import InputError

Rowed = tuple[Row, tuple[VendorReading | Fault, ...]]


def parse(posted: Posted) -> Unpacked:
    """Return all that a table holds."""
    text = posted.settings.get(SETTING, "")
    if not text:
        says = "the connection has no mapping of columns yet"
        return Unpacked(faults=(Fault(path="", code="not_the_shape", says=says),))
    try:
        mapping = read_mapping(text)
    except InputError as error:
        says = f"the mapping cannot be used: {error.problems[0]}"
        return Unpacked(faults=(Fault(path="", code="not_the_shape", says=says),))
    return unpacked(posted.body, mapping)


def unpacked(body: bytes, mapping: CsvMapping) -> Unpacked:
    """Return all that a table holds by a mapping."""
    told: list[VendorReading | Fault] = []
    try:
        for _, found in read_rows(body, mapping):
            told += found
    except Misread as refused:
        # What stands before the trouble was read; from there on the file makes no sense.
        told.append(refused.fault)
    return Unpacked(
        readings=tuple(each for each in told if isinstance(each, VendorReading)),
        faults=tuple(each for each in told if isinstance(each, Fault)),
    )


def read_rows(body: bytes, mapping: CsvMapping) -> Iterator[Rowed]:
    """Yield each row that holds anything, with its readings and faults.

    Raises:
        Misread: the file cannot be read, or has other columns than the mapping.
    """
    rows = rows_of(text_of(body, mapping.encoding), mapping.delimiter)
    first = next(rows, None)
    if first is None:
        raise Misread("", "not_readable", "an empty file")
    columns = column_names(first.cells, header=mapping.header)
    problems = problems_of(mapping, columns)
    if problems:
        raise Misread(f"line {first.line}", "not_the_shape", str(problems[0]))
    if not mapping.header:
        yield first, read_row(mapping, columns, first)
    for number, row in enumerate(rows):
        if number >= MOST_ELEMENTS:
            says = f"more than {MOST_ELEMENTS} rows: divide the file"
            raise Misread(f"line {row.line}", "too_large", says)
        yield row, read_row(mapping, columns, row)


def read_row(
    mapping: CsvMapping, columns: tuple[str, ...], row: Row
) -> tuple[VendorReading | Fault, ...]:
    """Return what a row tells; one with cells beyond the last column tells nothing."""
    if len(row.cells) > len(columns):
        says = "more cells than columns: is a cell with a comma missing its quotes?"
        return (Fault(path=f"line {row.line}", code="not_the_shape", says=says),)
    cells = dict(zip(columns, row.cells, strict=False))
    return tuple(readings_of(mapping, cells, row.line))
