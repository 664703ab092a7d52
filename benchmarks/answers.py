"""Claims out, answers in: is what is posted what was expected, to the cent, and how long it takes.

Claims are stored as sent, written as an 837P, answered by the invented payer with 999, 277CA and
835s, and imported. Everything paid must be the expected amount; everything told must be posted.

    python -m benchmarks.answers --claims 5000
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.fresh_database import fresh_database
from caretally.claims.answers import Remittance
from caretally.claims.balancing import imbalances
from caretally.claims.records import FIRST, Claim
from caretally.journal.answered import cents
from caretally.practice.remitting import import_answers
from caretally.store.database import Database, scope_all
from caretally.store.stored_journal import StoredJournal
from caretally.synthetic.claims import claims
from caretally.synthetic.payers import PAYS_ALL, Habits, answer
from tests.integration.answers.sent import Sent, billed_by, send

CLAIMS = 5_000
SEED = 5
MIXED = Habits(rejects=20, partial=120, denies=80, corrects=40, moves=("WO", "L6", "72", "FB"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What came of one round: claims out, answers in.

    wrong: claims whose posted amount is another than told. unexpected: priced lines that a payer
    who pays all allowed another amount for than was expected. unbalanced: remittances found so.
    """

    claims: int
    answers: int
    posted: int
    wrong: int
    unexpected: int
    unbalanced: int
    cpu: float


def own_claims(count: int) -> tuple[Claim, ...]:
    """Return first claims, all billed by one practice."""
    drawn = [each for each in claims(count * 2, seed=SEED) if each.frequency == FIRST][:count]
    return billed_by(drawn, drawn[0].billing)


def paid_by_claim(told: Sequence[Remittance]) -> dict[str, Decimal]:
    """Return what is paid for each claim, all answers together."""
    found: dict[str, Decimal] = {}
    for remittance in told:
        for each in remittance.claims:
            found[each.control_number] = found.get(each.control_number, Decimal(0)) + each.paid
    return found


def one_round(count: int, habits: Habits) -> Round:
    """Send claims, take in what is answered, and hold the books against it."""
    with fresh_database() as alias:
        scope_all()
        sent = send(StoredJournal(Database(alias)), own_claims(count))
        answers = answer(sent.batch, seed=SEED, habits=habits)
        files = [answers.acknowledgment_999, answers.status_277ca, *answers.remittances]
        begun = time.process_time()
        taken = [import_answers(sent.office, body) for body in files]
        spent = time.process_time() - begun
        return Round(
            claims=count, answers=sum(len(each.claims) for each in answers.told),
            posted=sum(each.posted for each in taken), wrong=wrong_in(sent, answers.told),
            unexpected=unexpected_in(sent) if habits == PAYS_ALL else 0,
            unbalanced=sum(bool(imbalances(each)) for each in answers.told), cpu=spent,
        )  # fmt: skip


def wrong_in(sent: Sent, told: Sequence[Remittance]) -> int:
    """Return of how many claims another amount is posted than was told."""
    expected = paid_by_claim(told)
    rows = sent.office.db.rows("SELECT control_number, paid FROM store_claimcard")
    return sum(paid != cents(f"{expected.get(number, Decimal(0)):.2f}") for number, paid in rows)


def unexpected_in(sent: Sent) -> int:
    """Return how many claims of known price were allowed another amount than expected."""
    rows = sent.office.db.rows(
        "SELECT expected, allowed FROM store_claimcard WHERE expected IS NOT NULL"
    )
    assert rows, "no claim has a price"
    return sum(expected != allowed for expected, allowed in rows)


def measure(count: int) -> dict[str, Round]:
    """Return both rounds: a payer who pays all, and one as payers are."""
    return {"pays all": one_round(count, PAYS_ALL), "as payers are": one_round(count, MIXED)}


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--claims", type=int, default=CLAIMS)
    return asked


def main() -> None:
    """Print what came of both rounds."""
    for name, found in measure(parser().parse_args().claims).items():
        each = 1000 * found.cpu / found.claims
        print(
            f"{name}: {found.claims:,} claims, {found.answers:,} answers, {found.posted:,} entries "
            f"posted; {found.wrong} wrong, {found.unexpected} unexpected, {found.unbalanced} "
            f"unbalanced; {found.cpu:.1f} s CPU, {each:.1f} ms a claim"
        )


if __name__ == "__main__":
    main()
