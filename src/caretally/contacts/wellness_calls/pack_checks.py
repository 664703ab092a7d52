"""What a protocol must hold to be spoken to a patient; each fault is told where it is written.

A red flag nobody asks for, a loose answer, a key that means two things, a question nobody reaches,
a voice that calls itself a nurse, health told before it is known who listens: none may be loaded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from caretally.contacts.wellness_calls.conditions import (
    AnswerCompares,
    AnswerIs,
    Heard,
    Limit,
    Single,
    singles,
)
from caretally.contacts.wellness_calls.pack_rows import ALWAYS, Placed
from caretally.contacts.wellness_calls.packs import (
    DISCLOSURE,
    EMERGENT,
    IDENTITY,
    NEEDED_QUESTIONS,
    NEEDED_SENTENCES,
    SECTIONS,
    SPOKEN_TO_ANYBODY,
    TOPICS,
    Device,
    Pack,
    Parameter,
    Question,
    RedFlag,
    Spoken,
)
from caretally.contacts.wellness_calls.slots import (
    FREE_TEXT,
    NOTHING,
    NUMERIC,
    OPT_OUT_KEY,
    PERSON_KEY,
    SYMPTOM_SET,
)
from caretally.contacts.wellness_calls.symptoms import SYMPTOMS, plain
from caretally.yaml_lines import Row

PLACEHOLDER = re.compile(r"\{(\w*)\}")
ANYBODY_MAY_HEAR = frozenset({"name", "practice", "callback"})
TITLES = re.compile(
    r"\b(?:i am|i'm|this is|my name is|you are speaking (?:with|to)|speaking|soy|le habla|habla)\b"
    r"(?! not\b)[^.?!]{0,40}\b(?:nurse|doctor|dr|physician|pharmacist|therapist|clinician|rn|lpn|np"
    r"|md|enfermer[oa]|doctora?|medic[oa]|farmaceutic[oa]|terapeuta)\b"
)
"""A voice that claims a licensed title."""
HEALTH = re.compile(
    r"\b(?:heart|blood|pressure|weigh\w*|diabet\w*|glucose|sugar|oxygen|copd|lungs?|breath\w*|pain"
    r"|symptoms?|medic(?:ation|ine)s?|pills?|reading|scale|cuff|monitor\w*|hypertension|condition"
    r"|corazon|sangre|presion|peso|azucar|oxigeno|pulmon\w*|respir\w*|dolor|sintomas?|medicinas?"
    r"|pastillas?|bascula|enfermedad)\b"
)
"""Words that tell somebody's health, or that somebody is watched for it."""
EMERGENCY_SCRIPTS = frozenset({"emergent", "nobody", "confirm"})


@dataclass(slots=True)
class Read:
    """The parts of a protocol with the rows they come from."""

    parameters: dict[str, Parameter] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    questions: list[Placed] = field(default_factory=list)
    flags: list[Placed] = field(default_factory=list)
    says: dict[str, Spoken] = field(default_factory=dict)


def check(pack: Pack, read: Read, own: Row) -> None:
    """Note everything that is wrong between the parts of a protocol."""
    _check_needed(pack, own)
    _check_ids(read)
    for placed in read.questions:
        if placed.question:
            _check_keys(placed.question, placed.row)
            _check_asking(pack, placed.question, placed.row)
            _check_words(pack, placed.question, placed.row)
            _check_follow_ups(pack, placed.question, placed.row)
    for placed in read.flags:
        if placed.flag:
            _check_flag(pack, placed.flag, placed.row)
    for name, said in pack.says.items():
        _check_sentence(name, said, own)


