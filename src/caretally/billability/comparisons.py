"""The worded comparisons every criterion ends in, on one integer or on columns of integers.

A comparison returns what was observed, what was required and whether it holds, so that explaining
a decision needs no second text and no second calculation.
"""

from __future__ import annotations

from typing import NamedTuple

from caretally.patient_months.facts import Whole


class Outcome(NamedTuple):
    """What a criterion saw, what it asked for, and whether it is met."""

    observed: Whole
    required: Whole
    holds: Whole


made = tuple.__new__
"""Makes an outcome without the function that a named tuple puts before it; fifty times a month."""


def at_least(observed: Whole, required: Whole) -> Outcome:
    """Ask for the required amount or more."""
    return made(Outcome, (observed, required, observed >= required))


def at_most(observed: Whole, required: Whole) -> Outcome:
    """Ask for the required amount or less."""
    return made(Outcome, (observed, required, observed <= required))


def below(observed: Whole, required: Whole) -> Outcome:
    """Ask for less than the required amount."""
    return made(Outcome, (observed, required, observed < required))


def equals(observed: Whole, required: Whole) -> Outcome:
    """Ask for exactly the required amount."""
    return made(Outcome, (observed, required, observed == required))


def some(observed: Whole) -> Outcome:
    """Ask for at least one."""
    return made(Outcome, (observed, 1, observed >= 1))


def none(observed: Whole) -> Outcome:
    """Ask for none at all."""
    return made(Outcome, (observed, 0, observed <= 0))
