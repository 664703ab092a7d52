"""Writes what a mutation test found: a page to read and a file for the proof.

A survivor is listed with its change and, where somebody looked, with the verdict of
scripts/mutation_verdicts.json. Survivors are never left out of the count.
`python -m scripts.mutation_report` writes the page anew after verdicts were added.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "mutation.md"
RECORD = ROOT / "benchmarks" / "mutation_report.json"
VERDICTS = ROOT / "scripts" / "mutation_verdicts.json"
NOTICED = ("killed", "timeout")
COUNTED = (*NOTICED, "survived", "untested")
REQUIRED = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one mutant; `by` is the test that noticed it."""

    mutant: str
    file: str
    line: int
    before: str
    after: str
    status: str
    by: str


def write_report(
    outcomes: Sequence[Outcome],
    drawn: tuple[int, int],
    arguments: argparse.Namespace,
    left_out: Sequence[str],
) -> None:
    """Write both files."""
    write(record_of(outcomes, drawn, arguments, left_out))


def write(record: dict[str, Any]) -> None:
    """Write a record, and the page that shows it with the verdicts there are by now."""
    known = verdicts()
    for each in record["survivors"]:
        file = each["mutant"].partition(":")[0]
        each["sort"] = "words" if is_wording(each["before"], each["after"]) else "logic"
        each["verdict"] = known.get(f"{file}|{each['before']}|{each['after']}", "")
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    PAGE.write_text(page_of(record), "utf-8")


def record_of(
    outcomes: Sequence[Outcome],
    drawn: tuple[int, int],
    arguments: argparse.Namespace,
    left_out: Sequence[str],
) -> dict[str, Any]:
    """Return the counts and the survivors."""
    rooms: dict[str, Counter[str]] = {}
    for each in outcomes:
        rooms.setdefault(each.file, Counter())[each.status] += 1
    total = Counter(each.status for each in outcomes)
    tested = sum(total[status] for status in COUNTED)
    noticed = sum(total[status] for status in NOTICED)
    return {
        "date": datetime.now(tz=UTC).date().isoformat(),
        "commit": commit(),
        "python": platform.python_version(),
        "mutmut": version("mutmut"),
        "required_percent": REQUIRED,
        "killed_percent": round(100 * noticed / max(1, tested), 2),
        "low_percent": interval(noticed, tested)[0],
        "high_percent": interval(noticed, tested)[1],
        "tested": tested,
        "reached": len(outcomes),
        "drawn": drawn[0],
        "all": drawn[1],
        "sample": arguments.sample,
        "seed": arguments.seed,
        "only": arguments.only,
        "seconds_each": arguments.seconds_each,
        "counts": {status: total[status] for status in (*COUNTED, "broken")},
        "files": {
            name: {s: rooms[name][s] for s in (*COUNTED, "broken")} for name in sorted(rooms)
        },
        "left_out": list(left_out),
        "survivors": [survivor(each) for each in sorted(outcomes, key=place) if is_alive(each)],
    }


def interval(part: int, whole: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share, in percent."""
    if not whole:
        return 0.0, 100.0
    share, spread = part / whole, 1.96**2 / whole
    middle = (share + spread / 2) / (1 + spread)
    reach = 1.96 / (1 + spread) * (share * (1 - share) / whole + spread / 4 / whole) ** 0.5
    return round(100 * (middle - reach), 2), round(100 * (middle + reach), 2)


@cache
def commit() -> str:
    """Return the commit the tree stood on when the run began."""
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return told.stdout.strip()


def is_alive(outcome: Outcome) -> bool:
    """Tell whether no test noticed a mutant."""
    return outcome.status in ("survived", "untested")


def place(outcome: Outcome) -> tuple[str, int, str]:
    """Return the order in which survivors are listed."""
    return outcome.file, outcome.line, outcome.mutant


def survivor(outcome: Outcome) -> dict[str, object]:
    """Return a survivor as the record keeps it."""
    return {
        "mutant": outcome.mutant,
        "line": outcome.line,
        "before": outcome.before,
        "after": outcome.after,
        "status": outcome.status,
    }


def is_wording(before: str, after: str) -> bool:
    """Tell whether a change alters nothing but the letters of a text."""
    return before.replace("XX", "").casefold() == after.replace("XX", "").casefold()


def verdicts() -> Mapping[str, str]:
    """Return why survivors are accepted, by file and change."""
    return json.loads(VERDICTS.read_text("utf-8")) if VERDICTS.exists() else {}


def page_of(record: Mapping[str, object]) -> str:
    """Return the page."""
    return "\n".join([*head(record), *table(record), *survivors(record)]) + "\n"


def head(record: Mapping[str, object]) -> Iterable[str]:
    """Yield what was run and what came of it."""
    counts = record["counts"]
    assert isinstance(counts, dict)
    yield "<!-- Generated by `make mutation`; changes here are lost. -->\n"
    yield "# Mutation test\n"
    yield (
        f"**{record['killed_percent']} % of {record['tested']} mutants were noticed** "
        f"(asked: {record['required_percent']} %): {counts['killed']} killed by a failing test, "
        f"{counts['timeout']} by running out of time, {counts['survived']} survived, "
        f"{counts['untested']} are reached by no test."
    )
    yield (
        f"\nRun on {record['date']} at commit {record['commit']}, Python {record['python']}, "
        f"mutmut {record['mutmut']}. The {record['all']} mutants of `billability` and "
        f"`patient_months` were drawn in a random order (seed {record['seed']}); the first "
        f"{record['reached']} of them were tested. With 95 % confidence the share over all of "
        f"them lies between {record['low_percent']} % and {record['high_percent']} %.\n"
    )
    yield (
        "The changes are mutmut's: operators, constants, words, arguments, conditions, assigned "
        "values. It changes no module-level statements and no decorated functions, so properties "
        "and cached functions are not in the count. A change that breaks the syntax or cannot be "
        "installed is not counted. Of the tests that reach a mutant so many were run, the "
        f"likeliest to fail first, as take {record['seconds_each']} s of CPU time; what they let "
        "pass counts as a survivor.\n"
    )
    yield "Not mutated, since they are the optional extra and held equal to the plain source by"
    left = record["left_out"]
    assert isinstance(left, list)
    yield f"`tests/integration/bulk`: {', '.join(f'`{name}`' for name in left)}.\n"


def table(record: Mapping[str, object]) -> Iterable[str]:
    """Yield the counts by file."""
    yield "| file | killed | timeout | survived | untested | noticed |"
    yield "|---|---:|---:|---:|---:|---:|"
    by_file = record["files"]
    assert isinstance(by_file, dict)
    for name, counts in by_file.items():
        tested = sum(counts[status] for status in COUNTED)
        percent = 100 * sum(counts[status] for status in NOTICED) / max(1, tested)
        row = " | ".join(str(counts[status]) for status in COUNTED)
        yield f"| {name} | {row} | {percent:.0f} % |"


def survivors(record: Mapping[str, object]) -> Iterable[str]:
    """Yield every survivor with its change and the verdict on it."""
    yield "\n## Survivors\n"
    listed = record["survivors"]
    assert isinstance(listed, list)
    for each in listed:
        file = each["mutant"].partition(":")[0]
        verdict = each["verdict"] or "not looked at"
        yield f"- `{file}:{each['line']}` ({each['status']}, {each['sort']}): {verdict}"
        yield f"\n  ```diff\n  - {each['before']}\n  + {each['after']}\n  ```\n"


if __name__ == "__main__":
    write(json.loads(RECORD.read_text("utf-8")))
