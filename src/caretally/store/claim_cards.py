"""Claims of a patient as rows: a projection of the journal, worked out whole.

How a claim stands follows from its own entries and from the claims that stand in for it: what was
submitted is outdated or voided only by a claim that itself was submitted and not rejected.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from caretally.journal.answered import Answered, answered, cents
from caretally.journal.entries import (
    ClaimAcknowledged,
    ClaimDenied,
    ClaimPaid,
    ClaimPrepared,
    ClaimSubmitted,
    Entry,
)
from caretally.store.alerts import in_force_of
from caretally.store.billing_tables import (
    ACCEPTED,
    DENIED,
    OUTDATED,
    PAID,
    PARTIAL,
    PREPARED,
    REJECTED,
    REVERSED,
    SUBMITTED,
    VOIDED,
)
from caretally.store.database import Value, insertion
from caretally.store.shelf import Shelf
from caretally.store.streams import Book, Stream
from caretally.store.ties import Filed

OF_CLAIMS = (ClaimPrepared, ClaimSubmitted, ClaimAcknowledged, ClaimPaid, ClaimDenied)
COLUMNS = (
    "practice_id", "stream_id", "patient", "month", "claim", "control_number", "frequency",
    "replaces", "payer", "decisions", "codes", "state", "total", "expected", "allowed", "paid",
    "patient_share", "batch", "number", "prepared_on", "submitted_on", "answered_on", "says",
    "lines",
)  # fmt: skip
INSERT = f"{insertion('store_claimcard', COLUMNS)} ON CONFLICT DO NOTHING"
FIRST, VOID = "1", "8"
OF_CLAIM = "277ca"
"""The acknowledgment that is about single claims."""
ANSWERED = {"paid": PAID, "denied": DENIED, "reversed": REVERSED}


@dataclass(slots=True, kw_only=True)
class Told:
    """What was written down of one claim, in order."""

    prepared: ClaimPrepared
    prepared_on: str
    submitted: list[tuple[str, ClaimSubmitted]] = field(default_factory=list)
    acknowledged: list[ClaimAcknowledged] = field(default_factory=list)
    answers: list[ClaimPaid | ClaimDenied] = field(default_factory=list)
    answered_on: str = ""

    def own_state(self) -> str:
        """Return how the claim stands by itself."""
        if self.answers:
            return answered_state(answered(self.answers))
        word = self.last_word()
        if word is not None:
            return ACCEPTED if word.outcome == "accepted" else REJECTED
        return SUBMITTED if self.submitted else PREPARED

    def last_word(self) -> ClaimAcknowledged | None:
        """Return the acknowledgment that counts: of the claim before of its file, then the latest.

        A 999 that comes in after the 277CA takes nothing back of what that said.
        """
        of_claims = [each for each in self.acknowledged if each.source == OF_CLAIM]
        told = of_claims or self.acknowledged
        return told[-1] if told else None

    def number(self) -> str:
        """Return the payer's number of the claim, told last."""
        told = (each.payer_claim_number for each in (*self.acknowledged, *self.answers))
        return ([each for each in told if each] or [""])[-1]


def answered_state(lines: Mapping[str, Answered]) -> str:
    """Return how a claim stands whose lines were answered."""
    states = {each.state for each in lines.values()}
    return ANSWERED[states.pop()] if len(states) == 1 and states <= ANSWERED.keys() else PARTIAL


def told_of_claims(filed: Iterable[Filed]) -> set[int]:
    """Return the numbers of the streams in which something is said of claims, or corrected."""
    return {each.stream for each in filed if isinstance(each.entry.body, OF_CLAIMS)}


