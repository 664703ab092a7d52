"""Staff who were with somebody else: told in a packet without saying with whom."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from caretally.audit.carried import record_again
from caretally.audit.elsewhere import decided_from
from caretally.audit.pdf_files import opened
from caretally.audit.proof import DECISION, ENTRIES, PROOF, Proof, TakenSpan
from caretally.audit.verifying import verify
from caretally.billability.content import content_of
from caretally.billability.decide import judge_for
from caretally.billability.sheets import load_rulebook
from caretally.journal.chain import leaf_digest, node_digest, split
from caretally.journal.entries import (
    ContactHeld,
    DeviceAssigned,
    DeviceReturned,
    Entry,
    EntryVoided,
    TimeLogged,
)
from caretally.journal.envelopes import decode_entry
from caretally.journal.parsing import parse_line
from caretally.practice.packets import Asked, issue
from tests.integration.demonstrated import LAKESIDE, Demo
from tests.integration.packets.papers import FEBRUARY, broken, closed, press_of, text_in
from tests.integration.packets.test_tampering import put

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


def test_work_elsewhere_cannot_be_left_out_under_another_policy(demo: Demo) -> None:
    """Its leaf stays among the digests; only the facts of the close tell that it is missing."""
    stored(demo, work("ent_x1_first", "pat_ben", (0, 10)), work("ent_x2_own", "pat_ada", (5, 20)))
    closed(demo, FEBRUARY)
    asked = Asked(patient="pat_ada", month=FEBRUARY, to="x", why="y", policy="cms_combined")
    made = issue(press_of(demo), asked)
    assert not broken(verify(made.body))
    files = opened(made.body).files
    proof = msgspec.json.decode(files[PROOF], type=Proof)
    (span,) = (each for each in proof.spans_elsewhere if each.start.startswith("2026-02-12T19"))
    kept = [each for each in proof.spans_elsewhere if each != span]
    shown = {
        **{place: leaf_digest(line.encode()) for line in files[ENTRIES].decode().splitlines()
           if (place := proof.basis.places.get(json.loads(line)["id"])) is not None},
        **{each.place: bytes.fromhex(each.leaf) for each in (*kept, *proof.devices_elsewhere)},
    }  # fmt: skip
    rest = rest_without(proof, shown, span)
    lying = msgspec.structs.replace(
        proof, spans_elsewhere=tuple(kept), basis=msgspec.structs.replace(proof.basis, rest=rest)
    )
    record = record_again(lying, {each.id: each for each in entries_in(files[ENTRIES])})
    judge = judge_for(load_rulebook(), "cms_combined")
    until = datetime.fromisoformat(proof.until)
    decision, _ = decided_from(judge, record, ("pat_ada", FEBRUARY), until)
    printed = msgspec.json.encode(decision.to_json())
    told = msgspec.structs.replace(
        lying, facts=f"sha256:{content_of(decision).digest.hex()}",
        files={**proof.files, DECISION: sha256(printed).hexdigest()},
    )  # fmt: skip
    forged = put(put(made.body, DECISION, printed), PROOF, msgspec.json.encode(told))
    found = broken(verify(forged))
    assert [each.partition(":")[0] for each in found] == ["close"], found
    assert "these entries give" in found[0]


def rest_without(proof: Proof, shown: dict[int, bytes], span: TakenSpan) -> tuple[str, ...]:
    """Return the digests of a basis in which one leaf more is not shown."""
    digests = iter(proof.basis.rest)
    known = {**shown, span.place: bytes.fromhex(span.leaf)}

    def root_of(first: int, size: int) -> bytes:
        if not any(first <= place < first + size for place in known):
            return bytes.fromhex(next(digests))
        if size == 1:
            return known[first]
        middle = split(size)
        one = root_of(first, middle)
        return node_digest(one, root_of(first + middle, size - middle))

    def walked(first: int, size: int) -> list[str]:
        inside = [place for place in shown if first <= place < first + size]
        if not inside:
            return [root_of(first, size).hex()]
        if size == 1:
            return []
        middle = split(size)
        return [*walked(first, middle), *walked(first + middle, size - middle)]

    return tuple(walked(0, proof.basis.size))


def entries_in(text: bytes) -> list[Entry]:
    """Return the entries of a file."""
    return [decode_entry(parse_line(line)) for line in text.splitlines()]


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
