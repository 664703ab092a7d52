"""What payers answered to a claim, all answers together, line by line.

In whatever order answers come, the outcome is the same: a reversal takes back the answer of the
same amounts, money adds up, and of the answers that are left the one that pays most says how a
line stands. Amounts are whole cents, so that nothing is rounded. It judges no reason: which
adjustments are no denial is the short list below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from caretally.journal.entries import Adjustment, ClaimDenied, ClaimPaid, PaidLine

Answer = ClaimPaid | ClaimDenied
REVERSAL = "22"
"""Claim status code of an answer that takes an earlier one back."""
SECONDARY = frozenset({"2", "3", "20", "21"})
"""Claim status codes of a payer that comes after another: it allows nothing anew, and what it pays
it takes off the patient's share."""
ORDINARY = frozenset({
    ("CO", "45"), ("CO", "253"), ("OA", "23"), ("PR", "1"), ("PR", "2"), ("PR", "3"),
})  # fmt: skip
"""Adjustments of a line that was paid: above the agreed price, sequestration, what another payer
bore, deductible, coinsurance, copayment."""
SEQUESTERED = ("CO", "253")
PATIENT = "PR"
PAID, PARTIAL, DENIED, REVERSED = "paid", "partial", "denied", "reversed"
"""How a line stands; partial: paid, and something of it refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer to one line.

    on: place among the answers, the latest last. allowed, paid, share: cents, negative in a
    reversal. refused: adjustments that are no part of an ordinary payment. is_secondary: whether
    a payer gave it that comes after another.
    """

    on: int
    is_reversal: bool
    is_secondary: bool
    code: str
    charge: int
    allowed: int
    paid: int
    share: int
    refused: tuple[Adjustment, ...]
    remarks: tuple[str, ...]

    @property
    def refused_cents(self) -> int:
        """What is refused; negative in a reversal."""
        return sum(cents(each.amount) for each in self.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How a line stands after all answers; an empty line is the claim as a whole.

    refused: cents not paid for a reason that is a denial; of the answer that holds, or, where a
    later one paid, of the one that denied. why, remarks: of the same answer. was_denied: whether
    any answer refused something. on: place of that answer.
    """

    line: str
    code: str
    state: str
    allowed: int
    paid: int
    share: int
    refused: int
    why: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    was_denied: bool
    on: int

    @property
    def is_denied(self) -> bool:
        """Whether something is refused now."""
        return self.state in {PARTIAL, DENIED}


def cents(amount: str) -> int:
    """Return an amount with two decimals as whole cents.

    Example:
        >>> cents("-51.77")
        -5177
    """
    return int(amount.replace(".", ""))


def is_ordinary(each: Adjustment) -> bool:
    """Tell whether an adjustment is part of an ordinary payment."""
    return (each.group, each.carc) in ORDINARY


def is_refusal(answer: Answer) -> bool:
    """Tell whether an answer refuses something it was asked to pay."""
    return answer.status != REVERSAL and any(
        reply.refused_cents > 0 for _, reply in replies(0, answer)
    )


def key_of(line: PaidLine) -> str:
    """Return under which name a line is kept: its control number, else code and date."""
    return line.line or f"{line.code} {line.date_of_service or ''}".strip()


def answered(answers: Iterable[Answer]) -> dict[str, Answered]:
    """Return how the lines of a claim stand, by control number.

    answers: to one claim, in the order they were written down.
    """
    found: dict[str, list[Reply]] = {}
    for place, answer in enumerate(answers):
        for name, reply in replies(place, answer):
            found.setdefault(name, []).append(reply)
    return {name: together(name, each) for name, each in found.items()}


def replies(place: int, answer: Answer) -> list[tuple[str, Reply]]:
    """Return what an answer says of each line, and of the claim as a whole where it does."""
    found = [(key_of(line), reply_of(place, line, answer.status)) for line in answer.lines]
    if not answer.lines or answer.adjustments:
        whole = PaidLine(
            code="", units=0, charge=answer.charge if not answer.lines else "0.00",
            paid=answer.paid if not answer.lines else "0.00",
            adjustments=answer.adjustments, remarks=answer.remarks,
        )  # fmt: skip
        found.append(("", reply_of(place, whole, answer.status)))
    return found


def reply_of(place: int, line: PaidLine, status: str) -> Reply:
    """Return what an answer of a claim status says of a line."""
    paid, is_reversal = cents(line.paid), status == REVERSAL
    share = sum(cents(each.amount) for each in line.adjustments if each.group == PATIENT)
    return Reply(
        on=place, is_reversal=is_reversal, is_secondary=status in SECONDARY,
        code=line.code, charge=cents(line.charge),
        allowed=allowed_of(line, is_reversal=is_reversal), paid=paid, share=share,
        refused=tuple(each for each in line.adjustments if not is_ordinary(each)),
        remarks=line.remarks,
    )  # fmt: skip


def allowed_of(line: PaidLine, *, is_reversal: bool) -> int:
    """Return what is allowed: as told, else what was paid, is owed by the patient or sequestered.

    Payers tell the amount of a reversal with either sign; it always takes away here.
    """
    if line.allowed is not None:
        told = cents(line.allowed)
        return -abs(told) if is_reversal else told
    parts = (each for each in line.adjustments
             if is_ordinary(each) and (each.group == PATIENT
                                       or (each.group, each.carc) == SEQUESTERED))  # fmt: skip
    return cents(line.paid) + sum(cents(each.amount) for each in parts)


def settled(found: list[Reply]) -> tuple[list[Reply], list[Reply]]:
    """Return the answers that no reversal takes back, and those that add up to what is owed.

    Each reversal takes one back, of like amounts; it does not say whose answer that was, so that
    the one of a secondary payer is known only by what it takes.
    """
    live = [each for each in found if not each.is_reversal]
    summed = list(found)
    for back in (each for each in found if each.is_reversal):
        same = [each for each in live if (each.charge, each.paid) == (-back.charge, -back.paid)]
        if same:
            live.remove(same[0])
            if same[0].is_secondary:
                summed.remove(back)
                summed.append(replace(back, is_secondary=True))
    return live, summed


def together(name: str, found: list[Reply]) -> Answered:
    """Return how a line stands after all that was said of it."""
    live, summed = settled(found)
    best = max(live, key=lambda each: (each.paid, -each.refused_cents, each.on), default=None)
    denials = [each for each in found if not each.is_reversal and each.refused_cents > 0]
    if best is not None and best.refused_cents > 0:
        said = best
    else:
        said = max(denials, key=lambda each: (each.refused_cents, each.on), default=found[-1])
    return Answered(
        line=name, code=said.code, state=state_of(best), was_denied=bool(denials), on=said.on,
        allowed=sum(0 if each.is_secondary else each.allowed for each in summed),
        paid=sum(each.paid for each in found),
        share=sum(-each.paid if each.is_secondary else each.share for each in summed),
        refused=max(0, said.refused_cents), why=said.refused, remarks=said.remarks,
    )  # fmt: skip


def state_of(best: Reply | None) -> str:
    """Return how a line stands, from the answer that holds."""
    if best is None:
        return REVERSED
    if best.refused_cents <= 0:
        return PAID
    return PARTIAL if best.paid > 0 else DENIED
