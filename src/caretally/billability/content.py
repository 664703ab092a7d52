"""The content of a decision: what is kept of it, and the digest over all it was made from.

Two decisions of the same digest say the same, whoever made them and wherever: numbers that only
mean something beside other patients are left out.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

import msgspec

from caretally.billability.decision import Decision
from caretally.codes import PAYERS
from caretally.patient_months.facts import Facts

encode = msgspec.json.Encoder().encode


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
