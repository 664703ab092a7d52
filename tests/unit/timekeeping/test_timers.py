"""A timer counts what somebody can vouch for: from the start to the last sign of life."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from caretally.errors import ConflictError
from caretally.journal.drafts import Filing
from caretally.journal.entries import ContactHeld, ExcludedLeg, TimeLogged
from caretally.journal.ndjson import entry_from_json, entry_to_json
from caretally.timekeeping.logged import taken_by, taken_by_timer
from caretally.timekeeping.recorder import (
    Quarantined,
    Turn,
    attest,
    hand_over,
    start,
    stop,
    swept,
    take_up,
)
from caretally.timekeeping.spans import Span, span, total_seconds, union, without
from caretally.timekeeping.timers import (
    Timer,
    Work,
    beat,
    begin,
    is_forgotten,
    pause,
    restored,
    resume,
    saved,
    settled,
)
from tests.unit.timekeeping.people import (
    EIGHT,
    LIMITS,
    REVIEW,
    at,
    entry,
    moment,
    problems_of,
    wish,
)


def started() -> Timer:
    return begin("tmr_1", "stf_rn", REVIEW, EIGHT)


def used(timer: Timer, minutes: int, *, every: int = 1, is_used: bool = True) -> Timer:
    """Return a timer after heartbeats once a minute for so long."""
    begun = timer.latest
    for minute in range(every, minutes + 1, every):
        timer = beat(timer, begun + timedelta(minutes=minute), LIMITS, is_used=is_used)
    return timer


def logged(turn: Turn) -> list[tuple[int, int]]:
    """Return the entries as minutes after eight."""
    bodies = [each.body for each in turn.entries]
    return [
        (int((b.start - EIGHT).total_seconds() // 60), int((b.end - EIGHT).total_seconds() // 60))
        for b in bodies
        if isinstance(b, TimeLogged)
    ]


def test_a_timer_that_is_used_counts_to_its_stop() -> None:
    turn = stop(used(started(), 10), moment(at(10, 30)), note="trend read")
    (made,) = turn.entries
    assert isinstance(made.body, TimeLogged)
    assert (made.body.start, made.body.end) == (EIGHT, at(10, 30))
    assert (made.id, made.actor, made.patient) == ("ent_1_1", "staff:stf_rn", "pat_one")
    assert (made.body.performer, made.body.category, made.body.note) == (
        "stf_rn", "review", "trend read",
    )  # fmt: skip
    assert made.body.attested_by is None
    assert entry_from_json(entry_to_json(made)) == made


@pytest.mark.parametrize(("silence", "counted"), [(90, 690), (91, 600), (3600, 600)])
def test_a_closed_window_counts_to_the_last_heartbeat(silence: int, counted: int) -> None:
    turn = stop(used(started(), 10), moment(at(10, silence)))
    assert sum(s.seconds for each in turn.entries for s in spans(each.body)) == counted


def spans(body: object) -> list[Span]:
    assert isinstance(body, TimeLogged)
    return [span(body.start, body.end)]


@pytest.mark.parametrize(("idle", "counted"), [(5, 15), (6, 10)])
def test_an_idle_page_counts_to_its_last_use(idle: int, counted: int) -> None:
    timer = used(used(started(), 10), idle, is_used=False)
    assert timer.seconds_at(at(10 + idle)) == counted * 60
    assert timer.rests_because == ("" if counted == 15 else "idle")
    assert not timer.is_running or counted == 15


def test_a_timer_cut_off_does_not_go_on_by_itself() -> None:
    timer = used(used(started(), 10), 6, is_used=False)
    timer = used(timer, 3)
    assert not timer.is_running
    timer = resume(timer, at(20), LIMITS)
    assert logged(stop(used(timer, 5), moment(at(25)))) == [(0, 10), (20, 25)]


def test_pause_and_resume() -> None:
    timer = pause(used(started(), 5), at(5), LIMITS)
    assert timer.rests_because == "paused"
    assert pause(timer, at(6), LIMITS) == timer
    timer = resume(timer, at(10), LIMITS)
    assert resume(timer, at(11), LIMITS).running_since == at(10)
    assert logged(stop(used(timer, 2), moment(at(12)))) == [(0, 5), (10, 12)]


def test_a_clock_that_goes_back_stands_still() -> None:
    timer = used(started(), 10)
    assert beat(timer, at(3), LIMITS, is_used=True).seen_at == at(10)
    turn = stop(timer, moment(at(4)))
    assert logged(turn) == [(0, 10)]
    assert turn.entries[0].recorded_at == at(10)


def test_a_restart_loses_nothing_that_was_seen() -> None:
    timer = used(started(), 10)
    again = restored(saved(timer))
    assert again == timer
    assert hash(again) == hash(timer)
    with pytest.raises(ValueError, match="no timer"):
        restored(b"{}")
    with pytest.raises(ValueError, match="no timer"):
        restored(b"nothing")


def test_eight_hours_are_the_longest_stretch() -> None:
    timer = used(started(), 9 * 60)
    assert timer.rests_because == "too_long"
    assert timer.seconds_at(at(9 * 60)) == 8 * 3600
    assert is_forgotten(timer, at(9 * 60), LIMITS)


def test_a_timer_left_overnight_is_put_aside_and_counts_nothing_by_itself() -> None:
    timer = used(started(), 10)
    assert swept(timer, moment(at(40))) is None
    found = swept(timer, moment(at(41)))
    assert isinstance(found, Quarantined)
    assert (found.why, found.spans) == ("window_closed", (Span(EIGHT, at(10)),))
    assert take_up(timer, moment(at(41))) == Turn(quarantined=(found,))
    again = take_up(timer, moment(at(39))).timer
    assert again is not None
    assert again.is_running


def attesting(**changes: object) -> Filing:
    given: dict[str, object] = {
        "id": "ent_x", "patient": "pat_one", "now": at(700), "actor": "staff:stf_doc",
        "reason": "seen at work by me",
    }  # fmt: skip
    return Filing(**{**given, **changes})  # type: ignore[arg-type]


def test_an_attester_vouches_for_no_more_than_was_measured() -> None:
    found = swept(used(started(), 10), moment(at(600)))
    assert found is not None
    (made,) = attest(found, attesting(), (Span(at(1), at(6)),), moment(at(600)))
    body = made.body
    assert isinstance(body, TimeLogged)
    assert (body.performer, body.attested_by) == ("stf_rn", "stf_doc")
    assert (made.actor, made.reason, made.recorded_at) == (
        "staff:stf_doc", "seen at work by me", at(700),
    )  # fmt: skip
    more = (Span(at(5), at(11)), Span(at(3), at(3)))
    fields = [p.field for p in problems_of(attest, found, attesting(), more, moment(at(600)))]
    assert fields == ["kept[0]", "kept[1]"]
    for wrong, field in (
        (attesting(reason=" "), "reason"),
        (attesting(actor="staff:stf_x"), "actor"),
        (attesting(actor="system:import"), "actor"),
    ):
        told = problems_of(attest, found, wrong, found.spans, moment(at(600)))
        assert [p.field for p in told] == [field]


def test_attested_stretches_count_once() -> None:
    found = swept(used(started(), 10), moment(at(600)))
    assert found is not None
    made = attest(found, attesting(), (Span(at(1), at(6)), Span(at(4), at(8))), moment(at(600)))
    assert logged(Turn(entries=made)) == [(1, 6), (6, 8)]


def test_a_second_timer_is_refused_or_stops_the_first_by_choice() -> None:
    timer = used(started(), 10)
    with pytest.raises(ConflictError, match="one timer a person"):
        start(timer, wish(2), moment(at(10)))
    turn = start(timer, wish(2, stops_other=True), moment(at(10)))
    assert logged(turn) == [(0, 10)]
    assert turn.timer is not None
    assert (turn.timer.id, turn.timer.started_at) == ("tmr_2", at(10))
    forgotten = start(timer, wish(2), moment(at(600)))
    assert (forgotten.entries, len(forgotten.quarantined)) == ((), 1)


@pytest.mark.parametrize("person", ["stf_bot", "stf_old", "stf_x"])
def test_only_registered_people_have_timers(person: str) -> None:
    told = problems_of(start, None, wish(1, person), moment(EIGHT))
    assert [p.field for p in told] == ["person"]


def test_a_colleague_goes_on() -> None:
    timer = used(started(), 10)
    turn = hand_over(timer, None, wish(2, "stf_two"), moment(at(10)))
    assert logged(turn) == [(0, 10)]
    assert turn.timer is not None
    assert (turn.timer.person, turn.timer.handed_by) == ("stf_two", "stf_rn")
    (made,) = stop(used(turn.timer, 5), moment(at(15))).entries
    assert isinstance(made.body, TimeLogged)
    assert (made.body.performer, made.actor) == ("stf_two", "staff:stf_two")


def test_a_hand_over_needs_a_free_colleague_and_the_same_work() -> None:
    timer, other = used(started(), 10), begin("tmr_9", "stf_two", REVIEW, at(5))
    said = problems_of(hand_over, timer, other, wish(2, "stf_two"), moment(at(10)))
    assert "tmr_9" in said[0].found
    assert problems_of(hand_over, timer, None, wish(2), moment(at(10)))[0].field == "person"
    elsewhere = replace(wish(2, "stf_two"), work=Work(patient="p2", program="rpm", category="x"))
    assert problems_of(hand_over, timer, None, elsewhere, moment(at(10)))[0].field == "work"


def test_a_contact_inside_is_not_logged_again_but_its_hold_is_free() -> None:
    call = ContactHeld(
        program="rpm", mode="telephone", start=at(2), end=at(6), performers=("stf_rn", "stf_doc"),
        spoke_with="patient", two_way=True, topics=("symptoms",),
        excluded=(ExcludedLeg(start=at(3), end=at(4), why="hold"),),
    )  # fmt: skip
    busy = taken_by("stf_rn", [entry(call)])
    turn = stop(used(started(), 10), moment(at(10), busy))
    assert logged(turn) == [(0, 2), (3, 4), (6, 10)]
    assert [each.id for each in turn.entries] == ["ent_1_1", "ent_1_2", "ent_1_3"]
    assert taken_by("stf_two", [entry(call)]) == ()


def test_a_running_timer_is_taken_up_to_now() -> None:
    taken = taken_by_timer(used(started(), 10), at(11), LIMITS)
    assert [each.span for each in taken] == [Span(EIGHT, at(11))]


def test_a_timer_of_no_seconds_logs_nothing() -> None:
    assert stop(started(), moment(EIGHT)).entries == ()
    assert settled(started(), EIGHT, LIMITS) == started()


def test_spans() -> None:
    a, b, c = Span(at(0), at(5)), Span(at(3), at(8)), Span(at(8), at(9))
    assert union((c, b, a)) == (Span(at(0), at(9)),)
    assert total_seconds((a, b)) == 480
    assert without(a, (Span(at(1), at(2)), c)) == (Span(at(0), at(1)), Span(at(2), at(5)))
    assert without(a, (a,)) == ()
    assert Span(at(5), at(0)).seconds == 0
    with pytest.raises(ValueError, match="offset"):
        span(EIGHT.replace(tzinfo=None), EIGHT)
