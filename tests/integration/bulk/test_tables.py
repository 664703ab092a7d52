"""Decisions from tables are those from entries, field by field, however parts are cut and run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numba", reason="the extra 'bulk' is not installed")
pytest.importorskip("pyarrow", reason="the extra 'bulk' is not installed")

from caretally.billability.decide import decide
from caretally.clock import ServiceMonth
from caretally.exchange.bulk import BulkSettings, Engine, decide_tables, render_decisions
from caretally.exchange.tables.conversion import convert
from caretally.exchange.tables.input_files import part_folders
from caretally.journal.entries import Entry
from caretally.synthetic.cast import cast_entries
from caretally.synthetic.program import synthesize
from tests.property.compare import variant_of
from tests.property.hostile import hostile_entries

pytestmark = pytest.mark.bulk

Json = dict[str, Any]


def from_entries(entries: Sequence[Entry], month: ServiceMonth, **more: Any) -> list[Json]:
    """The decisions on entries, as JSON."""
    return [json.loads(json.dumps(d.to_json())) for d in decide(entries, month, **more)]


def from_tables(out: Path) -> list[Json]:
    """The decisions of a folder, as JSON."""
    return [json.loads(json.dumps(d.to_json())) for d in render_decisions(out)]


def unlike(one: Sequence[Json], other: Sequence[Json]) -> list[str]:
    """The patients and fields in which two runs differ."""
    if [each["patient"] for each in one] != [each["patient"] for each in other]:
        return ["patients"]
    return [
        f"{left['patient']} {name}"
        for left, right in zip(one, other, strict=True)
        for name in left.keys() | right.keys()
        if left.get(name) != right.get(name)
    ]


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_hostile_populations_are_decided_alike(
    first: int, tmp_path: Path, compiled_cache: Path
) -> None:
    found = {}
    for seed in range(first, first + 20):
        entries, month = hostile_entries(seed, 5)
        policy, as_of = variant_of(seed, entries)
        tables, out = tmp_path / f"t{seed}", tmp_path / f"o{seed}"
        convert(entries, tables, as_of=as_of, patients_per_part=2)
        settings = BulkSettings(month=month, cache=compiled_cache, policy=policy)
        decide_tables(tables, out, settings, engine=Engine(workers=1))
        found[seed] = unlike(
            from_entries(entries, month, policy=policy, as_of=as_of), from_tables(out)
        )
    assert {seed: fields for seed, fields in found.items() if fields} == {}


def test_generated_practices_are_decided_alike(tmp_path: Path, compiled_cache: Path) -> None:
    month = ServiceMonth(2026, 2)
    entries = list(synthesize(700, 2, seed=21, first_month=month.previous()))
    convert(entries, tmp_path / "tables", patients_per_part=200)
    assert len(part_folders(tmp_path / "tables")) > 1
    settings = BulkSettings(month=month, cache=compiled_cache)
    done = decide_tables(tmp_path / "tables", tmp_path / "out", settings, engine=Engine(workers=2))
    assert done.patients == 700
    assert unlike(from_entries(entries, month), from_tables(tmp_path / "out")) == []


def test_the_cast_is_decided_alike_without_a_compiler(tmp_path: Path) -> None:
    entries, month = cast_entries(), ServiceMonth(2026, 3)
    convert(entries, tmp_path / "tables")
    settings = BulkSettings(month=month, cache=tmp_path / "none", compiled=False)
    decide_tables(tmp_path / "tables", tmp_path / "out", settings, engine=Engine(workers=1))
    assert unlike(from_entries(entries, month), from_tables(tmp_path / "out")) == []
    assert not (tmp_path / "none").exists()


def test_a_month_without_rules_has_no_lines(tmp_path: Path, compiled_cache: Path) -> None:
    entries, month = cast_entries(), ServiceMonth(2027, 1)
    convert(entries, tmp_path / "tables")
    settings = BulkSettings(month=month, cache=compiled_cache)
    done = decide_tables(tmp_path / "tables", tmp_path / "out", settings)
    assert done.lines == 0
    assert unlike(from_entries(entries, month), from_tables(tmp_path / "out")) == []


def test_nobody_is_decided_too(tmp_path: Path, compiled_cache: Path) -> None:
    assert convert([], tmp_path / "tables") == 0
    settings = BulkSettings(month=ServiceMonth(2026, 3), cache=compiled_cache)
    assert decide_tables(tmp_path / "tables", tmp_path / "out", settings).patients == 0
    assert from_tables(tmp_path / "out") == []
