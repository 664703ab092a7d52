"""The table of what is understood, and of what must not be: safety code, row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from caretally.contacts.wellness_calls.numbers import TENS, UNITS_AND_TEENS
from caretally.contacts.wellness_calls.pack_reader import NAMES, installed
from caretally.contacts.wellness_calls.slots import NUMERIC, YES_NO
from caretally.contacts.wellness_calls.symptoms import SYMPTOMS, is_in_doubt, symptoms_in
from caretally.contacts.wellness_calls.understanding import (
    asks_whether_robot,
    keyed,
    parse,
    wants_out,
    wants_person,
    yes_or_no,
)

ASKED = {
    "bp": ("hypertension", "pressure_told"),
    "weight": ("heart_failure", "weight_told"),
    "spo2": ("copd", "saturation_told"),
    "glucose": ("diabetes", "glucose_told"),
    "year": ("general", "identity_birth_year"),
    "puffs": ("copd", "reliever_puffs"),
}


def numbers(slot: str, text: str) -> str | None:
    pack, question = ASKED[slot]
    value = parse(installed(pack).question(question), text)
    assert value is None or isinstance(value, tuple)
    return None if value is None else "/".join(format(each, "f") for each in value)


NUMBERS = [
    ("bp", "142 over 91", "142/91"),
    ("bp", "1.42 over 91", "142/91"),
    ("bp", "142/91", "142/91"),
    ("bp", "140 2 over 91", "142/91"),
    ("bp", "one forty two over ninety one", "142/91"),
    ("bp", "one hundred forty two over ninety one", "142/91"),
    ("bp", "a hundred and forty-two over ninety-one", "142/91"),
    ("bp", "It was 142 over 91 this morning.", "142/91"),
    ("bp", "my blood pressure is 138 over 86", "138/86"),
    ("bp", "138 by 86", "138/86"),
    ("bp", "120 80", "120/80"),
    ("bp", "140 90", "140/90"),
    ("bp", "142 91", "142/91"),
    ("bp", "1 42 91", "142/91"),
    ("bp", "200 and 14 over 100 and 12", "214/112"),
    ("bp", "to 100 and 12 over 90", "212/90"),
    ("bp", "two hundred and twelve over one hundred", "212/100"),
    ("bp", "182 over 121.", "182/121"),
    ("bp", "ninety eight over sixty", "98/60"),
    ("bp", "118 sobre 76", "118/76"),
    ("bp", "one eighteen over seventy six", "118/76"),
    ("bp", "91 over 142", None),
    ("bp", "142", None),
    ("bp", "142 over", None),
    ("bp", "142 over 91 over 80", None),
    ("bp", "180 over 60 percent", None),
    ("bp", "1420 over 91", None),
    ("bp", "142 over 9", None),
    ("bp", "142.5 over 91", None),
    ("bp", "142 over 91 or maybe 92", None),
    ("bp", "not 142 over 91", None),
    ("weight", "182.4", "182.4"),
    ("weight", "1.82.4", "182.4"),
    ("weight", "1.86.4", "186.4"),
    ("weight", "182 point 4 pounds", "182.4"),
    ("weight", "one eighty two point four", "182.4"),
    ("weight", "182", "182"),
    ("weight", "180 2.4", "182.4"),
    ("weight", "140 2", "142"),
    ("weight", "200 and 14", "214"),
    ("weight", "200 and 14 pounds", "214"),
    ("weight", "to 100 and 12", "212"),
    ("weight", "to hundred and 12", "212"),
    ("weight", "I weigh two hundred and twelve pounds", "212"),
    ("weight", "two twelve", "212"),
    ("weight", "My weight was 176 lbs today", "176"),
    ("weight", "82.7 kilos", "182.3"),
    ("weight", "80 kg", "176.4"),
    ("weight", "one hundred and eighty", "180"),
    ("weight", "1.82", "182"),
    ("weight", "18", None),
    ("weight", "18.24", None),
    ("weight", "1.824.5", None),
    ("weight", "it went up to 100 and 12", None),
    ("weight", "about 180", None),
    ("weight", "180 or 182", None),
    ("weight", "180 yesterday and 182 today", None),
    ("weight", "182 percent", None),
    ("weight", "180 milligrams", None),
    ("weight", "between 180 and 190", None),
    ("weight", "I gained 3 pounds", None),
    ("spo2", "95", "95"),
    ("spo2", "95 percent", "95"),
    ("spo2", "95%", "95"),
    ("spo2", "ninety five", "95"),
    ("spo2", "90 5", "95"),
    ("spo2", "eighty-eight percent", "88"),
    ("spo2", "100", "100"),
    ("spo2", "one hundred", "100"),
    ("spo2", "My oxygen is 93 percent", "93"),
    ("spo2", "105", None),
    ("spo2", "9", None),
    ("spo2", "95 pounds", None),
    ("spo2", "95.5", None),
    ("glucose", "142", "142"),
    ("glucose", "140 2", "142"),
    ("glucose", "one forty two", "142"),
    ("glucose", "1.42", "142"),
    ("glucose", "my sugar was 98", "98"),
    ("glucose", "ninety eight", "98"),
    ("glucose", "250 mg/dl", "250"),
    ("glucose", "two hundred fifty", "250"),
    ("glucose", "53", "53"),
    ("glucose", "nine", None),
    ("glucose", "two oh five", "205"),
    ("glucose", "2 0 5", "205"),
    ("glucose", "twenty five", "25"),
    ("glucose", "20 5", None),
    ("glucose", "one oh five", "105"),
    ("glucose", "12.5", None),
    ("glucose", "10 0", "100"),
    ("year", "nineteen oh five", "1905"),
    ("glucose", "my dog is 12", None),
    ("glucose", "seven hundred", None),
    ("year", "1950", "1950"),
    ("year", "nineteen fifty", "1950"),
    ("year", "19 48", "1948"),
    ("year", "I was born in 1948", "1948"),
    ("year", "50", None),
    ("puffs", "four", "4"),
    ("puffs", "zero", "0"),
    ("puffs", "12", "12"),
    ("puffs", "a few", None),
    ("puffs", "none of your business", None),
]
OFF_TOPIC = [
    "My grandson is 12 years old.",
    "I live at 142 Maple Street.",
    "The bus comes at 10 15.",
    "There were 200 people at church.",
    "Call my daughter at 555 0142.",
    "I watched channel 7 for 2 hours.",
    "Can you hear me?",
    "It's 95 degrees outside.",
    "I had two eggs for breakfast.",
    "My appointment is on March 14.",
    "Hold on, someone is at the door.",
    "What did you say?",
    "I don't know where my scale is.",
    "The doctor said 130 is the goal.",
    "It cost me 140 dollars.",
    "I take 20 milligrams of it.",
    "I'm 82 years young.",
    "Thank you for calling.",
    "That dog weighs more than I do.",
    "In 1962 we moved here.",
    "He was 180 when he was young.",
    "Maybe later.",
    "Well, let me see now.",
    "You are number one.",
    "I will be back in 5 minutes.",
    "Yes dear, in a minute.",
    "It is cold and we have snow.",
    "Four score and seven years ago.",
    "Press what?",
    "One moment please.",
]
YES_OR_NO = [
    ("yes", "yes"), ("Yeah.", "yes"), ("yep", "yes"), ("Yes, I do.", "yes"), ("I do", "yes"),
    ("yes please", "yes"), ("that's right", "yes"), ("correct", "yes"), ("of course", "yes"),
    ("Yes, I have taken them all.", "yes"), ("uh huh", "yes"), ("sí", "yes"), ("claro", "yes"),
    ("no", "no"), ("Nope.", "no"), ("no I don't", "no"), ("I don't", "no"), ("not at all", "no"),
    ("No, thank you.", "no"), ("I haven't", "no"), ("none", "no"), ("never", "no"), ("nada", "no"),
    ("no ma'am", "no"), ("yes no", None), ("maybe", None), ("I'm not sure", None),
    ("I don't know", None), ("sometimes", None), ("a little", None), ("okay", None),
    ("I'm fine", None), ("yes dear, in a minute", None), ("no problem, go ahead", None),
    ("know", None), ("", None), ("not really", None), ("I guess so, yes", None),
    ("you", None), ("thank you", None), ("hello", None), ("yesterday", None),
]  # fmt: skip
SAID = [
    ("I have chest pain", {"chest_pain"}),
    ("there is a pressure on my chest", {"chest_pain"}),
    ("my chest hurts", {"chest_pain"}),
    ("No, my chest hurts", {"chest_pain"}),
    ("it feels like an elephant sitting on my chest", {"chest_pain"}),
    ("chest feels tight", {"chest_pain"}),
    ("I can't catch my breath", {"breathless"}),
    ("I can not breathe", {"breathless"}),
    ("I'm short of breath", {"breathless"}),
    ("I have trouble breathing", {"breathless"}),
    ("I don't think I can breathe", {"breathless"}),
    ("I passed out yesterday", {"fainting"}),
    ("I fainted", {"fainting"}),
    ("I am so confused", {"confusion"}),
    ("my face is drooping", {"stroke_signs"}),
    ("my left arm went numb", {"stroke_signs"}),
    ("I can't move my leg", {"stroke_signs"}),
    ("I want to kill myself", {"self_harm"}),
    ("I don't want to live any more", {"self_harm"}),
    ("I'd be better off dead", {"self_harm"}),
    ("I fell down the stairs and hurt my hip", {"fall_injury"}),
    ("I hit my head", {"fall_injury"}),
    ("my tongue is swelling", {"allergic_swelling"}),
    ("my throat is closing", {"allergic_swelling"}),
    ("I am coughing up blood", {"coughing_blood"}),
    ("pink frothy stuff, pink foam", {"pink_froth"}),
    ("help me", {"emergency"}),
    ("call an ambulance", {"emergency"}),
    ("my ankles are swollen", {"swelling"}),
    ("I get dizzy", {"dizziness"}),
    ("I keep throwing up", {"vomiting"}),
    ("No chest pain, but I can't catch my breath.", {"breathless"}),
    ("me duele el pecho", {"chest_pain"}),
    ("no puedo respirar", {"breathless"}),
    ("me desmayé", {"fainting"}),
    ("quiero morirme", {"self_harm"}),
    ("tengo la lengua hinchada", {"allergic_swelling"}),
    ("no fever and chest pain since this morning", {"chest_pain"}),
    ("I have never had chest pain like this", {"chest_pain"}),
    ("no chest pain", set()),
    ("I don't have any chest pain", set()),
    ("no chest pain or shortness of breath", set()),
    ("I have not had any dizziness", set()),
    ("I'm not short of breath", set()),
    ("no swelling in my legs", set()),
    ("no tengo dolor de pecho", set()),
    ("I feel fine today", set()),
    ("my wife bakes breast of chicken", set()),
    ("the weather is nice", set()),
]  # fmt: skip


@pytest.mark.parametrize(("slot", "text", "wanted"), NUMBERS)
def test_numbers(slot: str, text: str, wanted: str | None) -> None:
    assert numbers(slot, text) == wanted


def word_of(number: int) -> str:
    """Return a number below a hundred in words."""
    if number < 20:
        return UNITS_AND_TEENS[number]
    ones = UNITS_AND_TEENS[number % 10] if number % 10 else ""
    return f"{TENS[number // 10 - 2]} {ones}".strip()


def spellings(number: int) -> set[str]:
    """Return ways in which a recognizer may write a number of two or three digits."""
    hundreds, rest = divmod(number, 100)
    ways = {str(number), " ".join(str(number)), f"{number}."}
    if not hundreds:
        return ways | {word_of(rest)}
    said, below = word_of(hundreds), word_of(rest)
    if not rest:
        return ways | {f"{said} hundred"}
    ways |= {f"{hundreds}.{rest:02d}", f"{said} hundred and {below}", f"{said} hundred {below}",
             f"{hundreds * 100} and {rest}", f"{hundreds * 100} {rest}"}  # fmt: skip
    if rest < 10:
        return ways | {f"{said} oh {below}"}
    if rest > 20 and rest % 10:
        ways.add(f"{number - rest % 10} {rest % 10}")
    return ways | {f"{said} {below}", f"{hundreds} {rest}"}


@pytest.mark.parametrize(("slot", "those"), [
    ("glucose", range(20, 600)), ("spo2", range(50, 101)), ("weight", range(60, 700)),
])  # fmt: skip
def test_no_way_of_writing_a_number_makes_another_of_it(slot: str, those: range) -> None:
    heard = [(n, text, numbers(slot, text)) for n in those for text in spellings(n)]
    assert [each for each in heard if each[2] not in {None, str(each[0])}] == []
    read = sum(each[2] is not None for each in heard)
    assert 100 * read > 95 * len(heard)


@pytest.mark.parametrize("text", OFF_TOPIC)
def test_no_number_and_no_answer_comes_from_speech_off_the_topic(text: str) -> None:
    assert {slot: numbers(slot, text) for slot in ASKED} == dict.fromkeys(ASKED)
    assert yes_or_no(text) is None


@pytest.mark.parametrize("slot", ASKED)
def test_what_answers_one_question_of_numbers_is_checked_by_another_s_range(slot: str) -> None:
    for other, text, _ in NUMBERS:
        value = numbers(slot, text)
        pack, name = ASKED[slot]
        question = installed(pack).question(name)
        if value is not None and other != slot:
            assert question.slot.is_possible(tuple(Decimal(v) for v in value.split("/")))


@pytest.mark.parametrize(("text", "wanted"), YES_OR_NO)
def test_yes_and_no(text: str, wanted: str | None) -> None:
    assert yes_or_no(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), SAID)
def test_symptoms_and_their_denial(text: str, wanted: set[str]) -> None:
    assert symptoms_in(text) == wanted


def test_every_symptom_has_a_row() -> None:
    assert {name for _, names in SAID for name in names} == set(SYMPTOMS)


@pytest.mark.parametrize(
    "text",
    ["I want to talk to a nurse", "get me a person", "give me a human", "an operator",
     "I want to talk to an earth", "quiero hablar con una persona", "can I speak to someone"],
)  # fmt: skip
def test_who_asks_for_a_person_is_heard(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize(
    "text", ["I saw the nurse last week", "are you a real person", "no", "yes"]
)
def test_who_does_not_ask_for_a_person_is_not_sent_to_one(text: str) -> None:
    assert not wants_person(text)


def test_words_about_the_call_itself() -> None:
    assert asks_whether_robot("Are you a robot?")
    assert asks_whether_robot("am I talking to a real person")
    assert not asks_whether_robot("I am fine")
    assert wants_out("please stop calling me")
    assert wants_out("no me llame más")
    assert not wants_out("call me back tomorrow")
    assert is_in_doubt("my husband had chest pain last year")
    assert not is_in_doubt("I have chest pain")


@pytest.mark.parametrize(
    ("slot", "keys", "wanted"),
    [("bp", "142*91#", (142, 91)), ("bp", "142#", None), ("bp", "91*142", None),
     ("weight", "182*4#", (Decimal("182.4"),)), ("weight", "182", (182,)),
     ("weight", "1*8*2", None), ("spo2", "95#", (95,)), ("spo2", "195#", None),
     ("glucose", "", None), ("year", "1950", (1950,))],
)  # fmt: skip
def test_keys_are_exact(slot: str, keys: str, wanted: tuple[object, ...] | None) -> None:
    pack, question = ASKED[slot]
    assert keyed(installed(pack).question(question), keys) == wanted


def test_symptoms_and_choices_are_named_or_keyed() -> None:
    pack = installed("general")
    named = pack.question("new_symptoms")
    assert parse(named, "dizzy and a cough") == frozenset({"dizziness", "cough"})
    assert parse(named, "none") == frozenset()
    assert parse(named, "no cough") is None
    assert parse(named, "my cat") is None
    assert keyed(named, "13") == frozenset({"swelling", "cough"})
    assert keyed(named, "5") == frozenset()
    assert keyed(named, "15") is None
    feels = pack.question("feels")
    assert parse(feels, "I feel better") == "better"
    assert parse(feels, "better or worse") is None
    assert parse(feels, "not better") is None
    assert parse(feels, "mejor", "es") == "better"


@pytest.mark.parametrize("name", NAMES)
def test_every_question_is_answered_by_its_keys(name: str) -> None:
    for question in installed(name).questions:
        for key, answer in question.keypad.items():
            value = keyed(question, key)
            wanted = answer if not isinstance(value, frozenset) else value
            assert value == wanted
        if question.slot.kind == YES_NO:
            echo = question.prompt["en"].rstrip("?")
            assert parse(question, f"no {echo}") in {None, "no"}
        assert bool(question.keypad) != (question.slot.kind in NUMERIC)
