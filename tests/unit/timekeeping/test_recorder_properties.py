"""Whatever people do with timers, no second of theirs is logged twice, and none is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from caretally.errors import InputError
from caretally.journal.drafts import Filing
from caretally.journal.entries import ContactHeld, Entry, TimeLogged
from caretally.timekeeping.commands import ByHand, log_by_hand
from caretally.timekeeping.logged import Taken, taken_by, taken_by_timer
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
from caretally.timekeeping.spans import Span, total_seconds
from caretally.timekeeping.timers import Timer, beat, begin, pause, restored, saved
from tests.unit.timekeeping.people import (
    EIGHT,
    LIMITS,
    NURSES,
    REGISTER,
    REVIEW,
    entry,
    moment,
    wish,
)

PEOPLE = st.sampled_from(NURSES)
STEPS = st.sampled_from((0, 400, 1_000, 1_500, 20_000, 60_000, 80_000, 89_999, 200_000, 2_000_000))
"""Milliseconds; mostly within the life of a timer."""
HEARTBEAT = 30


class Shift(RuleBasedStateMachine):
    """Two nurses, a clock, and a server that may restart at any time."""

    @initialize()
    def open(self) -> None:
        self.now = EIGHT
        self.count = 0
        self.kept: dict[str, bytes] = {}
        self.entries: list[Entry] = []
        self.aside: list[Quarantined] = []

    @rule(milliseconds=STEPS)
    def time_goes_on(self, milliseconds: int) -> None:
        self.now += timedelta(milliseconds=milliseconds)

    @rule(person=PEOPLE, stops=st.booleans())
    def starts(self, person: str, stops: bool) -> None:
        asked = wish(self.new(), person, stops_other=stops)
        self.try_turn(person, lambda: start(self.timer(person), asked, self.moment(person)))

    @rule(person=PEOPLE, is_used=st.booleans())
    def beats(self, person: str, is_used: bool) -> None:
        timer = self.timer(person)
        if timer:
            self.keep(beat(timer, self.now, LIMITS, is_used=is_used))

    @rule(person=PEOPLE, minutes=st.integers(1, 10))
    def works(self, person: str, minutes: int) -> None:
        for _ in range(minutes):
            self.now += timedelta(minutes=1)
            self.beats(person, is_used=True)

    @rule(person=PEOPLE)
    def pauses(self, person: str) -> None:
        timer = self.timer(person)
        if timer:
            self.keep(pause(timer, self.now, LIMITS))

    @rule(person=PEOPLE)
    def resumes(self, person: str) -> None:
        timer = self.timer(person)
        if timer:
            self.try_turn(person, lambda: take_up(timer, self.moment(person)))

    @rule(person=PEOPLE)
    def stops(self, person: str) -> None:
        timer = self.timer(person)
        if timer:
            self.try_turn(person, lambda: stop(timer, self.moment(person)))

    @rule(person=PEOPLE)
    def hands_over(self, person: str) -> None:
        timer, colleague = self.timer(person), next(n for n in NURSES if n != person)
        if timer is None:
            return
        asked = wish(self.new(), colleague)
        try:
            turn = hand_over(timer, self.timer(colleague), asked, self.moment(person))
        except InputError:
            return
        self.kept.pop(person)
        self.take(colleague, turn)

    @rule(person=PEOPLE)
    def is_swept(self, person: str) -> None:
        timer = self.timer(person)
        found = swept(timer, self.moment(person)) if timer else None
        if found:
            self.kept.pop(person)
            self.aside.append(found)

    @rule()
    def is_attested(self) -> None:
        if not self.aside:
            return
        found = self.aside.pop()
        filing = Filing(
            id="x", patient="pat_one", now=self.now, actor="staff:stf_doc", reason="seen"
        )
        circumstances = self.moment(found.timer.person)
        self.entries += attest(found, filing, found.spans, circumstances)

    @rule(person=PEOPLE, back=st.integers(1, 300), lasting=st.integers(1, 300))
    def holds_a_contact(self, person: str, back: int, lasting: int) -> None:
        begun = self.now - timedelta(seconds=back)
        ended = min(begun + timedelta(seconds=lasting), self.now)
        body = ContactHeld(
            program="rpm", mode="telephone", start=begun, end=ended, performers=(person,),
            spoke_with="patient", two_way=True, topics=("symptoms",),
        )  # fmt: skip
        made = entry(body, id=f"con_{self.new()}", now=self.now)
        mine = [each.span for each in taken_by(person, [made])]
        if not any(s.overlaps(t.span) for s in mine for t in taken_by(person, self.entries)):
            self.entries.append(made)

    @rule(person=PEOPLE, back=st.integers(1, 300), lasting=st.integers(1, 300))
    def writes_by_hand(self, person: str, back: int, lasting: int) -> None:
        begun = self.now - timedelta(seconds=back)
        body = TimeLogged(
            program="rpm", category="review", performer=person, start=begun,
            end=begun + timedelta(seconds=lasting),
        )  # fmt: skip
        filing = Filing(
            id=f"han_{self.new()}", patient="pat_two", now=self.now, actor=f"staff:{person}",
            reason="forgot",
        )  # fmt: skip
        try:
            made = log_by_hand(REGISTER, filing, ByHand(body=body, taken=self.taken(person)))
        except InputError:
            return
        self.entries += made

    @invariant()
    def no_second_is_logged_twice(self) -> None:
        for person in NURSES:
            spans = [each.span for each in taken_by(person, self.all_entries())]
            assert total_seconds(spans) == sum(each.seconds for each in spans)

    @invariant()
    def no_second_is_invented(self) -> None:
        for person in NURSES:
            spans = [each.span for each in taken_by(person, self.all_entries())]
            assert all(each.end <= self.clock() for each in spans)

    @invariant()
    def ids_are_unique(self) -> None:
        ids = [each.id for each in self.all_entries()]
        assert len(set(ids)) == len(ids)

    def all_entries(self) -> list[Entry]:
        return getattr(self, "entries", [])

    def clock(self) -> datetime:
        return self.now

    def new(self) -> int:
        self.count += 1
        return self.count

    def timer(self, person: str) -> Timer | None:
        """Return a person's timer as it was stored: the server restarts before every step."""
        kept = self.kept.get(person)
        return restored(kept) if kept else None

    def keep(self, timer: Timer) -> None:
        self.kept[timer.person] = saved(timer)

    def taken(self, person: str) -> tuple[Taken, ...]:
        timer = self.timer(person)
        measured = taken_by_timer(timer, self.now, LIMITS) if timer else ()
        return (*taken_by(person, self.entries), *measured)

    def moment(self, person: str):  # type: ignore[no-untyped-def]
        return moment(self.now, taken_by(person, self.entries))

    def try_turn(self, person: str, act) -> None:  # type: ignore[no-untyped-def]
        try:
            turn = act()
        except InputError:
            return
        self.kept.pop(person, None)
        self.take(person, turn)

    def take(self, person: str, turn: Turn) -> None:
        self.entries += turn.entries
        self.aside += turn.quarantined
        if turn.timer:
            assert turn.timer.person == person
            self.keep(turn.timer)


