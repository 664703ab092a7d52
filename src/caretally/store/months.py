"""Patient-months as the journal has them now: worked out whole, and written where they changed.

A total is never added to. What stands here can be dropped and rebuilt to the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import msgspec

from caretally.billability.decide import Judge
from caretally.billability.decision import Decision
from caretally.clock import ServiceMonth
from caretally.codes import PAYERS
from caretally.patient_months.facts import Facts
from caretally.store.database import Database, grouped, insertion
from caretally.store.papers import papers
from caretally.store.reach import Reach
from caretally.store.shelf import Shelf
from caretally.store.streams import Book, Stream

encode = msgspec.json.Encoder().encode

CONTENT = (
    "digest", "payer", "policy", "management_seconds", "live_seconds", "ai_seconds",
    "chat_seconds", "qualifying_contacts", "data_days", "facts", "lines", "holds",
)  # fmt: skip
COLUMNS = ("practice_id", "stream_id", "patient", "month", "version", *CONTENT)
UPDATE = (
    f"UPDATE store_patientmonth SET version = version + 1, "  # noqa: S608 - own names
    f"{', '.join(f'{name} = %s' for name in CONTENT)} "
    "WHERE stream_id = %s AND month = %s AND digest <> %s"
)
INSERT = f"{insertion('store_patientmonth', COLUMNS)} ON CONFLICT DO NOTHING"


class Content(NamedTuple):
    """What is kept of a patient's month; facts, lines and holds are JSON."""

    digest: bytes
    payer: str | None
    policy: str
    management_seconds: int
    live_seconds: int
    ai_seconds: int
    chat_seconds: int
    qualifying_contacts: int
    data_days: int
    facts: str
    lines: str
    holds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What deciding needs beside a database: the rules made ready, and entries read before."""

    judge: Judge
    shelf: Shelf


def own_numbers(slot: Facts) -> Facts:
    """Return facts without numbers that only mean something beside other patients."""
    payer = min(len(PAYERS), slot.payer)
    return slot._replace(patient=0, zone=0, diagnosis_set=0, payer=payer)


def held_by(decision: Decision) -> list[str]:
    """Return the names of the holds, each once, in the order of the sheets."""
    if not decision.month.is_loaded:
        return ["rules_are_loaded"]
    names: dict[str, None] = {}
    for judged in decision.month.judged:
        plans = judged.verdict.plans
        if plans is None or plans.sheet.advisory:
            continue
        for step, outcome in zip(plans.own.steps, judged.verdict.outcomes, strict=True):
            if step.effect == "holds" and not outcome.holds:
                names[step.name] = None
        if judged.restriction is not None and judged.restricted is not None:
            names["has_payer_diagnosis"] = None
    return list(names)


def content_of(decision: Decision) -> Content:
    """Return what is kept of a decision; the digest is over everything it was made from."""
    month = decision.month
    facts = month.decided
    slots = encode([own_numbers(slot) for slot in month.slots])
    lines = encode([(*line.to_json().values(), line.at_risk) for line in decision.lines])
    holds = encode(held_by(decision))
    counted = encode(month.entries)
    words = encode([month.time_zone, month.payer, month.policy, month.rulebook.digest])
    return Content(
        sha256(b"\n".join((words, slots, counted, lines, holds))).digest(),
        month.payer,
        month.policy,
        facts.management_seconds,
        facts.live_seconds,
        facts.ai_seconds,
        facts.chat_seconds,
        facts.qualifying_contacts,
        facts.data_days,
        slots.decode(),
        lines.decode(),
        holds.decode(),
    )


def kept_months(db: Database, streams: Iterable[int]) -> Mapping[int, Sequence[str]]:
    """Return the months that are kept by stream."""
    sql = "SELECT stream_id, month FROM store_patientmonth WHERE stream_id IN ({})"
    return grouped(db.rows_in(sql, sorted(streams)))


def work_out(
    book: Book, desk: Desk, reaches: Sequence[tuple[Stream, Reach]]
) -> list[tuple[str, str]]:
    """Work out the patient-months reached, in the order of streams, and write what changed.

    Returns:
        Patient and month of those that changed.
    """
    kept = kept_months(book.db, [stream.id for stream, reach in reaches if reach.hangs_on_kept])
    changed: list[tuple[str, str]] = []
    for stream, reach in sorted(reaches, key=lambda each: each[0].id):
        chosen = [ServiceMonth.parse(name) for name in reach.chosen(kept.get(stream.id, ()))]
        if not chosen:
            continue
        known = papers(book, stream, desk.shelf, chosen)
        for month in chosen:
            name, content = str(month), content_of(known.decided(desk.judge, month))
            if write(book, stream, name, content):
                changed.append((known.own.patient, name))
    return changed


def write(book: Book, stream: Stream, name: str, content: Content) -> bool:
    """Write one patient-month where it is new or another than before; tells whether it was."""
    if book.db.run(UPDATE, *content, stream.id, name, content.digest):
        return True
    row = (book.number, stream.id, stream.patient, name, 1, *content)
    return book.db.run(INSERT, *row) > 0
