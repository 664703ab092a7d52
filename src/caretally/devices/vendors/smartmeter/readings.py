"""What Smart Meter's readings mean; each names its own type and has the fields of that type.

There is no public reference; names and meanings are those that public integrations rely on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

import msgspec

from caretally.devices.documents import Item, in_utc, is_name, measured
from caretally.devices.offsets import offset_of
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import DeviceSign, Fault, Measured, SchemedName, VendorReading
from caretally.journal.quantities import (
    DIASTOLIC,
    GLUCOSE,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    WEIGHT,
    convert,
)
from caretally.journal.scalars import is_measurable

SCHEME = "smartmeter:device"
LOCAL = "local"
"""Setting `recorded_in` of a connection whose `date_recorded` is local time instead of UTC."""
Values: TypeAlias = tuple[str, tuple[Measured, ...]]


class Told(msgspec.Struct, gc=False, frozen=True):
    """A reading as it is sent; which of the values there are depends on its type."""

    reading_type: str = ""
    device_id: str = ""
    meter_id: str = ""
    reading_id: str | int = ""
    date_recorded: datetime | None = None
    date_received: datetime | None = None
    time_zone_offset: Decimal | None = None
    battery: Decimal | None = None
    systolic_mmhg: Decimal | None = None
    diastolic_mmhg: Decimal | None = None
    pulse_bpm: Decimal | None = None
    spo2: Decimal | None = None
    weight_kg: Decimal | None = None
    weight_lbs: Decimal | None = None
    blood_glucose_mgdl: Decimal | None = None
    blood_glucose_mmol: Decimal | None = None
    irregular: bool = False
    before_meal: bool = False


def items_of(told_of: Told, path: str, *, is_local: bool) -> list[Item]:
    """Return a reading, and what it says of the device's battery.

    Raises:
        Misread: something is not as it should be.
    """
    names = names_of(told_of, path)
    known = KINDS.get(told_of.reading_type)
    if known is None:
        says = f"the reading_type {told(told_of.reading_type)}"
        raise Misread(f"{path}/reading_type", "unknown_metric", says)
    metric, values = known(told_of, path)
    zone, offset = told_of.time_zone_offset, offset_of(told_of.time_zone_offset, 3600)
    measured_at, wall = times_of(told_of, path, offset=offset, is_local=is_local)
    received_at = told_of.date_received
    flags = ("unclear_offset",) if zone is not None and offset is None else ()
    reading = VendorReading(
        names=names, metric=metric, measured=values, measured_at=measured_at, wall=wall,
        offset_seconds=offset, offset_origin="" if offset is None else "device",
        received_at=None if received_at is None else in_utc(received_at, f"{path}/date_received"),
        origin="device", vendor_reading_id=reading_id(told_of, path),
        # Before a meal is not fasting, and what is not marked is not after one.
        context=(("meal", "before"),) if told_of.before_meal else (),
        flags=(*flags, "irregular_heartbeat") if told_of.irregular else flags, path=path,
    )  # fmt: skip
    if told_of.battery is None:
        return [reading]
    return [reading, battery_of(told_of.battery, names, measured_at, f"{path}/battery")]


def names_of(told_of: Told, path: str) -> tuple[SchemedName, ...]:
    """Return the names of the device; one of fifteen digits is that of a radio, too.

    Raises:
        Misread: there is none.
    """
    device = (told_of.device_id or told_of.meter_id).strip()
    if not is_name(device):
        raise Misread(f"{path}/device_id", "no_device", "device_id is missing")
    is_radio = len(device) == 15 and device.isascii() and device.isdigit()
    return ((SCHEME, device), ("imei", device)) if is_radio else ((SCHEME, device),)


def reading_id(told_of: Told, path: str) -> str:
    """Return the vendor's id of a reading; nothing where there is none.

    Raises:
        Misread: it is no id.
    """
    text = str(told_of.reading_id)
    if text and not is_name(text):
        raise Misread(f"{path}/reading_id", "not_the_shape", "reading_id is no id")
    return text


def needed(value: Decimal | None, path: str) -> Decimal:
    """Return a value that must be there.

    Raises:
        Misread: it is not.
    """
    if value is None:
        raise Misread(path, "missing_field", f"{path.rpartition('/')[2]} is missing")
    return value


def pressure_of(told_of: Told, path: str) -> Values:
    """Return a blood pressure, with the pulse where it was told."""
    upper, lower = f"{path}/systolic_mmhg", f"{path}/diastolic_mmhg"
    both = (
        measured(SYSTOLIC, needed(told_of.systolic_mmhg, upper), "mm[Hg]", upper),
        measured(DIASTOLIC, needed(told_of.diastolic_mmhg, lower), "mm[Hg]", lower),
    )
    return (PRESSURE, with_pulse(both, told_of, path))


def saturation_of(told_of: Told, path: str) -> Values:
    """Return an oxygen saturation, with the pulse where it was told."""
    place = f"{path}/spo2"
    value = measured(SATURATION, needed(told_of.spo2, place), "%", place)
    return (SATURATION, with_pulse((value,), told_of, path))


def with_pulse(values: tuple[Measured, ...], told_of: Told, path: str) -> tuple[Measured, ...]:
    """Return values and the pulse taken with them, where it was told."""
    if told_of.pulse_bpm is None:
        return values
    return (*values, measured(PULSE, told_of.pulse_bpm, "/min", f"{path}/pulse_bpm"))


def weight_of(told_of: Told, path: str) -> Values:
    """Return a weight."""
    sent = (("weight_kg", told_of.weight_kg, "kg"), ("weight_lbs", told_of.weight_lbs, "[lb_av]"))
    return (WEIGHT, (agreed(WEIGHT, sent, path),))


def glucose_of(told_of: Told, path: str) -> Values:
    """Return a blood glucose."""
    sent = (
        ("blood_glucose_mgdl", told_of.blood_glucose_mgdl, "mg/dL"),
        ("blood_glucose_mmol", told_of.blood_glucose_mmol, "mmol/L"),
    )
    return (GLUCOSE, (agreed(GLUCOSE, sent, path),))


KINDS: Mapping[str, Callable[[Told, str], Values]] = {
    "blood_pressure": pressure_of,
    "blood_glucose": glucose_of,
    "weight": weight_of,
    "pulse_ox": saturation_of,
}


def agreed(metric: str, sent: tuple[tuple[str, Decimal | None, str], ...], path: str) -> Measured:
    """Return a value told in two units, in the first that is there; both must say the same.

    Raises:
        Misread: none is there, or they differ by more than the last digit of each.
    """
    there = [
        (name, measured(metric, value, unit, f"{path}/{name}"))
        for name, value, unit in sent if value is not None
    ]  # fmt: skip
    if not there:
        says = f"none of {', '.join(name for name, _, _ in sent)} is there"
        raise Misread(f"{path}/{sent[0][0]}", "missing_field", says)
    if len(there) > 1 and not is_same(there[0][1], there[1][1]):
        says = f"{there[0][0]} and {there[1][0]} do not say the same"
        raise Misread(f"{path}/{there[1][0]}", "unknown_unit", says)
    return there[0][1]


def is_same(one: Measured, other: Measured) -> bool:
    """Tell whether two values are one in two units, but for the last digit of each."""
    same = convert(other.value, other.unit, one.unit)
    last = convert(last_digit(other.value), other.unit, one.unit)
    assert same is not None
    assert last is not None
    return abs(same - one.value) <= last + last_digit(one.value)


def last_digit(value: Decimal) -> Decimal:
    """Return how much the last digit of a number is worth.

    Example:
        >>> last_digit(Decimal("82.5")), last_digit(Decimal("182"))
        (Decimal('0.1'), Decimal('1'))
    """
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal((0, (1,), exponent))


def times_of(
    told_of: Told, path: str, *, offset: int | None, is_local: bool
) -> tuple[datetime | None, datetime | None]:
    """Return when it was measured: the instant, or the local time where that is all there is.

    Raises:
        Misread: it is missing or no time.
    """
    recorded, place = told_of.date_recorded, f"{path}/date_recorded"
    if recorded is None:
        raise Misread(place, "missing_field", "date_recorded is missing")
    instant = in_utc(recorded, place)
    if not is_local or recorded.tzinfo is not None:
        return instant, None
    return (None, recorded) if offset is None else (instant - timedelta(seconds=offset), None)


def battery_of(
    percent: Decimal, names: tuple[SchemedName, ...], at: datetime | None, path: str
) -> DeviceSign | Fault:
    """Return what is told of the battery; a wrong number costs no reading."""
    if not is_measurable(percent):
        return Fault(path=path, code="not_a_number", says="battery is no number")
    return DeviceSign(names=names, at=at, kind="battery", battery_percent=percent, path=path)
