"""Looks through everything stored for what was changed, removed or put into another order.

Every entry is held against its chain, every chain against its stream, every seal against its
leaves, and roots kept elsewhere against them all. Nothing is mended here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from caretally.errors import IntegrityError, Problem
from caretally.journal.chain import DIGEST_BYTES, beginning, linked, tree_root
from caretally.store.database import Database, Row
from caretally.store.sealing import leaves, read_roots
from caretally.store.shelf import entry_of
from caretally.store.streams import ACCESS, stream_name

HINT = "compare with a backup; `caretally restore` brings back what it held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was looked through, and what is wrong with it."""

    entries: int
    streams: int
    seals: int
    problems: tuple[Problem, ...]


def verify(db: Database, roots: Path | None = None) -> Verified:
    """Look through the journals of all practices, and hold them against roots kept in a folder."""
    with db.snapshot():
        problems: list[Problem] = []
        entries, streams = 0, 0
        for stream in db.rows(
            "SELECT practice.name, stream.name, stream.id, stream.length, stream.head, practice.id "
            "FROM store_stream AS stream JOIN store_practice AS practice "
            "ON practice.id = stream.practice_id ORDER BY stream.id"
        ):
            count, found = verify_stream(db, stream)
            entries, streams = entries + count, streams + 1
            problems += found
        problems += strays(db)
        seals, found = verify_seals(db, roots)
        return Verified(entries=entries, streams=streams, seals=seals, problems=(*problems, *found))


def wrong(where: str, field: str, found: str, expected: str) -> Problem:
    """Return the problem of something that is not as it was stored."""
    return Problem(where=where, field=field, found=found, expected=expected, hint=HINT)


def verify_stream(db: Database, stream: Row) -> tuple[int, list[Problem]]:
    """Return how many entries a stream has and what is wrong with it."""
    practice, name, number, length, head, practice_number = stream
    where = f"{practice} {name}"
    problems: list[Problem] = []
    before = beginning(practice, name)
    position = 0
    rows = db.rows(
        "SELECT position, entry_id, received_at, line, digest, practice_id FROM store_entry "
        "WHERE stream_id = %s ORDER BY position",
        number,
    )
    for place, entry_id, received_at, line, digest, its_practice in rows:
        here = f"{where}, entry {position + 1} ({entry_id})"
        if place != position + 1:
            problems.append(
                wrong(
                    here, "position", str(place), f"{position + 1}: an entry was removed or moved"
                )
            )
        position = place
        if linked(before, received_at, line) != bytes(digest):
            problems.append(
                wrong(here, "digest", "content or order that is not what the chain holds",
                      "the entry as it was stored, after the one before it")
            )  # fmt: skip
        problems += misplaced(here, (entry_id, line), name)
        if its_practice != practice_number:
            problems.append(wrong(here, "practice", str(its_practice), str(practice_number)))
        before = bytes(digest)
    if position != length or before != bytes(head):
        problems.append(
            wrong(where, "length", f"{position} entries, ending otherwise than the stream says",
                  f"{length} entries: the last ones were removed or changed")
        )  # fmt: skip
    return len(rows), problems


def misplaced(here: str, entry: tuple[str, str], stream: str) -> Iterator[Problem]:
    """Yield what tells that a line does not belong under its id, or into its stream."""
    entry_id, line = entry
    if stream.startswith(ACCESS):
        return
    try:
        told = entry_of(line)
    except IntegrityError:
        yield wrong(here, "line", "what is no entry", "the entry as it was stored")
        return
    if told.id != entry_id:
        yield wrong(here, "entry_id", "another id than the entry's own", "one id")
    if stream_name(told) != stream:
        yield wrong(here, "stream", "an entry of another stream", "entries of this stream alone")


def strays(db: Database) -> Iterator[Problem]:
    """Yield entries that belong to no stream."""
    rows = db.rows(
        "SELECT entry_id FROM store_entry WHERE stream_id NOT IN (SELECT id FROM store_stream)"
    )
    for row in rows:
        yield wrong(f"entry {row[0]}", "stream", "none", "the stream it was stored in")


def verify_seals(db: Database, roots: Path | None) -> tuple[int, list[Problem]]:
    """Return how many seals there are, and what they tell of a rewritten past."""
    rows = db.rows(
        "SELECT leaf.place, leaf.length, leaf.head, entry.digest FROM store_leaf AS leaf "
        "LEFT JOIN store_entry AS entry ON entry.stream_id = leaf.stream_id "
        "AND entry.position = leaf.length ORDER BY leaf.place"
    )
    problems = [
        wrong(f"leaf {place}", "head", "another digest or none", "the one that was sealed")
        for place, _, head, digest in rows
        if digest is None or bytes(head) != bytes(digest)
    ]
    digests = leaves(db)
    seals = db.rows("SELECT id, size, root, sealed_at FROM store_seal ORDER BY id")
    told = [(f"seal of {sealed_at}", size, bytes(root).hex()) for _, size, root, sealed_at in seals]
    if roots is not None:
        told += [(f"{file}", size, root) for file, size, root in read_roots(roots)]
    return len(seals), [*problems, *other_roots(digests, told)]


def other_roots(digests: list[bytes], told: Iterable[tuple[str, int, str]]) -> Iterator[Problem]:
    """Yield roots that the leaves of today do not give."""
    for where, size, root in told:
        if size > len(digests):
            yield wrong(where, "size", f"{len(digests)} leaves", f"{size}: leaves were removed")
        elif tree_root(digests[:size]).hex() != root or len(root) != 2 * DIGEST_BYTES:
            yield wrong(where, "root", "another root", "the root that was sealed")
