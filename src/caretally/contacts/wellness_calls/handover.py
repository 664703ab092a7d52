"""What a person who takes a call over is told, from slots and by template.

The announcement tells no name and nothing of health: it is heard by whoever picks up.
"""

from __future__ import annotations

from caretally.contacts.wellness_calls.packs import TOPICS, Pack
from caretally.contacts.wellness_calls.record import told
from caretally.contacts.wellness_calls.states import CONFIRMED, State

MOST_ANSWERS = 4
"""The last answers are told; the others stand on the page of the call."""
REASONS = {
    "asked_for_person": "the patient asked for a person",
    "not_understood": "answers were not understood",
    "fell_silent": "the patient fell silent",
    "engine_failed": "the program failed",
    "too_long": "the call took too long",
    "hung_up_in_doubt": "the patient hung up when asked whether it is an emergency",
}


def announcement(state: State) -> str:
    """Return what is said to whoever picks up."""
    severity = state.open_severity or "urgent"
    return (
        f"This is Caretally for {state.callee.practice}, with an {severity} call. "
        "Press 1 to take it, or 2 to decline."
    )


def briefing(pack: Pack, state: State) -> str:
    """Return what is told to who took the call."""
    callee = state.callee
    who = f"{callee.name}, {'identity verified' if state.is_verified else 'not verified'}."
    parts = [who, *_reasons(pack, state), *_answers(pack, state)]
    if state.ended:
        parts.append("The patient is no longer on the line. Please call back now.")
    else:
        parts.append("You are being connected; press 1 to skip this.")
    return " ".join(parts)


def _reasons(pack: Pack, state: State) -> list[str]:
    denied = " They denied it when asked again."
    return [
        f"{each.severity}: {_about(pack, each.flag)}.{denied if each.flag in state.denied else ''}"
        for each in sorted(state.raised, key=lambda raised: raised.severity != state.severity)
    ]


def _about(pack: Pack, flag: str) -> str:
    return REASONS.get(flag, flag.replace("_", " "))


def _answers(pack: Pack, state: State) -> list[str]:
    answered = [(pack.question(each.question), each) for each in state.answers]
    clinical = [(q, a) for q, a in answered if q.section in TOPICS and a.how != CONFIRMED]
    return [f"{q.about}: {told(q, a.value)}." for q, a in clinical[-MOST_ANSWERS:]]
