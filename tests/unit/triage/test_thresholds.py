"""Starting points cite what was read; a practitioner's thresholds are checked field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from caretally.errors import InputError
from caretally.journal.drafts import Filing
from caretally.journal.entries import Entry, StaffRegistered, ThresholdSet
from caretally.journal.register import register_of
from caretally.triage.commands import set_threshold
from caretally.triage.rules import VALUE
from caretally.triage.sources import SOURCES
from caretally.triage.starting_points import CRISIS_RULES, STARTING_POINTS
from caretally.triage.vitals import BY_CODE

NOW = datetime(2026, 3, 20, 15, tzinfo=UTC)
GOOD = ThresholdSet(
    metric="8480-6", low=Decimal(100), high=Decimal(150), unit="mm[Hg]", set_by="doctor"
)


def test_every_number_cites_a_source_that_is_described() -> None:
    rules = [*STARTING_POINTS, *CRISIS_RULES]
    assert all(each.cites and each.title for each in rules)
    assert {key for each in rules for key in each.cites} <= SOURCES.keys()
    assert {each.metric for each in rules} - {""} <= BY_CODE.keys()
    assert all(each.answer_minutes for each in rules)


def test_no_two_starting_points_are_for_the_same_place() -> None:
    places = [(each.key, each.place) for each in STARTING_POINTS]
    assert len(places) == len(set(places))


def test_a_crisis_lies_outside_of_every_starting_point() -> None:
    for crisis in CRISIS_RULES:
        for start in STARTING_POINTS:
            if (start.metric, start.test) != (crisis.metric, VALUE):
                continue
            assert crisis.low is None or start.low is None or crisis.low <= start.low
            assert crisis.high is None or start.high is None or crisis.high >= start.high


def filed(body: ThresholdSet) -> tuple[Entry, ...]:
    """Return what the command makes of a body; the doctor and a nurse work here."""
    staff = [
        Entry(id=f"e_{who}", patient=None, at=NOW, recorded_at=NOW, actor="system:test",
              body=StaffRegistered(staff=who, role=role))
        for who, role in (("doctor", "physician"), ("nurse", "rn"))
    ]  # fmt: skip
    filing = Filing(id="ent_1", patient="p", now=NOW, actor="staff:doctor")
    return set_threshold(register_of(staff), filing, body)


def test_a_practitioner_sets_a_threshold() -> None:
    (entry,) = filed(GOOD)
    assert entry.body == GOOD
    assert entry.patient == "p"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (replace(GOOD, metric="1234-5"), "body.metric"),
        (replace(GOOD, unit="bar"), "body.unit"),
        (replace(GOOD, low=Decimal(150)), "body.high"),
        (replace(GOOD, set_by="nurse"), "body.set_by"),
        (replace(GOOD, set_by="nobody"), "body.set_by"),
    ],
)
def test_a_wrong_field_is_named(body: ThresholdSet, field: str) -> None:
    with pytest.raises(InputError) as caught:
        filed(body)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        filed(replace(GOOD, unit="bar", low=Decimal(200), set_by="nurse"))
    assert [each.field for each in caught.value.problems] == [
        "body.unit", "body.high", "body.set_by",
    ]  # fmt: skip
