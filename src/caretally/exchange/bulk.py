"""Decides the month of a whole population from tables, on this machine or on many.

This is what the command line and others call; parts are decided by `tables.deciding`, whoever runs
them. A run that was stopped goes on where it stopped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from caretally.errors import ExchangeError, InputError, Problem
from caretally.exchange.tables.deciding import Decider, can_compile, standing
from caretally.exchange.tables.input_files import as_of_of, part_folders
from caretally.exchange.tables.part_words import CONTRACT
from caretally.exchange.tables.rendering import LISTING, render_decisions
from caretally.exchange.tables.settings import BulkSettings, PartDone, Progress

__all__ = [
    "BulkDone", "BulkSettings", "Engine", "PartDone", "can_compile", "decide_tables",
    "part_folders", "render_decisions",
]  # fmt: skip

ENGINES = {
    "local": "caretally.exchange.engines.local",
    "ray": "caretally.exchange.engines.ray_tasks",
    "spark": "caretally.exchange.engines.spark_tasks",
}
"""Where each engine's `run` is; loaded when it is asked for."""
Run = Callable[[Sequence[Path], Path, BulkSettings, int], Iterator[PartDone]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What runs the parts; as many workers as there are processors where none are asked for."""

    name: str = "local"
    workers: int | None = None

    def run(self) -> tuple[Run, int]:
        """Return the function that runs parts, and with how many workers.

        Raises:
            InputError: there is no such engine, or the number makes no sense.
            MissingExtraError: the engine's package is not installed.
        """
        problems = [
            Problem(where="--engine", found=repr(self.name), expected=", ".join(ENGINES))
            for _ in range(self.name not in ENGINES)
        ]
        if self.workers is not None and self.workers < 1:
            problems.append(
                Problem(where="--workers", found=str(self.workers), expected="1 or more")
            )
        if problems:
            raise InputError(problems)
        run: Run = import_module(ENGINES[self.name]).run
        return run, self.workers or os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDone:
    """A population decided: parts, patients and lines, and how many parts stood before."""

    parts: int
    patients: int
    lines: int
    stood: int


def unheard(_: PartDone) -> None:
    """Tell nobody."""


def decide_tables(
    directory: Path,
    out: Path,
    settings: BulkSettings,
    *,
    engine: Engine | None = None,
    progress: Progress = unheard,
) -> BulkDone:
    """Decide all parts of a folder of tables into another folder.

    Args:
        directory: as `caretally tables` writes it.
        out: empty, new, or left by the same run when it was stopped.
        settings: month, policy, rules, and where compiled code is kept.
        engine: what runs the parts.
        progress: told of every part when it is done.

    Raises:
        ExchangeError: parts failed; those that did not stand.
        InputError: tables are missing, broken, or hold what cannot be, all of it named; or `out`
            holds decisions on something else.
        MissingExtraError: a package is not installed.
    """
    run, workers = (engine or Engine()).run()
    folders = part_folders(directory)
    ready = Decider(settings)
    out.mkdir(parents=True, exist_ok=True)
    stood = {
        folder: before for folder in folders if (before := standing(folder, out, ready)) is not None
    }
    done = list(stood.values())
    for each in done:
        progress(each)
    left = [folder for folder in folders if folder not in stood]
    for each in run(left, out, settings, workers) if left else ():
        progress(each)
        done.append(each)
    refuse_failed(sorted(done, key=lambda each: each.part))
    finish(directory, out, settings, done)
    return BulkDone(
        parts=len(done),
        patients=sum(each.patients for each in done),
        lines=sum(each.lines for each in done),
        stood=len(stood),
    )


def refuse_failed(done: Sequence[PartDone]) -> None:
    """Refuse parts of which some do not stand.

    Raises:
        ExchangeError: something went wrong with parts.
        InputError: nothing did, but parts hold what cannot be.
    """
    problems = [problem for each in done for problem in each.problems]
    failed = [f"{each.part}: {each.error}" for each in done if each.error]
    if failed:
        raise ExchangeError("\n".join([*failed, *map(str, problems)]))
    if problems:
        raise InputError(problems)


def finish(directory: Path, out: Path, settings: BulkSettings, done: Sequence[PartDone]) -> None:
    """Write the list of decided parts, whose presence says that all are there."""
    listing = {
        "contract": CONTRACT,
        "month": str(settings.month),
        "policy": settings.policy,
        "as_of": as_of_of(directory),
        "patients": sum(each.patients for each in done),
        "lines": sum(each.lines for each in done),
        "parts": sorted(each.part for each in done),
    }
    partial = out / f".{LISTING}.partial"
    partial.write_text(json.dumps(listing, indent=1), encoding="utf-8")
    partial.rename(out / LISTING)
