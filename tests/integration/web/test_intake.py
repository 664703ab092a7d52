"""What arrives, on pages: connections, deliveries, what is held back, and who may see which."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from caretally import clock
from caretally.devices.vendors import registry
from caretally.journal.entries import DeviceRegistered, Identifier, ReadingRecorded
from caretally.practice.connections import LIVE, Wanted, connect
from caretally.practice.devices import Handed, Told, assign, tell
from caretally.practice.streaming import drain
from caretally.store.models import Connection, Membership
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

AT = f"/p/{LAKESIDE}/intake/"
SECRET = "a secret of the tests"  # noqa: S105 - of the tests


@pytest.fixture
def connection(demo: Demo) -> Connection:
    """Return a connection with Tenovi at Lakeside, made for this test."""
    wanted = Wanted(vendor="tenovi", title="Cuffs of the tests", secret=SECRET)
    return connect(demo.office("amir"), wanted)[0]


def pressure(device: str, at: datetime, systolic: int = 131) -> dict[str, Any]:
    """Return a measurement as Tenovi sends one."""
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "metric": "blood_pressure", "device_name": "Tenovi BPM", "hwi_device_id": device,
        "sensor_code": "10", "value_1": str(systolic), "value_2": "82", "created": stamp,
        "timestamp": stamp, "timezone_offset": -6, "estimated_timestamp": False,
        "filter_params": {"measurement_index": 1},
    }  # fmt: skip


def deliver(demo: Demo, connection: Connection, body: object) -> int:
    """Post a delivery as the vendor does, and let the worker read it; returns its number."""
    sent = Client().post(
        f"/api/v1/webhooks/tenovi/{connection.name}", json.dumps(body),
        content_type="application/json", headers={"Authorization": SECRET},
    )  # fmt: skip
    assert sent.status_code == 202, sent.content
    drain(demo.journal)
    return int(demo.journal.db.rows("SELECT MAX(id) FROM store_inbound")[0][0])


def held(
    demo: Demo, connection: Connection, device: str = "unheard-of", systolic: int = 131
) -> int:
    """Deliver a reading that is held back; returns its number."""
    at = clock.now() - timedelta(hours=1)
    deliver(demo, connection, pressure(device, at, systolic))
    rows = demo.journal.db.rows("SELECT MAX(id) FROM store_intakereading WHERE state = 2")
    return int(rows[0][0])


def state_of(demo: Demo, number: int) -> int:
    """Return the state of a reading."""
    sql = "SELECT state FROM store_intakereading WHERE id = %s"
    return int(demo.journal.db.rows(sql, number)[0][0])


def edies_cuff(demo: Demo) -> None:
    """Put a cuff on the books under Tenovi's name and give it to Edie."""
    body = DeviceRegistered(
        device="cuff-1", medical_device=True, parameters=("85354-9",), vendor="tenovi",
        identifiers=(Identifier(scheme="tenovi:device", value="77aa"),),
    )  # fmt: skip
    tell(demo.office("rosa"), Told(body=body))
    at = clock.now() - timedelta(days=2)
    assign(demo.office("rosa"), "cuff-1", Handed(patient="pat_edie", at=at))


# --- connections ----------------------------------------------------------------------------------


def test_an_administrator_connects_a_vendor_and_sees_the_secret_once(
    demo: Demo, enter: Enter
) -> None:
    amir = enter("amir")
    assert "Tenovi" in amir.get(f"{AT}connections/new/").content.decode()
    made = amir.post(f"{AT}connections/new/", {"vendor": "tenovi", "title": "New cuffs"})
    shown = made.content.decode()
    assert made["Cache-Control"] == "no-store"
    secret = re.search(r'id="secret"[^>]*>([^<]+)<', shown)
    assert secret is not None
    name = Connection.objects.get(title="New cuffs").name
    assert f"/api/v1/webhooks/tenovi/{name}" in shown
    again = amir.get(f"{AT}connections/{name}/").content.decode()
    assert secret[1] not in again
    turned = amir.post(f"{AT}connections/{name}/rotate/", {"days": "3"}).content.decode()
    assert 'id="secret"' in turned
    assert secret[1] not in turned


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"secret": "short"}, "secret"), ({"setting-shoe": "1"}, "shoe"), ({"vendor": "none"}, "")],
)
def test_what_does_not_fit_a_connection_is_told(
    demo: Demo, enter: Enter, typed: dict[str, str], field: str
) -> None:
    count = Connection.objects.count()
    answer = enter("amir").post(f"{AT}connections/new/", {"vendor": "tenovi", **typed})
    assert answer.status_code == 422
    assert field in answer.content.decode()
    assert Connection.objects.count() == count


