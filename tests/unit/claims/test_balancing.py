"""Remittances add up on every level, to the cent, or the place is named."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from caretally.claims.answers import Adjusted, Remittance
from caretally.claims.balancing import CENTS, CLAIM, LINE, LINES, PAYMENT, imbalances
from tests.unit.claims.answer_samples import ORDINARY, SOUND, claim, line, remittance

CENT = Decimal("0.01")


def test_what_adds_up_says_nothing() -> None:
    denied = line("0.00", ("CO", "50", "60.00"), line="L2")
    back = replace(
        claim("-41.42", replace(SOUND, charge=Decimal(-60), paid=Decimal("-41.42"), adjustments=(
            Adjusted(group="CO", carc="45", amount=Decimal("-8.23")),
            Adjusted(group="PR", carc="2", amount=Decimal("-10.35"))))),
        charge=Decimal(-60), status="22",
    )  # fmt: skip
    told = remittance(
        "36.42", claim("41.42", SOUND, denied), back, claim("41.42", SOUND), taken="5"
    )
    assert imbalances(told) == ()


def test_adjustments_of_the_claim_as_a_whole_count() -> None:
    whole = (Adjusted(group="CO", carc="B7", amount=Decimal("41.42")),)
    told = claim("0.00", SOUND, adjustments=whole)
    assert imbalances(remittance("0.00", told)) == ()


@pytest.mark.parametrize("off", [CENT, -CENT, Decimal(1)])
@pytest.mark.parametrize("place", ["line paid", "line charge", "claim paid", "payment", "taken"])
def test_a_cent_anywhere_is_found(place: str, off: Decimal) -> None:
    told = remittance("36.42", claim("41.42", SOUND), taken="5")
    assert imbalances(told) == ()
    found = imbalances(shifted(told, place, off))
    levels = {each.level for each in found}
    assert {"line paid": {LINE}, "line charge": {LINE, LINES}, "claim paid": {CLAIM, PAYMENT},
            "payment": {PAYMENT}, "taken": {PAYMENT}}[place] == levels  # fmt: skip
    assert all(abs(each.difference) == abs(off) for each in found)
    assert all(str(each.found) in str(each) and str(each.expected) in str(each) for each in found)


def shifted(told: Remittance, place: str, off: Decimal) -> Remittance:
    """Return a remittance with one amount changed."""
    first = told.claims[0]
    one = first.lines[0]
    if place == "payment":
        return replace(told, paid=told.paid + off)
    if place == "taken":
        taken = told.provider_adjustments[0]
        return replace(told, provider_adjustments=(replace(taken, amount=taken.amount + off),))
    changed = {
        "line paid": lambda: replace(first, lines=(replace(one, paid=one.paid + off),)),
        "line charge": lambda: replace(first, lines=(replace(one, charge=one.charge + off),)),
        "claim paid": lambda: replace(first, paid=first.paid + off),
    }[place]()
    return replace(told, claims=(changed,))


def test_thirds_of_cents_are_no_amounts() -> None:
    odd = line("41.425", ("CO", "45", "8.225"), ("PR", "2", "10.35"))
    found = imbalances(remittance("41.425", claim("41.425", odd)))
    assert {each.level for each in found} == {CENTS}


def test_places_name_numbers_and_nobody() -> None:
    wrong = claim("41.42", line("40.00", *ORDINARY), control_number="C9")
    first = imbalances(remittance("41.42", wrong))[0]
    assert first.place == "claim 1 (C9), line 1 (L1)"
    assert first.difference == Decimal("-1.42")
