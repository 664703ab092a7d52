"""What is said of faulty sheets and scenarios, word by word; one fault a time, one file a time."""

from __future__ import annotations

import json
from functools import lru_cache

from caretally.billability.payers import read_payer
from caretally.billability.scenarios import scenarios_in
from caretally.billability.sheet_reader import read_foundations, read_sheet
from caretally.billability.sheets import load_rulebook
from caretally.yaml_lines import Problems, Row, read_table
from tests.golden.frozen import FOLDER
from tests.golden.rules import INSTALLED
from tests.spec.test_scenario_reading import MALFORMED, with_line
from tests.unit.rulebook.test_rulebook_refusals import FAULTS

REFUSALS = FOLDER / "refusals.json"
SHEETS = ("medicare/99", "medicare/98", "payers/")
SEEDED = {name: fault for name, fault in FAULTS.items() if fault[0].startswith(SHEETS)}
"""Faults of one sheet, which can be seen without the others."""
LINES = tuple(MALFORMED)


@lru_cache(maxsize=1)
def frozen() -> dict[str, dict[str, list[str]]]:
    """What was said when it was last found right."""
    said: dict[str, dict[str, list[str]]] = json.loads(REFUSALS.read_text("utf-8"))
    return said


def of_fault(name: str) -> list[str]:
    """What is said of a sheet with a fault."""
    file, old, new, _ = SEEDED[name]
    rulebook, problems = load_rulebook(), Problems()
    problems.sources |= set(rulebook.sources)
    shared = "medicare/foundations.yaml"
    text = INSTALLED.joinpath(file).read_text("utf-8").replace(old, new, 1)
    row = Row(read_table(text, file, problems), problems)
    if file.startswith("payers/"):
        units = {
            n: p.unit for sheet in rulebook.sheets.values() for n, p in sheet.parameters.items()
        }
        read_payer(row, units, file)
    else:
        basis = read_table(INSTALLED.joinpath(shared).read_text("utf-8"), shared, problems)
        read_sheet(row, read_foundations(Row(basis, problems)), file)
    return [str(problem) for problem in problems.settled()]


def of_line(line: str) -> list[str]:
    """What is said of a scenario with a malformed line."""
    problems = Problems()
    scenarios_in(with_line(line), "odd.scenarios.yaml", problems)
    return [str(problem) for problem in problems.settled()]


def found() -> dict[str, dict[str, list[str]]]:
    """What is said of all faults."""
    return {
        "sheets": {name: of_fault(name) for name in SEEDED},
        "scenarios": {line: of_line(line) for line in LINES},
    }
