"""All answers to a claim together, in whatever order they come."""

from __future__ import annotations

from itertools import permutations

from caretally.journal.answered import (
    DENIED,
    PAID,
    PARTIAL,
    REVERSED,
    Answered,
    answered,
    is_refusal,
)
from caretally.journal.entries import Adjustment, ClaimDenied, ClaimPaid, PaidLine

Parts = tuple[tuple[str, str, str], ...]
ORDINARY: Parts = (("CO", "45", "8.23"), ("PR", "2", "10.35"))


def paid(
    amount: str, *parts: tuple[str, str, str], status: str = "1", charge: str = "60.00"
) -> ClaimPaid:
    """Return the answer to a claim of one line."""
    line = PaidLine(
        line="L1", code="99457", units=1, charge=charge, paid=amount,
        adjustments=tuple(Adjustment(group=g, carc=c, amount=a) for g, c, a in parts),
    )  # fmt: skip
    return ClaimPaid(claim="clm_1", remittance="rem_1", status=status, charge=charge, paid=amount,
                     lines=(line,))  # fmt: skip


PAID_ONCE = paid("41.42", *ORDINARY)
DENIED_ONCE = paid("0.00", ("CO", "50", "60.00"))
TAKEN_BACK = paid(
    "-41.42", *((g, c, f"-{a}") for g, c, a in ORDINARY), status="22", charge="-60.00"
)
DENIAL_BACK = paid("0.00", ("CO", "50", "-60.00"), status="22", charge="-60.00")


def only(*answers: ClaimPaid) -> Answered:
    """Return how the one line stands."""
    return answered(answers)["L1"]


def test_a_payment() -> None:
    found = only(PAID_ONCE)
    assert (found.state, found.paid, found.share, found.allowed) == (PAID, 4142, 1035, 5177)
    assert (found.was_denied, found.refused) == (False, 0)


def test_a_denial_and_what_pays_it_later() -> None:
    found = only(DENIED_ONCE)
    assert (found.state, found.refused, [each.carc for each in found.why]) == (DENIED, 6000, ["50"])
    for answers in permutations((DENIED_ONCE, PAID_ONCE)):
        found = only(*answers)
        assert (found.state, found.paid, found.was_denied) == (PAID, 4142, True)
        assert (found.refused, found.why[0].carc) == (6000, "50")


def test_a_reversal_takes_back_in_any_order() -> None:
    for answers in permutations((PAID_ONCE, TAKEN_BACK)):
        found = only(*answers)
        assert (found.state, found.paid, found.share, found.allowed) == (REVERSED, 0, 0, 0)
    for answers in permutations((PAID_ONCE, TAKEN_BACK, DENIED_ONCE)):
        assert (only(*answers).state, only(*answers).paid) == (DENIED, 0)
    for answers in permutations((DENIED_ONCE, DENIAL_BACK, PAID_ONCE)):
        assert (only(*answers).state, only(*answers).paid, only(*answers).refused) == (
            PAID,
            4142,
            6000,
        )


def test_a_duplicate_denial_takes_nothing_away() -> None:
    again = paid("0.00", ("OA", "18", "60.00"))
    assert only(PAID_ONCE, again).state == PAID
    assert only(again, PAID_ONCE).paid == 4142


def test_paid_in_part() -> None:
    found = only(paid("41.42", *ORDINARY, ("CO", "151", "60.00"), charge="120.00"))
    assert (found.state, found.refused) == (PARTIAL, 6000)
    assert is_refusal(DENIED_ONCE)
    assert not is_refusal(PAID_ONCE)
    assert not is_refusal(paid("0.00", ("PR", "1", "60.00")))
    assert not is_refusal(TAKEN_BACK)


def test_a_claim_without_lines_stands_as_a_whole() -> None:
    whole = ClaimDenied(
        claim="clm_1", remittance="rem_1", status="4", charge="60.00", paid="0.00",
        adjustments=(Adjustment(group="CO", carc="29", amount="60.00"),),
    )  # fmt: skip
    found = answered([whole])
    assert (list(found), found[""].state, found[""].refused) == ([""], DENIED, 6000)


def test_told_allowed_amounts_win_and_sequestration_is_allowed() -> None:
    sequestered = paid("40.59", *ORDINARY, ("CO", "253", "0.83"))
    assert (only(sequestered).allowed, only(sequestered).state) == (5177, PAID)


def test_a_second_payer_bears_of_the_patients_share_and_allows_nothing_anew() -> None:
    second = paid("8.35", ("OA", "23", "49.65"), ("PR", "2", "2.00"), status="2")
    back = paid("-8.35", ("OA", "23", "-49.65"), ("PR", "2", "-2.00"), status="22",
                charge="-60.00")  # fmt: skip
    for answers in permutations((PAID_ONCE, second)):
        found = only(*answers)
        assert (found.state, found.paid, found.share, found.allowed) == (PAID, 4977, 200, 5177)
    for answers in permutations((PAID_ONCE, second, back)):
        found = only(*answers)
        assert (found.state, found.paid, found.share, found.allowed) == (PAID, 4142, 1035, 5177)
    refused = paid("0.00", ("OA", "23", "49.65"), ("PR", "96", "10.35"), status="2")
    assert (only(PAID_ONCE, refused).share, only(PAID_ONCE, refused).state) == (1035, PAID)
