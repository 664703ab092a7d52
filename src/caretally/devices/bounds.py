"""What a device for the home can measure in a living person, and how far a patient's values move.

Every number is dated and says what it rests on. None of them is a threshold of care: what lies
inside is filed and judged by the practice's own rules, however alarming it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from caretally.journal.quantities import (
    BODY_FAT,
    BODY_MASS_INDEX,
    BREATHS,
    DIASTOLIC,
    FORCED_VOLUME,
    GLUCOSE,
    HEIGHT,
    MEAN_PRESSURE,
    PEAK_FLOW,
    PERFUSION,
    PULSE,
    SATURATION,
    STEPS,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

MEDIUM, LOW = "medium", "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a number rests on, and how far it can be relied on."""

    says: str
    read_on: date
    confidence: str


READ_ON = date(2026, 11, 22)
BASES: Mapping[str, Basis] = {
    "devices": Basis(
        says="Wider than the measuring ranges that makers of devices for the home commonly state "
        "(cuffs about 0 to 299 mmHg and 40 to 200 beats, glucose meters 20 to 600 mg/dL, "
        "oximeters 35 to 100 %, scales up to about 250 kg, bariatric ones 450 kg); no single "
        "published table was found, so a practice's clinicians should look at them once",
        read_on=READ_ON, confidence=LOW,
    ),
    "domain": Basis(
        says="The project's page on devices: quarantine a weight that jumps by a factor near 2.2 "
        "or 0.45 and a glucose that jumps by a factor near 18, and say which rule fired",
        read_on=READ_ON, confidence=MEDIUM,
    ),
    "house": Basis(
        says="A habit of this program, from no source",
        read_on=READ_ON, confidence=LOW,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is possible, both ends included, in the unit the metric is compared in."""

    least: Decimal
    most: Decimal
    basis: str = "devices"


def _bounds(least: str, most: str, basis: str = "devices") -> Bounds:
    return Bounds(least=Decimal(least), most=Decimal(most), basis=basis)


BOUNDS: Mapping[str, Bounds] = {
    SYSTOLIC: _bounds("40", "320"),
    DIASTOLIC: _bounds("15", "220"),
    MEAN_PRESSURE: _bounds("20", "260"),
    PULSE: _bounds("20", "300"),
    WEIGHT: _bounds("2", "450"),
    SATURATION: _bounds("30", "100"),
    PERFUSION: _bounds("0", "30"),
    BREATHS: _bounds("3", "90"),
    TEMPERATURE: _bounds("25", "45"),
    GLUCOSE: _bounds("10", "1200"),
    PEAK_FLOW: _bounds("20", "1000"),
    FORCED_VOLUME: _bounds("0.1", "10"),
    HEIGHT: _bounds("30", "260", "house"),
    BODY_MASS_INDEX: _bounds("7", "150", "house"),
    BODY_FAT: _bounds("1", "80", "house"),
    STEPS: _bounds("0", "200000", "house"),
}
"""By the code a metric is known by here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Two units that a device or its user may have exchanged: how many of one make the other."""

    factor: Decimal
    says: str
    basis: str = "domain"


SWAPS: Mapping[str, Swap] = {
    WEIGHT: Swap(factor=Decimal("2.2046"), says="pounds and kilograms"),
    GLUCOSE: Swap(factor=Decimal("18.016"), says="mg/dL and mmol/L"),
}
OTHER_UNITS: Mapping[str, tuple[str, ...]] = {
    TEMPERATURE: ("[degF]", "Cel"),
    GLUCOSE: ("mmol/L", "mg/dL"),
    WEIGHT: ("[lb_av]", "kg"),
}
"""Units in which a value that is impossible in its own may be possible."""
NEAR_FACTOR = Decimal("0.08")
"""How far from the factor between two units a jump may be, as a share of it."""
FEWEST, MOST = 3, 7
"""Recent values that a patient's usual is worked out from, as their median."""
RECENT = timedelta(days=30)
PERSON_SHARE, PERSON_LEAST = Decimal("0.15"), Decimal(10)
"""A weight is unlike the patient's beyond both: share of the usual, and kilograms."""
PRESSURE_APART, PULSE_APART = Decimal(50), Decimal(40)
"""A pressure is unlike the patient's if systolic and pulse are both so far from the usual."""
AHEAD, OLD = timedelta(minutes=10), timedelta(days=366)
"""How far a time of measurement may lie after its receipt, and before it."""
MINUTES = timedelta(minutes=3)
"""Two readings of one kind within so little time are marked; both are kept."""
