"""The two clocks of a month, each with a bar to the next amount at which something is billable.

Live time and management time stay two totals on every page; AI time and chat time stand apart.
"""

from __future__ import annotations

from rich.text import Text

from caretally.billability.sentences import minutes
from caretally.cli.chart import Chart, Milestone
from caretally.cli.words import clock

BAR = 18
FULL, EMPTY = "█", "░"
ONLY_LIVE = "interactive_only"


def clocks(chart: Chart) -> list[Text]:
    """Return the lines of both clocks, and the totals kept apart."""
    month = chart.decision.month
    facts = month.decided
    milestones = chart.milestones()
    live_decides = month.policy == ONLY_LIVE
    return [
        clock_line("Management", facts.management_seconds, milestones,
                   "(all time)" if live_decides else ""),
        clock_line("Live", facts.live_seconds, milestones,
                   "" if live_decides else "(live only)"),
        apart(chart),
    ]  # fmt: skip


def clock_line(name: str, seconds: int, milestones: list[Milestone], reading: str) -> Text:
    """Return a total, its bar, and what is left to the next amount."""
    line = Text(f"  {name:<11}{clock(seconds):>7}  ")
    ahead = next((each for each in milestones if each.seconds > seconds), None)
    if not milestones:
        return line
    share = BAR * seconds // ahead.seconds if ahead else BAR
    line.append(FULL * share, "green")
    line.append(EMPTY * (BAR - share), "dim")
    line.append(f"  {target(seconds, ahead, milestones[-1])}")
    return line.append(f" {reading}".rstrip(), "dim")


def target(seconds: int, ahead: Milestone | None, last: Milestone) -> str:
    """Return how far it is to the next amount."""
    if ahead is None:
        return f"enough for {last.says}, the most there is"
    return f"{minutes(ahead.seconds - seconds)} to {ahead.says} at {clock(ahead.seconds)}"


def apart(chart: Chart) -> Text:
    """Return contacts and the totals that never join the clocks."""
    facts = chart.decision.month.decided
    parts = [
        f"qualifying contacts {facts.qualifying_contacts}",
        f"AI {clock(facts.ai_seconds)}",
        f"chat {clock(facts.chat_seconds)}",
    ]
    if facts.review_seconds:
        parts.append(f"marked for 99091 {clock(facts.review_seconds)}")
    return Text(f"  Apart      {' · '.join(parts)}")
