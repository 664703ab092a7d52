"""Parts and the fold's output as arrays: what the compiled fold reads and writes.

The widths of the output are fixed here. They hold what one patient's month can come to: no count
of a month needs more than 31 bits, masks stay below `MAX_BITS`, and instants need 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from caretally.codes import PROGRAMS
from caretally.patient_months.columns import FACTS, Calendar, Folded, Part
from caretally.patient_months.extras import np
from caretally.patient_months.fold import fold_part
from caretally.patient_months.positions import MEMO_WIDTH, WIDTH_OF
from caretally.patient_months.rows import plain_output

Array: TypeAlias = Any
"""An array of integers; stands where the fold takes a column or cells."""

LINE = 64
"""Bytes of a line of the processor's cache."""
WIDE_FACTS = frozenset({"began_on", "episode_from", "setup_after", "diagnoses", "access_aligned"})
"""Facts that may be FOREVER, or masks of 62 diagnoses on the way; all others fit 32 bits."""


def array(column: Iterable[int]) -> Array:
    """Return a column as an array of 64-bit integers, unless it is an array."""
    return column if isinstance(column, np.ndarray) else np.array(list(column), dtype=np.int64)


def arrayed(table: Any) -> Any:
    """Return a named tuple with its columns as arrays."""
    return type(table)(*(each if isinstance(each, int) else array(each) for each in table))


def array_part(part: Part) -> Part:
    """Return a part of lists as a part of arrays."""
    midnights: Array = np.array(part.calendar.midnights, dtype=np.int64)
    calendar = Calendar(
        part.calendar.first_day,
        midnights,
        part.calendar.month_first,
        part.calendar.month_last,
    )
    return Part(
        part.patients, part.default_zone, calendar, arrayed(part.rules), arrayed(part.spans),
        arrayed(part.performances), arrayed(part.legs), arrayed(part.staff), arrayed(part.windows),
        arrayed(part.readings),
    )  # fmt: skip


def fact_width(name: str) -> type[np.signedinteger[Any]]:
    """Return the type of a fact's column."""
    return np.int64 if name in WIDE_FACTS else np.int32


class Workspace:
    """Memory for the fold's output, used again for one part after the other.

    What one fold wrote stands until the next output is asked for.
    """

    def __init__(self) -> None:
        """Begin with no memory."""
        self._kept: dict[str, Array] = {}

    def cells(self, name: str, length: int, width: type[np.signedinteger[Any]]) -> Array:
        """Return a column of any content.

        Columns begin on different lines of the processor's cache: large ones would all begin on a
        page, and the same row of sixty columns would contend for one place.
        """
        kept = self._kept.get(name)
        if kept is None or len(kept) < length:
            shift = (len(self._kept) + 1) * LINE // np.dtype(width).itemsize
            room = length + length // 8 + 8
            kept = self._kept[name] = np.empty(shift + room, dtype=width)[shift:]
        return kept[:length]

    def filled(
        self, name: str, length: int, width: type[np.signedinteger[Any]], value: int = 0
    ) -> Array:
        """Return a column filled with a value."""
        cells = self.cells(name, length, width)
        cells.fill(value)
        return cells

    def output(self, part: Part, capacity: int) -> Folded:
        """Return room for what the fold of a part writes, with so many slots."""
        spans, readings, patients = len(part.spans.start), len(part.readings.at), part.patients
        persons = len(part.staff.first) - 1
        most = int(np.diff(array(part.readings.first)).max(initial=0))
        narrow, wide = np.int32, np.int64
        return Folded(
            facts=[self.filled(name, capacity, fact_width(name)) for name in FACTS],
            counted=self.filled("counted", spans, narrow),
            live=self.filled("live", spans, narrow),
            reasons=self.cells("reasons", spans, narrow),
            reading_reasons=self.filled("reading_reasons", readings, narrow, -1),
            lane=self.cells("lane", spans, np.int8),
            conflict=self.filled("conflict", len(part.performances.staff), narrow),
            zone=self.cells("patient_zone", patients, narrow),
            program=self.cells("patient_program", patients, np.int8),
            state=self.cells("state", spans, narrow),
            seconds=self.cells("seconds", len(PROGRAMS) * WIDTH_OF, narrow),
            day=self.cells("day", most, narrow),
            day_devices=self.cells("day_devices", most, wide),
            day_systems=self.cells("day_systems", most, narrow),
            memo=self.filled("memo", (len(PROGRAMS) + persons) * MEMO_WIDTH, wide, -1),
            cursor=self.filled("cursor", 4, wide),
        )


def listed(table: Any) -> Any:
    """Return a named tuple of arrays, numbers and named tuples with its columns as lists."""
    if isinstance(table, int):
        return table
    if hasattr(table, "_fields"):
        return type(table)(*map(listed, table))
    return table.tolist() if isinstance(table, np.ndarray) else list(map(listed, table))


class PlainFold:
    """The fold as it stands, for machines without a compiler; a thousand times slower.

    Called like `compiled.CompiledFold`.
    """

    def __call__(self, part: Part, workspace: Workspace) -> tuple[Folded, int]:
        """Return what a part of arrays folds to, and how many slots were opened."""
        lists: Part = listed(part)
        capacity = 8 * part.patients + 8
        while True:
            out = plain_output(lists, capacity)
            slots = fold_part(lists, out)
            if slots >= 0:
                break
            capacity *= 2
        columns = workspace.output(part, capacity)
        for name, found in zip(Folded._fields, out, strict=True):
            cells = getattr(columns, name)
            if name == "facts":
                for cell, values in zip(cells, found, strict=True):
                    cell[:] = values
            else:
                cells[:] = found
        return columns, slots
