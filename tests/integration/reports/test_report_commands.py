"""`caretally report` and `caretally statement`, run as people run them."""

from __future__ import annotations

import csv
import json
import shutil
from io import StringIO
from pathlib import Path

import pytest

from tests.integration.demonstrated import LAKESIDE
from tests.integration.store.test_commands import caretally, surroundings

HERE = ("--practice", LAKESIDE, "--month", "2026-02")


@pytest.fixture
def surrounding(tmp_path: Path, demo_pattern: Path) -> dict[str, str]:
    """Return the environment of a program with the demonstration as its database."""
    file = tmp_path / "demo.sqlite3"
    shutil.copy(demo_pattern, file)
    return surroundings(tmp_path / "home", database_url=f"sqlite:///{file}")


def test_a_report_is_the_same_on_screen_and_in_files(
    surrounding: dict[str, str], tmp_path: Path
) -> None:
    screen = caretally(surrounding, "report", "summary", *HERE)
    assert screen.returncode == 0, screen.stderr
    told = caretally(surrounding, "report", "summary", *HERE, "--format", "json")
    figures = {each["figure"]: each["value"] for each in json.loads(told.stdout)["figures"]}
    assert figures["Patients"] == "8"
    for value in figures.values():
        assert value is None or value in screen.stdout
    out = tmp_path / "s.csv"
    written = caretally(surrounding, "report", "summary", *HERE, "--format", "csv", "--out", out)
    assert written.returncode == 0, written.stderr
    rows = list(csv.reader(StringIO(out.read_text(encoding="utf-8"))))
    assert ["figures", "Lines", figures["Lines"]] in rows


def test_what_cannot_be_is_refused_in_words(surrounding: dict[str, str], tmp_path: Path) -> None:
    for words, found in (
        (("report", "profit", *HERE), "one of summary, economics"),
        (("report", "staffing", *HERE, "--set", "overhead=lots"), "a number from 0 to 500"),
        (("statement", "pat_no", "2026-02", "--practice", LAKESIDE, "--out",
          str(tmp_path / "x.pdf")), "the id of a patient"),
    ):  # fmt: skip
        refused = caretally(surrounding, *words)
        assert refused.returncode == 2, (words, refused.stderr)
        assert found in refused.stderr.replace("\n", " "), refused.stderr
    assert not (tmp_path / "x.pdf").exists()


def test_a_statement_leaves_and_its_leaving_is_told(
    surrounding: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "cleo.pdf"
    made = caretally(
        surrounding, "statement", "pat_cleo", "2026-02", "--practice", LAKESIDE, "--out", out,
        "--language", "es",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert "it is not final" in made.stderr + made.stdout
    assert out.read_bytes().startswith(b"%PDF-")