def claims_told(entries: Iterable[Entry]) -> dict[str, Told]:
    """Return what entries in force say of claims, by claim, in the order of preparation."""
    told: dict[str, Told] = {}
    own = [entry for entry in entries if isinstance(entry.body, OF_CLAIMS)]
    for entry in own:
        if isinstance(entry.body, ClaimPrepared):
            made = Told(prepared=entry.body, prepared_on=entry.at.date().isoformat())
            told.setdefault(entry.body.claim, made)
    for entry in own:
        body, on = entry.body, entry.at.date().isoformat()
        claim = told.get(body.claim) if isinstance(body, OF_CLAIMS) else None
        if claim is None:
            continue
        if isinstance(body, ClaimSubmitted):
            claim.submitted.append((on, body))
        elif isinstance(body, ClaimAcknowledged):
            claim.acknowledged.append(body)
        elif isinstance(body, ClaimPaid | ClaimDenied):
            claim.answers.append(body)
            claim.answered_on = max(claim.answered_on, on)
    return told


def states_of(told: Mapping[str, Told]) -> dict[str, str]:
    """Return how claims stand beside one another, by claim."""
    states = {name: each.own_state() for name, each in told.items()}
    own = dict(states)
    for name in taken_over(told):
        if own[name] in (PREPARED, REJECTED):
            states[name] = OUTDATED
    for name, each in told.items():
        old, frequency = each.prepared.replaces or "", each.prepared.frequency
        if old not in own:
            continue
        never_left = own[old] in (PREPARED, REJECTED)
        if frequency == FIRST and never_left:
            states[old] = OUTDATED
        elif frequency != FIRST and own[name] not in (PREPARED, REJECTED):
            states[old] = VOIDED if frequency == VOID else OUTDATED
    return states


def taken_over(told: Mapping[str, Told]) -> list[str]:
    """Return claims beside which a later one stands in for the same claim: only the last leaves."""
    found: list[str] = []
    last: dict[str, str] = {}
    for name, each in told.items():
        old = each.prepared.replaces
        if old and each.prepared.frequency != FIRST:
            if old in last:
                found.append(last[old])
            last[old] = name
    return found


def card_lines(told: Told, lines: Mapping[str, Answered]) -> list[dict[str, Value]]:
    """Return the service lines with what was asked and answered, in cents."""
    found: list[dict[str, Value]] = []
    for line in told.prepared.lines:
        answer = lines.get(line.line)
        found.append({
            "line": line.line, "code": line.code, "units": line.units,
            "on": line.date_of_service.isoformat(), "charge": cents(line.charge),
            "expected": None if line.expected is None else cents(line.expected),
            "allowed": answer.allowed if answer else 0, "paid": answer.paid if answer else 0,
            "share": answer.share if answer else 0,
        })  # fmt: skip
    return found


def row_of(book: Book, stream: Stream, told: Told, state: str) -> tuple[Value, ...]:
    """Return the row of a claim."""
    body, answers = told.prepared, answered(told.answers)
    expected = [line.expected for line in body.lines]
    submitted_on, submitted = told.submitted[-1] if told.submitted else ("", None)
    word = told.last_word()
    codes = word.codes if word is not None else ()
    return (
        book.number, stream.id, stream.patient, body.month, body.claim, body.control_number,
        body.frequency, body.replaces or "", body.payer, json.dumps(body.decisions),
        " ".join(dict.fromkeys(line.code for line in body.lines)), state, cents(body.total),
        None if None in expected else sum(cents(each) for each in expected if each),
        sum(each.allowed for each in answers.values()),
        sum(each.paid for each in answers.values()),
        sum(each.share for each in answers.values()), submitted.batch if submitted else "",
        told.number(), told.prepared_on, submitted_on, told.answered_on, " ".join(codes),
        json.dumps(card_lines(told, answers)),
    )  # fmt: skip


def write_claim_cards(book: Book, shelf: Shelf, stream: Stream) -> None:
    """Write the claims of a patient as the journal has them; the practice is locked."""
    if stream.patient is None:
        return
    told = claims_told(in_force_of(book, shelf, stream))
    states = states_of(told)
    book.db.run("DELETE FROM store_claimcard WHERE stream_id = %s", stream.id)
    for name, each in told.items():
        book.db.run(INSERT, *row_of(book, stream, each, states[name]))


def has_claims(entries: Iterable[Entry]) -> bool:
    """Tell whether anything is said of claims."""
    return any(isinstance(entry.body, OF_CLAIMS) for entry in entries)
