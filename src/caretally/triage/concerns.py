"""Concerns: what in a patient's readings calls for a person, and how much.

A concern is answered by a conversation after the readings it cites, or by a practitioner told after
them. Nothing here is a diagnosis: each concern says what was measured and beside what it was held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from caretally.triage.readings import Measurement
from caretally.triage.thresholds import CRISIS, RISES, STARTING_POINTS, Bounds, Rise
from caretally.triage.vitals import VITALS

CRISIS_RANGE, OUT_OF_RANGE, SILENT, PATTERN = "crisis", "out_of_range", "silent", "pattern"
SEVERITIES = (CRISIS_RANGE, OUT_OF_RANGE, SILENT, PATTERN)
"""The most urgent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a practice keeps to; the numbers are the program's own and come from no source.

    value_days: for how long an unanswered value is a concern. silent_days: without a reading, until
    a device is looked after. week_days: the fewest days with a reading in a week for somebody who
    had as many in the week before.
    """

    value_days: int = 7
    silent_days: int = 3
    week_days: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is known of a patient when concerns are asked for.

    day: today, local. measured: by LOINC code, by time, at least three weeks back. days: the local
    dates with any reading. equipped_on: since when the patient holds a device; None without one.
    answered_at: when somebody last talked with the patient, or told a practitioner.
    answered_on: its local date.
    """

    day: date
    measured: Mapping[str, Sequence[Measurement]]
    days: frozenset[date]
    bounds: Mapping[str, Bounds] = field(default_factory=lambda: STARTING_POINTS)
    equipped_on: date | None = None
    answered_at: datetime | None = None
    answered_on: date | None = None
    habits: Habits = field(default_factory=Habits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something that calls for a person.

    name: the rule. metric: LOINC code; empty where it is about no vital sign. entries: ids of the
    readings. is_starting_point: whether it rests on a threshold that nobody set for this patient.
    """

    name: str
    severity: str
    says: str
    metric: str = ""
    entries: tuple[str, ...] = ()
    is_starting_point: bool = False


def concerns(watch: Watch) -> tuple[Concern, ...]:
    """Return all concerns, the most urgent first."""
    found = [*value_concerns(watch), *rises(watch), *silences(watch)]
    return tuple(sorted(found, key=lambda each: SEVERITIES.index(each.severity)))


def open_values(watch: Watch, loinc: str) -> list[Measurement]:
    """Return a vital sign's recent values that nobody has answered yet, by time."""
    first = watch.day - timedelta(days=watch.habits.value_days)
    return [
        each
        for each in watch.measured.get(loinc, ())
        if first <= each.day <= watch.day
        and (watch.answered_at is None or each.at > watch.answered_at)
    ]


def value_concerns(watch: Watch) -> Iterator[Concern]:
    """Yield the vital signs whose values are in crisis, or outside of what holds."""
    for vital in VITALS:
        values = open_values(watch, vital.loinc)
        if not values:
            continue
        crisis = CRISIS.get(vital.loinc, Bounds())
        worst = [each for each in values if not crisis.holds(each.amount)]
        if worst:
            yield crisis_of(worst[-1], values[-1], crisis)
        else:
            bounds = watch.bounds.get(vital.loinc, Bounds())
            if not bounds.holds(values[-1].amount):
                yield outside(values, bounds)


def crisis_of(worst: Measurement, last: Measurement, crisis: Bounds) -> Concern:
    """Return the concern of a value in crisis; less urgent once it was measured again and better.

    A value may be wrong, or pass with rest; it is told either way.
    """
    says = f"{told(worst)}, {crisis.says(worst.amount)}"
    is_better = crisis.holds(last.amount)
    return Concern(
        name="value_in_crisis",
        severity=OUT_OF_RANGE if is_better else CRISIS_RANGE,
        says=f"{says}; then {last.amount:f} {day_words(last.day)}" if is_better else says,
        metric=worst.vital.loinc,
        entries=tuple(dict.fromkeys((worst.entry, last.entry))),
        is_starting_point=True,
    )


def outside(values: Sequence[Measurement], bounds: Bounds) -> Concern:
    """Return the concern of a last value outside of its bounds, with how many others are."""
    last = values[-1]
    others = [each for each in values if not bounds.holds(each.amount)]
    often = f"; {len(others)} of {len(values)} values outside" if len(others) > 1 else ""
    return Concern(
        name="value_outside",
        severity=OUT_OF_RANGE,
        says=f"{told(last)}, {bounds.says(last.amount)}{often}",
        metric=last.vital.loinc,
        entries=tuple(dict.fromkeys(each.entry for each in others)),
        is_starting_point=bounds.is_starting_point,
    )


def rises(watch: Watch) -> Iterator[Concern]:
    """Yield the vital signs that rose faster than they may; only the first limit that is passed."""
    for loinc, limits in RISES.items():
        values = open_values(watch, loinc)
        found = [rise_of(watch.measured[loinc], values[-1], rise) for rise in limits if values]
        yield from [each for each in found if each is not None][:1]


def rise_of(values: Sequence[Measurement], last: Measurement, rise: Rise) -> Concern | None:
    """Return the concern of a rise; the last value is held against the lowest before it."""
    first = last.day - timedelta(days=rise.days)
    before = [each for each in values if first <= each.day < last.day]
    lowest = min(before, key=lambda each: each.amount, default=last)
    gained = last.amount - lowest.amount
    if gained <= rise.most:
        return None
    return Concern(
        name="rose_fast",
        severity=OUT_OF_RANGE,
        says=f"{told(last)}, {gained.quantize(Decimal('0.1')):f} {last.vital.says} above "
        f"{day_words(lowest.day).removeprefix('on ')}; more than {rise.says}",
        metric=last.vital.loinc,
        entries=(lowest.entry, last.entry),
        is_starting_point=True,
    )


def silences(watch: Watch) -> Iterator[Concern]:
    """Yield that a device is dark, or that somebody measures less than in the week before."""
    if watch.equipped_on is None:
        return
    known = [day for day in watch.days if day <= watch.day]
    last = max(known, default=None)
    since = max(filter(None, (last or watch.equipped_on, watch.answered_on)))
    if (watch.day - since).days >= watch.habits.silent_days:
        yield Concern(name="device_is_dark", severity=SILENT, says=silence_words(watch, last))
        return
    counts = [days_in_week(watch, back) for back in (1, 8)]
    talked = watch.answered_on is not None and (watch.day - watch.answered_on).days <= 7
    if counts[0] < watch.habits.week_days <= counts[1] and not talked:
        says = f"measured on {counts[0]} of the last 7 days, on {counts[1]} in the week before"
        yield Concern(name="measures_less", severity=PATTERN, says=says)


def days_in_week(watch: Watch, back: int) -> int:
    """Return on how many of seven days there are readings, ending so many days back."""
    return sum(watch.day - timedelta(days=back + n) in watch.days for n in range(7))


def silence_words(watch: Watch, last: date | None) -> str:
    """Return since when nothing was measured."""
    if last is None or watch.equipped_on is None:
        return f"no reading yet; a device is with the patient since {watch.equipped_on}"
    return f"no reading for {(watch.day - last).days} days; the last was {day_words(last)}"


def told(value: Measurement) -> str:
    """Return a value in words."""
    amount = value.amount.quantize(Decimal("0.1")) if value.amount % 1 else value.amount
    return f"{value.vital.words} {amount:f} {value.vital.says} {day_words(value.day)}"


def day_words(day: date) -> str:
    """Return a date in words, such as `on Mar 4`."""
    return f"on {day:%b} {day.day}"
