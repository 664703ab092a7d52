"""Plays the payer of a file of claims that left: what an invented one would answer.

For trying things out. The answers have the form of real ones and are booked as such by whoever
brings them in, so they belong into a demonstration or a practice made for tests.
"""

from __future__ import annotations

from caretally.claims.records import Batch
from caretally.clock import ServiceMonth
from caretally.errors import InputError, Problem
from caretally.practice.claim_files import X12, month_files, sender_of
from caretally.practice.claiming import bench, month_cards
from caretally.practice.office import Office
from caretally.synthetic.payers import USUAL, Answers, Habits, answer


def played(office: Office, month: ServiceMonth, *, seed: int, habits: Habits = USUAL) -> Answers:
    """Return the answers to the last 837P file of a month; nothing is stored.

    Raises:
        ForbiddenError: the caller may not handle claims.
        InputError: no such file has left.
    """
    return answer(last_batch(office, month), seed=seed, habits=habits)


def last_batch(office: Office, month: ServiceMonth) -> Batch:
    """Return what stands in the last 837P file of a month.

    Raises:
        InputError: none has left.
    """
    files = [file for file in month_files(office, month) if file.kind == X12]
    if not files:
        where, hint = f"claims of {month}", f"caretally claims export --month {month} writes one"
        raise InputError([Problem(where=where, found="no 837P file that left", hint=hint)])
    file, desk = files[0], bench(office, month)
    cards = [card for card in month_cards(office, month) if card.batch == file.name]
    claims = [desk.content(card.patient, card.claim) for card in cards]
    claims.sort(key=lambda claim: (claim.patient_id, claim.control_number))
    return Batch(
        name=file.name,
        control=int(file.control),
        made_at=file.made_at,
        sender=sender_of(office, usage="P"),
        claims=tuple(claims),
    )
