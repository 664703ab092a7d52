"""Each amount and each date of the rules from both sides, for every code that knows it.

The scenarios beside the sheets tell the same of the codes people meet; here the twins and the eras
follow, so that no sheet can lose an amount or a day without a test that fails.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.spec.eras import (
    BODY_SYSTEMS,
    ERAS,
    THERAPEUTIC_ERAS,
    billable,
    decide_and_compare,
    of_era,
    therapeutic,
    unmet,
)

PROGRAMS = ("", *BODY_SYSTEMS)
PAIRS = [
    (program, era)
    for program in PROGRAMS
    for era in (THERAPEUTIC_ERAS if program else ERAS)
    if program != "cognitive_behavioral" or era >= "2023"
]
"""Each sort of monitoring, by body system or physiologic, in each of its eras."""
in_each_era = pytest.mark.parametrize(("program", "era"), PAIRS)
CALL = "at: {}-04 10:00, contact: {}"
WORK = "at: {}-05 10:00, time: {}"
COVID = "at: {} 08:00, kind: condition_recorded, body: {{condition: covid19, from: {}}}"


def set_up_of(program: str) -> str:
    """Return the set-up code."""
    return "98975" if program else "99453"


def devices_of(program: str, era: str) -> list[str]:
    """Return the device codes, the long one first."""
    return of_era(BODY_SYSTEMS.get(program, ("99454", "99445")), era)


def minutes_of(program: str, era: str) -> list[str]:
    """Return the codes of management time: base, add-on, short."""
    rtm, rpm = ("98980", "98981", "98979"), ("99457", "99458", "99470")
    return of_era(rtm if program else rpm, era)


@in_each_era
def test_set_up_is_asked(program: str, era: str) -> None:
    """No set-up on record, no set-up code, in any era."""
    expected = unmet([set_up_of(program)], "has_setup")
    decide_and_compare(era, expected, "without: [set_up]", *therapeutic(program))


@in_each_era
def test_set_up_is_first(program: str, era: str) -> None:
    """A period after the one that took the set-up has none, in any era."""
    start = date.fromisoformat(f"{era}-01") - timedelta(days=30)
    lines = (f"start: {start}", "readings: 60 days", *therapeutic(program))
    decide_and_compare(era, unmet([set_up_of(program)], "is_first_setup"), *lines)


@in_each_era
def test_one_day_is_nothing(program: str, era: str) -> None:
    """One data day is below every floor of every era."""
    codes = [set_up_of(program), *devices_of(program, era)]
    expected = f"{unmet(codes, 'reaches_data_days')}, lines: []"
    decide_and_compare(era, expected, "readings: 1 day", *therapeutic(program))


@in_each_era
def test_long_device_floor(program: str, era: str) -> None:
    """Fifteen days are not the long device code and sixteen are, in every era."""
    long, *short = devices_of(program, era)
    lines = ("without: [set_up]", *therapeutic(program))
    below = f"{unmet([long], 'reaches_data_days')}, {billable(short)}"
    decide_and_compare(era, below.removesuffix(", "), "readings: 15 days", *lines)
    decide_and_compare(era, billable([long]), "readings: 16 days", *lines)


@in_each_era
def test_set_up_floor(program: str, era: str) -> None:
    """The set-up's floor is sixteen days to 2025 and two from then, sixteen when read strictly."""
    code, lines = set_up_of(program), therapeutic(program)
    decide_and_compare(era, billable([code]), "readings: 16 days", *lines)
    if era < "2026":
        below = unmet([code], "reaches_data_days")
        decide_and_compare(era, below, "readings: 15 days", *lines)
        return
    if program == "cognitive_behavioral":
        return  # there the device code gives way to it on the same date
    strict = f"'{code}': {{billable: true, at_risk: [setup_16_days]}}"
    decide_and_compare(era, strict, "readings: 15 days", *lines)
    decide_and_compare(era, f"'{code}': {{at_risk: []}}", "readings: 16 days", *lines)


