"""A table of readings that a person brings: shown first, then stored as a delivery like any other.

What is in it is read by the worker, from the stored body, so that it can be read again after a
mapping was mended.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.csv.mapping import (
    SETTING,
    CsvMapping,
    problems_of,
    read_mapping,
    write_mapping,
)
from caretally.devices.vendors.csv.preview import Preview, preview
from caretally.devices.vendors.csv.slice import SLICE
from caretally.errors import InputError, Problem
from caretally.practice.connections import LIVE, connection_named
from caretally.practice.office import Office
from caretally.practice.receiving import Door, read_door, receive
from caretally.store.access import Told, record_told

MOST_BYTES = 10 * 1024 * 1024
CONTENT_TYPE = "text/csv"
BROUGHT, MAPPED = "readings_brought", "mapping_saved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file.

    number: of the stored delivery; 0 where nothing was stored. is_known: the same file came before.
    """

    shown: Preview
    number: int = 0
    is_known: bool = False


def import_readings(
    office: Office, connection: str, body: bytes, *, dry_run: bool, most: int = 20
) -> Imported:
    """Show what a file would become and, unless it is only to be shown, store it.

    Raises:
        ForbiddenError: the caller may not look after the practice's connections.
        UnknownError: there is no such connection.
        InputError: it is none for tables, takes nothing now, has no mapping, or the file cannot be
            read at all; of single rows that cannot be read, the others are stored.
    """
    found = open_door(office, connection)
    text = found.settings.get(SETTING, "")
    if not text:
        raise refusal("connection", "one without a mapping", "a mapping of columns", connection)
    mapping = read_mapping(text)
    if len(body) > MOST_BYTES:
        raise refusal("file", f"{len(body):,} bytes", f"at most {MOST_BYTES:,}; divide it")
    shown = preview(body, mapping, most)
    if shown.faults and not shown.total_readings:
        fault = shown.faults[0]
        raise refusal("file", fault.says, "a table with the columns of the mapping", fault.path)
    if dry_run:
        return Imported(shown=shown)
    headers = {"content-type": CONTENT_TYPE}
    posted = Posted(body=body, headers=headers, received_at=office.now, settings=found.settings)
    kept = receive(office.db, found, posted)
    said = {"connection": connection, "delivery": str(kept.number)}
    told = Told(practice=office.practice, kind=BROUGHT, actor=office.caller.actor, said=said)
    record_told(office.db, told, office.now)
    return Imported(shown=shown, number=kept.number, is_known=kept.seen > 1)


def save_mapping(office: Office, connection: str, mapping: CsvMapping) -> None:
    """Keep a mapping with a connection; it holds for what is read from now on.

    Raises:
        ForbiddenError, UnknownError, InputError: as `import_readings`.
    """
    problems = problems_of(mapping, None)
    if problems:
        raise InputError(problems)
    open_door(office, connection)
    with office.db.atomic():
        own = connection_named(office, connection)
        settings = msgspec.json.decode(own.settings, type=dict[str, str])
        settings[SETTING] = write_mapping(mapping)
        own.settings = msgspec.json.encode(settings, order="sorted").decode()
        own.save(using=office.db.alias, update_fields=["settings"])
        said = {"connection": connection, "setting": SETTING}
        told = Told(practice=office.practice, kind=MAPPED, actor=office.caller.actor, said=said)
        record_told(office.db, told, office.now)


def open_door(office: Office, connection: str) -> Door:
    """Return a connection that takes tables.

    Raises:
        ForbiddenError: the caller may not look after the practice's connections.
        UnknownError: there is no such connection.
        InputError: it is of another kind, or takes nothing now.
    """
    own = connection_named(office, connection)
    found = read_door(office.db, own.vendor, own.name)
    if found is None or found.slice.name != SLICE.name:
        raise refusal("connection", f"one of {own.vendor}", f"one of {SLICE.title}")
    if found.state != LIVE:
        raise refusal("connection", f"one that is {found.state}", "one that is live")
    return found


def refusal(field: str, found: str, expected: str, where: str = "") -> InputError:
    """Return why a file was not taken."""
    return InputError([
        Problem(where=where or "import", field=field, found=found, expected=expected)
    ])  # fmt: skip
