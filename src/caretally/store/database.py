"""SQL on whichever database the program was set up with, SQLite or PostgreSQL.

The few differences between the two stand here and in the migrations, nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any, TypeAlias

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Value: TypeAlias = int | str | bytes | None
Row: TypeAlias = Sequence[Any]

MOST_IN_LIST = 500
"""Values in one list of a query."""


class Database:
    """One configured database, by its alias; every thread has its own connection."""

    def __init__(self, alias: str = "default") -> None:
        """Name the database; it is opened when it is first asked."""
        self.alias = alias

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """This thread's connection."""
        return connections[self.alias]

    @property
    def is_postgres(self) -> bool:
        """Whether it is PostgreSQL."""
        return str(self.connection.vendor) == "postgresql"

    def atomic(self) -> AbstractContextManager[Any]:
        """Return a transaction, or a part of the one that is open."""
        opened: AbstractContextManager[Any] = transaction.atomic(using=self.alias)
        return opened

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let everything read inside be of one instant; nobody has to wait for it."""
        connection = self.connection
        if connection.in_atomic_block:
            yield
        elif self.is_postgres:
            with self.atomic():
                self.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield
        else:
            self.run("BEGIN DEFERRED")
            try:
                yield
            finally:
                self.run("ROLLBACK")

    def rows(self, sql: str, *values: Value) -> list[Row]:
        """Return what a query finds."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values)
            found: list[Row] = cursor.fetchall()
        return found

    def rows_in(self, sql: str, chosen: Iterable[Value], *values: Value) -> list[Row]:
        """Return what a query finds for many values, however many; `{}` stands for their list.

        The other values come before the list.
        """
        found: list[Row] = []
        for part in batches(chosen, MOST_IN_LIST):
            places = ", ".join(["%s"] * len(part))
            found += self.rows(sql.replace("{}", places), *values, *part)
        return found

    def run(self, sql: str, *values: Value) -> int:
        """Run a statement; returns how many rows it touched."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values)
            return int(cursor.rowcount)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows."""
        if not rows:
            return
        sql = insertion(table, columns)
        with self.connection.cursor() as cursor:
            if len(rows) == 1:
                cursor.execute(sql, rows[0])
            else:
                cursor.executemany(sql, rows)

    def stream_rows(self, sql: str, *values: Value) -> Iterator[Row]:
        """Yield what a query finds without holding all of it; inside a snapshot."""
        with self.connection.chunked_cursor() as cursor:
            cursor.execute(sql, values)
            while rows := cursor.fetchmany(2_000):
                yield from rows


_INSERTIONS: dict[tuple[str, tuple[str, ...]], str] = {}


def insertion(table: str, columns: Sequence[str]) -> str:
    """Return the statement that inserts a row."""
    key = (table, tuple(columns))
    if key not in _INSERTIONS:
        places = ", ".join(["%s"] * len(columns))
        _INSERTIONS[key] = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
    return _INSERTIONS[key]


def batches(values: Iterable[Value], size: int) -> Iterator[Sequence[Value]]:
    """Yield values in lists of a size at most."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def grouped(rows: Iterable[Row]) -> Mapping[Any, list[Any]]:
    """Return rows of two columns as lists of the second by the first."""
    found: dict[Any, list[Any]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found
