"""What a question may be answered with: typed slots whose ranges refuse the impossible.

A pressure of 180 over 60 % cannot be said here: every number has its unit and its range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

YES_NO, CHOICE, SYMPTOM_SET, FREE_TEXT = "yes_no", "choice", "symptom_set", "free_text_logged"
INT, DECIMAL, PRESSURE = "int", "decimal", "bp"
KINDS = (YES_NO, INT, DECIMAL, PRESSURE, CHOICE, SYMPTOM_SET, FREE_TEXT)
NUMERIC = (INT, DECIMAL, PRESSURE)
WITH_OPTIONS = (CHOICE, SYMPTOM_SET)
YES, NO = "yes", "no"
NOTHING, WORDS, CALL_BACK = "nothing", "words", "call_back"
"""What free text comes to: nothing was said, words to be listened to, a wish to be called."""
FIXED_ANSWERS: Mapping[str, tuple[str, ...]] = {
    YES_NO: (YES, NO), FREE_TEXT: (NOTHING, WORDS, CALL_BACK),
}  # fmt: skip
PERSON_KEY, OPT_OUT_KEY = "0", "9"
PART_NAMES: Mapping[str, tuple[str, ...]] = {
    INT: ("value",), DECIMAL: ("value",), PRESSURE: ("systolic", "diastolic"),
}  # fmt: skip

Value: TypeAlias = str | tuple[Decimal, ...] | frozenset[str]
"""An answer: a word; numbers, one a part; or the symptoms named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The numbers from low to high, both included."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        """Tell whether a number is in it."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One number of an answer.

    unit: UCUM. hard: outside of it nothing was measured. plausible: outside of it the keys are
    asked, even where both recognizers agree.
    """

    name: str
    unit: str
    hard: Range
    plausible: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What answers a question.

    options: by id the words that mean it, by language.
    """

    kind: str
    parts: tuple[Part, ...] = ()
    options: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def answers(self) -> tuple[str, ...]:
        """The words an answer may be; none of a number."""
        return FIXED_ANSWERS.get(self.kind, tuple(self.options))

    def is_possible(self, value: Value) -> bool:
        """Tell whether a value may be an answer at all."""
        if self.kind in NUMERIC:
            return self._within(value, plausibly=False)
        if isinstance(value, frozenset):
            return self.kind == SYMPTOM_SET and value <= set(self.options)
        return value in self.answers

    def is_plausible(self, value: Value) -> bool:
        """Tell whether a value is one that people have."""
        return self.kind not in NUMERIC or self._within(value, plausibly=True)

    def _within(self, value: Value, *, plausibly: bool) -> bool:
        if not isinstance(value, tuple) or len(value) != len(self.parts):
            return False
        if self.kind == PRESSURE and value[0] <= value[1]:
            return False
        if self.kind != DECIMAL and any(number % 1 for number in value):
            return False
        pairs = zip(self.parts, value, strict=True)
        return all((part.plausible if plausibly else part.hard).holds(n) for part, n in pairs)
