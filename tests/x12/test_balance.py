"""Our balance of an 835 agrees with that of an independent reader, sound or off by a cent."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from caretally.claims.balancing import imbalances
from caretally.claims.x12.reading import read_file
from caretally.synthetic.claims import batch_of, claims
from caretally.synthetic.payers import Habits, answer
from tests.x12 import validators

BATCH = batch_of(claims(60, seed=11), control=9)
HABITS = Habits(partial=250, denies=150, corrects=150, moves=("WO", "L6", "72", "FB"))
SOUND = answer(BATCH, seed=2, habits=HABITS).remittances
AMOUNT = r"(-?\d+(?:\.\d{1,2})?)"
PLACES = {
    "payment": rf"BPR\*[^*]*\*{AMOUNT}", "claim": rf"~CLP\*[^*]*\*[^*]*\*[^*]*\*{AMOUNT}",
    "line": rf"~SVC\*[^*]*\*[^*]*\*{AMOUNT}", "adjustment": rf"~CAS\*[^*]*\*[^*]*\*{AMOUNT}",
    "charge of a line": rf"~SVC\*[^*]*\*{AMOUNT}",
    "without a claim": rf"~PLB\*[^*]*\*[^*]*\*[^*]*\*{AMOUNT}",
}  # fmt: skip


def a_cent_more(found: re.Match[str]) -> str:
    """Return what was found with a cent put onto its amount."""
    whole = found.group(0)
    raised = Decimal(found.group(1)) + Decimal("0.01")
    return whole[: found.start(1) - found.start()] + f"{raised:.2f}"


def ours(body: bytes) -> list[str]:
    """Return what we find off."""
    return [str(each) for told in read_file(body).remittances for each in imbalances(told)]


def test_both_find_nothing_in_what_adds_up(tmp_path: Path) -> None:
    for body in SOUND:
        assert ours(body) == []
        assert validators.by_oxedi(body, tmp_path) == []


@pytest.mark.parametrize("place", PLACES)
def test_both_find_a_cent(place: str, tmp_path: Path) -> None:
    text = next(each.decode() for each in SOUND if re.search(PLACES[place], each.decode()))
    changed = re.sub(PLACES[place], a_cent_more, text, count=1).encode()
    assert changed != text.encode()
    assert ours(changed)
    assert validators.by_oxedi(changed, tmp_path)


@pytest.mark.parametrize("level", ["line", "claim", "payment"])
def test_both_find_what_the_payer_plants(level: str, tmp_path: Path) -> None:
    for body in answer(BATCH, seed=2, habits=Habits(unbalanced=level)).remittances:
        assert bool(ours(body)) == bool(validators.by_oxedi(body, tmp_path)) is True
