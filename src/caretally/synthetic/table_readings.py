"""What the devices of made-up patients sent: daily, twice, typed by hand, or without a value."""

from __future__ import annotations

from caretally.clock import day_number
from caretally.codes import ORIGINS
from caretally.patient_months.columns import DUPLICATE, SUPERSEDED, VALUELESS, VOIDED
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import ReadingTable
from caretally.synthetic import measurements
from caretally.synthetic.table_people import People
from caretally.synthetic.table_plan import Array, Draws

HOURS = (measurements.MORNING, *measurements.LATER)
FAITH = measurements.FAITHFULNESS
WIDTH = 32
"""Days of a month, and more; the order of those beyond the last is not looked at."""


def days_used(draws: Draws, count: Array) -> Array:
    """Return on how many days of a month each patient measures, given the count of readings."""
    rows = len(count)
    faithful = draws.between(0, len(FAITH) - 1, rows)
    words = np.array([("silent", "hardly", "now and then", "daily").index(w) for w in FAITH])
    level = words[faithful]
    daily = draws.between(np.minimum(15, count), count, rows)
    sometimes = draws.between(np.minimum(5, count), np.minimum(15, count), rows)
    hardly = np.minimum(count, draws.between(1, 4, rows))
    return np.select([level == 3, level == 2, level == 1], [daily, sometimes, hardly], 0)


def draw_month(people: People, draws: Draws, first_day: int, last_day: int) -> tuple[Array, ...]:
    """Return patient, second, device and turn of the readings of a month."""
    begin = np.maximum(first_day, people.enrolled_day)
    span = np.minimum(last_day, people.last_day) - begin + 1
    patients = np.flatnonzero(span > 0)
    span, begin = span[patients], begin[patients]
    count = draws.hump(22, 40, len(patients))
    count = np.where(span < 27, np.maximum(1, count * span // 30), count)
    days = np.minimum(days_used(draws, count), span)
    count = np.where(days > 0, count, 0)
    order = draws.order(span, WIDTH)
    owner = np.repeat(np.arange(len(patients)), count)
    index = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    turn = index // days[owner]
    day = begin[owner] + order[owner, index % days[owner]]
    low, high = np.array(HOURS).T
    hours = np.minimum(turn, len(HOURS) - 1)
    second = draws.between(low[hours], high[hours], len(owner))
    patient = patients[owner]
    at = people.second(patient, day, second)
    device = index % people.devices[patient]
    replaced = (device == 0) & (at >= people.replaced_at[patient])
    return patient, at, np.where(replaced, people.devices[patient], device)


def draw_readings(people: People, draws: Draws) -> ReadingTable:
    """Return the readings of all months and of the month before the first."""
    months = [people.plan.active_months[0].previous(), *people.plan.active_months]
    drawn = [
        draw_month(people, draws, day_number(month.first_day), day_number(month.last_day))
        for month in months
    ]
    patient, at, device = (np.concatenate(columns) for columns in zip(*drawn, strict=True))
    again = np.flatnonzero(draws.chance(measurements.RESENT, len(at)))
    standing = np.zeros(len(at) + len(again), dtype=np.int64)
    standing[: len(at)][draws.chance(2, len(at))] = VOIDED
    standing[: len(at)][draws.chance(4, len(at))] = VALUELESS
    replaced = draws.chance(60, len(again))
    standing[len(at) :] = DUPLICATE
    standing[again[replaced]] = SUPERSEDED
    standing[len(at) :][replaced] = 0
    origin = origins(people, draws, patient)
    patient, at, device, origin = (
        np.concatenate((column, column[again])) for column in (patient, at, device, origin)
    )
    order = np.argsort((patient << 34) + (at - at.min()), kind="stable")
    return ReadingTable(*(column[order] for column in (patient, at, device, origin, standing)))


def origins(people: People, draws: Draws, patient: Array) -> Array:
    """Return where each reading came from."""
    count = len(patient)
    typed = draws.chance(people.typing[patient], count)
    odd = draws.pick((ORIGINS.index("derived"), ORIGINS.index("unknown")), count)
    other = np.where(draws.chance(8, count), odd, ORIGINS.index("device"))
    return np.where(typed, ORIGINS.index("manual"), other)
