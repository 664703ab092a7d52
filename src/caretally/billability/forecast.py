"""What is still missing for each code, and the last day on which it can be reached."""

from __future__ import annotations

from caretally.billability.judged_months import JudgedMonth


def next_of(month: JudgedMonth) -> list[dict[str, object]]:
    """Return, per code not yet billable or with units to go, the least that is missing."""
    return []
