"""What the page of an enrollment shows: every piece of evidence, and what is on file about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from caretally.billability.demands import demands_by
from caretally.codes import PROGRAMS
from caretally.enrollment.corrections import KEPT
from caretally.enrollment.queries import DemandsOf, state_of
from caretally.enrollment.state import NOT_STARTED, EnrollmentState, EvidenceState
from caretally.journal.entries import Entry, EntryVoided
from caretally.practice.office import Chart, Office

DEFAULT_PROGRAM = "rpm"
DETAILS_OF = {"order_names_parameters": "is_ordered", "consent_is_documented": "has_consent"}
"""Evidence that is about other evidence."""
GUARDS = frozenset({"is_in_one_monitoring_program", "has_caregiver_authority"})
"""Evidence that nobody gathers: it is told only where something is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolling:
    """A patient's enrollment in a program.

    stages: of every program, by program.
    """

    chart: Chart
    state: EnrollmentState
    stages: Mapping[str, str]

    @property
    def program(self) -> str:
        """The program."""
        return self.state.program

    @property
    def evidence(self) -> tuple[EvidenceState, ...]:
        """What is asked for as things stand: of what is not there, no details are asked."""
        missing = {each.name for each in self.state.gaps}
        return tuple(
            each
            for each in self.state.evidence
            if each.is_missing
            or (each.name not in GUARDS and DETAILS_OF.get(each.name) not in missing)
        )

    @property
    def count(self) -> int:
        """How many pieces of evidence are asked for."""
        return len(self.evidence)

    @property
    def on_file(self) -> int:
        """How many of them are on file."""
        return self.count - len(self.state.gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry on file with what it replaced, latest first.

    void: the entry that took it back; None while it is in force.
    """

    entry: Entry
    earlier: tuple[Entry, ...]
    void: Entry | None = None


def enrolling(office: Office, chart: Chart, program: str = "") -> Enrolling:
    """Return the enrollment of a chart in a program; by default one that is open or was begun."""
    demands = demanded(office)
    states = {each: state_of(chart.record, each, office.now, demands) for each in PROGRAMS}
    chosen = program if program in states else chosen_of(states)
    stages = {name: state.stage for name, state in states.items()}
    return Enrolling(chart=chart, state=states[chosen], stages=stages)


def demanded(office: Office) -> DemandsOf:
    """Return what the rules in use ask for."""
    return demands_by(office.journal.desk.judge.bench.planner)


def chosen_of(states: Mapping[str, EnrollmentState]) -> str:
    """Return the program to show where none is named: one that is open, else one begun."""
    opened = [name for name, state in states.items() if state.episode and not state.episode.ends]
    begun = [name for name, state in states.items() if state.stage != NOT_STARTED]
    return next(iter((*opened, *begun)), DEFAULT_PROGRAM)


def on_file(chart: Chart) -> dict[str, tuple[Line, ...]]:
    """Return the entries of the enrollment by kind, in force or taken back, latest first."""
    known = {entry.id: entry for entry in chart.stored if isinstance(entry.body, KEPT)}
    in_force = {entry.id for entry in chart.record.in_force}
    replaced = {entry.supersedes for entry in known.values() if entry.supersedes}
    voids = {
        entry.body.entry: entry
        for entry in chart.stored
        if isinstance(entry.body, EntryVoided) and entry.id in in_force
    }
    found: dict[str, list[Line]] = {}
    for entry in sorted(known.values(), key=lambda each: (each.at, each.id), reverse=True):
        if entry.id in in_force or entry.id not in replaced:
            line = Line(
                entry=entry,
                earlier=tuple(_earlier(entry, known)),
                void=None if entry.id in in_force else voids.get(entry.id),
            )
            found.setdefault(entry.kind, []).append(line)
    return {kind: tuple(lines) for kind, lines in found.items()}


def entry_named(chart: Chart, entry_id: str) -> Entry | None:
    """Return an entry of the enrollment that is in force on a chart."""
    return next(
        (e for e in chart.record.in_force if e.id == entry_id and isinstance(e.body, KEPT)), None
    )


def _earlier(entry: Entry, known: Mapping[str, Entry]) -> Iterator[Entry]:
    before = known.get(entry.supersedes or "")
    while before is not None:
        yield before
        before = known.get(before.supersedes or "")
