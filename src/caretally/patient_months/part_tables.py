"""A part as tables that outlive a month and a rulebook: what the bulk files hold, as columns.

Nothing here depends on which month is decided, or by which rules: codes billed by others stand as
their numbers, and what a rulebook makes of them is looked up when the part is made ready to fold.
Rows are in the order of the fold: by patient, then as each table says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from caretally.patient_months.columns import Performances

Array: TypeAlias = Any
"""An array of integers."""


class SpanTable(NamedTuple):
    """Contacts, attempts and time, by patient, then start, then id.

    performers, excluded: one after the other; row i has those from first_…[i] to first_…[i + 1].
    places: of each performer's performance when all of the part are sorted by person, then start,
    then id. excluded: begin and end of each excluded leg in turn.
    """

    patient: Array
    start: Array
    end: Array
    kind: Array
    program: Array
    mode: Array
    spoke_with: Array
    two_way: Array
    topics: Array
    category: Array
    part_of_visit: Array
    marked: Array
    standing: Array
    recorded: Array
    first_performer: Array
    performers: Array
    places: Array
    first_excluded: Array
    excluded: Array


class ReadingTable(NamedTuple):
    """Device data, by patient, then instant, then id."""

    patient: Array
    at: Array
    device: Array
    origin: Array
    standing: Array


class StaffTable(NamedTuple):
    """Registrations, by person."""

    staff: Array
    role: Array
    from_day: Array
    to_day: Array


class FactTable(NamedTuple):
    """All else on record, by patient, then kind, then code, then preference or time."""

    patient: Array
    kind: Array
    code: Array
    begins: Array
    ends: Array
    x: Array
    y: Array


class NumberedIds(NamedTuple):
    """Ids that are a prefix and the number of the row in nine digits."""

    prefix: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWords:
    """The words behind a part's numbers, by position.

    codes: those billed elsewhere or as visits; the first are `caretally.codes.RULE_CODES`.
    default_zone: of patients whose enrollment says none.
    """

    zones: Sequence[str]
    payers: Sequence[str]
    diagnosis_sets: Sequence[tuple[str, ...]]
    codes: Sequence[str]
    staff: Sequence[str]
    default_zone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTables:
    """All patients of practices connected by shared staff or devices, as tables.

    patients: ids, by position; sorted. span_counts, reading_counts, fact_counts: rows of each
    patient. performances: who performed which of the spans, where that was looked at. span_ids,
    reading_ids: by row, or `NumberedIds`; None where they were not asked for.
    """

    patients: Sequence[str]
    span_counts: Array
    reading_counts: Array
    fact_counts: Array
    spans: SpanTable
    readings: ReadingTable
    staff: StaffTable
    facts: FactTable
    words: TableWords
    performances: Performances | None = None
    span_ids: Any = None
    reading_ids: Any = None
