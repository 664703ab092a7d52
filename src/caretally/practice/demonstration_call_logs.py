"""The calls of the demonstration: one that reached Gus, one his machine answered, and a drill.

Nobody is dialed: the patient's side is a script, and everything else is the program's own way.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from caretally.contacts.wellness_calls.events import HungUp, NurseJoined
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.journal.entries import Entry, ProtocolSigned
from caretally.practice.call_desk import call_named, desk_of
from caretally.practice.call_planning import Wanted, invented, plan, ready
from caretally.practice.call_playing import Playing, begin_playing, play
from caretally.practice.call_recording import record_call
from caretally.practice.drills import ANSWERED
from caretally.store.alert_tables import Notice
from caretally.store.call_tables import DIALING, Call
from caretally.store.stored_journal import StoredJournal

PATIENT, PROTOCOL, CALLBACK = "pat_gus", "general", "312 555 0100"
MODELS = ("script 1",)
SIGNED_AT = datetime(2026, 3, 13, 20, 10, tzinfo=UTC)
REACHED_AT = datetime(2026, 3, 18, 15, 2, tzinfo=UTC)
MACHINE_AT = datetime(2026, 3, 17, 15, 2, tzinfo=UTC)
DRILL_AT = datetime(2026, 3, 16, 16, 30, tzinfo=UTC)
BY_HAND = "stf_tom"
WELL = (
    "yes", "#1956", "yes", "yes | yeah", "no", "no", "no", "#2", "no", "no", "no", "#5", "#2",
    "yes", "yes", "#1",
)  # fmt: skip
"""What Gus says: both ears hear otherwise once, and some answers are keyed."""
PAIN = ("yes", "#1950", "yes", "I have chest pain")


def signature(practitioner: str) -> list[Entry]:
    """Return that a practitioner signed the protocol that these calls follow."""
    pack = installed(PROTOCOL)
    body = ProtocolSigned(protocol=pack.name, version=pack.version, digest=pack.digest,
                          signed_by=practitioner)  # fmt: skip
    return [Entry(
        id=f"ent_signed_{PROTOCOL}", patient=None, at=SIGNED_AT, recorded_at=SIGNED_AT,
        actor=f"staff:{practitioner}", body=body,
    )]  # fmt: skip


def with_calls(journal: StoredJournal, practice: str, practitioner: str) -> None:
    """Sign protocols and make the calls, as of their days."""
    journal.append(practice, signature(practitioner), received_at=SIGNED_AT)
    drilled(journal, practice)
    for at, script in ((MACHINE_AT, ("voicemail",)), (REACHED_AT, WELL)):
        call = plan(journal, practice, Wanted(
            patient=PATIENT, program="rpm", protocol=PROTOCOL, due_at=at, asked_by=BY_HAND,
        ), at)  # fmt: skip
        playing = begun(journal, practice, call, at)
        play(playing, script)
        over(journal, practice, playing)


def begun(journal: StoredJournal, practice: str, call: Call, at: datetime) -> Playing:
    """Return a call that was dialed and picked up, on a clock of its own."""
    call = call_named(journal, practice, call.call)
    how = ("memory", MODELS)
    made = (
        invented(journal, call, at, how=how) if call.drill
        else ready(journal, call, at, callback=CALLBACK, how=how)
    )  # fmt: skip
    desk = desk_of(journal, call, made.begun.agent)
    desk.wall = lambda: at
    Call.objects.using(journal.db.alias).filter(pk=call.pk).update(
        state=DIALING, dialed_at=at, carrier="memory"
    )
    picked_up = at + timedelta(seconds=11)
    playing = begin_playing(desk, made.pack, made.begun, picked_up)
    desk.wall = lambda: desk.at(playing.at_ms)
    return playing


def over(journal: StoredJournal, practice: str, playing: Playing) -> None:
    """Record a call that is over."""
    record_call(journal, practice, playing.desk.call.call, playing.desk.at(playing.at_ms + 2_000))


def drilled(journal: StoredJournal, practice: str) -> None:
    """Make the drill: chest pain, and a practitioner on the line half a minute later."""
    call = plan(journal, practice, Wanted(
        patient="", program="rpm", protocol=PROTOCOL, due_at=DRILL_AT, asked_by=BY_HAND,
        drill=True,
    ), DRILL_AT)  # fmt: skip
    playing = begun(journal, practice, call, DRILL_AT)
    for line in PAIN:
        playing.say(line)
    playing.happen(NurseJoined(at_ms=playing.at_ms + 17_000, staff="stf_lin"))
    playing.happen(HungUp(at_ms=playing.at_ms + 95_000))
    over(journal, practice, playing)
    # It was answered: nobody is told of it any more.
    told = Notice.objects.using(journal.db.alias).filter(alert__in=playing.desk.alerts.values())
    told.update(state="given_up", answer=f"{ANSWERED} stf_lin")
