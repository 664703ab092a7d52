"""The first rows of a table as they would be read, before anything is kept."""

from __future__ import annotations

import msgspec

from caretally.devices.refusals import Misread
from caretally.devices.unpacked import Fault, VendorReading
from caretally.devices.vendors.csv.mapping import CsvMapping
from caretally.devices.vendors.csv.parse import read_rows


class PreviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row, what it would become, and what of it is not understood."""

    line: int
    cells: tuple[str, ...]
    readings: tuple[VendorReading, ...]
    faults: tuple[Fault, ...]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a table would become.

    rows: the first ones, and after them the first that have faults. faults: of the file as a whole.
    total_rows, total_readings, total_faults: of the whole file.
    """

    rows: tuple[PreviewRow, ...]
    faults: tuple[Fault, ...]
    total_rows: int
    total_readings: int
    total_faults: int


def preview(body: bytes, mapping: CsvMapping, most: int = 20) -> Preview:
    """Return what a table would become; `most` rows, and as many again that have faults."""
    shown: list[PreviewRow] = []
    troubled: list[PreviewRow] = []
    faults: list[Fault] = []
    rows = readings = faulty = 0
    try:
        for row, told in read_rows(body, mapping):
            made = PreviewRow(
                line=row.line, cells=row.cells,
                readings=tuple(each for each in told if isinstance(each, VendorReading)),
                faults=tuple(each for each in told if isinstance(each, Fault)),
            )  # fmt: skip
            rows, readings = rows + 1, readings + len(made.readings)
            faulty += len(made.faults)
            if len(shown) < most:
                shown.append(made)
            elif made.faults and len(troubled) < most:
                troubled.append(made)
    except Misread as refused:
        faults.append(refused.fault)
    return Preview(
        rows=(*shown, *troubled), faults=tuple(faults), total_rows=rows,
        total_readings=readings, total_faults=faulty + len(faults),
    )  # fmt: skip
