"""What is measured, by LOINC code, and the units it is measured in, by UCUM code.

Numbers are exact decimals; one that does not end, such as a kilogram in pounds, is carried to fifty
digits. A unit that is not in the table is converted to nothing: a number is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal

CAREFUL = Context(prec=50)
ONE, NOTHING = Decimal(1), Decimal(0)
POUND = Decimal("0.45359237")
"""Kilograms, exactly."""
GLUCOSE_MILLIGRAMS = Decimal("18.016")
"""Milligrams in a deciliter that a millimole of glucose in a liter comes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of something; (number - less) x times / over is the number in the first of its kind.

    code: UCUM. says: as people write it. of: units of the same can be converted.
    """

    code: str
    says: str
    of: str
    times: Decimal = ONE
    over: Decimal = ONE
    less: Decimal = NOTHING


def _kind(of: str, *units: tuple[str, str, str]) -> tuple[Unit, ...]:
    """Return units of one kind: code, as people write it, how many of the first it comes to."""
    return tuple(
        Unit(code=code, says=says, of=of, times=Decimal(times)) for code, says, times in units
    )


UNITS: Mapping[str, Unit] = {
    unit.code: unit
    for unit in (
        *_kind("mass", ("kg", "kg", "1"), ("g", "g", "0.001"), ("[lb_av]", "lb", "0.45359237"),
               ("[oz_av]", "oz", "0.028349523125"), ("[stone_av]", "st", "6.35029318")),
        # UCUM itself rounds mercury to 133.322; this is the conventional value, as others use it.
        *_kind("pressure", ("mm[Hg]", "mmHg", "1")),
        Unit(code="kPa", says="kPa", of="pressure", over=Decimal("0.133322387415")),
        Unit(code="Pa", says="Pa", of="pressure", over=Decimal("133.322387415")),
        *_kind("temperature", ("Cel", "°C", "1")),
        Unit(code="[degF]", says="°F", of="temperature", times=Decimal(5), over=Decimal(9),
             less=Decimal(32)),
        Unit(code="K", says="K", of="temperature", less=Decimal("273.15")),
        # A mass and an amount can be told into one another of a known substance only; what is
        # measured here in these two units is glucose.
        *_kind("glucose", ("mg/dL", "mg/dL", "1"), ("mmol/L", "mmol/L", "18.016")),
        *_kind("rate", ("/min", "per minute", "1"), ("{beats}/min", "per minute", "1"),
               ("{breaths}/min", "per minute", "1")),
        *_kind("fraction", ("%", "%", "1")),
        *_kind("flow", ("L/min", "L/min", "1"), ("L/s", "L/s", "60")),
        *_kind("volume", ("L", "L", "1"), ("mL", "mL", "0.001")),
        *_kind("length", ("m", "m", "1"), ("cm", "cm", "0.01"), ("mm", "mm", "0.001"),
               ("km", "km", "1000"), ("[in_i]", "in", "0.0254"), ("[ft_i]", "ft", "0.3048")),
        *_kind("time", ("s", "s", "1"), ("min", "min", "60"), ("h", "h", "3600")),
        *_kind("body mass index", ("kg/m2", "kg/m²", "1")),
        *_kind("energy", ("kcal", "kcal", "1")),
        *_kind("steps", ("{steps}", "steps", "1")),
        *_kind("score", ("{score}", "", "1")),
        *_kind("number", ("1", "", "1")),
    )
}  # fmt: skip
"""By UCUM code; what is not here is in no table of conversions either."""

PRESSURE, SYSTOLIC, DIASTOLIC, MEAN_PRESSURE = "85354-9", "8480-6", "8462-4", "8478-0"
PULSE, RHYTHM, BREATHS, SATURATION, PERFUSION = "8867-4", "8884-9", "9279-1", "59408-5", "61006-3"
WEIGHT, HEIGHT, BODY_MASS_INDEX, BODY_FAT = "29463-7", "8302-2", "39156-5", "41982-0"
TEMPERATURE, GLUCOSE, CONTINUOUS_GLUCOSE = "8310-5", "41653-7", "99504-3"
PEAK_FLOW, FORCED_VOLUME, STEPS = "33452-4", "20150-9", "55423-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Something that can be measured.

    loinc: the code it is known by here. also: codes of the same thing. unit: UCUM, the one that
    values are compared in.
    """

    loinc: str
    words: str
    unit: str
    also: tuple[str, ...] = ()


