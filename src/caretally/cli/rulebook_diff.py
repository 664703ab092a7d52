"""What differs between the rules of two dates of service: codes, values, conditions, amounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from caretally.billability.fees import Fees
from caretally.billability.rulebook_changes import changes
from caretally.billability.sheets import Rulebook
from caretally.cli.screen import grid
from caretally.cli.words import dollars


def diff_parts(
    rulebook: Rulebook, fees: Fees, first: date, second: date
) -> Iterator[RenderableType]:
    """Yield every difference between two dates of service."""
    yield Rule(Text(f"{first} → {second}", "bold"), align="left")
    rules = rules_table(rulebook, first, second)
    amounts = amounts_table(rulebook, fees, (first, second))
    limits = restrictions_table(rulebook, first, second)
    parts = [(rules, "Rules"), (limits, "Payers' limits on coverage"),
             (amounts, "Medicare's national amounts outside a facility")]  # fmt: skip
    for table, title in parts:
        if table.row_count:
            yield Text(title, "bold")
            yield table
            yield Text()
    if not any(table.row_count for table, _ in parts):
        yield Text("No rule, limit or amount differs.")


def rules_table(rulebook: Rulebook, first: date, second: date) -> Table:
    """Return codes that came or went, changed values, conditions and counting policies."""
    table = grid("Code", "What", str(first), str(second))
    for change in changes(rulebook, first, second):
        table.add_row(change.subject, change.part, change.before, change.after)
    return table


def restrictions_table(rulebook: Rulebook, first: date, second: date) -> Table:
    """Return payers' limits that open or close in between, whatever their status."""
    table = grid("Payer", "Status", "Dates", "What it says")
    for payer in rulebook.payers.values():
        for limit in payer.restrictions:
            if limit.is_open_on(first) != limit.is_open_on(second):
                dates = f"from {limit.from_on}{f' to {limit.to_on}' if limit.to_on else ''}"
                table.add_row(payer.payer, limit.status, dates, limit.says)
    return table


def amounts_table(rulebook: Rulebook, fees: Fees, days: tuple[date, date]) -> Table:
    """Return the national amounts that differ."""
    table = grid("Code", f"{days[0]}#", f"{days[1]}#", "Difference#")
    for code in sorted(rulebook.sheets):
        before, after = (fees.national(code, day) for day in days)
        if before != after:
            difference = str(after - before) if before and after else "–"
            table.add_row(code, dollars(before), dollars(after), difference)
    return table
