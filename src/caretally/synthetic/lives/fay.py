"""Fay, 77, hypertension and atrial fibrillation: two practices claim her.

Lakeside has monitored her since January; in February Harbor Heart Clinic enrolled her too and was
the first to bill the weeks from 20 February and the minutes of March. Only one practice may bill a
period, so Lakeside's 99454 and 99457 are held although the work was done. She has a chart at
each practice; Harbor's shows set-up, device days and minutes.
"""

from __future__ import annotations

from datetime import date

from caretally.journal.entries import BilledElsewhere, Entry
from caretally.synthetic.chart import Admission, Call, Chart, Habit, Work, wobble
from caretally.synthetic.lives.practices import (
    ASSISTANT,
    CARDIOLOGIST,
    HARBOR,
    HARBOR_NURSE,
    LAKESIDE,
    PHYSICIAN,
    SECOND_NURSE,
    ZONE,
)
from caretally.synthetic.stories import Story
from caretally.synthetic.vitals import CUFF, Measurement, pressure

NAME = "Fay Nakamura"
BIRTH_DATE = date(1948, 10, 11)
HOME = ("518 Willow Place", "Chicago", "IL", "606161106")

STORY = Story(
    patient="pat_fay",
    name=NAME,
    headline="Two practices claim her, and the other one billed first.",
    management_seconds=1320,
    live_seconds=680,
    unmet=(("99454", "is_not_billed_elsewhere"), ("99457", "is_not_billed_elsewhere")),
    holds=("is_not_billed_elsewhere",),
)
HARBOR_STORY = Story(
    patient="pat_fay_harbor",
    name=NAME,
    headline="The same person at the practice that billed first.",
    management_seconds=1260,
    live_seconds=480,
    lines=(
        ("99453", 1, "2026-03-21"),
        ("99454", 1, "2026-03-21"),
        ("99457", 1, "2026-03-31"),
    ),
    at_risk=(("99457", "interactive_only"),),
)


def entries() -> tuple[Entry, ...]:
    """Return her chart at Lakeside, January to March 2026."""
    chart = Chart("fay", ZONE, STORY.patient)
    chart.admit(
        Admission(
            on="2026-01-19",
            practice=LAKESIDE,
            provider=PHYSICIAN,
            clerk=ASSISTANT,
            name=NAME,
            sex="female",
            birth_date=BIRTH_DATE,
            diagnoses=("I10", "I48.91"),
            payer="medicare_ffs",
            member_id="1EG4-TE5-MK75",
            home=HOME,
            established_on=date(2025, 8, 26),
        )
    )
    cuff = chart.equip(CUFF, "2026-01-19", SECOND_NURSE)
    _at_lakeside(chart)
    _billed_first(chart)
    habit = Habit(
        device=cuff, first=date(2026, 1, 20), last=date(2026, 3, 31), at="07:45",
        skipping=(date(2026, 2, 28), date(2026, 3, 8)),
    )  # fmt: skip
    chart.measure(habit, pressure_on)
    return tuple(chart.entries)


def harbor_entries() -> tuple[Entry, ...]:
    """Return her chart at Harbor Heart Clinic, February and March 2026."""
    chart = Chart("fay_harbor", ZONE, HARBOR_STORY.patient)
    chart.admit(
        Admission(
            on="2026-02-19",
            practice=HARBOR,
            provider=CARDIOLOGIST,
            clerk=HARBOR_NURSE,
            name=NAME,
            sex="female",
            birth_date=BIRTH_DATE,
            diagnoses=("I48.91",),
            payer="medicare_ffs",
            member_id="1EG4-TE5-MK75",
            home=HOME,
            established_on=date(2026, 1, 30),
        )
    )
    cuff = chart.equip(CUFF, "2026-02-19", HARBOR_NURSE)
    _at_harbor(chart)
    habit = Habit(
        device=cuff, first=date(2026, 2, 20), last=date(2026, 3, 31), at="19:30",
        skipping=(date(2026, 3, 7),),
    )  # fmt: skip
    chart.measure(habit, pressure_on)
    return tuple(chart.entries)


def pressure_on(day: date) -> Measurement:
    """Return her pressure of a day; the pulse is restless."""
    return pressure(139 + wobble(day, 7), 83 + wobble(day, 5, 1), 82 + wobble(day, 14, 2))


def _at_lakeside(chart: Chart) -> None:
    chart.tell(
        Call("2026-01-23 11:00:00", "7:00", SECOND_NURSE, "First pressures; pulse felt uneven."),
        Work("2026-01-28 09:10:00", "6:00", SECOND_NURSE, "review", "First week read."),
        Call("2026-02-11 11:30:00", "6:30", SECOND_NURSE, "Fewer palpitations since last week."),
        Work("2026-02-18 09:12:00", "7:10", SECOND_NURSE, "review", "A month of values read."),
        Work("2026-02-24 09:10:00", "6:40", SECOND_NURSE, "review", "Pulse between 70 and 95."),
        Call("2026-03-06 11:00:00", "6:20", SECOND_NURSE, "Mentioned a second cuff at home."),
        Work("2026-03-12 09:10:00", "5:20", SECOND_NURSE, "review", "Two weeks read."),
        Call("2026-03-23 11:00:00", "5:00", SECOND_NURSE, "Told us of the heart clinic's program.",
             topics=("care_plan",)),
        Work("2026-03-27 09:11:00", "5:20", SECOND_NURSE, "coordination",
             "Asked the heart clinic who bills."),
    )  # fmt: skip


def _billed_first(chart: Chart) -> None:
    device_days = BilledElsewhere(
        code="99454", from_on=date(2026, 2, 20), to_on=date(2026, 3, 21), by="Harbor Heart Clinic"
    )
    chart.note("2026-03-27 15:00", f"staff:{ASSISTANT}", device_days)
    minutes = BilledElsewhere(
        code="99457", from_on=date(2026, 3, 1), to_on=date(2026, 3, 31), by="Harbor Heart Clinic"
    )
    chart.note("2026-04-02 10:00", f"staff:{ASSISTANT}", minutes)


def _at_harbor(chart: Chart) -> None:
    chart.tell(
        Work("2026-02-26 13:00:00", "6:30", HARBOR_NURSE, "review", "First pulses read."),
        Work("2026-03-04 13:00:00", "6:30", HARBOR_NURSE, "review", "Pulse at rest mostly 80."),
        Call("2026-03-10 15:00:00", "8:00", HARBOR_NURSE, "No fainting; keeps a pulse diary."),
        Work("2026-03-24 13:02:00", "6:30", HARBOR_NURSE, "review", "Three weeks of pulses read."),
    )
