"""Rows that the measures read: patients' months, work by person, notes; whoever gathers them.

Every row is of one practice and already within what the asker may see. Seconds are whole, instants
are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from caretally.clock import ServiceMonth

SETUP = frozenset({"99453"})
DEVICE = frozenset({"99454", "99445"})
MANAGEMENT = frozenset({"99457", "99458", "99470", "99091"})
BASE_MINUTES = frozenset({"99457", "99470"})
MONITORING = SETUP | DEVICE | MANAGEMENT
"""Codes of remote physiologic monitoring, by the three components that OIG looks for."""


class LineRow(NamedTuple):
    """A line that may be billed; day: date of service, days since 1970."""

    code: str
    units: int
    day: int


class MonthRow(NamedTuple):
    """A patient's month.

    is_new: the first month of the first monitoring ever. lacks_visit: no earlier visit is on
    record, and one is asked for. is_claimed_elsewhere: another practice billed for it. others:
    other practices of this database in which the same person is monitored. claimed: codes and units
    on claims of the month that were sent and stand.
    """

    patient: str
    lines: tuple[LineRow, ...] = ()
    management_seconds: int = 0
    live_seconds: int = 0
    ai_seconds: int = 0
    contacts: int = 0
    data_days: int = 0
    is_new: bool = False
    lacks_visit: bool = False
    is_claimed_elsewhere: bool = False
    others: tuple[str, ...] = ()
    claimed: tuple[tuple[str, int], ...] = ()

    def has(self, codes: frozenset[str]) -> bool:
        """Tell whether a line has one of some codes."""
        return any(line.code in codes for line in self.lines)


class YearRow(NamedTuple):
    """A patient with at least one line in twelve months.

    services: units of monitoring codes. has_setup: in these months or before.
    """

    patient: str
    services: int
    has_setup: bool
    has_device: bool
    has_management: bool


class WorkRow(NamedTuple):
    """A person's stretch of work on record; a conversation of two has two rows.

    recorded: when it was written down. out_of_service: why it lies outside of the patient's
    enrollment or life, empty where it does not. is_staff: the person was on the staff that day.
    has_opened: whether the person opened the chart around it; None where that cannot be known.
    """

    entry: str
    patient: str
    staff: str
    begins: int
    ends: int
    recorded: int
    is_contact: bool = False
    is_attested: bool = False
    is_agent: bool = False
    out_of_service: str = ""
    is_staff: bool = True
    has_opened: bool | None = None

    @property
    def seconds(self) -> int:
        """How long it lasts."""
        return self.ends - self.begins


class NoteRow(NamedTuple):
    """What somebody wrote about a stretch of work."""

    entry: str
    patient: str
    staff: str
    day: int
    text: str


Stretches = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A month of a practice, as the measures read it.

    zone: in which days and nights are told. before: the month before. earlier_notes: its notes.
    capacity: most seconds of a person's day. on_call: when people were, by staff id; elsewhere:
    what the same people have on record in other practices. closed_at: when the month was closed.
    """

    month: ServiceMonth
    zone: str
    patients: tuple[MonthRow, ...] = ()
    before: tuple[MonthRow, ...] = ()
    year: tuple[YearRow, ...] = ()
    work: tuple[WorkRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()
    earlier_notes: tuple[NoteRow, ...] = ()
    capacity: int = 16 * 3600
    on_call: Mapping[str, Stretches] = field(default_factory=dict)
    elsewhere: Mapping[str, Stretches] = field(default_factory=dict)
    closed_at: int | None = None
