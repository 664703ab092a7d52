"""Which call is dialed next: who waited longest first, and nobody twice at once.

One transaction takes one call, in which the practice is locked: two workers never take the same,
and what was stopped a moment ago is not taken.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Case, QuerySet, Value, When

from caretally.store.call_tables import DIALING, PLANNED, RUNNING, TALKING, Call, Campaign
from caretally.store.database import scoped
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import Book, locked_book

LEASE = timedelta(minutes=30)
"""So long a worker holds a call; longer than any call lasts."""


def take(journal: StoredJournal, practice: str, at: datetime) -> Call | None:
    """Take the next call that is due and may be dialed now; its state becomes `dialing`.

    None where nothing is due, all lines of the campaigns are busy, or the patients are. The gate is
    still to be asked.
    """
    with scoped(practice, journal.db.alias), journal.db.atomic():
        book = locked_book(journal.db, practice)
        open_ones = [campaign for campaign, free in rooms(book).items() if free > 0]
        busy = in_progress(book).values_list("patient", flat=True)
        waiting = due(book, at).filter(campaign__in=["", *open_ones])
        call: Call | None = waiting.exclude(patient__in=list(busy)).first()
        if call is not None:
            # By the clock that settling goes by, which in a demonstration is not the time outside.
            call.state, call.leased_until = DIALING, at + LEASE
            call.save(update_fields=["state", "leased_until"])
    return call


def due(book: Book, at: datetime) -> QuerySet[Call]:
    """Return the calls that are due, who waited longest first; calls by hand before all others."""
    planned = Call.objects.using(book.db.alias).filter(
        practice_id=book.number, state=PLANNED, due_at__lte=at
    )
    by_hand = Case(When(campaign="", then=Value(0)), default=Value(1))
    return planned.order_by(by_hand, "due_at", "id")


def in_progress(book: Book) -> QuerySet[Call]:
    """Return the calls that are dialed or talked in now."""
    return Call.objects.using(book.db.alias).filter(
        practice_id=book.number, state__in=(DIALING, TALKING)
    )


def rooms(book: Book) -> dict[str, int]:
    """Return how many calls each running campaign may begin now."""
    running = Campaign.objects.using(book.db.alias).filter(practice_id=book.number, state=RUNNING)
    free = dict(running.values_list("campaign", "capacity"))
    for campaign in in_progress(book).values_list("campaign", flat=True):
        if campaign in free:
            free[campaign] -= 1
    return free
