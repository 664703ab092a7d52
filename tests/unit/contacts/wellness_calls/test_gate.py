"""The gate before dialing: a row a case, each check on both sides of its edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest

from caretally.contacts.wellness_calls.gate import (
    CHECKS,
    OF_TIME,
    WORDS,
    Followed,
    GateFacts,
    House,
    Line,
    Person,
    Signature,
    VoiceConsent,
    answers,
    denials,
    earliest,
    keeps_sound,
    may_wait,
)
from caretally.contacts.wellness_calls.laws import laws, laws_of
from caretally.errors import RulebookError
from caretally.journal.entries import CallingRulesSet, VendorAgreed

LAWS = laws()
CHICAGO, NEW_YORK, ANGELES, PHOENIX = (
    "America/Chicago", "America/New_York", "America/Los_Angeles", "America/Phoenix",
)  # fmt: skip
AT = datetime(2026, 3, 26, 15, 0, tzinfo=UTC)  # 10:00 in Chicago
NUMBER, OTHER = "+13125550142", "+13125550143"
DIGEST, CHANGED = "sha256:" + "a" * 64, "sha256:" + "b" * 64
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
RULES = CallingRulesSet(
    version="2026-1", from_time="08:00", to_time="21:00", most_a_day=2, most_a_week=4,
    least_minutes=60, counsel_states=("CA",), set_by="stf_lin",
)  # fmt: skip
CONSENT = VoiceConsent(given_at=AT - 30 * A_DAY, method="written", given_by="patient",
                       number=NUMBER)  # fmt: skip
LINE = Line(number=NUMBER, states=("IL",))
PERSON = Person(zones=(CHICAGO,), state="IL", line=LINE, consents=(CONSENT,))
PROTOCOL = Followed(name="heart_failure", digest=DIGEST, languages=("en", "es"),
                    signature=Signature(digest=DIGEST, signed_by="stf_lin"))  # fmt: skip
HOUSE = House(day=date(2026, 3, 26), rules=RULES, are_set=True, vendors=(("carrier", "local"),))
FACTS = GateFacts(at=AT, program="rpm", person=PERSON, protocol=PROTOCOL, house=HOUSE)


def told(**changed: Any) -> GateFacts:
    """Return the facts of a call that is allowed, but for what a row changes."""
    facts = FACTS
    for part in ("person", "protocol", "house"):
        own = {name.removeprefix(f"{part}_"): changed.pop(name) for name in list(changed)
               if name.startswith(f"{part}_")}  # fmt: skip
        if own:
            facts = replace(facts, **{part: replace(getattr(facts, part), **own)})
    return replace(facts, **changed)


def denied(facts: GateFacts) -> dict[str, str]:
    return {each.check: each.found for each in denials(answers(facts, LAWS))}


def local(text: str) -> datetime:
    """Return the instant of a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def by(**changed: Any) -> tuple[VoiceConsent, ...]:
    return (replace(CONSENT, **changed),)


def with_rules(**changed: Any) -> CallingRulesSet:
    return replace(RULES, **changed)


def agreed(**changed: Any) -> VendorAgreed:
    plain = VendorAgreed(
        vendor="twilio", part="carrier", document="BAA 7", from_on=date(2026, 1, 1)
    )
    return replace(plain, **changed)


