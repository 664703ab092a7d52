"""Hal, 68, heart failure and hypertension: scale and cuff daily, and a bad week.

From 9 March his weight climbs 2.6 kg in four days. On the 13th the nurse sees it, calls, the nurse
practitioner adjusts the diuretic, the pharmacy is told and the nurse calls again; by the 20th
the weight is back. March comes to 55:00 with 21:00 of conversation: 99457 and one 99458, the latter
at risk where only live time counts. His care plan runs beside it in chronic care management, on
minutes of its own. One weight was sent twice and counts once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from caretally.journal.entries import Consented, Enrolled, Entry
from caretally.synthetic.chart import Admission, Call, Chart, Habit, Work, wobble
from caretally.synthetic.lives.practices import (
    ASSISTANT,
    LAKESIDE,
    NURSE,
    NURSE_PRACTITIONER,
    PHYSICIAN,
    SECOND_NURSE,
    ZONE,
)
from caretally.synthetic.stories import Story
from caretally.synthetic.vitals import CUFF, SCALE, Measurement, pressure, weight

STORY = Story(
    patient="pat_hal",
    name="Hal Brandt",
    headline="Heart failure: a weight gain is seen, called about and treated in a morning.",
    management_seconds=3300,
    live_seconds=1260,
    lines=(("99454", 1, "2026-03-09"), ("99457", 1, "2026-03-31"), ("99458", 1, "2026-03-31")),
    sister_lines=(("99490", 1, "2026-03-31"),),
    at_risk=(("99458", "interactive_only"),),
)
DIAGNOSES = ("I11.0", "I50.22")
ESTABLISHED_ON = date(2025, 11, 12)
GAIN = {9: 4, 10: 9, 11: 15, 12: 21, 13: 26, 14: 24, 15: 18, 16: 12, 17: 8, 18: 5, 19: 2}
"""Tenths of a kilogram above his usual weight, by day of March."""


def entries() -> tuple[Entry, ...]:
    """Return his three months, January to March 2026."""
    chart = Chart("hal", ZONE, STORY.patient)
    chart.admit(
        Admission(
            on="2026-01-08",
            practice=LAKESIDE,
            provider=PHYSICIAN,
            clerk=ASSISTANT,
            name=STORY.name,
            sex="male",
            birth_date=date(1957, 9, 14),
            diagnoses=DIAGNOSES,
            payer="medicare_ffs",
            member_id="1EG4-TE5-MK77",
            home=("1630 Linden Avenue", "Chicago", "IL", "606401108"),
            established_on=ESTABLISHED_ON,
        )
    )
    _care_management(chart)
    scale = chart.equip(SCALE, "2026-01-08", NURSE)
    cuff = chart.equip(CUFF, "2026-01-08", NURSE)
    _winter(chart)
    _march(chart)
    _bad_week(chart)
    weights = Habit(
        device=scale, first=date(2026, 1, 9), last=date(2026, 3, 31), at="06:50",
        skipping=(date(2026, 2, 3),),
    )  # fmt: skip
    chart.measure(weights, weight_on)
    pressures = replace(weights, device=cuff, at="07:00", skipping=(date(2026, 2, 3),))
    chart.measure(pressures, pressure_on)
    sent_twice = date(2026, 3, 14)
    chart.resend(weights, sent_twice, weight_on(sent_twice))
    return tuple(chart.entries)


def weight_on(day: date) -> Measurement:
    """Return his weight of a day: 86.4 kg, but for the bad week."""
    gain = GAIN.get(day.day, 0) if (day.year, day.month) == (2026, 3) else 0
    return weight(864 + gain + wobble(day, 2))


def pressure_on(day: date) -> Measurement:
    """Return his pressure of a day."""
    return pressure(128 + wobble(day, 7), 76 + wobble(day, 4, 1), 70 + wobble(day, 5, 2))


def _care_management(chart: Chart) -> None:
    chart.note("2026-01-08 09:30", f"staff:{ASSISTANT}", Consented(scope="ccm", method="verbal"))
    enrolled = Enrolled(
        program="ccm",
        practice=LAKESIDE,
        billing_provider=PHYSICIAN,
        diagnoses=DIAGNOSES,
        time_zone=ZONE,
        established_on=ESTABLISHED_ON,
    )
    chart.note("2026-01-08 09:35", f"staff:{ASSISTANT}", enrolled)


def _winter(chart: Chart) -> None:
    chart.tell(
        Call("2026-01-13 08:40:00", "9:10", NURSE, "Scale and cuff every morning, before tea."),
        Work("2026-01-20 08:05:00", "5:40", NURSE, "review", "Weight steady at 86 kg."),
        Work("2026-01-27 08:05:00", "6:00", NURSE, "review", "Weight and pressure steady."),
        Call("2026-02-10 08:40:00", "8:30", NURSE, "Sleeps flat; ankles slim."),
        Work("2026-02-17 08:05:00", "5:50", NURSE, "review", "Weight and pressure steady."),
        Work("2026-02-24 08:06:00", "6:10", NURSE, "review", "Weight and pressure steady."),
        Work("2026-02-25 13:00:00", "9:00", SECOND_NURSE, "coordination", "Cardiology visit set.",
             program="ccm"),
    )  # fmt: skip


def _march(chart: Chart) -> None:
    chart.tell(
        Work("2026-03-02 08:00:00", "4:00", NURSE, "review", "Weight and pressure steady."),
        Work("2026-03-09 08:02:00", "3:30", NURSE, "review", "Weight up a little; watched."),
        Work("2026-03-20 08:05:00", "3:30", NURSE, "review", "Weight back at 86 kg."),
        Work("2026-03-27 08:03:00", "3:10", NURSE, "review", "Weight and pressure steady."),
        Call("2026-03-11 13:00:00", "8:00", SECOND_NURSE, "Care plan gone through, goals kept.",
             topics=("care_plan",), program="ccm"),
        Work("2026-03-18 13:00:00", "7:00", SECOND_NURSE, "coordination",
             "Report sent to cardiology.", program="ccm"),
        Work("2026-03-25 13:00:00", "6:30", SECOND_NURSE, "documentation",
             "Care plan brought up to date.", program="ccm"),
    )  # fmt: skip


def _bad_week(chart: Chart) -> None:
    chart.tell(
        Work("2026-03-13 08:05:00", "5:00", NURSE, "review", "2.6 kg above his usual in 4 days."),
        Call("2026-03-13 08:40:00", "11:20", NURSE,
             "Ankles swollen, two pillows at night, no chest pain; practitioner told."),
        Work("2026-03-13 09:10:00", "9:00", NURSE_PRACTITIONER, "treatment_change",
             "Diuretic adjusted for five days; potassium to be checked."),
        Call("2026-03-13 09:25:00", "3:20", NURSE, "Pharmacy told of the new dose.",
             topics=("medication",), spoke_with="other"),
        Call("2026-03-13 14:30:00", "4:40", NURSE, "New dose explained and said back.",
             topics=("medication", "symptoms")),
        Work("2026-03-13 14:40:00", "2:30", NURSE, "documentation", "Both calls noted."),
        Call("2026-03-16 08:45:00", "5:00", NURSE, "Breath easier, weight falling, no cramps."),
    )  # fmt: skip
