"""The played payer's files go in as real ones would: every claim ends as it was answered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from caretally.claims.x12.reading import read_file
from caretally.claims.x12.writing import write_837p
from caretally.cli import playing
from caretally.errors import InputError
from caretally.practice.claim_files import Wanted, send
from caretally.practice.claiming import month_cards, prepare
from caretally.practice.office import Office
from caretally.practice.playing_payer import last_batch, played
from caretally.practice.remitting import import_answers
from caretally.synthetic.payers import PAYS_ALL, Answers, Habits
from tests.integration.claims.closed import MONTH, closed
from tests.integration.demonstrated import LAKESIDE, Demo


def sent(demo: Demo) -> Office:
    """Return the office of a practice whose claims have left."""
    office = closed(demo)
    prepare(office, MONTH)
    body = send(office, Wanted(month=MONTH)).body
    assert write_837p(last_batch(office, MONTH)) == body
    return office


def bring_in(office: Office, answers: Answers) -> None:
    """Import the answers in their order."""
    for body in (answers.acknowledgment_999, answers.status_277ca, *answers.remittances):
        assert not any(each.off for each in import_answers(office, body).postings)


def test_all_is_paid_as_expected(demo: Demo) -> None:
    office = sent(demo)
    bring_in(office, played(office, MONTH, seed=1, habits=PAYS_ALL))
    cards = month_cards(office, MONTH)
    assert {card.state for card in cards} == {"paid"}
    for card in cards:
        if card.expected:
            assert card.allowed == card.expected
            assert card.paid + card.patient_share == card.expected


def test_what_is_turned_away_and_denied_shows(demo: Demo) -> None:
    office = sent(demo)
    bring_in(office, played(office, MONTH, seed=1, habits=Habits(rejects=1_000)))
    assert {card.state for card in month_cards(office, MONTH)} == {"rejected"}


def test_all_is_denied(demo: Demo) -> None:
    office = sent(demo)
    none = Habits(rejects=0, partial=0, denies=1_000, corrects=0)
    bring_in(office, played(office, MONTH, seed=1, habits=none))
    assert {card.state for card in month_cards(office, MONTH)} == {"denied"}


def test_without_a_file_there_is_no_answer(demo: Demo) -> None:
    office = closed(demo)
    with pytest.raises(InputError, match="caretally claims export --month 2026-02"):
        played(office, MONTH, seed=1)


def test_the_command_writes_a_folder_of_answers_once(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = sent(demo)
    monkeypatch.setattr(playing, "office_at", {LAKESIDE: office}.__getitem__)
    out = tmp_path / "told"
    playing.play(LAKESIDE, str(MONTH), str(out), seed=1, pays_all=True)
    kinds = [read_file(each.read_bytes()).kind for each in sorted(out.iterdir())]
    assert kinds[:2] == ["999", "277ca"]
    assert set(kinds[2:]) == {"835"}
    with pytest.raises(InputError, match="--out"):
        playing.play(LAKESIDE, str(MONTH), str(out), seed=1, pays_all=True)


def test_the_command_starts_by_itself_and_knows_no_practice(
    tmp_path: Path, migrated_home: Callable[[Path], Path]
) -> None:
    home = migrated_home(tmp_path / "home")
    words = ["simulate", "payer", "--practice", "prac_none", "--month", "2026-02", "--out", "told"]
    ran = subprocess.run(
        [sys.executable, "-m", "caretally", *words],
        cwd=tmp_path,
        env={**os.environ, "CARETALLY_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == InputError.exit_status, ran.stderr
    assert "--practice" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "told").exists()
