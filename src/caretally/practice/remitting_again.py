"""Payments that came before in another file: the same answers under another envelope.

Clearinghouses and portals hand on one payment twice, each with control numbers of its own. What was
told before keeps its first place, and so the ids of its entries: it is posted once, and answers
that had no claim the first time can still find one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

from caretally.claims.answers import Remittance
from caretally.claims.balancing import AGAIN, Imbalance
from caretally.claims.x12.reading import read_file
from caretally.practice.office import Office
from caretally.practice.remitting_claims import stored_ids
from caretally.practice.remitting_entries import Place
from caretally.store.models import ExchangedFile

REMITTANCE = "835"
NOTHING = Decimal("0.00")
Told = tuple[Place, Remittance]


def told_before(office: Office, remittances: Sequence[Remittance], digest: bytes) -> list[Told]:
    """Return payments of the same trace numbers in files that came earlier, the earliest first."""
    traces = {each.trace for each in remittances}
    files = ExchangedFile.objects.using(office.db.alias).filter(
        practice__name=office.practice, kind=REMITTANCE
    )
    own = files.filter(digest=digest).values_list("pk", flat=True).first()
    rows = files.order_by("pk").values_list("pk", "says")
    wanted = [pk for pk, says in rows if (own is None or pk < own) and traces & traces_in(says)]
    return [each for pk in wanted for each in payments_of(files.get(pk=pk), traces)]


def traces_in(says: str) -> set[str]:
    """Return the trace numbers of the payments of a file, from what is kept of it."""
    return {str(each["trace"]) for each in json.loads(says).get("remittances", ())}


def payments_of(held: ExchangedFile, traces: set[str]) -> Iterator[Told]:
    """Yield the payments of a file that have one of some trace numbers."""
    digest = bytes(held.digest)
    for number, each in enumerate(read_file(bytes(held.body)).remittances, 1):
        if each.trace in traces:
            yield Place(digest=digest, remittance=number), each


def placed(
    office: Office, told: Remittance, place: Place, before: Sequence[Told]
) -> tuple[Place, tuple[Imbalance, ...]]:
    """Return the place under which a payment is posted, and why it may not be.

    before: payments that came earlier, the earliest first. Money that was posted under the same
    trace number, payer and date with other answers is not posted a second time: one of the two
    is wrong, and a person must say which.
    """
    alike = [each for each in before if is_one_payment(told, each[1])]
    same = next((where for where, other in alike if other == told), None)
    if same is not None:
        return same, ()
    names = [where.remittance_id for where, _ in alike if where.digest != place.digest]
    if told.paid == NOTHING or not stored_ids(office, names):
        return place, ()
    off = Imbalance(level=AGAIN, place=f"payment {told.trace}", expected=NOTHING, found=told.paid)
    return place, (off,)


def is_one_payment(one: Remittance, other: Remittance) -> bool:
    """Tell whether two advices tell of the same movement of money."""
    return (one.trace, one.payer_id, one.payer, one.paid_on, one.paid) == (
        other.trace, other.payer_id, other.payer, other.paid_on, other.paid,
    )  # fmt: skip
