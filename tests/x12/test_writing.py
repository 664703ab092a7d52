"""Claims as files: others can read them, nothing is lost, and what cannot be written is named."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from caretally.claims.records import Claim, Provider
from caretally.claims.x12 import writing
from caretally.claims.x12.writing import write_837p
from caretally.errors import InputError
from caretally.synthetic.claims import batch_of, claims
from tests.x12 import validators

SOME = claims(120, seed=5)


def test_independent_validators_find_nothing() -> None:
    body = write_837p(batch_of(SOME))
    assert validators.by_pyx12(body) == []
    assert validators.by_x12sdk(body) == []


def test_the_sample_holds_what_must_be_shown() -> None:
    assert {claim.frequency for claim in SOME} == {"1", "7", "8"}
    assert {claim.coverage.relationship for claim in SOME} == {"self", "spouse", "child"}
    assert any(claim.supervising for claim in SOME)
    assert any(claim.ordering for claim in SOME)
    assert any(claim.authorization for claim in SOME)
    assert any(line.modifiers for claim in SOME for line in claim.lines)
    assert all(len(claim.diagnoses) >= 2 for claim in SOME)
    assert len({claim.coverage.payer for claim in SOME}) >= 4


def test_the_same_batch_gives_the_same_bytes() -> None:
    once, again = (write_837p(batch_of(claims(40, seed=9))) for _ in range(2))
    assert hashlib.sha256(once).digest() == hashlib.sha256(again).digest()
    assert write_837p(batch_of(claims(40, seed=10))) != once


def told(claim: Claim, **changed: Any) -> list[list[str]]:
    """Return the segments of a file with one claim, changed."""
    body = write_837p(batch_of([replace(claim, **changed)])).decode()
    return [each.split("*") for each in body.split("~") if each]


def of_kind(segments: list[list[str]], *begin: str) -> list[list[str]]:
    """Return the segments that begin so."""
    return [each for each in segments if tuple(each[: len(begin)]) == begin]


OWN = next(claim for claim in SOME if claim.patient is None and claim.frequency == "1")
DEPENDENT = next(claim for claim in SOME if claim.patient is not None)
OTHER = Provider(last="Løvås", first="Renée", npi="1234567893", taxonomy="207R00000X")


def test_subscriber_who_is_the_patient() -> None:
    segments = told(OWN)
    assert [each[3:] for each in of_kind(segments, "HL")] == [["20", "1"], ["22", "0"]]
    (insured,) = of_kind(segments, "SBR")
    assert insured[1:3] == ["P", "18"]
    assert insured[9] == OWN.coverage.filing_code
    assert len(of_kind(segments, "DMG")) == 1
    assert of_kind(segments, "PAT") == []


@pytest.mark.parametrize(
    ("relationship", "code"), [("spouse", "01"), ("child", "19"), ("other", "G8")]
)
def test_dependent(relationship: str, code: str) -> None:
    coverage = replace(DEPENDENT.coverage, relationship=relationship)
    segments = told(DEPENDENT, coverage=coverage)
    assert [each[2:] for each in of_kind(segments, "HL")] == [
        ["", "20", "1"], ["1", "22", "1"], ["2", "23", "0"],
    ]  # fmt: skip
    assert of_kind(segments, "SBR")[0][2] == ""
    assert of_kind(segments, "PAT") == [["PAT", code]]
    names = [each[0] for each in segments]
    insured, patient = (
        next(at for at, each in enumerate(segments) if each[:2] == ["NM1", role])
        for role in ("IL", "QC")
    )
    # Of the insured person only the name is told: the claim is about another.
    assert "DMG" not in names[insured:patient]
    assert names[patient : patient + 4] == ["NM1", "N3", "N4", "DMG"]


def test_replacement_and_void_name_the_payers_claim() -> None:
    for frequency in ("7", "8"):
        segments = told(OWN, frequency=frequency, payer_claim_number="PCN77", authorization="PA9")
        assert of_kind(segments, "CLM")[0][5].endswith(f":B:{frequency}")
        assert of_kind(segments, "REF", "F8") == [["REF", "F8", "PCN77"]]
        assert of_kind(segments, "REF", "G1") == [["REF", "G1", "PA9"]]


def test_who_acts_stands_where_it_belongs() -> None:
    segments = told(OWN, supervising=OTHER, ordering=OTHER)
    roles = [each[1] for each in of_kind(segments, "NM1")]
    assert roles == ["41", "40", "85", "IL", "PR", "82", "DQ"] + ["DK"] * len(OWN.lines)
    assert of_kind(segments, "NM1", "DQ")[0][3:5] == ["LOVAS", "RENEE"]
    # Who renders and also bills or orders is not told twice.
    alone = told(OWN, rendering=OWN.billing, supervising=None, ordering=OWN.billing)
    assert [each[1] for each in of_kind(alone, "NM1")] == ["41", "40", "85", "IL", "PR"]


def test_amounts_units_and_days() -> None:
    line = replace(
        OWN.lines[0], charge=Decimal("100.10"), units=2, modifiers=("95", "SA"), pointers=(2, 1),
        date_of_service=date(2026, 3, 17), from_on=date(2026, 2, 16),
    )  # fmt: skip
    minutes = replace(line, line="L2", charge=Decimal("50.00"), from_on=None)
    segments = told(OWN, lines=(line, minutes))
    assert of_kind(segments, "CLM")[0][2] == "150.1"
    first, second = of_kind(segments, "SV1")
    assert first == ["SV1", f"HC:{line.code}:95:SA", "100.1", "UN", "2", "", "", "2:1"]
    assert second[2] == "50"
    assert [each[2:] for each in of_kind(segments, "DTP")] == [
        ["RD8", "20260216-20260317"],
        ["D8", "20260317"],
    ]
    assert [each[2] for each in of_kind(segments, "REF", "6R")] == [line.line, "L2"]


def test_many_claims_are_spread_over_levels_and_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_CLAIMS", 7)
    monkeypatch.setattr(writing, "MOST_OF_ONE", 2)
    same = [replace(OWN, control_number=f"CT{number:04d}") for number in range(5)]
    body = write_837p(batch_of([*same, *SOME[:12]], control=33))
    segments = [each.split("*") for each in body.decode().split("~")]
    assert [each[1:3] for each in of_kind(segments, "ST")] == [
        ["837", "0001"], ["837", "0002"], ["837", "0003"],
    ]  # fmt: skip
    assert [each[3] for each in of_kind(segments, "BHT")] == ["33-1", "33-2", "33-3"]
    assert of_kind(segments, "GE") == [["GE", "3", "33"]]
    assert len(of_kind(segments, "CLM")) == 17
    assert validators.by_pyx12(body) == []


def without_address(claim: Claim) -> dict[str, Any]:
    """Return a change of a claim whose subscriber lives nowhere."""
    subscriber = replace(claim.coverage.subscriber, address=None)
    return {"coverage": replace(claim.coverage, subscriber=subscriber)}


def line_with(**changed: Any) -> dict[str, Any]:
    """Return a change of the first line."""
    return {"lines": (replace(OWN.lines[0], **changed), *OWN.lines[1:])}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"control_number": "A" * 21}, "control_number"),
        ({"control_number": "A*B"}, "control_number"),
        ({"frequency": "6"}, "frequency"),
        ({"frequency": "7"}, "payer_claim_number"),
        ({"payer_claim_number": "PCN"}, "payer_claim_number"),
        ({"diagnoses": ("I10",) * 13}, "diagnoses"),
        ({"lines": OWN.lines[:1] * 51}, "lines"),
        ({"billing": replace(OWN.billing, address=None)}, "billing.address"),
        ({"billing": replace(OWN.billing, tax_id="")}, "billing.tax_id"),
        ({"billing": replace(OWN.billing, last="N" * 61)}, "billing.last"),
        ({"patient": OWN.coverage.subscriber}, "coverage.relationship"),
        ({"coverage": replace(OWN.coverage, priority=2)}, "coverage.priority"),
        ({"coverage": replace(OWN.coverage, member_id="12\t3")}, "coverage.member_id"),
        (without_address(OWN), "coverage.subscriber.address"),
        (line_with(charge=Decimal("1.005")), "lines[0].charge"),
        (line_with(charge=Decimal("-1.00")), "lines[0].charge"),
        (line_with(charge=Decimal("NaN")), "lines[0].charge"),
        (line_with(charge=Decimal("12345678901.00")), "lines[0].charge"),
        (line_with(units=0), "lines[0].units"),
        (line_with(pointers=(1, 12)), "lines[0].pointers"),
        (line_with(pointers=()), "lines[0].pointers"),
        (line_with(modifiers=("1", "2", "3", "4", "5")), "lines[0].modifiers"),
        (line_with(from_on=date(2026, 12, 31)), "lines[0].from_on"),
    ],
)
def test_what_cannot_be_written_is_named(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        told(OWN, **changed)
    assert field in {problem.field for problem in refused.value.problems}
    assert {problem.where for problem in refused.value.problems} == {OWN.claim}
    assert OWN.coverage.subscriber.last not in str(refused.value)


def test_a_file_as_a_whole_is_refused() -> None:
    sound = batch_of([OWN])
    for batch, field in (
        (batch_of([]), "claims"),
        (batch_of([OWN, OWN]), "control_number"),
        (replace(sound, control=0), "control"),
        (replace(sound, sender=replace(sound.sender, usage="X")), "sender.usage"),
        (replace(sound, sender=replace(sound.sender, submitter_id="A" * 16)),
         "sender.submitter_id"),
    ):  # fmt: skip
        with pytest.raises(InputError) as refused:
            write_837p(batch)
        assert [problem.field for problem in refused.value.problems] == [field]


def test_all_problems_come_at_once() -> None:
    with pytest.raises(InputError) as refused:
        told(OWN, frequency="6", control_number="", **line_with(units=0))
    assert len(refused.value.problems) == 3
