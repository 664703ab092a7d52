"""What becomes of a call: entries of the contract, made from the log by template, never free text.

Our seconds and those of the person who took over are two contacts. What the patient said stands as
slots; the words themselves stay in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from caretally.contacts.wellness_calls.actions import RaiseAlert, Record
from caretally.contacts.wellness_calls.call_log import CallLog
from caretally.contacts.wellness_calls.evidence import (
    STANDARD,
    Evidence,
    EvidencePolicy,
    evidence_of,
    excluded,
)
from caretally.contacts.wellness_calls.packs import TOPICS, Question
from caretally.contacts.wellness_calls.slots import Value
from caretally.contacts.wellness_calls.states import Accepted
from caretally.journal.entries import ContactAttempted, ContactHeld, ExcludedLeg, Finding
from caretally.journal.quantities import UNITS

HOW = {
    "both": "both recognizers agreed", "read_back": "chosen of two candidates", "keys": "keyed",
    "union": "heard by either recognizer", "confirmed": "asked again and clear",
}  # fmt: skip
OUTCOMES = {
    "voicemail": "voicemail", "wrong_person": "wrong_person", "not_verified": "wrong_person",
    "declined": "declined", "opted_out": "declined",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Under whose name a call is recorded.

    agent: staff id of the registered AI agent.
    """

    program: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """The entries of a call, with both clocks.

    bodies: of the entries. ai_seconds, human_seconds: how long each was on the line; they are never
    added up.
    """

    bodies: tuple[ContactHeld | ContactAttempted, ...]
    evidence: Evidence
    ai_seconds: int
    human_seconds: int


def record_of(log: CallLog, desk: Desk, policy: EvidencePolicy = STANDARD) -> CallRecord:
    """Return what a call leaves behind."""
    evidence = evidence_of(log, policy)
    own = held_by_agent(log, desk, evidence) if is_conversation(log) else attempted(log, desk)
    bodies: list[ContactHeld | ContactAttempted] = [own]
    human = 0
    if log.joined_ms is not None:
        bodies.append(held_by_person(log, desk))
        human = log.end_ms // 1000 - log.joined_ms // 1000
    return CallRecord(
        bodies=tuple(bodies), evidence=evidence, ai_seconds=log.agent_end_ms // 1000,
        human_seconds=human,
    )  # fmt: skip


def is_conversation(log: CallLog) -> bool:
    """Tell whether somebody who is known talked, and did not refuse; all else is an attempt."""
    why = {log.last.ended, log.last.goodbye}
    return log.last.is_verified and not why & {"declined", "wrong_person"}


def attempted(log: CallLog, desk: Desk) -> ContactAttempted:
    """Return the attempt that a call was; it holds nothing that was said."""
    return ContactAttempted(
        program=desk.program,
        mode="ai_telephone",
        outcome=OUTCOMES.get(log.last.ended, "no_answer"),
        start=log.at(0),
        end=log.at(log.agent_end_ms),
        performers=(desk.agent,),
    )


def held_by_agent(log: CallLog, desk: Desk, evidence: Evidence) -> ContactHeld:
    """Return our part of a conversation."""
    answered = list(clinical(log))
    topics = tuple(t for t in TOPICS if any(q.section == t for q, _ in answered)) or ("general",)
    return ContactHeld(
        program=desk.program,
        mode="ai_telephone",
        start=log.at(0),
        end=log.at(log.agent_end_ms),
        performers=(desk.agent,),
        spoke_with="patient",
        two_way=evidence.is_two_way,
        topics=topics,
        summary=summary(log, evidence),
        excluded=tuple(
            ExcludedLeg(start=log.at(each.from_ms), end=log.at(each.to_ms), why=each.why)
            for each in excluded(log)
            if each.from_ms // 1000 < each.to_ms // 1000
        ),
        findings=tuple(
            Finding(
                topic=topic,
                says=" ".join(says(log, q, a) for q, a in answered if q.section == topic),
            )
            for topic in topics
            if topic in TOPICS
        ),
        actions=tuple(escalations(log)),
        escalated_to=log.last.nurse or None,
        protocol=log.pack.label,
    )


def held_by_person(log: CallLog, desk: Desk) -> ContactHeld:
    """Return the part of the person who took over; what was talked about is theirs to write."""
    assert log.joined_ms is not None
    return ContactHeld(
        program=desk.program,
        mode="telephone",
        start=log.at(log.joined_ms),
        end=log.at(log.end_ms),
        performers=(log.last.nurse,),
        spoke_with="patient",
        two_way=True,
        topics=("general",),
        summary="Took over an automated call. Topics are to be completed by who took over.",
        protocol=log.pack.label,
    )


def clinical(log: CallLog) -> Iterator[tuple[Question, Accepted]]:
    """Yield the accepted answers about health, with their questions."""
    for answer in log.last.answers:
        question = log.pack.question(answer.question)
        if question.section in TOPICS:
            yield question, answer


def says(log: CallLog, question: Question, answer: Accepted) -> str:
    """Return one answer as a record tells it, with the value of a device that was read out."""
    device = log.pack.devices.get(question.device)
    held = log.callee.devices.get(question.device, ())
    read_out = ""
    if question.source == "device" and device and held:
        entry = f", reading {held[0].reading}" if held[0].reading else ""
        read_out = f" {number(held[0].value)} {UNITS[device.unit].says}{entry}"
    return f"{question.about}{read_out}: {told(question, answer.value)} ({HOW[answer.how]})."


def told(question: Question, value: Value) -> str:
    """Return a value in words, numbers with their unit."""
    if isinstance(value, tuple):
        unit = question.slot.parts[0].unit
        known = UNITS.get(unit)
        return f"{'/'.join(map(number, value))} {known.says if known else unit.strip('{}')}"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    return value.replace("_", " ")


def number(value: Decimal) -> str:
    """Return a number without an exponent."""
    return format(value, "f")


def escalations(log: CallLog) -> Iterator[str]:
    """Yield every alert, what was denied, and who came, with its second of the call."""
    for each in log.moments:
        at = f"{each.event.at_ms // 60_000}:{each.event.at_ms // 1000 % 60:02d}"
        for action in each.actions:
            if isinstance(action, RaiseAlert):
                sure = "" if action.is_confirmed else ", heard by one recognizer or in doubt"
                yield f"{at} alert {action.flag}, {action.severity}{sure}."
            elif isinstance(action, Record) and action.what in {"denied", "not_denied", "incident"}:
                yield f"{at} {action.what} {action.of}."
            elif isinstance(action, Record) and action.what == "nurse_joined":
                yield f"{at} a person took over."


def summary(log: CallLog, evidence: Evidence) -> str:
    """Return the summary, from slots and checks."""
    state = log.last
    verdict = (
        "two-way by all checks" if evidence.is_two_way
        else "not two-way: " + ", ".join(evidence.reasons)
    )  # fmt: skip
    return (
        f"Automated call, {log.pack.label}. Ended: {state.ended or state.phase}. "
        f"Answers about health: {len(list(clinical(log)))}, alerts: {len(state.raised)}. "
        f"Evidence {evidence.policy}: {verdict}; {evidence.creditable_seconds} s."
    )
