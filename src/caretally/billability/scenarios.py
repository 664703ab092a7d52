"""Reads and runs the scenarios of the rulebook: a story in entries, and what should come of it.

Scenarios stand beside the sheets they speak of and are run by the tests and, on an installed
system, by `caretally rulebook verify`. A malformed scenario is refused with file and line, all of
them at once: one that was passed over in silence would look like one that holds.

    scenarios:
      - name: One second short of the first block
        cites: [R2.7]
        month: 2026-03
        entries:
          - {at: 03-04 10:00, contact: 15m}
          - {at: 03-20 16:00, time: 4m 59s, category: review, by: np}
        expect: {"99457": {billable: false, unmet: [reaches_management_time]}}

What is not said is given: see `scenario_baseline`; the forms of a line stand in `scenario_lines`,
what may be expected in `scenario_checks`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from caretally.billability.decide import decide
from caretally.billability.scenario_baseline import Given, baseline, given, moments_of
from caretally.billability.scenario_checks import Check, checks
from caretally.billability.scenario_lines import Line, MalformedError, Object, told
from caretally.billability.scenario_places import Decided
from caretally.billability.scenario_text import Moments
from caretally.billability.sheets import SCENARIOS, Rulebook, files_of, load_rulebook
from caretally.clock import ServiceMonth
from caretally.codes import POLICIES
from caretally.errors import InputError, RulebookError
from caretally.journal.entries import Entry
from caretally.journal.lines import Source
from caretally.journal.ndjson import read_entries
from caretally.yaml_lines import Problems, Row, Text, read_table

ENCODER = msgspec.json.Encoder(decimal_format="number")
REFUSED = "problems"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A story and what should come of it.

    name: what happens, in a line; unique.
    where: file and line.
    cites: the cases and contract sections it shows, such as R2.7, A1 or `contract 6 Seconds`.
    note: why the answer is what it is, where a reader may wonder.
    month: the month that is decided.
    policy: the counting policy asked for; None is the payer's.
    as_of: what is recorded later is not known.
    entries: the story, as the contract writes entries.
    checks: what is expected, by patient.
    refused: words that the refusal of the story must say; empty where it is decided.
    """

    name: str
    where: str
    cites: tuple[str, ...]
    note: str
    month: ServiceMonth
    policy: str | None
    as_of: datetime | None
    entries: tuple[Object, ...]
    checks: Mapping[str, tuple[Check, ...]]
    refused: tuple[str, ...]

    @property
    def file(self) -> str:
        """The file it stands in, relative to the rulebook."""
        return self.where.rpartition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """What came of running a scenario.

    scenario: the scenario.
    differences: each expectation that did not hold, in words; none where all held.
    """

    scenario: Scenario
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences


def run_scenarios(
    rulebook: Rulebook | None = None, scenarios: Sequence[Scenario] | None = None
) -> list[ScenarioResult]:
    """Run scenarios, by default all that came with the program.

    Raises:
        RulebookError: a scenario or the rulebook is malformed.
    """
    rules = rulebook or load_rulebook()
    stories = installed_scenarios() if scenarios is None else scenarios
    return [run_scenario(story, rules) for story in stories]


def run_scenario(scenario: Scenario, rulebook: Rulebook) -> ScenarioResult:
    """Decide the story of a scenario and compare."""
    try:
        decisions = decide(
            entries_of(scenario),
            scenario.month,
            policy=scenario.policy,
            as_of=scenario.as_of,
            rulebook=rulebook,
        )
    except InputError as refusal:
        return ScenarioResult(scenario=scenario, differences=unexpected(scenario, str(refusal)))
    if scenario.refused:
        differences = (f"{REFUSED}: expected a refusal, got a decision",)
        return ScenarioResult(scenario=scenario, differences=differences)
    decided = {decision.patient: decision.to_json() for decision in decisions}
    return ScenarioResult(scenario=scenario, differences=tuple(differences_of(scenario, decided)))


def entries_of(scenario: Scenario) -> tuple[Entry, ...]:
    """Return the story as entries, read as any other writer's lines are.

    Raises:
        InputError: the lines are no entries of the contract.
    """
    lines = b"\n".join(ENCODER.encode(entry) for entry in scenario.entries)
    reading = read_entries([Source(name=scenario.where, stream=io.BytesIO(lines))])
    if reading.problems:
        raise InputError(reading.problems)
    return reading.entries


def unexpected(scenario: Scenario, refusal: str) -> tuple[str, ...]:
    """Return what a refusal should have said and did not, or that there should be none."""
    if not scenario.refused:
        return (f"the story was refused: {refusal}",)
    missing = [word for word in scenario.refused if word not in refusal]
    return tuple(f"{REFUSED}: expected {word} in: {refusal}" for word in missing)


