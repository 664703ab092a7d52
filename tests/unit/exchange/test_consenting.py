"""Asking for tokens goes through our own client, and says nothing on the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from caretally.devices.pulls import Consent
from caretally.exchange.consenting import Client, page_of
from caretally.exchange.extras import httpx
from tests.architecture.modules import ROOT

CONSENT = Consent(asks_at="/agree", token_path="/token", scope="values", scheme="v:user")  # noqa: S106
PROBE = """
import sys
{before}
from caretally.exchange.consenting import Client, opened, page_of
from caretally.exchange.extras import httpx
from caretally.devices.pulls import Consent
CONSENT = Consent(asks_at='/agree', token_path='/token', scope='values', scheme='v:user')
client = Client(number="us", secret="shh", address="https://vendor.example")
with opened(client, CONSENT) as made:
    assert type(made.session) is httpx.Client, type(made.session)
assert page_of(client, CONSENT, "https://us.example/back", "s").startswith("https://vendor.example/")
"""
NONE_OTHER = "sys.modules['httpx2'] = None"
ANOTHER = "import httpx, types; sys.modules['httpx2'] = types.ModuleType('httpx2')"


@pytest.mark.parametrize("before", [NONE_OTHER, ANOTHER], ids=["alone", "beside another library"])
def test_the_client_is_ours_and_nothing_is_said(before: str) -> None:
    surroundings = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    words = [sys.executable, "-c", PROBE.format(before=before)]
    answer = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr, answer.stdout) == (0, "", "")


def test_the_page_of_a_vendor_names_us_and_not_our_secret() -> None:
    client = Client(number="us", secret="shh", address="https://vendor.example")  # noqa: S106
    asked = httpx.URL(page_of(client, CONSENT, "https://us.example/back", "state-1"))
    assert asked.params["client_id"] == "us"
    assert asked.params["redirect_uri"] == "https://us.example/back"
    assert asked.params["state"] == "state-1"
    assert "shh" not in str(asked)
