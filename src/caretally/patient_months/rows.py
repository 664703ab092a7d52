"""From a journal's entries to a part: the rows the fold walks, with the words they came from.

One part holds every patient of the entries given, since staff overlaps cross patients. Entries
arrive resolved: what was superseded or voided is known, and stays as a row that counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, chain, pairwise, repeat
from typing import NamedTuple, TypeVar

from caretally.clock import DEFAULT_ZONE, ServiceMonth, day_number, midnights
from caretally.codes import PAYERS, PROGRAMS
from caretally.journal.entries import Entry
from caretally.patient_months.columns import (
    FACTS,
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
from caretally.patient_months.ledgers import (
    CUSTODY_KINDS,
    KEPT_WHEN_SET_ASIDE,
    ByKind,
    Ledger,
    PracticeLedger,
    ledger_of,
    practice_ledger,
)  # fmt: skip
from caretally.patient_months.positions import MEMO_WIDTH, WIDTH_OF
from caretally.patient_months.reading_rows import NO_READINGS
from caretally.patient_months.span_rows import SpanRow
from caretally.patient_months.window_rows import (
    CodeTable,
    Custody,
    Interned,
    PartWords,
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


def sorted_entries(record: Record) -> tuple[dict[str, ByKind], ByKind]:
    """Return known entries by patient and kind, and those whose subject is nobody's chart alone.

    Practices, staff and the custody of devices are told to all patients of a part.
    """
    grouped: dict[str, ByKind] = {}
    shared: ByKind = {}
    set_aside = record.set_aside
    for entry in record.known:
        kind, patient = entry.body.kind, entry.patient
        if set_aside and entry.id in set_aside and kind not in KEPT_WHEN_SET_ASIDE:
            kind = SET_ASIDE
        if kind in SHARED_KINDS:
            shared.setdefault(kind, []).append(entry)
        if patient is not None:
            try:
                grouped[patient][kind].append(entry)
            except KeyError:
                grouped.setdefault(patient, {})[kind] = [entry]
    return grouped, shared


SET_ASIDE = "set_aside"
"""Stands for the kind of entries that make no row any more; a patient of nothing else is one."""
SHARED_KINDS = frozenset({"practice_registered", "staff_registered", *CUSTODY_KINDS})


def firsts(groups: Iterable[Sequence[object]]) -> list[int]:
    """Return where each group begins in the concatenation, and where the last ends."""
    return list(accumulate(map(len, groups), initial=0))


def turned(rows: Sequence[Row], width: int) -> list[Sequence[int]]:
    """Return the columns of rows."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


def staff_columns(practice: PracticeLedger, numbers: Mapping[str, int]) -> Staff:
    """Return the registrations by person; persons only named in spans have none."""
    registered = [practice.registrations.get(person, ()) for person in numbers]
    return Staff(firsts(registered), *turned([row for rows in registered for row in rows], 3))


def performance_columns(
    spans: Sequence[SpanRow], numbers: dict[str, int], *, patients: int
) -> Performances:
    """Return who performed what; `numbers` numbers the persons and grows."""
    staff: list[int] = []
    span_of: list[int] = []
    for position, span in enumerate(spans):
        for person in span.performers:
            staff.append(numbers.setdefault(person, len(numbers)))
            span_of.append(position)
    # The spans of one patient are in order of time already.
    order: Sequence[int] = range(len(staff))
    if patients > 1:
        order = sorted(order, key=lambda row: (spans[span_of[row]].start, spans[span_of[row]].id))
    by_staff = sorted(order, key=staff.__getitem__)
    place = [0] * len(staff)
    for position, row in enumerate(by_staff):
        place[row] = position
    return Performances(staff, span_of, by_staff, place)


