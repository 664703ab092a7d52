"""Decides a month told in a scenario's few lines, by the installed rules or by others."""

from __future__ import annotations

from typing import Any

from caretally.billability.decide import decide
from caretally.billability.scenarios import entries_of, scenarios_in
from caretally.billability.sheets import Rulebook, load_rulebook
from caretally.yaml_lines import Problems


def decided(text: str, rulebook: Rulebook | None = None) -> dict[str, Any]:
    """The decision on the first patient of a story."""
    problems = Problems()
    told = f"scenarios:\n  -\n    name: told\n    expect: {{lines: []}}\n{text}"
    (story,) = scenarios_in(told, "told.scenarios.yaml", problems)
    assert problems.found == []
    rules = rulebook or load_rulebook()
    decisions = decide(
        entries_of(story), story.month, policy=story.policy, as_of=story.as_of, rulebook=rules
    )
    return decisions[0].to_json()


def said(*lines: str) -> str:
    """Lines of a story, indented as they stand in a file."""
    return "".join(f"    {line}\n" for line in lines)
