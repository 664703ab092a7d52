"""Readings as measurements of vital signs: one value, one unit, one local day each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from caretally.clock import local_date
from caretally.journal.entries import Entry, ReadingRecorded
from caretally.triage.vitals import BY_CODE, Vital


class Measurement(NamedTuple):
    """A value of a vital sign, in the vital sign's unit.

    entry: the id of the reading it was part of. known_at: since when anybody could know it.
    """

    vital: Vital
    amount: Decimal
    at: datetime
    day: date
    entry: str
    known_at: datetime


def measurements(
    readings: Iterable[Entry], time_zone: str, *, since: date
) -> dict[str, list[Measurement]]:
    """Return what was measured from a local date on, by LOINC code, by time.

    readings: of one patient, in force, by time. What is in a unit not known is left out.
    """
    found: dict[str, list[Measurement]] = {}
    for entry in latest(readings, time_zone, since):
        body = entry.body
        assert isinstance(body, ReadingRecorded)
        day, known_at = local_date(entry.at, time_zone), max(entry.at, entry.recorded_at)
        for metric, value, unit in values_of(body):
            vital = BY_CODE.get(metric)
            amount = vital.amount(value, unit) if vital is not None else None
            if vital is not None and amount is not None:
                each = Measurement(vital, amount, entry.at, day, entry.id, known_at)
                found.setdefault(vital.loinc, []).append(each)
    return found


def latest(readings: Iterable[Entry], time_zone: str, since: date) -> list[Entry]:
    """Return the readings from a local date on, by time; earlier ones are not looked at."""
    found: list[Entry] = []
    for entry in reversed(tuple(readings)):
        if local_date(entry.at, time_zone) < since:
            break
        found.append(entry)
    return found[::-1]


def values_of(body: ReadingRecorded) -> Iterator[tuple[str, Decimal, str]]:
    """Yield the values of a reading, with LOINC code and UCUM unit."""
    if body.value is not None and body.unit is not None:
        yield body.metric, body.value, body.unit
    for part in body.components:
        yield part.metric, part.value, part.unit