TestShift = Shift.TestCase
TestShift.settings = settings(stateful_step_count=40)


@given(
    beats=st.integers(min_value=0, max_value=60),
    after=st.integers(min_value=0, max_value=HEARTBEAT - 1),
    away=st.integers(min_value=0, max_value=100_000),
)
def test_a_restart_loses_at_most_the_heartbeat_interval(beats: int, after: int, away: int) -> None:
    """The server dies between two heartbeats and comes back whenever it does."""
    timer = begin("tmr_1", "stf_rn", REVIEW, EIGHT)
    for number in range(1, beats + 1):
        now = EIGHT + timedelta(seconds=number * HEARTBEAT)
        timer = restored(saved(beat(timer, now, LIMITS, is_used=True)))
    worked = beats * HEARTBEAT + after
    back = EIGHT + timedelta(seconds=worked + away)
    turn = stop(timer, moment(back))
    counted = sum(each.span.seconds for each in taken_by("stf_rn", turn.entries))
    assert worked - counted < HEARTBEAT
    assert counted <= worked + away
    if away > LIMITS.silence.total_seconds():
        assert counted == beats * HEARTBEAT


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=40), STEPS)
def test_the_sum_never_exceeds_wall_time(signs: list[tuple[int, bool]], last: int) -> None:
    timer, now = begin("tmr_1", "stf_rn", REVIEW, EIGHT), EIGHT
    for seconds, is_used in signs:
        now += timedelta(seconds=seconds)
        timer = beat(timer, now, LIMITS, is_used=is_used)
        if not timer.is_running and is_used:
            timer = replace(timer, running_since=now, seen_at=now, active_at=now)
    now += timedelta(milliseconds=last)
    turn = stop(timer, moment(now))
    spans = [each.span for each in taken_by("stf_rn", turn.entries)]
    assert all(isinstance(each, Span) for each in spans)
    assert sum(each.seconds for each in spans) <= (now - EIGHT).total_seconds()
