"""The table of what was done in a month: when, by whom, what it came to, and why not more."""

from __future__ import annotations

from collections import Counter

from rich.table import Table

from caretally.billability.decision import reasons_of
from caretally.billability.judged_months import Counted
from caretally.cli.chart import Chart, Span, performers_of, span_of
from caretally.cli.screen import grid
from caretally.cli.words import MODE_WORDS, clock, reason_words
from caretally.journal.entries import ContactAttempted, ContactHeld, Entry, TimeLogged


def entry_table(chart: Chart) -> Table | None:
    """Return contacts, attempts and time in order of time; None where there are none."""
    rows = [
        (entry, entry.body, counted)
        for counted in chart.decision.month.entries
        if (entry := chart.entries.get(counted.id))
        if isinstance(entry.body, ContactHeld | ContactAttempted | TimeLogged)
    ]
    if not rows:
        return None
    table = grid("When", "What", "Who", "Lasted#", "Counted#", "Live#", "Remarks", "Entry")
    for column in (0, 2, 3, 4, 5):
        table.columns[column].no_wrap = True
    table.columns[7].style = "dim"
    for entry, body, counted in sorted(rows, key=lambda row: (row[0].at, row[0].id)):
        table.add_row(*span_cells(chart, entry, body, counted))
    return table


def span_cells(chart: Chart, entry: Entry, body: Span, counted: Counted) -> tuple[str, ...]:
    """Return the cells of one span."""
    start, end = span_of(entry, body)
    begins = chart.local(start)
    lasted = clock(max(0, int((end - start).total_seconds()))) if end else "–"
    reasons = reasons_of(counted.reasons)
    is_attempt = isinstance(body, ContactAttempted) and reasons == ["not_a_contact"]
    return (
        f"{begins:%m-%d %H:%M}", what(body), who(chart, body), lasted,
        clock(counted.counted_seconds), clock(counted.live_seconds),
        "an attempt" if is_attempt else reason_words(reasons), entry.id,
    )  # fmt: skip


def what(body: Span) -> str:
    """Return what kind of work or contact a span was."""
    if isinstance(body, TimeLogged):
        return f"{body.category.replace('_', ' ')}{' for 99091' if body.intended_code else ''}"
    mode = MODE_WORDS.get(body.mode, body.mode)
    if isinstance(body, ContactAttempted):
        return f"{mode}: {body.outcome.replace('_', ' ')}"
    spoke_with = body.spoke_with.partition(":")[0]
    return mode if spoke_with == "patient" else f"{mode}, {spoke_with}"


def who(chart: Chart, body: Span) -> str:
    """Return who did it, each with the registered role."""
    return ", ".join(f"{each} ({chart.roles.get(each, '?')})" for each in performers_of(body))


def reading_notes(chart: Chart) -> list[str]:
    """Return how many readings made no data day, and why, a line a reason."""
    spans = (ContactHeld, ContactAttempted, TimeLogged)
    found: Counter[str] = Counter()
    for counted in chart.decision.month.entries:
        entry = chart.entries.get(counted.id)
        if entry is not None and not isinstance(entry.body, spans):
            found[reason_words(reasons_of(counted.reasons))] += 1
    return [f"{count} reading{'s' * (count > 1)}: {why}" for why, count in sorted(found.items())]
