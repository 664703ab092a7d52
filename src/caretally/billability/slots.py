"""What a criterion is asked about: a slot's facts, and what has been decided on it so far.

One slot with integers or a group of slots with columns; the few words criteria need to read them
are here as well. Nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from caretally.codes import BODY_SYSTEMS, CODE_BITS, PAYERS, PROGRAMS
from caretally.patient_months.facts import Facts, Whole


@dataclass(slots=True, kw_only=True)
class Slot:
    """A slot under judgment.

    code: the code being judged. units: units that stand so far in the patient's month, by code.
    same_date_pairs: lines of the same date that this code may not stand beside.
    excluded_by_payer: 1 where the payer's restriction leaves the diagnoses out.
    """

    facts: Facts
    code: str = ""
    units: Mapping[str, Whole] = field(default_factory=dict)
    same_date_pairs: Whole = 0
    excluded_by_payer: Whole = 0


SECONDS_OF = {"live": "live_seconds", "management": "management_seconds"}


def total(slot: Slot, counted: tuple[str, ...]) -> Whole:
    """Return the seconds of the kinds a reading counts; live seconds are among management's."""
    kind = "management" if "management" in counted else "live"
    return getattr(slot.facts, SECONDS_OF[kind])


def mask_of(codes: Iterable[str]) -> int:
    """Return the bit mask of a set of codes."""
    mask = 0
    for code in codes:
        mask |= 1 << CODE_BITS[code]
    return mask


def has_code(mask: Whole, code: str) -> Whole:
    """Return 1 where a code is in a mask of codes, else 0."""
    return mask >> CODE_BITS[code] & 1


def has_any(mask: Whole, codes: Iterable[str]) -> Whole:
    """Return 1 where any of some codes is in a mask of codes, else 0."""
    return ((mask & mask_of(codes)) != 0) * 1


def units_of(slot: Slot, codes: Iterable[str]) -> Whole:
    """Return the units of some codes that stand in the patient's month so far."""
    return sum(slot.units.get(code, 0) for code in codes)


def program_number(program: str) -> int:
    """Return the number of a program."""
    return PROGRAMS.index(program)


def system_mask(system: str) -> int:
    """Return the bit mask of one body system."""
    return 1 << BODY_SYSTEMS.index(system)


def setup_taken(slot: Slot, strictly: Whole) -> Whole:
    """Return 1 where an earlier period met the set-up code, by its floor or the strict one."""
    facts = slot.facts
    return facts.setup_taken_strictly * strictly + facts.setup_taken * (1 - strictly)


def knows_payer(payer: Whole) -> Whole:
    """Return 1 where the position is that of a payer with a sheet, else 0."""
    return (payer >= 0) * (payer < len(PAYERS)) * 1
