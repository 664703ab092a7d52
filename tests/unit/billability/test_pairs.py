"""Medicare's pair edits among the codes we decide: each has a sheet that gives way."""

from __future__ import annotations

from itertools import combinations

from caretally.billability.sheets import Sheet, load_rulebook
from caretally.codes import REVIEW_CODE


def giving_way(sheet: Sheet) -> set[str]:
    """The codes a sheet names in `is_not_bundled`."""
    return {
        code
        for version in sheet.requires
        for requirement in version.requirements
        if requirement.name == "is_not_bundled"
        for code in requirement.arguments["codes"]
    }


def test_every_pair_of_one_program_that_excludes_has_a_sheet_that_gives_way() -> None:
    rulebook = load_rulebook()
    decided = [s for s in rulebook.sheets.values() if s.decided and not s.advisory]
    excluding = [
        (one, other)
        for one, other in combinations(decided, 2)
        if one.program == other.program
        and rulebook.edits.indicator(one.code, other.code) == 0
        and not {"monitors_system"} & asked_of_both(one, other)
    ]
    assert {(one.code, other.code) for one, other in excluding} == {("98975", "98978")}
    for one, other in excluding:
        assert other.code in giving_way(one) or one.code in giving_way(other)


def asked_of_both(one: Sheet, other: Sheet) -> set[str]:
    """Criteria that keep two codes of one slot apart: each asks for another body system."""
    return asked(one) & asked(other)


def asked(sheet: Sheet) -> set[str]:
    """The names of a sheet's criteria."""
    return {r.name for version in sheet.requires for r in version.requirements}


def test_only_the_review_code_gives_way_across_slots() -> None:
    rulebook = load_rulebook()
    assert giving_way(rulebook.sheets[REVIEW_CODE]) == {"99457", "99458", "99470"}
