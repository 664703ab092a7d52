"""What of a person's time is spoken for already, over all patients and all practices of the person.

The table of staff spans tells where to look; what is in force is read from the entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from caretally.clock import seconds_of
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry
from caretally.practice.office import Office
from caretally.store.charts import chart_entries
from caretally.store.database import ALL, scoped
from caretally.store.models import Membership
from caretally.store.streams import Book, book_of, numbered_streams
from caretally.store.ties import LONGEST_SPAN
from caretally.timekeeping.logged import Taken, parts_of, taken_by
from caretally.timekeeping.spans import Span


def taken_of(office: Office, person: str, within: Span) -> tuple[Taken, ...]:
    """Return what a person has on record that overlaps a stretch."""
    found: list[Taken] = []
    with scoped(ALL, office.db.alias):
        for book, staff in desks_of(office, person):
            found += taken_by(staff, entries_of(office, (book, staff), within))
    return tuple(each for each in found if each.span.overlaps(within))


def entries_of(office: Office, desk: tuple[Book, str], within: Span) -> Iterator[Entry]:
    """Yield a person's contacts and time in one practice that touch a stretch, as in force."""
    book, staff = desk
    begins, ends = seconds_of(within.start), seconds_of(within.end)
    rows = book.db.rows(
        "SELECT DISTINCT stream_id FROM store_staffspan WHERE practice_id = %s AND person = %s "
        "AND begins < %s AND begins > %s AND ends > %s",
        book.number, staff, ends, begins - LONGEST_SPAN, begins,
    )  # fmt: skip
    for stream in numbered_streams(book, (row[0] for row in rows)).values():
        chart = chart_entries(book, stream, office.journal.desk.shelf)
        # A stream that shares a device brings other charts along; each is read on its own.
        own = (each for each in resolve(chart).in_force if each.patient == stream.patient)
        yield from (each for each in own if touches(each, staff, within))


def touches(entry: Entry, staff: str, within: Span) -> bool:
    """Tell whether a person's work in an entry reaches into a stretch."""
    return any(part.overlaps(within) for part in parts_of(entry, staff))


def desks_of(office: Office, person: str) -> tuple[tuple[Book, str], ...]:
    """Return the practices a person works in, with the staff id used there."""
    users = Membership.objects.using(office.db.alias).filter(
        practice__name=office.practice, staff=person
    )
    places: Iterable[tuple[str, str]] = (
        Membership.objects.using(office.db.alias)
        .filter(user_id__in=users.values("user_id"))
        .exclude(staff="")
        .values_list("practice__name", "staff")
    )
    wanted = dict.fromkeys([(office.practice, person), *places])
    books = ((book_of(office.db, practice), staff) for practice, staff in wanted)
    return tuple((book, staff) for book, staff in books if book is not None)
