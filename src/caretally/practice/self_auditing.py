"""The self-audit of a practice: a month taken by every measure, beside the twelve before it.

A month is worked out from what the journal has now and remembered by a digest of what it rests on,
so that it is worked out again only when something changed. Only the last line of figures is kept of
months shown for comparison.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

from caretally.audit.findings import Figure
from caretally.audit.measures import Taken, take_all
from caretally.audit.rows import Audited, NoteRow
from caretally.clock import ServiceMonth, seconds_of
from caretally.errors import UnknownError
from caretally.journal.corrections import resolve
from caretally.journal.entries import MonthClosed
from caretally.practice.office import Office
from caretally.practice.policies import policies_on
from caretally.practice.self_auditing_rows import (
    Around,
    Sight,
    claimed_of,
    kept_rows,
    marks_of,
    month_row,
    other_practices,
    people_elsewhere,
    sight_of,
    year_rows,
)
from caretally.practice.self_auditing_work import (
    calls_of,
    desks_elsewhere,
    notes_in,
    work_elsewhere,
    work_of,
)
from caretally.store.charts import practice_entries
from caretally.store.database import scoped

BEFORE = 12
"""Months shown for comparison."""
MOST_WHOLE, MOST_SHORT = 12, 1_200
"""Months remembered with their cases, and with their figures alone."""
Progress = Callable[[int, int], None]


class Tally(NamedTuple):
    """A measure's figure of a month, and whether its alarm rang."""

    figure: Figure
    rings: bool


class Past(NamedTuple):
    """A month for comparison; tally is None while it is not worked out."""

    month: ServiceMonth
    tally: Tally | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthAudit:
    """A month by every measure.

    patients, stretches: how many were read.
    """

    month: ServiceMonth
    taken: tuple[Taken, ...]
    patients: int
    stretches: int

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """The figures alone, by measure."""
        return {each.measure.name: Tally(each.finding.figure, each.finding.rings)
                for each in self.taken}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfAudit:
    """A month beside those before it.

    past: by measure, the oldest first. waiting: months that are not worked out yet.
    """

    practice: str
    audit: MonthAudit
    past: Mapping[str, tuple[Past, ...]]
    waiting: int

    @property
    def month(self) -> ServiceMonth:
        """The month that was asked for."""
        return self.audit.month

    @property
    def ringing(self) -> tuple[Taken, ...]:
        """The measures whose alarm rings."""
        return tuple(each for each in self.audit.taken if each.finding.rings)

    def taken(self, name: str) -> Taken:
        """Return a measure by its name.

        Raises:
            UnknownError: there is none.
        """
        for each in self.audit.taken:
            if each.measure.name == name:
                return each
        raise UnknownError("no measure of this name")


