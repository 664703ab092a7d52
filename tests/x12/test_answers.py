"""What an invented payer sends is read back to the cent, and others read the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from caretally.claims.x12.reading import read_file
from caretally.errors import InputError
from caretally.synthetic.claims import batch_of, claims
from caretally.synthetic.payers import PAYS_ALL, Answers, Habits, answer
from tests.x12 import validators

BATCH = batch_of(claims(70, seed=3), control=417)
EVERYTHING = Habits(
    rejects=60, partial=200, denies=150, corrects=100, moves=("WO", "L6", "72", "FB")
)


@pytest.fixture(scope="module")
def answers() -> Answers:
    return answer(BATCH, seed=4, habits=EVERYTHING)


def test_what_was_told_is_what_is_read(answers: Answers) -> None:
    read = [each for file in answers.remittances for each in read_file(file).remittances]
    assert read == list(answers.told)
    statuses = {claim.status for each in read for claim in each.claims}
    assert statuses == {"1", "4", "22"}
    reasons = {moved.reason for each in read for moved in each.provider_adjustments}
    assert reasons >= {"WO", "L6", "72", "FB"}


def test_validators_find_nothing_in_what_the_payer_sends(answers: Answers, tmp_path: Path) -> None:
    assert validators.by_pyx12(answers.acknowledgment_999) == []
    assert validators.by_pyx12(answers.status_277ca) == []
    for file in answers.remittances:
        assert validators.by_pyx12(file) == []
        assert validators.by_x12sdk(file) == []
        assert validators.by_oxedi(file, tmp_path) == []


def test_each_claim_is_taken_or_turned_away(answers: Answers) -> None:
    said = read_file(answers.status_277ca)
    assert said.kind == "277ca"
    assert said.skipped == {}
    assert {each.control_number for each in said.acknowledged} == {
        claim.control_number for claim in BATCH.claims
    }
    refused = [each for each in said.acknowledged if not each.is_accepted]
    assert refused
    assert all(each.told and not each.payer_claim_number for each in refused)
    assert all(each.group == "417" for each in said.acknowledged)
    paid = {claim.control_number for each in answers.told for claim in each.claims}
    assert paid == {each.control_number for each in said.acknowledged if each.is_accepted}


def test_a_file_is_taken_or_refused() -> None:
    taken = read_file(answer(BATCH, seed=1).acknowledgment_999).acknowledged
    assert [(each.is_accepted, each.group, each.transaction) for each in taken] == [
        (True, "417", "0001")
    ]
    refused = answer(BATCH, seed=1, habits=Habits(refuses=True))
    assert refused.remittances == ()
    (told,) = read_file(refused.acknowledgment_999).acknowledged
    assert not told.is_accepted
    assert [(each.code, each.where) for each in told.told] == [
        ("IK3:8", "segment 8 NM1 loop 2010"),
        ("IK4:7", "segment 8 NM1 loop 2010 element 9"),
        ("IK5:R", ""),
        ("IK5:5", ""),
        ("AK9:R", ""),
    ]


def test_a_payer_that_pays_all_pays_what_was_expected() -> None:
    told = answer(BATCH, seed=1, habits=PAYS_ALL).told
    lines = [line for each in told for claim in each.claims for line in claim.lines]
    expected = {line.line: line.expected for claim in BATCH.claims for line in claim.lines}
    allowed = {line.line: line.allowed for line in lines if line.allowed is not None}
    assert allowed == {
        line.line: line.expected
        for claim in BATCH.claims
        if claim.frequency != "8"
        for line in claim.lines
    }
    assert len(lines) == len(expected)


def test_the_same_seed_gives_the_same_files() -> None:
    assert answer(BATCH, seed=4, habits=EVERYTHING) == answer(BATCH, seed=4, habits=EVERYTHING)
    assert answer(BATCH, seed=5, habits=EVERYTHING) != answer(BATCH, seed=4, habits=EVERYTHING)


@pytest.mark.parametrize("where", ["line", "claim", "payment"])
def test_oxedi_sees_where_a_cent_is_missing(where: str, tmp_path: Path) -> None:
    small = batch_of(claims(6, seed=3))
    body = answer(small, seed=1, habits=Habits(unbalanced=where)).remittances[0]
    assert read_file(body).remittances
    assert validators.by_oxedi(body, tmp_path)


def test_claims_sent_are_no_answer() -> None:
    with pytest.raises(InputError, match="999, 277 or 835"):
        read_file(
            b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *260101*0000*^*"
            b"00501*000000001*0*P*:~GS*HC*A*B*20260101*0000*1*X*005010X222A1~ST*837*0001~SE*2*0001~"
            b"GE*1*1~IEA*1*000000001~"
        )
