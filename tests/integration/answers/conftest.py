"""Claims of the cast that were sent, and what an invented payer answers to them."""

from __future__ import annotations

import pytest

from caretally.practice.remitting import import_answers
from caretally.store.database import scoped
from caretally.synthetic.payers import Habits, answer
from tests.integration.answers.sent import cast_batch, cast_entries
from tests.integration.demonstrated import LAKESIDE, Demo

COUNT = 14
REFUSING = Habits(rejects=0, partial=300, denies=400, corrects=0, moves=("WO",))


@pytest.fixture
def answered(demo: Demo) -> Demo:
    """Return the demonstration with claims of the cast sent and answered."""
    with scoped(LAKESIDE):
        office = demo.office("bea")
        npi = office.register().practices[LAKESIDE].npi
        assert npi
        batch = cast_batch(COUNT, npi)
        demo.journal.append(LAKESIDE, cast_entries(batch), received_at=office.now)
        for body in answer(batch, seed=4, habits=REFUSING).remittances:
            import_answers(office, body)
    return demo
