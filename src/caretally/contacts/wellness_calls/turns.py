"""One step while it is made: the state so far, and what is to be done, alerts first.

A turn is the only place that grows a state; the engine's rules speak through its verbs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from caretally.contacts.wellness_calls.actions import (
    FIRST,
    Action,
    Ask,
    Bridge,
    EndCall,
    Page,
    RaiseAlert,
    ReadBack,
    Record,
    Say,
)
from caretally.contacts.wellness_calls.conditions import Known
from caretally.contacts.wellness_calls.packs import (
    DISCLOSURE,
    EMERGENT,
    IDENTITY,
    RECORDING,
    ROUTINE,
    SEVERITIES,
    Pack,
    Question,
)
from caretally.contacts.wellness_calls.slots import NUMERIC, YES, Value
from caretally.contacts.wellness_calls.states import (
    ASKING,
    CONFIRMING,
    ENDED,
    WAITING,
    Doubt,
    Pending,
    Raised,
    State,
    Waiting,
)

HEALTH_SENTENCES = frozenset({"noted"})


@dataclass(slots=True)
class Turn:
    """A step that is being made."""

    pack: Pack
    state: State
    at_ms: int
    actions: list[Action] = field(default_factory=list)

    def change(self, **fields: Any) -> None:
        """Change the state."""
        self.state = replace(self.state, **fields)

    def finished(self) -> tuple[State, tuple[Action, ...]]:
        """Return the next state and what is to be done: alerts, pages and bridges before words."""
        rank = {kind: at for at, kind in enumerate(FIRST)}
        return self.state, tuple(sorted(self.actions, key=lambda a: rank.get(type(a), len(rank))))

    def say(self, sentence: str) -> None:
        """Speak a sentence of the pack."""
        text = self._filled(self.pack.says[sentence][self.state.callee.language])
        self.actions.append(
            Say(sentence=sentence, text=text, is_health=sentence in HEALTH_SENTENCES)
        )

    def record(self, what: str, of: str = "") -> None:
        """Write something down."""
        self.actions.append(Record(what=what, of=of))

    def raise_alert(self, flag: str, severity: str, *, is_confirmed: bool = True) -> None:
        """Write an alert; one of the same flag and no less severity is not written twice."""
        rank = SEVERITIES.index(severity)
        if any(
            each.flag == flag and SEVERITIES.index(each.severity) >= rank
            for each in self.state.raised
        ):
            return
        alert = RaiseAlert(
            flag=flag, severity=severity, section=self.state.section, is_confirmed=is_confirmed
        )
        self.actions.append(alert)
        raised = Raised(flag=flag, severity=severity, at_ms=self.at_ms)
        self.change(raised=(*self.state.raised, raised))

    def call_person(self, severity: str, sentence: str, *, resumes: bool = False) -> None:
        """Bring a person onto the line, and page where it is an emergency.

        resumes: the questions go on where nobody comes.
        """
        if self.state.waiting and self.state.waiting.severity == EMERGENT:
            return
        if severity == EMERGENT:
            self.actions.append(Page(rung=1, severity=severity))
        self.actions.append(Bridge(severity=severity))
        self.say(sentence)
        waiting = Waiting(severity=severity, since_ms=self.at_ms, resumes=resumes)
        self.change(phase=WAITING, waiting=waiting, doubt=None)

    def ask(self, question: Question, pending: Pending) -> None:
        """Ask a question."""
        said = question.prompt if pending.attempt == 1 else question.reprompt
        text = self._filled(said[self.state.callee.language], question.device)
        if pending.with_keys and question.slot.kind in NUMERIC:
            keys = self.pack.says["keys_only"][self.state.callee.language]
            text = f"{keys} {text}"
        self.change(phase=ASKING, pending=pending, section=question.section, doubt=None)
        self.actions.append(
            Ask(
                question=question.id, text=text, attempt=pending.attempt,
                with_keys=pending.with_keys, is_health=tells_health(question),
            )
        )  # fmt: skip

    def confirm(self, doubt: Doubt) -> None:
        """Ask once whether it is an emergency; its name is for whom we know."""
        question = next(
            (
                q
                for q in self.pack.questions
                for f, _ in self.pack.alarming(q.id)
                if f.id == doubt.flag
            ),
            None,
        )
        self.change(phase=CONFIRMING, doubt=doubt)
        language = self.state.callee.language
        may_name = self.state.is_verified and question is not None
        said = question.reprompt if may_name and question else self.pack.says["confirm"]
        self.actions.append(
            Ask(question=f"confirm:{doubt.flag}", text=self._filled(said[language]), attempt=1,
                is_health=may_name)
        )  # fmt: skip

    def read_back(self, question: Question, candidates: tuple[Value, Value]) -> None:
        """Offer two candidates."""
        said = (words_of(candidates[0], self.state), words_of(candidates[1], self.state))
        text = OFFERS[self.state.callee.language].format(*said)
        self.actions.append(ReadBack(question=question.id, text=text, candidates=said))

    def end(self, why: str, sentence: str = "") -> None:
        """Put the phone down; what nobody took over is paged first."""
        open_alert = self.state.open_severity not in {"", ROUTINE}
        if open_alert and not self.state.is_handed_over:
            self.actions.append(Page(rung=1, severity=self.state.open_severity))
            self.record("incident", f"ended_{why}")
        if sentence:
            self.say(sentence)
        self.actions.append(EndCall(why=why))
        self.change(phase=ENDED, ended=why, waiting=None, pending=None, doubt=None)

    @property
    def known(self) -> Known:
        """What red flags are judged by."""
        callee = self.state.callee
        limits = {name: each.value for name, each in self.pack.parameters.items()}
        return Known(
            answers=self.state.values, heard=self.state.heard, devices=callee.devices,
            baselines=callee.baselines, limits={**limits, **callee.limits},
        )  # fmt: skip

    @property
    def may_tell(self) -> bool:
        """Whether it is known who listens, and they were told who speaks."""
        return self.state.is_verified and self.state.values.get(RECORDING) == YES

    def _filled(self, text: str, device: str = "") -> str:
        """Return a sentence with its blanks filled."""
        callee = self.state.callee
        values = callee.devices.get(device, ())
        value = format(values[0].value.normalize(), "f") if values else ""
        return text.format(
            name=callee.name, practice=callee.practice, callback=callee.callback, value=value
        )


OFFERS = {
    "en": "I heard two things. For {0}, press 1 or say first. For {1}, press 2 or say second. "
    "For neither, press 3.",
    "es": "Oí dos cosas. Para {0}, presione 1 o diga primero. Para {1}, presione 2 o diga segundo. "
    "Si ninguno, presione 3.",
}
SEPARATORS = {"en": " over ", "es": " sobre "}


def words_of(value: Value, state: State) -> str:
    """Return a value as it is spoken."""
    if isinstance(value, tuple):
        numbers = [format(each, "f") for each in value]
        return SEPARATORS[state.callee.language].join(numbers)
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else value


def tells_health(question: Question) -> bool:
    """Tell whether asking a question tells something of somebody's health."""
    return question.section not in {IDENTITY, DISCLOSURE}
