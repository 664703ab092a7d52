"""What a packet tells of a call by an automated voice, from its record and nothing else.

Whoever wants to hear the call played again holds the log against the digest that stands here.
"""

from __future__ import annotations

from collections.abc import Iterator

from caretally.audit.packet_source import Source
from caretally.contacts.wellness_calls.record import HOW
from caretally.journal.entries import CallAnswer, CallEscalation, CallRecorded, EvidenceItem


def call_lines(source: Source, contact: str) -> Iterator[list[str]]:
    """Yield the lines about the call behind a conversation; none where there was no such call."""
    for entry in source.record.entries(CallRecorded):
        body = entry.body
        assert isinstance(body, CallRecorded)
        if body.contact == contact:
            yield from record_lines(source, body)
            yield ["Call record", entry.id]
        elif body.taken_over == contact:
            yield ["Took over", f"call {body.call}, whose record is entry {entry.id}"]


def record_lines(source: Source, body: CallRecorded) -> Iterator[list[str]]:
    """Yield what the record of a call says."""
    yield ["Call", f"{body.call}, ended: {words(body.outcome)}"]
    told = ", ".join(map(words, body.disclosures)) or "nothing"
    yield ["Told to the patient", told]
    yield from (["Answer", answer(source, each)] for each in body.answers)
    yield from (["To a person", escalation(source, each)] for each in body.escalations)
    yield from (["Two-way test", tested(each)] for each in body.evidence)
    verdict = "all hold" if body.creditable else "not creditable"
    yield ["Two-way", f"{verdict}, by {body.evidence_policy}"]
    agent = f"{body.ai_seconds} s of the agent that could be counted where a payer says so"
    yield ["Seconds apart", f"{agent}; {body.human_seconds} s of a person"]
    yield ["Made with", "; ".join((*body.models, f"carrier {body.carrier}"))]
    yield ["Protocol digest", body.protocol_digest]
    yield ["Log", f"{body.log_lines} lines, {body.log_digest}"]
    if body.readings:
        yield ["Readings read out", ", ".join(body.readings)]
    if body.audio_digest:
        yield ["Sound", body.audio_digest]


def answer(source: Source, each: CallAnswer) -> str:
    """Return an accepted answer: value, what made it certain, and what each recognizer wrote."""
    heard = f"; heard {' | '.join(each.heard)}" if any(each.heard) else ""
    sure = HOW.get(each.how, words(each.how))
    return f"{source.at(each.at)[11:]} {words(each.question)}: {each.value} ({sure}{heard})"


def escalation(source: Source, each: CallEscalation) -> str:
    """Return an escalation with its times."""
    times = (
        ("detected", each.detected_at), ("written", each.written_at), ("paged", each.paged_at),
        ("taken on", each.acknowledged_at), ("on the line", each.bridged_at),
    )  # fmt: skip
    said = ", ".join(f"{name} {source.at(at)[11:]}" for name, at in times if at is not None)
    who = f", {source.who(each.staff)}" if each.staff else ""
    return f"{words(each.flag)}, {each.severity}: {said}{who}; alert {each.alert}"


def tested(each: EvidenceItem) -> str:
    """Return a test of two-way talk: what it asks, what the call had."""
    met = "met" if each.met else "not met"
    return f"{words(each.name)}: asked {each.asked}, found {each.found}, {met}"


def words(name: str) -> str:
    """Return a name of the program in words."""
    return name.replace("_", " ")
