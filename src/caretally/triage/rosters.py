"""Who is on call: shifts as the journal has them, gaps between them, and handing one over.

A shift begins with its first instant and ends before its last. A clinic is served by its own shifts
and by those of every practice it is part of; a shift without a clinic serves all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import Entry, OnCallScheduled
from caretally.journal.register import Register

LONGEST = timedelta(days=31)
FIRST_RANK, LAST_RANK = 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stretch in which somebody is on call.

    clinic: empty for all. rank: 1 is called first. entry: the entry that says so.
    """

    staff: str
    begins: datetime
    ends: datetime
    clinic: str
    rank: int
    entry: str

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it is on at an instant."""
        return self.begins <= at < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch in which nobody is on call."""

    begins: datetime
    ends: datetime


def shifts_of(in_force: Iterable[Entry]) -> tuple[Shift, ...]:
    """Return all shifts, by time and rank."""
    found = [
        Shift(
            staff=body.staff, begins=body.from_at, ends=body.to_at, clinic=body.practice or "",
            rank=body.rank, entry=entry.id,
        )
        for entry in in_force
        if isinstance(body := entry.body, OnCallScheduled)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.begins, each.rank, each.staff, each.entry)))


def clinics_above(register: Register, clinic: str) -> frozenset[str]:
    """Return the names under which shifts serve a clinic: all, its own, and those above it."""
    found = {"", clinic}
    above = clinic
    while above:
        known = register.practices.get(above)
        above = (known.part_of if known else None) or ""
        if above in found:
            break
        found.add(above)
    return frozenset(found)


def on_call(shifts: Iterable[Shift], at: datetime, clinics: frozenset[str]) -> tuple[Shift, ...]:
    """Return who is on call at an instant, the first to be called first.

    clinics: as `clinics_above` returns them. Of two shifts of one person the better rank counts.
    """
    on = [each for each in shifts if each.holds_at(at) and each.clinic in clinics]
    ranked = sorted(on, key=lambda each: (each.rank, each.begins, each.staff))
    first = {each.staff: each for each in reversed(ranked)}
    return tuple(each for each in ranked if first[each.staff] is each)


def gaps(
    shifts: Iterable[Shift], span: tuple[datetime, datetime], clinics: frozenset[str]
) -> tuple[Gap, ...]:
    """Return when nobody is on call between two instants."""
    begins, ends = span
    found: list[Gap] = []
    covered = begins
    for each in sorted(shifts, key=lambda shift: shift.begins):
        if each.clinic not in clinics or each.ends <= covered:
            continue
        if each.begins >= ends:
            break
        if each.begins > covered:
            found.append(Gap(begins=covered, ends=each.begins))
        covered = max(covered, each.ends)
    if covered < ends:
        found.append(Gap(begins=covered, ends=ends))
    return tuple(found)


def doubles(shifts: Sequence[Shift]) -> tuple[tuple[Shift, Shift], ...]:
    """Return pairs of shifts of one rank and clinic that overlap: both are told."""
    ordered = sorted(shifts, key=lambda each: each.begins)
    return tuple(
        (one, other)
        for n, one in enumerate(ordered)
        for other in ordered[n + 1 :]
        if other.begins < one.ends and (other.rank, other.clinic) == (one.rank, one.clinic)
    )


def schedule(register: Register, filing: Filing, body: OnCallScheduled) -> tuple[Entry, ...]:
    """Put somebody on call, or correct a shift.

    A shift may begin later than it is written down; what took effect is that it was scheduled.

    Raises:
        InputError: nobody of the staff, an unknown clinic, or no such stretch.
    """
    draft = Draft.of(replace(filing, at=filing.now), body)
    if not register.is_registered(body.staff):
        draft.refuse("body.staff", found=repr(body.staff), expected="a member of the staff")
    if body.practice is not None and body.practice not in register.practices:
        draft.refuse("body.practice", found=repr(body.practice), expected="a clinic on record")
    if body.to_at <= body.from_at:
        draft.refuse("body.to", found="an end that is not after the begin", expected="a later one")
    elif body.to_at - body.from_at > LONGEST:
        draft.refuse("body.to", found=f"more than {LONGEST.days} days", expected="a shorter shift")
    if body.to_at <= filing.now and not filing.supersedes:
        draft.refuse("body.to", found="a shift that is over", expected="one that is to come")
    if not FIRST_RANK <= body.rank <= LAST_RANK:
        draft.refuse("body.rank", found=str(body.rank), expected=f"{FIRST_RANK} to {LAST_RANK}")
    return draft.filed()
