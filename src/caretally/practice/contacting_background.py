"""What somebody should have before their eyes while they talk: readings, concerns, former words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from caretally.contacts.ladder import Reach
from caretally.contacts.queries import conversations
from caretally.enrollment.custody import held_at
from caretally.journal.entries import ContactHeld, Entry
from caretally.practice.contacting import reach_of
from caretally.practice.office import Chart, Office
from caretally.triage.concerns import Concern
from caretally.triage.queries import Asked, review
from caretally.triage.readings import Measurement
from caretally.triage.thresholds import Bounds, bounds_in_force
from caretally.triage.vitals import VITALS, Vital

DAYS = 30
FORMER = 3
"""Former conversations that are shown."""
WIDTH, HEIGHT = 300, 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A vital sign over the last days, with a small picture.

    points: of a polyline, by days. low, high: heights of the bounds in the picture.
    """

    vital: Vital
    last: Measurement
    is_outside: bool
    least: Decimal
    most: Decimal
    points: str
    last_point: tuple[int, int]
    bounds: Bounds
    low: int | None = None
    high: int | None = None

    @property
    def last_words(self) -> str:
        """The last value as people read it."""
        return plain(self.last.amount)

    @property
    def least_words(self) -> str:
        """The least value as people read it."""
        return plain(self.least)

    @property
    def most_words(self) -> str:
        """The greatest value as people read it."""
        return plain(self.most)

    @property
    def outside_words(self) -> str:
        """On which side of which bound the last value lies."""
        return self.bounds.says(self.last.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfReadings:
    """A day of the table: a text for every vital sign, empty without a reading."""

    day: date
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """That somebody was asked to take over, in a former conversation."""

    entry: Entry
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """All that stands beside the form.

    days: the latest first. data_days: local dates with any reading that is watched.
    """

    trends: tuple[Trend, ...]
    days: tuple[DayOfReadings, ...]
    concerns: tuple[Concern, ...]
    escalations: tuple[Escalation, ...]
    former: tuple[Entry, ...]
    attempts: int
    last_on: date | None
    reach: Reach


def background(office: Office, chart: Chart, program: str) -> Background:
    """Return what stands beside the form of a patient and program."""
    record, today = chart.record, chart.day_of(office.now)
    zone_name = record.register.zone_of(chart.patient, office.now)
    held = held_at(record, office.now)
    equipped_on = min((chart.day_of(each.begins) for each in held), default=None)
    known = tuple(entry for entry in record.in_force if entry.at <= office.now)
    found = review(
        known,
        Asked(patient=chart.patient, day=today, time_zone=zone_name, equipped_on=equipped_on),
    )
    since = today - timedelta(days=DAYS)
    talks = conversations(known, chart.patient)
    recent = [each for each in talks if chart.day_of(each.at) >= since]
    held_talks = [each for each in talks if isinstance(each.body, ContactHeld)]
    bounds = bounds_in_force(known, chart.patient)
    vitals = [vital for vital in VITALS if found.measured.get(vital.loinc)]
    return Background(
        trends=tuple(
            trend(found.measured[vital.loinc], bounds.get(vital.loinc, Bounds()), since)
            for vital in vitals
        ),
        days=table(found.measured, vitals),
        concerns=found.concerns,
        escalations=tuple(
            Escalation(entry=each, to=each.body.escalated_to)
            for each in recent
            if isinstance(each.body, ContactHeld) and each.body.escalated_to
        ),
        former=tuple(held_talks[:FORMER]),
        attempts=len(recent) - sum(isinstance(each.body, ContactHeld) for each in recent),
        last_on=found.last_on,
        reach=reach_of(office, record, program),
    )


def trend(values: Sequence[Measurement], bounds: Bounds, since: date) -> Trend:
    """Return a vital sign with its picture; bounds are drawn where they lie near the values."""
    amounts = [each.amount for each in values]
    least, most = min(amounts), max(amounts)
    margin = max((most - least) / 8, Decimal(1))
    marks = [each for each in (bounds.low, bounds.high) if each is not None]
    near = [each for each in marks if least - 3 * margin <= each <= most + 3 * margin]
    bottom, top = min([least, *near]) - margin, max([most, *near]) + margin

    def height(amount: Decimal) -> int:
        return int(HEIGHT - HEIGHT * (amount - bottom) / (top - bottom))

    places = [(4 + (WIDTH - 8) * (each.day - since).days // DAYS, height(each.amount))
              for each in values]  # fmt: skip
    last = values[-1]
    return Trend(
        vital=last.vital, last=last, is_outside=not bounds.holds(last.amount), least=least,
        most=most, points=" ".join(f"{x},{y}" for x, y in places), last_point=places[-1],
        bounds=bounds,
        low=height(bounds.low) if bounds.low in near and bounds.low is not None else None,
        high=height(bounds.high) if bounds.high in near and bounds.high is not None else None,
    )  # fmt: skip


def table(
    measured: dict[str, list[Measurement]], vitals: Sequence[Vital]
) -> tuple[DayOfReadings, ...]:
    """Return the readings by day, the latest first."""
    cells: dict[tuple[date, str], list[str]] = {}
    for vital in vitals:
        for each in measured[vital.loinc]:
            cells.setdefault((each.day, vital.loinc), []).append(plain(each.amount))
    days = sorted({day for day, _ in cells}, reverse=True)
    return tuple(
        DayOfReadings(
            day=day,
            cells=tuple(", ".join(cells.get((day, vital.loinc), ())) for vital in vitals),
        )
        for day in days
    )


def plain(amount: Decimal) -> str:
    """Return an amount with one decimal where it has any.

    Example:
        >>> plain(Decimal("86.40"))
        '86.4'
    """
    return f"{amount.quantize(Decimal('0.1')):f}" if amount % 1 else f"{amount:.0f}"
