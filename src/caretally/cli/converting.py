"""`caretally tables`: files of entries as Parquet tables, for months of whole populations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caretally.cli import screen
from caretally.cli.deciding import AsOf, Lenient
from caretally.cli.extras import TABLES, loaded
from caretally.cli.reading import instant_of, read_files, record_read

commands = typer.Typer()


@commands.command(epilog="Example: caretally tables entries.ndjson.gz tables")
def tables(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Entries as NDJSON; - is standard input.")
    ],
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A folder that is empty or new.")],
    *,
    as_of: AsOf = None,
    lenient: Lenient = False,
) -> None:
    """Convert files of entries to a folder of Parquet tables (needs the extra bulk)."""
    room, known_by = loaded(TABLES), instant_of(as_of)
    reading = read_files(files, lenient=lenient)
    record_read(reading)
    patients = room.convert(reading.entries, Path(folder), as_of=known_by)
    screen.tell(f"{len(reading.entries):,} entries of {patients:,} patients in {folder}")
    screen.tell(f"Next: caretally decide --tables {folder} --month 2026-03 --out decisions")