def span_columns(groups: Sequence[Sequence[SpanRow]]) -> tuple[Spans, Legs, list[SpanRow]]:
    """Return the spans of all patients as columns, their excluded legs, and the rows in order."""
    flat = [row for group in groups for row in group]
    columns = turned(flat, len(SpanRow._fields))
    patients = list(chain.from_iterable(repeat(p, len(group)) for p, group in enumerate(groups)))
    performers = [row.performers for row in flat]
    excluded = [row.legs for row in flat]
    legs = list(chain.from_iterable(excluded))
    spans = Spans._make(
        (
            firsts(groups), patients, columns[0], *columns[2:14], firsts(performers),
            firsts(excluded),
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


class Frame(NamedTuple):
    """The windows of a part's patients, and the words their rows speak of; of no month."""

    windows: Windows
    default_zone: int
    zones: Sequence[str]
    payers: Sequence[str]
    diagnosis_sets: Sequence[tuple[str, ...]]


def frame_of(
    ledgers: Iterable[Ledger],
    practice: PracticeLedger,
    held: Mapping[str, Sequence[Custody]],
    codes: CodeTable,
) -> Frame:
    """Return the windows of patients, in the order given; `held` are their devices."""
    practices = practice.practices
    words = PartWords(Interned(), Interned(PAYERS), {}, practices, codes)
    sole = next(iter(practices.values())) if len(practices) == 1 else None
    default_zone = words.zones.number((sole.time_zone if sole else None) or DEFAULT_ZONE)
    rows = [
        patient_windows(
            ledger.states, held.get(ledger.patient, ()), words,
            caregivers=dict(ledger.caregivers), devices=dict(ledger.devices),
        )
        for ledger in ledgers
    ]  # fmt: skip
    flat = [(row[0], row[1], *row[3:]) for each in rows for row in each]
    windows = Windows(firsts(rows), *turned(flat, 6))
    return Frame(
        windows, default_zone, words.zones.words(), words.payers.words(),
        list(words.diagnosis_sets),
    )  # fmt: skip


def reading_part(ledgers: Sequence[Ledger]) -> tuple[Readings, Sequence[str]]:
    """Return the readings of all patients as columns, and their ids."""
    columns = ledgers[0].readings if len(ledgers) == 1 else [
        list(chain.from_iterable(some))
        for some in zip(*(ledger.readings for ledger in ledgers), strict=True)
    ] or NO_READINGS  # fmt: skip
    ats, ids, *others = columns
    return Readings(firsts([ledger.readings[0] for ledger in ledgers]), ats, *others), ids


def assemble(
    ledgers: Sequence[Ledger],
    practice: PracticeLedger,
    frame: Frame,
    month: ServiceMonth,
    rules: Rules,
) -> BuiltPart:
    """Return the rows of patients, in the order of their ids, ready to be folded for a month."""
    spans, legs, span_list = span_columns([ledger.spans for ledger in ledgers])
    numbers: dict[str, int] = {}
    performances = performance_columns(span_list, numbers, patients=len(ledgers))
    readings, reading_ids = reading_part(ledgers)
    part = Part(
        len(ledgers), frame.default_zone, calendar(month, frame.zones), rules, spans,
        performances, legs, staff_columns(practice, numbers), frame.windows, readings,
    )  # fmt: skip
    named = Words(
        patients=[ledger.patient for ledger in ledgers],
        spans=[row.id for row in span_list],
        readings=reading_ids,
        staff=list(numbers),
        payers=frame.payers,
        zones=frame.zones,
        diagnosis_sets=frame.diagnosis_sets,
    )
    return BuiltPart(part=part, words=named)


def build_part(record: Record, month: ServiceMonth, rules: Rules, codes: CodeTable) -> BuiltPart:
    """Return the rows of every patient on record, ready to be folded for a month."""
    grouped, shared = sorted_entries(record)
    practice = practice_ledger(shared)
    held = custodies(entry for kind in CUSTODY_KINDS for entry in shared.get(kind, ()))
    ledgers = [ledger_of(name, grouped[name], record.set_aside) for name in sorted(grouped)]
    return assemble(ledgers, practice, frame_of(ledgers, practice, held, codes), month, rules)


def plain_output(part: Part, capacity: int) -> Folded:
    """Return empty lists for the fold to write into, with room for a number of slots."""
    spans, readings = len(part.spans.start), len(part.readings.at)
    persons = len(part.staff.first) - 1
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
        memo=[-1] * ((len(PROGRAMS) + persons) * MEMO_WIDTH), cursor=[0, 0, 0, 0],
    )  # fmt: skip
