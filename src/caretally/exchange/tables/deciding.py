"""Decides one part: read, fold, judge, write. Every engine runs this very function.

A decided part is written under another name and renamed when it is whole; its marker says what it
rests on, so that a run that was stopped goes on where it stopped.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from caretally.billability.column_judging import CodeColumns, judge_columns
from caretally.billability.decide import Judge
from caretally.billability.judged_months import is_loaded_for
from caretally.billability.sheets import load_rulebook
from caretally.billability.slot_groups import Grouping
from caretally.errors import CaretallyError, InputError, MissingExtraError, Problem
from caretally.exchange.extras import np, pa
from caretally.exchange.tables.input_files import read_ids, read_part
from caretally.exchange.tables.output_columns import (
    DecidedPart,
    code_columns,
    decision_columns,
    entry_columns,
    line_columns,
)
from caretally.exchange.tables.parquet import Array, write_table
from caretally.exchange.tables.part_words import WORDS
from caretally.exchange.tables.schemas import OUTPUTS
from caretally.exchange.tables.settings import BulkSettings, PartDone, digest_of, made_of
from caretally.patient_months.arrays import PlainFold, Workspace
from caretally.patient_months.columns import Folded, Part
from caretally.patient_months.part_tables import PartTables
from caretally.patient_months.tables_to_fold import near_month, part_of

MARKER = "decided.json"
COMPILED = "caretally.patient_months.compiled"
"""Looked for when a fold is made: Numba is not published for every machine."""
AnyFold = Callable[[Part, Workspace], tuple[Folded, int]]


class Decider:
    """A rulebook and a compiled fold ready to decide one part after the other."""

    def __init__(self, settings: BulkSettings) -> None:
        """Load the rulebook; the fold is compiled, or loaded, with the first part."""
        self.settings = settings
        self.judge = Judge(rulebook=load_rulebook(settings.rulebook), policy=settings.policy)
        self.grouping = Grouping(self.judge.bench)
        self.codes = tuple(self.judge.rulebook.sheets)
        self.workspace = Workspace()
        self.fold = fold_for(settings)

    def fold_tables(self, tables: PartTables) -> tuple[Part, Folded, list[Array]]:
        """Return a part folded, and the facts of its slots."""
        judge, month = self.judge, self.settings.month
        part = part_of(tables, month, judge.rules(month), judge.codes)
        folded, slots = self.fold(part, self.workspace)
        return part, folded, [np.asarray(column)[:slots] for column in folded.facts]

    def judge_facts(self, tables: PartTables, facts: Sequence[Array]) -> list[CodeColumns]:
        """Return what every code came to on the slots of a part."""
        if not is_loaded_for(self.judge.bench, self.settings.month):
            return []
        sets = tables.words.diagnosis_sets
        return judge_columns(self.grouping, facts, sets, len(tables.patients))

    def decide(self, tables: PartTables) -> DecidedPart:
        """Return a part decided."""
        near, rows = near_month(tables, self.settings.month)
        part, folded, facts = self.fold_tables(near)
        judged = self.judge_facts(tables, facts)
        return DecidedPart(part, folded, facts, judged, self.codes, rows)

    def made_of(self, folder: Path) -> dict[str, object]:
        """Return what the decisions of a part rest on."""
        return made_of(folder, self.settings, self.judge.rulebook.digest)


def fold_for(settings: BulkSettings) -> AnyFold:
    """Return the compiled fold, or the plain one where it is asked for or nothing can compile."""
    if not settings.compiled or not can_compile():
        return PlainFold()
    found: AnyFold = import_module(COMPILED).CompiledFold(settings.cache)
    return found


def can_compile() -> bool:
    """Tell whether what compiles the fold is installed."""
    try:
        import_module(COMPILED)
    except MissingExtraError:
        return False
    return True


@lru_cache(maxsize=2)
def decider(settings: BulkSettings) -> Decider:
    """Return the decider of a process."""
    return Decider(settings)


def decide_part(folder: Path, out: Path, settings: BulkSettings) -> PartDone:
    """Decide one part into a folder of its name, unless that stands already.

    Returns:
        What was done; an error as its text, since not every engine carries errors.
    """
    try:
        return decided_part(folder, out, decider(settings))
    except InputError as error:
        return PartDone(part=folder.name, problems=error.problems)
    except CaretallyError as error:
        return PartDone(part=folder.name, error=str(error))


def decided_part(folder: Path, out: Path, ready: Decider) -> PartDone:
    """Decide one part into a folder of its name, unless that stands already.

    Raises:
        InputError: the folder stands, and rests on something else; or the part is missing, broken,
            or holds what cannot be.
    """
    found = standing(folder, out, ready)
    if found is not None:
        return found
    # Asked before the part is read: what is changed meanwhile is refused when the run goes on.
    resting_on = ready.made_of(folder)
    partial = out / f".{folder.name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    tables = read_part(folder)
    lines = write_decided(ready, ready.decide(tables), folder, partial)
    shutil.copy(folder / WORDS, partial / WORDS)
    done = PartDone(part=folder.name, patients=len(tables.patients), lines=lines)
    marker = {
        "digest": digest_of(resting_on),
        "patients": done.patients,
        "lines": done.lines,
        "codes": list(ready.codes),
        "rests_on": resting_on,
    }
    (partial / MARKER).write_text(json.dumps(marker), encoding="utf-8")
    partial.rename(out / folder.name)
    return done


def standing(folder: Path, out: Path, ready: Decider) -> PartDone | None:
    """Return a part that was decided before, or None.

    Raises:
        InputError: it rests on other inputs, rules or options.
    """
    target = out / folder.name
    if not target.exists():
        return None
    found = json.loads((target / MARKER).read_text(encoding="utf-8"))
    if found["digest"] != digest_of(ready.made_of(folder)):
        problem = Problem(
            where=str(target),
            found="decisions on other inputs, rules or options",
            expected="none, or those of this very run",
            hint="choose another folder, or remove this one",
        )
        raise InputError([problem])
    return PartDone(
        part=target.name, patients=found["patients"], lines=found["lines"], was_there=True
    )


def write_decided(ready: Decider, decided: DecidedPart, folder: Path, target: Path) -> int:
    """Write the tables of a decided part; returns how many lines stand."""
    entries, spans, readings = entry_columns(decided)
    ids = pa.concat_arrays(
        [
            read_ids(folder, "spans", "id").take(pa.array(spans)),
            read_ids(folder, "readings", "id").take(pa.array(readings)),
        ]
    )
    order = np.argsort(entries["patient"], kind="stable")
    entries = {name: column[order] for name, column in entries.items()}
    lines = line_columns(decided)
    counts = {"entries": entries["patient"], "lines": lines["patient"]}
    month = ready.settings.month.last_day
    decisions = decision_columns(
        decided, lambda payer: ready.judge.bench.planner.policy_on(month, payer), counts
    )
    columns = {
        "decisions": {"patient": read_ids(folder, "patients", "patient"), **decisions},
        "lines": lines,
        "codes": code_columns(decided),
        "slots": dict(zip((f.name for f in OUTPUTS["slots"]), decided.facts, strict=True)),
        "entries": {"id": ids.take(pa.array(order)), **entries},
    }
    for name, fields in OUTPUTS.items():
        write_table(columns[name], fields, target / f"{name}.parquet")
    return len(lines["patient"])
