"""Time written by hand names writer, worker and reason, and is corrected by replacing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from caretally.journal.corrections import resolve
from caretally.journal.drafts import Filing
from caretally.journal.entries import Entry, EntryVoided, TimeLogged
from caretally.timekeeping.commands import ByHand, correct, lateness, log_by_hand, withdraw
from caretally.timekeeping.logged import taken_by
from caretally.timekeeping.queries import attested, double_seconds, loads, overloaded
from tests.unit.timekeeping.people import EIGHT, REGISTER, at, entry, problems_of

WORK = TimeLogged(
    program="rpm", category="review", start=EIGHT, end=at(10), performer="stf_rn", note="trend"
)


def filing(**changes: Any) -> Filing:
    given: dict[str, Any] = {
        "id": "ent_h", "patient": "pat_one", "now": at(60), "actor": "staff:stf_rn",
        "reason": "the page was closed",
    }  # fmt: skip
    return Filing(**{**given, **changes})


def fields(
    body: TimeLogged = WORK, wish: dict[str, Any] | None = None, **circumstances: Any
) -> list[str]:
    told = problems_of(
        log_by_hand, REGISTER, filing(**circumstances), ByHand(body=body, **(wish or {}))
    )
    return [problem.field for problem in told]


def made(body: TimeLogged = WORK, **circumstances: Any) -> Entry:
    (found,) = log_by_hand(REGISTER, filing(**circumstances), ByHand(body=body))
    return found


def test_a_span_by_hand_is_attested_with_its_lateness() -> None:
    found = made()
    assert isinstance(found.body, TimeLogged)
    assert (found.body.attested_by, found.reason) == ("stf_rn", "the page was closed")
    assert lateness(found) == timedelta(minutes=50)
    assert attested([found, entry(WORK)]) == (found,)


@pytest.mark.parametrize("reason", [None, "", " "])
def test_a_reason_is_always_asked_and_once(reason: str | None) -> None:
    assert fields(reason=reason) == ["reason"]
    assert fields(reason=reason, now=at(60 * 24 * 4)) == ["reason"]


def test_nobody_logs_under_another_name() -> None:
    assert fields(actor="staff:stf_doc") == ["body.performer"]
    assert fields(actor="staff:stf_doc", wish={"on_behalf_of": "stf_two"}) == ["body.performer"]
    (proxy,) = log_by_hand(
        REGISTER, filing(actor="staff:stf_doc"), ByHand(body=WORK, on_behalf_of="stf_rn")
    )
    assert isinstance(proxy.body, TimeLogged)
    assert (proxy.actor, proxy.body.performer, proxy.body.attested_by) == (
        "staff:stf_doc", "stf_rn", "stf_doc",
    )  # fmt: skip


@pytest.mark.parametrize("actor", ["system:import", "agent:caller", "staff:stf_x", "device:d"])
def test_only_registered_people_write(actor: str) -> None:
    assert fields(actor=actor) == ["actor"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"end": EIGHT}, "body.end"),
        ({"end": at(-5)}, "body.end"),
        ({"end": at(61)}, "body.end"),
        ({"performer": "stf_old"}, "body.performer"),
        ({"category": "thinking"}, "body.category"),
        ({"program": "xyz"}, "body.program"),
    ],
)
def test_what_is_wrong_with_a_span(change: dict[str, Any], field: str) -> None:
    assert field in fields(replace(WORK, **change))


def test_eight_hours_are_the_longest_span() -> None:
    made(replace(WORK, end=at(480)), now=at(500))
    assert fields(replace(WORK, end=at(480, 1)), now=at(500)) == ["body.end"]


def test_no_second_of_a_person_twice() -> None:
    taken = taken_by("stf_rn", [entry(WORK, id="ent_7")])
    inside = replace(WORK, start=at(9), end=at(12))
    (problem,) = problems_of(log_by_hand, REGISTER, filing(), ByHand(body=inside, taken=taken))
    assert (problem.field, "ent_7" in problem.found) == ("body.start", True)
    log_by_hand(
        REGISTER, filing(), ByHand(body=replace(WORK, start=at(10), end=at(12)), taken=taken)
    )


def test_a_correction_replaces_and_is_attested_where_the_span_changed() -> None:
    first = entry(WORK, id="ent_7", now=at(10))
    taken = taken_by("stf_rn", [first])
    shorter = ByHand(body=replace(WORK, end=at(5)), taken=taken)
    (second,) = correct(REGISTER, filing(), first, shorter)
    assert isinstance(second.body, TimeLogged)
    assert (second.supersedes, second.body.attested_by) == ("ent_7", "stf_rn")
    assert resolve([first, second]).in_force == (second,)
    (renamed,) = correct(
        REGISTER, filing(), first, ByHand(body=replace(WORK, category="education"))
    )
    assert isinstance(renamed.body, TimeLogged)
    assert renamed.body.attested_by is None


def test_a_correction_keeps_person_and_patient_and_says_why() -> None:
    first = entry(WORK, id="ent_7", now=at(10))
    other = ByHand(body=replace(WORK, performer="stf_two"), on_behalf_of="stf_two")
    for circumstances, wish, field in (
        (filing(reason=None), ByHand(body=WORK), "reason"),
        (filing(), other, "body.performer"),
        (filing(patient="pat_two"), ByHand(body=WORK), "patient"),
        (filing(actor="staff:stf_doc"), ByHand(body=WORK), "body.performer"),
    ):
        told = problems_of(correct, REGISTER, circumstances, first, wish)
        assert [problem.field for problem in told] == [field]
    void = entry(EntryVoided(entry="ent_0"), reason="x")
    assert (
        problems_of(correct, REGISTER, filing(), void, ByHand(body=WORK))[0].field == "supersedes"
    )


def test_time_logged_in_error_is_voided_with_a_reason() -> None:
    first = entry(WORK, id="ent_7", now=at(10))
    (void,) = withdraw(filing(), first)
    assert void in resolve([first, void]).in_force
    assert first not in resolve([first, void]).in_force
    assert problems_of(withdraw, filing(reason=None), first)[0].field == "reason"


def test_full_days_and_double_seconds_show() -> None:
    long = entry(replace(WORK, end=at(480)), id="a")
    again = entry(replace(WORK, start=at(470), end=at(600)), id="b", patient="pat_two")
    other = entry(replace(WORK, performer="stf_two"), id="c")
    (rosa, two) = loads([long, again, other], "America/Chicago")
    assert (rosa.person, rosa.seconds, rosa.entries) == ("stf_rn", 600 * 60, 2)
    assert two.seconds == 600
    assert overloaded((rosa, two), timedelta(hours=9)) == (rosa,)
    (clash,) = double_seconds([again, long, other])
    assert (clash.person, clash.entry, clash.other) == ("stf_rn", "b", "a")
