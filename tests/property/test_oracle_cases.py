"""Worked cases, built directly as entries: they make the oracle trustworthy.

Names in brackets are rows of the worked cases and of the rulebook's section 2.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from caretally.clock import ServiceMonth
from caretally.journal import entries as kinds
from tests.property.oracle import oracle_decide
from tests.property.story import Story, days, ready


def decided(story: Story, month: str, **how: Any) -> dict:
    """The decision of the only patient."""
    (decision,) = oracle_decide(story.entries, ServiceMonth.parse(month), **how)
    return decision


def codes(story: Story, month: str, **how: Any) -> dict[str, int]:
    """Code and units of each line."""
    return {line["code"]: line["units"] for line in decided(story, month, **how)["lines"]}


def timed(year: int = 2026, month: int = 3, **fields: Any) -> Story:
    """A ready patient with a reading in the month and no device period ending in it."""
    first = date(year, month, 1)
    return ready(first, **fields).read([date(year, month, 5)])


@pytest.mark.parametrize(
    ("live", "review", "wanted"),
    [
        (300, 1200, {"99457": 1}),  # 1
        (30, 1320, {"99457": 1}),  # 4
        (300, 899, {"99470": 1}),  # 7, A1
        (300, 299, {}),  # 9
        (300, 300, {"99470": 1}),  # 10
        (300, 1500, {"99457": 1}),  # 11, G6
        (300, 2099, {"99457": 1}),  # 12
        (300, 2100, {"99457": 1, "99458": 1}),  # 13
        (300, 4800, {"99457": 1, "99458": 3}),  # 14, A8
        (300, 6000, {"99457": 1, "99458": 3}),  # 15
    ],
)
def test_minutes_make_the_codes_of_the_month(
    live: int, review: int, wanted: dict[str, int]
) -> None:
    story = timed()
    story.talk(date(2026, 3, 9), "10:00", live)
    story.work(date(2026, 3, 10), "10:00", review)
    decision = decided(story, "2026-03")
    assert {line["code"]: line["units"] for line in decision["lines"]} == wanted
    assert all(line["date_of_service"] == "2026-03-31" for line in decision["lines"])
    assert ("units_above_soft_cap" in decision["flags"]) == (wanted.get("99458") == 3)
    assert decision["totals"]["live_seconds"] == live


def test_without_a_live_contact_nothing_stands() -> None:  # 2, 3, B1
    story = timed()
    story.work(date(2026, 3, 10), "10:00", 1500)
    moment = story.at(date(2026, 3, 11), "09:00")
    body = kinds.ContactAttempted(
        program="rpm", mode="telephone", outcome="voicemail", performers=("nurse",)
    )
    story.add(body, moment)
    decision = decided(story, "2026-03")
    assert decision["lines"] == []
    assert decision["totals"]["management_seconds"] == 1500


def test_the_policy_decides_what_counts() -> None:  # 5, 6, B15
    story = timed()
    story.talk(date(2026, 3, 9), "10:00", 720)
    story.work(date(2026, 3, 10), "10:00", 540)
    assert codes(story, "2026-03") == {"99457": 1}
    assert codes(story, "2026-03", policy="interactive_only") == {"99470": 1}
    assert decided(story, "2026-03")["at_risk"] == {"99457|2026-03-31": ["interactive_only"]}
    early = timed(2020, 11)
    early.talk(date(2020, 11, 9), "10:00", 300)
    early.work(date(2020, 11, 10), "10:00", 1200)
    assert codes(early, "2020-11") == {}
    assert codes(early, "2020-11", policy="cms_combined") == {"99457": 1}


def test_the_short_block_begins_in_2026() -> None:  # 8, A7
    for year, month, wanted in ((2025, 12, {}), (2026, 1, {"99470": 1})):
        story = timed(year, month)
        story.talk(date(year, month, 9), "10:00", 1199)
        assert codes(story, f"{year}-{month:02d}") == wanted


def test_a_call_over_the_month_end_is_split_at_local_midnight() -> None:  # 16, 17, C1
    story = ready(date(2026, 1, 1), zone="America/Los_Angeles").read([date(2026, 1, 5)])
    story.talk(date(2026, 1, 31), "23:50", 1200)
    for month in ("2026-01", "2026-02"):
        decision = decided(story, month)
        assert decision["totals"]["live_seconds"] == 600
        assert decision["totals"]["qualifying_contacts"] == 1
        assert [line["code"] for line in decision["lines"] if line["code"] == "99470"] == ["99470"]
        assert decision["entries"][0]["reasons"] == ["split_at_month"]


def test_two_nurses_and_overlaps_count_once() -> None:  # 18, 19, F3, F10
    story = timed()
    story.talk(date(2026, 3, 9), "10:00", 900, performers=("nurse", "doctor"))
    story.talk(date(2026, 3, 9), "10:05", 900, performers=("doctor",))
    assert decided(story, "2026-03")["totals"]["management_seconds"] == 1200


def test_live_time_goes_before_earlier_review() -> None:
    story = timed()
    review = story.work(date(2026, 3, 9), "10:00", 1200)
    call = story.talk(date(2026, 3, 9), "10:05", 300, performers=("doctor",))
    decision = decided(story, "2026-03")
    rows = {row["id"]: row for row in decision["entries"]}
    assert rows[review.id]["counted_seconds"] == 900
    assert rows[call.id] == {
        "id": call.id,
        "counted_seconds": 300,
        "live_seconds": 300,
        "reasons": [],
    }


def test_a_second_serves_the_program_it_was_first_logged_to() -> None:  # 20, 21
    story = timed()
    story.enroll(date(2026, 3, 1), program="ccm").consent(date(2026, 3, 1), scope="ccm")
    story.work(date(2026, 3, 9), "10:00", 1200, program="ccm")
    story.talk(date(2026, 3, 9), "10:10", 1800)
    decision = decided(story, "2026-03")
    assert decision["totals"]["live_seconds"] == 1200
    assert [line["code"] for line in decision["lines"]] == ["99457"]
    assert [line["code"] for line in decision["sister_lines"]] == ["99490"]


def test_a_staff_second_on_two_patients_goes_to_the_earlier_start() -> None:
    story = timed()
    other = ready(date(2026, 3, 1)).read([date(2026, 3, 5)])
    story.talk(date(2026, 3, 9), "10:00", 1200)
    other.talk(date(2026, 3, 9), "10:10", 1200)
    second = [
        replace(entry, patient="p2", id=f"p2-{entry.id}")
        for entry in other.entries
        if entry.patient is not None
    ]
    first, after = oracle_decide([*story.entries, *second], ServiceMonth.parse("2026-03"))
    assert first["totals"]["live_seconds"] == 1200
    assert after["totals"]["live_seconds"] == 600
    assert after["entries"][0]["reasons"] == ["staff_overlap"]


def test_rpm_and_rtm_hold_each_other() -> None:  # 22, G4
    story = timed()
    story.enroll(date(2026, 3, 2), program="rtm").consent(date(2026, 3, 2), scope="rtm")
    story.talk(date(2026, 3, 9), "10:00", 1200)
    decision = decided(story, "2026-03")
    assert decision["lines"] == []
    assert decision["hold_slots"]["99457|2026-03-31"] == ["is_in_one_monitoring_program"]


def test_apcm_takes_the_place_of_ccm() -> None:  # 23, 24
    story = timed()
    story.enroll(date(2026, 3, 1), program="ccm").consent(date(2026, 3, 1), scope="ccm")
    story.work(date(2026, 3, 9), "10:00", 1200, program="ccm")
    assert [line["code"] for line in decided(story, "2026-03")["sister_lines"]] == ["99490"]
    story.enroll(date(2026, 3, 1), program="apcm")
    assert decided(story, "2026-03")["sister_lines"] == []


@pytest.mark.parametrize(
    ("first", "count", "wanted"),
    [
        (date(2026, 3, 1), 16, {"99453": 1, "99454": 1}),  # 31
        (date(2026, 3, 1), 12, {"99453": 1, "99445": 1}),  # 28
        (date(2025, 3, 1), 12, {}),  # 29, G9
        (date(2025, 3, 1), 16, {"99453": 1, "99454": 1}),
        (date(2026, 3, 1), 1, {}),  # 32, E4
        (date(2026, 3, 1), 2, {"99453": 1, "99445": 1}),
    ],
)
def test_data_days_make_the_device_code(first: date, count: int, wanted: dict[str, int]) -> None:
    story = ready(first).set_up(first).read(days(first, count))
    decision = decided(story, f"{first.year}-03")
    assert {line["code"]: line["units"] for line in decision["lines"]} == wanted
    assert {line["date_of_service"] for line in decision["lines"]} <= {f"{first.year}-03-30"}
    assert decision["periods"] == [
        {"from": f"{first.year}-03-01", "to": f"{first.year}-03-30", "data_days": count}
    ]


def test_a_confirmed_case_lowers_the_floors_in_the_emergency() -> None:  # 30
    first = date(2022, 3, 1)
    story = ready(first).set_up(first).read(days(first, 12))
    assert codes(story, "2022-03") == {}
    body = kinds.ConditionRecorded(condition="covid19", from_on=first)
    story.add(body, story.at(first, "09:00"))
    assert codes(story, "2022-03") == {"99453": 1, "99454": 1}


def test_a_period_over_a_change_of_rules_goes_by_its_last_day() -> None:  # 34, C10
    first = date(2025, 12, 20)
    story = ready(first).read(days(first, 9))
    decision = decided(story, "2026-01")
    assert [(line["code"], line["date_of_service"]) for line in decision["lines"]] == [
        ("99445", "2026-01-18")
    ]
    assert "straddles_rule_change" in decision["flags"]


def test_devices_are_united_never_added() -> None:  # 35, 36, 37, D9
    first = date(2026, 3, 1)
    story = ready(first).device(first, "scale").read(days(first, 10))
    story.read(days(first, 10), "20:00", device="scale")
    decision = decided(story, "2026-03")
    assert [line["code"] for line in decision["lines"]] == ["99445"]
    assert "several_devices" in decision["flags"]
    story.read(days(first + timedelta(days=10), 10), device="scale")
    assert codes(story, "2026-03") == {"99454": 1}


def test_only_automatic_readings_with_a_value_make_days() -> None:  # 39, D1, D3, D5, D6
    first = date(2026, 3, 1)
    story = ready(first).read(days(first, 2)).read(days(first, 2), "20:00")
    story.read(days(date(2026, 3, 5), 6), origin="manual")
    story.read(days(date(2026, 3, 12), 6), origin="unknown")
    story.read(days(date(2026, 3, 20), 6), value=None, unit=None)
    decision = decided(story, "2026-03")
    assert decision["periods"][0]["data_days"] == 2
    reasons = {reason for row in decision["entries"] for reason in row["reasons"]}
    assert reasons == {"origin_manual", "origin_unknown", "no_value"}


def test_the_assignment_at_the_measured_instant_decides() -> None:  # D11
    story = ready(date(2026, 3, 1)).read(days(date(2026, 3, 1), 3))
    story.add(kinds.DeviceReturned(device="cuff"), story.at(date(2026, 3, 12), "00:00"))
    story.read([date(2026, 3, 10), date(2026, 3, 12)])
    assert decided(story, "2026-03")["periods"][0]["data_days"] == 4


def test_set_up_is_billed_once_an_episode() -> None:  # E1, 33
    first = date(2026, 2, 1)
    story = ready(first).set_up(first).read(days(first, 80))
    assert codes(story, "2026-03") == {"99453": 1, "99454": 1}
    assert codes(story, "2026-04") == {"99454": 1}


def test_set_up_needs_the_education_and_the_days() -> None:  # 41, E3, E8
    first = date(2026, 3, 1)
    assert codes(ready(first).read(days(first, 5)), "2026-03") == {"99445": 1}
    late = ready(first).read(days(first, 45)).set_up(date(2026, 4, 2))
    assert codes(late, "2026-03") == {"99454": 1}
    assert codes(late, "2026-04") == {"99453": 1, "99445": 1}
    risky = ready(first).set_up(first).read(days(first, 5))
    assert decided(risky, "2026-03")["at_risk"] == {"99453|2026-03-30": ["setup_16_days"]}


def test_time_out_of_service_counts_nothing() -> None:  # 48, F17
    story = Story()
    story.enroll(date(2026, 3, 2)).consent(date(2026, 3, 5), "12:00").order(date(2026, 3, 1))
    story.cover(date(2026, 1, 1)).device(date(2026, 3, 1)).read([date(2026, 3, 6)])
    story.work(date(2026, 3, 1), "10:00", 60)
    story.talk(date(2026, 3, 5), "11:59", 120)
    story.work(date(2026, 3, 20), "10:00", 600)
    story.add(kinds.Died(), story.at(date(2026, 3, 20), "10:05"))
    decision = decided(story, "2026-03")
    assert decision["totals"]["live_seconds"] == 60
    assert decision["totals"]["management_seconds"] == 360
    reasons = [row["reasons"] for row in decision["entries"]]
    assert reasons == [["has_consent", "is_enrolled"], ["has_consent"], ["is_alive"]]


def test_only_clinical_staff_within_their_terms_count() -> None:  # 50, 51, F16
    story = timed()
    story.work(date(2026, 3, 9), "10:00", 600, performer="desk")
    story.work(date(2026, 3, 9), "11:00", 600, performer="nobody")
    rows = decided(story, "2026-03")["entries"]
    assert [row["reasons"] for row in rows] == [
        ["not_counted_performer"],
        ["is_registered_performer", "not_counted_performer"],
    ]


def test_ai_minutes_stay_apart() -> None:  # 53, B9, B10
    story = timed()
    story.talk(date(2026, 3, 9), "10:00", 720, mode="ai_telephone", performers=("bot",))
    story.talk(date(2026, 3, 9), "10:12", 240, topics=("symptoms",))
    story.work(date(2026, 3, 10), "10:00", 240)
    decision = decided(story, "2026-03")
    assert decision["totals"]["ai_seconds"] == 720
    assert decision["totals"]["live_seconds"] == 240
    assert decision["totals"]["management_seconds"] == 480
    assert decision["lines"] == []


def test_text_chat_is_no_contact() -> None:  # 54, B3
    story = timed()
    story.talk(date(2026, 3, 9), "10:00", 720, mode="chat")
    story.work(date(2026, 3, 10), "10:00", 720)
    decision = decided(story, "2026-03")
    assert decision["totals"]["chat_seconds"] == 720
    assert decision["totals"]["qualifying_contacts"] == 0
    assert decision["lines"] == []


def test_a_caregiver_needs_authority_on_the_day() -> None:  # 55, B11
    story = timed()
    body = kinds.CaregiverAuthorized(
        caregiver="ann", relationship="daughter", from_on=date(2026, 1, 1), to_on=date(2026, 3, 9)
    )
    story.add(body, story.at(date(2026, 1, 1), "09:00"))
    story.talk(date(2026, 3, 9), "23:00", 600, spoke_with="caregiver:ann")
    story.talk(date(2026, 3, 10), "10:00", 600, spoke_with="caregiver:ann")
    decision = decided(story, "2026-03")
    assert decision["totals"]["qualifying_contacts"] == 1
    assert decision["totals"]["live_seconds"] == 600


def test_a_visit_is_a_contact_without_seconds() -> None:  # 56
    story = timed()
    story.talk(date(2026, 3, 9), "10:00", 1800, mode="in_person", part_of_visit=True)
    story.work(date(2026, 3, 10), "10:00", 1200)
    decision = decided(story, "2026-03")
    assert decision["totals"]["live_seconds"] == 0
    assert decision["totals"]["qualifying_contacts"] == 1
    assert [line["code"] for line in decision["lines"]] == ["99457"]
    assert "low_live_time" in decision["flags"]


def test_hold_music_counts_nothing() -> None:  # F18
    story = timed()
    start = story.at(date(2026, 3, 9), "10:02")
    leg = kinds.ExcludedLeg(start=start, end=start + timedelta(seconds=100), why="hold")
    story.talk(date(2026, 3, 9), "10:00", 600, excluded=(leg,))
    decision = decided(story, "2026-03")
    assert decision["totals"]["live_seconds"] == 500
    assert decision["entries"][0]["reasons"] == ["excluded_leg"]


def test_a_span_over_eight_hours_is_quarantined() -> None:  # F4
    story = timed()
    story.work(date(2026, 3, 9), "10:00", 8 * 3600)
    story.work(date(2026, 3, 10), "10:00", 8 * 3600 + 1)
    decision = decided(story, "2026-03")
    assert decision["totals"]["management_seconds"] == 8 * 3600
    assert decision["entries"][1]["reasons"] == ["implausible_span"]


def test_a_voided_entry_falls_out() -> None:  # F8
    story = timed()
    story.talk(date(2026, 3, 9), "10:00", 600)
    wrong = story.work(date(2026, 3, 10), "10:00", 600)
    assert codes(story, "2026-03") == {"99457": 1}
    story.void(wrong)
    assert codes(story, "2026-03") == {"99470": 1}


def test_the_practitioners_review_gives_way_to_the_base() -> None:  # 52, 58, 59, G1
    story = timed()
    story.work(date(2026, 3, 9), "10:00", 2100, performer="doctor", intended_code="99091")
    assert codes(story, "2026-03") == {"99091": 1}
    assert decided(story, "2026-03")["totals"]["management_seconds"] == 0
    body = kinds.VisitBilled(code="99213", on=date(2026, 3, 31))
    visit = story.add(body, story.at(date(2026, 3, 31), "09:00"))
    assert codes(story, "2026-03") == {}
    story.void(visit)
    story.talk(date(2026, 3, 10), "10:00", 600)
    assert codes(story, "2026-03") == {"99470": 1}


def test_two_ccm_families_never_stand_together() -> None:  # G2
    story = Story(program="ccm")
    story.enroll(date(2026, 3, 1)).consent(date(2026, 3, 1))
    story.work(date(2026, 3, 9), "10:00", 1500)
    story.work(date(2026, 3, 10), "10:00", 2100, performer="doctor")
    assert [line["code"] for line in decided(story, "2026-03")["sister_lines"]] == ["99491"]


@pytest.mark.parametrize(
    ("leave_out", "hold"),
    [("consent", "has_consent"), ("order", "is_ordered"), ("cover", "is_covered")],
)
def test_missing_evidence_holds_every_line(leave_out: str, hold: str) -> None:  # 49, H1, H4
    story = Story()
    first = date(2026, 3, 1)
    story.enroll(first)
    for step in ("consent", "order", "cover"):
        if step != leave_out:
            getattr(story, step)(first)
    story.device(first).set_up(first).read(days(first, 20))
    story.talk(date(2026, 3, 9), "10:00", 1200)
    decision = decided(story, "2026-03")
    assert decision["lines"] == []
    assert hold in decision["holds"]


def test_without_data_there_is_no_management() -> None:  # 26, 27
    story = ready(date(2026, 3, 1))
    story.talk(date(2026, 3, 9), "10:00", 1200)
    assert decided(story, "2026-03")["holds"] == ["has_device_data"]
    story.read([date(2026, 3, 4)])
    assert codes(story, "2026-03") == {"99457": 1}


def test_another_practice_and_more_specific_codes_hold() -> None:  # 44, D12, G13
    first = date(2026, 3, 1)
    for code, left in (("99454", {"99457": 1}), ("95251", {"99453": 1, "99457": 1})):
        story = ready(first).set_up(first).read(days(first, 20))
        story.talk(date(2026, 3, 9), "10:00", 1200)
        body = kinds.BilledElsewhere(
            code=code, from_on=date(2026, 3, 30), to_on=date(2026, 4, 28), by="other"
        )
        story.add(body, story.at(first, "09:00"))
        assert codes(story, "2026-03") == left


@pytest.mark.parametrize(
    ("established_on", "begin", "held"),
    [
        (date(2026, 2, 28), date(2026, 3, 1), False),
        (date(2023, 3, 1), date(2026, 3, 1), False),
        (date(2023, 2, 28), date(2026, 3, 1), True),
        (date(2026, 3, 1), date(2026, 3, 1), True),  # 45, H11
        (date(2010, 1, 1), date(2023, 5, 11), False),  # 46
        (date(2010, 1, 1), date(2023, 5, 12), True),
    ],
)
def test_the_patient_is_established_before_the_start(
    established_on: date, begin: date, held: bool
) -> None:
    story = Story()
    story.enroll(begin, established_on=established_on).consent(begin).order(begin).cover(begin)
    decision = decided(story, "2026-03")
    assert ("is_established" in decision["holds"]) == held


def test_some_payers_ask_first() -> None:  # 63
    story = timed(payer="bcbs_mississippi")
    story.talk(date(2026, 3, 9), "10:00", 2400)
    assert decided(story, "2026-03")["holds"] == ["is_authorized"]
    body = kinds.Authorized(payer="bcbs_mississippi", codes=("99457",), from_on=date(2026, 3, 31))
    story.add(body, story.at(date(2026, 3, 9), "09:00"))
    assert codes(story, "2026-03") == {"99457": 1}


def test_a_postponed_restriction_only_warns() -> None:  # 62, H8
    story = timed(payer="unitedhealthcare")
    story.talk(date(2026, 3, 9), "10:00", 1200)
    decision = decided(story, "2026-03")
    assert [line["code"] for line in decision["lines"]] == ["99457"]
    assert "coverage_restriction_postponed" in decision["flags"]


def test_each_line_goes_by_the_payer_of_its_date() -> None:  # H7
    first = date(2026, 3, 1)
    story = Story()
    story.enroll(first).consent(first).order(first).device(first)
    story.read(days(first, 20))
    story.cover(first, "medicare_ffs", date(2026, 3, 30)).cover(date(2026, 3, 31), "acme")
    story.talk(date(2026, 3, 9), "10:00", 1200)
    decision = decided(story, "2026-03")
    assert [line["code"] for line in decision["lines"]] == ["99454"]
    assert "payer_changed" in decision["flags"]
    assert decision["holds"] == ["is_covered"]


def test_death_and_leaving_cut_the_period() -> None:  # 66, H6
    first = date(2026, 3, 1)
    story = ready(first).read(days(first, 12))
    story.talk(date(2026, 3, 9), "10:00", 1320)
    leave = kinds.Disenrolled(program="rpm", reason="moved")
    story.add(leave, story.at(date(2026, 3, 13), "00:00"))
    decision = decided(story, "2026-03")
    assert [(line["code"], line["date_of_service"]) for line in decision["lines"]] == [
        ("99445", "2026-03-12"),
        ("99457", "2026-03-31"),
    ]


def test_surgery_access_and_fqhc() -> None:  # 60, 64, 65, G10
    story = timed()
    story.talk(date(2026, 3, 9), "10:00", 1200)
    surgery = kinds.GlobalSurgeryRecorded(
        from_on=date(2026, 3, 1), to_on=date(2026, 3, 31), related=True, by_billing_provider=True
    )
    operated = story.add(surgery, story.at(date(2026, 3, 1), "09:00"))
    aligned = kinds.AccessAligned(conditions=("I1",), from_on=date(2026, 3, 31))
    story.add(aligned, story.at(date(2026, 3, 1), "09:00"))
    assert decided(story, "2026-03")["holds"] == [
        "is_not_access_aligned",
        "is_outside_global_surgery",
    ]
    story.void(operated)
    assert decided(story, "2026-03")["holds"] == ["is_not_access_aligned"]
    for year, month, hold, flag in ((2024, 12, True, False), (2025, 9, False, True)):
        center = timed(year, month)
        practice = kinds.PracticeRegistered(practice="pr", name="pr", setting="fqhc")
        center.add(practice, center.at(date(2020, 1, 1), "09:00"), patient=None)
        decision = decided(center, f"{year}-{month:02d}")
        assert ("is_outside_g0511" in decision["holds"]) == hold
        assert ("g0511_possible" in decision["flags"]) == flag


def test_rtm_goes_by_body_system_and_takes_manual_readings() -> None:  # A10, 47
    first = date(2026, 3, 1)
    story = ready(first, program="rtm", body_system="musculoskeletal")
    story.read(days(first, 16), origin="manual")
    story.talk(date(2026, 3, 9), "10:00", 300)
    story.work(date(2026, 3, 10), "10:00", 2400)
    assert codes(story, "2026-03") == {"98977": 1, "98980": 1, "98981": 1}
    assert codes(story, "2026-03", policy="interactive_only") == {"98977": 1}
    story.device(first, "other", body_system="respiratory")
    story.read([date(2026, 3, 20)], device="other")
    assert codes(story, "2026-03") == {"98980": 1, "98981": 1}


def test_the_rules_of_2027_are_not_loaded() -> None:  # 72
    story = timed(2027, 1)
    story.talk(date(2027, 1, 9), "10:00", 1200)
    decision = decided(story, "2027-01")
    assert decision["lines"] == []
    assert decision["holds"] == ["rules_are_loaded"]


def test_clock_changes_move_no_day() -> None:  # C3
    story = (
        ready(date(2026, 3, 8)).read([date(2026, 3, 8)], "00:00").read([date(2026, 3, 8)], "23:59")
    )
    story.read([date(2026, 3, 9)], "00:00:01")
    story.add(kinds.Disenrolled(program="rpm", reason="moved"), story.at(date(2026, 3, 9), "12:00"))
    assert decided(story, "2026-03")["periods"] == [
        {"from": "2026-03-08", "to": "2026-03-09", "data_days": 2}
    ]


def test_only_what_was_recorded_is_known() -> None:
    story = timed()
    story.talk(date(2026, 3, 9), "10:00", 1200)
    before = story.at(date(2026, 3, 9), "10:19:59")
    exactly = story.at(date(2026, 3, 9), "10:20")
    assert codes(story, "2026-03", as_of=before) == {}
    decision = decided(story, "2026-03", as_of=exactly)
    assert [line["code"] for line in decision["lines"]] == ["99457"]
    assert "before_date_of_service" in decision["flags"]
