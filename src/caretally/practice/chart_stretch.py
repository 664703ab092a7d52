"""Which stretch of time a chart shows: the last days, a month, or a device period.

A stretch begins and ends at midnight where the patient's days are counted, so that a day is shown
whole also on the days on which clocks are changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from caretally.clock import ServiceMonth, date_of
from caretally.errors import UnknownError
from caretally.practice.chart_records import PERIOD, DevicePeriod, Stretch
from caretally.practice.office import Chart
from caretally.practice.patient_month import Decisions, current_period

LAST_DAYS = (14, 30, 90)
"""Stretches that end today, in days."""
USUAL = "30"


def periods_of(decisions: Decisions, months: Sequence[ServiceMonth]) -> tuple[DevicePeriod, ...]:
    """Return the device periods that run or end in some months, the latest first."""
    found: dict[date, DevicePeriod] = {}
    for month in months:
        decided = decisions.of(month)
        for slot in decided.month.slots:
            if slot.period and slot.program == decided.month.decided.program:
                kept = DevicePeriod(
                    first_on=date_of(slot.from_day), last_on=date_of(slot.to_day),
                    data_days=slot.data_days,
                )  # fmt: skip
                found.setdefault(kept.first_on, kept)
        current = current_period(decided)
        if current is not None:
            kept = DevicePeriod(
                first_on=current.from_on, last_on=current.to_on, data_days=current.data_days
            )
            found.setdefault(kept.first_on, kept)
    return tuple(found[first] for first in sorted(found, reverse=True))


def months_between(first: date, last: date) -> tuple[ServiceMonth, ...]:
    """Return the months of a stretch of dates, the latest first."""
    month, found = ServiceMonth(last.year, last.month), []
    while month >= ServiceMonth(first.year, first.month):
        found.append(month)
        month = month.previous()
    return tuple(found)


def stretch_of(chart: Chart, decisions: Decisions, name: str) -> Stretch:
    """Return the stretch of a name such as `30`, `2026-03` or `period:2026-02-20`.

    Raises:
        UnknownError: there is none of this name.
    """
    office = decisions.office
    zone = chart.record.register.zone_of(chart.patient, office.now)
    today = chart.day_of(office.now)
    if name in {str(days) for days in LAST_DAYS}:
        first = today - timedelta(days=int(name) - 1)
        return Stretch(
            name=name, words=f"Last {name} days", first_on=first, last_on=today, zone=zone
        )
    if name.startswith(PERIOD):
        return period_stretch(decisions, name, zone)
    try:
        month = ServiceMonth.parse(name)
    except ValueError:
        raise UnknownError("no stretch of time of this name can be shown") from None
    first, last = month.first_day, month.last_day
    return Stretch(name=name, words=f"{first:%B %Y}", first_on=first, last_on=last, zone=zone)


def period_stretch(decisions: Decisions, name: str, zone: str) -> Stretch:
    """Return the stretch of a device period.

    Raises:
        UnknownError: there is no such period.
    """
    try:
        first = date.fromisoformat(name.removeprefix(PERIOD))
        months = months_between(first, first + timedelta(days=31))
    except (ValueError, OverflowError):
        raise UnknownError("no device period of this name can be shown") from None
    for period in periods_of(decisions, months):
        if period.first_on == first:
            words = f"Device period {first:%b} {first.day} – "
            words += f"{period.last_on:%b} {period.last_on.day}"
            return Stretch(
                name=name, words=words, first_on=first, last_on=period.last_on, zone=zone
            )
    raise UnknownError("no device period begins on this date")
