"""Sums that several reports need, each one query: months, lines, measured time, claims, alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import msgspec

from caretally.clock import ServiceMonth, day_number
from caretally.practice.overview import price_of
from caretally.practice.reports import Asked
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.billing_tables import (
    DENIED,
    OUTDATED,
    PAID,
    PARTIAL,
    PREPARED,
    REJECTED,
    REPLACED,
    REVERSED,
    VOIDED,
)

decode = msgspec.json.Decoder().decode
STANDS = (
    f"claim.frequency <> '8' AND claim.state NOT IN ('{VOIDED}', '{OUTDATED}') AND NOT "
    f"(claim.frequency = '7' AND claim.state IN ('{PREPARED}', '{REJECTED}'))"
)
"""Claims that ask for something: neither taken back nor replaced. One that is to replace another
asks for nothing until it was sent and taken; so long the first one stands."""
ANSWERED = (PAID, PARTIAL, DENIED, REVERSED)
NURSES = frozenset({
    "rn", "lpn", "ma", "pharmacist", "dietitian", "therapist", "health_educator",
})  # fmt: skip
"""Roles whose measured time is a nurse's in these reports: clinical staff below practitioners."""
MACHINES, NONE = frozenset({"ai_agent"}), frozenset[str]()


class MonthSum(NamedTuple):
    """A month of all patients counted."""

    patients: int = 0
    live_seconds: int = 0
    management_seconds: int = 0
    ai_seconds: int = 0
    chat_seconds: int = 0
    contacts: int = 0
    data_days: int = 0


@dataclass(slots=True)
class LineSum:
    """Lines of a code in a month: services, units, those at risk, and Medicare's national amount.

    unpriced: services without an amount.
    """

    services: int = 0
    units: int = 0
    at_risk: int = 0
    cents: int = 0
    at_risk_cents: int = 0
    unpriced: int = 0


@dataclass(slots=True)
class ClaimSum:
    """What was asked and answered; cents.

    expected_unknown: lines without a known expectation. answered: how many were. Of lines that were
    answered and have one, answered_expected and answered_allowed.
    """

    count: int = 0
    units: int = 0
    charge: int = 0
    expected: int = 0
    expected_unknown: int = 0
    allowed: int = 0
    paid: int = 0
    share: int = 0
    sent: int = 0
    answered: int = 0
    answered_expected: int = 0
    answered_allowed: int = 0


def month_sums(asked: Asked, months: Iterable[ServiceMonth], permission: str = SEE_PATIENTS
               ) -> dict[ServiceMonth, MonthSum]:  # fmt: skip
    """Return the sums of months."""
    where, values = asked.cards(permission)
    wanted = list(months)
    sql = (
        "SELECT kept.month, COUNT(*), SUM(kept.live_seconds), SUM(kept.management_seconds), "  # noqa: S608
        "SUM(kept.ai_seconds), SUM(kept.chat_seconds), SUM(kept.qualifying_contacts), "
        "SUM(kept.data_days) FROM store_patientmonth AS kept JOIN store_patientcard AS card "
        f"ON card.stream_id = kept.stream_id WHERE {where} AND kept.practice_id = %s "
        f"AND kept.month IN ({', '.join(['%s'] * len(wanted))}) GROUP BY kept.month"
    )
    rows = asked.office.db.rows(sql, *values, values[0], *map(str, wanted))
    found = {row[0]: MonthSum(*(int(value) for value in row[1:])) for row in rows}
    return {month: found.get(str(month), MonthSum()) for month in wanted}


def line_sums(asked: Asked, months: Iterable[ServiceMonth], permission: str = SEE_PATIENTS
              ) -> dict[ServiceMonth, dict[str, LineSum]]:  # fmt: skip
    """Return the lines of months by code; equal lists of lines are read once."""
    where, values = asked.cards(permission)
    wanted = list(months)
    sql = (
        "SELECT kept.month, kept.lines, COUNT(*) FROM store_patientmonth AS kept "  # noqa: S608
        f"JOIN store_patientcard AS card ON card.stream_id = kept.stream_id WHERE {where} "
        f"AND kept.practice_id = %s AND kept.month IN ({', '.join(['%s'] * len(wanted))}) "
        "AND kept.lines <> '[]' GROUP BY kept.month, kept.lines"
    )
    found: dict[ServiceMonth, dict[str, LineSum]] = {month: {} for month in wanted}
    for name, lines, times in asked.office.db.rows(sql, *values, values[0], *map(str, wanted)):
        sums = found[ServiceMonth.parse(name)]
        for code, units, day, at_risk in decode(lines):
            add_line(sums.setdefault(code, LineSum()), times, units,
                     (national_cents(code, day), bool(at_risk)))  # fmt: skip
    return found


def add_line(into: LineSum, times: int, units: int, told: tuple[int | None, bool]) -> None:
    """Add a line that stands so many times; told: price of a unit, and whether it is at risk."""
    price, is_at_risk = told
    into.services += times
    into.units += times * units
    into.unpriced += times if price is None else 0
    into.cents += times * units * (price or 0)
    if is_at_risk:
        into.at_risk += times
        into.at_risk_cents += times * units * (price or 0)


