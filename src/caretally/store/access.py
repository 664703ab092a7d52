"""Who looked at a chart, when and why, and what else must be told of people: a journal beside it.

Entries have kinds of their own and stand in chains of their own, a chain a patient and one for the
practice. They are evidence like all others, but no decision rests on them; they are not exported
with the journal, since they tell about the staff.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from caretally.journal.chain import beginning, linked
from caretally.store.database import Database
from caretally.store.streams import ACCESS, OWN, book_of, locked_book

VIEWED = "chart_viewed"
KINDS = (
    VIEWED, "signed_in", "locked_out", "account_made", "link_made", "role_given", "role_ended",
    "unlocked", "sessions_ended", "second_factor_reset", "glass_broken", "glass_reviewed",
    "disclosed", "connection_made", "connection_rotated", "connection_turned", "mapping_saved",
    "readings_brought",
)  # fmt: skip
"""All kinds of these chains; a kind is a past participle, as in the journal."""

encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One look at a chart, or at the practice where no patient is named."""

    practice: str
    patient: str | None
    actor: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something to be told in an access chain.

    kind: one of KINDS. said: what more there is to say, ids and words; no patient content.
    """

    practice: str
    kind: str
    actor: str
    patient: str | None = None
    said: Mapping[str, str] = field(default_factory=dict)


def record_access(db: Database, access: Access, at: datetime) -> str:
    """Store that somebody looked, and return the id of the entry."""
    told = Told(
        practice=access.practice, kind=VIEWED, actor=access.actor, patient=access.patient,
        said={"purpose": access.purpose},
    )  # fmt: skip
    return record_told(db, told, at)


def record_told(db: Database, told: Told, at: datetime) -> str:
    """Store something in an access chain, and return the id of the entry."""
    assert told.kind in KINDS, told.kind
    name = ACCESS + (told.patient or OWN)
    moment = at.astimezone(UTC).isoformat()
    entry_id = f"acc_{secrets.token_hex(12)}"
    line = encode(
        {**told.said, "id": entry_id, "kind": told.kind, "patient": told.patient, "at": moment,
         "actor": told.actor}
    ).decode()  # fmt: skip
    with db.atomic():
        book = book_of(db, told.practice) or locked_book(db, told.practice)
        db.run(
            "INSERT INTO store_stream (practice_id, name, length, head, ties) "
            "VALUES (%s, %s, 0, %s, 0) ON CONFLICT DO NOTHING",
            book.number, name, beginning(told.practice, name),
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