def _check_needed(pack: Pack, own: Row) -> None:
    sections = {each.id: each.section for each in pack.questions}
    for name, section in NEEDED_QUESTIONS.items():
        if sections.get(name) != section:
            own.refuse("questions", f"no {name} in {section}", f"the question {name} in {section}")
    for name in NEEDED_SENTENCES:
        if name not in pack.says:
            own.refuse("says", f"no sentence {name!r}", "every sentence a call may need")
    for section in SECTIONS:
        if section not in sections.values():
            own.refuse("questions", f"no question in {section}", "a question in every section")
    if not pack.version.strip():
        own.refuse("version", "none", "a version")
    if (pack.signed_by is None) != (pack.signed_on is None):
        own.refuse("signed_by", "half a signature", "who signed and when, or null for both")


def _check_ids(read: Read) -> None:
    placed = [(each.question.id if each.question else "", each.row) for each in read.questions]
    placed += [(f"flag {each.flag.id}" if each.flag else "", each.row) for each in read.flags]
    count = Counter(name for name, _ in placed)
    for name, row in placed:
        if count[name] > 1:
            row.refuse("id", f"{name!r} {count[name]} times", "every id once")


def _check_keys(question: Question, row: Row) -> None:
    """Every answer has its key, every key one answer, and 0 and 9 stay what they are."""
    if "keypad" not in row.written():
        row.refuse("keypad", "no keypad", "keys for every question: they are the exact way")
    slot, keys = question.slot, question.keypad
    if slot.kind in NUMERIC:
        if keys:
            row.refuse("keypad", "keys for a number", "digits")
        return
    if not keys and "keypad" in row.written():
        row.refuse("keypad", "no keys", "a key for every answer")
    wanted = {*slot.answers, *({NOTHING} if slot.kind == SYMPTOM_SET else ())}
    wanted -= {"words"} if slot.kind == FREE_TEXT else set()
    for key, answer in keys.items():
        if not (len(key) == 1 and key.isdigit()) or key in {PERSON_KEY, OPT_OUT_KEY}:
            row.refuse("keypad", f"the key {key!r}", "1 to 8: 0 is a person and 9 opts out")
        if answer not in wanted:
            row.refuse("keypad", f"the answer {answer!r}", "one of " + ", ".join(sorted(wanted)))
    for answer, count in Counter(keys.values()).items():
        if count > 1:
            row.refuse("keypad", f"{count} keys for {answer!r}", "one key for every answer")
    for answer in sorted(wanted - set(keys.values())):
        row.refuse("keypad", f"no key for {answer!r}", "a key for every answer")


def _check_asking(pack: Pack, question: Question, row: Row) -> None:
    if question.device and question.device not in pack.devices:
        row.refuse("device", repr(question.device), "a device of the protocol")
    if question.asked != ALWAYS and not question.device:
        row.refuse("asked", repr(question.asked), "the device it depends on", "add device")
    if question.source == "device" and question.asked != "when_held":
        row.refuse(
            "source", "device", "asked: when_held", "without a value there is nothing to say"
        )
    alarming = any(flag for flag, _ in pack.alarming(question.id))
    if alarming and not question.required:
        row.refuse("required", "false", "true: it asks for an emergency")


def _check_words(pack: Pack, question: Question, row: Row) -> None:
    """No title, no health before identity, no blank that nothing fills."""
    may_fill = set(ANYBODY_MAY_HEAR)
    if question.section not in {IDENTITY, DISCLOSURE} and question.asked == "when_held":
        may_fill.add("value")
    for key in ("prompt", "reprompt"):
        for said in getattr(question, key).values():
            _refuse_words(row, key, said, may_fill)
            if question.section in {IDENTITY, DISCLOSURE} and HEALTH.search(plain(said)):
                row.refuse(key, "words about health", "none before it is known who listens")


def _refuse_words(row: Row, key: str, said: str, may_fill: set[str]) -> None:
    if TITLES.search(plain(said)):
        row.refuse(key, "a licensed title", "an automated assistant that says so")
    for name in PLACEHOLDER.findall(said):
        if name not in may_fill:
            row.refuse(key, f"{{{name}}}", "one of " + ", ".join(sorted(may_fill)))


