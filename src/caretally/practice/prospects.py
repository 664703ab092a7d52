"""What a patient's month may come to, code by code, read off the facts that are kept of it.

The facts are judged as they were when they were saved; nothing is read or folded again. The result
holds whatever the time is: whether something can still come is asked when it is shown. Results are
remembered by the digest of what they were made from, so that only what changed is judged again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

import msgspec

from caretally.billability.forecast import DAYS, SECONDS, Deadline, Gap, base_gap, gap
from caretally.billability.judged_months import JudgedMonth
from caretally.billability.judging import Bench
from caretally.billability.lines import is_advisory
from caretally.billability.patient_judging import Judged, judge_slot
from caretally.billability.plans import Plans
from caretally.clock import ServiceMonth, date_of, day_number, local_date, midnight, seconds_of
from caretally.patient_months.facts import Facts
from caretally.practice.codes_of_month import (
    AT_RISK,
    BILLABLE,
    HELD,
    REACHABLE,
    SUPPORTED,
    UNREACHABLE,
)
from caretally.practice.office import Office

decode = msgspec.json.Decoder().decode
MOST_KEPT = 60_000
"""Months remembered in memory."""


class Prospect(NamedTuple):
    """One code on one date of service of one patient.

    day: date of service, days since 1970. units: of its line, or 1 where there is none. missing:
    by fact; empty for lines and what is held. why: what shuts it out whatever comes. last_data:
    last day of a device period that has data already; -1 where a calendar month is judged.
    seconds, days: the most that is missing of any clock, and of data days.
    """

    code: str
    day: int
    units: int
    at_risk: tuple[str, ...]
    held_by: tuple[str, ...]
    missing: Mapping[str, int]
    why: str
    last_data: int
    advisory: bool
    seconds: int = 0
    days: int = 0


class Kept(NamedTuple):
    """What is kept of a month, as it stands in the projection: JSON."""

    facts: str
    lines: str
    holds: str


def prospects(bench: Bench, month: ServiceMonth, kept: Kept) -> tuple[Prospect, ...]:
    """Return what a month may come to; codes that others stand in for are left out."""
    slots = [Facts(*each) for each in decode(kept.facts)]
    judged: list[Judged] = []
    for facts in sorted(slots, key=lambda each: (-each.period, -each.decided, each.to_day)):
        judge_slot(bench, facts, judged, (None, None))
    whole = JudgedMonth(
        patient="", month=month, time_zone="", payer=None, policy="", as_of=None, slots=slots,
        judged=judged, entries=(), bench=bench,
    )  # fmt: skip
    lines = {(line[0], line[2]): (line[1], tuple(line[3])) for line in decode(kept.lines)}
    found = (prospect(whole, each, lines) for each in judged)
    return tuple(each for each in found if each is not None)


def prospect(
    month: JudgedMonth, judged: Judged, lines: Mapping[tuple[str, str], tuple[int, tuple[str, ...]]]
) -> Prospect | None:
    """Return what one verdict may come to; None where another code or period took its place."""
    verdict, plans, facts = judged.verdict, judged.verdict.plans, judged.facts
    if plans is None:
        return None
    made = Prospect(
        code=verdict.code, day=facts.to_day, units=verdict.units or 1, at_risk=(), held_by=(),
        missing={}, why="", last_data=facts.running_last if facts.period else -1,
        advisory=is_advisory(judged),
    )  # fmt: skip
    if made.advisory:
        return made if verdict.units else None
    line = lines.get((verdict.code, date_of(facts.to_day).isoformat()))
    if line is not None:
        return made._replace(units=line[0], at_risk=line[1])
    if verdict.units:
        # The rules would let it stand: what took it away is the payer's list of diagnoses.
        return made._replace(held_by=("has_payer_diagnosis",))
    held_by = holding(plans, judged)
    if held_by:
        return made._replace(held_by=held_by)
    lacking = lacks(month, judged, plans)
    if lacking is None:
        return None
    missing = dict(sorted(lacking.missing.items()))
    seconds = max((n for fact, n in missing.items() if fact.endswith(SECONDS)), default=0)
    return made._replace(
        missing=missing, why=lacking.why or "", seconds=seconds, days=missing.get(DAYS, 0)
    )


def holding(plans: Plans, judged: Judged) -> tuple[str, ...]:
    """Return the names of the holds where nothing else is unmet; else none."""
    unmet = [
        step
        for step, outcome in zip(plans.own.steps, judged.verdict.outcomes, strict=True)
        if step.blocks and not outcome.holds
    ]
    return tuple(step.name for step in unmet) if all(s.effect == "holds" for s in unmet) else ()


def lacks(month: JudgedMonth, judged: Judged, plans: Plans) -> Gap | None:
    """Return what a code lacks, with what its base code lacks; None where it is overtaken."""
    found = gap(plans.own, judged.verdict.outcomes)
    if found is None or judged.facts is not month.decided:
        return found
    below = base_gap(month, plans)
    return None if below is None else Gap({**below, **found.missing}, found.why)


@dataclass(slots=True)
class Remembered:
    """Prospects by the digest of what they were made from; safe to share between threads."""

    most: int = MOST_KEPT
    found: OrderedDict[bytes, tuple[Prospect, ...]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def of(self, digests: Iterable[bytes]) -> dict[bytes, tuple[Prospect, ...]]:
        """Return what is remembered of many."""
        with self.lock:
            known = self.found
            return {digest: known[digest] for digest in digests if digest in known}

    def keep(self, digest: bytes, made: tuple[Prospect, ...]) -> None:
        """Remember, and forget what was remembered first where there is too much."""
        with self.lock:
            self.found[digest] = made
            while len(self.found) > self.most:
                self.found.popitem(last=False)


REMEMBERED = Remembered()


def recalled(
    office: Office, month: ServiceMonth, wanted: Sequence[tuple[int, bytes]]
) -> dict[bytes, tuple[Prospect, ...]]:
    """Judge months that are not remembered yet, given by stream and digest."""
    rows = office.db.rows_in(
        "SELECT digest, facts, lines, holds FROM store_patientmonth WHERE month = %s "
        "AND stream_id IN ({})",
        sorted(stream for stream, _ in wanted),
        str(month),
    )
    bench = office.journal.desk.judge.bench
    found = {bytes(digest): prospects(bench, month, Kept(*kept)) for digest, *kept in rows}
    for digest, made in found.items():
        REMEMBERED.keep(digest, made)
    return found


@dataclass(slots=True, kw_only=True)
class Times:
    """What is still to come of a month and its periods, at one instant, by zone.

    ends: today's day number and the seconds until the month ends.
    """

    office: Office
    month: ServiceMonth
    ends: dict[str, tuple[int, int]] = field(default_factory=dict)

    def end_in(self, zone_name: str) -> tuple[int, int]:
        """Return today's day number, and the seconds until the month ends."""
        found = self.ends.get(zone_name)
        if found is None:
            today = day_number(local_date(self.office.now, zone_name))
            end = midnight(self.month.next().first_day, zone_name)
            found = self.ends[zone_name] = (today, end - seconds_of(self.office.now))
        return found

    def state(self, each: Prospect, zone_name: str) -> str:
        """Return the state of a code now."""
        if each.advisory:
            return SUPPORTED
        if each.held_by:
            return HELD
        if each.why:
            return UNREACHABLE
        if not each.missing:
            return AT_RISK if each.at_risk else BILLABLE
        today, left = self.end_in(zone_name)
        if each.last_data < 0:
            is_late = left <= 0 or each.seconds > left or each.days > each.day - today + 1
        else:
            first_left = max(today, each.last_data + 1)
            is_late = each.day < today or each.days > each.day - first_left + 1
        return UNREACHABLE if is_late else REACHABLE

    def why(self, each: Prospect, zone_name: str) -> str:
        """Return why a code is out of reach, in the words of a decision."""
        if each.why or not each.missing:
            return each.why
        today, left = self.end_in(zone_name)
        if each.last_data < 0:
            deadline = Deadline(each.day, left, max(0, each.day - today + 1))
        else:
            # Of a period only its days matter, and whether it has ended.
            first_left = max(today, each.last_data + 1)
            is_open = int(each.day >= today)
            deadline = Deadline(each.day, is_open, max(0, each.day - first_left + 1))
        return deadline.why_too_late(dict(each.missing)) or ""
