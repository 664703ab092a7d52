"""Answers find their claims by numbers; where none tells, a person chooses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from caretally.claims.matching import (
    BY_CONTROL,
    BY_PAYER_NUMBER,
    AskedClaim,
    AskedLine,
    known,
    match_claim,
    match_lines,
    propose,
)
from tests.unit.claims.answer_samples import MARCH_31, SOUND, claim, line

LINES = (
    AskedLine(line="L1", code="99457", units=1, on=MARCH_31, charge=Decimal("60.00")),
    AskedLine(line="L2", code="99458", units=1, on=MARCH_31, charge=Decimal("60.00")),
)
OURS = AskedClaim(
    claim="clm_1", patient="p1", control_number="C1", payer="medicare_ffs", payer_number="ICN1",
    member_id="M1", total=Decimal("120.00"), lines=LINES,
)  # fmt: skip
OTHER = replace(OURS, claim="clm_2", control_number="C2", payer_number="ICN2", member_id="M2")


def test_numbers_decide() -> None:
    among = known([OURS, OTHER])
    assert match_claim(claim("41.42", SOUND), among).claim == OURS
    assert match_claim(claim("41.42", SOUND), among).by == BY_CONTROL
    told = claim("41.42", SOUND, control_number="0", payer_claim_number="ICN2")
    assert (match_claim(told, among).claim, match_claim(told, among).by) == (OTHER, BY_PAYER_NUMBER)
    both = known([OURS, replace(OTHER, payer_number="ICN1")])
    assert match_claim(replace(told, payer_claim_number="ICN1"), both).claim is None
    assert match_claim(replace(told, payer_claim_number=""), among).claim is None


def test_what_is_alike_is_only_proposed() -> None:
    told = claim("41.42", SOUND, line("0.00", ("CO", "50", "60.00"), code="99458"),
                 control_number="LOST", member_id="M2")  # fmt: skip
    found = propose(told, [OURS, OTHER], "medicare_ffs")
    assert (found.claim, found.proposed) == (None, (OTHER,))
    assert propose(replace(told, member_id=""), [OURS, OTHER], "").proposed == (OURS, OTHER)
    assert propose(told, [OURS, OTHER], "aetna").proposed == ()
    april = replace(SOUND, date_of_service=date(2026, 4, 30))
    assert propose(claim("41.42", april), [OURS, OTHER], "").proposed == ()


def test_lines_by_number_then_by_what_they_are() -> None:
    numbered = line("0.00", line="L2", code="99457")
    assert match_lines([numbered], LINES) == (LINES[1],)
    bare = [line(line="", code="99458"), line(line="", code="99457")]
    assert match_lines(bare, LINES) == (LINES[1], LINES[0])
    changed = line(line="", code="99470", submitted_code="99457", charge=Decimal("1.00"))
    assert match_lines([changed], LINES) == (LINES[0],)
    undated = line(line="", code="99458", date_of_service=None)
    assert match_lines([undated], LINES) == (LINES[1],)
    assert match_lines([line(line="", code="99091")], LINES) == (None,)


def test_no_line_twice_and_back_by_amount() -> None:
    twice = (
        LINES[0],
        replace(LINES[0], line="L3"),
        replace(LINES[0], line="L4", charge=Decimal(1)),
    )
    told = [line(line=""), line(line=""), line(line="")]
    assert match_lines(told, twice)[:2] == twice[:2]
    back = line("-41.42", line="", charge=Decimal("-60.00"))
    assert match_lines([back], LINES) == (LINES[0],)
