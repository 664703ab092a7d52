"""Thresholds in force of a patient's vital signs, as charts draw them: the rules of values.

Where rules equally near hold together, the narrower bound is drawn. Of what is read here nothing
is decided; `judging` holds readings against the rules themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from caretally.clock import instant_of
from caretally.journal.entries import Entry
from caretally.triage.rules import (
    AVERAGE,
    RISE,
    VALUE,
    Held,
    Rule,
    held,
    shortened,
    signed_rules,
    whom_of,
)
from caretally.triage.starting_points import CRISIS_RULES, STARTING_POINTS

AT_LAST = instant_of(7_258_118_400)
"""After every instant that an entry may name."""


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
        """Whether no practitioner signed it."""
        return not self.entry

    def holds(self, amount: Decimal) -> bool:
        """Tell whether a value lies inside."""
        return self.says(amount) == ""

    def says(self, amount: Decimal) -> str:
        """Return on which side of which bound a value lies; nothing inside."""
        if self.low is not None and amount < self.low:
            return f"below {shortened(self.low)}"
        if self.high is not None and amount > self.high:
            return f"above {shortened(self.high)}"
        return ""


def ladder_of_rules(in_force: Iterable[Entry], patient: str, at: datetime) -> tuple[Held, ...]:
    """Return every rule meant for a patient at an instant, with whether it is the one that holds.

    in_force: the patient's entries and the practice's, corrections resolved.
    """
    known = tuple(in_force)
    return held(whom_of(known, patient, at), signed_rules(known, patient, at), STARTING_POINTS)


def rules_in_force(in_force: Iterable[Entry], patient: str, at: datetime) -> tuple[Rule, ...]:
    """Return the rules that hold for a patient at an instant, the crisis range first."""
    found = ladder_of_rules(in_force, patient, at)
    return (*CRISIS_RULES, *(each.rule for each in found if each.holds and each.rule.is_active))


def bounds_by_metric(rules: Iterable[Rule]) -> dict[str, Bounds]:
    """Return the bounds that rules of values draw, by LOINC code; the crisis range is left out."""
    found: dict[str, Bounds] = {}
    for rule in rules:
        if rule.test == VALUE and not rule.is_crisis:
            before = found.get(rule.metric)
            found[rule.metric] = bounds_of(rule) if before is None else narrowed(before, rule)
    return found


def bounds_of(rule: Rule) -> Bounds:
    """Return the bounds of a rule."""
    return Bounds(
        low=rule.low, high=rule.high, cites=rule.cites, set_by=rule.set_by, entry=rule.entry
    )


def narrowed(bounds: Bounds, rule: Rule) -> Bounds:
    """Return bounds narrowed by a rule that holds beside them."""
    lows = [each for each in (bounds.low, rule.low) if each is not None]
    highs = [each for each in (bounds.high, rule.high) if each is not None]
    return Bounds(
        low=max(lows, default=None), high=min(highs, default=None),
        cites=tuple(dict.fromkeys((*bounds.cites, *rule.cites))),
        set_by=bounds.set_by or rule.set_by, entry=bounds.entry or rule.entry,
    )  # fmt: skip


def bounds_in_force(
    in_force: Iterable[Entry], patient: str, at: datetime = AT_LAST
) -> dict[str, Bounds]:
    """Return between which values a patient's vital signs call for nobody, by LOINC code.

    in_force: the patient's entries and the practice's, corrections resolved. at: by default after
    everything that is on record.
    """
    return bounds_by_metric(rules_in_force(in_force, patient, at))


def words_of(rule: Rule, unit: str = "") -> str:
    """Return what a rule says, in words."""
    suffix = f" {unit}" if unit else ""
    low = f"below {shortened(rule.low)}{suffix}" if rule.low is not None else ""
    high = f"above {shortened(rule.high)}{suffix}" if rule.high is not None else ""
    outside = " or ".join(filter(None, (low, high)))
    if rule.test == RISE:
        return f"gained more than {rule.given}"
    if rule.test == AVERAGE:
        return f"average of {rule.days} days {outside}, of {rule.least_count} values or more"
    if rule.test == VALUE:
        return outside or "nothing is watched"
    if rule.least_count:
        return (
            f"fewer than {rule.least_count} of {rule.days} days with a reading, after as many or "
            "more before"
        )
    return f"no reading for {rule.days} days"
