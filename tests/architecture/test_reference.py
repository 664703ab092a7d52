"""The generated reference says what the rulebook says: `make docs` would change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.write_reference import REFERENCE, reference, stale, write


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Return what the reference should hold."""
    return reference()


def test_the_reference_is_up_to_date(files: dict[str, str]) -> None:
    assert stale(files, REFERENCE) == [], "run `make docs` and commit what it wrote"


def test_a_changed_page_is_found(files: dict[str, str], tmp_path: Path) -> None:
    write(files, tmp_path)
    assert stale(files, tmp_path) == []
    page = tmp_path / "codes" / "99457.md"
    page.write_text(page.read_text(encoding="utf-8").replace("1200", "1201", 1) + " ", "utf-8")
    (tmp_path / "codes" / "00000.md").write_text("gone", encoding="utf-8")
    assert stale(files, tmp_path) == ["codes/00000.md", "codes/99457.md"]