@pytest.mark.parametrize("era", THERAPEUTIC_ERAS)
@pytest.mark.parametrize("program", BODY_SYSTEMS)
def test_body_system(program: str, era: str) -> None:
    """A device of one body system makes no code of another, in any era."""
    others = [code for name in BODY_SYSTEMS if name != program for code in devices_of(name, era)]
    decide_and_compare(era, unmet(others, "monitors_system"), *therapeutic(program))


@in_each_era
def test_a_live_contact_is_asked(program: str, era: str) -> None:
    """Without a live contact no minutes code stands, in any era."""
    base, _, *short = minutes_of(program, era) if era >= "2020" else (*minutes_of(program, era), "")
    work = [WORK.format(era, "15m" if short and short[0] else "40m")]
    codes = [base, *filter(None, short)]
    expected = unmet(codes, "talked_live")
    decide_and_compare(era, expected, *therapeutic(program), entries=work)


@in_each_era
def test_minutes(program: str, era: str) -> None:
    """A second below twenty minutes is no base in any era, and twenty are."""
    base = minutes_of(program, era)[0]
    below, at = ([CALL.format(era, span)] for span in ("19m 59s", "20m"))
    lines = therapeutic(program)
    decide_and_compare(era, unmet([base], "reaches_management_time"), *lines, entries=below)
    decide_and_compare(era, billable([base]), *lines, entries=at)


@in_each_era
def test_add_on(program: str, era: str) -> None:
    """Add-on units begin at forty minutes and end with the third, in every era."""
    codes = minutes_of(program, era)[1:2]
    for span, units in (("39m 59s", 0), ("40m", 1), ("60m", 2), ("80m", 3), ("100m", 3)):
        expected = ", ".join(f"'{code}': {{units: {units}}}" for code in codes) or "holds: []"
        call = [CALL.format(era, span)]
        decide_and_compare(era, expected, *therapeutic(program), entries=call)


@in_each_era
def test_live_floor(program: str, era: str) -> None:
    """The live floor of its policy is 300 seconds for every base, in every era."""
    policy = "policy: cms_combined_min_live"
    codes = [code for code in minutes_of(program, era) if code not in {"99458", "98981"}]
    for code in codes:
        rest = "10m" if code in {"99470", "98979"} else "30m"
        below = [CALL.format(era, "4m 59s"), WORK.format(era, rest)]
        at = [CALL.format(era, "5m"), WORK.format(era, rest)]
        lines = (policy, *therapeutic(program))
        decide_and_compare(era, unmet([code], "reaches_live_floor"), *lines, entries=below)
        decide_and_compare(era, billable([code]), *lines, entries=at)


@in_each_era
def test_no_live_floor(program: str, era: str) -> None:
    """Under cms_combined a contact is enough, were it within a visit and counted no second."""
    call = f"{CALL.format(era, '5m')}, mode: in_person, part_of_visit: true"
    for code in minutes_of(program, era)[::2]:
        rest = "10m" if code in {"99470", "98979"} else "30m"
        entries = [call, WORK.format(era, rest)]
        lines = ("policy: cms_combined", *therapeutic(program))
        decide_and_compare(era, billable([code]), *lines, entries=entries)


@pytest.mark.parametrize("era", ERAS)
def test_marked_time(era: str) -> None:
    """Half an hour is asked of 99091 in every era."""
    mark = ", by: np, intended_code: '99091'"
    below, at = (WORK.format(era, span) + mark for span in ("29m 59s", "30m"))
    start = "start: " + str(date.fromisoformat(f"{era}-01") - timedelta(days=5))
    decide_and_compare(era, unmet(["99091"], "reaches_marked_time"), start, entries=[below])
    decide_and_compare(era, billable(["99091"]), start, entries=[at])


