"""Devices in a patient's hands, their set-up, and what they measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from caretally.journal.entries.envelope import About, Body
from caretally.journal.entries.shapes import (
    BodySystem,
    FreeText,
    Id,
    Label,
    Origin,
    OwnLabel,
    PrivateNumber,
)


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
