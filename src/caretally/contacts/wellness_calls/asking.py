"""Which question comes next, what an answer leads to, and when an answer calls for a person."""

from __future__ import annotations

from caretally.contacts.wellness_calls.packs import (
    BIRTH_YEAR,
    EMERGENT,
    NAME,
    RECORDING,
    ROUTINE,
    SEVERITIES,
    TOPICS,
    URGENT,
    Question,
)
from caretally.contacts.wellness_calls.slots import CALL_BACK, FREE_TEXT, NO, WORDS, Value
from caretally.contacts.wellness_calls.states import Accepted, Pending
from caretally.contacts.wellness_calls.turns import Turn

MOST_MISMATCHES = 2


def accept(turn: Turn, question: Question, value: Value, how: str, heard: tuple[str, ...]) -> None:
    """Keep an answer, act on what it means, and go on."""
    if question.id == BIRTH_YEAR:
        _verify(turn, question, value, how)
        return
    # The name is no proof, and a refusal keeps nothing but itself.
    answer = Accepted(question=question.id, value=value, how=how, at_ms=turn.at_ms, heard=heard)
    turn.change(answers=(*turn.state.answers, answer), pending=None, silences=0, asides=0)
    turn.record("accepted", question.id)
    if question.id == NAME and value == NO:
        turn.end("wrong_person", "wrong_person")
    elif question.id == RECORDING and value == NO:
        turn.raise_alert("declined", ROUTINE)
        turn.end("declined", "declined")
    else:
        if question.slot.kind == FREE_TEXT and value in {WORDS, CALL_BACK}:
            turn.raise_alert("left_words" if value == WORDS else "call_back_wanted", ROUTINE)
        if not judge(turn):
            go_on(turn)


def _verify(turn: Turn, question: Question, value: Value, how: str) -> None:
    """Compare the year of birth; it is compared and not kept."""
    if isinstance(value, tuple) and value[0] == turn.state.callee.birth_year:
        answer = Accepted(
            question=question.id, value="matched", how=how, at_ms=turn.at_ms, heard=()
        )
        turn.change(
            answers=(*turn.state.answers, answer), is_verified=True, verified_ms=turn.at_ms,
            silences=0, asides=0,
        )  # fmt: skip
        turn.record("verified", question.id)
        go_on(turn)
        return
    turn.change(mismatches=turn.state.mismatches + 1)
    turn.record("mismatched", question.id)
    if turn.state.mismatches >= MOST_MISMATCHES:
        turn.raise_alert("not_verified", ROUTINE)
        turn.end("not_verified", "not_verified")
    else:
        turn.ask(question, Pending(question=question.id, attempt=2, with_keys=True))


def judge(turn: Turn) -> bool:
    """Raise every red flag that holds now, and call a person; tell whether one was called."""
    if not turn.may_tell:
        return False
    known = turn.known
    found = [
        flag for flag in turn.pack.flags
        if not turn.state.has_raised(flag.id) and flag.when.holds(known)
    ]  # fmt: skip
    for flag in found:
        turn.raise_alert(flag.id, flag.severity)
    if not found:
        return _call_as_owed(turn)
    worst = max(found, key=lambda flag: SEVERITIES.index(flag.severity))
    if worst.severity == ROUTINE:
        turn.say(worst.script)
        return _call_as_owed(turn)
    if worst.severity == URGENT and turn.state.is_handed_over:
        # Who could not come was told already, and calls back.
        turn.say("call_back")
        return False
    turn.call_person(worst.severity, worst.script, resumes=worst.severity != EMERGENT)
    return True


def _call_as_owed(turn: Turn) -> bool:
    """Call a person for what was said before it was known who speaks."""
    if turn.state.is_handed_over or turn.state.open_severity != URGENT:
        return False
    turn.call_person(URGENT, "urgent", resumes=True)
    return True


def go_on(turn: Turn) -> None:
    """Ask the next question, or close."""
    if turn.state.goodbye:
        turn.end(turn.state.goodbye)
        return
    question = next((each for each in turn.pack.questions if is_due(turn, each)), None)
    if question is None:
        turn.end("completed", "closing")
        return
    if question.section in TOPICS and turn.state.section not in TOPICS and judge(turn):
        turn.change(section=question.section)
        return
    turn.ask(question, Pending(question=question.id))


def is_due(turn: Turn, question: Question) -> bool:
    """Tell whether a question is still to be asked."""
    state = turn.state
    if question.id in state.values or question.id in state.skipped:
        return False
    is_held = bool(state.callee.devices.get(question.device))
    if question.asked in {"when_held", "when_missing"}:
        return is_held == (question.asked == "when_held")
    return not question.is_follow_up or question.id in led_to(turn)


def led_to(turn: Turn) -> frozenset[str]:
    """Return the follow-ups that answers lead to."""
    values = turn.state.values
    return frozenset(
        name
        for question in turn.pack.questions
        for follow in question.follow_ups
        if is_answer(values.get(question.id), follow.answer)
        for name in follow.questions
    )


def is_answer(value: Value | None, answer: str) -> bool:
    """Tell whether a value is, or holds, an answer."""
    return answer in value if isinstance(value, frozenset) else value == answer
