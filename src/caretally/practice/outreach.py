"""Patients whose readings have become few: whom to ask first, why, and until when it would matter.

A reading that does not come may be a patient who is not well, so who is silent longest or has
another concern comes first; what a period of thirty days still allows stands beside it and decides
no order before that. The rules about days are those of the decision; none is worked out again here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from caretally.billability.forecast import next_of
from caretally.enrollment.custody import held_at
from caretally.journal.entries import ReadingRecorded
from caretally.practice.chart_axis import days_of, within
from caretally.practice.chart_records import Stretch
from caretally.practice.office import Chart, Office
from caretally.practice.patient_month import Decisions, Period, current_period
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.access import Access, record_access
from caretally.store.work_items import URGENCIES
from caretally.store.worklist import day_at, refresh_day
from caretally.triage.habits import Habit, Outlook, chance_of, habit_of, outlook

PAGE = 25
"""Patients on a page; each is looked at anew."""
MOST_ON_CSV = 500
ON_THE_WAY = 20
"""Marks of the worklist that a look at the list works off by itself."""
PERIOD_DAYS, THIN_AFTER = 30, 7
"""Days of a period, and after how many it is asked whether half of them have data."""
SILENT_AFTER = 3
"""Days without a reading after which the patient is asked before the device."""
SQL = (
    "SELECT item.patient, card.name, card.clinic, item.urgency, item.reasons, item.content "
    "FROM store_workitem AS item JOIN store_patientcard AS card ON card.stream_id = item.stream_id "
    "WHERE item.practice_id = %s AND item.programs <> '' AND card.stage = 'open' "
    "ORDER BY item.urgency, card.name_key, item.patient"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A patient of whom readings are missing, as the worklist's projection knows.

    silent_days: without any reading up to today; None where none ever came.
    """

    patient: str
    name: str
    urgency: int
    reasons: tuple[str, ...]
    data_days: int
    ends_on: date
    silent_days: int | None

    @property
    def order(self) -> tuple[int, int, date, str, str]:
        """By what patients are sorted: care first, then silence, then what runs out."""
        concern = 0 if self.urgency < URGENCIES.index("out_of_reach") else 1
        silent = 10_000 if self.silent_days is None else self.silent_days
        return concern, -silent, self.ends_on, self.name.lower(), self.patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Days of data that the rules ask of the period. last_on: when daily measuring must begin.

    percent: how likely it is reached at the habit; 100 once it is. is_out: nothing can mend it.
    """

    days: int
    codes: tuple[str, ...]
    is_reached: bool
    is_out: bool
    last_on: date | None
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """A patient on the list, with what is known and what it may come to."""

    waiting: Waiting
    period: Period
    days_left: int
    habit: Habit
    outlook: Outlook
    goals: tuple[Goal, ...]
    reason: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of the list. count: of all pages."""

    rows: tuple[AtRisk, ...]
    count: int
    number: int
    day: date

    @property
    def pages(self) -> int:
        """How many pages there are; one where nobody is on the list."""
        return max(1, -(-self.count // PAGE))


def readings_at_risk(office: Office, number: int = 1, size: int = PAGE) -> Found:
    """Return the patients whose device period runs and whose readings have become few.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    day = day_at(office.book(), office.journal.desk, office.now)
    refresh_day(office.journal, office.practice, office.now, ON_THE_WAY)
    everybody = sorted(candidates(office, day), key=lambda each: each.order)
    number = max(1, min(number, -(-len(everybody) // size)))
    shown = everybody[(number - 1) * size : number * size]
    purpose = f"readings at risk, {len(shown)} patients"
    record_access(
        office.db,
        Access(practice=office.practice, patient=None, actor=office.caller.actor, purpose=purpose),
        office.now,
    )
    rows = tuple(row for each in shown if (row := at_risk(office, each)) is not None)
    return Found(rows=rows, count=len(everybody), number=number, day=day)


def candidates(office: Office, day: date) -> list[Waiting]:
    """Return the patients in the caller's clinics whose readings do not come as they did."""
    clinics = office.clinics(SEE_PATIENTS)
    found = []
    for patient, name, clinic, urgency, reasons, content in office.db.rows(
        SQL, office.book().number
    ):
        if clinics is not None and clinic not in clinics:
            continue
        known: Mapping[str, Any] = msgspec.json.decode(content)
        period = known.get("period") or {}
        if not period or date.fromisoformat(period["to"]) < day:
            continue
        last = known.get("last_on") or ""
        silent = (day - date.fromisoformat(last)).days if last else None
        named = tuple(reasons.split())
        ends_on, data_days = date.fromisoformat(period["to"]), period["data_days"]
        if stay_away(named, silent) or is_thin(data_days, ends_on, day):
            found.append(Waiting(
                patient=patient, name=name or patient, urgency=urgency, reasons=named,
                data_days=data_days, ends_on=ends_on, silent_days=silent,
            ))  # fmt: skip
    return found


def stay_away(reasons: Iterable[str], silent: int | None) -> bool:
    """Tell whether readings do not come as they did; one missing today is not yet a sign."""
    return silent is None or silent > 1 or bool({"device_is_dark", "measures_less"} & set(reasons))


def is_thin(data_days: int, ends_on: date, day: date) -> bool:
    """Tell whether fewer than half of a period's days so far have data, a week into it."""
    over = PERIOD_DAYS - (ends_on - day).days - 1
    return over >= THIN_AFTER and 2 * data_days < over


def at_risk(office: Office, waiting: Waiting) -> AtRisk | None:
    """Return what is known of a patient's period; None where none runs any more."""
    chart = office.chart(office.card(waiting.patient))
    decisions = Decisions(office=office, patient=waiting.patient)
    today = chart.day_of(office.now)
    decision = decisions.of(chart.month_of(office.now))
    period = current_period(decision)
    if period is None or period.days_left is None or not period.marks:
        return None
    held = [each.begins for each in held_at(chart.record, office.now)]
    since = chart.day_of(min(held)) if held else None
    habit = habit_of(data_dates(chart, decisions, today), today, since)
    left = period.days_left
    goals = goals_of(period, next_of(decision.month), habit, left)
    reason, action = words_of(waiting, habit)
    return AtRisk(
        waiting=waiting, period=period, days_left=left, habit=habit,
        outlook=outlook(habit, period.data_days, left), goals=goals, reason=reason, action=action,
    )  # fmt: skip


def data_dates(chart: Chart, decisions: Decisions, today: date) -> list[date]:
    """Return the dates of the last weeks on which data came that counts."""
    first = date.fromordinal(today.toordinal() - 20)
    zone = chart.record.register.zone_of(chart.patient, decisions.office.now)
    stretch = Stretch(name="", words="", first_on=first, last_on=today, zone=zone)
    readings = within(chart.record.entries(ReadingRecorded), stretch)
    return [day.on for day in days_of(chart, decisions, stretch, readings) if day.state == "data"]


def goals_of(
    period: Period, forecasts: list[dict[str, object]], habit: Habit, left: int
) -> tuple[Goal, ...]:
    """Return what the rules ask of the period's days, the smaller amount first."""
    by_code = {str(each["code"]): each for each in forecasts}
    found = []
    for mark in period.marks:
        is_reached = period.data_days >= mark.amount
        open_ones = [
            by_code[code] for code in mark.codes
            if code in by_code and not by_code[code].get("unreachable")
        ]  # fmt: skip
        last = next((str(each["start_by"]) for each in open_ones if "start_by" in each), "")
        is_out = not is_reached and period.data_days + left < mark.amount
        share = chance_of(habit, period.data_days, left, mark.amount)
        found.append(Goal(
            days=mark.amount, codes=mark.codes, is_reached=is_reached, is_out=is_out,
            last_on=date.fromisoformat(last) if last and not is_reached else None,
            percent=100 if is_reached else int(share * 100),
        ))  # fmt: skip
    return tuple(found)


def words_of(waiting: Waiting, habit: Habit) -> tuple[str, str]:
    """Return why a patient is on the list and what to do first; care before counts."""
    silent = waiting.silent_days
    if waiting.urgency < URGENCIES.index("out_of_reach"):
        return (
            "A reading out of range waits, and no further one came",
            "See to the reading first; it is on the worklist",
        )
    if silent is None:
        return "No reading ever came", "Ask whether the device arrived and was set up"
    if silent >= SILENT_AFTER:
        return (
            f"No reading for {silent} days",
            "Call and ask how the patient is; then whether the device works",
        )
    if habit.days and 2 * habit.with_reading < habit.days:
        return (
            f"Measured on {habit.with_reading} of the last {habit.days} days",
            "Ask what gets in the way, and what would make it easier",
        )
    seen = f"{habit.with_reading} of the last {habit.days} days had one"
    if silent > 1:
        return f"No reading since the day before yesterday; {seen}", "Look again tomorrow"
    return f"Few days with readings in this period; {seen}", "Ask what gets in the way"
