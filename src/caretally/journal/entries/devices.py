"""Devices in a patient's hands, their set-up, and what they measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from caretally.journal.entries.envelope import About, Body
from caretally.journal.entries.shapes import (
    BodySystem,
    DeviceStatus,
    FreeText,
    Id,
    Label,
    Origin,
    OwnLabel,
    PrivateNumber,
    Settlement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A name under which others know a device.

    scheme: whose name it is: imei, serial, mac, gateway, or a vendor and what it names, such as
        tenovi:device or withings:user.
    value: the name.
    """

    scheme: Label
    value: OwnLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRegistered(Body):
    """A device is on the practice's books; a later entry about it replaces what was known.

    device: its id.
    practice: the clinic that owns it.
    vendor: who supplies it.
    model: the vendor's model.
    serial: the maker's number.
    identifiers: under which names its readings arrive.
    medical_device: whether it meets the FDA definition.
    parameters: LOINC codes of what it measures.
    body_system: what an RTM device monitors.
    """

    kind: ClassVar[str] = "device_registered"
    about: ClassVar[About] = "practice"
    device: Id
    practice: Id | None = None
    vendor: Label | None = None
    model: Label | None = None
    serial: OwnLabel | None = None
    identifiers: tuple[Identifier, ...] = ()
    medical_device: bool
    parameters: tuple[Label, ...] = ()
    body_system: BodySystem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStatusRecorded(Body):
    """Where a device is on its way, or in what state.

    device: its id.
    status: where it is.
    source: who told: a vendor's notice or a person.
    order: number of the order it belongs to.
    tracking: the carrier's number or address.
    """

    kind: ClassVar[str] = "device_status_recorded"
    about: ClassVar[About] = "practice"
    device: Id
    status: DeviceStatus
    source: Label | None = None
    order: OwnLabel | None = None
    tracking: OwnLabel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAssigned(Body):
    """A device went to a patient, or without a patient into stock.

    device: its id.
    vendor: who supplies it.
    model: the vendor's model.
    serial: the maker's number.
    medical_device: whether it meets the FDA definition; only then its readings make data days.
    parameters: LOINC codes of what it measures.
    body_system: what an RTM device monitors.
    replaces: the device it stands in for; the patient is not set up a second time.
    """

    kind: ClassVar[str] = "device_assigned"
    about: ClassVar[About] = "either"
    device: Id
    vendor: Label | None = None
    model: Label | None = None
    serial: Label | None = None
    medical_device: bool
    parameters: tuple[Label, ...] = ()
    body_system: BodySystem | None = None
    replaces: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReturned(Body):
    """A device came back from a patient.

    device: its id.
    vendor: who supplies it.
    model: the vendor's model.
    serial: the maker's number.
    medical_device: as at the assignment; decides nothing here.
    parameters: LOINC codes of what it measures.
    body_system: what an RTM device monitors.
    """

    kind: ClassVar[str] = "device_returned"
    about: ClassVar[About] = "either"
    device: Id
    vendor: Label | None = None
    model: Label | None = None
    serial: Label | None = None
    medical_device: bool = False
    parameters: tuple[Label, ...] = ()
    body_system: BodySystem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupCompleted(Body):
    """A device was set up and the patient was taught to use it.

    device: its id.
    educated_by: the staff id of the teacher.
    method: how.
    """

    kind: ClassVar[str] = "setup_completed"
    device: Id
    educated_by: Id
    method: FreeText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One of several values that were measured together, such as a systolic pressure.

    metric: LOINC code.
    value: the number, with the digits it was sent with.
    unit: UCUM unit.
    """

    metric: Label
    value: PrivateNumber
    unit: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRecorded(Body):
    """A device, or a person, measured something.

    device: the id of the device.
    metric: LOINC code.
    value: the number, with the digits it was sent with.
    unit: UCUM unit of `value`.
    components: values measured together; with neither `value` nor these no data day is made.
    measured_at: when it was measured; makes the data day.
    received_at: when it arrived here.
    origin: whether a device measured it or a person typed it.
    vendor_reading_id: the vendor's id; with the same device it names one reading.
    context: circumstances the vendor told.
    """

    kind: ClassVar[str] = "reading_recorded"
    begins: ClassVar[str | None] = "measured_at"
    device: Id
    metric: Label
    value: PrivateNumber | None = None
    unit: Label | None = None
    components: tuple[Component, ...] = ()
    measured_at: datetime
    received_at: datetime | None = None
    origin: Origin
    vendor_reading_id: OwnLabel | None = None
    context: FreeText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineSettled(Body):
    """A person decided what becomes of a reading that was held back.

    reading: digest under which the intake holds it.
    decision: whether it was released into the record or rejected.
    rule: why it was held back.
    device: the device it came from, where it is known.
    entry: id of the reading's entry, where it was released.
    """

    kind: ClassVar[str] = "quarantine_settled"
    about: ClassVar[About] = "either"
    reading: OwnLabel
    decision: Settlement
    rule: Label
    device: Id | None = None
    entry: OwnLabel | None = None
