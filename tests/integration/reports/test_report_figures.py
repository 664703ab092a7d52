"""Every figure of a report agrees with a count over exported entries, on the cast and beyond."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from caretally.billability.decision import Decision
from caretally.billability.fees import load_fees
from caretally.clock import ServiceMonth, date_of
from caretally.journal.entries import EntryVoided
from caretally.practice import reports_charts
from caretally.practice.caller import system_caller
from caretally.practice.office import Office
from caretally.practice.reports import Asked, Report
from caretally.practice.reports_catalogue import report
from caretally.store.database import scoped
from caretally.store.stored_journal import StoredJournal
from caretally.synthetic.plan import Plan
from caretally.synthetic.program import program_entries
from tests.integration.databases import Site
from tests.integration.demonstrated import LAKESIDE, Demo
from tests.integration.reports.plainly import Plain, in_force

MADE = "prac_made"
SUGARS = ("41653-7", "2339-0", "2345-7", "15074-8", "99504-3")
PLAN = Plan(patients=24, months=3, seed=11, first_month=ServiceMonth(2026, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A practice with something in it, and the same counted plainly."""

    office: Office
    month: ServiceMonth
    plain: Plain
    decisions: dict[str, Decision]

    def report(self, name: str) -> Report:
        """Return a report of the month."""
        return report(Asked(office=self.office, month=self.month), name)


def place_of(office: Office, month: ServiceMonth) -> Place:
    """Return a practice with what is counted plainly."""
    entries = in_force(office.journal.lines(practice=office.practice))
    plain = Plain(
        entries=entries, month=(month.year, month.month), zone=office.home_zone(), now=office.now
    )
    rows = office.db.rows(
        "SELECT patient FROM store_patientmonth WHERE practice_id = %s AND month = %s "
        "ORDER BY patient",
        office.book().number,
        str(month),
    )
    decisions = {row[0]: office.journal.decision(office.practice, row[0], month) for row in rows}
    return Place(office=office, month=month, plain=plain, decisions=decisions)


def filled(journal: StoredJournal) -> None:
    """Store a generated practice, and void one of its logged times."""
    entries = list(program_entries(PLAN))
    at = datetime(2026, 4, 20, 12, 0, tzinfo=UTC)
    journal.append(MADE, [each for each in entries if each.recorded_at <= at], received_at=at)
    logged = next(e for e in entries if e.kind == "time_logged" and e.at.month == 3)
    office = Office(journal=journal, caller=system_caller(MADE, "test"), now=at)
    office.append(
        [office.filing(logged.patient, reason="test").entry(EntryVoided(entry=logged.id))]
    )


@pytest.fixture(params=["sqlite", "postgres"])
def made(request: pytest.FixtureRequest, make_site: Any) -> Iterator[Place]:
    """Return a generated practice on each database."""
    site: Site = make_site(request.param)
    journal = site.journal()
    with scoped(MADE, site.db.alias):
        filled(journal)
        now = datetime(2026, 4, 20, 12, 0, tzinfo=UTC)
        office = Office(journal=journal, caller=system_caller(MADE, "test"), now=now)
        yield place_of(office, ServiceMonth(2026, 3))


