"""Does every reading arrive once, under the right patient and day, however the worker dies?

Readings of several vendors are told with what goes wrong in the world: told again, told late and
across a hand-over of the device, and broken. The worker is killed while it works. Then everything
is counted a second time from the raw bodies, in SQL alone, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.durable_cluster import BINARIES, durable_cluster

READINGS, KILLS = 20_000, 20
FULL = 1_000_000


def run(readings: int, kills: int, **settings: str) -> dict[str, Any]:
    """Run it in a home of its own, with further settings by name; returns what came out."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
    told = {f"CARETALLY_{name.upper()}": value for name, value in settings.items()}
    with tempfile.TemporaryDirectory(prefix="caretally-million-") as home:
        command = [sys.executable, "-m", "benchmarks.million.inside"]
        sizes = ["--readings", str(readings), "--kills", str(kills)]
        ran = subprocess.run(
            [*command, *sizes], check=False, capture_output=True, text=True,
            env={**kept, **told, "CARETALLY_HOME": str(Path(home) / "home")},
        )  # fmt: skip
        if ran.returncode != 0:
            raise SystemExit(ran.stderr[-4_000:])
        found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return found


def measure(readings: int, kills: int, databases: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Run it on databases, one after the other."""
    found = {}
    if "sqlite" in databases:
        found["sqlite"] = run(readings, kills)
    if "postgres" in databases and BINARIES:
        with durable_cluster() as url:
            found["postgres"] = run(readings, kills, database_url=url)
    return found


def is_well(found: dict[str, Any]) -> bool:
    """Tell whether everything was done, and no worker ended but by being killed."""
    return bool(found["is_done"]) and not found["failures"]


def holds(found: dict[str, Any]) -> bool:
    """Tell whether everything came out as it must."""
    return is_well(found) and all(asked == counted for _, asked, counted in found["tallies"])


def told(found: dict[str, Any]) -> str:
    """Return in a line what was told and how fast it was filed."""
    truth, seconds = found["truth"], found["seconds"]["told and filed"]
    return (
        f"{truth['valid']:,} valid of {found['devices']:,} devices, {truth['told_again']:,} told "
        f"again, {truth['late']:,} late ({truth['across']:,} across a hand-over), "
        f"{found['broken']:,} broken; {found['kills']} kills, {found['at_work']} at work; "
        f"{seconds:.0f} s, {truth['valid'] / seconds:,.0f} a second; worker {found['peak_mib']} MiB"
    )


def main() -> None:
    """Print what was told and what was counted."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--readings", type=int, default=READINGS)
    asked.add_argument("--kills", type=int, default=KILLS)
    asked.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    options = asked.parse_args()
    databases = options.database or ("sqlite", "postgres")
    all_hold = True
    for name, found in measure(options.readings, options.kills, databases).items():
        print(f"{name}: {told(found)}")
        for what, expected, measured in found["tallies"]:
            verdict = "" if expected == measured else "   FALLS SHORT"
            print(f"  {what:60} {expected:>22,} {measured:>22,}{verdict}")
        for failure in found["failures"]:
            print(f"  worker {failure}   FALLS SHORT")
        print("  seconds: " + ", ".join(f"{k} {v:.0f}" for k, v in found["seconds"].items()))
        all_hold = all_hold and holds(found)
    if not all_hold:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