def differences_of(scenario: Scenario, decided: Mapping[str, Decided]) -> Iterator[str]:
    """Yield each expectation that the decisions do not meet."""
    for patient, expected in scenario.checks.items():
        if patient not in decided:
            yield f"{patient}: expected a decision, got none"
            continue
        found = (check.difference(decided[patient]) for check in expected)
        yield from (difference for difference in found if difference)


@lru_cache(maxsize=1)
def installed_scenarios() -> tuple[Scenario, ...]:
    """Return the scenarios that came with the program, read once."""
    return load_scenarios(files("caretally") / "rulebook")


def load_scenarios(folder: Traversable) -> tuple[Scenario, ...]:
    """Return all scenarios below a folder, in the order of files and lines.

    Raises:
        RulebookError: a scenario is malformed; all problems are listed.
    """
    problems = Problems()
    named = {name: item for name, item in files_of(folder) if name.endswith(SCENARIOS)}
    found = [
        scenario
        for name in sorted(named)
        for scenario in scenarios_in(named[name].read_text("utf-8"), name, problems)
    ]
    refuse_doubled_names(found, problems)
    if problems.found:
        raise RulebookError(tuple(dict.fromkeys(problems.found)))
    return tuple(found)


def scenarios_in(text: str, file: str, problems: Problems) -> list[Scenario]:
    """Return the scenarios of a file; what is malformed is noted and left out."""
    root = Row(read_table(text, file, problems), problems)
    rows = root.rows("scenarios")
    if not rows:
        root.refuse("scenarios", "none", "a list of scenarios")
    root.finish()
    read = [_Reading(row).scenario() for row in rows]
    return [scenario for scenario in read if scenario is not None]


def refuse_doubled_names(scenarios: Sequence[Scenario], problems: Problems) -> None:
    """Note each name that two scenarios carry."""
    first: dict[str, str] = {}
    for scenario in scenarios:
        before = first.setdefault(scenario.name, scenario.where)
        if before != scenario.where:
            problems.add(scenario.where, "name", repr(scenario.name), f"another than at {before}")


class _Reading:
    """A scenario while it is being read."""

    def __init__(self, row: Row) -> None:
        self.row = row

    def scenario(self) -> Scenario | None:
        """Return the scenario, or None with its problems noted."""
        before = len(self.row.problems.found)
        try:
            read = self.whole()
        except (MalformedError, ValueError):
            return None
        self.row.finish()
        return read if len(self.row.problems.found) == before else None

    def whole(self) -> Scenario:
        """Return the scenario, however malformed."""
        row, month = self.row, self.month
        policy = row.one_of("policy", ("", *POLICIES), "") or None
        expected = row.row("expect")
        refused = expected.words(REFUSED) if REFUSED in expected.written() else ()
        before = len(row.problems.found)
        by_patient = self.expectations(expected)
        is_empty = not refused and not any(by_patient.values())
        if is_empty and len(row.problems.found) == before:
            row.refuse("expect", "nothing", "something to check")
        return Scenario(
            name=row.text("name"),
            where=row.table.where,
            cites=self.cites(),
            note=row.text("note", ""),
            month=month,
            policy=policy,
            as_of=self.as_of(),
            entries=tuple(baseline(row, self.given, self.moments)) + tuple(self.story()),
            checks=by_patient,
            refused=refused,
        )

    @cached_property
    def month(self) -> ServiceMonth:
        """The month that is decided."""
        text = self.row.text("month")
        try:
            return ServiceMonth.parse(text)
        except ValueError as error:
            self.row.refuse("month", repr(text), str(error))
            raise

    @cached_property
    def moments(self) -> Moments:
        """What the scenario's dates and times mean."""
        return moments_of(self.row, self.month)

    @cached_property
    def given(self) -> Given:
        """What it takes for granted."""
        return given(self.row, self.moments, self.month)

    def cites(self) -> tuple[str, ...]:
        """Return the cases it shows, written as one word or as a list."""
        node = self.row.node("cites")
        return (node.value,) if isinstance(node, Text) else self.row.words("cites", required=False)

    def as_of(self) -> datetime | None:
        """Return the instant of knowing, where one is written."""
        if self.row.node("as_of") is None:
            return None
        return self.line(self.row, "").instant("as_of")

    def line(self, row: Row, id_: str) -> Line:
        """Return a mapping as a line of the story."""
        return Line(row, self.moments, id_, self.given.patients[0], self.given.program)

    def story(self) -> Iterator[Object]:
        """Yield the entries of the story; ids are e1, e2 and so on where none is written."""
        for number, row in enumerate(self.row.rows("entries"), 1):
            yield from told(self.line(row, row.text("id", f"e{number}")))

    def expectations(self, expected: Row) -> dict[str, tuple[Check, ...]]:
        """Return the checks by patient: at the top of the first, under `patients` of any."""
        others = expected.row("patients")
        found = {name: checks(others.row(name), self.moments) for name in others.written()}
        own = checks(expected, self.moments)
        expected.finish()
        return {**({self.given.patients[0]: own} if own else {}), **found}
