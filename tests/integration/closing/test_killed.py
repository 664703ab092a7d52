"""A close that is killed leaves nothing behind but what it takes up again, on both databases."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caretally.clock import ServiceMonth
from caretally.practice.caller import system_caller
from caretally.practice.closing import closing_of, rehearse
from caretally.practice.office import Office
from caretally.store.billing_tables import ClosingRun, DecisionCard
from caretally.store.database import scoped
from caretally.synthetic.program import synthesize
from tests.integration.databases import Site

MARCH = ServiceMonth(2025, 3)
PATIENTS, KILLS = 60, 3
ROOTS = 3
"""Lines at the end of what a close prints: counts, root over facts, root over entries."""


def run_of(site: Site, home: Path) -> subprocess.Popen[str]:
    """Start the close in a process of its own."""
    others = {name: value for name, value in os.environ.items() if "CARETALLY" not in name}
    environment = {
        **others, "CARETALLY_HOME": str(home), "CARETALLY_DATABASE_URL": site.url,
    }  # fmt: skip
    command = [sys.executable, "-m", "caretally", "close", str(MARCH), "--practice", "p",
               "--accept", "all", "--reason", "a test"]  # fmt: skip
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stored(site: Site) -> Sequence[object]:
    """Return what is stored of the close, as long as it is the same whenever it was stored."""
    cards = DecisionCard.objects.using(site.db.alias).order_by("patient")
    with scoped("p", site.db.alias):
        found = [(card.patient, card.decision, card.lines) for card in cards]
        office = Office(journal=site.journal(), caller=system_caller("p", "tests"),
                        now=datetime(2025, 12, 1, tzinfo=UTC))  # fmt: skip
        closing = closing_of(office, MARCH)
    return [found, closing.facts if closing else "", closing.entries if closing else ""]


def wait_until_deciding(site: Site, process: subprocess.Popen[str]) -> None:
    """Wait until a run has begun, so that a kill finds it at work."""
    with scoped("p", site.db.alias):
        while process.poll() is None:
            if ClosingRun.objects.using(site.db.alias).filter(state="running").exists():
                return
            time.sleep(0.01)


@pytest.fixture
def filled(site: Site) -> Site:
    """Return a database with a practice."""
    entries = list(synthesize(PATIENTS, 1, seed=11, first_month=MARCH))
    with scoped("p", site.db.alias):
        site.journal().append("p", entries, received_at=datetime(2025, 12, 1, tzinfo=UTC))
    return site


def test_a_killed_close_is_all_or_nothing_and_ends_the_same(filled: Site, tmp_path: Path) -> None:
    """Each round is killed later than the one before; the last is left to end."""
    with scoped("p", filled.db.alias):
        office = Office(journal=filled.journal(), caller=system_caller("p", "tests"),
                        now=datetime(2025, 12, 2, tzinfo=UTC))  # fmt: skip
        expected = rehearse(office, MARCH)
    chance, killed = random.Random(1), 0
    for number in range(KILLS):
        process = run_of(filled, tmp_path)
        wait_until_deciding(filled, process)
        try:
            process.wait(timeout=chance.uniform(0, 0.15 * (number + 1)))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
        cards, facts, _ = stored(filled)
        assert isinstance(cards, list)
        assert (len(cards), facts) in ((0, ""), (expected.decisions, expected.facts))
    assert killed
    ends = []
    for _ in range(2):
        process = run_of(filled, tmp_path)
        told, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        ends.append((told.splitlines()[-ROOTS:], stored(filled)))
    assert ends[0] == ends[1]
    assert ends[0][1][1:] == [expected.facts, expected.entries]
    with scoped("p", filled.db.alias):
        runs = ClosingRun.objects.using(filled.db.alias)
        assert [run.state for run in runs.all()] == ["closed"]