def national_cents(code: str, day: str) -> int | None:
    """Return Medicare's national amount of a unit on an ISO date, in cents; None without one."""
    price = price_of(code, day_number(date.fromisoformat(day)))
    return None if price is None else int(price.amount * 100)


def patients_with_lines(asked: Asked, month: ServiceMonth) -> int:
    """Return how many patients have a line in a month."""
    where, values = asked.cards(SEE_PATIENTS)
    sql = (
        "SELECT COUNT(*) FROM store_patientmonth AS kept JOIN store_patientcard AS card "  # noqa: S608
        f"ON card.stream_id = kept.stream_id WHERE {where} AND kept.month = %s "
        "AND kept.lines <> '[]'"
    )
    return int(asked.office.db.rows(sql, *values, str(month))[0][0])


def holds_of(asked: Asked) -> Counter[str]:
    """Return how many patients each hold stops in the month asked for."""
    where, values = asked.cards(SEE_PATIENTS)
    sql = (
        "SELECT kept.holds, COUNT(*) FROM store_patientmonth AS kept JOIN store_patientcard "  # noqa: S608
        f"AS card ON card.stream_id = kept.stream_id WHERE {where} AND kept.month = %s "
        "AND kept.holds <> '[]' GROUP BY kept.holds"
    )
    found: Counter[str] = Counter()
    for holds, times in asked.office.db.rows(sql, *values, str(asked.month)):
        for name in decode(holds):
            found[name] += times
    return found


def decision_states(asked: Asked) -> Counter[str]:
    """Return how many decisions of the month stand in which state; none while it is open."""
    where, values = asked.cards(SEE_PATIENTS)
    sql = (
        "SELECT decided.state, COUNT(*) FROM store_decisioncard AS decided "  # noqa: S608
        f"JOIN store_patientcard AS card ON card.stream_id = decided.stream_id WHERE {where} "
        "AND decided.practice_id = %s AND decided.month = %s AND decided.state <> %s "
        "GROUP BY decided.state"
    )
    rows = asked.office.db.rows(sql, *values, values[0], str(asked.month), REPLACED)
    return Counter({state: int(times) for state, times in rows})


# --- measured time --------------------------------------------------------------------------------

MEASURED = """
SELECT person, SUM(CASE WHEN before IS NULL OR begins >= before THEN ends - begins
                        WHEN ends > before THEN ends - before ELSE 0 END)
FROM (SELECT person, begins, ends, MAX(ends) OVER (PARTITION BY person ORDER BY begins, ends, id
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM (SELECT span.id, span.person,
                   CASE WHEN span.begins < {first} THEN {first} ELSE span.begins END AS begins,
                   CASE WHEN span.ends > {last} THEN {last} ELSE span.ends END AS ends
            FROM store_staffspan AS span JOIN store_patientcard AS card
                 ON card.stream_id = span.stream_id
            WHERE {where} AND span.practice_id = %s AND span.begins < {last}
              AND span.ends > {first}
              AND NOT EXISTS (SELECT 1 FROM store_correction AS later
                              WHERE later.practice_id = span.practice_id
                                AND later.target_id = span.entry_id)) AS clipped) AS ordered
GROUP BY person
"""


def measured_seconds(asked: Asked, month: ServiceMonth, permission: str) -> dict[str, int]:
    """Return the seconds each person has on record in a month, each second once.

    What was replaced or voided is left out; a span over the edge of the month is cut there.
    """
    where, values = asked.cards(permission)
    first, last = asked.edges(month)
    sql = MEASURED.format(where=where, first=int(first), last=int(last))
    return {row[0]: int(row[1]) for row in asked.office.db.rows(sql, *values, values[0])}


def nurse_seconds(asked: Asked, by_person: Mapping[str, int]) -> int:
    """Return the seconds of clinical staff below practitioners."""
    roles = roles_of(asked)
    return sum(n for person, n in by_person.items() if roles.get(person, NONE) & NURSES)


def human_seconds(asked: Asked, by_person: Mapping[str, int]) -> int:
    """Return the seconds of all people; what a machine did is not theirs."""
    roles = roles_of(asked)
    return sum(n for person, n in by_person.items() if not roles.get(person, NONE) & MACHINES)


def roles_of(asked: Asked) -> dict[str, frozenset[str]]:
    """Return the roles that people ever had in the practice, by staff id."""
    known = asked.office.register().staff.items()
    return {staff: frozenset(each.role for each in found) for staff, found in known}


# --- claims ---------------------------------------------------------------------------------------


def claim_sums(asked: Asked, months: Iterable[ServiceMonth], permission: str
               ) -> dict[ServiceMonth, ClaimSum]:  # fmt: skip
    """Return what was asked and answered of months; claims taken back or replaced are left out."""
    found = {month: ClaimSum() for month in months}
    for month, row in claims_in(asked, found, permission):
        add_claim(found[month], row)
    for month, lines in unpriced_claims(asked, found, permission):
        known = [line["expected"] for line in lines if line.get("expected") is not None]
        found[month].expected += sum(known)
        found[month].expected_unknown += len(lines) - len(known)
    return found


