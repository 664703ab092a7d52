"""`caretally self-audit`: a practice's own outliers, as an auditor would look for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from caretally.cli import screen
from caretally.cli.connection_commands import office_at
from caretally.cli.extras import loaded
from caretally.cli.reading import month_of, new_file, refusal
from caretally.cli.store_commands import stored

commands = typer.Typer()
ROOM, EXPORT = "caretally.practice.self_auditing", "caretally.practice.self_auditing_export"
MOST_MONTHS = 12
SHOWN_CASES = 5
BROKEN = 1


@commands.command(
    "self-audit",
    epilog="Example: caretally self-audit --month 2026-03 --practice prac_lakeside",
)
def self_audit(
    *,
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="The month to look at.")],
    practice: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this practice; else all, one by one.")
    ] = None,
    before: Annotated[
        int, typer.Option(metavar="N", help="Months before it to compare with, 0 to 12.")
    ] = MOST_MONTHS,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, an object a practice.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="As CSV, a row a measure and case.")
    ] = False,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="A new file; else standard output.")
    ] = None,
) -> None:
    """Take OIG's measures and the house's own of a practice's month; exit 1 when an alarm rings.

    Shows each figure beside what was published and the months before, and the cases behind it.
    """
    asked = month_of(month, "--month")
    check_options(before, (as_json, as_csv), out)
    target = None if out is None else new_file(out, "--out")
    audits = [audited(name, asked, before) for name in practices_of(practice)]
    if as_csv:
        written = loaded(EXPORT).csv_of(audits)
    elif as_json:
        export = loaded(EXPORT)
        lines = (json.dumps(export.json_of(each), ensure_ascii=False) for each in audits)
        written = "".join(f"{line}\n" for line in lines)
    else:
        written = ""
        screen.show(*(part for each in audits for part in page(each)))
    if target is not None:
        Path(target).write_bytes(written.encode())
        screen.tell(f"written to {target}")
    elif written:
        screen.write_text(written)
    ringing = sum(len(each.ringing) for each in audits)
    screen.tell(f"{ringing} {'alarm rings' if ringing == 1 else 'alarms ring'}")
    if ringing:
        raise typer.Exit(BROKEN)


def check_options(before: int, forms: tuple[bool, bool], out: str | None) -> None:
    """Refuse options that contradict one another.

    Raises:
        InputError: they do.
    """
    if not 0 <= before <= MOST_MONTHS:
        raise refusal("--before", str(before), f"a whole number from 0 to {MOST_MONTHS}")
    if all(forms):
        raise refusal("--csv", "--json as well", "one of the two")
    if out is not None and not any(forms):
        raise refusal("--out", "neither --json nor --csv", "one of the two with it")


def practices_of(practice: str | None) -> list[str]:
    """Return the practices that are looked at.

    Raises:
        InputError: there is no such practice.
    """
    rows = stored().db.rows("SELECT name FROM store_practice ORDER BY name")
    names = [row[0] for row in rows]
    if practice is None:
        return names
    if practice not in names:
        raise refusal("--practice", repr(practice), "the id of a practice in this database")
    return [practice]


def audited(practice: str, month: Any, before: int) -> Any:
    """Return the self-audit of a practice, with a bar while it is worked out."""
    with screen.progress(f"months of {practice}", before + 1, least=2) as bars:
        return loaded(ROOM).self_audit(
            office_at(practice), month, most=before,
            progress=lambda done, _: screen.step(bars, done),
        )  # fmt: skip


def page(audit: Any) -> Iterator[RenderableType]:
    """Yield a practice's page: all measures, then the cases of those whose alarm rings."""
    yield Rule(Text(f"{audit.practice}, {audit.month.first_day:%B %Y}", "bold"), align="left")
    yield Text(f"{audit.audit.patients:,} patients, {audit.audit.stretches:,} stretches of work")
    table = screen.grid("", "Measure", "Figure#", "Month before#", "Found")
    for subject, title in (("OIG", "What OIG measures"), ("house", "House measures")):
        table.add_row("", Text(title, "bold"), "", "", "")
        for taken in audit.audit.taken:
            if taken.measure.subject == subject:
                table.add_row(*cells(audit, taken))
    yield table
    for taken in audit.ringing:
        yield from told(taken)


def cells(audit: Any, taken: Any) -> tuple[str, ...]:
    """Return the cells of a measure."""
    measure, finding = taken
    last = audit.past[measure.name][-1].tally
    mark = "✗" if finding.rings else "·"
    return (mark, measure.title, finding.figure.short, last.figure.short if last else "–",
            finding.says)  # fmt: skip


def told(taken: Any) -> Iterator[RenderableType]:
    """Yield why an alarm rings, and the first cases."""
    measure, finding = taken
    yield Text()
    yield Text(f"✗ {measure.title}: {measure.says}", "bold")
    yield Text(f"  Alarm: {measure.alarm}", "dim")
    for case in finding.cases[:SHOWN_CASES]:
        whose = " ".join(each for each in (case.on, case.patient, case.staff) if each)
        yield Text(f"  {whose}: {case.says}" if whose else f"  {case.says}")
        if case.entries:
            yield Text(f"    {' '.join(case.entries[:SHOWN_CASES])}", "dim")
    if finding.count > SHOWN_CASES:
        yield Text(f"  … {finding.count - SHOWN_CASES:,} more: --json or --csv lists them")
