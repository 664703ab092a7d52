"""What must be on file is asked of every code in every era of its rules, not only today's.

A sheet's requirements are dated as a whole, so a requirement can be lost from one era and stay in
the others. Each piece of evidence is taken away in each era, and each code must name what it
misses.
"""

from __future__ import annotations

import pytest

from tests.spec.eras import (
    BODY_SYSTEMS,
    DEVICE_CODES,
    ERAS,
    MINUTES_CODES,
    SPECIFIC_CODES,
    THERAPEUTIC_ERAS,
    decide_and_compare,
    of_era,
    therapeutic,
    unmet,
)

MISSING = {
    "is_ordered": "without: [ordered]",
    "has_diagnosis": "diagnoses: []",
    "is_covered": "without: [covered]",
    "is_authorized": "payer: bcbs_mississippi",
    "is_not_access_aligned": "kind: access_aligned, body: {conditions: [I10], from: 2019-01-01}",
    "is_outside_global_surgery": "kind: global_surgery_recorded, body: {from: 2019-01-01, "
    "to: 2026-12-31, related: true, by_billing_provider: true}",
}
"""By criterion, the circumstance or the entry that leaves it unmet."""


def holds_where(era: str, circumstance: str, expected: str, body_system: str = "") -> None:
    """Decide a month with set-up, data, a long call and marked review, and one circumstance."""
    entries = [
        f"at: {era}-04 10:00, contact: 40m",
        f"at: {era}-05 10:00, time: 30m, by: np, intended_code: '99091'",
    ]
    lines = list(therapeutic(body_system))
    if circumstance.startswith("kind: "):
        entries.append(f"at: {era}-01 08:00, {circumstance}")
    else:
        lines.append(circumstance)
    decide_and_compare(era, expected, *filter(None, lines), entries=entries)


def elsewhere(code: str, era: str) -> str:
    """Return the entry of a code that another practice billed in the middle of a month."""
    return f"kind: billed_elsewhere, body: {{code: '{code}', from: {era}-15, to: {era}-15, by: x}}"


@pytest.mark.parametrize("era", ERAS)
def test_nothing_is_missing(era: str) -> None:
    """With everything on file each era bills what it knows."""
    codes = of_era(("99453", "99454", "99457", "99458"), era)
    expected = ", ".join(f"'{code}': {{billable: true}}" for code in codes)
    holds_where(era, "", f"{expected}, holds: []")


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("criterion", MISSING)
def test_physiologic_codes(era: str, criterion: str) -> None:
    """Every physiologic code and 99091 asks for it in every era."""
    codes = of_era(("99453", "99454", "99445", "99457", "99458", "99470", "99091"), era)
    expected = f"{unmet(codes, criterion)}, lines: [], holds: [{criterion}]"
    holds_where(era, MISSING[criterion], expected)


@pytest.mark.parametrize("body_system", BODY_SYSTEMS)
@pytest.mark.parametrize("era", THERAPEUTIC_ERAS)
@pytest.mark.parametrize("criterion", MISSING)
def test_therapeutic_codes(era: str, criterion: str, body_system: str) -> None:
    """Every therapeutic code asks for it in every era."""
    codes = of_era(("98975", *BODY_SYSTEMS[body_system], "98979", "98980", "98981"), era)
    expected = f"{unmet(codes, criterion)}, lines: [], holds: [{criterion}]"
    holds_where(era, MISSING[criterion], expected, body_system)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("piece", ["enrolled", "consented"])
def test_service(era: str, piece: str) -> None:
    """Minutes and review ask for enrollment and consent; without them there is no device period."""
    criterion = {"enrolled": "is_enrolled", "consented": "has_consent"}[piece]
    codes = of_era(("99457", "99458", "99470", "99091"), era)
    expected = f"{unmet(codes, criterion)}, periods: [], lines: [], some_holds: [{criterion}]"
    holds_where(era, f"without: [{piece}]", expected)


@pytest.mark.parametrize("era", THERAPEUTIC_ERAS)
def test_therapeutic_consent(era: str) -> None:
    """Therapeutic minutes ask for consent."""
    expected = f"{unmet(of_era(('98979', '98980', '98981'), era), 'has_consent')}, lines: []"
    holds_where(era, "without: [consented]", expected, "respiratory")


@pytest.mark.parametrize("era", ERAS)
def test_device_data(era: str) -> None:
    """Minutes and review ask for a data day."""
    codes = of_era(("99457", "99458", "99470", "99091"), era)
    expected = f"{unmet(codes, 'has_device_data')}, lines: [], holds: [has_device_data]"
    holds_where(era, "without: [readings]", expected)


@pytest.mark.parametrize("era", THERAPEUTIC_ERAS)
def test_therapeutic_device_data(era: str) -> None:
    """Therapeutic minutes ask for a data day."""
    codes = of_era(("98979", "98980", "98981"), era)
    holds_where(era, "without: [readings]", unmet(codes, "has_device_data"), "respiratory")


@pytest.mark.parametrize("era", ERAS)
def test_established(era: str) -> None:
    """An established patient is asked for since the emergency ended, of physiologic codes only."""
    codes = of_era(("99453", "99454", "99445", "99457", "99458", "99470", "99091"), era)
    if era < "2023-05":
        holds_where(era, "without: [established]", "'99457': {billable: true}, holds: []")
        return
    expected = f"{unmet(codes, 'is_established')}, lines: [], holds: [is_established]"
    holds_where(era, "without: [established]", expected)
    if era >= "2022":
        asked = ", ".join(f"'{code}': {{billable: true}}" for code in ("98975", "98980", "98981"))
        holds_where(era, "without: [established]", asked, "respiratory")


