"""Validic's records: measurements of many vendors' devices, each metric with its unit and origin.

A record that was deleted takes its readings back; one that was changed has another checksum under
the same id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from caretally.devices.documents import Item, Node, each_of, listed, never_silent
from caretally.devices.offsets import offset_of
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import (
    DeviceSign,
    Fault,
    Measured,
    Passed,
    Removal,
    SchemedName,
    VendorReading,
)
from caretally.journal.quantities import (
    BODY_FAT,
    BODY_MASS_INDEX,
    BREATHS,
    DIASTOLIC,
    FORCED_VOLUME,
    GLUCOSE,
    HEIGHT,
    PEAK_FLOW,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
    is_known,
)

USER, DEVICE = "validic:user", "validic:device"
READ = ("measurement", "cgm")
"""Types of records that hold readings."""
NOT_READ = ("summary", "workout", "sleep", "nutrition", "intraday")
"""Types of records that are known and hold none."""
METRICS: Mapping[str, str] = {
    "systolic": SYSTOLIC, "diastolic": DIASTOLIC, "pulse": PULSE, "heart_rate": PULSE,
    "body_weight": WEIGHT, "weight": WEIGHT, "blood_glucose": GLUCOSE, "spo2": SATURATION,
    "body_temperature": TEMPERATURE, "temperature": TEMPERATURE, "respiration_rate": BREATHS,
    "peak_expiratory_flow": PEAK_FLOW, "peak_flow": PEAK_FLOW, "fev1": FORCED_VOLUME,
    "body_fat": BODY_FAT, "bmi": BODY_MASS_INDEX, "height": HEIGHT,
}  # fmt: skip
NOT_VITAL = (
    "avg_blood_glucose", "avg_heart_rate", "resting_heart_rate", "min_heart_rate", "max_heart_rate",
    "body_water", "bone_mass", "lean_mass", "fat_mass", "muscle_mass", "waist", "hip",
    "hemoglobin_a1c", "hba1c", "total_cholesterol", "hdl", "ldl", "triglycerides",
)  # fmt: skip
"""Metrics that are known and not read: averages, laboratory values, composition of the body."""
UNITS: Mapping[str, str] = {
    "mmhg": "mm[Hg]", "kpa": "kPa", "bpm": "/min", "brpm": "/min", "breaths/min": "/min",
    "kg": "kg", "g": "g", "lb": "[lb_av]", "lbs": "[lb_av]", "oz": "[oz_av]", "st": "[stone_av]",
    "mg/dl": "mg/dL", "mmol/l": "mmol/L", "percent": "%", "%": "%", "c": "Cel", "f": "[degF]",
    "l/min": "L/min", "l/s": "L/s", "l": "L", "ml": "mL", "kg/m2": "kg/m2", "kg/m^2": "kg/m2",
    "m": "m", "cm": "cm", "mm": "mm", "in": "[in_i]", "ft": "[ft_i]",
}  # fmt: skip
"""By Validic's word in lower case."""
ORIGINS: Mapping[str, str] = {"device": "device", "manual": "manual", "derived": "derived"}
"""By Validic's word; any other is nobody's statement, and unknown."""
CONNECTED, DISCONNECTED = "connected", "disconnected"


def of_record(record: Node) -> Iterator[Item]:
    """Yield what a record holds.

    Raises:
        Misread: something that concerns all of it is not as it should be.
    """
    kind = record.needed_text("type")
    if kind in NOT_READ:
        yield Passed(path=record.path, says=f"the type {kind} holds no reading of a device")
        return
    if kind not in READ:
        raise Misread(record.at("type"), "unknown_metric", f"the type {told(kind)}")
    names = names_of(record)
    if record.has("deleted_at"):
        yield from removals(record, names)
        return
    yield from signs(record, names)
    yield from never_silent(readings(record, names), record.at("metrics"))


def names_of(record: Node) -> tuple[SchemedName, ...]:
    """Return what the source is known by: the user's own device, then the user.

    Raises:
        Misread: no user is named; a device alone may be used by several.
    """
    user = record.part("user").text("user_id")
    if not user:
        raise Misread(record.part("user").at("user_id"), "no_device", "user_id is missing")
    device = record.part("source").part("device").text("id")
    own: tuple[SchemedName, ...] = ((DEVICE, f"{user}/{device}"),) if device else ()
    return (*own, (USER, user))


def removals(record: Node, names: tuple[SchemedName, ...]) -> Iterator[Removal]:
    """Yield what a deleted record takes back: all that it could have held."""
    number = record.needed_text("id")
    for metric in dict.fromkeys((PRESSURE, *METRICS.values())):
        yield Removal(names=names, vendor_reading_id=f"{number}/{metric}", path=record.path)


