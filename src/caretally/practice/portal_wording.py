"""The words of the portal, in English and Spanish, read from files that hold nothing else.

Every file of the folder holds both languages with the same keys. Sentences are short and in
everyday words; what is filled in comes from the record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from caretally.clock import ServiceMonth
from caretally.practice.statement_words import LANGUAGES, Words, language_of, words_in

__all__ = ["LANGUAGES", "Wording", "language_of", "wording"]

FOLDER = "portal_words"


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
