"""Entries from and to NDJSON, as the contract has it: one JSON object a line, `.gz` by name.

The reader goes through to the end and tells every problem of every line; it never guesses, and it
never repeats private content. The writer is deterministic to the byte. Neither decides anything.
"""

from __future__ import annotations

import gzip
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeAlias

from caretally.errors import ExchangeError, InputError, Problem
from caretally.journal.canonical import entry_to_json, line_of
from caretally.journal.entries import Entry
from caretally.journal.envelopes import decode_entry
from caretally.journal.faults import Fault, Misfit, cut, remove
from caretally.journal.lines import FilePath, Source, bounded_lines
from caretally.journal.parsing import NotJsonError, parse_line

__all__ = [
    "Reading",
    "Source",
    "entry_from_json",
    "entry_to_json",
    "line_of",
    "read_entries",
    "write_entries",
]

MOST_PROBLEMS = 10_000
"""Problems of one reading after which it stops; a file that is something else has one a line."""

Sources: TypeAlias = Iterable[Source | FilePath] | Source | FilePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read.

    entries: in the order read; the same id with the same content is kept once.
    problems: what was refused, in the order found; with any, `entries` is not the whole.
    skipped: what a lenient reading passed over.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    skipped: tuple[Problem, ...]
    _place_of: Callable[[str], str] = field(repr=False, compare=False)

    def checked(self) -> tuple[Entry, ...]:
        """Return the entries of a reading without problems.

        Raises:
            InputError: something was refused; all of it is named.
        """
        if self.problems:
            raise InputError(self.problems)
        return self.entries

    def place_of(self, entry_id: str) -> str:
        """Return where an entry was first read, as file:line."""
        return self._place_of(entry_id)


def read_entries(sources: Sources, *, lenient: bool = False) -> Reading:
    """Read entries from files or streams.

    lenient: skip and report unknown kinds and fields instead of refusing them.
    """
    given = [sources] if isinstance(sources, str | Path | Source) else sources
    reader = _Reader(lenient=lenient)
    for source in given:
        if not reader.read(source):
            break
    return reader.reading()


def entry_from_json(raw: object, *, where: str = "entry") -> Entry:
    """Return the entry of a parsed JSON object, its numbers int, Decimal or text.

    Raises:
        InputError: with all problems of the entry.
    """
    try:
        return decode_entry(raw)
    except Misfit as misfit:
        raise InputError([fault.problem(where) for fault in misfit.faults]) from None


def write_entries(entries: Iterable[Entry], path: FilePath) -> int:
    """Write entries in the order given, gzip if the name ends in .gz; the file appears whole.

    Returns:
        How many were written. The same entries make the same bytes.

    Raises:
        ExchangeError: the file cannot be written; nothing is left of it.
    """
    target = Path(path)
    partial = target.with_name(f"{target.name}.partial")
    try:
        count = _write(entries, partial, compressed=target.name.endswith(".gz"))
        partial.replace(target)
    except OSError as error:
        raise ExchangeError(
            f"{path}: cannot be written ({error.strerror}); "
            "name a file in a folder that exists and may be written to"
        ) from error
    finally:
        _remove(partial)
    return count


def _write(entries: Iterable[Entry], path: Path, *, compressed: bool) -> int:
    """Write lines; a gzip file carries neither name nor time, so that its bytes repeat."""
    with path.open("wb") as plain:
        if not compressed:
            return _write_lines(entries, plain)
        with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as packed:
            return _write_lines(entries, packed)


def _write_lines(entries: Iterable[Entry], stream: BinaryIO | gzip.GzipFile) -> int:
    count = 0
    for entry in entries:
        stream.write(line_of(entry))
        count += 1
    return count


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


class _Reader:
    """The state of one reading: what was taken, where it stood, and what was refused."""

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.skipped: list[Problem] = []
        self.names: list[str] = []
        self.firsts: list[int] = []
        self.numbers = array("q")
        self.index_of: dict[str, int] = {}

    def reading(self) -> Reading:
        """Return what was read so far."""
        return Reading(
            entries=tuple(self.entries),
            problems=tuple(self.problems),
            skipped=tuple(self.skipped),
            _place_of=self.place_of,
        )

    def place_of(self, entry_id: str) -> str:
        """Return where an entry was first read; of an unknown one only its id."""
        index = self.index_of.get(entry_id)
        if index is None:
            return f"entry {entry_id}"
        source = bisect_right(self.firsts, index) - 1
        return f"{self.names[source]}:{self.numbers[index]}"

    def read(self, source: Source | FilePath) -> bool:
        """Read one source to its end; False where there were too many problems to go on."""
        name = source.name if isinstance(source, Source) else str(source)
        self.names.append(name)
        self.firsts.append(len(self.entries))
        for number, line in bounded_lines(source, self.problems.append):
            if not line or line.isspace():
                continue
            try:
                entry: Entry | None = decode_entry(parse_line(line))
            except (NotJsonError, Misfit) as error:
                entry = self.refuse(f"{name}:{number}", line, error)
                if len(self.problems) >= MOST_PROBLEMS:
                    self.problems.append(_too_many(name, number))
                    return False
            if entry is not None:
                self.keep(entry, number)
        return True

    def refuse(self, where: str, line: bytes, error: NotJsonError | Misfit) -> Entry | None:
        """Tell what is wrong; a lenient reading tries again without what is unknown."""
        if isinstance(error, NotJsonError):
            self.problems.append(error.problem(where))
            return None
        unknown = [fault for fault in error.faults if fault.unknown and self.lenient]
        other_kind = [fault for fault in unknown if fault.path == ("kind",)]
        refused = [fault for fault in error.faults if fault not in unknown]
        self.skipped += [fault.problem(where) for fault in other_kind or unknown]
        if other_kind:
            return None
        self.problems += [fault.problem(where) for fault in refused]
        return None if refused else self.without_unknown(where, line, unknown)

    def without_unknown(self, where: str, line: bytes, unknown: list[Fault]) -> Entry | None:
        """Take the line once more, without the fields that no one knows here."""
        raw = parse_line(line)
        for fault in unknown:
            remove(raw, fault.path)
        try:
            return decode_entry(raw)
        except Misfit as misfit:
            self.problems += [fault.problem(where) for fault in misfit.faults]
            return None

    def keep(self, entry: Entry, number: int) -> None:
        """Keep an entry unless it is known; other content under the same id is a conflict."""
        index = self.index_of.setdefault(entry.id, len(self.entries))
        if index == len(self.entries):
            self.entries.append(entry)
            self.numbers.append(number)
        elif self.entries[index] != entry:
            self.problems.append(
                _conflict(f"{self.names[-1]}:{number}", entry, self.place_of(entry.id))
            )


def _conflict(where: str, entry: Entry, first: str) -> Problem:
    return Problem(
        where=where,
        field="id",
        found=f"{cut(repr(entry.id))} again, with other content than at {first}",
        expected="one content for each id",
        hint="give the entry an id of its own, and let it supersede the first if it corrects it",
    )


def _too_many(name: str, number: int) -> Problem:
    return Problem(
        where=f"{name}:{number}",
        found=f"{MOST_PROBLEMS:,} problems so far",
        expected="entries",
        hint="reading stopped here; correct these first",
    )
