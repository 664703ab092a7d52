"""When a patient of a campaign is called next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caretally.contacts.wellness_calls.campaigning import (
    RETRIES,
    Terms,
    Tried,
    agreed_time,
    next_call,
)

CHICAGO = "America/Chicago"
TERMS = Terms(
    begins_on=date(2026, 3, 23), ends_on=date(2026, 4, 30), weekdays=frozenset({1, 2, 3, 4, 5}),
    from_time="09:00", to_time="18:00", every_days=7, retries=RETRIES,
)  # fmt: skip


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def tried(outcome: str, begun: str, attempt: int = 1) -> Tried:
    return Tried(attempt=attempt, outcome=outcome, begun_at=utc(begun),
                 ended_at=utc(begun) + timedelta(minutes=2))  # fmt: skip


@pytest.mark.parametrize(("at", "wanted"), [
    ("2026-03-20T12:00", "2026-03-23T14:00"),  # before it begins: the first morning
    ("2026-03-26T13:59", "2026-03-26T14:00"),  # a minute before nine in Chicago
    ("2026-03-26T14:05", "2026-03-26T14:05"),
    ("2026-03-26T22:59", "2026-03-26T22:59"),
    ("2026-03-26T23:00", "2026-03-27T14:00"),  # six in the evening is too late
    ("2026-03-27T23:00", "2026-03-30T14:00"),  # Friday evening: Monday
    ("2026-04-30T22:59", "2026-04-30T22:59"),
    ("2026-04-30T23:00", None),
])  # fmt: skip
def test_the_first_call_is_within_days_and_hours(at: str, wanted: str | None) -> None:
    found = next_call(TERMS, CHICAGO, (), utc(at))
    assert (found.due_at if found else None) == (utc(wanted) if wanted else None)
    assert found is None or found.attempt == 1


def test_hours_are_those_of_the_wall_clock_on_both_sides_of_a_change() -> None:
    every_day = replace(TERMS, begins_on=date(2026, 3, 1), weekdays=frozenset(range(1, 8)))
    for at, wanted in (("2026-03-07T06:00", "2026-03-07T15:00"),
                       ("2026-03-08T06:00", "2026-03-08T14:00")):  # fmt: skip
        found = next_call(every_day, CHICAGO, (), utc(at))
        assert found is not None
        assert found.due_at == utc(wanted)


@pytest.mark.parametrize(("outcome", "attempt", "wanted", "number"), [
    ("no_answer", 1, "2026-03-26T17:02", 2),
    ("no_answer", 2, "2026-03-27T15:02", 3),
    ("no_answer", 3, "2026-04-02T14:00", 1),  # no wait is left: the next round
    ("busy", 1, "2026-03-26T15:32", 2),
    ("voicemail", 1, "2026-03-27T15:02", 2),
    ("failed", 1, "2026-03-26T16:02", 2),
    ("completed", 1, "2026-04-02T14:00", 1),
    ("handed_over", 1, "2026-04-02T14:00", 1),
    ("wrong_person", 1, "2026-04-02T14:00", 1),
])  # fmt: skip
def test_a_retry_by_outcome_else_the_next_round(
    outcome: str, attempt: int, wanted: str, number: int
) -> None:
    earlier = [tried("no_answer", "2026-03-26T15:00", n) for n in range(1, attempt)]
    last = tried(outcome, "2026-03-26T15:00", attempt)
    found = next_call(TERMS, CHICAGO, [*earlier, last], utc("2026-03-26T15:05"))
    assert found is not None
    assert (found.due_at, found.attempt) == (utc(wanted), number)


def test_a_round_is_counted_from_its_first_attempt() -> None:
    calls = [tried("no_answer", "2026-03-26T15:00"), tried("completed", "2026-03-27T15:00", 2)]
    found = next_call(TERMS, CHICAGO, calls, utc("2026-03-27T16:00"))
    assert found is not None
    assert found.due_at == utc("2026-04-02T14:00")


def test_a_retry_that_is_late_is_made_now_and_none_after_the_end() -> None:
    calls = [tried("no_answer", "2026-03-26T15:00")]
    found = next_call(TERMS, CHICAGO, calls, utc("2026-03-27T15:00"))
    assert found is not None
    assert found.due_at == utc("2026-03-27T15:00")
    over = replace(TERMS, ends_on=date(2026, 3, 26))
    late = [tried("no_answer", "2026-03-26T22:30")]
    assert next_call(over, CHICAGO, late, utc("2026-03-26T22:40")) is None


def test_campaign_and_gate_agree_on_a_time() -> None:
    def after_tomorrow_noon(at: datetime) -> datetime:
        return max(at, utc("2026-03-28T17:00"))

    found = agreed_time(TERMS, CHICAGO, utc("2026-03-26T15:00"), after_tomorrow_noon)
    assert found == utc("2026-03-30T14:00")  # Saturday noon is no day of the campaign
    assert agreed_time(TERMS, CHICAGO, utc("2026-03-26T15:00"), lambda _: None) is None
