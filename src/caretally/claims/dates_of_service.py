"""The dates of service a payer wants, made from the dates that were decided.

No rule of Medicare names the date; payers differ. A date is moved only where it stays true: never
out of the month, never to a day on which the code stands already, never so that two codes meet
that may not be billed on one day, and only for a payer that takes the day the count was reached
before the end of a device period.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from caretally.billability.sheet_records import Edits
from caretally.clock import ServiceMonth

AS_DECIDED, THRESHOLD_DAY, MONTH_END, THIRTIETH = (
    "as_decided", "threshold_day", "month_end", "thirtieth",
)  # fmt: skip
NEVER_TOGETHER = 0
OF_PERIODS = frozenset({
    "99453", "99454", "99445", "98975", "98976", "98977", "98978", "98984", "98985", "98986",
})  # fmt: skip
"""Codes of device periods, which are never billed before the period is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedLine:
    """A line with its date of service.

    decided_on: as the decision dates it. reached_on: when the count was reached, where known.
    """

    code: str
    units: int
    decided_on: date
    on: date
    reached_on: date | None = None


Reached = Mapping[tuple[str, date], date]
"""When the count of a line was reached, by code and decided date."""


def wanted(policy: str, line: DatedLine, month: ServiceMonth) -> date:
    """Return the date that a policy wants for a line by itself.

    A count that was reached in the month before, as a device period may, keeps the decided date:
    a claim is of one month.
    """
    if policy == THRESHOLD_DAY:
        on = line.reached_on
        return on if on and month.first_day <= on <= month.last_day else line.decided_on
    if policy == MONTH_END:
        return month.last_day
    if policy == THIRTIETH:
        thirtieth = month.first_day.replace(day=min(30, month.last_day.day))
        return max(line.decided_on, thirtieth) if line.code in OF_PERIODS else thirtieth
    return line.decided_on


def dated(
    policy: str, lines: Sequence[DatedLine], month: ServiceMonth, edits: Edits
) -> tuple[DatedLine, ...]:
    """Return lines with the dates a policy wants, as far as they may stand together."""
    found: list[DatedLine] = []
    for line in lines:
        on = wanted(policy, line, month)
        moved = replace(line, on=on)
        clashes = any(may_not_meet(moved, other, edits) for other in found)
        found.append(replace(line, on=line.decided_on) if clashes else moved)
    return tuple(parted(found, edits))


def parted(lines: Sequence[DatedLine], edits: Edits) -> Sequence[DatedLine]:
    """Return lines, those that may not meet back on their decided dates where that parts them."""
    kept = list(lines)
    for place, line in enumerate(kept):
        back = replace(line, on=line.decided_on)
        others = kept[:place] + kept[place + 1 :]
        meets = any(may_not_meet(line, other, edits) for other in others)
        if meets and not any(may_not_meet(back, other, edits) for other in others):
            kept[place] = back
    return kept


def may_not_meet(one: DatedLine, other: DatedLine, edits: Edits) -> bool:
    """Tell whether two lines may not stand on one day: the same code, or a pair of Medicare's."""
    if one.on != other.on:
        return False
    return one.code == other.code or edits.indicator(one.code, other.code) == NEVER_TOGETHER


Judged = Callable[[date], Mapping[tuple[str, date], int]]
"""Units by code and decided date, from what had happened by the end of a date."""


def reached(
    lines: Sequence[tuple[str, date, int]], days: Sequence[date], judged: Judged
) -> Reached:
    """Return when each line, as code, decided date and units, was first there.

    days: ascending; judged: decides anew without what happened after a day.
    """
    found: dict[tuple[str, date], date] = {}
    for day in days:
        missing = [line for line in lines if line[:2] not in found]
        if not missing:
            break
        units = judged(day)
        found |= {
            (code, on): day for code, on, wants in missing if units.get((code, on), 0) >= wants
        }
    return found
