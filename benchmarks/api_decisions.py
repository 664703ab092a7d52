"""Are decisions through the interface those of `caretally decide` on the same entries?

All scenarios and 2,000 generated patients go in through `POST /api/v1/entries` and their decisions
come out through `GET …/months/…`, on SQLite and on PostgreSQL, and are compared byte for byte.
`--quick` takes every fifth scenario and 60 patients. Exit status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

TESTS = "tests/integration/api/test_decisions.py"
FULL = {"API_PATIENTS": "2000", "API_EVERY": "1"}


def figures(report: Path) -> list[tuple[str, int, int]]:
    """Return what was tried, how many decisions were compared and how many differ."""
    found = []
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - pytest wrote it
        told = {each.get("name"): each.get("value") for each in case.iter("property")}
        if "compared" in told:
            name = str(case.get("name"))
            found.append((name, int(told["compared"] or 0), int(told["differences"] or 0)))
    return found


def measure(*, quick: bool) -> tuple[list[tuple[str, int, int]], str]:
    """Compare; returns the figures, and what went wrong in words, empty where nothing did."""
    environment = {**os.environ, **({} if quick else FULL)}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS,
                   f"--junitxml={report}"]  # fmt: skip
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        rows = figures(report)
    return rows, ran.stdout[-2_000:] if ran.returncode or len(rows) < 4 else ""


def main() -> int:
    """Run the comparison and print asked beside measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    rows, wrong = measure(quick=parser.parse_args().quick)
    for name, compared, differences in rows:
        print(f"{name:34} {compared:>6,} decisions   asked 0 differences   measured {differences}")
    print(wrong, end="")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
