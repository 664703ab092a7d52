"""A replay on columns: the record made into tables once, every month folded by compiled code.

Stands on the extra `bulk` and is loaded only where it pays; it adds up what the plain way adds up.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from caretally.billability.decide import Judge
from caretally.cli.tally import Counted
from caretally.clock import ServiceMonth, date_of
from caretally.exchange.tables.conversion import tables_of_record
from caretally.exchange.tables.replaying import ReplayTables
from caretally.patient_months.compiled import CompiledFold
from caretally.patient_months.rows import Record


class ReplayColumns:
    """A record as tables, ready to be decided for any month by any judge."""

    def __init__(self, record: Record, cache: Path) -> None:
        """Make the tables; compiled code is kept in the cache."""
        self._replay = ReplayTables(tables_of_record(record), CompiledFold(cache), keeps=2)

    @property
    def patients(self) -> int:
        """How many patients are on record."""
        return len(self._replay.tables.patients)

    def counted(self, judge: Judge, month: ServiceMonth) -> Iterator[Counted]:
        """Yield the units of each code and date of service that stand in a month."""
        for (code, day), units in self._replay.units(judge, [month]).items():
            yield Counted(code=code, day=date_of(day), units=units)
