"""What an invented device is and what one of its measurements holds.

LOINC metrics, UCUM units and exact decimals; this file refuses to know when, for whom or why
something was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from caretally.journal.entries import Component

PRESSURE = "85354-9"
SYSTOLIC = "8480-6"
DIASTOLIC = "8462-4"
PULSE = "8867-4"
WEIGHT = "29463-7"
SATURATION = "59408-5"
GLUCOSE = "41653-7"
TEMPERATURE = "8310-5"
PEAK_FLOW = "33452-4"
PAIN = "72514-3"
MOOD = "44261-6"


class Measurement(NamedTuple):
    """What one reading holds: one value, or components measured together."""

    metric: str
    value: Decimal | None = None
    unit: str | None = None
    components: tuple[Component, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A model of device that the invented vendors supply.

    word: the last part of a device's id.
    parameters: LOINC codes of what it measures.
    body_system: what it monitors in therapeutic monitoring.
    """

    word: str
    vendor: str
    model: str
    parameters: tuple[str, ...]
    body_system: str | None = None


CUFF = Instrument(
    word="cuff",
    vendor="tidewell",
    model="Tidewell Cuff 2",
    parameters=(PRESSURE, SYSTOLIC, DIASTOLIC, PULSE),
)
SCALE = Instrument(word="scale", vendor="tidewell", model="Tidewell Scale 1", parameters=(WEIGHT,))
OXIMETER = Instrument(
    word="oximeter", vendor="northpine", model="Northpine Clip", parameters=(SATURATION, PULSE)
)
GLUCOMETER = Instrument(
    word="glucometer", vendor="northpine", model="Northpine Strip 4", parameters=(GLUCOSE,)
)
THERMOMETER = Instrument(
    word="thermometer", vendor="northpine", model="Northpine Ear", parameters=(TEMPERATURE,)
)
FLOW_METER = Instrument(
    word="flowmeter",
    vendor="northpine",
    model="Northpine Breath",
    parameters=(PEAK_FLOW,),
    body_system="respiratory",
)
MOTION_SENSOR = Instrument(
    word="motion",
    vendor="tidewell",
    model="Tidewell Motion",
    parameters=(PAIN,),
    body_system="musculoskeletal",
)
MOOD_DIARY = Instrument(
    word="diary",
    vendor="tidewell",
    model="Tidewell Diary",
    parameters=(MOOD,),
    body_system="cognitive_behavioral",
)


@lru_cache(maxsize=65536)
def exact(digits: int, places: int = 0) -> Decimal:
    """Return `digits` with the point moved `places` to the left, as a scale would send it.

    Example:
        >>> exact(864, 1)
        Decimal('86.4')
    """
    return Decimal(digits).scaleb(-places)


@lru_cache(maxsize=4096)
def part(metric: str, digits: int, unit: str) -> Component:
    """Return one whole-numbered value of several measured together; equal ones are shared."""
    return Component(metric=metric, value=exact(digits), unit=unit)


def pressure(systolic: int, diastolic: int, pulse: int) -> Measurement:
    """Return a blood pressure with its pulse, in mm[Hg] and beats a minute."""
    return Measurement(
        PRESSURE,
        components=(
            part(SYSTOLIC, systolic, "mm[Hg]"),
            part(DIASTOLIC, diastolic, "mm[Hg]"),
            part(PULSE, pulse, "/min"),
        ),
    )


def weight(tenths: int) -> Measurement:
    """Return a body weight from tenths of a kilogram."""
    return Measurement(WEIGHT, exact(tenths, 1), "kg")


def saturation(percent: int) -> Measurement:
    """Return an oxygen saturation in percent."""
    return Measurement(SATURATION, exact(percent), "%")


def glucose(milligrams: int) -> Measurement:
    """Return a capillary glucose in milligrams per deciliter."""
    return Measurement(GLUCOSE, exact(milligrams), "mg/dL")


def temperature(tenths: int) -> Measurement:
    """Return a body temperature from tenths of a degree Celsius."""
    return Measurement(TEMPERATURE, exact(tenths, 1), "Cel")


def peak_flow(liters: int) -> Measurement:
    """Return a peak expiratory flow in liters a minute."""
    return Measurement(PEAK_FLOW, exact(liters), "L/min")


def pain(score: int) -> Measurement:
    """Return a pain score from 0 to 10."""
    return Measurement(PAIN, exact(score), "{score}")


def mood(score: int) -> Measurement:
    """Return a total of a mood questionnaire from 0 to 27."""
    return Measurement(MOOD, exact(score), "{score}")
