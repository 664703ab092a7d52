"""Edie, 74, chronic lung disease: 19 minutes and 59 seconds.

One second short of the first block, March gives 99470 and not 99457. Nothing is rounded.
"""

from __future__ import annotations

from datetime import date

from caretally.journal.entries import Entry
from caretally.synthetic.chart import Admission, Call, Chart, Habit, Work, wobble
from caretally.synthetic.lives.practices import ASSISTANT, LAKESIDE, NURSE, PHYSICIAN, ZONE
from caretally.synthetic.stories import Story
from caretally.synthetic.vitals import OXIMETER, Measurement, saturation

STORY = Story(
    patient="pat_edie",
    name="Edie Thornbury",
    headline="19 minutes and 59 seconds: the short code, not the long one.",
    management_seconds=1199,
    live_seconds=700,
    lines=(("99454", 1, "2026-03-12"), ("99470", 1, "2026-03-31")),
    unmet=(("99457", "reaches_management_time"),),
)


def entries() -> tuple[Entry, ...]:
    """Return her three months, January to March 2026."""
    chart = Chart("edie", ZONE, STORY.patient)
    chart.admit(
        Admission(
            on="2026-01-09",
            practice=LAKESIDE,
            provider=PHYSICIAN,
            clerk=ASSISTANT,
            name=STORY.name,
            sex="female",
            birth_date=date(1951, 6, 21),
            diagnoses=("J44.9",),
            payer="medicare_ffs",
            member_id="1EG4-TE5-MK74",
            home=("9 Maple Yard", "Oak Park", "IL", "603021105"),
            established_on=date(2025, 12, 2),
        )
    )
    clip = chart.equip(OXIMETER, "2026-01-09", NURSE)
    _winter(chart)
    _march(chart)
    habit = Habit(
        device=clip, first=date(2026, 1, 12), last=date(2026, 3, 31), at="09:00",
        skipping=(date(2026, 2, 21), date(2026, 2, 22)),
    )  # fmt: skip
    chart.measure(habit, saturation_on)
    return tuple(chart.entries)


def saturation_on(day: date) -> Measurement:
    """Return her oxygen saturation of a day."""
    return saturation(92 + wobble(day, 2))


def _winter(chart: Chart) -> None:
    chart.tell(
        Call("2026-01-14 10:30:00", "9:00", NURSE, "Clip explained again; breath as usual."),
        Work("2026-01-22 08:20:00", "6:00", NURSE, "review", "First values read."),
        Work("2026-01-28 08:20:00", "5:30", NURSE, "documentation", "Plan for cold days noted."),
        Call("2026-02-09 10:31:00", "8:40", NURSE, "Cough for two days; inhaler use checked.",
             topics=("symptoms", "medication")),
        Work("2026-02-16 08:20:00", "5:50", NURSE, "review", "Values back at her usual."),
        Work("2026-02-23 08:21:00", "6:10", NURSE, "review", "A gap at the weekend noted."),
    )  # fmt: skip


def _march(chart: Chart) -> None:
    chart.tell(
        Work("2026-03-02 08:15:00", "3:10", NURSE, "review", "February closed; values steady."),
        Call("2026-03-10 10:30:00", "9:30", NURSE, "Short of breath on stairs, as before."),
        Work("2026-03-10 10:40:00", "2:00", NURSE, "documentation", "Call and advice noted."),
        Work("2026-03-16 08:20:00", "3:09", NURSE, "review", "Two weeks read."),
        Call("2026-03-26 10:31:00", "2:10", NURSE, "Feels well; new batteries in the clip."),
    )
