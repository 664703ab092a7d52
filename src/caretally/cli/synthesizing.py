"""`caretally synthesize` and `caretally demo`: invented practices and people to try things on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.progress import Progress
from rich.text import Text

from caretally.billability.decide import record_of
from caretally.cli import screen
from caretally.cli.deciding import MANY, Asked, charts, decisions
from caretally.cli.extras import SYNTHETIC_TABLES, TABLES, loaded
from caretally.cli.overview import overview
from caretally.cli.page import page_of_code
from caretally.cli.reading import month_of, new_file
from caretally.journal.ndjson import write_entries
from caretally.synthetic.cast import STORIES, cast_entries
from caretally.synthetic.plan import Plan
from caretally.synthetic.stories import DEMO_MONTH
from caretally.synthetic.writing import write_program

commands = typer.Typer()
SHOWN = ("pat_ada", "99457")
"""Whose code the demonstration explains."""


@commands.command(
    epilog="Example: caretally synthesize --patients 300 --months 3 --seed 7 --out p.ndjson.gz"
)
def synthesize(
    *,
    patients: Annotated[int, typer.Option(metavar="N", help="How many charts.")] = 300,
    months: Annotated[int, typer.Option(metavar="M", help="How many months of activity.")] = 3,
    seed: Annotated[int, typer.Option(metavar="S", help="Names one of many programs.")] = 1,
    first: Annotated[
        str, typer.Option("--from", metavar="YYYY-MM", help="The first month.")
    ] = "2026-01",
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A new NDJSON file, .gz packs it; or a new folder."),
    ] = None,
    tables: Annotated[
        bool, typer.Option("--tables", help="Parquet tables instead (needs the extra bulk).")
    ] = False,
) -> None:
    """Invent months of whole practices from a seed; the same seed makes the same file."""
    plan = Plan(patients=patients, months=months, seed=seed, first_month=month_of(first, "--from"))
    if tables:
        synthesize_tables(plan, new_file(out or f"tables-{seed}"))
        return
    target = new_file(out or f"practice-{seed}.ndjson.gz")
    with screen.progress("charts", patients, least=MANY) as bars:
        count = write_program(target, plan, progress=lambda done, _: screen.step(bars, done))
    screen.tell(f"{count:,} entries of {patients:,} patients in {target}")
    screen.tell(f"Next: caretally decide {target} --month {plan.service_months()[-1]}")


def synthesize_tables(plan: Plan, target: Path) -> None:
    """Write a population of the same mixture straight as tables."""
    drawing, conversion = loaded(SYNTHETIC_TABLES), loaded(TABLES)
    last = plan.service_months()[-1]
    drawn = drawing.TablePlan(
        patients=plan.patients, seed=plan.seed, month=last, months=plan.months
    )
    with screen.progress("parts", len(drawn.part_sizes())) as bars:
        conversion.write_tables(counted_parts(drawing.draw_parts(drawn), bars), target)
    screen.tell(f"{plan.patients:,} patients in {target}")
    screen.tell(f"Next: caretally decide --tables {target} --month {last} --out decisions")


def counted_parts(parts: Iterable[Any], bars: Progress) -> Iterator[Any]:
    """Yield parts, moving the bar after each."""
    for done, part in enumerate(parts, 1):
        yield part
        screen.step(bars, done)


@commands.command(epilog="Example: caretally demo --save cast.ndjson")
def demo(
    *,
    save: Annotated[
        str | None, typer.Option(metavar="FILE", help="Also write the cast's entries to a file.")
    ] = None,
) -> None:
    """Decide one month of eight invented people, and explain one patient's 99457 in full."""
    entries = cast_entries()
    if save is not None:
        write_entries(entries, new_file(save, "--save"))
    asked = Asked(month=DEMO_MONTH, patient=None, policy=None, as_of=None)
    shown = charts(decisions(record_of(entries), asked), entries, {})
    screen.show(*overview(shown, asked.month), Text(), *told_stories())
    patient, code = SHOWN
    screen.show(*page_of_code(next(c for c in shown if c.decision.patient == patient), code))
    screen.show(*tries(save))


def told_stories() -> list[RenderableType]:
    """Return who the people are, a line each."""
    told = [Padding(Text(f"{s.patient}: {s.headline}"), (0, 0, 0, 2)) for s in STORIES]
    return [Text("Who they are (all invented)", "bold"), *told, Text()]


def tries(saved: str | None) -> list[RenderableType]:
    """Return what to try next."""
    file = saved or "cast.ndjson"
    first = [] if saved else [f"caretally demo --save {file}"]
    commands_ = [
        *first,
        f"caretally decide {file} --month {DEMO_MONTH} --patient pat_hal",
        f"caretally decide {file} --month {DEMO_MONTH} --policy interactive_only",
        f"caretally decide {file} --month {DEMO_MONTH} --json",
        "caretally rulebook show 99457",
        "caretally rulebook diff 2025-12-31 2026-01-01",
    ]
    told = [Padding(Text(each, no_wrap=True), (0, 0, 0, 2)) for each in commands_]
    return [Text("Try next (the program is .venv/bin/caretally)", "bold"), *told]
