"""What a patient's month may come to, code by code, read off the facts that are kept of it.

The facts are judged as they were when they were saved; nothing is read or folded again. The result
holds whatever the time is: whether something can still come is asked when it is shown. Results are
remembered by the digest of what they were made from, so that only what changed is judged again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

import msgspec

from caretally.billability.forecast import Deadline, Gap, base_gap, gap
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
    return made._replace(missing=dict(sorted(lacking.missing.items())), why=lacking.why or "")


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

    def get(self, digest: bytes) -> tuple[Prospect, ...] | None:
        """Return what is remembered."""
        with self.lock:
            return self.found.get(digest)

    def keep(self, digest: bytes, made: tuple[Prospect, ...]) -> None:
        """Remember, and forget what was remembered first where there is too much."""
        with self.lock:
            self.found[digest] = made
            while len(self.found) > self.most:
                self.found.popitem(last=False)


REMEMBERED = Remembered()


def recalled(office: Office, month: ServiceMonth, wanted: Sequence[tuple[int, bytes]]) -> int:
    """Judge months that are not remembered yet, given by stream and digest; returns how many."""
    digests = dict(wanted)
    rows = office.db.rows_in(
        "SELECT digest, facts, lines, holds FROM store_patientmonth WHERE month = %s "
        "AND stream_id IN ({})",
        sorted(digests),
        str(month),
    )
    bench = office.journal.desk.judge.bench
    for digest, *kept in rows:
        REMEMBERED.keep(bytes(digest), prospects(bench, month, Kept(*kept)))
    return len(rows)


@dataclass(slots=True, kw_only=True)
class Times:
    """What is still to come of a month and its periods, at one instant, by zone."""

    office: Office
    month: ServiceMonth
    ends: dict[str, tuple[int, int]] = field(default_factory=dict)

    def deadline(self, each: Prospect, zone_name: str) -> Deadline:
        """Return until when a code can still be reached."""
        if zone_name not in self.ends:
            today = day_number(local_date(self.office.now, zone_name))
            end = midnight(self.month.next().first_day, zone_name)
            self.ends[zone_name] = (today, end - seconds_of(self.office.now))
        today, month_left = self.ends[zone_name]
        if each.last_data < 0:
            return Deadline(each.day, month_left, max(0, each.day - today + 1))
        first_left = max(today, each.last_data + 1)
        # Of a period only its days matter, and whether it has ended.
        return Deadline(each.day, int(each.day >= today), max(0, each.day - first_left + 1))


def state_at(each: Prospect, times: Times, zone_name: str) -> tuple[str, str]:
    """Return the state of a code at an instant, and why where it is out of reach."""
    if each.advisory:
        return SUPPORTED, ""
    if each.held_by:
        return HELD, ""
    if not each.missing and not each.why:
        return (AT_RISK, "") if each.at_risk else (BILLABLE, "")
    why = each.why or times.deadline(each, zone_name).why_too_late(dict(each.missing))
    return (UNREACHABLE, why) if why else (REACHABLE, "")
