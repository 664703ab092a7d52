"""What connects streams: corrections across charts, staff in two places, devices that move.

Everything here is a projection of the journal, written with the entries and rebuilt from them. It
tells which other streams a patient's months depend on; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from caretally.clock import seconds_of
from caretally.journal.entries import (
    AmendmentRequested,
    ContactHeld,
    DeviceAssigned,
    DeviceReturned,
    Entry,
    EntryVoided,
    TimeLogged,
)
from caretally.store.database import grouped
from caretally.store.streams import AMENDMENTS, CORRECTIONS, DEVICES, STAFF, Book, tie

LONGEST_SPAN = 24 * 3600
"""Seconds beyond which a span is not looked at for overlaps; the rules draw the line far below."""


class Filed(NamedTuple):
    """An entry and the number of its stream."""

    entry: Entry
    stream: int


class Overlapping(NamedTuple):
    """A span and one of the same person in another stream."""

    stream: int
    entry_id: str
    begins: int
    ends: int
    rival: int
    rival_entry_id: str


class Pair(NamedTuple):
    """A correction and what it corrects, with their streams."""

    entry_id: str
    target_id: str
    stream: int
    target_stream: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What newly filed entries are connected with.

    overlaps: of new spans, told from both sides. shared: streams that share a device with them.
    """

    overlaps: Sequence[Overlapping]
    shared: frozenset[int]


def targets_of(entry: Entry) -> tuple[str, ...]:
    """Return the ids an entry corrects."""
    voided = (entry.body.entry,) if isinstance(entry.body, EntryVoided) else ()
    return voided if entry.supersedes is None else (entry.supersedes, *voided)


def span_of(entry: Entry) -> tuple[tuple[str, ...], int, int] | None:
    """Return who worked from when to when; None where nobody's time is taken."""
    body = entry.body
    if isinstance(body, ContactHeld):
        persons = tuple(dict.fromkeys(body.performers))
    elif isinstance(body, TimeLogged):
        persons = (body.performer,)
    else:
        return None
    begins, ends = seconds_of(body.start), seconds_of(body.end)
    return (persons, begins, ends) if begins < ends <= begins + LONGEST_SPAN else None


def file_ties(book: Book, filed: Sequence[Filed]) -> Ties:
    """Write down what new entries are connected with, and return it."""
    asked = {stream for entry, stream in filed if isinstance(entry.body, AmendmentRequested)}
    if asked:
        tie(book, asked, AMENDMENTS)
    return Ties(overlaps=file_spans(book, filed), shared=file_devices(book, filed))


# --- staff ----------------------------------------------------------------------------------------


def file_spans(book: Book, filed: Sequence[Filed]) -> list[Overlapping]:
    """Write down the staff's spans and which of them overlap in different streams."""
    spans = [
        (book.number, person, span[1], span[2], entry.id, stream)
        for entry, stream in filed
        if (span := span_of(entry)) is not None
        for person in span[0]
    ]
    if not spans:
        return []
    found: dict[Overlapping, None] = {}
    columns = ("practice_id", "person", "begins", "ends", "entry_id", "stream_id")
    book.db.insert("store_staffspan", columns, spans)
    for _, person, begins, ends, entry_id, stream in spans:
        for other in rivals_of(book, (person, begins, ends), stream):
            rival_entry, rival, its_begin, its_end = other
            found[Overlapping(stream, entry_id, begins, ends, rival, rival_entry)] = None
            found[Overlapping(rival, rival_entry, its_begin, its_end, stream, entry_id)] = None
    if found:
        columns = ("stream_id", "entry_id", "begins", "ends", "rival_id", "rival_entry_id")
        book.db.insert("store_overlap", columns, list(found))
        tie(book, {each.stream for each in found}, STAFF)
    return list(found)


