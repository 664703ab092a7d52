"""Alerts that nobody took on: the next step of the ladder is told, and written into the journal.

What was told and the notices about it are one transaction, in which the practice is locked: a
worker that is killed leaves either both or neither, and a second worker finds it done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from caretally.clock import ahead
from caretally.codes import ALERT_LEVELS
from caretally.journal.entries import AlertEscalated, Entry
from caretally.practice.on_call import post_of
from caretally.store.alert_tables import Notice
from caretally.store.database import Row
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import Book, locked_book
from caretally.triage.ladders import (
    PAGE,
    WEBHOOK,
    Around,
    Ladder,
    Told,
    steps_due,
    told_by,
)

BATCH = 50
AT_ONCE = {PAGE: "shown on every page", WEBHOOK: "left to the practice's webhooks"}
"""What a channel answers that needs nobody to send anything."""
SUBSTITUTE = "the ladder's own people were not to be found"
ACTOR = "system:escalation"
WAITING = (
    "SELECT practice.name, alert.alert, alert.patient, alert.level, alert.raised_at, "
    "alert.answer_by, alert.owner, alert.step FROM store_alert AS alert "
    "JOIN store_practice AS practice ON practice.id = alert.practice_id "
    "WHERE alert.practice_id IN (SELECT id FROM store_practice) AND alert.state = 'open' "
    "ORDER BY alert.level, alert.raised_at, alert.id"
)
AGAIN = "SELECT state, step FROM store_alert WHERE practice_id = %s AND alert = %s"
CLINIC = (
    "SELECT card.clinic, item.team FROM store_patientcard AS card LEFT JOIN store_workitem AS item "
    "ON item.stream_id = card.stream_id WHERE card.practice_id = %s AND card.patient = %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert that nobody took on yet. step: the last that was told, -1 before any."""

    practice: str
    alert: str
    patient: str
    level: str
    raised_at: datetime
    answer_by: datetime | None
    owner: str
    step: int


def waiting_of(row: Row) -> Waiting:
    """Return the alert of a row."""
    practice, alert, patient, level, raised_at, answer_by, owner, step = row
    return Waiting(
        practice=practice, alert=alert, patient=patient, level=ALERT_LEVELS[level],
        raised_at=datetime.fromisoformat(raised_at),
        answer_by=datetime.fromisoformat(answer_by) if answer_by else None, owner=owner, step=step,
    )  # fmt: skip


def escalate_due(journal: StoredJournal, at: datetime) -> int:
    """Tell the steps that are due of all alerts that nobody took on; returns of how many alerts."""
    done = 0
    for row in journal.db.rows(WAITING):
        done += escalate(journal, waiting_of(row), at)
        if done >= BATCH:
            break
    return done


def escalate(journal: StoredJournal, waiting: Waiting, at: datetime) -> bool:
    """Tell the steps of one alert that are due; tell whether there were any."""
    book = journal.book(waiting.practice)
    if not due_of(journal, book, waiting, at)[0]:
        return False
    with journal.db.atomic():
        locked_book(journal.db, waiting.practice)
        rows = journal.db.rows(AGAIN, book.number, waiting.alert)
        if not rows or rows[0][0] != "open":
            return False
        waiting = replace(waiting, step=rows[0][1])
        steps, ladder, around = due_of(journal, book, waiting, at)
        told = [(step, told_by(ladder.step(step), around)) for step in steps]
        journal.append(
            waiting.practice, [entry_of(waiting, *each, at=at) for each in told], received_at=at
        )
        made = [
            notice
            for step, whom in told
            for notice in notices_of(
                book, waiting.alert, (step, ladder.step(step).channels, whom), at
            )
        ]
        Notice.objects.using(journal.db.alias).bulk_create(made, ignore_conflicts=True)
    return bool(steps)


def due_of(
    journal: StoredJournal, book: Book, waiting: Waiting, at: datetime
) -> tuple[tuple[int, ...], Ladder, Around]:
    """Return the steps of an alert that are due, its ladder, and who can be told.

    Of repetitions that nobody was there to tell only the last is told.
    """
    post = post_of(journal, book)
    found = journal.db.rows(CLINIC, book.number, waiting.patient)
    clinic, team = found[0] if found else ("", "")
    ladder = post.ladder(waiting.level, clinic)
    times = (waiting.raised_at, waiting.answer_by)
    steps = steps_due(ladder, waiting.step, times, at)
    again = [each for each in steps if each >= len(ladder.steps)]
    steps = tuple(each for each in steps if each not in again[:-1])
    around = post.around(at, clinic) if steps else Around()
    return steps, ladder, replace(around, owner=waiting.owner, team=tuple((team or "").split()))


def entry_of(waiting: Waiting, step: int, told: Told, *, at: datetime) -> Entry:
    """Return the entry that a step was told; the same step has the same id."""
    name = f"{waiting.practice}\n{waiting.alert}\n{step}".encode()
    return Entry(
        id=f"esc_{sha256(name).hexdigest()[:32]}", patient=waiting.patient, at=at, recorded_at=at,
        actor=ACTOR, body=AlertEscalated(alert=waiting.alert, step=step, told=told.staff),
    )  # fmt: skip


def outside(at: datetime) -> datetime:
    """Return the time outside of a demonstration, by which notices are sent."""
    return at - ahead()


Step = tuple[int, Sequence[str], Told]
"""The number of a step, its channels, and whom it tells."""


def notices_of(book: Book, alert: str, step: Step, at: datetime) -> Iterator[Notice]:
    """Yield the notices of a step; what pages show stands there at once."""
    number, channels, told = step
    for channel in channels:
        for staff in told.staff if channel != WEBHOOK else ("",):
            answer = AT_ONCE.get(channel, "")
            if told.is_substitute and channel != WEBHOOK:
                answer = f"{answer}; {SUBSTITUTE}".removeprefix("; ")
            yield Notice(
                practice_id=book.number, alert=alert, step=number, staff=staff, channel=channel,
                state="sent" if channel in AT_ONCE else "waiting", answer=answer,
                due_at=outside(at), made_at=at,
            )  # fmt: skip
