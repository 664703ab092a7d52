"""Remittances written by hand: what we read is what two independent programs read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from caretally.claims.answers import Adjusted, ClaimAnswer, PaymentAdjustment, Remittance
from caretally.claims.balancing import imbalances
from caretally.claims.x12.reading import read_file
from tests.x12 import validators

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(each.name for each in GOLDEN.glob("*.835"))
UNBALANCED = {
    "unbalanced_line.835": {"oxedi", "x12sdk"},
    "unbalanced_claim.835": {"oxedi", "x12sdk"},
    "unbalanced_payment.835": {"oxedi"},
}
"""Files that do not add up, and who besides us says so."""
BEYOND = {
    "provider_adjustments.835": {"pyx12", "x12sdk"},
    "several_interchanges.835": {"oxedi", "x12sdk"},
    "wrapped.835": {"pyx12", "oxedi", "x12sdk"},
}
"""Sound files that some cannot read: several PLB, other delimiters halfway, lines of 80."""


def golden(name: str) -> bytes:
    """Return a golden file."""
    return (GOLDEN / name).read_bytes()


def remittances(name: str) -> tuple[Remittance, ...]:
    """Return what we read."""
    read = read_file(golden(name))
    assert read.kind == "835"
    assert read.skipped == {}
    return read.remittances


def only_claim(name: str) -> ClaimAnswer:
    """Return the one claim of a file."""
    (remittance,) = remittances(name)
    (claim,) = remittance.claims
    return claim


@pytest.mark.parametrize("name", FILES)
def test_validators_agree_with_us_on_what_balances(name: str, tmp_path: Path) -> None:
    body = golden(name)
    found = {
        "pyx12": validators.by_pyx12(body),
        "x12sdk": validators.by_x12sdk(body),
        "oxedi": validators.by_oxedi(body, tmp_path),
    }
    said = {who for who, notes in found.items() if notes}
    assert said == UNBALANCED.get(name, set()) | BEYOND.get(name, set())
    ours = [each for told in remittances(name) for each in imbalances(told)]
    assert bool(ours) == (name in UNBALANCED)


@pytest.mark.parametrize("name", [each for each in FILES if "oxedi" not in BEYOND.get(each, ())])
def test_oxedi_reads_the_same(name: str, tmp_path: Path) -> None:
    theirs = validators.told_by_oxedi(golden(name), tmp_path)
    ours = remittances(name)
    claims = [claim for told in ours for claim in told.claims]
    lines = [line for claim in claims for line in claim.lines]
    assert picked(theirs["payments"], "trace_number", "total_payment_amount", "payee_id") == [
        (told.trace, told.paid, told.payee_npi) for told in ours
    ]
    assert picked(
        theirs["claims"], "claim_id", "claim_status", "charge_amount", "payment_amount",
        "patient_responsibility", "payer_control_number",
    ) == [
        (each.control_number, each.status, each.charge, each.paid, each.responsibility,
         each.payer_claim_number)
        for each in claims
    ]  # fmt: skip
    assert picked(
        theirs["services"], "procedure_code", "charge_amount", "payment_amount",
        "allowed_amount", "line_item_control_number",
    ) == [
        (each.code, each.charge, each.paid, each.allowed, each.line) for each in lines
    ]  # fmt: skip
    assert picked(theirs["adjustments"], "group_code", "reason_code", "amount", "quantity") == [
        (each.group, each.carc, each.amount, each.quantity)
        for claim in claims
        for each in (*claim.adjustments, *(one for line in claim.lines for one in line.adjustments))
    ]
    assert picked(theirs["provider_adjustments"], "reason_code", "reference_id", "amount") == [
        (each.reason, each.reference, each.amount)
        for told in ours
        for each in told.provider_adjustments
    ]


def picked(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Return some columns."""
    return [tuple(row[name] for name in names) for row in rows]


@pytest.mark.parametrize("name", ["paid.835", "partial.835", "denied.835", "changed_code.835"])
def test_x12sdk_reads_the_same_remarks(name: str) -> None:
    (told,) = validators.told_by_x12sdk(golden(name))
    theirs = [
        [lq.form_identifier for lq in service.lq_segment or []]
        for header in told.loop_2000
        for claim in header.loop_2100
        for service in claim.loop_2110
    ]
    (ours,) = remittances(name)
    assert theirs == [list(line.remarks) for claim in ours.claims for line in claim.lines]


