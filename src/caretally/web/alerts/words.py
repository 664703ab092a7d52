"""Alerts in words and hues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from caretally.practice.alert_lists import LEVEL_WORDS, Listed
from caretally.practice.staff_names import name_of

HUES: Mapping[str, str] = {
    "emergent": "unmet", "urgent": "risk", "routine": "info", "technical": "quiet",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An alert ready to be shown.

    entry: id for the entry that a press of its button makes. clock: how long there is to answer.
    """

    row: Listed
    entry: str
    level: str
    hue: str
    age: str
    clock: str
    owner: str
    taken_by: str


def cards_of(
    rows: Iterable[Listed], names: Mapping[str, str], ids: Iterable[str], now: datetime
) -> list[Card]:
    """Return the cards of a list."""
    return [
        Card(
            row=row, entry=entry, level=LEVEL_WORDS[row.level], hue=HUES[row.level],
            age=span_words(row.age), clock=clock_words(row.answer_by, now),
            owner=name_of(names, row.owner) if row.owner else "",
            taken_by=name_of(names, row.acknowledged_by) if row.acknowledged_by else "",
        )
        for row, entry in zip(rows, ids, strict=False)
    ]  # fmt: skip


def span_words(span: timedelta) -> str:
    """Return a span in words, its greatest unit only.

    Example:
        >>> span_words(timedelta(minutes=59)), span_words(timedelta(hours=26))
        ('59 min', '26 h')
    """
    minutes = max(0, int(span.total_seconds()) // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def clock_words(answer_by: datetime | None, now: datetime) -> str:
    """Return how long there is to answer, in words."""
    if answer_by is None:
        return ""
    if answer_by < now:
        return f"overdue for {span_words(now - answer_by)}"
    return f"answer within {span_words(answer_by - now)}"
