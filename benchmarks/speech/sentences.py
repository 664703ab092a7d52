"""What patients of the bench say, and what is to be understood: made from a seed, always the same.

Numbers are spelled out in the ways people say them, for a voice would choose one way for all.
Symptom sentences are written for this bench; about half of them stand in no grammar.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from caretally.contacts.wellness_calls.numbers import TENS, UNITS_AND_TEENS
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.packs import Question
from caretally.contacts.wellness_calls.slots import Value

ASKED = {
    "yes_no": ("general", "devices_work"),
    "bp": ("hypertension", "pressure_told"),
    "weight": ("heart_failure", "weight_told"),
    "spo2": ("copd", "saturation_told"),
    "glucose": ("diabetes", "glucose_told"),
    "symptom": ("general", "new_symptoms"),
    "person": ("general", "devices_work"),
}
"""By kind of sentence the question it answers: pack and name."""
NUMBERS = ("bp", "weight", "spo2", "glucose")


class Sentence(NamedTuple):
    """One thing said, and what it means.

    wanted: the answer; of symptoms their names; None where it answers nothing.
    """

    kind: str
    text: str
    wanted: Value | None

    @property
    def question(self) -> Question:
        """The question it answers."""
        return question_of(self.kind)


def question_of(kind: str) -> Question:
    """Return the question that a kind of sentence answers."""
    pack, name = ASKED[kind]
    return installed(pack).question(name)


def below_hundred(number: int) -> str:
    """Return a number below a hundred in words.

    Example:
        >>> below_hundred(42)
        'forty two'
    """
    if number < 20:
        return UNITS_AND_TEENS[number]
    ones = f" {UNITS_AND_TEENS[number % 10]}" if number % 10 else ""
    return TENS[number // 10 - 2] + ones


def in_full(number: int) -> str:
    """Return a number as it is counted: one hundred forty two."""
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return below_hundred(rest)
    return f"{below_hundred(hundreds)} hundred" + (f" {below_hundred(rest)}" if rest else "")


def with_and(number: int) -> str:
    """Return a number as it is counted elsewhere: one hundred and forty two."""
    return in_full(number).replace("hundred ", "hundred and ")


def in_pairs(number: int) -> str:
    """Return a number as measurements are told: one forty two, one oh five."""
    hundreds, rest = divmod(number, 100)
    if not hundreds or not rest:
        return in_full(number)
    return f"{below_hundred(hundreds)} {'oh ' if rest < 10 else ''}{below_hundred(rest)}"


YES_NO = (
    ("Yes.", "yes"), ("Yes, I do.", "yes"), ("Yeah.", "yes"), ("Yes, that's right.", "yes"),
    ("Yep.", "yes"), ("Yes, I have.", "yes"), ("Correct.", "yes"), ("No.", "no"),
    ("No, I don't.", "no"), ("Nope.", "no"), ("No, not at all.", "no"), ("No, thank you.", "no"),
    ("No, I haven't.", "no"), ("Not today.", "no"),
)  # fmt: skip
SYMPTOMS = (
    ("I have chest pain.", ("chest_pain",)),
    ("My chest feels tight.", ("chest_pain",)),
    ("There is a heavy pressure on my chest.", ("chest_pain",)),
    ("I can't catch my breath.", ("breathless",)),
    ("I'm very short of breath today.", ("breathless",)),
    ("I passed out in the kitchen.", ("fainting",)),
    ("I feel confused.", ("confusion",)),
    ("My left arm went numb.", ("stroke_signs",)),
    ("I fell and hit my head.", ("fall_injury",)),
    ("My tongue is swelling up.", ("allergic_swelling",)),
    ("I am coughing up blood.", ("coughing_blood",)),
    ("My ankles are swollen.", ("swelling",)),
    ("I've been dizzy since yesterday.", ("dizziness",)),
    ("My chest hurts and I can't breathe.", ("chest_pain", "breathless")),
)
PERSON = ("I want to talk to a nurse.", "Can I speak to a real person, please?")
OFF_TOPIC = (
    "My grandson is twelve years old.", "I live at one forty two Maple Street.",
    "The bus comes at ten fifteen.", "There were two hundred people at church.",
    "Call my daughter at five five five oh one four two.", "I watched channel seven for two hours.",
    "Can you hear me?", "It's ninety five degrees outside.", "I had two eggs for breakfast.",
    "My appointment is on March fourteenth.", "Hold on, someone is at the door.",
    "What did you say?", "I don't know where my scale is.",
    "The doctor said one thirty is the goal.",
    "It cost me a hundred and forty dollars.", "I take twenty milligrams of it.",
    "I'm eighty two years young.", "Thank you for calling.", "That dog weighs more than I do.",
    "In nineteen sixty two we moved here.", "He was one eighty when he was young.", "Maybe later.",
    "Well, let me see now.", "You are number one.", "I will be back in five minutes.",
    "It is cold and we have snow.", "Four score and seven years ago.", "Press what?",
    "One moment please.", "Turn that television down.", "Who is this?", "Let me get my glasses.",
    "The pharmacy closes at six.", "My son will call you back.", "I was in the garden.",
    "We are having dinner now.", "The kids are coming on Sunday.", "I can't find the paper.",
    "Is this about my bill?", "It has been raining for three days.", "My neighbor has a new car.",
    "Wait, I need to sit down.", "I left it in the other room.", "Just a second, honey.",
    "She turned ninety last week.",
)  # fmt: skip
"""Answers to nothing that was asked; nothing may be made of them."""


def pressures(drawn: random.Random) -> Iterator[Sentence]:
    """Yield ten blood pressures, in five ways of saying them."""
    for way in range(10):
        upper, lower = drawn.randint(104, 188), drawn.randint(58, 99)
        say: Callable[[int], str] = (in_pairs, in_full, with_and)[way % 3]
        frame = ("{} over {}.", "It was {} over {} this morning.",
                 "My blood pressure is {} over {}.", "It's {} over {}.",
                 "Today it was {} over {}.")[way % 5]  # fmt: skip
        text = frame.format(say(upper), say(lower))
        yield Sentence("bp", text, (Decimal(upper), Decimal(lower)))


def weights(drawn: random.Random) -> Iterator[Sentence]:
    """Yield seven weights in pounds, most of them to a tenth."""
    for way in range(7):
        whole, tenth = drawn.randint(112, 248), drawn.randint(1, 9)
        say: Callable[[int], str] = (in_pairs, in_full, with_and)[way % 3]
        frame = ("{} pounds.", "I weigh {} pounds.", "{}.", "It was {} this morning.")[way % 4]
        has_tenth = way not in {1, 4}
        point = f" point {below_hundred(tenth)}" if has_tenth else ""
        value = Decimal(f"{whole}.{tenth}") if has_tenth else Decimal(whole)
        yield Sentence("weight", frame.format(say(whole) + point), (value,))


def saturations(drawn: random.Random) -> Iterator[Sentence]:
    """Yield five oxygen saturations in percent."""
    for way, value in enumerate(drawn.sample(range(84, 100), 5)):
        frame = ("{} percent.", "{}.", "My oxygen is {} percent.", "It's {}.",
                 "It was {} this morning.")[way]  # fmt: skip
        yield Sentence("spo2", frame.format(below_hundred(value)), (Decimal(value),))


def sugars(drawn: random.Random) -> Iterator[Sentence]:
    """Yield six blood sugars in mg/dL."""
    for way in range(6):
        value = drawn.randint(62, 320)
        say: Callable[[int], str] = (in_pairs, in_full, with_and)[way % 3]
        frame = ("{}.", "My sugar was {}.", "It was {} this morning.")[way // 2]
        yield Sentence("glucose", frame.format(say(value)), (Decimal(value),))


def sentences(seed: int) -> list[Sentence]:
    """Return the 58 sentences of a seed."""
    drawn = random.Random(seed)
    return [
        *(Sentence("yes_no", text, wanted) for text, wanted in YES_NO),
        *pressures(drawn), *weights(drawn), *saturations(drawn), *sugars(drawn),
        *(Sentence("symptom", text, frozenset(names)) for text, names in SYMPTOMS),
        *(Sentence("person", text, None) for text in PERSON),
    ]  # fmt: skip
