"""Reads a remittance (835): one payment, its claims with their lines, and money without a claim.

Amounts are told as they stand; whether they balance is asked elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from caretally.claims.answers import Adjusted, PaymentAdjustment, Remittance
from caretally.claims.x12.payment_drafts import ClaimDraft, Draft, LineDraft, made_of
from caretally.claims.x12.segments import Segment, wrong
from caretally.claims.x12.transactions import Transaction
from caretally.claims.x12.values import NOTHING, Eyes
from caretally.codes import ADJUSTMENT_GROUPS

TRIPLES = range(2, 20, 3)
"""Where the reasons of a CAS stand; amount and quantity follow each."""
PAIRS = range(3, 15, 2)
"""Where the reasons of a PLB stand; the amount follows each."""
REMARKS = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}
MODIFIERS = slice(2, 6)
ONE = Decimal(1)
LAST_DAYS, FIRST_DAYS = ("472", "151", "233"), ("150", "232")
"""Qualifiers of a date of service: a single or last day counts before a first day."""
MEMBER_KINDS = ("MI", "HN", "MR", "MC", "C", "II", "34")
UNUSED = frozenset(
    {"CUR", "N3", "N4", "PER", "RDM", "LX", "TS3", "TS2", "QTY"}
)  # fmt: skip
"""Segments of the guide that carry nothing we keep."""


def take_payment(draft: Draft, segment: Segment) -> None:
    """BPR: how much, how and when."""
    draft.payment = segment


def take_trace(draft: Draft, segment: Segment) -> None:
    """TRN: the number of the payment."""
    draft.trace = segment


def take_party(draft: Draft, segment: Segment) -> None:
    """N1: payer and payee; a crossover carrier stands inside a claim as NM1."""
    draft.party = segment.get(1)
    draft.parties.setdefault(draft.party, segment)


def take_reference(draft: Draft, segment: Segment) -> None:
    """REF: the payer's number, and our number of a line."""
    kind = segment.get(1)
    if not draft.claims:
        if kind == "2U" and draft.party == "PR":
            draft.payer_number = segment.get(2)
    elif kind == "6R" and draft.claims[-1].lines:
        draft.claims[-1].lines[-1].line = segment.get(2)


def take_claim(draft: Draft, segment: Segment) -> None:
    """CLP: what became of a claim."""
    eyes = draft.eyes
    eyes.text(segment, 1)
    eyes.text(segment, 2)
    draft.claims.append(
        ClaimDraft(
            segment=segment,
            charge=eyes.amount(segment, 3),
            paid=eyes.amount(segment, 4),
            responsibility=eyes.money(segment, 5),
        )
    )


def take_person(draft: Draft, segment: Segment) -> None:
    """NM1: the payer's number of the patient, else of the insured."""
    claim = draft.claim(segment)
    if claim is None or segment.get(8) not in MEMBER_KINDS:
        return
    if segment.get(1) == "QC":
        claim.patient_number = segment.get(9)
    elif segment.get(1) == "IL":
        claim.insured_number = segment.get(9)


def take_date(draft: Draft, segment: Segment) -> None:
    """DTM: the day the file was made, and days of service of a claim or line."""
    kind, day = segment.get(1), draft.eyes.day(segment, 2)
    if not draft.claims:
        draft.produced_on = day if kind == "405" else draft.produced_on
        return
    claim = draft.claims[-1]
    dated = claim.lines[-1] if claim.lines else claim
    if kind in LAST_DAYS:
        dated.last_on = day
    elif kind in FIRST_DAYS:
        dated.first_on = day


