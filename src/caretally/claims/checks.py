"""Stricter checks before a claim is sent, that a practice adopted because of its own denials.

They speak beside the checks that hold for everybody. Each looks at one claim and says at which
field it breaks and what to do; whether one holds is decided by a person, never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from caretally.claims.records import Claim

AUTHORIZATION, ORDER, HOLD, DIAGNOSIS = (
    "authorization_number", "order_days_before", "hold_code", "diagnosis_prefix",
)  # fmt: skip
KINDS = (AUTHORIZATION, ORDER, HOLD, DIAGNOSIS)
VALUED = (HOLD, DIAGNOSIS)
"""Kinds that name a billing code or the beginning of a diagnosis."""
BETWEEN = ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check: its kind, for which payer, with what it needs.

    payer: empty for all. value: a billing code or the beginnings of diagnoses with commas between.
    days: how long before the service an order must be there.
    """

    kind: str
    payer: str = ""
    value: str = ""
    days: int | None = None

    @property
    def name(self) -> str:
        """As entries name it.

        Example:
            >>> Check(kind="hold_code", value="99458").name
            'hold_code:99458'
        """
        return f"{self.kind}{BETWEEN}{self.value}" if self.value else self.kind

    @property
    def says(self) -> str:
        """What it asks, in words."""
        who = f"claims to {self.payer.replace('_', ' ')}" if self.payer else "all claims"
        return {
            AUTHORIZATION: f"{who} must name an authorization number",
            ORDER: f"an order must be on file at least {self.days or 1} days before the service, "
                   f"for {who}",
            HOLD: f"code {self.value} is held back from {who}",
            DIAGNOSIS: f"{who} must have a diagnosis that begins with "
                       f"{self.value.replace(',', ' or ')}",
        }[self.kind]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A check that a claim does not keep: at which field, what was found, what to do."""

    check: Check
    field: str
    found: str
    fix: str


def check_named(name: str, payer: str | None, days: int | None) -> Check | None:
    """Return the check of an entry; None where this version knows none of the name."""
    kind, _, value = name.partition(BETWEEN)
    if kind not in KINDS or (kind in VALUED) != bool(value):
        return None
    return Check(kind=kind, payer=payer or "", value=value, days=days)


def broken(check: Check, claim: Claim, ordered_on: date | None) -> Broken | None:
    """Return how a claim breaks a check; None where it keeps it or is to another payer.

    ordered_on: the first day of the order the claim rests on; None where none is on file.
    """
    if check.payer not in {"", claim.coverage.payer} or not claim.lines:
        return None
    return JUDGES[check.kind](check, claim, ordered_on)


def without_authorization(check: Check, claim: Claim, _: date | None) -> Broken | None:
    """Find that no authorization number is told."""
    if claim.authorization:
        return None
    return Broken(check=check, field="authorization", found="no number",
                  fix="record the payer's authorization with its number")  # fmt: skip


def ordered_late(check: Check, claim: Claim, ordered_on: date | None) -> Broken | None:
    """Find that the order is missing or too young on the first date of service."""
    first = min(line.from_on or line.date_of_service for line in claim.lines)
    days = check.days or 1
    if ordered_on is not None and (first - ordered_on).days >= days:
        return None
    found = "no order" if ordered_on is None else f"{(first - ordered_on).days} days before"
    return Broken(check=check, field="ordering", found=found,
                  fix=f"claim services only from {days} days after the order")  # fmt: skip


def held_code(check: Check, claim: Claim, _: date | None) -> Broken | None:
    """Find that a code is on the claim that the practice holds back from the payer."""
    for number, line in enumerate(claim.lines, 1):
        if line.code == check.value:
            return Broken(check=check, field=f"lines[{number}].code", found=line.code,
                          fix="withhold the line, or switch this check off")  # fmt: skip
    return None


def other_diagnosis(check: Check, claim: Claim, _: date | None) -> Broken | None:
    """Find that no diagnosis begins as the payer wants."""
    wanted = tuple(each.strip() for each in check.value.split(","))
    if any(code.startswith(wanted) for code in claim.diagnoses):
        return None
    return Broken(check=check, field="diagnoses", found=", ".join(claim.diagnoses),
                  fix=f"name a diagnosis of the record that begins with {' or '.join(wanted)}, "
                      "or do not claim")  # fmt: skip


JUDGES = {
    AUTHORIZATION: without_authorization, ORDER: ordered_late, HOLD: held_code,
    DIAGNOSIS: other_diagnosis,
}  # fmt: skip
