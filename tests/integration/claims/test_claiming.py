"""From a signed month to a file of claims, on a database: once, the same again, and corrected."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from caretally.claims.content import claim_of
from caretally.errors import ConflictError, ForbiddenError, InputError
from caretally.journal.entries import (
    BillingProfileSet,
    ClaimAcknowledged,
    ClaimPaid,
    ClaimPrepared,
    DecisionReturned,
    FeeSet,
    PaidLine,
    PatientRegistered,
)
from caretally.practice.claim_files import Sent, Wanted, month_files, ready, send
from caretally.practice.claiming import correct, month_cards, prepare
from caretally.practice.office import Office
from caretally.store.billing_tables import ClaimCard, ExchangedFile
from caretally.store.rebuilding import rebuild
from tests.integration.claims.closed import MONTH, closed
from tests.integration.demonstrated import Demo
from tests.x12.validators import by_pyx12, by_x12sdk

WANTED = Wanted(month=MONTH)


def cards(office: Office) -> dict[str, ClaimCard]:
    """Return the claims of the month by patient."""
    return {card.patient: card for card in month_cards(office, MONTH)}


def states(office: Office) -> dict[str, list[str]]:
    """Return the states of a month's claims by patient, earliest first."""
    found: dict[str, list[str]] = {}
    for card in month_cards(office, MONTH):
        found.setdefault(card.patient, []).append(card.state)
    return found


def all_states(office: Office) -> set[str]:
    """Return the states of a month's claims, each once."""
    return {card.state for card in month_cards(office, MONTH)}


def entries_of(office: Office) -> int:
    """Return how many entries are stored."""
    return int(office.db.rows("SELECT count(*) FROM store_entry")[0][0])


def acknowledged(office: Office, card: ClaimCard, outcome: str, number: str | None = None) -> None:
    """Write down what came back."""
    body = ClaimAcknowledged(claim=card.claim, source="277ca", outcome=outcome, codes=("A2:20",),
                             payer_claim_number=number, file="sha256:" + "0" * 64)  # fmt: skip
    office.append([office.filing(card.patient).entry(body)])


def test_a_signed_month_becomes_claims_that_independent_validators_take(demo: Demo) -> None:
    office = closed(demo)
    made = prepare(office, MONTH)
    assert made.count == len(cards(office)) > 4
    examined = ready(office, WANTED)
    assert [(e.card.patient, f) for e in examined for f in e.findings] == []
    sent = send(office, WANTED)
    assert (sent.claims, sent.is_new, sent.stopped) == (made.count, True, ())
    assert by_pyx12(sent.body) == []
    assert by_x12sdk(sent.body) == []
    assert all_states(office) == {"submitted"}
    ada = cards(office)["pat_ada"]
    assert (ada.total, ada.expected, ada.codes) == (
        27000,
        12559,
        "99453 99454 99457",
    )
    assert [line["charge"] for line in json.loads(ada.lines)] == [4500, 11500, 11000]
    file = ExchangedFile.objects.get(name=sent.name)
    assert bytes(file.body) == sent.body
    told = office.db.rows("SELECT count(*) FROM store_entry WHERE line LIKE %s", "%disclosed%")
    assert told[0][0] >= sent.claims


