"""The sentences of the patient statement, read from one versioned file, in English and Spanish.

Sentences are short, in everyday words, and filled with nothing but what is on record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from caretally.clock import ServiceMonth

FILE = "statement_sentences.json"
ENGLISH, SPANISH = "en", "es"
LANGUAGES = (ENGLISH, SPANISH)
LANGUAGE_WORDS: Mapping[str, str] = {ENGLISH: "English", SPANISH: "Español"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The sentences of a language.

    codes: what a code is, where the rulebook's own words are in another language.
    """

    language: str
    version: str
    sentences: Mapping[str, str]
    codes: Mapping[str, str]

    def say(self, name: str, /, **filled: object) -> str:
        """Return a sentence with what is filled in."""
        return self.sentences[name].format(**filled)

    def count(self, name: str, count: int, /, **filled: object) -> str:
        """Return a sentence about one, or about so many."""
        return self.say(f"{name}_one" if count == 1 else name, **filled)

    def day(self, day: date) -> str:
        """Return a date in words."""
        return self.say("day_words", day=day.day, name=self.month_name(day.month), year=day.year)

    def month(self, month: ServiceMonth) -> str:
        """Return a month in words."""
        return self.say("month_words", name=self.month_name(month.month), year=month.year)

    def month_name(self, number: int) -> str:
        """Return the name of a month."""
        return self.sentences["months"].split()[number - 1]

    def payer(self, payer: str | None) -> str:
        """Return what to call a payer in a sentence."""
        name = f"payer_{payer or 'none'}"
        return self.sentences.get(name, self.sentences["payer_other"])

    def role(self, role: str) -> str:
        """Return what somebody is, in everyday words."""
        return self.sentences.get(f"role_{role}", self.sentences["role_other"])


@lru_cache(maxsize=len(LANGUAGES))
def words_in(language: str) -> Words:
    """Return the sentences of a language; English for any that is not there."""
    told = json.loads((files("caretally.practice") / FILE).read_text(encoding="utf-8"))
    chosen = language if language in told["languages"] else ENGLISH
    sentences = dict(told["languages"][chosen])
    codes = sentences.pop("codes")
    return Words(language=chosen, version=told["version"], sentences=sentences, codes=codes)


def language_of(tag: str) -> str:
    """Return the language of a tag such as `es-MX`; English where there are no sentences.

    Example:
        >>> language_of("es-MX"), language_of("vi"), language_of("")
        ('es', 'en', 'en')
    """
    found = tag.partition("-")[0].lower()
    return found if found in LANGUAGES else ENGLISH
