"""`caretally connection`, run as a process: the secret goes to standard output alone, once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.modules import ROOT


@pytest.fixture
def run(tmp_path: Path, migrated_home: Callable[[Path], Path]) -> Any:
    """Return a function that runs the program in a home with a practice."""
    home = migrated_home(tmp_path / "home")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
    surroundings = {**kept, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(home)}

    def ran(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "caretally", *words], env=surroundings, capture_output=True,
            text=True, input=typed, check=False, timeout=60,
        )  # fmt: skip

    assert ran("practice", "open", "north", "--name", "North").returncode == 0
    return ran


@pytest.mark.slow
def test_a_connection_lives_and_ends(run: Any) -> None:
    made = run("connection", "create", "--vendor", "tenovi", "--practice", "north")
    assert made.returncode == 0, made.stderr
    told = dict(line.split("\t") for line in made.stdout.splitlines())
    name = told["URL"].rpartition("/")[2]
    assert told["URL"].endswith(f"/api/v1/webhooks/tenovi/{name}")
    rotated = run("connection", "rotate", name, "--days", "2")
    assert rotated.returncode == 0, rotated.stderr
    fresh = rotated.stdout.strip().partition("\t")[2]
    assert fresh not in {told["secret"], ""}
    for verb, state in (("pause", "paused"), ("resume", "live"), ("end", "ended")):
        turned = run("connection", verb, name)
        assert turned.returncode == 0, turned.stderr
        listed = run("connection", "list").stdout
        assert f"{name}\tnorth\ttenovi\t{state}\tno delivery yet" in listed
        assert fresh not in listed + turned.stdout + turned.stderr
    refused = run("connection", "resume", name)
    assert refused.returncode == 2
    assert "ended" in refused.stderr


@pytest.mark.slow
def test_what_does_not_fit_is_refused_in_words(run: Any) -> None:
    unknown = run("connection", "create", "--vendor", "tenovo", "--practice", "north")
    assert unknown.returncode == 2
    assert "tenovi" in unknown.stderr
    assert "Traceback" not in unknown.stderr
    setting = run("connection", "create", "--vendor", "tenovi", "--practice", "north",
                  "--setting", "colour=red")  # fmt: skip
    assert "a setting nobody reads" in setting.stderr
    assert "found" in run("connection", "pause", "con_0").stderr
    assert (
        "a practice" in run("connection", "create", "--vendor", "tenovi", "--practice", "s").stderr
    )
