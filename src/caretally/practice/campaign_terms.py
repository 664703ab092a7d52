"""What a campaign was set up with, from its row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from caretally.contacts.wellness_calls.campaigning import Terms
from caretally.store.call_tables import Campaign


def terms_of(row: Campaign) -> Terms:
    """Return what a campaign was set up with."""
    retries: Mapping[str, list[int]] = json.loads(row.retries)
    return Terms(
        begins_on=date.fromisoformat(row.begins_on), ends_on=date.fromisoformat(row.ends_on),
        weekdays=frozenset(map(int, row.weekdays)), from_time=row.from_time, to_time=row.to_time,
        every_days=row.every_days,
        retries={outcome: tuple(minutes) for outcome, minutes in retries.items()},
    )  # fmt: skip
