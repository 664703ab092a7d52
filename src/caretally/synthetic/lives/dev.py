"""Dev, 52, diabetes, commercial payer: moves from Chicago to Honolulu on 14 March.

From then on his days and months are those of Honolulu. On 31 March at 19:20 his time he speaks with
the practitioner on call; in Chicago it is past midnight and April. The call belongs to March, and
without its 7:30 the month would end at 14:30 and give 99470 instead of 99457.
"""

from __future__ import annotations

from datetime import date

from caretally.journal.entries import Enrolled, Entry
from caretally.synthetic.chart import Admission, Call, Chart, Habit, Work, wobble
from caretally.synthetic.lives.practices import (
    ASSISTANT,
    LAKESIDE,
    NURSE_PRACTITIONER,
    PHYSICIAN,
    SECOND_NURSE,
    ZONE,
)
from caretally.synthetic.stories import Story
from caretally.synthetic.vitals import GLUCOMETER, Measurement, glucose

STORY = Story(
    patient="pat_dev",
    name="Dev Raman",
    headline="Moves time zone in mid-month; his last call is still March where he lives.",
    management_seconds=1320,
    live_seconds=810,
    lines=(("99454", 1, "2026-03-16"), ("99457", 1, "2026-03-31")),
    at_risk=(("99457", "interactive_only"),),
)
NEW_ZONE = "Pacific/Honolulu"
ESTABLISHED_ON = date(2025, 7, 8)
DIAGNOSES = ("E11.65",)


def entries() -> tuple[Entry, ...]:
    """Return his three months, January to March 2026."""
    chart = Chart("dev", ZONE, STORY.patient)
    chart.admit(
        Admission(
            on="2026-01-15",
            practice=LAKESIDE,
            provider=PHYSICIAN,
            clerk=ASSISTANT,
            name=STORY.name,
            sex="male",
            birth_date=date(1973, 12, 9),
            diagnoses=DIAGNOSES,
            payer="commercial",
            member_id="TEST-DEV-1",
            home=("305 Pine Terrace", "Chicago", "IL", "606571104"),
            through=("spouse", "Raman, Priya", date(1975, 3, 18), "female"),
            established_on=ESTABLISHED_ON,
        )
    )
    meter = chart.equip(GLUCOMETER, "2026-01-15", SECOND_NURSE)
    _in_chicago(chart)
    _moves(chart)
    _in_honolulu(chart)
    chart.zone_name = ZONE
    before = Habit(
        device=meter, first=date(2026, 1, 16), last=date(2026, 3, 13), at="07:00",
        skipping=(date(2026, 2, 14),),
    )  # fmt: skip
    chart.measure(before, glucose_on)
    chart.zone_name = NEW_ZONE
    after = Habit(device=meter, first=date(2026, 3, 15), last=date(2026, 3, 31), at="07:00")
    chart.measure(after, glucose_on)
    return tuple(chart.entries)


def glucose_on(day: date) -> Measurement:
    """Return his fasting glucose of a day."""
    return glucose(138 + wobble(day, 22))


def _in_chicago(chart: Chart) -> None:
    chart.tell(
        Call("2026-01-20 10:20:00", "7:10", SECOND_NURSE, "First glucose values discussed."),
        Work("2026-01-30 09:20:00", "5:30", SECOND_NURSE, "review", "Two weeks read."),
        Call("2026-02-06 10:21:00", "6:40", SECOND_NURSE, "Breakfast changed; values lower."),
        Work("2026-02-20 09:20:00", "6:30", SECOND_NURSE, "review", "Two weeks read."),
        Call("2026-02-27 10:20:00", "8:00", SECOND_NURSE, "Move to Honolulu prepared.",
             topics=("device_data", "care_plan")),
        Call("2026-03-09 10:20:00", "6:00", SECOND_NURSE, "Strips packed; values steady."),
    )  # fmt: skip


def _moves(chart: Chart) -> None:
    chart.zone_name = NEW_ZONE
    moved = Enrolled(
        program="rpm",
        practice=LAKESIDE,
        billing_provider=PHYSICIAN,
        diagnoses=DIAGNOSES,
        time_zone=NEW_ZONE,
        established_on=ESTABLISHED_ON,
    )
    chart.note("2026-03-14 09:00", f"staff:{ASSISTANT}", moved)


def _in_honolulu(chart: Chart) -> None:
    chart.tell(
        Work("2026-03-20 05:20:00", "4:30", SECOND_NURSE, "review", "First week there read."),
        Work("2026-03-27 05:21:00", "4:00", SECOND_NURSE, "review", "Two values above 160."),
        Call("2026-03-31 19:20:00", "7:30", NURSE_PRACTITIONER,
             "Called about a value of 61 before dinner; ate, felt better, dose reviewed.",
             topics=("device_data", "symptoms", "medication")),
    )  # fmt: skip
