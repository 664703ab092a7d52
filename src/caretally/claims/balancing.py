"""Whether a remittance adds up, to the cent: each line, each claim, and the payment as a whole.

What does not add up is named with its amounts and its place, and is never posted: a sum that is
off says that something was left out or read wrongly, and nobody can tell which line it was.

Source: 835 005010X221A1, balancing (1.10.2.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from caretally.claims.answers import Adjusted, ClaimAnswer, LineAnswer, Remittance

LINE, CLAIM, LINES, PAYMENT, CENTS = "line", "claim", "lines", "payment", "cents"
AGAIN = "again"
ZERO = Decimal("0.00")
RULES = {
    LINE: "the charge of a line is what is paid and all its adjustments",
    CLAIM: "the charge of a claim is what is paid and all adjustments of it and its lines",
    LINES: "the charge of a claim is the charges of its lines",
    PAYMENT: "the payment is what all claims are paid, less what is taken without a claim",
    CENTS: "an amount has at most two decimals",
    AGAIN: "one payment is posted once; it came before with other answers",
}
"""What must hold, by level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imbalance:
    """Something that does not add up.

    level: of the rules above. place: claim and line by their number in the file, from 1, with the
    control numbers. expected: what the sum comes to. found: what is told.
    """

    level: str
    place: str
    expected: Decimal
    found: Decimal

    @property
    def difference(self) -> Decimal:
        """By how much it is off."""
        return self.found - self.expected

    @property
    def rule(self) -> str:
        """What must hold and does not."""
        return RULES[self.level]

    def __str__(self) -> str:
        return (
            f"{self.place}: told {self.found}, the sum is {self.expected} "
            f"({self.difference:+}); {self.rule}"
        )


def imbalances(remittance: Remittance) -> tuple[Imbalance, ...]:
    """Return everything in a remittance that does not add up, in the order of the file."""
    found: list[Imbalance] = []
    for number, claim in enumerate(remittance.claims, 1):
        found += of_claim(claim, f"claim {number} ({claim.control_number})")
    found += of_payment(remittance)
    found += uneven(remittance)
    return tuple(found)


def adjusted(adjustments: Iterable[Adjusted]) -> Decimal:
    """Return what adjustments come to."""
    return sum((each.amount for each in adjustments), ZERO)


def of_claim(claim: ClaimAnswer, place: str) -> Iterator[Imbalance]:
    """Yield what does not add up in a claim and its lines."""
    for number, line in enumerate(claim.lines, 1):
        expected = line.charge - adjusted(line.adjustments)
        if line.paid != expected:
            where = f"{place}, line {number} ({line.line or line.code})"
            yield Imbalance(level=LINE, place=where, expected=expected, found=line.paid)
    of_lines = sum((adjusted(each.adjustments) for each in claim.lines), ZERO)
    expected = claim.charge - adjusted(claim.adjustments) - of_lines
    if claim.paid != expected:
        yield Imbalance(level=CLAIM, place=place, expected=expected, found=claim.paid)
    charges = sum((each.charge for each in claim.lines), ZERO)
    if claim.lines and charges != claim.charge:
        yield Imbalance(level=LINES, place=place, expected=charges, found=claim.charge)


def of_payment(remittance: Remittance) -> Iterator[Imbalance]:
    """Yield that the payment is another than its claims come to."""
    expected = expected_payment(remittance)
    if remittance.paid != expected:
        yield Imbalance(
            level=PAYMENT, place=f"payment {remittance.trace}", expected=expected,
            found=remittance.paid,
        )  # fmt: skip


def expected_payment(remittance: Remittance) -> Decimal:
    """Return what a payment must be: all claims together, less what is taken without a claim."""
    taken = sum((each.amount for each in remittance.provider_adjustments), ZERO)
    return sum((each.paid for each in remittance.claims), ZERO) - taken


def uneven(remittance: Remittance) -> Iterator[Imbalance]:
    """Yield amounts that are no whole cents: they cannot be kept without rounding."""
    told = [(f"payment {remittance.trace}", remittance.paid)]
    told += [(f"payment {remittance.trace}, {each.reason}", each.amount)
             for each in remittance.provider_adjustments]  # fmt: skip
    for number, claim in enumerate(remittance.claims, 1):
        place = f"claim {number} ({claim.control_number})"
        told += [(place, amount) for amount in amounts_of(claim)]
        for line in claim.lines:
            told += [(f"{place}, {line.line or line.code}", each) for each in line_amounts(line)]
    for place, amount in told:
        whole = amount.quantize(Decimal("0.01"))
        if whole != amount:
            yield Imbalance(level=CENTS, place=place, expected=whole, found=amount)


def amounts_of(claim: ClaimAnswer) -> list[Decimal]:
    """Return the amounts of a claim as a whole."""
    owed = [] if claim.responsibility is None else [claim.responsibility]
    return [claim.charge, claim.paid, *owed, *(each.amount for each in claim.adjustments)]


def line_amounts(line: LineAnswer) -> list[Decimal]:
    """Return the amounts of a line."""
    allowed = [] if line.allowed is None else [line.allowed]
    return [line.charge, line.paid, *allowed, *(each.amount for each in line.adjustments)]
