"""Vital signs that are watched, by LOINC code, each in one UCUM unit; other units are converted.

A unit that is not known makes no measurement here: a number is never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from caretally.journal import quantities
from caretally.journal.quantities import (
    BREATHS,
    BY_LOINC,
    DIASTOLIC,
    GLUCOSE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """A vital sign.

    loinc: the code it is known by here. also: codes of the same thing. unit: UCUM. says: the unit
    in words.
    """

    loinc: str
    words: str
    unit: str
    says: str
    also: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """The units it may be told in, its own first."""
        return quantities.units_of(self.loinc)

    def amount(self, value: Decimal, unit: str) -> Decimal | None:
        """Return a value in this unit; None where the unit is not known."""
        return quantities.convert(value, unit, self.unit)


def vital_of(loinc: str, says: str) -> Vital:
    """Return what is known of a vital sign."""
    metric = BY_LOINC[loinc]
    return Vital(loinc=loinc, words=metric.words, unit=metric.unit, says=says, also=metric.also)


VITALS: tuple[Vital, ...] = (
    vital_of(SYSTOLIC, "mmHg"),
    vital_of(DIASTOLIC, "mmHg"),
    vital_of(PULSE, "/min"),
    vital_of(WEIGHT, "kg"),
    vital_of(SATURATION, "%"),
    vital_of(BREATHS, "/min"),
    vital_of(TEMPERATURE, "°C"),
    vital_of(GLUCOSE, "mg/dL"),
)
"""In the order in which they are told."""
BY_CODE = {code: vital for vital in VITALS for code in (vital.loinc, *vital.also)}
