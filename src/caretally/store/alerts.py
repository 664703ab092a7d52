"""Alerts of a patient as rows: a projection of the journal, and which readings were judged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from caretally.codes import ALERT_LEVELS
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry
from caretally.store.database import Value
from caretally.store.gathering import correcting
from caretally.store.shelf import Shelf
from caretally.store.streams import CORRECTIONS, Book, Stream, stream_of
from caretally.store.ties import Filed
from caretally.triage.alerts import OF_ALERTS, Alert, alerts_of

COLUMNS = (
    "practice_id", "stream_id", "patient", "alert", "rule", "level", "metric", "says", "readings",
    "raised_at", "answer_by", "owner", "state", "acknowledged_by", "acknowledged_at", "step",
    "outcome", "closed_by", "closed_at",
)  # fmt: skip


def told_of_alerts(filed: Iterable[Filed]) -> set[int]:
    """Return the numbers of the streams in which something is said of alerts, or corrected."""
    return {each.stream for each in filed if isinstance(each.entry.body, OF_ALERTS)}


def in_force_of(book: Book, shelf: Shelf, stream: Stream) -> tuple[Entry, ...]:
    """Return a patient's own entries in force."""
    own, patient = shelf.entries(book.db, stream), stream.patient
    others: list[Entry] = []
    if stream.ties & CORRECTIONS:
        have = {entry.id for entry in own}
        others = [each for each in correcting(book, [stream.id]) if each.id not in have]
    return tuple(e for e in resolve((*own, *others)).in_force if e.patient == patient)


def write_alerts(book: Book, shelf: Shelf, stream: Stream) -> None:
    """Write the alerts of a patient as the journal has them; the practice is locked."""
    if stream.patient is None:
        return
    found = alerts_of(in_force_of(book, shelf, stream), stream.patient)
    book.db.run("DELETE FROM store_alert WHERE stream_id = %s", stream.id)
    book.db.insert("store_alert", COLUMNS, [row_of(book, stream, each) for each in found.values()])


def row_of(book: Book, stream: Stream, alert: Alert) -> tuple[Value, ...]:
    """Return the row of an alert."""
    return (
        book.number, stream.id, alert.patient, alert.alert, alert.rule,
        ALERT_LEVELS.index(alert.level), alert.metric, alert.says, " ".join(alert.readings),
        words_of(alert.raised_at), words_of(alert.answer_by), alert.owner, alert.state,
        alert.acknowledged_by, words_of(alert.acknowledged_at), alert.step, alert.outcome,
        alert.closed_by, words_of(alert.closed_at),
    )  # fmt: skip


def words_of(at: datetime | None) -> str:
    """Return an instant as rows hold it: of one length, so that they sort as they follow."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def unjudged(book: Book, day: date, limit: int) -> list[Stream]:
    """Return streams whose readings were not judged for a day, those just changed first."""
    rows = book.db.rows(
        "SELECT stream.id, stream.name, stream.length, stream.head, stream.ties "
        "FROM store_workitem AS item JOIN store_stream AS stream ON stream.id = item.stream_id "
        "WHERE item.practice_id = %s AND item.judged_on < %s ORDER BY item.judged_on LIMIT %s",
        book.number, day.isoformat(), limit,
    )  # fmt: skip
    return [stream_of(row) for row in rows]


def judged(book: Book, numbers: Iterable[int], judged_on: str) -> None:
    """Write down that the readings of streams were judged for a day."""
    book.db.rows_in(
        "UPDATE store_workitem SET judged_on = %s WHERE practice_id = %s AND stream_id IN ({}) "
        "RETURNING id",
        sorted(numbers), judged_on, book.number,
    )  # fmt: skip
