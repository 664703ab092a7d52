"""What others may ask of a patient's readings: what holds, and what calls for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from caretally.clock import local_date
from caretally.journal.entries import ContactHeld, Entry, ProviderNotified, ReadingRecorded
from caretally.triage.concerns import Concern, Habits, Watch, concerns
from caretally.triage.readings import Measurement, latest, measurements
from caretally.triage.thresholds import bounds_in_force

LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A patient's last month of readings, and the concerns in it.

    measured: by LOINC code, by time. last_on: the last date with any reading; None without one.
    """

    concerns: tuple[Concern, ...]
    measured: dict[str, list[Measurement]]
    last_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose readings, on which local day, in which zone.

    equipped_on: since when the patient holds a device; None where silence is nobody's fault.
    """

    patient: str
    day: date
    time_zone: str
    equipped_on: date | None = None
    habits: Habits = field(default_factory=Habits)


def review(in_force: Iterable[Entry], asked: Asked) -> Reviewed:
    """Return what a patient's readings of the last month say; entries are in force, by time."""
    mine = [entry for entry in in_force if entry.patient == asked.patient]
    readings = [entry for entry in mine if isinstance(entry.body, ReadingRecorded)]
    since = asked.day - LOOK_BACK
    measured = measurements(readings, asked.time_zone, since=since)
    days = {
        local_date(each.at, asked.time_zone) for each in latest(readings, asked.time_zone, since)
    }
    answered_at = last_answer(mine)
    earlier = local_date(readings[-1].at, asked.time_zone) if readings else None
    last_on = max(days, default=earlier)
    watch = Watch(
        day=asked.day,
        measured=measured,
        days=frozenset(days | ({last_on} if last_on else set())),
        bounds=bounds_in_force(mine, asked.patient),
        equipped_on=asked.equipped_on,
        answered_at=answered_at,
        answered_on=local_date(answered_at, asked.time_zone) if answered_at else None,
        habits=asked.habits,
    )
    return Reviewed(concerns=concerns(watch), measured=measured, last_on=last_on)


def last_answer(entries: Iterable[Entry]) -> datetime | None:
    """Return when somebody last talked with the patient, or told a practitioner of readings."""
    return max((entry.at for entry in entries if is_answer(entry)), default=None)


def is_answer(entry: Entry) -> bool:
    """Tell whether an entry answers the readings before it."""
    body = entry.body
    told = isinstance(body, ProviderNotified) and body.why in {"finding", "alert"}
    return told or is_conversation(entry)


def is_conversation(entry: Entry) -> bool:
    """Tell whether staff talked with the patient or a caregiver; an AI agent is no staff."""
    body = entry.body
    return (
        isinstance(body, ContactHeld)
        and body.two_way
        and body.spoke_with != "other"
        and body.mode != "ai_telephone"
    )
