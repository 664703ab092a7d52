"""The clock of a demonstration: when it began, kept in the home, so that a restart lives on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGINS_AT = datetime(2026, 3, 26, 14, 5, tzinfo=UTC)
"""A Thursday morning in Chicago."""
FILE = "demonstration.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a home keeps of its demonstration.

    ahead: how far it lives from the time outside. password: of all its accounts.
    """

    ahead: timedelta
    password: str


def keep_in(home: Path, outside: datetime, password: str) -> None:
    """Keep in a home that a demonstration began at an instant of the time outside."""
    kept = {"began_at": outside.isoformat(), "password": password}
    file = home / FILE
    file.touch(mode=0o600)
    file.write_text(json.dumps(kept), encoding="utf-8")


def kept_in(home: Path) -> Kept | None:
    """Return what a home keeps; None where there is no demonstration in it."""
    file = home / FILE
    if not file.is_file():
        return None
    kept = json.loads(file.read_text(encoding="utf-8"))
    began_at = datetime.fromisoformat(kept["began_at"])
    return Kept(ahead=BEGINS_AT - began_at, password=kept["password"])