def rivals_of(
    book: Book, span: tuple[str, int, int], stream: int
) -> Iterable[tuple[str, int, int, int]]:
    """Return the spans of the same person in other streams that overlap one."""
    person, begins, ends = span
    rows = book.db.rows(
        "SELECT entry_id, stream_id, begins, ends FROM store_staffspan WHERE practice_id = %s "
        "AND person = %s AND begins < %s AND begins > %s AND ends > %s AND stream_id <> %s",
        book.number, person, ends, begins - LONGEST_SPAN, begins, stream,
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3]) for row in rows]


# --- devices --------------------------------------------------------------------------------------


def file_devices(book: Book, filed: Sequence[Filed]) -> frozenset[int]:
    """Write down where devices were assigned and returned; returns the streams that share them."""
    events = [
        (book.number, entry.body.device, stream, entry.id)
        for entry, stream in filed
        if isinstance(entry.body, DeviceAssigned | DeviceReturned)
    ]
    if not events:
        return frozenset()
    book.db.insert("store_deviceevent", ("practice_id", "device", "stream_id", "entry_id"), events)
    rows = book.db.rows_in(
        "SELECT DISTINCT device, stream_id FROM store_deviceevent WHERE practice_id = %s "
        "AND device IN ({})",
        sorted({event[1] for event in events}),
        book.number,
    )
    shared = frozenset(
        stream for streams in grouped(rows).values() if len(streams) > 1 for stream in streams
    )
    if shared:
        tie(book, shared, DEVICES)
    return shared


# --- corrections ----------------------------------------------------------------------------------


def family_rows(book: Book, ids: Iterable[str]) -> dict[Pair, str]:
    """Return all stored corrections of the families that some ids belong to."""
    chosen = sorted(ids)
    families: set[str] = set()
    for column in ("entry_id", "target_id"):
        rows = book.db.rows_in(
            f"SELECT DISTINCT family FROM store_correction WHERE practice_id = %s "  # noqa: S608
            f"AND {column} IN ({{}})",
            chosen,
            book.number,
        )
        families.update(row[0] for row in rows)
    rows = book.db.rows_in(
        "SELECT entry_id, target_id, stream_id, target_stream_id, family FROM store_correction "
        "WHERE practice_id = %s AND family IN ({})",
        sorted(families),
        book.number,
    )
    return {Pair(*row[:4]): row[4] for row in rows}


def file_corrections(
    book: Book, filed: Sequence[Filed], stored: Mapping[Pair, str], streams: Mapping[str, int]
) -> None:
    """Write down corrections and name their families; `streams` tells where each id stands."""
    new = [
        Pair(entry.id, target, stream, streams[target])
        for entry, stream in filed
        for target in dict.fromkeys(targets_of(entry))
    ]
    if not new:
        return
    names = families([*stored, *new])
    for pair, family in stored.items():
        if names[pair.entry_id] != family:
            book.db.run(
                "UPDATE store_correction SET family = %s WHERE practice_id = %s "
                "AND entry_id = %s AND target_id = %s",
                names[pair.entry_id], book.number, pair.entry_id, pair.target_id,
            )  # fmt: skip
    columns = (
        "practice_id", "entry_id", "target_id", "stream_id", "target_stream_id", "family",
    )  # fmt: skip
    book.db.insert(
        "store_correction", columns, [(book.number, *pair, names[pair.entry_id]) for pair in new]
    )
    spread = across(names, [*stored, *new])
    if spread:
        tie(book, spread, CORRECTIONS)


def families(pairs: Iterable[Pair]) -> dict[str, str]:
    """Return the family of each id: the smallest id of all that corrections connect."""
    name: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    for pair in pairs:
        first, second = (name.setdefault(each, each) for each in pair[:2])
        for each in pair[:2]:
            members.setdefault(each, [each])
        if first != second:
            kept, gone = min(first, second), max(first, second)
            members[kept] += members[gone]
            for member in members[gone]:
                name[member] = kept
    return name


def across(names: Mapping[str, str], pairs: Iterable[Pair]) -> set[int]:
    """Return the streams of families that stand in more than one."""
    streams: dict[str, set[int]] = {}
    for pair in pairs:
        streams.setdefault(names[pair.entry_id], set()).update(pair[2:])
    return {stream for found in streams.values() if len(found) > 1 for stream in found}
