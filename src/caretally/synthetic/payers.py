"""An invented payer: takes a batch of claims and answers it as payers do, to the cent.

The same batch, seed and habits give the same bytes. Each claim is judged by dice of its own, so
that another claim in the batch changes nothing for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

from caretally.claims.answers import ClaimAnswer, PaymentAdjustment, Remittance
from caretally.claims.records import VOID, Batch, Claim
from caretally.synthetic.adjudication import (
    NOTHING,
    Verdict,
    corrected,
    denied,
    paid,
    partly_paid,
    taken_back,
)
from caretally.synthetic.dice import Dice
from caretally.synthetic.payer_acknowledgments import Status, file_277ca, file_999
from caretally.synthetic.payer_files import file_835, off_by_a_cent

PAYS_AFTER = timedelta(days=14)
TAKEN, TURNED_AWAY = "A2:20", ("A3:21", "A6:145", "A7:562", "A8:496")
FORWARDED = "FB"
MOVES = {
    "WO": Decimal("18.40"),
    "L6": Decimal("-1.37"),
    "72": Decimal("5.00"),
    "FB": Decimal("-2.25"),
}
"""Money without a claim: taken back, interest, returned by the practice, brought forward. What
is positive takes from the payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How often in a thousand a payer does what, and what else it does.

    rejects: turns a claim away before it is judged. partial: denies one line. denies: the whole
    claim. corrects: takes a payment back later and judges again. moves: reasons of PLB. refuses:
    the whole file, in the 999. checks: pays by check. unbalanced: where every payment is a cent
    off, for tests: line, claim or payment.
    """

    rejects: int = 20
    partial: int = 120
    denies: int = 80
    corrects: int = 40
    moves: tuple[str, ...] = ()
    refuses: bool = False
    checks: bool = False
    unbalanced: str = ""


USUAL = Habits()
PAYS_ALL = Habits(rejects=0, partial=0, denies=0, corrects=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came back for a batch.

    told: the remittances as records, in the order of the files, for comparison.
    """

    acknowledgment_999: bytes
    status_277ca: bytes
    remittances: tuple[bytes, ...]
    told: tuple[Remittance, ...] = ()


def answer(batch: Batch, *, seed: int, habits: Habits = USUAL) -> Answers:
    """Return a payer's answers to a batch; a refused file is answered by its 999 alone."""
    at = batch.made_at + timedelta(hours=1)
    acknowledgment = file_999(batch, is_accepted=not habits.refuses, at=at)
    if habits.refuses:
        return Answers(acknowledgment_999=acknowledgment, status_277ca=b"", remittances=())
    statuses = [status_of(claim, seed, habits) for claim in batch.claims]
    taken = [each for each in statuses if each.is_accepted]
    files, told = [], []
    for number, remittances in enumerate(payments(batch, taken, seed, habits=habits), 1):
        by_number = {each.claim.control_number: each.claim for each in taken}
        control = batch.control % 10**6 * 1_000 + number % 1_000
        files.append(file_835(batch, remittances, by_number, control=control))
        told += remittances
    return Answers(
        acknowledgment_999=acknowledgment,
        status_277ca=file_277ca(batch, statuses, at=at + timedelta(hours=4)),
        remittances=tuple(files),
        told=tuple(told),
    )


def status_of(claim: Claim, seed: int, habits: Habits) -> Status:
    """Return whether a claim is taken to be judged."""
    dice = Dice(seed, "status", claim.control_number)
    is_accepted = not dice.chance(habits.rejects)
    digits = sha256(f"{seed}:{claim.control_number}".encode()).hexdigest()
    return Status(
        claim=claim,
        code=TAKEN if is_accepted else dice.pick(TURNED_AWAY),
        number=f"PCN{int(digits[:12], 16) % 10**12:012d}",
        is_accepted=is_accepted,
    )


def verdict_on(status: Status, seed: int, habits: Habits) -> Verdict:
    """Return how a claim is judged."""
    claim, number = status.claim, status.number
    dice = Dice(seed, "verdict", claim.control_number)
    drawn = dice.below(1_000)
    if claim.frequency == VOID:
        return Verdict(first=taken_back(claim, dice, number))
    if drawn < habits.partial:
        return Verdict(first=partly_paid(claim, dice, number))
    if drawn < habits.partial + habits.denies:
        return Verdict(first=denied(claim, dice, number))
    if drawn < habits.partial + habits.denies + habits.corrects:
        return corrected(claim, dice, number)
    return Verdict(first=paid(claim, dice, number))


def payments(
    batch: Batch, taken: Iterable[Status], seed: int, *, habits: Habits
) -> list[list[Remittance]]:
    """Return the payments by file: one file a payer and round, one payment a practice."""
    rounds: defaultdict[tuple[int, str], defaultdict[str, list[ClaimAnswer]]]
    rounds = defaultdict(lambda: defaultdict(list))
    named: dict[str, str] = {}
    for status in taken:
        verdict, coverage = verdict_on(status, seed, habits), status.claim.coverage
        named[coverage.payer_id] = coverage.name
        npi = status.claim.billing.npi
        rounds[1, coverage.payer_id][npi].append(verdict.first)
        if verdict.later:
            rounds[2, coverage.payer_id][npi] += verdict.later
    files = []
    for (turn, payer_id), by_practice in sorted(rounds.items(), key=lambda item: item[0]):
        seen = {
            npi: payment(batch, (turn, payer_id, npi), answers, named=named, habits=habits)
            for npi, answers in by_practice.items()
        }
        files.append(list(seen.values()))
    return files


def payment(
    batch: Batch,
    to: tuple[int, str, str],
    answers: Iterable[ClaimAnswer],
    *,
    named: Mapping[str, str],
    habits: Habits,
) -> Remittance:
    """Return one payment; to: which round, of which payer, to which practice."""
    turn, payer_id, npi = to
    claims = tuple(answers)
    trace = f"{payer_id}{batch.control}{turn}{npi[-4:]}"
    moved = [
        PaymentAdjustment(reason=reason, reference=f"{trace}{place}", amount=MOVES[reason])
        for place, reason in enumerate(habits.moves)
    ]
    total = sum((each.paid for each in claims), NOTHING)
    left = total - sum((each.amount for each in moved), NOTHING)
    if left < 0:
        # Nobody pays less than nothing: what is owed goes into the next payment.
        moved.append(PaymentAdjustment(reason=FORWARDED, reference=f"{trace}F", amount=left))
        left = NOTHING
    method = "CHK" if habits.checks else "ACH"
    made = Remittance(
        payer=named[payer_id].upper(),
        payer_id=payer_id,
        payee_npi=npi,
        trace=trace,
        method=method if left else "NON",
        paid_on=(batch.made_at + turn * PAYS_AFTER).date(),
        paid=left,
        claims=claims,
        provider_adjustments=tuple(moved),
    )
    return off_by_a_cent(made, habits.unbalanced) if habits.unbalanced else made
