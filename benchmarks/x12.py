"""Are the files we write right, and do we read what comes back, by independent programs?

Claims are invented, written, validated by pyx12 and x12sdk, and answered by an invented payer whose
files oxedi reads beside us. Then single claims and files are broken, to see that validators and our
own edits look. Printed: what was found, and processor time a claim.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from caretally.billability.fees import load_fees
from caretally.billability.sheets import load_rulebook
from caretally.claims.balancing import imbalances
from caretally.claims.edits import examine
from caretally.claims.findings import Around
from caretally.claims.icd10 import diagnoses
from caretally.claims.records import Claim
from caretally.claims.x12.reading import read_file
from caretally.claims.x12.writing import write_837p
from caretally.synthetic.claims import MADE_AT, batch_of, claims
from caretally.synthetic.payers import Habits, answer
from tests.x12 import validators
from tests.x12.file_faults import FILE_FAULTS, PYX12, X12SDK
from tests.x12.record_faults import FAULTS

CLAIMS, SEED = 5_000, 20_260_331
SAMPLE = 60
BEGIN = date(2025, 12, 1)
EVERYTHING = Habits(rejects=20, partial=120, denies=80, corrects=40, moves=("WO", "L6", "72", "FB"))
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came out.

    errors: of our claims, by validator. stopped: of our claims by our own edits. noticed: file
    faults by validator, of those it must notice. missed: record faults our edits let pass.
    differences: payments that we read otherwise than they were told. unlike: of these, otherwise
    than oxedi. unbalanced: payments that we or oxedi find uneven. seconds: of processor time.
    """

    claims: int
    errors: dict[str, int]
    stopped: int
    noticed: dict[str, tuple[int, int]]
    missed: tuple[str, ...]
    payments: int
    differences: int
    unlike: int
    unbalanced: int
    seconds: dict[str, float]


def timed(do: Callable[[], Result]) -> tuple[Result, float]:
    """Return what something gives, and the processor time it took."""
    begin = time.process_time()
    return do(), time.process_time() - begin


def measure(count: int = CLAIMS) -> Found:
    """Write, validate, answer, read, and break."""
    invented = claims(count, seed=SEED)
    batch = batch_of(invented)
    body, writing = timed(lambda: write_837p(batch))
    answers = answer(batch, seed=SEED, habits=EVERYTHING)
    read, reading = timed(lambda: [read_file(each) for each in answers.remittances])
    payments = [each for file in read for each in file.remittances]
    pairs = zip(payments, answers.told, strict=True)
    with tempfile.TemporaryDirectory() as folder:
        theirs = [validators.told_by_oxedi(each, Path(folder)) for each in answers.remittances]
        complaints = [validators.by_oxedi(each, Path(folder)) for each in answers.remittances]
    paid = [row["payment_amount"] for file in theirs for row in file["claims"]]
    ours = [claim.paid for each in payments for claim in each.claims]
    return Found(
        claims=count,
        errors={
            PYX12: len(validators.by_pyx12(body)),
            X12SDK: len(validators.by_x12sdk(body)),
        },
        stopped=sum(bool(stops(claim)) for claim in invented),
        noticed={PYX12: noticed(PYX12), X12SDK: noticed(X12SDK)},
        missed=missed(),
        payments=len(payments),
        differences=sum(one != other for one, other in pairs),
        unlike=abs(len(paid) - len(ours))
        + sum(one != other for one, other in zip(paid, ours, strict=False)),
        unbalanced=sum(bool(imbalances(each)) for each in payments) + sum(map(len, complaints)),
        seconds={"write": writing, "read": reading},
    )


def stops(claim: Claim) -> list[str]:
    """Return which of our edits stop a claim."""
    around = Around(
        rulebook=load_rulebook(),
        fees=load_fees(),
        diagnoses=diagnoses(),
        today=MADE_AT.date(),
        enrolled_on=BEGIN,
        coverages=((claim.coverage.payer, BEGIN, None),),
    )
    return [each.edit for each in examine(claim, around) if each.stops]


def missed() -> tuple[str, ...]:
    """Return the faults of a claim that our edits let pass."""
    claim = claims(1, seed=SEED)[0]
    return tuple(name for name, fault in FAULTS.items() if not stops(fault(claim)))


def noticed(who: str) -> tuple[int, int]:
    """Return how many faults of a file a validator notices, of how many that it must."""
    drawn = claims(SAMPLE, seed=SEED)
    dependent = next(claim for claim in drawn if claim.patient is not None)
    own = replace(
        next(claim for claim in drawn if claim.patient is None),
        frequency="7",
        payer_claim_number="PCN1",
    )
    sound = write_837p(batch_of([own, dependent])).decode()
    look = {PYX12: validators.by_pyx12, X12SDK: validators.by_x12sdk}[who]
    must = [fault for fault in FILE_FAULTS.values() if who in fault.noticed_by]
    return sum(bool(look(fault.broken(sound).encode())) for fault in must), len(must)


def main() -> None:
    """Print what was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--claims", type=int, default=CLAIMS)
    found = measure(asked.parse_args().claims)
    print(f"{found.claims:,} claims; errors: {found.errors}; stopped by our edits: {found.stopped}")
    print(f"faults of files noticed: {found.noticed}; faults of claims missed: {found.missed}")
    print(
        f"{found.payments} payments read; {found.differences} differ from what was told, "
        f"{found.unlike} claims from what oxedi reads, {found.unbalanced} uneven"
    )
    for what, seconds in found.seconds.items():
        print(f"{what}: {seconds:.2f} s CPU, {1e6 * seconds / found.claims:.0f} µs a claim")


if __name__ == "__main__":
    main()