@pytest.mark.parametrize("era", ERAS)
def test_one_program(era: str) -> None:
    """The two sorts of monitoring exclude each other in every era, 99091 apart."""
    codes = of_era(("99453", "99454", "99445", "99457", "99458", "99470"), era)
    criterion = "is_in_one_monitoring_program"
    expected = f"{unmet(codes, criterion)}, lines: [99091 {era[-2:]}-{last_day(era)}]"
    holds_where(era, "also: [rtm]", expected)


@pytest.mark.parametrize("body_system", BODY_SYSTEMS)
@pytest.mark.parametrize("era", THERAPEUTIC_ERAS)
def test_one_program_of_therapeutic_codes(era: str, body_system: str) -> None:
    """Therapeutic codes know the same exclusion."""
    codes = of_era(("98975", *BODY_SYSTEMS[body_system], "98979", "98980", "98981"), era)
    expected = unmet(codes, "is_in_one_monitoring_program")
    holds_where(era, "also: [rpm]", expected, body_system)


def last_day(era: str) -> str:
    """Return the last day of an era's month."""
    return {"01": "31", "06": "30", "11": "30"}[era[-2:]]


@pytest.mark.parametrize("code", DEVICE_CODES)
@pytest.mark.parametrize("era", ERAS)
def test_device_billed_elsewhere(era: str, code: str) -> None:
    """Each set-up and device code of another practice holds all of ours, and no minutes."""
    criterion = "is_not_billed_elsewhere"
    codes = of_era(("99453", "99454", "99445"), era)
    held = f"{unmet(codes, criterion)}, '99457': {{billable: true}}"
    holds_where(era, elsewhere(code, era), held)
    for body_system, devices in BODY_SYSTEMS.items() if era >= "2022" else ():
        codes = of_era(("98975", *devices), era)
        expected = f"{unmet(codes, criterion)}, '98980': {{billable: true}}"
        holds_where(era, elsewhere(code, era), expected, body_system)


@pytest.mark.parametrize("code", MINUTES_CODES)
@pytest.mark.parametrize("era", ERAS)
def test_minutes_billed_elsewhere(era: str, code: str) -> None:
    """Each minutes code of another practice holds all of ours, and no device."""
    criterion = "is_not_billed_elsewhere"
    codes = of_era(("99457", "99458", "99470"), era)
    holds_where(era, elsewhere(code, era), unmet(codes, criterion))
    if era >= "2022":
        codes = of_era(("98979", "98980", "98981"), era)
        expected = f"{unmet(codes, criterion)}, '98975': {{billable: true}}"
        holds_where(era, elsewhere(code, era), expected, "respiratory")


@pytest.mark.parametrize("code", SPECIFIC_CODES)
@pytest.mark.parametrize("era", ERAS)
def test_specific_codes_go_first(era: str, code: str) -> None:
    """A glucose sensor or home pressure code of the period holds the device, not the set-up."""
    criterion = "is_not_billed_elsewhere"
    visit = f"kind: visit_billed, body: {{code: '{code}', date: {era}-15}}"
    for circumstance in (elsewhere(code, era), visit):
        codes = of_era(("99454", "99445"), era)
        expected = f"{unmet(codes, criterion)}, '99453': {{billable: true}}"
        holds_where(era, circumstance, expected)
        for body_system, devices in BODY_SYSTEMS.items() if era >= "2022" else ():
            expected = f"{unmet(of_era(devices, era), criterion)}, '98975': {{billable: true}}"
            if of_era(devices, era):
                holds_where(era, circumstance, expected, body_system)


@pytest.mark.parametrize("era", ERAS)
def test_review_gives_way(era: str) -> None:
    """99091 gives way to the minutes of the month in every era."""
    holds_where(era, "", "'99091': {billable: false, unmet: [is_not_bundled]}")


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("setting", ["fqhc", "rhc"])
def test_bundle_of_health_centers(era: str, setting: str) -> None:
    """In 2024 the bundle held every code, until October 2025 it was a choice."""
    codes = of_era(("99453", "99454", "99457", "99458"), era)
    billed = ", ".join(f"'{code}': {{billable: true}}" for code in codes)
    expected = {
        "2024-06": f"{unmet([*codes, '99091'], 'is_outside_g0511')}, lines: []",
        "2025-06": f"{billed}, flags: [g0511_possible]",
    }.get(era, f"{billed}, no_flags: [g0511_possible], holds: []")
    holds_where(era, f"setting: {setting}", expected)
    for body_system, devices in BODY_SYSTEMS.items() if era == "2024-06" else ():
        therapeutic = of_era(("98975", *devices, "98980", "98981"), era)
        held = f"{unmet(therapeutic, 'is_outside_g0511')}, lines: []"
        holds_where(era, f"setting: {setting}", held, body_system)


@pytest.mark.parametrize("body_system", BODY_SYSTEMS)
@pytest.mark.parametrize("era", ["2025-06", "2025-11"])
def test_therapeutic_bundle_as_a_choice(era: str, body_system: str) -> None:
    """Therapeutic codes carry the same flag for as long."""
    name = "flags" if era == "2025-06" else "no_flags"
    holds_where(era, "setting: fqhc", f"{name}: [g0511_possible]", body_system)
