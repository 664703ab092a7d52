"""Claims that are wrong in one way each, as records: independent programs accept most of them.

`FAULTS` gives for each name a function that breaks a sound claim; our own edits must notice every
one of them before a file is written. `ACCEPTED_BY_PYX12` are those that reach a file and that pyx12
then lets pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from caretally.claims.records import Claim

Fault = Callable[[Claim], Claim]


def first_line(claim: Claim, **changed: Any) -> Claim:
    """Return a claim whose first line is another."""
    return replace(claim, lines=(replace(claim.lines[0], **changed), *claim.lines[1:]))


def billing(claim: Claim, **changed: Any) -> Claim:
    """Return a claim whose billing provider is another."""
    return replace(claim, billing=replace(claim.billing, **changed))


def billing_address(claim: Claim, **changed: Any) -> Claim:
    """Return a claim whose billing provider lives elsewhere."""
    assert claim.billing.address is not None
    return billing(claim, address=replace(claim.billing.address, **changed))


def other_digit(npi: str) -> str:
    """Return a provider number whose last digit is wrong."""
    return npi[:-1] + str((int(npi[-1]) + 1) % 10)


def without_birth(claim: Claim) -> Claim:
    """Return a claim of a patient of unknown age."""
    if claim.patient is not None:
        return replace(claim, patient=replace(claim.patient, birth_on=None))
    subscriber = replace(claim.coverage.subscriber, birth_on=None)
    return replace(claim, coverage=replace(claim.coverage, subscriber=subscriber))


def reversed_period(claim: Claim) -> Claim:
    """Return a claim with a period that ends before it begins."""
    return first_line(claim, from_on=claim.lines[0].date_of_service + timedelta(3))


FAULTS: dict[str, Fault] = {
    "billing NPI with a wrong check digit": lambda claim: billing(
        claim, npi=other_digit(claim.billing.npi)
    ),
    "rendering NPI with a wrong check digit": lambda claim: replace(
        claim, rendering=replace(claim.rendering, npi=other_digit(claim.rendering.npi))
    ),
    "diagnosis that does not exist": lambda claim: replace(
        claim, diagnoses=("I10.99", *claim.diagnoses[1:])
    ),
    "diagnosis that is no leaf": lambda claim: replace(
        claim, diagnoses=("E11", *claim.diagnoses[1:])
    ),
    "code that does not exist": lambda claim: first_line(claim, code="99999"),
    "pointer past the last diagnosis": lambda claim: first_line(claim, pointers=(1, 9)),
    "period that ends before it begins": reversed_period,
    "three decimals": lambda claim: first_line(claim, charge=Decimal("51.775")),
    "malformed taxonomy": lambda claim: billing(claim, taxonomy="207Q0000"),
    "no date of birth": without_birth,
    "five digits of postal code": lambda claim: billing_address(claim, postal_code="21601"),
    "no such state": lambda claim: billing_address(claim, state="ZZ"),
    "tax number of eight digits": lambda claim: billing(claim, tax_id="12345678"),
    "no such place of service": lambda claim: replace(claim, place_of_service="00"),
    "no lines": lambda claim: replace(claim, lines=()),
    "the same line twice": lambda claim: replace(claim, lines=(claim.lines[0],) * 2),
    "charge of nothing": lambda claim: first_line(claim, charge=Decimal("0.00")),
    "no units": lambda claim: first_line(claim, units=0),
    "more units than one patient can have": lambda claim: first_line(claim, units=40),
    "frequency 7 without the payer's number": lambda claim: replace(
        claim, frequency="7", payer_claim_number=""
    ),
    "no member number": lambda claim: replace(
        claim, coverage=replace(claim.coverage, member_id="")
    ),
}

ACCEPTED_BY_PYX12 = (
    "billing NPI with a wrong check digit",
    "rendering NPI with a wrong check digit",
    "diagnosis that does not exist",
    "diagnosis that is no leaf",
    "code that does not exist",
    "malformed taxonomy",
    "five digits of postal code",
    "tax number of eight digits",
    "more units than one patient can have",
)
