"""What payers answer is posted to the cent, once, in any order; bad files leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from caretally.claims.answers import Remittance
from caretally.claims.records import Batch
from caretally.errors import InputError
from caretally.journal.answered import cents
from caretally.journal.entries import Entry
from caretally.practice import remitting
from caretally.practice.caller import Caller
from caretally.practice.remittances import Placing, file_shown, files, place_answer
from caretally.practice.remitting import Taken, import_answers
from caretally.practice.remitting_whose import whose
from caretally.store.database import scoped
from caretally.store.models import ExchangedFile
from caretally.store.rebuilding import rebuild
from caretally.synthetic.claims import batch_of
from caretally.synthetic.payers import PAYS_ALL, Answers, Habits, answer
from tests.integration.answers.sent import PRACTICE, Sent, entries_of, first_claims, send

CARDS = (
    "SELECT claim, state, allowed, paid, patient_share, number, lines FROM store_claimcard "
    "ORDER BY claim"
)
DENIALS = "SELECT claim, line, amount, state FROM store_denial ORDER BY claim, line"
MIXED = Habits(rejects=100, partial=250, denies=250, corrects=250, moves=("WO", "L6"))


@pytest.fixture
def sent(site) -> Iterator[Sent]:
    """Return claims that were sent, on each kind of database."""
    with scoped(PRACTICE, site.db.alias):
        yield send(site.journal(), first_claims(12))


def all_files(answers: Answers) -> list[bytes]:
    """Return all files of answers."""
    return [answers.acknowledgment_999, answers.status_277ca, *answers.remittances]


def take(sent: Sent, body: bytes) -> Taken:
    """Take a file in."""
    return import_answers(sent.office, body)


def paid_by_claim(told: tuple[Remittance, ...]) -> dict[str, Decimal]:
    """Return what is paid for each control number, all answers together."""
    found: dict[str, Decimal] = {}
    for remittance in told:
        for each in remittance.claims:
            found[each.control_number] = found.get(each.control_number, Decimal(0)) + each.paid
    return found


def test_what_is_posted_is_what_was_paid(sent: Sent) -> None:
    answers = answer(sent.batch, seed=3, habits=MIXED)
    for body in all_files(answers):
        taken = take(sent, body)
        assert not any(each.off or each.unmatched for each in taken.postings)
        assert all(each.claims for each in taken.heard)
    expected = paid_by_claim(answers.told)
    rows = sent.office.db.rows("SELECT control_number, paid, state FROM store_claimcard")
    assert {row[0]: row[1] for row in rows} == {
        each.control_number: cents(f"{expected.get(each.control_number, Decimal(0)):.2f}")
        for each in sent.batch.claims
    }
    assert {row[2] for row in rows} >= {"paid", "denied", "partial"}
    before = [sent.office.db.rows(CARDS), sent.office.db.rows(DENIALS)]
    assert before[1], "nothing was denied; the habits show nothing"
    rebuild(sent.office.db, sent.office.journal.desk)
    assert [sent.office.db.rows(CARDS), sent.office.db.rows(DENIALS)] == before


def test_round_trip_to_the_cent(sent: Sent) -> None:
    answers = answer(sent.batch, seed=3, habits=PAYS_ALL)
    for body in all_files(answers):
        take(sent, body)
    rows = sent.office.db.rows("SELECT state, expected, allowed, total FROM store_claimcard")
    assert {row[0] for row in rows} == {"paid"}
    priced = [row for row in rows if row[1] is not None]
    assert priced
    assert [row[2] for row in priced] == [min(row[1], row[3]) for row in priced]
    assert sent.office.db.rows(DENIALS) == []


def test_the_order_of_files_does_not_matter(make_site) -> None:
    own = first_claims(6)
    found = []
    bodies = all_files(
        answer(batch_of(own, control=77), seed=9, habits=replace(MIXED, rejects=300))
    )
    for turn in range(3):
        site = make_site("sqlite")
        with scoped(PRACTICE, site.db.alias):
            sent = send(site.journal(), own)
            for body in (bodies, bodies[::-1], bodies[1:] + bodies[:1])[turn]:
                take(sent, body)
            found.append([site.db.rows(CARDS), site.db.rows(DENIALS)])
    assert len(bodies) > 2
    assert found[0][1]
    assert {"rejected", "denied"} <= {row[1] for row in found[0][0]}
    assert found[1:] == found[:1] * 2


def test_the_same_file_posts_nothing_twice(sent: Sent) -> None:
    answers = answer(sent.batch, seed=3, habits=MIXED)
    first = [take(sent, body) for body in all_files(answers)]
    count = sent.office.db.rows("SELECT count(*) FROM store_entry")[0][0]
    again = [take(sent, body) for body in all_files(answers)]
    assert [each.posted > 0 for each in first] == [True] * len(first)
    assert [(each.posted, each.is_known) for each in again] == [(0, True)] * len(first)
    assert sent.office.db.rows("SELECT count(*) FROM store_entry")[0][0] == count
    assert len(files(sent.office)[0]) == len(first)


def test_the_same_payment_in_another_envelope_posts_nothing_twice(sent: Sent) -> None:
    answers = answer(sent.batch, seed=3, habits=MIXED)
    for body in all_files(answers):
        take(sent, body)
    before = sent.office.db.rows(CARDS)
    for body in answers.remittances:
        control = body[90:99]
        assert control.isdigit()
        wrapped = body.replace(control, b"%09d" % (int(control) + 7))
        assert wrapped != body
        for twice in (wrapped, wrapped):
            again = take(sent, twice)
            assert again.posted == 0
            assert not any(each.off for each in again.postings)
    assert sent.office.db.rows(CARDS) == before


def test_money_that_came_before_with_other_answers_is_not_posted(sent: Sent) -> None:
    body = answer(sent.batch, seed=3, habits=PAYS_ALL).remittances[0]
    assert take(sent, body).posted > 1
    before = sent.office.db.rows(CARDS)
    other = take(sent, body.replace(b"CLP*C", b"CLP*D", 1))
    assert [each.level for posting in other.postings for each in posting.off] == ["again"]
    assert (other.posted, sent.office.db.rows(CARDS)) == (0, before)


def test_what_breaks_in_the_middle_leaves_nothing(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remitting, "AT_ONCE", 2)
    told: list[int] = []

    def broken(done: int) -> None:
        told.append(done)
        if len(told) == 2:
            raise RuntimeError("the machine stops")

    body = answer(sent.batch, seed=3, habits=PAYS_ALL).status_277ca
    before = [sent.office.db.rows("SELECT count(*) FROM store_entry"), sent.office.db.rows(CARDS)]
    with pytest.raises(RuntimeError, match="stops"):
        import_answers(sent.office, body, progress=broken)
    after = [sent.office.db.rows("SELECT count(*) FROM store_entry"), sent.office.db.rows(CARDS)]
    assert (told, after, files(sent.office)[0]) == ([2, 4], before, ())
    taken = import_answers(sent.office, body, progress=told.append)
    assert (taken.posted, told[-1]) == (len(sent.batch.claims), len(sent.batch.claims))


def test_a_dry_run_keeps_nothing(sent: Sent) -> None:
    body = answer(sent.batch, seed=3).remittances[0]
    count = sent.office.db.rows("SELECT count(*) FROM store_entry")[0][0]
    taken = import_answers(sent.office, body, dry_run=True)
    assert (taken.posted, len(taken.postings)) == (0, 1)
    assert sent.office.db.rows("SELECT count(*) FROM store_entry")[0][0] == count
    assert files(sent.office)[0] == ()


@pytest.mark.parametrize("level", ["line", "claim", "payment"])
def test_what_does_not_add_up_is_kept_and_not_posted(sent: Sent, level: str) -> None:
    body = answer(sent.batch, seed=3, habits=Habits(unbalanced=level)).remittances[0]
    before = sent.office.db.rows(CARDS)
    taken = take(sent, body)
    assert (taken.posted, bool(taken.postings[0].off)) == (0, True)
    assert level in {each.level for each in taken.postings[0].off}
    assert sent.office.db.rows(CARDS) == before
    shown = file_shown(sent.office, taken.name)
    assert (shown.row.off, shown.remittances[0].unplaced) == (1, shown.remittances[0].answers)
    first = shown.remittances[0].answers[0]
    placing = Placing(file=taken.name, remittance=1, answer=first.number,
                      claim=sent.batch.claims[0].claim)  # fmt: skip
    with pytest.raises(InputError, match="does not add up"):
        place_answer(sent.office, placing)


def test_bad_files_leave_nothing(sent: Sent) -> None:
    good = answer(sent.batch, seed=3).remittances[0]
    entries = sent.office.db.rows("SELECT count(*) FROM store_entry")
    for bad in (b"", b"hello", good[: len(good) // 2], good.replace(b"*835*", b"*836*", 1),
                bytes(range(256)), good.replace(b"~SVC*", b"~SVX*", 1) + b"ISA"):  # fmt: skip
        with pytest.raises(InputError) as refusal:
            take(sent, bad)
        names = [each.patient.last if each.patient else each.coverage.subscriber.last
                 for each in sent.batch.claims]  # fmt: skip
        assert not any(name.upper() in str(refusal.value).upper().split() for name in names)
    assert sent.office.db.rows("SELECT count(*) FROM store_entry") == entries
    assert files(sent.office)[0] == ()


def test_a_payment_to_another_practice_is_refused_unread(sent: Sent) -> None:
    body = answer(sent.batch, seed=3).remittances[0]
    foreign = body.replace(sent.npi.encode(), b"1234567893")
    with pytest.raises(InputError, match="NPI 1234567893"):
        take(sent, foreign)
    assert files(sent.office)[0] == ()
    other = replace(sent.office, caller=Caller(user=None, login="x", practice=PRACTICE))
    assert whose([other], body) is other


def test_an_unknown_claim_is_kept_until_somebody_says_whose_it_is(sent: Sent) -> None:
    answers = answer(sent.batch, seed=3, habits=PAYS_ALL)
    claim = sent.batch.claims[0]
    number, lost = claim.control_number.encode(), b"LOST" + b"0" * 4
    body = next(each for each in answers.remittances if number in each)
    told = next(each for each in answers.told
                if claim.control_number in {one.control_number for one in each.claims})  # fmt: skip
    body = body.replace(b"CLP*" + number + b"*", b"CLP*" + lost + b"*")
    taken = take(sent, body)
    assert [each.unmatched for each in taken.postings] == [1]
    assert taken.posted == len(told.claims)
    shown = file_shown(sent.office, taken.name).remittances[0].unplaced
    assert [each.told.control_number for each in shown] == [lost.decode()]
    assert claim.claim in {each.claim for each in shown[0].proposed}
    placing = Placing(file=taken.name, remittance=1, answer=shown[0].number, claim=claim.claim)
    with pytest.raises(InputError, match="no claim"):
        place_answer(sent.office, replace(placing, claim="clm_none"))
    with pytest.raises(InputError, match="no such answer"):
        place_answer(sent.office, replace(placing, answer=999))
    place_answer(sent.office, placing)
    with pytest.raises(InputError, match="posted"):
        place_answer(sent.office, placing)
    states = dict(sent.office.db.rows("SELECT claim, state FROM store_claimcard"))
    assert states[claim.claim] == "paid"
    assert file_shown(sent.office, taken.name).remittances[0].unplaced == ()


def test_answers_of_claims_that_come_later_are_posted_then(site) -> None:
    own = first_claims(3)
    with scoped(PRACTICE, site.db.alias):
        sent = send(site.journal(), own[:1])
        batch = replace(sent.batch, claims=own)
        bodies = answer(batch, seed=3, habits=PAYS_ALL).remittances
        first = [take(sent, body) for body in bodies]
        assert sum(each.unmatched for one in first for each in one.postings) == 2
        later = replace(sent.batch, claims=own[1:])
        more = [each for each in entries_after(later) if each.id != "e_practice"]
        sent.office.journal.append(PRACTICE, more, received_at=sent.office.now)
        again = [take(sent, body) for body in bodies]
        assert sum(each.posted for each in again) == 2
        assert {row[0] for row in site.db.rows("SELECT state FROM store_claimcard")} == {"paid"}


def entries_after(batch: Batch) -> list[Entry]:
    """Return the entries of a batch but those of payers, which are known."""
    return [each for each in entries_of(batch) if each.body.kind != "payer_profile_set"]


def test_files_stay_as_they_came(sent: Sent) -> None:
    body = answer(sent.batch, seed=3).remittances[0]
    taken = take(sent, body)
    held = ExchangedFile.objects.using(sent.office.db.alias).get(name=taken.name)
    assert bytes(held.body) == body
    assert bytes(held.digest) == taken.digest
