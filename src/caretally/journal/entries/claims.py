"""What is asked of payers and what they answer: prices, claims, acknowledgments, remittances.

A claim that was submitted is never changed: another one of frequency 7 or 8 stands in for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from caretally.journal.entries.envelope import About, Body
from caretally.journal.entries.shapes import (
    Acknowledged,
    Acknowledgment,
    AdjustmentGroup,
    Amount,
    BillingCode,
    ClaimFormat,
    Count,
    DatePolicy,
    Days,
    DenialAction,
    Digest,
    FreeText,
    Frequency,
    FromDate,
    Id,
    Label,
    Month,
    OwnId,
    OwnLabel,
    PrivateDate,
    Units,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSet(Body):
    """What a practice charges for a unit of a code.

    code: the billing code.
    charge: for one unit.
    from_on: the first date of service it holds for.
    payer: of one payer only; absent for all.
    """

    kind: ClassVar[str] = "fee_set"
    about: ClassVar[About] = "practice"
    code: BillingCode
    charge: Amount
    from_on: FromDate
    payer: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingProfileSet(Body):
    """How a practice stands on its claims; a later one replaces it.

    practice: the practice or clinic that bills.
    legal_name: as payers know it.
    street: of the place of business, no post office box.
    city: of the address.
    state: its two letters.
    postal_code: nine digits.
    contact: whom a payer may call.
    phone: ten digits.
    submitter_id: as the receiver of claim files knows the sender.
    receiver_name: who takes the claim files.
    receiver_id: its id.
    place_of_service: two digits; 11 where absent.
    locality_state: state of the Medicare locality.
    locality: number of the Medicare locality.
    qualifying_apm: whether Medicare pays by the qualifying conversion factor.
    """

    kind: ClassVar[str] = "billing_profile_set"
    about: ClassVar[About] = "practice"
    practice: Id
    legal_name: Label
    street: Label
    city: Label
    state: Label
    postal_code: Label
    contact: Label
    phone: Label
    submitter_id: Label
    receiver_name: Label
    receiver_id: Label
    place_of_service: Label | None = None
    locality_state: Label | None = None
    locality: Label | None = None
    qualifying_apm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerProfileSet(Body):
    """How claims to a payer are made; a later one replaces it.

    payer: as coverage names it.
    name: as claims name it.
    payer_id: its id in claim files.
    filing_code: claim filing indicator, such as MB.
    date_policy: which dates of service it wants.
    filing_days: within how many days after the service a claim must come.
    appeal_days: within how many days after an answer a denial must be answered.
    """

    kind: ClassVar[str] = "payer_profile_set"
    about: ClassVar[About] = "practice"
    payer: Label
    name: Label
    payer_id: Label
    filing_code: Label
    date_policy: DatePolicy = "as_decided"
    filing_days: Count | None = None
    appeal_days: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """A service line as it was asked for.

    line: its control number, unique in the practice.
    code: the billing code.
    modifiers: two characters each.
    units: how many.
    date_of_service: the local date.
    charge: for all units.
    expected: what the payer should allow; absent where no price is known.
    """

    line: OwnLabel
    code: BillingCode
    modifiers: tuple[Label, ...] = ()
    units: Units
    date_of_service: date
    charge: Amount
    expected: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPrepared(Body):
    """A claim was made from signed decisions.

    claim: its id.
    control_number: what the payer repeats in its answers.
    month: the calendar month.
    frequency: 1 a first claim, 7 in place of one, 8 takes one back.
    replaces: the id of the claim it stands in for.
    payer: as coverage names it.
    decisions: ids of the signed decisions.
    total: sum of the charges.
    lines: what is asked for.
    content: the whole claim as canonical JSON, with everything that is written into a file.
    """

    kind: ClassVar[str] = "claim_prepared"
    claim: OwnId
    control_number: OwnLabel
    month: Month
    frequency: Frequency = "1"
    replaces: OwnId | None = None
    payer: Label
    decisions: tuple[OwnLabel, ...]
    total: Amount
    lines: tuple[ClaimLine, ...]
    content: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSubmitted(Body):
    """A claim left in a file.

    claim: its id.
    batch: id of the batch.
    format: of the file.
    file: digest of the file.
    """

    kind: ClassVar[str] = "claim_submitted"
    claim: OwnId
    batch: OwnLabel
    format: ClaimFormat
    file: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAcknowledged(Body):
    """Somebody on the way to the payer took a claim, or did not.

    claim: its id.
    source: which answer said so.
    outcome: accepted or rejected.
    codes: as the answer gives them, such as A2:20 or AK9 E.
    payer_claim_number: the payer's number, where it is told.
    file: digest of the answer.
    """

    kind: ClassVar[str] = "claim_acknowledged"
    claim: OwnId
    source: Acknowledgment
    outcome: Acknowledged
    codes: tuple[Label, ...] = ()
    payer_claim_number: OwnLabel | None = None
    file: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """Why something was not paid.

    group: who bears it.
    carc: claim adjustment reason code.
    amount: how much; negative where it adds.
    quantity: units it concerns.
    """

    group: AdjustmentGroup
    carc: Label
    amount: Amount
    quantity: Units | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidLine:
    """What a payer answered to a service line.

    line: its control number; absent where the payer told none and none matches.
    code: as the payer decided it.
    units: as the payer counts them.
    date_of_service: as the payer tells it.
    charge: as the payer read it.
    allowed: what it allows, where told.
    paid: what it pays; negative in a reversal.
    adjustments: why the rest is not paid.
    remarks: remark codes.
    """

    line: OwnLabel | None = None
    code: BillingCode
    units: Units
    date_of_service: date | None = None
    charge: Amount
    allowed: Amount | None = None
    paid: Amount
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPaid(Body):
    """A payer answered a claim and pays at least one line of it, or takes a payment back.

    claim: its id.
    remittance: id of the remittance.
    status: claim status code of the answer: 1 primary, 2 secondary, 22 reversal and so on.
    payer_claim_number: the payer's number of the claim.
    charge: as the payer read it.
    paid: what it pays; negative in a reversal.
    patient_responsibility: what the patient owes.
    adjustments: of the claim as a whole.
    remarks: remark codes of the claim as a whole.
    lines: line by line.
    """

    kind: ClassVar[str] = "claim_paid"
    claim: OwnId
    remittance: OwnLabel
    status: Label
    payer_claim_number: OwnLabel | None = None
    charge: Amount
    paid: Amount
    patient_responsibility: Amount | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[Label, ...] = ()
    lines: tuple[PaidLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDenied(Body):
    """A payer answered a claim and pays nothing of it.

    claim: its id.
    remittance: id of the remittance.
    status: claim status code of the answer, such as 4.
    payer_claim_number: the payer's number of the claim.
    charge: as the payer read it.
    paid: nothing.
    patient_responsibility: what the patient owes.
    adjustments: of the claim as a whole.
    remarks: remark codes of the claim as a whole.
    lines: line by line.
    """

    kind: ClassVar[str] = "claim_denied"
    claim: OwnId
    remittance: OwnLabel
    status: Label
    payer_claim_number: OwnLabel | None = None
    charge: Amount
    paid: Amount
    patient_responsibility: Amount | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[Label, ...] = ()
    lines: tuple[PaidLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAdjustment:
    """Money a payer adds or takes without a claim.

    reason: code, such as WO or FB.
    reference: what the payer says it is about.
    amount: positive takes from the payment.
    """

    reason: Label
    reference: OwnLabel | None = None
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceReceived(Body):
    """A payer told what it pays, for which claims, in one file.

    remittance: its id, made from the file and its place there.
    payer: as the file names it.
    trace: number of the check or transfer.
    paid_on: when money moves.
    paid: the whole payment.
    method: how, such as ACH or CHK.
    claims: how many answers it holds.
    unmatched: how many of them belong to no claim of the practice.
    provider_adjustments: what is added or taken without a claim.
    file: digest of the file.
    """

    kind: ClassVar[str] = "remittance_received"
    about: ClassVar[About] = "practice"
    remittance: OwnId
    payer: Label
    trace: OwnLabel
    paid_on: PrivateDate
    paid: Amount
    method: Label
    claims: Count
    unmatched: Count
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    file: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialWorked(Body):
    """Somebody did something about a line that was not paid.

    claim: its id.
    line: control number of the line; absent for the claim as a whole.
    action: what was done.
    note: the writer's words.
    """

    kind: ClassVar[str] = "denial_worked"
    claim: OwnId
    line: OwnLabel | None = None
    action: DenialAction
    note: FreeText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCheckAdopted(Body):
    """A person switched a stricter check before submission on or off.

    check: its name.
    payer: for one payer only; absent for all.
    active: whether it holds from now on.
    adopted_by: who decided.
    because: ids of the claims whose denials spoke for it.
    days: a number the check needs, such as how early evidence must be there.
    """

    kind: ClassVar[str] = "claim_check_adopted"
    about: ClassVar[About] = "practice"
    check: Label
    payer: Label | None = None
    active: bool = True
    adopted_by: Label
    because: tuple[OwnLabel, ...] = ()
    days: Days | None = None
