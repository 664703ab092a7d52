"""`caretally import`, `export`, `migrate`, `rebuild`, `backup`, `restore` and `journal …`.

The database and its packages are loaded when a command runs, never before: deciding a file waits
for none of them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.reading import new_file, read_files, refusal
from caretally.clock import now
from caretally.errors import IntegrityError
from caretally.settings import Settings

commands = typer.Typer()
journal_commands = typer.Typer(no_args_is_help=True, help="Look after the stored journal.")
commands.add_typer(journal_commands, name="journal")

ROOTS = "roots"
SHORTEST_SECRET = 12

Practice = Annotated[str | None, typer.Option(metavar="ID", help="Only this practice.")]
KeyFile = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Take the content of this file as key; else you are asked."),
]


def stored(*, is_ready: bool = True) -> Any:
    """Return the program's journal, its tables created if there are none yet.

    Raises:
        MissingExtraError: the packages of the server are not installed.
        InputError: an older version of the program wrote the database.
    """
    loaded("caretally.project.opening")
    loaded("caretally.store.database").scope_all()
    journal = loaded("caretally.store.stored_journal").StoredJournal()
    if is_ready:
        loaded("caretally.store.tending").make_ready(journal.db)
    return journal


def roots_folder() -> Path:
    """Return the folder in which roots are kept."""
    return Settings.read(os.environ).home / ROOTS


@commands.command("import", epilog="Example: caretally import entries.ndjson --practice north")
def import_(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Entries as NDJSON; - is standard input.")
    ],
    *,
    practice: Annotated[str, typer.Option(metavar="ID", help="Whose journal they go into.")],
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Skip and report unknown kinds and fields.")
    ] = False,
) -> None:
    """Store entries, all or none; what is stored already is passed over."""
    entries = read_files(files, lenient=lenient).entries
    told = stored().append(practice, entries, received_at=now())
    screen.tell(f"{len(told.accepted):,} entries stored, {len(told.known):,} known before")


@commands.command(epilog="Example: caretally export --practice north --out north.ndjson.gz")
def export(
    *,
    out: Annotated[str, typer.Option(metavar="FILE", help="A new file; .gz packs it.")],
    practice: Practice = None,
    patient: Annotated[str | None, typer.Option(metavar="ID", help="Only this patient.")] = None,
    to: Annotated[str, typer.Option(metavar="WHO", help="Who gets it, for the accounting.")] = "",
    why: Annotated[str, typer.Option(metavar="TEXT", help="For what, for the accounting.")] = "",
) -> None:
    """Write stored entries as NDJSON, byte for byte as they were stored.

    That they left is told in the accounting of disclosures of each practice concerned.
    """
    target, journal = new_file(out), stored()
    if patient is not None and practice is not None:
        journal.patient_stream(journal.book(practice), patient)
    purpose = {"to": to or "whoever ran the command", "why": why or "not said"}
    loaded("caretally.practice.disclosures").record_export(
        journal.db, (practice, patient), purpose, now()
    )
    lines = journal.lines(practice=practice, patient=patient)
    count = loaded("caretally.store.moving").write_lines(lines, target)
    screen.tell(f"{count:,} entries in {target}")


@commands.command(epilog="Example: caretally migrate")
def migrate() -> None:
    """Create the tables of the database, or bring them up to date; what is derived is made anew."""
    journal = stored(is_ready=False)
    applied = loaded("caretally.store.tending").migrate(journal.db)
    if not applied:
        screen.tell("the tables are up to date")
        return
    count = loaded("caretally.store.rebuilding").rebuild(journal.db, journal.desk)
    screen.tell(f"{len(applied)} changes to the tables; {count:,} patient-months worked out")


@commands.command(epilog="Example: caretally rebuild")
def rebuild() -> None:
    """Drop all that follows from the journal and work it out again."""
    journal = stored()
    count = loaded("caretally.store.rebuilding").rebuild(journal.db, journal.desk)
    screen.tell(f"{count:,} patient-months worked out")


@journal_commands.command(epilog="Example: caretally journal verify")
def verify(
    *,
    roots: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Kept roots; else those in the home."),
    ] = None,
) -> None:
    """Find entries that were changed, removed or reordered; exit 1 if there are any."""
    folder = Path(roots) if roots is not None else roots_folder()
    if roots is not None and not folder.is_dir():
        raise refusal("--roots", f"no folder {roots}", "the folder of kept roots")
    found = loaded("caretally.store.verification").verify(stored().db, folder)
    if found.problems:
        problems = "\n".join(str(problem) for problem in found.problems)
        raise IntegrityError(f"{problems}\n{len(found.problems)} problems in the journal")
    screen.tell(
        f"{found.entries:,} entries in {found.streams:,} chains and {found.seals:,} seals hold"
    )


@journal_commands.command(epilog="Example: caretally journal root")
def root(
    *,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="Where the root is written; else the home.")
    ] = None,
) -> None:
    """Seal all chains under one root, written outside the database, time-stamped if set up."""
    url = Settings.read(os.environ).tsa_url
    stamp = loaded("caretally.exchange.timestamps").stamping(url) if url else None
    sealing = loaded("caretally.store.sealing")
    made = sealing.seal(stored().db, now(), stamp)
    file = sealing.write_root(made, Path(out) if out is not None else roots_folder())
    screen.tell(f"{made.root.hex()} over {made.size:,} leaves, in {file}")
    screen.tell("Keep a copy where nobody who writes this database can write.")


@commands.command(epilog="Example: caretally backup night.backup --key-file backup.key")
def backup(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A new file.")],
    *,
    key_file: KeyFile = None,
) -> None:
    """Write the whole database of this instant into one encrypted file."""
    target, secret = new_file(file, "FILE"), secret_of(key_file, is_new=True)
    loaded_journal = stored()
    loaded("caretally.store.backing_up").backup(loaded_journal.db, target, secret)
    screen.tell(f"{target.stat().st_size:,} bytes in {target}")


@commands.command(epilog="Example: caretally restore night.backup --key-file backup.key")
def restore(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file that backup wrote.")],
    *,
    key_file: KeyFile = None,
) -> None:
    """Bring a backup back into an empty database, and check every chain in it."""
    secret = secret_of(key_file, is_new=False)
    journal = stored(is_ready=False)
    count = loaded("caretally.store.backing_up").restore(journal.db, Path(file), secret)
    screen.tell(f"{count:,} entries restored; every chain holds")


def secret_of(key_file: str | None, *, is_new: bool) -> bytes:
    """Return the key of a backup: a file's content, or a passphrase that is asked for.

    Raises:
        InputError: the file cannot be read, or the key is too short.
    """
    if key_file is None:
        secret = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=is_new).encode()
    else:
        try:
            secret = Path(key_file).read_bytes().strip()
        except OSError as error:
            raise refusal("--key-file", f"no readable file ({error.strerror})", "a key") from None
    if is_new and len(secret) < SHORTEST_SECRET:
        expected = f"{SHORTEST_SECRET} characters or more"
        raise refusal("--key-file" if key_file else "passphrase", f"{len(secret)}", expected)
    return bytes(secret)
