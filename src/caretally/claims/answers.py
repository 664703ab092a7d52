"""What comes back: acknowledgments and remittances, as they were told; nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One code of an acknowledgment.

    code: such as `A3:21` of a 277CA or `AK9:R`, `IK4:7` of a 999. where: the segment or loop it is
    about, empty for the whole.
    """

    code: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What somebody on the way to the payer says of one claim, or of one transaction set.

    control_number: of the claim (277CA, CLM01); empty in a 999, which is about `transaction`
    (ST02 of the file) and, where a segment is named, its number within.
    """

    source: str
    is_accepted: bool
    control_number: str = ""
    payer_claim_number: str = ""
    group: str = ""
    transaction: str = ""
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """An adjustment: who bears it, why, how much, how many units."""

    group: str
    carc: str
    amount: Decimal
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswer:
    """A service line of a remittance.

    line: our control number where the payer repeats it (REF 6R). code: as adjudicated.
    submitted_code: as it was asked for, where that differs. allowed: AMT B6.
    """

    line: str = ""
    code: str
    submitted_code: str = ""
    modifiers: tuple[str, ...] = ()
    units: Decimal
    date_of_service: date | None = None
    charge: Decimal
    paid: Decimal
    allowed: Decimal | None = None
    adjustments: tuple[Adjusted, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAnswer:
    """A claim of a remittance.

    status: CLP02. responsibility: CLP05. adjustments, remarks: of the claim as a whole. member_id:
    as the payer knows the patient (NM109 of the patient or subscriber), where told.
    """

    control_number: str
    status: str
    charge: Decimal
    paid: Decimal
    responsibility: Decimal | None = None
    filing_code: str = ""
    payer_claim_number: str = ""
    member_id: str = ""
    adjustments: tuple[Adjusted, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: tuple[LineAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAdjustment:
    """Money added or taken without a claim (PLB); positive takes from the payment."""

    reason: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Remittance:
    """One payment with the claims it answers (one ST…SE of an 835).

    trace: TRN02. method: BPR04. paid: BPR02. payee_npi: N1 PE.
    """

    payer: str
    payer_id: str
    payee_npi: str
    trace: str
    method: str
    paid_on: date
    paid: Decimal
    claims: tuple[ClaimAnswer, ...]
    provider_adjustments: tuple[PaymentAdjustment, ...] = ()
