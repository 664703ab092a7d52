"""The compiled fold writes the very numbers that the uncompiled one writes, cell by cell."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("numba", reason="the extra 'bulk' is not installed")

from caretally.billability.decide import Judge, folded, record_of
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.codes import PROGRAMS
from caretally.journal.entries import AccessAligned, Entry
from caretally.patient_months.arrays import Workspace, array_part
from caretally.patient_months.columns import FACTS, Part
from caretally.patient_months.compiled import CompiledFold, kernel_namespace
from caretally.patient_months.positions import SLOTS
from caretally.synthetic.program import synthesize
from tests.property.hostile import hostile_entries
from tests.property.story import Story

pytestmark = pytest.mark.bulk

JUDGE = Judge(rulebook=load_rulebook())
POPULATIONS = int(os.environ.get("FOLD_POPULATIONS", "40"))
"""A full proof takes 200."""
BY_ROW = ("counted", "live", "reasons", "reading_reasons", "lane", "zone", "program")


def part_of(entries: Sequence[Entry], month: ServiceMonth) -> Part:
    """The rows of entries."""
    return JUDGE.build(record_of(entries), month).part


def differences(part: Part, fold: CompiledFold, workspace: Workspace) -> list[str]:
    """What the two folds of one part do not have in common."""
    plain = folded(part).folded
    compiled, count = fold(array_part(part), workspace)
    found = [f"{count} slots"] if count != plain.cursor[SLOTS] else []
    for name, one, other in zip(FACTS, plain.facts, compiled.facts, strict=True):
        if list(one[:count]) != list(other[:count]):
            found.append(f"fact {name}")
    rows = [n for n in BY_ROW if list(getattr(plain, n)) != list(getattr(compiled, n))]
    return found + rows


def test_hostile_populations_fold_alike(compiled_fold: CompiledFold) -> None:
    workspace = Workspace()
    unlike = {
        seed: found
        for seed in range(POPULATIONS)
        if (found := differences(part_of(*hostile_entries(seed, 6)), compiled_fold, workspace))
    }
    assert unlike == {}


def test_generated_practices_fold_alike(compiled_fold: CompiledFold) -> None:
    first = ServiceMonth(2026, 1)
    entries = list(synthesize(300, 3, seed=11, first_month=first))
    for month in (first, first.next(), first.next().next()):
        assert differences(part_of(entries, month), compiled_fold, Workspace()) == []


def test_more_slots_than_expected_are_folded_again(compiled_fold: CompiledFold) -> None:
    entries, month = hostile_entries(3, 40)
    small = Workspace()
    part = part_of(entries, month)
    compiled_fold.slots_per_patient, before = 0, compiled_fold.slots_per_patient
    try:
        assert differences(part, compiled_fold, small) == []
    finally:
        compiled_fold.slots_per_patient = before


@pytest.mark.parametrize("aligned", [33, 61, 62])
def test_many_diagnoses_are_all_told_apart(aligned: int, compiled_fold: CompiledFold) -> None:
    begin = date(2026, 1, 1)
    codes = tuple(f"A{number:02d}.1" for number in range(62))
    story = Story().enroll(begin, diagnoses=codes).consent(begin).order(begin).cover(begin)
    conditions = tuple(code[:3] for code in codes[:aligned])
    story.add(AccessAligned(conditions=conditions, from_on=begin), story.at(begin, "00:00"))
    part = part_of(story.entries, ServiceMonth(2026, 3))
    assert differences(part, compiled_fold, Workspace()) == []
    found, _ = compiled_fold(array_part(part), Workspace())
    assert found.facts[FACTS.index("diagnoses")][0] == 62
    assert found.facts[FACTS.index("access_aligned")][0] == (aligned == 62)


def test_no_name_of_the_kernel_has_two_meanings() -> None:
    namespace = kernel_namespace()
    assert {"fold_part", "service_at", "collect_days", "gather_evidence"} <= namespace.keys()
    assert namespace["RPM"] == PROGRAMS.index("rpm")


def test_a_second_start_compiles_nothing(compiled_cache: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in compiled_cache.rglob("*.nbc")}
    assert before
    script = (
        "import sys; from pathlib import Path; import numba\n"
        "from numba.core import event\n"
        "from tests.integration.bulk.test_compiled import differences, part_of\n"
        "from tests.property.hostile import hostile_entries\n"
        "from caretally.patient_months.compiled import CompiledFold\n"
        "from caretally.patient_months.arrays import Workspace\n"
        "with event.install_recorder('numba:compile') as seen:\n"
        "    fold = CompiledFold(Path(sys.argv[1]))\n"
        "    assert differences(part_of(*hostile_entries(1, 6)), fold, Workspace()) == []\n"
        "print(len(seen.buffer))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(compiled_cache)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(("src", "."))},
        cwd=Path(__file__).parents[3],
    )
    assert run.stdout.strip() == "0", run.stdout + run.stderr
    assert {file: file.stat().st_mtime_ns for file in compiled_cache.rglob("*.nbc")} == before
