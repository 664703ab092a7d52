"""Drops everything that follows from the journal and works it out again, to the same bytes.

A practice at a time, each in one transaction; a month whose content comes out as before keeps its
version, so that open pages have nothing to reload.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from caretally.store.alerts import judged, write_alerts
from caretally.store.cards import write_cards
from caretally.store.claim_cards import has_claims, write_claim_cards
from caretally.store.database import Database
from caretally.store.decision_cards import rewrite_decisions
from caretally.store.denials import write_denials
from caretally.store.device_cards import all_devices, write_device_cards
from caretally.store.gathering import stored_entries
from caretally.store.months import Desk, work_out
from caretally.store.reach import Reach, months_of, zones_of
from caretally.store.streams import ACCESS, COLUMNS, OWN, Book, Stream, locked_book, stream_of
from caretally.store.ties import Filed, file_corrections, file_ties, targets_of
from caretally.store.worklist import round_of, write_items
from caretally.store.worklist_marks import mark

MOST_AT_ONCE = 5_000
"""Entries whose ties are written together."""

PRACTICE_TABLES = (
    "patientmonth", "staffspan", "deviceevent", "correction", "patientcard", "workitem",
    "devicecard", "devicename", "alert", "decisioncard", "denial",
    "claimcard",
)  # fmt: skip

Versions = dict[tuple[int, str], tuple[int, bytes]]


def rebuild(db: Database, desk: Desk) -> int:
    """Rebuild the projections of all practices; returns how many patient-months there are."""
    practices = [row[0] for row in db.rows("SELECT name FROM store_practice ORDER BY id")]
    count = 0
    for practice in practices:
        with db.atomic():
            book = locked_book(db, practice)
            days = item_days(book)
            versions = dropped(book)
            rebuild_practice(book, desk)
            rebuild_items(book, desk, days)
            count += restore_versions(book, versions)
    return count


def dropped(book: Book) -> Versions:
    """Drop a practice's projections; returns the versions and digests of its months."""
    rows = book.db.rows(
        "SELECT stream_id, month, version, digest FROM store_patientmonth WHERE practice_id = %s",
        book.number,
    )
    for table in PRACTICE_TABLES:
        book.db.run(f"DELETE FROM store_{table} WHERE practice_id = %s", book.number)  # noqa: S608
    book.db.run(
        "DELETE FROM store_overlap WHERE stream_id IN "
        "(SELECT id FROM store_stream WHERE practice_id = %s)",
        book.number,
    )
    book.db.run("UPDATE store_stream SET ties = 0 WHERE practice_id = %s", book.number)
    return {(row[0], row[1]): (row[2], bytes(row[3])) for row in rows}


def item_days(book: Book) -> dict[int, tuple[str, str]]:
    """Return for which days items were worked out and readings judged; empty where they wait."""
    rows = book.db.rows(
        "SELECT stream_id, as_of_on, judged_on FROM store_workitem WHERE practice_id = %s",
        book.number,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def rebuild_items(book: Book, desk: Desk, days: dict[int, tuple[str, str]]) -> None:
    """Work the items of the worklist out for the days they were of; those that waited, wait."""
    streams = [stream for stream in journal_streams(book) if stream.patient is not None]
    as_of = {number: day for number, (day, _) in days.items()}
    for day in sorted(set(as_of.values()) - {""}):
        found = round_of(book, desk, date.fromisoformat(day))
        write_items(book, desk, [each for each in streams if as_of.get(each.id) == day], found)
    mark(book, [each for each in streams if not as_of.get(each.id)])
    for judged_on in sorted({judged_on for _, judged_on in days.values()} - {""}):
        numbers = [number for number, found in days.items() if found[1] == judged_on]
        judged(book, numbers, judged_on)


def journal_streams(book: Book) -> list[Stream]:
    """Return all streams of a practice but those of access, by number."""
    rows = book.db.rows(
        f"SELECT {COLUMNS} FROM store_stream WHERE practice_id = %s AND name NOT LIKE %s "  # noqa: S608
        "ORDER BY id",
        book.number,
        f"{ACCESS}%",
    )
    return [stream_of(row) for row in rows]


def rebuild_practice(book: Book, desk: Desk) -> None:
    """Write a practice's projections anew."""
    reaches: dict[int, Reach] = {}
    waiting: list[Filed] = []
    corrections: list[Filed] = []
    streams = journal_streams(book)
    practice = [entry for each in streams if each.name == OWN
                for entry in desk.shelf.entries(book.db, each)]  # fmt: skip
    for stream in streams:
        entries = desk.shelf.entries(book.db, stream)
        zones = zones_of(practice, entries)
        reaches[stream.id] = Reach(touched=months_of(entries, zones))
        filed = [Filed(entry, stream.id) for entry in entries]
        corrections += [each for each in filed if targets_of(each.entry)]
        waiting += filed
        if len(waiting) > MOST_AT_ONCE:
            file_ties(book, waiting)
            waiting = []
    file_ties(book, waiting)
    rebuild_corrections(book, corrections)
    for stream in journal_streams(book):
        if stream.patient is not None:
            work_out(book, desk, [(stream, reaches[stream.id])])
            write_cards(book, desk.shelf, [stream])
            write_alerts(book, desk.shelf, stream)
            rewrite_decisions(book, desk.shelf, stream)
            write_denials(book, desk.shelf, stream)
            if has_claims(desk.shelf.entries(book.db, stream)):
                write_claim_cards(book, desk.shelf, stream)
    write_device_cards(book, desk.shelf, all_devices(book, desk.shelf))


def rebuild_corrections(book: Book, corrections: Sequence[Filed]) -> None:
    """Write down all corrections of a practice."""
    ids: Iterable[str] = {target for each in corrections for target in targets_of(each.entry)}
    where = {entry.id: stream for entry, stream in (*stored_entries(book, ids), *corrections)}
    file_corrections(book, corrections, {}, where)


def restore_versions(book: Book, before: Versions) -> int:
    """Give months their versions back, one more where the content is another; returns how many."""
    rows = book.db.rows(
        "SELECT stream_id, month, digest FROM store_patientmonth WHERE practice_id = %s",
        book.number,
    )
    for stream, month, digest in rows:
        version, old = before.get((stream, month), (1, bytes(digest)))
        wanted = version if bytes(digest) == old else version + 1
        if wanted != 1:
            book.db.run(
                "UPDATE store_patientmonth SET version = %s WHERE stream_id = %s AND month = %s",
                wanted, stream, month,
            )  # fmt: skip
    return len(rows)
