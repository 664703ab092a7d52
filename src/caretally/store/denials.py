"""Denials of a patient's claims as rows: a projection of the journal.

A row is a line, or a claim as a whole, of which a payer refused something. It is open until
somebody says what was done, or until a later answer pays; an answer that refuses anew opens it
again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from caretally.journal.answered import PAID, REVERSED, Answer, Answered, answered
from caretally.journal.entries import (
    ClaimDenied,
    ClaimPaid,
    ClaimPrepared,
    DenialWorked,
    Entry,
)
from caretally.store.alerts import in_force_of
from caretally.store.billing_tables import CLEARED, OPEN, WORKED
from caretally.store.database import Value, insertion
from caretally.store.shelf import Shelf
from caretally.store.streams import Book, Stream
from caretally.store.ties import Filed

OF_DENIALS = (ClaimPrepared, ClaimPaid, ClaimDenied, DenialWorked)
COLUMNS = (
    "practice_id", "stream_id", "patient", "month", "claim", "line", "code", "payer", "amount",
    "adjustments", "remarks", "answered_on", "state", "action", "worked_by",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Story:
    """What is on record of one claim: how it was made, what was answered, what was done.

    replies: with their place among the patient's entries.
    """

    prepared: ClaimPrepared | None = None
    replies: list[tuple[int, Entry, Answer]] = field(default_factory=list)
    worked: list[tuple[int, Entry, DenialWorked]] = field(default_factory=list)

    def lines(self) -> Mapping[str, Answered]:
        """Return how the lines stand after all answers."""
        return answered(answer for _, _, answer in self.replies)

    def code_of(self, each: Answered) -> tuple[str, str]:
        """Return code and date of service of a line, as they were asked for."""
        asked = self.prepared.lines if self.prepared else ()
        found = next((line for line in asked if line.line == each.line), None)
        if found is None:
            return each.code, ""
        return found.code, found.date_of_service.isoformat()


def told_of_denials(filed: Iterable[Filed]) -> set[int]:
    """Return the numbers of the streams in which something is said of claims and their answers."""
    return {each.stream for each in filed if isinstance(each.entry.body, OF_DENIALS)}


def stories_of(entries: Iterable[Entry]) -> dict[str, Story]:
    """Return what is on record of each claim, from a patient's entries in force."""
    found: dict[str, Story] = {}
    for place, entry in enumerate(entries):
        body = entry.body
        if isinstance(body, ClaimPrepared):
            found.setdefault(body.claim, Story()).prepared = body
        elif isinstance(body, ClaimPaid | ClaimDenied):
            found.setdefault(body.claim, Story()).replies.append((place, entry, body))
        elif isinstance(body, DenialWorked):
            found.setdefault(body.claim, Story()).worked.append((place, entry, body))
    return found


def write_denials(book: Book, shelf: Shelf, stream: Stream) -> None:
    """Write the denials of a patient as the journal has them; the practice is locked."""
    if stream.patient is None:
        return
    stories = stories_of(in_force_of(book, shelf, stream))
    book.db.run("DELETE FROM store_denial WHERE stream_id = %s", stream.id)
    rows = [
        row_of(book, stream, (claim, each), stories)
        for claim, story in stories.items()
        for each in story.lines().values()
        if each.was_denied
    ]
    # Another patient's claim of the same id would be no claim of ours; it must not stop a save.
    sql = insertion("store_denial", COLUMNS) + " ON CONFLICT DO NOTHING"
    for row in rows:
        book.db.run(sql, *row)


def row_of(
    book: Book, stream: Stream, denied: tuple[str, Answered], stories: Mapping[str, Story]
) -> tuple[Value, ...]:
    """Return the row of a line that was denied."""
    claim, each = denied
    story = stories[claim]
    _, entry, _ = story.replies[each.on]
    state, done = state_of(claim, each, stories)
    body = done.body if done is not None else None
    action = body.action if isinstance(body, DenialWorked) else ""
    why = [{"group": a.group, "carc": a.carc, "amount": a.amount} for a in each.why]
    prepared = story.prepared
    return (
        book.number, stream.id, stream.patient, prepared.month if prepared else "", claim,
        each.line, story.code_of(each)[0], prepared.payer if prepared else "", each.refused,
        json.dumps(why), json.dumps(list(each.remarks)), entry.at.date().isoformat(), state,
        action, done.actor if done is not None else "",
    )  # fmt: skip


def state_of(claim: str, each: Answered, stories: Mapping[str, Story]) -> tuple[str, Entry | None]:
    """Return how a denial stands, and the entry that says what was done last."""
    story = stories[claim]
    place = story.replies[each.on][0]
    done = [(at, entry) for at, entry, body in story.worked
            if body.line in {None, each.line} and at > place]  # fmt: skip
    last = max(done, key=lambda pair: pair[0])[1] if done else None
    if each.state in {PAID, REVERSED} or is_paid_by_another(claim, each, stories):
        return CLEARED, last
    return (WORKED if last is not None else OPEN), last


def is_paid_by_another(claim: str, each: Answered, stories: Mapping[str, Story]) -> bool:
    """Tell whether a claim that stands in for this one was paid for the same service."""
    wanted = stories[claim].code_of(each)
    return any(
        line.state == PAID and stories[name].code_of(line) == wanted
        for name in stand_ins(claim, stories)
        for line in stories[name].lines().values()
    )


def stand_ins(claim: str, stories: Mapping[str, Story]) -> set[str]:
    """Return the claims that stand in for one, and those that stand in for them."""
    found, new = {claim}, {claim}
    while new:
        made = ((name, story.prepared) for name, story in stories.items())
        new = {name for name, body in made if body is not None and body.replaces in found} - found
        found |= new
    return found - {claim}
