"""Protocols that may be loaded, and every fault that refuses one, each planted in a sound one."""

# ruff: noqa: E501 - a fault stands on one line

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from caretally.contacts.wellness_calls.pack_reader import (
    NAMES,
    examined,
    installed,
    read_pack,
    shelved,
)
from caretally.contacts.wellness_calls.packs import EMERGENT, LANGUAGES, SECTIONS
from caretally.errors import InputError

SOUND = shelved("heart_failure")
FAULTS = [
    ("a red flag nobody asks for", 'when: {any: [{question: pink_froth, is: "yes"}, {heard: pink_froth}, {heard: coughing_blood}]}',
     "when: {heard: pink_froth}", "no question"),
    ("an unknown slot", 'question: swelling, is: "yes"', 'question: swollen, is: "yes"', "unknown slot"),
    ("an answer the slot lacks", 'question: swelling, is: "yes"', "question: swelling, is: maybe", "the answer 'maybe'"),
    ("an unknown symptom", "{heard: coughing_blood}", "{heard: coughing_bloood}", "unknown symptom"),
    ("an unknown parameter", "at_least: weight_day}", "at_least: weight_dya}", "unknown parameter"),
    ("an unknown device", "{device: weight, rises_within_days: 7", "{device: scale, rises_within_days: 7", "unknown device"),
    ("a limit in another unit", 'weight_day: {value: "3", unit: "[lb_av]"', 'weight_day: {value: "3", unit: "kg"', "a limit in kg"),
    ("no plausible range", ", plausible_range: [80, 500]", "", "[low, high]"),
    ("no hard range", "hard_range: [60, 800], ", "", "[low, high]"),
    ("a plausible range beyond the hard one", "plausible_range: [80, 500]", "plausible_range: [80, 900]", "within it"),
    ("a unit that is none", 'type: decimal, unit: "[lb_av]"', 'type: decimal, unit: "pounds"', "a UCUM unit"),
    ("a slot that is none", "{type: decimal,", "{type: text,", "one of yes_no"),
    ("no keypad", '    keypad: {1: "yes", 2: "no"}\n  - id: cough', "  - id: cough", "no keypad"),
    ("an answer without a key", 'keypad: {1: "yes", 2: "no"}\n  - id: cough', 'keypad: {1: "yes"}\n  - id: cough', "no key for 'no'"),
    ("two keys for an answer", 'keypad: {1: "yes", 2: "no"}\n  - id: cough', 'keypad: {1: "yes", 2: "no", 3: "no"}\n  - id: cough', "2 keys for 'no'"),
    ("a key twice", 'keypad: {1: "yes", 2: "no"}\n  - id: cough', 'keypad: {1: "yes", 1: "no"}\n  - id: cough', "the key twice"),
    ("the key of a person", 'keypad: {1: "yes", 2: "no"}\n  - id: cough', 'keypad: {0: "yes", 2: "no"}\n  - id: cough', "0 is a person"),
    ("a question nothing leads to", "    about: dizziness\n", "    about: dizziness\n    is_follow_up: true\n", "nothing leads to"),
    ("a follow-up before its question", "    about: dizziness\n", '    about: dizziness\n    follow_ups: [{answer: "yes", ask: [cough]}]\n', "asked before"),
    ("a follow-up that is none", "    about: dizziness\n", '    about: dizziness\n    follow_ups: [{answer: "yes", ask: [fever]}]\n', "unknown question"),
    ("a voice that calls itself a nurse", "Have you been dizzy", "This is your nurse. Have you been dizzy", "licensed title"),
    ("the same in Spanish", "¿Ha tenido mareos?", "Soy la enfermera. ¿Ha tenido mareos?", "licensed title"),
    ("a blank nothing fills", "Have you been dizzy", "Have you been {diagnosis}, dizzy", "{diagnosis}"),
    ("a missing language", '      es: "¿Ha tenido mareos?"\n', "", "no words in 'es'"),
    ("a sentence nobody wrote", "script: noted", "script: whatever", "a sentence under says"),
    ("an emergency that may be skipped", "    about: pink or foamy sputum\n", "    about: pink or foamy sputum\n    required: false\n", "asks for an emergency"),
    ("an id twice", "- id: dizziness\n    section", "- id: cough\n    section", "2 times"),
    ("an unknown section", "section: care_plan", "section: chat", "one of identity"),
    ("half a signature", "signed_by: null", "signed_by: Dr. Lin", "half a signature"),
    ("too many attempts", "    about: dizziness\n", "    about: dizziness\n    max_attempts: 9\n", "1, 2 or 3"),
    ("a key nothing reads", "    about: dizziness\n", "    about: dizziness\n    mood: good\n", "a key that nothing reads"),
    ("a source nobody named", 'cites: ["27"]', 'cites: ["99"]', "unknown source"),
    ("a severity that is none", "severity: routine", "severity: green", "one of routine"),
    ("a value read without its device", "asked: when_held", "asked: always", "when_held"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "says"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS]
)
def test_a_planted_fault_is_refused_with_its_line(before: str, after: str, says: str) -> None:
    assert before in SOUND
    spoiled = SOUND.replace(before, after, 1)
    with pytest.raises(InputError) as refused:
        read_pack(spoiled, "mine.yaml")
    told = [str(problem) for problem in refused.value.problems]
    assert any(says in each and re.match(r"mine\.yaml:\d+", each) for each in told), told