CARE = "caregiver:cgv_mia"
ROWS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("everything in order", {}, "", ""),
    ("stopped by a person", {"stopped": "stopped by stf_tom"}, "is_wanted", "stf_tom"),
    ("died", {"person_is_alive": False}, "is_alive", "died"),
    ("left the program", {"person_is_enrolled": False}, "is_enrolled", "not in rpm"),
    ("in hospital", {"person_stay": "inpatient"}, "is_out_of_facilities", "inpatient"),
    ("no number", {"person_line": None}, "has_number", "none on file"),
    ("number withdrawn", {"person_line": replace(LINE, number="")}, "has_number", "withdrawn"),
    ("number abroad", {"person_line": replace(LINE, country="GB")}, "number_is_domestic", "GB"),
    # Consent.
    ("no consent", {"person_consents": ()}, "has_voice_consent", "none on file"),
    ("consent to come", {"person_consents": by(given_at=AT + AN_HOUR)}, "has_voice_consent",
     "none on file"),
    ("consent this instant", {"person_consents": by(given_at=AT)}, "", ""),
    ("opt-out an instant before", {"person_consents": by(revoked_at=AT)}, "has_voice_consent",
     "taken back 2026-03-26 15:00Z"),
    ("opt-out an instant after",
     {"person_consents": by(revoked_at=AT + timedelta(microseconds=1))}, "", ""),
    ("consent without how", {"person_consents": by(method="")}, "has_voice_consent",
     "without how or by whom"),
    ("consent without by whom", {"person_consents": by(given_by="")}, "has_voice_consent",
     "without how or by whom"),
    ("taken back, then given again",
     {"person_consents": (*by(revoked_at=AT - 9 * A_DAY), *by(given_at=AT - A_DAY))}, "", ""),
    ("consent to another number", {"person_consents": by(number=OTHER)},
     "consent_is_to_this_number", "no consent since this number"),
    ("consent before any number", {"person_consents": by(number="")},
     "consent_is_to_this_number", "no consent since"),
    ("consent to another number, then to this one",
     {"person_consents": (*by(number=OTHER), *by(given_at=AT - A_DAY))}, "", ""),
    ("consent by a caregiver with authority",
     {"person_consents": by(given_by=CARE, had_authority=True)}, "", ""),
    ("consent by a caregiver without authority", {"person_consents": by(given_by=CARE)},
     "consent_is_by_who_may", CARE),
    ("caregiver's number, the caregiver's consent, may hear",
     {"person_line": replace(LINE, whose=CARE), "person_consents": by(given_by=CARE),
      "person_may_hear": True}, "", ""),
    ("caregiver's number, the patient's consent",
     {"person_line": replace(LINE, whose=CARE), "person_may_hear": True},
     "consent_is_by_who_may", "patient"),
    ("caregiver who may not hear",
     {"person_line": replace(LINE, whose=CARE), "person_consents": by(given_by=CARE)},
     "callee_may_hear", "without authority"),
    # Hours: 8:00 to 21:00, both edges, in several zones and on the days the clocks change.
    ("Chicago 07:59", {"at": local("2026-03-26T12:59:59")}, "is_within_hours", "07:59"),
    ("Chicago 08:00", {"at": local("2026-03-26T13:00:00")}, "", ""),
    ("Chicago 20:59", {"at": local("2026-03-27T01:59:59")}, "", ""),
    ("Chicago 21:00", {"at": local("2026-03-27T02:00:00")}, "is_within_hours", "21:00"),
    ("Los Angeles 07:59", {"at": local("2026-03-26T14:59:59"), "person_zones": (ANGELES,)},
     "is_within_hours", "07:59"),
    ("Los Angeles 08:00", {"at": local("2026-03-26T15:00:00"), "person_zones": (ANGELES,)}, "", ""),
    ("Phoenix in summer 07:59", {"at": local("2026-07-01T14:59:00"), "person_zones": (PHOENIX,)},
     "is_within_hours", "07:59"),
    ("Phoenix in summer 08:00", {"at": local("2026-07-01T15:00:00"), "person_zones": (PHOENIX,)},
     "", ""),
    ("New York, the day before spring forward, 08:00",
     {"at": local("2026-03-07T13:00:00"), "person_zones": (NEW_YORK,)}, "", ""),
    ("New York, spring forward, the same UTC hour is 09:00; 07:59",
     {"at": local("2026-03-08T11:59:00"), "person_zones": (NEW_YORK,)}, "is_within_hours", "07:59"),
    ("New York, spring forward, 08:00",
     {"at": local("2026-03-08T12:00:00"), "person_zones": (NEW_YORK,)}, "", ""),
    ("New York, fall back, 07:59",
     {"at": local("2026-11-01T12:59:00"), "person_zones": (NEW_YORK,)}, "is_within_hours", "07:59"),
    ("New York, fall back, 08:00",
     {"at": local("2026-11-01T13:00:00"), "person_zones": (NEW_YORK,)}, "", ""),
    ("two zones, open in one", {"at": local("2026-03-26T14:00:00"),
     "person_zones": (CHICAGO, ANGELES)}, "is_within_hours", "07:00 America/Los_Angeles"),
    ("rules wider than the law",
     {"at": local("2026-03-26T12:30:00"), "house_rules": with_rules(from_time="06:00")},
     "is_within_hours", "08:00 to 21:00"),
    ("rules narrower than the law, before",
     {"at": local("2026-03-26T13:30:00"), "house_rules": with_rules(from_time="09:00")},
     "is_within_hours", "09:00 to 21:00"),
    ("patient wishes afternoons, 12:59",
     {"at": local("2026-03-26T17:59:00"), "person_line": replace(LINE, from_time="13:00")},
     "is_within_hours", "13:00 to 21:00"),
    ("patient wishes afternoons, 13:00",
     {"at": local("2026-03-26T18:00:00"), "person_line": replace(LINE, from_time="13:00")}, "", ""),
    ("Florida at 20:00", {"at": local("2026-03-27T00:00:00"), "person_zones": (NEW_YORK,),
     "person_state": "FL"}, "is_within_hours", "08:00 to 20:00"),
    ("Florida at 19:59", {"at": local("2026-03-26T23:59:00"), "person_zones": (NEW_YORK,),
     "person_state": "FL"}, "", ""),
    ("emergency at night", {"at": local("2026-03-26T06:00:00"), "is_emergency": True}, "", ""),
    ("emergency without consent",
     {"at": local("2026-03-26T06:00:00"), "is_emergency": True, "person_consents": ()},
     "has_voice_consent", "none on file"),
    ("emergency above the cap", {"earlier": (AT - 5 * AN_HOUR, AT - 3 * AN_HOUR),
     "is_emergency": True}, "is_below_daily_cap", "2 calls today"),
    # Frequency: 2 a day, 4 in seven days, an hour between.
    ("one call today", {"earlier": (AT - 2 * AN_HOUR,)}, "", ""),
    ("two calls today", {"earlier": (AT - 2 * AN_HOUR, AT - 90 * timedelta(minutes=1))},
     "is_below_daily_cap", "2 calls today, at most 2"),
    ("two calls yesterday late, local",
     {"earlier": (local("2026-03-26T01:00:00"), local("2026-03-26T02:30:00"))}, "", ""),
    ("four calls in seven days", {"earlier": tuple(AT - n * A_DAY for n in (1, 2, 4, 6))},
     "is_below_weekly_cap", "4 calls since 2026-03-20, at most 4"),
    ("four calls, one of them eight days ago",
     {"earlier": tuple(AT - n * A_DAY for n in (1, 2, 4, 7))}, "", ""),
    ("59 minutes ago", {"earlier": (AT - timedelta(minutes=59),)}, "is_after_pause", "60 min"),
    ("60 minutes ago", {"earlier": (AT - timedelta(minutes=60),)}, "", ""),
    ("another call is running", {"running": "call_7"}, "is_only_call", "call_7"),
    # States.
    ("California waits for counsel", {"person_state": "CA"}, "counsel_agreed",
     "CA: ask counsel first"),
    ("counsel agreed for California",
     {"person_state": "CA", "house_rules": with_rules(counsel_states=())}, "", ""),
    ("lives in Illinois with a number of California",
     {"person_line": replace(LINE, states=("CA",))}, "counsel_agreed", "CA"),
    ("state unknown", {"person_state": "", "person_line": replace(LINE, states=())},
     "counsel_agreed", "state unknown"),
    ("state unknown, no state waits",
     {"person_state": "", "person_line": replace(LINE, states=()),
      "house_rules": with_rules(counsel_states=())}, "", ""),
    ("recording is not asked", {"protocol_lacks": ("recording",)}, "announces_recording",
     "not asked"),
    ("no way out is told", {"protocol_lacks": ("way out",)}, "is_disclosed", "lacks way out"),
    ("language nobody wrote", {"person_line": replace(LINE, language="pl")}, "speaks_language",
     "pl"),
    # The protocol.
    ("nobody signed", {"protocol_signature": None}, "is_signed", "nobody signed it"),
    ("changed since", {"protocol_digest": CHANGED}, "is_signed", "changed since stf_lin"),
    ("signature taken back",
     {"protocol_signature": Signature(digest=DIGEST, signed_by="stf_lin", is_active=False)},
     "is_signed", "took the signature back"),
    ("signed by a nurse",
     {"protocol_signature": Signature(digest=DIGEST, signed_by="stf_tom", is_clinician=False)},
     "is_signed", "stf_tom is no practitioner"),
    # Agreements.
    ("no agreement with the carrier", {"house_vendors": (("carrier", "twilio"),)},
     "has_agreements", "carrier twilio"),
    ("agreement", {"house_vendors": (("carrier", "twilio"),), "house_agreements": (agreed(),)},
     "", ""),
    ("agreement about another part", {"house_vendors": (("carrier", "twilio"),),
     "house_agreements": (agreed(part="storage"),)}, "has_agreements", "carrier twilio"),
    ("agreement ended yesterday", {"house_vendors": (("carrier", "twilio"),),
     "house_agreements": (agreed(to_on=date(2026, 3, 25)),)}, "has_agreements", "carrier twilio"),
    ("agreement ends today", {"house_vendors": (("carrier", "twilio"),),
     "house_agreements": (agreed(to_on=date(2026, 3, 26)),)}, "", ""),
    ("agreement begins tomorrow", {"house_vendors": (("carrier", "twilio"),),
     "house_agreements": (agreed(from_on=date(2026, 3, 27)),)}, "has_agreements", "carrier twilio"),
)  # fmt: skip


