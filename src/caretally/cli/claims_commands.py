"""`caretally claims …`: claims of a month are made, checked and written into a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.reading import month_of, one_of, refusal
from caretally.cli.store_commands import stored
from caretally.clock import now
from caretally.codes import CLAIM_FORMATS

commands = typer.Typer(no_args_is_help=True, help="Make claims and write them into files.")
ROOM, FILES = "caretally.practice.claiming", "caretally.practice.claim_files"
SOME_STAYED = 1


@commands.command(
    epilog="Example: caretally claims export --month 2026-03 --format 837p --out march.837"
)
def export(
    *,
    month: Annotated[str, typer.Option(metavar="MONTH", help="Which month, as 2026-03.")],
    out: Annotated[str, typer.Option(metavar="FILE", help="Where the file goes.")],
    form: Annotated[
        str, typer.Option("--format", metavar="NAME", help="837p, fhir or csv.")
    ] = "837p",
    practice: Annotated[
        str, typer.Option(metavar="ID", help="Whose claims; may be left out where there is one.")
    ] = "",
    test: Annotated[
        bool, typer.Option("--test", help="Mark the file as a test; nothing counts as submitted.")
    ] = False,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Write no file while anything stops a claim.")
    ] = False,
) -> None:
    """Prepare a month's claims, check them, and write those that nothing stops into a file.

    Claims that stay are listed with the field and what to do, and the exit status is 1. The same
    command again writes the same file again and stores nothing new.
    """
    wanted_month = month_of(month)
    chosen = one_of(form, CLAIM_FORMATS, "--format") or "837p"
    target = place_for(out)
    journal = stored()
    room, files = loaded(ROOM), loaded(FILES)
    office = office_of(journal, practice)
    prepared = with_bar("Preparing claims", partial(room.prepare, office, wanted_month))
    wanted = files.Wanted(month=wanted_month, form=chosen, is_test=test,
                          all_or_nothing=all_or_nothing)  # fmt: skip
    sent = with_bar("Checking claims", partial(files.send, office, wanted))
    write_out(target, sent.body)
    tell(prepared, sent, out)
    if sent.stopped:
        raise typer.Exit(SOME_STAYED)


def with_bar(what: str, work: Callable[[Callable[[int, int], None]], Any]) -> Any:
    """Return what some work comes to, with a bar that moves while it runs."""
    with screen.progress(what, 1) as bars:

        def move(done: int, total: int) -> None:
            for task in bars.task_ids:
                bars.update(task, completed=done, total=total)

        return work(move)


def office_of(journal: Any, practice: str) -> Any:
    """Return the program's own office in a practice; the only one where none is named."""
    rows = journal.db.rows("SELECT name FROM store_practice ORDER BY name")
    names = [row[0] for row in rows]
    chosen = practice or (names[0] if len(names) == 1 else "")
    if chosen not in names:
        found = repr(practice) if practice else f"none, of {len(names)}"
        raise refusal("--practice", found, f"one of {', '.join(names) or 'none yet'}")
    callers = loaded("caretally.practice.caller")
    return loaded("caretally.practice.office").Office(
        journal=journal, caller=callers.system_caller(chosen, "claims"), now=now()
    )


def place_for(out: str) -> Path:
    """Return where a file goes.

    Raises:
        InputError: the folder is not there.
    """
    path = Path(out)
    if not path.parent.is_dir() or path.is_dir():
        raise refusal("--out", f"{out}, which is no place for a file", "a file in a folder")
    return path


def write_out(path: Path, body: bytes) -> None:
    """Write a file; one that is there already must hold the same.

    Raises:
        InputError: another file is there.
    """
    if path.exists() and path.read_bytes() != body:
        raise refusal("--out", f"{path}, with other content", "a new file",
                      "the same command with another --out gives the file")  # fmt: skip
    path.write_bytes(body)


def tell(prepared: Any, sent: Any, out: str) -> None:
    """Say what was made, what left, and what stays with what to do about it."""
    screen.tell(f"{prepared.count} claims prepared, {prepared.standing} stood already")
    for each in sent.stopped:
        screen.tell(f"claim {each.card.control_number} of {each.card.patient} stays:")
        for finding in each.findings:
            if finding.stops:
                line = f" of line {finding.line}" if finding.line else ""
                screen.tell(f"  {finding.field}{line}: {finding.found}; {finding.mend}")
    again = "" if sent.is_new else ", as it left before"
    screen.tell(f"{out}: {sent.claims} claims, {len(sent.body):,} bytes, {sent.digest}{again}")
