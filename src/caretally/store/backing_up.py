"""Backups: the whole database of one instant in one encrypted file, for either kind of database.

What SQLite wrote can be restored into PostgreSQL and the other way round. A restore goes into an
empty database only, and is undone unless every chain in it holds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.apps import apps
from django.core.management.color import no_style
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field, Model

from caretally.errors import ExchangeError, InputError, IntegrityError, Problem
from caretally.store.database import Database
from caretally.store.tending import migrate, pending
from caretally.store.vault import read_sealed, refused, write_sealed
from caretally.store.verification import verify

ROWS = 500
"""Rows written together."""
pack, unpack = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder().decode


def tables() -> list[type[Model]]:
    """Return everything that is stored, by the name of its table."""
    models = apps.get_models(include_auto_created=True)
    kept = [model for model in models if model._meta.managed and not model._meta.proxy]
    return sorted(kept, key=lambda model: str(model._meta.db_table))


def applied(db: Database) -> list[str]:
    """Return the migrations the tables went through."""
    recorder = MigrationRecorder(db.connection)
    return sorted(f"{app}.{name}" for app, name in recorder.applied_migrations())


def records(db: Database) -> Iterator[bytes]:
    """Yield everything as length-led records: what it is, then rows of one table after another."""
    yield framed(pack({"migrations": applied(db)}))
    for model in tables():
        fields = model._meta.local_concrete_fields
        columns = ", ".join(f'"{field.column}"' for field in fields)
        table, key = model._meta.db_table, model._meta.pk.column
        rows: list[list[Any]] = []
        for row in db.stream_rows(f'SELECT {columns} FROM "{table}" ORDER BY "{key}"'):  # noqa: S608
            rows.append([plain(field, value) for field, value in zip(fields, row, strict=True)])
            if len(rows) == ROWS:
                yield framed(pack({"table": table, "rows": rows}))
                rows = []
        yield framed(pack({"table": table, "rows": rows}))
    yield framed(pack({"end": True}))


def plain(field: Field[Any, Any], value: object) -> object:
    """Return a stored value as one that any database understands: text, bytes, numbers, nothing."""
    if isinstance(value, memoryview):
        return bytes(value)
    if value is None or isinstance(value, int | str | bytes):
        return value
    return field.value_to_string(_Holder(field.attname, value))


class _Holder:
    """Carries one value under the name a field asks for."""

    def __init__(self, name: str, value: object) -> None:
        setattr(self, name, value)


def framed(record: bytes) -> bytes:
    """Return a record led by its length."""
    return len(record).to_bytes(8, "big") + record


def backup(db: Database, target: Path, secret: bytes) -> None:
    """Write everything of this instant into an encrypted file, which appears whole.

    Raises:
        ExchangeError: the file cannot be written.
    """
    partial = target.with_name(f"{target.name}.partial")
    try:
        with db.snapshot(), partial.open("wb") as stream:
            write_sealed(packed(records(db)), stream, secret)
        partial.replace(target)
    except OSError as error:
        raise ExchangeError(
            f"{target}: cannot be written ({error.strerror}); "
            "name a file in a folder that exists and may be written to"
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield bytes compressed."""
    deflate = zlib.compressobj(6)
    for part in parts:
        yield deflate.compress(part)
    yield deflate.flush()


def unpacked(parts: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the records of compressed bytes."""
    inflate, waiting = zlib.decompressobj(), bytearray()
    for part in parts:
        waiting += inflate.decompress(part)
        while len(waiting) >= 8 and len(waiting) >= (
            size := 8 + int.from_bytes(waiting[:8], "big")
        ):
            yield unpack(bytes(waiting[8:size]))
            del waiting[:size]


def restore(db: Database, source: Path, secret: bytes) -> int:
    """Bring a backup back into an empty database; returns how many entries it holds.

    Raises:
        InputError: the database holds something, or the file is no backup that fits.
        IntegrityError: what the file holds is not what its chains say; nothing was restored.
    """
    if pending(db):
        migrate(db)
    refuse_occupied(db)
    with db.atomic():
        try:
            with source.open("rb") as stream:
                found = unpacked(read_sealed(stream, secret, source.name))
                insert_all(db, found, source.name)
        except OSError as error:
            hint = "check the name and its permissions"
            raise refused(source.name, f"no readable file ({error.strerror})", hint) from error
        reset_numbers(db)
        verified = verify(db)
        if verified.problems:
            problems = "\n".join(str(problem) for problem in verified.problems)
            raise IntegrityError(f"nothing was restored: the backup does not hold.\n{problems}")
    return verified.entries


def refuse_occupied(db: Database) -> None:
    """Refuse a database that somebody works in."""
    if db.rows("SELECT COUNT(*) FROM store_practice")[0][0]:
        raise InputError([
            Problem(
                where="the database", found="journals in it", expected="an empty database",
                hint="restore into a new one: set CARETALLY_DATABASE_URL or CARETALLY_HOME",
            )
        ])  # fmt: skip


def insert_all(db: Database, found: Iterator[dict[str, Any]], name: str) -> None:
    """Insert the rows of all records into tables that hold nothing else."""
    known = {model._meta.db_table: model for model in tables()}
    first = next(found, {})
    if first.get("migrations") != applied(db):
        hint = "restore with the version of the program that wrote it, then migrate"
        raise refused(name, "tables of another version", hint)
    for table in known:
        if not table.startswith("store_"):
            db.run(f'DELETE FROM "{table}"')  # noqa: S608 - names of our own tables
    is_whole = False
    for record in found:
        is_whole = "end" in record
        if not is_whole:
            fields = known[record["table"]]._meta.local_concrete_fields
            columns = [f'"{field.column}"' for field in fields]
            rows = [
                [field.get_db_prep_save(field.to_python(value), db.connection)
                 for field, value in zip(fields, row, strict=True)]
                for row in record["rows"]
            ]  # fmt: skip
            db.insert(f'"{record["table"]}"', columns, rows)
    if not is_whole:
        raise refused(name, "an end before the end", "take another copy")


def reset_numbers(db: Database) -> None:
    """Let new rows be numbered after those restored."""
    for statement in db.connection.ops.sequence_reset_sql(no_style(), tables()):
        db.rows(statement)
