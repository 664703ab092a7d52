"""Saves entries: all or none, each once, chained, and with every patient-month they touch.

The same entry again is known, another under its id is a conflict, and corrections are held against
what is stored. Whatever is wrong is named at once, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from caretally.errors import ConflictError, InputError, Problem
from caretally.journal.canonical import line_of
from caretally.journal.chain import linked
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry
from caretally.journal.envelopes import decode_entry
from caretally.journal.faults import Misfit, cut
from caretally.journal.parsing import parse_line
from caretally.journal.port import Appended
from caretally.store.alerts import told_of_alerts, write_alerts
from caretally.store.cards import concerned, write_cards
from caretally.store.claim_cards import told_of_claims, write_claim_cards
from caretally.store.database import Database
from caretally.store.decision_cards import (
    rewrite_decisions,
    told_of_decisions,
    write_decisions,
)
from caretally.store.denials import told_of_denials, write_denials
from caretally.store.device_cards import devices_of, write_device_cards
from caretally.store.gathering import stored_entries
from caretally.store.healing import let_go_on
from caretally.store.months import Desk, work_out
from caretally.store.outbox import Change, file_events
from caretally.store.reach import Reaching
from caretally.store.shelf import Held, Shelf, entry_of
from caretally.store.streams import (
    OWN,
    Book,
    Stream,
    locked_book,
    numbered_streams,
    open_streams,
    stream_name,
)
from caretally.store.ties import (
    Filed,
    Pair,
    family_rows,
    file_corrections,
    file_ties,
    targets_of,
)
from caretally.store.worklist_marks import changes_ladder, changes_rules, mark, mark_all

ENTRY_COLUMNS = (
    "practice_id", "stream_id", "position", "entry_id", "received_at", "line", "digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What is stored of the families that new corrections belong to."""

    pairs: dict[Pair, str]
    members: list[Filed]


def append(
    db: Database, desk: Desk, practice: str, entries: Sequence[Entry], received_at: datetime
) -> Appended:
    """Save entries of a practice.

    Raises:
        ConflictError: an id is stored with other content; all are named.
        InputError: corrections contradict what is stored; all are named.
    """
    with db.atomic():
        book = locked_book(db, practice)
        fresh, known, problems = sorted_out(book, entries)
        corrected = corrected_by(book, fresh)
        problems += contradictions(fresh, corrected) + unreadable(fresh)
        if problems:
            raise ConflictError(problems) if problems[0].field == "id" else InputError(problems)
        if fresh:
            filed, streams = store(book, desk.shelf, fresh, received_at)
            changed = settle(book, desk, filed, (corrected, streams))
            file_events(book, Change(accepted=fresh, months=changed, at=received_at))
    return Appended(accepted=tuple(entry.id for entry in fresh), known=tuple(known))


def sorted_out(
    book: Book, entries: Sequence[Entry]
) -> tuple[list[Entry], list[str], list[Problem]]:
    """Return which entries are new, the ids of those known, and the conflicts."""
    rows = book.db.rows_in(
        "SELECT entry_id, line FROM store_entry WHERE practice_id = %s AND entry_id IN ({})",
        sorted({entry.id for entry in entries}),
        book.number,
    )
    stored: dict[str, str] = {row[0]: row[1] for row in rows}
    first: dict[str, Entry] = {}
    known: dict[str, None] = {}
    problems: list[Problem] = []
    for entry in entries:
        line = stored.get(entry.id)
        before = first.get(entry.id) if line is None else entry_of(line)
        if before is None:
            first[entry.id] = entry
        elif before == entry:
            known[entry.id] = None
        else:
            problems.append(conflict(entry))
    return list(first.values()), list(known), problems


def conflict(entry: Entry) -> Problem:
    """Return the problem of an id that has other content already."""
    return Problem(
        where=f"entry {entry.id}",
        field="id",
        found=f"{cut(repr(entry.id))} again, with other content than before",
        expected="one content for each id",
        hint="give the entry an id of its own, and let it supersede the first if it corrects it",
    )


def corrected_by(book: Book, fresh: Sequence[Entry]) -> Corrected:
    """Return what is stored of everything that new entries correct."""
    targets = {target for entry in fresh for target in targets_of(entry)}
    if not targets:
        return Corrected(pairs={}, members=[])
    pairs = family_rows(book, targets)
    ids = targets.union(*(pair[:2] for pair in pairs))
    return Corrected(pairs=pairs, members=stored_entries(book, ids))


def contradictions(fresh: Sequence[Entry], corrected: Corrected) -> list[Problem]:
    """Return what is wrong with new corrections, seen together with what is stored."""
    try:
        resolve([*(entry for entry, _ in corrected.members), *fresh])
    except InputError as error:
        return list(error.problems)
    return []