def test_the_same_step_again_stores_nothing_and_gives_the_same_bytes(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    first = send(office, WANTED)
    before = entries_of(office)
    again = prepare(office, MONTH)
    assert (again.count, again.standing) == (0, first.claims)
    second = send(office, WANTED)
    assert (second.body, second.is_new) == (first.body, False)
    assert entries_of(office) == before
    assert [file.name for file in month_files(office, MONTH)] == [first.name]


def test_two_who_send_at_once_send_every_claim_once(demo: Demo) -> None:
    office, quicker = closed(demo), demo.office("bea")
    prepare(office, MONTH)
    sent: list[Sent] = []

    def meanwhile(done: int, total: int) -> None:
        if done == total and not sent:
            sent.append(send(quicker, WANTED))

    mine = send(office, WANTED, meanwhile)
    assert (mine.is_new, mine.body) == (False, sent[0].body)
    assert ExchangedFile.objects.count() == 1
    assert sent[0].body.count(b"CLM*") == mine.claims


def test_a_signature_taken_back_meanwhile_keeps_its_claim_here(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    card = cards(office)["pat_ada"]
    done_once: list[bool] = []

    def meanwhile(done: int, total: int) -> None:
        if done == total and not done_once:
            done_once.append(True)
            decision = json.loads(card.decisions)[0]
            lin = demo.office("lin")
            body = DecisionReturned(decision=decision, month=str(MONTH), returned_by="stf_lin",
                                    why="looked at it again")  # fmt: skip
            lin.append([lin.filing("pat_ada").entry(body)])

    sent = send(office, WANTED, meanwhile)
    assert [each.card.patient for each in sent.stopped] == ["pat_ada"]
    assert states(office)["pat_ada"] == ["prepared"]


def test_a_test_file_submits_nothing_and_comes_out_the_same_twice(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    wanted = replace(WANTED, is_test=True)
    one, other = send(office, wanted), send(demo.office("bea"), wanted)
    assert one.body == other.body
    assert b"*T*:~" in one.body
    assert all_states(office) == {"prepared"}
    assert not ExchangedFile.objects.exists()


@pytest.mark.parametrize("form", ["fhir", "csv"])
def test_claims_leave_in_other_forms(demo: Demo, form: str) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    sent = send(office, replace(WANTED, form=form))
    text = sent.body.decode()
    if form == "fhir":
        bundle = json.loads(text)
        assert len(bundle["entry"]) == sent.claims
    else:
        assert len(text.splitlines()) > sent.claims
    assert "99454" in text
    assert send(office, replace(WANTED, form=form)).body == sent.body


def test_what_stops_a_claim_is_named_and_the_others_go(demo: Demo) -> None:
    office = closed(demo)
    entry = office.open_chart("pat_ada", purpose="test").record.entries(PatientRegistered)[0]
    assert isinstance(entry.body, PatientRegistered)
    body = replace(entry.body, street=None, city=None, state=None, postal_code=None)
    filing = office.filing("pat_ada", reason="moved", supersedes=entry.id)
    office.append([filing.entry(body)])
    prepare(office, MONTH)
    with pytest.raises(ConflictError, match="street or city"):
        send(office, replace(WANTED, all_or_nothing=True))
    assert not ExchangedFile.objects.exists()
    sent = send(office, WANTED)
    assert [each.card.patient for each in sent.stopped] == ["pat_ada"]
    assert states(office)["pat_ada"] == ["prepared"]
    assert b"LINDQVIST" not in sent.body
    office.append([office.filing("pat_ada", reason="found", supersedes=filing.id)
                   .entry(entry.body)])  # fmt: skip
    assert prepare(office, MONTH).count == 1
    assert states(office)["pat_ada"] == ["outdated", "prepared"]
    second = send(office, WANTED)
    assert (second.claims, second.is_new) == (1, True)
    assert states(office)["pat_ada"] == ["outdated", "submitted"]


def test_a_new_price_makes_a_new_claim_only_of_what_did_not_leave(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    dearer = FeeSet(code="99454", charge="120.00", from_on=date(2026, 1, 1))
    office.append([office.filing(None).entry(dearer)])
    prepare(office, MONTH)
    assert states(office)["pat_ada"] == ["outdated", "prepared"]
    sent = send(office, WANTED)
    assert b"*120*" in sent.body
    office.append([office.filing(None).entry(replace(dearer, charge="130.00"))])
    assert prepare(office, MONTH).count == 0


def test_a_submitted_claim_is_replaced_and_taken_back_by_others(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    send(office, WANTED)
    ada = cards(office)["pat_ada"]
    acknowledged(office, ada, "accepted", "PAYER1")
    assert cards(office)["pat_ada"].state == "accepted"
    content = office.db.rows("SELECT line FROM store_entry WHERE entry_id = %s", ada.claim)
    new = correct(office, cards(office)["pat_ada"], void=False)
    assert (new.frequency, new.payer_claim_number, new.replaces) == ("7", "PAYER1", ada.claim)
    assert correct(office, ClaimCard.objects.get(claim=ada.claim), void=False) == new
    sent = send(office, WANTED)
    assert (sent.claims, b"REF*F8*PAYER1" in sent.body) == (1, True)
    assert by_pyx12(sent.body) == []
    assert states(office)["pat_ada"] == ["outdated", "submitted"]
    again = ClaimCard.objects.get(claim=new.claim)
    acknowledged(office, again, "accepted", "PAYER2")
    back = correct(office, ClaimCard.objects.get(claim=new.claim), void=True)
    assert (back.frequency, back.payer_claim_number, back.total) == ("8", "PAYER2", new.total)
    assert send(office, WANTED).claims == 1
    assert states(office)["pat_ada"] == ["outdated", "voided", "submitted"]
    kept = office.db.rows("SELECT line FROM store_entry WHERE entry_id = %s", ada.claim)
    assert kept == content


def test_without_the_payers_number_nothing_replaces_a_claim(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    send(office, WANTED)
    correct(office, cards(office)["pat_ada"], void=True)
    (stopped,) = ready(office, WANTED)
    assert [each.edit for each in stopped.findings] == ["replaced_claim_is_named"]


def test_the_payers_number_that_comes_later_lets_the_replacement_leave(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    send(office, WANTED)
    ada = cards(office)["pat_ada"]
    early = correct(office, ada, void=True)
    acknowledged(office, ada, "accepted", "PAYER1")
    late = correct(office, ClaimCard.objects.get(claim=ada.claim), void=True)
    assert (late.payer_claim_number, late.claim != early.claim) == ("PAYER1", True)
    assert correct(office, ClaimCard.objects.get(claim=ada.claim), void=True) == late
    assert states(office)["pat_ada"] == ["accepted", "outdated", "prepared"]
    sent = send(office, WANTED)
    assert (sent.claims, sent.body.count(b"REF*F8*PAYER1")) == (1, 1)
    assert states(office)["pat_ada"] == ["voided", "outdated", "submitted"]


def test_of_two_replacements_only_the_later_leaves_and_a_rejected_one_is_made_anew(
    demo: Demo,
) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    send(office, WANTED)
    ada = cards(office)["pat_ada"]
    acknowledged(office, ada, "accepted", "PAYER1")
    first = correct(office, cards(office)["pat_ada"], void=False)
    street = replace(profile_of(office), street="1201 North Shore Walk")
    office.append([office.filing(None).entry(street)])
    assert prepare(office, MONTH).count == 1
    assert states(office)["pat_ada"] == ["accepted", "outdated", "prepared"]
    sent = send(office, WANTED)
    assert (sent.claims, first.control_number.encode() in sent.body) == (1, False)
    assert states(office)["pat_ada"] == ["outdated", "outdated", "submitted"]
    again = cards(office)["pat_ada"]
    acknowledged(office, again, "rejected")
    back = correct(office, ClaimCard.objects.get(claim=ada.claim), void=True)
    assert send(office, WANTED).claims == 1
    acknowledged(office, ClaimCard.objects.get(claim=back.claim), "rejected")
    anew = correct(office, ClaimCard.objects.get(claim=ada.claim), void=True)
    assert (anew.claim != back.claim, anew.replaces) == (True, ada.claim)
    assert send(office, WANTED).claims == 1
    assert states(office)["pat_ada"][-2:] == ["outdated", "submitted"]


def test_a_rejected_claim_is_made_anew_once_it_is_mended(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    send(office, WANTED)
    ada = cards(office)["pat_ada"]
    acknowledged(office, ada, "rejected")
    assert cards(office)["pat_ada"].says == "A2:20"
    assert prepare(office, MONTH).count == 0
    profile = office.filing(None).entry(replace(profile_of(office), street="1201 North Shore Walk"))
    office.append([profile])
    assert prepare(office, MONTH).count == 1
    assert states(office)["pat_ada"] == ["outdated", "prepared"]
    assert send(office, WANTED).claims == 1


def profile_of(office: Office) -> BillingProfileSet:
    """Return the practice's billing profile."""
    for entry in office.journal.entries(office.practice):
        if isinstance(entry.body, BillingProfileSet):
            return entry.body
    raise AssertionError


def test_answers_move_a_claim_and_rebuilding_gives_the_same_rows(demo: Demo) -> None:
    office = closed(demo)
    prepare(office, MONTH)
    send(office, WANTED)
    ada = cards(office)["pat_ada"]
    lines = json.loads(ada.lines)
    paid = ClaimPaid(
        claim=ada.claim, remittance="rem_1", status="1", charge="270.00", paid="41.42",
        lines=(
            PaidLine(line=lines[1]["line"], code="99454", units=1, charge="115.00",
                     allowed="52.11", paid="41.42"),
            PaidLine(line=lines[2]["line"], code="99457", units=1, charge="110.00", paid="0.00"),
        ),
    )  # fmt: skip
    office.append([office.filing("pat_ada").entry(paid)])
    card = cards(office)["pat_ada"]
    assert (card.state, card.allowed, card.paid) == ("paid", 5211, 4142)
    before = list(ClaimCard.objects.order_by("claim").values())
    rebuild(office.db, office.journal.desk)
    after = list(ClaimCard.objects.order_by("claim").values())
    assert [{**e, "id": 0} for e in after] == [{**e, "id": 0} for e in before]


def test_the_entry_of_a_claim_holds_all_of_it(demo: Demo) -> None:
    office = closed(demo)
    made = {claim.claim: claim for claim in prepare(office, MONTH).claims}
    kept = [
        entry.body
        for entry in office.journal.entries(office.practice)
        if isinstance(entry.body, ClaimPrepared)
    ]
    assert {body.claim for body in kept} == made.keys()
    for body in kept:
        assert claim_of(body.content) == made[body.claim]
        assert Decimal(body.total) == made[body.claim].total


def test_nurses_make_no_claims(demo: Demo) -> None:
    closed(demo)
    with pytest.raises(ForbiddenError):
        prepare(demo.office("rosa"), MONTH)


def test_a_month_without_claims_says_what_to_do(demo: Demo) -> None:
    with pytest.raises(InputError, match="close the month"):
        send(demo.office("bea"), WANTED)


def test_the_journey_is_the_same_on_postgresql(demo_postgres: Demo) -> None:
    office = closed(demo_postgres)
    made = prepare(office, MONTH)
    sent = send(office, WANTED)
    assert sent.claims == made.count > 4
    assert send(office, WANTED).body == sent.body
    rebuild(office.db, office.journal.desk)
    assert all_states(office) == {"submitted"}
