"""The pages of codes, payers and sources are those that stand in docs/reference."""

from __future__ import annotations

from pathlib import Path

from caretally.billability.fees import load_fees
from caretally.billability.rulebook_pages import Beside, pages
from caretally.billability.scenario_words import expected_words, story_words
from caretally.billability.scenarios import installed_scenarios
from caretally.billability.sheets import load_rulebook

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def test_the_pages_are_those_that_were_written() -> None:
    scenarios = installed_scenarios()
    told = {story.name: (story_words(story), expected_words(story)) for story in scenarios}
    found = pages(load_rulebook(), scenarios, Beside(fees=load_fees(), told=told))
    meant = {name: (REFERENCE / name).read_text("utf-8") for name in found}
    assert [name for name in found if found[name] != meant[name]] == [], "run `make docs`"
