"""The pages of calls: who may see them, one call turn by turn, protocols, and the simulator."""

from __future__ import annotations

import re

from django.test import Client

from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.journal.entries import ProtocolSigned
from caretally.practice.protocols import protocol_named
from caretally.store.call_tables import PLANNED, STOPPED, Call, CallLine
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

HERE = f"/p/{LAKESIDE}/calls/"


def named(demo: Demo, **which: object) -> Call:
    """Return a call of the demonstration."""
    found: Call = Call.objects.using(demo.journal.db.alias).get(**which)
    return found


def stored(demo: Demo) -> tuple[int, int]:
    """Return how many calls and entries there are."""
    calls = Call.objects.using(demo.journal.db.alias).count()
    return calls, len(demo.journal.entries(LAKESIDE))


def body_of(client: Client, path: str, status: int = 200) -> str:
    """Return the text of a page."""
    answer = client.get(path)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def test_nurses_see_the_calls_and_billers_do_not(demo: Demo, enter: Enter) -> None:
    text = body_of(enter("rosa"), HERE)
    assert "Gus Petrov" in text
    assert "drill" in text
    assert enter("bea").get(HERE).status_code == 403


def test_a_call_is_shown_turn_by_turn_and_its_log_plays_again(demo: Demo, enter: Enter) -> None:
    call = named(demo, outcome="completed")
    for login in ("rosa", "otto"):
        text = body_of(enter(login), f"{HERE}c/{call.call}/")
        assert "the log is whole and plays again" in text
        assert "Heard as “yes” and “yeah”" in text
        assert "both" in text
        assert "two-way by all tests" in text
    assert enter("bea").get(f"{HERE}c/{call.call}/").status_code == 404
    assert enter("nora").get(f"{HERE}c/{call.call}/").status_code == 404


def test_a_changed_log_is_told(demo: Demo, enter: Enter) -> None:
    call = named(demo, outcome="completed")
    lines = CallLine.objects.using(demo.journal.db.alias).filter(call=call.call, number=9)
    lines.update(line='{"fact":"nothing"}')
    text = body_of(enter("rosa"), f"{HERE}c/{call.call}/")
    assert "ine 9 of the log" in text
    assert "plays again" not in text


def test_of_a_machine_that_answered_nothing_is_said(demo: Demo, enter: Enter) -> None:
    call = named(demo, outcome="voicemail")
    text = body_of(enter("rosa"), f"{HERE}c/{call.call}/")
    assert "Not asked of an attempt" in text


def test_a_drill_shows_its_times_and_concerns_no_patient(demo: Demo, enter: Enter) -> None:
    text = body_of(enter("rosa"), f"{HERE}c/{named(demo, drill=True).call}/")
    assert "Wei Lin" in text
    assert "chest pain" in text
    assert "/patients/" not in text.split("<main", 1)[1]


def test_a_protocol_reads_as_a_clinician_reads(demo: Demo, enter: Enter) -> None:
    text = body_of(enter("lin"), f"{HERE}protocols/heart_failure/")
    assert "weight rose within 1 days by at least 3 lb or weight gain is yes" in text
    assert "Keys: 1 yes, 2 no" in text
    assert "signed</span> by Wei Lin" in text
    assert "Su báscula mostró" in body_of(
        enter("lin"), f"{HERE}protocols/heart_failure/?language=es"
    )
    assert enter("lin").get(f"{HERE}protocols/nothing/").status_code == 404


def test_a_practitioner_signs_and_takes_back_and_a_nurse_does_not(demo: Demo, enter: Enter) -> None:
    lin, path = enter("lin"), f"{HERE}protocols/copd/"
    entry = re.search(r'name="entry" value="(\w+)"', lin.get(path).content.decode())
    assert entry is not None
    for _ in range(2):
        lin.post(f"{path}sign", {"entry": entry[1], "do": "sign"})
    assert protocol_named(demo.office("lin"), "copd").is_in_force
    own = (each.body for each in demo.journal.entries(LAKESIDE, patients=[]))
    signed = [each for each in own if isinstance(each, ProtocolSigned) and each.protocol == "copd"]
    assert len(signed) == 1
    assert signed[0].digest == installed("copd").digest
    assert enter("rosa").post(f"{path}sign", {"entry": "ent_x", "do": "sign"}).status_code == 403
    lin.post(f"{path}sign", {"entry": "ent_back", "do": "withdraw"})
    assert not protocol_named(demo.office("lin"), "copd").is_in_force


def test_a_call_is_put_in_line_once_and_taken_out(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    path = f"{HERE}of/pat_gus/new/"
    entry = re.search(r'name="entry" value="(\w+)"', rosa.get(path).content.decode())
    assert entry is not None
    typed = {"entry": entry[1], "protocol": "hypertension", "program": "rpm", "language": "en"}
    for _ in range(2):
        assert rosa.post(path, typed).status_code == 302
    call = named(demo, call=entry[1])
    assert (call.state, call.patient, call.asked_by) == (PLANNED, "pat_gus", "stf_rosa")
    wrong = rosa.post(path, {**typed, "protocol": "astrology"})
    assert wrong.status_code == 422
    assert "astrology" in wrong.content.decode()
    rosa.post(f"{HERE}c/{call.call}/stop")
    assert named(demo, call=entry[1]).state == STOPPED


def test_the_simulator_escalates_and_stores_nothing(demo: Demo, enter: Enter) -> None:
    rosa, path = enter("rosa"), f"{HERE}simulator/"
    before = (
        Call.objects.using(demo.journal.db.alias).count(),
        len(demo.journal.entries(LAKESIDE)),
    )
    typed = {"protocol": "heart_failure", "language": "en", "script": "yes\n#1950\nyes"}
    answer = rosa.post(
        path, {**typed, "line": "my chest hurts | I have chest pain"}
    ).content.decode()
    assert "turn-alert" in answer
    assert "chest pain" in answer
    over = rosa.post(path, {**typed, "quick": "hang up"}).content.decode()
    assert "The record it would leave" in over
    assert stored(demo) == before


def test_the_simulator_names_the_field_that_is_wrong(demo: Demo, enter: Enter) -> None:
    answer = enter("rosa").get(f"{HERE}simulator/?protocol=heart_failure&device_weight=heavy")
    assert answer.status_code == 422
    assert "expected numbers" in answer.content.decode().lower()
