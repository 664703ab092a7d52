"""Everything that must be shown, at full size: what was asked beside what was measured.

Each row runs the tests or the benchmark that answers it and prints the figure as it came out, kept
or not. `--row NAME` runs single rows, `--quick` all of them in small. Exit status 1 where a row
falls short.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import (
    alert_latency,
    amounts,
    answers,
    api_decisions,
    close,
    equality,
    intake_rates,
    million_readings,
    one_month,
    packets,
    pages,
    population,
    replay,
    self_audit,
    start,
    wellness_scenarios,
    x12,
)

MUTATION_REPORT = Path(__file__).parent / "mutation_report.json"
SUMMARY = re.compile(r"(\d+) passed")
FAILED = re.compile(r"(\d+) (?:failed|error)")


class Shown(NamedTuple):
    """One figure: what it is of, what was asked, what was measured, and whether that is enough."""

    what: str
    asked: str
    measured: str
    holds: bool


def scenarios(*, quick: bool) -> list[Shown]:
    """Run every scenario; the suite also demands one for each published case."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/spec"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    passed, failed = SUMMARY.search(ran), FAILED.search(ran)
    found = f"{passed[1] if passed else 0} passed, {failed[1] if failed else 0} failed"
    return [Shown("scenarios: every case, threshold and date", "all pass", found, not failed)]


def same(*, quick: bool) -> list[Shown]:
    """Compare all ways to decide."""
    sizes = (
        ["--hostile", "40", "--generated", "2000", "--oracle", "20", "--entries", "50"]
        if quick
        else ["--hostile", "2000", "--generated", "100000", "--oracle", "1000", "--entries", "2000"]
    )
    return [
        Shown(f"{what}, {size:,}", "0 differences", str(unequal), not unequal)
        for what, size, unequal in equality.measure(equality.parser().parse_args(sizes))
    ]


def single(*, quick: bool) -> list[Shown]:
    """Time one patient-month."""
    found = one_month.measure(200 if quick else 3_000)
    limit = one_month.LIMIT
    return [
        Shown(
            f"one patient-month, uncompiled, p99 by {name}", f"≤ {limit} ms",
            f"{found[name].worst_of_100:.2f} ms (p50 {found[name].median:.2f})",
            found[name].worst_of_100 <= limit,
        )
        for name in ("clock", "processor")
    ]  # fmt: skip


def bulk(*, quick: bool) -> list[Shown]:
    """Time a population."""
    patients = 20_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as held:
        found = population.measure(patients, Path(held))
    cost = found.cost
    size = f"{patients:,}: "
    return [
        Shown(
            f"{size}fold / decode, CPU", "≤ 4 (2.5)", f"{cost.fold_ratio:.2f}",
            cost.fold_ratio <= 4,
        ),
        Shown(
            f"{size}fold and all criteria / decode, CPU", "≤ 8 (4)", f"{cost.all_ratio:.2f}",
            cost.all_ratio <= 8,
        ),
        Shown(
            f"{size}writing, CPU, apart", "reported", f"{cost.seconds['write']:.1f} s", holds=True
        ),
        Shown(f"{size}decode, CPU", "reported", f"{cost.seconds['decode']:.1f} s", holds=True),
        Shown(
            f"{size}oracle / fold and all criteria", "≥ 40", f"{found.times_oracle:,.0f}",
            found.times_oracle >= 40,
        ),
        Shown(
            f"{size}peak of a process", "≤ 1,024 MiB", f"{cost.peak_mib} MiB",
            cost.peak_mib <= 1024,
        ),
        Shown(
            f"{size}exponent from {population.SMALL:,}", "≤ 1.05", f"{found.exponent:.3f}",
            found.exponent <= 1.05,
        ),
        Shown(f"{size}two processes, written, wall", "reported", f"{found.wall:.1f} s", holds=True),
    ]  # fmt: skip


def again(*, quick: bool) -> list[Shown]:
    """Time a practice-year under other rules."""
    with tempfile.TemporaryDirectory() as held:
        found = replay.measure(100 if quick else 1_000, Path(held))
    return [
        Shown(
            f"replay of a practice-year, {name}",
            f"≤ {replay.LIMIT} s",
            f"{s.first:.3f} s (again {s.later:.3f})",
            s.first <= replay.LIMIT,
        )
        for name, s in found.items()
    ]


