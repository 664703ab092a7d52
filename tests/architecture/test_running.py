"""What a running program loads: deciding needs neither web, database nor compiled packages."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

from tests.architecture.modules import ROOT

HEAVY = ("django", "duckdb", "llvmlite", "numba", "numpy", "pyarrow", "pydantic", "pyspark", "ray",
         "rich", "sqlite3", "typer")  # fmt: skip
REPORT = "import sys; print(' '.join(sorted(sys.modules)))"


def loaded_by(statement: str) -> set[str]:
    """Return the top names of all modules in a fresh interpreter after a statement."""
    ran = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{REPORT}"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return {name.split(".")[0] for name in ran.stdout.split()}


def test_deciding_loads_no_framework() -> None:
    if importlib.util.find_spec("caretally.billability.decide") is None:
        pytest.skip("caretally.billability.decide is not there yet")
    assert loaded_by("import caretally.billability.decide").isdisjoint(HEAVY)


def test_a_planted_import_is_found() -> None:
    assert not loaded_by("import caretally, sqlite3").isdisjoint(HEAVY)