@pytest.fixture(params=["demo", "demo_postgres"])
def cast(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Return the cast's practice on each database."""
    demo: Demo = request.getfixturevalue(request.param)
    with scoped(LAKESIDE):
        yield place_of(demo.office("cora"), ServiceMonth(2026, 3))


def figure(found: Report, label: str) -> Any:
    """Return the value of a figure."""
    return next(each.cell.value for each in found.figures if each.label == label)


def table(found: Report, name: str) -> dict[Any, tuple[Any, ...]]:
    """Return a table by the first cell of its rows."""
    rows = next(each.rows for each in found.tables if each.name == name)
    return {row[0].value: tuple(cell.value for cell in row[1:]) for row in rows}


def the_summary_counts_what_was_decided(place: Place) -> None:
    """Hold a report against the plain count."""
    found, decisions = place.report("summary"), place.decisions.values()
    lines = [line for each in decisions for line in each.lines]
    assert len(place.decisions) > 7
    assert figure(found, "Patients") == len(place.decisions)
    assert figure(found, "Lines") == len(lines)
    assert figure(found, "Lines at risk") == sum(bool(line.at_risk) for line in lines)
    assert figure(found, "Patients held") == sum(bool(each.holds) for each in decisions)
    facts = [each.month.decided for each in decisions]
    assert figure(found, "Live time") == sum(each.live_seconds for each in facts)
    assert figure(found, "Management time") == sum(each.management_seconds for each in facts)
    assert figure(found, "Days with data") == sum(each.data_days for each in facts)
    assert figure(found, "Live contacts") == sum(each.qualifying_contacts for each in facts)
    assert figure(found, "Attempts") == len(place.plain.in_month("contact_attempted"))
    units: Counter[str] = Counter()
    for line in lines:
        units[line.code] += line.units
    assert {code: row[2] for code, row in table(found, "codes").items()} == dict(units)


def the_yardstick_is_the_national_amount_of_every_line(place: Place) -> None:
    """Hold a report against the plain count."""
    fees, total = load_fees(), Decimal(0)
    for decision in place.decisions.values():
        for line in decision.lines:
            price = fees.national(line.code, line.date_of_service)
            total += price.amount * line.units if price is not None else 0
    assert figure(place.report("economics"), "Yardstick") == int(total * 100)


def measured_time_is_counted_second_by_second(place: Place) -> None:
    """Hold a report against the plain count."""
    measured, nurses = place.plain.measured(), place.plain.nurses()
    own = sum(seconds for person, seconds in measured.items() if person in nurses)
    assert own > 0
    assert table(place.report("staffing"), "past")[str(place.month)][1] == own
    economics = place.report("economics")
    assert table(economics, "months")[str(place.month)][9] == own


def adherence_counts_the_periods_that_are_over(place: Place) -> None:
    """Hold a report against the plain count."""
    found, bands = place.report("adherence"), [0, 0, 0]
    today = place.office.today()
    for decision in place.decisions.values():
        for slot in decision.month.slots:
            if slot.period and date_of(slot.to_day) < today:
                bands[(slot.data_days >= 2) + (slot.data_days >= 16)] += 1
    assert sum(bands) > 3
    assert figure(found, "Device periods") == sum(bands)
    for label, part in zip(("0–1 days", "2–15 days", "16 or more days"), bands, strict=True):
        assert figure(found, label) == rounded(part, sum(bands))


def rounded(part: int, whole: int) -> int:
    """Return a share in tenths of a percent, half up."""
    return int((Decimal(part * 1000) / whole).to_integral_value(ROUND_HALF_UP))


def pressure_control_agrees_reading_by_reading(place: Place) -> None:
    """Hold a report against the plain count."""
    found = place.report("outcomes")
    pressures = place.plain.pressures(place.decisions)
    assert figure(found, "Pressure known") == len(pressures) > 3
    for name, upper, lower in (("below 130/80", 130, 80), ("below 140/90", 140, 90)):
        reach = sum(s < upper and d < lower for s, d in pressures.values())
        assert figure(found, f"Pressure {name}") == rounded(reach, len(pressures))
        assert table(found, "control")[name][:2] == (len(pressures), reach)
    changes = [
        upper - first for patient, (upper, _) in pressures.items()
        if (first := place.plain.first_systolic(patient)) is not None
    ]  # fmt: skip
    told = figure(found, "Systolic since enrollment")
    if changes:
        mean = sum(changes, Decimal(0)) / len(changes)
        assert told == mean.quantize(Decimal("0.1"), ROUND_HALF_UP)
    else:
        assert told is None


def weight_and_glucose_agree_reading_by_reading(place: Place) -> None:
    """Hold weight in heart failure and glucose in range against the plain count."""
    found, plain, end = place.report("outcomes"), place.plain, place.plain.ending()
    changes, within, readings = [], 0, 0
    for patient in place.decisions:
        recent = plain.readings(patient, end - timedelta(days=30), end)
        sugars = [pair for code in SUGARS for pair in plain.values(recent, code)]
        if len(sugars) >= 3 and len({day for day, _ in sugars}) >= 2:
            readings += len(sugars)
            within += sum(70 <= value <= 180 for _, value in sugars)
        begun = plain.enrolled_at(patient)
        if not plain.has_heart_failure(patient) or begun is None:
            continue
        then = plain.values(plain.readings(patient, begun, begun + timedelta(days=30)), "29463-7")
        now = plain.values(recent, "29463-7")
        over = begun + timedelta(days=30) <= end - timedelta(days=30)
        if over and min(len(then), len(now)) >= 3 and len({day for day, _ in now}) >= 2:
            first, last = (sum((n for _, n in v), Decimal(0)) / len(v) for v in (then, now))
            changes.append((last - first) / Decimal("0.45359237"))
    told = figure(found, "Weight since enrollment")
    mean = sum(changes, Decimal(0)) / len(changes) if changes else None
    assert told == (None if mean is None else mean.quantize(Decimal("0.1"), ROUND_HALF_UP))
    labels = {each.label for each in found.figures}
    assert ("Glucose in range" in labels) == bool(readings)
    if readings:
        assert figure(found, "Glucose in range") == rounded(within, readings)


CHECKS = (
    the_summary_counts_what_was_decided, the_yardstick_is_the_national_amount_of_every_line,
    measured_time_is_counted_second_by_second, adherence_counts_the_periods_that_are_over,
    pressure_control_agrees_reading_by_reading,
    weight_and_glucose_agree_reading_by_reading,
)  # fmt: skip


def test_the_cast(cast: Place) -> None:
    for check in CHECKS:
        check(cast)


def test_a_generated_practice(made: Place) -> None:
    for check in CHECKS:
        check(made)


def test_alerts_in_time_agree_entry_by_entry(cast: Place) -> None:
    found = table(cast.report("summary"), "alerts")
    raised: Counter[str] = Counter()
    for each in cast.plain.in_month("alert_raised"):
        raised[each["body"]["level"].capitalize()] += 1
    assert sum(raised.values()) > 0
    assert {level: row[0] for level, row in found.items() if row[0]} == dict(raised)


def test_a_clinic_has_its_own_figures_and_an_unknown_one_none(cast: Place) -> None:
    whole = cast.report("summary")
    own = report(Asked(office=cast.office, month=cast.month, clinic=LAKESIDE), "summary")
    other = report(Asked(office=cast.office, month=cast.month, clinic="prac_other"), "summary")
    assert [each.cell for each in own.figures] == [each.cell for each in whole.figures]
    assert other.figures == ()
    assert other.empty


def test_charts_are_read_in_parts_and_come_to_the_same(cast: Place) -> None:
    whole = cast.report("outcomes")
    reports_charts.REMEMBERED.found.clear()
    seen = []
    while True:
        part = report(Asked(office=cast.office, month=cast.month, most=3), "outcomes")
        seen.append(part.waiting)
        if not part.waiting:
            break
    assert seen == [5, 2, 0]
    assert part.figures == whole.figures
