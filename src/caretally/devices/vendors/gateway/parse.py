"""Reads what Bluetooth gateways send: characteristics as bytes, or their fields decoded already.

The envelope is this program's own; docs/vendors/gateway.md describes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from caretally.devices.documents import Item, Node, each_of, listed, measured, unpack
from caretally.devices.names import IMEI, MAC, SERIAL
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import (
    DeviceSign,
    Fault,
    Measured,
    Posted,
    SchemedName,
    Unpacked,
    VendorReading,
)
from caretally.devices.vendors.gateway.characteristics import CHARACTERISTICS, Taken
from caretally.devices.vendors.gateway.numbers import Octets
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
    is_known,
)

LONG_UUID = re.compile(r"0000([0-9A-F]{4})-0000-1000-8000-00805F9B34FB\Z")
HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){1,64}\Z")
BATTERY = "2A19"
FIELDS = {
    "systolic": (SYSTOLIC, PRESSURE, "mm[Hg]"), "diastolic": (DIASTOLIC, PRESSURE, "mm[Hg]"),
    "mean": (MEAN_PRESSURE, PRESSURE, "mm[Hg]"), "weight": (WEIGHT, WEIGHT, ""),
    "glucose": (GLUCOSE, GLUCOSE, ""), "spo2": (SATURATION, SATURATION, "%"),
    "temperature": (TEMPERATURE, TEMPERATURE, ""), "pulse": (PULSE, PULSE, "/min"),
}  # fmt: skip
"""Of decoded characteristics: metric, metric of the whole, and the unit if none is told."""


def parse(posted: Posted) -> Unpacked:
    """Return what a delivery holds."""
    return unpack(posted.body, read)


def read(document: object) -> Iterator[Item]:
    """Yield what a document holds: an envelope with measurements, an array, or one of them."""
    if isinstance(document, dict) and isinstance(document.get("measurements"), list):
        received_at = None
        try:
            received_at = Node(document).instant("sent_at")
        except Misread as misread:
            yield misread.fault
        elements = listed(document["measurements"], "/measurements")
    else:
        received_at = None
        elements = listed(document) if isinstance(document, list) else [(document, "")]
    yield from each_of(elements, lambda node: items_of(node, received_at))


def items_of(node: Node, received_at: datetime | None) -> list[Item]:
    """Return what a measurement holds.

    Raises:
        Misread: something is not as it should be.
    """
    names = names_of(node.part("device"))
    code = code_of(node)
    if code == BATTERY:
        return [battery_of(node, names)]
    if node.has("value_hex"):
        taken = raw_of(node, code)
    elif node.has("value"):
        taken = decoded_of(node.part("value"))
    else:
        raise Misread(node.at("value_hex"), "missing_field", "neither value_hex nor value is there")
    times = times_of(node, taken)
    return [reading_of(node, names, taken, (*times, received_at))]


def reading_of(
    node: Node,
    names: tuple[SchemedName, ...],
    taken: Taken,
    times: tuple[datetime | None, datetime | None, bool, datetime | None],
) -> VendorReading:
    """Return a reading of what was taken."""
    measured_at, wall, is_estimated, received_at = times
    for value in taken.measured:
        measured(value.metric, value.value, value.unit, node.path)
    return VendorReading(
        names=names, metric=taken.metric, measured=taken.measured, measured_at=measured_at,
        wall=wall, received_at=received_at, origin="device", is_estimated=is_estimated,
        vendor_reading_id=node.text("id"), context=(*taken.context, *counted(taken)),
        flags=taken.flags, path=node.path,
    )  # fmt: skip


def counted(taken: Taken) -> tuple[tuple[str, str], ...]:
    """Return the number a device gave its measurement; it begins anew when the memory is full."""
    return (("sequence", taken.number),) if taken.number else ()


def names_of(device: Node) -> tuple[SchemedName, ...]:
    """Return the names of a device: its radio address, its serial number, or an IMEI.

    Raises:
        Misread: there is none.
    """
    pairs = (
        (MAC, device.text("mac")),
        (SERIAL, device.text("serial")),
        (IMEI, device.text("imei")),
    )
    names = tuple((scheme, value) for scheme, value in pairs if value)
    if not names:
        raise Misread(device.path, "no_device", "the device has no mac, serial or imei")
    return names


def code_of(node: Node) -> str:
    """Return the number of a characteristic, of four digits; nothing where it is not told.

    Raises:
        Misread: it is not known.
    """
    sent = node.text("characteristic").upper()
    if not sent and node.has("value"):
        return ""
    long = LONG_UUID.match(sent)
    code = long[1] if long else sent.removeprefix("0X")
    if code not in CHARACTERISTICS and code != BATTERY:
        raise Misread(node.at("characteristic"), "unknown_metric", f"characteristic {told(sent)}")
    return code


def raw_of(node: Node, code: str) -> Taken:
    """Return what the bytes of a characteristic hold.

    Raises:
        Misread: they are none, or too few.
    """
    sent = node.text("value_hex").replace(" ", "").replace(":", "")
    if not HEX.match(sent):
        raise Misread(node.at("value_hex"), "not_the_shape", "value_hex is not 1 to 64 bytes")
    return CHARACTERISTICS[code](Octets(bytes.fromhex(sent), node.at("value_hex")))


def decoded_of(value: Node) -> Taken:
    """Return what fields of a decoded characteristic say.

    Raises:
        Misread: a value is missing, or in a unit that it is not measured in.
    """
    found = []
    for name, (metric, _, usual) in FIELDS.items():
        number = value.number(name)
        if number is not None:
            unit = usual if metric == PULSE else value.text("unit") or usual
            found.append((name, measured_in(metric, number, unit, value)))
    wholes = {FIELDS[name][1] for name, _ in found} - ({PULSE} if len(found) > 1 else set())
    if len(wholes) != 1:
        says = "no value that is known" if not found else "values of several characteristics"
        raise Misread(value.path, "missing_field" if not found else "not_the_shape", says)
    (whole,) = wholes
    names = {name for name, _ in found}
    if whole == PRESSURE and not {"systolic", "diastolic"} <= names:
        raise Misread(value.path, "missing_field", "half a pressure")
    flags = ("irregular_heartbeat",) if value.is_true("irregular") else ()
    user = value.text("user")
    context = (("user", user),) if user else ()
    told_of = tuple(each for _, each in found)
    return Taken(whole, told_of, value_wall(value), context=context, flags=flags)


def measured_in(metric: str, number: Decimal, unit: str, value: Node) -> Measured:
    """Return a value in a UCUM unit.

    Raises:
        Misread: the unit is missing, or the metric is not measured in it.
    """
    if not unit:
        raise Misread(value.at("unit"), "missing_field", "unit is missing")
    if not is_known(metric, unit):
        raise Misread(value.at("unit"), "unknown_unit", f"the unit {told(unit)}")
    return Measured(metric, number, unit)


def value_wall(value: Node) -> datetime | None:
    """Return the device's own time, where the gateway decoded it; it has no offset.

    Raises:
        Misread: it is no time, or one with an offset.
    """
    found = value.time("device_time")
    if found is not None and found.tzinfo is not None:
        raise Misread(value.at("device_time"), "not_a_time", "a device's time has no offset")
    return found


def times_of(node: Node, taken: Taken) -> tuple[datetime | None, datetime | None, bool]:
    """Return the instant, or the local time, and whether it is a guess.

    A device's clock has no offset: its time is local. Without one, the reading was taken about when
    the gateway heard it.

    Raises:
        Misread: there is neither.
    """
    heard_at = node.instant("heard_at")
    if taken.wall is not None and "clock_not_set" not in taken.flags:
        return None, taken.wall, False
    if heard_at is None:
        raise Misread(node.at("heard_at"), "missing_field", "neither the device nor the gateway "
                      "tells a time")  # fmt: skip
    return heard_at, None, True


def battery_of(node: Node, names: tuple[SchemedName, ...]) -> DeviceSign | Fault:
    """Return what 0x2A19 says: how full the battery is, in percent.

    Raises:
        Misread: it says nothing.
    """
    if node.has("value_hex"):
        sent = node.text("value_hex")
        if not HEX.match(sent):
            raise Misread(node.at("value_hex"), "not_the_shape", "value_hex is not 1 to 64 bytes")
        percent = Decimal(bytes.fromhex(sent)[0])
    else:
        percent = node.part("value").needed_number("battery")
    return DeviceSign(
        names=names, at=node.instant("heard_at"), kind="battery", battery_percent=percent,
        path=node.path,
    )  # fmt: skip
