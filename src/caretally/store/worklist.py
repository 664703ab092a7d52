"""Keeps the worklist: a save marks whom it touches, the next look or tick works the mark off.

A mark is set in the transaction that stores the entries, so that nothing stands that is no longer
so; working out an item costs as much as a save does and is left to whoever reads the list. Every
day marks everybody: days pass, and what could be reached yesterday may be out of reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from math import inf
from time import monotonic

from caretally.billability.demands import demands_by
from caretally.clock import instant_of, local_date, midnight
from caretally.contacts.ladder import Ladder
from caretally.enrollment.queries import DemandsOf
from caretally.enrollment.record import record_of
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry, PolicyAdopted
from caretally.journal.register import register_of
from caretally.store.charts import chart_entries, practice_entries
from caretally.store.database import scoped
from caretally.store.months import Desk
from caretally.store.papers import papers
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import Book, Stream, book_of, stream_of
from caretally.store.work_items import Item, Today, item_of, open_programs, unlisted
from caretally.store.worklist_marks import LADDER, mark_missing

COLUMNS = ("practice_id", "stream_id", "patient", "as_of_on", "judged_on", *Item._fields)
WRITE = (
    f"INSERT INTO store_workitem ({', '.join(COLUMNS)}) "  # noqa: S608 - own names
    f"VALUES ({', '.join(['%s'] * len(COLUMNS))}) ON CONFLICT (stream_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in ("as_of_on", *Item._fields))
)
AT_ONCE = 50
"""Items worked out in one transaction, so that saves never wait long."""
TICK_SECONDS = 15
"""A tick works no longer, so that what arrives is not kept waiting by the lists it changes."""
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of working out: what is the same for all patients of a practice on a day."""

    day: date
    ladder: Ladder
    demands: DemandsOf

    def today(self, time_zone: str) -> Today:
        """Return the day in a patient's zone."""
        begins = instant_of(midnight(self.day, time_zone))
        ends = instant_of(midnight(self.day + timedelta(days=1), time_zone)) - SECOND
        return Today(
            day=self.day, begins=begins, ends=ends, ladder=self.ladder, demands=self.demands
        )


def refresh_day(
    journal: StoredJournal, practice: str, now: datetime, limit: int = 1_000, until: float = inf
) -> int:
    """Work out what is marked or of an earlier day, so many at most; returns how many are left.

    In batches of a transaction each, so that saves come in between.

    until: when to begin no other batch, by the clock of `time.monotonic`.
    """
    book = book_of(journal.db, practice)
    if book is None:
        return 0
    day = day_at(book, journal.desk, now)
    if waiting(book, day):
        found, done, count = round_of(book, journal.desk, day), 0, 1
        while count and done < limit and monotonic() < until:
            count = refresh_batch(book, journal.desk, found, min(AT_ONCE, limit - done))
            done += count
    return waiting(book, day)


def refresh_all(
    journal: StoredJournal, now: datetime, limit: int = 5_000, seconds: float = TICK_SECONDS
) -> int:
    """Bring the worklists of all practices up to date, so many items of each; returns what is left.

    Patients of whom there is no item at all, such as after an upgrade, get one. It takes so many
    seconds at most; every minute another practice is the first.
    """
    practices = journal.db.rows("SELECT name, id FROM store_practice ORDER BY id")
    first = int(now.timestamp()) // 60 % max(1, len(practices))
    until, left = monotonic() + seconds, 0
    for name, number in practices[first:] + practices[:first]:
        with scoped(name, journal.db.alias):
            book = Book(db=journal.db, practice=name, number=number)
            with journal.db.atomic():
                mark_missing(book)
            left += refresh_day(journal, name, now, limit, until)
    return left


def day_at(book: Book, desk: Desk, now: datetime) -> date:
    """Return the local date at a practice."""
    register = register_of(resolve(practice_entries(book, desk.shelf)).in_force)
    roots = [name for name, body in register.practices.items() if body.part_of is None]
    home = book.practice if book.practice in register.practices else next(iter(roots), None)
    return local_date(now, register.home_zone(home))


def waiting(book: Book, day: date) -> int:
    """Return how many items are not of a day yet."""
    rows = book.db.rows(
        "SELECT count(*) FROM store_workitem WHERE practice_id = %s AND as_of_on < %s",
        book.number, day.isoformat(),
    )  # fmt: skip
    return int(rows[0][0])


def refresh_batch(book: Book, desk: Desk, found: Round, limit: int) -> int:
    """Work out some items in one transaction, those changed by saves first; returns how many."""
    with book.db.atomic():
        # Saves wait from here on: a mark set meanwhile would be written over.
        book.db.run("UPDATE store_practice SET revision = revision + 1 WHERE id = %s", book.number)
        streams = outdated(book, found.day, limit)
        write_items(book, desk, streams, found)
    return len(streams)


def outdated(book: Book, day: date, limit: int) -> list[Stream]:
    """Return streams whose items are not of a day, the marked ones first."""
    rows = book.db.rows(
        "SELECT stream.id, stream.name, stream.length, stream.head, stream.ties "
        "FROM store_workitem AS item JOIN store_stream AS stream ON stream.id = item.stream_id "
        "WHERE item.practice_id = %s AND item.as_of_on < %s ORDER BY item.as_of_on LIMIT %s",
        book.number, day.isoformat(), limit,
    )  # fmt: skip
    return [stream_of(row) for row in rows]


def write_items(book: Book, desk: Desk, streams: Sequence[Stream], found: Round) -> None:
    """Work the items of streams out for a day, and write them."""
    if not streams:
        return
    day = found.day.isoformat()
    rows = [
        (book.number, stream.id, stream.patient, day, "", *worked_out(book, desk, stream, found))
        for stream in streams
    ]
    with book.db.connection.cursor() as cursor:
        cursor.executemany(WRITE, rows)


def round_of(book: Book, desk: Desk, day: date) -> Round:
    """Return what is the same for all patients on a day."""
    own = resolve(practice_entries(book, desk.shelf)).in_force
    return Round(day=day, ladder=ladder_on(own, day), demands=demands_by(desk.judge.bench.planner))


def ladder_on(in_force: Iterable[Entry], day: date) -> Ladder:
    """Return how hard a practice tries on a date; a value that is no number changes nothing."""
    adopted = [
        (entry.body.from_on, entry.at, entry.id, entry.body)
        for entry in in_force
        if isinstance(entry.body, PolicyAdopted) and entry.body.from_on <= day
    ]
    known = {LADDER + each.name: each.name for each in fields(Ladder)}
    values = {
        known[body.policy]: int(body.value)
        for *_, body in sorted(adopted, key=lambda each: each[:3])
        if body.policy in known and body.value.isascii() and body.value.isdigit()
    }
    return replace(Ladder(), **values)


def worked_out(book: Book, desk: Desk, stream: Stream, found: Round) -> Item:
    """Return the item of a patient."""
    assert stream.patient is not None
    record = record_of(chart_entries(book, stream, desk.shelf), stream.patient)
    noon = found.today("UTC").begins + timedelta(hours=12)
    today = found.today(record.register.zone_of(stream.patient, noon))
    if not open_programs(record, today):
        return unlisted(record, today)
    decision = papers(book, stream, desk.shelf, [today.month]).decided(desk.judge, today.month)
    known = replace(decision, month=replace(decision.month, as_of=today.begins))
    return item_of(record, known, today)
