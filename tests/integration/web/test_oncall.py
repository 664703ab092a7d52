"""Pages of calls: roster, shifts, ladders, contact points, drills, and the bell on every page."""

from __future__ import annotations

import re

import pytest

from caretally.journal.entries import AlertRaised, EscalationLadderSet
from caretally.practice.escalating import escalate_due
from caretally.practice.keeping import kept
from caretally.practice.on_call import my_post
from caretally.store.alert_tables import ContactPoint, Notice
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

HOME = f"/p/{LAKESIDE}/oncall/"
PAGES = (HOME, f"{HOME}shifts/new", f"{HOME}ladders/", f"{HOME}notices/", f"{HOME}me/")


def shift(demo: Demo, **more: str) -> dict[str, str]:
    """Return a shift as somebody types it."""
    return {
        "entry": demo.office("rosa").new_id("ent"), "staff": "stf_rosa", "rank": "1",
        "from_at": "2026-03-26T08:00", "to_at": "2026-03-26T20:00", "practice": "", **more,
    }  # fmt: skip


def test_a_week_of_the_roster(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    assert "No roster is kept" in rosa.get(HOME).content.decode()
    filled = shift(demo)
    for _ in range(2):
        assert rosa.post(f"{HOME}shifts/new", filled).status_code == 302
    rosa.post(f"{HOME}shifts/new", shift(demo, staff="stf_tom", rank="2"))
    page = rosa.get(HOME).content.decode()
    assert "Rosa Delgado" in page
    assert "Nobody is on call for all clinics from 2026-03-26 20:00 CDT" in page
    office = demo.office("rosa")
    on = my_post(office).on_call(office.now, "")
    assert [each.staff for each in on] == ["stf_rosa", "stf_tom"]
    assert len(my_post(demo.office("rosa")).shifts) == 2
    assert rosa.get(f"{HOME}?week=2026-04-01").status_code == 200
    assert rosa.get(f"{HOME}?week=never").status_code == 404


def test_a_shift_is_handed_over_and_taken_off(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    rosa.post(f"{HOME}shifts/new", shift(demo))
    (before,) = my_post(demo.office("rosa")).shifts
    place = f"{HOME}shifts/{before.entry}/hand-over"
    assert rosa.get(place).status_code == 200
    same = {"entry": demo.office("rosa").new_id("ent"), "staff": "stf_rosa"}
    assert rosa.post(place, same).status_code == 422
    over = {**same, "staff": "stf_tom"}
    for _ in range(2):
        assert rosa.post(place, over).status_code == 302
    mine, rest = my_post(demo.office("rosa")).shifts
    assert (mine.staff, rest.staff) == ("stf_rosa", "stf_tom")
    assert mine.ends == rest.begins
    assert rest.ends == before.ends
    off = f"{HOME}shifts/{rest.entry}/remove"
    assert rosa.get(off).status_code == 200
    assert rosa.post(off, {"entry": demo.office("rosa").new_id("ent")}).status_code == 422
    why = {"entry": demo.office("rosa").new_id("ent"), "reason": "on leave"}
    assert rosa.post(off, why).status_code == 302
    assert [each.staff for each in my_post(demo.office("rosa")).shifts] == ["stf_rosa"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("staff", "stf_nobody"), ("staff", ""), ("to_at", "2026-03-26T07:00"), ("to_at", ""),
     ("to_at", "2026-05-26T20:00"), ("from_at", "soon"), ("rank", "9"), ("rank", "x"),
     ("practice", "prac_harbor"), ("to_at", "2026-03-26T08:30")],
)  # fmt: skip
def test_what_is_no_shift_is_refused_at_its_field(
    demo: Demo, enter: Enter, field: str, wrong: str
) -> None:
    answer = enter("rosa").post(f"{HOME}shifts/new", shift(demo, **{field: wrong}))
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.content.decode()
    assert my_post(demo.office("rosa")).shifts == ()


def signed(demo: Demo, **more: str) -> dict[str, str]:
    """Return a ladder as a practitioner types it."""
    return {
        "entry": demo.office("lin").new_id("ent"), "practice": "", "after_0": "0",
        "to_0": "on_call", "channels_0": "page email", "after_1": "10", "to_1": "practitioners",
        "channels_1": "page sms", **more,
    }  # fmt: skip


def test_a_practitioner_signs_a_ladder(demo: Demo, enter: Enter) -> None:
    lin = enter("lin")
    assert "starting point" in lin.get(f"{HOME}ladders/").content.decode()
    assert lin.post(f"{HOME}ladders/urgent", signed(demo)).status_code == 302
    ladder = my_post(demo.office("lin")).ladder("urgent", LAKESIDE)
    assert (ladder.set_by, [step.after_minutes for step in ladder.steps]) == ("stf_lin", [0, 10])
    assert "signed by" in lin.get(f"{HOME}ladders/").content.decode()
    assert lin.get(f"{HOME}ladders/urgent").status_code == 200
    assert lin.get(f"{HOME}ladders/dreadful").status_code == 404
    assert enter("rosa").post(f"{HOME}ladders/urgent", signed(demo)).status_code == 403


@pytest.mark.parametrize(
    ("field", "wrong", "told_at"),
    [("after_0", "5", "after_0"), ("after_1", "0", "after_1"), ("after_1", "soon", "after_1"),
     ("to_1", "the_pope", "to_1"), ("to_1", "staff", "staff_1"), ("channels_1", "", "channels_1"),
     ("channels_1", "pigeon", "channels_1"), ("practice", "prac_x", "practice")],
)  # fmt: skip
def test_what_is_no_ladder_is_refused_at_its_field(
    demo: Demo, enter: Enter, field: str, wrong: str, told_at: str
) -> None:
    answer = enter("lin").post(f"{HOME}ladders/urgent", signed(demo, **{field: wrong}))
    assert answer.status_code == 422
    assert f'id="e-{told_at}"' in answer.content.decode()
    assert kept(demo.office("lin"), EscalationLadderSet) == ()


def test_ones_own_address_is_shown_to_oneself_alone(demo: Demo, enter: Enter) -> None:
    rosa, secret = enter("rosa"), "rosa.private@clinic.example"
    place = f"{HOME}me/"
    assert rosa.post(place, {"channel": "email", "address": "nonsense"}).status_code == 422
    assert rosa.post(place, {"channel": "email", "address": secret}).status_code == 302
    assert secret in rosa.get(place).content.decode()
    rosa.post(f"{place}change", {"channel": "email", "do": "test"})
    assert Notice.objects.filter(staff="stf_rosa", alert__startswith="test:").count() == 1
    for login in ("tom", "lin", "amir"):
        other = enter(login)
        for page in PAGES:
            assert secret not in other.get(page).content.decode(), (login, page)
    assert secret.encode() not in bytes(ContactPoint.objects.get().sealed)
    rosa.post(f"{place}change", {"channel": "email", "do": "forget"})
    assert secret not in rosa.get(place).content.decode()


def test_every_page_says_that_an_alert_waits_and_of_whom_it_was_told(
    demo: Demo, enter: Enter
) -> None:
    rosa = enter("rosa")
    rosa.post(f"{HOME}shifts/new", shift(demo))
    office = demo.office("rosa")
    before = re.search(r'bell-count">(\d+)<', rosa.get(HOME).content.decode())
    office.append([office.filing("pat_hal").entry(
        AlertRaised(alert="alr_x", rule="r", level="emergent", says="Systolic 230")
    )])  # fmt: skip
    escalate_due(demo.journal, demo.office("rosa").now)
    page = rosa.get(f"/p/{LAKESIDE}/patients/").content.decode()
    assert 'class="bell bell-emergent"' in page
    assert f'bell-count">{int(before[1]) + 1 if before else 1}<' in page
    assert "told to you" in page
    assert "Systolic 230" not in page
    assert "told to you" not in enter("tom").get(f"/p/{LAKESIDE}/patients/").content.decode()
    assert "bell-emergent" not in enter("amir").get(HOME).content.decode()
    assert "alr_x" in rosa.get(f"{HOME}notices/").content.decode()
    assert rosa.get(f"{HOME}bell/version").status_code == 200


def test_a_drill_is_marked_and_answered(demo: Demo, enter: Enter) -> None:
    rosa, tom = enter("rosa"), enter("tom")
    rosa.post(f"{HOME}shifts/new", shift(demo))
    assert rosa.post(f"{HOME}drill", {"level": "urgent"}).status_code == 302
    page = tom.get(f"/p/{LAKESIDE}/patients/").content.decode()
    found = re.search(r'name="drill" value="([^"]+)"', page)
    assert found is not None
    assert tom.post(f"{HOME}drill/answer", {"drill": found[1]}).status_code == 302
    assert 'name="drill"' not in tom.get(f"/p/{LAKESIDE}/patients/").content.decode()
    assert "answered by stf_tom" in rosa.get(f"{HOME}notices/").content.decode()
    assert rosa.post(f"{HOME}drill", {"level": "nonsense"}).status_code == 302
    assert tom.post(f"{HOME}drill/answer", {"drill": "drill:urgent:no"}).status_code == 404


def test_who_may_open_what(enter: Enter) -> None:
    for login, status in (("rosa", 200), ("lin", 200), ("amir", 200), ("bea", 403), ("otto", 403)):
        client = enter(login)
        for page in PAGES[:4]:
            assert client.get(page).status_code == status, (login, page)
    nora = enter("nora")
    assert all(nora.get(page).status_code == 404 for page in PAGES)
