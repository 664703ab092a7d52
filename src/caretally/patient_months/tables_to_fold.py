"""From tables to a part ready to be folded for a month: little is looked at, nothing row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from caretally.clock import ServiceMonth, day_number
from caretally.patient_months.arrays import arrayed
from caretally.patient_months.columns import (
    ELSEWHERE,
    FOREVER,
    VISIT,
    Calendar,
    Legs,
    Part,
    Performances,
    Readings,
    Rules,
    Spans,
    Staff,
    Windows,
)
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import Array, PartTables, SpanTable
from caretally.patient_months.rows import calendar
from caretally.patient_months.window_rows import CodeTable

DAY = 86_400
SINGLE = SpanTable._fields.index("first_performer")
"""Columns of spans with one value a row."""


def firsts_of(counts: Array) -> Array:
    """Return where each group begins, and where the last ends."""
    first: Array = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=first[1:])
    return first


def owners_of_items(first: Array) -> Array:
    """Return the list of each item, from where the lists begin and the last ends.

    Counting the beginnings up to each item is many times quicker than repeating every list's
    number, which is what short lists make slow.
    """
    begun = np.bincount(first[1:], minlength=first[-1] + 1)
    owners: Array = np.cumsum(begun[: first[-1]], dtype=np.int32)
    return owners


def performances_of(spans: SpanTable) -> Performances:
    """Return who performed what, in the order of spans and in that of each person's starts.

    A place that nobody has, which there is none of in tables that hold, is taken by row -1.
    """
    span = owners_of_items(spans.first_performer)
    by_staff: Array = np.full(len(span), -1, dtype=np.int32)
    # Twice as quick to look up by as what the file holds.
    by_staff[spans.places.astype(np.intp)] = np.arange(len(span), dtype=np.int32)
    return Performances(spans.performers, span, by_staff, spans.places)


def spans_of(tables: PartTables) -> Spans:
    """Return the spans as the fold takes them."""
    spans = tables.spans
    single = spans[:SINGLE]
    first = firsts_of(tables.span_counts)
    return Spans._make((first, *single, spans.first_performer, spans.first_excluded // 2))


def near_month(tables: PartTables, month: ServiceMonth) -> tuple[PartTables, Array | None]:
    """Return the tables with only the spans that may touch a month in some zone, and their rows.

    Spans of other months compete for no second of it. None stands for all rows.
    """
    spans = tables.spans
    begin = DAY * (day_number(month.first_day) - 1)
    end = DAY * (day_number(month.last_day) + 2)
    near = (spans.start < end) & ((spans.end > begin) | (spans.start >= begin))
    if near.all():
        return tables, None
    rows: Array = np.flatnonzero(near)
    first_performer, performances = chosen_items(spans.first_performer, rows)
    first_excluded, legs = chosen_items(spans.first_excluded, rows)
    places = spans.places[performances]
    ranks: Array = np.empty(len(places), dtype=np.int32)
    ranks[np.argsort(places)] = np.arange(len(places), dtype=np.int32)
    chosen = SpanTable._make(
        (
            *(column[rows] for column in spans[:SINGLE]),
            first_performer, spans.performers[performances], ranks,
            first_excluded, spans.excluded[legs],
        )
    )  # fmt: skip
    counts = np.bincount(chosen.patient, minlength=len(tables.patients))
    return replace(tables, spans=chosen, span_counts=counts, performances=None), rows


def chosen_items(first: Array, rows: Array) -> tuple[Array, Array]:
    """Return where the lists of some rows begin among themselves, and their items' positions."""
    counts = np.diff(first)[rows]
    begins: Array = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(counts, out=begins[1:])
    shifts = np.repeat(first[:-1][rows] - begins[:-1], counts)
    return begins, np.arange(len(shifts)) + shifts


def legs_of(spans: SpanTable) -> Legs:
    """Return the excluded legs as the fold takes them."""
    begins: Array = np.ascontiguousarray(spans.excluded[0::2])
    ends: Array = np.ascontiguousarray(spans.excluded[1::2])
    return Legs(begins, ends)


def windows_of(tables: PartTables, codes: CodeTable) -> Windows:
    """Return all else on record as the fold takes it, with what the rules make of codes billed."""
    facts = tables.facts
    code, begins, x, y = (column.copy() for column in (facts.code, facts.begins, facts.x, facts.y))
    known = known_codes(tables.words.codes, codes)
    elsewhere = np.flatnonzero(facts.kind == ELSEWHERE)
    code[elsewhere] = known.bits[facts.code[elsewhere]]
    begins[elsewhere[code[elsewhere] == 0]] = FOREVER
    visits = np.flatnonzero(facts.kind == VISIT)
    number = facts.code[visits]
    code[visits], x[visits], y[visits] = (
        known.bits[number],
        known.never[number],
        known.modifiable[number],
    )
    return Windows(firsts_of(tables.fact_counts), facts.kind, code, begins, facts.ends, x, y)


class KnownCodes(NamedTuple):
    """What a rulebook makes of codes, by number.

    bits: 0 for codes no rule speaks of. never, modifiable: the codes each may not, and may with a
    modifier, share a date with.
    """

    bits: Array
    never: Array
    modifiable: Array


def known_codes(words: Sequence[str], codes: CodeTable) -> KnownCodes:
    """Return what a rulebook makes of the codes of a part."""
    pairs = [codes.pairs.get(code, (0, 0)) for code in words]
    return KnownCodes(
        np.array([codes.bits.get(code, 0) for code in words], dtype=np.int64),
        np.array([never for never, _ in pairs], dtype=np.int64),
        np.array([modifiable for _, modifiable in pairs], dtype=np.int64),
    )


@lru_cache(maxsize=64)
def array_calendar(month: ServiceMonth, zones: tuple[str, ...]) -> Calendar:
    """Return the local days of the zones as arrays, and the month."""
    plain = calendar(month, zones)
    midnights: Array = np.array(plain.midnights, dtype=np.int64)
    return plain._replace(midnights=midnights)


def part_of(tables: PartTables, month: ServiceMonth, rules: Rules, codes: CodeTable) -> Part:
    """Return a part ready to be folded for a month."""
    spans, staff = tables.spans, tables.staff
    registrations = np.bincount(staff.staff, minlength=len(tables.words.staff))
    return Part(
        len(tables.patients),
        tables.words.default_zone,
        array_calendar(month, tuple(tables.words.zones)),
        arrayed(rules),
        spans_of(tables),
        tables.performances or performances_of(spans),
        legs_of(spans),
        Staff(firsts_of(registrations), staff.role, staff.from_day, staff.to_day),
        windows_of(tables, codes),
        Readings(firsts_of(tables.reading_counts), *tables.readings[1:]),
    )
