"""From the rows made of a journal's entries to tables that outlive a month and a rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from caretally.codes import RULE_CODES
from caretally.patient_months.arrays import array, arrayed
from caretally.patient_months.columns import AUTHORIZED, Windows
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import (
    Array,
    FactTable,
    PartTables,
    ReadingTable,
    SpanTable,
    StaffTable,
    TableWords,
)
from caretally.patient_months.rows import BuiltPart
from caretally.patient_months.window_rows import CodeTable


class EveryCode(dict[str, int]):
    """Numbers for all codes there are, those that rules speak of first and by their bit."""

    def __init__(self) -> None:
        """Begin with the codes that rules speak of."""
        super().__init__({code: number for number, code in enumerate(RULE_CODES)})

    def __contains__(self, code: object) -> bool:
        """Tell that every code has a number."""
        return True

    def __missing__(self, code: str) -> int:
        """Return a new number."""
        self[code] = len(self)
        return self[code]

    def get(self, code: str, _: Any = None) -> Any:
        """Return a code's number."""
        return self[code]


def raw_codes() -> CodeTable:
    """Return a table of codes for rows that no rulebook has looked at."""
    return CodeTable(EveryCode(), {})


def counts_of(first: Sequence[int]) -> Array:
    """Return how many rows each group has, from where the groups begin."""
    return np.diff(array(first))


def owners_of(first: Sequence[int]) -> Array:
    """Return the group of each row, from where the groups begin."""
    return np.repeat(np.arange(len(first) - 1), counts_of(first))


def span_table(built: BuiltPart) -> SpanTable:
    """Return the spans of a part made from entries."""
    part, spans = built.part, arrayed(built.part.spans)
    legs: Array = np.empty(2 * len(part.legs.begins), dtype=np.int64)
    legs[0::2], legs[1::2] = array(part.legs.begins), array(part.legs.ends)
    return SpanTable(
        spans.patient, spans.start, spans.end, spans.kind, spans.program, spans.mode,
        spans.spoke_with, spans.two_way, spans.topics, spans.category, spans.part_of_visit,
        spans.marked, spans.standing, spans.recorded, spans.first_performance,
        array(part.performances.staff), array(part.performances.place), 2 * spans.first_leg, legs,
    )  # fmt: skip


def fact_table(windows: Windows) -> FactTable:
    """Return all else on record of a part made from entries."""
    rule_codes = (1 << len(RULE_CODES)) - 1
    x = [
        each & rule_codes if kind == AUTHORIZED else each
        for kind, each in zip(windows.kind, windows.x, strict=True)
    ]
    return FactTable(owners_of(windows.first), *arrayed(windows._replace(x=x))[1:])


def tables_of(built: BuiltPart, codes: CodeTable) -> PartTables:
    """Return a part made from entries as tables; `codes` are the raw ones it was made with."""
    part, words = built.part, built.words
    return PartTables(
        patients=words.patients,
        span_counts=counts_of(part.spans.first),
        reading_counts=counts_of(part.readings.first),
        fact_counts=counts_of(part.windows.first),
        spans=span_table(built),
        readings=ReadingTable(owners_of(part.readings.first), *arrayed(part.readings)[1:]),
        staff=StaffTable(owners_of(part.staff.first), *arrayed(part.staff)[1:]),
        facts=fact_table(part.windows),
        words=TableWords(
            zones=words.zones,
            payers=words.payers,
            diagnosis_sets=words.diagnosis_sets,
            codes=list(codes.bits),
            staff=words.staff,
            default_zone=part.default_zone,
        ),
        span_ids=words.spans,
        reading_ids=words.readings,
    )
