"""A packet tells what a call by an automated voice rests on."""

from __future__ import annotations

from pathlib import Path

from caretally.clock import ServiceMonth
from caretally.journal.entries import CallRecorded
from tests.integration.demonstrated import LAKESIDE, Demo
from tests.integration.packets.papers import packet_of, said_by


def test_the_record_of_a_call_stands_beside_its_conversation(demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "gus.pdf"
    file.write_bytes(packet_of(demo, "pat_gus", ServiceMonth(2026, 3)).body)
    text = " ".join(said_by("pdftotext", "-layout", file, "-").split())
    entries = demo.journal.entries(LAKESIDE, patients=["pat_gus"])
    told = next(e.body for e in entries if isinstance(e.body, CallRecorded) and e.body.creditable)
    assert f"{told.log_lines} lines" in text
    assert told.log_digest[:40] in text.replace(" ", "")
    assert "heard yes | yeah" in text
    assert "asked 3, found" in text
    assert f"{told.ai_seconds} s of the agent" in text
