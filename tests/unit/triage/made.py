"""Readings and conversations of one patient, as short as can be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from caretally.journal.entries import (
    Body,
    Component,
    ContactHeld,
    Entry,
    ProviderNotified,
    ReadingRecorded,
    ThresholdSet,
)
from caretally.journal.quantities import DIASTOLIC, SYSTOLIC, WEIGHT
from caretally.triage.queries import Asked, Reviewed, review

DAY = date(2026, 3, 20)
ZONE = "America/Chicago"


def entry(body: Body, day: int, hour: int = 12, *, name: str = "") -> Entry:
    """Return an entry of a day of March, at an hour in Chicago."""
    at = datetime(2026, 3, day, hour, tzinfo=UTC) + timedelta(hours=5)
    number = name or f"{body.kind}_{day:02d}_{hour:02d}"
    return Entry(id=number, patient="p", at=at, recorded_at=at, actor="system:test", body=body)


def at_of(day: int, hour: int) -> datetime:
    """Return an instant of a day of March, Chicago's hour."""
    return datetime(2026, 3, day, hour, tzinfo=UTC) + timedelta(hours=5)


def pressure(day: int, high: int, low: int = 80, hour: int = 8) -> Entry:
    """Return a blood pressure."""
    parts = tuple(
        Component(metric=metric, value=Decimal(value), unit="mm[Hg]")
        for metric, value in ((SYSTOLIC, high), (DIASTOLIC, low))
    )
    body = ReadingRecorded(
        device="cuff", metric="85354-9", components=parts, measured_at=at_of(day, hour),
        origin="device",
    )  # fmt: skip
    return entry(body, day, hour)


def weight(day: int, value: str, unit: str = "kg", hour: int = 7) -> Entry:
    """Return a weight."""
    body = ReadingRecorded(
        device="scale", metric=WEIGHT, value=Decimal(value), unit=unit,
        measured_at=at_of(day, hour), origin="device",
    )  # fmt: skip
    return entry(body, day, hour)


def talk(day: int, hour: int = 12, *, mode: str = "telephone", two_way: bool = True) -> Entry:
    """Return a conversation of five minutes."""
    body = ContactHeld(
        program="rpm", mode=mode, start=at_of(day, hour),
        end=at_of(day, hour) + timedelta(minutes=5), performers=("nurse",), spoke_with="patient",
        two_way=two_way, topics=("symptoms",),
    )  # fmt: skip
    return entry(body, day, hour)


def told(day: int, why: str = "finding") -> Entry:
    """Return that a practitioner was told."""
    return entry(ProviderNotified(program="rpm", provider="doctor", why=why), day)


def threshold(day: int, low: int | None, high: int | None, *, metric: str = SYSTOLIC,
              unit: str = "mm[Hg]") -> Entry:  # fmt: skip
    """Return a threshold of the patient's own."""
    body = ThresholdSet(
        metric=metric, low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high), unit=unit, set_by="doctor",
    )  # fmt: skip
    return entry(body, day)


def reviewed(*entries: Entry, day: date = DAY, equipped_on: date | None = None) -> Reviewed:
    """Return what entries say on a day."""
    asked = Asked(patient="p", day=day, time_zone=ZONE, equipped_on=equipped_on)
    return review(sorted(entries, key=lambda each: each.at), asked)


def names(*entries: Entry, day: date = DAY, equipped_on: date | None = None) -> list[str]:
    """Return the names of the concerns, the most urgent first."""
    found = reviewed(*entries, day=day, equipped_on=equipped_on)
    return [f"{each.severity}: {each.name}" for each in found.concerns]
