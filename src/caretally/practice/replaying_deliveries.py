"""Stored deliveries read again by the present parsers: first what would change, then the change.

What is new goes in and is filed like everything that arrives; faults that are gone are mended. What
was read before and is not read any more is never deleted: it is put before a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import msgspec

from caretally.clock import microseconds_of
from caretally.devices.unpacked import VendorReading
from caretally.practice.office import Office
from caretally.practice.roles import MANAGE_PRACTICE
from caretally.practice.unpacking import BATCH, read_all
from caretally.store.intake import (
    FaultRow,
    Read,
    ReadingRow,
    deliveries,
    settle_again,
    store_events,
    store_faults,
    store_readings,
    stored_readings,
)
from caretally.store.intake_tables import DISMISSED, OPEN
from caretally.store.replayed import (
    StoredFault,
    StoredReading,
    Which,
    faults_of,
    locked,
    mend_faults,
    readings_of,
    replayable,
)

__all__ = ["NO_LONGER_READ", "Change", "Difference", "Which", "preview", "replay"]

NO_LONGER_READ = "no_longer_read"
"""Code of the fault that puts a reading before a person which is not read any more."""
MOST_TOLD = 200
"""Changes of a kind that are told one by one; all are counted."""
Identity: TypeAlias = tuple[str, str, int | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that is read in another way than before.

    delivery: its number. path: in the document. name: of the device. metric: LOINC code. before,
    after: values with units, empty where there is none. reading: number of the one that is stored,
    0 where none is. code: of a fault.
    """

    delivery: int
    path: str
    name: str = ""
    metric: str = ""
    measured_at: datetime | None = None
    before: str = ""
    after: str = ""
    reading: int = 0
    code: str = ""