@pytest.mark.parametrize(("facts", "check", "found"), [
    pytest.param(told(**changed), check, found, id=name) for name, changed, check, found in ROWS
])  # fmt: skip
def test_a_call_is_denied_for_the_one_reason_there_is(
    facts: GateFacts, check: str, found: str
) -> None:
    said = denied(facts)
    # Whoever has no consent to anything has none to this number either: later checks may follow.
    assert next(iter(said), "") == check
    assert found in said.get(check, "")


def test_every_check_denies_in_some_row_and_is_answered_in_every() -> None:
    denying = {check for _, _, check, _ in ROWS} - {""}
    assert denying == {each.__name__ for each in CHECKS} - {"follows_rules"}
    for _, changed, _, _ in ROWS:
        assert [each.check for each in answers(told(**changed), LAWS)] == list(WORDS)


def test_no_answer_holds_a_number() -> None:
    for _, changed, _, _ in ROWS:
        for each in answers(told(**changed), LAWS):
            assert NUMBER[1:] not in each.found, each


def test_a_practice_without_rules_follows_a_starting_point_that_says_so() -> None:
    facts = told(house_rules=LAWS.starting_point, house_are_set=False)
    (said,) = [each for each in answers(facts, LAWS) if each.check == "follows_rules"]
    assert said.met
    assert said.found == f"starting point {LAWS.version}; nobody set rules"
    early = replace(facts, at=local("2026-03-26T13:59:00"))
    assert denied(early) == {"is_within_hours": "08:59 America/Chicago; 09:00 to 20:00"}


