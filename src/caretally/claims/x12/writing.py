"""Writes claims as an 837P file (005010X222A1): the same batch gives the same bytes.

What cannot be written is refused with claim and field, all problems at once; nothing is shortened,
guessed or left out in silence. Whether a claim should be sent is not asked here: that is for the
edits before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from caretally.claims.records import Batch, Claim, Sender
from caretally.claims.x12.characters import Pen
from caretally.claims.x12.claim_loops import claim_segments
from caretally.claims.x12.envelope import MOST_CONTROL, Envelope, sealed, segment, transaction
from caretally.claims.x12.party_loops import billing_loop, patient_loop, subscriber_loop

VERSION = "005010X222A1"
MOST_CLAIMS = 5_000
"""How many claims a transaction set may hold."""
MOST_OF_ONE = 100
"""How many claims may stand under one subscriber or dependent."""
Item = TypeVar("Item")


def write_837p(batch: Batch) -> bytes:
    """Return a file of claims.

    Raises:
        InputError: a value or a claim cannot be written; every problem is named.
    """
    pen = Pen(batch.name)
    check_batch(batch, pen)
    sender = batch.sender
    envelope = Envelope(
        group="HC",
        version=VERSION,
        sender=pen.mark(sender.submitter_id, "sender.submitter_id", 15),
        receiver=pen.mark(sender.receiver_id, "sender.receiver_id", 15),
        control=batch.control,
        made_at=batch.made_at,
        usage=sender.usage,
    )
    parties = sender_segments(sender, pen)
    # Receivers turn a longer transaction set away as a whole.
    portions = pieces(batch.claims, MOST_CLAIMS)
    sets = []
    for ordinal, claims in enumerate(portions, 1):
        named = str(batch.control) if len(portions) == 1 else f"{batch.control}-{ordinal}"
        made = f"{batch.made_at:%Y%m%d}", f"{batch.made_at:%H%M}"
        begin = segment("BHT", "0019", "00", named, *made, "CH")
        inside = [begin, *parties, *loops(claims, pen)]
        sets.append(transaction("837", f"{ordinal:04d}", VERSION, inside))
    pen.finish()
    return sealed(envelope, sets)


def check_batch(batch: Batch, pen: Pen) -> None:
    """Keep what is wrong with the file as a whole."""
    if not batch.claims:
        pen.refuse("claims", "none", "one or more")
    if not 1 <= batch.control <= MOST_CONTROL:
        pen.refuse("control", str(batch.control), f"1 to {MOST_CONTROL}")
    if batch.sender.usage not in ("P", "T"):
        pen.refuse("sender.usage", "another letter", "P or T")
    numbers = Counter(claim.control_number for claim in batch.claims)
    for number, times in numbers.items():
        if times > 1:
            pen.refuse("control_number", f"{number} {times} times", "each claim once")


def sender_segments(sender: Sender, pen: Pen) -> list[str]:
    """Return who sends the file and who takes it."""
    return [
        segment(
            "NM1", "41", "2", pen.words(sender.name, "sender.name", 60),
            *[""] * 4, "46", pen.mark(sender.submitter_id, "sender.submitter_id", 80),
        ),
        segment(
            "PER", "IC", pen.words(sender.contact, "sender.contact", 60),
            "TE", pen.mark(sender.phone, "sender.phone", 20),
        ),
        segment(
            "NM1", "40", "2", pen.words(sender.receiver_name, "sender.receiver_name", 60),
            *[""] * 4, "46", pen.mark(sender.receiver_id, "sender.receiver_id", 80),
        ),
    ]  # fmt: skip


def loops(claims: Sequence[Claim], pen: Pen) -> list[str]:
    """Return the levels of a transaction set: who bills, who is insured, who was cared for."""
    written: list[str] = []
    level = 0
    for of_provider in grouped(claims, lambda claim: claim.billing):
        level += 1
        provider = level
        pen.where = of_provider[0].claim
        written += billing_loop(of_provider[0].billing, level, pen)
        for of_subscriber in portions_of(of_provider, subscriber_of):
            level += 1
            subscriber = level
            written += subscriber_loop(of_subscriber[0], (level, provider), pen)
            if of_subscriber[0].patient is None:
                written += claims_of(of_subscriber, pen)
                continue
            for of_patient in portions_of(of_subscriber, dependent_of):
                level += 1
                written += patient_loop(of_patient[0], (level, subscriber), pen)
                written += claims_of(of_patient, pen)
    return written


def claims_of(claims: Iterable[Claim], pen: Pen) -> list[str]:
    """Return the claims of one person."""
    return [each for claim in claims for each in claim_segments(claim, pen)]


def subscriber_of(claim: Claim) -> Hashable:
    """Return what claims share that stand under one subscriber.

    A subscriber's own claims and those of dependents stand apart, so that no level holds both.
    """
    # Neither our own word for the payer nor what a dependent is to them is the subscriber's.
    return replace(claim.coverage, payer="", relationship=""), claim.patient is None


def dependent_of(claim: Claim) -> Hashable:
    """Return what claims share that stand under one dependent."""
    return claim.patient, claim.coverage.relationship


def grouped(claims: Sequence[Claim], key: Callable[[Claim], Hashable]) -> list[list[Claim]]:
    """Return claims by what they share, both in the order of first appearance."""
    found: dict[Hashable, list[Claim]] = {}
    for claim in claims:
        found.setdefault(key(claim), []).append(claim)
    return list(found.values())


def portions_of(claims: Sequence[Claim], key: Callable[[Claim], Hashable]) -> list[list[Claim]]:
    """Return claims by what they share, no more of them together than a level may hold."""
    return [part for each in grouped(claims, key) for part in pieces(each, MOST_OF_ONE)]


def pieces(items: Sequence[Item], most: int) -> list[list[Item]]:
    """Return items in their order, so many at a time."""
    return [list(items[at : at + most]) for at in range(0, len(items), most)]
