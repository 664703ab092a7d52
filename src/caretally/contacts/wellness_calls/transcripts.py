"""A call turn by turn, as people read it: what was said and heard, accepted, raised and done.

Made from the lines of a log, or from events that were never stored: a protocol that is tried reads
as a call that was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from caretally.contacts.wellness_calls.actions import (
    Action,
    Ask,
    Bridge,
    EndCall,
    Page,
    RaiseAlert,
    ReadBack,
    Record,
    Say,
    StopSpeaking,
)
from caretally.contacts.wellness_calls.call_log import CallLog, call_log
from caretally.contacts.wellness_calls.engine import begin, step
from caretally.contacts.wellness_calls.events import (
    Answered,
    Happening,
    HungUp,
    KeyPressed,
    NurseJoined,
    PickedUp,
    Spoken,
    Ticked,
)
from caretally.contacts.wellness_calls.log_lines import Begun, Done, Fact, Line, name_of
from caretally.contacts.wellness_calls.packs import Pack
from caretally.contacts.wellness_calls.record import HOW, told
from caretally.contacts.wellness_calls.scripts import event_of
from caretally.contacts.wellness_calls.states import Accepted, Callee

AGENT, PATIENT, KEYS, ALERT, DONE, NOTED, ENDED = (
    "agent", "patient", "keys", "alert", "done", "noted", "ended",
)  # fmt: skip
"""Kinds of rows: words of ours, words and keys of the patient, alerts, what was done and noted."""
SPEAKING_MS_A_WORD = 370
TOLD_BEFORE = ("nurse_joined", "interrupted")
"""What is recorded of an event that has a row of its own."""
WITHOUT_ROW = (Spoken, Ticked, PickedUp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that happened.

    heard: what each recognizer wrote. detail: what else there is to know of it.
    """

    at_ms: int
    kind: str
    says: str
    detail: str = ""
    heard: tuple[str, ...] = ()

    @property
    def at(self) -> str:
        """Its time in the call, as minutes and seconds."""
        return f"{self.at_ms // 60_000}:{self.at_ms // 1000 % 60:02d}"

    @property
    def agrees(self) -> bool:
        """Whether both recognizers wrote the same."""
        return len({each.strip().lower().rstrip(".") for each in self.heard}) < 2


def rows_of(lines: Iterable[Line], pack: Pack, log: CallLog | None) -> Iterator[Row]:
    """Yield the rows of a log; accepted values are told where the call could be played again."""
    accepted = accepted_of(log) if log is not None else {}
    for line in lines:
        if isinstance(line, Begun):
            yield Row(at_ms=0, kind=NOTED, says="dialed", detail=f"by {line.carrier}")
        elif isinstance(line, Done):
            if isinstance(line.action, Record) and line.action.what in TOLD_BEFORE:
                continue
            yield done_row(line, pack, accepted)
        elif isinstance(line, Fact):
            detail = " ".join(filter(None, (line.of.replace("_", " "), line.staff)))
            yield Row(at_ms=line.at_ms, kind=NOTED, says=line.what.replace("_", " "), detail=detail)
        elif not isinstance(line, WITHOUT_ROW):
            yield event_row(line)


def accepted_of(log: CallLog) -> Mapping[tuple[str, int], Accepted]:
    """Return the answers of a call by question and time."""
    return {(each.question, each.at_ms): each for each in log.last.answers}


def event_row(event: Happening) -> Row:
    """Return the row of an event."""
    if isinstance(event, Answered):
        first = next((each for each in event.hypotheses if each.strip()), "")
        return Row(
            at_ms=event.at_ms, kind=PATIENT, says=first or "(nothing was understood)",
            detail=f"{event.speech_ms / 1000:.1f} s of speech", heard=event.hypotheses,
        )  # fmt: skip
    if isinstance(event, KeyPressed):
        return Row(at_ms=event.at_ms, kind=KEYS, says=event.keys)
    staff = event.staff if isinstance(event, NurseJoined) else ""
    says = name_of(type(event)).replace("_", " ")
    return Row(at_ms=event.at_ms, kind=NOTED, says=says, detail=staff)


