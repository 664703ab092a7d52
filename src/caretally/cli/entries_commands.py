"""`caretally entries …`: what an entry may say, and whether files of entries say it right."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated

import typer

from caretally.cli import screen
from caretally.cli.deciding import Lenient
from caretally.cli.reading import read_files, record_read
from caretally.journal.schema import schema

commands = typer.Typer(
    no_args_is_help=True, help="The schema of entries, and the check of files of entries."
)


@commands.command(name="schema", epilog="Example: caretally entries schema > entry.schema.json")
def print_schema() -> None:
    """Print the JSON Schema of an entry."""
    screen.write_text(f"{json.dumps(schema(), indent=2, ensure_ascii=False)}\n")


@commands.command(epilog="Example: caretally entries check entries.ndjson")
def check(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Entries as NDJSON; - is standard input.")
    ],
    *,
    lenient: Lenient = False,
) -> None:
    """Read files of entries and name every problem by file, line and field; exit 2 with any."""
    reading = read_files(files, lenient=lenient)
    record_read(reading)
    kinds = Counter(entry.kind for entry in reading.entries)
    patients = {entry.patient for entry in reading.entries if entry.patient is not None}
    rows = screen.grid("Kind", "Entries#")
    for kind, count in sorted(kinds.items()):
        rows.add_row(kind, f"{count:,}")
    screen.show(rows)
    people = f"{len(patients):,} patient{'s' * (len(patients) != 1)}"
    screen.write_text(f"{len(reading.entries):,} entries of {people}, no problems\n")
