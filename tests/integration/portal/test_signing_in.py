"""Coming in from outside: invitations and codes, each once, and nothing told to strangers."""

from __future__ import annotations

from tests.integration.demonstrated import Demo
from tests.integration.portal.visiting import ADA, outsider


def test_a_letter_lets_its_reader_in(demo: Demo) -> None:
    ada = outsider(demo, ADA)
    answer = ada.client.get("/portal/")
    assert answer.status_code == 200
    assert b"Hello, Ada Lindqvist" in answer.content
    for path in ("readings", "choices", "billed", "account"):
        answer = ada.client.get(f"/portal/{path}")
        assert answer.status_code == 200, path
