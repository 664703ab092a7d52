"""`caretally packet` and `caretally verify` as they are run."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from caretally.audit.pdf_files import opened
from caretally.audit.proof import PROOF
from caretally.cli import packet_commands
from caretally.cli.main import app
from caretally.errors import InputError, IntegrityError
from tests.integration.demonstrated import LAKESIDE, Demo


@pytest.fixture(autouse=True)
def a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo: Demo) -> None:
    """Let commands find the demonstration, and keep roots in a folder of the test."""
    monkeypatch.setenv("CARETALLY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(packet_commands, "stored", lambda: demo.journal)


def ran(*words: str | Path) -> str:
    """Return what a command says; what it refuses is raised."""
    found = CliRunner().invoke(app, [str(word) for word in words], standalone_mode=False)
    if found.exception is not None:
        raise found.exception
    return found.output


def test_a_packet_is_written_and_verified_without_any_database(tmp_path: Path) -> None:
    file = tmp_path / "ada.pdf"
    told = ran("packet", "pat_ada", "2026-02", "--out", file, "--to", "them", "--why", "review")
    assert "Lines: 99453 × 1, 99454 × 1, 99457 × 1" in told
    roots = sorted((tmp_path / "home/roots").glob("*.json"))
    alone = (
        "import sys; sys.modules['django'] = None\n"
        "from caretally.cli.main import main\n"
        f"sys.argv = ['caretally', 'verify', {str(file)!r}, '--root', {str(roots[-1])!r}]\n"
        "main()"
    )
    command = [sys.executable, "-c", alone]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the root is the one that was kept" in done.stdout
    assert "Decided again: 99453 × 1 on 2026-02-04" in done.stdout
    found = json.loads(ran("verify", file, "--json"))
    assert found["sound"] is True


def test_a_changed_packet_ends_with_one(tmp_path: Path) -> None:
    file = tmp_path / "ada.pdf"
    ran("packet", "pat_ada", "2026-02", "--out", file)
    body = bytearray(file.read_bytes())
    body[5000] ^= 1
    file.write_bytes(bytes(body))
    with pytest.raises(IntegrityError, match="checks failed"):
        ran("verify", file)
    other = tmp_path / "root.json"
    size = json.loads(opened(bytes(body)).files[PROOF])["seal"]["size"]
    other.write_text(json.dumps({"size": size, "root": "0" * 64}))
    with pytest.raises(IntegrityError):
        ran("verify", file, "--root", other)


def test_what_is_asked_wrongly_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARETALLY_SIGNING_PASSWORD", "x")
    file = tmp_path / "x.pdf"
    for words in (
        ("packet", "--out", file), ("packet", "pat_ada", "soon", "--out", file),
        ("packet", "pat_nobody", "2026-02", "--out", file), ("verify", tmp_path / "none.pdf"),
        ("packet", "pat_ada", "2026-02", "--out", tmp_path / "no/folder.pdf"),
        ("packet", "pat_ada", "2026-02", "--out", file, "--policy", "mine"),
        ("packet", "pat_ada", "2026-02", "--out", file, "--sign-with", tmp_path / "none.p12"),
    ):  # fmt: skip
        with pytest.raises(InputError):
            ran(*words)
    assert not file.exists()


def test_a_list_goes_on_after_one_that_fails(tmp_path: Path) -> None:
    asked, folder = tmp_path / "asked.csv", tmp_path / "packets"
    asked.write_text(
        "patient,month,claim\npat_ada,2026-02,C-1\npat_x,2026-02,C-2\npat_ben,2026-02,\n"
    )
    with pytest.raises(IntegrityError, match=r"line 3: .*\n1 requests without a packet"):
        ran("packet", "--list", asked, "--out", folder, "--practice", LAKESIDE)
    rows = list(csv.DictReader((folder / "index.csv").open(encoding="utf-8")))
    assert [bool(row["file"]) for row in rows] == [True, False, True]
    assert rows[0]["claim"] == "C-1"
    assert (folder / "index.pdf").read_bytes().startswith(b"%PDF-")
    for row in (rows[0], rows[2]):
        ran("verify", folder / row["file"])
