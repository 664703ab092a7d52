"""A patient's entries as rows of the fold, whatever the month and whoever else is in the part.

A ledger is never changed. New entries make a new one, which shares with the old one whatever they
leave alone; so the rows of a long chart need not be made again for every entry.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from caretally.clock import day_number
from caretally.codes import ROLES
from caretally.journal.entries import Entry, PracticeRegistered, StaffRegistered
from caretally.patient_months.columns import FOREVER
from caretally.patient_months.reading_rows import NO_READINGS, reading_columns
from caretally.patient_months.span_rows import SpanRow, span_rows

SPAN_KINDS = ("contact_held", "contact_attempted", "time_logged")
READING_KIND = "reading_recorded"
CUSTODY_KINDS = ("device_assigned", "device_returned")
KEPT_WHEN_SET_ASIDE = frozenset({*SPAN_KINDS, READING_KIND})
"""Kinds of which what was superseded or voided stays, as a row that counts nothing."""

ByKind = dict[str, list[Entry]]


class Ledger(NamedTuple):
    """The rows of one patient.

    spans: by start, then id. longest: seconds of the longest, which tells how far back one may
    reach. readings: columns of `reading_rows`. states: everything else that counts, by kind;
    windows are made from it. caregivers, devices: their numbers in the rows.
    """

    patient: str
    spans: Sequence[SpanRow]
    longest: int
    readings: Sequence[Sequence[Any]]
    told: Sequence[Entry]
    states: Mapping[str, Sequence[Entry]]
    caregivers: Mapping[str, int]
    devices: Mapping[str, int]


class PracticeLedger(NamedTuple):
    """What is on record about practices, their staff and stock.

    practices: by id, each as registered last. registrations: role, first and last day, by person.
    """

    practices: Mapping[str, PracticeRegistered]
    registrations: Mapping[str, Sequence[tuple[int, int, int]]]
    stock: Sequence[Entry]


def by_kind(entries: Iterable[Entry], set_aside: Mapping[str, str]) -> ByKind:
    """Return entries by kind; only spans and readings keep what was set aside."""
    kinds: ByKind = {}
    for entry in entries:
        kind = entry.body.kind
        if not set_aside or entry.id not in set_aside or kind in KEPT_WHEN_SET_ASIDE:
            kinds.setdefault(kind, []).append(entry)
    return kinds


def longest_of(spans: Iterable[SpanRow]) -> int:
    """Return the seconds of the longest span, 0 for none."""
    return max((0, *(row.end - row.start for row in spans)))


def ledger_of(patient: str, kinds: ByKind, set_aside: Mapping[str, str]) -> Ledger:
    """Return the rows of a patient from entries by kind."""
    caregivers: dict[str, int] = {}
    devices: dict[str, int] = {}
    spoken = [entry for kind in SPAN_KINDS for entry in kinds.get(kind, ())]
    told = kinds.get(READING_KIND, [])
    spans = span_rows(spoken, set_aside, caregivers)
    return Ledger(
        patient, spans, longest_of(spans), reading_columns(told, set_aside, devices), told,
        kinds, caregivers, devices,
    )  # fmt: skip


def grown(ledger: Ledger, entries: Iterable[Entry], set_aside: Mapping[str, str]) -> Ledger:
    """Return a ledger with new entries, none of which corrects another.

    `set_aside` is what it was made with; rows made before stay as they are.
    """
    new = by_kind(entries, set_aside)
    spoken = [entry for kind in SPAN_KINDS for entry in new.pop(kind, ())]
    told = new.pop(READING_KIND, ())
    if spoken:
        ledger = with_spans(ledger, spoken, set_aside)
    if told:
        ledger = with_readings(ledger, told, set_aside)
    if new:
        states = {kind: [*ledger.states.get(kind, ()), *some] for kind, some in new.items()}
        ledger = ledger._replace(states={**ledger.states, **states})
    return ledger


def with_spans(ledger: Ledger, entries: Iterable[Entry], set_aside: Mapping[str, str]) -> Ledger:
    """Return a ledger with more contacts, attempts or time."""
    caregivers = dict(ledger.caregivers)
    rows, spans = span_rows(entries, set_aside, caregivers), list(ledger.spans)
    for row in rows:
        insort(spans, row)
    if len(caregivers) > len(ledger.caregivers):
        ledger = ledger._replace(caregivers=caregivers)
    return ledger._replace(spans=spans, longest=max(ledger.longest, longest_of(rows)))


def with_readings(ledger: Ledger, entries: Iterable[Entry], set_aside: Mapping[str, str]) -> Ledger:
    """Return a ledger with more readings; any of them may repeat or replace an earlier one."""
    told, devices = [*ledger.told, *entries], dict(ledger.devices)
    columns = reading_columns(told, set_aside, devices)
    if len(devices) > len(ledger.devices):
        ledger = ledger._replace(devices=devices)
    return ledger._replace(told=told, readings=columns)


def near(ledger: Ledger, begin: int, end: int) -> Ledger:
    """Return a ledger without the spans that touch no second between two."""
    spans = ledger.spans
    low = bisect_left(spans, begin - ledger.longest, key=start_of)
    high = bisect_left(spans, end + 1, lo=low, key=start_of)
    kept = [row for row in spans[low:high] if row.end >= begin or row.start >= begin]
    return ledger._replace(spans=kept)


def start_of(row: SpanRow) -> int:
    """Return the second a span begins."""
    return row.start


def without_readings(ledger: Ledger) -> Ledger:
    """Return a ledger without readings."""
    return ledger._replace(readings=NO_READINGS, told=())


# --- practices ------------------------------------------------------------------------------------


def practice_ledger(kinds: Mapping[str, Sequence[Entry]]) -> PracticeLedger:
    """Return what is on record about practices from entries in force by kind."""
    stock = [e for kind in CUSTODY_KINDS for e in kinds.get(kind, ()) if e.patient is None]
    return PracticeLedger(
        practices_of(kinds.get("practice_registered", ())),
        registrations_of(kinds.get("staff_registered", ())),
        stock,
    )


def practices_of(entries: Iterable[Entry]) -> dict[str, PracticeRegistered]:
    """Return practices by id, each by its latest registration."""
    latest: dict[str, tuple[tuple[datetime, str], PracticeRegistered]] = {}
    for entry in entries:
        body = entry.body
        assert isinstance(body, PracticeRegistered)
        order = (entry.at, entry.id)
        if body.practice not in latest or latest[body.practice][0] < order:
            latest[body.practice] = (order, body)
    return {name: body for name, (_, body) in sorted(latest.items())}


def registrations_of(entries: Iterable[Entry]) -> dict[str, list[tuple[int, int, int]]]:
    """Return the role, first and last day of all registrations by person."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for entry in entries:
        body = entry.body
        assert isinstance(body, StaffRegistered)
        begins = -FOREVER if body.from_on is None else day_number(body.from_on)
        ends = FOREVER if body.to_on is None else day_number(body.to_on)
        found.setdefault(body.staff, []).append((ROLES.index(body.role), begins, ends))
    for rows in found.values():
        rows.sort()
    return found
