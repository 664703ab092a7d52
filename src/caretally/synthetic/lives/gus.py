"""Gus, 69, hypertension: wellness calls only.

Every Monday the voice agent calls him, with his consent, and he likes it. The agent's 34:30 of
March are kept in their own total and count nothing; no person of the practice talks with him, so
the nurse's reviews alone support no minutes code. The device days stand.
"""

from __future__ import annotations

from datetime import date

from caretally.journal.entries import Consented, Entry
from caretally.synthetic.chart import Admission, Call, Chart, Habit, Work, wobble
from caretally.synthetic.lives.practices import (
    ASSISTANT,
    LAKESIDE,
    PHYSICIAN,
    SECOND_NURSE,
    VOICE,
    ZONE,
)
from caretally.synthetic.stories import Story
from caretally.synthetic.vitals import CUFF, Measurement, pressure

STORY = Story(
    patient="pat_gus",
    name="Gus Petrov",
    headline="Wellness calls only: AI minutes are kept apart and count nothing.",
    management_seconds=610,
    live_seconds=0,
    ai_seconds=2070,
    lines=(("99454", 1, "2026-03-22"),),
    unmet=(("99470", "talked_live"),),
)
MONDAYS = (
    ("2026-01-26", "7:20"),
    ("2026-02-02", "6:50"),
    ("2026-02-09", "6:35"),
    ("2026-02-16", "7:05"),
    ("2026-02-23", "6:45"),
    ("2026-03-02", "6:40"),
    ("2026-03-09", "7:05"),
    ("2026-03-16", "6:20"),
    ("2026-03-23", "7:30"),
    ("2026-03-30", "6:55"),
)
"""Date and length of every wellness call."""


def entries() -> tuple[Entry, ...]:
    """Return his three months, January to March 2026."""
    chart = Chart("gus", ZONE, STORY.patient)
    chart.admit(
        Admission(
            on="2026-01-21",
            practice=LAKESIDE,
            provider=PHYSICIAN,
            clerk=ASSISTANT,
            name=STORY.name,
            sex="male",
            birth_date=date(1956, 4, 4),
            diagnoses=("I10",),
            payer="medicare_ffs",
            member_id="1EG4-TE5-MK76",
            home=("41 Elm Walk", "Cicero", "IL", "608041107"),
            established_on=date(2025, 10, 30),
        )
    )
    for scope in ("ai_voice", "recording"):
        consent = Consented(scope=scope, method="written", given_by="patient")
        chart.note("2026-01-21 09:40", f"staff:{ASSISTANT}", consent)
    cuff = chart.equip(CUFF, "2026-01-21", SECOND_NURSE)
    chart.tell(*(_wellness_call(monday, lasting) for monday, lasting in MONDAYS))
    _reviews(chart)
    habit = Habit(
        device=cuff, first=date(2026, 1, 22), last=date(2026, 3, 31), at="08:40",
        skipping=(date(2026, 2, 7), date(2026, 3, 14)),
    )  # fmt: skip
    chart.measure(habit, pressure_on)
    return tuple(chart.entries)


def pressure_on(day: date) -> Measurement:
    """Return his pressure of a day."""
    return pressure(136 + wobble(day, 6), 82 + wobble(day, 4, 1), 66 + wobble(day, 4, 2))


def _wellness_call(monday: str, lasting: str) -> Call:
    said = "Voice agent read out the week's pressures and asked about symptoms; none told."
    return Call(f"{monday} 09:00:00", lasting, VOICE, said, mode="ai_telephone")


def _reviews(chart: Chart) -> None:
    chart.tell(
        Work("2026-02-05 09:30:00", "5:00", SECOND_NURSE, "review", "Pressures and calls read."),
        Work("2026-02-19 09:30:00", "4:40", SECOND_NURSE, "review", "Pressures and calls read."),
        Work("2026-03-05 09:30:00", "5:00", SECOND_NURSE, "review", "Pressures and calls read."),
        Work("2026-03-18 09:30:00", "5:10", SECOND_NURSE, "review", "Pressures and calls read."),
    )
