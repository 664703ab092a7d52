"""The only way out of a call: what has to be written, and whom to ring.

Whoever implements it stores before it returns; the conductor speaks only afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from caretally.contacts.wellness_calls.actions import RaiseAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Who stands on a rung of the on-call ladder.

    staff: id. address: what the carrier rings; empty where the person has only a pager or the page.
    """

    staff: str
    address: str


class CallDesk(Protocol):
    """The desk of the practice, as one call knows it."""

    def note(self, line: str) -> None:
        """Store a line of the event log in the chain of this call, before it takes effect."""

    def raise_alert(self, alert: RaiseAlert, at_ms: int) -> str:
        """Store an alert and return its id; it stands before a word of ours is queued."""

    def page(self, rung: int, severity: str, at_ms: int) -> Rung | None:
        """Page who stands on a rung and return them, or None where nobody does."""

    def acknowledged(self) -> str | None:
        """Return the staff id of who took the alert over on a page of the program, if any."""

    def recorded(self, what: str, of: str, at_ms: int) -> None:
        """Store what the engine recorded: opted_out, incident, disclosed, accepted and more."""
