"""What a replay adds up: units and national dollars by code, as it was and otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from caretally.billability.fees import Fees
from caretally.money import NO_MONEY, Money


class Counted(NamedTuple):
    """Units of a code that stand on a date of service."""

    code: str
    day: date
    units: int


@dataclass(slots=True, kw_only=True)
class Tally:
    """Units and amounts by code.

    priced_on: the date whose amounts hold for every line; None for each line's own date.
    unpriced: codes with units for which Medicare sets no amount.
    """

    fees: Fees
    priced_on: date | None = None
    units: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Money] = field(default_factory=dict)
    unpriced: set[str] = field(default_factory=set)

    def add(self, counted: Iterable[Counted]) -> None:
        """Add units at their national amounts."""
        for code, day, units in counted:
            self.units[code] = self.units.get(code, 0) + units
            amount = self.fees.national(code, self.priced_on or day)
            if amount is None:
                self.unpriced.add(code)
            else:
                self.amounts[code] = self.amount(code) + amount.times(units)

    def amount(self, code: str) -> Money:
        """Return what the units of a code come to."""
        return self.amounts.get(code, NO_MONEY)

    def total(self) -> Money:
        """Return what all units come to."""
        return sum(self.amounts.values(), NO_MONEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A span of months decided twice: by the rules of each date, and otherwise.

    other_rules: what was otherwise, in words. not_loaded: months without rules.
    """

    first: str
    last: str
    other_rules: str
    patients: int
    was: Tally
    would_be: Tally
    not_loaded: tuple[str, ...] = ()

    def codes(self) -> list[str]:
        """Return every code of either side."""
        return sorted({*self.was.units, *self.would_be.units})

    def to_json(self) -> dict[str, object]:
        """Return the replay for programs; amounts are strings."""
        return {
            "from": self.first,
            "to": self.last,
            "other_rules": self.other_rules,
            "patients": self.patients,
            "codes": [self.code_json(code) for code in self.codes()],
            "amount_was": str(self.was.total()),
            "amount_would_be": str(self.would_be.total()),
            "amount_difference": str(self.would_be.total() - self.was.total()),
            "months_without_rules": list(self.not_loaded),
        }

    def code_json(self, code: str) -> dict[str, object]:
        """Return both sides of one code."""
        was, would_be = self.was.units.get(code, 0), self.would_be.units.get(code, 0)
        return {
            "code": code,
            "units_was": was,
            "units_would_be": would_be,
            "units_difference": would_be - was,
            "amount_was": str(self.was.amount(code)),
            "amount_would_be": str(self.would_be.amount(code)),
            "amount_difference": str(self.would_be.amount(code) - self.was.amount(code)),
        }
