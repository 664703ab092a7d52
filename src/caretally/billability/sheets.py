"""Loads the rulebook: every sheet checked, every value cited, or nothing at all.

A rulebook that cannot be read in full is refused as a whole, with all its problems by file and
line, because half a rulebook decides like a whole one and says nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from caretally.billability.dated_values import read_parameters
from caretally.billability.edits import read_edits
from caretally.billability.payers import read_payer
from caretally.billability.sheet_checks import COUNTING, in_order, sheet_words
from caretally.billability.sheet_reader import Layer, read_foundations, read_sheet
from caretally.billability.sheet_records import (
    Dated,
    Edits,
    Mue,
    Note,
    Parameter,
    PayerSheet,
    Requirement,
    Restriction,
    Rulebook,
    Sheet,
    Source,
    Version,
)
from caretally.errors import RulebookError
from caretally.yaml_lines import Problems, Row, read_table

__all__ = [
    "Dated", "Edits", "Mue", "Note", "Parameter", "PayerSheet", "Requirement", "Restriction",
    "Rulebook", "Sheet", "Source", "Version", "load_rulebook",
]  # fmt: skip

CONFIDENCES = ("high", "medium", "low")
SCENARIOS = ".scenarios.yaml"
ROOMS = ("sources.yaml", "medicare/", "payers/", "fees/", "edits/")
"""What a rulebook consists of; scenarios and cases test it and are no part of it."""
ENDINGS = (".yaml", ".csv")
SHARED_FILES = frozenset({"medicare/counting.yaml", "medicare/foundations.yaml"})


def load_rulebook(folder: Traversable | None = None) -> Rulebook:
    """Return the rulebook of a folder, or the installed one.

    Raises:
        RulebookError: anything in it cannot be read or applied; all problems are listed.
    """
    return installed_rulebook() if folder is None else _Loading(folder).rulebook()


@lru_cache(maxsize=1)
def installed_rulebook() -> Rulebook:
    """Return the rulebook that came with the program, read once."""
    return _Loading(files("caretally") / "rulebook").rulebook()


def files_of(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    """Yield the YAML and CSV files below a folder by their names relative to it."""
    for item in folder.iterdir():
        name = f"{prefix}{item.name}"
        if item.is_dir():
            yield from files_of(item, f"{name}/")
        elif name.endswith(ENDINGS):
            yield name, item


def is_rule(name: str) -> bool:
    """Tell whether a file is part of the rulebook, not one of its scenarios and cases."""
    return name.startswith(ROOMS) and not name.endswith(SCENARIOS)


def digest_of(contents: Mapping[str, bytes]) -> str:
    """Return a digest of names and contents, the same on every platform and in every order."""
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\n{len(contents[name])}\n".encode())
        digest.update(contents[name])
    return f"sha256:{digest.hexdigest()}"


class _Loading:
    """One load: the files, and the problems found in them so far."""

    def __init__(self, folder: Traversable) -> None:
        self.problems = Problems()
        self.contents = {
            name: item.read_bytes().replace(b"\r\n", b"\n")
            for name, item in files_of(folder)
            if is_rule(name)
        }

    def rulebook(self) -> Rulebook:
        """Return the rulebook, or raise with all problems."""
        sources = self.sources()
        counting = self.row("medicare/counting.yaml")
        foundations = read_foundations(self.row("medicare/foundations.yaml"))
        sheets = in_order(self.sheets(foundations), self.problems)
        units_of = {n: p.unit for sheet in sheets.values() for n, p in sheet.parameters.items()}
        rulebook = Rulebook(
            sheets=sheets,
            payers=self.payers(units_of),
            counting=read_parameters(counting.row("parameters")),
            sources=sources,
            edits=read_edits(self.row("edits/edits.yaml"), lambda n: self.text(f"edits/{n}")),
            digest=digest_of(self.contents),
            loaded_from=counting.dated("loaded_from"),
            loaded_to=counting.dated("loaded_to"),
        )
        counting.text("summary")
        counting.dated("reviewed_on")
        counting.finish()
        self.check_counting(rulebook)
        self.check_unit_edits(rulebook)
        self.check_foundations(rulebook, foundations)
        if self.problems.found:
            raise RulebookError(self.problems.settled())
        return rulebook

    def check_counting(self, rulebook: Rulebook) -> None:
        """Refuse another set of counting parameters than the fold reads."""
        for name in sorted(rulebook.counting.keys() ^ COUNTING.keys()):
            found = "a parameter nothing reads" if name in rulebook.counting else "no parameter"
            self.problems.add("medicare/counting.yaml:1", name, found, ", ".join(COUNTING))
        for name, parameter in rulebook.counting.items():
            if parameter.unit != COUNTING.get(name, parameter.unit):
                self.problems.add(
                    "medicare/counting.yaml:1",
                    name,
                    f"unit {parameter.unit}",
                    COUNTING[name],
                )

    def check_unit_edits(self, rulebook: Rulebook) -> None:
        """Refuse a sheet whose unit edit is not the one of the table."""
        for code, sheet in rulebook.sheets.items():
            table = rulebook.edits.mue.get(code)
            if sheet.mue != table:
                self.problems.add(f"{sheet.file}:1", "mue", f"{sheet.mue}", f"{table}")

    def check_foundations(self, rulebook: Rulebook, foundations: Mapping[str, Layer]) -> None:
        """Refuse a shared parameter that no sheet applies."""
        used = {word for sheet in rulebook.sheets.values() for word in sheet_words(sheet)}
        for group, layer in foundations.items():
            for name in sorted(layer.parameters.keys() - used):
                self.problems.add(
                    "medicare/foundations.yaml:1",
                    f"{group}.{name}",
                    "no reader",
                    "a criterion",
                )

    def text(self, name: str) -> str:
        """Return the text of a file; empty, with a problem noted, when there is none."""
        if name not in self.contents:
            self.problems.add(name, "", "no file", "a file of this name in the rulebook")
            return ""
        try:
            return self.contents[name].decode()
        except UnicodeDecodeError:
            self.problems.add(name, "", "bytes that are no UTF-8", "UTF-8 text")
            return ""

    def row(self, name: str) -> Row:
        """Return the mapping of a YAML file."""
        return Row(read_table(self.text(name), name, self.problems), self.problems)

    def sources(self) -> dict[str, Source]:
        """Return the sources by key."""
        row = self.row("sources.yaml")
        self.problems.sources |= set(row.written())
        return {key: read_source(key, row.row(key)) for key in row.written()}

    def sheets(self, foundations: Mapping[str, Layer]) -> dict[str, Sheet]:
        """Return the sheets of all codes."""
        names = [n for n in self.yaml_files("medicare/") if n not in SHARED_FILES]
        read = [read_sheet(self.row(name), foundations, name) for name in names]
        return {sheet.code: sheet for sheet in read}

    def payers(self, units_of: Mapping[str, str]) -> dict[str, PayerSheet]:
        """Return the sheets of all payers."""
        read = [read_payer(self.row(name), units_of, name) for name in self.yaml_files("payers/")]
        return {sheet.payer: sheet for sheet in read}

    def yaml_files(self, prefix: str) -> list[str]:
        """Return the names of the YAML files below a folder, sorted."""
        return sorted(n for n in self.contents if n.startswith(prefix) and n.endswith(".yaml"))


def read_source(key: str, row: Row) -> Source:
    """Return one source."""
    source = Source(
        key=key,
        title=row.text("title"),
        publisher=row.text("publisher"),
        locator=row.text("locator", ""),
        url=row.text("url", ""),
        read_on=row.dated("read_on"),
        confidence=row.one_of("confidence", CONFIDENCES),
    )
    row.finish()
    return source
