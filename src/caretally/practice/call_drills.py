"""An exercise of the alarm: an invented emergency, real pages to who is on call, no chart touched.

Without a telephone the patient's side is a script, and time is real: whoever is paged has as long
as in a call to answer on a page of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from caretally.clock import now
from caretally.contacts.wellness_calls.events import HungUp, NurseJoined, Ticked
from caretally.contacts.wellness_calls.packs import EMERGENT, ROUTINE, URGENT
from caretally.contacts.wellness_calls.states import WAITING
from caretally.errors import InputError, Problem
from caretally.practice.call_desk import desk_of
from caretally.practice.call_planning import Wanted, invented, plan
from caretally.practice.call_playing import Playing, begin_playing
from caretally.practice.call_recording import record_call
from caretally.store.call_tables import DIALING, Call
from caretally.store.stored_journal import StoredJournal

UNTIL_THE_QUESTIONS = ("yes", "#1950", "yes")
SCRIPTS = {
    EMERGENT: (*UNTIL_THE_QUESTIONS, "I have chest pain"),
    URGENT: (*UNTIL_THE_QUESTIONS, "#0"),
    ROUTINE: (*UNTIL_THE_QUESTIONS, "no"),
}  # fmt: skip
"""What the invented patient says, by what it comes to in the protocol `general`."""
PROTOCOL, PROGRAM = "general", "rpm"
STEP = timedelta(seconds=1)
Told = tuple[datetime, str]


def planned_drill(journal: StoredJournal, practice: str, asked_by: str) -> Call:
    """Put a drill on the list of calls; no worker takes it."""
    at = now()
    call = plan(journal, practice, Wanted(
        patient="", program=PROGRAM, protocol=PROTOCOL, due_at=at, asked_by=asked_by, drill=True,
    ), at)  # fmt: skip
    rows = Call.objects.using(journal.db.alias).filter(pk=call.pk)
    rows.update(state=DIALING, dialed_at=at, carrier="memory")
    return call


def begin_drill_call(journal: StoredJournal, practice: str, severity: str) -> Playing:
    """Begin an exercise: the alert is stored and told when this returns.

    Raises:
        InputError: no such severity, or no agent is registered.
    """
    if severity not in SCRIPTS:
        raise InputError([Problem(where="--severity", found=repr(severity),
                                  expected=f"one of {', '.join(SCRIPTS)}")])  # fmt: skip
    call = planned_drill(journal, practice, "drill")
    made = invented(journal, call, now(), how=("memory", ("script 1",)))
    playing = begin_playing(desk_of(journal, call, made.begun.agent), made.pack, made.begun, now())
    for line in SCRIPTS[severity]:
        playing.say(line)
    return playing


def wait_for_somebody(
    playing: Playing, until: timedelta, sleep: Callable[[float], None]
) -> Iterator[Told]:
    """Yield what happens while somebody is waited for, in real time.

    sleep: waits so many seconds.
    """
    began, begun_ms, seen = now(), playing.at_ms, 0
    seen = len(playing.desk.rung_staff)
    yield from ((now(), f"paged {staff}, rung {rung}") for rung, staff in playing.desk.rung_staff)
    while playing.state.phase == WAITING and now() - began < until:
        staff = playing.desk.acknowledged()
        at_ms = begun_ms + int((now() - began).total_seconds() * 1000)
        if staff is not None:
            playing.happen(NurseJoined(at_ms=at_ms, staff=staff))
            yield now(), f"answered by {staff} after {(now() - began).total_seconds():.0f} s"
            break
        playing.happen(Ticked(at_ms=at_ms))
        for rung, paged in playing.desk.rung_staff[seen:]:
            yield now(), f"paged {paged}, rung {rung}"
        seen = len(playing.desk.rung_staff)
        sleep(STEP.total_seconds())


def end_drill(journal: StoredJournal, practice: str, playing: Playing) -> None:
    """End an exercise; its log stays, no chart knows of it."""
    if not playing.state.ended:
        playing.happen(HungUp(at_ms=playing.at_ms))
    record_call(journal, practice, playing.desk.call.call, now())
