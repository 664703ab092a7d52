"""Person or machine, from how long somebody talked, what they said, a tone, and what follows."""

from __future__ import annotations

import pytest

from caretally.contacts.wellness_calls.greetings import is_machine, is_wrong_number
from caretally.exchange.speech.ports import Hypothesis
from caretally.exchange.telephony.greeting import AWAIT_TONE_MS, LISTEN_MS, LONGEST_MS, Greeting
from caretally.exchange.telephony.hearing import Heard
from caretally.exchange.telephony.turn_taker import Utterance


def greeted(text: str, milliseconds: int) -> Greeting:
    said = Utterance(from_ms=0, to_ms=milliseconds, speech_ms=milliseconds, pieces=())
    ears = tuple(Hypothesis(text=text, confidence=1, engine=each) for each in "ab")
    found = Greeting()
    found.said(said)
    found.understood(Heard(utterance=said, hypotheses=ears), milliseconds + 1_400)
    return found


def verdict(greeting: Greeting, at_ms: int, *, has_beeped: bool = False) -> str | None:
    return greeting.verdict(at_ms, is_talking=False, has_beeped=has_beeped)


def test_we_listen_for_a_first_word_and_no_longer() -> None:
    assert verdict(Greeting(), LISTEN_MS - 20) is None
    assert verdict(Greeting(), LISTEN_MS) == "person"
    assert Greeting().verdict(LISTEN_MS, is_talking=True, has_beeped=False) is None


def test_a_short_greeting_is_a_person_at_once() -> None:
    assert verdict(greeted("hello", 600), 2_000) == "person"


def test_a_long_greeting_waits_for_a_tone_and_stays_suspect() -> None:
    greeting = greeted("welcome to our home", 6_000)
    assert verdict(greeting, 7_400 + AWAIT_TONE_MS - 20) is None
    assert verdict(greeting, 7_400 + AWAIT_TONE_MS) == "person"
    assert greeting.is_suspect
    assert verdict(greeting, 7_500, has_beeped=True) == "machine"


def test_what_names_itself_a_machine_is_one() -> None:
    assert verdict(greeted("leave a message after the tone", 2_000), 9_000) == "machine"


def test_nothing_is_listened_to_without_end() -> None:
    assert Greeting().verdict(LONGEST_MS, is_talking=True, has_beeped=False) == "machine"


@pytest.mark.parametrize("text", [
    "Hi, please leave a message after the beep", "The mailbox is full",
    "the number you have dialed is not in service", "I am unable to come to the phone",
    "Deje su mensaje después del tono", "We're not available right now",
])  # fmt: skip
def test_words_of_machines(text: str) -> None:
    assert is_machine(text)


@pytest.mark.parametrize("text", [
    "hello", "I can't breathe", "help me please", "who is this", "I got your message",
    "yes this is she", "¿bueno?", "I can't hear you",
])  # fmt: skip
def test_words_of_people(text: str) -> None:
    assert not is_machine(text)


@pytest.mark.parametrize(("text", "wrong"), [
    ("you have the wrong number", True), ("nobody by that name here", True),
    ("she doesn't live here", True), ("número equivocado", True), ("no aquí no vive", True),
    ("no", False), ("I live alone", False), ("what is wrong", False),
])  # fmt: skip
def test_a_wrong_number(text: str, *, wrong: bool) -> None:
    assert is_wrong_number(text) == wrong
