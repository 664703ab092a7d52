"""What a practice charges, and what a payer should allow: exact amounts, each with its basis.

A charge is the practice's own price on the date of service. An expected amount is Medicare's own
for Medicare, and the contract's for another payer; where no contract is known, Medicare's amount
is a yardstick beside the line and no expectation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from caretally.billability.fees import Fees, Place
from caretally.journal.entries import BillingProfileSet, FeeSet
from caretally.money import CENT, Money

MEDICARE = "medicare_ffs"
FACILITY_SITES = frozenset({
    "02", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61",
})  # fmt: skip
"""Places of service at which Medicare pays the facility amount."""
OFFICE = "11"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSchedule:
    """A practice's prices: all that were set, in the order they were written down."""

    fees: tuple[FeeSet, ...]

    def fee(self, code: str, payer: str, day: date) -> FeeSet | None:
        """Return the price of a code on a date: the payer's own before the general one."""
        return self.own_fee(code, payer, day) or self.own_fee(code, None, day)

    def own_fee(self, code: str, payer: str | None, day: date) -> FeeSet | None:
        """Return the latest price that was set for a payer alone, or with None for all."""
        held: FeeSet | None = None
        for fee in self.fees:
            if (fee.code, fee.payer) == (code, payer) and fee.from_on <= day:
                held = fee if held is None or fee.from_on >= held.from_on else held
        return held


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a payer should allow for a line.

    amount: for all units; None where no price of this payer is known. yardstick: what Medicare
    allows, where that is no expectation. basis: in words.
    """

    amount: Decimal | None
    yardstick: Decimal | None = None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """All that prices of a practice rest on."""

    schedule: FeeSchedule
    tables: Fees
    profile: BillingProfileSet | None = None

    def charge(self, code: str, payer: str, day: date, *, units: int) -> Decimal | None:
        """Return what is charged for some units; None where no price was set."""
        fee = self.schedule.fee(code, payer, day)
        return None if fee is None else (Decimal(fee.charge) * units).quantize(CENT)

    def expected(self, code: str, payer: str, day: date, *, units: int) -> Expected:
        """Return what a payer should allow for some units."""
        own = self.schedule.own_fee(code, payer, day)
        if payer != MEDICARE and own is not None:
            amount = (Decimal(own.charge) * units).quantize(CENT)
            return Expected(amount=amount, basis=f"the price set for this payer on {own.from_on}")
        allowed, basis = self.medicare(code, day, units=units)
        if payer == MEDICARE:
            return Expected(amount=allowed, basis=basis)
        return Expected(amount=None, yardstick=allowed, basis=f"no price of this payer; {basis}")

    def medicare(self, code: str, day: date, *, units: int) -> tuple[Decimal | None, str]:
        """Return what Medicare allows for some units, rounded once a unit, and on what basis."""
        profile = self.profile
        site = (profile.place_of_service if profile else None) or OFFICE
        facility, qualifying = site in FACILITY_SITES, bool(profile and profile.qualifying_apm)
        if profile is None or not profile.locality_state or not profile.locality:
            amount = self.tables.national(code, day, facility=facility, qualifying=qualifying)
            return times(amount, units), "Medicare's national amount: no locality is set"
        at = Place(state=profile.locality_state, locality=profile.locality, facility=facility)
        allowed = self.tables.allowed(code, day, at=at, qualifying=qualifying)
        words = allowed.note or allowed.basis
        return times(allowed.amount, units), f"Medicare: {words}"


def times(amount: Money | None, units: int) -> Decimal | None:
    """Return an amount for some units; None for none."""
    return None if amount is None else amount.times(units).amount


def schedule_of(bodies: Iterable[object]) -> FeeSchedule:
    """Return the prices among entries in force, in their order."""
    return FeeSchedule(fees=tuple(body for body in bodies if isinstance(body, FeeSet)))
