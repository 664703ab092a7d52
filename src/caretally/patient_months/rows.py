"""From a journal's entries to a part: the rows the fold walks, with the words they came from.

One part holds every patient of the entries given, since staff overlaps cross patients. Entries
arrive resolved: what was superseded or voided is known, and stays as a row that counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeVar

from caretally.clock import DEFAULT_ZONE, ServiceMonth, day_number, midnights
from caretally.codes import PAYERS, PROGRAMS, ROLES
from caretally.journal.entries import Entry, PracticeRegistered, StaffRegistered
from caretally.patient_months.columns import (
    FACTS,
    FOREVER,
    Calendar,
    Folded,
    Legs,
    Part,
    Performances,
    Readings,
    Rules,
    Spans,
    Staff,
    Windows,
)  # fmt: skip
from caretally.patient_months.positions import MEMO_CELLS, WIDTH_OF
from caretally.patient_months.reading_rows import ReadingRow, reading_rows
from caretally.patient_months.span_rows import SpanRow, span_rows
from caretally.patient_months.window_rows import (
    CodeTable,
    Custody,
    Interned,
    PartWords,
    WindowRow,
    custodies,
    patient_windows,
)  # fmt: skip

CALENDAR_YEARS = (2010, 2035)
"""Years of local days kept at hand; instants before or after fall on the first or last of them."""

Row = TypeVar("Row", bound=tuple[object, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words behind a part's numbers, by position.

    patients, spans, readings, staff: ids. payers, zones: names. diagnosis_sets: sorted ICD-10-CM
    codes.
    """

    patients: Sequence[str]
    spans: Sequence[str]
    readings: Sequence[str]
    staff: Sequence[str]
    payers: Sequence[str]
    zones: Sequence[str]
    diagnosis_sets: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A journal as the rows are made from it.

    known: every entry known at the time of knowing; set_aside: id → superseded or voided.
    """

    known: Sequence[Entry]
    set_aside: Mapping[str, str]


class PatientRows(NamedTuple):
    """The rows of one patient, each list in the fold's order."""

    spans: list[SpanRow]
    windows: list[WindowRow]
    readings: list[ReadingRow]


def by_patient(record: Record) -> dict[str, dict[str, list[Entry]]]:
    """Return known entries by patient and kind; only spans and readings keep what was set aside."""
    grouped: dict[str, dict[str, list[Entry]]] = {}
    set_aside = record.set_aside
    for entry in record.known:
        if entry.patient is None:
            continue
        kinds = grouped.setdefault(entry.patient, {})
        kind = entry.body.kind
        if not set_aside or entry.id not in set_aside or kind in KEPT_WHEN_SET_ASIDE:
            kinds.setdefault(kind, []).append(entry)
    return grouped


SPAN_KINDS = ("contact_held", "contact_attempted", "time_logged")
KEPT_WHEN_SET_ASIDE = {*SPAN_KINDS, "reading_recorded"}
CUSTODY_KINDS = ("device_assigned", "device_returned")


def practices_of(record: Record) -> dict[str, PracticeRegistered]:
    """Return the practices on record, each by its latest registration."""
    latest: dict[str, tuple[tuple[datetime, str], PracticeRegistered]] = {}
    for entry in record.known:
        body = entry.body
        if isinstance(body, PracticeRegistered) and entry.id not in record.set_aside:
            order = (entry.at, entry.id)
            if body.practice not in latest or latest[body.practice][0] < order:
                latest[body.practice] = (order, body)
    return {name: body for name, (_, body) in sorted(latest.items())}


def rows_of(
    kinds: Mapping[str, list[Entry]], held: Iterable[Custody], record: Record, words: PartWords
) -> PatientRows:
    """Return the rows of one patient from the entries by kind."""
    caregivers: dict[str, int] = {}
    devices: dict[str, int] = {}
    spoken = [entry for kind in SPAN_KINDS for entry in kinds.get(kind, ())]
    spans = span_rows(spoken, record.set_aside, caregivers)
    windows = patient_windows(kinds, held, words, caregivers=caregivers, devices=devices)
    readings = reading_rows(kinds.get("reading_recorded", ()), record.set_aside, devices)
    return PatientRows(spans, windows, readings)


def firsts(groups: Iterable[Sequence[object]]) -> list[int]:
    """Return where each group begins in the concatenation, and where the last ends."""
    return list(accumulate((len(group) for group in groups), initial=0))


