"""What vendors tell us to fetch: a notification without values lets an account be asked at once."""

from __future__ import annotations

from datetime import datetime

import msgspec

from caretally.devices.names import name_of
from caretally.devices.unpacked import Fetch
from caretally.store.database import Database
from caretally.store.intake import Told, settle_events, told_events
from caretally.store.intake_tables import DONE, FETCH, REFUSED_EVENT
from caretally.store.models import Connection
from caretally.store.pull_marks import LIVE, named_marks, want

BATCH = 200
NOBODY = "nobody of this name has agreed to be asked about, or not any more"


def note_requests(db: Database, at: datetime) -> int:
    """Let everything be asked about that vendors told us to fetch; returns how much it was."""
    with db.atomic():
        found = told_events(db, FETCH, BATCH)
        settle_events(db, [(told.number, *outcome(db, told, at)) for told in found])
    return len(found)


def outcome(db: Database, told: Told, at: datetime) -> tuple[int, str]:
    """Let one be asked about; returns state and words."""
    fetch = msgspec.json.decode(told.content, type=Fetch)
    connection = Connection.objects.using(db.alias).get(pk=told.connection_number)
    names = [name_of(scheme, value) for scheme, value in fetch.names]
    marks = [mark for mark in named_marks(db, connection, names) if mark.state == LIVE]
    if not marks:
        return REFUSED_EVENT, NOBODY
    want(db, marks[0], joined(marks[0].wanted, fetch), at)
    return DONE, ""


def joined(before: str, fetch: Fetch) -> str:
    """Return the stretch to fetch, with that which was wanted before and is not fetched yet."""
    if fetch.begins is None or fetch.ends is None:
        return before
    stretch = (fetch.begins, fetch.ends)
    if before:
        begins, ends = msgspec.json.decode(before, type=tuple[datetime, datetime])
        stretch = (min(begins, fetch.begins), max(ends, fetch.ends))
    return msgspec.json.encode(stretch).decode()
