"""The page of claim checks says what the code asks, word for word."""

from __future__ import annotations

from caretally.claims.edits import all_edits, table
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "explanation" / "claim-checks.md"
ADVICE = "write what caretally.claims.edits.table() returns at the end of the page"


def test_the_page_ends_with_the_table_of_all_checks() -> None:
    assert PAGE.read_text(encoding="utf-8").endswith(f"\n\n{table()}"), ADVICE


def test_every_check_says_what_it_asks_and_what_it_rests_on() -> None:
    for each in all_edits().values():
        assert each.says.endswith(".")
        assert each.source
        assert "|" not in each.says + each.source
