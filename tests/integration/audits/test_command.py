"""`caretally self-audit`: what it prints, writes and refuses, and its exit status."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from caretally.audit.measures import MEASURES
from caretally.journal.ndjson import write_entries
from caretally.synthetic.cast import cast_entries
from tests.architecture.modules import ROOT


def caretally(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a home."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "caretally", *words], capture_output=True, text=True, check=False,
        env={**kept, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(home)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, migrated_home: Callable[[Path], Path]) -> Path:
    """Return a home with the cast in a practice."""
    home = migrated_home(tmp_path_factory.mktemp("audited"))
    write_entries(cast_entries(), home / "cast.ndjson")
    done = caretally(home, "import", str(home / "cast.ndjson"), "--practice", "prac_cast")
    assert done.returncode == 0, done.stderr
    return home


def test_an_alarm_is_told_and_ends_with_one(home: Path) -> None:
    done = caretally(home, "self-audit", "--month", "2026-03", "--before", "0")
    assert done.returncode == 1, done.stderr
    assert "What OIG measures" in done.stdout
    assert "✗ No management" in done.stdout
    assert "pat_ben" in done.stdout
    assert "alarms ring" in done.stderr


def test_a_month_without_anything_ends_with_nothing(home: Path) -> None:
    done = caretally(home, "self-audit", "--month", "2025-01", "--before", "1", "--json")
    assert (done.returncode, json.loads(done.stdout)["alarms"]) == (0, [])


def test_tables_are_written(home: Path, tmp_path: Path) -> None:
    table, told = tmp_path / "a.csv", tmp_path / "a.json"
    words = ("self-audit", "--month", "2026-03", "--practice", "prac_cast", "--before", "2")
    assert caretally(home, *words, "--csv", "--out", str(table)).returncode == 1
    assert caretally(home, *words, "--json", "--out", str(told)).returncode == 1
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = json.loads(told.read_text(encoding="utf-8"))
    assert {row["measure"] for row in rows} == set(MEASURES)
    assert [each["name"] for each in found["measures"]] == list(MEASURES)
    rings = {row["measure"] for row in rows if row["alarm"] == "rings"}
    assert rings == set(found["alarms"])
    assert [len(each["before"]) for each in found["measures"]] == [2] * len(MEASURES)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--month", "March"), "--month"),
        (("--month", "2026-03", "--practice", "prac_none"), "--practice"),
        (("--month", "2026-03", "--before", "13"), "--before"),
        (("--month", "2026-03", "--csv", "--json"), "--csv"),
        (("--month", "2026-03", "--out", "x.csv"), "--out"),
    ],
)
def test_what_makes_no_sense_is_refused(home: Path, words: tuple[str, ...], told: str) -> None:
    done = caretally(home, "self-audit", *words)
    assert done.returncode == 2
    assert told in done.stderr
