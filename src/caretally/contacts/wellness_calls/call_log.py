"""A call that is over, from its events alone: what was said when, and where it was waited.

Seconds come from the times of events. Ringing a person, long silences and the minutes before
identity are stretches of their own, so that nothing of them can be counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from caretally.contacts.wellness_calls.actions import SPOKEN, Action
from caretally.contacts.wellness_calls.engine import replay
from caretally.contacts.wellness_calls.events import (
    Answered,
    Happening,
    KeyPressed,
    NurseJoined,
    Silence,
    Spoken,
)
from caretally.contacts.wellness_calls.packs import Pack
from caretally.contacts.wellness_calls.states import WAITING, Callee, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One event and what it led to."""

    event: Happening
    state: State
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Milliseconds from the first to before the last. why: as an excluded leg of a contact."""

    from_ms: int
    to_ms: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLog:
    """A call with everything that happened in it.

    answered_at: when it was picked up; events are told from then.
    """

    pack: Pack
    callee: Callee
    answered_at: datetime
    moments: tuple[Moment, ...]

    @property
    def last(self) -> State:
        """How it ended."""
        return self.moments[-1].state

    @property
    def end_ms(self) -> int:
        """When it ended."""
        return self.moments[-1].event.at_ms

    @property
    def joined_ms(self) -> int | None:
        """When a person came onto the line; None where nobody did."""
        came = (each.event.at_ms for each in self.moments if isinstance(each.event, NurseJoined)
                and each.state.nurse)  # fmt: skip
        return next(came, None)

    @property
    def agent_end_ms(self) -> int:
        """When our part ended: with the call, or when a person came."""
        return self.end_ms if self.joined_ms is None else self.joined_ms

    def at(self, milliseconds: int) -> datetime:
        """Return the instant of a time of the call, whole seconds."""
        return self.answered_at + timedelta(seconds=milliseconds // 1000)

    def waits(self) -> list[Stretch]:
        """Return the stretches in which a person was rung."""
        found: list[Stretch] = []
        since: int | None = None
        for each in self.moments:
            if each.state.phase == WAITING and since is None:
                since = each.event.at_ms
            elif each.state.phase != WAITING and since is not None:
                found.append(Stretch(from_ms=since, to_ms=each.event.at_ms, why="transfer"))
                since = None
        if since is not None:
            found.append(Stretch(from_ms=since, to_ms=self.end_ms, why="transfer"))
        return found

    def silences(self, longer_than_ms: int) -> list[Stretch]:
        """Return the stretches without an answer that are longer than so much."""
        found, quiet_since = [], 0
        for each in self.moments:
            if isinstance(each.event, Silence) and each.event.at_ms - quiet_since > longer_than_ms:
                found.append(Stretch(from_ms=quiet_since, to_ms=each.event.at_ms, why="hold"))
            if speaks(each) or isinstance(each.event, Spoken | Answered | KeyPressed):
                quiet_since = each.event.at_ms
        return found

    def latencies(self) -> list[int]:
        """Return how long each answer took, in milliseconds; speaking into our words took none."""
        found: list[int] = []
        asked_ms: int | None = None
        for each in self.moments:
            if isinstance(each.event, Spoken):
                asked_ms = each.event.at_ms
            elif replies(each):
                began = each.event.at_ms - getattr(each.event, "speech_ms", 0)
                found.append(0 if asked_ms is None else max(began - asked_ms, 0))
                asked_ms = None
        return found

    def alternations(self) -> int:
        """Return how often the patient spoke or keyed after we had spoken."""
        count, have_spoken = 0, False
        for each in self.moments:
            if replies(each) and have_spoken:
                count, have_spoken = count + 1, False
            have_spoken = have_spoken or speaks(each)
        return count


def replies(moment: Moment) -> bool:
    """Tell whether the patient said or keyed something."""
    event = moment.event
    if isinstance(event, Answered):
        return any(text.strip() for text in event.hypotheses)
    return isinstance(event, KeyPressed)


def speaks(moment: Moment) -> bool:
    """Tell whether we said something."""
    return any(isinstance(each, SPOKEN) for each in moment.actions)


def call_log(
    pack: Pack, callee: Callee, events: tuple[Happening, ...], *, answered_at: datetime
) -> CallLog:
    """Return a call from its events."""
    steps = replay(pack, callee, events)
    moments = tuple(
        Moment(event=event, state=state, actions=actions)
        for event, (state, actions) in zip(events, steps, strict=True)
    )
    return CallLog(pack=pack, callee=callee, answered_at=answered_at, moments=moments)
