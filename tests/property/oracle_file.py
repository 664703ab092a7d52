"""What a file of entries says, read in the plainest way; the ground under the oracle.

Everything here is written from the contract (docs/reference, sections 1 to 6) without a look at
the product's own fold: no lookup tables, no columns, no clever order. It refuses to be fast.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry

FOREVER = 10**12
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)

# Contract section 1: America/New_York where no zone is given.
NO_ZONE = "America/New_York"

# Contract section 3, "whose seconds".
COUNTING_ROLES = {
    "physician", "np", "pa", "cns", "cnm", "rn", "lpn", "ma", "pharmacist", "dietitian",
    "therapist", "health_educator",
}  # fmt: skip
# Contract section 6, "Which lines", 99091.
PRACTITIONER_ROLES = {"physician", "np", "pa", "cns", "cnm"}
# Contract section 2: only these programs have a scope of consent.
SCOPED_PROGRAMS = {"rpm", "rtm", "ccm"}


def second_of(instant: datetime) -> int:
    """Cut an instant to whole seconds (contract section 6, Seconds)."""
    return (instant - EPOCH) // timedelta(seconds=1)


def day_of(second: int, zone: str) -> date:
    """The local calendar date of one second."""
    return datetime.fromtimestamp(second, ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> int:
    """The first second of a local calendar date."""
    return second_of(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))


def touch(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether two half-open stretches share a second."""
    return max(a[0], b[0]) < min(a[1], b[1])


def open_on(day: date, from_on: date | None, to_on: date | None) -> bool:
    """Whether a date lies between two inclusive dates; a missing one is no bound."""
    return (from_on is None or from_on <= day) and (to_on is None or day <= to_on)


def by_time(entries: Iterable[Entry]) -> list[Entry]:
    """Sort by the moment something took effect, then by id."""
    return sorted(entries, key=lambda entry: (second_of(entry.at), entry.id))


def windows(opening: Iterable[Entry], closing: Iterable[Entry]) -> list[tuple[int, int]]:
    """Stretches that an opening entry begins and the next closing entry ends, half-open.

    At one second the end comes before the beginning.
    """
    events = [(second_of(entry.at), 1, "open") for entry in opening]
    events += [(second_of(entry.at), 0, "close") for entry in closing]
    found: list[tuple[int, int]] = []
    began: int | None = None
    for second, _, what in sorted(events):
        if what == "open" and began is None:
            began = second
        if what == "close" and began is not None:
            found.append((began, second))
            began = None
    if began is not None:
        found.append((began, FOREVER))
    return found


@dataclass
class File:
    """All that is known of a file.

    known: what was recorded by the instant of knowing.
    in_force: what is neither superseded nor voided.
    set_aside: id to `superseded` or `voided`.
    """

    known: list[Entry]
    in_force: list[Entry]
    set_aside: dict[str, str]
    remembered: dict[tuple[str, ...], list[Entry]] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> list[Entry]:
        """Entries in force of some kinds, by time."""
        if kinds not in self.remembered:
            found = by_time(entry for entry in self.in_force if entry.kind in kinds)
            self.remembered[kinds] = found
        return self.remembered[kinds]

    def patients(self) -> list[str]:
        """Every patient that an entry names."""
        return sorted({entry.patient for entry in self.known if entry.patient is not None})


def read_file(entries: Iterable[Entry], as_of: datetime | None) -> File:
    """Apply `--as-of`, supersedings and voids (section 6, Corrections, Time of knowing)."""
    known = [entry for entry in entries if as_of is None or entry.recorded_at <= as_of]
    set_aside: dict[str, str] = {}
    for entry in known:
        if entry.supersedes is not None:
            set_aside[entry.supersedes] = "superseded"
    for entry in known:
        if entry.kind == "entry_voided":
            set_aside[entry.body.entry] = "voided"
    in_force = [entry for entry in known if entry.id not in set_aside]
    return File(known=known, in_force=in_force, set_aside=set_aside)


