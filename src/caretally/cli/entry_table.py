"""The table of what was done in a month: when, by whom, what it came to, and why not more.

Why an entry counts less stands on a line of its own under it: reasons are sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.text import Text

from caretally.billability.decision import reasons_of
from caretally.billability.judged_months import Counted
from caretally.cli.chart import Chart, Span, performers_of, span_of
from caretally.cli.words import MODE_WORDS, clock, reason_words
from caretally.journal.entries import ContactAttempted, ContactHeld, Entry, TimeLogged

SPANS = (ContactHeld, ContactAttempted, TimeLogged)
HEADS = ("When", "What", "Who", "Lasted", "Counted", "Live", "Entry")
NUMBERS = frozenset({"Lasted", "Counted", "Live"})
ELIDED = "…"
LEAST_ELIDED = 6
"""A shorter beginning that all ids share is not worth leaving out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry of the table: a cell a head; below it further performers, and the remark."""

    cells: tuple[str, ...]
    others: str
    remark: str


def entry_table(chart: Chart, width: int) -> list[Text]:
    """Return contacts, attempts and time in order of time, as lines; none where there are none."""
    rows = entry_rows(chart)
    if not rows:
        return []
    heads, shown = fitted(rows, width)
    widths = widths_of(heads, shown)
    lines = [Text(line_of(heads, heads, widths), "bold")]
    lines.append(Text("─" * min(width, sum(widths) + 2 * len(widths) - 2)))
    for row in shown:
        lines.append(Text(line_of(row.cells, heads, widths)))
        if row.others:
            lines.append(Text(f"{' ' * (widths[0] + widths[1] + 4)}{row.others}"))
        if row.remark:
            lines.append(Text(f"{' ' * (widths[0] + 2)}{row.remark}", "yellow"))
    if shown[0].cells[-1].startswith(ELIDED):
        begins = rows[0].cells[-1][: 1 - len(shown[0].cells[-1])]
        lines.append(Text(f"Ids of these entries begin with {begins}", "dim"))
    return lines


def entry_rows(chart: Chart) -> list[Row]:
    """Return the rows of a decision's spans, by start."""
    found = [
        (entry, entry.body, counted)
        for counted in chart.decision.month.entries
        if (entry := chart.entries.get(counted.id))
        if isinstance(entry.body, ContactHeld | ContactAttempted | TimeLogged)
    ]
    found.sort(key=lambda each: (each[0].at, each[0].id))
    return [row_of(chart, *each) for each in found]


def row_of(chart: Chart, entry: Entry, body: Span, counted: Counted) -> Row:
    """Return the row of one span."""
    start, end = span_of(entry, body)
    lasted = clock(max(0, int((end - start).total_seconds()))) if end else "–"
    first, *others = who(chart, body) or ["nobody"]
    cells = (
        f"{chart.local(start):%m-%d %H:%M}", what(body), first, lasted,
        clock(counted.counted_seconds), clock(counted.live_seconds), entry.id,
    )  # fmt: skip
    reasons = reasons_of(counted.reasons)
    return Row(cells=cells, others=", ".join(others), remark=remark(body, reasons))


def what(body: Span) -> str:
    """Return what kind of work or contact a span was."""
    if isinstance(body, TimeLogged):
        return f"{body.category.replace('_', ' ')}{' for 99091' if body.intended_code else ''}"
    mode = MODE_WORDS.get(body.mode, body.mode)
    if isinstance(body, ContactAttempted) or body.spoke_with == "patient":
        return mode
    return f"{mode}, {body.spoke_with.partition(':')[0]}"


def who(chart: Chart, body: Span) -> list[str]:
    """Return who did it, each with the registered role."""
    return [f"{each} ({chart.roles.get(each, '?')})" for each in performers_of(body)]


def remark(body: Span, reasons: list[str]) -> str:
    """Return why a span counts less than it lasted; an attempt says how it ended."""
    if isinstance(body, ContactAttempted):
        others = [reason for reason in reasons if reason != "not_a_contact"]
        ended = f"an attempt ({body.outcome.replace('_', ' ')}): counts nothing"
        return "; ".join([ended, *([reason_words(others)] if others else [])])
    return reason_words(reasons)


def fitted(rows: Sequence[Row], width: int) -> tuple[tuple[str, ...], list[Row]]:
    """Return heads and rows that fit a page: the beginning all ids share goes, then columns."""
    heads: tuple[str, ...] = HEADS
    shown = list(rows)
    shared = shared_beginning([row.cells[-1] for row in rows])
    if is_wider(heads, shown, width) and shared >= LEAST_ELIDED:
        shown = [
            replace(row, cells=(*row.cells[:-1], f"{ELIDED}{row.cells[-1][shared:]}"))
            for row in rows
        ]
    for column in ("Lasted", "Entry"):
        if is_wider(heads, shown, width):
            place = heads.index(column)
            heads = without(heads, place)
            shown = [replace(row, cells=without(row.cells, place)) for row in shown]
    return heads, shown


def shared_beginning(words: Sequence[str]) -> int:
    """Return how many letters all of several words begin with."""
    if len(words) < 2:
        return 0
    letters = enumerate(zip(*words, strict=False))
    return next((place for place, each in letters if len(set(each)) > 1), 0)


def without(cells: tuple[str, ...], place: int) -> tuple[str, ...]:
    """Return cells without the one at a place."""
    return cells[:place] + cells[place + 1 :]


def widths_of(heads: Sequence[str], rows: Sequence[Row]) -> list[int]:
    """Return how wide each column is."""
    return [
        max(len(head), *(len(row.cells[column]) for row in rows))
        for column, head in enumerate(heads)
    ]


def is_wider(heads: Sequence[str], rows: Sequence[Row], width: int) -> bool:
    """Tell whether lines of two blanks between columns are wider than a page."""
    return sum(each + 2 for each in widths_of(heads, rows)) - 2 > width


def line_of(cells: Sequence[str], heads: Sequence[str], widths: Sequence[int]) -> str:
    """Return cells as a line; numbers stand to the right."""
    padded = (
        cell.rjust(width) if head in NUMBERS else cell.ljust(width)
        for cell, head, width in zip(cells, heads, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


def reading_notes(chart: Chart) -> list[str]:
    """Return how many readings made no data day, and why, a line a reason."""
    found: Counter[str] = Counter()
    for counted in chart.decision.month.entries:
        entry = chart.entries.get(counted.id)
        if entry is not None and not isinstance(entry.body, SPANS):
            found[reason_words(reasons_of(counted.reasons))] += 1
    return [f"{count} reading{'s' * (count > 1)}: {why}" for why, count in sorted(found.items())]