def unpriced_claims(asked: Asked, months: Iterable[ServiceMonth], permission: str
                    ) -> Iterator[tuple[ServiceMonth, list[dict[str, int]]]]:  # fmt: skip
    """Yield the lines of claims of which not all have an expectation; these are few."""
    where, values = asked.cards(permission)
    wanted = list(months)
    sql = (
        "SELECT claim.month, claim.lines FROM store_claimcard AS claim JOIN store_patientcard "  # noqa: S608
        f"AS card ON card.stream_id = claim.stream_id WHERE {where} AND claim.practice_id = %s "
        f"AND {STANDS} AND claim.expected IS NULL "
        f"AND claim.month IN ({', '.join(['%s'] * len(wanted))})"
    )
    for name, lines in asked.office.db.rows(sql, *values, values[0], *map(str, wanted)):
        yield ServiceMonth.parse(name), decode(lines)


def claims_in(asked: Asked, months: Iterable[ServiceMonth], permission: str
              ) -> Iterator[tuple[ServiceMonth, tuple[object, ...]]]:  # fmt: skip
    """Yield month and columns of the claims in force, grouped where they are alike."""
    where, values = asked.cards(permission)
    wanted = list(months)
    sql = (
        "SELECT claim.month, claim.state, COUNT(*), SUM(claim.total), SUM(claim.expected), "  # noqa: S608
        "0, SUM(claim.allowed), "
        "SUM(claim.paid), SUM(claim.patient_share) FROM store_claimcard AS claim "
        f"JOIN store_patientcard AS card ON card.stream_id = claim.stream_id WHERE {where} "
        f"AND claim.practice_id = %s AND {STANDS} "
        f"AND claim.month IN ({', '.join(['%s'] * len(wanted))}) "
        "GROUP BY claim.month, claim.state"
    )
    rows = asked.office.db.rows(sql, *values, values[0], *map(str, wanted))
    for row in rows:
        yield ServiceMonth.parse(row[0]), (row[1], *(int(value or 0) for value in row[2:]))


def add_claim(into: ClaimSum, row: tuple[object, ...]) -> None:
    """Add claims of one state."""
    state, *numbers = row
    times, charge, expected, unknown, allowed, paid, owed = (int(str(each)) for each in numbers)
    into.count += times
    into.charge += charge
    into.expected += expected
    into.expected_unknown += unknown
    into.allowed += allowed
    into.paid += paid
    into.share += owed
    into.sent += times if state != PREPARED else 0
    if state in ANSWERED:
        into.answered += times
        into.answered_expected += expected
        into.answered_allowed += 0 if unknown else allowed


def claim_lines(asked: Asked, month: ServiceMonth, permission: str) -> dict[str, ClaimSum]:
    """Return what was asked and answered of a month by code, from the lines of its claims."""
    where, values = asked.cards(permission)
    sql = (
        "SELECT claim.state, claim.lines FROM store_claimcard AS claim JOIN store_patientcard "  # noqa: S608
        f"AS card ON card.stream_id = claim.stream_id WHERE {where} AND claim.practice_id = %s "
        f"AND {STANDS} AND claim.month = %s"
    )
    found: dict[str, ClaimSum] = {}
    rows = asked.office.db.rows(sql, *values, values[0], str(month))
    for state, lines in rows:
        for line in decode(lines):
            into = found.setdefault(line["code"], ClaimSum())
            into.units += line["units"]
            known = line.get("expected")
            numbers = (line["charge"], known or 0, known is None, line.get("allowed") or 0,
                       line.get("paid") or 0, line.get("share") or 0)  # fmt: skip
            add_claim(into, (state, 1, *map(int, numbers)))
    return found


# --- alerts ---------------------------------------------------------------------------------------


class Answers(NamedTuple):
    """Alerts of a level: raised, those somebody had to answer by an instant, and those who did."""

    raised: int
    timed: int
    in_time: int


def alert_answers(asked: Asked, permission: str = SEE_PATIENTS) -> dict[int, Answers]:
    """Return the alerts raised in the month by level; an alert closed at once was answered too."""
    where, values = asked.cards(permission)
    answered = (
        "CASE WHEN alert.acknowledged_at <> '' THEN alert.acknowledged_at ELSE alert.closed_at END"
    )
    sql = (
        "SELECT alert.level, COUNT(*), SUM(CASE WHEN alert.answer_by <> '' THEN 1 ELSE 0 END), "  # noqa: S608
        f"SUM(CASE WHEN alert.answer_by <> '' AND {answered} <> '' "
        f"AND {answered} <= alert.answer_by THEN 1 ELSE 0 END) "
        "FROM store_alert AS alert JOIN store_patientcard AS card "
        f"ON card.stream_id = alert.stream_id WHERE {where} AND alert.practice_id = %s "
        "AND alert.raised_at >= %s AND alert.raised_at < %s GROUP BY alert.level"
    )
    rows = asked.office.db.rows(sql, *values, values[0], *asked.instants(asked.month))
    return {int(row[0]): Answers(*(int(value) for value in row[1:])) for row in rows}