@dataclass
class Person:
    """One chart: its entries, its zone, its month and the stretches in which it was served."""

    name: str
    month: ServiceMonth
    own: list[Entry] = field(default_factory=list)
    program: str = "rpm"
    zone: str = NO_ZONE
    died: int = FOREVER
    remembered: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict)
    readings: dict[str, list[Any]] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> list[Entry]:
        """Own entries in force of some kinds, by time."""
        return by_time(entry for entry in self.own if entry.kind in kinds)

    @property
    def month_span(self) -> tuple[int, int]:
        """The month, half-open in seconds, from local midnight to local midnight."""
        return month_span(self.month, self.zone)

    def enrollments(self, program: str) -> list[tuple[int, int]]:
        """The episodes of a program."""
        if ("enrolled", program) not in self.remembered:
            found = enrollment_windows(self.own, program)
            self.remembered["enrolled", program] = found
        return self.remembered["enrolled", program]

    def consents(self, program: str) -> list[tuple[int, int]]:
        """When consent for a program stood; programs without a scope ask none."""
        if program not in SCOPED_PROGRAMS:
            return [(-FOREVER, FOREVER)]
        if ("consented", program) not in self.remembered:
            given = [e for e in self.of_kind("consented") if e.body.scope == program]
            revoked = [e for e in self.of_kind("consent_revoked") if e.body.scope == program]
            self.remembered["consented", program] = windows(given, revoked)
        return self.remembered["consented", program]

    def orders(self, program: str) -> list[tuple[int, int]]:
        """When an order for a program stood."""
        begun = [e for e in self.of_kind("ordered") if e.body.program == program]
        ended = [e for e in self.of_kind("order_ended") if e.body.program == program]
        return windows(begun, ended)

    def service_faults(self, program: str, second: int) -> set[str]:
        """What keeps a second out of a program's service; empty where it is in service."""
        faults = set()
        if not any(a <= second < b for a, b in self.enrollments(program)):
            faults.add("is_enrolled")
        if not any(a <= second < b for a, b in self.consents(program)):
            faults.add("has_consent")
        if second >= self.died:
            faults.add("is_alive")
        return faults

    def enrolled_by(self, program: str, second: int) -> Entry | None:
        """The latest enrollment of a program before a second."""
        found = [
            e
            for e in self.of_kind("enrolled")
            if e.body.program == program and second_of(e.at) < second
        ]
        return found[-1] if found else None


def enrollment_windows(entries: Iterable[Entry], program: str) -> list[tuple[int, int]]:
    """The episodes of a program among one patient's entries."""
    mine = [e for e in entries if e.kind in ("enrolled", "disenrolled")]
    mine = [e for e in mine if e.body.program == program]
    opening = [e for e in mine if e.kind == "enrolled"]
    return windows(opening, [e for e in mine if e.kind == "disenrolled"])


def month_span(month: ServiceMonth, zone: str) -> tuple[int, int]:
    """A month, half-open in seconds, from local midnight to local midnight."""
    return start_of(month.first_day, zone), start_of(month.last_day + ONE_DAY, zone)


def practices(file: File) -> dict[str, Entry]:
    """The latest registration of each practice."""
    return {entry.body.practice: entry for entry in file.of_kind("practice_registered")}


def zone_of_enrollment(entry: Entry, file: File) -> str:
    """The zone an enrollment goes by: its own, its practice's, the only practice's, New York."""
    if entry.body.time_zone is not None:
        return entry.body.time_zone
    known = practices(file)
    if entry.body.practice is not None:
        practice = known.get(entry.body.practice)
    else:
        practice = next(iter(known.values())) if len(known) == 1 else None
    return practice.body.time_zone or NO_ZONE if practice is not None else NO_ZONE


def person_of(file: File, name: str, month: ServiceMonth) -> Person:
    """Find a chart's decided program and its zone (contract section 1)."""
    own = [entry for entry in file.in_force if entry.patient == name]
    person = Person(name=name, month=month, own=own)
    deaths = [second_of(entry.at) for entry in person.of_kind("died")]
    person.died = min(deaths, default=FOREVER)

    def zone_for(programs: tuple[str, ...]) -> str | None:
        zones = []
        for entry in person.of_kind("enrolled"):
            zone = zone_of_enrollment(entry, file)
            if entry.body.program in programs and second_of(entry.at) < month_span(month, zone)[1]:
                zones.append(zone)
        return zones[-1] if zones else None

    for program in ("rpm", "rtm"):
        zone = zone_for((program,))
        if zone is None:
            continue
        if any(touch(w, month_span(month, zone)) for w in enrollment_windows(own, program)):
            person.program, person.zone = program, zone
            return person
    every = ("rpm", "rtm", "ccm", "pcm", "apcm", "bhi", "tcm")
    known = practices(file)
    only = next(iter(known.values())).body.time_zone if len(known) == 1 else None
    person.zone = zone_for(("rpm",)) or zone_for(every) or only or NO_ZONE
    return person
