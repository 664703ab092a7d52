"""The errors a user may meet, each saying what was found, where, what was expected and what to do.

No message carries patient content: ids, field names and shapes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with an input, at a place a person can open."""

    where: str
    field: str = ""
    found: str = ""
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: {self.field}" if self.field else self.where
        parts = (
            f"found {self.found}" if self.found else "",
            f"expected {self.expected}" if self.expected else "",
            self.hint,
        )
        return f"{place}: " + "; ".join(part for part in parts if part)


class CaretallyError(Exception):
    """Anything Caretally refuses on purpose; its text is fit for a user."""

    exit_status = 1


class InputError(CaretallyError):
    """The input is wrong; all problems found are listed."""

    exit_status = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems in the order they were found."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConflictError(InputError):
    """Two inputs contradict one another, such as one id with two contents."""


class ForbiddenError(CaretallyError):
    """The person may not do this; the message names the permission and nobody's content."""


class UnknownError(CaretallyError):
    """Nothing of this name is there, or not for this person; which of the two is not told."""


class RulebookError(InputError):
    """The rulebook on disk cannot be used; nothing was decided with it."""

    exit_status = 3


class ExchangeError(CaretallyError):
    """An outside party or file system did not answer as agreed."""


class IntegrityError(CaretallyError):
    """Stored content does not agree with what was derived from it."""


class MissingExtraError(CaretallyError):
    """An optional part of the program is not installed."""

    exit_status = 2

    def __init__(self, extra: str, package: str) -> None:
        """Name the extra to install and the package that was looked for."""
        super().__init__(
            f"this needs the package {package}, which is not installed: "
            f"install Caretally with the extra '{extra}', as in: pip install 'caretally[{extra}]'"
        )
