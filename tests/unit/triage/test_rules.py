"""Which rules hold for whom, at every scope; each test below, at and above its bound."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from caretally.errors import InputError
from caretally.journal.drafts import Filing
from caretally.journal.entries import AlertRuleSet, Disenrolled, Enrolled, Entry, StaffRegistered
from caretally.journal.register import register_of
from caretally.triage.answer_times import EVERY_DAY, Hours
from caretally.triage.commands import set_rule
from caretally.triage.rules import Rule
from caretally.triage.thresholds import bounds_in_force, ladder_of_rules, rules_in_force
from tests.unit.triage.made import at_of, entry, names, pressure, reviewed, threshold, weight

NOW = at_of(20, 18)
SYSTOLIC_RULE = AlertRuleSet(
    rule="systolic_pressure", scope="practice", test="value", metric="8480-6", high=Decimal(150),
    unit="mm[Hg]", level="urgent", set_by="doctor",
)  # fmt: skip


def enrolled(*diagnoses: str, program: str = "rpm") -> Entry:
    """Return an enrollment of the first of March."""
    return entry(Enrolled(program=program, diagnoses=diagnoses), 1, name=f"enrolled_{program}")


def signed(day: int = 2, patient: str | None = None, **changes: object) -> Entry:
    """Return a rule about systolic pressure, signed on a day of March."""
    body = replace(SYSTOLIC_RULE, **changes)
    return replace(entry(body, day, name=f"rule_{day}_{body.scope}_{body.rule}"), patient=patient)


def high_of(*entries: Entry) -> Decimal | None:
    """Return the upper bound of systolic pressure in force."""
    return bounds_in_force(entries, "p", NOW)["8480-6"].high


def test_the_nearest_scope_holds() -> None:
    everybody = signed(high=Decimal(151))
    program = signed(scope="program", program="rpm", high=Decimal(152))
    condition = signed(scope="condition", condition="I50", high=Decimal(153))
    longer = signed(3, scope="condition", condition="I50.2", high=Decimal(154))
    own = signed(patient="p", scope="patient", high=Decimal(155))
    known = [enrolled("I50.22"), everybody]
    expected = [151, 152, 153, 154, 155]
    for more, bound in zip((None, program, condition, longer, own), expected, strict=True):
        known += [more] if more is not None else []
        assert high_of(*known) == bound
        assert high_of(*random.Random(bound).sample(known, len(known))) == bound


def test_rules_for_others_hold_for_nobody_else() -> None:
    elsewhere = [
        signed(scope="program", program="rtm", high=Decimal(152)),
        signed(scope="condition", condition="J44", high=Decimal(153)),
        signed(patient="another", scope="patient", high=Decimal(155)),
    ]
    assert high_of(enrolled("I50.22"), *elsewhere) == 160
    left = entry(Disenrolled(program="rpm", reason="moved"), 10)
    assert high_of(enrolled("I50.22"), left, signed(scope="program", program="rpm")) == 160


def test_what_is_signed_holds_before_any_starting_point() -> None:
    assert bounds_in_force([enrolled("J44.9")], "p", NOW)["59408-5"].low == 92
    assert bounds_in_force([enrolled("I10")], "p", NOW)["59408-5"].low == 95
    own = signed(rule="oxygen_saturation", metric="59408-5", low=Decimal(93), high=None, unit="%")
    assert bounds_in_force([enrolled("J44.9"), own], "p", NOW)["59408-5"].low == 93


def test_a_later_version_replaces_an_earlier_and_holds_from_its_day() -> None:
    first, second = signed(2, high=Decimal(151)), signed(5, high=Decimal(156))
    assert high_of(enrolled(), second, first) == 156
    assert bounds_in_force([first, second], "p", at_of(4, 12))["8480-6"].high == 151
    assert bounds_in_force([first, second], "p", at_of(1, 12))["8480-6"].high == 160


def test_rules_equally_near_hold_together() -> None:
    one = signed(scope="condition", condition="I50", high=Decimal(150))
    other = signed(3, scope="condition", condition="J44", high=Decimal(140), low=Decimal(90))
    bounds = bounds_in_force([enrolled("I50.1", "J44.9"), one, other], "p", NOW)["8480-6"]
    assert (bounds.low, bounds.high) == (90, 140)


def test_switched_off_near_the_patient_nothing_farther_holds_but_the_crisis() -> None:
    off = signed(patient="p", scope="patient", active=False)
    assert names(enrolled(), off, pressure(20, 175)) == []
    assert names(enrolled(), off, pressure(20, 181)) == ["crisis: value_in_crisis"]
    held = [each for each in ladder_of_rules([off], "p", NOW) if each.rule.metric == "8480-6"]
    assert {each.rule.entry: each.holds for each in held} == {off.id: True, "": False}


def test_a_patients_threshold_and_a_rule_of_the_same_sign_are_one() -> None:
    before, after = threshold(2, None, 170), signed(3, patient="p", scope="patient")
    assert high_of(before, after) == 150
    assert high_of(threshold(4, None, 170), after) == 170


def test_units_are_converted_and_unknown_ones_change_nothing() -> None:
    converted = high_of(signed(high=Decimal(20), unit="kPa"))
    assert converted is not None
    assert round(converted, 6) == Decimal("150.012315")
    assert high_of(signed(unit="kg")) == 160


@pytest.mark.parametrize(
    ("diagnosis", "gain", "level"),
    [
        ("I50.9", "1.36077711", None), ("I50.9", "1.36077712", "urgent"),
        ("I10", "1.36077711", None), ("I10", "1.36077712", "routine"),
        ("I13.0", "1.36077712", "urgent"),
    ],
)  # fmt: skip
def test_three_pounds_are_exact_and_more_urgent_in_heart_failure(
    diagnosis: str, gain: str, level: str | None
) -> None:
    found = reviewed(
        enrolled(diagnosis), weight(19, "80"), weight(20, str(Decimal(80) + Decimal(gain)))
    ).findings
    assert [each.level for each in found] == ([level] if level else [])


@pytest.mark.parametrize(("values", "found"), [
    ((150, 150, 150), 0), ((150, 150, 151), 1), ((149, 150, 151), 0), ((160, 160), 0),
])  # fmt: skip
def test_an_average_needs_its_values_and_is_not_rounded(
    values: tuple[int, ...], found: int
) -> None:
    rule = signed(rule="mean", test="average", days=7, least_count=3, level="routine")
    readings = [pressure(20 - place, value) for place, value in enumerate(values)]
    told = [each for each in reviewed(rule, *readings).findings if each.rule.rule == "mean"]
    assert len(told) == found


@pytest.mark.parametrize(("last", "found"), [(18, 0), (17, 0), (16, 1)])
def test_missing_readings_of_one_sign_are_told_where_it_was_ever_measured(
    last: int, found: int
) -> None:
    rule = signed(rule="no_weight", test="missing", metric="29463-7", high=None, unit=None, days=4)
    day = NOW.date()
    held = reviewed(rule, weight(last, "80"), pressure(19, 120), equipped_on=day.replace(day=1))
    assert sum(each.rule.rule == "no_weight" for each in held.findings) == found
    never = reviewed(rule, pressure(19, 120), equipped_on=day.replace(day=1))
    assert not any(each.rule.rule == "no_weight" for each in never.findings)


FILING = Filing(id="new", patient=None, now=datetime(2026, 3, 20, 20, tzinfo=UTC),
                actor="staff:doctor")  # fmt: skip


def refused(body: AlertRuleSet, patient: str | None = None) -> set[str]:
    """Return the fields at which a rule is refused."""
    staff = [
        Entry(id=f"s_{who}", at=NOW - timedelta(days=9), recorded_at=NOW, actor="system:test",
              body=StaffRegistered(staff=who, role=role))
        for who, role in (("doctor", "physician"), ("nurse", "rn"))
    ]  # fmt: skip
    try:
        set_rule(register_of(staff), replace(FILING, patient=patient), body)
    except InputError as error:
        return {each.field for each in error.problems}
    return set()


def test_only_a_practitioner_of_the_practice_signs() -> None:
    assert refused(SYSTOLIC_RULE) == set()
    assert refused(replace(SYSTOLIC_RULE, set_by="nurse")) == {"body.set_by"}
    assert refused(replace(SYSTOLIC_RULE, set_by="stranger")) == {"body.set_by"}
    assert refused(SYSTOLIC_RULE, "p") == {"body.scope"}
    assert refused(replace(SYSTOLIC_RULE, scope="patient"), "p") == set()
    assert refused(replace(SYSTOLIC_RULE, days=3)) == {"body.days"}
    assert refused(replace(SYSTOLIC_RULE, test="average", days=22)) == {"body.days"}


@pytest.mark.parametrize(
    ("raised", "minutes", "level", "due"),
    [
        ("2026-03-20T14:00-05:00", 30, "emergent", "2026-03-20T14:30-05:00"),
        ("2026-03-21T03:00-05:00", 30, "emergent", "2026-03-21T03:30-05:00"),
        ("2026-03-20T14:00-05:00", 180, "urgent", "2026-03-20T17:00-05:00"),
        ("2026-03-20T14:00-05:00", 181, "urgent", "2026-03-23T08:01-05:00"),
        ("2026-03-21T10:00-05:00", 60, "urgent", "2026-03-23T09:00-05:00"),
        ("2026-03-20T05:00-05:00", 60, "urgent", "2026-03-20T09:00-05:00"),
        ("2026-03-06T16:30-06:00", 60, "urgent", "2026-03-09T08:30-05:00"),
    ],
)
def test_time_to_answer_runs_in_the_hours_of_the_practice(
    raised: str, minutes: int, level: str, due: str
) -> None:
    hours = Hours(time_zone="America/Chicago")
    found = hours.answer_by(datetime.fromisoformat(raised), minutes, level)
    assert found == datetime.fromisoformat(due)


def test_a_practice_that_never_opens_is_waited_for_no_longer_than_said() -> None:
    at = datetime.fromisoformat("2026-03-20T14:00-05:00")
    shut = Hours(time_zone="America/Chicago", from_hour=17, to_hour=8, weekdays=EVERY_DAY)
    assert shut.answer_by(at, 60, "urgent") == at + timedelta(hours=1)


def test_nothing_signed_takes_the_crisis_range_away() -> None:
    sneaky = signed(rule="crisis_systolic_pressure", high=Decimal(300))
    crisis = [each for each in rules_in_force([sneaky], "p", NOW) if each.is_crisis]
    assert all(isinstance(each, Rule) and each.is_starting_point for each in crisis)
    assert names(sneaky, pressure(20, 185)) == ["crisis: value_in_crisis"]


@pytest.mark.parametrize(
    "value", ["1" + "0" * 38, "-" + "9" * 39, "123456789012345678901234567.891"]
)
def test_numbers_that_nobody_could_have_measured_stop_nothing(value: str) -> None:
    held = reviewed(weight(18, "80"), weight(19, value), weight(20, "81"), pressure(20, 171))
    assert "value_outside" in {each.name for each in held.concerns}
