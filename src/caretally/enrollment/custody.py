"""Custody: who holds which device, since when, and whether it was set up and taught.

A device is in one place at a time: an assignment ends with the device's next event, whoever it is
about (contract section 3; the fold reads it the same way).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caretally.enrollment.record import PatientRecord
from caretally.journal.entries import DeviceAssigned, Entry, SetupCompleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """One stretch in which somebody held a device.

    holder: the patient; None in stock. ends: None while it lasts.
    """

    device: DeviceAssigned
    holder: str | None
    entry_id: str
    begins: datetime
    ends: datetime | None

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it lasts at an instant."""
        return self.begins <= at and (self.ends is None or at < self.ends)


def custodies(record: PatientRecord, device: str) -> tuple[Custody, ...]:
    """Return who held a device when; at the same instant a return comes first."""
    events = sorted(
        record.device_events.get(device, ()),
        key=lambda each: (each.at, isinstance(each.body, DeviceAssigned), each.id),
    )
    following = [*(each.at for each in events[1:]), None] if events else []
    return tuple(
        Custody(device=e.body, holder=e.patient, entry_id=e.id, begins=e.at, ends=ends)
        for e, ends in zip(events, following, strict=True)
        if isinstance(e.body, DeviceAssigned) and e.at != ends
    )


def held_at(record: PatientRecord, at: datetime) -> tuple[Custody, ...]:
    """Return what the patient holds at an instant."""
    devices = dict.fromkeys(each.body.device for each in record.all_of(DeviceAssigned))
    held = (custody_of(record, device, at) for device in devices)
    return tuple(each for each in held if each is not None and each.holder == record.patient)


def custody_of(record: PatientRecord, device: str, at: datetime) -> Custody | None:
    """Return in whose hands a device is at an instant; None where it is unknown or returned."""
    return next((each for each in custodies(record, device) if each.holds_at(at)), None)


def setups(record: PatientRecord, custody: Custody) -> tuple[Entry, ...]:
    """Return the set-ups of a device while the patient held it."""
    return tuple(
        each.entry
        for each in record.all_of(SetupCompleted)
        if each.body.device == custody.device.device and custody.holds_at(each.at)
    )
