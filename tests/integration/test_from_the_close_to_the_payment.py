"""One month of the demonstration, all the way: closed, signed, claimed, answered, corrected, told.

What each room does alone is tested there; here one month passes through all of them, and money and
decisions are the same at the end as at the beginning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from caretally.audit.verifying import verify
from caretally.claims.content import claim_of
from caretally.claims.records import REPLACEMENT, Batch
from caretally.claims.x12.reading import read_file
from caretally.journal.entries import ClaimPrepared, EntryVoided
from caretally.practice.claim_files import Wanted, send
from caretally.practice.claiming import month_cards, prepare
from caretally.practice.closing_changes import changed_patients, redecide
from caretally.practice.office import Office
from caretally.practice.packets import Asked, issue
from caretally.practice.remitting import import_answers
from caretally.store.billing_tables import PAID, ClaimCard, DecisionCard
from caretally.synthetic.claims import batch_of
from caretally.synthetic.payers import PAYS_ALL, answer
from tests.integration.claims.closed import MONTH, closed, sign
from tests.integration.demonstrated import LAKESIDE, Demo
from tests.integration.packets.papers import broken, press_of
from tests.x12.validators import by_pyx12, by_x12sdk

WANTED = Wanted(month=MONTH)
LATE = "pat_ada"


def batch_as_sent(office: Office, cards: Iterable[ClaimCard], control: int) -> Batch:
    """Return what a payer would read in the file: the claims as the journal keeps them."""
    kept = {card.claim for card in cards}
    entries = office.journal.entries(LAKESIDE)
    asked = [each.body for each in entries if isinstance(each.body, ClaimPrepared)]
    found = tuple(claim_of(each.content) for each in asked if each.claim in kept)
    assert len(found) == len(kept)
    return batch_of(found, control=control)


def answered(office: Office, batch: Batch, seed: int) -> None:
    """Take in what a payer says that takes everything and pays what is expected."""
    told = answer(batch, seed=seed, habits=PAYS_ALL)
    for body in (told.acknowledgment_999, told.status_277ca, *told.remittances):
        import_answers(office, body)


def control_of(body: bytes) -> int:
    """Return the interchange control number of a file."""
    return int(body.split(b"*")[13])


def first_claims(demo: Demo) -> tuple[Office, bytes, list[ClaimCard]]:
    """Close and sign February, and send its claims."""
    office = closed(demo)
    prepare(office, MONTH)
    sent = send(office, WANTED)
    assert sent.stopped == ()
    return office, sent.body, list(month_cards(office, MONTH))


def test_a_month_is_closed_claimed_and_paid_to_the_cent(demo: Demo) -> None:
    office, body, cards = first_claims(demo)
    decided = {
        (card.patient, line["code"], line["units"])
        for card in DecisionCard.objects.filter(practice__name=LAKESIDE, month=str(MONTH))
        for line in json.loads(card.lines)
    }
    claimed = {
        (card.patient, line["code"], line["units"])
        for card in cards
        for line in json.loads(card.lines)
    }
    assert claimed == decided != set()
    assert (by_pyx12(body), by_x12sdk(body)) == ([], [])
    answered(office, batch_as_sent(office, cards, control_of(body)), seed=11)
    after = list(month_cards(office, MONTH))
    assert {card.state for card in after} == {PAID}
    lines = [line for card in after for line in json.loads(card.lines)]
    priced = [line for line in lines if line["expected"] is not None]
    assert len(priced) > len(lines) // 2
    assert all(line["allowed"] == line["expected"] for line in priced)
    assert all(card.paid + card.patient_share == card.allowed for card in after)


def test_a_late_entry_leaves_the_first_claim_and_asks_for_another(demo_postgres: Demo) -> None:
    office, body, cards = first_claims(demo_postgres)
    answered(office, batch_as_sent(office, cards, control_of(body)), seed=12)
    first = next(card for card in month_cards(office, MONTH) if card.patient == LATE)
    without_calls(demo_postgres)
    office = demo_postgres.office("bea")
    assert changed_patients(office, MONTH) == [LATE]
    made = redecide(office, MONTH, [LATE])
    assert [each.replaces for each in made] == json.loads(first.decisions)
    sign(demo_postgres)
    office = demo_postgres.office("bea")
    prepare(office, MONTH)
    again = send(office, WANTED)
    second = [c for c in month_cards(office, MONTH) if c.frequency == REPLACEMENT]
    assert [card.replaces for card in second] == [first.claim]
    assert second[0].total < first.total
    assert (by_pyx12(again.body), by_x12sdk(again.body)) == ([], [])
    assert again.body != body
    packet = issue(
        press_of(demo_postgres), Asked(patient=LATE, month=MONTH, to="a contractor", why="x")
    )
    assert not broken(verify(packet.body))


def without_calls(demo: Demo) -> None:
    """Take all conversations of February back, after the month was closed."""
    rosa = demo.office("rosa")
    held = [
        entry
        for entry in demo.journal.entries(LAKESIDE, patients=[LATE])
        if entry.kind == "contact_held" and entry.patient == LATE and entry.at.month == MONTH.month
    ]
    assert held
    rosa.append([
        rosa.filing(LATE, reason="it was with somebody else").entry(EntryVoided(entry=entry.id))
        for entry in held
    ])  # fmt: skip


def test_an_answer_is_taken_in_once(demo: Demo) -> None:
    office, body, cards = first_claims(demo)
    told = answer(batch_as_sent(office, cards, control_of(body)), seed=13, habits=PAYS_ALL)
    read = read_file(told.status_277ca)
    assert {each.control_number for each in read.acknowledged} == {c.control_number for c in cards}
    first = import_answers(office, told.status_277ca)
    assert (first.posted, first.is_known) == (len(cards), False)
    again = import_answers(office, told.status_277ca)
    assert (again.posted, again.is_known) == (0, True)