def over_http(*, quick: bool) -> list[Shown]:
    """Time pages of a large practice."""
    patients = 400 if quick else pages.PATIENTS
    return [
        Shown(
            f"{patients:,} patients, {page.name}, p95 {where}",
            f"≤ {page.asked} ms" if page.asked else "reported",
            f"{took.worst_of_20:.1f} ms (p50 {took.middle:.1f})",
            page.asked is None or took.worst_of_20 <= page.asked,
        )
        for where, found in pages.measure(patients).items()
        for page, took in found
    ]


SAVED = re.compile(
    r"^(?P<count>[\d,]+) entries|^ +(?P<by>\w+) +overhead median +(?P<middle>[-\d.]+) ms, "
    r"p99 +(?P<worst>[-\d.]+) ms",
    re.MULTILINE,
)
MOST = {"100": 1, "1,000": 5}


def saved(*, quick: bool) -> list[Shown]:
    """Time what the totals cost a save; the benchmark sets up a database of its own."""
    command = [sys.executable, "-m", "benchmarks.store"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found, count = [], ""
    for line in SAVED.finditer(ran):
        count = line["count"] or count
        if line["by"]:
            found.append(
                Shown(
                    f"totals in the saving transaction, {count} entries, p99 {line['by']}",
                    f"≤ {MOST[count]} ms", f"{line['worst']} ms (p50 {line['middle']})",
                    float(line["worst"]) <= MOST[count],
                )
            )  # fmt: skip
    return found


def through_the_interface(*, quick: bool) -> list[Shown]:
    """Compare decisions over HTTP with those of the command line."""
    rows, wrong = api_decisions.measure(quick=quick)
    return [
        Shown(f"over HTTP, {name}, {compared:,} decisions", "0 differences", str(unequal),
              not unequal and not wrong)
        for name, compared, unequal in rows
    ]  # fmt: skip


def started(*, quick: bool) -> list[Shown]:
    """Time `make run` from a clone of what is committed."""
    found = start.measure()
    return [
        Shown(
            "make run, fresh clone to healthy page", f"≤ {start.FRESH} s", f"{found.fresh:.1f} s",
            found.fresh <= start.FRESH,
        ),
        Shown(
            "make run, once set up", f"≤ {start.AGAIN} s", f"{found.again:.1f} s",
            found.again <= start.AGAIN,
        ),
    ]  # fmt: skip


def deliveries(*, quick: bool) -> list[Shown]:
    """Measure deliveries beside bare inserts, and how soon vendors are answered."""
    found = []
    for kind in intake_rates.KINDS:
        told = intake_rates.measure(kind, seconds=5 if quick else intake_rates.SECONDS)
        for what, rates in (("payload to stored delivery", told.delivery),
                            ("delivery to stored reading", told.reading)):  # fmt: skip
            found.append(
                Shown(
                    f"{what} / bare insert, {kind}", f"≥ {intake_rates.ASKED_RATIO}",
                    f"{rates.ratio:.2f} ({rates.ours:,.0f} of {rates.bare:,.0f}/s)",
                    rates.ratio >= intake_rates.ASKED_RATIO,
                )
            )  # fmt: skip
        answers = told.answers
        found.append(
            Shown(
                f"webhook at {intake_rates.RATE}/s, p99, {kind}",
                f"≤ {intake_rates.ASKED_MILLISECONDS} ms",
                f"{answers.worst_of_100:.0f} ms (p50 {answers.middle:.1f}; "
                f"{answers.refused} refused)",
                answers.worst_of_100 <= intake_rates.ASKED_MILLISECONDS and not answers.refused,
            )
        )  # fmt: skip
    return found


FULL = {
    "STORE_SAVES": "1000",
    "SERVED_SAVES": "1000",
    "SERVED_KILLS": "10",
    "SERVED_DELIVERIES": "1000",
    "STORE_EVERY": "1",
    "STORE_PATIENTS": "2000",
    "FOLD_POPULATIONS": "200",
}
"""Sizes of tests that kill programs while they save, or compare what was decided twice."""
RUNNING = {
    "killed while saving, store and server": (
        "tests/integration/store", "tests/integration/operations/test_killed.py",
        "tests/integration/operations/test_killed_intake.py",
    ),
    "compiled fold as the plain one, 200 hostile populations": (
        "tests/integration/bulk/test_compiled.py",
    ),
    "browser: a month, timers, roles, second factor, axe": ("tests/integration/browser",),
    "interface: contract by schemathesis, leaks by every endpoint and role": (
        "tests/integration/api",
    ),
}  # fmt: skip
"""Tests that answer a row by passing."""


def running(*, quick: bool) -> list[Shown]:
    """Run the tests of the running program at full size."""
    found = []
    for what, paths in RUNNING.items():
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "2", *paths], capture_output=True,
            text=True, check=False, env={**os.environ, **({} if quick else FULL)},
        ).stdout  # fmt: skip
        passed, failed = SUMMARY.search(ran), FAILED.search(ran)
        told = f"{passed[1] if passed else 0} passed, {failed[1] if failed else 0} failed"
        found.append(Shown(what, "all pass", told, bool(passed) and not failed))
    return found