METRICS: tuple[Metric, ...] = (
    Metric(loinc=SYSTOLIC, words="systolic pressure", unit="mm[Hg]"),
    Metric(loinc=DIASTOLIC, words="diastolic pressure", unit="mm[Hg]"),
    Metric(loinc=MEAN_PRESSURE, words="mean pressure", unit="mm[Hg]"),
    Metric(loinc=PULSE, words="heart rate", unit="/min"),
    # 1 where the device found the beat irregular, 0 where it did not.
    Metric(loinc=RHYTHM, words="irregular heartbeat", unit="1"),
    Metric(loinc=WEIGHT, words="weight", unit="kg", also=("3141-9",)),
    Metric(loinc=SATURATION, words="oxygen saturation", unit="%", also=("2708-6",)),
    Metric(loinc=PERFUSION, words="perfusion index", unit="%"),
    Metric(loinc=BREATHS, words="breathing rate", unit="/min"),
    Metric(loinc=TEMPERATURE, words="temperature", unit="Cel"),
    Metric(loinc=GLUCOSE, words="glucose", unit="mg/dL",
           also=("2339-0", "2345-7", "15074-8", CONTINUOUS_GLUCOSE)),
    Metric(loinc=PEAK_FLOW, words="peak flow", unit="L/min"),
    Metric(loinc=FORCED_VOLUME, words="forced expiratory volume", unit="L"),
    Metric(loinc=HEIGHT, words="height", unit="cm"),
    Metric(loinc=BODY_MASS_INDEX, words="body mass index", unit="kg/m2"),
    Metric(loinc=BODY_FAT, words="body fat", unit="%"),
    Metric(loinc=STEPS, words="steps", unit="{steps}"),
)  # fmt: skip
"""In the order in which they are told."""
BY_LOINC: Mapping[str, Metric] = {
    code: metric for metric in METRICS for code in (metric.loinc, *metric.also)
}
PANELS: Mapping[str, tuple[str, ...]] = {PRESSURE: (SYSTOLIC, DIASTOLIC)}
"""Codes of values measured together, and which of them there must be."""


def convert(value: Decimal, unit: str, to: str) -> Decimal | None:
    """Return a value in another unit; None where the two do not measure the same.

    Example:
        >>> convert(Decimal("150"), "[lb_av]", "kg")
        Decimal('68.03885550')
        >>> convert(Decimal("98.6"), "[degF]", "Cel")
        Decimal('37.0')
    """
    if unit == to:
        return value
    one, other = UNITS.get(unit), UNITS.get(to)
    if one is None or other is None or one.of != other.of:
        return None
    up = CAREFUL.multiply(
        CAREFUL.multiply(CAREFUL.subtract(value, one.less), one.times), other.over
    )
    down = CAREFUL.multiply(one.over, other.times)
    return CAREFUL.add(CAREFUL.divide(up, down), other.less)


def amount(metric: str, value: Decimal, unit: str) -> Decimal | None:
    """Return a value in the unit its metric is compared in; None where either is not known."""
    known = BY_LOINC.get(metric)
    return None if known is None else convert(value, unit, known.unit)


def units_of(metric: str) -> tuple[str, ...]:
    """Return the units that a metric may be told in, its own first; none of an unknown metric."""
    known = BY_LOINC.get(metric)
    if known is None:
        return ()
    kind = UNITS[known.unit].of
    others = (code for code, unit in UNITS.items() if unit.of == kind and code != known.unit)
    return (known.unit, *others)


def is_known(metric: str, unit: str) -> bool:
    """Tell whether a value of a metric may be in a unit."""
    known, told = BY_LOINC.get(metric), UNITS.get(unit)
    return known is not None and told is not None and UNITS[known.unit].of == told.of
