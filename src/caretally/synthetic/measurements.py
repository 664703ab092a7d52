"""What a patient's devices send: day by day, twice, late, typed by hand, or without a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from caretally.clock import instant_of, seconds_of
from caretally.journal.entries import Entry, EntryVoided, ReadingRecorded
from caretally.synthetic import vitals
from caretally.synthetic.dice import Dice, spread
from caretally.synthetic.ledger import LATE_SECONDS, Stamp
from caretally.synthetic.person import Holding, Person
from caretally.synthetic.vitals import Measurement

RESENT = 50
LATE = 15
"""Readings in a thousand."""

FAITHFULNESS = spread(("daily", 78), ("now and then", 17), ("hardly", 3), ("silent", 2))
MORNING = (22_500, 34_200)
LATER = ((64_800, 78_000), (41_400, 50_400), (54_000, 61_200))
"""Seconds of the day between which the first and the further readings of a day are made."""


def _near(dice: Dice, usual: int, spread_by: int) -> int:
    return usual + dice.hump(-spread_by, spread_by)


def _pressure(dice: Dice, usual: tuple[int, ...]) -> Measurement:
    systolic, diastolic, pulse = usual
    return vitals.pressure(
        _near(dice, systolic, 14), _near(dice, diastolic, 9), _near(dice, pulse, 10)
    )


MEASURES: dict[str, Callable[[Dice, tuple[int, ...]], Measurement]] = {
    "cuff": _pressure,
    "scale": lambda dice, usual: vitals.weight(_near(dice, usual[0], 9)),
    "oximeter": lambda dice, usual: vitals.saturation(_near(dice, usual[0], 3)),
    "glucometer": lambda dice, usual: vitals.glucose(_near(dice, usual[0], 45)),
    "thermometer": lambda dice, usual: vitals.temperature(_near(dice, usual[0], 5)),
    "flowmeter": lambda dice, usual: vitals.peak_flow(_near(dice, usual[0], 60)),
    "motion": lambda dice, usual: vitals.pain(_near(dice, usual[0], 2)),
    "diary": lambda dice, usual: vitals.mood(_near(dice, usual[0], 3)),
}
"""How a measurement of an instrument is drawn around the usual values of a patient."""


class Moment(NamedTuple):
    """A local day and how many readings the same day already holds."""

    day: int
    turn: int


def file_readings(person: Person) -> None:
    """Write the reading made at the set-up, then those of every month of the plan."""
    _try_out(person)
    for first_day, last_day in person.clinic.plan.month_days():
        first, last = person.active_days(first_day, last_day)
        if first <= last and person.holdings:
            _one_month(person, first, last)


def _try_out(person: Person) -> None:
    """Write what was measured while the device was explained; it often begins the first period."""
    for holding in person.holdings[:1]:
        if person.dice.chance(900):
            _write(person, holding, holding.since + person.dice.between(900, 2_400))


def _one_month(person: Person, first: int, last: int) -> None:
    dice = person.dice
    count = dice.hump(22, 40)
    span = last - first + 1
    if span < 27:
        count = max(1, count * span // 30)
    days = dice.some_of(_days_used(dice, count), first, last)
    written = 0
    while days and written < count:
        moment = Moment(days[written % len(days)], written // len(days))
        written += _one_reading(person, moment, written)


def _days_used(dice: Dice, count: int) -> int:
    faithful = dice.pick(FAITHFULNESS)
    if faithful == "daily":
        return dice.between(min(15, count), count)
    if faithful == "now and then":
        return dice.between(min(5, count), min(15, count))
    return min(count, dice.between(1, 4)) if faithful == "hardly" else 0


def _one_reading(person: Person, moment: Moment, index: int) -> int:
    """Write a reading and perhaps what becomes of it; return how many were written, at least 1."""
    dice = person.dice
    bounds = MORNING if moment.turn == 0 else LATER[(moment.turn - 1) % len(LATER)]
    measured = person.second(moment.day, dice.between(*bounds))
    if dice.chance(6):
        measured = person.second(moment.day + 1, -dice.between(1, 60))
    holding = _holding(person, measured, index)
    if holding is None:
        return 1
    entry = _write(person, holding, measured)
    if dice.chance(RESENT):
        _send_again(person, entry)
        return 2
    if dice.chance(2):
        _void(person, entry)
    return 1


def _holding(person: Person, second: int, index: int) -> Holding | None:
    """Return a device held at a second, by turns; rarely one that is not assigned any more."""
    holdings = person.holdings
    for offset in range(len(holdings)):
        holding = holdings[(index + offset) % len(holdings)]
        if holding.since <= second < holding.until:
            return holding
    return holdings[0] if person.dice.chance(300) else None


def _write(person: Person, holding: Holding, second: int) -> Entry:
    dice = person.dice
    holding.sent += 1
    origin = _origin(person)
    measurement = MEASURES[holding.instrument.word](dice, holding.usual)
    if dice.chance(4):
        measurement = Measurement(measurement.metric)
    late = dice.chance(LATE)
    received = second + (
        dice.between(LATE_SECONDS + 1, 9 * 86_400) if late else dice.between(2, 90)
    )
    by_hand = origin == "manual"
    body = ReadingRecorded(
        device=holding.device,
        metric=measurement.metric,
        value=measurement.value,
        unit=measurement.unit,
        components=measurement.components,
        measured_at=instant_of(second),
        received_at=instant_of(received),
        origin=origin,
        vendor_reading_id=None if by_hand else f"{holding.device}-{person.code}-{holding.sent}",
        context="battery low" if measurement.value is None and not measurement.components else None,
    )
    actor = person.clerk() if by_hand else f"device:{holding.device}"
    reason = "late_upload" if late else None
    person.ledger.write(body, Stamp(body.measured_at, received, actor, reason))
    return person.ledger.entries[-1]


def _origin(person: Person) -> str:
    dice = person.dice
    if dice.chance(person.typing):
        return "manual"
    if dice.chance(8):
        return dice.pick(("derived", "unknown"))
    return "device"


def _send_again(person: Person, entry: Entry) -> None:
    """Write a reading once more; now and then the second delivery holds another value."""
    dice = person.dice
    body = entry.body
    if not isinstance(body, ReadingRecorded):
        return
    received = seconds_of(entry.recorded_at) + dice.between(60, 7_200)
    again = replace(body, received_at=instant_of(received))
    if body.value is not None and body.vendor_reading_id and dice.chance(60):
        again = replace(again, value=body.value + 1)
    stamp = Stamp(entry.at, received, entry.actor, "late_upload" if entry.reason else None)
    person.ledger.write(again, stamp)


def _void(person: Person, entry: Entry) -> None:
    second = seconds_of(entry.recorded_at) + person.dice.between(600, 200_000)
    stamp = Stamp(instant_of(second), second, person.clerk(), "measured by somebody else")
    person.ledger.write(EntryVoided(entry=entry.id), stamp)
