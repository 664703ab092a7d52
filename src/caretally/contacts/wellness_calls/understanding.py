"""From one recognizer's words to an answer of a question, or to none: deterministic, closed.

An answer is read only where every word of the utterance belongs to it. Speech off the topic, half
sentences and maybes are no answers; they cost a second question and nothing else.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from caretally.contacts.wellness_calls.lexicon import word_set
from caretally.contacts.wellness_calls.numbers import number_of
from caretally.contacts.wellness_calls.packs import Question
from caretally.contacts.wellness_calls.slots import (
    CHOICE,
    FREE_TEXT,
    NO,
    NOTHING,
    NUMERIC,
    SYMPTOM_SET,
    WORDS,
    YES,
    YES_NO,
    Slot,
    Value,
)
from caretally.contacts.wellness_calls.symptoms import plain

YES_WORDS = word_set(
    "yes yeah yep yup yea correct right absolutely definitely affirmative certainly sure",
    "mhm si claro correcto cierto",
)
NO_WORDS = word_set(
    "no nope nah not never none don't didn't haven't hasn't isn't wasn't negative nothing",
    "nunca nada ninguno ninguna tampoco",
)
AGREEING_PHRASES = ("i do", "i have", "i did", "i am", "it is", "that is so", "of course", "uh huh",
                    "asi es", "por supuesto")  # fmt: skip
ECHOES = word_set(
    "i i'm do did does have has had am was it it's is that that's this please thank",
    "thanks you sir ma'am miss at all any them they took taken take my all today now oh",
    "well um uh and so really of course huh pills medicine medicines medication",
    "medications morning speaking me the senor senora gracias yo por favor lo la las",
    "tengo he tome tomado soy es asi supuesto hoy esta",
)
"""Words that may stand around a yes or a no and change nothing."""
UNSURE = re.compile(
    r"\b(?:not sure|don't know|do not know|maybe|i guess|i think|don't think|sometimes|a little"
    r"|kind of|sort of|not really|no se|tal vez|quizas|a veces|un poco)\b"
)
PERSON = re.compile(
    r"\b(?:(?:speak|talk|talking) (?:to|with) (?:a |an |the |my |some)?(?:real |live |human )?"
    r"(?:person|nurse|human|doctor|somebody|someone|operator|representative|people|body|earth|nerd)"
    r"|(?:get|want|need|give|connect|transfer|put)(?: me)?(?: to| with| on)?(?: a| an| the| my)?"
    r"(?: real| live| human)? (?:person|nurse|human|operator|representative|earth)"
    r"|real person|live person|human being|operator|representative"
    r"|(?:hablar|comunicar\w*|paseme)(?: \w+){0,2} (?:persona|enfermera|enfermero|alguien|operador"
    r"))\b"
)
"""Also as recognizers write it: `a nurse` was heard as `an earth` three times."""
OPT_OUT = re.compile(
    r"\b(?:stop calling|don't call|do not call|quit calling|never call|no more calls|take me off"
    r"|remove me|unsubscribe|no me llame\w*|deje\w* de llamar\w*|no llame\w* mas)\b"
)
ROBOT = re.compile(
    r"\b(?:(?:are you|is this|you're|am i talking to)(?: \w+){0,3} (?:robot|computer|machine|bot"
    r"|human|real person|recording|ai|person)|(?:es usted|eres|es)(?: \w+){0,2} (?:robot|maquina"
    r"|computadora|grabacion))\b"
)


def parse(question: Question, text: str, language: str = "en") -> Value | None:
    """Return the answer one hypothesis gives to a question; None where it gives none."""
    slot, said = question.slot, plain(text)
    if slot.kind == YES_NO:
        return yes_or_no(said, echoes_of(question, language))
    if slot.kind in NUMERIC:
        return number_of(slot, said)
    if slot.kind == FREE_TEXT:
        return _free(said)
    return _named(slot, said, language)


def echoes_of(question: Question, language: str) -> frozenset[str]:
    """Return the words of a question, which an answer to it may repeat: no chest pain."""
    return frozenset(re.findall(r"[\w']+", plain(question.prompt[language]))) - YES_WORDS - NO_WORDS


def yes_or_no(text: str, echoes: frozenset[str] = frozenset()) -> str | None:
    """Return yes or no where the whole utterance says so.

    echoes: words of the question, which may be repeated.

    Example:
        >>> yes_or_no("yes, I do"), yes_or_no("I don't"), yes_or_no("yes dear, in a minute")
        ('yes', 'no', None)
    """
    words = re.findall(r"[\w']+", plain(text))
    said = " ".join(words)
    if not words or UNSURE.search(said) or not set(words) <= YES_WORDS | NO_WORDS | ECHOES | echoes:
        return None
    agrees = bool(YES_WORDS & {*words}) or said in AGREEING_PHRASES
    denies = bool(NO_WORDS & {*words})
    if agrees == denies:
        return None
    return YES if agrees else NO


def wants_person(text: str) -> bool:
    """Tell whether somebody asks for a person."""
    return not ROBOT.search(plain(text)) and bool(PERSON.search(plain(text)))


def wants_out(text: str) -> bool:
    """Tell whether somebody asks not to be called any more."""
    return bool(OPT_OUT.search(plain(text)))


def asks_whether_robot(text: str) -> bool:
    """Tell whether somebody asks who, or what, is speaking."""
    return bool(ROBOT.search(plain(text)))


def keyed(question: Question, keys: str) -> Value | None:
    """Return the answer that keys give; numbers are keyed with * for a point or a stroke."""
    slot, pressed = question.slot, keys.removesuffix("#")
    if slot.kind in NUMERIC:
        return _keyed_number(slot, pressed)
    if slot.kind == SYMPTOM_SET:
        named = [question.keypad.get(key) for key in pressed.replace("*", "")]
        if not named or None in named or (len(named) > 1 and NOTHING in named):
            return None
        return frozenset(each for each in named if each and each != NOTHING)
    return question.keypad.get(pressed)


def _keyed_number(slot: Slot, pressed: str) -> Value | None:
    parts = pressed.split("*") if len(slot.parts) > 1 else [pressed.replace("*", ".")]
    try:
        value = tuple(Decimal(each) for each in parts)
    except InvalidOperation:
        return None
    return value if slot.is_possible(value) else None


def _free(said: str) -> Value | None:
    """Return whether words were left; what they are stays in the log of the call."""
    if not re.search(r"\w", said):
        return None
    words = set(re.findall(r"[\w']+", said))
    is_nothing = yes_or_no(said) == NO or words <= {
        *["no", "that's", "that", "is", "all", "it", "nothing", "thank", "you"]
    }
    return NOTHING if is_nothing else WORDS


def _named(slot: Slot, said: str, language: str) -> Value | None:
    """Return the options that are named; of a choice exactly one, of symptoms also none at all."""
    named = frozenset(
        option for option, words in slot.options.items()
        if any(re.search(rf"\b{re.escape(plain(w))}\b", said) for w in words.get(language, ()))
    )  # fmt: skip
    denied = bool(NO_WORDS & set(re.findall(r"[\w']+", said)))
    if slot.kind == CHOICE:
        return next(iter(named)) if len(named) == 1 and not denied else None
    if named:
        return None if denied else named
    return frozenset() if yes_or_no(said) == NO else None
