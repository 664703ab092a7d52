"""The cast's month all the way: closed, signed, sent, answered, posted, worked, corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from caretally.claims.checks import Check
from caretally.claims.content import claim_of
from caretally.claims.records import Batch
from caretally.practice.claim_checks import Switch, adopted_checks, switch
from caretally.practice.claim_files import Wanted, month_files, ready, send
from caretally.practice.claiming import correct, month_cards, prepare
from caretally.practice.denial_page import Done, denial_page, work
from caretally.practice.denials import Wanted as WantedDenials
from caretally.practice.denials import denials
from caretally.practice.office import Office
from caretally.practice.remitting import import_answers
from caretally.practice.remitting_claims import prepared
from caretally.store.database import scoped
from caretally.synthetic.claims import batch_of
from caretally.synthetic.payers import PAYS_ALL, Habits, answer
from tests.integration.claims.closed import MONTH, closed
from tests.integration.demonstrated import LAKESIDE, Demo

WANTED = Wanted(month=MONTH)
DENIES_ALL = Habits(rejects=0, partial=0, denies=1_000, corrects=0)


@pytest.fixture(params=["sqlite", "postgres"])
def whole(request: pytest.FixtureRequest) -> Iterator[Demo]:
    """Return the demonstration on each kind of database, in the scope of the practice."""
    name = "demo" if request.param == "sqlite" else "demo_postgres"
    made: Demo = request.getfixturevalue(name)
    with scoped(LAKESIDE):
        yield made


def left(office: Office, number: int = -1) -> Batch:
    """Return the claims of a file that left, as a payer takes them."""
    file = sorted(month_files(office, MONTH), key=lambda each: each.made_at)[number]
    bodies = [prepared(office, card.patient, card.claim)
              for card in month_cards(office, MONTH) if card.batch == file.name]  # fmt: skip
    own = [claim_of(body.content) for body in bodies if body is not None]
    return replace(batch_of(own, control=int(file.control)), made_at=file.made_at)


def take(office: Office, batch: Batch, habits: Habits) -> None:
    """Take in what a payer answers to a batch."""
    answers = answer(batch, seed=7, habits=habits)
    for body in (answers.acknowledgment_999, answers.status_277ca, *answers.remittances):
        taken = import_answers(office, body)
        assert not any(each.off or each.unmatched for each in taken.postings)
        assert all(each.claims for each in taken.heard)


def test_what_is_expected_is_allowed(whole: Demo) -> None:
    office = closed(whole)
    prepare(office, MONTH)
    send(office, WANTED)
    batch = left(office)
    assert batch.claims
    take(office, batch, PAYS_ALL)
    cards = [card for card in month_cards(office, MONTH) if card.batch]
    assert {card.state for card in cards} == {"paid"}
    priced = [card for card in cards if card.expected is not None]
    assert priced
    assert [card.allowed for card in priced] == [card.expected for card in priced]
    assert [card.paid + card.patient_share for card in priced] == [
        card.allowed for card in priced
    ]  # fmt: skip
    assert denials(office, WantedDenials(state="")).count == 0


def test_a_denial_leads_back_to_what_was_signed_and_is_cleared(whole: Demo) -> None:
    office = closed(whole)
    prepare(office, MONTH)
    send(office, WANTED)
    take(office, left(office), DENIES_ALL)
    rows = denials(office, WantedDenials()).rows
    assert {row.state for row in rows} == {"open"}
    page = next(each for each in (denial_page(office, row.claim, row.key) for row in rows)
                if each.stood.criteria)  # fmt: skip
    assert page.stood.decision in (page.prepared.decisions if page.prepared else ())
    assert page.stood.signed_by == "stf_lin"
    assert page.stood.is_same_rules
    assert {each.status for each in page.stood.criteria} == {"met"}
    row = page.row
    work(office, row.claim, row.key, Done(action="corrected_claim", note="diagnosis added"))
    card = next(each for each in month_cards(office, MONTH) if each.claim == row.claim)
    correct(office, card, void=False)
    later = replace(office, now=office.now + timedelta(minutes=5))
    send(later, WANTED)
    again = replace(left(later), made_at=later.now)
    assert [each.replaces for each in again.claims] == [row.claim]
    take(later, again, PAYS_ALL)
    states = {each.claim: each.state for each in denials(later, WantedDenials(state="")).rows}
    assert states[row.claim] == "cleared"


def test_an_adopted_check_stops_the_next_claim(whole: Demo) -> None:
    office = closed(whole)
    prepare(office, MONTH)
    found = ready(office, WANTED)
    first = next(each for each in found if each.leaves)
    payer = first.claim.coverage.payer
    switch(office, Switch(name="authorization_number", payer=payer))
    assert adopted_checks(office) == (Check(kind="authorization_number", payer=payer),)
    stopped = next(each for each in ready(office, WANTED) if each.card.claim == first.card.claim)
    assert not stopped.leaves
    assert [each.field for each in stopped.findings if each.stops] == ["authorization"]
    later = replace(office, now=office.now + timedelta(minutes=5))
    switch(later, Switch(name="authorization_number", payer=payer, is_on=False))
    again = next(each for each in ready(later, WANTED) if each.card.claim == first.card.claim)
    assert again.leaves
