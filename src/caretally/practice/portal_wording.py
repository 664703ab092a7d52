"""The words of the portal, in English and Spanish, read from files that hold nothing else.

Every file of the folder holds both languages with the same keys. Sentences are short and in
everyday words; what is filled in comes from the record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files

from caretally.clock import ServiceMonth
from caretally.practice.statement_words import ENGLISH, LANGUAGES, Words, language_of, words_in

__all__ = ["LANGUAGES", "Wording", "language_of", "wording"]

FOLDER = "portal_words"
NOON = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The sentences of a language. dates: how it names days, months and payers."""

    language: str
    sentences: Mapping[str, str]
    dates: Words

    def say(self, name: str, /, **filled: object) -> str:
        """Return a sentence with what is filled in."""
        return self.sentences[name].format(**filled)

    def day(self, day: date) -> str:
        """Return a date in words."""
        return self.dates.day(day)

    def short_day(self, day: date) -> str:
        """Return a date in few letters, such as `Mar 5`."""
        name = self.dates.month_name(day.month)[:3]
        return self.say("short_day", day=day.day, name=name)

    def time(self, at: datetime) -> str:
        """Return the time of a local instant in words."""
        if self.language == ENGLISH:
            return f"{at.hour % 12 or 12}:{at:%M} {'am' if at.hour < NOON else 'pm'}"
        return f"{at.hour}:{at:%M}"

    def curve(self, name: str) -> str:
        """Return the name of a number, such as the upper one of a pressure."""
        return self.sentences.get(f"curve_{name}", name)

    def unit(self, unit: str) -> str:
        """Return a unit in everyday words; as it is written where there are none."""
        return self.sentences.get(f"unit_{unit}", unit)

    def month(self, month: ServiceMonth) -> str:
        """Return a month in words."""
        return self.dates.month(month)


@lru_cache(maxsize=len(LANGUAGES))
def wording(language: str) -> Wording:
    """Return the sentences of a language; English for any that is not there."""
    chosen = language_of(language)
    found: dict[str, str] = {}
    for file in sorted(files("caretally.practice").joinpath(FOLDER).iterdir(), key=str):
        if file.name.endswith(".json"):
            found |= json.loads(file.read_text(encoding="utf-8"))[chosen]
    return Wording(language=chosen, sentences=found, dates=words_in(chosen))
