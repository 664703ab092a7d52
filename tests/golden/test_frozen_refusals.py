"""A faulty sheet or scenario is refused in the words in which it was refused before."""

from __future__ import annotations

import pytest

from tests.golden.frozen import ADVICE
from tests.golden.refusals import LINES, SEEDED, frozen, of_fault, of_line


@pytest.mark.parametrize("name", SEEDED)
def test_a_faulty_sheet_is_refused_in_the_same_words(name: str) -> None:
    found = of_fault(name)
    assert found == frozen()["sheets"].get(name, found), ADVICE


@pytest.mark.parametrize("line", LINES)
def test_a_malformed_scenario_is_refused_in_the_same_words(line: str) -> None:
    found = of_line(line)
    assert found == frozen()["scenarios"].get(line, found), ADVICE
