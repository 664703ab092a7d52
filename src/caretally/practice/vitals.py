"""Readings as curves over time, in one unit each, and the days that have device data.

Every number stays an exact decimal. A reading in a unit that cannot be turned into that of the
latest is told in the table and drawn nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from caretally.journal.entries import Entry, ReadingRecorded
from caretally.journal.quantities import UNITS, convert


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A sort of vital sign: which LOINC metrics draw its curves, and what to call them.

    metrics: LOINC code, name of the curve.
    """

    name: str
    title: str
    metrics: tuple[tuple[str, str], ...]


KINDS = (
    Kind(name="pressure", title="Blood pressure",
         metrics=(("8480-6", "Systolic"), ("8462-4", "Diastolic"))),
    Kind(name="weight", title="Weight", metrics=(("29463-7", "Weight"), ("3141-9", "Weight"))),
    Kind(name="glucose", title="Glucose",
         metrics=(("41653-7", "Glucose"), ("2339-0", "Glucose"), ("2345-7", "Glucose"),
                  ("15074-8", "Glucose"), ("99504-3", "Glucose"))),
    Kind(name="saturation", title="Oxygen saturation",
         metrics=(("59408-5", "SpO2"), ("2708-6", "SpO2"))),
    Kind(name="pulse", title="Heart rate", metrics=(("8867-4", "Heart rate"),)),
    Kind(name="temperature", title="Temperature", metrics=(("8310-5", "Temperature"),)),
    Kind(name="peak_flow", title="Peak flow", metrics=(("33452-4", "Peak flow"),)),
)  # fmt: skip
"""What is drawn, in the order of the page."""
METRIC_WORDS = {metric: name for kind in KINDS for metric, name in kind.metrics} | {
    "85354-9": "Blood pressure", "72514-3": "Pain", "44261-6": "Mood score",
}  # fmt: skip
LATE, LATE_AFTER = "late_upload", timedelta(hours=24)
"""A reading arrived late if its entry says so, or if it came so long after it was measured."""
ESTIMATED = "estimated_time"
"""The word in the circumstances of a reading whose time the vendor guessed."""
HELD = "held:"
"""How ids of readings begin that the intake holds back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A measured number in the unit of its curve; `sent` is as it came.

    is_late: whether it arrived long after it was measured. is_estimated: whether its time is a
    guess of the vendor. is_held: whether the intake holds it back, so that it counts for nothing.
    """

    at: datetime
    value: Decimal
    sent: str
    origin: str
    entry_id: str
    is_late: bool = False
    is_estimated: bool = False
    is_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The points of one metric, by time.

    held: those that the intake holds back; they are no part of the curve.
    """

    name: str
    unit: str
    points: tuple[Point, ...]
    held: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """A chart's worth of curves; there is a point in each, counted or held.

    left_out: readings in units that cannot be compared.
    """

    kind: Kind
    curves: tuple[Curve, ...]
    left_out: int = 0

    @property
    def unit(self) -> str:
        """The unit, as people write it."""
        return unit_words(self.curves[0].unit)

    @property
    def latest(self) -> str:
        """The latest reading that counts in words, such as `138/86`; empty without one."""
        last = [curve.points[-1] for curve in self.curves if curve.points]
        at = max((point.at for point in last), default=None)
        return "/".join(plain(point.value) for point in last if point.at == at)


def plain(value: Decimal) -> str:
    """Return a number for reading: at most one decimal, no exponent.

    Example:
        >>> plain(Decimal("82.55")), plain(Decimal("138"))
        ('82.6', '138')
    """
    short = value.quantize(Decimal("0.1")) if value.as_tuple().exponent else value
    text = f"{short:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_words(unit: str) -> str:
    """Return a UCUM unit as people write it."""
    known = UNITS.get(unit)
    return known.says if known is not None else unit


def measured(body: ReadingRecorded) -> Iterator[tuple[str, Decimal, str]]:
    """Yield metric, number and unit of everything a reading holds."""
    if body.value is not None:
        yield body.metric, body.value, body.unit or ""
    for part in body.components:
        yield part.metric, part.value, part.unit


def words_of(body: ReadingRecorded) -> str:
    """Return a reading in words: blood pressure as a pair, every other number with its name."""
    values = {metric: (value, unit) for metric, value, unit in measured(body)}
    found = []
    if "8480-6" in values and "8462-4" in values:
        systolic, diastolic = values.pop("8480-6"), values.pop("8462-4")
        unit = unit_words(systolic[1])
        found.append(f"Blood pressure {plain(systolic[0])}/{plain(diastolic[0])} {unit}")
    found += [
        f"{METRIC_WORDS.get(metric, metric)} {plain(value)} {unit_words(unit)}".rstrip()
        for metric, (value, unit) in values.items()
    ]
    name = METRIC_WORDS.get(body.metric, body.metric)
    return ", ".join(found) or f"{name} without a value"


def vitals_of(
    readings: Iterable[Entry], since: datetime, held: Iterable[Entry] = ()
) -> tuple[Vital, ...]:
    """Return the vital signs that were measured since an instant; entries are those in force.

    held: readings that the intake holds back, as the entries they would become; their ids begin
    with `held:`.
    """
    by_metric: dict[str, list[tuple[Entry, Decimal, str]]] = {}
    for entry in (*readings, *held):
        body = entry.body
        if isinstance(body, ReadingRecorded) and entry.at >= since:
            for metric, value, unit in measured(body):
                by_metric.setdefault(metric, []).append((entry, value, unit))
    found = (vital_of(kind, by_metric) for kind in KINDS)
    return tuple(each for each in found if each is not None)


def vital_of(kind: Kind, by_metric: dict[str, list[tuple[Entry, Decimal, str]]]) -> Vital | None:
    """Return one vital sign; None where it was not measured."""
    by_name: dict[str, list[tuple[Entry, Decimal, str]]] = {}
    for metric, name in kind.metrics:
        by_name.setdefault(name, []).extend(by_metric.get(metric, ()))
    curves, left_out = [], 0
    for name, found in by_name.items():
        if found:
            curve = curve_of(name, sorted(found, key=lambda each: (each[0].at, each[0].id)))
            left_out += len(found) - len(curve.points) - len(curve.held)
            curves.append(curve)
    return Vital(kind=kind, curves=tuple(curves), left_out=left_out) if curves else None


def curve_of(name: str, found: Sequence[tuple[Entry, Decimal, str]]) -> Curve:
    """Return a curve in the unit of its latest reading that counts, else of the latest held."""
    counted = [each for each in found if not each[0].id.startswith(HELD)]
    unit = (counted or found)[-1][2]
    points = [point for each in found if (point := point_of(each, unit)) is not None]
    return Curve(
        name=name, unit=unit, points=tuple(each for each in points if not each.is_held),
        held=tuple(each for each in points if each.is_held),
    )  # fmt: skip


def point_of(found: tuple[Entry, Decimal, str], unit: str) -> Point | None:
    """Return a number of a reading in a unit; None where it cannot be turned into it."""
    entry, value, sent_in = found
    body = entry.body
    amount = convert(value, sent_in, unit)
    if amount is None or not isinstance(body, ReadingRecorded):
        return None
    received_at = body.received_at or entry.recorded_at
    return Point(
        at=entry.at, value=amount, sent=f"{value:f} {unit_words(sent_in)}".rstrip(),
        origin=body.origin, entry_id=entry.id,
        is_late=entry.reason == LATE or received_at - entry.at > LATE_AFTER,
        is_estimated=ESTIMATED in (body.context or ""), is_held=entry.id.startswith(HELD),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfPeriod:
    """One date of a device period.

    state: data, reading (one came that makes no data day), none, today or to_come.
    """

    on: date
    state: str


def days_of_period(
    period: tuple[date, date], dates: Iterable[tuple[date, bool]], today: date
) -> tuple[DayOfPeriod, ...]:
    """Return the dates of a period, given on which a reading came and whether it counts."""
    counted: set[date] = set()
    seen: set[date] = set()
    for day, counts in dates:
        (counted if counts else seen).add(day)
    first, last = period
    found = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day in counted:
            state = "data"
        elif day in seen:
            state = "reading"
        elif day >= today:
            state = "today" if day == today else "to_come"
        else:
            state = "none"
        found.append(DayOfPeriod(on=day, state=state))
    return tuple(found)
