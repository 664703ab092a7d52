"""Creates the tables and brings them up to date; tells when that has not been done.

A database without any table is set up when it is first used. One that an older version wrote is
left alone until somebody asks for the change.
"""

from __future__ import annotations

from django.core.management import call_command
from django.db.migrations.executor import MigrationExecutor

from caretally.errors import InputError, Problem
from caretally.store.database import Database


def pending(db: Database) -> list[str]:
    """Return the migrations that are still to be applied."""
    executor = MigrationExecutor(db.connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def migrate(db: Database) -> list[str]:
    """Create or change the tables; returns the migrations that were applied."""
    applied = pending(db)
    call_command("migrate", database=db.alias, verbosity=0, interactive=False)
    return applied


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
