"""Staff load: sums by day, what looks wrong, and what another practice's spans tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from caretally.journal.entries import PolicyAdopted, TimeLogged
from caretally.practice.staff_load import Load, staff_week
from caretally.store.models import Membership, Practice
from caretally.synthetic.lives import practices
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo, Enter

MONDAY = date(2026, 3, 16)
AT_TEN = datetime(2026, 3, 18, 15, 0, tzinfo=UTC)


def log(demo: Demo, patient: str, minutes: tuple[int, int], login: str = "tom") -> str:
    """Log time between two minutes after ten; returns the id of the entry."""
    office = demo.office(login, HARBOR if login == "nora" else LAKESIDE)
    start, end = (AT_TEN + timedelta(minutes=each) for each in minutes)
    body = TimeLogged(program="rpm", category="review", start=start, end=end,
                      performer=office.caller.staff, attested_by=office.caller.staff)  # fmt: skip
    entry = office.filing(patient, reason="by hand").entry(body)
    office.append([entry])
    return entry.id


def load(demo: Demo, staff: str) -> Load:
    """Return a person's week."""
    found = staff_week(demo.office("lin"), MONDAY)
    return next(each for each in found.loads if each.staff == staff)


def test_each_second_counts_once_and_what_is_double_is_named(demo: Demo) -> None:
    before = load(demo, practices.SECOND_NURSE) if has_load(demo) else None
    base = before.seconds if before else 0
    log(demo, "pat_ada", (0, 30))
    log(demo, "pat_ben", (20, 50))
    after = load(demo, practices.SECOND_NURSE)
    assert after.seconds - base == 50 * 60
    assert after.clashes == 1
    assert after.late >= 2
    assert after.attested_seconds >= 50 * 60


def has_load(demo: Demo) -> bool:
    """Tell whether the second nurse has anything on record in the week."""
    found = staff_week(demo.office("lin"), MONDAY).loads
    return any(each.staff == practices.SECOND_NURSE for each in found)


def test_what_was_voided_or_replaced_counts_no_more(demo: Demo) -> None:
    first = log(demo, "pat_ada", (0, 60))
    base = load(demo, practices.SECOND_NURSE).seconds
    office = demo.office("tom")
    end = AT_TEN + timedelta(minutes=10)
    body = TimeLogged(program="rpm", category="review", start=AT_TEN, end=end,
                      performer=office.caller.staff)  # fmt: skip
    office.append([office.filing("pat_ada", reason="mistyped", supersedes=first).entry(body)])
    assert base - load(demo, practices.SECOND_NURSE).seconds == 50 * 60


def test_a_day_over_the_practices_own_capacity_is_named(demo: Demo) -> None:
    log(demo, "pat_ada", (0, 61))
    assert load(demo, practices.SECOND_NURSE).over == ()
    office = demo.office("amir")
    body = PolicyAdopted(policy="day_capacity_hours", value="1", owner="Amir",
                         from_on=date(2026, 3, 1))  # fmt: skip
    office.append([office.filing(None).entry(body)])
    assert date(2026, 3, 18) in load(demo, practices.SECOND_NURSE).over


def test_the_same_account_at_work_in_two_practices_at_once_is_seen_without_patients(
    demo: Demo, enter: Enter
) -> None:
    tom = Membership.objects.get(user__username="tom")
    Membership.objects.create(
        user=tom.user, practice=Practice.objects.get(name=HARBOR), role="nurse",
        staff=practices.HARBOR_NURSE, from_on=date(2026, 1, 1), granted_by="system:test",
        granted_at=AT_TEN,
    )  # fmt: skip
    log(demo, "pat_ada", (0, 30))
    patient = demo.journal.db.rows(
        "SELECT patient FROM store_patientcard AS card JOIN store_practice AS practice "
        "ON practice.id = card.practice_id WHERE practice.name = %s", HARBOR,
    )[0][0]  # fmt: skip
    log(demo, patient, (10, 40), "nora")
    assert load(demo, practices.SECOND_NURSE).elsewhere == 20 * 60
    page = enter("lin").get(f"/p/{LAKESIDE}/staff/?week=2026-03-16").content.decode()
    assert "20:00 also elsewhere" in page
    assert patient not in page


@pytest.mark.parametrize("week", ["", "2026-03-18", "1900-01-01", "nonsense", "9999-12-31"])
def test_the_page_is_for_those_who_see_the_load(demo: Demo, enter: Enter, week: str) -> None:
    for login in ("lin", "cora", "amir", "otto"):
        assert enter(login).get(f"/p/{LAKESIDE}/staff/?week={week}").status_code == 200
    for login in ("rosa", "bea"):
        assert enter(login).get(f"/p/{LAKESIDE}/staff/?week={week}").status_code == 403
    assert enter("nora").get(f"/p/{LAKESIDE}/staff/").status_code == 404
