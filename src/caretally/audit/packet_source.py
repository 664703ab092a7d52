"""What the pages of a packet are made from, and how they say instants, people and seconds.

Everything printed comes from here; a page computes no rule and asks no database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from caretally.audit.proof import Proof
from caretally.audit.row_heights import heights
from caretally.billability.decision import Decision
from caretally.clock import local_date, zone
from caretally.codes import PROGRAMS
from caretally.enrollment.record import OnFile, PatientRecord
from caretally.journal.entries import Body, DecisionMade, DecisionSigned, Entry

Block = dict[str, object]
"""A part of a page, as the template knows it."""
Of = TypeVar("Of", bound=Body)
A_CHARACTER, PADDING, MOST_POINTS = 4.2, 9, 150
"""Points that a character of a table takes at most as a rule, and what stands around a cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """That somebody looked at the chart, or got something of it; so many times on a date."""

    on: date
    who: str
    what: str
    times: int


@dataclass(frozen=True, kw_only=True)
class Source:
    """All that a packet prints.

    record: what was in force, as it was known. entries: the patient's and the practice's by id.
    later: the patient's entries since. names: of people by staff id. reasons: why an entry counts
    less, in words. drawing: SVG of the vital signs, with its description. periods: first and last
    date, and which dates have data, a reading that does not count, or none.
    """

    decision: Decision
    record: PatientRecord
    entries: Mapping[str, Entry]
    set_aside: Mapping[str, str]
    own: Sequence[Entry]
    names: Mapping[str, str]
    reasons: Mapping[str, str]
    looks: Sequence[Look]
    drawing: tuple[str, str]
    days: Sequence[tuple[date, str]]
    proof: Proof
    made_at: datetime
    to: str
    why: str

    @property
    def patient(self) -> str:
        """The id of the patient."""
        return self.decision.patient

    @property
    def program(self) -> str:
        """The program that was decided."""
        return PROGRAMS[self.decision.month.decided.program]

    @property
    def zone(self) -> str:
        """In which days and months are counted."""
        return self.decision.month.time_zone

    @cached_property
    def last_instant(self) -> datetime:
        """The latest instant of which the packet speaks: the month's end, or until when known."""
        month = self.decision.month.month
        after = month.next().first_day
        end = datetime(after.year, after.month, after.day, tzinfo=zone(self.zone))
        return min(end, self.last_known)

    @cached_property
    def said(self) -> dict[str, Any]:
        """The decision as the contract writes it."""
        return self.decision.to_json()

    @property
    def last_known(self) -> datetime:
        """Until when entries were known."""
        return datetime.fromisoformat(self.proof.until)

    @cached_property
    def made(self) -> DecisionMade | None:
        """The decision of the close; None while the month is open."""
        found = self.entries.get(self.proof.decision or "")
        return found.body if found is not None and isinstance(found.body, DecisionMade) else None

    @cached_property
    def signed(self) -> tuple[OnFile[DecisionSigned], ...]:
        """The signatures under the decision of the close."""
        return tuple(
            each
            for each in self.of_own(DecisionSigned)
            if each.body.decision == self.proof.decision
        )

    def of_own(self, kind: type[Of]) -> tuple[OnFile[Of], ...]:
        """Return the patient's entries of a kind, also those written since the close."""
        return tuple(
            OnFile(entry=entry, body=entry.body)
            for entry in self.own
            if isinstance(entry.body, kind)
        )

    # --- words ----------------------------------------------------------------------------------

    def at(self, instant: datetime) -> str:
        """Return an instant in the patient's zone, to the second."""
        return f"{instant.astimezone(zone(self.zone)):%Y-%m-%d %H:%M:%S}"

    def day(self, instant: datetime) -> date:
        """Return the local date of an instant."""
        return local_date(instant, self.zone)

    def who(self, staff: str) -> str:
        """Return what to call a person: the name on record, or the id."""
        registered = self.record.register.staff.get(staff, ())
        named = [each.name for each in registered if each.name]
        if named:
            family, _, given = named[-1].partition(", ")
            return f"{given} {family}".strip()
        return self.names.get(staff, staff)

    def actor(self, actor: str) -> str:
        """Return what to call the writer of an entry."""
        kind, _, name = actor.partition(":")
        return self.who(name) if kind == "staff" else f"{kind} {name}"

    def role(self, staff: str, day: date) -> str:
        """Return the roles of a person on a date, with the NPI where there is one."""
        roles = " and ".join(sorted(self.record.register.roles_on(staff, day)))
        return roles.replace("_", " ") or "not registered"

    def credentialed(self, staff: str, day: date) -> str:
        """Return name, id, role and NPI of a person."""
        registered = self.record.register.staff.get(staff, ())
        npi = next((each.npi for each in reversed(registered) if each.npi), "")
        name = self.who(staff)
        parts = [self.role(staff, day), *([staff] if name != staff else []),
                 *([f"NPI {npi}"] if npi else [])]  # fmt: skip
        return f"{name} ({', '.join(parts)})"


def facts(*rows: tuple[str, str]) -> Block:
    """Return named facts, those that are not on record named as such."""
    return {"kind": "facts", "rows": [[name, said or "not on record"] for name, said in rows]}


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """Return a table; heads that end in # are of numbers, stars say how wide a column is.

    Columns without a star are as wide as what is in them: told here, since measuring every cell
    on the page takes as long as setting it.
    """
    plain, shares = [head.rstrip("#*") for head in heads], [head.count("*") for head in heads]
    wide = [points([head, *(row[n] for row in rows)]) for n, head in enumerate(plain)]
    return {
        "kind": "table", "caption": caption, "heads": plain,
        "numbers": [head.endswith("#") for head in heads], "widths": shares,
        "rows": [list(row) for row in rows], "points": wide,
        "heights": heights(rows, shares, wide),
    }  # fmt: skip


def points(cells: Sequence[str]) -> int:
    """Return the width of a column: its longest cell, or its head on two lines."""
    head, *rest = cells
    longest = max(len(head) // 2 + 1, *map(len, head.split()), 0)
    return min(MOST_POINTS, PADDING + round(A_CHARACTER * max(longest, *map(len, rest), 3)))


def para(text: str, tone: str = "plain") -> Block:
    """Return a paragraph; tone is plain, quiet or warn."""
    return {"kind": "para", "text": text, "tone": tone}


def sub(text: str) -> Block:
    """Return a heading inside a section."""
    return {"kind": "sub", "text": text}


def section(title: str, *blocks: Block) -> Block:
    """Return a section of the packet."""
    return {"title": title, "blocks": list(blocks)}


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its word.

    Example:
        >>> plural(1, "day"), plural(2, "day"), plural(0, "entry", "entries")
        ('1 day', '2 days', '0 entries')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
