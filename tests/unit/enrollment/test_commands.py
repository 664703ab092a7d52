"""Commands append what fits the record, and refuse contradictions with the field that is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caretally.clock import zone
from caretally.enrollment import commands as c
from caretally.enrollment.queries import state_of
from caretally.enrollment.record import record_of
from caretally.errors import InputError
from caretally.journal.entries import (
    Authorized,
    BilledElsewhere,
    Body,
    CaregiverAuthorized,
    CareTeamNamed,
    Consented,
    ConsentRevoked,
    ContactHeld,
    Covered,
    DeviceReturned,
    Disenrolled,
    OrderEnded,
    PatientRegistered,
    StaffRegistered,
    StayRecorded,
)
from caretally.journal.ndjson import entry_from_json, entry_to_json
from tests.unit.enrollment.charts import (
    CONSENTED,
    COVERED,
    CUFF,
    ENROLLED,
    NOON,
    ORDERED,
    PATIENT,
    SETUP,
    Command,
    admitted,
    practice,
    rules,
)

SON = CaregiverAuthorized(
    caregiver="cgv_1",
    relationship="son",
    from_on=date(2026, 3, 1),
    to_on=date(2026, 3, 31),
    authority="named by the patient",
)


def test_a_whole_enrollment_by_commands_has_no_gap() -> None:
    desk = practice()
    desk.entries.pop()
    for command, body in (
        (c.register_patient, PatientRegistered(name="One", birth_date=date(1950, 1, 1))),
        (c.record_consent, CONSENTED),
        (c.add_coverage, COVERED),
        (c.order, ORDERED),
        (c.enroll, ENROLLED),
        (c.name_care_team, CareTeamNamed(program="rpm", members=("stf_rn", "stf_doc"))),
        (c.assign_device, CUFF),
        (c.complete_setup, SETUP),
    ):
        entry = desk.does(command, body)
        assert entry_from_json(entry_to_json(entry)) == entry
        assert entry.recorded_at == desk.now
    found = state_of(desk.record(), "rpm", desk.now, rules())
    assert (found.stage, found.gaps) == ("active", ())


def test_all_problems_are_told_at_once_by_field() -> None:
    body = replace(
        ENROLLED,
        practice="prac_x",
        billing_provider="stf_desk",
        diagnoses=("I10", "high pressure", "I10"),
        established_on=date(2026, 3, 3),
    )
    problems = practice().refuses(c.enroll, body, actor="staff:stf_x")
    assert [problem.field for problem in problems] == [
        "actor",
        "body.practice",
        "body.billing_provider",
        "body.established_on",
        "body.diagnoses[1]",
        "body.diagnoses",
    ]
    assert all(problem.found and problem.expected for problem in problems)
    assert "high pressure" not in "".join(map(str, problems))


@pytest.mark.parametrize(
    ("command", "body", "field"),
    [
        (c.register_patient, PatientRegistered(), "patient"),
        (c.enroll, ENROLLED, "body.program"),
        (c.re_enroll, ENROLLED, "body.program"),
        (c.enroll, replace(ENROLLED, program="rtm"), "body.program"),
        (c.enroll, replace(ENROLLED, program="xyz"), "body.program"),
        (c.amend_enrollment, replace(ENROLLED, program="ccm"), "body.program"),
        (c.disenroll, Disenrolled(program="ccm", reason="moved"), "body.program"),
        (c.disenroll, Disenrolled(program="rpm", reason=" "), "body.reason"),
        (c.record_consent, Consented(scope="rpm", given_by="caregiver:x"), "body.given_by"),
        (c.record_consent, Consented(scope="data_sharing"), "body.caregiver"),
        (c.record_consent, Consented(scope="data_sharing", caregiver="x"), "body.caregiver"),
        (c.record_consent, Consented(scope="fax"), "body.scope"),
        (c.revoke_consent, ConsentRevoked(scope="sms"), "body.scope"),
        (c.order, replace(ORDERED, ordering_provider="stf_rn"), "body.ordering_provider"),
        (c.order, replace(ORDERED, ordering_provider="stf_x"), "body.ordering_provider"),
        (c.order, replace(ORDERED, parameters=("a", "a")), "body.parameters"),
        (c.order, ORDERED, "body.program"),
        (c.end_order, OrderEnded(program="rtm", ordering_provider="stf_doc"), "body.program"),
        (
            c.end_order,
            OrderEnded(program="rpm", ordering_provider="stf_rn"),
            "body.ordering_provider",
        ),
        (c.add_coverage, Covered(payer="aetna", from_on=date(2027, 1, 1)), "body.priority"),
        (c.add_coverage, replace(COVERED, priority=2), "body.payer"),
        (
            c.add_coverage,
            Covered(payer="aetna", from_on=date(2026, 1, 1), priority=4),
            "body.priority",
        ),
        (
            c.add_coverage,
            Covered(payer="aetna", from_on=date(2025, 3, 2), to_on=date(2025, 3, 1)),
            "body.to",
        ),
        (
            c.record_authorization,
            Authorized(payer="aetna", codes=("99457",), from_on=date(2026, 1, 1)),
            "body.payer",
        ),
        (
            c.record_authorization,
            Authorized(payer="medicare_ffs", codes=(), from_on=date(2026, 1, 1)),
            "body.codes",
        ),
        (c.authorize_caregiver, replace(SON, relationship=" "), "body.relationship"),
        (
            c.name_care_team,
            CareTeamNamed(program="rpm", members=("stf_rn", "stf_x")),
            "body.members[1]",
        ),
        (
            c.name_care_team,
            CareTeamNamed(program="rpm", members=("stf_rn", "stf_rn")),
            "body.members",
        ),
        (c.assign_device, CUFF, "body.device"),
        (c.return_device, DeviceReturned(device="dev_x"), "body.device"),
        (c.complete_setup, SETUP, "body.device"),
        (c.complete_setup, replace(SETUP, device="dev_x"), "body.device"),
        (
            c.record_stay,
            StayRecorded(setting="snf", from_at=NOON, to_at=NOON - timedelta(hours=1)),
            "body.to",
        ),
        (
            c.record_claim_elsewhere,
            BilledElsewhere(
                code="99454", from_on=date(2026, 2, 1), to_on=date(2026, 3, 1), by="prac_a"
            ),
            "body.by",
        ),
    ],
)
def test_contradictions_are_refused(command: Command, body: Body, field: str) -> None:
    assert admitted().fields_refused(command, body) == [field]


def test_what_is_to_come_is_not_written_down_yet() -> None:
    desk = practice()
    late = desk.now + timedelta(days=1)
    assert desk.fields_refused(c.record_consent, CONSENTED, at=late) == ["at"]
    with pytest.raises(ValueError, match="offset"):
        desk.does(c.record_consent, CONSENTED, at=datetime(2026, 3, 1))  # noqa: DTZ001


def test_what_is_late_says_why() -> None:
    desk = practice()
    early = desk.now - timedelta(hours=73)
    assert desk.fields_refused(c.record_consent, CONSENTED, at=early) == ["reason"]
    entry = desk.does(c.record_consent, CONSENTED, at=early, reason="paper form found")
    assert entry.at == early


def test_another_chart_is_refused() -> None:
    assert practice().fields_refused(c.record_consent, CONSENTED, patient="pat_x") == ["patient"]


def test_instants_are_kept_in_utc() -> None:
    desk = practice()
    local = desk.now.astimezone(zone("America/Chicago"))
    assert desk.does(c.record_consent, CONSENTED, now=local).at.tzinfo is UTC


def test_episodes_follow_one_another() -> None:
    desk = admitted()
    assert desk.fields_refused(c.enroll, ENROLLED) == ["body.program"]
    before = desk.now - timedelta(hours=1)
    assert desk.fields_refused(c.enroll, ENROLLED, at=before) == ["at"]
    desk.does(c.disenroll, Disenrolled(program="rpm", reason="goals met"))
    assert desk.fields_refused(c.enroll, ENROLLED) == ["body.program"]
    desk.does(c.re_enroll, ENROLLED)
    found = state_of(desk.record(), "rpm", desk.now)
    assert found.episode is not None
    assert (found.episode.number, found.episode.ended_because) == (2, None)


def test_the_rival_program_may_follow_and_an_enrollment_may_be_amended() -> None:
    desk = admitted()
    desk.does(c.amend_enrollment, replace(ENROLLED, diagnoses=("I10", "I50.9")))
    found = state_of(desk.record(), "rpm", desk.now)
    assert found.episode is not None
    assert found.episode.number == 1
    assert found.episode.details_at(desk.now).diagnoses == ("I10", "I50.9")
    desk.does(c.disenroll, Disenrolled(program="rpm", reason="therapy instead"))
    desk.does(c.enroll, replace(ENROLLED, program="rtm"))


def test_consent_may_come_first_be_renewed_and_be_taken_back() -> None:
    desk = practice()
    for scope in ("rpm", "ai_voice", "recording", "sms", "rpm"):
        desk.does(c.record_consent, replace(CONSENTED, scope=scope))
    found = state_of(desk.record(), "rpm", desk.now)
    assert [each.scope for each in found.consents] == ["rpm", "ai_voice", "recording", "sms"]
    desk.does(c.revoke_consent, ConsentRevoked(scope="sms", given_by="patient"))
    assert desk.fields_refused(c.revoke_consent, ConsentRevoked(scope="sms")) == ["body.scope"]
    found = state_of(desk.record(), "rpm", desk.now)
    assert "sms" not in {each.scope for each in found.consents}


def test_sharing_is_with_one_caregiver_at_a_time_and_may_end_for_all() -> None:
    desk = practice()
    desk.does(c.authorize_caregiver, SON)
    desk.does(c.authorize_caregiver, replace(SON, caregiver="cgv_2"))
    for caregiver in ("cgv_1", "cgv_2"):
        desk.does(c.record_consent, Consented(scope="data_sharing", caregiver=caregiver))
    desk.does(c.revoke_consent, ConsentRevoked(scope="data_sharing", caregiver="cgv_1"))
    assert seen_by(desk.entries, desk.now) == {"cgv_2"}
    desk.does(c.revoke_consent, ConsentRevoked(scope="data_sharing"))
    assert seen_by(desk.entries, desk.now) == set()
    wrong = Consented(scope="sms", caregiver="cgv_1")
    assert desk.fields_refused(c.record_consent, wrong) == ["body.caregiver"]


def seen_by(entries: object, at: datetime) -> set[str | None]:
    found = state_of(record_of(entries, PATIENT), "rpm", at)  # type: ignore[arg-type]
    return {each.caregiver for each in found.consents if each.scope == "data_sharing"}


def test_authority_is_renewed_not_doubled() -> None:
    desk = practice()
    first = desk.does(c.authorize_caregiver, SON)
    assert desk.fields_refused(c.authorize_caregiver, SON) == ["body.from"]
    desk.does(c.authorize_caregiver, replace(SON, from_on=date(2026, 4, 1), to_on=None))
    ended = date(2026, 3, 10)
    desk.does(c.end_authority, ended, supersedes=first.id, reason="moved away")
    register = desk.record().register
    assert register.has_authority(PATIENT, "cgv_1", ended)
    assert not register.has_authority(PATIENT, "cgv_1", date(2026, 3, 11))
    assert desk.fields_refused(c.end_authority, ended, supersedes="ent_x") == ["supersedes"]


def test_coverage_ends_and_another_follows() -> None:
    desk = admitted()
    first = next(entry for entry in desk.entries if entry.kind == "covered")
    last = date(2026, 3, 31)
    assert desk.fields_refused(c.end_coverage, last, supersedes=first.id) == ["reason"]
    desk.does(c.end_coverage, last, supersedes=first.id, reason="plan changed")
    desk.does(c.add_coverage, Covered(payer="aetna", from_on=date(2026, 4, 1)))
    desk.does(c.add_coverage, Covered(payer="cigna", from_on=date(2026, 4, 1), priority=2))
    assert desk.fields_refused(c.end_coverage, last, supersedes=first.id) == ["supersedes"]
    problem = desk.refuses(c.add_coverage, Covered(payer="anthem", from_on=date(2026, 5, 1)))[0]
    assert "2026-05-01 until further notice" in problem.found


def test_a_device_is_in_one_pair_of_hands() -> None:
    desk = admitted()
    desk.tell(PatientRegistered(), patient="pat_two")
    problem = desk.refuses(c.assign_device, CUFF)[0]
    assert "the patient holds" in problem.found
    two = {"patient": "pat_two"}
    other = desk.record("pat_two")
    with pytest.raises(InputError, match="another patient holds"):
        c.assign_device(other, desk.filing(**two), CUFF)
    desk.does(c.return_device, DeviceReturned(device="dev_cuff"))
    desk.does(c.assign_device, CUFF, **two)
    assert desk.fields_refused(c.return_device, DeviceReturned(device="dev_cuff")) == [
        "body.device"
    ]
    desk.does(c.complete_setup, SETUP, **two)


def test_device_stock_is_nobodys() -> None:
    desk = practice()
    desk.tell(CUFF, patient=None)
    desk.does(c.assign_device, CUFF)


def test_stays_do_not_overlap() -> None:
    desk = practice()
    day = timedelta(days=1)
    stay = StayRecorded(setting="inpatient", from_at=NOON - 5 * day, to_at=NOON - 3 * day)
    desk.does(c.record_stay, stay, reason="discharge letter")
    open_stay = StayRecorded(setting="snf", from_at=NOON - 3 * day)
    desk.does(c.record_stay, open_stay, reason="discharge letter")
    inside = StayRecorded(setting="snf", from_at=NOON - 4 * day, to_at=NOON)
    fields = desk.fields_refused(c.record_stay, inside, reason="letter")
    assert fields == ["body.from", "body.from"]


def test_after_death_there_is_no_more_to_enroll() -> None:
    desk = admitted()
    desk.does(c.record_death)
    assert desk.fields_refused(c.record_death) == ["at"]
    for command, body in (
        (c.record_consent, CONSENTED),
        (c.re_enroll, replace(ENROLLED, program="ccm")),
        (c.order, replace(ORDERED, parameters=("1-1",))),
        (c.assign_device, replace(CUFF, device="dev_2")),
    ):
        assert "at" in desk.fields_refused(command, body)
    desk.does(c.return_device, DeviceReturned(device="dev_cuff"))


def test_a_death_before_a_conversation_is_doubted() -> None:
    desk = admitted()
    spoken = ContactHeld(
        program="rpm", mode="telephone", start=desk.now, end=desk.now + timedelta(minutes=5),
        performers=("stf_rn",), spoke_with="patient", two_way=True, topics=("symptoms",),
    )  # fmt: skip
    desk.tell(spoken)
    desk.now += timedelta(hours=1)
    (problem,) = desk.refuses(c.record_death, at=spoken.start - timedelta(minutes=1))
    assert problem.field == "at"
    desk.does(c.record_death)


def test_a_claim_elsewhere_is_recorded_once() -> None:
    desk = practice()
    claim = BilledElsewhere(
        code="99454", from_on=date(2026, 2, 1), to_on=date(2026, 3, 2), by="Harbor"
    )
    desk.does(c.record_claim_elsewhere, claim)
    assert desk.fields_refused(c.record_claim_elsewhere, claim) == ["body.code"]


def test_a_role_holds_between_its_dates() -> None:
    desk = practice()
    gone = replace(ORDERED, ordering_provider="stf_old")
    old = StaffRegistered(staff="stf_old", role="np", from_on=None, to_on=date(2026, 3, 1))
    desk.tell(old, patient=None)
    assert desk.fields_refused(c.order, gone) == ["body.ordering_provider"]
    desk.does(c.order, gone, at=NOON - timedelta(days=1))


def test_every_command_corrects_as_well() -> None:
    desk = admitted()
    by_kind = {entry.kind: entry for entry in desk.entries}
    for command, body in (
        (c.register_patient, PatientRegistered(name="Other", birth_date=date(1950, 1, 1))),
        (c.order, ORDERED),
        (c.enroll, replace(ENROLLED, diagnoses=("I11.9",))),
        (c.add_coverage, replace(COVERED, member_id="TEST-2")),
        (c.assign_device, replace(CUFF, serial="SN-2")),
        (c.complete_setup, SETUP),
    ):
        old = by_kind[body.kind]
        again = {"supersedes": old.id, "at": old.at}
        assert desk.fields_refused(command, body, **again) == ["reason"]
        desk.does(command, body, **again, reason="typed wrong")
    found = state_of(desk.record(), "rpm", desk.now, rules())
    assert [gap.name for gap in found.gaps] == ["has_care_team"]
    assert found.episode is not None
    assert found.episode.details_at(desk.now).diagnoses == ("I11.9",)


@pytest.mark.parametrize("target", ["ent_x", "ent_005"])
def test_only_an_entry_of_the_kind_is_corrected(target: str) -> None:
    desk = practice()
    changes = {"supersedes": target, "reason": "typed wrong"}
    assert desk.fields_refused(c.record_consent, CONSENTED, **changes) == ["supersedes"]
