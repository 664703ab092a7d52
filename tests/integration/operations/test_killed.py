"""Server and worker are killed while a client saves: what was acknowledged is there, once."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.integration.databases import KINDS, Cluster, free_port
from tests.integration.demonstrated import LAKESIDE
from tests.integration.served import PATIENCE, Server

SAVES = int(os.environ.get("SERVED_SAVES", "40"))
"""Saves in all; a full proof takes 1,000."""
KILLS = int(os.environ.get("SERVED_KILLS", "2"))


def entry(number: int) -> dict[str, object]:
    """Return a reading to save."""
    at = f"2026-03-{1 + number % 25:02d}T{10 + number // 25 % 12:02d}:{number // 300:02d}:00Z"
    return {
        "id": f"ent_killed_{number}", "kind": "reading_recorded", "patient": "pat_ada", "at": at,
        "actor": "device:dev_ada_cuff", "recorded_at": at,
        "body": {"device": "dev_ada_cuff", "metric": "8480-6", "value": str(100 + number % 60),
                 "unit": "mm[Hg]", "measured_at": at, "origin": "device"},
    }  # fmt: skip


def save(server: Server, token: str, number: int) -> list[str] | None:
    """Save an entry; returns what was accepted or known, None where nobody answered."""
    asked = urllib.request.Request(
        server.address("/api/v1/entries"), data=json.dumps([entry(number)]).encode(), method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            told = json.loads(answer.read())
            return [*told["accepted"], *told["known"]]
    except HTTPError as refused:
        raise AssertionError(refused.read().decode()) from refused
    except (OSError, HTTPException):  # killed before the answer, or in the middle of it
        return None


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the settings of a program on either database."""
    if request.param == "sqlite":
        return {}
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"killed{free_port()}"
    cluster.sql(f"CREATE DATABASE {name}")
    return {"database_url": cluster.url(name)}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Return a home; whatever was started in it is gone afterwards."""
    yield tmp_path / "home"
    subprocess.run(["pkill", "-9", "-f", str(tmp_path)], check=False)


def test_what_was_acknowledged_is_there_once(
    home: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    server = Server(home, "--demo", **settings)
    made = server.run("token", "create", "--user", "cora", "--scopes", "write_entries",
                      "--practice", LAKESIDE)  # fmt: skip
    assert made.returncode == 0, made.stderr
    token = next(word for word in made.stdout.split() if word.startswith("ct_"))
    acknowledged: set[str] = set()
    kills = 0
    for number in range(SAVES):
        if number and number % (SAVES // (KILLS + 1)) == 0 and kills < KILLS:
            kills += 1
            # begun and never heard of: it may be stored or not, and is sent again below
            subprocess.Popen(["sh", "-c", f"sleep 0.0{number % 7}; kill -9 -{server.process.pid}"])
            while (told := save(server, token, number)) is not None:
                acknowledged.update(told)
                if server.process.poll() is not None:
                    break
            server.process.wait(timeout=PATIENCE)
            server = Server(home, "--demo", **settings)
        told = save(server, token, number)
        assert told == [f"ent_killed_{number}"]
        acknowledged.update(told)
    assert kills == KILLS
    assert server.run("journal", "verify").returncode == 0
    target = tmp_path / "out.ndjson"
    assert server.run("export", "--practice", LAKESIDE, "--out", target).returncode == 0
    stored = [json.loads(line)["id"] for line in target.read_text().splitlines()]
    mine = [name for name in stored if name.startswith("ent_killed_")]
    assert sorted(mine) == sorted(acknowledged)
    assert len(mine) == SAVES
    server.kill()
