"""Local dates and times as people type them, to instants and back."""

from __future__ import annotations

from datetime import UTC, datetime

from caretally.clock import zone
from caretally.errors import Problem


def typed_instant(instant: datetime, zone_name: str) -> str:
    """Return an instant as a field for date and time holds it; seconds only where there are any."""
    local = instant.astimezone(zone(zone_name))
    shape = "%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M"
    return local.strftime(shape)


def read_instant(text: str, zone_name: str) -> datetime | str:
    """Return the instant of a local time, or in words why there is none."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return "a date and time such as 2026-03-04T10:15"
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    here = zone(zone_name)
    first, second = (local.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(here).replace(tzinfo=None) != local:
        return f"a time that the clocks in {zone_name} showed that day; they were put forward"
    if first != second:
        return f"a time that the clocks in {zone_name} showed once that day; they were put back"
    return first


def instant_problem(field: str, expected: str) -> Problem:
    """Return the problem of a local time."""
    return Problem(where="the form", field=field, found="another text", expected=expected)
