"""An axis of time with everything on it that a chart can show, made without a database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from caretally.clock import instant_of, midnight, zone
from caretally.journal.entries import Component, Entry, ReadingRecorded
from caretally.practice.chart_records import Axis, Bound, DevicePeriod, Mark, Signs, Stretch
from caretally.practice.vitals import days_of_period, vitals_of

ZONE = "America/Chicago"
FIRST, LAST = date(2026, 2, 25), date(2026, 3, 26)
SPRING = date(2026, 3, 8)
"""The date of 23 hours."""


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant of a local date."""
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone(ZONE))
    return instant_of(0) + (local - instant_of(0))


def pressure(day: date, values: tuple[int, int], **more: object) -> Entry:
    """Return a blood pressure of a date at 8:15 local time; `more` changes the reading."""
    measured_at = at(day, 8, 15)
    fields = {"origin": "device", "received_at": measured_at, "name": f"ent_{day}", **more}
    name, reason = str(fields.pop("name")), fields.pop("reason", None)
    body = ReadingRecorded(
        device="dev_cuff", metric="85354-9", measured_at=measured_at,
        components=tuple(
            Component(metric=metric, value=Decimal(value), unit="mm[Hg]")
            for metric, value in zip(("8480-6", "8462-4"), values, strict=True)
        ),
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip
    return Entry(
        id=name, patient="pat_x", at=measured_at, recorded_at=measured_at, actor="system:intake",
        reason=str(reason) if reason else None, body=body,
    )  # fmt: skip


def readings() -> list[Entry]:
    """Return a month of pressures with a silence, and one of each way a reading may look."""
    days = [FIRST + timedelta(days=n) for n in range(30)]
    found = [
        pressure(day, (128 + (n * 7) % 23, 76 + (n * 5) % 13))
        for n, day in enumerate(days)
        if n not in {10, 11, 12, 13, 25}
    ]
    late = found[5].at + timedelta(days=5)
    found[3] = pressure(days[3], (151, 92), origin="manual")
    found[4] = pressure(days[4], (139, 84), context="estimated_time; sitting")
    found[5] = pressure(days[5], (142, 88), received_at=late, reason="late_upload")
    return found


def stretch(first: date = FIRST, last: date = LAST) -> Stretch:
    """Return a stretch of dates."""
    return Stretch(name="30", words="Last 30 days", first_on=first, last_on=last, zone=ZONE)


def bounds(over: Stretch) -> tuple[Bound, ...]:
    """Return a bound that was a starting point until a practitioner lowered it."""
    changed = instant_of(midnight(date(2026, 3, 12), ZONE))
    return (
        Bound(curve="Systolic", side="high", value=Decimal(160), begins=over.begins, ends=changed,
              says="Systolic above 160", is_starting_point=True),
        Bound(curve="Systolic", side="high", value=Decimal(145), begins=changed, ends=over.ends,
              says="Systolic above 145", is_starting_point=False),
    )  # fmt: skip


def marks() -> tuple[Mark, ...]:
    """Return what happened: two alerts, a conversation, an attempt, a change of medication."""
    return (
        Mark(lane="alert", at=at(date(2026, 2, 28), 8, 16), until=at(date(2026, 3, 2), 10),
             says="Urgent alert: systolic above 145, closed: treatment changed", key="ent_a1",
             state="closed", level="urgent", about="alr_1"),
        Mark(lane="contact", at=at(date(2026, 3, 2), 9, 50), until=at(date(2026, 3, 2), 10),
             says="Call with the patient, 10:00", key="ent_c1"),
        Mark(lane="medication", at=at(date(2026, 3, 2), 10, 5), until=at(date(2026, 3, 2), 10, 5),
             says="Lisinopril 20 mg: dose raised (10 mg to 20 mg)", key="ent_m1"),
        Mark(lane="attempt", at=at(date(2026, 3, 10), 11), until=at(date(2026, 3, 10), 11),
             says="Attempt by telephone: no answer", key="ent_t1"),
        Mark(lane="alert", at=at(date(2026, 3, 9), 8), until=None,
             says="Technical alert: no readings, open", key="ent_a2", state="open",
             level="technical", about="alr_2"),
    )  # fmt: skip


def axis(*, held: bool = True) -> Axis:
    """Return a month with everything on it."""
    over = stretch()
    waiting = [pressure(date(2026, 3, 22), (215, 60), name="held:7")] if held else []
    (found,) = vitals_of(readings(), over.begins, waiting)
    dates = [(entry.at.astimezone(zone(ZONE)).date(), entry.id != "ent_2026-02-28")
             for entry in readings()]  # fmt: skip
    return Axis(
        patient="pat_x", label="X", stretch=over, now=at(date(2026, 3, 26), 9),
        signs=(Signs(vital=found, bounds=bounds(over)),), marks=marks(),
        days=days_of_period((FIRST, LAST), dates, date(2026, 3, 26)),
        periods=(DevicePeriod(first_on=date(2026, 3, 8), last_on=date(2026, 4, 6), data_days=14),),
        held_count=len(waiting),
    )  # fmt: skip


def empty() -> Axis:
    """Return a stretch in which nothing happened."""
    return Axis(
        patient="pat_x", label="X", stretch=stretch(), now=at(date(2026, 3, 26), 9), signs=(),
        marks=(), days=days_of_period((FIRST, LAST), (), date(2026, 3, 26)), periods=(),
    )  # fmt: skip
