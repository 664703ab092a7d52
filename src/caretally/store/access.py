"""Who looked at a chart, when and why: entries of their own kind, in chains of their own.

They are evidence like all others, but no decision rests on them; they are not exported with the
journal, since they tell about the staff.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from caretally.journal.chain import beginning, linked
from caretally.store.database import Database
from caretally.store.streams import ACCESS, OWN, book_of, locked_book

encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One look at a chart, or at the practice where no patient is named."""

    practice: str
    patient: str | None
    actor: str
    purpose: str


def record_access(db: Database, access: Access, at: datetime) -> str:
    """Store that somebody looked, and return the id of the entry."""
    name = ACCESS + (access.patient or OWN)
    moment = at.astimezone(UTC).isoformat()
    entry_id = f"acc_{secrets.token_hex(12)}"
    line = encode(
        {"id": entry_id, "kind": "chart_viewed", "patient": access.patient, "at": moment,
         "actor": access.actor, "purpose": access.purpose}
    ).decode()  # fmt: skip
    with db.atomic():
        book = book_of(db, access.practice) or locked_book(db, access.practice)
        db.run(
            "INSERT INTO store_stream (practice_id, name, length, head, ties) "
            "VALUES (%s, %s, 0, %s, 0) ON CONFLICT DO NOTHING",
            book.number, name, beginning(access.practice, name),
        )  # fmt: skip
        found = db.rows(
            "UPDATE store_stream SET length = length + 1 WHERE practice_id = %s AND name = %s "
            "RETURNING id, length, head",
            book.number,
            name,
        )
        stream, position, head = found[0]
        digest = linked(bytes(head), moment, line)
        columns = (
            "practice_id", "stream_id", "position", "entry_id", "received_at", "line", "digest",
        )  # fmt: skip
        row = (book.number, stream, position, entry_id, moment, line, digest)
        db.insert("store_entry", columns, [row])
        db.run("UPDATE store_stream SET head = %s WHERE id = %s", digest, stream)
    return entry_id
