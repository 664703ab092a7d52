"""Rows that are asked for by their ids are looked up by them, however many a practice has."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from caretally.store.readings_on_the_way import (
    make_ready,
    readings_numbered,
    settle_filed,
    settle_removed,
    still_in,
)
from caretally.store.streams import Book, numbered_streams, tie
from tests.architecture.modules import ROOT
from tests.integration.demonstrated import Demo

MANY = range(1, 301)
UNSIGNED = re.compile(r"[^+.\w]practice_id = %s\W[^;]{0,90}?\bid IN \(")
ASKING: dict[str, Callable[[Book], object]] = {
    "streams": lambda book: numbered_streams(book, MANY),
    "ties": lambda book: tie(book, MANY, 0),
    "readings": lambda book: readings_numbered(book, MANY),
    "states": lambda book: still_in(book, MANY, 0, 2),
    "filed": lambda book: settle_filed(book, {("device", "patient"): MANY}),
    "removed": lambda book: settle_removed(book, MANY),
    "ready": lambda book: make_ready(book, MANY),
}


@pytest.mark.parametrize("name", ASKING)
def test_rows_are_looked_up_by_their_ids(demo: Demo, name: str) -> None:
    book, asked = demo.office("rosa").book(), []

    def note(execute, sql, values, many, context):  # type: ignore[no-untyped-def]
        asked.append((sql, values))
        return execute(sql, values, many, context)

    with book.db.atomic(), book.db.connection.execute_wrapper(note):
        ASKING[name](book)
    assert asked
    for sql, values in asked:
        plan = [row[3] for row in book.db.rows(f"EXPLAIN QUERY PLAN {sql}", *values)]
        assert all("INTEGER PRIMARY KEY" in step for step in plan), plan


def test_no_statement_asks_otherwise() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in sorted((ROOT / "src").rglob("*.py"))
        for match in UNSIGNED.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert UNSIGNED.search("SELECT 1 FROM t WHERE practice_id = %s AND id IN ({})")
    assert not UNSIGNED.search("SELECT 1 FROM t WHERE +practice_id = %s AND id IN ({})")
