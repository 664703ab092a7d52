"""The rules give everybody of the cast exactly what the story says."""

from __future__ import annotations

from typing import Any

import pytest

from caretally.billability.decide import decide
from caretally.synthetic.cast import STORIES, cast_entries
from caretally.synthetic.stories import DEMO_MONTH, Story

MADE = decide(cast_entries(), DEMO_MONTH)
DECISIONS: dict[str, dict[str, Any]] = {made.patient: made.to_json() for made in MADE}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.patient)
def test_march_gives_what_the_story_says(story: Story) -> None:
    decision = DECISIONS[story.patient]
    lines = [(line["code"], line["units"], line["date_of_service"]) for line in decision["lines"]]
    sisters = [
        (line["code"], line["units"], line["date_of_service"])
        for line in decision.get("sister_lines", ())
    ]
    assert tuple(lines) == story.lines
    assert tuple(sisters) == story.sister_lines
    assert decision["totals"]["management_seconds"] == story.management_seconds
    assert decision["totals"]["live_seconds"] == story.live_seconds
    assert decision["totals"]["ai_seconds"] == story.ai_seconds


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.patient)
def test_what_is_missing_or_at_risk_is_what_the_story_says(story: Story) -> None:
    decision = DECISIONS[story.patient]
    judged = decision["codes"]
    risks = {(code, reading) for code, told in judged.items() for reading in told["at_risk"]}
    assert risks == set(story.at_risk)
    assert {hold["name"] for hold in decision["holds"]} == set(story.holds)
    for code, name in story.unmet:
        statuses = {told["name"]: told["status"] for told in judged[code]["criteria"]}
        assert statuses[name] == "unmet"
        assert not judged[code]["billable"]