@dataclass(slots=True)
class Memory:
    """What one process remembers of months, by a digest of what they rest on."""

    whole: OrderedDict[bytes, MonthAudit] = field(default_factory=OrderedDict)
    short: OrderedDict[bytes, Mapping[str, Tally]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def keep(self, key: bytes, audit: MonthAudit, *, is_whole: bool) -> None:
        """Remember a month; the oldest are forgotten."""
        with self.lock:
            self.short[key] = audit.tallies
            if is_whole:
                self.whole[key] = audit
            while len(self.whole) > MOST_WHOLE:
                self.whole.popitem(last=False)
            while len(self.short) > MOST_SHORT:
                self.short.popitem(last=False)


MEMORY = Memory()


def self_audit(
    office: Office, month: ServiceMonth, *, most: int = BEFORE, progress: Progress | None = None
) -> SelfAudit:
    """Return a month of a practice by every measure, beside the months before it.

    most: how many months that are not remembered are worked out now, for comparison; the latest.

    Raises:
        ForbiddenError: the caller may not audit.
    """
    sight = sight_of(office)
    step = progress or quietly
    months = [month.previous()]
    while len(months) < BEFORE:
        months.insert(0, months[0].previous())
    keys = keys_of(sight, [*months, month])
    unknown = [each for each in months if keys[each] not in MEMORY.short]
    missing = unknown[max(0, len(unknown) - most) :]
    audit = MEMORY.whole.get(keys[month])
    if audit is None:
        audit = audited_month(sight, month, notes_in(sight, month.previous()))[0]
        MEMORY.keep(keys[month], audit, is_whole=True)
    step(1, len(missing) + 1)
    handed: tuple[ServiceMonth, tuple[NoteRow, ...]] | None = None
    for done, each in enumerate(missing, 2):
        is_next = handed is not None and handed[0].next() == each
        notes = handed[1] if handed and is_next else notes_in(sight, each.previous())
        past, own = audited_month(sight, each, notes)
        MEMORY.keep(keys[each], past, is_whole=False)
        handed = each, own
        step(done, len(missing) + 1)
    return beside(office.practice, audit, [(each, MEMORY.short.get(keys[each])) for each in months])


def quietly(done: int, total: int) -> None:
    """Tell nobody how far it is."""


def beside(
    practice: str,
    audit: MonthAudit,
    months: list[tuple[ServiceMonth, Mapping[str, Tally] | None]],
) -> SelfAudit:
    """Return a month with its comparison."""
    past = {
        each.measure.name: tuple(
            Past(month, tallies.get(each.measure.name) if tallies else None)
            for month, tallies in months
        )
        for each in audit.taken
    }
    waiting = sum(tallies is None for _, tallies in months)
    return SelfAudit(practice=practice, audit=audit, past=past, waiting=waiting)


def keys_of(sight: Sight, months: Sequence[ServiceMonth]) -> dict[ServiceMonth, bytes]:
    """Return digests of all that months' figures rest on, and of who may see what."""
    office = sight.office
    open_to_all = other_practices(office)
    names = sorted({practice for _, practice, _ in desks_elsewhere(sight)} | set(open_to_all))
    beyond = {name: versions_of(office, name) for name in names}
    clinics = "all" if sight.clinics is None else str(sorted(sight.clinics))
    words = "\n".join((office.practice, clinics, *open_to_all))
    marks = marks_of(sight, months)
    found = {}
    for each in months:
        told = [f"{name} {beyond[name].get(str(each))}" for name in names]
        whole = "\n".join((words, str(each), *told)).encode()
        found[each] = sha256(whole + b"\n" + marks[each]).digest()
    return found


def versions_of(office: Office, practice: str) -> dict[str, str]:
    """Return how many patient-months another practice has, and of which versions, by month."""
    with scoped(practice, office.db.alias):
        rows = office.db.rows(
            "SELECT kept.month, COUNT(*), SUM(kept.version) FROM store_patientmonth AS kept "
            "JOIN store_practice AS practice ON practice.id = kept.practice_id "
            "WHERE practice.name = %s GROUP BY kept.month",
            practice,
        )
    return {row[0]: f"{row[1]} {row[2]}" for row in rows}


def audited_month(
    sight: Sight, month: ServiceMonth, earlier: tuple[NoteRow, ...]
) -> tuple[MonthAudit, tuple[NoteRow, ...]]:
    """Return a month by every measure, and its notes for the month after."""
    office = sight.office
    kept, last = kept_rows(sight, month), month.previous()
    around = Around(others=people_elsewhere(sight, month, kept), claimed=claimed_of(sight, month))
    work = work_of(sight, month, kept)
    policies = policies_on(office, month.last_day)
    audited = Audited(
        month=month, zone=office.home_zone(),
        patients=tuple(month_row(each, month, around) for each in kept),
        before=tuple(month_row(each, last, Around()) for each in kept_rows(sight, last)),
        year=year_rows(sight, month), work=work.rows, notes=work.notes, earlier_notes=earlier,
        capacity=3600 * policies.whole("day_capacity_hours"), on_call=calls_of(sight),
        elsewhere=work_elsewhere(sight, month), closed_at=closed_at(office, month),
    )  # fmt: skip
    audit = MonthAudit(
        month=month, taken=take_all(audited), patients=len(kept), stretches=len(work.rows)
    )
    return audit, work.notes


def closed_at(office: Office, month: ServiceMonth) -> int | None:
    """Return up to when entries were known as a month was closed first; None while it is open."""
    entries = resolve(practice_entries(office.book(), office.journal.desk.shelf)).in_force
    known: list[datetime] = [
        each.body.known_until
        for each in entries
        if isinstance(each.body, MonthClosed) and each.body.month == str(month)
    ]
    return seconds_of(min(known)) if known else None