def million(*, quick: bool) -> list[Shown]:
    """Tell readings while the worker dies, and count them a second time from the raw bodies."""
    readings = million_readings.READINGS if quick else million_readings.FULL
    found = million_readings.measure(readings, million_readings.KILLS, ("sqlite", "postgres"))
    return [
        Shown(
            f"{database}, {readings:,} readings, {came['kills']} kills: {what}",
            f"{asked:,}", f"{measured:,}", asked == measured and million_readings.is_well(came),
        )
        for database, came in found.items()
        for what, asked, measured in came["tallies"]
    ]  # fmt: skip


def mutants(*, quick: bool) -> list[Shown]:
    """Read the report of the last mutation run, which takes too long to be repeated here."""
    what = "mutants of billability and patient_months killed"
    if not MUTATION_REPORT.exists():
        return [Shown(what, "≥ 90 %", "no report; run make mutation", holds=False)]
    report = json.loads(MUTATION_REPORT.read_text(encoding="utf-8"))
    counts, total = report["counts"], int(report["tested"])
    killed = int(counts["killed"]) + int(counts["timeout"])
    found = f"{100 * killed / total:.1f} % of {total:,} drawn of {report['all']:,}"
    return [Shown(what, "≥ 90 %", found, killed >= 0.9 * total)]


def alerts_seen(*, quick: bool) -> list[Shown]:
    """Time alerts from a vendor's delivery to an open worklist."""
    times = 10 if quick else 100
    found, limit = alert_latency.measure(times), alert_latency.LIMIT_SECONDS
    measured = f"{found.worst_of_20:.2f} s (p50 {found.median:.2f})"
    what = f"alert, delivery to open worklist page, {times}, p95"
    return [Shown(what, f"≤ {limit} s", measured, found.worst_of_20 <= limit)]


