"""What every number of a part's tables may be: data for `table_checks`, which holds tables to it.

The compiled fold looks at no position before it reads or writes there, so a number that indexes
anything has its bound here. Nothing here says what numbers mean; the published columns do.
"""

from __future__ import annotations

from typing import NamedTuple

from caretally.codes import (
    BODY_SYSTEMS,
    CATEGORIES,
    CONTACT_MODES,
    ORIGINS,
    PROGRAMS,
    ROLES,
    RULE_CODES,
    SETTINGS,
    TOPICS,
)  # fmt: skip
from caretally.patient_months.columns import (
    ACCESS,
    AUTHORIZED,
    CAREGIVER,
    CONSENTED,
    COVERED,
    COVID,
    CUSTODY,
    DETAIL,
    DIED,
    ELSEWHERE,
    ENROLLED,
    MAX_BITS,
    ORDERED,
    PLACE,
    SETUP,
    STAY,
    SURGERY,
    TIME,
    VALUELESS,
    VISIT,
    VISITED,
    VOIDED,
)  # fmt: skip
from caretally.patient_months.part_tables import TableWords
from caretally.patient_months.positions import KEY


class Bound(NamedTuple):
    """The least and the greatest number a column may hold, and how to say so."""

    low: int
    high: int
    says: str = ""

    def __str__(self) -> str:
        return self.says or (
            str(self.low) if self.low == self.high else f"{self.low} to {self.high}"
        )


def one_of(words: tuple[str, ...]) -> Bound:
    """Return the bound of a position in a tuple of words."""
    return Bound(0, len(words) - 1)


def position_in(words: str, count: int) -> Bound:
    """Return the bound of a position in words of the part; more than KEY are not told apart."""
    high = min(count, KEY) - 1
    return Bound(0, high, f"0 to {high}, a position in the part's {words}")


NOTHING = Bound(0, 0)
FLAG = Bound(0, 1)
PROGRAM = one_of(PROGRAMS)
ANY = Bound(-(1 << 63), (1 << 63) - 1)
"""Of columns that say nothing for a kind of fact: nobody reads them."""
MASK = Bound(0, (1 << MAX_BITS) - 1)
OWN = Bound(0, KEY - 1)
"""Of the numbers of a patient's own devices and caregivers."""
# A day more on either side: a year of one's own zone may begin before, or end after, that of UTC.
INSTANT = Bound(-62_135_683_200, 253_402_387_200, "an instant of the years 1 to 9999")
DAY = Bound(-719_163, 2_932_897, "a day of the years 1 to 9999")
YEARS = Bound(0, 9_999)

SPANS = {
    "start": INSTANT,
    "end": INSTANT,
    "kind": Bound(0, TIME),
    "program": PROGRAM,
    "mode": one_of(CONTACT_MODES),
    "spoke_with": OWN,
    "two_way": FLAG,
    "topics": Bound(0, (1 << len(TOPICS)) - 1),
    "category": one_of(CATEGORIES),
    "part_of_visit": FLAG,
    "marked": FLAG,
    "standing": Bound(0, VOIDED),
    "recorded": INSTANT,
}
"""By column of spans; `patient` follows from the counts."""
READINGS = {
    "at": INSTANT,
    "device": OWN,
    "origin": one_of(ORIGINS),
    "standing": Bound(0, VALUELESS),
}
ROLE = one_of(ROLES)


class FactBounds(NamedTuple):
    """What the columns of one kind of fact may hold."""

    code: Bound
    begins: Bound
    x: Bound = ANY
    y: Bound = ANY


def fact_bounds(words: TableWords) -> tuple[FactBounds, ...]:
    """Return what the columns of facts may hold, by kind."""
    payer = position_in("payers", len(words.payers))
    code = position_in("codes", len(words.codes))
    chosen = position_in("diagnosis_sets", len(words.diagnosis_sets))
    zone = position_in("zones", len(words.zones))
    systems = Bound(-1, len(BODY_SYSTEMS) - 1)
    bounds = {
        ENROLLED: FactBounds(PROGRAM, INSTANT),
        CONSENTED: FactBounds(PROGRAM, INSTANT),
        DIED: FactBounds(NOTHING, INSTANT),
        DETAIL: FactBounds(PROGRAM, INSTANT, MASK, chosen),
        PLACE: FactBounds(PROGRAM, INSTANT, zone, one_of(SETTINGS)),
        VISITED: FactBounds(PROGRAM, INSTANT, YEARS),
        ORDERED: FactBounds(PROGRAM, INSTANT),
        COVERED: FactBounds(NOTHING, DAY, payer),
        CAREGIVER: FactBounds(OWN, DAY),
        CUSTODY: FactBounds(OWN, INSTANT, FLAG, systems),
        SETUP: FactBounds(NOTHING, INSTANT),
        COVID: FactBounds(NOTHING, DAY),
        STAY: FactBounds(NOTHING, INSTANT),
        SURGERY: FactBounds(NOTHING, DAY),
        ELSEWHERE: FactBounds(code, DAY),
        VISIT: FactBounds(code, DAY),
        AUTHORIZED: FactBounds(payer, DAY, Bound(0, (1 << len(RULE_CODES)) - 1)),
        ACCESS: FactBounds(NOTHING, DAY, MASK),
    }
    return tuple(bounds[kind] for kind in range(len(bounds)))
