"""Which slots are judged by the very same plans, so that they can be judged together.

Dates and payers make thousands of pairs and few differences: slots are grouped by what the plans
come to, never by what they are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from caretally.billability.extras import np
from caretally.billability.judging import Bench
from caretally.billability.plans import Plans
from caretally.billability.sheets import PayerSheet, Sheet
from caretally.clock import date_of, day_number
from caretally.codes import PAYERS, PROGRAMS
from caretally.patient_months.columns import FACTS

Array: TypeAlias = Any
"""An array of integers."""
POSITION = {name: position for position, name in enumerate(FACTS)}


class SlotFacts:
    """The facts of some slots by name, each column picked when it is first asked for.

    Stands wherever criteria read `patient_months.facts.Facts`.
    """

    def __init__(self, columns: Sequence[Array], rows: Array) -> None:
        """Take all columns, by fact, and the positions of the slots."""
        self._columns = columns
        self._rows = rows

    def __getattr__(self, name: str) -> Array:
        """Return the column of a fact."""
        if name not in POSITION:
            raise AttributeError(name)
        column = self._columns[POSITION[name]][self._rows]
        setattr(self, name, column)
        return column


class Kind(NamedTuple):
    """What slots have in common that are judged by the same plans.

    day: a day of the stretch of dates over which no rule changes. plans: by code in the order of
    judging; codes that are not valid on the date are left out.
    """

    program: int
    period: int
    decided: int
    day: int
    plans: tuple[Plans, ...]


class Group(NamedTuple):
    """Slots of one kind, by their positions."""

    kind: Kind
    rows: Array


def sheet_changes(sheet: Sheet) -> Iterator[date]:
    """Yield the dates from which a code's sheet may say something else."""
    for version in sheet.requires:
        yield version.from_on
        if version.to_on is not None:
            yield version.to_on + timedelta(days=1)
    for parameter in sheet.parameters.values():
        yield from (dated.from_on for dated in parameter.values)


def payer_changes(sheet: PayerSheet) -> Iterator[date]:
    """Yield the dates from which a payer's sheet may say something else."""
    for dated in chain(sheet.default_policy, *sheet.overrides.values()):
        yield dated.from_on
    for restriction in sheet.restrictions:
        yield restriction.from_on
        if restriction.to_on is not None:
            yield restriction.to_on + timedelta(days=1)


class Grouping:
    """Sorts slots into groups; keeps what it learned of dates and payers."""

    def __init__(self, bench: Bench) -> None:
        """Take the rulebook, made ready."""
        self.bench = bench
        rulebook = bench.rulebook
        changes = {
            *chain.from_iterable(map(sheet_changes, rulebook.sheets.values())),
            *chain.from_iterable(map(payer_changes, rulebook.payers.values())),
        }
        self.changes = sorted(map(day_number, changes))
        self._kinds: dict[int, int] = {}
        self._numbers: dict[tuple[object, ...], int] = {}
        self._known: list[Kind] = []
        self._alike: dict[tuple[int, str], int] = {}

    def epochs(self, days: Array) -> Array:
        """Return for each day the number of the stretch over which no rule changes."""
        if self.bench.planner.rules_on is not None:
            return np.zeros(len(days), dtype=np.int64)
        return np.searchsorted(np.array(self.changes, dtype=days.dtype), days, side="right")

    def day_of(self, epoch: int) -> int:
        """Return a day of a stretch: its first, or for the first stretch the day before it ends."""
        return self.changes[epoch - 1] if epoch else self.changes[0] - 1

    def groups(self, facts: Sequence[Array]) -> list[Group]:
        """Return the groups of slots, device periods first, then the decided months.

        The order follows from the slots alone, not from what was grouped before.
        """
        if not len(facts[0]):
            return []
        key = self.epochs(facts[POSITION["to_day"]])
        for name, size in DIMENSIONS:
            values = facts[POSITION[name]]
            if name == "payer":
                values = np.where(values < len(PAYERS), values + 1, 0)
            key = key * size + values
        counts = np.bincount(key)
        numbers = np.zeros(len(counts), dtype=np.int16)
        for present in np.flatnonzero(counts).tolist():
            numbers[present] = self.number(present)
        number = numbers[key]
        order = np.argsort(number, kind="stable")
        found, starts = np.unique(number[order], return_index=True)
        ends = [*starts[1:].tolist(), len(order)]
        groups = [
            Group(self._known[n], order[start:end])
            for n, start, end in zip(found.tolist(), starts.tolist(), ends, strict=True)
        ]
        return sorted(
            groups, key=lambda group: (-group.kind.period, -group.kind.decided, int(group.rows[0]))
        )

    def number(self, key: int) -> int:
        """Return the number of the kind of slots of a key."""
        if key not in self._kinds:
            kind = self.kind(key)
            merged = (*kind[:4], *map(id, kind.plans))
            if merged not in self._numbers:
                self._numbers[merged] = len(self._known)
                self._known.append(kind)
            self._kinds[key] = self._numbers[merged]
        return self._kinds[key]

    def like(self, payer: int, day: int) -> int:
        """Return the first payer whose sheet comes to the same plans on a day."""
        planner = self.bench.planner
        on = planner.ruling_day(date_of(day))
        sheet = planner.payer_sheet(payer)
        own = {name: sheet.override_on(name, on) for name in sheet.overrides} if sheet else {}
        if any(own.values()):
            return payer
        return self._alike.setdefault((day, planner.policy_on(on, payer)), payer)

    def kind(self, key: int) -> Kind:
        """Return what slots of a key are judged by."""
        parts = []
        for _, size in reversed(DIMENSIONS):
            key, part = divmod(key, size)
            parts.append(part)
        decided, period, program, payer = parts
        day = self.day_of(key)
        plans = (
            self.bench.planner.plans(code, day, self.like(payer - 1, day))
            for code in self.bench.codes_for(program, period, decided)
        )
        return Kind(program, period, decided, day, tuple(p for p in plans if p is not None))


DIMENSIONS = (("payer", len(PAYERS) + 1), ("program", len(PROGRAMS)), ("period", 2), ("decided", 2))
"""The facts, beside the date, by which a slot gets its plans, and how many values each has."""
