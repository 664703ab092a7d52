"""The page of one decision: the verdict first, then all that it rests on, for a billing officer.

Everything on it is rendered from the decision; a page computes no rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from caretally.billability.holds import Hold
from caretally.cli.chart import Chart
from caretally.cli.clocks import clocks
from caretally.cli.criteria_list import (
    code_head,
    codes_shown,
    criteria_blocks,
    criteria_rows,
    grouped,
    others_table,
)  # fmt: skip
from caretally.cli.entry_table import entry_table, reading_notes
from caretally.cli.screen import grid, page_width
from caretally.cli.words import (
    HOLD_REMEDIES,
    POLICY_WORDS,
    READING_WORDS,
    denied,
    dollars,
    flag_words,
    missing_words,
)  # fmt: skip

AMOUNTS_NOTE = (
    "Amounts are Medicare's national ones outside a facility; what is paid depends on payer, place"
    " and patient's share."
)


def page(chart: Chart, *, every: bool = False) -> Iterator[RenderableType]:
    """Yield the parts of a decision's page; `every` lists the criteria of all codes."""
    said = chart.decision.to_json()
    codes: Mapping[str, Any] = said["codes"]  # type: ignore[assignment]
    coming: Sequence[Mapping[str, Any]] = said["next"]  # type: ignore[assignment]
    yield from headline(chart)
    yield from lines_part(chart)
    yield from holds_part(chart)
    yield from titled("Time of the month", clocks(chart))
    yield from entries_part(chart)
    yield from periods_part(said["periods"])  # type: ignore[arg-type]
    yield from missing_part(coming)
    yield from codes_part(chart, codes, every=every)
    yield from risks_part(chart)
    yield from flags_part(chart)
    yield Text(f"Rulebook {chart.decision.month.rulebook.digest}", "dim")


def page_of_code(chart: Chart, code: str) -> Iterator[RenderableType]:
    """Yield the page of one code of a decision: the verdict, the time, and every criterion."""
    codes: Mapping[str, Any] = chart.decision.to_json()["codes"]  # type: ignore[assignment]
    yield from headline(chart)
    yield from titled("Time of the month", clocks(chart))
    yield from entries_part(chart)
    yield code_head(chart, code, codes[code])
    yield criteria_rows(codes[code]["criteria"])
    yield from risks_part(chart)


def titled(title: str, parts: Sequence[RenderableType]) -> Iterator[RenderableType]:
    """Yield parts under a title, and a blank line after them; nothing where there are none."""
    if parts:
        yield Text(title, "bold")
        yield from parts
        yield Text()


def indented(texts: Sequence[str]) -> list[RenderableType]:
    """Return texts as lines under a title."""
    return [Padding(Text(text), (0, 0, 0, 2)) for text in texts]


def headline(chart: Chart) -> Iterator[RenderableType]:
    """Yield whose month it is, how it was counted, and the verdict."""
    month = chart.decision.month
    payer = month.rulebook.payers.get(month.payer or "")
    known = f" · as known at {chart.local(month.as_of).isoformat()}" if month.as_of else ""
    yield Rule(Text(f"{month.patient} · {month.month.first_day:%B %Y}", "bold"), align="left")
    yield Text(
        f"{payer.summary if payer else 'No known payer'} · counted as {month.policy}:"
        f" {POLICY_WORDS.get(month.policy, '')} · dates in {month.time_zone}{known}",
        "dim",
    )
    yield Text()
    yield verdict(chart)
    yield Text()


def verdict(chart: Chart) -> Text:
    """Return what may be billed in one sentence."""
    lines, holds = chart.decision.lines, chart.decision.holds
    stopped = f" {len(holds)} hold{'s' * (len(holds) > 1)} stop{'s' * (len(holds) == 1)} the rest."
    if not lines:
        return Text(f"Nothing may be billed.{stopped.replace(' the rest', ' it') * bool(holds)}",
                    "bold red")  # fmt: skip
    codes = ", ".join(f"{x.code} × {x.units}" if x.units > 1 else x.code for x in lines)
    at_risk = any(line.at_risk for line in lines)
    words = Text(f"May be billed: {codes}. National amounts: {chart.amount_words()}.",
                 "bold green")  # fmt: skip
    if at_risk:
        words.append(" Not under every reading of the rules: see at risk.", "yellow")
    return words.append(stopped * bool(holds), "red")


