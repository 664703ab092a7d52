"""What is on file about one patient, as the other pages of this room read it.

Entries in force only: what was superseded or voided is left out here and nowhere later. A record
never changes; after a command a new one is made from the entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from caretally.journal.corrections import resolve
from caretally.journal.entries import Body, DeviceAssigned, DeviceReturned, Died, Entry
from caretally.journal.register import Register, register_of

Of = TypeVar("Of", bound=Body)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFile(Generic[Of]):
    """A body and the entry it came in."""

    entry: Entry
    body: Of

    @property
    def id(self) -> str:
        """The id of the entry."""
        return self.entry.id

    @property
    def at(self) -> datetime:
        """When it took effect."""
        return self.entry.at


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord:
    """One patient's entries in force, and what the journal says of people and places.

    by_kind: the patient's entries, by time. device_events: assignments and returns by device, of
    all patients and of stock, since a device in other hands is not free. in_force: all of it.
    """

    patient: str
    register: Register
    by_kind: Mapping[type[Body], tuple[Entry, ...]]
    device_events: Mapping[str, tuple[Entry, ...]]
    in_force: tuple[Entry, ...]

    def without(self, entry_id: str) -> PatientRecord:
        """Return the record as if one entry were not on file."""
        left = (entry for entry in self.in_force if entry.id != entry_id)
        return _record(tuple(left), self.patient)

    def all_of(self, kind: type[Of]) -> tuple[OnFile[Of], ...]:
        """Return what is on file of a kind, by time."""
        return tuple(
            OnFile(entry=entry, body=entry.body)
            for entry in self.by_kind.get(kind, ())
            if isinstance(entry.body, kind)
        )

    def entries(self, kind: type[Body]) -> tuple[Entry, ...]:
        """Return the entries of a kind, by time."""
        return self.by_kind.get(kind, ())

    def died_at(self) -> datetime | None:
        """Return when the patient died, where that is on file."""
        return next((entry.at for entry in self.entries(Died)), None)

    def is_alive_at(self, at: datetime) -> bool:
        """Tell whether no death is on file by an instant."""
        died_at = self.died_at()
        return died_at is None or at < died_at

    def day_of(self, at: datetime, *, program: str | None = None) -> date:
        """Return the local date of an instant, as the patient's days are counted."""
        return self.register.day_of(self.patient, at, program=program)


def record_of(entries: Iterable[Entry], patient: str) -> PatientRecord:
    """Return the record of a patient.

    entries: the patient's, those of practices and staff, and all device assignments and returns;
    more does no harm.

    Raises:
        InputError: corrections contradict one another; all are named.
    """
    in_force = sorted(resolve(entries).in_force, key=lambda entry: (entry.at, entry.id))
    return _record(tuple(in_force), patient)


def record_in_force(in_force: Iterable[Entry], patient: str) -> PatientRecord:
    """Return the record of a patient from entries that are known to be in force, in any order."""
    return _record(tuple(sorted(in_force, key=lambda entry: (entry.at, entry.id))), patient)


def _record(in_force: tuple[Entry, ...], patient: str) -> PatientRecord:
    by_kind: dict[type[Body], list[Entry]] = {}
    by_device: dict[str, list[Entry]] = {}
    for entry in in_force:
        if entry.patient == patient:
            by_kind.setdefault(type(entry.body), []).append(entry)
        if isinstance(entry.body, DeviceAssigned | DeviceReturned):
            by_device.setdefault(entry.body.device, []).append(entry)
    return PatientRecord(
        patient=patient,
        register=register_of(in_force),
        by_kind={kind: tuple(found) for kind, found in by_kind.items()},
        device_events={device: tuple(found) for device, found in by_device.items()},
        in_force=in_force,
    )
