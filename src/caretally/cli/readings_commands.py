"""`caretally readings`: bring tables of readings into a practice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from caretally.cli import screen
from caretally.cli.connection_commands import office_of
from caretally.cli.extras import loaded
from caretally.cli.reading import refusal

commands = typer.Typer(no_args_is_help=True, help="Bring tables of readings into a practice.")
ROOM = "caretally.practice.csv_import"
SHOWN = 20


@commands.callback()
def readings() -> None:
    """Bring tables of readings into a practice."""


@commands.command(
    "import", epilog="Example: caretally readings import march.csv --connection con_0198 --dry-run"
)
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A table of readings.")],
    *,
    connection: Annotated[
        str, typer.Option(metavar="CONNECTION", help="As `connection list` prints it.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be read, and keep nothing.")
    ] = False,
) -> None:
    """Store a table as a delivery, and tell each row that cannot be read by line and column."""
    try:
        body = Path(file).read_bytes()
    except OSError as error:
        raise refusal("FILE", f"no readable file ({error.strerror})", "a table") from None
    office = office_of(connection)
    told = loaded(ROOM).import_readings(office, connection, body, dry_run=dry_run, most=SHOWN)
    show(told.shown)
    if dry_run:
        screen.tell("nothing was kept")
    else:
        again = "; it came before, nothing is read twice" if told.is_known else ""
        screen.tell(f"stored as delivery {told.number}{again}; the worker reads it")


def show(shown: Any) -> None:
    """Print the first rows, those in trouble, and the sums."""
    for row in shown.rows:
        for each in row.readings:
            values = ", ".join(f"{m.metric} {m.value} {m.unit}" for m in each.measured)
            at = each.measured_at or each.wall
            screen.write_text(f"line {row.line}\t{at.isoformat()}\t{each.origin}\t{values}\n")
        for each in row.faults:
            screen.write_text(f"{each.path}\t{each.code}\t{each.says}\n")
    for each in shown.faults:
        screen.write_text(f"{each.path}\t{each.code}\t{each.says}\n")
    screen.write_text(
        f"{shown.total_rows:,} rows: {shown.total_readings:,} readings, "
        f"{shown.total_faults:,} that cannot be read\n"
    )
