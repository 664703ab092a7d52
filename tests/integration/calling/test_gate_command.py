"""`caretally call gate` on the demonstration."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from caretally.cli import gating
from caretally.cli.main import app
from caretally.journal.entries import CallChecked
from tests.integration.calling.allowed import GUS
from tests.integration.demonstrated import LAKESIDE, Demo

GATE = ["call", "gate"]


def test_the_answers_are_printed_with_reasons(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gating, "stored", lambda: demo.journal)
    run = CliRunner()
    yes = run.invoke(app, [*GATE, GUS, "--protocol", "hypertension"])
    assert yes.exit_code == 0, yes.output
    assert "has_voice_consent" in yes.stdout
    no = run.invoke(app, [*GATE, "pat_hal", "--protocol", "heart_failure"])
    assert no.exit_code == 1
    assert "none on file" in no.stdout
    assert "is_within_hours" in no.output
    urgent = run.invoke(app, [*GATE, "pat_hal", "--protocol", "heart_failure", "--emergency"])
    assert urgent.exit_code == 1, "an emergency is exempt from hours, never from consent"
    entries = demo.journal.entries(LAKESIDE, patients=[GUS, "pat_hal"])
    assert not [each for each in entries if isinstance(each.body, CallChecked)]