def turned(rows: Sequence[Row], width: int) -> list[Sequence[int]]:
    """Return the columns of rows."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


def staff_columns(record: Record, numbers: dict[str, int]) -> Staff:
    """Return the registrations by person; persons only named in spans have none."""
    registered: list[list[tuple[int, int, int]]] = [[] for _ in numbers]
    for entry in record.known:
        body = entry.body
        if not isinstance(body, StaffRegistered) or entry.id in record.set_aside:
            continue
        if body.staff in numbers:
            begins = -FOREVER if body.from_on is None else day_number(body.from_on)
            ends = FOREVER if body.to_on is None else day_number(body.to_on)
            registered[numbers[body.staff]].append((ROLES.index(body.role), begins, ends))
    flat = [row for rows in registered for row in sorted(rows)]
    return Staff(firsts(registered), *turned(flat, 3))


def performance_columns(spans: Sequence[SpanRow], numbers: dict[str, int]) -> Performances:
    """Return who performed what; `numbers` numbers the persons and grows."""
    rows = [
        (numbers.setdefault(person, len(numbers)), position)
        for position, span in enumerate(spans)
        for person in span.performers
    ]
    by_staff = sorted(
        range(len(rows)),
        key=lambda row: (rows[row][0], spans[rows[row][1]].start, spans[rows[row][1]].id),
    )
    place = [0] * len(rows)
    for position, row in enumerate(by_staff):
        place[row] = position
    staff, span = turned(rows, 2)
    return Performances(staff, span, by_staff, place)


def span_columns(groups: Sequence[Sequence[SpanRow]]) -> tuple[Spans, Legs, list[SpanRow]]:
    """Return the spans of all patients as columns, their excluded legs, and the rows in order."""
    flat = [row for group in groups for row in group]
    columns = turned(flat, len(SpanRow._fields))
    patients = [patient for patient, group in enumerate(groups) for _ in group]
    legs = [leg for row in flat for leg in row.legs]
    performances = firsts([row.performers for row in flat])
    spans = Spans._make(
        (
            firsts(groups), patients, columns[0], *columns[2:14], performances,
            firsts([row.legs for row in flat]),
        )
    )  # fmt: skip
    return spans, Legs(*turned(legs, 2)), flat


def calendar_years(month: ServiceMonth) -> tuple[int, int]:
    """Return the first and last year of local days that deciding a month may need."""
    return min(CALENDAR_YEARS[0], month.year - 1), max(CALENDAR_YEARS[1], month.year + 1)


def calendar(month: ServiceMonth, zones: Iterable[str]) -> Calendar:
    """Return the local days of the zones, and the month."""
    first, last = calendar_years(month)
    return Calendar(
        day_number(date(first, 1, 1)),
        [midnights(zone, first, last) for zone in zones],
        day_number(month.first_day),
        day_number(month.last_day),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltPart:
    """A part and the words behind its numbers."""

    part: Part
    words: Words


def build_part(record: Record, month: ServiceMonth, rules: Rules, codes: CodeTable) -> BuiltPart:
    """Return the rows of every patient on record, ready to be folded for a month."""
    practices = practices_of(record)
    words = PartWords(Interned(), Interned(PAYERS), {}, practices, codes)
    sole = next(iter(practices.values())) if len(practices) == 1 else None
    default_zone = words.zones.number((sole.time_zone if sole else None) or DEFAULT_ZONE)
    grouped = by_patient(record)
    held = custodies(
        entry
        for entry in record.known
        if entry.body.kind in CUSTODY_KINDS and entry.id not in record.set_aside
    )
    patients = sorted(grouped)
    rows = [rows_of(grouped[name], held.get(name, ()), record, words) for name in patients]
    spans, legs, span_list = span_columns([each.spans for each in rows])
    numbers: dict[str, int] = {}
    performances = performance_columns(span_list, numbers)
    window_list = [(row[0], row[1], *row[3:]) for each in rows for row in each.windows]
    reading_list = [row for each in rows for row in each.readings]
    reading_columns = turned(reading_list, 5)
    part = Part(
        len(patients), default_zone, calendar(month, words.zones.words()), rules, spans,
        performances, legs, staff_columns(record, numbers),
        Windows(firsts([each.windows for each in rows]), *turned(window_list, 6)),
        Readings(
            firsts([each.readings for each in rows]), reading_columns[0], *reading_columns[2:]
        ),
    )  # fmt: skip
    named = Words(
        patients=patients,
        spans=[row.id for row in span_list],
        readings=reading_columns[1],  # type: ignore[arg-type]
        staff=list(numbers),
        payers=words.payers.words(),
        zones=words.zones.words(),
        diagnosis_sets=list(words.diagnosis_sets),
    )
    return BuiltPart(part=part, words=named)


def plain_output(part: Part, capacity: int) -> Folded:
    """Return empty lists for the fold to write into, with room for a number of slots."""
    spans, readings = len(part.spans.start), len(part.readings.at)
    most = max(
        (after - before for before, after in pairwise(part.readings.first)),
        default=0,
    )
    return Folded(
        facts=[[0] * capacity for _ in FACTS],
        counted=[0] * spans, live=[0] * spans, reasons=[0] * spans,
        reading_reasons=[-1] * readings, lane=[0] * spans,
        conflict=[0] * len(part.performances.staff),
        zone=[0] * part.patients, program=[0] * part.patients, state=[0] * spans,
        seconds=[0] * (len(PROGRAMS) * WIDTH_OF),
        day=[0] * most, day_devices=[0] * most, day_systems=[0] * most,
        memo=[-1] * MEMO_CELLS, cursor=[0, 0, 0, 0],
    )  # fmt: skip
