"""A person who works in two practices has one timer and one day, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from caretally import clock
from caretally.errors import ConflictError, InputError
from caretally.journal.entries import TimeLogged
from caretally.practice import timing
from caretally.practice.caller import caller_in
from caretally.practice.demo_clock import BEGINS_AT
from caretally.practice.demonstration import HIRED_ON
from caretally.practice.office import Office
from caretally.practice.timing_by_hand import Written, log_by_hand
from caretally.store.database import ALL, scoped
from caretally.store.models import ForgottenTimer, Membership, Practice, RunningTimer
from caretally.timekeeping.timers import Work
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo
from tests.integration.stopped import pass_time, stopped

__all__ = ["stopped"]
pytestmark = pytest.mark.usefixtures("stopped")
HAL = Work(patient="pat_hal", program="rpm", category="review")
FAY = Work(patient="pat_fay_harbor", program="rpm", category="review")


@pytest.fixture(params=["demo", "demo_postgres"])
def both(request: pytest.FixtureRequest) -> Demo:
    """Return the demonstration on each database, with a nurse who works in both practices."""
    found: Demo = request.getfixturevalue(request.param)
    with scoped(ALL):
        Membership.objects.create(
            user=get_user_model().objects.get(username="rosa"), role="nurse", staff="stf_nora",
            practice=Practice.objects.get(name=HARBOR), from_on=HIRED_ON,
            granted_by="system:test", granted_at=BEGINS_AT,
        )  # fmt: skip
    return found


def office(demo: Demo, practice: str) -> Office:
    """Return the nurse's office in a practice, now."""
    user = get_user_model().objects.get(username="rosa")
    at = clock.now()
    caller = caller_in(demo.journal.db, practice, (user.pk, "rosa"), at.date())
    return Office(journal=demo.journal, caller=caller, now=at)


def work_for(demo: Demo, minutes: int) -> None:
    for _ in range(2 * minutes):
        pass_time(seconds=30)
        with scoped(LAKESIDE):
            assert timing.beat(office(demo, LAKESIDE), is_used=True) is not None


def logged(demo: Demo, practice: str, patient: str) -> list[int]:
    """Return the lengths of what was logged since the demonstration began."""
    with scoped(practice):
        here = office(demo, practice)
        entries = here.chart(here.card(patient)).record.entries(TimeLogged)
    bodies = [e.body for e in entries if e.recorded_at > BEGINS_AT]
    return [int((each.end - each.start).total_seconds()) for each in bodies]


def test_a_timer_in_one_practice_is_known_in_the_other(both: Demo) -> None:
    with scoped(HARBOR):
        timing.start(office(both, HARBOR), FAY)
    work_for(both, 2)
    with scoped(LAKESIDE):
        here = office(both, LAKESIDE)
        found = timing.running(here)
        assert found is not None
        assert (found.practice, found.timer.seconds_at(here.now)) == (HARBOR, 120)
        with pytest.raises(ConflictError):
            timing.start(here, HAL)
        done = timing.start(here, HAL, stops_other=True)
        assert done.seconds == 120
        row = RunningTimer.objects.get()
        assert (row.practice.name, row.patient) == (LAKESIDE, "pat_hal")
    assert logged(both, HARBOR, "pat_fay_harbor") == [120]
    assert logged(both, LAKESIDE, "pat_hal") == []


def test_seconds_logged_in_one_practice_are_taken_in_the_other(both: Demo) -> None:
    with scoped(HARBOR):
        started = timing.start(office(both, HARBOR), FAY).timer
    work_for(both, 5)
    assert started is not None
    with scoped(HARBOR):
        timing.stop(office(both, HARBOR), started.id)
    local = clock.now() - timedelta(hours=5)
    wish = Written(
        entry_id=f"ent_{1:032x}", program="rpm", category="review", day=f"{local:%Y-%m-%d}",
        start=f"{local - timedelta(minutes=3):%H:%M:%S}", end=f"{local:%H:%M:%S}", reason="Late.",
    )  # fmt: skip
    with scoped(LAKESIDE), pytest.raises(InputError) as caught:
        log_by_hand(office(both, LAKESIDE), "pat_hal", wish)
    assert [each.field for each in caught.value.problems] == ["body.start"]


def test_forgotten_timers_of_all_practices_are_swept(both: Demo) -> None:
    with scoped(HARBOR):
        timing.start(office(both, HARBOR), FAY)
    work_for(both, 1)
    pass_time(hours=1)
    assert timing.sweep_forgotten(both.journal, clock.now()) == 1
    assert timing.sweep_forgotten(both.journal, clock.now()) == 0
    with scoped(HARBOR):
        assert ForgottenTimer.objects.get().practice.name == HARBOR


def test_a_second_row_of_a_person_is_refused_by_the_database(both: Demo) -> None:
    with scoped(LAKESIDE):
        here = office(both, LAKESIDE)
        first = timing.start(here, HAL).timer
        assert first is not None
        with pytest.raises(ConflictError, match="one timer a person"):
            timing._insert(here, here.caller.user, first)
        assert RunningTimer.objects.count() == 1
