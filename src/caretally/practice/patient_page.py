"""All that the page of a patient says, gathered for one caller at one instant; free of HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from caretally.billability.decision import Decision
from caretally.billability.demands import demands_of
from caretally.billability.fees import load_fees
from caretally.billability.holds import Hold
from caretally.clock import ServiceMonth, local_date
from caretally.contacts.ladder import REACHED, Question, Reach, reach
from caretally.enrollment.custody import Custody, held_at
from caretally.enrollment.episodes import programs_at
from caretally.enrollment.queries import caregivers_on, state_of
from caretally.enrollment.state import EnrollmentState
from caretally.journal.entries import (
    CaregiverAuthorized,
    PatientRegistered,
    ReadingRecorded,
)
from caretally.practice.codes_of_month import CodeOfMonth, codes_of_month
from caretally.practice.office import Chart, Office
from caretally.practice.patient_month import (
    Decisions,
    Mark,
    Period,
    Totals,
    clock_marks,
    current_period,
    kept_months,
    stamp_of,
    totals_of,
)
from caretally.practice.vitals import DayOfPeriod, days_of_period


@dataclass(frozen=True, slots=True, kw_only=True)
class Caregiver:
    """Who may speak for the patient today."""

    caregiver: str
    relationship: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who the patient is. age: in whole years; None where no birth date is on file."""

    age: int | None
    zone: str
    clinic: str
    programs: tuple[str, ...]
    devices: tuple[Custody, ...]
    caregivers: tuple[Caregiver, ...]
    diagnoses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What changes with every save: clocks, period, codes, holds, flags.

    stamp: changes whenever any of it may have.
    """

    month: ServiceMonth
    stamp: str
    totals: Totals
    marks: Mapping[str, tuple[Mark, ...]]
    period: Period | None
    period_days: tuple[DayOfPeriod, ...]
    codes: tuple[CodeOfMonth, ...]
    holds: tuple[Hold, ...]
    flags: tuple[str, ...]
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """The months a page can show, the latest first, around the one shown."""

    shown: ServiceMonth
    all: tuple[ServiceMonth, ...]
    current: ServiceMonth

    @property
    def earlier(self) -> ServiceMonth | None:
        """The month before the one shown, where something happened."""
        return next((each for each in self.all if each < self.shown), None)

    @property
    def later(self) -> ServiceMonth | None:
        """The month after the one shown, up to the current one."""
        return next((each for each in reversed(self.all) if each > self.shown), None)


def header_of(office: Office, chart: Chart) -> Header:
    """Return who a patient is, as of now."""
    record, today = chart.record, chart.day_of(office.now)
    registered = record.all_of(PatientRegistered)
    born = registered[-1].body.birth_date if registered else None
    clinics = record.register.practices
    known = clinics.get(chart.card.clinic)
    diagnoses = [
        code for each in record.register.enrolled.get(chart.patient, ())
        for code in getattr(each.body, "diagnoses", ())
    ]  # fmt: skip
    return Header(
        age=age_on(born, today) if born else None,
        zone=record.register.zone_of(chart.patient, office.now),
        clinic=known.name if known else chart.card.clinic,
        programs=programs_at(record, office.now),
        devices=held_at(record, office.now),
        caregivers=caregivers(chart, today),
        diagnoses=tuple(dict.fromkeys(diagnoses)),
    )


def age_on(born: date, day: date) -> int:
    """Return an age in whole years.

    Example:
        >>> age_on(date(1957, 3, 27), date(2026, 3, 26))
        68
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def caregivers(chart: Chart, today: date) -> tuple[Caregiver, ...]:
    """Return who may speak for the patient on a date, with relationship and authority."""
    now = set(caregivers_on(chart.record, today))
    latest = {each.body.caregiver: each.body for each in chart.record.all_of(CaregiverAuthorized)}
    return tuple(
        Caregiver(caregiver=name, relationship=body.relationship, authority=body.authority or "")
        for name, body in sorted(latest.items())
        if name in now
    )


def months_of(office: Office, chart: Chart, shown: ServiceMonth | None) -> Months:
    """Return the months of a page; by default it shows the current one, no later one is shown."""
    current = chart.month_of(office.now)
    kept = [each for each in kept_months(office, chart.patient) if each <= current]
    wanted = min(shown or current, current)
    return Months(
        shown=wanted, current=current, all=tuple(sorted({*kept, current, wanted}, reverse=True))
    )


def figures_of(chart: Chart, decisions: Decisions, month: ServiceMonth) -> Figures:
    """Return the figures of a month."""
    office = decisions.office
    decision = decisions.of(month)
    period = current_period(decision)
    totals = totals_of(office, chart.patient, month)
    return Figures(
        month=month,
        stamp=stamp_of(office, totals, chart.card.time_zone or "UTC"),
        totals=totals,
        marks=clock_marks(decision),
        period=period,
        period_days=period_days(chart, decisions, period) if period else (),
        codes=codes_of_month(decision, load_fees()),
        holds=tuple(decision.holds),
        flags=tuple(decision.flags),
        decision=decision,
    )


def period_days(chart: Chart, decisions: Decisions, period: Period) -> tuple[DayOfPeriod, ...]:
    """Return every date of a device period, with whether data came."""
    now = decisions.office.now
    today = local_date(now, chart.record.register.zone_of(chart.patient, now))
    first, last = period.from_on, min(period.to_on, today)
    months = {ServiceMonth(day.year, day.month) for day in (first, last)}
    set_aside = {
        each.id for month in months for each in decisions.of(month).month.entries if each.reasons
    }
    # Days in UTC differ by one at most from those of any zone.
    near = timedelta(days=1)
    dates = [
        (chart.day_of(entry.at), entry.id not in set_aside)
        for entry in chart.record.entries(ReadingRecorded)
        if first - near <= entry.at.date() <= period.to_on + near
    ]
    within = [each for each in dates if first <= each[0] <= period.to_on]
    return days_of_period((first, period.to_on), within, today)


def gaps_of(office: Office, chart: Chart) -> tuple[EnrollmentState, ...]:
    """Return how enrollments stand that are open or begun, with the evidence they lack."""
    demands = partial(demands_of, office.journal.desk.judge.bench.planner)
    programs = chart.card.programs.split() or ["rpm"]
    return tuple(state_of(chart.record, each, office.now, demands) for each in programs)


def ladder_of(office: Office, chart: Chart) -> tuple[tuple[str, Reach, bool], ...]:
    """Return, by program, where a patient stands who is not reached, and whether it is overdue."""
    today = chart.day_of(office.now)
    found = []
    for program in chart.card.programs.split():
        question = Question(
            register=chart.record.register, patient=chart.patient, program=program, now=office.now
        )
        where = reach(chart.record.in_force, question)
        if where.step != REACHED:
            found.append((program, where, where.is_overdue(today)))
    return tuple(found)
