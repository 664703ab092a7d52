"""What is written after claims left: another decision, and a claim in place of the first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from caretally.journal.entries import (
    ClaimAcknowledged,
    ContactHeld,
    Entry,
    EntryVoided,
    PayerProfileSet,
    ReadingRecorded,
)
from caretally.practice.claim_files import Wanted, ready, send
from caretally.practice.claiming import month_cards, prepare
from caretally.practice.closing_changes import redecide
from caretally.practice.office import Office
from caretally.store.billing_tables import ClaimCard
from tests.integration.claims.closed import MONTH, closed, sign
from tests.integration.demonstrated import Demo
from tests.x12.validators import by_pyx12

WANTED = Wanted(month=MONTH)
PATIENT = "pat_ada"


def own(office: Office, kind: type) -> list[Entry]:
    """Return the patient's entries of a kind in the month."""
    record = office.open_chart(PATIENT, purpose="test").record
    return [each for each in record.entries(kind) if record.day_of(each.at) <= MONTH.last_day]


def void(office: Office, entries: list[Entry]) -> None:
    """Take entries back."""
    office.append([
        office.filing(PATIENT, reason="made in error").entry(EntryVoided(entry=each.id))
        for each in entries
    ])  # fmt: skip


def chain(office: Office) -> list[ClaimCard]:
    """Return the claims of the patient, earliest first."""
    return [card for card in month_cards(office, MONTH) if card.patient == PATIENT]


@pytest.fixture
def office(demo: Demo) -> Office:
    """Return a biller's office after claims left and were accepted."""
    office = closed(demo)
    prepare(office, MONTH)
    send(office, WANTED)
    (card,) = chain(office)
    accepted = ClaimAcknowledged(
        claim=card.claim, source="277ca", outcome="accepted", payer_claim_number="PAYER1",
        file=f"sha256:{'0' * 64}",
    )  # fmt: skip
    office.append([office.filing(PATIENT).entry(accepted)])
    return demo.office("bea")


def test_a_contact_that_falls_away_makes_a_replacement(demo: Demo, office: Office) -> None:
    void(office, [e for e in own(office, ContactHeld) if e.at.month == 2])
    assert prepare(demo.office("bea"), MONTH).count == 0
    redecide(demo.office("bea"), MONTH, [PATIENT])
    assert prepare(demo.office("bea"), MONTH).count == 0
    sign(demo)
    (made,) = prepare(demo.office("bea"), MONTH).claims
    first = chain(office)[0]
    assert (made.frequency, made.replaces, made.payer_claim_number) == ("7", first.claim, "PAYER1")
    assert "99457" not in {line.code for line in made.lines}
    assert prepare(demo.office("bea"), MONTH).count == 0
    sent = send(demo.office("bea"), WANTED)
    assert (sent.claims, by_pyx12(sent.body)) == (1, [])
    assert [card.state for card in chain(office)] == ["outdated", "submitted"]


def test_a_month_that_falls_away_is_taken_back(demo: Demo, office: Office) -> None:
    void(office, own(office, ReadingRecorded))
    redecide(demo.office("bea"), MONTH, [PATIENT])
    sign(demo)
    (made,) = prepare(demo.office("bea"), MONTH).claims
    assert (made.frequency, made.payer_claim_number) == ("8", "PAYER1")
    assert f"{made.total:.2f}" == "270.00"
    assert [f for e in ready(demo.office("bea"), WANTED) for f in e.findings] == []
    sent = send(demo.office("bea"), WANTED)
    assert (sent.claims, by_pyx12(sent.body)) == (1, [])
    assert [card.state for card in chain(office)] == ["voided", "submitted"]
    assert prepare(demo.office("bea"), MONTH).count == 0


def test_what_did_not_leave_is_stopped_when_the_month_changes(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    void(office, [e for e in own(office, ContactHeld) if e.at.month == 2])
    stopped = [each for each in ready(demo.office("bea"), WANTED) if not each.leaves]
    assert [each.card.patient for each in stopped] == [PATIENT]
    assert [each.edit for each in stopped[0].findings] == ["decisions_are_signed"]


def test_a_payer_gets_the_day_on_which_the_count_was_reached(demo: Demo) -> None:
    office = closed(demo)
    for entry in office.journal.entries(office.practice):
        body = entry.body
        if isinstance(body, PayerProfileSet) and body.payer == "medicare_ffs":
            changed = replace(body, date_policy="threshold_day")
            office.append([office.filing(None).entry(changed)])
    made = {claim.patient_id: claim for claim in prepare(office, MONTH).claims}
    dates = {line.code: line.date_of_service for line in made[PATIENT].lines}
    # Twenty minutes are full with the call of 18 February (7:30, 5:05 and 8:10).
    assert dates["99457"] == date(2026, 2, 18)
    # Readings begin on 6 January and miss the 18th: the sixteenth day is 22 January, which lies
    # in another month than the claim, so that the decided date stays.
    assert dates["99454"] == date(2026, 2, 4)
