"""`caretally token`: the secret goes to standard output alone, and only once."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from caretally import clock
from caretally.cli import token_commands
from caretally.errors import InputError
from caretally.practice.tokens import shown_token
from tests.integration.demonstrated import LAKESIDE, Demo


@pytest.fixture
def run(demo: Demo, monkeypatch: pytest.MonkeyPatch):
    """Return a function that runs a command on the demonstration."""
    monkeypatch.setattr(token_commands, "stored", lambda: demo.journal)
    return lambda *words: CliRunner().invoke(token_commands.commands, list(words))


def test_a_token_is_made_listed_and_ended(demo: Demo, run) -> None:
    made = run("create", "--user", "rosa", "--scopes", "see_patients,record_care", "--days", "7")
    assert made.exit_code == 0
    secret = made.stdout.strip()
    shown = shown_token(demo.journal.db, secret, clock.now())
    assert shown is not None
    assert shown.caller.practice == LAKESIDE
    assert shown.caller.permissions == {"see_patients", "record_care", "use_api"}
    listed = run("list").stdout
    assert "live" in listed
    assert secret not in listed
    assert run("revoke", str(shown.number)).exit_code == 0
    assert shown_token(demo.journal.db, secret, clock.now()) is None
    assert "revoked" in run("list", "--user", "rosa").stdout


def test_a_scope_beyond_the_role_is_refused_in_words(run) -> None:
    refused = run("create", "--user", "rosa", "--scopes", "write_entries")
    assert isinstance(refused.exception, InputError)
    assert "write_entries" in str(refused.exception)
