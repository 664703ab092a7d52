"""The proof of a million readings, in small: told again, late, broken, and the worker killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT
from tests.integration.databases import KINDS, Cluster, free_port

READINGS, KILLS = 960, 2


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Return the surroundings of a program on either database, in a home of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    found = {**kept, "PYTHONPATH": paths, "CARETALLY_HOME": str(tmp_path / "home")}
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("cluster")
        name = f"million{free_port()}"
        cluster.sql(f"CREATE DATABASE {name}")
        found["CARETALLY_DATABASE_URL"] = cluster.url(name)
    return found


def test_every_reading_arrives_once_and_a_second_count_notices_one_too_many(
    settings: dict[str, str],
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.million.inside", "--readings", str(READINGS),
         "--kills", str(KILLS), "--seed-fault"],
        env=settings, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-4_000:]
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["is_done"]
    assert found["failures"] == []
    assert found["kills"] == KILLS
    truth = found["truth"]
    assert truth["valid"] == READINGS
    assert min(truth["told_again"], truth["late"], truth["across"], found["broken"]) > 0
    wrong = [each for each in found["tallies"] if each[1] != each[2]]
    assert wrong == []
    # the same count, with a reading on record that nobody told, on a day of its own
    assert {each[0] for each in found["faulted"] if each[1] != each[2]} >= {
        "readings on record, by the bodies", "on record and in no body",
        "patient-months with another count of data days",
    }  # fmt: skip
