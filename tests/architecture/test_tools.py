"""The outside checkers of `make check` each find a planted fault under our own settings.

A small tree is written with one fault for each checker; a checker that is content with it would
be content with anything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT

ROOMS = ("billability", "cli", "journal", "patient_months", "rulebook", "store")
MODULES = ("clock", "codes", "errors", "yaml_lines")
BIN = Path(sys.executable).parent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Write a tree of empty rooms under the project's own settings."""
    package = tmp_path / "src" / "caretally"
    for room in (".", *ROOMS):
        (package / room).mkdir(parents=True, exist_ok=True)
        (package / room / "__init__.py").write_text('"""A room."""\n', encoding="utf-8")
    for name in MODULES:
        (package / f"{name}.py").write_text('"""A module."""\n', encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def plant(tree: Path, path: str, text: str) -> None:
    """Write a module into the tree."""
    (tree / "src" / "caretally" / path).write_text(f'"""A module."""\n\n{text}', encoding="utf-8")


def verdict(tree: Path, *command: str) -> tuple[int, str]:
    """Run a checker over the tree and return its status and everything it said."""
    program = BIN / command[0]
    if not program.exists():
        pytest.skip(f"{command[0]} is not installed: make test installs it")
    ran = subprocess.run(
        [program, *command[1:]],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


IMPORTS = ("lint-imports", "--no-logo", "--no-cache")
TYPES = ("mypy", "--cache-dir", "types")


def test_an_empty_tree_is_in_order(tree: Path) -> None:
    for command in (("ruff", "check", "."), ("ruff", "format", "--check", "."), TYPES, IMPORTS):
        status, said = verdict(tree, *command)
        assert status == 0, f"{command}: {said}"


@pytest.mark.parametrize(
    ("path", "text", "contract"),
    [
        ("journal/a.py", "import caretally.billability\n", "Imports point down only"),
        ("cli/a.py", "import caretally.journal\n", ""),
        ("errors.py", "import caretally.clock\n", "Imports point down only"),
        ("journal/a.py", "import sqlite3\n", "Below store and exchange"),
        ("store/a.py", "import sqlite3\n", ""),
        ("odd.py", "", "Imports point down only"),
    ],
)
def test_layers(tree: Path, path: str, text: str, contract: str) -> None:
    plant(tree, path, text)
    status, said = verdict(tree, *IMPORTS)
    broken = [line for line in said.splitlines() if line.endswith("BROKEN")]
    assert bool(status) == bool(contract), said
    assert all(line.startswith(contract) for line in broken), said


def test_a_circle_is_found(tree: Path) -> None:
    plant(tree, "journal/a.py", "import caretally.journal.b\n")
    plant(tree, "journal/b.py", "import caretally.journal.a\n")
    status, said = verdict(tree, *IMPORTS)
    assert status != 0
    assert "No room holds a circle of modules BROKEN" in said


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("journal/a.py", "print(1)\n", "T201"),
        ("journal/a.py", "from datetime import datetime\n\nx = datetime(2026, 1, 1)\n", "DTZ001"),
        ("journal/a.py", "def f() -> None:\n    import json\n\n    json.dumps(1)\n", "PLC0415"),
        ("journal/a.py", "def f(a: bool) -> bool:\n    return a\n", "FBT001"),
        ("journal/a.py", "def f(a, b, c, d, e, g):\n    return a, b, c, d, e, g\n", "PLR0913"),
        ("journal/a.py", "x = eval('1')\n", "S307"),
        ("journal/a.py", "import json\n", "F401"),
        ("journal/a.py", "try:\n    x = 1\nexcept Exception:\n    x = 2\n", "BLE001"),
    ],
)
def test_lint(tree: Path, path: str, text: str, rule: str) -> None:
    plant(tree, path, text)
    status, said = verdict(tree, "ruff", "check", ".")
    assert status != 0
    assert rule in said


def test_form(tree: Path) -> None:
    plant(tree, "journal/a.py", "x = {  'a':1 }\n")
    assert verdict(tree, "ruff", "format", "--check", ".")[0] != 0


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("def f(a):\n    return a\n", "no-untyped-def"),
        ("def f(a: int) -> str:\n    return a\n", "return-value"),
        ("def f(a: list) -> None: ...\n", "type-arg"),
    ],
)
def test_types(tree: Path, text: str, error: str) -> None:
    plant(tree, "journal/a.py", text)
    status, said = verdict(tree, *TYPES)
    assert status != 0
    assert error in said
