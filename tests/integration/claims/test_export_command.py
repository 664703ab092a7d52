"""`caretally claims export`, run as people run it: the file, the same again, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connections

from caretally import clock
from caretally.practice.demo_clock import keep_in
from tests.integration.claims.closed import MONTH, closed
from tests.integration.demonstrated import Demo
from tests.integration.store.test_commands import caretally, surroundings
from tests.x12.validators import by_pyx12, by_x12sdk


@pytest.fixture
def environment(demo: Demo, tmp_path: Path) -> dict[str, str]:
    """Return the environment of a program in whose database a month is signed."""
    closed(demo)
    connections["default"].close()
    (tmp_path / "home").mkdir()
    (tmp_path / "demo.sqlite3").rename(tmp_path / "home" / "caretally.sqlite3")
    keep_in(tmp_path / "home", clock.outside(), "unused")
    return surroundings(tmp_path / "home")


def export(environment: dict[str, str], out: Path, *more: str) -> tuple[int, str]:
    """Run the command; returns its status and what it said."""
    ran = caretally(environment, "claims", "export", "--month", str(MONTH), "--practice",
                    "prac_lakeside", "--out", out, *more)  # fmt: skip
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stderr


def test_the_same_command_writes_the_same_file(environment: dict[str, str], tmp_path: Path) -> None:
    one, other = tmp_path / "one.837", tmp_path / "other.837"
    status, said = export(environment, one)
    assert status == 0, said
    assert "claims prepared, 0 stood already" in said
    assert by_pyx12(one.read_bytes()) == []
    assert by_x12sdk(one.read_bytes()) == []
    status, said = export(environment, other)
    assert (status, one.read_bytes()) == (0, other.read_bytes())
    assert "0 claims prepared" in said
    assert "as it left before" in said
    assert export(environment, one)[0] == 0


def test_bad_input_is_told_and_nothing_is_stored(
    environment: dict[str, str], tmp_path: Path
) -> None:
    for words in (("--format", "837i"), ("--practice", "prac_none"), ("--month", "2026-13")):
        status, said = export(environment, tmp_path / "x.837", *words)
        assert status == 2, said
    status, said = export(environment, tmp_path / "nowhere" / "x.837")
    assert (status, "no place for a file" in said) == (2, True)
    status, said = export(environment, tmp_path / "test.837", "--test")
    assert status == 0, said
    assert b"*T*:~" in (tmp_path / "test.837").read_bytes()
    (tmp_path / "taken.837").write_text("other")
    status, said = export(environment, tmp_path / "taken.837")
    assert (status, (tmp_path / "taken.837").read_text()) == (2, "other")
