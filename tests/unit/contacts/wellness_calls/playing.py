"""Calls on a virtual clock: an invented patient, lines as at the terminal, what came of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from caretally.contacts.wellness_calls.actions import SPOKEN, Action, Ask, ReadBack, Say
from caretally.contacts.wellness_calls.call_log import CallLog, call_log
from caretally.contacts.wellness_calls.conditions import Measured
from caretally.contacts.wellness_calls.engine import begin, step
from caretally.contacts.wellness_calls.events import Happening, PickedUp, Spoken
from caretally.contacts.wellness_calls.packs import SECTIONS, Pack, Question
from caretally.contacts.wellness_calls.scripts import event_of
from caretally.contacts.wellness_calls.slots import NO, NUMERIC, YES, YES_NO
from caretally.contacts.wellness_calls.states import ASKING, Callee, State

ANSWERED_AT = datetime(2026, 3, 4, 16, tzinfo=UTC)
WELL = {"devices_work", "medicines_taken", "plan_followed", "low_salt", "measures", "weight_right",
        "upper_right", "saturation_right", "glucose_right", "identity_name",
        "recording_consent"}  # fmt: skip
"""Questions to which yes is the answer of somebody who is well."""
USUAL = {
    "identity_birth_year": "#1950", "pressure_told": "#118*76", "weight_told": "#182#",
    "saturation_told": "#95#", "glucose_told": "#110#", "reliever_puffs": "#2#",
    "new_symptoms": "#5", "feels": "#2", "why_missed": "#1", "anything_else": "#1",
}  # fmt: skip


def ada(**changes: Any) -> Callee:
    """Return an invented patient."""
    given: dict[str, Any] = {
        "name": "Ada", "birth_year": 1950, "practice": "Lakeside", "callback": "555 0100",
    }  # fmt: skip
    return Callee(**{**given, **changes})


def held(*values: str) -> tuple[Measured, ...]:
    """Return values of a device, newest first, a day apart."""
    return tuple(
        Measured(value=Decimal(each), hours_before=24 * day) for day, each in enumerate(values)
    )


@dataclass
class Playing:
    """A call that goes on."""

    pack: Pack
    callee: Callee = field(default_factory=ada)
    events: list[Happening] = field(default_factory=list)
    actions: list[tuple[Action, ...]] = field(default_factory=list)
    at_ms: int = 0

    def __post_init__(self) -> None:
        self.state: State = begin(self.callee)
        self.happen(PickedUp(at_ms=0))

    def happen(self, event: Happening) -> tuple[Action, ...]:
        self.state, done = step(self.pack, self.state, event)
        self.events.append(event)
        self.actions.append(done)
        self.at_ms = event.at_ms
        if any(isinstance(each, SPOKEN) for each in done):
            self.at_ms += 2_000
            self.events.append(Spoken(at_ms=self.at_ms))
        return done

    def say(self, *lines: str) -> tuple[Action, ...]:
        """Let lines happen; return what the last led to."""
        done: tuple[Action, ...] = ()
        for line in lines:
            done = self.happen(event_of(line, self.at_ms))
        return done

    @property
    def question(self) -> Question:
        assert self.state.pending is not None
        return self.pack.question(self.state.pending.question)

    def well(self) -> str:
        """Return what somebody who is well answers to the open question."""
        question = self.question
        if question.slot.kind == YES_NO:
            return YES if question.id in WELL else NO
        return USUAL[question.id]

    def reach(self, section: str) -> Playing:
        """Answer as somebody who is well until a section."""
        while self.state.phase == ASKING and (
            SECTIONS.index(self.question.section) < SECTIONS.index(section)
        ):
            self.say(self.well())
        assert self.question.section == section
        return self

    def until(self, question: str) -> Playing:
        """Answer as somebody who is well until a question."""
        while self.question.id != question:
            self.say(self.well())
        return self

    def finish(self) -> Playing:
        """Answer as somebody who is well to the end."""
        while self.state.phase == ASKING:
            self.say(self.well())
        return self

    def did(self, kind: type) -> list[Any]:
        return [each for done in self.actions for each in done if isinstance(each, kind)]

    def spoken(self) -> list[Say | Ask | ReadBack]:
        return [each for done in self.actions for each in done if isinstance(each, SPOKEN)]

    def log(self) -> CallLog:
        return call_log(self.pack, self.callee, tuple(self.events), answered_at=ANSWERED_AT)


def by_keys(question: Question, answer: str) -> str:
    """Return the keys for an answer."""
    assert question.slot.kind not in NUMERIC
    return "#" + next(key for key, meaning in question.keypad.items() if meaning == answer)
