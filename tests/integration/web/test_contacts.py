"""Conversations and attempts on pages: recorded, refused with words, corrected, counted once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from caretally import clock
from caretally.clock import ServiceMonth, zone
from caretally.journal.entries import (
    ContactAttempted,
    ContactHeld,
    Entry,
    OutreachReviewed,
    ProviderNotified,
    TimeLogged,
)
from caretally.practice import timing
from caretally.practice.demo_clock import BEGINS_AT
from caretally.practice.timing import Clocks
from caretally.store.models import Membership
from tests.integration.demonstrated import LAKESIDE, Demo, Enter
from tests.integration.stopped import pass_time, stopped

__all__ = ["stopped"]
pytestmark = pytest.mark.usefixtures("stopped")

HOME = f"/p/{LAKESIDE}"
HAL, BEN, CLEO, ADA = "pat_hal", "pat_ben", "pat_cleo", "pat_ada"
MARCH = ServiceMonth(2026, 3)
CHICAGO = "America/Chicago"
ATTEMPTS = ("no_answer", "busy", "voicemail", "message_sent", "wrong_person", "declined")


def entry_id(number: int = 1) -> str:
    return f"ent_{number:032x}"


def call(**more: Any) -> dict[str, Any]:
    """Return a form of a sound call of eight minutes this morning."""
    return {
        "entry_id": entry_id(), "program": "rpm", "outcome": "talked", "mode": "telephone",
        "day": "2026-03-26", "start": "08:50:00", "end": "08:58:00", "spoke_with": "patient",
        "two_way": "yes", "topics": ["device_data"], "finding-symptoms": "Sleeps flat.",
        "performers": ["stf_rosa"], **more,
    }  # fmt: skip


def attempt(outcome: str = "no_answer", **more: Any) -> dict[str, Any]:
    """Return a form of an attempt just now, as a browser sends it."""
    return {
        "entry_id": entry_id(), "program": "rpm", "outcome": outcome, "mode": "telephone",
        "day": "2026-03-26", "start": "", "end": "", "performers": ["stf_rosa"], **more,
    }  # fmt: skip


def send(client: Client, form: dict[str, Any], patient: str = HAL) -> HttpResponse:
    return client.post(f"{HOME}/patients/{patient}/contact/", form)


def on_record(demo: Demo, patient: str, *kinds: type) -> list[Entry]:
    """Return what is in force on a chart and was written since the demonstration began."""
    office = demo.office("rosa")
    record = office.chart(office.card(patient)).record
    return [e for kind in kinds for e in record.entries(kind) if e.recorded_at > BEGINS_AT]


def clocks(demo: Demo, patient: str = HAL) -> Clocks:
    return timing.clocks(demo.office("rosa"), patient, MARCH)


def says(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_a_call_is_recorded_and_counts_live(demo: Demo, enter: Enter) -> None:
    before = clocks(demo)
    answer = send(enter("rosa"), call(actions="Weight each morning\nCall on Monday"))
    assert answer["Location"] == f"{HOME}/patients/{HAL}/contact/{entry_id()}/"
    (entry,) = on_record(demo, HAL, ContactHeld)
    body = entry.body
    assert isinstance(body, ContactHeld)
    assert body.start.astimezone(zone(CHICAGO)).isoformat() == "2026-03-26T08:50:00-05:00"
    assert body.topics == ("device_data", "symptoms")
    assert [each.says for each in body.findings] == ["Sleeps flat."]
    assert body.actions == ("Weight each morning", "Call on Monday")
    after = clocks(demo)
    assert after.live_seconds == before.live_seconds + 480
    assert after.management_seconds == before.management_seconds + 480


def test_the_page_after_it_shows_the_note_and_both_clocks(demo: Demo, enter: Enter) -> None:
    rosa, before = enter("rosa"), clocks(demo)
    page = says(rosa.get(send(rosa, call())["Location"]))
    after = clocks(demo)
    for seconds in (before.management_seconds, after.management_seconds, after.live_seconds):
        assert f"{seconds // 60}:{seconds % 60:02}" in page
    assert "Telephone call for RPM with the patient" in page
    assert "Symptoms: Sleeps flat." in page
    assert "99457" in page


def test_the_form_opens_with_what_is_on_file(demo: Demo, enter: Enter) -> None:
    page = says(enter("rosa").get(f"{HOME}/patients/{HAL}/contact/"))
    assert "Readings of the last 30 days" in page
    assert "Weight" in page
    assert "Breath easier, weight falling, no cramps." in page
    assert 'value="2026-03-26"' in page
    assert "America/Chicago" in page


def test_opening_the_form_is_told_in_the_access_chain(demo: Demo, enter: Enter) -> None:
    sql = "SELECT length FROM store_stream WHERE name = %s"
    enter("rosa").get(f"{HOME}/patients/{HAL}/contact/")
    assert demo.journal.db.rows(sql, f"access/{HAL}") == [(1,)]


@pytest.mark.parametrize("outcome", ATTEMPTS)
def test_every_other_outcome_is_an_attempt_and_counts_nothing(
    demo: Demo, enter: Enter, outcome: str
) -> None:
    before = clocks(demo)
    mode = "sms" if outcome == "message_sent" else "telephone"
    answer = send(enter("rosa"), attempt(outcome, mode=mode))
    assert answer.status_code == 302
    (entry,) = on_record(demo, HAL, ContactAttempted, ContactHeld)
    body = entry.body
    assert isinstance(body, ContactAttempted)
    assert (body.outcome, body.mode, entry.at) == (outcome, mode, clock.now())
    assert clocks(demo) == before
    assert "No conversation; no time counts." in says(enter("rosa").get(answer["Location"]))


@pytest.mark.parametrize(
    ("told", "value"),
    [("finding-symptoms", "Left word of them."), ("summary", "Said all."), ("topics", "symptoms")],
)
@pytest.mark.parametrize("outcome", ATTEMPTS)
def test_an_attempt_cannot_become_a_contact(
    demo: Demo, enter: Enter, outcome: str, told: str, value: str
) -> None:
    answer = send(enter("rosa"), attempt(outcome, **{told: value}, two_way="yes"))
    assert answer.status_code == 422
    assert "an attempt cannot become a contact" in says(answer)
    assert not on_record(demo, HAL, ContactAttempted, ContactHeld)


@pytest.mark.parametrize("mode", ["sms", "email", "letter"])
def test_one_way_is_no_conversation(demo: Demo, enter: Enter, mode: str) -> None:
    answer = send(enter("rosa"), call(mode=mode))
    assert answer.status_code == 422
    assert "an attempt with the outcome message_sent" in says(answer)


@pytest.mark.parametrize("two_way", ["", "no"])
def test_a_conversation_asks_whether_both_sides_could_speak(
    demo: Demo, enter: Enter, two_way: str
) -> None:
    assert send(enter("rosa"), call(two_way=two_way)).status_code == 422
    assert not on_record(demo, HAL, ContactHeld)


def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_is_kept(
    demo: Demo, enter: Enter
) -> None:
    wrong = call(start="", two_way="", topics=[], performers=[], **{"finding-symptoms": ""})
    answer = send(enter("rosa"), wrong | {"summary": "Kept for the next try."})
    page = says(answer)
    assert answer.status_code == 422
    for field in ("start", "two_way", "topics", "performers"):
        assert f'href="#{field}"' in page
    assert "Kept for the next try." in page
    assert entry_id() in page
    assert not on_record(demo, HAL, ContactHeld)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"end": "08:40:00"}, "an instant not before the start"),
        ({"end": "09:40:00"}, "an instant that is past"),
        ({"start": "nine"}, "a date and a time such as"),
        ({"day": "26.3.2026"}, "a date and a time such as"),
        ({"end": ""}, "when the conversation ended"),
        ({"program": "spa"}, "rpm"),
        ({"performers": ["stf_ghost", "stf_rosa"]}, "a registered member of staff"),
        ({"spoke_with": "the postman"}, "patient, caregiver:ID or other"),
        ({"escalated_to": "stf_ghost"}, "a registered member of staff"),
        ({"leg-why-0": "hold", "leg-start-0": "08:30:00", "leg-end-0": "08:40:00"}, "a stretch"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    demo: Demo, enter: Enter, wrong: dict[str, str], words: str
) -> None:
    answer = send(enter("rosa"), call(**wrong))
    assert answer.status_code == 422
    assert words in says(answer)
    assert not on_record(demo, HAL, ContactHeld)


def test_time_on_hold_is_left_out(demo: Demo, enter: Enter) -> None:
    before = clocks(demo)
    hold = {"leg-why-0": "hold", "leg-start-0": "08:51:00", "leg-end-0": "08:53:30"}
    send(enter("rosa"), call(**hold))
    assert clocks(demo).live_seconds == before.live_seconds + 480 - 150


def test_a_form_sent_twice_is_stored_once(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    first = send(rosa, call())
    pass_time(seconds=3)
    again = send(rosa, call())
    assert first["Location"] == again["Location"]
    assert len(on_record(demo, HAL, ContactHeld)) == 1


def test_an_id_of_another_chart_is_a_conflict(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    send(rosa, call())
    pass_time(seconds=3)
    answer = send(rosa, call(start="08:30:00", end="08:40:00"), ADA)
    assert answer.status_code == 422
    assert not on_record(demo, ADA, ContactHeld)


def test_a_caregiver_without_authority_is_recorded_and_said_not_to_qualify(
    demo: Demo, enter: Enter
) -> None:
    rosa = enter("rosa")
    with_authority = says(
        rosa.get(send(rosa, call(spoke_with="caregiver:cgv_mara"), CLEO)["Location"])
    )
    assert "had no authority" not in with_authority
    stranger = call(
        entry_id=entry_id(2), spoke_with="caregiver:cgv_uncle", start="08:20:00", end="08:30:00"
    )
    before = clocks(demo, CLEO)
    answer = send(rosa, stranger, CLEO)
    page = says(rosa.get(answer["Location"]))
    assert "caregiver cgv_uncle had no authority on 2026-03-26" in page
    assert "has caregiver authority" in page
    assert clocks(demo, CLEO) == before


def test_notices_are_shown_before_it_is_sent(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    address = f"{HOME}/patients/{CLEO}/contact/check"
    sound = says(rosa.post(address, call(spoke_with="caregiver:cgv_mara")))
    assert "ready" in sound
    assert "8:00 of conversation" in sound
    told = says(rosa.post(address, call(topics=["general"], **{"finding-symptoms": ""})))
    assert "nothing clinical was talked about" in told
    half = says(rosa.post(address, call(end="", two_way="")))
    assert "whether both sides could speak" in half
    assert not on_record(demo, CLEO, ContactHeld)


def test_a_contact_inside_a_running_timer_counts_its_seconds_once(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    before = clocks(demo)
    work = {"patient": HAL, "program": "rpm", "category": "review"}
    rosa.post(f"{HOME}/timer/start", work)
    began = clock.now()
    for _ in range(20):
        pass_time(seconds=30)
        rosa.post(f"{HOME}/timer/beat", {"used": "1"})
    local = (began + timedelta(minutes=2)).astimezone(zone(CHICAGO))
    ends = local + timedelta(minutes=5)
    answer = send(rosa, call(start=f"{local:%H:%M:%S}", end=f"{ends:%H:%M:%S}"))
    assert answer.status_code == 302
    timer = timing.running(demo.office("rosa"))
    assert timer is not None
    rosa.post(f"{HOME}/timer/stop", {"timer": timer.timer.id})
    logged = on_record(demo, HAL, TimeLogged)
    lengths = [int((e.body.end - e.body.start).total_seconds()) for e in logged]
    assert sorted(lengths) == [120, 180]
    after = clocks(demo)
    assert after.management_seconds == before.management_seconds + 600
    assert after.live_seconds == before.live_seconds + 300


def test_seconds_on_record_elsewhere_are_pointed_out(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    send(rosa, call(), ADA)
    page = says(rosa.get(send(rosa, call(entry_id=entry_id(2)))["Location"]))
    assert "8:00 of it are on record for stf_rosa in 1 other entry" in page
    assert clocks(demo).live_seconds == 1260


def test_a_correction_replaces_and_keeps_what_was(demo: Demo, enter: Enter) -> None:
    rosa, before = enter("rosa"), clocks(demo)
    send(rosa, call())
    pass_time(minutes=1)
    address = f"{HOME}/patients/{HAL}/contact/{entry_id()}/correct"
    page = says(rosa.get(address))
    assert 'value="08:50:00"' in page
    assert "Sleeps flat." in page
    shorter = call(entry_id=entry_id(2), end="08:54:00", reason="Ended earlier.")
    assert rosa.post(address, shorter | {"reason": ""}).status_code == 422
    assert rosa.post(address, shorter).status_code == 302
    assert rosa.post(address, shorter).status_code == 302
    (entry,) = on_record(demo, HAL, ContactHeld)
    assert (entry.supersedes, entry.reason) == (entry_id(), "Ended earlier.")
    assert clocks(demo).live_seconds == before.live_seconds + 240
    former = says(rosa.get(f"{HOME}/patients/{HAL}/contact/{entry_id()}/"))
    assert "corrected or withdrawn later" in former
    assert rosa.get(address).status_code == 404


def test_a_withdrawal_counts_nothing_and_asks_for_a_reason(demo: Demo, enter: Enter) -> None:
    rosa, before = enter("rosa"), clocks(demo)
    send(rosa, call())
    address = f"{HOME}/patients/{HAL}/contact/{entry_id()}/void"
    sent = {"entry_id": entry_id(2), "reason": ""}
    assert rosa.get(address).status_code == 200
    assert rosa.post(address, sent).status_code == 422
    assert rosa.post(address, sent | {"reason": "Wrong chart."}).status_code == 302
    assert not on_record(demo, HAL, ContactHeld)
    assert clocks(demo) == before


def test_nobody_corrects_or_withdraws_what_is_not_theirs(demo: Demo, enter: Enter) -> None:
    send(enter("rosa"), call())
    tom = enter("tom")
    change = call(entry_id=entry_id(2), performers=["stf_tom"], reason="Mine.")
    address = f"{HOME}/patients/{HAL}/contact/{entry_id()}"
    assert tom.post(f"{address}/correct", change).status_code == 403
    assert (
        tom.post(f"{address}/void", {"entry_id": entry_id(3), "reason": "No."}).status_code == 403
    )
    assert len(on_record(demo, HAL, ContactHeld)) == 1


def test_nobody_records_under_anothers_name(demo: Demo, enter: Enter) -> None:
    answer = send(enter("tom"), call())
    assert answer.status_code == 422
    assert "nobody records under another" in says(answer)
    assert not on_record(demo, HAL, ContactHeld)


def test_a_proxy_carries_both_names(demo: Demo, enter: Enter) -> None:
    assert send(enter("lin"), call()).status_code == 302
    (entry,) = on_record(demo, HAL, ContactHeld)
    assert (entry.actor, entry.body.performers) == ("staff:stf_lin", ("stf_rosa",))


def test_several_people_took_part(demo: Demo, enter: Enter) -> None:
    send(enter("rosa"), call(performers=["stf_rosa", "stf_tom"]))
    (entry,) = on_record(demo, HAL, ContactHeld)
    assert entry.body.performers == ("stf_rosa", "stf_tom")


def test_the_same_words_again_are_flagged(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    words = {"finding-symptoms": "Ankles slim, sleeps flat, no cough, walks the dog each evening."}
    first = says(rosa.get(send(rosa, call(**words), ADA)["Location"]))
    assert "copied words" not in first
    again = call(entry_id=entry_id(2), start="08:30:00", end="08:35:00", **words)
    assert "1 of the writer" in says(rosa.get(send(rosa, again)["Location"]))
    third = call(entry_id=entry_id(3), start="08:20:00", end="08:25:00", **words)
    page = says(rosa.get(send(rosa, third)["Location"]))
    assert "1 other entry of this chart" in page


@pytest.mark.parametrize("login", ["bea", "cora", "amir", "otto"])
@pytest.mark.parametrize("address", ["contact/", "attempt/", "time/new", "contact/now"])
def test_who_records_no_care_is_refused(demo: Demo, enter: Enter, login: str, address: str) -> None:
    client = enter(login)
    assert client.get(f"{HOME}/patients/{HAL}/{address}").status_code == 403
    if address != "contact/now":
        assert client.post(f"{HOME}/patients/{HAL}/{address}", call()).status_code == 403
    assert not on_record(demo, HAL, ContactHeld)


@pytest.mark.parametrize("login", ["bea", "cora", "otto"])
def test_who_sees_patients_reads_the_note(demo: Demo, enter: Enter, login: str) -> None:
    address = send(enter("rosa"), call())["Location"]
    page = says(enter(login).get(address))
    assert "Sleeps flat." in page
    assert "/correct" not in page


def test_another_practice_reaches_nothing_here(demo: Demo, enter: Enter) -> None:
    nora = enter("nora")
    assert send(nora, call()).status_code == 404
    assert nora.post(f"/p/prac_harbor/patients/{HAL}/contact/", call()).status_code == 404
    assert not on_record(demo, HAL, ContactHeld)


def test_no_chart_comes_about_by_recording_on_it(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    assert send(rosa, call(), "pat_nobody").status_code == 404
    assert send(rosa, attempt(), "pat_nobody").status_code == 404
    hand = f"{HOME}/patients/pat_nobody/time/new"
    assert rosa.post(hand, by_hand()).status_code == 404
    sql = "SELECT count(*) FROM store_stream WHERE name = %s"
    assert demo.journal.db.rows(sql, "patient/pat_nobody") == [(0,)]


def test_a_nurse_of_another_clinic_records_nothing_here(demo: Demo, enter: Enter) -> None:
    Membership.objects.filter(staff="stf_tom").update(clinic="prac_elsewhere")
    tom = enter("tom")
    mine = {"performers": ["stf_tom"]}
    assert send(tom, call(**mine)).status_code == 404
    assert "/glass/" in tom.get(f"{HOME}/patients/{HAL}/contact/")["Location"]
    work = {"patient": HAL, "program": "rpm", "category": "review"}
    assert tom.post(f"{HOME}/timer/start", work).status_code == 404
    assert not on_record(demo, HAL, ContactHeld)


def test_who_has_no_staff_id_is_told_what_to_do(demo: Demo, enter: Enter) -> None:
    Membership.objects.filter(staff="stf_tom").update(staff="")
    answer = enter("tom").get(f"{HOME}/patients/{HAL}/contact/")
    assert answer.status_code == 403
    assert "no staff id" in says(answer)


# --- local time -----------------------------------------------------------------------------------


def in_november(enter: Enter) -> Client:
    """Go to the morning after clocks went back, 1 November 2026."""
    pass_time(days=220)
    return enter("rosa")


def test_a_time_that_came_twice_is_asked_about(demo: Demo, enter: Enter) -> None:
    rosa = in_november(enter)
    night = call(day="2026-11-01", start="01:20:00", end="02:10:00")
    answer = send(rosa, night)
    assert answer.status_code == 422
    assert "an hour that came twice" in says(answer)
    assert 'name="start_which"' in says(answer)
    assert send(rosa, night | {"start_which": "second"}).status_code == 302
    (entry,) = on_record(demo, HAL, ContactHeld)
    assert entry.at.isoformat() == "2026-11-01T07:20:00+00:00"
    assert (entry.body.end - entry.body.start) == timedelta(minutes=50)


def test_a_time_that_was_left_out_is_refused(demo: Demo, enter: Enter) -> None:
    skipped = call(day="2026-03-08", start="02:30:00", end="03:10:00")
    answer = send(enter("rosa"), skipped)
    assert answer.status_code == 422
    assert "left out, as clocks went forward" in says(answer)


def test_a_call_over_midnight_ends_on_the_next_day(demo: Demo, enter: Enter) -> None:
    send(enter("rosa"), call(day="2026-03-25", start="23:55:00", end="00:05:00"))
    (entry,) = on_record(demo, HAL, ContactHeld)
    assert entry.body.end - entry.body.start == timedelta(minutes=10)


def test_the_buttons_get_the_time_of_the_server_in_the_patients_zone(
    demo: Demo, enter: Enter
) -> None:
    now = enter("rosa").get(f"{HOME}/patients/{HAL}/contact/now").json()
    local = clock.now().astimezone(zone(CHICAGO))
    assert (now["day"], now["time"]) == (f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}")


# --- the ladder -----------------------------------------------------------------------------------


def test_the_ladder_says_what_comes_next_and_is_climbed(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    page = says(rosa.get(f"{HOME}/patients/{BEN}/attempt/"))
    assert "tell a practitioner" in page
    told = {"program": "rpm", "provider": "stf_lin", "why": "unreachable", "note": "Six tries."}
    sent = told | {"entry_id": entry_id()}
    address = f"{HOME}/patients/{BEN}/notify-provider"
    assert rosa.post(address, sent).status_code == 302
    assert rosa.post(address, sent).status_code == 302
    (entry,) = on_record(demo, BEN, ProviderNotified)
    assert entry.body.provider == "stf_lin"
    assert "a practitioner knows" in says(rosa.get(f"{HOME}/patients/{BEN}/attempt/"))
    pass_time(days=100)
    lin = enter("lin")
    assert "decide how to go on" in says(lin.get(f"{HOME}/patients/{BEN}/attempt/"))
    review = {"program": "rpm", "outcome": "continue", "note": "Wife answers.",
              "entry_id": entry_id(2)}  # fmt: skip
    assert lin.post(f"{HOME}/patients/{BEN}/outreach-review", review).status_code == 302
    (reviewed,) = on_record(demo, BEN, OutreachReviewed)
    assert reviewed.body.reviewer == "stf_lin"
    assert "try again" in says(lin.get(f"{HOME}/patients/{BEN}/attempt/"))


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("notify-provider", {"program": "rpm", "provider": "stf_ghost", "why": "unreachable"}),
        ("notify-provider", {"program": "rpm", "provider": "stf_lin", "why": "whim"}),
        ("outreach-review", {"program": "rpm", "outcome": "shrug"}),
        ("outreach-review", {"program": "spa", "outcome": "continue"}),
    ],
)
def test_the_ladder_takes_no_nonsense(
    demo: Demo, enter: Enter, address: str, form: dict[str, str]
) -> None:
    answer = enter("rosa").post(f"{HOME}/patients/{BEN}/{address}", form)
    assert answer.status_code == 422
    assert not on_record(demo, BEN, ProviderNotified, OutreachReviewed)


def test_a_conversation_puts_the_patient_back_on_the_ground(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    send(rosa, call(), BEN)
    assert "Reaching this patient" not in says(rosa.get(f"{HOME}/patients/{BEN}/contact/"))


# --- time by hand ---------------------------------------------------------------------------------


def by_hand(**more: str) -> dict[str, str]:
    return {
        "entry_id": entry_id(), "program": "rpm", "category": "coordination", "day": "2026-03-26",
        "start": "08:50:00", "end": "08:56:30", "note": "Pharmacy called.",
        "reason": "On the way, without a computer.", **more,
    }  # fmt: skip


def write(client: Client, form: dict[str, str], what: str = "new") -> HttpResponse:
    return client.post(f"{HOME}/patients/{HAL}/time/{what}", form)


def test_time_by_hand_is_attested_and_counts(demo: Demo, enter: Enter) -> None:
    rosa, before = enter("rosa"), clocks(demo)
    assert rosa.get(f"{HOME}/patients/{HAL}/time/new").status_code == 200
    assert write(rosa, by_hand()).status_code == 302
    pass_time(seconds=2)
    assert write(rosa, by_hand()).status_code == 302
    (entry,) = on_record(demo, HAL, TimeLogged)
    assert (entry.body.performer, entry.body.attested_by) == ("stf_rosa", "stf_rosa")
    assert entry.reason == "On the way, without a computer."
    assert clocks(demo).management_seconds == before.management_seconds + 390
    page = says(rosa.get(f"{HOME}/time/"))
    assert "Pharmacy called." in page
    assert "attested" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": ""}, "why no timer measured the span"),
        ({"end": "08:50:00"}, "an instant after"),
        ({"end": "09:30:00"}, "an instant that is past"),
        ({"start": "half past"}, "a date and a time such as"),
        ({"category": "gossip"}, "review"),
        ({"is_review": "1"}, "own time for 99091"),
    ],
)
def test_time_by_hand_says_what_is_wrong(
    demo: Demo, enter: Enter, wrong: dict[str, str], words: str
) -> None:
    answer = write(enter("rosa"), by_hand(**wrong))
    assert answer.status_code == 422
    assert words in says(answer)
    assert "Pharmacy called." in says(answer)
    assert not on_record(demo, HAL, TimeLogged)


def test_seconds_that_are_taken_are_refused_with_the_entry_that_has_them(
    demo: Demo, enter: Enter
) -> None:
    rosa = enter("rosa")
    send(rosa, call(), ADA)
    answer = write(rosa, by_hand(entry_id=entry_id(2)))
    assert answer.status_code == 422
    assert entry_id() in says(answer)


def test_seconds_on_a_running_timer_are_taken(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    work = {"patient": ADA, "program": "rpm", "category": "review"}
    rosa.post(f"{HOME}/timer/start", work)
    began = clock.now().astimezone(zone(CHICAGO))
    pass_time(seconds=60)
    over = {"start": f"{began:%H:%M:%S}", "end": f"{began + timedelta(seconds=30):%H:%M:%S}"}
    assert write(rosa, by_hand(**over)).status_code == 422


def test_time_for_others_is_for_those_who_may(demo: Demo, enter: Enter) -> None:
    assert write(enter("tom"), by_hand(performer="stf_rosa")).status_code == 403
    assert write(enter("lin"), by_hand(performer="stf_rosa")).status_code == 302
    (entry,) = on_record(demo, HAL, TimeLogged)
    assert (entry.actor, entry.body.performer) == ("staff:stf_lin", "stf_rosa")
    assert entry.body.attested_by == "stf_lin"


def test_a_practitioner_marks_the_review_of_data(demo: Demo, enter: Enter) -> None:
    before = clocks(demo)
    assert write(enter("lin"), by_hand(category="review", is_review="1")).status_code == 302
    (entry,) = on_record(demo, HAL, TimeLogged)
    assert entry.body.intended_code == "99091"
    assert clocks(demo) == before


def test_time_is_corrected_and_withdrawn_with_a_reason(demo: Demo, enter: Enter) -> None:
    rosa, before = enter("rosa"), clocks(demo)
    write(rosa, by_hand())
    shorter = by_hand(entry_id=entry_id(2), end="08:52:00", reason="Looked it up.",
                      performer="stf_rosa")  # fmt: skip
    assert rosa.get(f"{HOME}/patients/{HAL}/time/{entry_id()}/correct").status_code == 200
    assert write(rosa, shorter | {"reason": ""}, f"{entry_id()}/correct").status_code == 422
    assert write(rosa, shorter, f"{entry_id()}/correct").status_code == 302
    assert write(rosa, shorter, f"{entry_id()}/correct").status_code == 302
    (entry,) = on_record(demo, HAL, TimeLogged)
    assert (entry.supersedes, entry.reason) == (entry_id(), "Looked it up.")
    assert clocks(demo).management_seconds == before.management_seconds + 120
    assert write(enter("tom"), {"reason": "No."}, f"{entry_id(2)}/void").status_code == 403
    gone = {"entry_id": entry_id(3), "reason": "Another chart."}
    assert rosa.get(f"{HOME}/patients/{HAL}/time/{entry_id(2)}/void").status_code == 200
    assert write(rosa, gone | {"reason": ""}, f"{entry_id(2)}/void").status_code == 422
    assert write(rosa, gone, f"{entry_id(2)}/void").status_code == 302
    assert clocks(demo) == before


def test_late_time_is_shown_as_late(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    write(rosa, by_hand(day="2026-03-22"))
    assert "4 d 0 h later" in says(rosa.get(f"{HOME}/time/?day=2026-03-22"))