def test_a_connection_is_paused_taken_up_and_ended(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    amir, place = enter("amir"), f"{AT}connections/{connection.name}/"
    for what, state in (("pause", "paused"), ("resume", LIVE), ("end", "ended")):
        assert amir.post(f"{place}turn/", {"what": what}).status_code == 302
        connection.refresh_from_db()
        assert connection.state == state
    assert amir.post(f"{place}turn/", {"what": "resume"}).status_code == 422
    assert amir.post(f"{place}rotate/", {"days": "3"}).status_code == 422
    assert amir.post(f"{place}turn/", {"what": "explode"}).status_code == 422


def test_nurses_see_how_connections_do_and_change_none(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    rosa, place = enter("rosa"), f"{AT}connections/{connection.name}/"
    assert "Cuffs of the tests" in rosa.get(f"{AT}connections/").content.decode()
    assert "Change the secret" not in rosa.get(place).content.decode()
    assert rosa.post(f"{place}turn/", {"what": "pause"}).status_code == 403
    assert rosa.get(f"{AT}connections/new/").status_code == 403
    assert enter("bea").get(f"{AT}connections/").status_code == 403


# --- deliveries -----------------------------------------------------------------------------------


def test_a_delivery_is_shown_as_it_came_and_the_look_is_told(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    edies_cuff(demo)
    at = clock.now() - timedelta(hours=1)
    number = deliver(demo, connection, [pressure("77aa", at), {"metric": "shoe size"}])
    rosa = enter("rosa")
    assert f"/deliveries/{number}/" in rosa.get(f"{AT}deliveries/").content.decode()
    sql = "SELECT COALESCE(SUM(length), 0) FROM store_stream WHERE name = 'access/pat_edie'"
    before = demo.journal.db.rows(sql)[0][0]
    shown = rosa.get(f"{AT}deliveries/{number}/").content.decode()
    assert "&quot;value_1&quot;: &quot;131&quot;" in shown
    assert "In the record" in shown
    assert "pat_edie" in shown
    assert demo.journal.db.rows(sql)[0][0] == before + 1


def test_bodies_are_not_for_those_who_may_not_see_every_patient(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    number = deliver(demo, connection, pressure("77aa", clock.now() - timedelta(hours=1)))
    Membership.objects.filter(user__username="tom").update(clinic="prac_elsewhere")
    for login in ("amir", "tom"):
        answer = enter(login).get(f"{AT}deliveries/{number}/")
        assert answer.status_code == 200
        assert b"value_1" not in answer.content
        assert b"77aa" not in answer.content
    assert enter("otto").get(f"{AT}deliveries/{number}/").status_code == 403


def test_deliveries_are_narrowed(demo: Demo, enter: Enter, connection: Connection) -> None:
    number = deliver(demo, connection, pressure("77aa", clock.now() - timedelta(hours=1)))
    rosa, link = enter("rosa"), f"/deliveries/{number}/"
    today = demo.office("rosa").today()
    found = {
        query: link in rosa.get(f"{AT}deliveries/?{query}").content.decode()
        for query in (
            f"connection={connection.name}", "state=read", "state=waiting", f"on={today}",
            f"on={today - timedelta(days=9)}", f"before={number}", "on=never",
        )
    }  # fmt: skip
    assert list(found.values()) == [True, True, False, True, False, False, True]


def test_a_delivery_is_read_again_after_it_was_shown_what_would_change(
    demo: Demo, enter: Enter, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = clock.now() - timedelta(hours=1)
    number = deliver(demo, connection, {**pressure("77aa", at), "metric": "presion"})
    faults = "SELECT state FROM store_intakefault WHERE inbound_id = %s"
    assert demo.journal.db.rows(faults, number)[0][0] == 0
    amir, place = enter("amir"), f"{AT}deliveries/{number}/replay/"
    assert "nothing to change" in amir.get(place).content.decode()
    older = registry.SLICES["tenovi"]
    mended = dataclasses.replace(
        older, adapter="2",
        parse=lambda posted: older.parse(msgspec.structs.replace(
            posted, body=posted.body.replace(b"presion", b"blood_pressure"))),
    )  # fmt: skip
    monkeypatch.setattr(registry, "SLICES", {**registry.SLICES, "tenovi": mended})
    shown = amir.get(place).content.decode()
    assert "New readings: 1" in shown
    assert "Faults that are gone: 1" in shown
    assert "77aa" not in shown
    assert demo.journal.db.rows(faults, number)[0][0] == 0
    assert amir.post(place).status_code == 302
    assert demo.journal.db.rows(faults, number)[0][0] == 1
    assert enter("rosa").get(place).status_code == 403
    again = f"{AT}connections/{connection.name}/replay/"
    assert "nothing to change" in amir.get(again).content.decode()


TABLE = b"serial,time,systolic mmHg,diastolic mmHg\nS-1,2026-03-24 08:15:00,131,82\n"


def hidden(page: str) -> dict[str, str]:
    """Return what a page keeps of a file and its mapping."""
    found = re.findall(r'name="(content|mapping)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_a_table_is_asked_about_shown_and_brought_in(demo: Demo, enter: Enter) -> None:
    made = connect(demo.office("amir"), Wanted(vendor="csv", title="Clinic sheet"))[0]
    amir, place = enter("amir"), f"{AT}connections/{made.name}/table/"
    assert amir.post(place, {}).status_code == 422
    file = SimpleUploadedFile("r.csv", TABLE, content_type="text/csv")
    asked = amir.post(place, {"table": file}).content.decode()
    assert 'name="answer-origin.fixed"' in asked
    answers = {"answer-origin.fixed": "device"}
    kept = hidden(asked)
    shown = amir.post(place, {**kept, **answers, "do": "ask"}).content.decode()
    assert "131 mmHg, 82 mmHg" in shown
    kept = hidden(shown)
    done = amir.post(place, {**kept, **answers, "do": "import"})
    assert done.status_code == 302
    drain(demo.journal)
    found = demo.journal.db.rows("SELECT name FROM store_intakereading ORDER BY id DESC LIMIT 1")
    assert found[0][0] == "serial S-1"
    assert enter("rosa").get(place).status_code == 403


# --- held back ------------------------------------------------------------------------------------


def test_registering_the_device_from_a_held_reading_lets_it_go_its_way(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    number = held(demo, connection)
    rosa = enter("rosa")
    shown = rosa.get(f"{AT}readings/{number}/").content.decode()
    assert "Unknown device" in shown
    assert "devices/new/?others=tenovi%3Adevice+unheard-of" in shown
    form = {"device": "cuff-5", "others": "tenovi:device unheard-of", "medical_device": "yes"}
    assert rosa.post(f"/p/{LAKESIDE}/devices/new/", form).status_code == 302
    drain(demo.journal)
    assert "nobody" in rosa.get(f"{AT}readings/{number}/").content.decode()
    at = demo.office("rosa").now - timedelta(days=1)
    assign(demo.office("rosa"), "cuff-5", Handed(patient="pat_edie", at=at))
    drain(demo.journal)
    assert state_of(demo, number) == 1
    bodies = (each.body for each in demo.journal.entries(LAKESIDE, patients=["pat_edie"]))
    assert sum(isinstance(b, ReadingRecorded) and b.device == "cuff-5" for b in bodies) == 1


def test_an_implausible_reading_is_shown_beside_recent_ones_and_released_with_a_reason(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    edies_cuff(demo)
    deliver(demo, connection, pressure("77aa", clock.now() - timedelta(hours=3), systolic=128))
    number = held(demo, connection, "77aa", systolic=890)
    rosa, place = enter("rosa"), f"{AT}readings/{number}/"
    shown = rosa.get(place).content.decode()
    assert "128" in shown
    assert "Edie" in shown
    assert rosa.post(f"{place}release/", {"reason": ""}).status_code == 422
    assert rosa.post(f"{place}release/", {"reason": "seen it", "entry": "ent_r"}).status_code == 302
    assert state_of(demo, number) == 1
    assert rosa.get(place).status_code == 404


def test_a_rejection_needs_a_reason_and_can_be_undone(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    number = held(demo, connection)
    rosa, place = enter("rosa"), f"{AT}readings/{number}/"
    assert rosa.post(f"{place}reject/", {"why": " "}).status_code == 422
    answer = rosa.post(f"{place}reject/", {"why": "a test of the device", "entry": "ent_x"})
    assert answer["Location"] == f"{AT}?rejected=ent_x"
    assert state_of(demo, number) == 3
    assert "Undo" in rosa.get(answer["Location"]).content.decode()
    assert enter("tom").post(AT, {"undo": "ent_x", "void_id": "v1"}).status_code == 422
    assert rosa.post(AT, {"undo": "ent_x", "void_id": "ent_v"}).status_code == 302
    assert state_of(demo, number) == 2


def test_all_of_one_rule_are_rejected_together_and_held_again(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    numbers = [held(demo, connection, f"unheard-{place}") for place in range(3)]
    rosa, place = enter("rosa"), f"{AT}rules/unknown_device/reject/"
    assert "Reject all of this rule" in rosa.get(f"{AT}?rule=unknown_device").content.decode()
    assert rosa.get(place).status_code == 200
    assert rosa.post(place, {"reason": ""}).status_code == 422
    answer = rosa.post(place, {"reason": "of another program", "entry": "ent_all"})
    assert answer.status_code == 302
    assert {state_of(demo, number) for number in numbers} == {3}
    assert rosa.post(AT, {"undo": "ent_all", "void_id": "ent_v"}).status_code == 302
    assert {state_of(demo, number) for number in numbers} == {2}
    assert rosa.get(f"{AT}rules/nonsense/reject/").status_code == 404


def test_what_a_rule_of_another_release_holds_is_shown_and_settled(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    numbers = [held(demo, connection, f"unheard-{place}") for place in range(2)]
    with connections["default"].cursor() as told:
        told.execute("UPDATE store_intakereading SET rule = 'phase_of_moon' WHERE state = 2")
    rosa = enter("rosa")
    shown = rosa.get(AT).content.decode()
    assert shown.count("Held back: phase_of_moon") >= 2
    assert 'class="nav-count"' in rosa.get(f"/p/{LAKESIDE}/devices/").content.decode()
    assert "does not know the rule" in rosa.get(f"{AT}readings/{numbers[0]}/").content.decode()
    place = f"{AT}rules/phase_of_moon/reject/"
    assert rosa.get(place).status_code == 200
    assert rosa.post(place, {"reason": "nobody knows", "entry": "ent_moon"}).status_code == 302
    assert {state_of(demo, number) for number in numbers} == {3}
    assert rosa.get(place).status_code == 404


def test_what_was_not_understood_is_let_go_with_a_reason(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    deliver(demo, connection, {"metric": "shoe size", "hwi_device_id": "77aa"})
    fault = demo.journal.db.rows("SELECT MAX(id) FROM store_intakefault")[0][0]
    rosa = enter("rosa")
    assert "Not understood" in rosa.get(AT).content.decode()
    place = f"{AT}faults/{fault}/dismiss/"
    assert rosa.post(place, {"why": ""}).status_code == 422
    assert rosa.post(place, {"why": "known, reported to the vendor"}).status_code == 302
    assert rosa.post(place, {"why": "again"}).status_code == 404


def test_the_bar_tells_how_much_is_held_back(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    held(demo, connection)
    shown = enter("rosa").get(f"/p/{LAKESIDE}/devices/").content.decode()
    assert 'class="nav-count"' in shown
    assert 'class="nav-count"' not in enter("bea").get(f"/p/{LAKESIDE}/").content.decode()


def test_a_held_reading_in_the_crisis_range_comes_first_and_shows_on_the_bar(
    demo: Demo, enter: Enter, connection: Connection
) -> None:
    rosa = enter("rosa")
    assert "is-crisis" not in rosa.get(AT).content.decode()
    crisis = held(demo, connection, "unheard-of", systolic=192)
    held(demo, connection, "another", systolic=131)
    shown = rosa.get(AT).content.decode()
    assert 'class="nav-count is-crisis"' in shown
    assert shown.index("In the crisis range") < shown.index("131")
    first = re.search(r"/intake/readings/(\d+)/", shown)
    assert first is not None
    assert int(first[1]) == crisis
    assert "somebody may be in danger" in rosa.get(f"{AT}readings/{crisis}/").content.decode()


@pytest.mark.parametrize("login", ["amir", "bea", "otto", "cora"])
def test_who_may_not_settle_sees_nothing_held(
    demo: Demo, enter: Enter, connection: Connection, login: str
) -> None:
    number = held(demo, connection)
    client = enter(login)
    assert client.get(AT).status_code == 403
    assert client.get(f"{AT}readings/{number}/").status_code == 403
    assert client.post(f"{AT}readings/{number}/reject/", {"why": "x"}).status_code == 403
