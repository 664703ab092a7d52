"""Reads a file that came back: 999, 277CA or 835, whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from caretally.claims.answers import Acknowledged, Remittance
from caretally.claims.x12.acknowledgments import (
    KNOWN_277,
    KNOWN_999,
    interchange_told,
    read_277,
    read_999,
)
from caretally.claims.x12.remittances import read_835
from caretally.claims.x12.segments import refuse, shape, wrong
from caretally.claims.x12.transactions import Envelopes, Transaction
from caretally.claims.x12.values import Eyes
from caretally.errors import Problem

KINDS = {
    "999": ("999", "005010X231"),
    "277": ("277ca", "005010X214"),
    "835": ("835", "005010X221"),
}
"""What a transaction set is to us, and how the name of its guide begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interchange:
    """What a file says.

    kind: 999, 277ca or 835. controls: numbers of its interchanges. senders: who sent them. skipped:
    how many segments of which name are none we know; they were left out.
    """

    kind: str
    acknowledged: tuple[Acknowledged, ...] = ()
    remittances: tuple[Remittance, ...] = ()
    controls: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)


def read_file(body: bytes) -> Interchange:
    """Return what a file says, of all its interchanges and transaction sets.

    Raises:
        InputError: it is not X12, not whole, of another kind, or a value cannot be read; segment
            and element are named.
    """
    envelopes, eyes, kinds = Envelopes(body), Eyes(), set[str]()
    acknowledged: list[Acknowledged] = []
    remittances: list[Remittance] = []
    for transaction in envelopes.transactions():
        kinds.add(kind_of(transaction))
        if len(kinds) > 1:
            refuse(wrong(transaction.begin, 1, "a file of one kind"))
        for each in read_set(transaction, eyes, envelopes.skipped):
            if isinstance(each, Remittance):
                remittances.append(each)
            else:
                acknowledged.append(each)
    acknowledged += [interchange_told(note) for note in envelopes.notes]
    if not kinds and not envelopes.notes:
        refuse(Problem(where="file", found="no transaction set", expected="a 999, 277CA or 835"))
    eyes.finish()
    return Interchange(
        kind=kinds.pop() if kinds else "999",
        acknowledged=tuple(acknowledged),
        remittances=tuple(remittances),
        controls=tuple(envelopes.controls),
        senders=tuple(envelopes.senders),
        skipped=dict(sorted(envelopes.skipped.items())),
    )


def kind_of(transaction: Transaction) -> str:
    """Return what a transaction set is to us; one that is not ours to read is refused."""
    kind, version = KINDS.get(transaction.kind, ("", ""))
    if not kind:
        refuse(wrong(transaction.begin, 1, "999, 277 or 835"))
    if not (transaction.begin.get(3) or transaction.version).startswith(version):
        found = shape(transaction.begin.get(3) or transaction.version)
        refuse(wrong(transaction.begin, 3, f"{version}, here or in GS08", found))
    return kind


def read_set(
    transaction: Transaction, eyes: Eyes, skipped: Counter[str]
) -> Iterator[Acknowledged | Remittance]:
    """Yield what one transaction set says; what is wrong in it is with `eyes`."""
    if transaction.kind == "835":
        remittance = read_835(transaction, eyes, skipped)
        if remittance is not None:
            yield remittance
        return
    known, read = (KNOWN_999, read_999) if transaction.kind == "999" else (KNOWN_277, read_277)
    skipped.update(each.name for each in transaction.inside if each.name not in known)
    yield from read(transaction, eyes)