@dataclass(slots=True, kw_only=True)
class Difference:
    """What reading deliveries again makes of them, or would make.

    new, gone, changed: readings. mended, found: faults. counts: how many of each kind, by its name.
    """

    deliveries: int = 0
    is_applied: bool = False
    new: list[Change] = field(default_factory=list)
    gone: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    mended: list[Change] = field(default_factory=list)
    found: list[Change] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("new", "gone", "changed", "mended", "found"), 0)
    )

    def tell(self, kind: str, changes: Iterable[Change]) -> None:
        """Count changes of a kind, and keep the first."""
        kept: list[Change] = getattr(self, kind)
        for change in changes:
            self.counts[kind] += 1
            if len(kept) < MOST_TOLD:
                kept.append(change)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is read in another way."""
        return not any(self.counts.values())


@dataclass(slots=True, kw_only=True)
class Again:
    """A delivery read again, beside what is stored of it."""

    read: Read
    stored: list[StoredReading]
    faults: list[StoredFault]

    def fresh(self) -> list[ReadingRow]:
        """Return the readings that this delivery is not known to tell."""
        known = {each.key for each in self.stored}
        return [row for row in self.read.readings if row.key not in known]

    def gone(self) -> list[StoredReading]:
        """Return the readings stored as of this delivery that are not read any more."""
        produced = {row.key for row in self.read.readings}
        return [each for each in self.stored if each.is_own and each.key not in produced]

    def mended(self) -> list[StoredFault]:
        """Return the open faults that are gone."""
        told = {(row.path, row.code) for row in self.all_faults()}
        return [
            each for each in self.faults
            if each.state == OPEN and (each.path, each.code) not in told
        ]  # fmt: skip

    def found(self) -> list[FaultRow]:
        """Return the faults that were not told before, or were mended and are there again."""
        known = {(each.path, each.code) for each in self.faults if each.state in {OPEN, DISMISSED}}
        return [row for row in self.all_faults() if (row.path, row.code) not in known]

    def all_faults(self) -> list[FaultRow]:
        """Return the faults of the parser, and one for each reading that is not read any more."""
        of = self.read.delivered
        return [
            *self.read.faults,
            *(
                FaultRow(of.practice, of.connection, of.number, path_of(each), NO_LONGER_READ,
                         f"reading {each.number} is not read any more; it was left as it is")
                for each in self.gone()
            ),
        ]  # fmt: skip


def preview(office: Office, which: Which) -> Difference:
    """Return what reading deliveries again would change; nothing is changed.

    Raises:
        ForbiddenError: the caller may not.
    """
    office.caller.require(MANAGE_PRACTICE)
    found = Difference()
    for numbers in batches_of(office, which):
        compare(found, read_again(office, numbers), office)
    return found


def replay(office: Office, which: Which) -> Difference:
    """Read deliveries again, and keep what is new; returns what changed.

    A transaction a batch: broken off, it can be begun anew.

    Raises:
        ForbiddenError: the caller may not.
    """
    office.caller.require(MANAGE_PRACTICE)
    found = Difference(is_applied=True)
    for numbers in batches_of(office, which):
        with office.db.atomic():
            held = locked(office.db, numbers)
            again = read_again(office, [number for number in numbers if number in held])
            compare(found, again, office)
            apply(office, again)
    return found


def batches_of(office: Office, which: Which) -> Iterator[list[int]]:
    """Yield numbers of deliveries in batches."""
    practice, last = office.book().number, 0
    while numbers := replayable(office.db, practice, which, after=last, limit=BATCH):
        yield numbers
        last = numbers[-1]


def read_again(office: Office, numbers: Sequence[int]) -> list[Again]:
    """Read deliveries with the present parsers, and find what is stored of them."""
    found = {
        read.delivered.number: Again(read=read, stored=[], faults=[])
        for read in read_all(deliveries(office.db, numbers))
    }
    for reading in readings_of(office.db, list(found)):
        found[reading.inbound].stored.append(reading)
    for fault in faults_of(office.db, list(found)):
        found[fault.inbound].faults.append(fault)
    return list(found.values())


def compare(found: Difference, again: Sequence[Again], office: Office) -> None:
    """Tell what deliveries read again differ in."""
    fresh = [row for each in again for row in each.fresh()]
    elsewhere = stored_readings(office.db, fresh)
    for each in again:
        number = each.read.delivered.number
        before = {identity_of(of.name, told_in(of.content)): of for of in each.gone()}
        rows = [row for row in each.fresh() if (row.practice_id, row.key) not in elsewhere]
        pairs = [(row, before.pop(identity_of(row.name, told_in(row.content)), None))
                 for row in rows]  # fmt: skip
        found.tell("changed", (change_of(number, row, of) for row, of in pairs if of is not None))
        found.tell("new", (change_of(number, row, None) for row, of in pairs if of is None))
        found.tell("gone", (gone_of(number, of) for of in before.values()))
        found.tell(
            "mended",
            (Change(delivery=number, path=of.path, code=of.code) for of in each.mended()),
        )
        found.tell(
            "found", (Change(delivery=number, path=row.path, code=row.code) for row in each.found())
        )
    found.deliveries += len(again)


def apply(office: Office, again: Sequence[Again]) -> None:
    """Keep what is new in deliveries read again; inside a transaction."""
    db, at = office.db, office.now
    store_readings(db, [row for each in again for row in each.fresh()])
    store_events(db, [row for each in again for row in each.read.events])
    store_faults(db, [row for each in again for row in each.found()], at)
    for each in again:
        why = f"read again by adapter {each.read.adapter}"
        mended = [fault.number for fault in each.mended()]
        mend_faults(db, mended, by=office.caller.actor, why=why, at=at)
    settle_again(db, [each.read for each in again], microseconds_of(at))


def told_in(content: str) -> VendorReading:
    """Return a stored reading as the vendor told it."""
    return msgspec.json.decode(content, type=VendorReading)


def identity_of(name: str, reading: VendorReading) -> Identity:
    """Return of what a reading is, whatever its values."""
    at = reading.measured_at
    moment = None if at is None else microseconds_of(at)
    wall = reading.wall.isoformat() if reading.wall is not None else ""
    return (name, reading.metric, moment, wall)


def change_of(delivery: int, row: ReadingRow, before: StoredReading | None) -> Change:
    """Return a reading that is new, or has other values than before."""
    told = told_in(row.content)
    return Change(
        delivery=delivery, path=told.path, name=row.name, metric=told.metric,
        measured_at=told.measured_at, after=values_of(told),
        before=values_of(told_in(before.content)) if before is not None else "",
        reading=before.number if before is not None else 0,
    )  # fmt: skip


def gone_of(delivery: int, of: StoredReading) -> Change:
    """Return a reading that is not read any more."""
    told = told_in(of.content)
    return Change(
        delivery=delivery, path=told.path, name=of.name, metric=told.metric,
        measured_at=told.measured_at, before=values_of(told), reading=of.number,
    )  # fmt: skip


def path_of(of: StoredReading) -> str:
    """Return where in its document a stored reading was found."""
    return told_in(of.content).path


def values_of(told: VendorReading) -> str:
    """Return the values of a reading in words, as they were sent."""
    return ", ".join(f"{each.metric} {each.value} {each.unit}" for each in told.measured)
