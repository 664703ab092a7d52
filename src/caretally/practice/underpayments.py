"""What payers allowed beside what they should have, line by line, and where it falls short.

Expected is what the claim carried when it was made. Denied lines are no underpayments; they stand
in the worklist of denials.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from caretally.practice.office import Office
from caretally.practice.remitting_claims import amount_of
from caretally.practice.roles import SEE_MONEY
from caretally.store.access import Access, record_access
from caretally.store.billing_tables import PAID, PARTIAL
from caretally.store.database import Value

NOTHING = Decimal("0.00")
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePaid:
    """A line that was paid.

    expected: None where no price was known.
    """

    patient: str
    name: str
    claim: str
    month: str
    payer: str
    code: str
    on: date
    units: int
    charge: Decimal
    expected: Decimal | None
    allowed: Decimal
    paid: Decimal
    share: Decimal

    @property
    def short(self) -> Decimal:
        """By how much less is allowed than expected; negative where it is more."""
        return NOTHING if self.expected is None else self.expected - self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Sums over paid lines; unpriced: how many had no expected amount and are left out of it."""

    count: int
    expected: Decimal
    allowed: Decimal
    paid: Decimal
    share: Decimal
    short: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Underpaid:
    """Lines that fall short by more than a tolerance, the largest gap first.

    rows: the first of them. sums: of all paid lines. short: of those that fall short.
    """

    rows: tuple[LinePaid, ...]
    count: int
    short: Decimal
    sums: Sums
    by_payer: tuple[tuple[str, Sums], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which lines: of a month, of a payer, empty for all; short by more than the tolerance."""

    month: str = ""
    payer: str = ""
    tolerance: Decimal = NOTHING


def paid_lines(office: Office, asked: Asked) -> list[LinePaid]:
    """Return the lines that were paid, of the patients a caller may see.

    Raises:
        ForbiddenError: the caller may not see amounts.
    """
    office.caller.require(SEE_MONEY)
    sql = (
        "SELECT claim.patient, card.name, claim.claim, claim.month, claim.payer, claim.lines "
        "FROM store_claimcard AS claim JOIN store_patientcard AS card "
        "ON card.stream_id = claim.stream_id WHERE claim.practice_id = %s "
        "AND claim.state IN (%s, %s)"
    )
    values: list[Value] = [office.book().number, PAID, PARTIAL]
    for column, value in (("month", asked.month), ("payer", asked.payer)):
        if value:
            sql += f" AND claim.{column} = %s"
            values.append(value)
    clinics = office.clinics(SEE_MONEY)
    if clinics is not None:
        sql += f" AND card.clinic IN ({', '.join(['%s'] * len(clinics)) or 'NULL'})"
        values += sorted(clinics)
    rows = office.db.rows(f"{sql} ORDER BY claim.id", *values)
    lines = (line_of(row[:5], told) for row in rows for told in json.loads(row[5]))
    return [each for each in lines if each.allowed > 0]


def line_of(row: Sequence[str], told: dict[str, Any]) -> LinePaid:
    """Return a line from the card of its claim."""
    patient, name, claim, month, payer = row
    expected = told["expected"]
    return LinePaid(
        patient=patient, name=name or patient, claim=claim, month=month, payer=payer,
        code=told["code"], on=date.fromisoformat(told["on"]), units=told["units"],
        charge=amount_of(told["charge"]),
        expected=None if expected is None else amount_of(expected),
        allowed=amount_of(told["allowed"]), paid=amount_of(told["paid"]),
        share=amount_of(told["share"]),
    )  # fmt: skip


def sums_of(lines: Sequence[LinePaid]) -> Sums:
    """Return sums over lines."""
    priced = [each for each in lines if each.expected is not None]
    return Sums(
        count=len(lines), unpriced=len(lines) - len(priced),
        expected=sum((each.expected or NOTHING for each in priced), NOTHING),
        allowed=sum((each.allowed for each in lines), NOTHING),
        paid=sum((each.paid for each in lines), NOTHING),
        share=sum((each.share for each in lines), NOTHING),
        short=sum((max(each.short, NOTHING) for each in priced), NOTHING),
    )  # fmt: skip


def underpaid(office: Office, asked: Asked) -> Underpaid:
    """Return the lines that fall short of what was expected; told in the access chain.

    Raises:
        ForbiddenError: the caller may not see amounts.
    """
    lines = paid_lines(office, asked)
    found = sorted((each for each in lines if each.short > asked.tolerance),
                   key=lambda each: (-each.short, each.claim, each.code))  # fmt: skip
    if found:
        told = Access(practice=office.practice, patient=None, actor=office.caller.actor,
                      purpose=f"underpaid lines, {min(len(found), MOST_SHOWN)}")  # fmt: skip
        record_access(office.db, told, office.now)
    payers = sorted({each.payer for each in lines})
    return Underpaid(
        rows=tuple(found[:MOST_SHOWN]), count=len(found), sums=sums_of(lines),
        short=sum((each.short for each in found), NOTHING),
        by_payer=tuple((payer, sums_of([each for each in lines if each.payer == payer]))
                       for payer in payers),
    )  # fmt: skip
