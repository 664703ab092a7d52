"""What the gate holds calls against, as data: facts of law with sources, hours, recording by state.

The file is no legal advice and says of every fact where and when it was read. A fact on which lists
differ is contested, and told so in the answer of the gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from caretally.errors import RulebookError
from caretally.journal.entries import CallingRulesSet
from caretally.yaml_lines import Problems, Row, read_table

FILE = "laws.yaml"
AGREED, CONTESTED = "agreed", "contested"
NOBODY = "nobody"
"""Who set the starting point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact was read. confidence: primary or secondary, in words."""

    title: str
    url: str
    read_on: date
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalFact:
    """What the law is taken to say. check: the check of the gate it stands behind."""

    check: str
    says: str
    since: date | None
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Local times of 24 hours: calls from the first on, none from the second on."""

    from_time: str
    to_time: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingLaw:
    """Who must agree to a recording in a state. status: agreed, or contested where lists differ."""

    parties: str
    status: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Laws:
    """All of it. narrower_hours and recording: by the two letters of a state.

    starting_point: rules that hold where a practice set none; its version says that nobody did.
    """

    version: str
    sources: Mapping[str, Source]
    facts: tuple[LegalFact, ...]
    hours: Hours
    narrower_hours: Mapping[str, Hours]
    recording: Mapping[str, RecordingLaw]
    starting_point: CallingRulesSet


@cache
def laws() -> Laws:
    """Return the facts that come with the program.

    Raises:
        RulebookError: the file is not sound; all problems are named.
    """
    text = (files("caretally.contacts.wellness_calls") / FILE).read_text(encoding="utf-8")
    return laws_of(text, FILE)


def laws_of(text: str, file: str) -> Laws:
    """Return the facts of a text.

    Raises:
        RulebookError: it is not sound; all problems are named with file and line.
    """
    problems = Problems()
    root = Row(read_table(text, file, problems), problems)
    sources = {name: _source(row) for name, row in _named(root, "sources")}
    problems.sources = set(sources)
    version = root.text("version")
    read = Laws(
        version=version,
        sources=sources,
        facts=tuple(_fact(row) for row in root.rows("facts")),
        hours=_hours(root.row("hours")),
        narrower_hours={state: _hours(row) for state, row in _named(root, "narrower_hours")},
        recording={state: _recording(row) for state, row in _named(root, "recording")},
        starting_point=_rules(root.row("starting_point"), version),
    )
    root.finish()
    if problems.found:
        raise RulebookError(problems.settled())
    return read


def _named(root: Row, key: str) -> list[tuple[str, Row]]:
    table = root.row(key)
    return [(name, table.row(name)) for name in table.written()]


def _source(row: Row) -> Source:
    found = Source(
        title=row.text("title"), url=row.text("url"), read_on=row.dated("read_on"),
        confidence=row.text("confidence"),
    )  # fmt: skip
    row.finish()
    return found


def _fact(row: Row) -> LegalFact:
    found = LegalFact(
        check=row.text("check"), says=row.text("says"), since=row.day("since"), cites=row.cites()
    )
    row.finish()
    return found


def _hours(row: Row) -> Hours:
    found = Hours(from_time=row.text("from"), to_time=row.text("to"), cites=row.cites())
    row.finish()
    return found


def _recording(row: Row) -> RecordingLaw:
    found = RecordingLaw(
        parties=row.one_of("parties", ("one", "all")),
        status=row.one_of("status", (AGREED, CONTESTED)),
        cites=row.cites(),
    )
    row.finish()
    return found


def _rules(row: Row, version: str) -> CallingRulesSet:
    found = CallingRulesSet(
        version=f"starting point {version}", from_time=row.text("from"), to_time=row.text("to"),
        most_a_day=row.whole("most_a_day"), most_a_week=row.whole("most_a_week"),
        least_minutes=row.whole("least_minutes"), counsel_states=row.words("counsel_states"),
        set_by=NOBODY,
    )  # fmt: skip
    row.finish()
    return found