@pytest.mark.parametrize(("state", "says"), [
    ("IL", "IL: all must agree, lists differ"),
    ("FL", "FL: all must agree; asked"),
    ("TX", "TX: one party must agree"),
])  # fmt: skip
def test_recording_is_told_by_state_and_asked_everywhere(state: str, says: str) -> None:
    facts = told(person_state=state, person_line=replace(LINE, states=()))
    (said,) = [each for each in answers(facts, LAWS) if each.check == "announces_recording"]
    assert said.met
    assert says in said.found
    assert "asked in every call" in said.found


@pytest.mark.parametrize(("keeps", "word", "wanted"), [
    (True, "", True), (True, "yes", True), (True, "no", False), (False, "yes", False),
])  # fmt: skip
def test_sound_is_kept_only_where_the_practice_does_and_nobody_refused(
    keeps: bool, word: str, wanted: bool
) -> None:
    facts = told(house_rules=with_rules(records_audio=keeps), person_recording=word)
    assert keeps_sound(facts) is wanted


@pytest.mark.parametrize(("changed", "wanted"), [
    ({}, AT),
    ({"at": local("2026-03-26T04:00:00")}, local("2026-03-26T13:00:00")),
    ({"at": local("2026-03-27T03:00:00")}, local("2026-03-27T13:00:00")),
    # The night in which the clocks spring forward is an hour shorter.
    ({"at": local("2026-03-08T03:00:00")}, local("2026-03-08T13:00:00")),
    ({"at": local("2026-11-01T02:30:00")}, local("2026-11-01T14:00:00")),
    ({"earlier": (AT - timedelta(minutes=20),)}, AT + timedelta(minutes=40)),
    ({"earlier": (AT - 2 * AN_HOUR, AT - 4 * AN_HOUR)}, local("2026-03-27T13:00:00")),
    ({"earlier": tuple(AT - n * A_DAY for n in (1, 2, 4, 6))}, local("2026-03-27T13:00:00")),
    ({"running": "call_7"}, AT),
    ({"house_rules": with_rules(most_a_day=0)}, None),
    ({"house_rules": with_rules(from_time="22:00")}, None),
])  # fmt: skip
def test_what_time_denies_is_allowed_at_the_earliest(
    changed: dict[str, Any], wanted: datetime | None
) -> None:
    facts = told(**changed)
    found = earliest(facts, LAWS)
    assert found == wanted
    if found is not None:
        assert not denied(replace(facts, at=found, running=""))
        before = replace(facts, at=found - timedelta(seconds=1), running="")
        assert found == facts.at or denied(before)