def done_row(done: Done, pack: Pack, accepted: Mapping[tuple[str, int], Accepted]) -> Row:
    """Return the row of an action."""
    action, at_ms = done.action, done.at_ms
    if isinstance(action, Say | Ask | ReadBack):
        return Row(at_ms=at_ms, kind=AGENT, says=action.text, detail=asked_words(action))
    if isinstance(action, RaiseAlert):
        sure = "" if action.is_confirmed else ", heard by one recognizer or in doubt"
        return Row(at_ms=at_ms, kind=ALERT, says=action.flag.replace("_", " "),
                   detail=f"{action.severity}{sure}")  # fmt: skip
    if isinstance(action, Page):
        return Row(at_ms=at_ms, kind=DONE, says=f"page rung {action.rung}", detail=action.severity)
    if isinstance(action, Bridge):
        return Row(at_ms=at_ms, kind=DONE, says="bring a person", detail=action.severity)
    if isinstance(action, StopSpeaking):
        return Row(at_ms=at_ms, kind=DONE, says="stop speaking")
    if isinstance(action, EndCall):
        return Row(at_ms=at_ms, kind=ENDED, says=action.why.replace("_", " "))
    return recorded_row(action, at_ms, (pack, accepted))


def asked_words(action: Say | Ask | ReadBack) -> str:
    """Return what a sentence is in the protocol."""
    if isinstance(action, Say):
        return action.sentence.replace("_", " ")
    if isinstance(action, ReadBack):
        return f"{action.question.replace('_', ' ')}, two candidates"
    again = f", attempt {action.attempt}" if action.attempt > 1 else ""
    keys = ", keypad only" if action.with_keys else ""
    return f"{action.question.replace('_', ' ')}{again}{keys}"


def recorded_row(
    action: Record, at_ms: int, known: tuple[Pack, Mapping[tuple[str, int], Accepted]]
) -> Row:
    """Return the row of what was written down, with the value of an accepted answer."""
    pack, accepted = known
    answer = accepted.get((action.of, at_ms))
    if action.what in {"accepted", "verified"} and answer is not None:
        value = told(pack.question(action.of), answer.value)
        return Row(at_ms=at_ms, kind=DONE, says=f"{action.of.replace('_', ' ')}: {value}",
                   detail=HOW[answer.how])  # fmt: skip
    of = action.of.replace("_", " ")
    return Row(at_ms=at_ms, kind=DONE, says=f"{action.what.replace('_', ' ')} {of}".rstrip())


def lines_of_log(log: CallLog) -> Iterator[Line]:
    """Yield the lines that a call would have left, had it been stored."""
    for each in log.moments:
        yield each.event
        yield from (Done(at_ms=each.event.at_ms, action=action) for action in each.actions)


def rehearsed(pack: Pack, callee: Callee, lines: Sequence[str]) -> tuple[Happening, ...]:
    """Return the events of a call that somebody plays in text; an end of lines hangs nobody up."""
    events: list[Happening] = []
    state, at_ms = begin(callee), 0

    def happen(event: Happening) -> None:
        nonlocal state, at_ms
        state, actions = step(pack, state, event)
        events.append(event)
        at_ms = event.at_ms + words_in(actions) * SPEAKING_MS_A_WORD
        if at_ms > event.at_ms and not state.ended:
            events.append(Spoken(at_ms=at_ms))

    happen(PickedUp(at_ms=0))
    for line in lines:
        if state.ended:
            break
        happen(event_of(line, at_ms))
    return tuple(events)


def words_in(actions: Iterable[Action]) -> int:
    """Return how many words are spoken."""
    return sum(len(each.text.split()) for each in actions if isinstance(each, Say | Ask | ReadBack))


def ended(events: tuple[Happening, ...], log: CallLog) -> tuple[Happening, ...]:
    """Return the events of a call with its end: one that goes on is hung up."""
    return events if log.last.ended else (*events, HungUp(at_ms=log.end_ms))


__all__ = [
    "AGENT", "ALERT", "DONE", "ENDED", "KEYS", "NOTED", "PATIENT", "Row", "call_log", "ended",
    "lines_of_log", "rehearsed", "rows_of",
]  # fmt: skip
