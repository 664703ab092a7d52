"""Packets of the whole cast: complete, sound, the same again, and of nobody else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from caretally.audit.pdf_files import opened
from caretally.audit.proof import DECISION, ENTRIES, PROOF
from caretally.audit.verifying import HOLDS, Kept, verify
from caretally.clock import ServiceMonth
from caretally.contacts.notes import clock
from caretally.errors import ConflictError, ForbiddenError, UnknownError
from caretally.journal.entries import PacketIssued
from caretally.practice.disclosures import disclosures
from caretally.practice.packets import Asked, issue
from tests.integration.demonstrated import Demo
from tests.integration.packets.papers import (
    CAST,
    FEBRUARY,
    broken,
    closed,
    packet_of,
    press_of,
    text_in,
)

SECTIONS = (
    "1. Patient, provider and payer", "2. Condition", "3. Days with device data",
    "4. Medical necessity and order", "5. Consent", "6. Device, supply, set-up and education",
    "7. Live interactive communication", "8. Time", "9. Decision", "10. Signatures",
    "11. Sources", "12. Access", "13. Proof",
)  # fmt: skip


@pytest.mark.parametrize("month", [ServiceMonth(2026, number) for number in (1, 2, 3)], ids=str)
def test_packets_of_the_cast_are_complete_and_sound(
    demo: Demo, tmp_path: Path, month: ServiceMonth
) -> None:
    press = press_of(demo)
    press.begin_run()
    for patient in CAST:
        asked = Asked(patient=patient, month=month, to="a contractor", why="record review")
        made = issue(press, asked)
        found = verify(made.body)
        assert not broken(found), patient
        file = tmp_path / made.name
        file.write_bytes(made.body)
        text = re.sub(r"\s+", " ", text_in(file))
        assert all(title in text for title in SECTIONS), patient
        decision = json.loads(opened(made.body).files[DECISION])
        for line in decision["lines"]:
            assert f"{line['code']} {line['units']} {line['date_of_service']}" in text
        entries = {
            each["id"]: each
            for each in map(json.loads, opened(made.body).files[ENTRIES].splitlines())
        }
        for counted in decision["entries"]:
            if entries[counted["id"]]["kind"] in ("contact_held", "time_logged"):
                assert counted["id"] in text
                assert clock(counted["counted_seconds"]) in text
        for name in ("management_seconds", "live_seconds", "ai_seconds", "chat_seconds"):
            assert f"{decision['totals'][name]} s" in text
        assert decision["rulebook"] in text
        others = [name for name in CAST if name != patient]
        assert not [name for name in others if name.encode() in made.body], patient


def test_what_was_recorded_before_it_was_handed_out(demo: Demo) -> None:
    made = packet_of(demo)
    office = demo.office("cora")
    chart = office.open_chart("pat_ada", purpose="a test")
    entry = next(each for each in chart.stored if each.id == made.entry)
    assert isinstance(entry.body, PacketIssued)
    assert entry.body.packet == made.digest
    assert entry.body.month == "2026-02"
    told = disclosures(office, "pat_ada")[0]
    assert told.said["to"] == "the Medicare contractor"
    assert made.entry in told.said["what"]
    again = packet_of(demo)
    assert made.digest in text_of_pages(again.body)


def text_of_pages(body: bytes) -> str:
    """Return the entries in a packet, as text."""
    return opened(body).files[ENTRIES].decode()


def test_the_same_input_gives_the_same_bytes(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caretally.practice.packets.handed_out", lambda *given: given[2][0])
    monkeypatch.setattr("caretally.practice.packets.record_access", lambda *_: None)
    press = press_of(demo)
    asked = Asked(patient="pat_hal", month=FEBRUARY, to="them", why="this")
    first, second = issue(press, asked), issue(press, asked)
    assert first == second
    assert issue(press, replace(asked, to="others")) != first


def test_a_closed_month_is_proven_from_its_decision(demo: Demo) -> None:
    closed(demo)
    made = packet_of(demo)
    found = verify(made.body)
    assert not broken(found)
    assert {each.name: each.state for each in found.checks}["close"] == HOLDS
    assert found.proof.decision == made.decision != ""
    assert not [each for each in found.checks if each.name == "kept root" and each.state == HOLDS]
    seal = found.proof.seal
    assert seal is not None
    kept = verify(made.body, [Kept(root=seal.root, size=seal.size)])
    assert not broken(kept)
    other = verify(made.body, [Kept(root="0" * 64, size=seal.size)])
    assert [each for each in broken(other) if each.startswith("kept root")]


def test_who_may_not_issue_packets(demo: Demo) -> None:
    asked = Asked(patient="pat_ada", month=FEBRUARY, to="x", why="y")
    with pytest.raises(ForbiddenError):
        issue(press_of(demo, "rosa"), asked)
    with pytest.raises(UnknownError):
        issue(press_of(demo), Asked(patient="pat_nobody", month=FEBRUARY, to="x", why="y"))
    with pytest.raises(ConflictError, match="has not begun"):
        issue(
            press_of(demo), Asked(patient="pat_ada", month=ServiceMonth(2027, 1), to="x", why="y")
        )


def test_on_postgres_too(demo_postgres: Demo) -> None:
    closed(demo_postgres)
    made = packet_of(demo_postgres, "pat_cleo")
    found = verify(made.body)
    assert not broken(found)
    assert found.proof.seal is not None
    assert json.loads(opened(made.body).files[PROOF])["chain"]["stream"] == "patient/pat_cleo"
