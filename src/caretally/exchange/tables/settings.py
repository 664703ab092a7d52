"""How a population is to be decided, and what that rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from caretally import __version__
from caretally.clock import ServiceMonth
from caretally.errors import Problem
from caretally.exchange.tables.input_files import file_digest
from caretally.exchange.tables.part_words import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkSettings:
    """How parts are decided.

    policy: overrides the payers' counting policies. rulebook: a folder instead of the installed
    one. cache: keeps compiled code. compiled: False runs the fold as it stands.
    """

    month: ServiceMonth
    cache: Path
    policy: str | None = None
    rulebook: Path | None = None
    compiled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDone:
    """A part that stands decided; where it does not, what is wrong with it or what went wrong."""

    part: str
    patients: int = 0
    lines: int = 0
    was_there: bool = False
    problems: tuple[Problem, ...] = ()
    error: str = ""

    def to_json(self) -> str:
        """Return this as text, for engines that carry nothing else."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> PartDone:
        """Return what was written as text."""
        found = json.loads(text)
        problems = tuple(Problem(**each) for each in found.pop("problems"))
        return cls(problems=problems, **found)


Progress = Callable[[PartDone], None]
"""Told of every part when it is done."""


def made_of(folder: Path, settings: BulkSettings, rulebook_digest: str) -> dict[str, object]:
    """Return all that the decisions of a part rest on: inputs, rules and options.

    Inputs are known by their whole content. Sizes and footers stay the same where a number becomes
    another of its width, and times do not survive a copy to another machine; the digest that the
    words have of each file is written once and does not follow a change. SHA-256 is what the words
    use, and what processors have instructions for: half a microsecond a patient.
    """
    files = sorted(folder.glob("*.parquet"))
    return {
        "program": __version__,
        "month": str(settings.month),
        "policy": settings.policy,
        "rulebook": rulebook_digest,
        "words": file_digest(folder / WORDS),
        "tables": {file.name: file_digest(file) for file in files},
    }


def digest_of(resting_on: dict[str, object]) -> str:
    """Return the digest of what decisions rest on."""
    return hashlib.sha256(json.dumps(resting_on, sort_keys=True).encode()).hexdigest()


def package_root() -> Path:
    """Return the folder from which other processes can import the package that runs here."""
    return Path(__file__).resolve().parents[3]
