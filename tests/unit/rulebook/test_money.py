"""Money is exact, of one currency, and rounded once, half up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import pytest

from caretally.money import NO_MONEY, Money


@pytest.mark.parametrize(
    ("exact", "cents"),
    [
        ("0.005", "0.01"),
        ("0.0049999", "0.00"),
        ("51.775", "51.78"),
        ("51.765", "51.77"),
        ("-0.005", "-0.01"),
    ],
)
def test_cents_round_half_up(exact: str, cents: str) -> None:
    assert str(Money(Decimal(exact)).cents()) == cents
    assert str(Money(Decimal(exact))) == cents


def test_sums_and_multiples_stay_exact() -> None:
    tenth = Money(Decimal("0.1"))
    assert tenth + tenth + tenth == Money(Decimal("0.3"))
    assert tenth - tenth == NO_MONEY
    assert Money(Decimal("41.42")).times(3) == Money(Decimal("124.26"))
    assert tenth > NO_MONEY


@pytest.mark.parametrize("amount", [0.1, 1, "1.00", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_finite_decimal_is_refused(amount: object) -> None:
    with pytest.raises(TypeError, match="finite Decimal"):
        Money(cast("Any", amount))


def test_currencies_do_not_mix() -> None:
    dollars, pounds = Money(Decimal(1)), Money(Decimal(1), "GBP")
    with pytest.raises(ValueError, match="GBP cannot be added to USD"):
        dollars + pounds
    with pytest.raises(ValueError, match="GBP cannot be added to USD"):
        dollars - pounds
