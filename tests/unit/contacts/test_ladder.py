"""The ladder: attempts over ways and times, then a practitioner, then a review, then an end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally.contacts.ladder import STEPS, Ladder, Question, Reach, months_later, reach
from caretally.contacts.queries import out_of_reach
from caretally.journal.entries import Body, Entry, OutreachReviewed, ProviderNotified
from tests.unit.contacts.calls import (
    DAY,
    REGISTER,
    TEN,
    attempt,
    consent,
    contact,
    entry,
    register,
)

HOUR = timedelta(hours=1)
CLIMB = [
    attempt(TEN),
    attempt(TEN + 2 * DAY + 4 * HOUR, outcome="voicemail"),
    attempt(TEN + 4 * DAY, "letter", "message_sent"),
    attempt(TEN + 6 * DAY + 8 * HOUR),
]
"""Morning, afternoon, letter, evening."""


def told(why: str = "unreachable") -> ProviderNotified:
    return ProviderNotified(program="rpm", provider="stf_doc", why=why)


def review(outcome: str) -> OutreachReviewed:
    return OutreachReviewed(program="rpm", reviewer="stf_doc", outcome=outcome)


def entries(*bodies: Body | tuple[Body, datetime]) -> list[Entry]:
    made = []
    for number, each in enumerate(bodies):
        body, at = each if isinstance(each, tuple) else (each, None)
        made.append(entry(body, id=f"e{number}", at=at, now=at or TEN + 99 * DAY))
    return made


def asked(after: timedelta = 7 * DAY, **changes: Any) -> Question:
    given: dict[str, Any] = {"register": REGISTER, "patient": "pat_one", "program": "rpm"}
    return Question(**{**given, "now": TEN + after, **changes})


def stands(*bodies: Body | tuple[Body, datetime], after: timedelta = 7 * DAY) -> Reach:
    return reach(entries(*bodies), asked(after))


def test_who_was_reached_or_never_called_has_nothing_due() -> None:
    for found in (stands(), stands(CLIMB[0], contact(TEN + DAY))):
        assert (found.step, found.due_on, found.attempts) == ("reached", None, ())
    assert stands(contact(TEN)).last_talked_on == date(2026, 3, 4)


def test_after_an_attempt_another_way_and_time_is_proposed() -> None:
    found = stands(CLIMB[0])
    assert (found.step, found.due_on) == ("try", date(2026, 3, 6))
    assert (found.next_mode, found.next_part_of_day) == ("letter", "afternoon")
    assert found.is_overdue(date(2026, 3, 7))
    assert not found.is_overdue(date(2026, 3, 6))
    texting = asked(register=register(consent("sms")))
    assert reach(entries(CLIMB[0]), texting).next_mode == "sms"
    assert stands(*CLIMB[:3]).next_mode == "telephone"


@pytest.mark.parametrize("left_out", range(4))
def test_enough_is_enough_of_everything(left_out: int) -> None:
    assert stands(*CLIMB).step == "notify"
    fewer = [each for number, each in enumerate(CLIMB) if number != left_out]
    assert stands(*fewer).step == "try"


@pytest.mark.parametrize(
    "bodies",
    [
        [attempt(TEN + day * DAY + (day % 2) * 4 * HOUR) for day in range(6)],
        [attempt(TEN + day * DAY, mode) for day, mode in enumerate(["telephone", "letter"] * 3)],
        [attempt(TEN + n * HOUR, mode) for n, mode in enumerate(["telephone", "letter"] * 3)],
    ],
    ids=["one way", "one time of the day", "one day"],
)
def test_more_of_the_same_is_not_enough(bodies: list[Body]) -> None:
    assert stands(*bodies).step == "try"


def test_the_whole_ladder() -> None:
    last = TEN + 6 * DAY
    notify = stands(*CLIMB)
    assert (notify.due_on, notify.parts_of_day) == (
        date(2026, 3, 12), ("morning", "afternoon", "evening"),
    )  # fmt: skip
    told_at = last + 2 * DAY
    waiting = stands(*CLIMB, (told(), told_at), after=20 * DAY)
    assert (waiting.step, waiting.due_on) == ("wait", date(2026, 6, 12))
    assert not waiting.is_overdue(date(2026, 12, 1))
    due = stands(*CLIMB, (told(), told_at), after=101 * DAY)
    assert (due.step, due.due_on) == ("review", date(2026, 6, 12))
    over = stands(
        *CLIMB, (told(), told_at), (review("disenroll"), told_at + 3 * DAY), after=99 * DAY
    )
    assert over.step == "disenroll"
    again_at = told_at + 3 * DAY
    again = stands(*CLIMB, (told(), told_at), (review("continue"), again_at), after=99 * DAY)
    assert (again.step, again.attempts, again.due_on) == ("try", (), date(2026, 3, 17))
    assert again.next_part_of_day == "morning"


def test_who_declines_is_told_to_the_practitioner_at_once() -> None:
    assert stands(attempt(TEN, outcome="declined")).step == "notify"


def test_only_being_out_of_reach_climbs_and_only_the_patient_comes_down() -> None:
    assert stands(*CLIMB, (told("finding"), TEN + 6 * DAY)).step == "notify"
    pharmacy = contact(TEN + 6 * DAY, spoke_with="other")
    assert stands(*CLIMB[:2], pharmacy).step == "try"
    silent = contact(TEN + 6 * DAY, two_way=False)
    assert stands(*CLIMB[:2], silent).step == "try"
    daughter = contact(TEN + 6 * DAY, spoke_with="caregiver:c1")
    assert stands(*CLIMB[:2], daughter).step == "reached"


def test_other_programs_patients_and_days_to_come_do_not_matter() -> None:
    found = entries(*CLIMB)
    assert reach(found, asked(program="ccm")).step == "reached"
    assert reach(found, asked(patient="pat_two")).step == "reached"
    assert reach(found, asked(-DAY)).step == "reached"


def test_those_out_of_reach_come_by_what_is_due() -> None:
    mine = entries(*CLIMB)
    second = [entry(attempt(TEN), id="x", patient="pat_two")]
    found = out_of_reach([*mine, *second], ("pat_one", "pat_two", "pat_three"), asked())
    assert list(found) == ["pat_two", "pat_one"]


MODES = st.sampled_from(("telephone", "video", "sms", "letter"))
STEP_BODIES = st.one_of(
    st.tuples(st.just("attempt"), MODES),
    st.tuples(st.just("contact"), st.just("patient")),
    st.tuples(st.just("told"), st.just("unreachable")),
    st.tuples(st.just("review"), st.sampled_from(("continue", "disenroll"))),
)


@given(st.lists(st.tuples(STEP_BODIES, st.integers(1, 40)), max_size=25), st.integers(0, 400))
def test_every_history_has_one_next_step(
    history: list[tuple[tuple[str, str], int]], after: int
) -> None:
    at, bodies = TEN, []
    made: dict[str, Any] = {"told": told, "review": review}
    for (kind, word), hours in history:
        at += hours * HOUR
        if kind in made:
            bodies.append((made[kind](word), at))
        else:
            bodies.append((attempt(at, word) if kind == "attempt" else contact(at), at))
    found = reach(entries(*bodies), asked(at - TEN + after * HOUR, ladder=Ladder(attempts=2)))
    assert found.step in STEPS
    assert (found.due_on is None) == (found.step == "reached")
    assert (found.next_mode is None) == (found.step != "try")
    if history and history[-1][0][0] == "contact":
        assert found.step == "reached"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 4), 0, date(2026, 3, 4)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later
