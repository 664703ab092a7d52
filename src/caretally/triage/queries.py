"""What others may ask of a patient's readings: what holds, and what calls for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caretally.clock import local_date
from caretally.journal.entries import ContactHeld, Entry, ProviderNotified, ReadingRecorded
from caretally.triage.concerns import Concern, concerns
from caretally.triage.judging import Finding, Watch, judge
from caretally.triage.readings import Measurement, latest, measurements
from caretally.triage.rules import Rule
from caretally.triage.thresholds import AT_LAST, rules_in_force

LOOK_BACK = timedelta(days=30)
VALUE_DAYS = 7
"""For how long an unanswered value calls for somebody; a habit of this program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose readings, on which local day, in which zone.

    equipped_on: since when the patient holds a device; None where silence is nobody's fault. at:
    the instant whose rules hold. look_back: how far back readings are looked at. rules: to hold
    readings against others than those in force.
    """

    patient: str
    day: date
    time_zone: str
    equipped_on: date | None = None
    at: datetime = AT_LAST
    look_back: timedelta = LOOK_BACK
    rules: tuple[Rule, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What a patient's readings of the last days say.

    findings: all, answered ones among them. concerns: what calls for a person now. measured: by
    LOINC code, by time. last_on: the last date with any reading; None without one. readings: those
    looked at, in force, by time. rules: those that hold.
    """

    findings: tuple[Finding, ...]
    concerns: tuple[Concern, ...]
    measured: dict[str, list[Measurement]]
    last_on: date | None
    readings: Sequence[Entry]
    rules: tuple[Rule, ...]


def review(in_force: Iterable[Entry], asked: Asked) -> Reviewed:
    """Return what a patient's readings say; entries are in force, by time.

    in_force: the patient's entries, and the practice's where its rules are to hold.
    """
    known = tuple(in_force)
    mine = [entry for entry in known if entry.patient == asked.patient]
    readings = [entry for entry in mine if isinstance(entry.body, ReadingRecorded)]
    since = asked.day - asked.look_back
    measured = measurements(readings, asked.time_zone, since=since)
    recent = latest(readings, asked.time_zone, since)
    days = {local_date(each.at, asked.time_zone) for each in recent}
    answered_at = last_answer(mine)
    earlier = local_date(readings[-1].at, asked.time_zone) if readings else None
    last_on = max(days, default=earlier)
    rules = asked.rules if asked.rules is not None else rules_in_force(
        known, asked.patient, asked.at)  # fmt: skip
    found = judge(
        Watch(
            day=asked.day,
            measured=measured,
            days=frozenset(days | ({last_on} if last_on else set())),
            rules=rules,
            last_reading=readings[-1].id if readings else "",
            equipped_on=asked.equipped_on,
            answered_at=answered_at,
            answered_on=local_date(answered_at, asked.time_zone) if answered_at else None,
            value_days=VALUE_DAYS,
        )
    )
    return Reviewed(
        findings=found, concerns=concerns(found), measured=measured, last_on=last_on,
        readings=recent, rules=rules,
    )  # fmt: skip


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
