"""Whether a reading can be what it says: judged before it is filed, by rules that can be read.

A reading that breaks a rule is held back where people see it; nothing is dropped or changed. A
pressure far from the patient's usual is marked and filed, never held: it may be an emergency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from caretally.devices.bounds import (
    AHEAD,
    BOUNDS,
    FEWEST,
    MINUTES,
    MOST,
    NEAR_FACTOR,
    OLD,
    OTHER_UNITS,
    PERSON_LEAST,
    PERSON_SHARE,
    PRESSURE_APART,
    PULSE_APART,
    RECENT,
    SWAPS,
)
from caretally.devices.duplicates import earlier_in_minutes
from caretally.devices.rules import (
    AGAIN_WITHIN_MINUTES,
    ANOTHER_PERSON,
    CLOCK_AHEAD,
    CROSSED_PRESSURES,
    OUT_OF_BOUNDS,
    TOO_OLD,
    UNIT_SWAP,
    UNKNOWN_ORIGIN,
    UNKNOWN_UNIT,
    UNLIKE_RECENT,
    Hold,
)
from caretally.devices.seen import Number, Seen, values_of
from caretally.journal.entries import ReadingRecorded
from caretally.journal.quantities import (
    BY_LOINC,
    CONTINUOUS_GLUCOSE,
    DIASTOLIC,
    PULSE,
    SYSTOLIC,
    WEIGHT,
    amount,
)

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A reading while it is judged.

    values: as sent, by metric. amounts: those in the unit their metric is compared in.
    """

    body: ReadingRecorded
    received_at: datetime
    seen: Seen
    values: Mapping[str, Number]
    amounts: Mapping[str, Decimal]

    @classmethod
    def of(cls, body: ReadingRecorded, received_at: datetime, seen: Seen) -> Judged:
        """Return a reading with its values made ready."""
        values = values_of(body)
        found = {metric: amount(metric, *number) for metric, number in values.items()}
        amounts = {metric: value for metric, value in found.items() if value is not None}
        return cls(body=body, received_at=received_at, seen=seen, values=values, amounts=amounts)

    def usual(self, metric: str) -> tuple[Decimal, int] | None:
        """Return the median of the patient's recent values and of how many; None of too few."""
        recent = self.seen.recent(metric, self.body.measured_at, RECENT, MOST)
        return (median(recent), len(recent)) if len(recent) >= FEWEST else None


def judge(judged: Judged) -> Hold | None:
    """Return why a reading is held back; None where nothing speaks against it."""
    for rule in JUDGES:
        hold = rule(judged)
        if hold is not None:
            return hold
    return None


def marks(judged: Judged) -> tuple[str, ...]:
    """Return what is to be marked at a reading that is filed all the same."""
    found = []
    if judged.body.metric != CONTINUOUS_GLUCOSE and earlier_in_minutes(
        judged.seen, judged.body, MINUTES
    ):
        found.append(AGAIN_WITHIN_MINUTES)
    if is_unlike_recent(judged):
        found.append(UNLIKE_RECENT)
    return tuple(found)


def is_unlike_recent(judged: Judged) -> bool:
    """Tell whether systolic pressure and pulse are both far from the patient's usual."""
    apart = {SYSTOLIC: PRESSURE_APART, PULSE: PULSE_APART}
    for metric, most in apart.items():
        usual = judged.usual(metric) if metric in judged.amounts else None
        if usual is None or abs(judged.amounts[metric] - usual[0]) < most:
            return False
    return True


def origin_is_told(judged: Judged) -> Hold | None:
    """The source must say whether a device measured this or a person typed it."""
    if judged.body.origin != "unknown":
        return None
    return Hold(rule=UNKNOWN_ORIGIN, says="origin unknown; expected device, manual or derived")


def units_fit(judged: Judged) -> Hold | None:
    """Every value of a known metric must be in a unit of it."""
    for metric, (_, unit) in judged.values.items():
        if metric in BY_LOINC and metric not in judged.amounts:
            says = f"{words(metric)} in {unit or 'no unit'}; expected {BY_LOINC[metric].unit}"
            return Hold(rule=UNKNOWN_UNIT, says=f"{says} or a unit of the same")
    return None


