"""Plays a call at its desk without a telephone: events go in, alerts and pages come out for real.

What a call that was cut off still owes is done so, and so are drills and the demonstration. Words
are not spoken; they take the time in which they would be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from caretally.contacts.wellness_calls.actions import (
    SPOKEN,
    Action,
    Ask,
    Page,
    RaiseAlert,
    ReadBack,
    Record,
    Say,
)
from caretally.contacts.wellness_calls.engine import begin, step
from caretally.contacts.wellness_calls.events import Happening, HungUp, PickedUp, Spoken
from caretally.contacts.wellness_calls.log_lines import Begun, action_line, event_line
from caretally.contacts.wellness_calls.packs import Pack
from caretally.contacts.wellness_calls.scripts import event_of
from caretally.contacts.wellness_calls.states import State
from caretally.practice.call_desk import StoredDesk

SPEAKING_MS_A_WORD = 370


@dataclass(slots=True)
class Playing:
    """A call that goes on. at_ms: of the last event, or of the end of our words after it."""

    desk: StoredDesk
    pack: Pack
    state: State
    at_ms: int = 0

    def happen(self, event: Happening) -> tuple[Action, ...]:
        """Let something happen; returns what was done."""
        self.desk.note(event_line(event))
        self.state, actions = step(self.pack, self.state, event)
        self.at_ms = event.at_ms
        for action in actions:
            self.take(action, event.at_ms)
        return actions

    def take(self, action: Action, at_ms: int) -> None:
        """Do what can be done without a line: alerts, pages, what is recorded."""
        self.desk.note(action_line(action, at_ms))
        if isinstance(action, RaiseAlert):
            self.desk.raise_alert(action, at_ms)
        elif isinstance(action, Page):
            self.desk.page(action.rung, action.severity, at_ms)
        elif isinstance(action, Record):
            self.desk.recorded(action.what, action.of, at_ms)

    def speak(self, actions: tuple[Action, ...]) -> None:
        """Let the time go by in which words would be spoken."""
        words = sum(
            len(each.text.split()) for each in actions if isinstance(each, Say | Ask | ReadBack)
        )
        if words and not self.state.ended:
            self.at_ms += words * SPEAKING_MS_A_WORD
            self.desk.note(event_line(Spoken(at_ms=self.at_ms)))

    def say(self, line: str) -> tuple[Action, ...]:
        """Let a line of a script happen, and speak what follows."""
        actions = self.happen(event_of(line, self.at_ms))
        if any(isinstance(each, SPOKEN) for each in actions):
            self.speak(actions)
        return actions


def begin_playing(desk: StoredDesk, pack: Pack, begun: Begun, at: datetime) -> Playing:
    """Begin a call at its desk that is picked up at an instant."""
    desk.begin(begun)
    desk.picked_up(at)
    playing = Playing(desk=desk, pack=pack, state=begin(begun.callee))
    playing.speak(playing.happen(PickedUp(at_ms=0)))
    return playing


def play(playing: Playing, lines: Iterable[str]) -> None:
    """Play a script to its end; one that ends early hangs up."""
    for line in lines:
        if playing.state.ended:
            return
        playing.say(line)
    if not playing.state.ended:
        playing.happen(HungUp(at_ms=playing.at_ms))
