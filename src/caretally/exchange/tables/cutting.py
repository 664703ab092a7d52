"""Cuts a journal into parts that can be decided apart: nothing of one part touches another.

Staff overlaps cross patients, and so does custody of a device: patients who share a practice, a
member of staff or a device belong to one part. Small groups are put together up to a size; a group
is never split.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from caretally.journal.entries import (
    ContactAttempted,
    ContactHeld,
    DeviceAssigned,
    DeviceReturned,
    Enrolled,
    Entry,
    PracticeRegistered,
    StaffRegistered,
    TimeLogged,
)
from caretally.patient_months.rows import Record

Key = tuple[str, str]
"""What is meant (patient, staff, device or practice), and its id."""


@dataclass(slots=True)
class Groups:
    """Keys that belong together, directly or through others."""

    _parent: dict[Key, Key] = field(default_factory=dict)

    def of(self, key: Key) -> Key:
        """Return the key that stands for a key's group."""
        parent = self._parent.setdefault(key, key)
        while parent != self._parent[parent]:
            self._parent[parent] = self._parent[self._parent[parent]]
            parent = self._parent[parent]
        self._parent[key] = parent
        return parent

    def join(self, keys: Iterable[Key]) -> None:
        """Put the groups of some keys together."""
        first, *others = keys
        for other in others:
            self._parent[self.of(other)] = self.of(first)


def keys_of(entry: Entry) -> Iterator[Key]:
    """Yield the keys that an entry brings together."""
    if entry.patient is not None:
        yield "patient", entry.patient
    match entry.body:
        case ContactHeld(performers=performers) | ContactAttempted(performers=performers):
            yield from (("staff", person) for person in performers)
        case TimeLogged(performer=person) | StaffRegistered(staff=person):
            yield "staff", person
        case DeviceAssigned(device=device) | DeviceReturned(device=device):
            yield "device", device
        case Enrolled(practice=str(practice)):
            yield "practice", practice


def cut(record: Record, target: int) -> Iterator[Record]:
    """Yield records that can be decided apart, of about so many patients each.

    Who and what concerns no patient is left out. Every one has all practices: a file with one
    practice means it where none is named.
    """
    groups = Groups()
    practices = [entry for entry in record.known if isinstance(entry.body, PracticeRegistered)]
    keyed = []
    for entry in record.known:
        keys = list(keys_of(entry))
        if keys:
            groups.join(keys)
            keyed.append((keys[0], entry))
    grouped: dict[Key, list[Entry]] = {}
    patients: dict[Key, set[str]] = {}
    for key, entry in keyed:
        group = groups.of(key)
        grouped.setdefault(group, []).append(entry)
        patients.setdefault(group, set()).update({entry.patient} if entry.patient else ())
    together: list[Entry] = []
    count = 0
    for group in sorted((g for g in grouped if patients[g]), key=lambda each: min(patients[each])):
        if together and count + len(patients[group]) > target:
            yield Record(known=[*practices, *together], set_aside=record.set_aside)
            together, count = [], 0
        together += grouped[group]
        count += len(patients[group])
    if together:
        yield Record(known=[*practices, *together], set_aside=record.set_aside)
