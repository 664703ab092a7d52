"""Plays the payer of a month's claims, and writes its answers into a folder."""

from __future__ import annotations

from pathlib import Path

from caretally.cli import screen
from caretally.cli.connection_commands import office_at
from caretally.cli.extras import loaded
from caretally.cli.reading import month_of, refusal
from caretally.synthetic.payers import PAYS_ALL, USUAL, Answers

ROOM = "caretally.practice.playing_payer"


def play(practice: str, month: str, out: str, *, seed: int, pays_all: bool) -> None:
    """Write the answers to the last file of claims of a month into a new folder.

    Raises:
        InputError: no such practice, no file of claims left, or the folder exists.
    """
    folder = Path(out)
    if folder.exists() or not folder.parent.is_dir():
        raise refusal("--out", f"{out}, which exists or has no place", "a folder to be made")
    habits = PAYS_ALL if pays_all else USUAL
    wanted = month_of(month)
    # The office first: it sets up what the room needs to be loaded.
    office = office_at(practice)
    answers = loaded(ROOM).played(office, wanted, seed=seed, habits=habits)
    folder.mkdir()
    for name, body in named(answers):
        (folder / name).write_bytes(body)
        screen.tell(f"{folder / name}: {len(body):,} bytes")


def named(answers: Answers) -> list[tuple[str, bytes]]:
    """Return the files in the order in which they would come, with their names."""
    payments = [
        (f"{place:02d}_payment.835", body) for place, body in enumerate(answers.remittances, 3)
    ]
    return [
        ("01_form.999", answers.acknowledgment_999),
        ("02_claims.277ca", answers.status_277ca),
        *payments,
    ]
