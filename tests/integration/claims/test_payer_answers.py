"""The demonstration's claims go to an invented payer, whose answers are found again to the cent."""

from __future__ import annotations

from caretally.claims.balancing import imbalances
from caretally.claims.x12.reading import read_file
from caretally.claims.x12.writing import write_837p
from caretally.practice.claim_files import Wanted, batch_of, ready, send
from caretally.practice.claiming import prepare
from caretally.synthetic.payers import PAYS_ALL, Habits, answer
from tests.integration.claims.closed import MONTH, closed
from tests.integration.demonstrated import Demo

WANTED = Wanted(month=MONTH)


def test_what_the_payer_allows_is_what_was_expected(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    batch = batch_of(office, WANTED, [each.claim for each in ready(office, WANTED)])
    assert write_837p(batch) == send(office, WANTED).body
    answers = answer(batch, seed=1, habits=PAYS_ALL)
    (taken,) = read_file(answers.acknowledgment_999).acknowledged
    assert (taken.is_accepted, taken.group) == (True, str(batch.control))
    numbers = {claim.control_number for claim in batch.claims}
    said = read_file(answers.status_277ca).acknowledged
    assert {each.control_number for each in said} == numbers
    assert all(each.is_accepted and each.payer_claim_number for each in said)
    told = [each for file in answers.remittances for each in read_file(file).remittances]
    assert [found for each in told for found in imbalances(each)] == []
    allowed = {
        line.line: line.allowed for each in told for claim in each.claims for line in claim.lines
    }
    expected = {line.line: line.expected for claim in batch.claims for line in claim.lines}
    assert allowed.keys() == expected.keys()
    known = {line: amount for line, amount in expected.items() if amount is not None}
    assert known
    assert {line: allowed[line] for line in known} == known


def test_a_payer_that_turns_all_away_pays_nothing(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    batch = batch_of(office, WANTED, [each.claim for each in ready(office, WANTED)])
    answers = answer(batch, seed=1, habits=Habits(rejects=1_000))
    assert answers.remittances == ()
    assert not any(each.is_accepted for each in read_file(answers.status_277ca).acknowledged)
