"""The protocol engine: one event in, the next state and what is to be done out. Pure; replayable.

What it will never do: speak before an alert is written, tell health before it is known who listens,
confirm a single guess, lower a severity, or leave a failure to itself. Every failure goes to a
person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from caretally.contacts.wellness_calls import asking, listening
from caretally.contacts.wellness_calls.actions import Action, Bridge, Page, StopSpeaking
from caretally.contacts.wellness_calls.events import (
    Answered,
    EngineFailed,
    Happening,
    HungUp,
    Interrupted,
    KeyPressed,
    MediaLost,
    NurseJoined,
    NurseUnavailable,
    Overheard,
    Silence,
    SpokeAtGoodbye,
    Spoken,
    Ticked,
    VoicemailDetected,
    WrongPerson,
)
from caretally.contacts.wellness_calls.packs import EMERGENT, ROUTINE, URGENT, Pack
from caretally.contacts.wellness_calls.states import (
    ASKING,
    BRIDGED,
    CONFIRMING,
    RINGING,
    WAITING,
    Callee,
    State,
    Waiting,
)
from caretally.contacts.wellness_calls.symptoms import symptoms_in
from caretally.contacts.wellness_calls.turns import Turn

RUNG_MS, STILL_HERE_MS = 30_000, 60_000
"""How long a person has to come; how often the patient hears that we go on trying."""
LAST_RUNG = 3
MOST_TURNS = 150
LONGEST_MS = 20 * 60_000
"""A call beyond either goes to a person."""

Step = tuple[State, tuple[Action, ...]]


def begin(callee: Callee) -> State:
    """Return a call before it is picked up."""
    return State(callee=callee)


def step(pack: Pack, state: State, event: Happening) -> Step:
    """Return the state after an event, and what is to be done, in order."""
    if isinstance(event, Spoken) or bool(state.ended) != isinstance(event, SpokeAtGoodbye):
        return state, ()
    turn = Turn(pack, state, event.at_ms)
    if not isinstance(event, Ticked):
        turn.change(turns=state.turns + 1)
    if state.phase == RINGING:
        turn.change(phase=ASKING)
        if not isinstance(event, HungUp | VoicemailDetected | MediaLost | WrongPerson | Overheard):
            asking.go_on(turn)
    rule = RULES.get(type(event))
    if rule is not None:
        rule(turn, event)
    _bound(turn)
    return turn.finished()


def replay(pack: Pack, callee: Callee, events: Iterable[Happening]) -> list[Step]:
    """Return every step of a call from its events alone."""
    steps: list[Step] = []
    state = begin(callee)
    for event in events:
        steps.append(step(pack, state, event))
        state = steps[-1][0]
    return steps


def due_ms(state: State) -> int | None:
    """Return when the engine wants to be told the time next; None where it need not be."""
    waiting = state.waiting
    if waiting is None or state.ended:
        return None
    return waiting.told_ms + STILL_HERE_MS if waiting.told_ms else waiting.since_ms + RUNG_MS


def _bound(turn: Turn) -> None:
    """Hand a call over that goes on without end."""
    state = turn.state
    is_long = state.turns > MOST_TURNS or turn.at_ms > LONGEST_MS
    if is_long and state.phase in {ASKING, CONFIRMING}:
        turn.raise_alert("too_long", URGENT)
        turn.call_person(URGENT, "person")


def _interrupted(turn: Turn, event: Happening) -> None:
    turn.actions.append(StopSpeaking())
    turn.record("interrupted")


def _hung_up(turn: Turn, event: Happening) -> None:
    """Nobody on the line: what was in doubt is taken for true."""
    if turn.state.doubt is not None:
        turn.raise_alert("hung_up_in_doubt", EMERGENT)
    if turn.state.phase == BRIDGED:
        turn.end("handed_over")
    else:
        turn.end("hung_up" if turn.state.answers else "no_answer")


def _voicemail(turn: Turn, event: Happening) -> None:
    """Leave a name and a number and nothing else; a machine after a person is a fault."""
    if turn.state.phase in {WAITING, BRIDGED}:
        # The ear for machines errs; nobody who waits for a person is hung up on for it.
        turn.record("voicemail_suspected")
    elif turn.state.is_verified:
        _failed(turn, EngineFailed(at_ms=turn.at_ms, what="voicemail"))
    else:
        turn.end("voicemail", "voicemail")


def _wrong_person(turn: Turn, event: Happening) -> None:
    if turn.state.phase == BRIDGED:
        return
    if turn.state.is_verified:
        turn.raise_alert("wrong_person_after_identity", ROUTINE)
    if turn.state.phase != WAITING:
        turn.end("wrong_person", "wrong_person")


def _failed(turn: Turn, event: Happening) -> None:
    """A part of the machine failed: a person takes over."""
    if turn.state.phase == BRIDGED:
        return
    severity = EMERGENT if turn.state.doubt else URGENT
    turn.raise_alert("engine_failed", severity)
    if turn.state.phase != WAITING or severity == EMERGENT:
        turn.call_person(severity, "person")


def _media_lost(turn: Turn, event: Happening) -> None:
    """Nothing can be heard or said: a person calls back."""
    if turn.state.phase == BRIDGED:
        turn.end("handed_over")
        return
    turn.raise_alert("media_lost", EMERGENT if turn.state.doubt else URGENT)
    turn.end("media_lost")


def _nurse_joined(turn: Turn, event: Happening) -> None:
    assert isinstance(event, NurseJoined)
    if turn.state.phase != WAITING:
        return
    turn.record("nurse_joined", event.staff)
    turn.change(phase=BRIDGED, waiting=None, nurse=event.staff, is_handed_over=True, pending=None)


def _nurse_unavailable(turn: Turn, event: Happening) -> None:
    if turn.state.waiting is not None:
        _climb(turn)


def _ticked(turn: Turn, event: Happening) -> None:
    """Climb the ladder when a person had their time, and tell the patient that we go on."""
    waiting = turn.state.waiting
    if waiting is None:
        return
    if waiting.told_ms:
        if turn.at_ms - waiting.told_ms >= STILL_HERE_MS:
            turn.actions += [
                Page(rung=LAST_RUNG, severity=waiting.severity), Bridge(severity=waiting.severity),
            ]  # fmt: skip
            turn.say("still_here")
            turn.change(waiting=_moved(turn, rung=LAST_RUNG, told_ms=turn.at_ms))
    elif turn.at_ms - waiting.since_ms >= RUNG_MS:
        _climb(turn)


def _moved(turn: Turn, *, rung: int, told_ms: int) -> Waiting:
    waiting = turn.state.waiting
    assert waiting is not None
    return replace(waiting, rung=rung, since_ms=turn.at_ms, told_ms=told_ms)


def _climb(turn: Turn) -> None:
    """Call the next person; after the last one tell the patient, and keep the line."""
    waiting = turn.state.waiting
    assert waiting is not None
    if waiting.told_ms:
        return
    if waiting.severity != EMERGENT:
        _nobody_for_urgent(turn, resumes=waiting.resumes)
    elif waiting.rung < LAST_RUNG:
        turn.actions += [
            Page(rung=waiting.rung + 1, severity=EMERGENT), Bridge(severity=EMERGENT),
        ]  # fmt: skip
        turn.change(waiting=_moved(turn, rung=waiting.rung + 1, told_ms=0))
    else:
        turn.record("incident", "nobody_answered")
        turn.say("nobody")
        turn.change(waiting=_moved(turn, rung=LAST_RUNG, told_ms=max(turn.at_ms, 1)))


def _nobody_for_urgent(turn: Turn, *, resumes: bool) -> None:
    """Page, say that somebody calls back, and go on with the questions where that makes sense."""
    turn.actions.append(Page(rung=1, severity=URGENT))
    turn.change(waiting=None, is_handed_over=True)
    if resumes:
        turn.say("call_back")
        asking.go_on(turn)
    else:
        turn.end("call_back", "call_back")


def _overheard(turn: Turn, event: Happening) -> None:
    """Screen words; after a greeting ask who is there, because a hello answers no question."""
    assert isinstance(event, Overheard)
    if turn.state.phase == BRIDGED:
        return
    is_taken = listening.screened(turn, event.hypotheses)
    if not is_taken and turn.state.phase == ASKING and turn.state.pending is None:
        asking.go_on(turn)


def _at_goodbye(turn: Turn, event: Happening) -> None:
    """Take the call up again where what was said calls for a person; else it stays ended."""
    assert isinstance(event, SpokeAtGoodbye)
    before = turn.state
    if before.ended == "opted_out" and not any(map(symptoms_in, event.hypotheses)):
        return
    turn.change(phase=ASKING, ended="", goodbye=before.ended)
    if listening.screened(turn, event.hypotheses):
        return
    turn.change(phase=before.phase, ended=before.ended)
    if turn.state.open_severity not in {before.open_severity, ROUTINE}:
        turn.actions.append(Page(rung=1, severity=turn.state.open_severity))


RULES: dict[type, Callable[[Turn, Happening], None]] = {
    Overheard: _overheard,
    Answered: listening.heard,
    SpokeAtGoodbye: _at_goodbye,
    KeyPressed: listening.keyed_in,
    Silence: listening.silent,
    Interrupted: _interrupted,
    HungUp: _hung_up,
    VoicemailDetected: _voicemail,
    WrongPerson: _wrong_person,
    EngineFailed: _failed,
    MediaLost: _media_lost,
    NurseJoined: _nurse_joined,
    NurseUnavailable: _nurse_unavailable,
    Ticked: _ticked,
}
"""What each event means."""
