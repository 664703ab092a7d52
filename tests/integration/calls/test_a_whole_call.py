"""One call from pick-up to goodbye, and one that ends with a nurse on the line."""

from __future__ import annotations

from caretally.contacts.wellness_calls.pack_reader import installed
from tests.integration.calls.rehearsing import Rehearsal, Reply


def test_who_is_well_reaches_the_goodbye() -> None:
    call = Rehearsal(installed("heart_failure")).run()
    assert (call.why, call.flags(), call.rung) == ("completed", {}, [])
    assert call.call.asked[-1] == "closing"
    assert call.ended.failure is None


def test_chest_pain_brings_a_nurse_onto_the_line() -> None:
    words = Reply(said=("I have chest pain",))
    call = Rehearsal(installed("heart_failure"), at={"medicines_taken": [words]}).run()
    assert call.flags() == {"chest_pain": "emergent"}
    assert (call.why, call.rung, call.ended.state.nurse) == ("handed_over", ["rosa"], "stf_rosa")
