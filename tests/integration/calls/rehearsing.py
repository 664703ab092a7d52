"""Calls on the memory carrier: an invented patient and staff by script, a desk that remembers.

Hearing is played by tagged sound, so that two ears may disagree; turns, dialogue, ladder and bridge
are those of real calls. Everything stands in one trace, in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from caretally.contacts.wellness_calls.actions import RaiseAlert
from caretally.contacts.wellness_calls.packs import Pack, Question
from caretally.contacts.wellness_calls.slots import YES, YES_NO
from caretally.contacts.wellness_calls.states import Callee
from caretally.exchange.speech.ports import Recognizer, Voice
from caretally.exchange.telephony import virtual_time
from caretally.exchange.telephony.conductor import STANDARD, Conduct, Conducted, conduct
from caretally.exchange.telephony.desk_port import Rung
from caretally.exchange.telephony.memory import Household, MemoryCarrier
from caretally.exchange.telephony.mouth import KeptVoice
from caretally.exchange.telephony.scripted_people import Reply, ScriptedPerson
from caretally.exchange.telephony.tagged_sound import (
    LoudnessEar,
    Phrases,
    TaggedRecognizer,
    TaggedVoice,
    tag_of,
)
from caretally.exchange.telephony.turn_taker import Habits
from tests.unit.contacts.wellness_calls.playing import USUAL, WELL, ada

PATIENT = "patient"
NURSES = {1: Rung(staff="stf_rosa", address="rosa"), 2: Rung(staff="stf_tom", address="tom"),
          3: Rung(staff="stf_lin", address="lin")}  # fmt: skip
READ_BACK, AGAIN = "read_back", "again:"
QUICK_WORD_MS, QUICK_REPLY_MS = 20, 240
"""Our words are spoken so fast that a matrix of calls takes a minute."""


@dataclass(frozen=True, slots=True)
class Traced:
    """One thing that was done, in order of doing. at: seconds of the loop; at_ms: of the call."""

    kind: str
    what: str
    at: float
    at_ms: int = -1


@dataclass
class RememberingDesk:
    """Stores nothing and remembers everything.

    breaks: ports that raise.
    """

    nurses: Mapping[int, Rung]
    trace: list[Traced] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    alerts: list[RaiseAlert] = field(default_factory=list)
    breaks: frozenset[str] = frozenset()

    def _told(self, kind: str, what: str, at_ms: int = -1) -> None:
        if kind in self.breaks:
            raise OSError(kind)
        self.trace.append(Traced(kind, what, asyncio.get_running_loop().time(), at_ms))

    def note(self, line: str) -> None:
        self._told("note", line)
        self.lines.append(line)

    def raise_alert(self, alert: RaiseAlert, at_ms: int) -> str:
        self._told("alert", alert.flag, at_ms)
        self.alerts.append(alert)
        return f"alert_{len(self.alerts)}"

    def page(self, rung: int, severity: str, at_ms: int) -> Rung | None:
        self._told("page", f"{rung} {severity}", at_ms)
        return self.nurses.get(rung)

    def acknowledged(self) -> str | None:
        self._told("acknowledged", "")
        return None

    def recorded(self, what: str, of: str, at_ms: int) -> None:
        self._told("recorded", f"{what} {of}".strip(), at_ms)


def takes_the_call(sentence: str) -> Reply | None:
    """Press 1 at the announcement; talk a little with the patient after the briefing."""
    if sentence.startswith("This is Caretally"):
        return Reply(keys="1", into_ms=100)
    return Reply(hangs_up=True, after_ms=1_000)


def nobody_home(rings: Sequence[str] = ("rosa", "tom", "lin")) -> dict[str, Household]:
    """Return staff who never pick up."""
    return {each: Household(outcome="no_answer", ring_ms=90_000) for each in rings}


@dataclass
class Rehearsal:
    """One call, and what is special in it.

    at: by question or sentence what the patient does there instead, once each, in order; a question
    that is asked once more is "again:" and its name. ears, staff: the recognizers
    and who is on call, if others than usual. read_back: what they do when two numbers are offered.
    """

    pack: Pack
    callee: Callee = field(default_factory=ada)
    at: Mapping[str, Sequence[Reply]] = field(default_factory=dict)
    greeting: Reply | None = field(default_factory=lambda: Reply(said=("hello",)))
    by_keys: bool = False
    staff: Mapping[str, Household] = field(default_factory=dict)
    nurses: Mapping[int, Rung] = field(default_factory=lambda: NURSES)
    word_ms: int = QUICK_WORD_MS
    takes_ms: int = 570
    habits: Habits = STANDARD
    breaks: frozenset[str] = frozenset()
    phrases: Phrases = field(default_factory=Phrases)
    ears: tuple[Recognizer, ...] = ()
    voice: Voice | None = None
    read_back: Callable[[str], Reply] | None = None

    def __post_init__(self) -> None:
        self.left = {name: list(replies) for name, replies in self.at.items()}
        self.asked: list[str] = []
        self.desk = RememberingDesk(nurses=self.nurses, breaks=self.breaks)
        self.names = sentences_of(self.pack, self.callee)
        self.patient = ScriptedPerson(self.phrases, self.reply, greeting=self.greeting)

    def reply(self, sentence: str) -> Reply | None:
        """Do what the script says at a sentence, else what somebody who is well does."""
        name = self.names.get(sentence, READ_BACK if "two things" in sentence else sentence)
        self.asked.append(name)
        if name == READ_BACK and self.read_back is not None:
            return self.read_back(sentence)
        if self.left.get(name):
            return self.left[name].pop(0)
        asked = name.removeprefix(AGAIN)
        question = next((q for q in self.pack.questions if q.id == asked), None)
        return usual(question, by_keys=self.by_keys) if question else None

    def run(self) -> Rehearsed:
        """Lead the call on time that jumps."""
        return virtual_time.run(self._lead())

    async def _lead(self) -> Rehearsed:
        nurse = Household(person=lambda: ScriptedPerson(self.phrases, takes_the_call))
        people = {"rosa": nurse, "tom": nurse, "lin": nurse, **self.staff,
                  PATIENT: Household(person=lambda: self.patient)}  # fmt: skip
        carrier = MemoryCarrier(people, self._sent)
        leg = await carrier.dial(PATIENT, ring_seconds=30)
        self.answered_at = asyncio.get_running_loop().time()
        ears = self.ears or tuple(
            TaggedRecognizer(self.phrases, each, takes_ms=self.takes_ms) for each in (0, 1)
        )
        voice = self.voice or KeptVoice(TaggedVoice(self.phrases, word_ms=self.word_ms))
        call = Conduct(
            leg=leg, control=carrier, desk=self.desk, pack=self.pack, callee=self.callee,
            recognizers=ears, voice=voice, ear=LoudnessEar(), habits=self.habits,
        )  # fmt: skip
        ended = await conduct(call)
        return Rehearsed(self, ended, carrier.rung[1:])

    def _sent(self, address: str, pcm: bytes) -> None:
        tag = tag_of(pcm)
        said = self.phrases.heard(tag[0], 0) if tag else ""
        at = asyncio.get_running_loop().time()
        self.desk.trace.append(Traced(f"send {address}", said, at))


@dataclass
class Rehearsed:
    """A call that was led."""

    call: Rehearsal
    ended: Conducted
    rung: list[str]

    @property
    def trace(self) -> list[Traced]:
        return self.call.desk.trace

    @property
    def why(self) -> str:
        return self.ended.state.ended

    def kinds(self, kind: str) -> list[Traced]:
        return [each for each in self.trace if each.kind == kind]

    def flags(self) -> dict[str, str]:
        return {each.flag: each.severity for each in self.call.desk.alerts}

    def events(self, kind: type) -> list[Any]:
        return [each for each in self.ended.events if isinstance(each, kind)]


def sentences_of(pack: Pack, callee: Callee) -> dict[str, str]:
    """Return the name of every sentence of a protocol, as it is spoken to somebody."""
    found = {}
    keys = pack.says["keys_only"][callee.language]
    for question in pack.questions:
        first = filled(question.prompt[callee.language], callee, question.device)
        again = filled(question.reprompt[callee.language], callee, question.device)
        found[first] = found[f"{keys} {first}"] = question.id
        found[again] = found[f"{keys} {again}"] = AGAIN + question.id
    ids = {each.id for each in pack.questions}
    for name, said in pack.says.items():
        found[filled(said[callee.language], callee, "")] = f"says:{name}" if name in ids else name
    return found


def filled(text: str, callee: Callee, device: str) -> str:
    held = callee.devices.get(device, ())
    value = format(held[0].value.normalize(), "f") if held else ""
    return text.format(
        name=callee.name, practice=callee.practice, callback=callee.callback, value=value
    )


def usual(question: Question, *, by_keys: bool = False) -> Reply:
    """Return what somebody who is well does at a question."""
    if question.slot.kind != YES_NO:
        keys = USUAL[question.id].removeprefix("#")
        return Reply(keys=f"{keys}#", after_ms=QUICK_REPLY_MS)
    answer = YES if question.id in WELL else "no"
    if by_keys:
        return Reply(keys=next(k for k, meaning in question.keypad.items() if meaning == answer))
    return Reply(said=(answer,), after_ms=QUICK_REPLY_MS)
