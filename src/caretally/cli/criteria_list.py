"""The criteria behind each code: met, unmet or not reached, in the criterion's own sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from caretally.cli.chart import Chart
from caretally.cli.words import denied

SIGNS = {"met": ("✓", "green"), "unmet": ("✗", "red"), "not_reached": ("·", "dim")}
"""The sign of each status, and its color."""
CODES_WIDTH = 23
"""Columns for four codes."""
CodeJson = Mapping[str, Any]
CriterionJson = Mapping[str, Any]


def codes_shown(codes: Mapping[str, CodeJson], *, every: bool) -> list[str]:
    """Return the codes whose criteria are listed in full: those that stand, or all."""
    return [code for code, said in codes.items() if every or said["billable"]]


def criteria_blocks(
    chart: Chart, codes: Mapping[str, CodeJson], shown: Sequence[str]
) -> list[Text | Padding]:
    """Return the criteria of codes; what all own codes ask alike is listed once, before them."""
    sheets = chart.decision.month.rulebook.sheets
    alike = [code for code in shown if not sheets[code].advisory]
    shared = shared_criteria([codes[code]["criteria"] for code in alike])
    blocks: list[Text | Padding] = []
    if shared:
        blocks += [Text(f"Asked alike by {', '.join(alike)}", "bold"), criteria_rows(shared)]
    for code in shown:
        own = [each for each in codes[code]["criteria"] if each not in shared]
        blocks += [code_head(chart, code, codes[code]), criteria_rows(own)]
    return blocks


def shared_criteria(lists: Sequence[Sequence[CriterionJson]]) -> list[CriterionJson]:
    """Return the criteria that several codes all ask with the same answer, in their order."""
    if len(lists) < 2:
        return []
    return [each for each in lists[0] if all(each in other for other in lists[1:])]


def code_head(chart: Chart, code: str, said: CodeJson) -> Text:
    """Return the line over a code's criteria: the verdict, and what the code is."""
    verdict = units_words(said["units"]) if said["billable"] else "not billable"
    head = Text.assemble((code, "bold"), (f"  {verdict}", "green" if said["billable"] else "red"))
    has_line = any(line.code == code for line in chart.decision.lines)
    return head if has_line else head.append(f"  {chart.says(code)}", "dim")


def units_words(units: int) -> str:
    """Return a number of units in words."""
    return f"billable, {units} unit{'s' * (units > 1)}"


def criteria_rows(criteria: Sequence[CriterionJson]) -> Padding:
    """Return criteria as rows of sign, sentence and citations."""
    rows = Table.grid(padding=(0, 2, 0, 0), expand=True)
    rows.add_column(width=1)
    rows.add_column(ratio=1)
    rows.add_column(justify="right", style="dim", max_width=34)
    for each in criteria:
        sign, color = SIGNS[each["status"]]
        rows.add_row(Text(sign, color), spoken(each), ", ".join(each["cites"]))
    return Padding(rows, (0, 0, 1, 2))


def spoken(criterion: CriterionJson) -> str:
    """Return a criterion's sentence as it came out."""
    says = str(criterion["says"])
    return denied(says) if criterion["status"] == "unmet" else says


def first_unmet(said: CodeJson) -> CriterionJson | None:
    """Return the first criterion that a code does not meet, None where none is said to be."""
    return next((each for each in said["criteria"] if each["status"] == "unmet"), None)


def others_table(codes: Mapping[str, CodeJson], shown: Sequence[str]) -> Padding | None:
    """Return why each other code is not billable, in one sentence a code."""
    others = ((code, first_unmet(said)) for code, said in codes.items() if code not in shown)
    return grouped(
        (code, f"✗ {spoken(unmet)}" if unmet else "· No device period ends in this month.")
        for code, unmet in others
    )


def grouped(rows: Iterable[tuple[str, str]]) -> Padding | None:
    """Return codes with a sentence each; codes with the same sentence share a row."""
    by_sentence: dict[str, list[str]] = {}
    for code, says in rows:
        by_sentence.setdefault(says, []).append(code)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(max_width=CODES_WIDTH)
    table.add_column()
    for says, codes in by_sentence.items():
        table.add_row(" ".join(codes), says)
    return Padding(table, (0, 0, 0, 2)) if by_sentence else None
