"""The smallest histories behind differences that hostile populations have shown.

Each is decided by the product and by the oracle, and the wanted answer is written out as well.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from caretally.billability.decide import decide
from caretally.clock import ServiceMonth
from caretally.journal import entries as kinds
from tests.property.compare import differences
from tests.property.story import Story, days, ready

MONTH = ServiceMonth(2026, 3)
FIRST = date(2026, 3, 1)


def product(story: Story, patient: str = "p1") -> dict[str, Any]:
    """The product's decision, which must be the oracle's."""
    assert differences(story.entries, MONTH) == []
    (found,) = [d.to_json() for d in decide(story.entries, MONTH) if d.patient == patient]
    return found


def again_on_the_same_day(established_on: date) -> Story:
    """Two episodes that meet on 13 March: out at noon, in again at ten past."""
    story = ready(FIRST).set_up(FIRST).read(days(FIRST, 12))
    noon = story.at(date(2026, 3, 13), "12:00")
    story.add(kinds.Disenrolled(program="rpm", reason="moved"), noon)
    story.enroll(date(2026, 3, 13), clock="12:10", established_on=established_on)
    return story


def test_a_period_goes_by_the_set_up_of_its_own_episode() -> None:
    lines = product(again_on_the_same_day(date(2026, 2, 1)))["lines"]
    assert [line["code"] for line in lines] == ["99445", "99453"]


def test_a_period_goes_by_the_visit_of_its_own_episode() -> None:
    lines = product(again_on_the_same_day(date(2026, 3, 13)))["lines"]
    assert [line["code"] for line in lines] == ["99445", "99453"]


def test_only_who_holds_a_device_gives_it_back() -> None:
    story = ready(FIRST).read(days(FIRST, 3))
    back = story.at(date(2026, 3, 3), "12:00")
    story.add(kinds.DeviceAssigned(device="cuff", medical_device=True), back, patient="p2")
    late = story.at(date(2026, 3, 6), "12:00")
    story.add(kinds.DeviceReturned(device="cuff"), late, patient="p1")
    second = [replace(e, id=f"2{e.id}", patient="p2") for e in ready(FIRST).entries if e.patient]
    story.entries += [e for e in second if e.kind != "device_assigned"]
    for day in days(date(2026, 3, 5), 5):
        moment = story.at(day, "08:00")
        body = kinds.ReadingRecorded(
            device="cuff",
            metric="8480-6",
            value=Decimal(120),
            unit="mm[Hg]",
            measured_at=moment,
            origin="device",
        )
        story.add(body, moment, patient="p2")
    story.add(kinds.Died(), story.at(date(2026, 3, 20), "12:00"), patient="p2")
    assert product(story, "p2")["periods"][0]["data_days"] == 5


def test_a_line_that_the_strict_set_up_would_push_out_is_at_risk() -> None:
    begin = FIRST - timedelta(days=40)
    story = ready(begin, program="rtm", body_system="cognitive_behavioral").set_up(begin)
    story.read([*days(begin, 5), *days(begin + timedelta(days=30), 20)])
    said = product(story)
    assert [line["code"] for line in said["lines"]] == ["98978"]
    assert said["codes"]["98978"]["at_risk"] == ["setup_16_days"]
