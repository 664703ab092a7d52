"""The validators look: each of many faults in a file is noticed by those who are said to."""

from __future__ import annotations

import pytest

from caretally.claims.x12.transactions import Envelopes
from caretally.claims.x12.writing import write_837p
from caretally.errors import InputError
from caretally.synthetic.claims import batch_of, claims
from tests.x12 import validators
from tests.x12.file_faults import FILE_FAULTS, OURS, PYX12, X12SDK


def by_our_envelopes(body: bytes) -> list[str]:
    """Return what our own reader says of the envelopes of a file."""
    try:
        list(Envelopes(body).transactions())
    except InputError as error:
        return [str(error)]
    return []


WHO = {PYX12: validators.by_pyx12, X12SDK: validators.by_x12sdk, OURS: by_our_envelopes}


@pytest.fixture(scope="module")
def sound() -> str:
    """Return a file with a dependent and a replacement in which nobody finds anything."""
    drawn = claims(60, seed=5)
    wanted = [
        next(claim for claim in drawn if claim.patient is None),
        next(claim for claim in drawn if claim.patient is not None),
        next(claim for claim in drawn if claim.frequency == "7"),
    ]
    text = write_837p(batch_of(wanted)).decode()
    assert [look(text.encode()) for look in WHO.values()] == [[], [], []]
    return text


@pytest.mark.parametrize("name", FILE_FAULTS)
def test_fault_is_noticed(name: str, sound: str) -> None:
    fault = FILE_FAULTS[name]
    broken = fault.broken(sound)
    assert broken != sound
    missed = [who for who in fault.noticed_by if not WHO[who](broken.encode())]
    assert missed == []
