"""`caretally remit import`: bring what payers answer into a practice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from caretally.cli import screen
from caretally.cli.connection_commands import office_at
from caretally.cli.extras import loaded
from caretally.cli.reading import refusal
from caretally.cli.store_commands import stored
from caretally.errors import IntegrityError

commands = typer.Typer(no_args_is_help=True, help="Bring what payers answer into a practice.")
ROOM = "caretally.practice.remitting"
ACTOR = "remit"
LEAST = 400
"""Entries that are worth a bar."""
SHOWN = 20


@commands.callback()
def remit() -> None:
    """Bring what payers answer into a practice."""


@commands.command("import", epilog="Example: caretally remit import era.835 --dry-run")
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A 999, 277CA or 835.")],
    *,
    practice: Annotated[
        str, typer.Option(metavar="ID", help="Whose it is; else found by its numbers.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be posted, and keep nothing.")
    ] = False,
) -> None:
    """Post acknowledgments and payments, balanced to the cent; the same file again posts nothing.

    Exit status 1 where a payment does not add up: it is kept and shown, and not posted.
    """
    try:
        body = Path(file).read_bytes()
    except OSError as error:
        raise refusal(
            "FILE", f"no readable file ({error.strerror})", "a 999, 277CA or 835"
        ) from None
    office, room = office_for(practice, body), loaded(ROOM)
    planned = room.import_answers(office, body, dry_run=True)
    taken = planned if dry_run else posted(office, room, body, planned)
    show(taken)
    if dry_run:
        screen.tell("nothing was kept")
    else:
        again = "the file came before; " if taken.is_known else ""
        screen.tell(f"{again}{taken.posted:,} entries posted, file {taken.name}")
    if any(each.off for each in taken.postings):
        raise IntegrityError(
            "payments that do not add up were not posted: ask the payer for a corrected file"
        )


def office_for(practice: str, body: bytes) -> Any:
    """Return the office of a practice; of the one a file is for where none is named.

    Raises:
        InputError: there is no such practice, or a file is for none or several.
    """
    if practice:
        return own_office(practice)
    rows = stored().db.rows("SELECT name FROM store_practice ORDER BY name")
    if not rows:
        raise refusal("--practice", "no practice", "one: caretally practice open makes one")
    offices = [own_office(row[0]) for row in rows]
    return loaded("caretally.practice.remitting_whose").whose(offices, body)


def own_office(practice: str) -> Any:
    """Return the office of this command in a practice, so that entries say what wrote them.

    Raises:
        InputError: there is no such practice.
    """
    office = office_at(practice)
    caller = loaded("caretally.practice.caller").system_caller(practice, ACTOR)
    return replace(office, caller=caller)


def posted(office: Any, room: Any, body: bytes, planned: Any) -> Any:
    """Post a file and show how far it is."""
    total = sum(len(each.claims) for each in planned.heard)
    total += sum(1 + len(each.matches) for each in planned.postings if not each.off)
    with screen.progress("posting", total, least=LEAST) as bars:
        return room.import_answers(office, body, progress=lambda done: screen.step(bars, done))


def show(taken: Any) -> None:
    """Print what is in a file: payments with their sums, what is off, what belongs to nothing."""
    if taken.postings:
        table = screen.grid("Payment", "Payer", "On", "Paid#", "Answers#", "Unmatched#", "State")
        for each in taken.postings:
            state = f"does not add up ({len(each.off)})" if each.off else "balanced"
            table.add_row(
                each.told.trace, each.told.payer, each.told.paid_on.isoformat(),
                f"{each.told.paid:,.2f}", f"{len(each.matches):,}", f"{each.unmatched:,}", state,
            )  # fmt: skip
        screen.show(table)
    for each in taken.postings:
        show_trouble(each)
    if taken.heard:
        show_heard(taken)


def show_trouble(posting: Any) -> None:
    """Print what does not add up and what belongs to no claim; numbers only, nobody's name."""
    for off in posting.off[:SHOWN]:
        screen.write_text(f"off\t{off}\n")
    if len(posting.off) > SHOWN:
        screen.write_text(f"off\t{len(posting.off) - SHOWN:,} more\n")
    pairs = zip(posting.told.claims, posting.matches, strict=True)
    lost = [answer for answer, match in pairs if match.claim is None]
    for answer in lost[:SHOWN]:
        screen.write_text(
            f"unmatched\t{answer.control_number}\t{answer.payer_claim_number}\t{answer.paid:.2f}\n"
        )
    if len(lost) > SHOWN:
        screen.write_text(f"unmatched\t{len(lost) - SHOWN:,} more\n")


def show_heard(taken: Any) -> None:
    """Print acknowledgments: sums, then what was rejected."""
    rejected = [each for each in taken.heard if not each.told.is_accepted]
    unknown = sum(not each.claims for each in taken.heard)
    screen.write_text(
        f"{taken.kind}: {len(taken.heard):,} answers, {len(rejected):,} rejected, "
        f"{unknown:,} of no known claim\n"
    )
    for each in rejected[:SHOWN]:
        about = each.told.control_number or f"transaction {each.told.transaction}"
        codes = " ".join(told.code for told in each.told.told)
        screen.write_text(f"rejected\t{about}\t{codes}\n")
