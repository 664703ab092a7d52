"""A patient's readings as FHIR: whose they are, how pages follow, who may see them."""

from __future__ import annotations

import json
from typing import Any

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.fhir.slice import SLICE
from caretally.store.access_pages import Wanted, access_lines
from tests.integration.api.conftest import Connect, Program
from tests.integration.demonstrated import HARBOR, Demo

PATH = "/patients/pat_ada/observations"


def bundle(program: Program, **query: Any) -> dict[str, Any]:
    """Return the answer as JSON."""
    answer = program.get(PATH, **query)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/fhir+json"
    found: dict[str, Any] = json.loads(answer.content)
    return found


def observed(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the Observations of a Bundle."""
    return [each["resource"] for each in found["entry"] if each["search"]["mode"] == "match"]


def test_readings_of_a_patient(connect: Connect, demo: Demo) -> None:
    found = bundle(connect("rosa"), limit=200)
    told = observed(found)
    assert (found["type"], {each["resourceType"] for each in told}) == (
        "searchset",
        {"Observation"},
    )
    assert {each["subject"]["identifier"]["value"] for each in told} == {"pat_ada"}
    times = [each["effectiveDateTime"] for each in told]
    assert times == sorted(times)
    devices = {e["resource"]["id"] for e in found["entry"] if e["search"]["mode"] == "include"}
    assert {each["device"]["reference"] for each in told} == {f"Device/{each}" for each in devices}
    book = demo.office("cora").book()
    lines = access_lines(book, Wanted(patient="pat_ada", words="API: observations"), 10)
    assert [each.patient for each in lines] == ["pat_ada"]


def test_what_is_given_can_be_read_again(connect: Connect) -> None:
    answer = connect("rosa").get(PATH, limit=200)
    unpacked = SLICE.parse(Posted(body=answer.content, received_at=None))  # type: ignore[arg-type]
    assert unpacked.faults == ()
    assert len(unpacked.readings) == len(observed(json.loads(answer.content)))


def test_pages_follow_one_another(connect: Connect) -> None:
    program = connect("rosa")
    whole = observed(bundle(program, limit=200))
    paged: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 7}
    for _ in range(100):
        found = bundle(program, **query)
        paged += observed(found)
        following = [each["url"] for each in found["link"] if each["relation"] == "next"]
        if not following:
            break
        assert "limit=7" in following[0]
        query["cursor"] = following[0].partition("cursor=")[2].partition("&")[0]
    assert paged == whole


def test_a_stretch_of_time(connect: Connect) -> None:
    program = connect("rosa")
    whole = observed(bundle(program, limit=200))
    middle = whole[len(whole) // 2]["effectiveDateTime"]
    later = observed(bundle(program, since=middle, limit=200))
    earlier = observed(bundle(program, until=middle, limit=200))
    assert earlier + later == whole
    assert later
    assert earlier


def test_what_is_refused(connect: Connect) -> None:
    program = connect("rosa")
    refused: tuple[dict[str, Any], ...] = (
        {"since": "2026-03-01T00:00:00"}, {"since": "x"}, {"since": "0"}, {"cursor": "x"},
        {"until": "2026-02-30T00:00:00Z"}, {"limit": 0}, {"_count": 5},
    )  # fmt: skip
    for query in refused:
        assert program.get(PATH, **query).status_code == 422, query
    assert program.get("/patients/pat_nobody/observations").status_code == 404
    assert connect("nora", HARBOR).get(PATH).status_code == 404
    assert connect("amir").get(PATH).status_code == 403
