"""Reads Terra's deliveries: health records of consumers' devices, and news of their accounts.

These are mostly no medical devices. A reading makes a data day only if the device it is filed under
is on record as one; that is for the device's record to say, not for this parser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from caretally.devices.documents import Item, Node, each_of, listed, never_silent, unpack
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import (
    DeviceSign,
    Measured,
    Passed,
    Posted,
    SchemedName,
    Unpacked,
    VendorReading,
)
from caretally.journal.quantities import (
    BODY_FAT,
    BODY_MASS_INDEX,
    DIASTOLIC,
    GLUCOSE,
    HEIGHT,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

USER, DEVICE = "terra:user", "terra:device"
READ = ("body", "daily")
NOT_READ = ("activity", "sleep", "nutrition", "menstruation", "athlete")
TRANSPORT = ("processing", "large_request_processing", "large_request_sending", "s3_payload",
             "google_no_datasource", "rate_limit_hit", "healthcheck")  # fmt: skip
"""Types that speak of the transport, and of no user's values."""
GONE = ("deauth", "access_revoked", "connection_error", "permission_change")
"""Types after which values may stay away."""
BACK = ("auth", "user_reauth")
ORIGINS: Mapping[int, str] = {1: "device", 2: "manual"}
"""By `upload_type` of the metadata: by itself, by hand; any other says nothing."""


class Sampled(NamedTuple):
    """Where a record holds samples of a kind: the part, its list, and the field of their time.

    fields: field, metric and unit of each value of a sample.
    """

    part: str
    samples: str
    time: str
    fields: tuple[tuple[str, str, str], ...]


PRESSURES = "blood_pressure_samples"
SAMPLES = (
    Sampled("blood_pressure_data", PRESSURES, "timestamp", (
        ("systolic_bp", SYSTOLIC, "mm[Hg]"), ("diastolic_bp", DIASTOLIC, "mm[Hg]"))),
    Sampled("glucose_data", "blood_glucose_samples", "timestamp", (
        ("blood_glucose_mg_per_dL", GLUCOSE, "mg/dL"),)),
    Sampled("glucose_data", "detailed_blood_glucose_samples", "timestamp", (
        ("blood_glucose_mg_per_dL", GLUCOSE, "mg/dL"),)),
    Sampled("oxygen_data", "saturation_samples", "timestamp", (
        ("percentage", SATURATION, "%"),)),
    Sampled("temperature_data", "body_temperature_samples", "timestamp", (
        ("temperature_celsius", TEMPERATURE, "Cel"),)),
    Sampled("measurements_data", "measurements", "measurement_time", (
        ("weight_kg", WEIGHT, "kg"), ("height_cm", HEIGHT, "cm"), ("BMI", BODY_MASS_INDEX, "kg/m2"),
        ("bodyfat_percentage", BODY_FAT, "%"))),
)  # fmt: skip
RATES = Sampled("heart_data", "hr_samples", "timestamp", (("bpm", PULSE, "/min"),))
"""Heart rates come by the second; a single one beside nothing else is read from `body` alone."""


def parse(posted: Posted) -> Unpacked:
    """Return what a delivery holds."""
    return unpack(posted.body, items)


def items(document: object) -> Iterator[Item]:
    """Yield what a delivery holds.

    Raises:
        Misread: its kind is not known.
    """
    page = Node(document if isinstance(document, dict) else {})
    kind = page.needed_text("type")
    if kind in NOT_READ:
        yield Passed(path=page.at("type"), says=f"the type {kind} holds no reading that is watched")
    elif kind in TRANSPORT or kind.startswith("large_request"):
        yield Passed(path=page.at("type"), says=f"the type {told(kind)} speaks of the transport")
    elif kind in GONE or kind in BACK:
        names = ((USER, user_of(page)),)
        sign = "heartbeat" if kind in BACK else "fault"
        yield DeviceSign(names=names, kind=sign, signal=kind, path=page.at("type"))
    elif kind in READ:
        user, elements = user_of(page), listed(page.parts("data"), page.at("data"))
        found = each_of(elements, lambda record: of_record(record, user, kind))
        yield from never_silent(found, page.at("data"))
    else:
        raise Misread(page.at("type"), "unknown_metric", f"the type {told(kind)}")


def user_of(page: Node) -> str:
    """Return the account at one provider; a person with two has two.

    Raises:
        Misread: none is named.
    """
    user = page.part("user").text("user_id") or page.part("new_user").text("user_id")
    if not user:
        raise Misread(page.part("user").at("user_id"), "no_device", "user_id is missing")
    return user


