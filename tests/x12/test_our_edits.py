"""Invented claims pass our own checks, which notice what independent programs let pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from caretally.billability.fees import load_fees
from caretally.billability.sheets import load_rulebook
from caretally.claims.edits import examine
from caretally.claims.findings import Around
from caretally.claims.icd10 import diagnoses
from caretally.claims.records import Claim
from caretally.claims.x12.gate import second_opinion
from caretally.claims.x12.writing import write_837p
from caretally.errors import InputError
from caretally.synthetic.claims import MADE_AT, batch_of, claims
from tests.x12 import validators
from tests.x12.record_faults import ACCEPTED_BY_PYX12, FAULTS

SOME = claims(60, seed=5)
FIRST_DAY = date(2025, 12, 1)


@pytest.fixture(scope="module")
def around() -> Around:
    return Around(
        rulebook=load_rulebook(),
        fees=load_fees(),
        diagnoses=diagnoses(),
        today=MADE_AT.date(),
        enrolled_on=FIRST_DAY,
    )


def found_in(claim: Claim, around: Around) -> list[str]:
    """Return the edits that stop a claim, of a patient who is covered."""
    covered = replace(around, coverages=((claim.coverage.payer, FIRST_DAY, None),))
    return [each.edit for each in examine(claim, covered) if each.stops]


def test_invented_claims_pass(around: Around) -> None:
    assert [found for claim in SOME if (found := found_in(claim, around))] == []


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_noticed_before_it_is_written(name: str, around: Around) -> None:
    for claim in (SOME[0], next(claim for claim in SOME if claim.patient is not None)):
        assert found_in(claim, around) == []
        assert found_in(FAULTS[name](claim), around)


def test_independent_programs_let_pass_what_our_edits_stop() -> None:
    passed = []
    for name, fault in FAULTS.items():
        try:
            body = write_837p(batch_of([fault(SOME[0])]))
        except InputError:
            continue
        if not validators.by_pyx12(body):
            assert second_opinion(body) == ()
            passed.append(name)
    assert set(passed) >= set(ACCEPTED_BY_PYX12)
