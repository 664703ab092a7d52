"""Creates the tables and brings them up to date; tells when that has not been done.

A database without any table is set up when it is first used. One that an older version wrote is
left alone until somebody asks for the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from caretally.errors import InputError, Problem
from caretally.store.database import ALL, Database, scoped
from caretally.store.device_cards import fill_device_cards
from caretally.store.guards import grants

DEVICE_CARDS = "0007"
"""Number of the migration that brings the tables of devices."""
OWNER = "owner"
"""The alias under which the owner of the tables signs in, where it is another than the program."""


def pending(db: Database) -> list[str]:
    """Return the migrations that are still to be applied."""
    executor = MigrationExecutor(db.connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def migrate(db: Database) -> list[str]:
    """Create or change the tables; returns the migrations that were applied.

    On PostgreSQL with an owner of its own the owner does it, and the program's role is given what
    it needs and no more.
    """
    applied = pending(db)
    if OWNER not in connections.databases or db.alias != "default":
        with scoped(ALL, db.alias):
            call_command("migrate", database=db.alias, verbosity=0, interactive=False)
            fill(db, applied)
        return applied
    role = str(connections[db.alias].settings_dict["USER"])
    with owner_in_place(), scoped(ALL):
        call_command("migrate", verbosity=0, interactive=False)
        give_way(db, role)
    with scoped(ALL):
        fill(db, applied)
    return applied


def fill(db: Database, applied: Iterable[str]) -> None:
    """Work out what new tables hold of a journal that was there before them."""
    if any(DEVICE_CARDS in migration for migration in applied):
        fill_device_cards(db)


@contextmanager
def owner_in_place() -> Iterator[None]:
    """Let the owner of the tables stand in for the program.

    Migrations of some packages ask the default database, whatever database they are run on; beside
    an open transaction of the owner the program would wait for it for ever.
    """
    program = connections["default"]
    program.close()
    connections["default"] = connections[OWNER]
    try:
        yield
    finally:
        connections[OWNER].close()
        connections["default"] = program


def give_way(db: Database, role: str) -> None:
    """Let the program's role work on the tables; the owner stands in."""
    for statement in grants(db.connection.ops.quote_name(role)):
        db.run(statement)


def make_ready(db: Database) -> None:
    """Create the tables of an empty database.

    Raises:
        InputError: an older version of the program wrote it.
    """
    waiting = pending(db)
    if not waiting:
        return
    if db.connection.introspection.table_names():
        raise InputError([
            Problem(
                where="the database", found=f"tables without {', '.join(waiting)}",
                expected="the tables of this version",
                hint="make a backup, then run: caretally migrate",
            )
        ])  # fmt: skip
    migrate(db)
