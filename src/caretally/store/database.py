"""SQL on whichever database the program was set up with, SQLite or PostgreSQL.

The few differences between the two stand here and in the migrations, nowhere else. On PostgreSQL
every row belongs to a practice and is seen only in the scope of that practice (`scoped`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import islice
from threading import local
from typing import Any, TypeAlias

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Value: TypeAlias = int | str | bytes | None
Row: TypeAlias = Sequence[Any]

MOST_IN_LIST = 500
"""Values in one list of a query."""


ALL = "*"
"""The scope of the program's own work: all practices."""
_scope: ContextVar[str] = ContextVar("scope", default="")
_outer: list[str] = [""]


def scope_all() -> None:
    """Let this process work for all practices where no scope is named: commands, the worker."""
    _outer[0] = ALL


def scope() -> str:
    """Return the practice in whose scope this thread works; `*` for all, empty for none."""
    return _scope.get() or _outer[0]


@contextmanager
def scoped(practice: str, alias: str = "default") -> Iterator[None]:
    """Let rows of one practice be seen, and no others, until the end."""
    token = _scope.set(practice)
    tell_scope(alias)
    try:
        yield
    finally:
        _scope.reset(token)
        tell_scope(alias)


def tell_scope(alias: str) -> None:
    """Tell PostgreSQL the scope; SQLite has one journal a file and no such guard."""
    connection = connections[alias]
    if connection.vendor == "postgresql" and connection.connection is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('caretally.practice', %s, false)", [scope()])


def scope_until_commit(practice: str, alias: str) -> None:
    """Let rows of one practice be seen, and no others, until the open transaction ends.

    Cheaper than `scoped`, which tells the database twice.
    """
    connection = connections[alias]
    assert connection.in_atomic_block
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('caretally.practice', %s, true)", [practice])


def scope_new(sender: object, connection: BaseDatabaseWrapper, **_: object) -> None:
    """Tell a connection that was just opened the scope."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('caretally.practice', %s, false)", [scope()])


class Database:
    """One configured database, by its alias; every thread has its own connection."""

    def __init__(self, alias: str = "default") -> None:
        """Name the database; it is opened when it is first asked."""
        self.alias = alias
        self._local = local()

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """This thread's connection."""
        return connections[self.alias]

    def executed(self, sql: str, values: Row, *, fetch: bool) -> tuple[list[Row], int]:
        """Run a statement; returns the rows it found, where they are wanted, and touched how many.

        Django's own cursor takes as long as a short statement. It is used where somebody records
        or wraps statements; else the driver's is kept while the connection is open.
        """
        connection = self.connection
        if (
            connection.connection is None
            or connection.queries_logged
            or connection.execute_wrappers
        ):
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if fetch else [], cursor.rowcount
        kept: tuple[object, Any] | None = getattr(self._local, "kept", None)
        if kept is None or kept[0] is not connection.connection:
            kept = self._local.kept = connection.connection, connection.connection.cursor()
        own = sql if connection.vendor == "postgresql" else with_question_marks(sql)
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            kept[1].execute(own, values)
            return kept[1].fetchall() if fetch else [], kept[1].rowcount

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
        return self.executed(sql, values, fetch=True)[0]

    def rows_in(self, sql: str, chosen: Iterable[Value], *values: Value) -> list[Row]:
        """Return what a query finds for many values, however many; `{}` stands for their list.

        The other values come before the list. Beside a list of ids a practice is asked for as
        `+practice_id = %s`: without the sign SQLite walks through all rows of the practice, as soon
        as the list is long, where it should look each id up.
        """
        found: list[Row] = []
        for part in batches(chosen, MOST_IN_LIST):
            places = ", ".join(["%s"] * len(part))
            found += self.rows(sql.replace("{}", places), *values, *part)
        return found

    def run(self, sql: str, *values: Value) -> int:
        """Run a statement; returns how many rows it touched."""
        return self.executed(sql, values, fetch=False)[1]

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows."""
        if not rows:
            return
        sql = insertion(table, columns)
        if len(rows) == 1:
            self.run(sql, *rows[0])
            return
        with self.connection.cursor() as cursor:
            cursor.executemany(sql, rows)

    def stream_rows(self, sql: str, *values: Value) -> Iterator[Row]:
        """Yield what a query finds without holding all of it; inside a snapshot."""
        with self.connection.chunked_cursor() as cursor:
            cursor.execute(sql, values)
            while rows := cursor.fetchmany(2_000):
                yield from rows


@lru_cache(maxsize=4096)
def with_question_marks(sql: str) -> str:
    """Return a statement with its places as SQLite marks them."""
    return sql.replace("%s", "?")


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
