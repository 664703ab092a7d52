"""Faulty rows of the edit tables are named, and the rows after them are read all the same."""

from __future__ import annotations

from caretally.billability.edits import read_mue, read_pairs
from caretally.billability.sheet_records import Mue
from caretally.yaml_lines import Problems

PAIRS = "column1,column2,modifier_indicator\n"
UNITS = "hcpcs,mue_practitioner,mai,effective\n"


def test_a_pair_without_an_indicator_is_named_and_the_next_is_read() -> None:
    problems = Problems()
    rows = "1,2,x\n3,4,0\n3,4,1\n5,6,1\n"
    assert read_pairs(PAIRS + rows, "pairs.csv", problems) == {("3", "4"): 0, ("5", "6"): 1}
    assert [str(problem) for problem in problems.found] == [
        "edits/pairs.csv:2: 1/2: found 'x'; expected 0 or 1, once a pair",
        "edits/pairs.csv:4: 3/4: found '1'; expected 0 or 1, once a pair",
    ]


def test_units_that_are_no_number_are_named_and_the_next_are_read() -> None:
    problems = Problems()
    rows = "A,x,2,2024-01-01\nB,1,4,2024-01-01\nC,1,1,2024-01-01\nC,2,2,2024-01-01\n"
    found = read_mue(f"{UNITS}{rows}D,30,3,2024-01-01\n", "mue.csv", (("MUE24",), problems))
    assert found == {
        "C": Mue(units=1, mai=1, cites=("MUE24",)),
        "D": Mue(units=30, mai=3, cites=("MUE24",)),
    }
    assert [str(problem) for problem in problems.found] == [
        f"edits/mue.csv:{line}: {code}: found {said}; expected units and 1, 2 or 3, once a code"
        for line, code, said in ((2, "A", "x, 2"), (3, "B", "1, 4"), (5, "C", "2, 2"))
    ]


def test_other_columns_are_refused_and_nothing_is_read() -> None:
    problems = Problems()
    assert read_pairs("column1,column2\n1,2\n", "pairs.csv", problems) == {}
    (problem,) = problems.found
    assert str(problem).startswith("edits/pairs.csv:1: ")
    assert "found column1,column2; expected column1,column2,modifier_indicator" in str(problem)
