"""Reads decided parts back and renders each decision in full, as if it came from entries.

What was written are integers; texts are made here, by the very code that renders a decision on
entries. The facts are judged once more, and what does not come to the stored lines and criteria is
refused: somebody changed a file, or the rulebook is not the one it was decided by.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from caretally.billability.decide import Judge
from caretally.billability.decision import Decision
from caretally.billability.judged_months import Counted, JudgedMonth, is_loaded_for
from caretally.billability.lines import lines_of
from caretally.billability.patient_judging import Judged, judge_patient
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth, day_number
from caretally.codes import READINGS
from caretally.errors import ExchangeError, IntegrityError
from caretally.exchange.tables.column_types import read_typed
from caretally.exchange.tables.deciding import MARKER
from caretally.exchange.tables.part_words import read_words
from caretally.exchange.tables.schemas import OUTPUTS
from caretally.patient_months.facts import Facts
from caretally.patient_months.part_tables import TableWords

LISTING = "decisions.json"
"""Lists the decided parts, once all of them stand."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What rendering a folder of decisions needs: the judge it was made by, and its month."""

    judge: Judge
    month: ServiceMonth
    as_of: datetime | None


def render_decisions(out: Path, *, rulebook: Path | None = None) -> Iterator[Decision]:
    """Yield the decisions of a folder that `decide_tables` wrote, by patient id.

    Raises:
        ExchangeError: the folder is not whole.
        IntegrityError: what is stored does not follow from the stored facts.
    """
    listing = read_listing(out)
    as_of = listing["as_of"]
    rendered = Rendered(
        judge=Judge(rulebook=load_rulebook(rulebook), policy=listing["policy"]),
        month=ServiceMonth.parse(listing["month"]),
        as_of=datetime.fromisoformat(as_of) if as_of else None,
    )
    parts = [render_part(out / name, rendered) for name in listing["parts"]]
    return heapq.merge(*parts, key=lambda decision: decision.patient)


def read_listing(out: Path) -> dict[str, Any]:
    """Return what a folder of decisions says of itself.

    Raises:
        ExchangeError: it is not whole.
    """
    path = out / LISTING
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExchangeError(
            f"{path}: cannot be read: {error}; decide the tables again, what stands is kept"
        ) from error
    return found


def render_part(part: Path, rendered: Rendered) -> Iterator[Decision]:
    """Yield the decisions of one part, by patient id."""
    marker = json.loads((part / MARKER).read_text(encoding="utf-8"))
    digest = rendered.judge.rulebook.digest
    if marker["rests_on"]["rulebook"] != digest:
        raise IntegrityError(
            f"{part}: decided by the rulebook {marker['rests_on']['rulebook']}, "
            f"not by {digest}; render with the rulebook it was decided by"
        )
    words = read_words(part)
    slots = grouped(part, "slots")
    entries, lines = grouped(part, "entries"), grouped(part, "lines")
    for number, row in enumerate(rows_of(part, "decisions")):
        facts = [Facts._make(each.values()) for each in slots.pop(number, [])]
        decision = decision_of(row, facts, entries.pop(number, []), words, rendered)
        stored = lines.pop(number, [])
        if stored_lines(stored, marker["codes"]) != judged_lines(decision.month.judged):
            raise IntegrityError(
                f"{part}: the lines of patient {row['patient']} do not follow from the facts "
                "stored beside them; decide the part again"
            )
        yield decision


def decision_of(
    row: Row, facts: Sequence[Facts], entries: Iterable[Row], words: TableWords, rendered: Rendered
) -> Decision:
    """Return a patient's decision, judged once more from its facts."""
    judge, month, decided = rendered.judge, rendered.month, facts[0]
    is_loaded = is_loaded_for(judge.bench, month)
    counted = (
        Counted(
            id=each["id"],
            counted_seconds=each["counted_seconds"],
            live_seconds=each["live_seconds"],
            reasons=each["reasons"],
        )
        for each in entries
    )
    return Decision(
        JudgedMonth(
            patient=row["patient"],
            month=month,
            time_zone=words.zones[decided.zone],
            payer=words.payers[decided.payer] if decided.payer >= 0 else None,
            policy=judge.bench.planner.policy_on(month.last_day, decided.payer),
            as_of=rendered.as_of,
            slots=facts,
            judged=judge_patient(judge.bench, facts, words.diagnosis_sets) if is_loaded else (),
            entries=sorted(counted, key=lambda each: each.id),
            bench=judge.bench,
        )
    )


def stored_lines(rows: Iterable[Row], codes: Sequence[str]) -> list[tuple[object, ...]]:
    """Return the lines as they were written, in an order of their own."""
    return sorted(
        (
            row["date_of_service"], codes[row["code"]], row["units"],
            row["at_risk"], row["sister"],
        )
        for row in rows
    )  # fmt: skip


def judged_lines(judged: Sequence[Judged]) -> list[tuple[object, ...]]:
    """Return the lines as the facts have them, in the same order."""
    return sorted(
        (
            day_number(line.date_of_service), line.code, line.units,
            sum(1 << READINGS.index(reading) for reading in line.at_risk), int(is_sister),
        )
        for is_sister in (False, True)
        for line in lines_of(judged, advisory=is_sister)
    )  # fmt: skip


def rows_of(part: Path, table: str) -> list[Row]:
    """Return the rows of an output table."""
    found: list[Row] = read_typed(part / f"{table}.parquet", OUTPUTS[table]).to_pylist()
    return found


def grouped(part: Path, table: str) -> dict[int, list[Row]]:
    """Return the rows of an output table by patient."""
    found: dict[int, list[Row]] = {}
    for row in rows_of(part, table):
        found.setdefault(row["patient"], []).append(row)
    return found
