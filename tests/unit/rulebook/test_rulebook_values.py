"""The values of the sheets on each side of each date, written out a second time by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from caretally.billability.sheets import Requirement, Sheet, load_rulebook
from caretally.clock import day_number

RULEBOOK = load_rulebook()
DAY = timedelta(days=1)
START = "2019-01-01"

FIRST_DATES = {
    "99453": START, "99454": START, "99457": START, "99091": START, "99458": "2020-01-01",
    "99473": "2020-01-01", "99474": "2020-01-01", "99445": "2026-01-01", "99470": "2026-01-01",
    "98975": "2022-01-01", "98976": "2022-01-01", "98977": "2022-01-01", "98978": "2023-01-01",
    "98980": "2022-01-01", "98981": "2022-01-01", "98979": "2026-01-01", "98984": "2026-01-01",
    "98985": "2026-01-01", "98986": "2026-01-01", "99439": "2021-01-01", "99437": "2022-01-01",
    "99424": "2022-01-01", "99425": "2022-01-01", "99426": "2022-01-01", "99427": "2022-01-01",
    "G0556": "2025-01-01", "G0557": "2025-01-01", "G0558": "2025-01-01", "99490": START,
    "99491": START, "99484": START, "99487": START, "99489": START, "99495": START,
    "99496": START, "G0511": START,
}  # fmt: skip

VALUES = [
    # code, parameter, last day before or first date, value from that date
    ("99453", "setup_floor", "2019-01-01", None, 16),
    ("99453", "setup_floor", "2026-01-01", 16, 2),
    ("99453", "covid_floor", "2020-03-01", None, 2),
    ("99454", "long_floor", "2019-01-01", None, 16),
    ("99454", "covid_floor", "2020-03-01", None, 2),
    ("99445", "short_floor", "2026-01-01", None, 2),
    ("99445", "short_ceiling", "2026-01-01", None, 15),
    ("99457", "first_block", "2019-01-01", None, 1200),
    ("99457", "counted_time", "2021-01-01", "interactive_only", "cms_combined"),
    ("99458", "further_block", "2020-01-01", None, 1200),
    ("99458", "unit_cap", "2020-01-01", None, 3),
    ("99458", "soft_cap", "2020-01-01", None, 2),
    ("99470", "short_block", "2026-01-01", None, 600),
    ("99470", "first_block", "2026-01-01", None, 1200),
    ("99091", "review_block", "2019-01-01", None, 1800),
    ("99457", "visit_years", "2019-01-01", None, 3),
    ("99457", "phe_end", "2019-01-01", None, day_number(date(2023, 5, 11))),
    ("99457", "prior_authorization", "2019-01-01", None, 0),
    ("98975", "setup_floor", "2022-01-01", None, 16),
    ("98975", "setup_floor", "2026-01-01", 16, 2),
    ("98976", "long_floor", "2022-01-01", None, 16),
    ("98978", "long_floor", "2023-01-01", None, 16),
    ("98984", "short_floor", "2026-01-01", None, 2),
    ("98985", "short_ceiling", "2026-01-01", None, 15),
    ("98979", "short_block", "2026-01-01", None, 600),
    ("98980", "first_block", "2022-01-01", None, 1200),
    ("98980", "counted_time", "2022-01-01", None, "cms_combined"),
    ("98981", "unit_cap", "2022-01-01", None, 3),
    ("99490", "first_block", "2019-01-01", None, 1200),
    ("99439", "unit_cap", "2021-01-01", None, 2),
    ("99491", "first_block", "2019-01-01", None, 1800),
    ("99437", "unit_cap", "2022-01-01", None, 2),
    ("99424", "first_block", "2022-01-01", None, 1800),
    ("99425", "further_block", "2022-01-01", None, 1800),
    ("99426", "first_block", "2022-01-01", None, 1800),
    ("99427", "further_block", "2022-01-01", None, 1800),
    ("99484", "first_block", "2019-01-01", None, 1200),
]


def sheet(code: str) -> Sheet:
    return RULEBOOK.sheets[code]


def required(code: str, day: str) -> dict[str, Requirement]:
    version = sheet(code).version_on(date.fromisoformat(day))
    assert version is not None
    return {requirement.name: requirement for requirement in version.requirements}


@pytest.mark.parametrize("code", FIRST_DATES)
def test_a_code_begins_on_its_first_date(code: str) -> None:
    first = date.fromisoformat(FIRST_DATES[code])
    assert sheet(code).version_on(first) is not None
    assert sheet(code).version_on(first - DAY) is None


def test_first_dates_name_every_sheet() -> None:
    assert FIRST_DATES.keys() == RULEBOOK.sheets.keys()


def test_g0511_ends_with_september_2025() -> None:
    assert sheet("G0511").version_on(date(2025, 9, 30)) is not None
    assert sheet("G0511").version_on(date(2025, 10, 1)) is None


@pytest.mark.parametrize(("code", "name", "first", "before", "after"), VALUES)
def test_a_value_changes_on_its_date(
    code: str, name: str, first: str, before: int | str | None, after: int | str
) -> None:
    parameter, day = sheet(code).parameters[name], date.fromisoformat(first)
    earlier, now = parameter.on(day - DAY), parameter.on(day)
    assert (earlier.value if earlier else None) == before
    assert now is not None
    assert now.value == after
    assert now.cites


@pytest.mark.parametrize("code", ["99458", "98981", "99439", "99437", "99425", "99427"])
def test_the_first_further_unit_needs_base_and_block(code: str) -> None:
    amounts = {}
    for name in ("first_block", "further_block", "first_unit_at"):
        dated = sheet(code).parameters[name].on(date(2026, 1, 1))
        assert dated is not None
        amounts[name] = int(dated.value)
    assert amounts["first_unit_at"] == amounts["first_block"] + amounts["further_block"]


@pytest.mark.parametrize("code", ["99453", "98975"])
def test_sixteen_days_is_a_reading_from_2026_only(code: str) -> None:
    values = sheet(code).parameters["setup_floor"].values
    assert [dict(dated.readings) for dated in values] == [{}, {"setup_16_days": 16}]


@pytest.mark.parametrize(
    ("code", "day", "asked"),
    [
        ("99453", "2020-02-29", False),
        ("99453", "2020-03-01", True),
        ("99453", "2023-05-11", True),
        ("99453", "2023-05-12", False),
        ("99454", "2020-02-29", False),
        ("99454", "2020-03-01", True),
        ("99454", "2023-05-11", True),
        ("99454", "2023-05-12", False),
        ("98975", "2022-01-01", True),
        ("98975", "2023-05-11", True),
        ("98975", "2023-05-12", False),
        ("98976", "2022-06-01", False),
    ],
)
def test_the_covid_floor_is_an_alternative_while_it_lasted(
    code: str, day: str, asked: bool
) -> None:
    choice = [single.name for single in required(code, day)["reaches_data_days"].any_of]
    assert choice == (["reaches_data_days", "reaches_covid_days"] if asked else [])


@pytest.mark.parametrize("code", ["99453", "99454", "99457", "99458", "99091"])
def test_the_established_patient_is_asked_for_from_may_2023(code: str) -> None:
    assert "is_established" not in required(code, "2023-05-11")
    asked = required(code, "2023-05-12")["is_established"]
    assert asked.effect == "holds"
    alternatives = ["is_established", "began_monitoring_by", "is_therapeutic"]
    assert [single.name for single in asked.any_of] == alternatives


@pytest.mark.parametrize("code", ["98975", "98976", "98980", "98979", "98984"])
def test_therapeutic_monitoring_asks_for_no_established_patient(code: str) -> None:
    assert "is_established" not in required(code, "2026-06-30")


@pytest.mark.parametrize("code", ["99453", "99454", "99457", "99458", "99091", "98975", "98980"])
@pytest.mark.parametrize(
    ("day", "name", "effect"),
    [
        ("2023-12-31", None, None),
        ("2024-01-01", "is_outside_g0511", "holds"),
        ("2024-12-31", "is_outside_g0511", "holds"),
        ("2025-01-01", "may_use_g0511", "warns"),
        ("2025-09-30", "may_use_g0511", "warns"),
        ("2025-10-01", None, None),
    ],
)
def test_the_bundle_of_health_centers_came_and_went(
    code: str, day: str, name: str | None, effect: str | None
) -> None:
    asked = required(code, day)
    found = {n: asked[n].effect for n in ("is_outside_g0511", "may_use_g0511") if n in asked}
    assert found == ({name: effect} if name else {})


@pytest.mark.parametrize("code", ["99453", "99454", "99445", "98975", "98976", "98984"])
def test_set_up_and_devices_ask_for_evidence_first(code: str) -> None:
    names = list(required(code, "2026-06-30"))
    assert names[:8] == [
        "is_enrolled", "has_consent", "is_ordered", "has_diagnosis", "is_covered",
        "is_authorized", "is_not_access_aligned", "is_outside_global_surgery",
    ]  # fmt: skip
    assert names[-1] in {"reaches_data_days", "stays_within_data_days"}
    assert "has_device_data" not in names


@pytest.mark.parametrize("code", ["99457", "99458", "99470", "98979", "98980", "98981", "99091"])
def test_minutes_ask_for_device_data(code: str) -> None:
    assert required(code, "2026-06-30")["has_device_data"].effect == "holds"


def test_99091_stands_beside_two_programs_and_other_billers() -> None:
    asked = required("99091", "2026-06-30")
    assert "is_in_one_monitoring_program" not in asked
    assert "is_not_billed_elsewhere" not in asked
    assert asked["is_not_bundled"].arguments["codes"] == ("99457", "99458", "99470")


@pytest.mark.parametrize(
    ("code", "specific"), [("99453", False), ("99454", True), ("99445", True), ("98976", True)]
)
def test_a_more_specific_code_holds_the_device_code_only(code: str, specific: bool) -> None:
    assert (
        "specific" in required(code, "2026-06-30")["is_not_billed_elsewhere"].arguments
    ) == specific


@pytest.mark.parametrize(
    ("code", "system"),
    [
        ("98976", "respiratory"), ("98984", "respiratory"), ("98977", "musculoskeletal"),
        ("98985", "musculoskeletal"), ("98978", "cognitive_behavioral"),
        ("98986", "cognitive_behavioral"),
    ],
)  # fmt: skip
def test_therapeutic_devices_go_by_body_system(code: str, system: str) -> None:
    assert required(code, "2026-06-30")["monitors_system"].arguments["system"] == system


@pytest.mark.parametrize("code", ["99490", "99491", "99424", "99426"])
def test_advanced_primary_care_takes_the_place_of_care_management(code: str) -> None:
    assert sheet(code).advisory
    first = date.fromisoformat(FIRST_DATES[code])
    assert "is_not_in_apcm" not in required(code, max(first, date(2024, 12, 31)).isoformat())
    assert "is_not_in_apcm" in required(code, "2025-01-01")


@pytest.mark.parametrize("code", ["99453", "99457", "98980", "99091"])
def test_codes_are_decided_and_billed_by_default(code: str) -> None:
    assert sheet(code).decided
    assert not sheet(code).advisory


@pytest.mark.parametrize(
    "code",
    ["99473", "99474", "99487", "99489", "99495", "99496", "G0556", "G0557", "G0558", "G0511"],
)
def test_some_codes_are_known_but_not_decided(code: str) -> None:
    assert not sheet(code).decided
    assert sheet(code).notes


@pytest.mark.parametrize(
    ("code", "dates"),
    [
        ("99453", ["2019-01-01", "2020-03-01", "2023-05-12", "2026-01-01"]),
        ("99454", ["2019-01-01", "2020-03-01", "2023-05-12"]),
        ("99445", ["2026-01-01"]),
        ("98975", ["2022-01-01", "2023-05-12", "2026-01-01"]),
        ("98976", ["2022-01-01"]),
    ],
)
def test_dates_a_period_may_straddle(code: str, dates: list[str]) -> None:
    assert [day.isoformat() for day in sheet(code).straddle_dates()] == dates
    assert set(sheet(code).straddle_dates()) <= set(sheet(code).change_dates())


def test_changes_for_health_centers_are_changes_too() -> None:
    changes = {day.isoformat() for day in sheet("99454").change_dates()}
    assert {"2024-01-01", "2025-01-01", "2025-10-01"} <= changes


@pytest.mark.parametrize(
    ("payer", "day", "policy"),
    [
        ("medicare_ffs", "2020-12-31", "interactive_only"),
        ("medicare_ffs", "2021-01-01", "cms_combined"),
        ("medicare_advantage", "2020-12-31", "cms_combined"),
        ("commercial", "2019-01-01", "cms_combined"),
        ("self_pay", "2026-12-31", "cms_combined"),
    ],
)
def test_payers_start_from_a_counting_policy(payer: str, day: str, policy: str) -> None:
    dated = RULEBOOK.payers[payer].policy_on(date.fromisoformat(day))
    assert dated is not None
    assert dated.value == policy


def test_two_payers_demand_prior_authorization() -> None:
    demanding = {
        payer
        for payer, found in RULEBOOK.payers.items()
        if (dated := found.override_on("prior_authorization", date(2026, 6, 30))) and dated.value
    }
    assert demanding == {"bcbs_mississippi", "medicaid_md"}
    assert RULEBOOK.payers["aetna"].override_on("prior_authorization", date(2026, 6, 30)) is None


def test_one_restriction_is_announced_and_postponed() -> None:
    found = [r for payer in RULEBOOK.payers.values() for r in payer.restrictions]
    assert [(r.status, r.flag) for r in found] == [("postponed", "coverage_restriction_postponed")]
    assert RULEBOOK.payers["unitedhealthcare"].restrictions == tuple(found)
    assert not found[0].is_open_on(date(2025, 12, 31))
    assert found[0].is_open_on(date(2026, 1, 1))
    assert {"I50", "I11.0", "I13.0", "I13.2", "O10", "O16"} <= set(found[0].allowed_diagnoses)


def test_a_restriction_with_an_end_is_open_through_it() -> None:
    limit = RULEBOOK.payers["unitedhealthcare"].restrictions[0]
    ended = replace(limit, to_on=date(2026, 6, 30))
    assert ended.is_open_on(date(2026, 6, 30))
    assert not ended.is_open_on(date(2026, 7, 1))
    assert limit.is_open_on(date(2026, 7, 1))


@pytest.mark.parametrize(
    ("pair", "indicator"),
    [
        (("99457", "99091"), 1), (("99453", "99091"), 0), (("99454", "99091"), 0),
        (("99458", "99091"), 0), (("99453", "98975"), 1), (("99454", "98977"), 1),
        (("99457", "98980"), 0), (("99458", "98980"), 0), (("98978", "99457"), 0),
        (("99457", "99474"), 0), (("99474", "99453"), 0), (("95250", "99458"), 0),
        (("95249", "99454"), 0), (("93264", "99457"), 0), (("99457", "93298"), 0),
        (("93784", "99454"), 0), (("94760", "99453"), 0), (("99458", "97750"), 0),
        (("99490", "99091"), 1), (("99437", "99091"), 1), (("99491", "99091"), 0),
        (("99484", "99091"), 0), (("99213", "99091"), 0), (("99490", "99474"), 0),
        (("G0506", "99458"), 0), (("99091", "99427"), 1),
        (("99457", "99490"), None), (("99454", "99491"), None), (("99457", "99214"), None),
    ],
)  # fmt: skip
def test_pairs_are_those_of_the_quarter(pair: tuple[str, str], indicator: int | None) -> None:
    assert RULEBOOK.edits.indicator(*pair) == indicator
    assert RULEBOOK.edits.indicator(*reversed(pair)) == indicator


def test_edits_know_their_quarter() -> None:
    assert RULEBOOK.edits.as_of == date(2024, 7, 1)
    assert len(RULEBOOK.edits.pairs) == 1195
    assert RULEBOOK.edits.mue["99458"].units == 3
    assert RULEBOOK.edits.mue["99489"].units == 10
    assert "99445" not in RULEBOOK.edits.mue
