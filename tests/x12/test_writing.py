"""Claims as files: others can read them, nothing is lost, and what cannot be written is named."""

from __future__ import annotations

import hashlib

from caretally.claims.x12.writing import write_837p
from caretally.synthetic.claims import batch_of, claims
from tests.x12 import validators

SOME = claims(120, seed=5)


def test_independent_validators_find_nothing() -> None:
    body = write_837p(batch_of(SOME))
    assert validators.by_pyx12(body) == []
    assert validators.by_x12sdk(body) == []


def test_the_sample_holds_what_must_be_shown() -> None:
    assert {claim.frequency for claim in SOME} == {"1", "7", "8"}
    assert {claim.coverage.relationship for claim in SOME} == {"self", "spouse", "child"}
    assert any(claim.supervising for claim in SOME)
    assert any(claim.ordering for claim in SOME)
    assert any(claim.authorization for claim in SOME)
    assert any(line.modifiers for claim in SOME for line in claim.lines)
    assert all(len(claim.diagnoses) >= 2 for claim in SOME)
    assert len({claim.coverage.payer for claim in SOME}) >= 4


def test_the_same_batch_gives_the_same_bytes() -> None:
    once, again = (write_837p(batch_of(claims(40, seed=9))) for _ in range(2))
    assert hashlib.sha256(once).digest() == hashlib.sha256(again).digest()
    assert write_837p(batch_of(claims(40, seed=10))) != once