def test_only_reasons_of_time_pass_by_themselves() -> None:
    assert may_wait(answers(told(running="call_7"), LAWS))
    assert not may_wait(answers(told(running="call_7", person_consents=()), LAWS))
    assert not may_wait(answers(told(), LAWS))
    assert set(WORDS) >= OF_TIME


def test_every_fact_stands_behind_a_check_and_cites_what_was_read() -> None:
    assert {each.check for each in LAWS.facts} <= set(WORDS)
    cited = {cite for each in LAWS.facts for cite in each.cites}
    cited |= {cite for each in LAWS.recording.values() for cite in each.cites}
    cited |= {cite for each in LAWS.narrower_hours.values() for cite in each.cites}
    assert cited | set(LAWS.hours.cites) == set(LAWS.sources)
    named = {state for state, law in LAWS.recording.items() if law.parties == "all"}
    assert 11 <= len(named) <= 16
    assert {"CA", "FL", "MD", "MA", "NH", "PA", "WA"} <= named


@pytest.mark.parametrize(("change", "said"), [
    (("read_on: 2026-11-22", "read_on: lately"), "YYYY-MM-DD"),
    (("cites: [fl-sb-1120]", "cites: [hearsay]"), "hearsay"),
    (("all, status: agreed", "all, status: sure"), "agreed, contested"),
    (("most_a_week: 3", "most_a_week: few"), "whole number"),
    (("most_a_week: 3", "most_a_week: 3\n  most_a_year: 9"), "nothing reads"),
])  # fmt: skip
def test_facts_that_are_not_sound_are_refused(change: tuple[str, str], said: str) -> None:
    text = (files("caretally.contacts.wellness_calls") / "laws.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    with pytest.raises(RulebookError, match=said):
        laws_of(text.replace(*change, 1), "laws.yaml")
