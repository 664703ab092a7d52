"""Timers on pages: started, seen alive, cut off, handed over, forgotten and attested to."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from caretally import clock
from caretally.errors import ConflictError
from caretally.journal.entries import Entry, TimeLogged
from caretally.practice import timing
from caretally.practice.demo_clock import BEGINS_AT
from caretally.store.models import ForgottenTimer, RunningTimer
from caretally.store.stored_journal import StoredJournal
from caretally.timekeeping.timers import Timer, Work, restored
from tests.integration.demonstrated import LAKESIDE, Demo, Enter
from tests.integration.stopped import pass_time, stopped

__all__ = ["stopped"]
pytestmark = pytest.mark.usefixtures("stopped")

HOME = f"/p/{LAKESIDE}"
HAL, ADA = "pat_hal", "pat_ada"


def begin(client: Client, patient: str = HAL, **more: str) -> HttpResponse:
    wanted = {"patient": patient, "program": "rpm", "category": "review", **more}
    return client.post(f"{HOME}/timer/start", wanted)


def kept(login: str = "rosa") -> Timer:
    return restored(bytes(RunningTimer.objects.get(user__username=login).state))


def act(client: Client, what: str, **more: str) -> HttpResponse:
    row = RunningTimer.objects.filter(user_id=client.session["_auth_user_id"]).first()
    named = {"timer": row.timer if row else "tmr_gone", **more}
    return client.post(f"{HOME}/timer/{what}", named)


def sign_of_life(client: Client, *, used: bool = True) -> dict[str, object]:
    return client.post(f"{HOME}/timer/beat", {"used": "1" if used else "0"}).json()


def work_for(client: Client, minutes: int) -> None:
    """Use a page for so long, with its beats."""
    for _ in range(2 * minutes):
        pass_time(seconds=30)
        assert sign_of_life(client)["runs"] is True


def logged(demo: Demo, patient: str = HAL, performer: str = "stf_rosa") -> list[Entry]:
    """Return what was logged since the demonstration began, seconds and all."""
    office = demo.office("rosa")
    entries = office.chart(office.card(patient)).record.entries(TimeLogged)
    return [
        each
        for each in entries
        if isinstance(each.body, TimeLogged)
        and each.body.performer == performer
        and each.at >= BEGINS_AT
    ]


def seconds(entries: list[Entry]) -> list[int]:
    return [int((each.body.end - each.body.start).total_seconds()) for each in entries]


def test_a_timer_measures_what_its_page_saw_and_logs_it_with_a_note(
    demo: Demo, enter: Enter
) -> None:
    rosa = enter("rosa")
    assert begin(rosa).status_code == 302
    work_for(rosa, 4)
    page = rosa.get(f"{HOME}/patients/{HAL}/").content.decode()
    assert 'data-seconds="240"' in page
    act(rosa, "stop", note="Week of weights read.")
    (entry,) = logged(demo)
    assert seconds([entry]) == [240]
    assert entry.actor == "staff:stf_rosa"
    assert (entry.body.note, entry.body.attested_by) == ("Week of weights read.", None)
    assert not RunningTimer.objects.exists()


def test_both_clocks_are_told_after_the_stop(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    office = demo.office("rosa")
    month = clock.ServiceMonth(2026, 3)
    before = timing.clocks(office, HAL, month)
    begin(rosa)
    work_for(rosa, 2)
    answer = act(rosa, "stop", path=f"{HOME}/patients/{HAL}/")
    after = timing.clocks(office, HAL, month)
    assert after.management_seconds == before.management_seconds + 120
    assert after.live_seconds == before.live_seconds
    page = rosa.get(answer["Location"]).content.decode()
    assert "Logged 2:00." in page


def test_pauses_are_left_out(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    begin(rosa)
    work_for(rosa, 1)
    act(rosa, "pause")
    pass_time(minutes=3)
    assert sign_of_life(rosa)["runs"] is False
    act(rosa, "resume")
    work_for(rosa, 1)
    act(rosa, "stop")
    assert seconds(logged(demo)) == [60, 60]


def test_a_page_that_nobody_uses_is_cut_off_at_its_last_use(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    begin(rosa)
    work_for(rosa, 2)
    for _ in range(12):
        pass_time(seconds=30)
        sign_of_life(rosa, used=False)
    assert kept().rests_because == "idle"
    act(rosa, "stop")
    assert seconds(logged(demo)) == [120]


def test_a_closed_page_is_cut_off_at_its_last_beat(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    begin(rosa)
    work_for(rosa, 3)
    pass_time(minutes=10)
    page = rosa.get(f"{HOME}/patients/{HAL}/").content.decode()
    assert 'data-seconds="180"' in page
    assert "page was closed" in page
    act(rosa, "stop")
    assert seconds(logged(demo)) == [180]


def test_silence_of_ninety_seconds_is_borne(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    begin(rosa)
    pass_time(seconds=89)
    assert sign_of_life(rosa)["seconds"] == 89


def test_a_restart_loses_nothing(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    begin(rosa)
    work_for(rosa, 2)
    office = demo.office("rosa")
    again = timing.running(
        type(office)(journal=StoredJournal(), caller=office.caller, now=office.now)
    )
    assert again is not None
    assert again.timer.seconds_at(office.now) == 120


def test_a_second_timer_is_asked_about(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    begin(rosa)
    work_for(rosa, 1)
    answer = begin(rosa, ADA)
    assert answer.status_code == 409
    assert "Hal Brandt" in answer.content.decode()
    assert kept().work.patient == HAL
    begin(rosa, ADA, stops_other="1")
    assert kept().work.patient == ADA
    assert seconds(logged(demo)) == [60]


def test_stopped_twice_is_logged_once(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    begin(rosa)
    work_for(rosa, 1)
    timer = kept().id
    for _ in range(2):
        rosa.post(f"{HOME}/timer/stop", {"timer": timer})
    assert seconds(logged(demo)) == [60]


def test_a_timer_without_a_second_leaves_nothing(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    begin(rosa)
    act(rosa, "stop")
    assert not logged(demo)
    assert not RunningTimer.objects.exists()
    assert not ForgottenTimer.objects.exists()


def test_a_colleague_goes_on_with_the_work(demo: Demo, enter: Enter) -> None:
    rosa, tom = enter("rosa"), enter("tom")
    begin(rosa)
    work_for(rosa, 2)
    act(rosa, "hand-over", colleague="stf_tom")
    theirs = kept("tom")
    assert theirs.handed_by == "stf_rosa"
    assert theirs.work == Work(patient=HAL, program="rpm", category="review")
    assert not RunningTimer.objects.filter(user__username="rosa").exists()
    work_for(tom, 1)
    act(tom, "stop")
    assert seconds(logged(demo)) == [120]
    assert seconds(logged(demo, performer="stf_tom")) == [60]


@pytest.mark.parametrize("colleague", ["stf_mia", "stf_nobody", "stf_rosa"])
def test_work_goes_to_colleagues_with_accounts_only(
    enter: Enter, demo: Demo, colleague: str
) -> None:
    rosa = enter("rosa")
    begin(rosa)
    work_for(rosa, 1)
    act(rosa, "hand-over", colleague=colleague)
    assert kept().person == "stf_rosa"
    assert not logged(demo)


def test_a_busy_colleague_takes_nothing(demo: Demo, enter: Enter) -> None:
    rosa, tom = enter("rosa"), enter("tom")
    begin(rosa)
    begin(tom, ADA)
    work_for(rosa, 1)
    assert (
        "has a timer"
        in rosa.get(act(rosa, "hand-over", colleague="stf_tom")["Location"]).content.decode()
    )
    assert (kept().person, kept("tom").work.patient) == ("stf_rosa", ADA)


def left_alone(enter: Enter) -> Timer:
    """Leave a timer of five minutes alone for an hour, and let the worker come by."""
    rosa = enter("rosa")
    begin(rosa)
    work_for(rosa, 5)
    timer = kept()
    pass_time(hours=1)
    assert timing.sweep_forgotten(StoredJournal(), clock.now()) == 1
    return timer


def test_a_forgotten_timer_waits_and_counts_nothing(demo: Demo, enter: Enter) -> None:
    timer = left_alone(enter)
    assert not logged(demo)
    assert not RunningTimer.objects.exists()
    row = ForgottenTimer.objects.get()
    assert (row.timer, row.why, row.settled_at) == (timer.id, "window_closed", None)
    assert "Timers nobody stopped" in enter("rosa").get(f"{HOME}/time/").content.decode()
    assert "Timers nobody stopped" in enter("lin").get(f"{HOME}/time/").content.decode()
    assert "Timers nobody stopped" not in enter("tom").get(f"{HOME}/time/").content.decode()


def test_the_next_request_finds_a_forgotten_timer_too(demo: Demo, enter: Enter) -> None:
    begin(enter("rosa"))
    work_for(enter("rosa"), 1)
    pass_time(hours=1)
    assert "Timers nobody stopped" in enter("rosa").get(f"{HOME}/time/").content.decode()
    assert ForgottenTimer.objects.count() == 1


def test_its_person_attests_to_a_part(demo: Demo, enter: Enter) -> None:
    timer = left_alone(enter)
    rosa = enter("rosa")
    wanted = {"keep-0": "1", "from-0": "09:05:00", "to-0": "09:08:00", "reason": "Called away."}
    page = rosa.get(f"{HOME}/time/").content.decode()
    start = page.partition('name="from-0" value="')[2][:8]
    hour, minute, second = (int(part) for part in start.split(":"))
    wanted |= {"from-0": start, "to-0": f"{hour:02}:{minute + 3:02}:{second:02}"}
    assert rosa.post(f"{HOME}/time/forgotten/{timer.id}/attest", wanted).status_code == 302
    (entry,) = logged(demo)
    assert seconds([entry]) == [180]
    assert (entry.body.attested_by, entry.reason) == ("stf_rosa", "Called away.")
    assert ForgottenTimer.objects.get().settled_by == "staff:stf_rosa"
    again = rosa.post(f"{HOME}/time/forgotten/{timer.id}/attest", wanted)
    assert again.status_code == 404
    assert len(logged(demo)) == 1


def test_a_practitioner_attests_for_a_nurse_and_a_nurse_does_not(demo: Demo, enter: Enter) -> None:
    timer = left_alone(enter)
    page = enter("lin").get(f"{HOME}/time/").content.decode()
    start, end = (page.partition(f'name="{name}-0" value="')[2][:8] for name in ("from", "to"))
    wanted = {"keep-0": "1", "from-0": start, "to-0": end, "reason": "Seen at work."}
    address = f"{HOME}/time/forgotten/{timer.id}/attest"
    assert enter("tom").post(address, wanted).status_code == 403
    assert enter("lin").post(address, wanted).status_code == 302
    (entry,) = logged(demo)
    assert (entry.body.performer, entry.body.attested_by) == ("stf_rosa", "stf_lin")
    assert seconds([entry]) == [300]


def test_attesting_asks_for_a_reason_and_keeps_to_what_was_measured(
    demo: Demo, enter: Enter
) -> None:
    timer = left_alone(enter)
    rosa, address = enter("rosa"), f"{HOME}/time/forgotten/{timer.id}/attest"
    wanted = {"keep-0": "1", "from-0": "08:00:00", "to-0": "20:00:00", "reason": "All day."}
    assert rosa.post(address, wanted).status_code == 422
    page = rosa.get(f"{HOME}/time/").content.decode()
    start, end = (page.partition(f'name="{name}-0" value="')[2][:8] for name in ("from", "to"))
    silent = {"keep-0": "1", "from-0": start, "to-0": end, "reason": " "}
    answer = rosa.post(address, silent)
    assert answer.status_code == 422
    assert "why the time is true" in answer.content.decode()
    assert not logged(demo)
    assert ForgottenTimer.objects.get().settled_at is None


def test_a_forgotten_timer_is_let_go(demo: Demo, enter: Enter) -> None:
    timer = left_alone(enter)
    enter("rosa").post(f"{HOME}/time/forgotten/{timer.id}/let-go")
    assert ForgottenTimer.objects.get().settled_at is not None
    assert not logged(demo)


def test_a_beat_without_use_does_not_keep_a_session(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    rosa.get(f"{HOME}/patients/")
    for _ in range(4):
        pass_time(minutes=5)
        answer = rosa.post(f"{HOME}/timer/beat", {"used": "0"})
    assert answer.status_code == 302


def test_use_told_by_a_beat_keeps_a_session(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    rosa.get(f"{HOME}/patients/")
    for _ in range(4):
        pass_time(minutes=5)
        assert rosa.post(f"{HOME}/timer/beat", {"used": "1"}).status_code == 200


@pytest.mark.parametrize("login", ["bea", "cora", "amir", "otto"])
def test_who_records_no_care_has_no_timer(demo: Demo, enter: Enter, login: str) -> None:
    assert begin(enter(login)).status_code == 403
    assert not RunningTimer.objects.exists()


def test_a_nurse_of_another_practice_starts_nothing_here(demo: Demo, enter: Enter) -> None:
    assert begin(enter("nora")).status_code == 404


def test_unknown_work_is_refused_at_once(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    begin(rosa, category="gossip")
    begin(rosa, program="spa")
    assert not RunningTimer.objects.exists()


def test_no_address_of_another_site_is_led_to(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    for path in ("https://example.org/", "//example.org/", "/p/\\example.org"):
        answer = begin(rosa, path=path)
        assert answer.status_code in {302, 409}
        if answer.status_code == 302:
            assert answer["Location"] == f"{HOME}/time/"
        act(rosa, "stop")


def starts_at_once(demo: Demo) -> None:
    """Let two pages of one person start a timer at the same moment."""
    office, barrier, told = demo.office("rosa"), Barrier(2), []

    def start(patient: str) -> None:
        barrier.wait()
        try:
            done = timing.start(office, Work(patient=patient, program="rpm", category="review"))
            told.append(done.timer.work.patient if done.timer else "")
        except ConflictError:
            told.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=start, args=(patient,)) for patient in (HAL, ADA)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(each == "refused" for each in told) == [False, True]
    assert RunningTimer.objects.count() == 1


def test_two_pages_that_start_at_once_start_one(demo: Demo) -> None:
    starts_at_once(demo)


def test_two_pages_that_start_at_once_start_one_on_postgres(demo_postgres: Demo) -> None:
    starts_at_once(demo_postgres)
