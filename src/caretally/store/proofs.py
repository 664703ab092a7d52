"""What a stream proves: its chain link by link, and the seal that covers it.

Seals lie over the journals of all practices; only digests are read of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from caretally.errors import IntegrityError
from caretally.journal.chain import beginning, linked
from caretally.store.database import Database
from caretally.store.sealing import leaves
from caretally.store.streams import Book, Stream


class Link(NamedTuple):
    """An entry of a stream as it is chained. digest: after it, in hexadecimal."""

    received_at: str
    line: str
    digest: str


class Cover(NamedTuple):
    """The seal over a stream: its leaf and the first root given out with it."""

    place: int
    length: int
    size: int
    root: bytes
    sealed_at: str
    token: bytes | None


def chain_of(book: Book, stream: Stream) -> tuple[Link, ...]:
    """Return the chain of a stream, each link checked.

    Raises:
        IntegrityError: an entry is not what the chain holds; its position is named.
    """
    rows = book.db.rows(
        "SELECT received_at, line, digest FROM store_entry WHERE stream_id = %s "
        "AND position <= %s ORDER BY position",
        stream.id, stream.length,
    )  # fmt: skip
    before, found = beginning(book.practice, stream.name), []
    for position, (received_at, line, kept) in enumerate(rows, 1):
        before = linked(before, received_at, line)
        if before != bytes(kept):
            raise IntegrityError(
                f"entry {position} of {stream.name} is not what its chain holds: "
                "`caretally journal verify` tells what else is not"
            )
        found.append(Link(received_at, line, before.hex()))
    return tuple(found)


def cover_of(db: Database, stream: int) -> Cover | None:
    """Return the seal over a stream; None where it was never sealed. Asks all practices' leaves."""
    rows = db.rows(
        "SELECT leaf.place, leaf.length, seal.size, seal.root, seal.sealed_at, seal.token "
        "FROM store_leaf AS leaf JOIN store_seal AS seal ON seal.size > leaf.place "
        "WHERE leaf.stream_id = %s ORDER BY leaf.length DESC, seal.id LIMIT 1",
        stream,
    )
    if not rows:
        return None
    place, length, size, root, sealed_at, token = rows[0]
    kept = None if token is None else bytes(token)
    return Cover(place, length, size, bytes(root), str(sealed_at), kept)


def sealed_leaves(db: Database, size: int) -> Sequence[bytes]:
    """Return the first leaves of the tree over all practices."""
    return leaves(db)[:size]
