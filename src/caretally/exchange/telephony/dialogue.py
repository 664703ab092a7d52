"""The engine of one call, told what happens and obeyed: stored first, then spoken.

A desk that fails keeps nobody from being brought: the first failure is kept for who runs the call,
and everything else is still done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from caretally.contacts.wellness_calls.actions import (
    SPOKEN,
    Action,
    Ask,
    Bridge,
    Page,
    RaiseAlert,
    Record,
    StopSpeaking,
)
from caretally.contacts.wellness_calls.engine import begin, step
from caretally.contacts.wellness_calls.events import Happening
from caretally.contacts.wellness_calls.log_lines import Fact, action_line, event_line, fact_line
from caretally.contacts.wellness_calls.packs import DISCLOSURE, Pack, Question
from caretally.contacts.wellness_calls.states import Callee, State
from caretally.exchange.telephony.bridging import Ladder
from caretally.exchange.telephony.desk_port import CallDesk, Rung
from caretally.exchange.telephony.mouth import Mouth


@dataclass(slots=True, kw_only=True)
class Dialogue:
    """A protocol that is led on a line.

    at_ms: now, of the call. asked_ms: when the open question became audible; None before that.
    must_be_heard: what is spoken now may not be interrupted. nobody: a rung where nobody stands.
    failure: what the desk raised first.
    """

    pack: Pack
    callee: Callee
    desk: CallDesk
    mouth: Mouth
    state: State = field(init=False)
    ladder: Ladder = field(init=False)
    events: list[Happening] = field(default_factory=list)
    at_ms: int = 0
    asked_ms: int | None = None
    must_be_heard: bool = False
    nobody: bool = False
    failure: Exception | None = None
    _rung: Rung | None = None
    _has_paged: bool = False

    def __post_init__(self) -> None:
        """Begin before it is picked up."""
        self.state = begin(self.callee)

    @property
    def question(self) -> Question | None:
        """The question that is open."""
        pending = self.state.pending
        return self.pack.question(pending.question) if pending else None

    async def happen(self, event: Happening) -> None:
        """Store an event, let the engine step, and do what it wants, in order."""
        self._ask_desk(self.desk.note, event_line(event))
        self.events.append(event)
        self.state, actions = step(self.pack, self.state, event)
        self._has_paged = False
        await self._do_all(actions)

    def note(self, what: str, staff: str = "", *, of: str = "") -> None:
        """Store a fact of the line."""
        self._ask_desk(
            self.desk.note, fact_line(Fact(what=what, at_ms=self.at_ms, of=of, staff=staff))
        )

    def look_for_acknowledgment(self) -> None:
        """Let the desk see whether somebody took the alert on; a click does not end the ladder."""
        self._ask_desk(self.desk.acknowledged)

    async def _do_all(self, actions: Sequence[Action]) -> None:
        for action in actions:
            self._ask_desk(self.desk.note, action_line(action, self.events[-1].at_ms))
            if isinstance(action, StopSpeaking):
                await self.mouth.stop()
                self.note("cleared")
            else:
                self._do(action)

    def _do(self, action: Action) -> None:
        if isinstance(action, RaiseAlert):
            self._ask_desk(self.desk.raise_alert, action, self.at_ms)
        elif isinstance(action, Page):
            self._page(action.rung, action.severity)
        elif isinstance(action, Bridge):
            self._ring(action)
        elif isinstance(action, Record):
            self._ask_desk(self.desk.recorded, action.what, action.of, self.at_ms)
        elif isinstance(action, SPOKEN):
            self._say(action)

    def _page(self, rung: int, severity: str) -> None:
        self._rung = self._ask_desk(self.desk.page, rung, severity, self.at_ms)
        self._has_paged = True

    def _ring(self, action: Bridge) -> None:
        """Ring who was paged; an urgent bridge pages nobody by itself, and asks who is first."""
        if not self._has_paged:
            self._page(1, action.severity)
        if self._rung is None or not self._rung.address:
            self.nobody = True
        else:
            self.ladder.ring(self._rung)

    def _say(self, action: Action) -> None:
        assert isinstance(action, SPOKEN)
        if isinstance(action, Ask):
            self.asked_ms = None
            question = self.question
            is_disclosure = question is not None and question.section == DISCLOSURE
            self.must_be_heard = is_disclosure and action.attempt == 1
        self.mouth.say(action.text)

    def _ask_desk(self, call: Callable[..., Any], *given: Any) -> Any:
        try:
            return call(*given)
        except Exception as failure:  # noqa: BLE001 - a patient waits, whatever the desk raises
            self.failure = self.failure or failure
            return None
