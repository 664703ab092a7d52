"""Thresholds: starting points from published tables, and what a practitioner set for a patient.

A starting point is no order: it holds until a practitioner sets the patient's own, and everything
that rests on one says so. Later rules of a practice, program or condition come between the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from caretally.journal.entries import Entry, ThresholdSet
from caretally.journal.quantities import (
    BREATHS,
    DIASTOLIC,
    GLUCOSE,
    POUND,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)
from caretally.triage.vitals import BY_CODE, Vital

POUNDS_A_DAY, POUNDS_A_WEEK = Decimal(3), Decimal(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Between which values a vital sign calls for nobody; a bound itself is inside.

    cites: keys of sources; none where a practitioner set it. set_by, entry: who, and where.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    cites: tuple[str, ...] = ()
    set_by: str = ""
    entry: str = ""

    @property
    def is_starting_point(self) -> bool:
        """Whether no practitioner set it for this patient."""
        return not self.entry

    def holds(self, amount: Decimal) -> bool:
        """Tell whether a value lies inside."""
        return self.says(amount) == ""

    def says(self, amount: Decimal) -> str:
        """Return on which side of which bound a value lies; nothing inside."""
        if self.low is not None and amount < self.low:
            return f"below {self.low:f}"
        if self.high is not None and amount > self.high:
            return f"above {self.high:f}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """How fast a vital sign may rise: so much within so many days, the amount itself inside."""

    most: Decimal
    days: int
    says: str
    cites: tuple[str, ...]


STARTING_POINTS: Mapping[str, Bounds] = {
    SYSTOLIC: Bounds(low=Decimal(100), high=Decimal(160), cites=("TELBIL",)),
    DIASTOLIC: Bounds(low=Decimal(60), high=Decimal(95), cites=("TELBIL",)),
    PULSE: Bounds(low=Decimal(50), high=Decimal(100), cites=("TELBIL",)),
    SATURATION: Bounds(low=Decimal(95), cites=("TELBIL",)),
    BREATHS: Bounds(low=Decimal(12), high=Decimal(24), cites=("TELBIL",)),
    TEMPERATURE: Bounds(high=Decimal(37), cites=("TELBIL",)),
    GLUCOSE: Bounds(low=Decimal(70), high=Decimal(250), cites=("unverified",)),
}
CRISIS: Mapping[str, Bounds] = {
    SYSTOLIC: Bounds(low=Decimal(80), high=Decimal(180), cites=("BEATHF", "LCCH")),
    DIASTOLIC: Bounds(high=Decimal(120), cites=("LCCH",)),
    PULSE: Bounds(low=Decimal(40), cites=("BEATHF",)),
    SATURATION: Bounds(low=Decimal(90), cites=("unverified",)),
    GLUCOSE: Bounds(low=Decimal(54), cites=("unverified",)),
}
"""Outside of these a value is a crisis, whatever was set for the patient."""
RISES: Mapping[str, tuple[Rise, ...]] = {
    WEIGHT: (
        Rise(most=POUNDS_A_DAY * POUND, days=1, says="3 lb in a day",
             cites=("ALLINA",)),
        Rise(most=POUNDS_A_WEEK * POUND, days=7, says="5 lb in a week",
             cites=("ALLINA",)),
    ),
}  # fmt: skip


def bounds_in_force(in_force: Iterable[Entry], patient: str) -> dict[str, Bounds]:
    """Return what holds for a patient, by LOINC code: the latest that was set, else the start.

    One set without any bound watches nothing any more; one in an unknown unit changes nothing.
    """
    found = dict(STARTING_POINTS)
    mine = (e for e in in_force if isinstance(e.body, ThresholdSet) and e.patient == patient)
    for entry in sorted(mine, key=lambda each: (each.at, each.id)):
        assert isinstance(entry.body, ThresholdSet)
        vital = BY_CODE.get(entry.body.metric)
        if vital is not None and entry.body.unit in vital.units:
            found[vital.loinc] = bounds_of(entry, entry.body, vital)
    return found


def bounds_of(entry: Entry, body: ThresholdSet, vital: Vital) -> Bounds:
    """Return the bounds that an entry sets, in the unit of the vital sign."""
    low, high = (
        None if value is None else vital.amount(value, body.unit) for value in (body.low, body.high)
    )
    return Bounds(low=low, high=high, set_by=body.set_by, entry=entry.id)
