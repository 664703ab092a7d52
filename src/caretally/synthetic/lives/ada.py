"""Ada, 71, hypertension, Medicare: everything is done right.

She measures every morning, the nurse talks with her three times a month and reads her pressures
between. Her 31:40 of March hold 20:40 of conversation, so 99457 stands even where only live time
counts. One review was first written down five minutes too long and corrected the same day.
"""

from __future__ import annotations

from datetime import date

from caretally.journal.entries import CareTeamNamed, Entry
from caretally.synthetic.chart import Admission, Call, Chart, Habit, Work, wobble
from caretally.synthetic.lives.practices import ASSISTANT, LAKESIDE, NURSE, PHYSICIAN, ZONE
from caretally.synthetic.stories import Story
from caretally.synthetic.vitals import CUFF, Measurement, pressure

STORY = Story(
    patient="pat_ada",
    name="Ada Lindqvist",
    headline="Everything right: daily pressures, three conversations, reviews between.",
    management_seconds=1900,
    live_seconds=1240,
    lines=(("99454", 1, "2026-03-06"), ("99457", 1, "2026-03-31")),
)


def entries() -> tuple[Entry, ...]:
    """Return her three months, January to March 2026."""
    chart = Chart("ada", ZONE, STORY.patient)
    chart.admit(
        Admission(
            on="2026-01-05",
            practice=LAKESIDE,
            provider=PHYSICIAN,
            clerk=ASSISTANT,
            name=STORY.name,
            sex="female",
            birth_date=date(1954, 8, 17),
            diagnoses=("I10",),
            payer="medicare_ffs",
            member_id="1EG4-TE5-MK70",
            home=("14 Birch Court", "Chicago", "IL", "606141101"),
            established_on=date(2025, 10, 14),
            measures=CUFF.parameters,
            told="2026-01",
        )
    )
    cuff = chart.equip(CUFF, "2026-01-05", NURSE)
    _winter(chart)
    _march(chart)
    habit = Habit(
        device=cuff, first=date(2026, 1, 6), last=date(2026, 3, 31), at="07:10",
        skipping=(date(2026, 1, 18), date(2026, 2, 15), date(2026, 3, 21)),
    )  # fmt: skip
    chart.measure(habit, pressure_on)
    team = CareTeamNamed(program="rpm", members=(NURSE, PHYSICIAN))
    chart.note("2026-01-05 09:40", f"staff:{ASSISTANT}", team)
    return tuple(chart.entries)


def pressure_on(day: date) -> Measurement:
    """Return her pressure of a day; it settles slowly under the same tablets."""
    settled = (day - date(2026, 1, 6)).days // 7
    return pressure(142 - settled + wobble(day, 6), 86 - settled // 2 + wobble(day, 4, 1),
                    68 + wobble(day, 5, 2))  # fmt: skip


def _winter(chart: Chart) -> None:
    chart.tell(
        Call("2026-01-08 10:00:10", "8:20", NURSE, "First pressures read together; cuff fits."),
        Work("2026-01-15 08:30:00", "4:40", NURSE, "review", "Nine days of pressures read."),
        Call("2026-01-21 10:02:30", "7:50", NURSE, "Takes tablets at breakfast; no dizziness.",
             topics=("device_data", "medication")),
        Work("2026-01-29 08:35:00", "4:10", NURSE, "review", "Mean of two weeks a little lower."),
        Call("2026-02-04 10:00:40", "7:30", NURSE, "Less salt at home; pressures discussed."),
        Work("2026-02-12 08:31:20", "5:05", NURSE, "review", "No pressure above the limit."),
        Call("2026-02-18 10:03:00", "8:10", NURSE, "Walks daily; no swelling."),
        Work("2026-02-26 08:34:00", "3:55", NURSE, "review", "Two weeks of pressures read."),
    )  # fmt: skip


def _march(chart: Chart) -> None:
    spans = chart.tell(
        Call("2026-03-03 10:02:00", "7:12", NURSE, "Mornings mostly below 138 over 86."),
        Work("2026-03-06 08:31:00", "3:30", NURSE, "review", "One week of pressures read."),
        Call("2026-03-12 10:05:00", "6:48", NURSE, "Asked about the evening tablet; keeps it.",
             topics=("device_data", "medication")),
        Work("2026-03-17 08:30:00", "9:10", NURSE, "review", "Ten days read."),
        Call("2026-03-24 10:01:00", "6:40", NURSE, "Missed one morning; goal for April agreed.",
             topics=("device_data", "care_plan")),
        Work("2026-03-30 08:40:00", "3:20", NURSE, "review", "Month read; report for Dr. Lin."),
    )  # fmt: skip
    right = Work("2026-03-17 08:30:00", "4:10", NURSE, "review", "Ten days read.")
    chart.correct(spans[3], right, "2026-03-17 16:05", "the end was typed five minutes late")
