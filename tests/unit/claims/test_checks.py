"""Stricter checks: each breaks at its field, only for its payer, and says what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from caretally.claims.checks import Check, broken, check_named
from caretally.claims.records import Claim
from caretally.synthetic.claims import claims

CLAIM = replace(claims(1, seed=1)[0], authorization="")
PAYER, FIRST_DAY = CLAIM.coverage.payer, min(
    line.from_on or line.date_of_service for line in CLAIM.lines
)  # fmt: skip


def found(check: Check, claim: Claim = CLAIM, days: int | None = 30) -> str:
    """Return at which field a claim breaks a check; empty where it keeps it."""
    ordered = None if days is None else FIRST_DAY - timedelta(days=days)
    told = broken(check, claim, ordered)
    assert told is None or (told.found and told.fix)
    return told.field if told else ""


def test_an_authorization_number() -> None:
    check = Check(kind="authorization_number", payer=PAYER)
    assert found(check) == "authorization"
    assert found(check, replace(CLAIM, authorization="A1")) == ""
    assert found(replace(check, payer="other")) == ""
    assert found(replace(check, payer="")) == "authorization"


@pytest.mark.parametrize(("days", "field"), [(None, "ordering"), (6, "ordering"), (7, ""), (8, "")])
def test_an_order_so_many_days_before(days: int | None, field: str) -> None:
    assert found(Check(kind="order_days_before", days=7), days=days) == field


def test_a_code_that_is_held_back() -> None:
    code = CLAIM.lines[-1].code
    assert found(Check(kind="hold_code", value=code)) == f"lines[{len(CLAIM.lines)}].code"
    assert found(Check(kind="hold_code", value="00000")) == ""


def test_a_diagnosis_that_must_be_there() -> None:
    own = CLAIM.diagnoses[-1][:3]
    assert found(Check(kind="diagnosis_prefix", value=f"X99,{own}")) == ""
    assert found(Check(kind="diagnosis_prefix", value="X99")) == "diagnoses"


def test_names_come_back() -> None:
    for check in (Check(kind="authorization_number", payer="aetna"),
                  Check(kind="order_days_before", days=3),
                  Check(kind="hold_code", payer="aetna", value="99458")):  # fmt: skip
        assert check_named(check.name, check.payer, check.days) == check
        assert check.says
    for name in ("hold_code", "pray", "pray:1", "authorization_number:99458", ""):
        assert check_named(name, None, None) is None
