"""Storms are held back and nothing is lost: properties over any run of readings and answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from caretally.codes import ALERT_LEVELS
from caretally.journal.entries import AlertAcknowledged, AlertClosed, AlertRaised, Entry
from caretally.triage.alerts import Alert, alerts_of
from caretally.triage.queries import review
from caretally.triage.raising import MANY, Restraint, Scene, digest, families_of, steps
from tests.unit.triage.made import Asked, at_of, entry, pressure, reviewed, weight

ASKED = Asked(patient="p", day=at_of(20, 12).date(), time_zone="America/Chicago")
MOMENTS = st.lists(
    st.tuples(st.integers(14, 20), st.integers(0, 23), st.integers(60, 240), st.integers(40, 140)),
    min_size=1, max_size=12, unique_by=lambda each: each[:2],
)  # fmt: skip


def judged(
    known: Sequence[Entry], now: datetime, restraint: Restraint | None = None
) -> list[Entry]:
    """Return entries with those that judging them appends."""
    found = review(sorted(known, key=lambda each: (each.at, each.id)), ASKED)
    alerts = alerts_of(known, "p")
    calm: dict[tuple[str, str], list[datetime]] = {}
    scene = Scene(
        patient="p", now=now, findings=found.findings, alerts=alerts, calm=calm,
        families_of=families_of(known), in_force=frozenset(each.id for each in known),
        looked_back_to=now - timedelta(days=29), answer_by=lambda *_: None, rules=found.rules,
        today=len(alerts), restraint=restraint or Restraint(),
    )  # fmt: skip
    ids = {each.id for each in known}
    made = [
        Entry(id=digest(("p", *step.mark)), patient="p", at=now, recorded_at=now,
              actor="system:alerts", body=step.body)
        for step in steps(scene)
    ]  # fmt: skip
    return [*known, *(each for each in made if each.id not in ids)]


def alerts(known: Sequence[Entry]) -> list[Alert]:
    """Return the alerts among entries."""
    return list(alerts_of(known, "p").values())


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.integers(1, 4))
def test_every_reading_that_calls_for_somebody_is_in_some_alert_and_judging_twice_adds_nothing(
    moments: list[tuple[int, int, int, int]], cap: int
) -> None:
    restraint = Restraint(most_a_day=cap)
    known: list[Entry] = []
    for day, hour, high, low in sorted(moments):
        known.append(pressure(day, high, low, hour))
        known = judged(known, at_of(20, 23) + timedelta(minutes=len(known)), restraint)
        if len(known) % 5 == 0 and alerts(known):
            told = alerts(known)[-1].alert
            known.append(entry(AlertClosed(alert=told, outcome="unreachable", by="nurse"), 20, 23,
                               name=f"close_{len(known)}"))  # fmt: skip
    told = {name for each in alerts(known) for name in each.readings}
    found = review(sorted(known, key=lambda each: (each.at, each.id)), ASKED).findings
    assert {each.anchor for each in found if each.calls} <= told
    again = judged(known, at_of(20, 23) + timedelta(hours=1), restraint)
    assert again == known
    raised = [each for each in alerts(known) if each.rule != MANY]
    assert len(raised) <= max(cap, 1)


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.integers(0, 11), st.integers(0, 120))
def test_a_more_extreme_value_never_lowers_a_level(
    moments: list[tuple[int, int, int, int]], place: int, more: int
) -> None:
    def worst(readings: list[tuple[int, int, int, int]]) -> int:
        entries = [pressure(*each[:1], each[2], each[3], each[1]) for each in readings]
        found = reviewed(*entries).findings
        return min((ALERT_LEVELS.index(each.level) for each in found), default=9)

    place %= len(moments)
    day, hour, high, low = moments[place]
    if high <= 160:
        return
    extreme = [*moments[:place], (day, hour, high + more, low), *moments[place + 1 :]]
    assert worst(extreme) <= worst(moments)


@settings(max_examples=40, deadline=None)
@given(MOMENTS, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(
    moments: list[tuple[int, int, int, int]], drawn: object
) -> None:
    entries = [pressure(day, high, low, hour) for day, hour, high, low in moments]
    one = judged(entries, at_of(20, 23))
    mixed = list(entries)
    drawn.shuffle(mixed)  # type: ignore[attr-defined]
    other = judged(mixed, at_of(20, 23))
    assert {each.id for each in one} == {each.id for each in other}


def test_both_pressures_of_a_reading_make_one_alert_that_says_both() -> None:
    (alert,) = alerts(judged([pressure(20, 171, 99)], at_of(20, 12)))
    assert "171" in alert.says
    assert "99" in alert.says


def test_readings_of_other_kinds_are_told_apart() -> None:
    known = judged([pressure(20, 171), weight(19, "80"), weight(20, "85")], at_of(20, 12))
    assert sorted(each.rule for each in alerts(known)) == ["systolic_pressure", "weight_day"]


def test_beyond_the_cap_a_worse_one_is_still_told() -> None:
    one = Restraint(most_a_day=1)
    known = judged([weight(19, "80"), weight(20, "85")], at_of(20, 12), one)
    known = judged([*known, pressure(20, 171)], at_of(20, 13), one)
    assert [(each.rule, each.level) for each in alerts(known)][1:] == [(MANY, "urgent")]
    known = judged([*known, pressure(20, 190, hour=9)], at_of(20, 14), one)
    assert [(each.rule, each.level) for each in alerts(known)][2:] == [(MANY, "emergent")]
    known = judged([*known, pressure(20, 191, hour=10)], at_of(20, 15), one)
    assert len(alerts(known)) == 3


def test_who_took_an_alert_on_is_not_called_again_by_what_joins() -> None:
    known = judged([pressure(20, 171)], at_of(20, 12))
    name = alerts(known)[0].alert
    known.append(entry(AlertAcknowledged(alert=name, by="nurse"), 20, 13))
    known = judged([*known, pressure(20, 172, hour=9)], at_of(20, 14))
    (alert,) = alerts(known)
    assert (alert.state, alert.joined) == ("acknowledged", 1)
    assert sum(isinstance(each.body, AlertRaised) for each in known) == 1
