"""Every red flag in every phase, as calls to be rehearsed; for the tests and for the benchmark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from caretally.contacts.wellness_calls.conditions import AnswerIs, Heard, sufficient
from caretally.contacts.wellness_calls.events import NurseJoined
from caretally.contacts.wellness_calls.pack_reader import NAMES, installed
from caretally.contacts.wellness_calls.packs import (
    EMERGENT,
    ROUTINE,
    URGENT,
    Pack,
    Question,
    RedFlag,
)
from caretally.exchange.telephony.memory import Household
from tests.integration.calls.rehearsing import (
    AGAIN,
    PATIENT,
    Rehearsal,
    Rehearsed,
    Reply,
)
from tests.unit.contacts.wellness_calls.playing import ada, by_keys, held

CRIES = {
    "chest_pain": "I have chest pain",
    "breathless_at_rest": "I can't breathe",
    "stroke_signs": "my face is drooping",
    "fainted_or_confused": "I just passed out",
    "fall_injury": "I fell and hit my head",
    "allergic_swelling": "my tongue is swelling",
    "self_harm": "I want to kill myself",
    "asked_for_help": "help me please",
    "pink_froth": "I am coughing up pink foam",
    "blood_in_sputum": "I am coughing up blood",
    "swelling": "my ankles are swollen",
    "dizziness": "I am so dizzy",
    "vomiting": "I keep vomiting",
}
"""Words by flag; a test demands one for each flag that hearing alone raises."""
OFF_TOPIC = "the weather is nice"
BOTH, FIRST, SECOND = "both ears", "first ear", "second ear"
EARS = (BOTH, FIRST, SECOND)
PICKED_UP, WAITING, GOODBYE = "picked up", "waiting for a nurse", "goodbye"
PHASES = {
    PICKED_UP: "", "before identity": "identity_name", "identity": "identity_birth_year",
    "disclosure": "recording_consent", "device data": "", "symptoms": "fall_injury",
    "medication": "medicines_taken", "closing": "anything_else", WAITING: "person",
    GOODBYE: "closing",
}  # fmt: skip
"""By phase the question or the sentence at which somebody cries out."""
HARMLESS = {"weight": "182", "systolic": "118", "saturation": "95", "glucose": "110"}


@dataclass(frozen=True)
class Case:
    """Words for one flag, in one phase, heard by some ears."""

    pack: Pack
    flag: RedFlag
    phase: str
    ears: str

    @property
    def name(self) -> str:
        return f"{self.pack.name}, {self.flag.id}, {self.phase}, {self.ears}"

    @property
    def words(self) -> tuple[str, str]:
        cry = CRIES[self.flag.id]
        return {BOTH: (cry, cry), FIRST: (cry, OFF_TOPIC), SECOND: (OFF_TOPIC, cry)}[self.ears]

    def rehearsal(self) -> Rehearsal:
        """Return the call: the cry in its phase, and a yes where it is asked about once more."""
        cry, yes = Reply(said=self.words), Reply(said=("yes",))
        at = {"confirm": [yes], **{AGAIN + each.id: [yes] for each in self.pack.questions}}
        staff = {}
        greeting = Reply(said=("hello",), after_ms=200)
        if self.phase == PICKED_UP:
            greeting = Reply(said=self.words, after_ms=200)
        elif self.phase == WAITING:
            at["recording_consent"] = [Reply(said=("yes",))]
            at["medicines_taken"] = [Reply(said=("get me a person",))]
            staff = slow_nurse()
            at["person"] = [cry]
        elif self.phase == "device data":
            at[first_of(self.pack, "device_data").id] = [cry]
        else:
            into = 100 if self.phase == GOODBYE else None
            at[PHASES[self.phase]] = [Reply(said=self.words, into_ms=into)]
        return Rehearsal(self.pack, at=at, greeting=greeting, staff=staff)


def slow_nurse() -> dict[str, Household]:
    """Return a first nurse who does not come to the phone, and is rung meanwhile."""
    return {"rosa": Household(ring_ms=12_000, outcome="no_answer")}


def first_of(pack: Pack, section: str) -> Question:
    """Return the first question of a section that is asked of somebody without devices."""
    found = (q for q in pack.questions if q.section == section and q.asked != "when_held")
    return next(q for q in found if not q.is_follow_up)


def spoken_flags(pack: Pack) -> list[RedFlag]:
    """Return the flags that words alone raise."""
    return [each for each in pack.flags if any(isinstance(s, Heard) for s in sufficient(each.when))]


def cases() -> Iterator[Case]:
    """Yield every flag that words raise, in every phase, by both ears and by each alone."""
    for pack in map(installed, NAMES):
        for flag in spoken_flags(pack):
            for phase in PHASES:
                yield from (Case(pack, flag, phase, ears) for ears in EARS)


@dataclass(frozen=True)
class Told:
    """A flag that an answer or a device raises."""

    pack: Pack
    flag: RedFlag
    at: Mapping[str, Reply]
    devices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.pack.name}, {self.flag.id}, {' '.join(self.at) or 'device'}"

    def rehearsal(self) -> Rehearsal:
        """Return the call."""
        values = {name: held(*given) for name, given in self.devices.items()}
        at = {name: [reply] for name, reply in self.at.items()}
        # Who comes for the first answer takes the call over; the second is heard if nobody came.
        staff = {"rosa": Household(outcome="busy", ring_ms=500)} if len(at) > 1 else {}
        return Rehearsal(self.pack, callee=ada(devices=values), at=at, staff=staff)


DEVICES = (
    ("heart_failure", "weight_day", {"weight": ("185", "182")}),
    ("heart_failure", "weight_week", {"weight": ("187", "186", "185", "183", "182")}),
    ("hypertension", "crisis_pressure", {"systolic": ("181",)}),
    ("hypertension", "crisis_pressure", {"diastolic": ("121",)}),
    ("hypertension", "above_target", {"systolic": ("131",)}),
    ("copd", "saturation_low", {"saturation": ("88",)}),
    ("diabetes", "very_low", {"glucose": ("53",)}),
    ("diabetes", "low", {"glucose": ("69",)}),
    ("diabetes", "high", {"glucose": ("301",)}),
)
"""Flags that values of a device raise by themselves."""
KEYED = (
    ("hypertension", "crisis_pressure", {"pressure_told": "190*110#"}),
    ("hypertension", "above_target", {"pressure_told": "140*80#"}),
    ("hypertension", "crisis_with_symptoms", {"pressure_told": "190*110#", "chest_pain": "1"}),
    ("copd", "reliever_use", {"reliever_puffs": "12#"}),
    ("copd", "saturation_low", {"saturation_told": "85#"}),
    ("diabetes", "very_low", {"glucose_told": "50#"}),
    ("diabetes", "low", {"glucose_told": "65#"}),
    ("diabetes", "high", {"glucose_told": "310#"}),
    ("diabetes", "high_and_ill", {"glucose_told": "260#", "ill": "1"}),
)
"""Flags that numbers raise, or more than one answer."""
LEADS_TO = {"ketones": ("ill", "1")}
"""The answer after which a question is asked at all."""


def told() -> Iterator[Told]:
    """Yield every flag by each of its answers, and by its devices."""
    for name, flag, devices in DEVICES:
        yield Told(installed(name), named(name, flag), {}, devices)
    for name, flag, keys in KEYED:
        yield Told(installed(name), named(name, flag), {q: Reply(keys=k) for q, k in keys.items()})
    for pack in map(installed, NAMES):
        for flag in pack.flags:
            for single in sufficient(flag.when):
                if isinstance(single, AnswerIs):
                    yield answered(pack, flag, single)


def answered(pack: Pack, flag: RedFlag, single: AnswerIs) -> Told:
    """Return a call in which one answer raises a flag."""
    question = pack.question(single.question)
    keys = by_keys(question, single.answer).removeprefix("#")
    at = {question.id: Reply(keys=keys)}
    if question.id in LEADS_TO:
        first, key = LEADS_TO[question.id]
        at[first] = Reply(keys=key)
    devices = (
        {question.device: (HARMLESS[question.device],)} if question.asked == "when_held" else {}
    )
    return Told(pack, flag, at, devices)


def named(name: str, flag: str) -> RedFlag:
    """Return a flag of a protocol."""
    found = installed(name).flag(flag)
    assert found is not None
    return found


def wrongs(call: Rehearsed, flag: RedFlag) -> list[str]:
    """Return what is wrong in a call in which a flag must have been raised."""
    found = []
    if call.flags().get(flag.id) != flag.severity:
        found.append(f"{flag.id} was not raised, but {call.flags()}")
    # Urgent is a person now, else a page and a call back.
    is_paged = flag.severity == URGENT and f"1 {URGENT}" in [p.what for p in call.kinds("page")]
    will_call = is_paged and call.why in {"call_back", "completed"}
    if flag.severity != ROUTINE and not call.ended.state.nurse and not will_call:
        found.append(f"nobody came, {call.why}")
    if flag.severity == EMERGENT and not call.kinds("page"):
        found.append("nobody was paged")
    if call.ended.failure:
        found.append(f"the desk raised {call.ended.failure!r}")
    return found + spoken_before_stored(call)


def spoken_before_stored(call: Rehearsed) -> list[str]:
    """Return alerts before which, since what they follow from, a word was queued."""
    found, quiet = [], True
    for each in call.trace:
        if each.kind == "note" and each.what.startswith('{"event"'):
            quiet = True
        elif each.kind == f"send {PATIENT}":
            quiet = False
        elif each.kind == "alert" and not quiet:
            found.append(f"a word was queued before {each.what} was stored")
    return found


def latencies_ms(call: Rehearsed) -> list[int]:
    """Return for each alert how long after somebody stopped speaking it was stored."""
    found, stopped = [], None
    for each in call.trace:
        if each.kind == "note" and '"stopped_speaking"' in each.what:
            stopped = int(msgspec.json.decode(each.what)["of"].split("-")[1])
        elif each.kind == "alert" and stopped is not None:
            found.append(each.at_ms - stopped)
        elif each.kind == "note" and '"key_pressed"' in each.what:
            stopped = None
    return found


def to_person_ms(call: Rehearsed) -> int | None:
    """Return how long after its first alert a person was on the line."""
    alerts = [each.at_ms for each in call.kinds("alert")]
    joined = [each.at_ms for each in call.events(NurseJoined)]
    return joined[0] - alerts[0] if alerts and joined else None
