"""What a page needs to speak of one decision: the entries behind it, who the people are, amounts.

Nothing is decided or counted here; a page shows what the decision says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from caretally.billability.decision import Decision
from caretally.billability.fees import Fees
from caretally.billability.lines import Line
from caretally.cli.words import dollars
from caretally.clock import day_number, zone
from caretally.journal.entries import (
    ContactAttempted,
    ContactHeld,
    Entry,
    StaffRegistered,
    TimeLogged,
)
from caretally.money import NO_MONEY, Money

Span = ContactHeld | ContactAttempted | TimeLogged


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """An amount of time at which something becomes billable.

    says: the code, with a number of units where it is not the first.
    """

    seconds: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A decision with what its page shows beside it.

    entries: by id. roles: of staff, by id. descriptors: a site's own licensed ones, by code.
    """

    decision: Decision
    entries: Mapping[str, Entry]
    roles: Mapping[str, str]
    fees: Fees
    descriptors: Mapping[str, str] = field(default_factory=dict)

    def national(self, line: Line) -> Money | None:
        """Return what Medicare allows nationally for a line, or None where it sets no amount."""
        amount = self.fees.national(line.code, line.date_of_service)
        return amount.times(line.units) if amount else None

    def total(self) -> Money:
        """Return the national amounts of all lines together."""
        found = (self.national(line) for line in self.decision.lines)
        return sum((amount for amount in found if amount), NO_MONEY)

    def unpriced(self) -> list[str]:
        """Return the codes of lines for which Medicare sets no national amount."""
        return sorted({line.code for line in self.decision.lines if self.national(line) is None})

    def amount_words(self) -> str:
        """Return what the lines come to, and which of them have no amount."""
        unpriced, total = ", ".join(self.unpriced()), self.total()
        if not unpriced:
            return dollars(total)
        return f"{dollars(total)} without {unpriced}" if total != NO_MONEY else "none set"

    def says(self, code: str) -> str:
        """Return the site's own descriptor of a code, or our summary of its sheet."""
        sheet = self.decision.month.rulebook.sheets.get(code)
        return self.descriptors.get(code) or (sheet.summary if sheet else "")

    def local(self, instant: datetime) -> datetime:
        """Return an instant in the decision's zone."""
        return instant.astimezone(zone(self.decision.month.time_zone))

    def milestones(self) -> list[Milestone]:
        """Return the amounts of time at which the decided program's codes begin, ascending."""
        month = self.decision.month
        day = day_number(month.month.last_day)
        found: dict[int, str] = {}
        for code in month.bench.codes_for(month.decided.program, 0, 0) if month.is_loaded else ():
            plans = month.bench.planner.plans(code, day, month.decided.payer)
            if plans is None:
                continue
            for step in plans.own.steps:
                if step.name == "reaches_management_time":
                    found[step.arguments["minimum"]] = code
            blocks = plans.own.count_arguments
            for unit in range(2, blocks.get("cap", 0) + 1):
                found[blocks["base"] + unit * blocks["block"]] = f"{code} ×{unit}"
        return [Milestone(seconds=seconds, says=found[seconds]) for seconds in sorted(found)]


def roles_of(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the latest registered role of every staff member."""
    latest: dict[str, tuple[datetime, str]] = {}
    for entry in entries:
        body = entry.body
        if isinstance(body, StaffRegistered):
            known = latest.get(body.staff)
            if known is None or known[0] <= entry.at:
                latest[body.staff] = (entry.at, body.role)
    return {staff: role for staff, (_, role) in latest.items()}


def performers_of(body: Span) -> tuple[str, ...]:
    """Return the staff ids behind a span."""
    return (body.performer,) if isinstance(body, TimeLogged) else body.performers


def span_of(entry: Entry, body: Span) -> tuple[datetime, datetime | None]:
    """Return first instant and end of a span; an attempt may have no end."""
    return body.start or entry.at, body.end
