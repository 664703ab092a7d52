"""What is wrong inside an entry, and how much of it a message may repeat.

Ids, dates and the contract's words may be shown, cut short; of private content only the shape.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from caretally.errors import Problem

Path: TypeAlias = tuple[str | int, ...]

LONGEST_SHOWN = 60
LARGEST_SHOWN = 10**LONGEST_SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong inside an entry.

    path: keys and list positions from the entry to the place.
    unknown: whether the vocabulary lacks the field or kind, so that a lenient reader may skip it.
    """

    path: Path = ()
    found: str
    expected: str
    hint: str = ""
    unknown: bool = False

    @property
    def field(self) -> str:
        """The path as people write it, such as body.excluded[1].end."""
        return "".join(
            f"[{step}]" if isinstance(step, int) else f".{_step(step)}" for step in self.path
        ).removeprefix(".")

    def problem(self, where: str) -> Problem:
        """Return the fault as a problem at a place."""
        return Problem(
            where=where,
            field=self.field,
            found=self.found,
            expected=self.expected,
            hint=self.hint,
        )


class Misfit(Exception):  # noqa: N818 - it never leaves the journal as an error
    """A value is not what its field may hold."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults in the order they were found."""
        self.faults = faults
        super().__init__(len(faults))


def misfit(value: object, expected: str, *, private: bool = False, hint: str = "") -> Misfit:
    """Return the misfit of one value."""
    return Misfit(Fault(found=shown(value, private=private), expected=expected, hint=hint))


def below(step: str | int, faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults with one more step before their paths."""
    return [replace(fault, path=(step, *fault.path)) for fault in faults]


def missing_field(key: str, raw: dict[str, object]) -> Fault:
    """Return the fault of a field that must be there."""
    found = "null" if key in raw else "no such field"
    return Fault(path=(key,), found=found, expected="a value", hint="add the field")


def unknown_field(key: str, known: Iterable[str]) -> Fault:
    """Return the fault of a field that the vocabulary does not have."""
    names = sorted(known)
    return Fault(
        path=(key,),
        found="a field that this version does not know",
        expected=f"only {', '.join(names)}" if names else "no field",
        hint=nearest(key, names) or "remove it, or read with --lenient to skip it",
        unknown=True,
    )


def remove(raw: object, path: Path) -> None:
    """Remove what stands at a path of parsed JSON, so that a lenient reader can take the rest."""
    for step in path[:-1]:
        raw = raw[step]  # type: ignore[index]
    del raw[path[-1]]  # type: ignore[attr-defined]


def shown(value: object, *, private: bool = False) -> str:
    """Return what a message may say about a found value; of private ones only the shape."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean" if private else str(value).lower()
    if isinstance(value, str):
        return f"a text of {len(value)} characters" if private else cut(repr(value))
    if isinstance(value, int | Decimal):
        small = not private and -LARGEST_SHOWN < value < LARGEST_SHOWN
        return f"the number {cut(str(value))}" if small else "a number"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return f"a {type(value).__name__}, which JSON does not have"


def cut(text: str) -> str:
    """Return the text, cut to what a message may show."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def nearest(word: str, words: Sequence[str]) -> str:
    """Return a question naming the word that was probably meant, or nothing."""
    close = difflib.get_close_matches(word[:LONGEST_SHOWN], words, n=1)
    return f"did you mean {close[0]!r}?" if close else ""


def _step(key: str) -> str:
    return cut(key if key.isprintable() and key else repr(key))
