"""`caretally close`: a month is closed on a terminal as it is on its page."""

from __future__ import annotations

import gc
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.reading import month_of, refusal
from caretally.cli.store_commands import stored
from caretally.clock import now

commands = typer.Typer()
CLOSING = "caretally.practice.closing"
CHANGES = "caretally.practice.closing_changes"


@commands.command(epilog="Example: caretally close 2026-03 --practice north --dry-run")
def close(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="A month that is over: 2026-03.")],
    *,
    practice: Annotated[str, typer.Option(metavar="ID", help="Whose month.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and decide everybody; store nothing.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="CHECK", help="Let a warning pass, by name, or all; may be repeated."),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it may pass.")] = "",
    redecide: Annotated[
        bool,
        typer.Option("--redecide", help="After the close: decide anew what later entries changed."),
    ] = False,
) -> None:
    """Close a month: check, decide every patient anew, and store all decisions or none.

    Every warning must be let pass, as in: --accept entries_are_timely --reason "read them"; or all
    of them, after a --dry-run: --accept all.

    Again, it stores nothing new. Exit status 1 where a check blocks, or warns and
    was not let pass. What was decided is never
    altered: with --redecide, another decision stands in for one that later entries changed.
    """
    chosen, office = month_of(month, "MONTH"), office_of(practice)
    if redecide:
        tell_changes(office, chosen, dry_run=dry_run)
        return
    room = loaded(CLOSING)
    # Much is made and soon dropped: looking for garbage all the time is a tenth of the work.
    gc.set_threshold(20_000, 50, 50)
    with screen.progress("patients", 1) as bars:

        def told(done: int, total: int) -> None:
            if bars.tasks:
                bars.update(bars.task_ids[0], completed=done, total=total)

        if dry_run:
            found = room.rehearse(office, chosen, told)
        else:
            accepted = room.Accepted(names=tuple(accept or ()), reason=reason, wants_all=True)
            try:
                found = room.close(office, chosen, accepted, told=told)
            except room.UnacceptedError as error:
                screen.show(*told_checks(error.checks))
                raise
    screen.show(*told_checks(found.checks), *told_sums(found))
    tell_end(found, dry_run=dry_run)


def office_of(practice: str) -> Any:
    """Return the office of the program in a practice.

    Raises:
        InputError: nothing is stored of the practice.
    """
    journal = stored()
    journal.book(practice)
    caller = loaded("caretally.practice.caller").system_caller(practice, "close")
    return loaded("caretally.practice.office").Office(journal=journal, caller=caller, now=now())


def told_checks(checks: Any) -> list[RenderableType]:
    """Return the checks, those that found something first."""
    if not checks:
        return []
    table = screen.grid("Check", "Found#", "", "Says")
    for check in sorted(checks, key=lambda each: (not each.blocks, each.holds)):
        mark = "✓" if check.holds else check.severity
        table.add_row(check.name, f"{check.count:,}", mark, check.says)
    return [table, Text()]


def told_sums(found: Any) -> list[RenderableType]:
    """Return what the decisions come to, and the roots over them."""
    return [
        Text(
            f"{found.decisions:,} patients decided, {found.lines:,} lines, "
            f"{found.held:,} with something missing on record"
        ),
        Text(f"facts   {found.facts}"),
        Text(f"entries {found.entries}"),
    ]


def tell_end(found: Any, *, dry_run: bool) -> None:
    """Say what became of it; end with status 1 where a check blocks."""
    if found.is_blocked:
        names = ", ".join(check.name for check in found.checks if check.blocks)
        screen.tell(f"not closed: {names}")
        raise typer.Exit(1)
    if dry_run:
        screen.tell("nothing was stored")
    elif found.is_new:
        screen.tell(f"{found.month} is closed; the decisions wait for signatures")
    else:
        screen.tell(f"{found.month} was closed before; nothing was stored")


def tell_changes(office: Any, month: Any, *, dry_run: bool) -> None:
    """Say which closed patient-months later entries changed, and decide them anew.

    Raises:
        InputError: the month is not closed.
    """
    if loaded(CLOSING).closing_of(office, month) is None:
        raise refusal("--redecide", f"{month}, which is open", "a month that is closed")
    room = loaded(CHANGES)
    found = room.differences(office, month)
    for each in found:
        lines = ", ".join(room.words_of(change) for change in each.changes) or "the same lines"
        screen.write_text(f"{each.patient}\t{each.proposes}\t{lines}\n")
    if dry_run:
        screen.tell(f"{len(found):,} patients changed; nothing was stored")
        return
    made = room.redecide(office, month, [each.patient for each in found])
    screen.tell(f"{len(made):,} decisions made anew; they wait for signatures")
