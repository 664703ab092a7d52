"""Slots judged in columns come to what they come to one by one, on the frozen populations."""

from __future__ import annotations

import pytest

pytest.importorskip("numpy", reason="the extra 'bulk' is not installed")

from caretally.billability.decide import Judge
from caretally.billability.sheets import load_rulebook
from tests.golden.frozen import populations
from tests.integration.bulk.test_column_judging import unlike

pytestmark = pytest.mark.bulk


@pytest.mark.parametrize("number", range(0, len(populations()), 6))
def test_columns_and_patients_are_judged_alike(number: int) -> None:
    population = populations()[number]
    judge = Judge(rulebook=load_rulebook(), policy=population.policy)
    assert unlike(judge, population.entries, population.month) == []
