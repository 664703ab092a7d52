"""The vocabulary is that of the contract, and each rule about a field is held."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from caretally import codes
from caretally.journal.entries import (
    KINDS,
    Component,
    ContactHeld,
    Entry,
    ExcludedLeg,
    ReadingRecorded,
    StayRecorded,
    VisitBilled,
)
from caretally.journal.fields import fields_of
from caretally.journal.ndjson import entry_to_json
from tests.unit.journal.samples import (
    AT,
    FULL,
    LATER,
    REQUIRED,
    WITHOUT_PATIENT,
    accepted,
    changed,
    raw,
    refused,
    short,
    the_problem,
)

EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def test_the_kinds_are_those_of_the_contract() -> None:
    assert list(KINDS) == list(FULL)


@EVERY_KIND
def test_the_fields_are_those_of_the_contract(kind: str) -> None:
    fields = fields_of(KINDS[kind])
    assert {field.key for field in fields} == set(FULL[kind])
    assert {field.key for field in fields if field.required} == REQUIRED[kind]


@EVERY_KIND
def test_records_are_frozen_and_have_slots(kind: str) -> None:
    entry = accepted(raw(kind))
    assert not hasattr(entry.body, "__dict__")
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.actor = "staff:s2"  # type: ignore[misc]
    for field in fields_of(KINDS[kind])[:1]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(entry.body, field.attribute, None)
    assert entry.kind == kind
    assert hash(entry) == hash(accepted(raw(kind)))


@EVERY_KIND
@pytest.mark.parametrize("make", [raw, short])
def test_every_kind_comes_back_from_its_canonical_form(kind: str, make: Any) -> None:
    entry = accepted(make(kind))
    again = entry_to_json(entry)
    assert accepted(again) == entry
    assert entry_to_json(accepted(again)) == again


@EVERY_KIND
def test_each_required_field_is_demanded(kind: str) -> None:
    for key in REQUIRED[kind]:
        problem = the_problem(changed(kind, **{key: None}))
        assert problem.field == f"body.{key}"
        assert problem.found == "no such field"
    entry = raw(kind)
    for key in ("id", "actor"):
        problem = the_problem({name: value for name, value in entry.items() if name != key})
        assert problem.field == key


@EVERY_KIND
def test_null_is_absent(kind: str) -> None:
    optional = {key: None for key in FULL[kind] if key not in REQUIRED[kind]}
    entry = raw(kind, {**FULL[kind], **optional})
    assert accepted(entry).body == accepted(short(kind)).body
    for key in REQUIRED[kind]:
        problem = the_problem(raw(kind, {**FULL[kind], key: None}))
        assert (problem.field, problem.found) == (f"body.{key}", "null")


@EVERY_KIND
def test_unknown_fields_are_refused(kind: str) -> None:
    problem = the_problem(raw(kind, {**FULL[kind], "colour": "purple"}))
    assert problem.field == "body.colour"
    assert "purple" not in str(problem)
    assert the_problem(raw(kind, colour="purple")).field == "colour"


@EVERY_KIND
def test_patients_are_demanded_and_refused_by_kind(kind: str) -> None:
    entry = short(kind)
    if kind in WITHOUT_PATIENT:
        problem = the_problem({**entry, "patient": "p1"})
        assert problem.field == "patient"
        assert "p1" not in str(problem)
        return
    without = {key: value for key, value in entry.items() if key != "patient"}
    if kind in {
        "device_assigned", "device_returned", "entry_voided", "quarantine_settled",
        "alert_rule_set",
    }:  # fmt: skip
        assert accepted(without).patient is None
        return
    assert the_problem(without).field == "patient"
    assert the_problem({**entry, "patient": None}).field == "patient"


@EVERY_KIND
def test_scalars_are_strictly_typed(kind: str) -> None:
    for key, value in FULL[kind].items():
        for wrong in (True, 1, Decimal("1.5"), "  ", {}, {"a": 1}, [], [[]], [{}], [None]):
            if type(wrong) is type(value) and not isinstance(value, list):
                continue
            if wrong == [] and isinstance(value, list):
                continue
            if key in {"value", "low", "high", "rise"} and type(wrong) in {int, Decimal}:
                continue
            if wrong == "  " and key in {"name", "sex", "language", "reason", "context"}:
                continue
            problems = refused(changed(kind, **{key: wrong}))
            assert all(problem.field.startswith(f"body.{key}") for problem in problems)
            assert all(problem.expected for problem in problems)


@pytest.mark.parametrize("field", ["id", "patient", "at", "recorded_at", "actor", "supersedes"])
@pytest.mark.parametrize("wrong", [True, 5, {}, [], "", Decimal(1)])
def test_the_envelope_is_strictly_typed(field: str, wrong: object) -> None:
    entry = {**raw("died", reason="correction"), field: wrong}
    assert the_problem(entry).field == field


def test_all_problems_of_an_entry_are_told_with_their_paths() -> None:
    body = {
        **FULL["contact_held"],
        "mode": "telefone",
        "two_way": "yes",
        "performers": ["s1", 7, ""],
        "excluded": [
            FULL["contact_held"]["excluded"][0],
            {"start": AT, "end": "soon", "why": "lunch", "note": "x"},
        ],
        "sumary": "private words",
    }
    del body["end"]
    problems = refused(raw("contact_held", body, actor="nobody", patient=None))
    assert {problem.field for problem in problems} == {
        "actor",
        "patient",
        "body.mode",
        "body.two_way",
        "body.performers[1]",
        "body.performers[2]",
        "body.excluded[1].end",
        "body.excluded[1].why",
        "body.excluded[1].note",
        "body.sumary",
        "body.end",
    }
    told = {problem.field: str(problem) for problem in problems}
    assert "did you mean 'telephone'?" in told["body.mode"]
    assert "did you mean 'summary'?" in told["body.sumary"]
    assert "private words" not in "".join(told.values())


def test_an_unknown_kind_is_refused_with_what_was_meant() -> None:
    problem = the_problem({**raw("died"), "kind": "contact_hold"})
    assert (problem.field, problem.found) == ("kind", "'contact_hold'")
    assert "contact_held" in problem.hint
    for wrong in (7, None, ["died"]):
        assert the_problem({**raw("died"), "kind": wrong}).field == "kind"


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("practice_registered", "setting", codes.SETTINGS),
        ("staff_registered", "role", codes.ROLES),
        ("enrolled", "program", codes.PROGRAMS),
        ("consented", "scope", codes.SCOPES),
        ("consented", "method", codes.CONSENT_METHODS),
        ("device_assigned", "body_system", codes.BODY_SYSTEMS),
        ("reading_recorded", "origin", codes.ORIGINS),
        ("contact_held", "mode", codes.CONTACT_MODES),
        ("contact_attempted", "mode", codes.ATTEMPT_MODES),
        ("contact_attempted", "outcome", codes.ATTEMPT_OUTCOMES),
        ("time_logged", "category", codes.CATEGORIES),
        ("time_logged", "intended_code", ("99091",)),
        ("condition_recorded", "condition", codes.CONDITIONS),
        ("stay_recorded", "setting", codes.STAY_SETTINGS),
        ("provider_notified", "why", codes.NOTIFY_REASONS),
        ("outreach_reviewed", "outcome", codes.REVIEW_OUTCOMES),
        ("amendment_answered", "outcome", codes.AMENDMENT_OUTCOMES),
    ],
)
def test_enumerations_take_their_words_and_no_others(
    kind: str, field: str, words: tuple[str, ...]
) -> None:
    for word in words:
        assert getattr(accepted(changed(kind, **{field: word})).body, field) == word
    for wrong in ("", words[0].upper() + " ", "unheard_of"):
        problem = the_problem(changed(kind, **{field: wrong}))
        assert words[-1] in problem.expected


@pytest.mark.parametrize("topics", [[], list(codes.TOPICS), ["general", "general"]])
def test_lists_may_be_empty_full_or_repeat(topics: list[str]) -> None:
    body = accepted(changed("contact_held", topics=topics, performers=[])).body
    assert isinstance(body, ContactHeld)
    assert body.topics == tuple(topics)
    assert body.performers == ()


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("spoke_with", ["patient", "other", "caregiver:c1"], ["caregiver:", "caregiver: ", "wife"]),
    ],
)
def test_who_was_spoken_with(field: str, good: list[str], bad: list[str]) -> None:
    for value in good:
        accepted(changed("contact_held", **{field: value}))
    for value in bad:
        assert the_problem(changed("contact_held", **{field: value})).field == f"body.{field}"


def test_who_consents() -> None:
    for value in ("patient", "caregiver:c1"):
        accepted(changed("consented", given_by=value))
    for value in ("other", "caregiver:", "patient "):
        assert the_problem(changed("consented", given_by=value)).field == "body.given_by"


@pytest.mark.parametrize("actor", ["staff:s1", "device:d1", "system:import", "agent:caller"])
def test_actors(actor: str) -> None:
    assert accepted(raw("died", actor=actor)).actor == actor


@pytest.mark.parametrize("actor", ["s1", "staff:", "staff: ", "nurse:s1", ":s1", "Staff:s1", " "])
def test_no_actors(actor: str) -> None:
    assert the_problem(raw("died", actor=actor)).field == "actor"


@pytest.mark.parametrize("code", ["99454", "G0511", "0001F"])
def test_billing_codes(code: str) -> None:
    accepted(changed("visit_billed", code=code))
    accepted(changed("authorized", codes=[code]))


@pytest.mark.parametrize("code", ["9945", "994540", "g0511", "99 54", "9945\n", "٩٩٤٥٤"])
def test_no_billing_codes(code: str) -> None:
    assert the_problem(changed("visit_billed", code=code)).field == "body.code"
    assert the_problem(changed("authorized", codes=["99454", code])).field == "body.codes[1]"


def test_any_payer_is_read() -> None:
    accepted(changed("covered", payer="lone_star_health"))


@pytest.mark.parametrize("priority", [0, 4, -1, True, Decimal(1), "1"])
def test_no_priorities(priority: object) -> None:
    assert the_problem(changed("covered", priority=priority)).field == "body.priority"


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "/etc/passwd", "../UTC", "a\0b", "x" * 5000, "America/"]
)
def test_zones_must_exist(name: str) -> None:
    problem = the_problem(changed("enrolled", time_zone=name))
    assert problem.field == "body.time_zone"
    assert len(str(problem)) < 400


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-04T10:00:00Z", datetime(2026, 3, 4, 10, tzinfo=UTC)),
        ("2026-03-04T10:00:00-06:00", datetime(2026, 3, 4, 16, tzinfo=UTC)),
        ("2026-03-04T10:00+0530", datetime(2026, 3, 4, 4, 30, tzinfo=UTC)),
        ("2026-03-04T10:00:00+01", datetime(2026, 3, 4, 9, tzinfo=UTC)),
        ("2026-03-04T10:00:00.25Z", datetime(2026, 3, 4, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-03-04T10:00:00,1234567Z", datetime(2026, 3, 4, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
        ("2199-12-31T23:59:59Z", datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_instants_are_kept_in_utc(text: str, meant: datetime) -> None:
    entry = accepted(raw("died", at=text))
    assert entry.at == meant
    assert entry.at.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04T10:00:00",
        "2026-03-04",
        "2026-03-04 10:00:00Z",
        "2026-W10-3T10:00:00Z",
        "20260304T100000Z",
        "2026-03-04T24:00:00Z",
        "2026-03-04T10:00:60Z",
        "2026-02-29T10:00:00Z",
        "2026-03-04T10:00:00+25:00",
        "2026-03-04T10:00:00.Z",
        "1899-12-31T23:59:59Z",
        "1900-01-01T00:00:00+01:00",
        "2199-12-31T23:59:59-01:00",
        "2200-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-03-04T10:00:00Z\n",
        "٢٠٢٦-03-04T10:00:00Z",
        "now",
        "",
    ],
)
def test_no_instants(text: str) -> None:
    problem = the_problem(raw("died", at=text))
    assert problem.field == "at"
    assert "offset" in problem.expected


@pytest.mark.parametrize(
    "text",
    ["2026-02-29", "20260301", "2026-3-1", "1899-12-31", "2200-01-01", "2026-03-01T00:00:00Z", ""],
)
def test_no_dates(text: str) -> None:
    assert the_problem(changed("visit_billed", date=text)).field == "body.date"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (72, "72"),
        (-5, "-5"),
        (Decimal("72.50"), "72.50"),
        ("72.50", "72.50"),
        ("1e3", "1E+3"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("-0.0"), "0.0"),
        ("-0", "0"),
        (10**39, "1" + "0" * 39),
    ],
)
def test_numbers_keep_their_digits(value: object, kept: str) -> None:
    body = accepted(changed("reading_recorded", value=value)).body
    assert isinstance(body, ReadingRecorded)
    assert str(body.value) == kept


@pytest.mark.parametrize(
    "value",
    [
        True,
        1.5,
        "NaN",
        "Infinity",
        "-inf",
        "1_000",
        " 1",
        "0x10",
        "1,5",
        "٣",
        "",
        "01",
        "1" * 41,
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e41"),
        Decimal("1e-41"),
        Decimal("0e999999"),
        10**40,
        pytest.param(10**5000, id="huge"),
    ],
)
def test_no_numbers(value: object) -> None:
    problem = the_problem(changed("reading_recorded", value=value))
    assert problem.field == "body.value"
    assert "1_000" not in problem.found


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
@pytest.mark.parametrize(
    ("kind", "field"),
    [("time_logged", "note"), ("time_logged", "performer"), ("enrolled", "episode")],
)
def test_texts_that_cannot_be_stored(kind: str, field: str, text: str) -> None:
    problem = the_problem(changed(kind, **{field: text}))
    assert problem.field == f"body.{field}"
    str(problem).encode()


@pytest.mark.parametrize("text", ["", " ", "\u2003", "a\nb", "a\x85b", "x" * 256])
def test_no_ids(text: str) -> None:
    assert the_problem(raw("died", id=text)).field == "id"


@pytest.mark.parametrize("text", ["1", "é", " a b ", "💓", "x" * 255, "\u202eabc"])
def test_ids(text: str) -> None:
    assert accepted(raw("died", id=text)).id == text


@pytest.mark.parametrize(
    ("kind", "field", "wrong"),
    [
        ("time_logged", "note", ["Mrs Smith fell"]),
        ("contact_held", "summary", {"a": "Mrs Smith fell"}),
        ("patient_registered", "name", "Mrs Smith fell\0"),
        ("patient_registered", "birth_date", "Mrs Smith fell"),
        ("reading_recorded", "value", "Mrs Smith fell"),
        ("reading_recorded", "context", "Mrs Smith fell\0"),
        ("covered", "member_id", "Mrs Smith fell\0"),
        ("disenrolled", "reason", "Mrs Smith fell\0"),
    ],
)
def test_messages_never_repeat_private_content(kind: str, field: str, wrong: object) -> None:
    assert "Smith" not in str(the_problem(changed(kind, **{field: wrong})))


def test_long_values_are_cut() -> None:
    problem = the_problem(changed("enrolled", program="x" * 5000))
    assert len(problem.found) <= 60


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ("contact_held", "start"),
        ("contact_attempted", "start"),
        ("time_logged", "start"),
        ("reading_recorded", "measured_at"),
        ("stay_recorded", "from"),
    ],
)
def test_at_is_told_by_the_body(kind: str, begins: str) -> None:
    entry = accepted(raw(kind, at=None))
    assert entry.at == datetime(2026, 3, 4, 16, tzinfo=UTC)
    assert accepted(raw(kind, at="2026-03-04T16:00:00.000Z")) == entry
    problem = the_problem(raw(kind, at="2026-03-04T16:00:00.001Z"))
    assert problem.field == "at"
    assert f"body.{begins}" in problem.expected


def test_at_is_demanded_elsewhere() -> None:
    assert the_problem(raw("died", at=None)).field == "at"
    assert (
        the_problem(raw("contact_attempted", short("contact_attempted")["body"], at=None)).field
        == "at"
    )
    assert accepted(short("contact_attempted")).at == datetime(2026, 3, 4, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [
        ("contact_held", LATER),
        ("contact_attempted", LATER),
        ("time_logged", LATER),
        ("stay_recorded", LATER),
        ("reading_recorded", AT),
        ("died", AT),
    ],
)
def test_recorded_at_defaults_to_the_end_of_the_span(kind: str, recorded: str) -> None:
    assert accepted(raw(kind)).recorded_at == datetime.fromisoformat(recorded)
    stated = accepted(raw(kind, recorded_at="2026-03-04T23:00:00Z"))
    assert stated.recorded_at == datetime(2026, 3, 4, 23, tzinfo=UTC)


def test_an_open_stay_was_recorded_when_it_began() -> None:
    entry = accepted(short("stay_recorded"))
    assert entry.recorded_at == entry.at


def test_lateness_needs_a_reason() -> None:
    exactly, late = "2026-03-07T16:00:00Z", "2026-03-07T16:00:00.000001Z"
    accepted(raw("died", recorded_at=exactly))
    problem = the_problem(raw("died", recorded_at=late))
    assert problem.field == "reason"
    assert "72 hours" in problem.expected
    assert the_problem(raw("died", recorded_at=late, reason="  ")).found == "an empty text"
    assert accepted(raw("died", recorded_at=late, reason="late_upload")).reason == "late_upload"
    assert the_problem(raw("reading_recorded", at=None, recorded_at=late)).field == "reason"


def test_a_default_is_never_late() -> None:
    long_stay = accepted(changed("stay_recorded", to="2026-03-20T10:00:00Z"))
    assert long_stay.recorded_at == datetime(2026, 3, 20, 10, tzinfo=UTC)
    assert long_stay.reason is None
    assert accepted(entry_to_json(long_stay)) == long_stay
    longer = {**entry_to_json(long_stay), "recorded_at": "2026-03-20T10:00:01Z"}
    assert the_problem(longer).field == "reason"


def test_corrections_need_a_reason() -> None:
    assert the_problem(raw("died", supersedes="e0")).field == "reason"
    assert the_problem(raw("died", supersedes="e0", reason="")).field == "reason"
    accepted(raw("died", supersedes="e0", reason="other day"))
    problem = the_problem(
        {key: value for key, value in raw("entry_voided").items() if key != "reason"}
    )
    assert (problem.field, "void" in problem.expected) == ("reason", True)


def test_a_wrong_reason_is_told_once() -> None:
    assert the_problem(raw("died", supersedes="e0", reason=7)).found == "a number"


@pytest.mark.parametrize(
    "kind", ["staff_registered", "covered", "global_surgery_recorded", "access_aligned"]
)
def test_dates_run_forward(kind: str) -> None:
    same = {"from": "2026-03-04", "to": "2026-03-04"}
    accepted(raw(kind, {**FULL[kind], **same}))
    problem = the_problem(raw(kind, {**FULL[kind], **same, "to": "2026-03-03"}))
    assert (problem.field, problem.found) == ("body.to", "2026-03-03")


@pytest.mark.parametrize("kind", ["contact_held", "contact_attempted", "time_logged"])
def test_implausible_spans_are_read(kind: str) -> None:
    accepted(changed(kind, end="2026-03-04T09:00:00-06:00"))
    accepted(changed(kind, end="2026-03-09T09:00:00-06:00"))


def test_names_of_the_contract_and_of_python() -> None:
    visit = accepted(raw("visit_billed")).body
    assert isinstance(visit, VisitBilled)
    assert visit.on == date(2026, 3, 4)
    stay = accepted(raw("stay_recorded")).body
    assert isinstance(stay, StayRecorded)
    assert stay.to_at is not None
    assert stay.to_at > stay.from_at


def test_parts_are_records_too() -> None:
    reading, contact = accepted(raw("reading_recorded")).body, accepted(raw("contact_held")).body
    assert isinstance(reading, ReadingRecorded)
    assert isinstance(contact, ContactHeld)
    assert reading.components[1] == Component(metric="8462-4", value=Decimal("84.0"), unit="mm[Hg]")
    assert isinstance(contact.excluded[0], ExcludedLeg)


def test_a_body_may_be_left_out_where_it_is_empty() -> None:
    entry = raw("died")
    del entry["body"]
    assert accepted(entry) == accepted(raw("died"))
    assert the_problem({**entry, "kind": "enrolled"}).field == "body"
    assert the_problem({**entry, "body": []}).field == "body"


@pytest.mark.parametrize("wrong", [None, 5, "text", [], True])
def test_only_objects_are_entries(wrong: object) -> None:
    assert "object" in the_problem(wrong).expected


def test_a_flood_of_faults_is_cut_short() -> None:
    flood = {f"field_{number}": 1 for number in range(10_000)}
    assert len(refused(raw("died", flood))) == 100
    assert len(refused(changed("contact_held", performers=[1] * 10_000))) == 100


def test_entries_are_equal_by_content() -> None:
    other = accepted(changed("reading_recorded", value="72.5", measured_at="2026-03-04T16:00:00Z"))
    assert other == accepted(raw("reading_recorded"))
    assert isinstance(other, Entry)