def unreadable(fresh: Sequence[Entry]) -> list[Problem]:
    """Return what is wrong with entries that could be written and not be read again."""
    problems: list[Problem] = []
    for entry in fresh:
        where = f"entry {entry.id}"
        try:
            again = decode_entry(parse_line(line_of(entry)))
        except Misfit as misfit:
            problems += [fault.problem(where) for fault in misfit.faults]
        else:
            if again != entry:
                expected = "an entry in whole form: instants in UTC, no field of another type"
                problems.append(Problem(where=where, found="another entry", expected=expected))
    return problems


def store(
    book: Book, shelf: Shelf, fresh: Sequence[Entry], received_at: datetime
) -> tuple[list[Filed], dict[int, Stream]]:
    """Chain and insert new entries; returns them with their streams, as they are now."""
    streams = open_streams(book, {stream_name(entry) for entry in fresh})
    received = received_at.astimezone(UTC).isoformat()
    rows, filed = [], []
    added: dict[int, list[Entry]] = {}
    before = {stream.id: (stream.length, stream.head) for stream in streams.values()}
    for entry in fresh:
        stream = streams[stream_name(entry)]
        line = line_of(entry)[:-1].decode()
        stream.length += 1
        stream.head = linked(stream.head, received, line)
        rows.append((book.number, stream.id, stream.length, entry.id, received, line, stream.head))
        filed.append(Filed(entry, stream.id))
        added.setdefault(stream.id, []).append(entry)
    book.db.insert("store_entry", ENTRY_COLUMNS, rows)
    by_number = {stream.id: stream for stream in streams.values()}
    for number in sorted(added):
        stream = by_number[number]
        book.db.run(
            "UPDATE store_stream SET length = %s, head = %s WHERE id = %s",
            stream.length, stream.head, number,
        )  # fmt: skip
        extend(book.db, shelf, (stream, before[number]), added[number])
    return filed, by_number


def extend(
    db: Database, shelf: Shelf, grown: tuple[Stream, tuple[int, bytes]], added: list[Entry]
) -> None:
    """Let the shelf know what a stream grew by, if it held all that came before."""
    stream, (length, head) = grown
    held = shelf.held.get((db.alias, stream.id))
    if length == 0:
        held = Held(length, head, ())
    if held is not None and (held.length, held.head) == (length, head):
        shelf.keep((db.alias, stream.id), held.grown(stream, added))


def settle(
    book: Book, desk: Desk, filed: list[Filed], known: tuple[Corrected, dict[int, Stream]]
) -> list[tuple[str, str]]:
    """Bring all that follows from new entries up to date; returns the patient-months changed."""
    corrected, streams = known
    where = {entry.id: stream for entry, stream in (*filed, *corrected.members)}
    ties = file_ties(book, filed)
    file_corrections(book, filed, corrected.pairs, where)
    if ties.overlaps or ties.shared or corrected.members:
        streams |= numbered_streams(book, streams)
    book = replace(book, own=next(each for each in streams.values() if each.name == OWN))
    reaching = Reaching(book=book, shelf=desk.shelf, streams=streams)
    reaching.take(filed, ties, corrected.members)
    missing = reaching.found.keys() - streams.keys()
    if missing:
        streams = streams | numbered_streams(book, missing)
    reached = [
        (streams[number], reach)
        for number, reach in reaching.found.items()
        if streams[number].patient is not None
    ]
    changed = work_out(book, desk, reached)
    touched = concerned(filed, corrected.members)
    cards = touched & streams.keys()
    write_cards(book, desk.shelf, [streams[number] for number in sorted(cards)])
    devices = devices_of([*filed, *corrected.members])
    write_device_cards(book, desk.shelf, devices)
    let_go_on(book, devices)
    for number in sorted(told_of_alerts((*filed, *corrected.members)) & streams.keys()):
        write_alerts(book, desk.shelf, streams[number])
    settle_decisions(book, desk.shelf, (filed, corrected.members), streams)
    for number in sorted(told_of_denials((*filed, *corrected.members)) & streams.keys()):
        write_denials(book, desk.shelf, streams[number])
    for number in sorted(told_of_claims((*filed, *corrected.members)) & streams.keys()):
        write_claim_cards(book, desk.shelf, streams[number])
    mark(book, [stream for stream, _ in reached])
    if changes_ladder(filed) or changes_rules((*filed, *corrected.members)):
        mark_all(book)
    return changed


def settle_decisions(
    book: Book,
    shelf: Shelf,
    said: tuple[Sequence[Filed], Sequence[Filed]],
    streams: Mapping[int, Stream],
) -> None:
    """Bring the decisions of closed months up to date.

    said: what is new, and what it corrects. A chart in which something said of a decision is
    corrected is written anew.
    """
    filed, corrected = said
    numbers = {each.stream for each in told_of_decisions(corrected)}
    write_decisions(book, [e for e in told_of_decisions(filed) if e.stream not in numbers])
    for number in sorted(numbers & streams.keys()):
        rewrite_decisions(book, shelf, streams[number])