def clock_is_right(judged: Judged) -> Hold | None:
    """A reading must not be measured well after it was received, nor more than a year before."""
    measured, received = judged.body.measured_at, judged.received_at
    if received - OLD <= measured <= received + AHEAD:
        return None
    told = f"measured at {measured:%Y-%m-%d %H:%M} UTC, received at {received:%Y-%m-%d %H:%M} UTC"
    if measured > received:
        expected = f"expected at most {AHEAD.seconds // 60} minutes after"
        return Hold(rule=CLOCK_AHEAD, says=f"{told}; {expected}")
    return Hold(rule=TOO_OLD, says=f"{told}; expected at most {OLD.days} days before")


def values_are_possible(judged: Judged) -> Hold | None:
    """Every value must lie within what a device can measure in a living person."""
    for metric, value in judged.amounts.items():
        bounds = BOUNDS.get(metric)
        if bounds is None or bounds.least <= value <= bounds.most:
            continue
        unit = BY_LOINC[metric].unit
        says = f"{told(judged, metric)}; expected {bounds.least:f} to {bounds.most:f} {unit}"
        other = possible_in(judged, metric)
        if other:
            return Hold(rule=UNIT_SWAP, says=f"{says}; in {other} the number would be possible")
        return Hold(rule=OUT_OF_BOUNDS, says=says)
    return None


def possible_in(judged: Judged, metric: str) -> str:
    """Return another unit in which an impossible number is possible; empty for none."""
    value, unit = judged.values[metric]
    bounds = BOUNDS[metric]
    for other in OTHER_UNITS.get(metric, ()):
        moved = amount(metric, value, other) if other != unit else None
        if moved is not None and bounds.least <= moved <= bounds.most:
            return other
    return ""


def pressures_agree(judged: Judged) -> Hold | None:
    """A diastolic pressure must lie below the systolic."""
    systolic, diastolic = judged.amounts.get(SYSTOLIC), judged.amounts.get(DIASTOLIC)
    if systolic is None or diastolic is None or diastolic < systolic:
        return None
    says = f"{told(judged, DIASTOLIC)}, {told(judged, SYSTOLIC)}; expected diastolic below systolic"
    return Hold(rule=CROSSED_PRESSURES, says=says)


def unit_is_kept(judged: Judged) -> Hold | None:
    """A value must not differ from the patient's usual by the factor between two units."""
    for metric, swap in SWAPS.items():
        usual = judged.usual(metric) if metric in judged.amounts else None
        if usual is None or judged.amounts[metric] <= 0:
            continue
        ratio = judged.amounts[metric] / usual[0]
        for factor in (swap.factor, 1 / swap.factor):
            if abs(ratio - factor) <= factor * NEAR_FACTOR:
                return Hold(
                    rule=UNIT_SWAP,
                    says=f"{told(judged, metric)}, {ratio.quantize(TENTH * TENTH):f} times the "
                    f"usual, {in_words(metric, usual)}; {swap.says} differ by "
                    f"{factor.quantize(TENTH * TENTH):f}",
                )
    return None


def is_of_the_patient(judged: Judged) -> Hold | None:
    """A weight must not be so far from the patient's usual that it must be somebody else's."""
    usual = judged.usual(WEIGHT) if WEIGHT in judged.amounts else None
    if usual is None:
        return None
    most = max(PERSON_LEAST, usual[0] * PERSON_SHARE)
    if abs(judged.amounts[WEIGHT] - usual[0]) <= most:
        return None
    return Hold(
        rule=ANOTHER_PERSON,
        says=f"{told(judged, WEIGHT)}; usual is {in_words(WEIGHT, usual)}, and expected at most "
        f"{most.quantize(TENTH):f} kg from it",
    )


JUDGES: tuple[Callable[[Judged], Hold | None], ...] = (
    origin_is_told, units_fit, clock_is_right, values_are_possible, pressures_agree,
    unit_is_kept, is_of_the_patient,
)  # fmt: skip
"""In the order in which they are asked; the first that is broken is told."""


def words(metric: str) -> str:
    """Return a metric in words."""
    return BY_LOINC[metric].words


def told(judged: Judged, metric: str) -> str:
    """Return a value as it was sent, such as `weight 185.4 [lb_av]`."""
    value, unit = judged.values[metric]
    return f"{words(metric)} {value:f} {unit}"


def in_words(metric: str, usual: tuple[Decimal, int]) -> str:
    """Return a patient's usual value, and what it was worked out from."""
    value = usual[0].quantize(TENTH)
    return f"{value:f} {BY_LOINC[metric].unit} (median of the last {usual[1]})"
