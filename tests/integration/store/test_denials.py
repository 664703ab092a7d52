"""Denials follow from the journal, whatever is answered, done or taken back, in which order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from caretally.journal.entries import (
    Adjustment,
    Body,
    ClaimDenied,
    ClaimLine,
    ClaimPaid,
    ClaimPrepared,
    DenialWorked,
    Entry,
    EntryVoided,
    PaidLine,
    PatientRegistered,
)
from caretally.store.rebuilding import rebuild
from caretally.store.stored_journal import StoredJournal

START = datetime(2026, 4, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ALL = (
    "SELECT patient, month, claim, line, code, payer, amount, adjustments, remarks, answered_on, "
    "state, action, worked_by FROM store_denial ORDER BY claim, line"
)


@pytest.fixture
def journal(site) -> StoredJournal:
    """Return a journal of each kind in turn, with a claim of two lines."""
    made: StoredJournal = site.journal()
    save(made, entry("e0", 0, PatientRegistered()), entry("e1", 0, claim()))
    return made


def entry(name: str, days: int, body: Body) -> Entry:
    """Return an entry as a person would have written it."""
    at = START + days * DAY
    return Entry(id=name, patient="p1", at=at, recorded_at=at, actor="staff:bea", body=body)


def save(journal: StoredJournal, *entries: Entry) -> None:
    """Save entries."""
    journal.append("north", entries, received_at=START + 60 * DAY)


def claim(name: str = "clm_1", replaces: str | None = None) -> ClaimPrepared:
    """Return a claim of 99454 and 99457."""
    lines = tuple(
        ClaimLine(line=f"{name}L{code}", code=code, units=1, charge="60.00", expected="51.77",
                  date_of_service=date(2026, 3, 31))
        for code in ("99454", "99457")
    )  # fmt: skip
    return ClaimPrepared(
        claim=name, control_number=name.upper(), month="2026-03", payer="medicare_ffs",
        frequency="7" if replaces else "1", replaces=replaces, decisions=("dec_1",),
        total="120.00", lines=lines, content="{}",
    )  # fmt: skip


def line(code: str, paid: str, *parts: tuple[str, str, str], name: str = "clm_1") -> PaidLine:
    """Return what is answered to a line."""
    told = tuple(Adjustment(group=g, carc=c, amount=a) for g, c, a in parts)
    return PaidLine(
        line=f"{name}L{code}", code=code, units=1, charge="60.00", paid=paid, adjustments=told,
        date_of_service=date(2026, 3, 31), remarks=("N130",),
    )  # fmt: skip


ORDINARY = (("CO", "45", "8.23"), ("PR", "2", "10.35"))


def denied(name: str = "clm_1", remittance: str = "rem_1") -> ClaimDenied:
    """Return that both lines are refused."""
    return ClaimDenied(
        claim=name, remittance=remittance, status="4", charge="120.00", paid="0.00",
        lines=(line("99454", "0.00", ("CO", "50", "60.00"), name=name),
               line("99457", "0.00", ("CO", "197", "60.00"), name=name)),
    )  # fmt: skip


def paid(name: str = "clm_1") -> ClaimPaid:
    """Return that both lines are paid."""
    return ClaimPaid(
        claim=name, remittance="rem_2", status="1", charge="120.00", paid="82.84",
        lines=(line("99454", "41.42", *ORDINARY, name=name),
               line("99457", "41.42", *ORDINARY, name=name)),
    )  # fmt: skip


def states(journal: StoredJournal) -> list[tuple[str, str]]:
    """Return code and state of every denial."""
    return [(row[4], row[10]) for row in journal.db.rows(ALL)]


def assert_follows(journal: StoredJournal) -> None:
    """Rebuilding finds the same."""
    before = journal.db.rows(ALL)
    rebuild(journal.db, journal.desk)
    assert journal.db.rows(ALL) == before


def test_a_denial_stands_with_what_was_told(journal: StoredJournal) -> None:
    save(journal, entry("e2", 1, denied()))
    first = journal.db.rows(ALL)[0]
    assert tuple(first) == (
        "p1", "2026-03", "clm_1", "clm_1L99454", "99454", "medicare_ffs", 6000,
        '[{"group": "CO", "carc": "50", "amount": "60.00"}]', '["N130"]', "2026-04-11", "open", "",
        "",
    )  # fmt: skip
    assert states(journal) == [("99454", "open"), ("99457", "open")]
    assert_follows(journal)


def test_it_is_worked_taken_back_and_opened_again(journal: StoredJournal) -> None:
    save(journal, entry("e2", 1, denied()))
    done = DenialWorked(claim="clm_1", line="clm_1L99457", action="appealed")
    save(journal, entry("e3", 2, done))
    assert states(journal) == [("99454", "open"), ("99457", "worked")]
    assert [row[11:] for row in map(tuple, journal.db.rows(ALL))][1] == ("appealed", "staff:bea")
    assert_follows(journal)
    void = Entry(id="e4", patient="p1", at=START + 3 * DAY, recorded_at=START + 3 * DAY,
                 actor="staff:bea", reason="by mistake", body=EntryVoided(entry="e3"))  # fmt: skip
    save(journal, void)
    assert states(journal) == [("99454", "open"), ("99457", "open")]
    save(journal, entry("e5", 4, DenialWorked(claim="clm_1", action="sent_records")))
    assert states(journal) == [("99454", "worked"), ("99457", "worked")]
    save(journal, entry("e6", 5, denied(remittance="rem_3")))
    assert states(journal) == [("99454", "open"), ("99457", "open")]
    assert_follows(journal)


def test_a_payment_clears_it_in_any_order(site) -> None:
    for answers in permutations((entry("e2", 1, denied()), entry("e3", 2, paid()))):
        journal = site.journal()
        practice = f"north{answers[0].id}"
        first = (entry("e0", 0, PatientRegistered()), entry("e1", 0, claim()))
        for each in (*first, *answers):
            journal.append(practice, [each], received_at=START + 60 * DAY)
    assert sorted(states(site.journal())) == sorted(
        [("99454", "cleared"), ("99457", "cleared")] * 2
    )


def test_a_claim_that_stands_in_clears_it_when_it_is_paid(journal: StoredJournal) -> None:
    save(journal, entry("e2", 1, denied()), entry("e3", 2, claim("clm_2", "clm_1")))
    assert states(journal) == [("99454", "open"), ("99457", "open")]
    save(journal, entry("e4", 3, paid("clm_2")))
    assert states(journal) == [("99454", "cleared"), ("99457", "cleared")]
    assert_follows(journal)


def test_claims_that_stand_in_for_one_another_end(journal: StoredJournal) -> None:
    save(journal, entry("e2", 1, claim("clm_3", "clm_2")), entry("e3", 1, claim("clm_2", "clm_3")),
         entry("e4", 1, denied("clm_2")))  # fmt: skip
    assert states(journal) == [("99454", "open"), ("99457", "open")]
    assert_follows(journal)


def test_the_same_claim_in_two_charts_stops_no_save(journal: StoredJournal) -> None:
    save(journal, entry("e2", 1, denied()))
    other = Entry(id="x2", patient="p2", at=START + DAY, recorded_at=START + DAY,
                  actor="staff:bea", body=denied())  # fmt: skip
    save(journal, other)
    assert len(states(journal)) == 2
