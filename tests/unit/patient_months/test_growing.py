"""A fold that runs out of room is done again with more, and comes to the same."""

from __future__ import annotations

import pytest

from caretally.billability import decide as deciding
from caretally.billability.decide import Judge, folded, record_of
from caretally.billability.sheets import load_rulebook
from caretally.patient_months.columns import Part
from caretally.patient_months.fold import fold_part
from caretally.patient_months.positions import SLOTS
from caretally.patient_months.rows import plain_output
from tests.golden.frozen import populations


@pytest.fixture(scope="module", name="part")
def many_slots() -> Part:
    """The population with the most slots."""
    judge = Judge(rulebook=load_rulebook())
    parts = [judge.build(record_of(e.entries), e.month).part for e in populations()[:12]]
    return max(parts, key=lambda part: sum(map(len, folded(part).slots)))


def test_too_little_room_is_told(part: Part) -> None:
    assert fold_part(part, plain_output(part, 1)) < 0


def test_room_for_every_slot_and_no_more_is_enough(part: Part) -> None:
    count = sum(map(len, folded(part).slots))
    exact, short = plain_output(part, count), plain_output(part, count - 1)
    assert fold_part(part, exact) >= 0
    assert exact.cursor[SLOTS] == count
    assert fold_part(part, short) < 0


def test_growing_changes_nothing(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = folded(part)
    rooms = []

    def watched(of: Part, capacity: int) -> object:
        rooms.append(capacity)
        return plain_output(of, capacity)

    monkeypatch.setattr(deciding, "plain_output", watched)
    monkeypatch.setattr(deciding, "SLOTS_PER_PATIENT", -1)
    grown = folded(part)
    assert rooms == [4, 8, 16][: len(rooms)]
    assert len(rooms) > 1
    assert grown.slots == at_once.slots
    assert grown.folded.reasons == at_once.folded.reasons
