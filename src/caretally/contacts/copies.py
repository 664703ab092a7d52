"""Copied notes and repeated durations: patterns an auditor looks for, found before one does.

A flag says that somebody should look; it changes no decision. Numbers in a note are kept, for the
readings are what honestly differs between two notes of the same form.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caretally.clock import ServiceMonth, seconds_of
from caretally.journal.entries import ContactHeld, Entry, TimeLogged
from caretally.journal.register import Register

SHINGLE = 3
"""Words that are compared together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRule:
    """When texts are alike, and when alike texts or durations are a pattern.

    alike: percent of what two texts have in common. patients, months: over how many a text must
    stand. entries: how many of a duration. share: percent of a person's entries it must make up.
    """

    alike: int = 90
    patients: int = 6
    months: int = 6
    entries: int = 12
    share: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote in an entry, as it is compared.

    words: lower case, without punctuation and accents.
    """

    entry: str
    patient: str
    month: ServiceMonth
    words: tuple[str, ...]

    @property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        """Neighboring words, taken together; of a short text, all of them."""
        last = max(len(self.words) - SHINGLE, 0)
        return frozenset(self.words[at : at + SHINGLE] for at in range(last + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedNotes:
    """Entries whose texts are alike.

    entries: by id. patients, months: over how many.
    """

    entries: tuple[str, ...]
    patients: int
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedDuration:
    """A person's entries that last equally long to the second.

    of: how many entries the person has.
    """

    person: str
    seconds: int
    entries: tuple[str, ...]
    of: int


def written(entries: Iterable[Entry], register: Register) -> tuple[Written, ...]:
    """Return the texts of contacts and time; entries without words are left out."""
    found = []
    for entry in entries:
        words = words_of(text_of(entry))
        if words:
            day = register.day_of(entry.patient or "", entry.at)
            month = ServiceMonth(day.year, day.month)
            patient = entry.patient or ""
            found.append(Written(entry=entry.id, patient=patient, month=month, words=words))
    return tuple(found)


def text_of(entry: Entry) -> str:
    """Return what a person wrote in an entry."""
    body = entry.body
    if isinstance(body, TimeLogged):
        return body.note or ""
    if isinstance(body, ContactHeld):
        found = (each.says for each in body.findings)
        return " ".join((body.summary or "", *found, *body.actions))
    return ""


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared.

    Example:
        >>> words_of("No dizziness;  CAFÉ, 138/86.")
        ('no', 'dizziness', 'cafe', '138', '86')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        each if each.isalnum() else " " for each in plain if not unicodedata.combining(each)
    )
    return tuple(kept.split())


def is_alike(first: Written, second: Written, percent: int) -> bool:
    """Tell whether two texts have so much in common."""
    one, other = first.shingles, second.shingles
    shared = len(one & other)
    return 100 * shared >= percent * (len(one) + len(other) - shared)


def like(text: Written, earlier: Iterable[Written], rule: CopyRule) -> tuple[str, ...]:
    """Return the ids of earlier entries with a text like this one, to be shown while writing."""
    return tuple(each.entry for each in earlier if is_alike(text, each, rule.alike))


def copied_notes(texts: Sequence[Written], rule: CopyRule) -> tuple[CopiedNotes, ...]:
    """Return the groups of alike texts that stand over so many patients or months."""
    found = []
    for group in groups(texts, rule.alike):
        patients = len({each.patient for each in group})
        months = len({each.month for each in group})
        if patients >= rule.patients or months >= rule.months:
            ids = tuple(sorted(each.entry for each in group))
            found.append(CopiedNotes(entries=ids, patients=patients, months=months))
    return tuple(sorted(found, key=lambda each: each.entries))


def groups(texts: Iterable[Written], percent: int) -> list[list[Written]]:
    """Return texts in groups: a text joins the first group whose first text it is like.

    Only groups that share a shingle are compared, so that most pairs never meet.
    """
    made: list[list[Written]] = []
    same: dict[tuple[str, ...], int] = {}
    holding: dict[tuple[str, ...], list[int]] = {}
    for text in sorted(texts, key=lambda each: each.entry):
        number = same.get(text.words)
        if number is None:
            met = {number for shingle in text.shingles for number in holding.get(shingle, ())}
            alike = (each for each in sorted(met) if is_alike(text, made[each][0], percent))
            number = next(alike, None)
        if number is None:
            number = len(made)
            made.append([])
            for shingle in text.shingles:
                holding.setdefault(shingle, []).append(number)
        same.setdefault(text.words, number)
        made[number].append(text)
    return made


def repeated_durations(entries: Iterable[Entry], rule: CopyRule) -> tuple[RepeatedDuration, ...]:
    """Return durations that make up too much of a person's entries."""
    by_length: dict[tuple[str, int], list[str]] = {}
    counts: Counter[str] = Counter()
    for entry in entries:
        body = entry.body
        if not isinstance(body, TimeLogged | ContactHeld):
            continue
        people = (body.performer,) if isinstance(body, TimeLogged) else body.performers
        for person in dict.fromkeys(people):
            counts[person] += 1
            seconds = seconds_of(body.end) - seconds_of(body.start)
            by_length.setdefault((person, seconds), []).append(entry.id)
    return tuple(
        RepeatedDuration(
            person=person, seconds=seconds, entries=tuple(sorted(ids)), of=counts[person]
        )
        for (person, seconds), ids in sorted(by_length.items())
        if len(ids) >= rule.entries and 100 * len(ids) >= rule.share * counts[person]
    )
