"""The parts of a page: entries that fit, sentences that read right, amounts with their signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from caretally.billability.decide import decide
from caretally.billability.fees import load_fees
from caretally.cli.chart import Chart, roles_of
from caretally.cli.clocks import clocks
from caretally.cli.entry_table import entry_table, shared_beginning
from caretally.cli.replaying import signed
from caretally.cli.screen import can_encode, page_width
from caretally.cli.words import clock, dollars, missing_words
from caretally.clock import ServiceMonth
from caretally.journal.entries import (
    ContactAttempted,
    ContactHeld,
    Enrolled,
    Entry,
    StaffRegistered,
    TimeLogged,
)
from caretally.journal.entries.envelope import Body
from caretally.money import Money

MARCH = ServiceMonth(2026, 3)
LONG = "entry-of-a-writer-who-likes-long-ids-"
START = datetime(2026, 3, 4, 15, tzinfo=UTC)
NURSES = ("nurse-with-a-rather-long-id", "second-nurse-with-a-long-id")


def entry(number: int, at: datetime, body: Body, patient: str | None = "p") -> Entry:
    """Return an entry with a long id."""
    return Entry(
        id=f"{LONG}{number:02d}",
        patient=patient,
        at=at,
        recorded_at=at,
        actor="system:x",
        body=body,
    )


def chart() -> Chart:
    """Return a chart with a call of two nurses, a review and an attempt without an end."""
    end = START + timedelta(minutes=6)
    entries = [
        *(
            entry(n, START - timedelta(days=60), StaffRegistered(staff=nurse, role="rn"), None)
            for n, nurse in enumerate(NURSES)
        ),
        entry(2, START - timedelta(days=3), Enrolled(program="rpm", diagnoses=("I10",))),
        entry(3, START, ContactHeld(
            program="rpm", mode="telephone", start=START, end=end, performers=NURSES,
            spoke_with="other", two_way=True, topics=("device_data",),
        )),
        entry(4, START + timedelta(days=1), ContactAttempted(
            program="rpm", mode="sms", outcome="message_sent", performers=(NURSES[0],),
        )),
        entry(5, START + timedelta(days=2), TimeLogged(
            program="rpm", category="administrative", start=START + timedelta(days=2),
            end=end + timedelta(days=2), performer="nobody-known",
        )),
    ]  # fmt: skip
    (decision,) = decide(entries, MARCH)
    return Chart(
        decision=decision,
        entries={each.id: each for each in entries},
        roles=roles_of(entries),
        fees=load_fees(),
    )


@pytest.mark.parametrize("width", [80, 100, 120])
def test_entries_fit_the_page(width: int) -> None:
    lines = [line.plain for line in entry_table(chart(), width)]
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    assert "telephone, other" in text
    assert "an attempt (message sent): counts nothing" in text
    assert "no consent in force then" in text
    assert "nobody-known (?)" in text
    assert f"\n{' ' * 31}{NURSES[1]} (rn)" in text


def test_the_beginning_of_ids_goes_before_columns_do() -> None:
    heads = {width: entry_table(chart(), width)[0].plain.split() for width in (80, 100, 120)}
    assert heads[120] == ["When", "What", "Who", "Lasted", "Counted", "Live", "Entry"]
    assert heads[100] == heads[120]
    lines = [line.plain for line in entry_table(chart(), 100)]
    assert f"Ids of these entries begin with {LONG}0" in lines
    assert lines[2].endswith("…3")


def test_shared_beginnings() -> None:
    assert shared_beginning(["ent_12", "ent_13"]) == 5
    assert shared_beginning(["ent_1"]) == 0
    assert shared_beginning([]) == 0
    assert shared_beginning(["a", "b"]) == 0


def test_amounts_and_times_in_words() -> None:
    assert clock(1199) == "19:59"
    assert clock(59) == "0:59"
    assert dollars(None) == "–"
    assert dollars(Money(Decimal("1234.5"))) == "$1,234.50"
    assert [signed(each) for each in ("1000.00", "-3.10", "0.00")] == [
        "+$1,000.00",
        "-$3.10",
        "+$0.00",
    ]
    assert missing_words({"management_seconds": 61}) == "1 min 1 s of management time"
    assert missing_words({"consented": 1, "data_days": 1, "qualifying_contacts": 1}) == (
        "consent, 1 more day with device data and 1 more live two-way clinical contact"
    )


def test_a_clock_goes_to_the_next_amount() -> None:
    management, live, apart = (line.plain for line in clocks(chart()))
    assert "10 min to 99470 at 10:00" in management
    assert "(live only)" in live
    assert "qualifying contacts 0 · AI 0:00 · chat 0:00" in apart


def test_the_page_is_as_wide_as_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, width in (("10", 80), ("99", 99), ("500", 120)):
        monkeypatch.setenv("COLUMNS", columns)
        assert page_width() == width
    assert not can_encode("✓", "ascii")
    assert can_encode("✓", "utf-8")
