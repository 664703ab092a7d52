"""Triggers that let the journal's tables grow and do nothing else, on both databases.

SQLite's INSERT OR REPLACE deletes without a DELETE trigger, so replacing is refused on its own.
"""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

UNIQUE = {
    "store_entry": ("id = NEW.id", "practice_id = NEW.practice_id AND entry_id = NEW.entry_id",
                    "stream_id = NEW.stream_id AND position = NEW.position"),
    "store_leaf": ("place = NEW.place",),
    "store_seal": ("id = NEW.id",),
}  # fmt: skip
REFUSAL = "the journal is append-only: {} is refused; append a correction instead"

POSTGRES_FUNCTION = """
CREATE FUNCTION store_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % on % is refused; append a correction instead',
        TG_OP, TG_TABLE_NAME;
END $$
"""


def sqlite_triggers(table: str) -> list[str]:
    """Return the statements that guard a table of SQLite."""
    refused = [
        (f"no_{word.lower()}", word, "", f"{word} on {table}") for word in ("UPDATE", "DELETE")
    ]
    for number, condition in enumerate(UNIQUE[table]):
        exists = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {condition})"  # noqa: S608 - no values
        refused.append((f"no_replace_{number}", "INSERT", exists, f"REPLACE on {table}"))
    return [
        f"CREATE TRIGGER {table}_{name} BEFORE {word} ON {table} {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL.format(what)}'); END"
        for name, word, condition, what in refused
    ]


def postgres_triggers(table: str) -> list[str]:
    """Return the statements that guard a table of PostgreSQL."""
    guarded = (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT"))
    return [
        f"CREATE TRIGGER {table}_no_{name} BEFORE {words} ON {table} "
        f"FOR EACH {each} EXECUTE FUNCTION store_refuse_change()"
        for name, words, each in guarded
    ]


def guard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    is_postgres = editor.connection.vendor == "postgresql"
    if is_postgres:
        editor.execute(POSTGRES_FUNCTION, params=None)
    for table in UNIQUE:
        for statement in postgres_triggers(table) if is_postgres else sqlite_triggers(table):
            editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0001_tables")]
    operations: ClassVar = [migrations.RunPython(guard)]
