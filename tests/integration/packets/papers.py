"""Packets of the demonstration for tests, and what independent programs say of a PDF."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from caretally.audit.verifying import BROKEN, Checked
from caretally.clock import ServiceMonth
from caretally.practice.closing import Accepted, close, rehearse
from caretally.practice.packets import Asked, Packet, Press, issue
from caretally.web.charts.printed import printed
from tests.integration.demonstrated import LAKESIDE, Demo

CAST = ("pat_ada", "pat_ben", "pat_cleo", "pat_dev", "pat_edie", "pat_fay", "pat_gus", "pat_hal")
FEBRUARY = ServiceMonth(2026, 2)


def press_of(demo: Demo, login: str = "cora") -> Press:
    """Return a press of the demonstration."""
    return Press(office=demo.office(login), draw=printed)


def packet_of(demo: Demo, patient: str = "pat_ada", month: ServiceMonth = FEBRUARY) -> Packet:
    """Return a packet that was issued."""
    asked = Asked(patient=patient, month=month, to="the Medicare contractor", why="record review")
    return issue(press_of(demo), asked)


def closed(demo: Demo, month: ServiceMonth = FEBRUARY) -> None:
    """Close a month, whatever warns."""
    office = demo.office("bea")
    warns = tuple(each.name for each in rehearse(office, month).checks if each.warns)
    found = close(office, month, Accepted(names=warns, reason="looked into" if warns else ""))
    assert found.entry is not None, found.checks


def broken(checked: Checked) -> list[str]:
    """Return what is broken, in words."""
    return [f"{each.name}: {each.says}" for each in checked.checks if each.state == BROKEN]


def tool(name: str) -> str:
    """Return a program of the system; a test that needs it is skipped where it is not installed."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install qpdf poppler-utils")
    return found


def said_by(*command: str | Path, fails: bool = False) -> str:
    """Return what a program says of a file; it must succeed, or fail where that is expected."""
    program = tool(str(command[0]))
    ran = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    assert (ran.returncode != 0) == fails, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def text_in(file: Path) -> str:
    """Return the text of a PDF, a line a line."""
    return subprocess.run(
        [tool("pdftotext"), "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout


__all__ = ["CAST", "FEBRUARY", "LAKESIDE", "broken", "closed", "packet_of", "press_of", "said_by",
           "text_in", "tool"]  # fmt: skip
