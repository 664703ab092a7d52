"""Data days, device periods and set-up (contract sections 3 and 6, Device periods, 99453)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from caretally.journal.entries import Entry
from tests.property.oracle_file import (
    FOREVER,
    ONE_DAY,
    File,
    Person,
    day_of,
    open_on,
    second_of,
    start_of,
)

COVID_FROM, COVID_TO = date(2020, 3, 1), date(2023, 5, 11)  # rulebook 4.2, rulebook.json
STRICT_SETUP_FROM = date(2026, 1, 1)


@dataclass
class Reading:
    """A reading of the patient and what is wrong with it; nothing wrong makes a data day."""

    entry: Entry
    second: int
    day: date
    system: str | None = None
    faults: set[str] = field(default_factory=set)


@dataclass
class Period:
    """A 30-day device period, or what was left of it when service was cut.

    episode: which episode of the program, counted from 0.
    """

    episode: int
    first: date
    last: date
    readings: list[Reading]

    @property
    def data_days(self) -> int:
        """Distinct local dates with a counting reading."""
        return len({reading.day for reading in self.readings})

    @property
    def devices(self) -> set[str]:
        """Devices of the counting readings."""
        return {reading.entry.body.device for reading in self.readings}

    @property
    def systems(self) -> set[str]:
        """Body systems of the devices of the counting readings."""
        return {reading.system for reading in self.readings if reading.system is not None}


def assignment_at(file: File, device: str, second: int) -> Entry | None:
    """The assignment of a device in force at a second, whoever holds it."""
    holding = None
    events = file.of_kind("device_returned") + file.of_kind("device_assigned")
    mine = [entry for entry in events if entry.body.device == device]
    # At one second the return comes first: sorting keeps the order of equals.
    for entry in sorted(mine, key=lambda entry: second_of(entry.at)):
        if second_of(entry.at) > second:
            continue
        if entry.kind == "device_assigned":
            holding = entry
        elif holding is not None and entry.patient in (None, holding.patient):
            holding = None
    return holding


def values_of(entry: Entry) -> tuple:
    """What was measured, for comparing two readings."""
    body = entry.body
    parts = sorted((part.metric, part.value, part.unit) for part in body.components)
    return (body.metric, body.measured_at, body.value, body.unit, tuple(parts))


def readings_of(file: File, person: Person, program: str) -> list[Reading]:
    """All readings of a patient, each with what keeps it from making a data day."""
    if program in person.readings:
        return person.readings[program]
    found = []
    for entry in person.of_kind("reading_recorded"):
        second = second_of(entry.body.measured_at)
        reading = Reading(entry=entry, second=second, day=day_of(second, person.zone))
        reading.faults = faults_of(file, person, program, reading)
        found.append(reading)
    drop_repeats(found)
    person.readings[program] = found
    return found


def faults_of(file: File, person: Person, program: str, reading: Reading) -> set[str]:
    """What keeps one reading from making a data day, apart from repeats."""
    body = reading.entry.body
    faults = person.service_faults(program, reading.second)
    holding = assignment_at(file, body.device, reading.second)
    if holding is None or holding.patient != person.name:
        faults.add("not_assigned")
    else:
        reading.system = holding.body.body_system
        if not holding.body.medical_device:
            faults.add("not_medical_device")
    allowed = ("device", "manual") if program == "rtm" else ("device",)
    if body.origin not in allowed:
        faults.add(f"origin_{body.origin}")
    if body.value is None and not body.components:
        faults.add("no_value")
    return faults


def drop_repeats(readings: list[Reading]) -> None:
    """Same vendor reading with other values: the later recorded; same reading twice: the first."""
    left = []
    readings = [one for one in readings if "no_value" not in one.faults]
    for reading in readings:
        mine = reading.entry
        later = False
        for other in readings:
            theirs = other.entry
            if (
                mine.body.vendor_reading_id is not None
                and theirs.body.vendor_reading_id == mine.body.vendor_reading_id
                and theirs.body.device == mine.body.device
                and values_of(theirs) != values_of(mine)
                and (theirs.recorded_at, theirs.id) > (mine.recorded_at, mine.id)
            ):
                later = True
        if later:
            reading.faults = {"superseded"}
        else:
            left.append(reading)
    seen = set()
    for reading in sorted(left, key=lambda one: (one.entry.recorded_at, one.entry.id)):
        body = reading.entry.body
        key = (body.device, values_of(reading.entry))
        if key in seen:
            reading.faults = {"duplicate"}
        seen.add(key)


def periods_of(file: File, person: Person, program: str) -> list[Period]:
    """Every device period that ends by the end of the month, in all episodes."""
    counting = [r for r in readings_of(file, person, program) if not r.faults]
    found = []
    for number, enrolled in enumerate(person.enrollments(program)):
        for consented in person.consents(program):
            begin = max(enrolled[0], consented[0])
            end = min(enrolled[1], consented[1], person.died)
            if begin < end:
                inside = [r for r in counting if begin <= r.second < end]
                found += periods_of_stretch(person, number, end, inside)
    return sorted(found, key=lambda period: (period.episode, period.first, period.last))


def periods_of_stretch(
    person: Person, episode: int, end: int, inside: list[Reading]
) -> list[Period]:
    """The periods of one unbroken stretch of service, from its first data day on."""
    if not inside:
        return []
    cut = None if end == FOREVER else day_of(end - 1, person.zone)
    found = []
    first = min(reading.day for reading in inside)
    while first <= person.month.last_day and (cut is None or first <= cut):
        last = first + timedelta(days=29)
        if cut is not None and cut < last:
            last = cut
        within = [reading for reading in inside if first <= reading.day <= last]
        found.append(Period(episode=episode, first=first, last=last, readings=within))
        first += timedelta(days=30)
    return [period for period in found if period.last <= person.month.last_day]


def had_covid(person: Person, day: date) -> bool:
    """Whether the 2-day floor of the emergency applies on a period's last day."""
    if not COVID_FROM <= day <= COVID_TO:
        return False
    for entry in person.of_kind("condition_recorded"):
        body = entry.body
        if body.condition == "covid19" and open_on(day, body.from_on, body.to_on):
            return True
    return False


