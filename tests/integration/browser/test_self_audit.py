"""The self-audit in a browser: it fills by itself, is usable by everybody, and leads to evidence.

SCREENSHOTS names a folder to keep pictures in.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from caretally.journal.ndjson import write_entries
from tests.architecture.modules import ROOT
from tests.integration.audits.clinic import faulty
from tests.integration.browser.conftest import DESKTOP, PHONE, Visit, Visiting
from tests.integration.browser.test_every_page import keep_picture, too_wide, violations
from tests.integration.demonstrated import LAKESIDE
from tests.integration.served import Server

MEASURES = ("identical_durations", "bunching_at_thresholds", "spike_in_enrollees", "cloned_notes")


@pytest.fixture(scope="module", autouse=True)
def planted(server: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Plant every fault in the demonstration's practice."""
    file = tmp_path_factory.mktemp("planted") / "faults.ndjson"
    write_entries(faulty().entries, file)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
    subprocess.run(
        [sys.executable, "-m", "caretally", "import", str(file), "--practice", LAKESIDE],
        check=True, capture_output=True,
        env={**kept, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(server.home)},
    )  # fmt: skip


def seen(found: Visit, path: str, kind: str) -> list[str]:
    """Open a page of the practice and return what is wrong with it."""
    found.practice(path)
    found.page.locator("text=for comparison").wait_for(state="detached")
    keep_picture(found, kind)
    return violations(found) + (too_wide(found) if kind.startswith("phone") else [])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_with_many_findings_can_be_used_by_everybody(visit: Visiting, theme: str) -> None:
    found = visit("cora", theme=theme)
    wrong: list[str] = []
    paths = ["self-audit/?month=2026-03", "self-audit/sample/?month=2026-03&count=5&seed=spring"]
    paths += ["self-audit/sample/", "self-audit/?month=2025-01"]
    paths += [f"self-audit/measures/{name}/?month=2026-03" for name in MEASURES]
    for path in paths:
        found.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        wrong += seen(found, path, f"desktop-{theme}")
        found.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        wrong += seen(found, path, f"phone-{theme}")
    assert wrong == []


def test_evidence_is_one_step_away(visit: Visiting) -> None:
    found = visit("cora")
    page = found.practice("self-audit/?month=2026-03")
    page.get_by_role("link", name="Late entries").click()
    page.get_by_role("link", name="entry 1").first.click()
    entry = page.url.partition("#")[2]
    assert entry.startswith("ent_copy")
    assert page.locator(f"#{entry}").is_visible()