def take_adjustments(draft: Draft, segment: Segment) -> None:
    """CAS: up to six reasons for what was not paid, of the line or else of the claim."""
    claim, eyes = draft.claim(segment), draft.eyes
    if claim is None:
        return
    group = segment.get(1)
    if group not in ADJUSTMENT_GROUPS:
        eyes.note(wrong(segment, 1, f"one of {', '.join(ADJUSTMENT_GROUPS)}"))
    # After the first SVC of a claim every CAS is of a line: the claim's own come before.
    into = claim.lines[-1].adjustments if claim.lines else claim.adjustments
    eyes.text(segment, TRIPLES[0])
    for place in TRIPLES:
        reason, amount = segment.get(place), segment.get(place + 1)
        if reason or amount:
            adjusted = Adjusted(
                group=group,
                carc=eyes.text(segment, place),
                amount=eyes.amount(segment, place + 1),
                quantity=eyes.number(segment, place + 2),
            )
            into.append(adjusted)


def take_claim_remarks(draft: Draft, segment: Segment) -> None:
    """MIA, MOA: remarks on a claim as a whole."""
    claim = draft.claim(segment)
    if claim is not None:
        claim.remarks += [
            segment.get(place) for place in REMARKS[segment.name] if segment.get(place)
        ]


def take_line(draft: Draft, segment: Segment) -> None:
    """SVC: a service line; what was asked for where that is another code."""
    claim, eyes = draft.claim(segment), draft.eyes
    if claim is None:
        return
    parts, asked = segment.parts(1), segment.parts(6)
    if len(parts) < 2 or not parts[1]:
        eyes.note(wrong(segment, 1, "a qualifier and a code"))
    code, submitted = "".join(parts[1:2]), "".join(asked[1:2])
    units = eyes.number(segment, 5)
    claim.lines.append(
        LineDraft(
            segment=segment,
            code=code,
            submitted_code=submitted if submitted != code else "",
            modifiers=tuple(each for each in parts[MODIFIERS] if each),
            # The guide has one unit meant where none are told.
            units=ONE if units is None else units,
            charge=eyes.amount(segment, 2),
            paid=eyes.money(segment, 3) or NOTHING,
        )
    )


def take_amount(draft: Draft, segment: Segment) -> None:
    """AMT: what was allowed for a line."""
    claim = draft.claim(segment)
    if claim is not None and claim.lines and segment.get(1) == "B6":
        claim.lines[-1].allowed = draft.eyes.amount(segment, 2)


def take_remark(draft: Draft, segment: Segment) -> None:
    """LQ: a remark on a line."""
    line = draft.line(segment)
    if line is not None and segment.get(1) == "HE":
        line.remarks.append(draft.eyes.text(segment, 2))


def take_moved(draft: Draft, segment: Segment) -> None:
    """PLB: money added or taken without a claim, up to six times."""
    eyes = draft.eyes
    eyes.text(segment, PAIRS[0])
    for place in PAIRS:
        if segment.get(place) or segment.get(place + 1):
            reason, _, reference = segment.get(place).partition(segment.inner)
            if not reason:
                eyes.note(wrong(segment, place, "a reason"))
            amount = eyes.amount(segment, place + 1)
            moved = PaymentAdjustment(
                reason=reason, reference=reference.split(segment.inner)[0], amount=amount
            )
            draft.moved.append(moved)


TAKE: dict[str, Callable[[Draft, Segment], None]] = {
    "BPR": take_payment,
    "TRN": take_trace,
    "N1": take_party,
    "REF": take_reference,
    "CLP": take_claim,
    "NM1": take_person,
    "DTM": take_date,
    "CAS": take_adjustments,
    "MIA": take_claim_remarks,
    "MOA": take_claim_remarks,
    "SVC": take_line,
    "AMT": take_amount,
    "LQ": take_remark,
    "PLB": take_moved,
}
"""What to do with each segment."""


def read_835(transaction: Transaction, eyes: Eyes, skipped: Counter[str]) -> Remittance | None:
    """Return one payment; None where something in it is wrong, which `eyes` then hold."""
    draft = Draft(transaction, eyes)
    before = len(eyes.problems)
    for segment in transaction.inside:
        take = TAKE.get(segment.name)
        # What stands beside the known segments cannot change an amount that we keep.
        if take is not None:
            take(draft, segment)
        elif segment.name not in UNUSED:
            skipped[segment.name] += 1
    made = made_of(draft)
    return made if len(eyes.problems) == before else None
