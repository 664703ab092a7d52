"""Calls at the desk of the demonstration, without a telephone: Hal, who holds a scale."""

from __future__ import annotations

from datetime import timedelta

from caretally import clock
from caretally.journal.entries import Entry, OnCallScheduled
from caretally.practice.call_desk import call_named, desk_of
from caretally.practice.call_planning import Wanted, plan, ready
from caretally.practice.call_playing import Playing, begin_playing, play
from caretally.practice.call_recording import record_call
from caretally.store.call_tables import Call
from caretally.store.stored_journal import StoredJournal
from tests.integration.demonstrated import LAKESIDE, Demo

WELL = (
    "yes", "#1957", "yes", "yes", "no", "no", "no", "no", "no", "no", "no", "no", "no", "no",
    "no", "no", "no", "yes", "#1", "#1", "#1", "#1",
)  # fmt: skip
"""What somebody says who is well, as far as a call may ask."""


def on_call(demo: Demo, *staff: str) -> None:
    """Put people on call, the first first."""
    at = clock.now()
    demo.journal.append(LAKESIDE, [
        Entry(
            id=f"ent_on_call_{rank}_{each}", patient=None, at=at, recorded_at=at,
            actor="staff:stf_lin",
            body=OnCallScheduled(staff=each, from_at=at - timedelta(hours=1),
                                 to_at=at + timedelta(hours=8), rank=rank),
        )
        for rank, each in enumerate(staff, 1)
    ], received_at=at)  # fmt: skip


def planned(demo: Demo, **changes: object) -> Call:
    """Return a call to Hal that is put in line."""
    at = clock.now()
    given: dict[str, object] = {
        "patient": "pat_hal", "program": "rpm", "protocol": "heart_failure", "due_at": at,
    }  # fmt: skip
    return plan(demo.journal, LAKESIDE, Wanted(**{**given, **changes}), at)  # type: ignore[arg-type]


def begun(demo: Demo, call: Call) -> Playing:
    """Return a call that was picked up a while ago; the clock on its wall is that of the call."""
    at = clock.now() - timedelta(minutes=20)
    call = call_named(demo.journal, LAKESIDE, call.call)
    made = ready(demo.journal, call, at, callback="555 0100", how=("memory", ("text 1",)))
    desk = desk_of(demo.journal, call, made.begun.agent)
    playing = begin_playing(desk, made.pack, made.begun, at)
    desk.wall = lambda: desk.at(playing.at_ms)
    return playing


def played(demo: Demo, *lines: str) -> tuple[Playing, str]:
    """Return a call that was played to its end and recorded, with the id of its record."""
    call = planned(demo)
    playing = begun(demo, call)
    play(playing, lines)
    at = playing.desk.at(playing.at_ms + 1_000)
    return playing, record_call(demo.journal, LAKESIDE, call.call, at)


def about(journal: StoredJournal, patient: str = "pat_hal") -> dict[str, Entry]:
    """Return the entries of a patient by id."""
    return {each.id: each for each in journal.entries(LAKESIDE, patients=[patient])
            if each.patient == patient}  # fmt: skip
