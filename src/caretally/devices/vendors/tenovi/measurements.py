"""Tenovi's measurements: one metric each, alone or in an array of those taken together.

Common ones are read in one go; a document with anything unusual in it is read again field by field,
to the same readings, and what is wrong in it becomes a fault.

Source: https://docs.tenovi.com/hwi-api/webhooks/measurement-webhooks
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias

import msgspec

from caretally.devices.documents import Node
from caretally.devices.offsets import offset_of_any_unit
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import DeviceSign, Measured, VendorReading
from caretally.journal.quantities import (
    DIASTOLIC,
    FORCED_VOLUME,
    GLUCOSE,
    PEAK_FLOW,
    PERFUSION,
    PRESSURE,
    PULSE,
    RHYTHM,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)
from caretally.journal.scalars import FIRST_YEAR, LAST_YEAR, is_measurable, is_storable

SCHEME = "tenovi:device"
SINGLE = {
    "pulse": (PULSE, "/min"),
    "irregular_heartbeat": (RHYTHM, "1"),
    "spO2": (SATURATION, "%"),
    "perfusion_index": (PERFUSION, "%"),
    "weight": (WEIGHT, "[lb_av]"),
    "temperature": (TEMPERATURE, "[degF]"),
    "glucose": (GLUCOSE, "mg/dL"),
    "blood_glucose": (GLUCOSE, "mg/dL"),
    "peak_expiratory_flow": (PEAK_FLOW, "L/min"),
    "forced_expiratory_volume": (FORCED_VOLUME, "L"),
}
"""What each metric is and what it is measured in; blood pressure and battery apart."""
BLOOD_PRESSURE, BATTERY = "blood_pressure", "battery_percentage"
LEADING = (PRESSURE, SATURATION)
FOLLOWING = (PULSE, RHYTHM, PERFUSION)
"""What was taken in the same moment as a leading one becomes a part of it."""


class Params(msgspec.Struct, gc=False, frozen=True):
    """What tells measurements of one moment from others of the same second."""

    measurement_index: int | None = None


class Measurement(msgspec.Struct, gc=False, frozen=True):
    """A measurement as it is sent nearly always."""

    metric: str
    hwi_device_id: str
    value_1: Decimal
    timestamp: datetime
    value_2: Decimal | None = None
    created: datetime | None = None
    timezone_offset: Decimal | None = None
    estimated_timestamp: bool = False
    dummy_data: bool = False
    filter_params: Params | None = None


Part: TypeAlias = tuple[object, VendorReading | DeviceSign]
"""What was made of a measurement, after what names the moment it was taken in."""
decode_usual = msgspec.json.Decoder(list[Measurement] | Measurement).decode


def usual(body: bytes) -> tuple[list[VendorReading], list[DeviceSign]] | None:
    """Return what a document without anything unusual in it holds; None of any other."""
    try:
        found = decode_usual(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(found, Measurement):
        part = part_of(found, "")
        parts = None if part is None else [part]
    else:
        parts = usual_list(found)
    return None if parts is None else joined(parts)


def usual_list(found: list[Measurement]) -> list[Part] | None:
    """Return the measurements of an array; None where one is unusual."""
    parts = []
    for number, each in enumerate(found):
        part = part_of(each, f"/{number}")
        if part is None:
            return None
        parts.append(part)
    return parts


def part_of(told_of: Measurement, path: str) -> Part | None:
    """Return what a usual measurement says; None where something about it is unusual."""
    device, value, at = told_of.hwi_device_id, told_of.value_1, told_of.timestamp
    if at.tzinfo is not UTC:
        return None
    is_odd = (
        not device or len(device) > 64 or not is_storable(device) or device != device.strip()
        or not is_measurable(value) or not FIRST_YEAR <= at.year <= LAST_YEAR
        or told_of.dummy_data
    )  # fmt: skip
    created = told_of.created
    if is_odd or (created is not None and created.tzinfo is not UTC):
        return None
    second = told_of.value_2
    if second is not None and not is_measurable(second):
        return None
    return measured_part(told_of, path)


def measured_part(told_of: Measurement, path: str) -> Part | None:
    """Return a measurement whose fields are sound; None where the metric is not known."""
    names = ((SCHEME, told_of.hwi_device_id),)
    if told_of.metric == BATTERY:
        sign = DeviceSign(
            names=names, at=told_of.timestamp, kind="battery", battery_percent=told_of.value_1,
            path=path,
        )  # fmt: skip
        return (None, sign)
    metric, measured, context = values_of(told_of)
    if not measured:
        return None
    offset = offset_of_any_unit(told_of.timezone_offset)
    index = told_of.filter_params.measurement_index if told_of.filter_params else None
    flags = () if told_of.timezone_offset is None or offset is not None else ("unclear_offset",)
    if metric == RHYTHM and told_of.value_1:
        flags = (*flags, "irregular_heartbeat")
    # The webhook repeats the time of measuring as `created`; only another time says when it came.
    created = told_of.created if told_of.created != told_of.timestamp else None
    reading = VendorReading(
        names=names, metric=metric, measured=measured, measured_at=told_of.timestamp,
        offset_seconds=offset, offset_origin="" if offset is None else "device",
        received_at=created, origin="device", is_estimated=told_of.estimated_timestamp,
        context=context, flags=flags, path=path,
    )  # fmt: skip
    return ((told_of.hwi_device_id, told_of.timestamp, index), reading)


def values_of(
    told_of: Measurement,
) -> tuple[str, tuple[Measured, ...], tuple[tuple[str, str], ...]]:
    """Return metric, values and circumstances; no values where the metric is not known."""
    first, second = told_of.value_1, told_of.value_2
    if told_of.metric == BLOOD_PRESSURE:
        if second is None:
            return (PRESSURE, (), ())
        both = (Measured(SYSTOLIC, first, "mm[Hg]"), Measured(DIASTOLIC, second, "mm[Hg]"))
        return (PRESSURE, both, ())
    known = SINGLE.get(told_of.metric)
    if known is None:
        return ("", (), ())
    metric, unit = known
    # The second value of an oximeter says how much the first one varied.
    context = () if second is None else ((f"standard_deviation_{told_of.metric}", str(second)),)
    return (metric, (Measured(metric, first, unit),), context)


def joined(parts: Iterable[Part]) -> tuple[list[VendorReading], list[DeviceSign]]:
    """Return readings and signs, those of one moment of one device as one reading.

    The index of a measurement is not unique in the world: the device and the time belong to it.
    """
    moments: dict[object, list[VendorReading]] = {}
    signs = []
    for moment, item in parts:
        if isinstance(item, DeviceSign):
            signs.append(item)
        else:
            moments.setdefault(moment, []).append(item)
    readings: list[VendorReading] = []
    for together in moments.values():
        readings.extend(together if len(together) == 1 else gathered(together))
    return readings, signs


def gathered(together: list[VendorReading]) -> Iterator[VendorReading]:
    """Yield the readings of one moment, followers in their leader where there is exactly one."""
    leaders = [each for each in together if each.metric in LEADING]
    followers = [each for each in together if each.metric in FOLLOWING]
    metrics = [each.metric for each in followers]
    if len(leaders) != 1 or len(metrics) != len(set(metrics)):
        yield from together
        return
    yield from (each for each in together if each not in leaders and each not in followers)
    yield with_followers(leaders[0], sorted(followers, key=lambda each: each.metric))


def with_followers(leader: VendorReading, followers: list[VendorReading]) -> VendorReading:
    """Return a reading with the values of others taken in the same moment."""
    everything = (leader, *followers)
    return msgspec.structs.replace(
        leader,
        measured=tuple(value for each in everything for value in each.measured),
        context=tuple(dict.fromkeys(pair for each in everything for pair in each.context)),
        flags=tuple(dict.fromkeys(flag for each in everything for flag in each.flags)),
        is_estimated=any(each.is_estimated for each in everything),
    )


def careful_part(node: Node) -> Part:
    """Return what any measurement says.

    Raises:
        Misread: something is not as it should be.
    """
    metric = node.needed_text("metric")
    if not node.text("hwi_device_id"):
        raise Misread(node.at("hwi_device_id"), "no_device", "hwi_device_id is missing")
    if node.is_true("dummy_data"):
        raise Misread(node.at("dummy_data"), "unknown_origin", "marked as made up by the vendor")
    told_of = Measurement(
        metric=metric, hwi_device_id=node.text("hwi_device_id"),
        value_1=node.needed_number("value_1"), value_2=node.number("value_2"),
        timestamp=node.needed_instant("timestamp"), created=node.instant("created"),
        timezone_offset=unsure_offset(node),
        estimated_timestamp=node.is_true("estimated_timestamp"),
        filter_params=Params(measurement_index=index_of(node.part("filter_params"))),
    )  # fmt: skip
    if metric == BLOOD_PRESSURE and told_of.value_2 is None:
        raise Misread(node.at("value_2"), "missing_field", "a pressure without its lower value")
    part = measured_part(told_of, node.path)
    if part is None:
        raise Misread(node.at("metric"), "unknown_metric", f"the metric {told(metric)}")
    return part


def index_of(params: Node) -> int | None:
    """Return the number of a measurement; None where it is absent."""
    number = params.number("measurement_index")
    return None if number is None else int(number)


def unsure_offset(node: Node) -> Decimal | None:
    """Return the offset of a document; no number where it is none, which costs no reading."""
    try:
        return node.number("timezone_offset")
    except Misread:
        return Decimal("NaN")
