"""How many units of a code a slot supports; whole units only, on integers or columns."""

from __future__ import annotations

from caretally.billability.slots import Slot, total
from caretally.patient_months.facts import Whole


def one(slot: Slot) -> Whole:
    """One unit, whatever the amount."""
    return 1


def blocks(seconds: Whole, base: Whole, block: Whole, cap: Whole) -> Whole:
    """Return the full blocks beyond a base, none below it, at most the cap."""
    full = (seconds - base) // block
    full = full * (full > 0)
    return full - (full - cap) * (full > cap)


def further_blocks(
    slot: Slot, *, counted: tuple[str, ...], base: Whole, block: Whole, cap: Whole
) -> Whole:
    """Full further blocks of counted management time."""
    return blocks(total(slot, counted), base, block, cap)


def further_staff_blocks(slot: Slot, *, base: Whole, block: Whole, cap: Whole) -> Whole:
    """Full further blocks of clinical staff time."""
    return blocks(slot.facts.staff_seconds, base, block, cap)


def further_practitioner_blocks(slot: Slot, *, base: Whole, block: Whole, cap: Whole) -> Whole:
    """Full further blocks of the practitioner's own time."""
    return blocks(slot.facts.practitioner_seconds, base, block, cap)


UNITS = {
    function.__name__: function
    for function in (one, further_blocks, further_staff_blocks, further_practitioner_blocks)
}
"""Every way to count units by name."""
