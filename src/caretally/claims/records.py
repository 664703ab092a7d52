"""A claim as it is asked for: who, for whom, what, when, for how much; nothing here is computed.

Every writer (837P, FHIR, CSV) and every check before submission reads these records, so that no
format knows more than another. Amounts are exact; dates are local dates of service.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

FIRST, REPLACEMENT, VOID = "1", "7", "8"
"""Claim frequency codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address.

    state: two letters. postal_code: digits alone, five or nine.
    """

    street: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A practice or a practitioner on a claim.

    first: empty for an organization, whose name is `last`. tax_id: digits; of the billing provider
    only, like address, contact and phone.
    """

    last: str
    first: str = ""
    npi: str
    taxonomy: str = ""
    tax_id: str = ""
    address: Address | None = None
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient or subscriber.

    sex: F, M or U.
    """

    last: str
    first: str
    birth_on: date | None = None
    sex: str = "U"
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Who pays, and through whom the patient is covered.

    payer: as coverage names it. name, payer_id, filing_code: as claim files name it. relationship:
    of the patient to the subscriber; `self` where they are one. priority: 1 pays first.
    """

    payer: str
    name: str
    payer_id: str
    filing_code: str
    member_id: str
    group_number: str = ""
    relationship: str = "self"
    priority: int = 1
    subscriber: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """One code on one date.

    line: control number. pointers: positions in the claim's diagnoses, from 1. charge: for all
    units. expected: what should be allowed, None where no price is known. from_on: first day of a
    device period that ends on the date of service, else None.
    """

    line: str
    code: str
    modifiers: tuple[str, ...] = ()
    units: int
    date_of_service: date
    from_on: date | None = None
    charge: Decimal
    pointers: tuple[int, ...] = (1,)
    expected: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim of one patient to one payer for one month.

    control_number: what the payer repeats. payer_claim_number: the payer's number of the claim that
    one of frequency 7 or 8 stands in for. diagnoses: ICD-10-CM codes with their dot, the principal
    one first. patient: None where the patient is the subscriber. supervising, ordering: None where
    nobody is told. decisions: ids.
    """

    claim: str
    control_number: str
    patient_id: str
    month: str
    frequency: str = FIRST
    replaces: str = ""
    payer_claim_number: str = ""
    place_of_service: str = "11"
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    billing: Provider
    rendering: Provider
    supervising: Provider | None = None
    ordering: Provider | None = None
    coverage: Coverage
    patient: Person | None = None
    authorization: str = ""
    decisions: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """Sum of the charges."""
        return sum((line.charge for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends a file of claims to whom.

    usage: P for production, T for a test.
    """

    name: str
    submitter_id: str
    contact: str
    phone: str
    receiver_name: str
    receiver_id: str
    usage: str = "P"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Claims that leave in one file.

    control: interchange control number, nine digits at most. made_at: aware, in UTC.
    """

    name: str
    control: int
    made_at: datetime
    sender: Sender
    claims: tuple[Claim, ...]
