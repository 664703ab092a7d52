"""Seals: one root over the heads of all streams, to be kept where this database is not.

Each seal adds leaves for the streams that grew and never takes one back, so that any two roots can
be held against each other. A root proves what was stored when somebody else got hold of it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from caretally.journal.chain import head_leaf, leaf_digest, tree_root
from caretally.store.database import Database

Stamp = Callable[[bytes], bytes]
"""From a root to the RFC 3161 token of a time-stamp authority."""
LOCK = 3_161
"""The number under which PostgreSQL lets seals wait for each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A root, as it is written outside the database.

    size: leaves of the tree. token: of a time-stamp authority, over the bytes of the root.
    """

    size: int
    root: bytes
    sealed_at: str
    token: bytes | None

    def to_json(self) -> dict[str, object]:
        """Return it as the file says it."""
        made: dict[str, object] = {
            "sealed_at": self.sealed_at, "size": self.size, "root": self.root.hex(),
        }  # fmt: skip
        if self.token is not None:
            made["rfc3161_token"] = base64.b64encode(self.token).decode("ascii")
        return made


def leaves(db: Database) -> list[bytes]:
    """Return the digests of all leaves, in the order of the tree."""
    rows = db.rows(
        "SELECT practice.name, stream.name, leaf.length, leaf.head FROM store_leaf AS leaf "
        "JOIN store_stream AS stream ON stream.id = leaf.stream_id "
        "JOIN store_practice AS practice ON practice.id = stream.practice_id ORDER BY leaf.place"
    )
    return [leaf_digest(head_leaf(row[0], row[1], row[2], bytes(row[3]))) for row in rows]


def seal(db: Database, sealed_at: datetime, stamp: Stamp | None = None) -> Root:
    """Take in the streams that grew since the last seal and return the root over all.

    Nobody waits while the authority is asked: leaves are taken in before, the seal is set after.

    Raises:
        ExchangeError: the time-stamp authority did not answer as agreed; nothing is sealed.
    """
    digests = grown(db)
    root = tree_root(digests)
    made = Root(
        size=len(digests), root=root, sealed_at=sealed_at.astimezone(UTC).isoformat(),
        token=stamp(root) if stamp is not None else None,
    )  # fmt: skip
    columns = ("size", "root", "sealed_at", "token")
    db.insert("store_seal", columns, [(made.size, made.root, made.sealed_at, made.token)])
    return made


def grown(db: Database) -> list[bytes]:
    """Add a leaf for every stream that grew; returns the digests of all leaves."""
    with db.atomic():
        if db.is_postgres:
            db.rows("SELECT pg_advisory_xact_lock(%s)", LOCK)
        rows = db.rows(
            "SELECT stream.id, stream.length, stream.head FROM store_stream AS stream "
            "WHERE stream.length > COALESCE((SELECT MAX(leaf.length) FROM store_leaf AS leaf "
            "WHERE leaf.stream_id = stream.id), 0) ORDER BY stream.id"
        )
        taken = db.rows("SELECT COUNT(*) FROM store_leaf")[0][0]
        new = [(taken + offset, *row) for offset, row in enumerate(rows)]
        db.insert("store_leaf", ("place", "stream_id", "length", "head"), new)
        return leaves(db)


def write_root(root: Root, folder: Path) -> Path:
    """Write a root into a folder, a file a seal, and return the file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = root.sealed_at[:19].replace(":", "")
    file = folder / f"{name}-{root.size}.json"
    file.write_text(json.dumps(root.to_json(), indent=1) + "\n", encoding="utf-8")
    return file


def read_roots(folder: Path) -> Sequence[tuple[str, int, str]]:
    """Return the file, size and root of all roots in a folder."""
    found = []
    for file in sorted(folder.glob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        found.append((file.name, int(told["size"]), str(told["root"])))
    return found
