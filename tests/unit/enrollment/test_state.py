"""The state names what is missing, the codes it holds and the command that mends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caretally.billability.decide import decide
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.enrollment import commands
from caretally.enrollment.evidence import EVIDENCE
from caretally.enrollment.orders import ORDERING_ROLES
from caretally.enrollment.queries import caregivers_on, state_of, states_of, visit_to_name
from caretally.enrollment.record import record_of
from caretally.enrollment.state import STAGES, EnrollmentState
from caretally.journal.entries import (
    Authorized,
    BilledElsewhere,
    Body,
    CaregiverAuthorized,
    CareTeamNamed,
    Consented,
    ConsentRevoked,
    Covered,
    Died,
    Disenrolled,
    Entry,
    EntryVoided,
    OrderEnded,
    StayRecorded,
    VisitBilled,
)
from caretally.synthetic.cast import STORIES, cast_entries
from tests.unit.enrollment.charts import (
    CONSENTED,
    COVERED,
    CUFF,
    ENROLLED,
    NOON,
    ORDERED,
    PATIENT,
    SETUP,
    Desk,
    admitted,
    practice,
    rules,
)

RPM_2026 = ("99445", "99453", "99454", "99457", "99458", "99470")
ALL_OF = ("99091", *RPM_2026)


def state(desk: Desk, program: str = "rpm", **at: int) -> EnrollmentState:
    return state_of(desk.record(), program, desk.now + timedelta(**at), rules())


def gaps(desk: Desk, program: str = "rpm", **at: int) -> dict[str, tuple[str, ...]]:
    return {gap.name: gap.codes for gap in state(desk, program, **at).gaps}


def test_a_person_nobody_enrolls_is_not_started() -> None:
    desk = practice()
    assert state(desk).stage == "not_started"
    assert states_of(desk.entries, PATIENT, desk.now) == {}


def test_evidence_gathers_until_the_patient_can_be_enrolled() -> None:
    desk = practice()
    for body, stage in (
        (CONSENTED, "gathering"),
        (ORDERED, "gathering"),
        (COVERED, "ready"),
        (ENROLLED, "active"),
        (Disenrolled(program="rpm", reason="goals met"), "disenrolled"),
        (ENROLLED, "active"),
        (Died(), "ended_by_death"),
    ):
        desk.tell(body)
        assert state(desk).stage == stage, type(body).__name__
    assert state_of(desk.record(), "rpm", NOON).stage == "not_started"
    assert {"gathering", "ready"} < set(STAGES)


def test_a_device_points_to_its_program() -> None:
    desk = practice()
    desk.tell(CUFF)
    assert (state(desk).stage, state(desk, "rtm").stage) == ("gathering", "not_started")
    desk.tell(replace(CUFF, device="dev_2", body_system="respiratory"))
    assert state(desk, "rtm").stage == "gathering"


def test_everything_on_file_leaves_no_gap_but_the_team() -> None:
    desk = admitted()
    assert gaps(desk) == {"has_care_team": ()}
    desk.tell(CareTeamNamed(program="rpm", members=("stf_rn",)))
    assert gaps(desk) == {}
    assert state(desk).held_codes == ()
    assert state(desk).care_team == ("stf_rn",)
    assert state(desk).time_zone == "America/Chicago"
    assert state(desk).payer == "medicare_ffs"


def test_an_empty_chart_lacks_everything() -> None:
    found = gaps(practice())
    assert found["has_consent"] == found["is_ordered"] == found["is_covered"] == ALL_OF
    assert found["is_established"] == found["has_diagnosis"] == ALL_OF
    assert found["has_setup"] == ("99453",)
    assert found["has_device"] == ALL_OF
    assert found["has_care_team"] == ()


@pytest.mark.parametrize(
    ("left_out", "gap", "codes"),
    [
        (CONSENTED, "has_consent", ALL_OF),
        (ORDERED, "is_ordered", ALL_OF),
        (COVERED, "is_covered", ALL_OF),
        (SETUP, "has_setup", ("99453",)),
    ],
)
def test_one_piece_left_out_is_the_one_gap(left_out: Body, gap: str, codes: tuple[str]) -> None:
    desk = practice()
    desk.tell(CareTeamNamed(program="rpm", members=("stf_rn",)))
    for body in (COVERED, ORDERED, CONSENTED, ENROLLED, CUFF, SETUP):
        if body is not left_out:
            desk.tell(body)
    assert gaps(desk) == {gap: codes}


@pytest.mark.parametrize(
    ("change", "gap", "says"),
    [
        ({"diagnoses": ()}, "has_diagnosis", "no diagnosis"),
        ({"established_on": None}, "is_established", "no visit"),
        ({"established_on": date(2026, 3, 2)}, "is_established", "not before"),
        ({"established_on": date(2023, 3, 1)}, "is_established", "more than 3 years"),
        ({"billing_provider": None}, "has_care_team", "no billing provider"),
        ({"billing_provider": "stf_gone"}, "has_care_team", "stf_gone"),
    ],
)
def test_what_an_enrollment_must_say(change: dict[str, object], gap: str, says: str) -> None:
    desk = practice()
    desk.tell(CareTeamNamed(program="rpm", members=("stf_rn",)))
    for body in (COVERED, ORDERED, CONSENTED, replace(ENROLLED, **change), CUFF, SETUP):  # type: ignore[arg-type]
        desk.tell(body)
    (found,) = state(desk).gaps
    assert found.name == gap
    assert says in found.says


def test_a_visit_three_years_ago_to_the_day_is_enough() -> None:
    desk = practice()
    desk.tell(replace(ENROLLED, established_on=date(2023, 3, 2)))
    assert "is_established" not in gaps(desk)


def test_who_began_in_the_pandemic_needs_no_visit() -> None:
    desk = practice()
    desk.tell(replace(ENROLLED, established_on=None), at=datetime(2023, 5, 11, 18, tzinfo=UTC))
    assert "is_established" not in gaps(desk)
    desk.tell(Disenrolled(program="rpm", reason="paused"))
    desk.tell(replace(ENROLLED, established_on=None))
    assert "is_established" not in gaps(desk)


def test_rtm_asks_for_a_body_system_and_for_no_earlier_visit() -> None:
    desk = practice()
    desk.tell(replace(ENROLLED, program="rtm", established_on=None))
    desk.tell(CUFF)
    found = gaps(desk, "rtm")
    assert "is_established" not in found
    assert "98976" in found["has_device"]
    desk.tell(replace(CUFF, device="dev_2", body_system="respiratory"))
    assert "has_device" not in gaps(desk, "rtm")


def test_a_program_without_devices_asks_for_none() -> None:
    desk = practice()
    desk.tell(replace(ENROLLED, program="ccm"))
    names = {each.name for each in state_of(desk.record(), "ccm", desk.now).gaps}
    assert not names & {"has_device", "has_setup", "order_names_parameters"}


def test_consent_that_ended_and_order_that_ended_say_when() -> None:
    desk = admitted()
    desk.tell(ConsentRevoked(scope="rpm"))
    desk.tell(OrderEnded(program="rpm", ordering_provider="stf_doc"))
    said = {gap.name: gap.says for gap in state(desk).gaps}
    assert said["has_consent"] == "consent to rpm was revoked on 2026-03-02"
    assert said["is_ordered"] == "the order ended on 2026-03-02"
    assert "has_consent" not in gaps(desk, minutes=-5)


def test_a_bare_consent_is_consent_with_something_to_add() -> None:
    desk = admitted()
    desk.tell(Consented(scope="rpm", method="verbal"))
    said = {gap.name: gap.says for gap in state(desk).gaps}
    assert "has_consent" not in said
    assert "cost share" in said["consent_is_documented"]
    assert "how" not in said["consent_is_documented"]


def test_the_order_and_the_device_speak_of_the_same() -> None:
    desk = admitted()
    desk.tell(replace(ORDERED, parameters=("29463-7",)))
    assert "order_names_parameters" in gaps(desk)
    desk.tell(replace(CUFF, device="dev_scale", parameters=("29463-7",)))
    assert "order_names_parameters" not in gaps(desk)
    desk.tell(replace(ORDERED, parameters=()))
    assert "order_names_parameters" in gaps(desk)


def test_a_gadget_is_no_medical_device() -> None:
    desk = admitted()
    desk.tell(replace(CUFF, medical_device=False))
    assert "has_device" in gaps(desk)


def test_a_payer_the_rulebook_does_not_know_covers_nobody() -> None:
    desk = practice()
    desk.tell(replace(COVERED, payer="acme"))
    assert "acme" in {gap.name: gap.says for gap in state(desk).gaps}["is_covered"]


def test_coverage_is_that_of_the_date_and_of_the_first_in_line() -> None:
    desk = admitted()
    desk.tell(Covered(payer="aetna", from_on=date(2026, 3, 1), priority=2))
    assert state(desk).payer == "medicare_ffs"
    desk.tell(Covered(payer="cigna", from_on=date(2026, 4, 1)))
    assert state(desk, days=40).payer == "cigna"


def test_authorization_is_asked_where_the_payer_demands_it() -> None:
    desk = admitted()
    desk.tell(Covered(payer="bcbs_mississippi", from_on=date(2026, 2, 1)))
    assert gaps(desk)["is_authorized"] == ALL_OF
    held = state(desk).held_codes
    assert held == ALL_OF
    desk.tell(Authorized(payer="bcbs_mississippi", codes=ALL_OF, from_on=date(2026, 2, 1)))
    assert "is_authorized" not in gaps(desk)


def test_a_caregiver_speaks_and_sees_while_authorized() -> None:
    desk = admitted()
    authority = CaregiverAuthorized(
        caregiver="cgv_1", relationship="son", from_on=date(2026, 3, 1), to_on=date(2026, 3, 31)
    )
    desk.tell(authority)
    desk.tell(replace(CONSENTED, given_by="caregiver:cgv_1"))
    desk.tell(Consented(scope="data_sharing", caregiver="cgv_1"))
    assert "has_caregiver_authority" not in gaps(desk)
    said = {gap.name: gap.says for gap in state(desk, days=31).gaps}
    assert said["has_caregiver_authority"] == "cgv_1 had no authority on 2026-04-02"
    assert caregivers_on(desk.record(), date(2026, 3, 31)) == ("cgv_1",)
    assert caregivers_on(desk.record(), date(2026, 4, 1)) == ()


def test_both_monitoring_programs_hold_each_other() -> None:
    desk = admitted()
    desk.tell(replace(ENROLLED, program="rtm"))
    assert gaps(desk)["is_in_one_monitoring_program"] == RPM_2026
    assert set(states_of(desk.entries, PATIENT, desk.now, rules())) == {"rpm", "rtm"}


def test_stays_and_claims_of_others_are_told() -> None:
    desk = admitted()
    desk.tell(StayRecorded(setting="inpatient", from_at=NOON - timedelta(days=1)))
    desk.tell(
        BilledElsewhere(
            code="99454", from_on=date(2026, 2, 10), to_on=date(2026, 3, 11), by="Harbor"
        )
    )
    assert [notice.name for notice in state(desk).notices] == ["stay_in_month", "billed_elsewhere"]
    assert [notice.name for notice in state(desk, days=40).notices] == ["stay_in_month"]


def test_a_voided_entry_is_no_evidence() -> None:
    desk = practice()
    consent = desk.tell(CONSENTED)
    assert "has_consent" not in gaps(desk)
    desk.tell(EntryVoided(entry=consent.id), reason="wrong chart")
    assert "has_consent" in gaps(desk)


def test_the_command_named_fits_the_stage() -> None:
    desk = practice()
    named = {gap.name: gap.command for gap in state(desk).gaps}
    assert (named["is_enrolled"], named["has_diagnosis"]) == ("enroll", "enroll")
    desk.tell(replace(ENROLLED, diagnoses=()))
    assert {g.name: g.command for g in state(desk).gaps}["has_diagnosis"] == "amend_enrollment"
    desk.tell(Disenrolled(program="rpm", reason="moved"))
    assert {g.name: g.command for g in state(desk).gaps}["is_enrolled"] == "re_enroll"


def test_every_command_named_exists() -> None:
    assert all(hasattr(commands, each.command) for each in EVIDENCE)


def test_the_visit_offered_is_the_latest_billed_before() -> None:
    desk = practice()
    assert visit_to_name(desk.record(), desk.now) is None
    for day in (date(2025, 5, 1), date(2026, 1, 7), date(2026, 3, 2)):
        desk.tell(VisitBilled(code="99213", on=day))
    assert visit_to_name(desk.record(), desk.now) == date(2026, 1, 7)


def test_ordering_roles_are_the_rulebooks_practitioners() -> None:
    dated = load_rulebook().counting["practitioner_roles"].on(date(2026, 1, 1))
    assert dated is not None
    assert set(dated.words or ()) == ORDERING_ROLES


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.patient)
def test_a_gap_is_the_hold_of_the_decision(story: object) -> None:
    """On the last day of March, gaps named after criteria and holds are the same words."""
    patient = story.patient  # type: ignore[attr-defined]
    entries = cast_entries()
    assert_gaps_are_holds(entries, patient)


@pytest.mark.parametrize(
    "left_out", ["consented", "ordered", "covered", "enrolled"], ids=lambda kind: f"no {kind}"
)
def test_a_planted_gap_is_the_hold_of_the_decision(left_out: str) -> None:
    entries = [e for e in cast_entries() if (e.patient, e.kind) != ("pat_ada", left_out)]
    assert_gaps_are_holds(entries, "pat_ada")


SHARED = {
    "is_enrolled", "has_consent", "is_ordered", "has_diagnosis", "is_covered", "is_established",
    "is_authorized", "is_in_one_monitoring_program",
}  # fmt: skip


def assert_gaps_are_holds(entries: tuple[Entry, ...] | list[Entry], patient: str) -> None:
    end = datetime(2026, 3, 31, 23, tzinfo=UTC)
    found = state_of(record_of(entries, patient), "rpm", end, rules())
    decisions = decide(entries, ServiceMonth(2026, 3))
    (decision,) = (d for d in decisions if d.month.patient == patient)
    holds = {hold["name"] for hold in decision.to_json()["holds"]}  # type: ignore[attr-defined]
    assert {gap.name for gap in found.gaps} & SHARED == holds & SHARED
