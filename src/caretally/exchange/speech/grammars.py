"""The grammar a recognizer listens by, made for the kind of answer a question wants; JSGF.

Beside the answers every grammar holds the words that call for a person, and answers that are
none: whoever can only say numbers hears numbers in everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain

from caretally.exchange.speech import phrases

NUMBERS = frozenset({"int", "decimal", "bp"})
OPTIONS = frozenset({"choice", "symptom_set"})
OPEN = frozenset({"free_text_logged", "none"})
"""Kinds without a grammar: whatever is said is written down as well as it can be."""
ONES = "one | two | three | four | five | six | seven | eight | nine"
TEENS = (
    "ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen"
    " | nineteen"
)
TENS = "twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety"
RULES = f"""
<one> = {ONES};
<teen> = {TEENS};
<tens> = {TENS};
<pair> = <teen> | <tens> | <tens> <one>;
<below> = <one> | <pair>;
<hundreds> = (a | one | two | three | four | five) hundred [[and] <below>]
  | (one | two | three | four | five) (<pair> | oh <one>);
<number> = <below> | <hundreds>;
<upper> = <pair> | (a | one | two) hundred [[and] <below>] | (one | two) (<pair> | oh <one>);
<lower> = <pair> | (a | one) hundred [[and] <below>] | one (<pair> | oh <one>);
<year> = nineteen (<pair> | oh <one>) | two thousand [[and] <below>] | twenty <pair>;
"""
WEIGHTS = {"answer": 100, "person": 2, "symptom": 4, "other": 4}
"""How much likelier the answer is than the rest, as the grammar's own weights."""


def grammar_of(kind: str, words: tuple[str, ...] = ()) -> str | None:
    """Return the grammar for a kind of question as JSGF; None where anything may be said.

    words: of the options of the question, all of which the recognizer's dictionary has.

    Example:
        >>> grammar_of("none") is None, "<year>" in grammar_of("int")
        (True, True)
    """
    return None if kind in OPEN else _written(kind, words)


@lru_cache(maxsize=64)
def _written(kind: str, words: tuple[str, ...]) -> str:
    answer = ANSWERS[kind](words) if kind in ANSWERS else _any(phrases.YES + phrases.NO)
    parts = {
        "answer": answer,
        "person": _any(phrases.PERSON + phrases.OPT_OUT),
        "symptom": _any(chain.from_iterable(phrases.SYMPTOMS.values())),
        "other": _any(phrases.UNSURE + phrases.DENIED),
    }
    rules = "".join(f"<{name}> = {rule};\n" for name, rule in parts.items())
    said = " | ".join(f"/{WEIGHTS[name]}/ <{name}>" for name in parts)
    return f"#JSGF V1.0;\ngrammar answers;\n{RULES}{rules}public <said> = {said};\n"


def _any(sentences: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(each for each in sentences if each))


def _number(_words: tuple[str, ...]) -> str:
    return f"[{_any(phrases.BEFORE_NUMBERS)}] (<number> | <year>) [{_any(phrases.AFTER_NUMBERS)}]"


def _decimal(_words: tuple[str, ...]) -> str:
    return (
        f"[{_any(phrases.BEFORE_NUMBERS)}] <number> [point (<one> | oh | zero)]"
        f" [{_any(phrases.AFTER_NUMBERS)}]"
    )


def _pressure(_words: tuple[str, ...]) -> str:
    return (
        f"[{_any(phrases.BEFORE_NUMBERS)}] <upper> [over | by] <lower>"
        f" [{_any(phrases.AFTER_NUMBERS)}]"
    )


def _options(words: tuple[str, ...]) -> str:
    said = (f"{before} {word}".strip() for word in words for before in phrases.BEFORE_OPTIONS)
    return _any([*said, *phrases.NO])


ANSWERS: dict[str, Callable[[tuple[str, ...]], str]] = {
    "int": _number, "decimal": _decimal, "bp": _pressure, **dict.fromkeys(OPTIONS, _options),
}  # fmt: skip