def period_that_ends(day: date) -> tuple[str, str]:
    """Return the month of a last day, and the line of a start that makes it one."""
    return f"{day:%Y-%m}", f"start: {day - timedelta(days=29)}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_bundle_of_health_centers_to_the_day(program: str) -> None:
    """The bundle holds from the first day of 2024 to its last, and is a choice to 2025-09-30."""
    for day, held, flag in (
        (date(2023, 12, 31), False, False),
        (date(2024, 1, 1), True, False),
        (date(2024, 12, 31), True, False),
        (date(2025, 1, 1), False, True),
        (date(2025, 9, 30), False, True),
        (date(2025, 10, 1), False, False),
    ):
        month, start = period_that_ends(day)
        for codes, without in (
            ([set_up_of(program)], ""),
            (devices_of(program, month)[:1], "without: [set_up]"),
        ):
            verdict = unmet(codes, "is_outside_g0511") if held else billable(codes)
            flags = "flags" if flag else "no_flags"
            lines = ("setting: fqhc", start, *filter(None, [without]), *therapeutic(program))
            decide_and_compare(month, f"{verdict}, {flags}: [g0511_possible]", *lines)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("days", ["1 day", "2 days", "15 days"])
def test_emergency_to_the_day(program: str, days: str) -> None:
    """COVID-19 lowers the set-up's floor to two days until 2023-05-11, 99454's as well."""
    for day, lowered in (
        (date(2020, 2, 29), False),
        (date(2020, 3, 1), True),
        (date(2023, 5, 11), True),
        (date(2023, 5, 12), False),
    ):
        month, start = period_that_ends(day)
        codes = [set_up_of(program), *([] if program else ["99454"])]
        first = start.removeprefix("start: ")
        reached = lowered and days != "1 day"
        expected = billable(codes) if reached else unmet(codes, "reaches_data_days")
        if program and month < "2022":
            expected = "lines: []"
        lines = (start, f"readings: {days}", *therapeutic(program))
        decide_and_compare(month, expected, *lines, entries=[COVID.format(first, first)])


@pytest.mark.parametrize("program", BODY_SYSTEMS)
def test_therapeutic_devices_know_no_emergency(program: str) -> None:
    """The published exception names no therapeutic device code."""
    covid = [COVID.format("2023-04-05", "2023-04-05")]
    lines = ("start: 2023-04-05", "readings: 15 days", "without: [set_up]", *therapeutic(program))
    decide_and_compare("2023-05", "lines: []", *lines, entries=covid)


@pytest.mark.parametrize(
    ("program", "code", "first", "days"),
    [
        ("", "99445", date(2026, 1, 1), 2),
        ("respiratory", "98976", date(2022, 1, 1), 16),
        ("musculoskeletal", "98977", date(2022, 1, 1), 16),
        ("cognitive_behavioral", "98978", date(2023, 1, 1), 16),
        ("respiratory", "98984", date(2026, 1, 1), 2),
        ("musculoskeletal", "98985", date(2026, 1, 1), 2),
        ("cognitive_behavioral", "98986", date(2026, 1, 1), 2),
    ],
)
def test_first_day_of_a_device_code(program: str, code: str, first: date, days: int) -> None:
    """A period that ends the day before knows the code not, one that ends on the day does."""
    for day in (first - timedelta(days=1), first):
        month, start = period_that_ends(day)
        lines = (start, f"readings: {days} days", "without: [set_up]", *therapeutic(program))
        expected = billable([code]) if day == first else f"'{code}': {{billable: false}}"
        decide_and_compare(month, expected, *lines)


@pytest.mark.parametrize(
    ("program", "code", "first", "span"),
    [
        ("", "99458", "2020-01", "40m"),
        ("", "99470", "2026-01", "10m"),
        ("respiratory", "98980", "2022-01", "20m"),
        ("respiratory", "98981", "2022-01", "40m"),
        ("respiratory", "98979", "2026-01", "10m"),
    ],
)
def test_first_month_of_a_minutes_code(program: str, code: str, first: str, span: str) -> None:
    """The month before knows the code not, its first month does."""
    before = f"{int(first[:4]) - 1}-12"
    for month in (before, first):
        expected = billable([code]) if month == first else f"'{code}': {{billable: false}}"
        call = [CALL.format(month, span)]
        decide_and_compare(month, expected, *therapeutic(program), entries=call)


