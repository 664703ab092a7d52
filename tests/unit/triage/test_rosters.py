"""Who is on call: overlaps, ranks, clinics, gaps to the second; and whom a step tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from caretally.journal.entries import EscalationStep, PracticeRegistered
from caretally.journal.register import Register
from caretally.triage.ladders import (
    RECIPIENTS,
    REPEATS,
    STARTING_POINTS,
    Around,
    due_at,
    steps_due,
    told_by,
)
from caretally.triage.rosters import Gap, Shift, clinics_above, doubles, gaps, on_call

NOW = datetime(2026, 3, 20, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL = frozenset({""})


def shift(staff: str, begins: float, ends: float, *, rank: int = 1, clinic: str = "") -> Shift:
    """Return a shift, in hours from now."""
    return Shift(
        staff=staff, begins=NOW + begins * HOUR, ends=NOW + ends * HOUR, clinic=clinic, rank=rank,
        entry=f"{staff}_{begins}",
    )  # fmt: skip


def names(shifts: tuple[Shift, ...]) -> list[str]:
    """Return who is on call."""
    return [each.staff for each in shifts]


def test_a_shift_begins_with_its_first_instant_and_ends_before_its_last() -> None:
    one = shift("a", 0, 1)
    second = timedelta(seconds=1)
    assert names(on_call([one], NOW, ALL)) == ["a"]
    assert names(on_call([one], NOW - second, ALL)) == []
    assert names(on_call([one], NOW + HOUR - second, ALL)) == ["a"]
    assert names(on_call([one], NOW + HOUR, ALL)) == []


def test_ranks_come_in_order_and_a_person_once() -> None:
    on = [shift("b", -1, 2, rank=2), shift("a", -1, 2), shift("b", -2, 2, rank=3)]
    assert [(each.staff, each.rank) for each in on_call(on, NOW, ALL)] == [("a", 1), ("b", 2)]


def test_a_clinic_is_served_by_those_above_it_and_by_no_other() -> None:
    register = Register(
        staff={}, authorities={}, enrolled={}, consents={},
        practices={
            "top": PracticeRegistered(practice="top", name="T"),
            "mid": PracticeRegistered(practice="mid", name="M", part_of="top"),
            "low": PracticeRegistered(practice="low", name="L", part_of="mid"),
            "round": PracticeRegistered(practice="round", name="R", part_of="round"),
        },
    )  # fmt: skip
    assert clinics_above(register, "low") == {"", "low", "mid", "top"}
    assert clinics_above(register, "round") == {"", "round"}
    on = [shift("top", -1, 2, clinic="top"), shift("other", -1, 2, clinic="x"), shift("all", -1, 2)]
    assert names(on_call(on, NOW, clinics_above(register, "low"))) == ["all", "top"]
    assert names(on_call(on, NOW, clinics_above(register, ""))) == ["all"]


def test_gaps_are_what_no_shift_covers() -> None:
    on = [shift("a", -1, 2), shift("b", 1, 3), shift("c", 4, 5), shift("d", 4.5, 4.75)]
    span = (NOW, NOW + 6 * HOUR)
    assert gaps(on, span, ALL) == (
        Gap(begins=NOW + 3 * HOUR, ends=NOW + 4 * HOUR),
        Gap(begins=NOW + 5 * HOUR, ends=NOW + 6 * HOUR),
    )
    assert gaps([], span, ALL) == (Gap(begins=NOW, ends=span[1]),)
    assert gaps([shift("a", -1, 9)], span, ALL) == ()
    elsewhere = [shift("a", -1, 9, clinic="x")]
    assert gaps(elsewhere, span, ALL) == (Gap(begins=NOW, ends=span[1]),)


def test_two_of_one_rank_and_clinic_are_told_apart_from_two_ranks() -> None:
    one, other = shift("a", 0, 2), shift("b", 1, 3)
    assert doubles([other, one]) == ((one, other),)
    assert doubles([one, replace(other, rank=2)]) == ()
    assert doubles([one, shift("b", 2, 3)]) == ()


@pytest.mark.parametrize("to", RECIPIENTS)
def test_a_step_never_tells_nobody_while_anybody_is_there(to: str) -> None:
    step = EscalationStep(after_minutes=0, to=to, channels=("page",))
    found = told_by(step, Around(doctors=("doc",), everybody=("doc", "nurse")))
    assert found.staff == ("doc",)
    assert found.is_substitute is (to != "practitioners")
    assert told_by(step, Around(everybody=("nurse",))).staff == ("nurse",)


def test_the_lowest_rank_is_first_whatever_its_number() -> None:
    around = Around(shifts=(shift("b", -1, 1, rank=2), shift("c", -1, 1, rank=3)))
    first = EscalationStep(after_minutes=0, to="on_call", channels=("page",))
    assert told_by(first, around).staff == ("b",)
    assert told_by(replace(first, to="second_on_call"), around).staff == ("c",)


@pytest.mark.parametrize("level", STARTING_POINTS)
def test_steps_are_due_to_the_second_and_end(level: str) -> None:
    ladder = STARTING_POINTS[level]
    times = (NOW, None)
    assert steps_due(ladder, -1, times, NOW - timedelta(seconds=1)) == ()
    assert steps_due(ladder, -1, times, NOW) == (0,)
    last = len(ladder.steps) - 1
    repeated = level in {"emergent", "urgent"}
    assert (due_at(ladder, last + 1, *times) is not None) is repeated
    every = steps_due(ladder, -1, times, NOW + timedelta(days=30))
    assert len(every) == len(ladder.steps) + REPEATS * repeated
    assert steps_due(ladder, every[-1], times, NOW + timedelta(days=30)) == ()


def test_an_overdue_answer_hastens_the_second_step_and_never_before_the_alert() -> None:
    ladder = STARTING_POINTS["urgent"]
    assert due_at(ladder, 1, NOW, NOW + 5 * timedelta(minutes=1)) == NOW + timedelta(minutes=5)
    assert due_at(ladder, 1, NOW, NOW - HOUR) == NOW
    assert due_at(ladder, 1, NOW, NOW + 9 * HOUR) == NOW + timedelta(minutes=30)
