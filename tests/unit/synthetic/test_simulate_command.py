"""`caretally simulate devices` without a server: what it refuses, and what it writes to a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from caretally.cli.main import app
from caretally.errors import InputError


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--vendor", "tenovi"), "one of them"),
        (("--vendor", "tenovi", "--out", "x", "--url", "https://x.example"), "one of them"),
        (("--vendor", "fitbit", "--out", "x"), "tenovi"),
        (("--vendor", "dexcom", "--out", "x"), "one that delivers readings"),
        (("--vendor", "tenovi", "--out", "x", "--speed", "fast"), "100x"),
        (("--vendor", "tenovi", "--out", "x", "--speed", "0"), "100x"),
        (("--vendor", "tenovi", "--url", "https://x.example"), "--secret-file"),
        (("--vendor", "tenovi", "--out", "x", "--end", "yesterday"), "--end"),
    ],
)
def test_what_cannot_be_is_refused(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(app, ["simulate", "devices", *words])
    assert isinstance(ended.exception, InputError)
    assert said in str(ended.exception)
    assert list(tmp_path.iterdir()) == []


def written(target: Path, *words: str) -> list[dict[str, object]]:
    """Return what the command writes to a file."""
    ended = CliRunner().invoke(app, [
        "simulate", "devices", "--vendor", "smartmeter", "--patients", "20", "--days", "3",
        "--end", "2026-03-26T14:05:00Z", "--out", str(target), *words,
    ])  # fmt: skip
    assert ended.exit_code == 0, ended.output
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def test_a_file_holds_every_delivery_and_what_it_is(tmp_path: Path) -> None:
    lines = written(tmp_path / "a", "--broken", "20", "--duplicates", "20")
    assert [line["number"] for line in lines] == list(range(len(lines)))
    assert {"valid", "duplicate", "broken"} <= {line["kind"] for line in lines}
    assert all(str(line["body"]).startswith(("[", "{")) for line in lines)


def test_the_same_seed_and_end_write_the_same(tmp_path: Path) -> None:
    assert written(tmp_path / "a") == written(tmp_path / "b")
    assert written(tmp_path / "c", "--seed", "2") != written(tmp_path / "d")
