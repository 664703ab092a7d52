"""Gathers what a decision on one patient rests on: the chart, the practice, and what is tied to it.

The result is decided exactly as the whole journal of the practice would be. What cannot matter is
left out: other patients' readings, and time and contacts far from the month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from caretally.clock import ServiceMonth, seconds_of
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry, ReadingRecorded
from caretally.patient_months.ledgers import CUSTODY_KINDS, SPAN_KINDS
from caretally.patient_months.rows import Record
from caretally.store.shelf import Shelf, entry_of
from caretally.store.streams import (
    CORRECTIONS,
    DEVICES,
    OWN,
    STAFF,
    Book,
    Stream,
    named_streams,
    numbered_streams,
)  # fmt: skip
from caretally.store.ties import Filed

MARGIN = timedelta(hours=40)
"""Farther than a zone's offset and a plausible span together from the edge of a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is known for deciding one patient; what was set aside is told by id.

    rivals: when somebody was with another patient at the same time, in seconds, by patient.
    """

    patient: str
    own: Sequence[Entry]
    others: Sequence[Entry]
    record: Record
    rivals: Mapping[str, Sequence[tuple[int, int]]]

    def of_month(self, month: ServiceMonth) -> Record:
        """Return what matters for one month."""
        begin, end = around(month)
        own = [entry for entry in self.own if is_near(entry, begin, end)] or list(self.own[:1])
        first, last = seconds_of(begin), seconds_of(end)
        rivals = {
            patient
            for patient, overlaps in self.rivals.items()
            if any(begins <= last and ends >= first for begins, ends in overlaps)
        }
        others = [
            entry
            for entry in self.others
            if entry.patient is None
            or entry.body.kind in CUSTODY_KINDS
            or (
                entry.patient in rivals
                and not isinstance(entry.body, ReadingRecorded)
                and is_near(entry, begin, end)
            )
        ]
        return Record(known=[*others, *own], set_aside=self.record.set_aside)


@lru_cache(maxsize=512)
def around(month: ServiceMonth) -> tuple[datetime, datetime]:
    """Return instants well before and well after a month, wherever on earth."""
    after = month.next()
    return (
        datetime(month.year, month.month, 1, tzinfo=UTC) - MARGIN,
        datetime(after.year, after.month, 1, tzinfo=UTC) + MARGIN,
    )


def is_near(entry: Entry, begin: datetime, end: datetime) -> bool:
    """Tell whether an entry may matter between two instants; only time and contacts may not."""
    body = entry.body
    if body.kind not in SPAN_KINDS:
        return True
    closes: datetime = getattr(body, "end", None) or entry.at
    return min(entry.at, closes) <= end and max(entry.at, closes) >= begin


def gather(
    book: Book,
    stream: Stream,
    shelf: Shelf,
    *,
    months: Sequence[ServiceMonth],
    as_of: datetime | None = None,
) -> Chart:
    """Return what is known of a patient, enough to decide some months.

    Raises:
        InputError: what is stored contradicts itself; appending never lets that happen.
    """
    assert stream.patient is not None
    overlaps = rivals(book, stream, months) if stream.ties & STAFF else []
    found = connected(book, stream, {rival for rival, _, _ in overlaps})
    entries: list[Entry] = []
    for each in found:
        if each.id != stream.id:
            entries += shelf.entries(book.db, each)
    own = shelf.entries(book.db, stream)
    tied = [each.id for each in found if each.ties & CORRECTIONS]
    if tied:
        have = {entry.id for entry in (*entries, *own)}
        entries += (entry for entry in correcting(book, tied) if entry.id not in have)
    resolution = resolve((*entries, *own), as_of)
    known = resolution.known
    if as_of is not None:
        names = {entry.id for entry in known}
        own = tuple(entry for entry in own if entry.id in names)
        entries = [entry for entry in entries if entry.id in names]
    return Chart(
        patient=stream.patient, own=own, others=entries,
        record=Record(known=known, set_aside=resolution.set_aside),
        rivals=by_patient(overlaps, found),
    )  # fmt: skip


def by_patient(
    overlaps: Iterable[tuple[int, int, int]], streams: Iterable[Stream]
) -> dict[str, list[tuple[int, int]]]:
    """Return when there were overlaps, by patient."""
    patients = {each.id: each.patient for each in streams}
    found: dict[str, list[tuple[int, int]]] = {}
    for rival, begins, ends in overlaps:
        found.setdefault(patients[rival] or "", []).append((begins, ends))
    return found


def connected(book: Book, stream: Stream, rivals: Iterable[int]) -> list[Stream]:
    """Return a stream, the practice's own, and those a patient's months depend on, by number."""
    own = book.own or named_streams(book, [OWN])[OWN]
    found = {own.id: own, stream.id: stream}
    add(book, found, rivals)
    add(book, found, sharing(book, stream) if stream.ties & DEVICES else ())
    return [found[number] for number in sorted(found)]


def add(book: Book, found: dict[int, Stream], numbers: Iterable[int]) -> None:
    """Add streams to those found."""
    missing = set(numbers) - found.keys()
    if missing:
        found.update(numbered_streams(book, missing))


def rivals(
    book: Book, stream: Stream, months: Sequence[ServiceMonth]
) -> list[tuple[int, int, int]]:
    """Return in which streams somebody was at the same time as in this one, and when."""
    rows = book.db.rows(
        "SELECT rival_id, begins, ends FROM store_overlap "
        "WHERE stream_id = %s AND begins <= %s AND ends >= %s",
        stream.id,
        seconds_of(around(max(months))[1]),
        seconds_of(around(min(months))[0]),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def sharing(book: Book, stream: Stream) -> list[int]:
    """Return the streams that share a device with this one."""
    rows = book.db.rows(
        "SELECT DISTINCT other.stream_id FROM store_deviceevent AS mine "
        "JOIN store_deviceevent AS other ON other.practice_id = mine.practice_id "
        "AND other.device = mine.device WHERE mine.stream_id = %s",
        stream.id,
    )
    return [row[0] for row in rows]


def correcting(book: Book, numbers: Iterable[int]) -> list[Entry]:
    """Return the entries of all families of corrections that touch these streams."""
    families: set[str] = set()
    for column in ("stream_id", "target_stream_id"):
        rows = book.db.rows_in(
            f"SELECT DISTINCT family FROM store_correction WHERE practice_id = %s "  # noqa: S608
            f"AND {column} IN ({{}})",
            sorted(numbers),
            book.number,
        )
        families.update(row[0] for row in rows)
    rows = book.db.rows_in(
        "SELECT entry_id, target_id FROM store_correction WHERE practice_id = %s "
        "AND family IN ({})",
        sorted(families),
        book.number,
    )
    return [entry for entry, _ in stored_entries(book, {name for row in rows for name in row})]


def stored_entries(book: Book, ids: Iterable[str]) -> list[Filed]:
    """Return stored entries by id, those that are stored, with the numbers of their streams."""
    rows = book.db.rows_in(
        "SELECT line, stream_id FROM store_entry WHERE practice_id = %s AND entry_id IN ({})",
        sorted(ids),
        book.number,
    )
    return [Filed(entry_of(line), stream) for line, stream in rows]
