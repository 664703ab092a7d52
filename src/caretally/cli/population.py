"""`caretally decide --tables`: the month of a population, part by part, on one machine or many.

A run that was stopped goes on where it stopped; asking again prints what stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from caretally.cli import screen
from caretally.cli.extras import BULK, compiled_folder, loaded
from caretally.cli.reading import refusal
from caretally.clock import ServiceMonth

PARTS_LISTED = "tables.json"
"""The file that `caretally tables` writes last, and that lists the parts."""

UNCOMPILED = (
    "Numba is not installed: months are folded uncompiled, about a thousand times slower, to the"
    " same decisions; pip install 'caretally[bulk]' installs it where it is published."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What was asked of `decide --tables`.

    tables: as `caretally tables` writes them. out: where the decisions go.
    """

    tables: Path
    out: Path
    month: ServiceMonth
    policy: str | None
    engine: str
    workers: int | None


def population_of(
    tables: str, out: str | None, alone: Mapping[str, object], how: Mapping[str, Any]
) -> Population:
    """Return what was asked, refusing options that tables do not go with.

    alone: options that are for files only, with what was given. how: month, policy, engine and
    workers.

    Raises:
        InputError: an option is missing or does not go with --tables.
    """
    for option, given in alone.items():
        if given:
            hint = "name it to `caretally tables`" if option == "--as-of" else "leave it out"
            raise refusal(option, "it beside --tables", "files or tables, not both", hint)
    if out is None:
        hint = "add --out decisions"
        raise refusal("--out", "no folder", "a new folder for the decisions", hint)
    if not (Path(tables) / PARTS_LISTED).is_file():
        hint = f"make them first: caretally tables FILE… {tables}"
        raise refusal("--tables", f"{tables}, which holds no tables", "a folder of tables", hint)
    return Population(tables=Path(tables), out=Path(out), **how)


def refuse_without_tables(given: Mapping[str, object]) -> None:
    """Refuse options that only tables go with.

    Raises:
        InputError: one of them was given.
    """
    for option, value in given.items():
        if value:
            hint = "decisions of files go to standard output; send them to a file with >"
            raise refusal(option, "it without --tables", "--tables DIR, or no such option", hint)


def decide_population(asked: Population, *, as_json: bool) -> None:
    """Decide all parts with a bar, say what came of it, and print decisions where asked.

    Raises:
        ExchangeError: parts cannot be decided or written; those that are done stand.
        InputError: tables are broken, or hold what cannot be.
        MissingExtraError: the engine's packages are not installed.
    """
    bulk = loaded(BULK)
    settings = bulk.BulkSettings(month=asked.month, cache=compiled_folder(), policy=asked.policy)
    engine = bulk.Engine(name=asked.engine, workers=asked.workers)
    parts = bulk.part_folders(asked.tables)
    if not bulk.can_compile():
        screen.tell(UNCOMPILED)
    count = 0
    with screen.progress("parts", len(parts)) as bars:

        def told(_: object) -> None:
            nonlocal count
            count += 1
            screen.step(bars, count)

        done = bulk.decide_tables(asked.tables, asked.out, settings, engine=engine, progress=told)
    stood = f" ({done.stood} stood before)" if done.stood else ""
    screen.tell(
        f"{done.patients:,} patients in {done.parts} part{'s' * (done.parts != 1)}{stood}:"
        f" {done.lines:,} lines in {asked.out}"
    )
    if as_json:
        screen.write_lines(
            msgspec.json.encode(decision.to_json()) for decision in bulk.render_decisions(asked.out)
        )
    else:
        screen.tell("Every decision in full: ask again with --json; what stands is kept.")
