"""Reads access chains: the latest first, page by page, for those who review them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from caretally.store.streams import ACCESS, Book

ENVELOPE = frozenset({"id", "kind", "patient", "at", "actor"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are looked for; empty for all.

    actor: as entries name it. words: part of what was said, such as a purpose. begins, ends:
    half-open. before: only entries stored before this one, to go on with.
    """

    patient: str = ""
    actor: str = ""
    words: str = ""
    kinds: tuple[str, ...] = ()
    begins: datetime | None = None
    ends: datetime | None = None
    before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry of an access chain.

    number: its place in the order of storing. said: all but the envelope.
    """

    number: int
    id: str
    kind: str
    patient: str
    at: datetime
    actor: str
    said: Mapping[str, str]


def access_lines(book: Book, wanted: Wanted, most: int) -> tuple[Line, ...]:
    """Return the latest entries of a practice's access chains that are wanted."""
    conditions, values = conditions_of(book, wanted)
    sql = (
        "SELECT entry.id, entry.line FROM store_entry AS entry "
        "JOIN store_stream AS stream ON stream.id = entry.stream_id WHERE "
    )
    sql += " AND ".join(conditions) + " ORDER BY entry.id DESC LIMIT %s"
    rows = book.db.rows(sql, *values, most)
    return tuple(line_of(row[0], row[1]) for row in rows)


def conditions_of(book: Book, wanted: Wanted) -> tuple[list[str], list[int | str]]:
    """Return the conditions of a query and their values."""
    name = f"{ACCESS}{wanted.patient}" if wanted.patient else f"{ACCESS}%"
    found: list[tuple[str, int | str]] = [
        ("stream.practice_id = %s", book.number),
        ("stream.name = %s" if wanted.patient else "stream.name LIKE %s", name),
    ]
    if wanted.actor:
        found.append((LIKE, pattern(f'"actor":{json.dumps(wanted.actor, ensure_ascii=False)}')))
    if wanted.words:
        found.append((LIKE, pattern(wanted.words)))
    if wanted.begins is not None:
        found.append(("entry.received_at >= %s", wanted.begins.astimezone(UTC).isoformat()))
    if wanted.ends is not None:
        found.append(("entry.received_at < %s", wanted.ends.astimezone(UTC).isoformat()))
    if wanted.before:
        found.append(("entry.id < %s", wanted.before))
    conditions = [condition for condition, _ in found]
    values = [value for _, value in found]
    if wanted.kinds:
        conditions.append(f"({' OR '.join([LIKE] * len(wanted.kinds))})")
        values += [pattern(f'"kind":"{kind}"') for kind in wanted.kinds]
    return conditions, values


LIKE = "entry.line LIKE %s ESCAPE '!'"


def pattern(text: str) -> str:
    """Return the pattern of lines that hold a text."""
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return f"%{text}%"


def line_of(number: int, line: str) -> Line:
    """Return an entry from its stored line."""
    told = json.loads(line)
    return Line(
        number=number, id=told["id"], kind=told["kind"], patient=told["patient"] or "",
        at=datetime.fromisoformat(told["at"]), actor=told["actor"],
        said={key: str(value) for key, value in told.items() if key not in ENVELOPE},
    )  # fmt: skip
