"""Policies: defaults, dates, and values that change nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from caretally.contacts.ladder import Ladder
from caretally.journal.entries import PolicyAdopted
from caretally.practice.policies import KNOWN, ladder, policies_on, timer_limits
from caretally.timekeeping.timers import Limits
from tests.integration.demonstrated import Demo

DAY = date(2026, 3, 20)


def adopt(demo: Demo, policy: str, value: str, from_on: date = DAY) -> None:
    """Let the practice adopt a policy."""
    office = demo.office("amir")
    body = PolicyAdopted(policy=policy, value=value, owner="Amir Haddad", from_on=from_on)
    office.append([office.filing(None).entry(body)])


def test_a_practice_that_decided_nothing_has_the_defaults_of_the_rooms_below(demo: Demo) -> None:
    office = demo.office("rosa")
    assert timer_limits(office) == Limits()
    assert ladder(office) == Ladder()
    assert not policies_on(office).holds("require_mfa")


def test_a_policy_holds_from_its_date_until_another_does(demo: Demo) -> None:
    adopt(demo, "timer_idle_seconds", "120")
    adopt(demo, "timer_idle_seconds", "600", DAY + timedelta(days=30))
    office = demo.office("rosa")
    read = [policies_on(office, DAY + timedelta(days=n)).whole("timer_idle_seconds")
            for n in (-1, 0, 29, 30)]  # fmt: skip
    assert read == [300, 120, 120, 600]
    assert timer_limits(office).idle == timedelta(seconds=120)


@pytest.mark.parametrize("value", ["0", "121", "-5", "ten", "", "１５", "1e1"])
def test_a_value_that_cannot_be_changes_nothing(demo: Demo, value: str) -> None:
    assert not KNOWN["log_off_minutes"].fits(value)
    if value:
        adopt(demo, "log_off_minutes", value)
    adopt(demo, "unheard_of", "1")
    assert policies_on(demo.office("rosa")).whole("log_off_minutes") == 15


def test_every_default_is_a_value_of_its_policy() -> None:
    assert all(policy.fits(policy.default) for policy in KNOWN.values())


def test_no_two_policies_are_called_alike() -> None:
    labels = [policy.label for policy in KNOWN.values()]
    assert sorted(set(labels)) == sorted(labels)
