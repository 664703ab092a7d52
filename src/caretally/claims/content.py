"""A claim as canonical JSON, and back: what an entry keeps of it, to the byte."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import msgspec

from caretally.claims.records import Claim

ENCODE = msgspec.json.Encoder(order="sorted", decimal_format="string").encode


def text_of(claim: Claim) -> str:
    """Return a claim as canonical JSON."""
    return ENCODE(claim).decode()


def claim_of(text: str) -> Claim:
    """Return the claim in its JSON."""
    return msgspec.json.decode(text, type=Claim)


def same_content(one: Claim, other: Claim) -> bool:
    """Tell whether two claims ask for the same, whatever they are called."""
    return bare(one) == bare(other)


def bare(claim: Claim) -> Claim:
    """Return a claim without its names and without what follows from another claim."""
    lines = tuple(replace(line, line="") for line in claim.lines)
    return replace(
        claim, claim="", control_number="", frequency="1", replaces="", payer_claim_number="",
        decisions=(), lines=lines,
    )  # fmt: skip


def named(claim: Claim, again: str = "") -> Claim:
    """Return a claim with its id, control number and the control numbers of its lines.

    They follow from what is asked for, from the decisions, the frequency and the claim it stands in
    for, so that the same step again makes the same claim and a corrected one another.

    again: the claim of the same step that never came to be, where this one takes its place.
    """
    content = sha256(text_of(bare(claim)).encode()).hexdigest()
    words = (claim.patient_id, claim.month, *sorted(claim.decisions), claim.coverage.payer,
             claim.frequency, claim.replaces, content, *filter(None, [again]))  # fmt: skip
    digest = sha256("\n".join(words).encode()).hexdigest()
    control = "C" + digest[:15].upper()
    lines = tuple(
        replace(line, line=f"{control}L{number}") for number, line in enumerate(claim.lines, 1)
    )
    return replace(claim, claim=f"clm_{digest[:32]}", control_number=control, lines=lines)