def signs(record: Node, names: tuple[SchemedName, ...]) -> Iterator[DeviceSign]:
    """Yield what the device tells of its battery."""
    device = record.part("source").part("device")
    for value, path in listed(device.parts("diagnostics"), device.at("diagnostics")):
        node = Node(value if isinstance(value, dict) else {}, path)
        if "battery" not in node.text("type").lower():
            continue
        percent = node.number("value") if UNITS.get(node.text("unit").lower()) == "%" else None
        yield DeviceSign(
            names=names, at=record.instant("end_time") or record.instant("start_time"),
            kind="battery", battery_percent=percent, path=path,
        )  # fmt: skip


def readings(record: Node, names: tuple[SchemedName, ...]) -> Iterator[Item]:
    """Yield the readings of a record.

    Raises:
        Misread: no time is stated.
    """
    measured_at = record.needed_instant("start_time")
    found: dict[str, dict[str, Measured]] = {}
    metrics = listed(record.parts("metrics"), record.at("metrics"))
    yield from each_of(metrics, lambda metric: of_metric(metric, found))
    offset = offset_of(record.number("utc_offset"), 1)
    for origin, values in found.items():
        for metric, measured in together(values, record):
            if isinstance(measured, Fault):
                yield measured
                continue
            yield VendorReading(
                names=names, metric=metric, measured=measured, measured_at=measured_at,
                offset_seconds=offset, offset_origin=offset_origin(record, offset),
                received_at=record.instant("created_at"), origin=origin,
                vendor_reading_id=f"{record.needed_text('id')}/{metric}",
                version=record.text("checksum") or record.text("version"),
                context=context_of(record), flags=flags_of(record), path=record.path,
            )  # fmt: skip


def offset_origin(record: Node, offset: int | None) -> str:
    """Return who told the offset, such as source or profile; empty where nobody did."""
    return "" if offset is None else record.text("offset_origin") or "unknown"


def of_metric(metric: Node, found: dict[str, dict[str, Measured]]) -> Iterator[Item]:
    """Keep the value of a metric under its origin, or yield why there is none.

    Raises:
        Misread: the metric or its unit is not known, or the value is none.
    """
    kind = metric.needed_text("type")
    if kind in NOT_VITAL:
        yield Passed(path=metric.path, says=f"the metric {kind} is not read")
        return
    if kind not in METRICS:
        raise Misread(metric.at("type"), "unknown_metric", f"the metric {told(kind)}")
    unit = UNITS.get(metric.needed_text("unit").lower(), "")
    if not is_known(METRICS[kind], unit):
        says = f"{kind} in the unit {told(metric.text('unit'))}"
        raise Misread(metric.at("unit"), "unknown_unit", says)
    value = Measured(METRICS[kind], metric.needed_number("value"), unit)
    origin = ORIGINS.get(metric.text("origin"), "unknown")
    found.setdefault(origin, {}).setdefault(value.metric, value)


def together(
    values: Mapping[str, Measured], record: Node
) -> Iterator[tuple[str, tuple[Measured, ...] | Fault]]:
    """Yield metrics and values: pressures with the pulse, saturation with the pulse, others alone.

    Only values of one origin come here: a weight that was typed in is not the scale's.
    """
    rest = dict(values)
    pressures = [rest.pop(code) for code in (SYSTOLIC, DIASTOLIC) if code in rest]
    if len(pressures) == 1:
        says = "one of the two pressures is missing"
        yield PRESSURE, Fault(path=record.at("metrics"), code="missing_field", says=says)
    leader = (PRESSURE, pressures) if len(pressures) == 2 else None
    if leader is None and SATURATION in rest:
        leader = (SATURATION, [rest.pop(SATURATION)])
    if leader is not None:
        yield leader[0], (*leader[1], *([rest.pop(PULSE)] if PULSE in rest else []))
    for metric, value in rest.items():
        yield metric, (value,)


def context_of(record: Node) -> tuple[tuple[str, str], ...]:
    """Return the circumstances of a record: which vendor's app or device it came by."""
    source = record.part("source").text("type")
    return (("source", source),) if source.isascii() and source.replace("_", "").isalnum() else ()


def flags_of(record: Node) -> tuple[str, ...]:
    """Return the marks of quality that Validic puts on a record as tags."""
    found = []
    for value, path in listed(record.parts("tags"), record.at("tags")):
        tag = Node(value if isinstance(value, dict) else {}, path)
        if tag.text("name") == "out_of_bounds_blood_glucose" and tag.text("value") in {
            "low",
            "high",
        }:
            found.append(f"told_{tag.text('value')}")
    return tuple(found)


def of_connection(event: Node) -> Iterator[Item]:
    """Yield what a change of a user's connection to a source says.

    Raises:
        Misread: it names no user, or no change that is known.
    """
    user, change = event.text("user_id"), event.needed_text("event")
    if not user:
        raise Misread(event.at("user_id"), "no_device", "user_id is missing")
    if change not in {CONNECTED, DISCONNECTED}:
        raise Misread(event.at("event"), "not_the_shape", "a change that is not known")
    kind = "heartbeat" if change == CONNECTED else "fault"
    yield DeviceSign(names=((USER, user),), kind=kind, signal=change, path=event.path)
