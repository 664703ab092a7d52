"""Custody: who holds which device, since when, and whether it was set up and taught.

A device is in one place at a time: an assignment ends with the device's next event, whoever it is
about (contract section 3; the fold reads it the same way).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caretally.enrollment.record import PatientRecord
from caretally.journal.entries import DeviceAssigned, DeviceReturned, Entry, SetupCompleted


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


def custodies(record: PatientRecord) -> tuple[Custody, ...]:
    """Return who held which device when, over all patients, by device."""
    by_device: dict[str, list[Entry]] = {}
    for entry in record.device_events:
        by_device.setdefault(_device(entry), []).append(entry)
    return tuple(each for events in by_device.values() for each in _of_device(events))


def held_at(record: PatientRecord, at: datetime) -> tuple[Custody, ...]:
    """Return what the patient holds at an instant."""
    return tuple(
        each for each in custodies(record) if each.holder == record.patient and each.holds_at(at)
    )


def custody_of(record: PatientRecord, device: str, at: datetime) -> Custody | None:
    """Return in whose hands a device is at an instant; None where it is unknown or returned."""
    return next(
        (c for c in custodies(record) if c.device.device == device and c.holds_at(at)), None
    )


def setups(record: PatientRecord, custody: Custody) -> tuple[Entry, ...]:
    """Return the set-ups of a device while the patient held it."""
    return tuple(
        each.entry
        for each in record.all_of(SetupCompleted)
        if each.body.device == custody.device.device and custody.holds_at(each.at)
    )


def _of_device(events: list[Entry]) -> list[Custody]:
    """Return the custodies of one device; at the same instant a return comes first."""
    events.sort(key=lambda each: (each.at, isinstance(each.body, DeviceAssigned), each.id))
    following = [*(each.at for each in events[1:]), None]
    return [
        Custody(device=e.body, holder=e.patient, entry_id=e.id, begins=e.at, ends=ends)
        for e, ends in zip(events, following, strict=True)
        if isinstance(e.body, DeviceAssigned) and e.at != ends
    ]


def _device(entry: Entry) -> str:
    assert isinstance(entry.body, DeviceAssigned | DeviceReturned)
    return entry.body.device
