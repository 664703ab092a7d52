"""Five characteristics of GATT, byte by byte, into what they measured.

Source: Bluetooth GATT Specification Supplement; blood pressure 0x2A35, weight 0x2A9D, glucose
0x2A18, pulse oximeter spot-check 0x2A5E, thermometer 0x2A1C. Verify the numbers against the guide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from caretally.devices.refusals import Misread
from caretally.devices.unpacked import Measured
from caretally.devices.vendors.gateway.numbers import Octets, signed
from caretally.journal.quantities import (
    DIASTOLIC,
    GLUCOSE,
    MEAN_PRESSURE,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

NO_USER = 0xFF
UNKNOWN_WEIGHT = 0xFFFF
PRESSURE_MARKS = (
    (1, "body_movement"), (1 << 1, "cuff_loose"), (1 << 2, "irregular_heartbeat"),
    (3 << 3, "pulse_out_of_range"), (1 << 5, "wrong_position"),
)  # fmt: skip
TEMPERATURE_PLACES = (
    "", "armpit", "body", "ear", "finger", "gastrointestinal", "mouth", "rectum", "toe", "eardrum",
)  # fmt: skip


class Taken(NamedTuple):
    """What a characteristic holds.

    wall: the device's local time; None where it has no clock or it was not set. number: of the
    measurement, where the device counts them.
    """

    metric: str
    measured: tuple[Measured, ...]
    wall: datetime | None = None
    number: str = ""
    context: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()


def pressure(octets: Octets) -> Taken:
    """Read 0x2A35: three pressures, and what the flags say there is besides."""
    flags = octets.whole(1)
    unit = "kPa" if flags & 1 else "mm[Hg]"
    upper, lower = octets.number("the upper pressure"), octets.number("the lower pressure")
    mean = octets.perhaps()
    wall = octets.wall() if flags & 2 else None
    pulse = octets.perhaps() if flags & 4 else None
    user = octets.whole(1) if flags & 8 else NO_USER
    status = octets.whole(2) if flags & 16 else 0
    found = [Measured(SYSTOLIC, upper, unit), Measured(DIASTOLIC, lower, unit)]
    # A cuff that reckons no mean sends none, or 0.
    found += [Measured(MEAN_PRESSURE, mean, unit)] if mean else []
    found += [Measured(PULSE, pulse, "/min")] if pulse is not None else []
    marks = tuple(mark for bits, mark in PRESSURE_MARKS if status & bits)
    return Taken(PRESSURE, tuple(found), wall, context=of_user(user), flags=marks)


def weight(octets: Octets) -> Taken:
    """Read 0x2A9D: a weight in steps of 5 g or a hundredth of a pound."""
    flags = octets.whole(1)
    steps = octets.whole(2)
    if steps == UNKNOWN_WEIGHT:
        raise Misread(octets.path, "not_a_number", "the weight could not be taken")
    step, unit = (Decimal("0.01"), "[lb_av]") if flags & 1 else (Decimal("0.005"), "kg")
    wall = octets.wall() if flags & 2 else None
    user = octets.whole(1) if flags & 4 else NO_USER
    return Taken(WEIGHT, (Measured(WEIGHT, steps * step, unit),), wall, context=of_user(user))


def glucose(octets: Octets) -> Taken:
    """Read 0x2A18: a concentration in kilograms or moles a liter, told in mg/dL or mmol/L."""
    flags, number = octets.whole(1), octets.whole(2)
    wall = octets.wall()
    if wall is None:
        raise Misread(octets.path, "not_a_time", "a glucose without a time")
    if flags & 1:
        wall = moved(wall, signed(octets.whole(2), 16), octets.path)
    if not flags & 2:
        raise Misread(octets.path, "missing_field", "a glucose without a concentration")
    value = octets.number("the concentration")
    octets.whole(1)
    marks = ("sensor_trouble",) if flags & 8 and octets.whole(2) else ()
    # 1 kg/L is 100,000 mg/dL and 1 mol/L is 1,000 mmol/L: a shift of the point, no conversion.
    shift, unit = (3, "mmol/L") if flags & 4 else (5, "mg/dL")
    told = (Measured(GLUCOSE, plain(value.scaleb(shift)), unit),)
    return Taken(GLUCOSE, told, wall, str(number), flags=marks)


def oximeter(octets: Octets) -> Taken:
    """Read 0x2A5E: a saturation and a pulse taken at one moment."""
    flags = octets.whole(1)
    value, pulse = octets.number("the saturation"), octets.perhaps()
    wall = octets.wall() if flags & 1 else None
    found = [Measured(SATURATION, value, "%")]
    found += [Measured(PULSE, pulse, "/min")] if pulse is not None else []
    marks = ("clock_not_set",) if flags & 16 else ()
    return Taken(SATURATION, tuple(found), wall, flags=marks)


def thermometer(octets: Octets) -> Taken:
    """Read 0x2A1C: a temperature in degrees Celsius or Fahrenheit."""
    flags = octets.whole(1)
    unit = "[degF]" if flags & 1 else "Cel"
    value = octets.long_number("the temperature")
    wall = octets.wall() if flags & 2 else None
    place = octets.whole(1) if flags & 4 else 0
    word = TEMPERATURE_PLACES[place] if place < len(TEMPERATURE_PLACES) else ""
    context = (("site", word),) if word else ()
    return Taken(TEMPERATURE, (Measured(TEMPERATURE, value, unit),), wall, context=context)


def of_user(user: int) -> tuple[tuple[str, str], ...]:
    """Return which of its users a device means, where it says so."""
    return () if user == NO_USER else (("user", str(user)),)


def moved(wall: datetime, minutes: int, path: str) -> datetime:
    """Return a local time so many minutes later: the device's clock was set after its base time.

    Raises:
        Misread: there is no such time.
    """
    try:
        return wall + timedelta(minutes=minutes)
    except OverflowError:
        raise Misread(path, "not_a_time", "the time of the device is none") from None


def plain(value: Decimal) -> Decimal:
    """Return a number without an exponent of tens.

    Example:
        >>> plain(Decimal("1.42E+2"))
        Decimal('142')
    """
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value


CHARACTERISTICS: Mapping[str, Callable[[Octets], Taken]] = {
    "2A35": pressure,
    "2A9D": weight,
    "2A18": glucose,
    "2A5E": oximeter,
    "2A1C": thermometer,
}
"""By the number that Bluetooth gave."""
