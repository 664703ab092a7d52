"""Reads Dexcom's records, version 3 of its interface: estimated glucose values.

Records of a phone state their offset. Those of a receiver do not: their times are the receiver's
own clock, so `displayTime` is local time in the patient's zone and is never read as UTC. A sensor
and a transmitter last days or weeks, so the user is the surest name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from caretally.devices.documents import Item, Node, each_of, listed, never_silent, unpack
from caretally.devices.pulls import about
from caretally.devices.refusals import Misread, told
from caretally.devices.unpacked import (
    Measured,
    Passed,
    Posted,
    SchemedName,
    Unpacked,
    VendorReading,
)
from caretally.journal.quantities import CONTINUOUS_GLUCOSE

USER, TRANSMITTER = "dexcom:user", "dexcom:transmitter"
UNITS: Mapping[str, str] = {"mg/dL": "mg/dL", "mmol/L": "mmol/L"}
NOT_READ: Mapping[str, str] = {
    "event": "what the user entered, such as meals and insulin",
    "calibration": "values of another meter that the user typed in",
    "alert": "alerts of the display device", "device": "display devices and their settings",
    "dataRange": "from when to when there is something",
}  # fmt: skip
"""Types of records that hold no reading of the sensor."""
OUT_OF_RANGE: Mapping[str, str] = {
    "low": "no value: the sensor read below its range",
    "high": "no value: the sensor read above its range",
}


def parse(posted: Posted) -> Unpacked:
    """Return the readings of a page of records."""
    return unpack(posted.body, lambda document: records(document, about(posted, USER)))


def records(document: object, asked_about: str) -> Iterator[Item]:
    """Yield what a page holds; asked_about: the user it was fetched for.

    Raises:
        Misread: it is no page of records.
    """
    page = Node(document if isinstance(document, dict) else {})
    kind = page.needed_text("recordType")
    if kind in NOT_READ:
        yield Passed(path=page.at("recordType"), says=f"{kind}: {NOT_READ[kind]}; no reading")
        return
    if kind != "egv":
        raise Misread(page.at("recordType"), "unknown_metric", f"the type {told(kind)}")
    if not page.has("records"):
        raise Misread(page.at("records"), "missing_field", "records is missing")
    user = page.text("userId") or asked_about
    elements = listed(page.parts("records"), page.at("records"))
    found = each_of(elements, lambda record: [reading(record, user)])
    yield from never_silent(found, page.at("records"))


def reading(record: Node, user: str) -> VendorReading:
    """Return the reading of a record.

    Raises:
        Misread: it holds none.
    """
    names, measured, when = names_of(record, user), measured_in(record), times_of(record)
    status, trend = record.text("status"), record.text("trend")
    return VendorReading(
        names=names, metric=CONTINUOUS_GLUCOSE, measured=(measured,),
        measured_at=when.instant, wall=when.wall, offset_seconds=when.offset,
        offset_origin="" if when.offset is None else "device", origin="device",
        vendor_reading_id=record.text("recordId"),
        context=(("trend", trend),) if trend.isalpha() and trend.isascii() else (),
        flags=(f"told_{status}",) if status in OUT_OF_RANGE else (), path=record.path,
    )  # fmt: skip


def names_of(record: Node, user: str) -> tuple[SchemedName, ...]:
    """Return what the source is known by, the user first.

    Raises:
        Misread: it is known by nothing.
    """
    named = ((USER, user), (TRANSMITTER, record.text("transmitterId")))
    found = tuple((scheme, name) for scheme, name in named if name)
    if not found:
        raise Misread(record.path, "no_device", "neither a user nor a transmitter is named")
    return found


def measured_in(record: Node) -> Measured:
    """Return the value in the unit of the record.

    A value outside of what the sensor measures is null, with `status` low or high. No number is
    invented for it; it stays visible as a fault, because somebody may need to know.

    Raises:
        Misread: there is no value, or its unit is not known.
    """
    value, unit = record.number("value"), record.text("unit")
    if value is None:
        says = OUT_OF_RANGE.get(record.text("status"), "value is missing")
        raise Misread(record.at("value"), "missing_field", says)
    if unit not in UNITS:
        raise Misread(record.at("unit"), "unknown_unit", f"the unit {told(unit)}")
    return Measured(CONTINUOUS_GLUCOSE, value, UNITS[unit])


class When(NamedTuple):
    """When something was measured: the instant, or the local time alone, and a stated offset."""

    instant: datetime | None
    wall: datetime | None
    offset: int | None


def times_of(record: Node) -> When:
    """Return when a record was measured.

    Raises:
        Misread: it does not say.
    """
    shown, system = record.time("displayTime"), record.time("systemTime")
    if shown is None:
        raise Misread(record.at("displayTime"), "missing_field", "displayTime is missing")
    instant = system if system is not None and system.tzinfo is not None else None
    if shown.tzinfo is None:
        return When(in_utc(instant), None if instant else shown, None)
    ahead = shown.utcoffset()
    # A Z says that the time is UTC, and nothing about where it was taken.
    is_local = ahead is not None and not str(record.fields["displayTime"]).strip().endswith("Z")
    offset = ahead // timedelta(seconds=1) if ahead is not None and is_local else None
    return When(in_utc(instant or shown), None, offset)


def in_utc(instant: datetime | None) -> datetime | None:
    """Return an instant in UTC."""
    return None if instant is None else instant.astimezone(UTC)
