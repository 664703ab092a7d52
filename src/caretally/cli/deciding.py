"""`caretally decide`: what a month may bill, as JSON for programs, as a page for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
import typer

from caretally.billability.decide import FoldedPart, Judge, folded
from caretally.billability.decision import Decision
from caretally.billability.fees import load_fees
from caretally.billability.sheets import load_rulebook
from caretally.cli import screen
from caretally.cli.chart import Chart, roles_of
from caretally.cli.overview import overview
from caretally.cli.page import page
from caretally.cli.population import decide_population, population_of, refuse_without_tables
from caretally.cli.reading import (
    check_patient,
    descriptors_of,
    instant_of,
    month_of,
    policy_of,
    read_files,
    record_read,
)  # fmt: skip
from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry
from caretally.patient_months.rows import BuiltPart, Record

commands = typer.Typer()
POPULATIONS = "Populations"
MANY = 200
"""Patients from which on a bar shows how far deciding is."""

Files = Annotated[
    list[str] | None,
    typer.Argument(metavar="FILE…", help="Entries as NDJSON, .gz by name; - is standard input."),
]
Month = Annotated[str | None, typer.Option(metavar="YYYY-MM", help="The service month.")]
Patient = Annotated[str | None, typer.Option(metavar="ID", help="Decide only this patient.")]
Policy = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Count by this policy instead of the payer's: cms_combined,"
                 " interactive_only or cms_combined_min_live."),
]  # fmt: skip
AsOf = Annotated[
    str | None,
    typer.Option(metavar="INSTANT", help="Use only what was recorded by then; with an offset."),
]
Lenient = Annotated[
    bool, typer.Option("--lenient", help="Skip and report unknown kinds and fields.")
]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object a patient and line, for programs.")
]
Every = Annotated[
    bool, typer.Option("--all", help="List the criteria of every code, not only of lines.")
]
Descriptors = Annotated[
    str | None,
    typer.Option(metavar="CSV", help="Your own licensed code descriptors: code,descriptor."),
]
Tables = Annotated[
    str | None,
    typer.Option(
        rich_help_panel=POPULATIONS, metavar="DIR",
        help="Instead of files: tables that `caretally tables` made.",
    ),
]  # fmt: skip
Out = Annotated[
    str | None,
    typer.Option(
        rich_help_panel=POPULATIONS, metavar="DIR", help="With --tables: where the decisions go."
    ),
]
EngineName = Annotated[
    str,
    typer.Option(
        rich_help_panel=POPULATIONS, metavar="NAME", help="With --tables: local, ray or spark."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        rich_help_panel=POPULATIONS, metavar="N", help="With --tables: so many parts at a time."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of `decide`."""

    month: ServiceMonth
    patient: str | None
    policy: str | None
    as_of: datetime | None


def decisions(record: Record, asked: Asked) -> Iterator[Decision]:
    """Yield the decisions asked for, by patient id; all entries are heard whoever is decided.

    Raises:
        InputError: nothing is of the patient.
        RulebookError: the rulebook cannot be read.
    """
    judge = Judge(rulebook=load_rulebook(), policy=asked.policy)
    built = judge.build(record, asked.month)
    patients = built.words.patients
    if asked.patient is not None:
        check_patient(asked.patient, patients)
    chosen = [n for n, name in enumerate(patients) if asked.patient in {None, name}]
    return each_decided(judge, (built, folded(built.part)), chosen, asked)


def each_decided(
    judge: Judge, counted: tuple[BuiltPart, FoldedPart], chosen: Sequence[int], asked: Asked
) -> Iterator[Decision]:
    """Yield one decision after another, with a bar where there are many."""
    built, out = counted
    with screen.progress("deciding", len(chosen), least=MANY) as bars:
        for done, number in enumerate(chosen):
            yield judge.decide_patient(built, out, number, asked.month, asked.as_of)
            screen.step(bars, done + 1)


def json_lines(found: Iterator[Decision]) -> Iterator[bytes]:
    """Yield each decision as the contract writes it, the same bytes every time."""
    return (msgspec.json.encode(decision.to_json()) for decision in found)


def charts(
    found: Iterator[Decision], entries: Sequence[Entry], descriptors: dict[str, str]
) -> list[Chart]:
    """Return the decisions with what their pages show."""
    fees, roles = load_fees(), roles_of(entries)
    by_patient: dict[str | None, dict[str, Entry]] = {}
    for entry in entries:
        by_patient.setdefault(entry.patient, {})[entry.id] = entry
    return [
        Chart(
            decision=decision, entries=by_patient.get(decision.patient, {}), roles=roles,
            fees=fees, descriptors=descriptors,
        )
        for decision in found
    ]  # fmt: skip


def show_pages(shown: Sequence[Chart], asked: Asked, *, every: bool) -> None:
    """Write the page of the one patient, or the table of many."""
    if asked.patient is not None or len(shown) == 1:
        for chart in shown:
            screen.show(*page(chart, every=every))
        return
    screen.show(*overview(shown, asked.month))
    if shown:
        screen.tell(f"One patient in full: add --patient {shown[0].decision.patient}")


@commands.command(
    epilog="Example: caretally decide entries.ndjson --month 2026-03 --patient pat_ada"
)
def decide(
    files: Files = None,
    *,
    month: Month = None,
    patient: Patient = None,
    policy: Policy = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    lenient: Lenient = False,
    every: Every = False,
    descriptors: Descriptors = None,
    tables: Tables = None,
    out: Out = None,
    engine: EngineName = "local",
    workers: Workers = None,
) -> None:
    """Say what may be billed for a month, why, and what is missing."""
    asked = Asked(
        month=month_of(month),
        patient=patient,
        policy=policy_of(policy),
        as_of=instant_of(as_of),
    )
    if tables is not None:
        alone = {"FILE": files, "--patient": patient, "--as-of": as_of, "--lenient": lenient,
                 "--all": every, "--descriptors": descriptors}  # fmt: skip
        how = {"month": asked.month, "policy": asked.policy, "engine": engine, "workers": workers}
        decide_population(population_of(tables, out, alone, how), as_json=as_json)
        return
    refuse_without_tables({"--out": out, "--workers": workers, "--engine": engine != "local"})
    own_words = descriptors_of(descriptors)
    reading = read_files(files or [], lenient=lenient)
    found = decisions(record_read(reading, asked.as_of), asked)
    if as_json:
        screen.write_lines(json_lines(found))
    else:
        show_pages(charts(found, reading.entries, own_words), asked, every=every)
