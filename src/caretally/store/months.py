"""Patient-months as the journal has them now: worked out whole, and written where they changed.

A total is never added to. What stands here can be dropped and rebuilt to the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import msgspec

from caretally.billability.decide import Judge, folded
from caretally.billability.decision import Decision
from caretally.clock import ServiceMonth
from caretally.codes import PAYERS
from caretally.patient_months.facts import Facts
from caretally.patient_months.rows import Record
from caretally.store.database import Database
from caretally.store.gathering import Chart, gather
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
    f"{', '.join(f'{name} = %s' for name in CONTENT)} WHERE stream_id = %s AND month = %s"
)


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


def decided(judge: Judge, record: Record, patient: str, month: ServiceMonth) -> Decision:
    """Return the decision on one patient of a record."""
    built = judge.build(record, month)
    out = folded(built.part)
    return judge.decide_patient(built, out, built.words.patients.index(patient), month, None)


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
    counted = encode(
        [(each.id, each.counted_seconds, each.live_seconds, each.reasons) for each in month.entries]
    )
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


def kept_months(db: Database, streams: Iterable[int]) -> dict[int, dict[str, bytes]]:
    """Return the months that are kept by stream, with the digests of their content."""
    rows = db.rows_in(
        "SELECT stream_id, month, digest FROM store_patientmonth WHERE stream_id IN ({})",
        sorted(streams),
    )
    found: dict[int, dict[str, bytes]] = {}
    for stream, month, digest in rows:
        found.setdefault(stream, {})[month] = bytes(digest)
    return found


def work_out(
    book: Book, desk: Desk, reaches: Sequence[tuple[Stream, Reach]]
) -> list[tuple[str, str]]:
    """Work out the patient-months reached, in the order of streams, and write what changed.

    Returns:
        Patient and month of those that changed.
    """
    kept = kept_months(book.db, [stream.id for stream, _ in reaches])
    changed: list[tuple[str, str]] = []
    for stream, reach in sorted(reaches, key=lambda each: each[0].id):
        months = kept.get(stream.id, {})
        chosen = [ServiceMonth.parse(name) for name in reach.chosen(months)]
        if not chosen:
            continue
        chart = gather(book, stream, desk.shelf, months=chosen)
        for name, content in contents(desk.judge, chart, chosen):
            if months.get(name) != content.digest:
                write(book, stream, (name, content), is_new=name not in months)
                changed.append((chart.patient, name))
    return changed


def contents(
    judge: Judge, chart: Chart, months: Iterable[ServiceMonth]
) -> Iterable[tuple[str, Content]]:
    """Yield months and what is to be kept of them."""
    for month in months:
        decision = decided(judge, chart.of_month(month), chart.patient, month)
        yield str(month), content_of(decision)


def write(book: Book, stream: Stream, month: tuple[str, Content], *, is_new: bool) -> None:
    """Write one patient-month."""
    name, content = month
    if is_new:
        book.db.insert(
            "store_patientmonth",
            COLUMNS,
            [(book.number, stream.id, stream.patient, name, 1, *content)],
        )
    else:
        book.db.run(UPDATE, *content, stream.id, name)
