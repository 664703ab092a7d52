"""Staff who were with somebody else: told in a packet without saying with whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from caretally.audit.pdf_files import opened
from caretally.audit.proof import ENTRIES, PROOF
from caretally.audit.verifying import verify
from caretally.journal.entries import (
    ContactHeld,
    DeviceAssigned,
    DeviceReturned,
    Entry,
    EntryVoided,
    TimeLogged,
)
from caretally.practice.packets import Asked, issue
from tests.integration.demonstrated import LAKESIDE, Demo
from tests.integration.packets.papers import FEBRUARY, broken, closed, press_of, text_in

TEN = datetime(2026, 2, 12, 19, 0, tzinfo=UTC)
NURSE = "stf_rosa"


def work(name: str, patient: str, minutes: tuple[int, int], **named: object) -> Entry:
    """Return time of the nurse between two minutes after ten."""
    start, end = (TEN + timedelta(minutes=each) for each in minutes)
    body = TimeLogged(
        program="rpm", category="review", start=start, end=end, performer=NURSE, note="read"
    )
    return Entry(id=name, patient=patient, at=start, recorded_at=end, actor=f"staff:{NURSE}",
                 body=body, **named)  # type: ignore[arg-type]  # fmt: skip


def stored(demo: Demo, *entries: Entry) -> None:
    """Store entries of Lakeside."""
    demo.journal.append(LAKESIDE, entries, received_at=datetime(2026, 3, 26, 14, tzinfo=UTC))


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_seconds_taken_by_another_patient_are_decided_again(
    demo: Demo, tmp_path: Path, *, is_closed: bool
) -> None:
    stored(
        demo,
        work("ent_x1_first", "pat_ben", (0, 10)),
        work("ent_x2_second", "pat_ada", (5, 20)),
        work("ent_x3_third", "pat_edie", (8, 30)),
        work("ent_x4_same_start", "pat_ada", (40, 50)),
        work("ent_x0_same_start_wins", "pat_ben", (40, 45)),
    )  # fmt: skip
    if is_closed:
        closed(demo, FEBRUARY)
    for patient, wanted in (
        ("pat_ada", [(0, 10, 300), (40, 45, 300)]), ("pat_edie", [(0, 10, 120), (5, 20, 600)]),
        ("pat_ben", []),
    ):  # fmt: skip
        made = issue(press_of(demo), Asked(patient=patient, month=FEBRUARY, to="x", why="y"))
        found = verify(made.body)
        assert not broken(found), patient
        told = [
            (minutes(each.start), minutes(each.end), sum(map(seconds, each.taken)))
            for each in found.proof.spans_elsewhere
            if each.start.startswith("2026-02-12T19")
        ]
        assert told == wanted, patient
        files = opened(made.body).files
        for other in {"pat_ada", "pat_ben", "pat_edie"} - {patient}:
            assert other.encode() not in made.body
        for other in ("ent_x1_first", "ent_x0_same_start_wins"):
            assert (other.encode() in files[ENTRIES] + files[PROOF]) == (patient == "pat_ben")


def minutes(instant: str) -> int:
    """Return the minutes after ten."""
    return int((datetime.fromisoformat(instant) - TEN).total_seconds() // 60)


def seconds(stretch: tuple[str, str]) -> int:
    """Return the seconds of a stretch."""
    first, last = map(datetime.fromisoformat, stretch)
    return int((last - first).total_seconds())


def test_a_contact_with_two_performers_keeps_what_one_of_them_holds(demo: Demo) -> None:
    start = TEN + timedelta(minutes=5)
    body = ContactHeld(
        program="rpm", mode="telephone", start=start, end=start + timedelta(minutes=9),
        performers=(NURSE, "stf_tom"), spoke_with="patient", two_way=True,
        topics=("device_data",), summary="talked",
    )  # fmt: skip
    contact = Entry(id="ent_y2", patient="pat_ada", at=start, recorded_at=body.end,
                    actor=f"staff:{NURSE}", body=body)  # fmt: skip
    stored(demo, work("ent_y1", "pat_ben", (0, 10)), contact)
    made = issue(press_of(demo), Asked(patient="pat_ada", month=FEBRUARY, to="x", why="y"))
    found = verify(made.body)
    assert not broken(found)
    assert "ent_y1" not in opened(made.body).files[PROOF].decode()


def test_a_device_that_went_to_somebody_else_is_told_without_saying_to_whom(demo: Demo) -> None:
    at = datetime(2026, 2, 16, 15, tzinfo=UTC)

    def event(name: str, patient: str, body: object, later: int) -> Entry:
        return Entry(id=name, patient=patient, at=at + timedelta(hours=later),
                     recorded_at=at + timedelta(hours=later), actor=f"staff:{NURSE}",
                     body=body)  # type: ignore[arg-type]  # fmt: skip

    stored(
        demo,
        event("ent_d1", "pat_ada", DeviceReturned(device="dev_ada_cuff"), 0),
        event("ent_d2", "pat_gus", DeviceAssigned(device="dev_ada_cuff", medical_device=True), 1),
        event("ent_d3", "pat_gus", DeviceReturned(device="dev_ada_cuff"), 30),
        event("ent_d4", "pat_ada", DeviceAssigned(device="dev_ada_cuff", medical_device=True), 31),
    )  # fmt: skip
    made = issue(press_of(demo), Asked(patient="pat_ada", month=FEBRUARY, to="x", why="y"))
    found = verify(made.body)
    assert not broken(found)
    assert [each.assigned for each in found.proof.devices_elsewhere] == [True, False]
    assert b"pat_gus" not in made.body
    assert b"ent_d2" not in made.body


def test_superseded_and_voided_entries_stay_visible(demo: Demo, tmp_path: Path) -> None:
    recorded = datetime(2026, 2, 25, 12, tzinfo=UTC)
    first = work("ent_z1", "pat_ada", (0, 10))
    second = work("ent_z2", "pat_ada", (0, 8), supersedes="ent_z1", reason="wrong end")
    third = work("ent_z3", "pat_ada", (60, 70))
    void = Entry(id="ent_z4", patient="pat_ada", at=recorded, recorded_at=recorded,
                 actor=f"staff:{NURSE}", reason="not mine",
                 body=EntryVoided(entry="ent_z3"))  # fmt: skip
    stored(demo, first, second, third, void)
    made = issue(press_of(demo), Asked(patient="pat_ada", month=FEBRUARY, to="x", why="y"))
    assert not broken(verify(made.body))

    file = tmp_path / "z.pdf"
    file.write_bytes(made.body)
    text = text_in(file)
    assert all(name in text for name in ("ent_z1", "ent_z2", "ent_z3"))
    assert "it was superseded" in text
    assert "it was voided" in text