def test_all_problems_are_told_at_once() -> None:
    spoiled = SOUND
    for _, before, after, _ in FAULTS[2:5]:
        spoiled = spoiled.replace(before, after, 1)
    assert len(examined(spoiled, "mine.yaml")[1]) == 3


def test_health_before_identity_is_refused() -> None:
    question = """  - id: heart_first
    section: identity
    about: a slip
    prompt: {en: "I call about your heart failure.", es: "Llamo por su corazón."}
    reprompt: {en: "Is it you?", es: "¿Es usted?"}
    slot: {type: yes_no}
    source: patient
    keypad: {1: "yes", 2: "no"}
red_flags:
"""
    problems = examined(SOUND.replace("red_flags:\n", question, 1), "mine.yaml")[1]
    assert [each.found for each in problems] == ["words about health"]
    assert all("heart_first" not in str(each) or "mine.yaml" in each.where for each in problems)


def test_what_is_no_yaml_is_refused() -> None:
    for text in ("", "- a list", "name: [", "name: &a x\ntitle: *a\n"):
        with pytest.raises(InputError):
            read_pack(text, "mine.yaml")
    with pytest.raises(InputError, match="one of general"):
        installed("measles")


@pytest.mark.parametrize("name", NAMES)
def test_installed_packs_are_whole_unsigned_starting_points(name: str) -> None:
    pack = installed(name)
    assert pack.name == name
    assert pack.signed_by is None
    assert {each.section for each in pack.questions} == set(SECTIONS)
    assert {flag.id for flag in pack.flags if flag.severity == EMERGENT} >= {
        "chest_pain", "breathless_at_rest", "stroke_signs", "self_harm", "fall_injury",
        "allergic_swelling", "fainted_or_confused", "asked_for_help",
    }  # fmt: skip
    assert all(flag.cites and set(flag.cites) <= set(pack.sources) for flag in pack.flags)
    assert all(set(question.prompt) == set(LANGUAGES) for question in pack.questions)
    assert 1 <= len(pack.label) <= 255


def test_the_digest_is_of_every_word() -> None:
    changed = read_pack(
        SOUND.replace("have been", "were").replace("mareos?", "mareo?"), "mine.yaml"
    )
    assert changed.digest != installed("heart_failure").digest
    assert read_pack(SOUND, "other.yaml").digest == installed("heart_failure").digest


def test_a_signed_pack_says_by_whom() -> None:
    signed = SOUND.replace("signed_by: null", "signed_by: Dr. Lin").replace(
        "signed_on: null", "signed_on: 2026-03-01"
    )
    assert read_pack(signed, "mine.yaml").signed_by == "Dr. Lin"


def test_published_defaults_stand_as_the_page_says() -> None:
    def limits(name: str) -> dict[str, Decimal]:
        return {key: each.value for key, each in installed(name).parameters.items()}

    assert limits("heart_failure") == {"weight_day": 3, "weight_week": 5}
    assert limits("hypertension") == {
        "crisis_systolic": 180, "crisis_diastolic": 120, "target_systolic": 130,
        "target_diastolic": 80,
    }  # fmt: skip
    assert limits("diabetes") == {"low_1": 70, "low_2": 54, "high_ill": 250, "high": 300}
