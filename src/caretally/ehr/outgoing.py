"""Readings in the codes and units that outside systems expect, before any format.

A number goes out as it was measured. Only where a profile knows the metric in other units alone is
it converted, exactly, and rounded to one decimal more than it was sent with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from caretally.clock import zone
from caretally.journal.entries import Entry, ReadingRecorded
from caretally.journal.quantities import (
    BODY_MASS_INDEX,
    BREATHS,
    BY_LOINC,
    CONTINUOUS_GLUCOSE,
    DIASTOLIC,
    GLUCOSE,
    HEIGHT,
    MEAN_PRESSURE,
    PANELS,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    UNITS,
    WEIGHT,
    convert,
)

TAKEN_UNITS: Mapping[str, tuple[str, ...]] = {
    SYSTOLIC: ("mm[Hg]",), DIASTOLIC: ("mm[Hg]",), MEAN_PRESSURE: ("mm[Hg]",),
    PULSE: ("/min",), BREATHS: ("/min",), WEIGHT: ("kg", "g", "[lb_av]"), SATURATION: ("%",),
    TEMPERATURE: ("Cel", "[degF]"), GLUCOSE: ("mg/dL",), CONTINUOUS_GLUCOSE: ("mg/dL",),
    HEIGHT: ("cm", "[in_i]"), BODY_MASS_INDEX: ("kg/m2",),
}  # fmt: skip
"""Units in which others take a metric; the first is converted to where none fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number on its way out: LOINC code, value, UCUM unit, and the unit as people write it."""

    metric: str
    value: Decimal
    unit: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is told of one reading: one number, or a panel of several.

    part: tells apart what one entry is told as; empty for its own metric.
    """

    entry: Entry
    body: ReadingRecorded
    metric: str
    numbers: tuple[Number, ...]
    part: str = ""

    def local_time(self, zone_name: str) -> datetime:
        """Return when it was measured, as clocks at the patient's showed."""
        return self.body.measured_at.astimezone(zone(zone_name))


def outgoing(entry: Entry) -> tuple[Outgoing, ...]:
    """Return what is told of a reading; nothing of one without numbers that can be told.

    A pulse taken with a pressure is told beside it: others look for it among heart rates.
    """
    body = entry.body
    if not isinstance(body, ReadingRecorded):
        return ()
    numbers = numbers_of(body)
    made = []
    for metric, parts in PANELS.items():
        if set(parts) <= set(numbers):
            more = (*parts, MEAN_PRESSURE) if MEAN_PRESSURE in numbers else parts
            panel = tuple(numbers.pop(part) for part in more)
            made.append(Outgoing(entry=entry, body=body, metric=metric, numbers=panel))
    for metric, number in numbers.items():
        part = "" if metric == body.metric else metric
        made.append(Outgoing(entry=entry, body=body, metric=metric, numbers=(number,), part=part))
    return tuple(made)


def numbers_of(body: ReadingRecorded) -> dict[str, Number]:
    """Return the numbers of a reading by their metric, in units that others take."""
    told = [(part.metric, part.value, part.unit) for part in body.components]
    if body.value is not None and body.unit is not None:
        told.append((body.metric, body.value, body.unit))
    found = (number_of(*each) for each in told)
    return {each.metric: each for each in found if each is not None}


def number_of(metric: str, value: Decimal, unit: str) -> Number | None:
    """Return a number in a unit that others take; None where it cannot be told in one."""
    known = BY_LOINC.get(metric)
    taken = TAKEN_UNITS.get(known.loinc, ()) if known else ()
    if taken and unit not in taken:
        other = convert(value, unit, taken[0])
        if other is None:
            return None
        exponent = value.as_tuple().exponent
        decimals = 1 - min(exponent, 0) if isinstance(exponent, int) else 1
        value = other.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
        unit = taken[0]
    if unit not in UNITS:
        return None
    return Number(metric=metric, value=value, unit=unit, says=UNITS[unit].says or unit)