def test_paid() -> None:
    (told,) = remittances("paid.835")
    assert (told.payer, told.payer_id, told.payee_npi) == (
        "BLUE KETTLE MUTUAL", "BKM03", "1234567893",
    )  # fmt: skip
    assert (told.trace, told.method, told.paid_on, told.paid) == (
        "PAY0001", "ACH", date(2026, 4, 15), Decimal("123.10"),
    )  # fmt: skip
    (claim,) = told.claims
    assert claim.member_id == "B100000001"
    assert claim.filing_code == "12"
    device, minutes = claim.lines
    # A period is dated by its last day.
    assert device.date_of_service == date(2026, 3, 17)
    assert minutes.date_of_service == date(2026, 3, 31)
    assert minutes.modifiers == ("SA",)
    assert minutes.adjustments == (
        Adjusted(group="CO", carc="45", amount=Decimal("11.77")),
        Adjusted(group="PR", carc="3", amount=Decimal("10.36")),
    )


def test_partial() -> None:
    claim = only_claim("partial.835")
    assert claim.remarks == ("MA01",)
    assert [line.paid for line in claim.lines] == [Decimal("41.42"), Decimal(0), Decimal(0)]
    further = claim.lines[1]
    assert further.units == 0  # paid units; two were asked for
    assert [each.carc for each in further.adjustments] == [
        "45", "50", "97", "16", "151", "18", "96",
    ]  # fmt: skip
    assert further.adjustments[1].quantity == 1
    assert further.remarks == ("N115", "N362")


def test_denied() -> None:
    (told,) = remittances("denied.835")
    assert (told.method, told.paid) == ("NON", Decimal("0.00"))
    (claim,) = told.claims
    assert (claim.status, claim.responsibility) == ("4", None)
    assert claim.remarks == ("MA01", "N130")
    assert [line.remarks for line in claim.lines] == [("M76", "N822"), ("M76",)]


def test_reversal() -> None:
    (told,) = remittances("reversal.835")
    taken, again = told.claims
    assert (taken.status, taken.charge, taken.paid) == ("22", Decimal("-103.54"), Decimal("-41.42"))
    assert (again.status, again.payer_claim_number) == ("1", "PCN0014")
    assert taken.control_number == again.control_number
    assert taken.lines[0].line == again.lines[0].line


def test_money_without_a_claim() -> None:
    (told,) = remittances("provider_adjustments.835")
    assert [(each.reason, str(each.amount)) for each in told.provider_adjustments] == [
        ("WO", "20.00"), ("L6", "-1.37"), ("72", "5.25"), ("FB", "-3.00"), ("CS", "1.23"),
        ("50", "1.00"), ("AP", "-5.00"),
    ]  # fmt: skip
    assert told.provider_adjustments[0] == PaymentAdjustment(
        reason="WO", reference="PCN0099", amount=Decimal("20.00")
    )


def test_second_payer() -> None:
    (told,) = remittances("secondary.835")
    first, second = told.claims
    assert (first.status, second.status) == ("2", "19")
    assert [(each.group, each.carc) for each in first.adjustments] == [("OA", "23")]
    assert first.lines[0].allowed is None
    # Where the patient has no number of their own, it is the insured person's.
    assert first.member_id == second.member_id == "L100000006"


def test_several_payments_and_interchanges() -> None:
    assert [told.trace for told in remittances("several_payments.835")] == ["PAY0007", "PAY0008"]
    read = read_file(golden("several_interchanges.835"))
    assert read.controls == ("000000009", "000000010")
    assert [told.claims[0].control_number for told in read.remittances] == ["CT0009", "CT0010"]


def test_claim_without_lines() -> None:
    claim = only_claim("claim_level.835")
    assert claim.lines == ()
    assert claim.remarks == ("N130", "MA01", "MA18")
    assert [(each.group, each.carc) for each in claim.adjustments] == [("CO", "45"), ("PR", "1")]


def test_another_code_than_was_asked_for() -> None:
    first, second = only_claim("changed_code.835").lines
    assert (first.code, first.submitted_code) == ("99470", "99457")
    assert (second.code, second.submitted_code, second.units) == ("99458", "", Decimal(0))


def test_lines_of_eighty_characters_are_one_file() -> None:
    (wrapped,), (plain,) = remittances("wrapped.835"), remittances("paid.835")
    assert wrapped.claims == plain.claims
    by_windows = golden("wrapped.835").replace(b"\r", b"").replace(b"\n", b"\r\n")
    assert read_file(by_windows).remittances == (wrapped,)
