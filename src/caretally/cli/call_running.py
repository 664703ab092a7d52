"""Runs calls of the store: drills, and logs that are played again; behind `caretally call`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from caretally.cli import screen
from caretally.contacts.wellness_calls.log_lines import differences, read_line, read_log
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.transcripts import Row, rows_of
from caretally.errors import IntegrityError
from caretally.practice.call_desk import call_named, lines_of
from caretally.practice.call_drills import begin_drill_call, end_drill, wait_for_somebody
from caretally.practice.call_recording import checked_chain
from caretally.store.stored_journal import StoredJournal

WHO = {"agent": "voice", "patient": "patient", "keys": "keys", "alert": "! ALERT",
       "ended": "# ended"}  # fmt: skip


def drill(journal: StoredJournal, practice: str, severity: str, minutes: int) -> bool:
    """Run an exercise and tell what happened; tell whether somebody answered.

    Raises:
        InputError: no such practice or severity, or no agent is registered.
    """
    playing = begin_drill_call(journal, practice, severity)
    screen.tell(f"drill {playing.desk.call.call}: {severity}; whoever is paged answers on a page")
    for at, says in wait_for_somebody(playing, timedelta(minutes=minutes), time.sleep):
        screen.write_text(f"{at:%H:%M:%S}Z {says}\n")
    was_answered = bool(playing.desk.taken_by)
    end_drill(journal, practice, playing)
    if not was_answered:
        screen.tell("nobody answered")
    return was_answered


def replay(journal: StoredJournal, practice: str, name: str) -> bool:
    """Show a call turn by turn and hold its log against itself; tell whether it holds.

    Raises:
        UnknownError: there is no such call.
        IntegrityError: its log was changed.
    """
    call = call_named(journal, practice, name)
    rows = lines_of(journal, call)
    if not rows:
        screen.tell("no line of this call is kept")
        return bool(call.settled)
    if checked_chain(rows) != bytes(call.log_digest):
        raise IntegrityError("the log ends otherwise than it was kept")
    written, pack = read_log(row.line for row in rows), installed(call.protocol)
    found = differences(written, pack)
    is_playable = written.answered_at is not None and bool(written.events) and not found
    log = written.log(pack) if is_playable else None
    for row in rows_of((read_line(each.line) for each in rows), pack, log):
        for line in row_lines(row):
            screen.write_text(f"{line}\n")
    for each in found:
        screen.tell(each)
    screen.tell(f"{len(rows)} lines, sha256:{bytes(call.log_digest).hex()}")
    screen.tell("the log does not play again" if found else "the log is whole and plays again")
    return not found


def row_lines(row: Row) -> Iterator[str]:
    """Yield a row as lines of text."""
    who = WHO.get(row.kind, "~")
    detail = f" ({row.detail})" if row.detail else ""
    yield f"{row.at:>5} {who}: {row.says}{detail}"
    if row.heard and not row.agrees:
        yield f"      heard as {' | '.join(row.heard)}"
