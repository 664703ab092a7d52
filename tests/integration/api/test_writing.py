"""Entries through the interface: all or none, each once, and every refusal by field and rule."""

from __future__ import annotations

import gzip
import json

import pytest

from caretally.api import bodies
from caretally.journal.canonical import line_of
from caretally.synthetic.cast import cast_entries
from tests.integration.api.conftest import Connect
from tests.integration.api.test_reading import time_entry
from tests.integration.demonstrated import LAKESIDE, Demo

NDJSON = "application/x-ndjson"


def stored_ids(demo: Demo) -> set[str]:
    """Return the ids of all entries."""
    return {row[0] for row in demo.journal.db.rows("SELECT entry_id FROM store_entry")}


def test_a_list_is_stored_once(demo: Demo, connect: Connect) -> None:
    writer = connect("cora")
    first = writer.post("/entries", [time_entry()])
    assert first.status_code == 200, first.content
    assert first.json() == {"accepted": ["ent_api_1"], "known": [], "problems": []}
    assert writer.post("/entries", [time_entry()]).json() == {
        "accepted": [], "known": ["ent_api_1"], "problems": [],
    }  # fmt: skip
    told = demo.journal.db.rows(
        "SELECT line FROM store_entry AS e JOIN store_stream AS s ON s.id = e.stream_id "
        "WHERE s.name = 'access/practice' AND e.line LIKE %s",
        '%"purpose":"brought in%',
    )
    assert len(told) == 1
    assert json.loads(told[0][0])["purpose"] == "brought in 1 entries"


@pytest.mark.parametrize("is_packed", [False, True])
def test_lines_packed_or_not(connect: Connect, is_packed: bool) -> None:
    lines = b"".join(json.dumps(time_entry(f"e{n}")).encode() + b"\n" for n in range(3))
    headers = {"Content-Encoding": "gzip"} if is_packed else {}
    body = gzip.compress(lines) if is_packed else lines
    answer = connect("cora").post("/entries", body, content_type=NDJSON, **headers)
    assert answer.json()["accepted"] == ["e0", "e1", "e2"]


def test_nothing_is_half_saved(demo: Demo, connect: Connect) -> None:
    before = stored_ids(demo)
    wrong = {**time_entry("ent_2"), "body": {"program": "rpm", "category": "dreaming"}}
    answer = connect("cora").post("/entries", [time_entry(), wrong])
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == "urn:caretally:problem:wrong-input"
    places = {(each["where"], each["field"]) for each in told["errors"]}
    assert ("body[1]", "body.category") in places
    assert ("body[1]", "body.start") in places
    assert all(each["expected"] for each in told["errors"])
    assert stored_ids(demo) == before


def test_lines_are_named_by_number(connect: Connect) -> None:
    body = json.dumps(time_entry()).encode() + b'\n{"id": 5}\nnonsense\n'
    answer = connect("cora").post("/entries", body, content_type=NDJSON)
    assert {each["where"] for each in answer.json()["errors"]} == {"body:2", "body:3"}


def test_another_content_under_an_id_is_a_conflict(demo: Demo, connect: Connect) -> None:
    writer = connect("cora")
    writer.post("/entries", [time_entry()])
    before = stored_ids(demo)
    other = {**time_entry(), "recorded_at": "2026-03-25T15:30:00Z"}
    answer = writer.post("/entries", [time_entry("ent_new"), other])
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "id"
    assert stored_ids(demo) == before


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"", {}, 415),
        (b"{}", {}, 422),
        (b'[{"id": "x"}]', {}, 422),
        (b'[1, null, [], "x"]', {}, 422),
        (b"\xff\xfe", {"content_type": NDJSON}, 422),
        (b"[]", {"content_type": "text/plain"}, 415),
        (b"[]", {"content_type": "multipart/form-data"}, 415),
        (b"[]", {"Content-Encoding": "br"}, 415),
        (b"[]", {"Content-Encoding": "gzip"}, 422),
        (gzip.compress(b"[]")[:-4], {"Content-Encoding": "gzip"}, 422),
    ],
)  # fmt: skip
def test_bad_bodies(connect: Connect, body: bytes, headers: dict[str, str], status: int) -> None:
    answer = connect("cora").post("/entries", body, **headers)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_body_that_is_too_large(
    connect: Connect, is_packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "MOST_BYTES", 1_000)
    body = b"[" + b" " * 2_000 + b"]"
    headers = {"Content-Encoding": "gzip"} if is_packed else {}
    answer = connect("cora").post("/entries", gzip.compress(body) if is_packed else body, **headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("login", ["rosa", "lin", "bea"])
def test_who_may_not_bring_in_entries(demo: Demo, connect: Connect, login: str) -> None:
    before = stored_ids(demo)
    assert connect(login).post("/entries", [time_entry()]).status_code == 403
    assert stored_ids(demo) == before


def test_the_same_request_under_a_key_gets_the_same_answer(demo: Demo, connect: Connect) -> None:
    writer = connect("cora")
    key = {"Idempotency-Key": "first"}
    first = writer.post("/entries", [time_entry()], **key)
    again = writer.post("/entries", [time_entry()], **key)
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    other = writer.post("/entries", [time_entry("ent_other")], **key)
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"
    assert "ent_other" not in stored_ids(demo)
    assert connect("cora").post("/entries", [time_entry()], **key).json()["known"] == ["ent_api_1"]


def test_a_refused_request_does_not_use_its_key_up(connect: Connect) -> None:
    writer, key = connect("cora"), {"Idempotency-Key": "k"}
    assert writer.post("/entries", [{"id": "x"}], **key).status_code == 422
    assert writer.post("/entries", [time_entry()], **key).status_code == 200


def test_the_whole_cast_goes_in(connect: Connect) -> None:
    body = b"".join(line_of(entry) for entry in cast_entries())
    answer = connect("cora").post("/entries", body, content_type=NDJSON)
    assert answer.status_code == 200, answer.content[:300]
    assert answer.json()["accepted"]
    assert LAKESIDE
