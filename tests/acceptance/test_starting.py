"""The program as a process: how it starts, what it loads, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
PROGRAM = [sys.executable, "-m", "caretally"]


def started(*words: object, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), **surroundings}
    command = [*PROGRAM, *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_it_starts_as_a_module_and_knows_its_version() -> None:
    answer = started("--version")
    assert answer.returncode == 0
    assert answer.stdout.startswith("caretally ")


@pytest.mark.parametrize(
    "words",
    [(), ("decide",), ("replay",), ("rulebook",), ("rulebook", "show"), ("rulebook", "diff"),
     ("rulebook", "verify"), ("rulebook", "sources"), ("synthesize",), ("demo",), ("entries",),
     ("entries", "schema"), ("entries", "check")],
    ids=" ".join,
)  # fmt: skip
def test_help_is_everywhere(run: object, words: tuple[str, ...]) -> None:
    answer = run(*words, "--help")  # type: ignore[operator]
    assert answer.status == 0
    assert "Usage:" in answer.out
    if words and words not in {("rulebook",), ("entries",)}:
        assert f"Example: caretally {' '.join(words)}" in " ".join(answer.out.split())


def test_deciding_loads_nothing_heavy(cast_file: Path) -> None:
    probe = (
        "import sys; from caretally.cli.main import main\n"
        f"sys.argv = ['caretally', 'decide', {str(cast_file)!r}, '--month', '2026-03', '--json']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'numba', 'pyarrow', 'ray', 'pyspark', 'django'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    answer = subprocess.run(
        [sys.executable, "-c", probe], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stderr.strip() == "[]"


def test_a_reader_that_goes_away_is_no_error_of_ours(cast_file: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    words = [*PROGRAM, "decide", str(cast_file), "--month", "2026-03", "--json"]
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.read(10)
        program.stdout.close()
        told = program.stderr.read().decode()
    assert "Traceback" not in told


def test_signs_an_output_lacks_are_replaced(cast_file: Path) -> None:
    answer = started("decide", cast_file, "--month", "2026-03", "--patient", "pat_hal",
                     PYTHONIOENCODING="ascii", PYTHONUTF8="0")  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.isascii()
    assert "+  The patient is enrolled" in answer.stdout
