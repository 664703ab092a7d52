"""What the interface tells: practices, patients, enrollments, entries and decisions."""

from __future__ import annotations

import json
from datetime import datetime

import msgspec
import pytest

from caretally.billability.decide import decide
from caretally.clock import ServiceMonth
from caretally.journal.canonical import line_of
from tests.integration.api.conftest import Connect
from tests.integration.demonstrated import LAKESIDE, Demo

MARCH = "2026-03"


def test_the_practice_of_the_token(connect: Connect) -> None:
    answer = connect("rosa").get("/practices").json()
    assert [item["id"] for item in answer["items"]] == [LAKESIDE]
    assert answer["items"][0]["time_zone"] == "America/Chicago"
    assert "see_patients" in answer["items"][0]["permissions"]
    assert "manage_people" not in answer["items"][0]["permissions"]


def test_patients_come_page_by_page(connect: Connect) -> None:
    program = connect("rosa")
    everybody = [item["id"] for item in program.get("/patients").json()["items"]]
    assert everybody == sorted(everybody)
    assert "pat_ada" in everybody
    seen, cursor = [], ""
    while True:
        page = program.get("/patients", limit=3, cursor=cursor).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == everybody


def test_patients_are_found_by_name_in_a_body(connect: Connect) -> None:
    found = connect("rosa").post("/patients/search", {"words": "ada"}).json()["items"]
    assert [item["id"] for item in found] == ["pat_ada"]
    assert connect("rosa").post("/patients/search", {"program": "rtm"}).json()["items"] == []
    assert connect("rosa").post("/patients/search", {"word": "ada"}).status_code == 422


def test_one_patient_and_the_access_chain(demo: Demo, connect: Connect) -> None:
    program = connect("rosa")
    sql = "SELECT length FROM store_stream WHERE name = 'access/pat_ada'"
    assert demo.journal.db.rows(sql) == []
    assert program.get("/patients/pat_ada").json()["programs"] == ["rpm"]
    assert demo.journal.db.rows(sql) == [(1,)]
    for path in ("enrollments", "entries", f"months/{MARCH}"):
        assert program.get(f"/patients/pat_ada/{path}").status_code == 200
    assert demo.journal.db.rows(sql) == [(4,)]


def test_enrollments_name_what_is_missing(connect: Connect) -> None:
    states = connect("rosa").get("/patients/pat_ada/enrollments").json()["items"]
    assert [state["program"] for state in states] == ["rpm"]
    assert states[0]["stage"] == "active"
    assert {each["name"] for each in states[0]["evidence"]} >= {"has_consent", "is_ordered"}
    assert "has_consent" not in states[0]["gaps"]
    revoked = {
        "id": "ent_gone",
        "kind": "consent_revoked",
        "patient": "pat_ada",
        "actor": "system:other",
        "at": "2026-03-26T10:00:00Z",
        "body": {"scope": "rpm", "method": "verbal"},
    }
    assert connect("cora").post("/entries", [revoked]).status_code == 200
    state = connect("rosa").get("/patients/pat_ada/enrollments").json()["items"][0]
    assert "has_consent" in state["gaps"]
    assert {"99454", "99457"} <= set(state["held_codes"])


def test_stored_entries_byte_for_byte(demo: Demo, connect: Connect) -> None:
    program, seen, cursor = connect("rosa"), b"", ""
    while cursor is not None:
        answer = program.get("/patients/pat_ada/entries", limit=7, cursor=cursor)
        for item in msgspec.json.decode(answer.content, type=dict)["items"]:
            seen += item["id"].encode()
        cursor = answer.json()["next"]
    stored = list(demo.journal.lines(practice=LAKESIDE, patient="pat_ada"))
    assert seen == b"".join(json.loads(line)["id"].encode() for line in stored)
    whole = program.get("/patients/pat_ada/entries", limit=200).content
    entries = demo.journal.entries(LAKESIDE, patients=["pat_ada"])
    assert all(
        line_of(entry).strip() in whole for entry in entries[:200] if entry.patient == "pat_ada"
    )


@pytest.mark.parametrize("query", [{}, {"policy": "interactive_only"},
                                   {"as_of": "2026-03-10T09:00:00-05:00"}])  # fmt: skip
def test_a_decision_is_that_of_decide(demo: Demo, connect: Connect, query) -> None:
    month = ServiceMonth(2026, 3)
    program = connect("rosa")
    found = program.get(f"/patients/pat_ada/months/{MARCH}", **query).content
    as_of = datetime.fromisoformat(query["as_of"]) if "as_of" in query else None
    entries = demo.journal.entries(LAKESIDE)
    expected = {
        each.patient: each
        for each in decide(entries, month, policy=query.get("policy"), as_of=as_of)
    }["pat_ada"]
    assert found == msgspec.json.encode(expected.to_json())


def test_a_month_that_did_not_change_is_not_sent_again(demo: Demo, connect: Connect) -> None:
    program = connect("rosa")
    path = f"/patients/pat_ada/months/{MARCH}/version"
    first = program.get(path)
    assert first.json()["version"] >= 1
    again = program.client.get(
        f"/api/v1{path}", headers={**program.headers, "If-None-Match": first["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert program.get("/patients/pat_ada/months/2031-01/version").json()["version"] == 0
    writer = connect("cora")
    writer.post("/entries", [time_entry()])
    changed = program.client.get(
        f"/api/v1{path}", headers={**program.headers, "If-None-Match": first["ETag"]}
    )
    assert changed.status_code == 200
    assert changed.json()["version"] == first.json()["version"] + 1


def time_entry(name: str = "ent_api_1") -> dict[str, object]:
    """Return eleven minutes of a nurse's review of Ada's readings."""
    return {
        "id": name, "kind": "time_logged", "patient": "pat_ada", "actor": "system:other",
        "at": "2026-03-25T15:00:00Z", "recorded_at": "2026-03-25T15:20:00Z",
        "body": {"program": "rpm", "category": "review", "start": "2026-03-25T15:00:00Z",
                 "end": "2026-03-25T15:11:00Z", "performer": "stf_rosa"},
    }  # fmt: skip


def test_the_worklist_of_today(connect: Connect) -> None:
    answer = connect("rosa").get("/worklist", program="rpm")
    assert answer.status_code == 200, answer.content
    page = answer.json()
    assert page["on"] == "2026-03-26"
    assert page["count"] == len(page["items"]) > 0
    assert all("rpm" in item["programs"] for item in page["items"])
    assert connect("rosa").get("/worklist", cursor="d29ya2xpc3Q6eA").status_code == 422
    assert connect("amir").get("/worklist").status_code == 403


def test_a_practices_month_by_code_and_state(connect: Connect) -> None:
    path = f"/practices/{LAKESIDE}/months/{MARCH}"
    seen = connect("bea").get(path)
    assert seen.status_code == 200, seen.content
    told = seen.json()
    assert told["waiting"] == 0
    codes = {row["code"]: row["states"] for row in told["codes"]}
    assert sum(cell["count"] for cell in codes["99457"].values()) > 0
    assert any(cell["amount"] for states in codes.values() for cell in states.values())
    nurses = connect("rosa").get(path).json()["codes"]
    assert all(cell["amount"] is None for row in nurses for cell in row["states"].values())
    assert connect("bea").get(f"/practices/prac_harbor/months/{MARCH}").status_code == 404
