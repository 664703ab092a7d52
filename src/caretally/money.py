"""Amounts of money: exact decimals with a currency, rounded once, half up, to cents.

Floats are refused: an amount that cannot be written down exactly is no amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in one currency.

    Example:
        >>> str(Money(Decimal("51.771395")).cents())
        '51.77'
    """

    amount: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        if type(self.amount) is not Decimal or not self.amount.is_finite():
            raise TypeError(f"money is a finite Decimal, not {self.amount!r}")

    def cents(self) -> Money:
        """Return the amount rounded half up to cents."""
        return Money(self.amount.quantize(CENT, ROUND_HALF_UP), self.currency)

    def times(self, units: int) -> Money:
        """Return the amount for a number of units."""
        return Money(self.amount * units, self.currency)

    def __add__(self, other: Money) -> Money:
        self.same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self.same_currency(other)
        return Money(self.amount - other.amount, self.currency)

    def same_currency(self, other: Money) -> None:
        """Refuse to mix currencies.

        Raises:
            ValueError: the other amount is in another currency.
        """
        if self.currency != other.currency:
            raise ValueError(f"{other.currency} cannot be added to {self.currency}")

    def __str__(self) -> str:
        return f"{self.amount.quantize(CENT, ROUND_HALF_UP):f}"


NO_MONEY = Money(Decimal("0.00"))
