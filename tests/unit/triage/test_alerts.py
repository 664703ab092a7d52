"""Alerts as they stand after what was written of them, in any order; what is done about them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from caretally.errors import InputError
from caretally.journal.corrections import resolve
from caretally.journal.drafts import Filing
from caretally.journal.entries import (
    AlertAcknowledged,
    AlertAssigned,
    AlertClosed,
    AlertEscalated,
    AlertJoined,
    AlertRaised,
    Body,
    Entry,
    EntryVoided,
    StaffRegistered,
)
from caretally.journal.register import register_of
from caretally.triage.alerts import ACKNOWLEDGED, CLOSED, OPEN, Alert, alerts_of
from caretally.triage.answering import Desk, acknowledge, assign, close, undo
from tests.unit.triage.made import at_of, talk

NOW = datetime(2026, 3, 20, 20, tzinfo=UTC)
RAISED = AlertRaised(
    alert="a1", rule="systolic", level="urgent", metric="8480-6", says="172, above 160",
    readings=("r1",), answer_by=NOW - timedelta(hours=1),
)  # fmt: skip


def told(body: Body, minute: int, name: str = "", reason: str | None = None) -> Entry:
    """Return an entry of a minute after half past two in the afternoon, Chicago."""
    at = at_of(20, 14) + timedelta(minutes=30 + minute)
    return Entry(id=name or f"{body.kind}_{minute}", patient="p", at=at, recorded_at=at,
                 actor="staff:nurse", reason=reason, body=body)  # fmt: skip


STORY = (
    told(RAISED, 0),
    told(AlertEscalated(alert="a1", step=0, told=("nurse",)), 0),
    told(AlertJoined(alert="a1", says="2 values, the worst 181", readings=("r2",)), 1),
    told(AlertEscalated(alert="a1", step=1, told=("doctor",)), 2),
    told(AlertAcknowledged(alert="a1", by="nurse"), 3),
    told(AlertAssigned(alert="a1", owner="doctor", by="nurse"), 4),
    told(AlertClosed(alert="a1", outcome="treatment_changed", by="doctor"), 5),
)


def stands(*entries: Entry) -> Alert:
    """Return the alert as it stands."""
    return alerts_of(resolve(entries).in_force, "p")["a1"]


def test_a_story_is_told_step_by_step() -> None:
    states = [stands(*STORY[:count]) for count in range(1, len(STORY) + 1)]
    assert [each.state for each in states] == [OPEN] * 4 + [ACKNOWLEDGED] * 2 + [CLOSED]
    last = states[-1]
    assert last.readings == ("r1", "r2")
    assert last.says == "2 values, the worst 181"
    assert (last.step, last.told) == (1, ("nurse", "doctor"))
    assert (last.acknowledged_by, last.owner) == ("nurse", "doctor")
    assert (last.outcome, last.closed_by) == ("treatment_changed", "doctor")
    assert not last.is_open


def test_the_order_of_entries_does_not_matter() -> None:
    drawn = random.Random(4)
    for _ in range(50):
        assert stands(*drawn.sample(STORY, len(STORY))) == stands(*STORY)


def test_who_acknowledges_first_stays_and_owns_what_nobody_owned() -> None:
    again = told(AlertAcknowledged(alert="a1", by="other"), 9)
    assert stands(*STORY[:5], again).acknowledged_by == "nurse"
    assert stands(*STORY[:5]).owner == "nurse"


def test_an_undo_is_a_void_and_the_alert_stands_as_before() -> None:
    void = told(EntryVoided(entry=STORY[4].id), 6, reason="wrong patient")
    assert stands(*STORY[:5], void) == stands(*STORY[:4])


def test_what_is_said_of_an_alert_never_raised_changes_nothing() -> None:
    assert alerts_of(STORY[1:], "p") == {}
    assert alerts_of(STORY, "another") == {}


def test_overdue_is_who_is_waited_for_in_vain() -> None:
    assert stands(*STORY[:1]).is_overdue(NOW)
    assert not stands(*STORY[:1]).is_overdue(NOW - timedelta(hours=1))
    assert not stands(*STORY[:5]).is_overdue(NOW)


def desk(*entries: Entry) -> Desk:
    """Return what commands are checked against; a doctor, a nurse and a receptionist work here."""
    staff = [
        Entry(id=f"s_{who}", at=NOW - timedelta(days=9), recorded_at=NOW, actor="system:test",
              body=StaffRegistered(staff=who, role=role))
        for who, role in (("doctor", "physician"), ("nurse", "rn"), ("desk", "receptionist"))
    ]  # fmt: skip
    mine = resolve(entries).in_force
    return Desk(register=register_of(staff), alerts=alerts_of(mine, "p"),
                entries={each.id: each for each in mine})  # fmt: skip


FILING = Filing(id="new", patient="p", now=NOW, actor="staff:nurse", reason="why")


def refused(made: object) -> set[str]:
    """Return the fields at which something is refused."""
    with pytest.raises(InputError) as error:
        made()  # type: ignore[operator]
    return {each.field for each in error.value.problems}


def test_an_alert_is_taken_on_once_by_somebody_who_cares_for_patients() -> None:
    taken = AlertAcknowledged(alert="a1", by="nurse")
    (entry,) = acknowledge(desk(STORY[0]), FILING, taken)
    assert entry.body == taken
    assert refused(lambda: acknowledge(desk(*STORY[:5]), FILING, taken)) == {"body.alert"}
    assert refused(lambda: acknowledge(desk(*STORY), FILING, taken)) == {"body.alert"}
    assert refused(lambda: acknowledge(desk(), FILING, taken)) == {"body.alert"}
    for nobody in ("desk", "stranger"):
        wrong = replace(taken, by=nobody)
        assert refused(lambda wrong=wrong: acknowledge(desk(STORY[0]), FILING, wrong)) == {
            "body.by"
        }


def test_an_alert_is_given_to_staff_only() -> None:
    given = AlertAssigned(alert="a1", owner="doctor", by="nurse")
    assert assign(desk(STORY[0]), FILING, given)[0].body == given
    wrong = replace(given, owner="desk")
    assert refused(lambda: assign(desk(STORY[0]), FILING, wrong)) == {"body.owner"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"outcome": "no_action_needed"}, {"body.note"}),
        ({"outcome": "wrong_reading", "note": "  "}, {"body.note"}),
        ({"contact": "nowhere"}, {"body.contact"}),
        ({"contact": "contact_held_20_09"}, {"body.contact"}),
        ({"contact": "alert_raised_0"}, {"body.contact"}),
        ({"outcome": "nonsense"}, {"body.outcome"}),
        ({"by": None}, {"body.by"}),
    ],
)
def test_closing_needs_what_a_later_reader_asks_for(
    changes: dict[str, str], fields: set[str]
) -> None:
    known = desk(STORY[0], talk(20, 9), talk(20, 15))
    good = AlertClosed(alert="a1", outcome="talked_with_patient", by="nurse",
                       contact="contact_held_20_15")  # fmt: skip
    assert close(known, FILING, good)[0].body == good
    assert refused(lambda: close(known, FILING, replace(good, **changes))) == fields


def test_the_last_that_was_done_is_taken_back_first() -> None:
    (entry,) = undo(desk(*STORY), FILING, "a1")
    assert entry.body == EntryVoided(entry=STORY[6].id)
    (entry,) = undo(desk(*STORY[:6]), FILING, "a1")
    assert entry.body == EntryVoided(entry=STORY[4].id)
    assert refused(lambda: undo(desk(STORY[0]), FILING, "a1")) == {"body.alert"}
    without = replace(FILING, reason=None)
    assert "reason" in refused(lambda: undo(desk(*STORY), without, "a1"))