def claim_files(*, quick: bool) -> list[Shown]:
    """Write claims and read answers, and ask independent programs about both."""
    found = x12.measure(200 if quick else x12.CLAIMS)
    size, shown = f"{found.claims:,} claims", []
    for who, errors in found.errors.items():
        shown.append(Shown(f"837P of {size}, errors by {who}", "0", f"{errors}", not errors))
        seen, must = found.noticed[who]
        what = f"seeded faults of files noticed by {who}"
        shown.append(Shown(what, f"{must}", f"{seen}", seen == must))
    missed, wrong = len(found.missed), found.differences + found.unlike + found.unbalanced
    command = [sys.executable, "-m", "pytest", "-q", "tests/integration/claims", "-k", "validators"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    passed = SUMMARY.search(ran.stdout)
    return [
        *shown,
        Shown(
            "837P of the cast, pyx12 and x12sdk", "all pass",
            f"{passed[1] if passed else 0} passed", bool(passed) and not ran.returncode,
        ),
        Shown(f"{size} stopped by our own edits", "0", f"{found.stopped}", not found.stopped),
        Shown("seeded faults of claims our edits miss", "0", f"{missed}", not missed),
        Shown(
            f"835: {found.payments} payments unlike told, unlike oxedi, uneven", "0, 0, 0",
            f"{found.differences}, {found.unlike}, {found.unbalanced}", not wrong,
        ),
        *(
            Shown(f"{what}, CPU a claim", "reported", f"{1e6 * seconds / found.claims:.0f} µs",
                  holds=True)
            for what, seconds in found.seconds.items()
        ),
    ]  # fmt: skip


def priced(*, quick: bool) -> list[Shown]:
    """Ask for every published amount as a claim would."""
    found = amounts.measure()
    what = f"{found.vectors} vectors and {found.rows} priced rows, to the cent"
    return [Shown(what, "0 otherwise", f"{len(found.wrong)} otherwise", not found.wrong)]


def answered(*, quick: bool) -> list[Shown]:
    """Send claims, take in what a payer answers, and hold what is posted against what was told."""
    count = 300 if quick else answers.CLAIMS
    found = answers.measure(count)
    return [
        Shown(
            f"{count:,} claims out, answers in, {name}: claims posted otherwise than told",
            "0", str(each.wrong), not each.wrong,
        )
        for name, each in found.items()
    ] + [
        Shown(
            f"{count:,} claims to a payer who pays all: allowed otherwise than expected", "0",
            str(found["pays all"].unexpected), not found["pays all"].unexpected,
        ),
        Shown(
            "remittances that do not add up", "0",
            str(sum(each.unbalanced for each in found.values())),
            not any(each.unbalanced for each in found.values()),
        ),
        Shown(
            "taking answers in, CPU a claim", "reported",
            f"{1000 * found['as payers are'].cpu / count:.1f} ms", holds=True,
        ),
    ]  # fmt: skip


def month_closed(*, quick: bool) -> list[Shown]:
    """Close a month of many patients, and copies of it that are killed."""
    patients, kills = (300, 3) if quick else (10_000, close.KILLS)
    found = close.measure("sqlite", patients, kills=kills)
    size, limit = f"close of {patients:,} patients", close.LIMIT_SECONDS
    return [
        Shown(f"{size}, clock", f"≤ {limit} s", f"{found.whole.seconds:.1f} s",
              found.whole.seconds <= limit),
        Shown(f"{size}, peak of the process", "bounded", f"{found.whole.peak_mib} MiB",
              found.whole.peak_mib <= 1024),
        Shown(f"{size}, killed at {kills} points, other digests", "0", str(found.different),
              not found.different),
    ]  # fmt: skip


def audited(*, quick: bool) -> list[Shown]:
    """Time the self-audit of a large practice."""
    took = self_audit.measure(self_audit.SMALL if quick else self_audit.FULL)
    size = f"self-audit, {took.patients:,} patients, {took.stretches:,} stretches: "
    return [
        Shown(f"{size}a month, CPU", f"≤ {self_audit.LIMIT} s", f"{took.month:.2f} s",
              took.month <= self_audit.LIMIT),
        Shown(f"{size}again", f"≤ {self_audit.AGAIN_LIMIT} s", f"{took.again:.3f} s",
              took.again <= self_audit.AGAIN_LIMIT),
        Shown(f"{size}process grew", "≤ 256 MiB", f"{took.grown_mib} MiB", took.grown_mib <= 256),
    ]  # fmt: skip


def packets_made(*, quick: bool) -> list[Shown]:
    """Make audit packets of a request list, and verify some of them."""
    count, limit = 60 if quick else 1_000, packets.LIMIT_MS
    with tempfile.TemporaryDirectory() as held:
        found = packets.measure(count, Path(held))
    return [
        Shown(f"{count:,} packets, CPU each", f"≤ {limit} ms", f"{found.mean_ms:.1f} ms",
              found.mean_ms <= limit),
        Shown(f"{count:,} packets, failed, or not sound when verified", "0",
              str(found.failed + found.unsound), not found.failed + found.unsound),
        Shown("verifying a packet, CPU", "reported", f"{found.verified_ms:.1f} ms", holds=True),
    ]  # fmt: skip


def calls_led(*, quick: bool) -> list[Shown]:
    """Lead every call of the scenario matrix on time that jumps."""
    found = wellness_scenarios.measure(quick=quick)
    return [Shown(*row) for row in wellness_scenarios.rows(found)]


ROWS: dict[str, Callable[..., Sequence[Shown]]] = {
    "scenarios": scenarios, "equality": same, "one_month": single, "population": bulk,
    "replay": again, "saves": saved, "interface": through_the_interface, "pages": over_http,
    "intake": deliveries, "start": started, "running": running, "mutation": mutants,
    "alerts": alerts_seen, "million": million, "claims": claim_files,
    "answers": answered, "close": month_closed, "self-audit": audited,
    "amounts": priced, "packets": packets_made, "calls": calls_led,
}  # fmt: skip


def main() -> None:
    """Run the rows and print them."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--row", choices=ROWS, action="append")
    asked.add_argument("--quick", action="store_true", help="small sizes, same rows")
    options = asked.parse_args()
    holds = True
    for name in options.row or ROWS:
        begin = time.perf_counter()
        for shown in ROWS[name](quick=options.quick):
            holds = holds and shown.holds
            verdict = "holds" if shown.holds else "FALLS SHORT"
            print(
                f"{shown.what:62} asked {shown.asked:14} {shown.measured:36} {verdict}", flush=True
            )
        print(f"  ({name}: {time.perf_counter() - begin:.0f} s)", file=sys.stderr, flush=True)
    if not holds:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