@pytest.mark.parametrize("month", ["2020-12", "2021-01"])
def test_default_of_medicare(month: str) -> None:
    """Live minutes only to the end of 2020, all management time from 2021."""
    entries = [CALL.format(month, "5m"), WORK.format(month, "20m")]
    expected = (
        "policy: interactive_only, '99457': {billable: false}"
        if month == "2020-12"
        else "policy: cms_combined, '99457': {billable: true}"
    )
    decide_and_compare(month, expected, entries=entries)


ENROLLED = (
    "at: {} 08:00, kind: enrolled, body: {{program: rpm, practice: clinic, billing_provider: np, "
    "diagnoses: [I10]{}}}"
)
PHYSIOLOGIC = ("99453", "99454", "99445", "99457", "99458", "99470", "99091")


@pytest.mark.parametrize("era", [era for era in ERAS if era >= "2023-06"])
def test_established_to_the_day(era: str) -> None:
    """Three years before the start are near enough for every code, a day more is not."""
    codes = of_era(PHYSIOLOGIC, era)
    entries = [CALL.format(era, "40m")]
    first = date.fromisoformat(f"{era}-01")
    for visit, expected in (
        (first.replace(year=first.year - 3), "holds: []"),
        (first.replace(year=first.year - 3) - timedelta(days=1), unmet(codes, "is_established")),
        (first - timedelta(days=1), "holds: []"),
        (first, unmet(codes, "is_established")),
    ):
        enrolled = ENROLLED.format(first, f", established_on: {visit}")
        decide_and_compare(era, expected, "without: [enrolled]", entries=[enrolled, *entries])


@pytest.mark.parametrize("era", [era for era in ERAS if era >= "2023-06"])
def test_begun_in_the_emergency_to_the_day(era: str) -> None:
    """Whoever began by 2023-05-11 is established for every code, a day later nobody is."""
    codes = of_era(PHYSIOLOGIC, era)
    lines = (f"readings: {{readings: 20 days, on: {era}-01}}", "without: [established]")
    call = [CALL.format(era, "40m")]
    decide_and_compare(era, "holds: []", "start: 2023-05-11", *lines, entries=call)
    expected = unmet(codes, "is_established")
    decide_and_compare(era, expected, "start: 2023-05-12", *lines, entries=call)


@pytest.mark.parametrize("era", ERAS)
def test_review_gives_way_to_a_base_alone(era: str) -> None:
    """99091 gives way to 99457 without an add-on, in every era."""
    review = WORK.format(era, "30m") + ", by: np, intended_code: '99091'"
    start = "start: " + str(date.fromisoformat(f"{era}-01") - timedelta(days=5))
    entries = [CALL.format(era, "20m"), review]
    expected = f"{unmet(['99091'], 'is_not_bundled')}, {billable(['99457'])}"
    decide_and_compare(era, expected, start, entries=entries)


@pytest.mark.parametrize(
    ("month", "flag"),
    [("2024-12", ""), ("2025-01", "flags"), ("2025-09", "flags"), ("2025-10", "no_flags")],
)
def test_bundle_of_a_line_alone(month: str, flag: str) -> None:
    """Set-up, minutes and review each carry the bundle's hold or flag where they stand alone."""
    sensor = f"at: {month}-10 08:00, kind: visit_billed, body: {{code: '95250', date: {month}-10}}"
    expected = f"{flag}: [g0511_possible]" if flag else "some_holds: [is_outside_g0511]"
    review = WORK.format(month, "30m") + ", by: np, intended_code: '99091'"
    setting = "setting: rhc"
    no_period = (setting, f"readings: {{readings: 1 day, on: {month}-20}}")
    alone = {
        "99453": ((setting,), [sensor]),
        "99457": (no_period, [CALL.format(month, "20m")]),
        "99091": (no_period, [review]),
    }
    for code, (lines, entries) in alone.items():
        verdict = billable([code]) if flag else unmet([code], "is_outside_g0511")
        decide_and_compare(month, f"{verdict}, {expected}", *lines, entries=entries)
