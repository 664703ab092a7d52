"""How far connections are fetched: marks of what is asked about, and the lease of who asks.

A connection is asked by one worker at a time. Whoever stores a page says in the same transaction
that the lease is still its own; one that waited too long finds out and stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Min, Q

from caretally.errors import ExchangeError
from caretally.store.database import Database
from caretally.store.models import Connection, PullMark

LEASE = timedelta(minutes=3)
"""Longer than any one question takes; each stored page begins it anew."""
LIVE, REFUSED = "live", "refused"


class LeaseLostError(ExchangeError):
    """Another worker has taken the connection; whatever was fetched is fetched again by it."""


def leased(db: Database, now: datetime) -> Connection | None:
    """Take up a connection that is due, the longest due first; None where none is."""
    due = (
        Connection.objects.using(db.alias)
        .filter(Q(leased_until=None) | Q(leased_until__lte=now), state=LIVE, pull_due_at__lte=now)
        .select_related("practice")
        .order_by("pull_due_at", "pk")
    )
    found: Connection
    for found in due[:10]:
        free = Connection.objects.using(db.alias).filter(
            pk=found.pk, leased_until=found.leased_until
        )
        if free.update(leased_until=now + LEASE):
            found.leased_until = now + LEASE
            return found
    return None


def hold_on(db: Database, connection: Connection, now: datetime) -> None:
    """Begin the lease anew.

    Raises:
        LeaseLostError: it is somebody else's by now.
    """
    own = Connection.objects.using(db.alias).filter(
        pk=connection.pk, leased_until=connection.leased_until
    )
    until = max(now + LEASE, connection.leased_until + timedelta(microseconds=1))
    if not own.update(leased_until=until):
        raise LeaseLostError("another worker asks this vendor by now")
    connection.leased_until = until


def released(db: Database, connection: Connection) -> None:
    """Give a connection back, with when it is due and how it stands, if it is still ours."""
    own = Connection.objects.using(db.alias).filter(
        pk=connection.pk, leased_until=connection.leased_until
    )
    own.update(
        leased_until=None, pull_due_at=connection.pull_due_at,
        pull_failures=connection.pull_failures, pull_says=connection.pull_says,
    )  # fmt: skip


def due_marks(db: Database, connection: Connection, now: datetime, limit: int) -> list[PullMark]:
    """Return what is to be asked about next; something that was begun comes alone."""
    marks = PullMark.objects.using(db.alias).filter(
        connection=connection, state=LIVE, due_at__lte=now
    )
    first = marks.exclude(cursor="").order_by("due_at", "pk").first()
    if first is not None:
        return [first]
    wanted = marks.exclude(wanted="").order_by("due_at", "pk").first()
    return [wanted] if wanted is not None else list(marks.order_by("due_at", "pk")[:limit])


def next_due(db: Database, connection: Connection) -> datetime | None:
    """Return when something of a connection is due next."""
    marks = PullMark.objects.using(db.alias).filter(connection=connection, state=LIVE)
    found: datetime | None = marks.aggregate(at=Min("due_at"))["at"]
    return found


def named_marks(db: Database, connection: Connection, names: Iterable[str]) -> list[PullMark]:
    """Return the marks of names."""
    marks = PullMark.objects.using(db.alias).filter(connection=connection, name__in=list(names))
    return list(marks.order_by("pk"))


def add_marks(db: Database, connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Make marks for names that have none; they are due at once."""
    PullMark.objects.using(db.alias).bulk_create(
        [
            PullMark(
                practice_id=connection.practice_id, connection=connection, name=name, due_at=now
            )
            for name in names
        ],
        ignore_conflicts=True,
    )


def device_names(db: Database, connection: Connection, schemes: Sequence[str]) -> list[str]:
    """Return the names, of the first scheme each has, of the devices of a connection's vendor."""
    rows = db.rows(
        "SELECT n.device, n.name FROM store_devicename n JOIN store_devicecard c "
        "ON c.practice_id = n.practice_id AND c.device = n.device "
        "WHERE n.practice_id = %s AND lower(c.vendor) = %s AND (%s = '' OR c.clinic = %s) "
        "ORDER BY n.device, n.name",
        connection.practice_id, connection.vendor, connection.clinic, connection.clinic,
    )  # fmt: skip
    found: dict[str, tuple[int, str]] = {}
    for device, name in rows:
        scheme = name.partition(" ")[0]
        if scheme in schemes:
            rank = (schemes.index(scheme), name)
            found[device] = min(rank, found.get(device, rank))
    return [name for _, name in found.values()]


def want(db: Database, mark: PullMark, wanted: str, now: datetime) -> None:
    """Let something be asked about at once; wanted: a stretch that the vendor told of."""
    PullMark.objects.using(db.alias).filter(pk=mark.pk).update(wanted=wanted, due_at=now)
    connection = Connection.objects.using(db.alias).filter(pk=mark.connection_id)
    # Where the vendor does not answer, a notification is no reason to ask more often.
    connection.filter(pull_failures=0, pull_due_at__gt=now).update(pull_due_at=now)
