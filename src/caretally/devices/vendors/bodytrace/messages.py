"""What BodyTrace's messages mean: weights in grams, pressures, saturations, and heartbeats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from caretally.devices.documents import Item, instant_after_epoch, is_name, measured
from caretally.devices.names import IMEI
from caretally.devices.refusals import Misread
from caretally.devices.unpacked import DeviceSign, Measured, SchemedName, VendorReading
from caretally.journal.quantities import (
    DIASTOLIC,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    WEIGHT,
)
from caretally.journal.scalars import is_measurable

PRESSURE_UNITS = {
    "mmhg": "mm[Hg]", "mm[hg]": "mm[Hg]", "kpa": "kPa", "pa": "Pa", "0": "mm[Hg]", "1": "kPa",
}  # fmt: skip
"""By what stands in `unit` of a pressure, in small letters."""
UNIT_SETTING = "pressure_unit"
"""Setting of a connection whose pressures carry no unit, or a number that says nothing."""
EMPTY, FULL = Decimal(4700), Decimal(6000)
"""Millivolts of a battery that is as good as empty, and of a new one."""


class Values(msgspec.Struct, gc=False, frozen=True):
    """What was measured; what there is depends on the device."""

    unit: str | int | None = None
    weight: Decimal | None = None
    tare: Decimal | None = None
    systolic: Decimal | None = None
    diastolic: Decimal | None = None
    pulse: Decimal | None = None
    irregular: bool | int = False
    spo2: Decimal | None = None

    def measures(self) -> bool:
        """Tell whether there is anything that was measured."""
        return not (
            self.weight is self.systolic is self.diastolic is self.spo2 is self.pulse is None
        )


class Message(msgspec.Struct, gc=False, frozen=True):
    """A message as it is sent."""

    imei: str | int = ""
    deviceId: str | int = ""  # noqa: N815 - as the vendor writes it
    ts: Decimal | None = None
    batteryVoltage: Decimal | None = None  # noqa: N815
    signalStrength: Decimal | None = None  # noqa: N815
    rssi: Decimal | None = None
    values: Values | None = None


def items_of(message: Message, path: str, settings: Mapping[str, str]) -> list[Item]:
    """Return a message's reading, and what it says of the device.

    Raises:
        Misread: something is not as it should be.
    """
    names = names_of(message, path)
    if message.ts is None:
        raise Misread(f"{path}/ts", "missing_field", "ts is missing")
    at = instant_after_epoch(message.ts) if is_measurable(message.ts) else None
    if at is None:
        raise Misread(f"{path}/ts", "not_a_time", "ts is no time in milliseconds")
    values = message.values
    readings = [] if values is None else list(readings_of(values, f"{path}/values", settings))
    sign = sign_of(message, names, at, path)
    flags = ("irregular_heartbeat",) if values is not None and values.irregular else ()
    return [
        *(
            VendorReading(names=names, metric=metric, measured=told, measured_at=at,
                          origin="device", flags=flags, path=path)
            for metric, told in readings
        ),
        *([msgspec.structs.replace(sign, kind="battery")] if readings and says(sign) else []),
        *([] if readings else [sign]),
    ]  # fmt: skip


def names_of(message: Message, path: str) -> tuple[SchemedName, ...]:
    """Return the name of the device: its IMEI, or the IMEI as the vendor shortens it.

    Raises:
        Misread: there is none.
    """
    device = str(message.imei or message.deviceId).strip()
    if not is_name(device):
        raise Misread(f"{path}/deviceId", "no_device", "neither imei nor deviceId is there")
    return ((IMEI, device),)


def readings_of(
    values: Values, path: str, settings: Mapping[str, str]
) -> Iterator[tuple[str, tuple[Measured, ...]]]:
    """Yield what was measured, a pulse with the pressure or the saturation it belongs to.

    Raises:
        Misread: half a pressure, or one in a unit that is not known.
    """
    pulse = values.pulse
    beside = () if pulse is None else (measured(PULSE, pulse, "/min", f"{path}/pulse"),)
    if values.systolic is not None or values.diastolic is not None:
        yield (PRESSURE, (*pressure_of(values, path, settings), *beside))
        beside = ()
    if values.spo2 is not None:
        yield (SATURATION, (measured(SATURATION, values.spo2, "%", f"{path}/spo2"), *beside))
        beside = ()
    if values.weight is not None:
        yield (WEIGHT, (measured(WEIGHT, values.weight, "g", f"{path}/weight"),))
    if beside:
        yield (PULSE, beside)


def pressure_of(
    values: Values, path: str, settings: Mapping[str, str]
) -> tuple[Measured, Measured]:
    """Return both pressures in the unit they are told in.

    Raises:
        Misread: one is missing, or the unit is not known.
    """
    for name in ("systolic", "diastolic"):
        if getattr(values, name) is None:
            raise Misread(f"{path}/{name}", "missing_field", f"{name} is missing")
    sent = "mm[Hg]" if values.unit is None else str(values.unit).strip()
    says_nothing = values.unit is None or sent.isdecimal()
    told = settings.get(UNIT_SETTING) if says_nothing else None
    unit = PRESSURE_UNITS.get((told or sent).lower())
    if unit is None:
        raise Misread(f"{path}/unit", "unknown_unit", "the unit of a pressure")
    upper, lower = values.systolic, values.diastolic
    assert upper is not None
    assert lower is not None
    return (
        measured(SYSTOLIC, upper, unit, f"{path}/systolic"),
        measured(DIASTOLIC, lower, unit, f"{path}/diastolic"),
    )


def sign_of(
    message: Message, names: tuple[SchemedName, ...], at: datetime, path: str
) -> DeviceSign:
    """Return what a message says of the device: alive, how full and how well it is heard."""
    return DeviceSign(
        names=names, at=at, kind="heartbeat", battery_percent=percent_of(message.batteryVoltage),
        signal=signal_of(message), path=path,
    )  # fmt: skip


def says(sign: DeviceSign) -> bool:
    """Tell whether a sign says more than that the device is alive."""
    return sign.battery_percent is not None or bool(sign.signal)


def percent_of(millivolts: Decimal | None) -> Decimal | None:
    """Return how full a battery is; None where it is not told or no voltage.

    Example:
        >>> percent_of(Decimal(5522)), percent_of(Decimal(4000)), percent_of(Decimal(6300))
        (Decimal('63'), Decimal('0'), Decimal('100'))
    """
    if millivolts is None or not is_measurable(millivolts) or not 0 < millivolts < 100_000:
        return None
    part = (min(max(millivolts, EMPTY), FULL) - EMPTY) * 100 / (FULL - EMPTY)
    return part.quantize(Decimal(1))


def signal_of(message: Message) -> str:
    """Return how well a device is heard, as it tells: in decibels, else in percent."""
    if message.rssi is not None and is_measurable(message.rssi) and message.rssi < 0:
        return f"{message.rssi} dBm"
    if message.signalStrength is not None and is_measurable(message.signalStrength):
        return f"{message.signalStrength} %"
    return ""