def lines_part(chart: Chart) -> Iterator[RenderableType]:
    """Yield the lines that may be billed, and advisory ones of sister programs."""
    decision = chart.decision
    if decision.lines:
        table = grid("Code", "Units#", "Date of service", "National#", "At risk", "What it is")
        for line in decision.lines:
            amount = dollars(chart.national(line))
            table.add_row(
                line.code, str(line.units), line.date_of_service.isoformat(), amount,
                ", ".join(line.at_risk) or "–", chart.says(line.code),
            )  # fmt: skip
        yield from titled("Lines", [table, *indented([AMOUNTS_NOTE])])
    if decision.sister_lines:
        told = [
            f"{line.code} × {line.units} on {line.date_of_service} ({line.program}):"
            f" {chart.says(line.code)}"
            for line in decision.sister_lines
        ]
        title = "Other programs: the time is there; their other conditions are for you to check"
        yield from titled(title, indented(told))


def holds_part(chart: Chart) -> Iterator[RenderableType]:
    """Yield the holds, each with what it stops and how to mend it."""
    yield from titled("Holds", [hold_row(hold) for hold in chart.decision.holds])


def hold_row(hold: Hold) -> RenderableType:
    """Return one hold: name, what it stops, the sentence that is not so, and the remedy."""
    dates = ", ".join(day.isoformat() for day in hold.dates_of_service)
    stops = f"{', '.join(hold.codes) or 'every line'}{f' of {dates}' if dates else ''}"
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(width=1)
    rows.add_column()
    rows.add_row(Text("✗", "red"), Text.assemble((hold.name, "bold"), f" stops {stops}"))
    rows.add_row("", Text(f"{denied(hold.says)} [{', '.join(hold.cites)}]"))
    rows.add_row("", Text(f"To mend: {HOLD_REMEDIES.get(hold.name, 'see the sheet of the code')}"))
    return Padding(rows, (0, 0, 0, 2))


def entries_part(chart: Chart) -> Iterator[RenderableType]:
    """Yield the table of entries, and which readings made no data day."""
    lines = entry_table(chart, page_width())
    notes = indented(reading_notes(chart))
    yield from titled("Entries of the month", [*lines, *notes])


def periods_part(periods: Sequence[Mapping[str, object]]) -> Iterator[RenderableType]:
    """Yield the device periods that end in the month."""
    told = [
        f"{each['from']} to {each['to']}: {each['data_days']} days with data" for each in periods
    ]
    yield from titled("Device periods that end in the month", indented(told))


def missing_part(coming: Sequence[Mapping[str, Any]]) -> Iterator[RenderableType]:
    """Yield what is still missing for each code, and by when; what is alike stands once."""
    rows = grouped((str(each["code"]), coming_words(each)) for each in coming)
    yield from titled("What is missing", [rows] if rows else [])


def coming_words(coming: Mapping[str, Any]) -> str:
    """Return what one code still lacks, in a line."""
    if coming.get("unreachable"):
        return f"out of reach: {denied(coming['why'])}"
    start, by = coming.get("start_by"), coming["by"]
    daily = f" (daily from {start} at the latest)" if start and start != by else ""
    return f"{missing_words(coming['missing'])} by {by}{daily}"


def codes_part(chart: Chart, codes: Mapping[str, Any], *, every: bool) -> Iterator[RenderableType]:
    """Yield the criteria of the codes that stand, and a sentence on each other one."""
    shown = codes_shown(codes, every=every)
    if shown:
        yield Text("Why (✓ met, ✗ unmet, · not reached; in brackets the sources)", "bold")
        yield Text()
        yield from criteria_blocks(chart, codes, shown)
    others = others_table(codes, shown)
    yield from titled("Not billable, and the first reason", [others] if others else [])


def risks_part(chart: Chart) -> Iterator[RenderableType]:
    """Yield the readings under which a line would fall or shrink, with the page to read."""
    by_reading: dict[str, list[str]] = {}
    for line in chart.decision.lines:
        for reading in line.at_risk:
            by_reading.setdefault(reading, []).append(line.code)
    told = [
        f"{', '.join(codes)} would fall or shrink {READING_WORDS.get(reading, reading)}"
        f" ({reading}): {interpretation(chart, reading)}"
        for reading, codes in sorted(by_reading.items())
    ]
    yield from titled("At risk", indented(told))


def interpretation(chart: Chart, reading: str) -> str:
    """Return the page on which a contested reading is weighed."""
    for sheet in chart.decision.month.rulebook.sheets.values():
        for parameter in sheet.parameters.values():
            dated = any(reading in each.readings for each in parameter.values)
            if parameter.page and (reading in parameter.readings or dated):
                return f"docs/interpretations/{parameter.page}.md"
    return "docs/interpretations"


def flags_part(chart: Chart) -> Iterator[RenderableType]:
    """Yield the flags in words."""
    said = flag_words(chart.decision.month.rulebook)
    told = [f"{flag}: {said.get(flag, '')}" for flag in chart.decision.flags]
    yield from titled("To look at", indented(told))
