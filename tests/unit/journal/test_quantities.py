"""Conversions against pint with UCUM's names, which knows nothing of the program's table."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ucumvert import PintUcumRegistry

from caretally.journal.quantities import (
    BY_LOINC,
    GLUCOSE,
    METRICS,
    PANELS,
    UNITS,
    WEIGHT,
    amount,
    convert,
    is_known,
    units_of,
)

OWN = {"{steps}", "{score}"}
"""Annotations alone, which the oracle cannot read."""
PAIRS = [
    (one.code, other.code)
    for one in UNITS.values()
    for other in UNITS.values()
    if one.of == other.of and not {one.code, other.code} & OWN
]
NUMBERS = ("0", "1", "37.25", "138", "84250", "-4.5")


@cache
def oracle() -> PintUcumRegistry:
    """Return pint's registry with UCUM's units in it; making it takes a second."""
    return PintUcumRegistry()


def by_pint(value: str, unit: str, to: str) -> float:
    """Convert as pint does; glucose by its molar mass, which pint has to be told."""
    registry = oracle()
    one, other = registry.from_ucum(unit).units, registry.from_ucum(to).units
    if {unit, to} == {"mg/dL", "mmol/L"}:
        molar = registry.Quantity(180.16, "gram / mole")
        found = registry.Quantity(float(value), one)
        return float((found / molar if to == "mmol/L" else found * molar).to(other).magnitude)
    return float(registry.Quantity(float(value), one).to(other).magnitude)


@pytest.mark.parametrize(("unit", "to"), PAIRS)
def test_every_conversion_is_that_of_an_independent_program(unit: str, to: str) -> None:
    for number in NUMBERS:
        mine = convert(Decimal(number), unit, to)
        assert mine is not None
        assert float(mine) == pytest.approx(by_pint(number, unit, to), rel=1e-9, abs=1e-9)


@given(
    st.decimals(min_value=-(10**6), max_value=10**6, places=6, allow_nan=False),
    st.sampled_from(PAIRS),
)
def test_there_and_back_is_where_one_was(value: Decimal, pair: tuple[str, str]) -> None:
    there = convert(value, *pair)
    assert there is not None
    back = convert(there, *reversed(pair))
    assert back is not None
    assert abs(Fraction(back) - Fraction(value)) < Fraction(1, 10**30)


def test_what_ends_is_exact() -> None:
    assert convert(Decimal(150), "[lb_av]", "kg") == Decimal("68.0388555")
    assert convert(Decimal(84250), "g", "kg") == Decimal("84.250")
    assert convert(Decimal("5.5"), "mmol/L", "mg/dL") == Decimal("99.0880")
    assert convert(Decimal("101.3"), "[degF]", "Cel") == Decimal("38.5")
    assert convert(Decimal(16), "kPa", "mm[Hg]") == pytest.approx(
        Decimal("120.0099"), abs=Decimal("0.001")
    )


def test_digits_stay_where_nothing_is_to_be_done() -> None:
    assert str(convert(Decimal("82.50"), "kg", "kg")) == "82.50"


@pytest.mark.parametrize(
    ("unit", "to"),
    [("kg", "mm[Hg]"), ("[stone_us]", "kg"), ("kg", "pounds"), ("mg/dL", "%"), ("", "kg")],
)
def test_what_is_not_the_same_or_not_known_is_converted_to_nothing(unit: str, to: str) -> None:
    assert convert(Decimal(1), unit, to) is None


def test_every_metric_has_a_unit_of_the_table_and_one_place() -> None:
    codes = [code for metric in METRICS for code in (metric.loinc, *metric.also)]
    assert len(codes) == len(set(codes))
    assert {metric.unit for metric in METRICS} <= UNITS.keys()
    assert {code for parts in PANELS.values() for code in parts} <= BY_LOINC.keys()


def test_a_metric_knows_its_units() -> None:
    assert units_of(WEIGHT)[:2] == ("kg", "g")
    assert units_of("no-code") == ()
    assert is_known(GLUCOSE, "mmol/L")
    assert not is_known(GLUCOSE, "kg")
    assert not is_known("no-code", "kg")
    assert amount("15074-8", Decimal(5), "mmol/L") == Decimal("90.080")
    assert amount("no-code", Decimal(5), "mmol/L") is None


def test_the_oracle_finds_a_wrong_factor() -> None:
    wrong = Decimal(150) * Decimal("0.4536")
    assert float(wrong) != pytest.approx(by_pint("150", "[lb_av]", "kg"), rel=1e-9)