def of_record(record: Node, user: str, kind: str) -> Iterator[Item]:
    """Yield the readings of a record, or that it holds none."""
    names, origin = names_of(record, user), origin_of(record)
    found: list[Item] = []
    for sampled in (*SAMPLES, RATES) if kind == "body" else SAMPLES:
        part = record.part(sampled.part)
        elements = listed(part.parts(sampled.samples), part.at(sampled.samples))
        found.extend(each_of(elements, reader(sampled, names, origin)))
    if not found:
        yield Passed(path=record.path, says=f"a record of the type {kind} without any sample")
    yield from joined(found)


def joined(found: list[Item]) -> Iterator[Item]:
    """Yield items, a pulse in the pressure that was taken in the same moment."""
    readings = [each for each in found if isinstance(each, VendorReading)]
    pulses = one_each_moment(readings, PULSE)
    leaders = one_each_moment(readings, PRESSURE)
    for item in found:
        moment = item.measured_at if isinstance(item, VendorReading) else None
        if moment not in pulses or moment not in leaders:
            yield item
        elif item is leaders[moment]:
            both = (*leaders[moment].measured, *pulses[moment].measured)
            yield msgspec.structs.replace(leaders[moment], measured=both)
        elif item is not pulses[moment]:
            yield item


def one_each_moment(
    readings: list[VendorReading], metric: str
) -> dict[datetime | None, VendorReading]:
    """Return the readings of a metric by their moment, where a moment has exactly one."""
    moments = [each.measured_at for each in readings if each.metric == metric]
    return {
        each.measured_at: each
        for each in readings
        if each.metric == metric and moments.count(each.measured_at) == 1
    }


def names_of(record: Node, user: str) -> tuple[SchemedName, ...]:
    """Return what the source is known by: the account's own device, then the account."""
    device = record.part("device_data").text("serial_number")
    own: tuple[SchemedName, ...] = ((DEVICE, f"{user}/{device}"),) if device else ()
    return (*own, (USER, user))


def origin_of(record: Node) -> str:
    """Return whether a device measured what a record holds; unknown where nobody says."""
    upload = record.part("metadata").number("upload_type")
    if upload is not None and upload in ORIGINS:
        return ORIGINS[int(upload)]
    device = record.part("device_data")
    named = any(device.text(name) for name in ("serial_number", "name", "manufacturer"))
    return "device" if named else "unknown"


def reader(
    sampled: Sampled, names: tuple[SchemedName, ...], origin: str
) -> Callable[[Node], Iterator[Item]]:
    """Return a function that reads samples of a kind."""
    return lambda sample: of_sample(sample, sampled, names, origin)


def of_sample(
    sample: Node, sampled: Sampled, names: tuple[SchemedName, ...], origin: str
) -> Iterator[Item]:
    """Yield the readings of a sample.

    Raises:
        Misread: its time or a value is none, or one of two pressures is missing.
    """
    measured_at = sample.needed_instant(sampled.time)
    values = values_of(sample, sampled)
    if not values:
        yield Passed(path=sample.path, says="a sample without a value that is read")
    offset = offset_of_time(sample, sampled.time)
    for metric, measured in values:
        yield VendorReading(
            names=names, metric=metric, measured=measured, measured_at=measured_at,
            offset_seconds=offset, offset_origin="" if offset is None else "source",
            origin=origin, path=sample.path,
        )  # fmt: skip


def values_of(sample: Node, sampled: Sampled) -> list[tuple[str, tuple[Measured, ...]]]:
    """Return what a sample holds, by metric: pressures together, everything else alone.

    Raises:
        Misread: a value is none, or one of two pressures is missing.
    """
    values = tuple(
        Measured(metric, value, unit)
        for name, metric, unit in sampled.fields
        if (value := sample.number(name)) is not None
    )
    if sampled.samples != PRESSURES:
        return [(value.metric, (value,)) for value in values]
    if len(values) != 2:
        raise Misread(sample.path, "missing_field", "one of the two pressures is missing")
    return [(PRESSURE, values)]


def offset_of_time(sample: Node, name: str) -> int | None:
    """Return the offset that a time states; a Z says nothing about where it was taken."""
    stated: datetime | None = sample.time(name)
    ahead = None if stated is None else stated.utcoffset()
    if ahead is None or str(sample.fields[name]).strip().endswith(("Z", "z")):
        return None
    return ahead // timedelta(seconds=1)