def _check_sentence(name: str, said: Spoken, own: Row) -> None:
    for text in said.values():
        _refuse_words(own, f"says.{name}", text, set(ANYBODY_MAY_HEAR))
        tells = name in SPOKEN_TO_ANYBODY and HEALTH.search(plain(text))
        if tells and name not in EMERGENCY_SCRIPTS:
            own.refuse(f"says.{name}", "words about health", "none: anybody may hear it")


def _check_follow_ups(pack: Pack, question: Question, row: Row) -> None:
    """A follow-up comes after its question; one that nothing leads to is never asked."""
    order = [each.id for each in pack.questions]
    for follow in question.follow_ups:
        if follow.answer not in question.slot.answers:
            row.refuse("follow_ups", repr(follow.answer), "an answer of this question")
        for name in follow.questions:
            if name not in order:
                row.refuse("follow_ups", f"the unknown question {name!r}", "a question")
            elif order.index(name) <= order.index(question.id):
                row.refuse("follow_ups", f"{name!r}, asked before", "a question that comes after")
            elif not pack.question(name).is_follow_up:
                row.refuse("follow_ups", f"{name!r}, asked anyway", "one with is_follow_up: true")
    led_to = {n for each in pack.questions for f in each.follow_ups for n in f.questions}
    if question.is_follow_up and question.id not in led_to:
        row.refuse("is_follow_up", "a question nothing leads to", "a follow-up of another question")


def _check_flag(pack: Pack, flag: RedFlag, row: Row) -> None:
    if flag.script not in pack.says:
        row.refuse("script", repr(flag.script), "a sentence under says")
    found = tuple(singles(flag.when))
    for each in found:
        for what, expected in _wrong_with(pack, each):
            row.refuse("when", what, expected)
    asks = [each for each in found if isinstance(each, AnswerIs | AnswerCompares) or is_cry(each)]
    read_out = {each.device for each in pack.questions if each.section in TOPICS}
    devices = {getattr(each, "device", "") for each in found} - {""}
    if not asks and not devices & read_out:
        row.refuse(
            "when", "no question", "a question that asks for it", "words alone may be missed"
        )
    if flag.severity == EMERGENT and not asks:
        row.refuse("when", "no answer among its conditions", "the question for this emergency")


def is_cry(single: Single) -> bool:
    """Tell whether it is a cry for help: the sentence `confirm` asks for that one."""
    return isinstance(single, Heard) and single.symptom == "emergency"


def _wrong_with(pack: Pack, single: Single) -> Iterator[tuple[str, str]]:
    """Yield what a condition names that is not there: found and expected."""
    questions = {each.id: each for each in pack.questions}
    limit: Limit | None = getattr(single, "limit", None)
    unit = ""
    if isinstance(single, Heard):
        if single.symptom not in SYMPTOMS:
            yield f"the unknown symptom {single.symptom!r}", "one of " + ", ".join(SYMPTOMS)
    elif isinstance(single, AnswerIs | AnswerCompares):
        question = questions.get(single.question)
        if question is None:
            yield f"the unknown slot {single.question!r}", "the id of a question"
            return
        if isinstance(single, AnswerIs):
            if single.answer not in question.slot.answers:
                yield f"the answer {single.answer!r}", "an answer of that question"
        elif single.part >= len(question.slot.parts):
            yield "a comparison of what is no number", "is"
        else:
            unit = question.slot.parts[single.part].unit
    elif single.device not in pack.devices:
        yield f"the unknown device {single.device!r}", "a device of the protocol"
    else:
        unit = pack.devices[single.device].unit
    if limit and limit.parameter not in pack.parameters:
        yield f"the unknown parameter {limit.parameter!r}", "a name under parameters"
    elif limit and unit and pack.parameters[limit.parameter].unit != unit:
        yield f"a limit in {pack.parameters[limit.parameter].unit}", f"one in {unit}"
