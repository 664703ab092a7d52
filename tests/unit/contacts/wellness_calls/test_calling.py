"""The simulator: lines become events, a script becomes a call, and wrong options are refused."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from caretally.cli.calling import invented, lint, misheard, pack_of, play, script_of
from caretally.contacts.wellness_calls.events import Answered, KeyPressed, Silence
from caretally.contacts.wellness_calls.pack_reader import installed, shelved
from caretally.contacts.wellness_calls.scripts import event_of
from caretally.errors import InputError


def test_lines_become_events() -> None:
    assert event_of("# 1 4 2 * 9 1", 0, reply_ms=0) == KeyPressed(at_ms=0, keys="142*91")
    assert event_of("Silence", 5) == Silence(at_ms=10_005)
    heard = event_of("140 over 91 | 142 over 91", 0, reply_ms=1_000)
    assert heard == Answered(
        at_ms=2_200, hypotheses=("140 over 91", "142 over 91"), speech_ms=1_200
    )
    assert event_of("yes", 0).hypotheses == ("yes", "yes")  # type: ignore[union-attr]


def test_a_seed_lets_one_ear_miss_words_and_always_the_same() -> None:
    said = event_of("no chest pain at all", 0)
    first = [misheard(said, Random(seed)) for seed in range(40)]
    assert first == [misheard(said, Random(seed)) for seed in range(40)]
    missed = [each for each in first if each != said]
    assert 0 < len(missed) < 40
    assert all(each.hypotheses[0] == "no chest pain at all" for each in missed)  # type: ignore[union-attr]
    key = event_of("#1", 0)
    assert all(misheard(key, Random(seed)) is key for seed in range(20))


def test_a_script_plays_to_its_record(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    script = tmp_path / "answers.txt"
    script.write_text("yes\n// a remark\n\n#1950\nyes\nme duele el pecho\nnurse joins\nhang up\n")
    pack = pack_of("heart_failure")
    play(pack, invented(pack, "es", ["weight=186.4,182"]), script_of(str(script)))
    said = capsys.readouterr().out
    assert "¿Es usted Ada" in said or "Si usted es Ada" in said
    assert "ALERT weight_day: urgent" in said
    assert "ALERT chest_pain: emergent" in said
    assert "contact_held telephone" in said
    assert "creditable" in said


@pytest.mark.parametrize(("language", "device"), [("fr", []), ("en", ["pulse=80"]),
                                                  ("en", ["weight=heavy"])])  # fmt: skip
def test_wrong_options_are_refused(language: str, device: list[str]) -> None:
    with pytest.raises(InputError):
        invented(installed("heart_failure"), language, device)


def test_files_are_linted_and_played_as_installed_ones_are(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(shelved("copd"), encoding="utf-8")
    assert lint(str(mine)) == 0
    assert pack_of(str(mine)).name == "copd"
    mine.write_text(shelved("copd").replace("severity: urgent", "severity: soon"), encoding="utf-8")
    assert lint(str(mine)) > 1
    with pytest.raises(InputError):
        pack_of(str(mine))
    with pytest.raises(InputError):
        pack_of(str(tmp_path / "none.yaml"))
    with pytest.raises(InputError):
        script_of(str(tmp_path / "none.txt"))
