"""Vital signs that are watched, by LOINC code, each in one UCUM unit; other units are converted.

Exact decimals only. A unit that is not known makes no measurement here: a number is never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Convert = Callable[[Decimal], Decimal]

POUND = Decimal("0.45359237")
"""Kilograms, exactly."""
GLUCOSE_MILLIGRAMS = Decimal("18.016")
"""Milligrams in a deciliter that a millimole in a liter comes to."""


def from_pounds(value: Decimal) -> Decimal:
    """Return kilograms."""
    return value * POUND


def from_grams(value: Decimal) -> Decimal:
    """Return kilograms."""
    return value / 1000


def from_fahrenheit(value: Decimal) -> Decimal:
    """Return degrees Celsius."""
    return (value - 32) * 5 / 9


def from_millimoles(value: Decimal) -> Decimal:
    """Return milligrams of glucose in a deciliter."""
    return value * GLUCOSE_MILLIGRAMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """A vital sign.

    loinc: the code it is known by here. also: codes of the same thing. unit: UCUM. says: the unit
    in words. convert: from other units into this one.
    """

    loinc: str
    words: str
    unit: str
    says: str
    also: tuple[str, ...] = ()
    convert: Mapping[str, Convert] = field(default_factory=dict)

    def amount(self, value: Decimal, unit: str) -> Decimal | None:
        """Return a value in this unit; None where the unit is not known."""
        if unit == self.unit:
            return value
        convert = self.convert.get(unit)
        return convert(value) if convert is not None else None


SYSTOLIC, DIASTOLIC, PULSE = "8480-6", "8462-4", "8867-4"
WEIGHT, SATURATION, BREATHS = "29463-7", "59408-5", "9279-1"
TEMPERATURE, GLUCOSE = "8310-5", "41653-7"

VITALS: tuple[Vital, ...] = (
    Vital(loinc=SYSTOLIC, words="systolic pressure", unit="mm[Hg]", says="mmHg"),
    Vital(loinc=DIASTOLIC, words="diastolic pressure", unit="mm[Hg]", says="mmHg"),
    Vital(loinc=PULSE, words="heart rate", unit="/min", says="/min"),
    Vital(
        loinc=WEIGHT, words="weight", unit="kg", says="kg",
        convert={"[lb_av]": from_pounds, "g": from_grams},
    ),
    Vital(loinc=SATURATION, words="oxygen saturation", unit="%", says="%", also=("2708-6",)),
    Vital(loinc=BREATHS, words="breathing rate", unit="/min", says="/min"),
    Vital(
        loinc=TEMPERATURE, words="temperature", unit="Cel", says="°C",
        convert={"[degF]": from_fahrenheit},
    ),
    Vital(
        loinc=GLUCOSE, words="glucose", unit="mg/dL", says="mg/dL",
        also=("2339-0", "15074-8", "99504-3"), convert={"mmol/L": from_millimoles},
    ),
)  # fmt: skip
"""In the order in which they are told."""
BY_CODE = {code: vital for vital in VITALS for code in (vital.loinc, *vital.also)}
