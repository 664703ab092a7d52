"""What a check before submission finds, and how checks are told apart; no check stands here.

A finding names the field and the fix. It never repeats a name, a date of birth or a member number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from caretally.billability.fees import Fees
from caretally.billability.sheet_records import Rulebook
from caretally.claims.icd10 import Diagnoses
from caretally.claims.records import Claim
from caretally.errors import Problem

STOP, WARN = "stop", "warn"


class Fault(NamedTuple):
    """One thing wrong: the field, what was found, and what to do. line: which service line."""

    field: str
    found: str
    mend: str
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a claim is held against.

    today: the local date at the practice. coverages: payer, first and last date. live: code and
    date of service of the patient's other claims that may still be paid. enrolled_on: the first
    date of service that can be. filing_days: of the payer. stated_total: as the journal has it.
    taken: control numbers of other claims. signed: decisions that are signed and in force; None
    where nobody asks.
    """

    rulebook: Rulebook
    fees: Fees
    diagnoses: Diagnoses
    today: date
    coverages: tuple[tuple[str, date, date | None], ...] = ()
    live: tuple[tuple[str, date], ...] = ()
    enrolled_on: date | None = None
    filing_days: int | None = None
    stated_total: Decimal | None = None
    taken: frozenset[str] = frozenset()
    signed: frozenset[str] | None = None


Check = Callable[[Claim, Around], Iterable[Fault]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A check before submission.

    name: a present-tense sentence. says: what it asks, in words. source: what it rests on.
    """

    name: str
    says: str
    severity: str
    source: str
    check: Check = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an edit found in a claim."""

    edit: str
    severity: str
    field: str
    found: str
    mend: str
    line: str = ""
    source: str = ""

    @property
    def stops(self) -> bool:
        """Whether the claim does not leave like this."""
        return self.severity == STOP

    def problem(self, where: str) -> Problem:
        """Return the finding as a problem at a place."""
        return Problem(where=where, field=self.field, found=self.found, hint=self.mend)


EDITS: dict[str, Edit] = {}
"""All edits by name, in the order in which they are shown; the modules `edits_of_…` fill it."""


def edit(*, severity: str = STOP, source: str) -> Callable[[Check], Check]:
    """Return a decorator that makes a function an edit: its name, and its docstring's sentence."""

    def kept(check: Check) -> Check:
        says = (check.__doc__ or "").strip().splitlines()[0]
        name = getattr(check, "__name__", "")
        EDITS[name] = Edit(name=name, says=says, severity=severity, source=source, check=check)
        return check

    return kept


def examined(claim: Claim, around: Around, edits: Mapping[str, Edit]) -> tuple[Finding, ...]:
    """Return what some edits find in a claim, those that stop it first."""
    found = [
        Finding(
            edit=each.name, severity=each.severity, source=each.source, field=fault.field,
            found=fault.found, mend=fault.mend, line=fault.line,
        )
        for each in edits.values()
        for fault in each.check(claim, around)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: not each.stops))
