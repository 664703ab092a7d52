"""The table of many patients' decisions: a line a patient, and what the lines come to together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from caretally.billability.lines import Line
from caretally.cli.chart import Chart
from caretally.cli.screen import grid
from caretally.cli.words import clock, dollars
from caretally.clock import ServiceMonth
from caretally.money import NO_MONEY, Money


def overview(charts: Sequence[Chart], month: ServiceMonth) -> Iterator[RenderableType]:
    """Yield the table of all patients of a month, then the sums by code."""
    yield Rule(Text(f"{month.first_day:%B %Y}", "bold"), align="left")
    table = grid("Patient", "Lines", "National#", "Management#", "Live#", "Talks#",
                 "Holds (✗) and flags")  # fmt: skip
    table.columns[0].no_wrap = True
    table.columns[-1].overflow = "fold"
    for chart in charts:
        table.add_row(*patient_cells(chart))
    yield table
    yield Text()
    yield sums(charts)
    yield Text("* would fall or shrink under another reading of the rules", "dim")


def patient_cells(chart: Chart) -> tuple[str, ...]:
    """Return the cells of one patient."""
    decision, facts = chart.decision, chart.decision.month.decided
    return (
        decision.patient,
        " ".join(map(short, decision.lines)) or "–",
        dollars(chart.total() if chart.total() != NO_MONEY else None),
        clock(facts.management_seconds),
        clock(facts.live_seconds),
        str(facts.qualifying_contacts),
        " ".join([*(f"✗{hold.name}" for hold in decision.holds), *decision.flags]),
    )


def short(line: Line) -> str:
    """Return a line in a word: code, units beyond one, a star where it is at risk."""
    units = f"×{line.units}" if line.units > 1 else ""
    return f"{line.code}{units}{'*' if line.at_risk else ''}"


def sums(charts: Sequence[Chart]) -> Text:
    """Return units by code and the national amounts of all patients together."""
    units: Counter[str] = Counter()
    amount: Money = NO_MONEY
    for chart in charts:
        amount += chart.total()
        for line in chart.decision.lines:
            units[line.code] += line.units
    by_code = ", ".join(f"{code} × {count}" for code, count in sorted(units.items()))
    unpriced = sorted({code for chart in charts for code in chart.unpriced()})
    without = f" without {', '.join(unpriced)}" if unpriced else ""
    billed = sum(bool(chart.decision.lines) for chart in charts)
    return Text(
        f"{billed} of {len(charts)} patients have lines: {by_code or 'none'}."
        f" National amounts: {dollars(amount)}{without}."
    )