def setup_floor(person: Person, last: date, *, strict: bool) -> int:
    """Data days that set-up needs in a period (contract section 6, 99453)."""
    if had_covid(person, last):
        return 2
    if last >= STRICT_SETUP_FROM and not strict:
        return 2
    return 16


def has_setup(person: Person, program: str, period: Period) -> bool:
    """Whether set-up of this episode was done by the end of the period's last day."""
    episodes = person.enrollments(program)
    after = episodes[period.episode - 1][1] if period.episode > 0 else -FOREVER
    before = start_of(period.last + ONE_DAY, person.zone)
    done = [second_of(entry.at) for entry in person.of_kind("setup_completed")]
    return any(after <= second < before for second in done)


def meets_setup(person: Person, program: str, period: Period, *, strict: bool) -> bool:
    """Whether a period holds the set-up record and the data days."""
    begins = date(2019, 1, 1) if program == "rpm" else date(2022, 1, 1)
    if period.last < begins:
        return False
    floor = setup_floor(person, period.last, strict=strict)
    return has_setup(person, program, period) and period.data_days >= floor


def explain_readings(file: File, person: Person) -> list[dict]:
    """Readings of the month that make no data day, with the reasons."""
    month = person.month
    rows = [
        (reading.entry.id, reading.faults)
        for reading in readings_of(file, person, person.program)
        if reading.faults and month.first_day <= reading.day <= month.last_day
    ]
    for entry in file.known:
        if entry.kind != "reading_recorded" or entry.patient != person.name:
            continue
        day = day_of(second_of(entry.body.measured_at), person.zone)
        if entry.id in file.set_aside and month.first_day <= day <= month.last_day:
            rows.append((entry.id, {file.set_aside[entry.id]}))
    return [
        {"id": name, "counted_seconds": 0, "live_seconds": 0, "reasons": sorted(faults)}
        for name, faults in rows
    ]
